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

// Role, its name as an operator writes it, what it is of.
#define THEME_ROLE_TABLE(X)                                                                                  \
    X(TEXT, "text", "Text")                                                                                  \
    X(DIM, "dim", "What matters less")                                                                       \
    X(TITLE, "title", "Titles")                                                                              \
    X(BORDER, "border", "Lines and frames")                                                                  \
    X(SELECTED, "selected", "The selected line") /* cells on it are drawn with theme_on_selected */          \
    X(HEADER, "header", "Titles of columns")                                                                 \
    X(OK, "ok", "What is well: valid, running")                                                              \
    X(WARN, "warn", "Expiring, and warnings")                                                                \
    X(BAD, "bad", "Critical, expired, failed")                                                               \
    X(ACCENT, "accent", "What stands out: marks, matches")                                                   \
    X(KEY_HINT, "key_hint", "Keys in the hints and the help")                                                \
    X(HINT_TEXT, "hint_text", "What they do")                                                                \
    X(INPUT, "input", "Where something is typed")                                                            \
    X(BUTTON, "button", "Buttons")                                                                           \
    X(BUTTON_FOCUS, "button_focus", "The chosen button")                                                     \
    X(TAB_CURRENT, "tab_current", "The session in front, in the line of tabs")                               \
    X(BAR_OK, "bar_ok", "Gauges: what is left, while it is much")                                            \
    X(BAR_WARN, "bar_warn", "Gauges: expiring")                                                              \
    X(BAR_BAD, "bar_bad", "Gauges: critical")                                                                \
    X(BAR_EMPTY, "bar_empty", "Gauges: what is gone")                                                        \
    X(TOAST_INFO, "toast_info", "Notices")                                                                   \
    X(TOAST_WARN, "toast_warn", "Notices that warn")                                                         \
    X(TOAST_ERROR, "toast_error", "Notices of an error")                                                     \
    X(SESSION_STATUS, "session_status", "A session's status line")                                           \
    X(SESSION_STATUS_WARN, "session_status_warn", "The same when it warns")                                  \
    X(SESSION_STATUS_BAD, "session_status_bad", "The same when it is critical")                              \
    X(DIALOG, "dialog", "Text in a dialog")                                                                  \
    X(DANGER, "danger", "Title and frame of a dialog that destroys")

enum theme_role {
#define X(id, name, text) ROLE_##id,
    THEME_ROLE_TABLE(X)
#undef X
        ROLE_COUNT
};

// CONTRAST: strong colours, for the terminal's dark or light background.
enum theme_scheme { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_CONTRAST, THEME_SCHEME_COUNT };

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

// After screen_begin, and again to change the scheme or the operator's colours. AUTO and CONTRAST look at
// COLORFGBG and what theme_background_reply has learnt, and are dark without both. NO_COLOR (set and not
// empty) in the environment makes it MONO, whatever is asked.
void theme_begin(enum theme_scheme scheme);
enum theme_scheme theme_current(void); // DARK, LIGHT or MONO

// "auto", "dark", "light", "mono", "contrast". False for another name (*scheme is unchanged).
bool theme_parse(const char *name, enum theme_scheme *scheme);

// Takes the terminal's answer to screen_ask_terminal (an INPUT_REPLY event's raw bytes). True: it was one
// and the scheme has changed by it, so that everything is to be drawn again.
bool theme_background_reply(const char *raw, size_t length);

// A role's colours as the operator has chosen them: numbers of the 256, reduced to what the terminal has.
enum { THEME_OWN_KEEP = -2, THEME_OWN_DEFAULT = -1 }; // the scheme's; the terminal's own
struct theme_own {
    int foreground, background;
    attr_t attributes; // in place of the scheme's, where has_attributes
    bool has_attributes;
};
// Counts from the next theme_begin on, in every scheme but mono. NULL: the scheme's again.
void theme_set_own(enum theme_role role, const struct theme_own *own);

struct theme_style theme_style(enum theme_role role);
// The role as it looks on the selected line: its colour where that stays readable, ROLE_SELECTED's
// background.
struct theme_style theme_on_selected(enum theme_role role);

#endif
