// SPDX-License-Identifier: Apache-2.0
//
// theme: the scheme that is chosen, and the pair of each role with every number of colours.

#include "tests/unit/tui/canvas.h"
#include "tui/base/theme.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void clean_environment(void)
{
    unsetenv("NO_COLOR");
    unsetenv("COLORFGBG");
}

static const struct {
    const char *colorfgbg, *no_color;
    enum theme_scheme asked, got;
} schemes[] = {
    {NULL, NULL, THEME_AUTO, THEME_DARK},          {"15;0", NULL, THEME_AUTO, THEME_DARK},
    {"0;15", NULL, THEME_AUTO, THEME_LIGHT},       {"0;default;7", NULL, THEME_AUTO, THEME_LIGHT},
    {"0;default;8", NULL, THEME_AUTO, THEME_DARK}, {"nonsense", NULL, THEME_AUTO, THEME_DARK},
    {"0;15", NULL, THEME_DARK, THEME_DARK},        {NULL, NULL, THEME_LIGHT, THEME_LIGHT},
    {NULL, NULL, THEME_MONO, THEME_MONO},          {NULL, "1", THEME_LIGHT, THEME_MONO},
    {NULL, "", THEME_LIGHT, THEME_LIGHT},
};

Test(theme, chooses_the_scheme, .init = clean_environment)
{
    canvas_begin(24, 80, "xterm-256color");
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        clean_environment();
        if (schemes[i].colorfgbg != NULL)
            setenv("COLORFGBG", schemes[i].colorfgbg, 1);
        if (schemes[i].no_color != NULL)
            setenv("NO_COLOR", schemes[i].no_color, 1);
        theme_begin(schemes[i].asked);
        cr_expect_eq(theme_current(), schemes[i].got, "row %zu: %d", i, (int)theme_current());
    }
    canvas_end();
}

Test(theme, every_role_has_its_pair_in_each_colour_count, .init = clean_environment)
{
    static const struct {
        const char *term;
        bool colours;
    } terms[] = {{"xterm-256color", true}, {"xterm-16color", true},   {"xterm", true},
                 {"linux", true},          {"screen-256color", true}, {"vt220", false}};
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        canvas_begin(24, 80, terms[i].term);
        for (int scheme = THEME_DARK; scheme <= THEME_LIGHT; scheme++) {
            theme_begin((enum theme_scheme)scheme);
            cr_expect_eq((int)theme_current(), terms[i].colours ? scheme : (int)THEME_MONO, "%s",
                         terms[i].term);
            for (int role = 0; role < ROLE_COUNT; role++) {
                struct theme_style style = theme_style((enum theme_role)role);
                struct theme_style selected = theme_on_selected((enum theme_role)role);
                cr_expect(!terms[i].colours || (style.pair < COLOR_PAIRS && selected.pair < COLOR_PAIRS),
                          "%s", terms[i].term);
                cr_expect_eq(style.pair > 0, terms[i].colours);
                short foreground = 0, background = 0;
                if (!terms[i].colours)
                    continue;
                cr_expect_eq(pair_content(style.pair, &foreground, &background), OK);
                cr_expect(foreground < COLORS && background < COLORS, "%s: role %d", terms[i].term, role);
                cr_expect(foreground != background || foreground == -1, "%s: role %d is not seen",
                          terms[i].term, role);
                pair_content(selected.pair, &foreground, &background);
                cr_expect(foreground != background, "%s: role %d is not seen when selected", terms[i].term,
                          role);
            }
        }
        canvas_end();
    }
}

// Without colour, what says something is still told apart from plain text.
Test(theme, mono_tells_roles_apart, .init = clean_environment)
{
    static const enum theme_role told[] = {ROLE_SELECTED,       ROLE_WARN,   ROLE_BAD,
                                           ROLE_BUTTON_FOCUS,   ROLE_TITLE,  ROLE_TOAST_ERROR,
                                           ROLE_SESSION_STATUS, ROLE_DANGER, ROLE_INPUT};
    canvas_begin(24, 80, "xterm-256color");
    theme_begin(THEME_MONO);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        cr_expect_neq(theme_style(told[i]).attributes, A_NORMAL, "role %d", told[i]);
        cr_expect_eq(theme_style(told[i]).pair, 0);
    }
    cr_expect_neq(theme_style(ROLE_WARN).attributes, theme_style(ROLE_BAD).attributes);
    // The tab in front, on a reversed line.
    cr_expect(theme_style(ROLE_SESSION_STATUS).attributes & A_REVERSE);
    cr_expect_not(theme_style(ROLE_TAB_CURRENT).attributes & A_REVERSE);
    cr_expect(theme_on_selected(ROLE_TEXT).attributes & A_REVERSE);
    cr_expect(theme_on_selected(ROLE_BAD).attributes & A_UNDERLINE);
    canvas_end();
}

Test(theme, learns_the_background, .init = clean_environment)
{
    static const struct {
        const char *reply;
        enum theme_scheme after;
        bool changed;
    } rows[] = {
        {"\033]11;rgb:0000/0000/0000\033\\", THEME_DARK, false},
        {"\033]11;rgb:ffff/ffff/ffff\a", THEME_LIGHT, true},
        {"\033]11;rgb:ff/ff/dd\a", THEME_LIGHT, false},
        {"\033]11;rgb:1\a", THEME_LIGHT, false},
        {"\033]10;rgb:0000/0000/0000\a", THEME_LIGHT, false},
        {"\033[?62c", THEME_LIGHT, false},
        {"\033]11;rgb:2828/2a2a/3636\a", THEME_DARK, true},
    };
    canvas_begin(24, 80, "xterm-256color");
    theme_begin(THEME_AUTO);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(theme_background_reply(rows[i].reply, strlen(rows[i].reply)), rows[i].changed, "row %zu",
                     i);
        cr_expect_eq(theme_current(), rows[i].after, "row %zu", i);
    }
    theme_begin(THEME_LIGHT); // asked for: no answer changes it
    cr_expect_not(theme_background_reply(rows[0].reply, strlen(rows[0].reply)));
    cr_expect_eq(theme_current(), THEME_LIGHT);
    canvas_end();
}

Test(theme, names)
{
    static const char *const names[] = {"auto", "dark", "light", "mono", "contrast"};
    for (int i = 0; i < THEME_SCHEME_COUNT; i++) {
        enum theme_scheme scheme = THEME_SCHEME_COUNT;
        cr_expect(theme_parse(names[i], &scheme));
        cr_expect_eq((int)scheme, i);
    }
    enum theme_scheme scheme = THEME_LIGHT;
    cr_expect_not(theme_parse("blue", &scheme));
    cr_expect_eq(scheme, THEME_LIGHT);
}
