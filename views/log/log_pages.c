// SPDX-License-Identifier: Apache-2.0
//
// log_pages: Keep the events in sight and ask the log for more: the newest page when it is opened or
// filtered, newer ones when the log has grown, older pages when the end comes in sight. One query at a time;
// the selected line stays where it is on the screen when others come above it.

#include "views/log/log_view_private.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct log_view *log_view_of(struct view *view)
{
    return (struct log_view *)view;
}

const struct event *log_view_event(const struct log_view *log, size_t row)
{
    return row < log->newer.count ? &log->newer.events[log->newer.count - 1 - row]
                                  : &log->older.events[row - log->newer.count];
}

const struct event *log_view_selected(const struct log_view *log)
{
    return log->table.selected < log->count ? log_view_event(log, log->table.selected) : NULL;
}

// --- what is known ------------------------------------------------------------------------

static void list_free(struct log_list *list)
{
    free(list->events);
    *list = (struct log_list){0};
}

static struct event *list_grow(struct log_list *list, size_t more)
{
    if (list->count + more > list->room) {
        list->room = 2 * (list->count + more);
        list->events = xrealloc(list->events, list->room * sizeof *list->events);
    }
    list->count += more;
    return &list->events[list->count - more];
}

static void counted(struct log_view *log)
{
    log->count = log->table.rows = log->newer.count + log->older.count;
}

static size_t place_of(const struct log_view *log, int64_t number)
{
    size_t at = 0;
    while (at < log->count && log_view_event(log, at)->number > number)
        at++;
    return at < log->count ? at : 0;
}

static void take_anew(struct log_view *log, struct event *list, size_t count)
{
    const struct event *selected = log_view_selected(log);
    int64_t number = selected != NULL && log->table.selected > 0 ? selected->number : INT64_MAX;
    list_free(&log->newer);
    list_free(&log->older);
    log->older = (struct log_list){list, count, count};
    log->more = count == LOG_PAGE;
    counted(log);
    log->table.selected = number == INT64_MAX ? 0 : place_of(log, number);
    log->news = 0;
}

// They push down what is shown, unless the first line is selected: then they are followed.
static void take_newer(struct log_view *log, struct event *list, size_t count)
{
    int64_t newest = log->count > 0 ? log_view_event(log, 0)->number : 0;
    size_t newer = 0;
    while (newer < count && list[newer].number > newest)
        newer++;
    if (newer == LOG_PAGE) { // more than a page: there may be a gap
        take_anew(log, list, count);
        return;
    }
    if (newer > 0) {
        struct event *room = list_grow(&log->newer, newer);
        for (size_t i = 0; i < newer; i++)
            room[i] = list[newer - 1 - i];
        counted(log);
    }
    if (log->table.selected > 0 || log->details) {
        log->table.selected += newer;
        log->table.top += newer;
        log->news += newer;
    }
    free(list);
}

static void take_older(struct log_view *log, struct event *list, size_t count, size_t asked)
{
    log->more = count == asked;
    if (count > 0)
        memcpy(list_grow(&log->older, count), list, count * sizeof *list);
    free(list);
    counted(log);
    if (log->to_end) {
        (void)table_go(&log->table, TABLE_ENDS, 1);
        log->to_end = log->older_wanted = log->more;
    }
}

// --- questions ----------------------------------------------------------------------------

void log_view_query(const struct log_view *log, size_t most, struct event_query *out)
{
    *out = (struct event_query){.most = most};
    (void)snprintf(out->text, sizeof out->text, "%.*s", EVENT_TEXT_CAP - 1, log->filter.text);
}

static void on_events(void *ctx, const struct failure *why, struct event *list, size_t count)
{
    struct log_view *log = ctx;
    enum log_ask asked = log->asking;
    log->asking = LOG_ASK_NONE;
    if (log->app->quitting || why->status == STATUS_CANCELLED) {
        free(list);
        return;
    }
    log->trouble = *why;
    if (why->status != STATUS_OK) {
        log->to_end = false;
        free(list);
    } else if (asked == LOG_ASK_ALL_ANEW) {
        log->loaded = true;
        take_anew(log, list, count);
    } else if (log->anew) { // of another filter
        free(list);
    } else if (asked == LOG_ASK_NEWER) {
        take_newer(log, list, count);
    } else {
        take_older(log, list, count, log->most);
    }
    log_view_ask(log);
    if (app_shows(log->app, &log->view))
        app_dirty(log->app);
}

void log_view_ask(struct log_view *log)
{
    struct event_query query;
    struct credential_service *service = log->app->service;
    if (service == NULL || log->asking != LOG_ASK_NONE || log->app->quitting)
        return;
    log_view_query(log, LOG_PAGE, &query);
    if (log->anew || (log->newer_wanted && !log->loaded)) {
        log->anew = log->newer_wanted = log->older_wanted = false;
        log->asking = LOG_ASK_ALL_ANEW;
    } else if (log->newer_wanted) {
        log->newer_wanted = false;
        log->asking = LOG_ASK_NEWER;
    } else if (log->older_wanted && log->more && log->count > 0) {
        log->older_wanted = false;
        log->asking = LOG_ASK_OLDER;
        query.before = log_view_event(log, log->count - 1)->number;
        if (log->to_end)
            query.most = LOG_PAGE_LARGE;
    } else {
        return;
    }
    log->most = query.most;
    log->version = service_events_version(service);
    service_events(service, &query, on_events, log);
}

void log_view_clear(struct log_view *log)
{
    list_free(&log->newer);
    list_free(&log->older);
    counted(log);
}
