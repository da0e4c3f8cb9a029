// SPDX-License-Identifier: Apache-2.0
//
// log_view_private: what the files of the event log's view share among themselves.

#ifndef SBXDECK_VIEWS_LOG_VIEW_PRIVATE_H
#define SBXDECK_VIEWS_LOG_VIEW_PRIVATE_H

#include "tui/line_edit.h"
#include "tui/table.h"
#include "views/app.h"
#include "views/log_rows.h"
#include "views/log_view.h"

enum { LOG_PAGE = 500 }; // events of one question

enum log_ask { LOG_ASK_NONE, LOG_ASK_ALL_ANEW, LOG_ASK_NEWER, LOG_ASK_OLDER };

struct log_view {
    struct view view; // first
    struct app *app;
    struct view *below; // what it was opened over; may be gone meanwhile
    struct app_watch watch;

    struct event *list; // the newest first
    size_t count;
    bool more;   // there are older ones
    bool loaded; // an answer has come
    size_t news; // that came above since the first line was left
    struct failure trouble;
    enum log_ask asking;             // under way
    bool anew, newer, older, to_end; // to be asked next; to_end: until the oldest is there
    uint64_t version;                // of the log, when it was asked last

    struct table table;
    struct log_layout layout;
    struct line_edit filter;
    bool filtering;
    bool details;
    int detail_top, detail_end, detail_rows; // scrolled by; how far that goes; lines in sight
    int table_y;                             // of the last draw
    int64_t clicked_at;                      // monotonic ms of the last click, for the double one
    size_t clicked_row;
};

struct log_view *log_view_of(struct view *view);
const struct event *log_view_selected(const struct log_view *log); // NULL: none
void log_view_query(const struct log_view *log, size_t most, struct event_query *out);
void log_view_ask(struct log_view *log); // what is wanted next, when nothing is under way

// log_view_draw.c
bool log_view_draw(struct view *view, int y, int x, int rows, int cols, bool all);

// log_view_input.c
bool log_view_input(struct view *view, const struct input_event *event);

// log_export.c: asks where to, and writes what the filter shows.
void log_export_open(struct log_view *log);

#endif
