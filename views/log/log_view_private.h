// SPDX-License-Identifier: Apache-2.0
//
// log_view_private: The event log's state, which its files share.

#ifndef SBXDECK_VIEWS_LOG_LOG_VIEW_PRIVATE_H
#define SBXDECK_VIEWS_LOG_LOG_VIEW_PRIVATE_H

#include "tui/widget/filter_line.h"
#include "tui/widget/table.h"
#include "views/app/app.h"
#include "views/log/log_rows.h"
#include "views/log/log_view.h"

enum { LOG_PAGE = 500, LOG_PAGE_LARGE = 5000 }; // events of one question; on the way to the end

struct log_list {
    struct event *events;
    size_t count, room;
};

enum log_ask { LOG_ASK_NONE, LOG_ASK_ALL_ANEW, LOG_ASK_NEWER, LOG_ASK_OLDER };

struct log_view {
    struct view view; // first
    struct app *app;
    struct app_watch watch;

    // What came since is added to the first, what was before to the second: neither has to move for that.
    struct log_list newer, older; // the newest last; the newest first
    size_t count;                 // of both
    bool more;                    // there are older ones
    bool loaded;                  // an answer has come
    size_t news;                  // that came above since the first line was left
    struct failure trouble;
    enum log_ask asking;                   // under way
    size_t most;                           // asked for at most
    bool anew, newer_wanted, older_wanted; // to be asked next
    bool to_end;                           // until the oldest is there
    uint64_t version;                      // of the log, when it was asked last

    struct table table;
    struct log_layout layout;
    struct line_edit filter;
    bool filtering;
    bool details;
    int detail_top, detail_end, detail_rows; // scrolled by; how far that goes; lines in sight
    int table_y;                             // of the last draw
};

// log_pages.c
struct log_view *log_view_of(struct view *view);
const struct event *log_view_event(const struct log_view *log,
                                   size_t row);                    // the newest is 0; there is such a row
const struct event *log_view_selected(const struct log_view *log); // NULL: none
void log_view_query(const struct log_view *log, size_t most, struct event_query *out);
void log_view_ask(struct log_view *log);   // what is wanted next, when nothing is under way
void log_view_clear(struct log_view *log); // nothing is in sight

// log_view_draw.c
bool log_view_draw(struct view *view, int y, int x, int rows, int cols, bool all);

// log_view_input.c
bool log_view_input(struct view *view, const struct input_event *event);
void log_view_go(struct view *view, enum table_step step, long by);

#endif
