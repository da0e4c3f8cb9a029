// SPDX-License-Identifier: Apache-2.0
//
// vt_judge: a tmux of its own with one pane of a fixed size, given the same bytes as a vt. What the pane
// shows is compared with the vt cell by cell.

#ifndef SBXDECK_TESTS_UNIT_TUI_VT_VT_JUDGE_H
#define SBXDECK_TESTS_UNIT_TUI_VT_VT_JUDGE_H

#include "tests/support/support.h"
#include "tui/vt/vt_screen.h"

#include <stdbool.h>

enum { JUDGE_ROWS = 8, JUDGE_COLS = 20, JUDGE_WORDS = 2048 };

struct vt_judge {
    char folder[SUPPORT_PATH_CAP];
    pid_t client; // tmux in control mode
    int to, from; // its stdin and stdout
    int feed;     // the pane's bytes
    int marks;    // streams fed so far
    char *heard;  // of the client, not yet used
    size_t heard_length;
};

// The test fails when tmux cannot be had.
void vt_judge_begin(struct vt_judge *judge);
void vt_judge_end(struct vt_judge *judge);

// Gives the bytes to a cleared pane and to a new vt. True: both show the same, cursor, text, colours and
// attributes; else words says what differs.
bool vt_judge_agrees(struct vt_judge *judge, const char *bytes, char words[JUDGE_WORDS]);

#endif
