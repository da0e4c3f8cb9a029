// SPDX-License-Identifier: Apache-2.0
//
// bulk_view: Show a bulk operation: its counts in words, a bar, and a table with the result of each, with
// what to do where the outcome is unknown; and its commands.

#include "views/actions/bulk_view.h"

#include "api/base/time_util.h"
#include "api/base/utf8.h"
#include "tui/base/xalloc.h"
#include "tui/widget/gauge.h"
#include "views/actions/bulk_run_private.h"
#include "views/actions/exec_view.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 4, NAMES_CAP = NAMED * (ID_CAP + 2) + 24 };
enum { MARGIN = 1, ROWS_FOR_BAR = 8, COLUMNS_FOR_MARGIN = 30 };

char *bulk_view_progress(const struct bulk *bulk, char *out, size_t cap)
{
    struct bulk_counts counts;
    bulk_count(bulk, &counts);
    const struct {
        size_t count;
        const char *word;
        bool always;
    } parts[] = {{counts.done, bulk_did(bulk_kind(bulk)), true},
                 {counts.failed, "failed", true},
                 {counts.unknown, "unknown", false},
                 {counts.cancelled, "not started", false},
                 {counts.waiting + counts.running, "left", true}};
    out[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].always || parts[i].count > 0)
            (void)text_append(out, cap, "%s%zu %s", out[0] != '\0' ? "   " : "", parts[i].count,
                              parts[i].word);
    return out;
}

char *bulk_view_time(const struct bulk *bulk, int64_t now_ms, char *out, size_t cap)
{
    char elapsed[16], left[16], pause[16];
    int64_t paused = bulk_paused_ms(bulk, now_ms), left_ms = bulk_left_ms(bulk, now_ms);
    (void)time_format_remaining(bulk_elapsed_ms(bulk, now_ms), elapsed);
    if (paused > 0)
        (void)snprintf(out, cap, "paused by the rate limit, continues in %s",
                       time_format_remaining(paused, pause));
    else if (bulk_is_over(bulk))
        (void)snprintf(out, cap, "took %s", time_format_span(bulk_elapsed_ms(bulk, now_ms), elapsed));
    else if (left_ms < 0)
        (void)snprintf(out, cap, "%s so far", elapsed);
    else
        (void)snprintf(out, cap, "%s so far, about %s more", elapsed, time_format_remaining(left_ms, left));
    return out;
}

// --- the table ----------------------------------------------------------------------------

static const struct table_column of_credentials[] = {
    {.title = "SANDBOX", .min = 12, .ideal = 20, .weight = 1},
    {.title = "CREDENTIAL", .min = 10, .ideal = 18, .weight = 1, .drop = 1},
    {.title = "RESULT", .min = 8, .ideal = 40, .weight = 4},
};

static const struct table_column of_sandboxes[] = {
    {.title = "SANDBOX", .min = 12, .ideal = 20, .weight = 1},
    {.title = "RESULT", .min = 8, .ideal = 40, .weight = 4},
};

static const struct table_column of_commands[] = {
    {.title = "SANDBOX", .min = 9, .ideal = 16, .weight = 1},
    {.title = "RESULT", .min = 9, .ideal = 20, .weight = 3},
    {.title = "SAME", .min = 4, .ideal = 4, .align = TABLE_RIGHT, .drop = 2},
    {.title = "LAST LINE", .min = 10, .ideal = 40, .weight = 5, .drop = 1},
};

static const struct {
    enum glyph glyph;
    enum theme_role role;
    const char *word;
} looks[] = {
    [BULK_WAITING] = {GLYPH_DOT, ROLE_DIM, "waiting"},
    [BULK_RUNNING] = {GLYPH_MOVING, ROLE_ACCENT, "under way"},
    [BULK_DONE] = {GLYPH_CHECK, ROLE_OK, "done"},
    [BULK_FAILED] = {GLYPH_CROSS, ROLE_BAD, "failed"},
    [BULK_UNKNOWN] = {GLYPH_UNKNOWN, ROLE_WARN, "unknown"},
    [BULK_CANCELLED] = {GLYPH_DOT, ROLE_DIM, "not started"},
};

static void fill_result(enum bulk_verb verb, const struct bulk_item *item, struct table_cell *cell)
{
    cell->glyph = looks[item->state].glyph;
    cell->role = looks[item->state].role;
    const char *word = looks[item->state].word;
    if (item->state == BULK_FAILED)
        (void)snprintf(cell->text, sizeof cell->text, "%s: %s", word, failure_text(&item->why));
    else if (item->state == BULK_UNKNOWN)
        (void)snprintf(cell->text, sizeof cell->text, "%s: %s", word,
                       item->why.status == STATUS_OUTCOME_UNKNOWN && !bulk_is_of_sandboxes(verb)
                           ? "validate or regenerate it to find out"
                           : failure_text(&item->why));
    else
        (void)snprintf(cell->text, sizeof cell->text, "%s%s%s", word, item->result[0] != '\0' ? ", " : "",
                       item->result);
}

static const char *name_of(const struct bulk_run *run, const struct bulk_item *item)
{
    return fleet_name_of(service_fleet(run->app->service), item->sandbox_id);
}

enum { COLUMN_SANDBOX, COLUMN_RESULT, COLUMN_SAME, COLUMN_LAST };

static void fill_command(struct bulk_run *run, size_t row, size_t column, struct table_cell *cell)
{
    const struct bulk_item *item = bulk_item(run->bulk, row);
    const struct exec_result *result = &exec_results(run->exec)[row];
    size_t same = bulk_run_same(run, row);
    char last[EXEC_LINE_CAP];
    cell->name = column == COLUMN_SANDBOX;
    if (column == COLUMN_SANDBOX) {
        (void)snprintf(cell->text, sizeof cell->text, "%s", name_of(run, item));
    } else if (column == COLUMN_RESULT) {
        cell->glyph = looks[item->state].glyph;
        cell->role = looks[item->state].role;
        if (item->state == BULK_WAITING || item->state == BULK_CANCELLED)
            (void)snprintf(cell->text, sizeof cell->text, "%s", looks[item->state].word);
        else
            (void)exec_result_text(result, cell->text, sizeof cell->text);
    } else if (column == COLUMN_SAME) {
        cell->role = ROLE_DIM;
        if (same > 1)
            (void)snprintf(cell->text, sizeof cell->text, "%zu", same);
    } else {
        (void)snprintf(last, sizeof last, "%s", exec_result_last_line(result));
        utf8_clean(last, true);
        (void)snprintf(cell->text, sizeof cell->text, "%s", last);
    }
}

static void fill(void *context, size_t row, size_t column, struct table_cell *cell)
{
    struct bulk_run *run = context;
    const struct bulk_item *item = bulk_item(run->bulk, row);
    if (run->exec != NULL)
        fill_command(run, row, column, cell);
    else if (column + 1 == run->table.column_count)
        fill_result(bulk_kind(run->bulk), item, cell);
    else
        (void)snprintf(cell->text, sizeof cell->text, "%s", column == 0 ? name_of(run, item) : item->id);
}

// --- drawing ------------------------------------------------------------------------------

static enum gauge_stage stage_of(const struct bulk_counts *counts)
{
    return counts->failed + counts->unknown > 0 ? GAUGE_WARN : GAUGE_OK;
}

static int draw_head(const struct bulk_run *run, int y, int x, int rows, int cols)
{
    const struct bulk *bulk = run->bulk;
    int64_t now = time_monotonic_ms();
    struct bulk_counts counts;
    char title[256], progress[128], times[96], counted[BULK_COUNTED_CAP], names[NAMES_CAP],
        line_text[NAMES_CAP + 64];
    bulk_count(bulk, &counts);
    size_t over = counts.done + counts.failed + counts.unknown + counts.cancelled;
    const char *doing = bulk_doing(bulk_kind(bulk));
    (void)snprintf(title, sizeof title, "%c%s %s", doing[0] - 'a' + 'A', doing + 1,
                   bulk_counted(bulk_kind(bulk), counts.total, counted));
    if (run->exec != NULL)
        (void)text_append(title, sizeof title, ": %s", exec_command(run->exec));
    (void)bulk_view_progress(bulk, progress, sizeof progress);
    (void)bulk_view_time(bulk, now, times, sizeof times);
    int line = y;
    if (rows >= ROWS_FOR_BAR) {
        int used = text_put(stdscr, line, x, cols, ROLE_TITLE, title);
        if (cols - used > 4)
            (void)text_put_right(stdscr, line, x + used + 2, cols - used - 2, ROLE_DIM, times);
        line++;
    }
    (void)text_put(stdscr, line++, x, cols, counts.failed + counts.unknown > 0 ? ROLE_WARN : ROLE_TEXT,
                   progress);
    if (rows >= ROWS_FOR_BAR) {
        gauge_draw(stdscr, line++, x, cols, counts.total > 0 ? (double)over / (double)counts.total : 1,
                   stage_of(&counts), false);
        if (bulk_troubled(bulk, NAMED, names, sizeof names)[0] != '\0') {
            (void)snprintf(line_text, sizeof line_text, "%s: %s (%s marks just these)",
                           counts.failed == 0    ? "unknown"
                           : counts.unknown == 0 ? "failed"
                                                 : "failed or unknown",
                           names, command_key(COMMAND_bulk_mark));
            (void)text_put(stdscr, line++, x, cols, ROLE_WARN, line_text);
        }
        line++;
    }
    return line - y;
}

static void set_columns(struct bulk_run *run)
{
    enum { CREDENTIALS, SANDBOXES, COMMANDS };
    static const struct {
        const struct table_column *columns;
        size_t count;
    } kinds[] = {[CREDENTIALS] = {of_credentials, sizeof of_credentials / sizeof of_credentials[0]},
                 [SANDBOXES] = {of_sandboxes, sizeof of_sandboxes / sizeof of_sandboxes[0]},
                 [COMMANDS] = {of_commands, sizeof of_commands / sizeof of_commands[0]}};
    int kind = run->exec != NULL                            ? COMMANDS
               : bulk_is_of_sandboxes(bulk_kind(run->bulk)) ? SANDBOXES
                                                            : CREDENTIALS;
    run->table.columns = kinds[kind].columns;
    run->table.column_count = kinds[kind].count;
}

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct bulk_run *run = (struct bulk_run *)view;
    int margin = cols >= COLUMNS_FOR_MARGIN ? MARGIN : 0;
    (void)all;
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    if (run->bulk == NULL)
        return false;
    int used = draw_head(run, y, x + margin, rows, cols - 2 * margin);
    set_columns(run);
    run->table.fill = fill;
    run->table.context = run;
    run->table.rows = bulk_size(run->bulk);
    run->table.margin = margin;
    if (rows > used)
        (void)table_draw(&run->table, stdscr, y + used, x, rows - used, cols);
    return false;
}

static void go(struct view *view, enum table_step step, long by)
{
    struct bulk_run *run = (struct bulk_run *)view;
    if (table_go(&run->table, step, by) != 0)
        app_dirty(run->app);
}

static bool input(struct view *view, const struct input_event *event)
{
    enum { WHEEL = 3 };
    long by = event->kind != INPUT_MOUSE                ? 0
              : event->mouse.button == INPUT_WHEEL_UP   ? -WHEEL
              : event->mouse.button == INPUT_WHEEL_DOWN ? WHEEL
                                                        : 0;
    if (by != 0)
        go(view, TABLE_ROWS, by);
    return event->kind != INPUT_KEY;
}

// --- the view -----------------------------------------------------------------------------

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_BULK;
}

// Its time counts on.
static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    const struct bulk_run *run = (const struct bulk_run *)view;
    bool over = run->bulk == NULL || bulk_is_over(run->bulk);
    return over ? 0 : app_next_change(run->app, 0, now_ms);
}

static const struct view_methods bulk_methods = {
    .name = "bulk",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .go = go,
    .next_tick = next_tick,
    .hint_bar = true,
};

void bulk_view_command_facts(const struct app *app, struct command_facts *out)
{
    struct bulk_counts counts = {0};
    out->bulk = app->bulk != NULL;
    out->bulk_running = bulk_view_busy(app);
    if (app->bulk != NULL && app->bulk->bulk != NULL)
        bulk_count(app->bulk->bulk, &counts);
    out->bulk_failed = counts.failed + counts.unknown;
    out->bulk_left = counts.failed + counts.cancelled;
}

bool bulk_view_busy(const struct app *app)
{
    return app->bulk != NULL && app->bulk->bulk != NULL && !bulk_is_over(app->bulk->bulk);
}

static void begin(struct app *app, struct bulk *bulk, const char *command)
{
    struct bulk_run *run = app->bulk;
    if (run == NULL) {
        run = app->bulk = xcalloc(1, sizeof *run);
        run->view.methods = &bulk_methods;
        run->app = app;
        (void)uv_timer_init(app->loop, &run->timer);
        run->timer.data = run;
    }
    exec_view_reset(run);
    bulk_free(run->bulk);
    run->bulk = bulk;
    bulk_run_set_command(run, command);
    run->table = (struct table){0};
    app_show_over(app, &run->view);
    bulk_run_go(run);
}

void bulk_view_begin(struct app *app, struct bulk *bulk)
{
    begin(app, bulk, NULL);
}

void bulk_view_begin_exec(struct app *app, struct bulk *bulk, const char *command)
{
    begin(app, bulk, command);
}

static void on_closed(uv_handle_t *handle)
{
    struct bulk_run *run = handle->data;
    bulk_free(run->bulk);
    free(run);
}

void bulk_view_end(struct app *app)
{
    struct bulk_run *run = app->bulk;
    app->bulk = NULL;
    if (run == NULL)
        return;
    exec_view_free(run);
    bulk_run_set_command(run, NULL);
    uv_close((uv_handle_t *)&run->timer, on_closed);
}

char *bulk_view_line(const struct app *app, char *out, size_t cap)
{
    struct bulk_counts counts;
    out[0] = '\0';
    if (!bulk_view_busy(app))
        return out;
    const struct bulk *bulk = app->bulk->bulk;
    bulk_count(bulk, &counts);
    (void)snprintf(out, cap, "%s %zu/%zu", bulk_doing(bulk_kind(bulk)),
                   counts.done + counts.failed + counts.unknown, counts.total);
    if (counts.failed > 0)
        (void)text_append(out, cap, ", %zu failed", counts.failed);
    if (counts.unknown > 0)
        (void)text_append(out, cap, ", %zu unknown", counts.unknown);
    return out;
}

// --- commands -----------------------------------------------------------------------------

static struct bulk_run *shown(struct app *app)
{
    return app->bulk != NULL && app->top == &app->bulk->view ? app->bulk : NULL;
}

enum change bulk_view_open(struct app *app, int argument)
{
    (void)argument;
    if (app->bulk == NULL || app->bulk->bulk == NULL)
        app_toast(app, TOAST_INFO, "No bulk operation yet (%s marks a sandbox)", command_key(COMMAND_mark));
    else
        app_show_over(app, &app->bulk->view);
    return CHANGED_NOTHING;
}

enum change bulk_view_show_sandbox(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    (void)argument;
    if (run == NULL || run->table.selected >= bulk_size(run->bulk))
        return CHANGED_NOTHING;
    if (run->exec != NULL) {
        exec_view_show(run, run->table.selected);
        return CHANGED_NOTHING;
    }
    deck_view_find(app->deck, bulk_item(run->bulk, run->table.selected)->sandbox_id);
    app_show(app, app->deck);
    return CHANGED_NOTHING;
}

enum change bulk_view_cancel(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    (void)argument;
    if (run == NULL)
        return CHANGED_NOTHING;
    if (bulk_is_over(run->bulk)) {
        app_toast(app, TOAST_INFO, "It has already finished");
        return CHANGED_NOTHING;
    }
    struct bulk_counts counts;
    bulk_count(run->bulk, &counts);
    bulk_cancel(run->bulk, time_monotonic_ms());
    if (run->exec == NULL) {
        app_toast(app, TOAST_INFO, "Cancelled the rest; calls under way finish");
    } else if (counts.waiting > 0) {
        app_toast(app, TOAST_INFO, "Cancelled the rest; %s again ends those that run",
                  command_key(COMMAND_bulk_cancel));
    } else {
        exec_stop(run->exec);
        app_toast(app, TOAST_INFO, "Asked those that run to end");
    }
    return CHANGED_NOTHING;
}

enum change bulk_view_mark_undone(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    struct id_set marks = {0};
    (void)argument;
    if (run == NULL)
        return CHANGED_NOTHING;
    for (size_t i = 0; i < bulk_size(run->bulk); i++)
        if (bulk_is_undone(bulk_item(run->bulk, i)))
            id_set_set(&marks, bulk_item(run->bulk, i)->sandbox_id, true);
    if (id_set_count(&marks) == 0) {
        app_toast(app, TOAST_INFO, "None has failed");
        return CHANGED_NOTHING;
    }
    deck_view_mark_only(app->deck, &marks);
    app_show(app, app->deck);
    return CHANGED_NOTHING;
}

enum change bulk_view_retry(struct app *app, int argument)
{
    struct bulk_run *run = shown(app);
    (void)argument;
    if (run == NULL)
        return CHANGED_NOTHING;
    if (!bulk_is_over(run->bulk))
        app_toast(app, TOAST_INFO, "It is still running (%s cancels)", command_key(COMMAND_bulk_cancel));
    else if (bulk_again(run->bulk, time_monotonic_ms()) == 0)
        app_toast(app, TOAST_INFO, "Nothing failed that can be retried");
    else
        bulk_run_go(run);
    return CHANGED_NOTHING;
}
