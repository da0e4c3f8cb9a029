// SPDX-License-Identifier: Apache-2.0
//
// copy_mode_private: what the files of copy mode share: its state and its lines. From the bottom: rows, the
// view, movements; then selection and search; then keys and mouse; copy_mode.c on top.
//
// A line is counted from the first that ever scrolled away, so that its number stays its own while output
// arrives: row y of the screen is line vt_history_pushed + y.

#ifndef SBXDECK_TUI_PANE_COPY_MODE_PRIVATE_H
#define SBXDECK_TUI_PANE_COPY_MODE_PRIVATE_H

#include "tui/pane/copy_mode.h"

struct copy_pos {
    int64_t line;
    int col;
};

// A row read once and kept, since movement and words ask for it cell by cell.
struct copy_row {
    struct vt_glyph *glyphs; // VT_COLS_MAX of them
    bool valid, wraps;
    int64_t line;
    uint64_t generation;
    int cols;
    int used; // columns up to its last character; where it goes on in the next row also written blanks
};

struct copy_hits {
    struct copy_pos *at;
    size_t first, count, capacity; // at[first..count)
};

// Lines [low, high) of the history are searched; what they hold is in older (newest first: grown towards the
// past) and newer (oldest first). The screen changes in place and is searched again when it has.
struct copy_index {
    struct copy_hits older, newer, screen;
    int64_t low, high;
    uint64_t generation;
    bool screen_known, full;
};

struct copy_search {
    char text[COPY_PATTERN_MAX]; // "": none
    uint32_t *pattern;           // its characters, folded when fold
    size_t length;
    bool fold;
    bool backward; // as it was asked for; n goes the same way
    struct copy_index index;
    // A way to the next hit that waits for the index.
    bool pending, pending_backward;
    struct copy_pos from;
    uint32_t *stream; // a row's characters with those it goes on with, and where each stands
    struct copy_pos *places;
    size_t stream_length;
};

struct copy_mode {
    struct vt *vt;
    enum copy_entry entry;
    bool alternate;
    int rows, cols; // of the vt when last looked at
    int64_t top;    // the line in the first row of the view
    struct copy_pos cursor;
    int wanted_col; // where up and down aim
    int count;      // typed before a movement; 0: none

    enum copy_selection selection;
    struct copy_pos anchor;

    struct copy_row row;
    int steps; // copy_step may still go so far
    struct copy_search search;
    char prompt;
    char before[COPY_PATTERN_MAX]; // the pattern before the prompt
    struct line_edit edit;

    bool dragging;
    enum copy_selection drag_kind;
    int clicks, click_y, click_x;
    int64_t click_ms;

    struct vt_pane_overlay overlay;
    unsigned char *marks;
    size_t marks_size;
};

// --- copy_row ---
int64_t copy_oldest(const struct copy_mode *copy);
int64_t copy_newest(const struct copy_mode *copy);
const struct copy_row *copy_row(struct copy_mode *copy, int64_t line); // NULL: there is none; until the next
void copy_row_read(const struct copy_mode *copy, int64_t line, struct copy_row *row);
bool copy_wraps(const struct copy_mode *copy, int64_t line);
int64_t copy_line_first(const struct copy_mode *copy, int64_t line); // of the rows that are one line
int64_t copy_line_last(const struct copy_mode *copy, int64_t line);
int copy_compare(struct copy_pos a, struct copy_pos b);
// One character forward or back, over the ends of rows; *hard: over the end of a line. False at the end, and
// when copy->steps are used up: a line may be as long as the history, and no key may take long.
bool copy_step(struct copy_mode *copy, struct copy_pos *at, int by, bool *hard);

// --- copy_view ---
void copy_scroll_by(struct copy_mode *copy, int rows); // up when positive; the cursor stays in view
void copy_show_cursor(struct copy_mode *copy);         // scrolls until it is in view
// A brief copy mode that is back at the bottom with nothing selected is over.
void copy_end_at_bottom(const struct copy_mode *copy, struct copy_verdict *verdict);
void copy_mark(struct copy_mode *copy, int64_t line, int first, int last, unsigned char mark);
void copy_notice(struct copy_verdict *verdict, const char *format, ...) __attribute__((format(printf, 2, 3)));

// --- copy_move ---
enum copy_movement {
    COPY_MOVE_LEFT,
    COPY_MOVE_RIGHT,
    COPY_MOVE_UP,
    COPY_MOVE_DOWN,
    COPY_MOVE_WORD,
    COPY_MOVE_WORD_BACK,
    COPY_MOVE_WORD_END,
    COPY_MOVE_BIG_WORD,
    COPY_MOVE_BIG_WORD_BACK,
    COPY_MOVE_BIG_WORD_END,
    COPY_MOVE_LINE_START,
    COPY_MOVE_LINE_FIRST, // its first character that is no blank
    COPY_MOVE_LINE_END,
    COPY_MOVE_OLDEST,
    COPY_MOVE_NEWEST,
    COPY_MOVE_VIEW_TOP,
    COPY_MOVE_VIEW_MIDDLE,
    COPY_MOVE_VIEW_BOTTOM,
    COPY_MOVE_HALF_UP,
    COPY_MOVE_HALF_DOWN,
    COPY_MOVE_PAGE_UP,
    COPY_MOVE_PAGE_DOWN,
    COPY_MOVE_ROLL_UP, // the view by a row, the cursor only as far as it must
    COPY_MOVE_ROLL_DOWN
};
void copy_move(struct copy_mode *copy, enum copy_movement movement, int count); // count 0: none was typed
// The word around a place; blanks are words of their own. For double clicks a path or an address is one.
void copy_word_at(struct copy_mode *copy, struct copy_pos at, struct copy_pos *first, struct copy_pos *last);

// --- copy_select ---
struct copy_range {
    struct copy_pos first, last; // inclusive
    bool block;                  // first.col..last.col of each row
};
bool copy_range(struct copy_mode *copy, struct copy_range *range); // false: nothing is selected
void copy_select(struct copy_mode *copy, enum copy_selection selection);
// The text selected, as copy_verdict says; a notice when there is none or too much of it.
bool copy_take(struct copy_mode *copy, struct copy_verdict *verdict);
void copy_mark_selection(struct copy_mode *copy);

// --- copy_search ---
void copy_search_end(struct copy_mode *copy);
void copy_search_reset(struct copy_mode *copy);                 // lines have other numbers now
void copy_search_set(struct copy_mode *copy, const char *text); // "": none
void copy_search_next(struct copy_mode *copy, bool backward, struct copy_verdict *verdict);
void copy_search_work(struct copy_mode *copy, struct copy_verdict *verdict);
void copy_mark_hits(struct copy_mode *copy);
void copy_search_status(struct copy_mode *copy, struct copy_status *status);

// --- copy_keys ---
void copy_full_key(struct copy_mode *copy, const struct input_event *event, struct copy_verdict *verdict);
void copy_brief_key(struct copy_mode *copy, const struct input_event *event, struct copy_verdict *verdict);

// --- copy_mouse ---
void copy_mouse(struct copy_mode *copy, const struct input_event *event, int y0, int x0, int64_t now_ms,
                struct copy_verdict *verdict);

#endif
