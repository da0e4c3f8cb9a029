// SPDX-License-Identifier: Apache-2.0
//
// log_view_input: The event log's input: typing the filter, the mouse, and the commands that move about.

#include "api/base/time_util.h"
#include "views/log/log_view_private.h"

enum { AHEAD = 50 };

// --- moving -------------------------------------------------------------------------------

// Older ones are asked for before the end is in sight.
static void moved(struct log_view *log, unsigned changed)
{
    if (log->table.selected == 0)
        log->news = 0;
    if (log->more && log->table.selected + log->table.page + AHEAD > log->count) {
        log->older_wanted = true;
        log_view_ask(log);
    }
    if (changed == 0)
        return;
    log->detail_top = 0;
    app_dirty(log->app);
}

static void scroll_details(struct log_view *log, int by)
{
    int top = log->detail_top + by;
    log->detail_top = top < 0 ? 0 : top > log->detail_end ? log->detail_end : top;
    app_dirty(log->app);
}

void log_view_go(struct view *view, enum table_step step, long by)
{
    struct log_view *log = log_view_of(view);
    log->to_end = step == TABLE_ENDS && by > 0 && log->more;
    if (step == TABLE_PAGES && log->details)
        scroll_details(log, (int)by * (log->detail_rows > 1 ? log->detail_rows - 1 : 1));
    else
        moved(log, table_go(&log->table, step, by));
}

// --- filter -------------------------------------------------------------------------------

static void filter_changed(struct log_view *log)
{
    log->anew = true;
    log->to_end = false;
    log->table.selected = log->table.top = 0;
    log_view_ask(log);
    app_dirty(log->app);
}

static void filter_end(struct log_view *log, bool keep)
{
    log->filtering = false;
    if (!keep && log->filter.length > 0) {
        line_edit_set(&log->filter, "");
        filter_changed(log);
    }
    app_dirty(log->app);
}

static bool filter_input(struct log_view *log, const struct input_event *event)
{
    enum filter_line_result result = filter_line_input(&log->filter, event);
    switch (result) {
    case FILTER_LINE_CHANGED:
        filter_changed(log);
        break;
    case FILTER_LINE_ENTER:
    case FILTER_LINE_CLEAR:
        filter_end(log, result == FILTER_LINE_ENTER);
        break;
    case FILTER_LINE_UP:
    case FILTER_LINE_DOWN:
        log_view_go(&log->view, TABLE_ROWS, result == FILTER_LINE_UP ? -1 : 1);
        break;
    case FILTER_LINE_TAB:
    case FILTER_LINE_TAKEN:
        app_dirty(log->app);
        break;
    case FILTER_LINE_IGNORED:
        return false;
    }
    return true;
}

// --- mouse --------------------------------------------------------------------------------

static void click(struct log_view *log, int y)
{
    enum table_click click =
        log->details ? TABLE_CLICK_NONE : table_click(&log->table, log->table_y, y, time_monotonic_ms());
    if (click != TABLE_CLICK_NONE)
        moved(log, TABLE_MOVED);
    if (click == TABLE_CLICK_TWICE)
        app_run_command(log->app, COMMAND_log_details);
}

static void mouse(struct log_view *log, const struct input_event *event)
{
    if (!log->app->config.mouse || event->mouse.action != INPUT_MOUSE_PRESS)
        return;
    int wheel = event->mouse.button == INPUT_WHEEL_UP ? -1 : event->mouse.button == INPUT_WHEEL_DOWN ? 1 : 0;
    if (wheel != 0 && log->details)
        scroll_details(log, wheel);
    else if (wheel != 0)
        log_view_go(&log->view, TABLE_ROWS, wheel);
    else if (event->mouse.button == INPUT_BUTTON_LEFT)
        click(log, event->mouse.y);
}

bool log_view_input(struct view *view, const struct input_event *event)
{
    struct log_view *log = log_view_of(view);
    if (event->kind == INPUT_MOUSE) {
        mouse(log, event);
        return true;
    }
    if (log->filtering)
        return filter_input(log, event);
    return event->kind != INPUT_KEY;
}
