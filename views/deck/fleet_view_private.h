// SPDX-License-Identifier: Apache-2.0
//
// fleet_view_private: The deck's state, which its files share.

#ifndef SBXDECK_VIEWS_DECK_FLEET_VIEW_PRIVATE_H
#define SBXDECK_VIEWS_DECK_FLEET_VIEW_PRIVATE_H

#include "tui/widget/filter_line.h"
#include "tui/widget/table.h"
#include "views/app/app.h"
#include "views/deck/detail_view.h"
#include "views/deck/fleet_cells.h"
#include "views/deck/fleet_rows.h"
#include "views/deck/fleet_view.h"
#include "views/deck/id_set.h"

enum {
    FLEET_FILTER_CAP = 128,
    FLEET_DETAIL_MS = 300, // a sandbox that stays selected for this long is asked for in full
    FLEET_WIDE = 120,      // columns from which the details stand beside the table
    FLEET_HIGH = 32,       // lines from which they stand below it unasked
    FLEET_BELOW = 13,      // lines of table and details together from which both have room
    FLEET_ASCII_MS = 1000
};

enum fleet_details { FLEET_DETAILS_AUTO, FLEET_DETAILS_SHOWN, FLEET_DETAILS_HIDDEN };

struct fleet_rect {
    int y, x, rows, cols; // rows or cols 0: not shown
};

// Where everything stands on a screen of that size.
struct fleet_places {
    struct fleet_rect header, alerts, table, line, detail, filter; // line: between table and detail
    bool beside;                                                   // the line is upright
};

struct fleet_view {
    struct view view;
    struct app *app;
    const struct fleet_facts *facts;

    struct fleet_rows rows;
    uint64_t generation; // that rows were built for
    int64_t built_at;    // second of the server's clock, likewise
    bool stale;          // filter or sort have changed since
    struct fleet_order order;

    char selected[ID_CAP];  // "" none
    int64_t credential_row; // vault row of the selected credential; 0: the best one
    struct table table;
    struct fleet_layout layout;
    struct fleet_places places; // of the last draw

    struct id_set marks;
    char range_from[ID_CAP]; // where a range of marks was begun; "" there is none

    struct line_edit filter;
    bool chosen;                     // meanwhile a row was gone to: Enter connects to it
    bool filtering;                  // the filter is being typed
    enum fleet_details details;      // on the whole screen, ...
    enum fleet_details half_details; // ... and as the half of a split
    bool is_half;                    // it was one when that was looked at last
    int detail_top, detail_total;    // scrolled by; screen lines it would take
    bool detail_seek;                // the next draw scrolls to the password

    struct secret *password;              // revealed; NULL none
    int64_t password_row, password_until; // monotonic ms
    char password_id[ID_CAP];             // the credential as it was: a regenerate keeps its row
    int64_t password_at;                  // its updated_at, likewise

    uv_timer_t settle_timer; // of the selection
};

struct fleet_view *fleet_view_of(struct view *deck);
void fleet_view_sync(struct fleet_view *deck); // rows and selection as the fleet now is
void fleet_view_sort_by(struct fleet_view *deck, enum fleet_sort by); // again: the other way round
void fleet_view_take_selection(struct fleet_view *deck); // table.selected has moved: the id follows it
size_t fleet_view_credential_index(const struct fleet_view *deck, const struct fleet_row *row);

enum fleet_details *fleet_view_details(struct fleet_view *deck); // what counts where it is shown now

// One of the marked sandboxes is so.
bool fleet_view_marked_any(const struct fleet_view *deck, bool (*is)(const struct fleet_row *row));
void fleet_view_marks_draw(const struct fleet_view *deck); // over the table's margin

// Pure: where everything stands. alerts: lines that they take.
void fleet_view_place(int rows, int cols, enum fleet_details details, int alerts, bool filter,
                      size_t row_count, struct fleet_places *out);
bool fleet_view_draw(struct view *view, int y, int x, int rows, int cols, bool all);
int64_t fleet_view_next_tick(const struct view *view, int64_t now_ms);
bool fleet_view_input(struct view *view, const struct input_event *event);
void fleet_view_go(struct view *view, enum table_step step, long by);

#endif
