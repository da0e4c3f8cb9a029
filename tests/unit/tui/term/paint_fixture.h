// SPDX-License-Identifier: Apache-2.0
//
// paint_fixture: A program's screen that is drawn by curses for a terminal of any kind, and a second emulator
// that reads what was sent, for the tests of tui/term/paint*.

#ifndef SBXDECK_TESTS_UNIT_TUI_TERM_PAINT_FIXTURE_H
#define SBXDECK_TESTS_UNIT_TUI_TERM_PAINT_FIXTURE_H

#include "tests/support/terminal_cells.h"
#include "tui/vt/vt_screen.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAINT_FIXTURE_ROWS = 24, PAINT_FIXTURE_COLUMNS = 80 };

struct paint_fixture {
    struct vt *vt;    // what the program writes to
    struct vt *outer; // the operator's terminal
    char *sent;       // by the last frame
    size_t sent_length;
    unsigned drawn_whole; // by the next frame: VT_PANE_ALL
};
extern struct paint_fixture paint_fixture;

// term: a name in the machine's terminfo. "modern" has its description here and knows every look.
void paint_fixture_begin(const char *term, int rows, int cols);
void paint_fixture_begin_modern(void);
void paint_fixture_begin_modern_sized(int rows, int cols);
void paint_fixture_end(void);

// The program writes that; then one frame is drawn and sent, and the outer terminal reads it.
void paint_fixture_frame(const char *bytes);
// A frame with something drawn over the pane.
void paint_fixture_frame_over(void (*draw_over)(void));
void paint_fixture_draw_box(void); // from row 5 and column 20, in ROLE_OK

bool paint_fixture_was_sent(const char *text);
struct vt_glyph paint_fixture_cell(int y, int x); // of the outer terminal
// The outer terminal shows in every cell what the program wrote.
void paint_fixture_expect_same(const char *when);

#endif
