// SPDX-License-Identifier: Apache-2.0
//
// copy_fixture: a terminal with copy mode over it, driven by the bytes of keys, for tests. One in a test's
// process.

#ifndef SBXDECK_TESTS_UNIT_TUI_PANE_COPY_FIXTURE_H
#define SBXDECK_TESTS_UNIT_TUI_PANE_COPY_FIXTURE_H

#include "tui/pane/copy_mode.h"

extern struct vt *copying_vt;
extern struct copy_mode *copying_mode;
extern struct copy_verdict copying_verdict; // of the last event or slice

void copying_begin(int rows, int cols, int history);
void copying_end(void);
void copying_write(const char *bytes);
void copying_lines(int first, int last); // "line 12" and a line end for each
void copying_enter(enum copy_entry entry);
// Keys as a terminal sends them; slices of a search are done until there are no more.
void copying_keys(const char *bytes);
void copying_mouse(enum input_mouse_action action, enum input_mouse_button button, int y, int x,
                   int64_t now_ms);
// What the cursor stands on, to the end of the row. Valid until the next call.
const char *copying_here(void);
// The first row of the view, likewise.
const char *copying_top(void);
// What y copies; "" when it copies nothing. Copy mode is entered again when it was left.
const char *copying_yank(void);
// The marks of a row of the view as a string: '.', 's' selected, 'h' hit, 'H' the one the cursor is on.
const char *copying_marks(int y);

#endif
