// SPDX-License-Identifier: Apache-2.0
//
// exec_view: Show stdout, then stderr, of a command in one sandbox, broken to the width of the screen. The
// lines are made anew when more has come, a few times a second at most.

#include "views/actions/exec_view.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/actions/bulk_run_private.h"
#include "views/exec/exec_text.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_ROWS = 2, FOLLOW_MS = 250, TEXT_CAP = 640 };

struct exec_row {
    const char *text; // of a part; not ended
    size_t length;
    enum theme_role role;
};

struct exec_view {
    struct view view;
    struct bulk_run *run;
    size_t index;
    char *parts[2]; // what is shown of stdout and stderr
    size_t part_lengths[2];
    struct exec_row *rows;
    size_t count, room;
    size_t kept;        // bytes that the rows were made of
    int64_t made_at;    // monotonic ms; 0: they are to be made
    bool running;       // then
    int cols;           // they are broken to
    size_t top, height; // first row in sight; rows in sight at the last draw
};

static const struct exec_result *result_of(const struct exec_view *view)
{
    return &exec_results(view->run->exec)[view->index];
}

// --- the rows -----------------------------------------------------------------------------

static void forget(struct exec_view *view)
{
    for (size_t i = 0; i < 2; i++) {
        if (view->parts[i] != NULL)
            sodium_memzero(view->parts[i], view->part_lengths[i]);
        free(view->parts[i]);
        view->parts[i] = NULL;
    }
    view->count = 0;
    view->made_at = 0;
}

static void add_row(struct exec_view *view, const char *text, size_t length, enum theme_role role)
{
    enum { FIRST = 256 };
    if (view->count == view->room) {
        view->room = view->room > 0 ? 2 * view->room : FIRST;
        view->rows = xreallocarray(view->rows, view->room, sizeof *view->rows);
    }
    view->rows[view->count++] = (struct exec_row){text, length, role};
}

static void add_note(struct exec_view *view, const char *text)
{
    add_row(view, text, strlen(text), ROLE_DIM);
}

static void add_part(struct exec_view *view, size_t part, const struct exec_output *output)
{
    view->parts[part] =
        exec_text_shown(bytebuf_text(&output->kept), output->kept.length, &view->part_lengths[part]);
    const char *end = view->parts[part] + view->part_lengths[part];
    for (const char *at = view->parts[part]; at != NULL && at < end;) {
        const char *next = NULL;
        size_t length = text_wrap(at, view->cols, &next);
        add_row(view, at, length, ROLE_TEXT);
        at = next;
    }
    if (exec_output_lost(output) > 0)
        add_note(view, "(cut here: no more of it is kept)");
}

static void make_rows(struct exec_view *view, int cols)
{
    const struct exec_result *result = result_of(view);
    forget(view);
    view->cols = cols > 0 ? cols : 1;
    view->kept = result->out.kept.length + result->err.kept.length;
    view->running = result->outcome == EXEC_RUNNING;
    view->made_at = time_monotonic_ms();
    add_part(view, 0, &result->out);
    if (result->err.total > 0) {
        add_note(view, "stderr:");
        add_part(view, 1, &result->err);
    }
    if (view->count == 0)
        add_note(view, view->running ? "(nothing yet)" : "(no output)");
}

static bool is_stale(const struct exec_view *view, int cols)
{
    const struct exec_result *result = result_of(view);
    bool running = result->outcome == EXEC_RUNNING;
    if (view->made_at == 0 || view->cols != cols || view->running != running)
        return true;
    return view->kept != result->out.kept.length + result->err.kept.length &&
           time_monotonic_ms() - view->made_at >= FOLLOW_MS;
}

static size_t end_of(const struct exec_view *view)
{
    return view->count > view->height ? view->count - view->height : 0;
}

// --- drawing ------------------------------------------------------------------------------

static void draw_head(const struct exec_view *view, int y, int x, int cols)
{
    const struct exec_result *result = result_of(view);
    char text[TEXT_CAP], line[TEXT_CAP], span[TIME_SPAN_CAP], place[64];
    size_t same = bulk_run_same(view->run, view->index);
    int64_t until = result->ended_at > 0 ? result->ended_at : time_monotonic_ms();
    (void)snprintf(line, sizeof line, "%s: %s",
                   fleet_name_of(service_fleet(view->run->app->service),
                                 bulk_item(view->run->bulk, view->index)->sandbox_id),
                   exec_result_text(result, text, sizeof text));
    if (same > 1)
        (void)text_append(line, sizeof line, "   the same in %zu other%s", same - 1, same == 2 ? "" : "s");
    (void)snprintf(place, sizeof place, "%zu/%zu  %s", view->index + 1, exec_count(view->run->exec),
                   result->begun_at > 0 ? time_format_span(until - result->begun_at, span) : "");
    int right = text_width(place) + 2;
    bool room = cols > 2 * right;
    (void)text_put(stdscr, y, x, room ? cols - right : cols,
                   exec_result_is_good(result) || view->running ? ROLE_TITLE : ROLE_WARN, line);
    if (room)
        (void)text_put_right(stdscr, y, x + cols - right, right, ROLE_DIM, place);
    (void)text_putf(stdscr, y + 1, x, cols, ROLE_DIM, "$ %s", exec_command(view->run->exec));
}

static bool draw(struct view *shown, int y, int x, int rows, int cols, bool all)
{
    struct exec_view *view = (struct exec_view *)shown;
    (void)all;
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    if (view->run->exec == NULL || rows < 1)
        return false;
    int head = rows > 2 * HEAD_ROWS ? HEAD_ROWS : 1;
    bool at_end = view->made_at != 0 && view->top > 0 && view->top == end_of(view);
    view->height = (size_t)(rows > head ? rows - head : 0);
    if (is_stale(view, cols > 1 ? cols - 1 : cols))
        make_rows(view, cols > 1 ? cols - 1 : cols);
    if (at_end || view->top > end_of(view))
        view->top = end_of(view);
    draw_head(view, y, x, cols);
    if (head == 1 && rows > 1)
        text_fill(stdscr, y + 1, x, 1, cols, ROLE_TEXT);
    for (size_t i = 0; i < view->height && view->top + i < view->count; i++) {
        const struct exec_row *row = &view->rows[view->top + i];
        (void)text_putf(stdscr, y + head + (int)i, x, view->cols, row->role, "%.*s", (int)row->length,
                        row->text);
    }
    if (view->height > 0 && view->top > 0)
        (void)text_put(stdscr, y + head, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_UP));
    if (view->height > 0 && view->top < end_of(view))
        (void)text_put(stdscr, y + rows - 1, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_DOWN));
    return false;
}

// --- the view -----------------------------------------------------------------------------

static void scroll_by(struct exec_view *view, long by)
{
    size_t end = end_of(view), back = by < 0 ? (size_t)-by : 0;
    size_t top = by < 0 ? (back < view->top ? view->top - back : 0) : view->top + (size_t)by;
    view->top = top < end ? top : end;
    app_dirty(view->run->app);
}

static void go(struct view *shown, enum table_step step, long by)
{
    struct exec_view *view = (struct exec_view *)shown;
    long page = view->height > 1 ? (long)view->height - 1 : 1;
    if (step == TABLE_ENDS)
        scroll_by(view, by < 0 ? -(long)view->top : (long)view->count);
    else
        scroll_by(view, by * (step == TABLE_PAGES ? page : 1));
}

static bool input(struct view *shown, const struct input_event *event)
{
    enum { WHEEL = 3 };
    bool up = event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_UP;
    bool down = event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_DOWN;
    if (up || down)
        scroll_by((struct exec_view *)shown, up ? -WHEEL : WHEEL);
    return event->kind != INPUT_KEY;
}

static enum scope scope_of(const struct view *shown)
{
    (void)shown;
    return SCOPE_OUTPUT;
}

static int64_t next_tick(const struct view *shown, int64_t now_ms)
{
    const struct exec_view *view = (const struct exec_view *)shown;
    return view->run->exec != NULL && result_of(view)->outcome == EXEC_RUNNING ? now_ms + FOLLOW_MS : 0;
}

static const struct view_methods exec_methods = {
    .name = "output",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .go = go,
    .next_tick = next_tick,
    .hint_bar = true,
};

static void show_item(struct exec_view *view, size_t index)
{
    forget(view);
    view->index = index;
    view->top = 0;
    view->run->table.selected = index; // where the list goes back to
    app_dirty(view->run->app);
}

void exec_view_show(struct bulk_run *run, size_t index)
{
    if (run->output == NULL) {
        run->output = xcalloc(1, sizeof *run->output);
        run->output->view.methods = &exec_methods;
        run->output->run = run;
    }
    show_item(run->output, index);
    app_show_over(run->app, &run->output->view);
}

void exec_view_reset(struct bulk_run *run)
{
    if (run->output == NULL)
        return;
    forget(run->output);
    run->output->index = 0;
    run->output->top = 0;
}

void exec_view_free(struct bulk_run *run)
{
    if (run->output == NULL)
        return;
    forget(run->output);
    free(run->output->rows);
    free(run->output);
    run->output = NULL;
}

enum change exec_view_step(struct app *app, int by)
{
    struct bulk_run *run = app->bulk;
    if (run == NULL || run->output == NULL || run->exec == NULL || app->top != &run->output->view)
        return CHANGED_NOTHING;
    size_t index = run->output->index, count = exec_count(run->exec);
    if (by > 0 && index + 1 < count)
        show_item(run->output, index + 1);
    else if (by < 0 && index > 0)
        show_item(run->output, index - 1);
    else
        app_toast(app, TOAST_INFO, by > 0 ? "That was the last one" : "That was the first one");
    return CHANGED_VIEW;
}
