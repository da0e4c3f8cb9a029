// SPDX-License-Identifier: Apache-2.0
//
// paste_guard: check a text before it is pasted into a program: what of it may be sent, and whether the
// operator must be asked, since each line end runs what stands before it. For a whole text; a paste that is
// passed on as it arrives goes through vt_paste_piece, which cleans in the same way.

#ifndef SBXDECK_TUI_PANE_PASTE_GUARD_H
#define SBXDECK_TUI_PANE_PASTE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

struct paste_guard {
    // What may be sent, without brackets and ended by NUL: line ends as CR, as Enter sends; no beginning or
    // end of a paste inside; no control characters but CR and Tab, C1 neither; only UTF-8.
    char *text;
    size_t length;
    size_t lines;   // line ends in it; CR LF is one
    size_t dropped; // bytes of the original that are not in it (a line end of two bytes counts as kept)
    bool ask;       // it has line ends and the program has not asked for brackets
};

// bracketed: the program has asked for bracketed paste (struct vt_modes). Ended by paste_guard_end.
void paste_guard_check(struct paste_guard *guard, const char *bytes, size_t length, bool bracketed);
// Wipes the text and frees it; twice is fine.
void paste_guard_end(struct paste_guard *guard);

#endif
