// SPDX-License-Identifier: Apache-2.0
//
// vt_program: a real program in a PTY whose terminal is a vt: what it writes goes in, what the vt answers
// goes back. Tests wait for what they want to see; nothing here sleeps for a fixed time.

#ifndef SBXDECK_TESTS_UNIT_TUI_VT_VT_PROGRAM_H
#define SBXDECK_TESTS_UNIT_TUI_VT_VT_PROGRAM_H

#include "tests/support/pty.h"
#include "tests/support/support.h"
#include "tui/vt/vt_screen.h"

#include <stdbool.h>

enum { VT_ANY_ROW = PTY_ANY_ROW };

struct vt_program {
    struct pty *pty;               // NULL: not started
    struct vt *vt;                 // of the pty
    int64_t resized_at;            // when it was last told of a new size; 0: never
    char folder[SUPPORT_PATH_CAP]; // its HOME and working place, removed at the end
};

// Starts argv; the test fails when it cannot. "@" at the beginning of an argument stands for the folder.
void vt_program_start(struct vt_program *program, const char *const argv[], int rows, int cols);
// Makes the folder before the start, so that files can be put into it.
void vt_program_prepare(struct vt_program *program);
void vt_program_file(const struct vt_program *program, const char *name, const char *text);
void vt_program_end(struct vt_program *program);

void vt_program_type(struct vt_program *program, const char *keys);
// A key as the program's modes want it.
void vt_program_key(struct vt_program *program, uint32_t key);
void vt_program_resize(struct vt_program *program, int rows, int cols);

// Waits until the row (or any) has the text; the test fails with the screen told when it does not come.
void vt_program_expect(struct vt_program *program, int row, const char *text);
// Waits until ready(vt) says true; what names it in the message.
void vt_program_until(struct vt_program *program, bool (*ready)(const struct vt *vt), const char *what);
// Waits until the program has ended and gives its exit code.
int vt_program_wait(struct vt_program *program);

// The row from 0 that has the text, and in *x the column of its beginning; -1: none.
int vt_program_find(const struct vt *vt, const char *text, int *x);
struct cell_style vt_program_style(const struct vt *vt, int y, int x);
// The cell's text; valid until the next call.
const char *vt_program_cell(const struct vt *vt, int y, int x);

#endif
