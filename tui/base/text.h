// SPDX-License-Identifier: Apache-2.0
//
// text: columns, clipping, and the only way that foreign strings get on the screen. Columns are counted as
// curses counts them (wcwidth of the locale), so that what is measured is what is drawn.

#ifndef SBXDECK_TUI_BASE_TEXT_H
#define SBXDECK_TUI_BASE_TEXT_H

#include "tui/base/theme.h"

#include <curses.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TEXT_DISPLAY_MAX = 1024, // bytes of a foreign string that are looked at by the drawing calls
    TEXT_FORMAT_MAX = 1024   // bytes a text_putf makes
};

// --- glyphs: a UTF-8 locale gets the first, others the second ------------------

#define GLYPH_TABLE(X)                                                                                       \
    X(NONE, "", "")                                                                                          \
    X(VALID, "●", "*")                                                                                       \
    X(EXPIRING, "◐", "o")                                                                                    \
    X(EXPIRED, "○", "x")                                                                                     \
    X(UNKNOWN, "?", "?")                                                                                     \
    X(NO_CREDENTIAL, "·", "-")                                                                               \
    X(RUNNING, "▶", ">")                                                                                     \
    X(PAUSED, "‖", "=")                                                                                      \
    X(STOPPED, "■", "#")                                                                                     \
    X(MOVING, "◌", "~")                                                                                      \
    X(SESSION, "◆", "@")                                                                                     \
    X(TOOL, "»", "&")                                                                                        \
    X(FORWARD, "⇄", "%")                                                                                     \
    X(PIN, "★", "^")                                                                                         \
    X(CHECK, "✓", "+")                                                                                       \
    X(CROSS, "✗", "x")                                                                                       \
    X(WARNING, "▲", "!")                                                                                     \
    X(INFO, "•", "*")                                                                                        \
    X(ELLIPSIS, "…", "~")                                                                                    \
    X(UP, "↑", "^")                                                                                          \
    X(DOWN, "↓", "v")                                                                                        \
    X(LEFT, "←", "<")                                                                                        \
    X(RIGHT, "→", ">")                                                                                       \
    X(POINTER, "›", ">")                                                                                     \
    X(DOT, "·", ".")                                                                                         \
    X(MASK, "•", "*")                                                                                        \
    X(LINE_H, "─", "-")                                                                                      \
    X(LINE_V, "│", "|")                                                                                      \
    X(CORNER_TL, "╭", "+")                                                                                   \
    X(CORNER_TR, "╮", "+")                                                                                   \
    X(CORNER_BL, "╰", "+")                                                                                   \
    X(CORNER_BR, "╯", "+")                                                                                   \
    X(TEE_L, "├", "+")                                                                                       \
    X(TEE_R, "┤", "+")                                                                                       \
    X(SCROLL_TRACK, "│", "|")                                                                                \
    X(SCROLL_THUMB, "┃", "#")                                                                                \
    X(BAR_HALF, "╸", "")                                                                                     \
    X(BAR_FULL, "━", "#")                                                                                    \
    X(BAR_WARN, "╍", "=")                                                                                    \
    X(BAR_BAD, "!", "!")                                                                                     \
    X(BAR_OVER, "┄", ".")                                                                                    \
    X(BAR_EMPTY, "─", "-")                                                                                   \
    X(BLOCK_1, "▁", ".")                                                                                     \
    X(BLOCK_2, "▂", ":")                                                                                     \
    X(BLOCK_3, "▃", "-")                                                                                     \
    X(BLOCK_4, "▄", "=")                                                                                     \
    X(BLOCK_5, "▅", "+")                                                                                     \
    X(BLOCK_6, "▆", "*")                                                                                     \
    X(BLOCK_7, "▇", "%")                                                                                     \
    X(BLOCK_8, "█", "#")                                                                                     \
    X(SORT_UP, "▲", "^")                                                                                     \
    X(SORT_DOWN, "▼", "v")                                                                                   \
    X(FOLDED, "▸", "+")                                                                                      \
    X(UNFOLDED, "▾", "-")                                                                                    \
    X(MARK, "┆", "|")                                                                                        \
    X(REPLACEMENT, "\xef\xbf\xbd", "?")

enum glyph {
#define X(name, utf8, ascii) GLYPH_##name,
    GLYPH_TABLE(X)
#undef X
        GLYPH_COUNT
};

// What the locale can show; all but NONE and BAR_HALF are one column. The Unicode
// form is only given where wcwidth says one column.
const char *glyph(enum glyph which);
bool text_is_utf8(void); // the locale is UTF-8

// --- measure and clip --------------------------------------------------------

// Columns of a string as it would be drawn by text_put.
int text_width(const char *text);

// Makes a foreign string safe to show, into out (cap bytes with NUL; cut at whole characters, then ended
// by an ellipsis): control characters, ESC, bidirectional controls, zero-width and private or unassigned
// characters, line ends and bytes that are not UTF-8 become a visible replacement each; at most
// TEXT_COMBINING_MAX combining marks stay on a character. In a locale without UTF-8 all but ASCII is
// replaced. Never more than length bytes are read. Returns out.
enum { TEXT_COMBINING_MAX = 2 };
char *display(const char *text, size_t length, char *out, size_t cap);

// Whether a code point is shown as itself, and whether it is a combining mark (shown on the one before).
bool text_is_shown(uint32_t codepoint);
bool text_is_mark(uint32_t codepoint);

// display, cut to columns with an ellipsis; with pad, filled up with blanks to exactly columns. Returns the
// columns used. cap should be at least 4 * (1 + TEXT_COMBINING_MAX) * columns + 1; less cuts earlier.
int text_fit(const char *text, int columns, bool pad, char *out, size_t cap);

// Behind what stands in out, cut at cap bytes with NUL. Returns the length now.
size_t text_append(char *out, size_t cap, const char *format, ...) __attribute__((format(printf, 3, 4)));

// The next line of text broken to columns at blanks (or within a word that is longer), for text that is
// display()-clean already apart from '\n', which ends a line. Returns the bytes of the line; *next is where
// the following line starts, NULL after the last.
size_t text_wrap(const char *text, int columns, const char **next);

// --- draw ----------------------------------------------------------------------

// Each takes foreign text (it goes through display), clips with an ellipsis and never writes outside
// [x, x + columns) of line y, nor outside the window. Returns the columns used. Attributes of the window are
// as before afterwards.
int text_put(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *text);
int text_put_style(WINDOW *window, int y, int x, int columns, struct theme_style style, const char *text);
int text_putf(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
// Flush with the right or in the middle of the columns.
int text_put_right(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *text);
int text_put_center(WINDOW *window, int y, int x, int columns, enum theme_role role, const char *text);
// Blanks of the role on a rectangle.
void text_fill(WINDOW *window, int y, int x, int rows, int columns, enum theme_role role);
// A line of a glyph.
void text_hline(WINDOW *window, int y, int x, int columns, enum theme_role role);
// A box with an optional title; the inside is filled with blanks of inside.
void text_box(WINDOW *window, int y, int x, int rows, int columns, enum theme_role border,
              enum theme_role inside, const char *title);

// Where the cursor of the screen is put while none is shown: on what is selected, since screen readers and
// braille displays follow it. The last one told counts. y < 0: nowhere.
void text_rest_at(int y, int x);
void text_rest(int *y, int *x);

#endif
