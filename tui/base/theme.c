// SPDX-License-Identifier: Apache-2.0
//
// theme: the table of roles and schemes, and the first THEME_PAIRS colour pairs. Few colours on purpose: a
// role is plain unless it says something. The 256-colour numbers avoid the first 16, which users change,
// wherever contrast matters.

#include "tui/base/theme.h"

#include "tui/base/color_reduce.h"
#include "tui/base/color_spec.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT = -1 };

struct look {
    short dark256, light256; // foreground on the terminal's background
    short basic;             // of the first 8; DEFAULT: the terminal's
    short basic_light;
    attr_t attributes;      // with colours
    attr_t attributes_mono; // instead, without
};

struct ground {
    short dark256, light256, basic, basic_light;
};

// clang-format off
static const struct look looks[ROLE_COUNT] = {
    //                         dark  light  8 dark         8 light        with colour   without
    [ROLE_TEXT]                = {DEFAULT, DEFAULT, DEFAULT, DEFAULT,              A_NORMAL,  A_NORMAL},
    [ROLE_DIM]                 = {245, 242, DEFAULT, DEFAULT,                      A_NORMAL,  A_DIM},
    [ROLE_TITLE]               = {DEFAULT, DEFAULT, DEFAULT, DEFAULT,              A_BOLD,    A_BOLD},
    [ROLE_BORDER]              = {240, 248, DEFAULT, DEFAULT,                      A_NORMAL,  A_NORMAL},
    [ROLE_SELECTED]            = {255, 232, COLOR_WHITE, COLOR_WHITE,              A_BOLD,    A_REVERSE},
    [ROLE_HEADER]              = {245, 240, DEFAULT, DEFAULT,                      A_UNDERLINE, A_UNDERLINE},
    [ROLE_OK]                  = {114, 28, COLOR_GREEN, COLOR_GREEN,               A_NORMAL,  A_NORMAL},
    [ROLE_WARN]                = {179, 130, COLOR_YELLOW, COLOR_MAGENTA,           A_NORMAL,  A_BOLD},
    [ROLE_BAD]                 = {203, 160, COLOR_RED, COLOR_RED,                  A_BOLD,    A_BOLD | A_UNDERLINE},
    [ROLE_ACCENT]              = {110, 25, COLOR_CYAN, COLOR_BLUE,                 A_NORMAL,  A_BOLD},
    [ROLE_KEY_HINT]            = {110, 25, COLOR_CYAN, COLOR_BLUE,                 A_BOLD,    A_BOLD},
    [ROLE_HINT_TEXT]           = {245, 242, DEFAULT, DEFAULT,                      A_NORMAL,  A_NORMAL},
    [ROLE_INPUT]               = {DEFAULT, DEFAULT, DEFAULT, DEFAULT,              A_UNDERLINE, A_UNDERLINE},
    [ROLE_BUTTON]              = {DEFAULT, DEFAULT, DEFAULT, DEFAULT,              A_NORMAL,  A_NORMAL},
    [ROLE_BUTTON_FOCUS]        = {DEFAULT, DEFAULT, DEFAULT, DEFAULT,              A_REVERSE | A_BOLD, A_REVERSE | A_BOLD},
    [ROLE_TAB_CURRENT]         = {DEFAULT, DEFAULT, DEFAULT, DEFAULT,              A_REVERSE | A_BOLD, A_BOLD | A_UNDERLINE},
    [ROLE_BAR_OK]              = {71, 28, COLOR_GREEN, COLOR_GREEN,                A_NORMAL,  A_NORMAL},
    [ROLE_BAR_WARN]            = {179, 130, COLOR_YELLOW, COLOR_MAGENTA,           A_NORMAL,  A_BOLD},
    [ROLE_BAR_BAD]             = {203, 160, COLOR_RED, COLOR_RED,                  A_NORMAL,  A_BOLD},
    [ROLE_BAR_EMPTY]           = {238, 252, DEFAULT, DEFAULT,                      A_NORMAL,  A_DIM},
    [ROLE_TOAST_INFO]          = {252, 235, COLOR_WHITE, COLOR_WHITE,              A_NORMAL,  A_REVERSE},
    [ROLE_TOAST_WARN]          = {234, 255, COLOR_BLACK, COLOR_BLACK,              A_NORMAL,  A_REVERSE | A_BOLD},
    [ROLE_TOAST_ERROR]         = {255, 255, COLOR_WHITE, COLOR_WHITE,              A_BOLD,    A_REVERSE | A_BOLD | A_UNDERLINE},
    [ROLE_SESSION_STATUS]      = {252, 235, COLOR_WHITE, COLOR_WHITE,              A_NORMAL,  A_REVERSE},
    [ROLE_SESSION_STATUS_WARN] = {234, 255, COLOR_BLACK, COLOR_BLACK,              A_NORMAL,  A_REVERSE | A_BOLD},
    [ROLE_SESSION_STATUS_BAD]  = {255, 255, COLOR_WHITE, COLOR_WHITE,              A_BOLD,    A_REVERSE | A_BOLD | A_UNDERLINE},
    [ROLE_DIALOG]              = {DEFAULT, DEFAULT, DEFAULT, DEFAULT,              A_NORMAL,  A_NORMAL},
    [ROLE_DANGER]              = {203, 160, COLOR_RED, COLOR_RED,                  A_BOLD,    A_BOLD | A_UNDERLINE},
};

// Roles with a background of their own; the others keep the terminal's (all four DEFAULT or 0 here).
static const struct ground grounds[ROLE_COUNT] = {
    [ROLE_SELECTED]            = {237, 254, COLOR_BLUE, COLOR_BLUE},
    [ROLE_TOAST_INFO]          = {238, 253, COLOR_BLUE, COLOR_BLUE},
    [ROLE_TOAST_WARN]          = {179, 130, COLOR_YELLOW, COLOR_YELLOW},
    [ROLE_TOAST_ERROR]         = {124, 160, COLOR_RED, COLOR_RED},
    [ROLE_SESSION_STATUS]      = {237, 254, COLOR_BLUE, COLOR_BLUE},
    [ROLE_SESSION_STATUS_WARN] = {179, 130, COLOR_YELLOW, COLOR_YELLOW},
    [ROLE_SESSION_STATUS_BAD]  = {124, 160, COLOR_RED, COLOR_RED},
};
// clang-format on

// CONTRAST, with 256 colours: the foreground, and the background where it has one, on dark and on light. Each
// has 7:1 or more; no grey, and nothing that only its shade tells.
static const struct {
    short dark, light, dark_ground, light_ground;
} strong[ROLE_COUNT] = {
    [ROLE_TEXT] = {231, 16, 0, 0},
    [ROLE_DIM] = {252, 236, 0, 0},
    [ROLE_TITLE] = {231, 16, 0, 0},
    [ROLE_BORDER] = {250, 238, 0, 0},
    [ROLE_SELECTED] = {16, 231, 231, 16},
    [ROLE_HEADER] = {231, 16, 0, 0},
    [ROLE_OK] = {120, 22, 0, 0},
    [ROLE_WARN] = {226, 58, 0, 0},
    [ROLE_BAD] = {217, 88, 0, 0},
    [ROLE_ACCENT] = {123, 18, 0, 0},
    [ROLE_KEY_HINT] = {123, 18, 0, 0},
    [ROLE_HINT_TEXT] = {252, 236, 0, 0},
    [ROLE_INPUT] = {231, 16, 0, 0},
    [ROLE_BUTTON] = {231, 16, 0, 0},
    [ROLE_BUTTON_FOCUS] = {231, 16, 0, 0},
    [ROLE_TAB_CURRENT] = {231, 16, 0, 0},
    [ROLE_BAR_OK] = {120, 22, 0, 0},
    [ROLE_BAR_WARN] = {226, 58, 0, 0},
    [ROLE_BAR_BAD] = {217, 88, 0, 0},
    [ROLE_BAR_EMPTY] = {246, 242, 0, 0},
    [ROLE_TOAST_INFO] = {16, 231, 252, 236},
    [ROLE_TOAST_WARN] = {16, 231, 226, 58},
    [ROLE_TOAST_ERROR] = {231, 231, 88, 88},
    [ROLE_SESSION_STATUS] = {16, 231, 252, 236},
    [ROLE_SESSION_STATUS_WARN] = {16, 231, 226, 58},
    [ROLE_SESSION_STATUS_BAD] = {231, 231, 88, 88},
    [ROLE_DIALOG] = {231, 16, 0, 0},
    [ROLE_DANGER] = {217, 88, 0, 0},
};

static const char *const names[THEME_SCHEME_COUNT] = {"auto", "dark", "light", "mono", "contrast"};

static struct {
    enum theme_scheme asked, current;
    enum theme_scheme background; // what the terminal has said; AUTO: nothing yet
    bool colours, basic, defaults;
    bool contrast; // current's strong colours
    struct theme_pairs pairs;
    struct theme_own own[ROLE_COUNT];
    bool has_own[ROLE_COUNT];
} theme = {.current = THEME_MONO};

// What the operator has chosen as that one of the role's colours; KEEP: nothing.
static int own_color(enum theme_role role, bool ground)
{
    if (!theme.has_own[role])
        return THEME_OWN_KEEP;
    int color = ground ? theme.own[role].background : theme.own[role].foreground;
    return color < 0 ? color : color_reduce_number(CELL_COLOR_INDEXED | (unsigned)color, COLORS, NULL);
}

static bool has_ground(enum theme_role role)
{
    int own = own_color(role, true);
    return own == THEME_OWN_KEEP ? grounds[role].dark256 > 0 : own >= 0;
}

static short foreground_of(enum theme_role role)
{
    const struct look *look = &looks[role];
    bool light = theme.current == THEME_LIGHT;
    int own = own_color(role, false);
    if (own != THEME_OWN_KEEP)
        return (short)own;
    if (theme.basic)
        return light ? look->basic_light : look->basic;
    if (theme.contrast)
        return light ? strong[role].light : strong[role].dark;
    return light ? look->light256 : look->dark256;
}

static short background_of(enum theme_role role)
{
    const struct ground *ground = &grounds[role];
    bool light = theme.current == THEME_LIGHT;
    int own = own_color(role, true);
    if (own != THEME_OWN_KEEP)
        return (short)own;
    if (!has_ground(role))
        return DEFAULT;
    if (theme.basic)
        return light ? ground->basic_light : ground->basic;
    if (theme.contrast)
        return light ? strong[role].light_ground : strong[role].dark_ground;
    return light ? ground->light256 : ground->dark256;
}

static short pair_of(enum theme_role role)
{
    return (short)(1 + role);
}

static short selected_pair_of(enum theme_role role)
{
    return (short)(1 + ROLE_COUNT + role);
}

// A terminal without default colours (old consoles) gets white on black, or the other way round.
static void set_pair(short pair, short foreground, short background)
{
    if (pair >= COLOR_PAIRS)
        return;
    if (!theme.defaults && foreground == DEFAULT)
        foreground = theme.current == THEME_LIGHT ? COLOR_BLACK : COLOR_WHITE;
    if (!theme.defaults && background == DEFAULT)
        background = theme.current == THEME_LIGHT ? COLOR_WHITE : COLOR_BLACK;
    if (theme.pairs.set != NULL)
        theme.pairs.set(pair, foreground, background);
    else
        (void)init_pair(pair, foreground, background);
}

// COLORFGBG is "foreground;background" or "foreground;default;background", numbers of the first 16.
static enum theme_scheme from_environment(void)
{
    const char *value = getenv("COLORFGBG");
    const char *background = value != NULL ? strrchr(value, ';') : NULL;
    if (background == NULL || !isdigit((unsigned char)background[1]))
        return THEME_AUTO;
    long number = strtol(background + 1, NULL, 10);
    return number == 7 || (number >= 9 && number <= 15) ? THEME_LIGHT : THEME_DARK;
}

static enum theme_scheme choose(enum theme_scheme asked)
{
    const char *no_color = getenv("NO_COLOR");
    if ((no_color != NULL && no_color[0] != '\0') || !theme.colours)
        return THEME_MONO;
    if (asked == THEME_AUTO || asked == THEME_CONTRAST)
        asked = theme.background != THEME_AUTO ? theme.background : from_environment();
    return asked == THEME_AUTO ? THEME_DARK : asked;
}

void theme_use_pairs(const struct theme_pairs *pairs)
{
    theme.pairs = *pairs;
}

void theme_set_own(enum theme_role role, const struct theme_own *own)
{
    theme.has_own[role] = own != NULL;
    if (own != NULL)
        theme.own[role] = *own;
}

void theme_begin(enum theme_scheme scheme)
{
    theme.asked = scheme;
    theme.contrast = scheme == THEME_CONTRAST;
    theme.colours = has_colors() && start_color() == OK && COLORS >= 8 && COLOR_PAIRS > ROLE_COUNT;
    theme.defaults = theme.colours && use_default_colors() == OK;
    theme.basic = COLORS < 256;
    if (theme.pairs.begin != NULL)
        theme.pairs.begin();
    theme.current = choose(scheme);
    if (theme.current == THEME_MONO)
        return;
    short selected_background = background_of(ROLE_SELECTED);
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum theme_role role = (enum theme_role)i;
        short foreground = foreground_of(role);
        set_pair(pair_of(role), foreground, background_of(role));
        // Of 8 colours few are readable on another one: there the selected line is of one colour.
        bool own = !theme.basic && !theme.contrast && !has_ground(role) && foreground != DEFAULT;
        set_pair(selected_pair_of(role), own ? foreground : foreground_of(ROLE_SELECTED),
                 selected_background);
    }
}

enum theme_scheme theme_current(void)
{
    return theme.current;
}

bool theme_parse(const char *name, enum theme_scheme *scheme)
{
    for (int i = 0; i < THEME_SCHEME_COUNT; i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        *scheme = (enum theme_scheme)i;
        return true;
    }
    return false;
}

bool theme_background_reply(const char *raw, size_t length)
{
    static const char prefix[] = "\033]11;";
    const size_t at = sizeof prefix - 1;
    uint32_t rgb = 0;
    if (length < at + 2 || memcmp(raw, prefix, at) != 0)
        return false;
    size_t end = raw[length - 1] == '\a' ? length - 1 : length - 2;
    if (!color_spec_parse(raw + at, end - at, &rgb))
        return false;
    double red = rgb >> 16 & 255, green = rgb >> 8 & 255,
           blue = rgb & 255; // as bright as they are to the eye:
    theme.background = 0.299 * red + 0.587 * green + 0.114 * blue > 127.5 ? THEME_LIGHT : THEME_DARK;
    bool asks = theme.asked == THEME_AUTO || theme.asked == THEME_CONTRAST;
    if (!asks || choose(theme.asked) == theme.current)
        return false;
    theme_begin(theme.asked);
    return true;
}

static attr_t attributes_of(enum theme_role role)
{
    return theme.has_own[role] && theme.own[role].has_attributes ? theme.own[role].attributes
                                                                 : looks[role].attributes;
}

struct theme_style theme_style(enum theme_role role)
{
    const struct look *look = &looks[role];
    if (theme.current == THEME_MONO)
        return (struct theme_style){look->attributes_mono, 0};
    attr_t attributes = attributes_of(role);
    if (theme.basic && role == ROLE_DIM && !theme.contrast)
        attributes |= A_DIM; // there is no grey among eight
    return (struct theme_style){attributes, pair_of(role)};
}

struct theme_style theme_on_selected(enum theme_role role)
{
    const struct look *look = &looks[role];
    if (theme.current == THEME_MONO)
        return (struct theme_style){
            looks[ROLE_SELECTED].attributes_mono | (look->attributes_mono & ~(attr_t)(A_DIM | A_REVERSE)), 0};
    short pair = selected_pair_of(role);
    if (pair >= COLOR_PAIRS)
        pair = pair_of(ROLE_SELECTED);
    return (struct theme_style){attributes_of(ROLE_SELECTED) | (attributes_of(role) & ~(attr_t)A_REVERSE),
                                pair};
}
