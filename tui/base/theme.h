// SPDX-License-Identifier: Apache-2.0
//
// theme: how each role looks in each scheme on this terminal (256, 16, 8 colours, none). Colour never
// carries a meaning alone: each role that says something also has an attribute in "mono", and the widgets
// put a word or a glyph beside it. The terminal's own background is kept.

#ifndef SBXDECK_TUI_BASE_THEME_H
#define SBXDECK_TUI_BASE_THEME_H

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum theme_role {
    ROLE_TEXT,
    ROLE_DIM,
    ROLE_TITLE,
    ROLE_BORDER,
    ROLE_SELECTED, // the selected line; roles of cells on it are drawn with theme_on_selected
    ROLE_HEADER,   // column titles
    ROLE_OK,
    ROLE_WARN,
    ROLE_BAD,
    ROLE_ACCENT,
    ROLE_KEY_HINT,
    ROLE_HINT_TEXT,
    ROLE_INPUT,
    ROLE_BUTTON,
    ROLE_BUTTON_FOCUS,
    ROLE_TAB_CURRENT, // on ROLE_SESSION_STATUS
    ROLE_BAR_OK,
    ROLE_BAR_WARN,
    ROLE_BAR_BAD,
    ROLE_BAR_EMPTY,
    ROLE_TOAST_INFO,
    ROLE_TOAST_WARN,
    ROLE_TOAST_ERROR,
    ROLE_SESSION_STATUS,      // the status line of a session
    ROLE_SESSION_STATUS_WARN, // the same when it speaks up
    ROLE_SESSION_STATUS_BAD,
    ROLE_DIALOG, // text in a dialog
    ROLE_DANGER, // title and border of a dialog that destroys
    ROLE_COUNT
};

enum theme_scheme { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_SCHEME_COUNT };

// The colour pairs 1..THEME_PAIRS are the theme's; whoever else wants pairs takes them by alloc_pair, or from
// THEME_PAIRS + 1 upwards.
enum { THEME_PAIRS = 2 * ROLE_COUNT };

// What wattr_set needs. Pairs are below 256 and fit a short.
struct theme_style {
    attr_t attributes;
    short pair;
};

// Who sets the colour pairs up, when it is not curses alone (see paint): begin comes before all of them, once
// each theme_begin. Copied.
struct theme_pairs {
    void (*begin)(void);
    void (*set)(int pair, int foreground, int background); // as init_pair
};
void theme_use_pairs(const struct theme_pairs *pairs);

// After screen_begin, and again to change the scheme. AUTO looks at COLORFGBG and what
// theme_background_reply has learnt, and is dark without both. NO_COLOR (set and not empty) in the
// environment makes it MONO, whatever is asked.
void theme_begin(enum theme_scheme scheme);
enum theme_scheme theme_current(void); // DARK, LIGHT or MONO

// "auto", "dark", "light", "mono". False for another name (*scheme is unchanged).
bool theme_parse(const char *name, enum theme_scheme *scheme);

// Takes the terminal's answer to screen_ask_terminal (an INPUT_REPLY event's raw bytes). True: it was one
// and the scheme has changed by it, so that everything is to be drawn again.
bool theme_background_reply(const char *raw, size_t length);

struct theme_style theme_style(enum theme_role role);
// The role as it looks on the selected line: its colour where that stays readable, ROLE_SELECTED's
// background.
struct theme_style theme_on_selected(enum theme_role role);

#endif
