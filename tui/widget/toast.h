// SPDX-License-Identifier: Apache-2.0
//
// toast: notices, short messages that go by themselves. One is shown at a time, on one line of the
// caller's; the others wait, and their number is shown. Time is the caller's: monotonic milliseconds.

#ifndef SBXDECK_TUI_WIDGET_TOAST_H
#define SBXDECK_TUI_WIDGET_TOAST_H

#include "tui/base/text.h"
#include "tui/base/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOASTS_WAITING = 16, TOAST_TEXT_MAX = 512 };

enum toast_level { TOAST_INFO, TOAST_WARN, TOAST_ERROR, TOAST_LEVEL_COUNT };

struct toasts;
struct toasts *toasts_new(void);
void toasts_free(struct toasts *toasts); // NULL is fine

// Copies the texts (foreign is fine). many: what stands behind the number when several of one kind wait or
// are shown ("sessions ended: connection lost"); those of the same level and the same many are one notice.
// NULL: only the same text again is joined with it.
void toasts_add(struct toasts *toasts, enum toast_level level, const char *text, const char *many,
                int64_t now_ms);

struct toast_line {
    enum toast_level level;
    char text[TOAST_TEXT_MAX]; // display()-clean
    size_t more;               // others that wait
};
// What is to be shown now; false: nothing. Each has a turn of some seconds, the gravest first, of equals the
// newest; then the newest is shown. An info is over 4 s, a warning 7 s and an error 12 s after they were
// first given out here; an info that had no turn for 10 s gets none. A turn that a graver notice cuts short
// starts again after it.
bool toasts_line(struct toasts *toasts, int64_t now_ms, struct toast_line *out);
// Drops what is over. True when something went, so that the screen is dirty.
bool toasts_expire(struct toasts *toasts, int64_t now_ms);
// When toasts_line will give another answer (monotonic ms); -1: never.
int64_t toasts_next_ms(const struct toasts *toasts, int64_t now_ms);
bool toasts_dismiss(struct toasts *toasts); // drops all; false when there was nothing

enum glyph toast_glyph(enum toast_level level);
enum theme_role toast_role(enum toast_level level);

#endif
