// SPDX-License-Identifier: Apache-2.0
//
// verb_exec: `exec FILTER -- COMMAND...`: run a command in all sandboxes that the filter's words match,
// several at a time, and print what they wrote when all have ended, equal outputs once.

#include "api/base/time_util.h"
#include "api/config/saved_filters.h"
#include "tui/base/text.h"
#include "views/bulk/bulk.h"
#include "views/cli/cli_exec_output.h"
#include "views/cli/cli_filter.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_terminal.h"
#include "views/cli/verbs.h"
#include "views/exec/exec.h"
#include "views/exec/exec_text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILTER_CAP = 1024, NAMED = 4, NAMES_CAP = NAMED * (ID_CAP + STATE_CAP + 8) + 32, STOP_MS = 2000 };

struct running {
    struct cli_job *job;
    struct bulk *bulk;
    struct exec *exec;
    uv_timer_t timer; // until the server may be asked again; after a signal, until it is not waited for more
    bool shown;       // a line of progress is on the screen
    int killed_by;
};

// Those that match and do not run.
struct left_out {
    size_t count, paused;
    char names[NAMES_CAP];
};

static void leave_out(struct left_out *left, const struct fleet_row *row)
{
    left->paused += !row->gone && row->sandbox.state == SANDBOX_paused ? 1 : 0;
    if (left->count++ < NAMED)
        (void)text_append(left->names, sizeof left->names, "%s%s (%s)", left->count > 1 ? ", " : "",
                          row->sandbox.id, row->gone ? "gone" : fleet_state_text(row));
}

static bool can_run(const struct cli_job *job, const struct fleet_row *row)
{
    enum sandbox_state state = row->sandbox.state;
    struct failure ignored;
    if (row->gone || fleet_row_check(row, &ignored) != STATUS_OK)
        return false;
    return state == SANDBOX_running || state == SANDBOX_other ||
           (state == SANDBOX_paused && job->arguments.wake);
}

// A whole id or name means that sandbox alone, and no other even when it has gone. What is wrong in the
// filter is refused: without it more would match.
static enum status select_sandboxes(struct running *running, const char *filter, struct left_out *left,
                                    struct failure *why)
{
    const struct cli_job *job = running->job;
    const struct fleet *fleet = service_fleet(job->service);
    const struct fleet_row *only = fleet_find(fleet, filter);
    struct fleet_filter words;
    if (only == NULL && label_map_named(fleet_labels(fleet), filter) != NULL &&
        fleet_resolve(fleet, filter, &only, why) != STATUS_OK)
        return why->status;
    if (only == NULL && saved_filters_parse(filter, &words, why) != STATUS_OK)
        return why->status;
    int64_t now = service_now(job->service);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (only != NULL ? row != only : !fleet_filter_matches(&words, row, now))
            continue;
        if (can_run(job, row))
            bulk_add(running->bulk, row->sandbox.id, "");
        else
            leave_out(left, row);
    }
    return STATUS_OK;
}

static void add_rest(const struct left_out *left, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s", left->names);
    if (left->count > NAMED)
        (void)text_append(out, cap, " and %zu more", left->count - NAMED);
}

static void refuse(struct cli_job *job, const char *filter, const struct left_out *left)
{
    char names[NAMES_CAP];
    struct failure why;
    add_rest(left, names, sizeof names);
    if (left->count == 0)
        (void)advise(&why, fail(&why, STATUS_NOT_FOUND, "no sandbox matches '%.80s'", filter),
                     "sbxdeck ls lists them");
    else if (left->paused > 0)
        (void)advise(&why, fail(&why, STATUS_CONFLICT, "none that matches runs: %s", names),
                     "--wake wakes paused ones");
    else
        (void)advise(&why, fail(&why, STATUS_CONFLICT, "none that matches runs: %s", names),
                     "start them: sbxdeck start");
    cli_fail(job, &why);
}

static void tell_left_out(const struct left_out *left)
{
    char names[NAMES_CAP];
    add_rest(left, names, sizeof names);
    if (left->count > 0)
        cli_say("exec: left out, not running: %s%s", names,
                left->paused > 0 ? "; --wake wakes paused ones" : "");
}

// --- progress -----------------------------------------------------------------------------

static void clear_line(struct running *running)
{
    if (running->shown)
        (void)fputs("\r\033[K", stderr);
    running->shown = false;
}

static void show_line(struct running *running)
{
    enum { LINE_CAP = 128 };
    struct bulk_counts counts;
    char text[LINE_CAP];
    int rows = 0, cols = 0;
    if (!isatty(STDERR_FILENO) || running->job->finished)
        return;
    bulk_count(running->bulk, &counts);
    cli_terminal_size(&rows, &cols);
    (void)snprintf(text, sizeof text, "%zu of %zu done",
                   counts.done + counts.failed + counts.unknown + counts.cancelled, counts.total);
    if (counts.failed > 0)
        (void)text_append(text, sizeof text, ", %zu failed", counts.failed);
    if (counts.unknown > 0)
        (void)text_append(text, sizeof text, ", %zu unknown", counts.unknown);
    if (counts.running > 0)
        (void)text_append(text, sizeof text, ", %zu running", counts.running);
    if (bulk_paused_ms(running->bulk, time_monotonic_ms()) > 0)
        (void)text_append(text, sizeof text, ", waiting for the API's rate limit");
    (void)fprintf(stderr, "\r\033[K%.*s", cols > 1 ? cols - 1 : 1, text);
    running->shown = true;
}

// --- the end ------------------------------------------------------------------------------

static int worst_code(const struct running *running)
{
    int worst = 0;
    for (size_t i = 0; i < exec_count(running->exec); i++) {
        int code = exec_result_exit_code(&exec_results(running->exec)[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static cJSON *json_list(const struct running *running)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; list != NULL && i < exec_count(running->exec); i++) {
        const char *id = bulk_item(running->bulk, i)->sandbox_id;
        const struct sandbox_label *label = fleet_label(service_fleet(running->job->service), id);
        cJSON *object = cJSON_CreateObject();
        bool fine = object != NULL && cJSON_AddStringToObject(object, "sandbox_id", id) != NULL &&
                    (label == NULL || label->name[0] == '\0' ||
                     cJSON_AddStringToObject(object, "name", label->name) != NULL) &&
                    exec_text_json(&exec_results(running->exec)[i], object);
        if (fine && cJSON_AddItemToArray(list, object))
            continue;
        cJSON_Delete(object);
        cJSON_Delete(list);
        list = NULL;
    }
    return list;
}

// Each is in the event log.
static void tell_keys(const struct running *running)
{
    size_t saved = 0, unkept = 0;
    for (size_t i = 0; i < exec_count(running->exec); i++) {
        const struct exec_result *result = &exec_results(running->exec)[i];
        saved += result->new_key && !result->unkept ? 1 : 0;
        unkept += result->unkept ? 1 : 0;
    }
    if (saved > 0)
        cli_tell("exec: saved %zu new host key%s (sbxdeck events --kind connected names them)", saved,
                 saved == 1 ? "" : "s");
    if (unkept > 0)
        cli_say("exec: %zu new host key%s could not be saved (sbxdeck events --kind connected)", unkept,
                unkept == 1 ? "" : "s");
}

static void finish(struct running *running)
{
    struct cli_job *job = running->job;
    int code = running->killed_by != 0 ? 128 + running->killed_by : worst_code(running);
    clear_line(running);
    tell_keys(running);
    cli_signals_end(&job->signals); // what is printed may not be taken: a signal ends us then
    if (job->arguments.json) {
        cli_result_json(job, json_list(running), code);
        return;
    }
    struct exec_groups groups;
    exec_fold(exec_results(running->exec), exec_count(running->exec), &groups);
    cli_exec_output_print(running->exec, running->bulk, &groups, service_fleet(running->job->service));
    exec_groups_free(&groups);
    cli_finish(job, code);
}

// --- running ------------------------------------------------------------------------------

static void go(struct running *running);

static void on_done(void *ctx, size_t index)
{
    struct running *running = ctx;
    struct failure why;
    if (running->job->finished)
        return;
    (void)exec_result_failure(&exec_results(running->exec)[index], &why);
    bulk_end(running->bulk, index, &why, "", time_monotonic_ms());
    go(running);
}

static void on_timer(uv_timer_t *timer)
{
    struct running *running = timer->data;
    if (running->killed_by != 0)
        exec_stop(running->exec);
    else
        go(running);
}

static void go(struct running *running)
{
    size_t index = 0;
    int64_t now = time_monotonic_ms();
    if (running->job->finished)
        return;
    if (bulk_is_over(running->bulk)) {
        finish(running);
        return;
    }
    while (bulk_take(running->bulk, now, &index))
        exec_begin(running->exec, index, bulk_item(running->bulk, index)->sandbox_id);
    int64_t pause = bulk_paused_ms(running->bulk, now);
    if (pause > 0 && running->killed_by == 0) {
        uv_update_time(running->job->loop);
        (void)uv_timer_start(&running->timer, on_timer, (uint64_t)pause + 1, 0);
    }
    show_line(running);
}

// The first asks all that run to end, the second does not wait for them.
static void on_signal(void *ctx, int number)
{
    struct running *running = ctx;
    if (running->job->finished)
        return;
    running->killed_by = number;
    bulk_cancel(running->bulk, time_monotonic_ms());
    uv_update_time(running->job->loop);
    (void)uv_timer_start(&running->timer, on_timer, STOP_MS, 0);
    exec_stop(running->exec);
    if (bulk_is_over(running->bulk))
        finish(running);
}

static void on_closed(uv_handle_t *handle)
{
    struct running *running = handle->data;
    bulk_free(running->bulk);
}

static void on_ended(struct cli_job *job)
{
    struct running *running = job->state;
    clear_line(running);
    exec_free(running->exec);
    uv_close((uv_handle_t *)&running->timer, on_closed);
}

void verb_exec(struct cli_job *job)
{
    struct left_out left = {0};
    struct failure why;
    struct running *running = cli_job_state(job, sizeof *running);
    char *filter = cli_join(job, job->arguments.values, job->arguments.value_count, FILTER_CAP, "filter");
    char *command =
        cli_join(job, job->arguments.command, job->arguments.command_count, EXEC_COMMAND_CAP, "command");
    if (running == NULL || filter == NULL || command == NULL)
        return;
    running->job = job;
    running->bulk = bulk_new(BULK_EXEC, job->config.parallel);
    (void)uv_timer_init(job->loop, &running->timer);
    running->timer.data = running;
    job->ended = on_ended;
    if (select_sandboxes(running, filter, &left, &why) != STATUS_OK) {
        cli_fail(job, &why);
        return;
    }
    if (bulk_size(running->bulk) == 0) {
        refuse(job, filter, &left);
        return;
    }
    tell_left_out(&left);
    const struct exec_options options = {.loop = job->loop,
                                         .service = job->service,
                                         .known_hosts = job->config.known_hosts,
                                         .connect_timeout_s = job->config.connect_timeout_s,
                                         .command = command,
                                         .limit_ms = job->arguments.limit_s * INT64_C(1000),
                                         .wake = job->arguments.wake,
                                         .done = on_done,
                                         .ctx = running};
    running->exec = exec_new(&options, bulk_size(running->bulk));
    cli_signals_begin(&job->signals, job->loop, false, on_signal, running);
    go(running);
}
