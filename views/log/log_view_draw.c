// SPDX-License-Identifier: Apache-2.0
//
// log_view_draw: Lay out and draw the event log.

#include "tui/base/text.h"
#include "views/log/log_view_private.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_FOR_TITLE = 8, COLUMNS_FOR_MARGIN = 30, LABEL = 16, NARROW = 40, FILTER_COUNT_COLUMNS = 24 };

static void draw_title(const struct log_view *log, int y, int x, int cols)
{
    char position[48], right[160];
    (void)table_position(&log->table, position, sizeof position);
    if (log->news > 0)
        (void)snprintf(right, sizeof right, "%s %zu new   %s%s ", glyph(GLYPH_UP), log->news, position,
                       log->more ? "+" : "");
    else
        (void)snprintf(right, sizeof right, "%s%s%s ", position, log->more ? "+" : "",
                       log->count > 0 && log->table.selected == 0 ? "   newest first" : "");
    text_fill(stdscr, y, x, 1, cols, ROLE_TEXT);
    int used = text_put(stdscr, y, x + 1, cols - 1, ROLE_TITLE, "Event log") + 3;
    if (used + text_width(right) <= cols)
        (void)text_put_right(stdscr, y, x, cols, ROLE_DIM, right);
}

// --- the table ----------------------------------------------------------------------------

static void fill_cell(void *context, size_t row, size_t column, struct table_cell *cell)
{
    const struct log_view *log = context;
    log_cell(log_view_event(log, row), log->layout.kinds[column], app_now(log->app), cell);
}

static int longest_sandbox(const struct log_view *log)
{
    size_t longest = 0;
    size_t end = log->table.top + log->table.page + 1;
    for (size_t i = log->table.top; i < log->count && i < end; i++) {
        size_t length = strlen(log_sandbox(log_view_event(log, i))); // ASCII by its grammar
        longest = length > longest ? length : longest;
    }
    return (int)longest;
}

static const char *empty_text(const struct log_view *log, char *out, size_t cap)
{
    const struct app *app = log->app;
    char line[FAILURE_LINE_CAP];
    if (app->service == NULL)
        (void)snprintf(out, cap, "The event log can't be read\n%s", failure_line(&app->key_failure, line));
    else if (log->trouble.status != STATUS_OK)
        (void)snprintf(out, cap, "The event log can't be read\n%s", failure_line(&log->trouble, line));
    else if (!log->loaded || log->asking == LOG_ASK_ALL_ANEW)
        (void)snprintf(out, cap, "Reading the log");
    else if (log->filter.length > 0)
        (void)snprintf(out, cap, "No event matches\n%s clears the filter", command_key(COMMAND_log_back));
    else
        (void)snprintf(out, cap,
                       "No events yet\n\nEvery operation on credentials and\nsessions is logged here, with "
                       "its\nresult.");
    return out;
}

static void draw_table(struct log_view *log, int y, int x, int rows, int cols)
{
    char empty[640];
    log_layout(cols, longest_sandbox(log), &log->layout);
    log->table.columns = log->layout.columns;
    log->table.column_count = log->layout.count;
    log->table.fill = fill_cell;
    log->table.context = log;
    log->table.margin = cols >= COLUMNS_FOR_MARGIN ? 1 : 0;
    log->table.empty = empty_text(log, empty, sizeof empty);
    log->table_y = y;
    (void)table_draw(&log->table, stdscr, y, x, rows, cols);
    log->table.empty = NULL;
}

// --- details ------------------------------------------------------------------------------

// The lines of the fact; drawn are those that are in sight.
static int draw_fact(const struct log_view *log, const struct log_fact *fact, int line, const int place[4])
{
    char clean[2 * LOG_FACT_CAP];
    int y = place[0], x = place[1], rows = place[2], cols = place[3];
    bool beside = cols >= NARROW; // else the label has a line of its own
    int left = beside ? LABEL : 1;
    int first = line;
    const char *rest = display(fact->text, strlen(fact->text), clean, sizeof clean);
    for (bool label = true; rest != NULL && (*rest != '\0' || label); line++) {
        int at = line - log->detail_top;
        bool seen = at >= 0 && at < rows;
        if (label && seen)
            (void)text_put(stdscr, y + at, x + (beside ? 1 : 0), beside ? LABEL - 1 : cols, ROLE_DIM,
                           fact->label);
        if (label && !beside) {
            label = false;
            continue;
        }
        label = false;
        const char *next = NULL;
        size_t length = text_wrap(rest, cols - left - 1 > 1 ? cols - left - 1 : 1, &next);
        if (seen)
            (void)text_putf(stdscr, y + at, x + left, cols - left, ROLE_TEXT, "%.*s", (int)length, rest);
        rest = next;
    }
    return line - first;
}

static void draw_details(struct log_view *log, int y, int x, int rows, int cols)
{
    struct log_fact facts[LOG_FACTS];
    const struct event *event = log_view_selected(log);
    const int place[4] = {y, x, rows, cols};
    int line = 0;
    if (event == NULL)
        return;
    size_t count = log_facts(event, facts);
    // A second pass, where the first has found it scrolled too far for this screen.
    for (int pass = 0; pass < 2; pass++) {
        line = 0;
        for (size_t i = 0; i < count; i++)
            line += draw_fact(log, &facts[i], line, place);
        log->detail_rows = rows;
        log->detail_end = line > rows ? line - rows : 0;
        if (log->detail_top <= log->detail_end)
            break;
        log->detail_top = log->detail_end;
        text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    }
    if (log->detail_top > 0)
        (void)text_put(stdscr, y, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_UP));
    if (log->detail_top < log->detail_end)
        (void)text_put(stdscr, y + rows - 1, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_DOWN));
}

// --- the whole ----------------------------------------------------------------------------

static int draw_filter(struct log_view *log, int y, int x, int cols)
{
    char count[48];
    (void)snprintf(count, sizeof count, "%zu%s", log->count, log->more ? "+" : "");
    return filter_line_draw(&log->filter, stdscr, y, x, cols,
                            &(struct filter_line_look){.key = command_key(COMMAND_log_filter),
                                                       .hint = "",
                                                       .count = count,
                                                       .columns_for_count = FILTER_COUNT_COLUMNS,
                                                       .typing = log->filtering});
}

bool log_view_draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct log_view *log = log_view_of(view);
    bool filter = (log->filtering || log->filter.length > 0) && rows > 1;
    int title = rows >= ROWS_FOR_TITLE ? 2 : 0;
    (void)all; // it draws whole each time; curses sends what differs
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    if (title > 0)
        draw_title(log, y, x, cols);
    int body = rows - title - (filter ? 1 : 0);
    if (log->details && log_view_selected(log) != NULL)
        draw_details(log, y + title, x, body, cols);
    else
        draw_table(log, y + title, x, body, cols);
    if (!filter)
        return false;
    int cursor = draw_filter(log, y + rows - 1, x, cols);
    if (log->filtering)
        (void)wmove(stdscr, y + rows - 1, cursor);
    return log->filtering;
}
