// SPDX-License-Identifier: Apache-2.0
//
// theme_own: colours as an operator writes them, what is refused, and that they count where they are set and
// nowhere else.

#include "tests/unit/tui/canvas.h"
#include "tui/base/theme_own.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(theme_own, colours_and_attributes_are_taken_in_any_usual_form)
{
    static const struct {
        const char *text;
        int foreground, background;
        attr_t attributes;
        bool has;
    } cases[] = {
        {"red", 1, THEME_OWN_KEEP, 0, false},
        {"bright-blue", 12, THEME_OWN_KEEP, 0, false},
        {"BrightBlue bold", 12, THEME_OWN_KEEP, A_BOLD, true},
        {"208", 208, THEME_OWN_KEEP, 0, false},
        {"0 255", 0, 255, 0, false},
        {"#ff0000", 196, THEME_OWN_KEEP, 0, false},
        {"#f00 on #00f", 196, 21, 0, false},
        {" white  on  default underline italic ", 7, THEME_OWN_DEFAULT, A_UNDERLINE | A_ITALIC, true},
        {"on yellow", THEME_OWN_KEEP, 3, 0, false},
        {"plain", THEME_OWN_KEEP, THEME_OWN_KEEP, 0, true},
        {"bold red", 1, THEME_OWN_KEEP, A_BOLD, true},
        {"steelblue", 67, THEME_OWN_KEEP, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct theme_own own;
        char why[THEME_OWN_WHY_CAP] = "";
        cr_assert(theme_own_parse(cases[i].text, &own, why), "'%s': %s", cases[i].text, why);
        cr_expect_eq(own.foreground, cases[i].foreground, "'%s': %d", cases[i].text, own.foreground);
        cr_expect_eq(own.background, cases[i].background, "'%s': %d", cases[i].text, own.background);
        cr_expect_eq(own.attributes, cases[i].attributes, "'%s'", cases[i].text);
        cr_expect_eq(own.has_attributes, cases[i].has, "'%s'", cases[i].text);
    }
}

Test(theme_own, what_is_no_colour_is_named)
{
    static const struct {
        const char *text, *told;
    } cases[] = {{"", "there is no colour"},
                 {"  ", "there is no colour"},
                 {"rad", "'rad' is not a colour"},
                 {"256", "'256' is not a colour"},
                 {"99999999999", "'99999999999' is not a colour"},
                 {"-1", "'-1' is not a colour"},
                 {"#12", "'#12' is not a colour"},
                 {"#gg0000", "'#gg0000' is not a colour"},
                 {"red blue green", "'green' is one colour too many"},
                 {"red on", "no colour behind 'on'"},
                 {"red on bold", "'bold' is not a colour"},
                 {"red on on blue", "'on' is not a colour"},
                 {"a-word-that-is-longer-than-any-colour-has-ever-been", "is not a colour"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct theme_own own = {.foreground = 77};
        char why[THEME_OWN_WHY_CAP] = "";
        cr_expect_not(theme_own_parse(cases[i].text, &own, why), "'%s' was taken", cases[i].text);
        cr_expect_not_null(strstr(why, cases[i].told), "'%s': %s", cases[i].text, why);
        cr_expect_eq(own.foreground, 77);
    }
}

Test(theme_own, roles_go_by_names_of_their_own)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        cr_expect_eq((int)theme_role_find(theme_role_name((enum theme_role)i)), i);
        cr_expect_neq(theme_role_text((enum theme_role)i)[0], '\0');
    }
    cr_expect_eq(theme_role_find("nosuch"), ROLE_COUNT);
}

static short pairs[THEME_PAIRS + 1][2];

static void begin_pairs(void)
{
    memset(pairs, 0, sizeof pairs);
}

static void set_pair(int pair, int foreground, int background)
{
    pairs[pair][0] = (short)foreground;
    pairs[pair][1] = (short)background;
}

// With the pairs as the theme sets them.
static void begin(void)
{
    (void)unsetenv("NO_COLOR");
    canvas_begin(24, 80, "xterm-256color");
    theme_use_pairs(&(const struct theme_pairs){begin_pairs, set_pair});
}

static void colors_of(struct theme_style style, short *foreground, short *background)
{
    cr_assert(style.pair > 0 && style.pair <= THEME_PAIRS);
    *foreground = pairs[style.pair][0];
    *background = pairs[style.pair][1];
}

Test(theme_own, chosen_colours_count_until_they_are_taken_back)
{
    short foreground = 0, background = 0, before = 0;
    struct theme_own own;
    char why[THEME_OWN_WHY_CAP];
    begin();
    theme_begin(THEME_DARK);
    colors_of(theme_style(ROLE_OK), &before, &background);
    cr_assert(theme_own_parse("208 on 17 underline", &own, why));
    theme_set_own(ROLE_OK, &own);
    theme_begin(THEME_DARK);
    colors_of(theme_style(ROLE_OK), &foreground, &background);
    cr_expect_eq(foreground, 208);
    cr_expect_eq(background, 17);
    cr_expect_eq(theme_style(ROLE_OK).attributes, A_UNDERLINE);
    theme_begin(THEME_MONO);
    cr_expect_eq(theme_style(ROLE_OK).pair, 0, "mono stays mono");
    theme_set_own(ROLE_OK, NULL);
    theme_begin(THEME_DARK);
    colors_of(theme_style(ROLE_OK), &foreground, &background);
    cr_expect_eq(foreground, before);
    cr_expect_eq(background, -1);
    canvas_end();
}

// Of the 256, as the eye sees them (WCAG's contrast ratio).
static double linear(unsigned part)
{
    double value = part / 255.0;
    double power = (value + 0.055) / 1.055;
    return value <= 0.03928 ? value / 12.92 : power * power * (0.4 + 0.6 * power); // near enough to 2.4
}

static double brightness(int color)
{
    static const unsigned first[16] = {0x000000, 0x800000, 0x008000, 0x808000, 0x000080, 0x800080,
                                       0x008080, 0xc0c0c0, 0x808080, 0xff0000, 0x00ff00, 0xffff00,
                                       0x0000ff, 0xff00ff, 0x00ffff, 0xffffff};
    unsigned rgb = 0;
    if (color < 16)
        rgb = first[color];
    else if (color >= 232)
        rgb = (unsigned)(8 + 10 * (color - 232)) * 0x010101;
    else {
        static const unsigned steps[] = {0, 95, 135, 175, 215, 255};
        int at = color - 16;
        rgb = steps[at / 36] << 16 | steps[at / 6 % 6] << 8 | steps[at % 6];
    }
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
}

static double contrast(int a, int b)
{
    double light = brightness(a), dark = brightness(b);
    if (light < dark) {
        double other = light;
        light = dark;
        dark = other;
    }
    return (light + 0.05) / (dark + 0.05);
}

// On black and on white, also on the selected line and in the bars that have a background.
Test(theme_own, high_contrast_is_readable_in_every_role)
{
    begin();
    for (int light = 0; light < 2; light++) {
        (void)setenv("COLORFGBG", light != 0 ? "0;15" : "15;0", 1);
        theme_begin(THEME_CONTRAST);
        cr_assert_eq((int)theme_current(), light != 0 ? (int)THEME_LIGHT : (int)THEME_DARK);
        for (int i = 0; i < ROLE_COUNT; i++) {
            for (int selected = 0; selected < 2; selected++) {
                short foreground = 0, background = 0;
                enum theme_role role = (enum theme_role)i;
                colors_of(selected != 0 ? theme_on_selected(role) : theme_style(role), &foreground,
                          &background);
                int ground = background >= 0 ? background : light != 0 ? 15 : 0;
                int text = foreground >= 0 ? foreground : light != 0 ? 0 : 15;
                double ratio = contrast(text, ground);
                cr_expect_gt(ratio, role == ROLE_BAR_EMPTY && selected == 0 ? 4.5 : 7.0,
                             "%s %d: %d on %d: %f", theme_role_name(role), selected, text, ground, ratio);
            }
        }
    }
    canvas_end();
}
