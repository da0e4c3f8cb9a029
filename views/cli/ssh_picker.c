// SPDX-License-Identifier: Apache-2.0
//
// ssh_picker: A line to type in and the sandboxes that match it, kept current. Keys are read one at a time:
// what is typed after Enter is for the shell.

#include "views/cli/ssh_picker.h"

#include "api/base/time_util.h"
#include "tui/base/theme.h"
#include "tui/term/input.h"
#include "tui/term/screen.h"
#include "tui/term/screen_output.h"
#include "tui/widget/line_edit.h"
#include "tui/widget/table.h"
#include "views/cli/ssh_pick_list.h"
#include "views/labels/state_labels.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TICK_MS = 1000, ROWS_FOR_HINTS = 8, KEYS_A_TURN = 4096, LEFT_EXIT = 130 };
enum { PICK_SIGNALS = 7 };

static const int watched[PICK_SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT, SIGTSTP};

struct picker {
    struct cli_job *job;
    void (*picked)(struct cli_job *job);
    struct ssh_pick_list list;
    uint64_t generation; // of the fleet that the list is of
    struct line_edit typed;
    struct table table;
    char at[ID_CAP]; // the sandbox that is selected; "" the first
    int keys_fd;     // a description of our own of the terminal: the other's modes stay as they are
    int own_flags;   // of the one that is shared where there is none of our own; -1: there is
    struct input *input;
    uv_poll_t keys, output;
    uv_timer_t esc, tick;
    uv_signal_t signals[PICK_SIGNALS];
    bool chosen, left, ended; // by a key, which has its effect when the input is done with it
};

// --- the list -----------------------------------------------------------------------------

static const struct fleet *fleet_of(const struct picker *picker)
{
    return service_fleet(picker->job->service);
}

static const struct fleet_row *row_at(const struct picker *picker, size_t place)
{
    return place < picker->list.count ? fleet_row(fleet_of(picker), picker->list.order[place]) : NULL;
}

static void note_place(struct picker *picker)
{
    const struct fleet_row *row = row_at(picker, picker->table.selected);
    (void)snprintf(picker->at, sizeof picker->at, "%s", row != NULL ? row->sandbox.id : "");
}

static void build(struct picker *picker)
{
    ssh_pick_list_build(&picker->list, fleet_of(picker), picker->typed.text,
                        service_now(picker->job->service));
    picker->generation = fleet_generation(fleet_of(picker));
    picker->table.rows = picker->list.count;
    picker->table.selected = ssh_pick_list_place(&picker->list, fleet_of(picker), picker->at);
}

// --- drawing ------------------------------------------------------------------------------

enum { COLUMN_SANDBOX, COLUMN_STATE, COLUMN_TEMPLATE, COLUMN_CREDENTIAL, COLUMN_LEFT, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [COLUMN_SANDBOX] = {.title = "SANDBOX", .min = 10, .ideal = 16, .weight = 2},
    [COLUMN_STATE] = {.title = "STATE", .min = 9, .ideal = 11, .drop = 1},
    [COLUMN_TEMPLATE] = {.title = "TEMPLATE", .min = 12, .ideal = 24, .weight = 1, .drop = 4},
    [COLUMN_CREDENTIAL] = {.title = "CREDENTIAL", .min = 12, .ideal = 12, .drop = 3},
    [COLUMN_LEFT] = {.title = "LEFT", .min = 7, .ideal = 7, .align = TABLE_RIGHT, .drop = 2},
};

static void fill_end(const struct credential *credential, int64_t now, struct table_cell *cell)
{
    char left[TIME_SPAN_CAP];
    int64_t remaining = credential != NULL ? credential_remaining(credential, now) : 0;
    cell->role = state_label_role(credential_state(credential, now));
    if (remaining > 0)
        (void)snprintf(cell->text, sizeof cell->text, "%s", time_format_remaining(remaining, left));
}

static void fill(void *context, size_t place, size_t column, struct table_cell *cell)
{
    const struct picker *picker = context;
    const struct fleet_row *row = row_at(picker, place);
    int64_t now = service_now(picker->job->service);
    if (row == NULL)
        return;
    const struct credential *best = fleet_row_best(row, now);
    struct state_label label = {.text = ""};
    if (column == COLUMN_SANDBOX) {
        cell->name = true;
        label.text = fleet_row_name(row);
        label.role = ROLE_TEXT;
        label.glyph = row->label != NULL && row->label->pinned ? GLYPH_PIN : GLYPH_NONE;
    } else if (column == COLUMN_STATE) {
        label = state_label_sandbox(row->sandbox.state, row->sandbox.state_name);
    } else if (column == COLUMN_TEMPLATE) {
        cell->path = true;
        label.text = row->sandbox.template_id;
        label.role = ROLE_DIM;
    } else if (column == COLUMN_CREDENTIAL) {
        label = state_label_credential(credential_state(best, now));
    } else {
        fill_end(best, now, cell);
        return;
    }
    cell->glyph = label.glyph;
    cell->role = label.role;
    (void)snprintf(cell->text, sizeof cell->text, "%s", label.text);
}

// The column of the cursor.
static int draw_line(struct picker *picker, int cols)
{
    char count[64];
    (void)snprintf(count, sizeof count, "%zu of %zu", picker->list.count, picker->list.total);
    int width = text_width(count) + 2, room = cols > 3 * width ? cols - width : cols;
    (void)text_put(stdscr, 0, 0, 2, ROLE_ACCENT, glyph(GLYPH_POINTER));
    if (room < cols)
        (void)text_put_right(stdscr, 0, room, width, ROLE_DIM, count);
    return line_edit_draw(&picker->typed, stdscr, 0, 2, room - 2, ROLE_INPUT);
}

static void draw(struct picker *picker)
{
    int rows = screen_rows(), cols = screen_cols();
    if (picker->ended || !screen_frame_begin())
        return;
    if (screen_too_small()) {
        screen_draw_too_small();
        screen_frame_end(-1, -1);
        return;
    }
    bool hints = rows >= ROWS_FOR_HINTS;
    if (picker->generation != fleet_generation(fleet_of(picker)))
        build(picker); // the rows are those of its last state
    text_fill(stdscr, 0, 0, rows, cols, ROLE_TEXT);
    int cursor = draw_line(picker, cols);
    picker->table.columns = columns;
    picker->table.column_count = COLUMNS;
    picker->table.fill = fill;
    picker->table.context = picker;
    picker->table.empty = "No sandbox matches";
    (void)table_draw(&picker->table, stdscr, 1, 0, rows - 1 - (hints ? 1 : 0), cols);
    if (hints)
        (void)text_put(stdscr, rows - 1, 0, cols, ROLE_DIM, "Enter connect  Esc leave  Up Down select");
    screen_frame_end(0, cursor);
}

static void watch_output(struct picker *picker);

static void on_writable(uv_poll_t *poll, int status, int events)
{
    struct picker *picker = poll->data;
    (void)status;
    (void)events;
    (void)screen_flush();
    if (!screen_output_pending() && screen_is_dirty())
        draw(picker);
    watch_output(picker);
}

static void watch_output(struct picker *picker)
{
    if (!picker->ended && screen_output_pending())
        (void)uv_poll_start(&picker->output, UV_WRITABLE, on_writable);
    else if (!picker->ended)
        (void)uv_poll_stop(&picker->output);
}

static void show(struct picker *picker)
{
    screen_dirty();
    draw(picker);
    watch_output(picker);
}

// --- the end ------------------------------------------------------------------------------

static void keys_open(struct picker *picker)
{
    picker->own_flags = -1;
    picker->keys_fd = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (picker->keys_fd >= 0)
        return;
    picker->own_flags = fcntl(STDIN_FILENO, F_GETFL);
    picker->keys_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
}

static void keys_close(struct picker *picker)
{
    if (picker->own_flags >= 0)
        (void)fcntl(picker->keys_fd, F_SETFL, picker->own_flags);
    if (picker->keys_fd >= 0)
        (void)close(picker->keys_fd);
    picker->keys_fd = -1;
}

// The terminal is the operator's again, and nothing of it is on the loop.
static void take_down(struct picker *picker)
{
    if (picker->ended)
        return;
    picker->ended = true;
    uv_close((uv_handle_t *)&picker->keys, NULL);
    uv_close((uv_handle_t *)&picker->output, NULL);
    uv_close((uv_handle_t *)&picker->esc, NULL);
    uv_close((uv_handle_t *)&picker->tick, NULL);
    for (size_t i = 0; i < PICK_SIGNALS; i++)
        uv_close((uv_handle_t *)&picker->signals[i], NULL);
    screen_end();
    keys_close(picker);
    input_free(picker->input);
    picker->input = NULL;
    ssh_pick_list_free(&picker->list);
    line_edit_wipe(&picker->typed);
    picker->job->changed = NULL;
    picker->job->ended = NULL;
    service_set_interval(picker->job->service, 0);
}

static void leave(struct picker *picker, int exit_code)
{
    take_down(picker);
    cli_finish(picker->job, exit_code);
}

static void settle(struct picker *picker)
{
    if (picker->left && !picker->ended)
        leave(picker, LEFT_EXIT);
    if (!picker->chosen || picker->ended)
        return;
    (void)snprintf(picker->job->sandbox_id, sizeof picker->job->sandbox_id, "%s", picker->at);
    take_down(picker);
    picker->picked(picker->job);
}

// --- keys ---------------------------------------------------------------------------------

static void suspend(struct picker *picker)
{
    uv_signal_t *stop = &picker->signals[PICK_SIGNALS - 1];
    screen_suspend();
    (void)uv_signal_stop(stop); // the default action is back
    (void)kill(0, SIGTSTP);
    screen_resume();
    (void)uv_signal_start(stop, stop->signal_cb, SIGTSTP);
    (void)screen_resize();
}

static bool moves(struct picker *picker, const struct input_event *event)
{
    static const struct {
        uint32_t key;
        unsigned modifiers;
        enum table_step step;
        long by;
    } keys[] = {{INPUT_KEY_UP, 0, TABLE_ROWS, -1},
                {INPUT_KEY_DOWN, 0, TABLE_ROWS, 1},
                {'p', INPUT_CTRL, TABLE_ROWS, -1},
                {'n', INPUT_CTRL, TABLE_ROWS, 1},
                {INPUT_KEY_PAGE_UP, 0, TABLE_PAGES, -1},
                {INPUT_KEY_PAGE_DOWN, 0, TABLE_PAGES, 1},
                {INPUT_KEY_HOME, INPUT_CTRL, TABLE_ENDS, -1},
                {INPUT_KEY_END, INPUT_CTRL, TABLE_ENDS, 1}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].key != event->key || keys[i].modifiers != event->modifiers)
            continue;
        (void)table_go(&picker->table, keys[i].step, keys[i].by);
        note_place(picker);
        return true;
    }
    return false;
}

static void on_key(void *context, const struct input_event *event)
{
    struct picker *picker = context;
    bool key = event->kind == INPUT_KEY, ctrl = key && event->modifiers == INPUT_CTRL;
    bool at_end = ctrl && event->key == 'd' && picker->typed.length == 0;
    if (picker->chosen || picker->left)
        return;
    // Ctrl-J is what the terminal made of an Enter that was typed before we took it over.
    if (key && (event->key == INPUT_KEY_ENTER || (ctrl && event->key == 'j'))) {
        note_place(picker);
        picker->chosen = picker->at[0] != '\0';
    } else if ((key && event->key == INPUT_KEY_ESC) || at_end ||
               (ctrl && (event->key == 'c' || event->key == 'g'))) {
        picker->left = true;
    } else if (ctrl && event->key == 'z') {
        suspend(picker);
    } else if (ctrl && event->key == 'l') {
        screen_redraw();
    } else if (!moves(picker, event) && line_edit_input(&picker->typed, event) == LINE_EDIT_CHANGED) {
        picker->at[0] = '\0'; // the best
        build(picker);
    }
}

static void on_esc(uv_timer_t *timer)
{
    struct picker *picker = timer->data;
    input_timeout(picker->input);
    show(picker);
    settle(picker);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct picker *picker = poll->data;
    char byte = 0;
    (void)events;
    for (int i = 0; i < KEYS_A_TURN && !picker->chosen && !picker->left; i++) {
        ssize_t count = status < 0 ? 0 : read(picker->keys_fd, &byte, 1);
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            break;
        if (count <= 0) { // the terminal has gone
            leave(picker, 128 + SIGHUP);
            return;
        }
        input_feed(picker->input, &byte, 1);
    }
    int wait = input_timeout_ms(picker->input);
    uv_update_time(picker->job->loop);
    if (wait >= 0)
        (void)uv_timer_start(&picker->esc, on_esc, (uint64_t)wait, 0);
    else
        (void)uv_timer_stop(&picker->esc);
    show(picker);
    settle(picker);
}

// --- what comes by itself -----------------------------------------------------------------

static void on_signal(uv_signal_t *handle, int number)
{
    struct picker *picker = handle->data;
    if (number == SIGTSTP) {
        suspend(picker);
    } else if (number == SIGCONT || number == SIGWINCH) {
        if (number == SIGCONT)
            screen_again();
        (void)screen_resize();
    } else {
        leave(picker, 128 + number);
        return;
    }
    show(picker);
}

static void on_tick(uv_timer_t *timer)
{
    show(timer->data);
}

static void on_changed(struct cli_job *job)
{
    struct picker *picker = job->state;
    if (picker->ended || picker->generation == fleet_generation(fleet_of(picker)))
        return;
    build(picker);
    show(picker);
}

static void on_job_ended(struct cli_job *job)
{
    take_down(job->state);
}

// --- the beginning ------------------------------------------------------------------------

static void put_on_loop(struct picker *picker)
{
    uv_loop_t *loop = picker->job->loop;
    (void)uv_poll_init(loop, &picker->keys, picker->keys_fd);
    (void)uv_poll_init(loop, &picker->output, screen_output_fd());
    (void)uv_timer_init(loop, &picker->esc);
    (void)uv_timer_init(loop, &picker->tick);
    picker->keys.data = picker->output.data = picker->esc.data = picker->tick.data = picker;
    for (size_t i = 0; i < PICK_SIGNALS; i++) {
        (void)uv_signal_init(loop, &picker->signals[i]);
        picker->signals[i].data = picker;
        (void)uv_signal_start(&picker->signals[i], on_signal, watched[i]);
    }
    (void)uv_poll_start(&picker->keys, UV_READABLE, on_readable);
    (void)uv_timer_start(&picker->tick, on_tick, TICK_MS, TICK_MS);
}

void ssh_picker_open(struct cli_job *job, void (*picked)(struct cli_job *job))
{
    struct failure why = {.status = STATUS_OK};
    enum theme_scheme scheme = THEME_AUTO;
    struct picker *picker = cli_job_state(job, sizeof *picker);
    if (picker == NULL)
        return;
    picker->job = job;
    picker->picked = picked;
    line_edit_begin(&picker->typed, 0, NULL);
    build(picker);
    if (picker->list.total == 0) {
        ssh_pick_list_free(&picker->list);
        (void)advise(&why, fail(&why, STATUS_NOT_FOUND, "there is no sandbox to connect to"),
                     "sbxdeck ssh --new makes one");
        cli_fail(job, &why);
        return;
    }
    keys_open(picker);
    const char *trouble =
        picker->keys_fd < 0
            ? strerror(errno)
            : screen_begin(&(struct screen_options){.input_fd = STDIN_FILENO, .output_fd = STDOUT_FILENO});
    if (trouble != NULL) {
        keys_close(picker);
        ssh_pick_list_free(&picker->list);
        (void)fail(&why, STATUS_BAD_ARGUMENT, "%s", trouble);
        cli_fail(job, &why);
        return;
    }
    (void)theme_parse(job->config.scheme, &scheme);
    theme_begin(scheme);
    picker->input = input_new(on_key, picker);
    put_on_loop(picker);
    job->changed = on_changed;
    job->ended = on_job_ended;
    service_set_interval(job->service, job->config.refresh_s * 1000);
    show(picker);
}
