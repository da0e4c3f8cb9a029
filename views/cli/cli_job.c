// SPDX-License-Identifier: Apache-2.0
//
// cli_job: run one verb: its loop, the service, what is waited for, and the exit code. It is over when the
// verb has said so and the service has closed what it had open.

#include "views/cli/cli_job.h"

#include "api/config/api_key.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_stdout.h"
#include "views/command/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RETRY_FIRST_MS = 1000, RETRY_MOST_MS = 30000 };

struct cli_job_memory {
    struct cli_job_memory *next;
    max_align_t bytes[];
};

static bool has_trait(const struct cli_job *job, enum cli_trait trait)
{
    return (job->verb->traits & (unsigned)trait) != 0;
}

static int failure_code(const struct cli_verb *verb, enum status status)
{
    int code = status_exit_code(status);
    return (verb->traits & VERB_ANSWERS) != 0 && code <= 1 ? CLI_EXIT_NO_ANSWER : code;
}

// --- the end ------------------------------------------------------------------------------

void cli_finish(struct cli_job *job, int exit_code)
{
    if (job->finished)
        return;
    job->finished = true;
    job->exit_code = exit_code;
    if (job->service != NULL)
        service_set_interval(job->service, 0);
    uv_stop(job->loop);
}

static void fail_as(struct cli_job *job, const char *what, const struct failure *why)
{
    cli_complain(what, why);
    cli_finish(job, failure_code(job->verb, why->status));
}

void cli_fail(struct cli_job *job, const struct failure *why)
{
    fail_as(job, job->verb->name, why);
}

bool cli_failed(struct cli_job *job, const struct failure *why)
{
    if (!job->finished && why->status != STATUS_OK)
        cli_fail(job, why);
    return job->finished;
}

static void on_signal(void *ctx, int number)
{
    struct cli_job *job = ctx;
    if (job->finished)
        return;
    (void)fprintf(stderr, "\nsbxdeck: %s: interrupted; %s\n", job->verb->name, job->known);
    cli_finish(job, 128 + number);
}

void cli_interruptible(struct cli_job *job, const char *known, ...)
{
    va_list list;
    va_start(list, known);
    (void)vsnprintf(job->known, sizeof job->known, known, list);
    va_end(list);
    cli_signals_begin(&job->signals, job->loop, false, on_signal, job);
}

// --- memory -------------------------------------------------------------------------------

void *cli_job_alloc(struct cli_job *job, size_t size)
{
    const struct failure why = {.status = STATUS_NO_MEMORY};
    struct cli_job_memory *memory = calloc(1, sizeof *memory + size);
    if (memory == NULL) {
        cli_fail(job, &why);
        return NULL;
    }
    memory->next = job->kept;
    job->kept = memory;
    return memory->bytes;
}

void *cli_job_state(struct cli_job *job, size_t size)
{
    job->state = cli_job_alloc(job, size);
    return job->state;
}

static void free_memory(struct cli_job *job)
{
    while (job->kept != NULL) {
        struct cli_job_memory *memory = job->kept;
        job->kept = memory->next;
        free(memory);
    }
}

// --- lines of a verb that stays -----------------------------------------------------------

static void on_output(void *ctx)
{
    struct cli_job *job = ctx;
    int error = cli_output_error(job->output);
    if (job->finished)
        return;
    if (error != 0) {
        cli_stdout_complain(error);
        cli_finish(job, 1);
    } else if (job->written != NULL) {
        job->written(job);
    }
}

static bool lines_begin(struct cli_job *job)
{
    const struct failure why = {.status = STATUS_NO_MEMORY};
    job->output = cli_output_new(job->loop, on_output, job);
    if (job->output != NULL)
        cli_output_watch_reader(job->output);
    else
        cli_fail(job, &why);
    return job->output != NULL;
}

void cli_line(struct cli_job *job, const char *text)
{
    if (!cli_output_put(job->output, STDOUT_FILENO, text, strlen(text)) ||
        !cli_output_put(job->output, STDOUT_FILENO, "\n", 1)) {
        cli_stdout_complain(ENOMEM);
        cli_finish(job, 1);
    } else {
        on_output(job); // it may have failed at once
    }
}

static void lines_end(struct cli_job *job)
{
    // What a file still has to take, it gets; what a reader does not take is lost.
    while (job->output != NULL && cli_output_moves(job->output))
        (void)uv_run(job->loop, UV_RUN_ONCE);
    cli_output_free(job->output);
    job->output = NULL;
}

// --- the fleet ----------------------------------------------------------------------------

static void on_fleet(void *ctx, const struct failure *why);

// The one sandbox that the verb is about, as it was typed; NULL: it is about more.
static const char *only_target(const struct cli_job *job)
{
    bool has_one = job->verb->least > 0 && strstr(job->verb->arguments, "SANDBOX") != NULL;
    bool picks = has_trait(job, VERB_PICKS) && job->arguments.value_count > 0;
    return (has_one || picks) && !has_trait(job, VERB_STAYS) ? job->arguments.values[0] : NULL;
}

static void ask_for_fleet(struct cli_job *job)
{
    if (only_target(job) != NULL)
        service_refresh_one(job->service, only_target(job), on_fleet, job);
    else
        service_refresh(job->service, on_fleet, job);
}

static void on_retry(uv_timer_t *timer)
{
    ask_for_fleet(timer->data);
}

// What may be over by itself: nothing that is wrong with the key, the settings or the disk.
static bool may_pass(enum status status)
{
    static const enum status passing[] = {STATUS_NO_NAME,      STATUS_NO_CONNECTION, STATUS_TIMED_OUT,
                                          STATUS_RATE_LIMITED, STATUS_NO_CAPACITY,   STATUS_SERVER_ERROR};
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (passing[i] == status)
            return true;
    return false;
}

// Waits for a server that is away: says so once, then asks again at growing intervals. False: there is
// nothing to wait for.
static bool retry_later(struct cli_job *job, const struct failure *why)
{
    const char *verb = job->verb->name;
    if (why->status == STATUS_OK && job->retry_ms > 0)
        cli_say("%s: the server answers again", verb);
    if (!may_pass(why->status))
        return false;
    if (job->retry_ms == 0) {
        job->retry_ms = RETRY_FIRST_MS;
        (void)uv_timer_init(job->loop, &job->retry);
        job->retry.data = job;
        cli_complain(verb, why);
        cli_say("%s: retrying until the server answers", verb);
    }
    int asked_ms = why->retry_after_s * 1000;
    (void)uv_timer_start(&job->retry, on_retry,
                         (uint64_t)(asked_ms > job->retry_ms ? asked_ms : job->retry_ms), 0);
    job->retry_ms = 2 * job->retry_ms < RETRY_MOST_MS ? 2 * job->retry_ms : RETRY_MOST_MS;
    return true;
}

static void on_fleet(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    struct failure mine = {.status = STATUS_OK};
    const struct fleet_row *row = NULL;
    if (job->finished || (has_trait(job, VERB_STAYS) && retry_later(job, why)) || cli_failed(job, why))
        return;
    if (job->verb->least > 0 && strstr(job->verb->arguments, "SANDBOX") != NULL) {
        (void)fleet_resolve(service_fleet(job->service), job->arguments.values[0], &row, &mine);
        if (cli_failed(job, &mine))
            return;
        (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", row->sandbox.id);
    }
    job->verb->start(job);
}

static void on_changed(void *ctx)
{
    struct cli_job *job = ctx;
    if (job->changed != NULL && !job->finished)
        job->changed(job);
}

// --- the vault ----------------------------------------------------------------------------

static void go_without_vault(struct cli_job *job, const struct failure *why)
{
    struct failure told = *why;
    (void)advise(
        &told,
        fail(&told, why->status, "%s; continuing without it, nothing will be stored", failure_text(why)),
        "%s", failure_advice(why));
    cli_complain("vault", &told);
    job->without_vault = true;
    service_memory_only(job->service, true);
}

static void on_trouble(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    if (job->trouble != NULL && !job->finished) {
        job->trouble(job, why);
        return;
    }
    // The verb's own callback reports a failure of its own; this one is of the vault as a whole. What is
    // written in passing (the log, a verdict) does not stop a verb that needs none of it.
    struct service_health health;
    service_health(job->service, &health);
    bool counts = why->status == STATUS_STORE_FAILED || why->status == STATUS_STORE_UNSAFE ||
                  why->status == STATUS_STORE_LOCKED;
    if (job->finished || job->arguments.memory_only || job->without_vault || health.vault_read || !counts)
        return;
    if (has_trait(job, VERB_NO_VAULT) ||
        (has_trait(job, VERB_IN_MEMORY) && !vault_is_there(job->config.state_folder)))
        go_without_vault(job, why);
    else
        fail_as(job, "vault", why);
}

// --- one run ------------------------------------------------------------------------------

static void run(struct cli_job *job, const struct secret *key)
{
    static const struct service_events events = {.changed = on_changed, .trouble = on_trouble};
    struct failure why = {.status = STATUS_OK};
    if (has_trait(job, VERB_STAYS) && !lines_begin(job))
        return;
    (void)service_new(job->loop, &job->config, key, &events, job, &job->service, &why);
    if (cli_failed(job, &why))
        return;
    if (has_trait(job, VERB_LOCAL))
        job->verb->start(job);
    else
        ask_for_fleet(job);
    while (!job->finished && uv_run(job->loop, UV_RUN_DEFAULT) != 0)
        ;
    if (!job->finished) {
        (void)fail(&why, STATUS_INTERNAL, "nothing left to wait for");
        cli_fail(job, &why);
    }
}

static void end(struct cli_job *job)
{
    lines_end(job);
    if (job->ended != NULL)
        job->ended(job);
    cli_signals_end(&job->signals);
    if (job->retry_ms > 0)
        uv_close((uv_handle_t *)&job->retry, NULL);
    service_free(job->service);
    while (uv_run(job->loop, UV_RUN_DEFAULT) != 0) // more than once when it was stopped before it began
        ;
    (void)uv_loop_close(job->loop);
    free_memory(job);
}

// What only changes something is refused before anything is read or asked.
static bool is_refused(const struct cli_job *job, struct failure *why)
{
    const struct cli_arguments *arguments = &job->arguments;
    const char *option = arguments->fresh ? "--new: " : arguments->wake ? "--wake: " : "";
    if (!job->config.read_only || (!has_trait(job, VERB_CHANGES) && option[0] == '\0'))
        return false;
    (void)fail(why, STATUS_READ_ONLY, "%s%s", option, status_text(STATUS_READ_ONLY));
    return true;
}

int cli_load_settings(struct config *config)
{
    struct failure why = {.status = STATUS_OK};
    if (settings_load(config, &why) == STATUS_OK)
        return 0;
    cli_complain("settings", &why);
    return status_exit_code(STATUS_BAD_ARGUMENT);
}

int cli_job_run(const struct cli_verb *verb, const struct cli_arguments *arguments)
{
    uv_loop_t loop;
    struct cli_job job = {.verb = verb, .arguments = *arguments, .loop = &loop};
    struct failure why = {.status = STATUS_OK};
    struct secret *key = NULL;

    int code = cli_load_settings(&job.config);
    if (code != 0)
        return code;
    if (is_refused(&job, &why)) {
        cli_complain(verb->name, &why);
        return failure_code(verb, why.status);
    }
    // Before any child or thread.
    if (!has_trait(&job, VERB_OLD_KEY))
        config_drop_old_key();
    if (api_key_find(&job.config, &key, &why) != STATUS_OK) {
        cli_complain(verb->name, &why);
        return failure_code(verb, why.status);
    }
    if (uv_loop_init(&loop) < 0) {
        secret_free(key);
        return failure_code(verb, STATUS_INTERNAL);
    }
    run(&job, key);
    secret_free(key);
    end(&job);
    return cli_stdout_failed() && job.exit_code <= 1 ? failure_code(verb, STATUS_INTERNAL) : job.exit_code;
}
