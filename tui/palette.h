// SPDX-License-Identifier: Apache-2.0
//
// palette: a list of named things narrowed by typing, to pick one of. Letters match in order, anywhere;
// starts of words and runs of letters count more. Ends like a dialog: palette_input returns true, the caller
// takes it away and calls palette_finish.

#ifndef SBXDECK_TUI_PALETTE_H
#define SBXDECK_TUI_PALETTE_H

#include "tui/input.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum { PALETTE_NONE = -1 };

struct palette_entry {
    int id; // 0 or more; told to the callback
    const char *name;
    const char *keys; // shown beside; may be ""
    const char *help; // shown where there is room, and searched after the name; may be ""
};

struct palette;
typedef void palette_done(void *context, int id); // PALETTE_NONE: left without a choice

// Copies title, entries and their strings.
struct palette *palette_new(const char *title, const struct palette_entry *entries, size_t count,
                            palette_done *done, void *context);
void palette_finish(struct palette *palette); // calls done, frees; NULL is fine

bool palette_input(struct palette *palette, const struct input_event *event);
// Draws at the top of the rectangle; the cursor belongs at *cursor_y, *cursor_x.
void palette_draw(struct palette *palette, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
                  int *cursor_x);

// How well typed matches name: below 0 not at all, more is better. Upper and lower case are the same (ASCII).
int palette_score(const char *typed, const char *name);

#endif
