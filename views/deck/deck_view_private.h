// SPDX-License-Identifier: Apache-2.0
//
// deck_view_private: The deck's state, which its files share.

#ifndef SBXDECK_VIEWS_DECK_DECK_VIEW_PRIVATE_H
#define SBXDECK_VIEWS_DECK_DECK_VIEW_PRIVATE_H

#include "api/config/saved_filters.h"
#include "api/fleet/fleet_filter_complete.h"
#include "tui/widget/filter_line.h"
#include "tui/widget/table.h"
#include "views/app/app.h"
#include "views/deck/deck_cells.h"
#include "views/deck/deck_rows.h"
#include "views/deck/deck_view.h"
#include "views/deck/detail_view.h"
#include "views/deck/filter_history.h"
#include "views/deck/id_set.h"

enum {
    DECK_FILTER_CAP = FILTER_HISTORY_TEXT,
    DECK_DETAIL_MS = 300, // a sandbox that stays selected for this long is asked for in full
    DECK_WIDE = 120,      // columns from which the details stand beside the table
    DECK_HIGH = 32,       // lines from which they stand below it unasked
    DECK_BELOW = 13       // lines of table and details together from which both have room
};

enum deck_details_mode { DECK_DETAILS_AUTO, DECK_DETAILS_SHOWN, DECK_DETAILS_HIDDEN };

struct deck_rect {
    int y, x, rows, cols; // rows or cols 0: not shown
};

// Where everything stands on a screen of that size.
struct deck_places {
    struct deck_rect header, alerts, table, line, detail, filter; // line: between table and detail
    bool beside;                                                  // the line is upright
};

// What is known of the filter's text besides.
struct deck_filter {
    char text[LINE_EDIT_MAX];             // that the rest was read from
    char expanded[FLEET_FILTER_TEXT_CAP]; // with the words of saved filters
    struct fleet_filter words;
    enum status status; // not OK: of a mistake, which is in why
    bool unfinished;    // it is none yet: the word is being typed
    struct failure why;
    struct fleet_filter_completion completion; // at the cursor, while it is typed
    struct filter_history history;
    unsigned version;   // of the saved filters
    char start[ID_CAP]; // selected when typing began; "" that counts no more
};

struct deck_view {
    struct view view;
    struct app *app;
    const struct deck_facts *facts;

    struct deck_rows rows;
    uint64_t generation; // that rows were built for
    int64_t built_at;    // second of the server's clock, likewise
    bool stale;          // the operator has asked for other rows or another one since
    struct deck_order order;
    struct deck_columns columns; // that are shown where there is room
    bool columns_chosen;         // in the menu, and not by the settings
    bool wide;                   // more of them are
    struct deck_memory *memory;

    char selected[ID_CAP];     // "" none
    char header[TEMPLATE_CAP]; // the group whose header is selected instead; "" none
    bool shown;                // the selected one has a line, or had the last one
    bool gone;                 // it is no more: its line stays until another one is selected
    int64_t credential_row;    // vault row of the selected credential; 0: the best one
    uint64_t until;            // uv_hrtime: rows are looked at until then in this turn
    bool whole;                // all of them are
    struct table table;
    struct deck_layout layout;
    struct deck_places places; // of the last draw

    struct id_set marks;
    uint64_t hidden_version;  // of the rows for which ...
    size_t hidden_of, hidden; // ... so many of so many marks were hidden
    char range_from[ID_CAP];  // where a range of marks was begun; "" there is none

    struct line_edit filter;
    struct deck_filter filtered;
    bool chosen;                         // meanwhile a row was gone to: Enter connects to it
    bool filtering;                      // the filter is being typed
    enum deck_details_mode details;      // on the whole screen, ...
    enum deck_details_mode half_details; // ... and as the half of a split
    bool is_half;                        // it was one when that was looked at last
    int detail_top, detail_total;        // scrolled by; screen lines it would take
    bool detail_seek;                    // the next draw scrolls to the password

    struct secret *password;              // revealed; NULL none
    int64_t password_row, password_until; // monotonic ms
    char password_id[ID_CAP];             // the credential as it was: a regenerate keeps its row
    int64_t password_at;                  // its updated_at, likewise

    uv_timer_t settle_timer; // of the selection
};

struct deck_view *deck_view_of(struct view *deck);
void deck_view_sync(struct deck_view *deck);                    // rows and selection as the fleet now is
void deck_view_moved(struct deck_view *deck, unsigned changed); // what table_go and table_move returned
// The filter's words, read anew where its text is another.
const struct fleet_filter *deck_filter_words(struct deck_view *deck);
bool deck_filter_input(struct deck_view *deck, const struct input_event *event); // while it is typed
void deck_filter_remember_begin(struct deck_view *deck); // the history, from what is remembered
void deck_filter_end(struct deck_view *deck, bool keep);
// What is remembered from run to run: order, columns, wide mode, groups and what is folded. begin reads
// <state_folder>/console.state and gives the deck what it says; before the loop runs.
void deck_view_memory_begin(struct deck_view *deck);
void deck_view_memory_end(struct deck_view *deck);       // what is being written is written on
bool deck_view_wide_shows(const struct deck_view *deck); // in wide mode a column more would be seen
void deck_view_keep(struct deck_view *deck); // something of it has changed: written on a worker thread
struct console_state *deck_view_memory(struct deck_view *deck); // lines that another part remembers there
bool deck_view_toggle_group(struct deck_view *deck); // folds or unfolds; false: no header is selected
bool deck_view_unfold(struct deck_view *deck, const char *sandbox_id); // the group that hides it; false: none
void deck_view_groups_draw(const struct deck_view *deck);
enum command deck_view_sort_command(enum deck_column column);        // COMMAND_NONE: there is none
void deck_view_sync_whole(struct deck_view *deck);                   // nothing is pending after it
void deck_view_sort_by(struct deck_view *deck, enum deck_column by); // again: the other way round
void deck_view_take_selection(struct deck_view *deck); // table.selected has moved: the id follows it
size_t deck_view_credential_index(const struct deck_view *deck, const struct fleet_row *row);

enum deck_details_mode *deck_view_details(struct deck_view *deck); // what counts where it is shown now

// One of the marked sandboxes is so.
bool deck_view_marked_any(const struct deck_view *deck, bool (*is)(const struct fleet_row *row));
void deck_view_marks_draw(const struct deck_view *deck); // over the table's margin

// Pure: where everything stands. alerts: lines that they take.
void deck_view_place(int rows, int cols, enum deck_details_mode details, int alerts, bool filter,
                     size_t row_count, struct deck_places *out);
void deck_view_watch(struct deck_view *deck); // tells the service what is looked at
bool deck_view_draw(struct view *view, int y, int x, int rows, int cols, bool all);
int64_t deck_view_next_tick(const struct view *view, int64_t now_ms);
bool deck_view_input(struct view *view, const struct input_event *event);
void deck_view_go(struct view *view, enum table_step step, long by);

#endif
