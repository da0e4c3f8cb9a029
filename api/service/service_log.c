// SPDX-License-Identifier: Apache-2.0
//
// service_log: Writes events to the log, many in one transaction: what happens while one write is under way
// goes with the next one, so that ten thousand alerts at once do not stand in the way of one credential. What
// the disk does not take stays here until it does.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

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

static enum status run_log(void *ctx, struct vault *vault)
{
    struct log_writing *writing = ctx;
    struct credential *known = NULL;
    size_t count = 0, foreign = 0;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < writing->count; i++)
        foreign += is_foreign(&writing->list[i]) ? 1 : 0;
    if (foreign > 0)
        status = vault_list(vault, &known, &count, &writing->why);
    for (size_t i = 0; i < writing->count && foreign > 0; i++)
        if (is_foreign(&writing->list[i]))
            hide_passwords(vault, known, count, &writing->list[i]);
    free(known);
    return status == STATUS_OK ? event_log_append(vault, writing->list, writing->count, &writing->why)
                               : status;
}

static void after_log(void *ctx)
{
    struct log_writing *writing = ctx;
    struct credential_service *service = writing->step.service;
    service_note_vault(service, &writing->why, true);
    // As it was to be written: by the next time the vault may not know a password any more that was hidden.
    memcpy(service->log, writing->list, writing->count * sizeof *writing->list);
    free(writing->list);
    writing->list = NULL;
    if (writing->why.status == STATUS_OK) {
        service->log_count -= writing->count;
        memmove(service->log, service->log + writing->count, service->log_count * sizeof *service->log);
        service->events_seen++;
        service_changed(service);
        write_some(service);
    } else if (service->closing && !service->log_last) {
        // At the end once more: what has failed may have been begun before the disk was well again.
        service->log_last = true;
        write_some(service);
    }
}

// What is written stays in the list until it is on disk.
static void write_some(struct credential_service *service)
{
    struct log_writing *writing = &service->log_writing;
    size_t count = service->log_count < LOG_AT_ONCE ? service->log_count : LOG_AT_ONCE;
    if (writing->list != NULL || count == 0)
        return;
    writing->list = calloc(count, sizeof *writing->list);
    if (writing->list == NULL)
        abort();
    memcpy(writing->list, service->log, count * sizeof *writing->list);
    writing->count = count;
    writing->why = service_fine;
    writing->step =
        (struct vault_step){.run = run_log, .after = after_log, .ctx = writing, .why = &writing->why};
    vault_worker_queue(service, &writing->step);
}

static bool make_room(struct credential_service *service)
{
    if (service->log_count >= LOG_WAITING)
        return false;
    if (service->log_count < service->log_room)
        return true;
    size_t room = service->log_room * 2 + 16;
    struct event *grown = reallocarray(service->log, room, sizeof *grown);
    if (grown == NULL)
        return false;
    service->log = grown;
    service->log_room = room;
    return true;
}

static void add(struct credential_service *service, const struct event *event)
{
    if (!make_room(service)) {
        service->log_lost++;
        return;
    }
    struct event *copy = &service->log[service->log_count++];
    *copy = *event;
    copy->wall_at = time_wall_ms();
    copy->at = service_now(service);
    const struct sandbox_label *label = fleet_label(service->fleet, event->sandbox_id);
    if (label != NULL)
        memcpy(copy->name, label->name, sizeof copy->name);
    secret_hide(service->key, copy->message);
    for (const struct operation *save = service->unsaved; save != NULL; save = save->next)
        secret_hide(save->save.commit.access.password, copy->message);
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

// --- what goes wrong ---

static void log_failure(struct credential_service *service, const struct failure *why)
{
    struct event event = {.kind = EVENT_FAILURE, .outcome = why->status, .duration_ms = -1};
    (void)snprintf(event.message, sizeof event.message, "%s", failure_text(why));
    service_log(service, &event);
}

// A full disk that can still be read fails and works by turns.
static void log_vault(struct credential_service *service, const struct failure *why)
{
    int64_t now = time_monotonic_ms();
    if (service->vault_logged_at > 0 && now - service->vault_logged_at < FAILURE_AGAIN_MS)
        return;
    service->vault_logged_at = now;
    log_failure(service, why);
}

void service_note_vault(struct credential_service *service, const struct failure *why, bool quiet)
{
    bool trouble = why->status == STATUS_STORE_FAILED || why->status == STATUS_STORE_LOCKED ||
                   why->status == STATUS_STORE_UNSAFE;
    if (!trouble) {
        if (service->vault_failure.status != STATUS_OK)
            service_changed(service);
        service->vault_failure = service_fine;
        return;
    }
    bool known = service->vault_failure.status == why->status;
    bool first = service->vault_failure.status == STATUS_OK;
    service->vault_failure = *why;
    if (first) // written when that is over
        log_vault(service, why);
    if (known)
        return;
    service_changed(service);
    if (quiet) // otherwise the caller hears of it
        service_trouble(service, why);
}

// A server that comes and goes is logged once a minute at most. A run that asks once reports to its caller
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
        log_failure(service, &service->last);
    }
}
