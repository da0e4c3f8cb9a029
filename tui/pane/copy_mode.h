// SPDX-License-Identifier: Apache-2.0
//
// copy_mode: looking back through a terminal: scrolling, moving, searching, selecting and copying, by the
// keys of vi and by the mouse. It is state over a struct vt and knows no curses window: events go in, a
// verdict comes out, and vt_pane draws what it marks.
//
// Everything stays on its text: the place shown, the cursor and the selection are kept by line and column
// while new output arrives, move to the oldest line when theirs is dropped, and are found again when lines
// are rewrapped (see copy_mode_resize).

#ifndef SBXDECK_TUI_PANE_COPY_MODE_H
#define SBXDECK_TUI_PANE_COPY_MODE_H

#include "tui/pane/vt_pane.h"
#include "tui/term/clipboard.h"
#include "tui/term/input.h"
#include "tui/term/keymap.h"
#include "tui/vt/vt_screen.h"
#include "tui/widget/line_edit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COPY_TEXT_MAX = CLIPBOARD_TEXT_MAX, // bytes that can be copied at once
    COPY_PATTERN_MAX = 256,             // bytes of a pattern, with NUL
    COPY_HITS_MAX = 50000,              // hits that are counted and can be gone to; the newest of them
    COPY_NOTICE_MAX = 192,              // bytes of a notice, with NUL
    COPY_CLICK_MS = 400,                // a second click within this time on the same cell is a double click
    COPY_WHEEL_ROWS = 3
};

struct copy_mode;

// What the keys of a full copy mode do, for a help: the text at an index and the keys that do it (at most cap
// of them), in an order to be read in. NULL from the end on.
enum { COPY_HELP_MAX = 32 };
// The keys that are needed first, in one line ("v select  y copy"). Returns out.
char *copy_mode_hints(char *out, size_t cap);
const char *copy_mode_help(size_t index, struct keymap_key *keys, size_t cap, size_t *count);

// How it was entered.
enum copy_entry {
    COPY_FULL, // by its key: all keys are copy mode's until it is left
    COPY_BRIEF // by the wheel, Shift-PageUp or a drag: only scrolling keys (with Shift) and the mouse are
               // copy mode's; any other key leaves it and is passed on. It ends by itself when the wheel or a
               // key comes back to the bottom and nothing is selected.
};

// The vt must outlive it. The cursor starts on the program's, the view at the bottom.
struct copy_mode *copy_mode_new(struct vt *vt, enum copy_entry entry);
void copy_mode_free(struct copy_mode *copy); // NULL is fine
// From brief to full, as when its key is pressed while it is scrolled back.
void copy_mode_keep(struct copy_mode *copy);
bool copy_mode_is_brief(const struct copy_mode *copy);

enum copy_result {
    COPY_STAYS,
    COPY_LEFT,  // over: end it by copy_mode_free
    COPY_PASSED // over likewise, and the event is not copy mode's: give it to the program
};

struct copy_verdict {
    enum copy_result result;
    char *text; // not NULL: to be copied, whatever the result; ended by NUL; the caller ends it by free()
    size_t text_length;
    bool more;                    // a search goes on: call copy_mode_work soon
    char notice[COPY_NOTICE_MAX]; // for the operator; "" when there is none; fit to be drawn
};

// Takes an event. y0, x0: where row 0 of the vt is drawn; now_ms: any clock that goes forward (for double
// clicks). No call takes long: at most a few milliseconds of searching.
void copy_mode_input(struct copy_mode *copy, const struct input_event *event, int y0, int x0, int64_t now_ms,
                     struct copy_verdict *verdict);

// The next slice of a search; verdict->more as long as there is one to come. Also after new output, when
// copy_mode_status says searching.
void copy_mode_work(struct copy_mode *copy, struct copy_verdict *verdict);

// vt_resize, with everything kept on its text. While there is a copy mode its vt must be resized by this.
void copy_mode_resize(struct copy_mode *copy, int rows, int cols);

// --- what is shown -----------------------------------------------------------------

// Rows the view is scrolled back now: the scroll of vt_pane_draw_over. Ask for it before each drawing.
int copy_mode_scrolled(struct copy_mode *copy);

// What to draw over the terminal: selection, hits and cursor of the rows in view. Valid until the next call
// on this copy mode or the next vt_write.
const struct vt_pane_overlay *copy_mode_overlay(struct copy_mode *copy);

enum copy_selection { COPY_NONE, COPY_CHARACTERS, COPY_WORDS, COPY_LINES, COPY_BLOCK };

struct copy_status {
    int scrolled, history;         // rows back, of so many
    enum copy_selection selection; // COPY_NONE: nothing is selected
    int selected_lines;            // rows the selection touches
    const char *pattern;           // what is searched for, not cleaned: draw it by text_put; "" when nothing
    int hit;                       // which hit the cursor stands on, from 1; 0: none
    int hits;                      // so many known so far
    bool hits_more;                // there are more than can be counted
    bool searching;                // not all is searched yet: call copy_mode_work
    char prompt;                   // '/' or '?' while a pattern is typed; else '\0'
    struct line_edit *edit;        // the pattern being typed (draw it by line_edit_draw); NULL without prompt
};
struct copy_status copy_mode_status(struct copy_mode *copy);

#endif
