// SPDX-License-Identifier: Apache-2.0
//
// service_log: owns the way of an event to the disk, and what of an operation goes into the log. What happens
// while one write is under way goes with the next one, all in one transaction: ten thousand alerts at once
// must not stand in the way of one credential. What the disk does not take stays here until it does.

#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOG_AT_ONCE = 512,   // events in one transaction
    LOG_WAITING = 10000, // a disk that takes nothing must not take the memory too
    FAILURE_AGAIN_MS = 60000
};

// --- to the disk ---

static void write_some(struct credential_service *service);

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

static void run_log(struct service_job *job, struct vault *vault)
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

static bool make_room(struct credential_service *service, size_t more)
{
    size_t wanted = service->log_count + more;
    if (wanted <= service->log_room)
        return true;
    size_t room = wanted * 2;
    struct event *grown = realloc(service->log, room * sizeof *grown);
    if (grown == NULL)
        return false;
    service->log = grown;
    service->log_room = room;
    return true;
}

// They come before what happened meanwhile.
static void put_back(struct credential_service *service, const struct event *events, size_t count)
{
    if (!make_room(service, count)) {
        service->log_lost += count;
        return;
    }
    memmove(service->log + count, service->log, service->log_count * sizeof *service->log);
    memcpy(service->log, events, count * sizeof *events);
    service->log_count += count;
}

static void after_log(struct service_job *job)
{
    struct credential_service *service = job->service;
    service->logging = false;
    if (job->status != STATUS_OK) {
        // At the end once more: what has failed may have been begun before the disk was well again.
        if (!service->closing || !service->log_last)
            put_back(service, job->events, job->count);
        if (service->closing && !service->log_last) {
            service->log_last = true;
            write_some(service);
        }
        return;
    }
    service->events_seen++;
    service_changed(service);
    write_some(service);
}

static void write_some(struct credential_service *service)
{
    size_t count = service->log_count < LOG_AT_ONCE ? service->log_count : LOG_AT_ONCE;
    if (service->logging || count == 0)
        return;
    struct service_job *job = service_job_new(service, run_log, after_log, NULL);
    job->events = calloc(count, sizeof *job->events);
    if (job->events == NULL)
        abort();
    memcpy(job->events, service->log, count * sizeof *job->events);
    job->count = count;
    service->log_count -= count;
    memmove(service->log, service->log + count, service->log_count * sizeof *service->log);
    service->logging = true;
    service_job_push(job);
}

static void add(struct credential_service *service, const struct event *event)
{
    if (service->log_count >= LOG_WAITING || !make_room(service, 1)) {
        service->log_lost++;
        return;
    }
    struct event *copy = &service->log[service->log_count++];
    *copy = *event;
    copy->wall_at = time_wall_ms();
    copy->at = service_now(service);
    secret_hide(service->key, copy->message);
    for (const struct service_unsaved *one = service->unsaved; one != NULL; one = one->next)
        secret_hide(one->access.password, copy->message);
}

void service_log(struct credential_service *service, const struct event *event)
{
    add(service, event);
    if (service->vault_failure.status == STATUS_OK)
        write_some(service);
}

void service_log_retry(struct credential_service *service)
{
    if (service->log_lost > 0 && service->log_count < LOG_WAITING) {
        struct event event = {.kind = EVENT_FAILURE, .outcome = STATUS_STORE_FAILED, .duration_ms = -1};
        (void)snprintf(event.message, sizeof event.message,
                       "%zu events are missing here: the vault could not be written for too long",
                       service->log_lost);
        service->log_lost = 0;
        add(service, &event);
    }
    write_some(service);
}

// --- what is told ---

void service_log_failure(struct credential_service *service, const struct failure *why)
{
    struct event event = {.kind = EVENT_FAILURE, .outcome = why->status, .duration_ms = -1};
    (void)snprintf(event.message, sizeof event.message, "%s", failure_text(why));
    service_log(service, &event);
}

// A full disk that can still be read fails and works by turns.
void service_log_vault(struct credential_service *service, const struct failure *why)
{
    int64_t now = time_monotonic_ms();
    if (service->vault_logged_at > 0 && now - service->vault_logged_at < FAILURE_AGAIN_MS)
        return;
    service->vault_logged_at = now;
    service_log_failure(service, why);
}

// A server that comes and goes is told of once a minute at most. A run that asks once tells its caller
// itself.
void service_log_refresh(struct credential_service *service)
{
    int64_t now = time_monotonic_ms();
    bool failed = service->last.status != STATUS_OK;
    if (service->interval_ms == 0 || service->closing || failed == service->failure_logged ||
        service->last.status == STATUS_CANCELLED)
        return;
    if (!failed) {
        struct event event = {.kind = EVENT_RECOVERED, .duration_ms = now - service->failure_logged_at};
        (void)snprintf(event.message, sizeof event.message, "the server answers again");
        service->failure_logged = false;
        service_log(service, &event);
    } else if (service->failure_logged_at == 0 || now - service->failure_logged_at >= FAILURE_AGAIN_MS) {
        service->failure_logged = true;
        service->failure_logged_at = now;
        service_log_failure(service, &service->last);
    }
}

bool service_verb_ends(const char *verb)
{
    static const char *const ends[] = {"regenerating", "renewing", "deleting", "forgetting"};
    for (size_t i = 0; verb != NULL && i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(verb, ends[i]) == 0)
            return true;
    return false;
}

void service_log_op(const struct service_op *op, const struct failure *why,
                    const struct credential *credential)
{
    static const struct {
        const char *verb;
        enum event_kind kind;
    } kinds[] = {{"creating", EVENT_CREATED},         {"validating", EVENT_VALIDATED},
                 {"regenerating", EVENT_REGENERATED}, {"renewing", EVENT_RENEWED},
                 {"deleting", EVENT_DELETED},         {"importing", EVENT_IMPORTED},
                 {"forgetting", EVENT_FORGOTTEN}};
    if (op->verb == NULL || (op->service->closing && why->status == STATUS_CANCELLED) ||
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
        service_log(op->service, &event);
    }
}
