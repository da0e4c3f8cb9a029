// SPDX-License-Identifier: Apache-2.0
//
// toast: short messages that go by themselves. The newest TOASTS_SHOWN are shown, newest lowest, flush right,
// and never on the line the caller protects (the selected one). Time is the caller's: monotonic milliseconds.

#ifndef SBXDECK_TUI_TOAST_H
#define SBXDECK_TUI_TOAST_H

#include <curses.h>
#include <stdbool.h>
#include <stdint.h>

enum { TOASTS_SHOWN = 3, TOAST_TEXT_MAX = 512 };

enum toast_level { TOAST_INFO, TOAST_WARN, TOAST_ERROR, TOAST_LEVEL_COUNT };

struct toasts;
struct toasts *toasts_new(void);
void toasts_free(struct toasts *toasts); // NULL is fine

// Copies the text (foreign is fine). It stays 4 s, a warning 7 s, an error 12 s. The same text again renews
// the one that is shown.
void toasts_add(struct toasts *toasts, enum toast_level level, const char *text, int64_t now_ms);
// Drops what is over. True when something went, so that the screen is dirty.
bool toasts_expire(struct toasts *toasts, int64_t now_ms);
int64_t toasts_next_ms(const struct toasts *toasts); // when the next goes; -1: there are none
bool toasts_dismiss(struct toasts *toasts);          // all go now; false when there were none
int toasts_count(const struct toasts *toasts);

// Draws on the lowest lines of the rectangle, a long text on up to three, without the line keep_line (-1:
// none). Returns the lines used.
int toasts_draw(const struct toasts *toasts, WINDOW *window, int y, int x, int rows, int columns,
                int keep_line);

#endif
