// SPDX-License-Identifier: Apache-2.0
//
// keeper_log: owns the way of an event to the disk, and what of an operation goes into the log. What happens
// while one write is under way goes with the next one, all in one transaction: ten thousand alerts at once
// must not stand in the way of one credential. What the disk does not take stays here until it does.

#include "api/service/service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOG_AT_ONCE = 512,   // events in one transaction
    LOG_WAITING = 10000, // a disk that takes nothing must not take the memory too
    FAILURE_AGAIN_MS = 60000
};

// --- to the disk ---

static void write_some(struct keeper *keeper);

// A server or a sandbox knows the passwords of what it has made, and may say them in any message. All that
// are known of it here are taken out.
static void hide_passwords(struct vault *vault, const struct credential *known, size_t count,
                           struct event *event)
{
    for (size_t i = 0; i < count; i++) {
        struct secret *password = NULL;
        struct failure ignored;
        if ((event->sandbox_id[0] != '\0' && strcmp(known[i].sandbox_id, event->sandbox_id) != 0) ||
            !known[i].has_password || known[i].sealed_elsewhere)
            continue;
        if (vault_password(vault, known[i].vault_row, &password, &ignored) == STATUS_OK)
            secret_hide(password, event->message);
        secret_free(password);
    }
}

// Of a failure others may have written a part, and of what was not understood in an answer.
static bool is_foreign(const struct event *event)
{
    bool may_quote = event->kind == EVENT_CREATED || event->kind == EVENT_REGENERATED ||
                     event->kind == EVENT_RENEWED || event->kind == EVENT_IMPORTED;
    return event->message[0] != '\0' && (event->outcome != STATUS_OK || may_quote) &&
           event->kind != EVENT_ALERT;
}

static void run_log(struct keeper_job *job, struct vault *vault)
{
    struct credential *known = NULL;
    size_t count = 0, foreign = 0;
    for (size_t i = 0; i < job->count; i++)
        foreign += is_foreign(&job->events[i]) ? 1 : 0;
    if (foreign > 0)
        job->status = vault_list(vault, &known, &count, &job->why);
    for (size_t i = 0; i < job->count && foreign > 0; i++)
        if (is_foreign(&job->events[i]))
            hide_passwords(vault, known, count, &job->events[i]);
    free(known);
    if (job->status != STATUS_OK)
        return;
    job->status = event_log_append_all(vault, job->events, job->count, &job->why);
}

static bool make_room(struct keeper *keeper, size_t more)
{
    size_t wanted = keeper->log_count + more;
    if (wanted <= keeper->log_room)
        return true;
    size_t room = wanted * 2;
    struct event *grown = realloc(keeper->log, room * sizeof *grown);
    if (grown == NULL)
        return false;
    keeper->log = grown;
    keeper->log_room = room;
    return true;
}

// They come before what happened meanwhile.
static void put_back(struct keeper *keeper, const struct event *events, size_t count)
{
    if (!make_room(keeper, count)) {
        keeper->log_lost += count;
        return;
    }
    memmove(keeper->log + count, keeper->log, keeper->log_count * sizeof *keeper->log);
    memcpy(keeper->log, events, count * sizeof *events);
    keeper->log_count += count;
}

static void after_log(struct keeper_job *job)
{
    struct keeper *keeper = job->keeper;
    keeper->logging = false;
    if (job->status != STATUS_OK) {
        // At the end once more: what has failed may have been begun before the disk was well again.
        if (!keeper->closing || !keeper->log_last)
            put_back(keeper, job->events, job->count);
        if (keeper->closing && !keeper->log_last) {
            keeper->log_last = true;
            write_some(keeper);
        }
        return;
    }
    keeper->events_seen++;
    keeper_changed(keeper);
    write_some(keeper);
}

static void write_some(struct keeper *keeper)
{
    size_t count = keeper->log_count < LOG_AT_ONCE ? keeper->log_count : LOG_AT_ONCE;
    if (keeper->logging || count == 0)
        return;
    struct keeper_job *job = keeper_job_new(keeper, run_log, after_log, NULL);
    job->events = calloc(count, sizeof *job->events);
    if (job->events == NULL)
        abort();
    memcpy(job->events, keeper->log, count * sizeof *job->events);
    job->count = count;
    keeper->log_count -= count;
    memmove(keeper->log, keeper->log + count, keeper->log_count * sizeof *keeper->log);
    keeper->logging = true;
    keeper_job_push(job);
}

static void add(struct keeper *keeper, const struct event *event)
{
    if (keeper->log_count >= LOG_WAITING || !make_room(keeper, 1)) {
        keeper->log_lost++;
        return;
    }
    struct event *copy = &keeper->log[keeper->log_count++];
    *copy = *event;
    copy->wall_at = time_wall_ms();
    copy->at = keeper_now(keeper);
    secret_hide(keeper->key, copy->message);
    for (const struct keeper_unsaved *one = keeper->unsaved; one != NULL; one = one->next)
        secret_hide(one->access.password, copy->message);
}

void keeper_log(struct keeper *keeper, const struct event *event)
{
    add(keeper, event);
    if (keeper->vault_failure.status == STATUS_OK)
        write_some(keeper);
}

void keeper_log_retry(struct keeper *keeper)
{
    if (keeper->log_lost > 0 && keeper->log_count < LOG_WAITING) {
        struct event event = {.kind = EVENT_FAILURE, .outcome = STATUS_STORE_FAILED, .duration_ms = -1};
        (void)snprintf(event.message, sizeof event.message,
                       "%zu events are missing here: the vault could not be written for too long",
                       keeper->log_lost);
        keeper->log_lost = 0;
        add(keeper, &event);
    }
    write_some(keeper);
}

// --- what is told ---

void keeper_log_failure(struct keeper *keeper, const struct failure *why)
{
    struct event event = {.kind = EVENT_FAILURE, .outcome = why->status, .duration_ms = -1};
    (void)snprintf(event.message, sizeof event.message, "%s", failure_text(why));
    keeper_log(keeper, &event);
}

// A full disk that can still be read fails and works by turns.
void keeper_log_vault(struct keeper *keeper, const struct failure *why)
{
    int64_t now = time_monotonic_ms();
    if (keeper->vault_logged_at > 0 && now - keeper->vault_logged_at < FAILURE_AGAIN_MS)
        return;
    keeper->vault_logged_at = now;
    keeper_log_failure(keeper, why);
}

// A server that comes and goes is told of once a minute at most. A run that asks once tells its caller
// itself.
void keeper_log_refresh(struct keeper *keeper)
{
    int64_t now = time_monotonic_ms();
    bool failed = keeper->last.status != STATUS_OK;
    if (keeper->interval_ms == 0 || keeper->closing || failed == keeper->failure_logged ||
        keeper->last.status == STATUS_CANCELLED)
        return;
    if (!failed) {
        struct event event = {.kind = EVENT_RECOVERED, .duration_ms = now - keeper->failure_logged_at};
        (void)snprintf(event.message, sizeof event.message, "the server answers again");
        keeper->failure_logged = false;
        keeper_log(keeper, &event);
    } else if (keeper->failure_logged_at == 0 || now - keeper->failure_logged_at >= FAILURE_AGAIN_MS) {
        keeper->failure_logged = true;
        keeper->failure_logged_at = now;
        keeper_log_failure(keeper, &keeper->last);
    }
}

bool keeper_verb_ends(const char *verb)
{
    static const char *const ends[] = {"regenerating", "renewing", "deleting", "forgetting"};
    for (size_t i = 0; verb != NULL && i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(verb, ends[i]) == 0)
            return true;
    return false;
}

void keeper_log_op(const struct keeper_op *op, const struct failure *why, const struct credential *credential)
{
    static const struct {
        const char *verb;
        enum event_kind kind;
    } kinds[] = {{"creating", EVENT_CREATED},         {"validating", EVENT_VALIDATED},
                 {"regenerating", EVENT_REGENERATED}, {"renewing", EVENT_RENEWED},
                 {"deleting", EVENT_DELETED},         {"importing", EVENT_IMPORTED},
                 {"forgetting", EVENT_FORGOTTEN}};
    if (op->verb == NULL || (op->keeper->closing && why->status == STATUS_CANCELLED) ||
        (op->quiet &&
         (credential == NULL || (credential->verdict == VERDICT_VALID && op->before == VERDICT_VALID))))
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].verb, op->verb) != 0)
            continue;
        struct event event = {
            .kind = kinds[i].kind, .outcome = why->status, .duration_ms = time_monotonic_ms() - op->begun_at};
        (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "%s", op->sandbox_id);
        (void)snprintf(event.id, sizeof event.id, "%s", credential != NULL ? credential->id : op->id);
        if (why->status != STATUS_OK) {
            (void)snprintf(event.message, sizeof event.message, "%s", failure_text(why));
            secret_hide(op->access.password, event.message);
        } else if (event.kind == EVENT_VALIDATED && credential != NULL &&
                   credential->verdict == VERDICT_INVALID) {
            event.outcome = STATUS_NOT_VALID;
            (void)snprintf(event.message, sizeof event.message, "the server says it is not valid");
        } else if (event.kind != EVENT_VALIDATED && credential != NULL) {
            (void)oddities_text(&credential->odd, event.message, sizeof event.message);
        }
        keeper_log(op->keeper, &event);
    }
}
