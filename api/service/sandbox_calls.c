// SPDX-License-Identifier: Apache-2.0
//
// sandbox_calls: owns the calls on sandboxes and the sweep that validates what the vault brought.

#include "api/fleet/lifetime_map.h"
#include "api/service/credential_service_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- one sandbox ---

static void on_detail(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct service_op *op = ctx;
    if (why->status == STATUS_OK && !op->service->closing)
        (void)fleet_take_sandbox(op->service->fleet, sandbox);
    else if (failure_is_absence(why))
        fleet_drop_sandbox(op->service->fleet, op->sandbox_id);
    service_changed(op->service);
    service_op_end(op, why, NULL);
}

static void ask_detail(struct service_op *op)
{
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    if (op->service->closing || leap0_sandbox(op->service->client, op->sandbox_id, on_detail, op) == NULL)
        service_op_refuse(op, &cancelled);
}

void service_detail(struct credential_service *service, const char *sandbox_id, service_done_cb *cb,
                    void *ctx)
{
    struct service_op *op = service_op_new(service, NULL, sandbox_id, NULL, ctx);
    op->done_cb = cb;
    ask_detail(op);
}

// --- a new one ---

static void on_sandbox_created(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct service_op *op = ctx;
    struct failure told = *why;
    if (why->status == STATUS_OK && !op->service->closing) {
        (void)fleet_take_sandbox(op->service->fleet, sandbox);
        service_changed(op->service);
        service_refresh_soon(op->service);
    } else if (why->maybe_done && why->status != STATUS_CANCELLED) {
        (void)advise(&told,
                     fail(&told, STATUS_OUTCOME_UNKNOWN,
                          "outcome unknown, a sandbox may have been created: %s", failure_text(why)),
                     "check with sbxdeck ls before you try again");
        service_refresh_soon(op->service);
    }
    service_op_end_sandbox(op, &told, sandbox);
}

void service_sandbox_create(struct credential_service *service, const struct leap0_new_sandbox *wanted,
                            service_sandbox_cb *cb, void *ctx)
{
    struct service_op *op = service_op_new(service, NULL, "", NULL, ctx);
    const struct failure cancelled = {.status = STATUS_CANCELLED};
    op->sandbox_cb = cb;
    if (service->closing || leap0_sandbox_create(service->client, wanted, on_sandbox_created, op) == NULL)
        service_op_refuse(op, &cancelled);
}

// --- the sweep ---

enum { SWEEP_AT_ONCE = 4 };

struct sweep_one {
    char sandbox_id[ID_CAP], id[ID_CAP];
    int64_t validated_at;
    int64_t asked; // the number of the last question about it, answered or not; 0 none
    bool was_valid;
};

struct sweep {
    struct credential_service *service;
    struct sweep_one *wanted;
    size_t count, next, running, refused;
    size_t same, changed, unanswered; // what came of those that were asked about
    int64_t begun_at;                 // monotonic ms
    struct failure worst;
    service_done_cb *cb; // at most one of these
    service_rechecked_cb *revalidationed_cb;
    void *ctx;
};

// One question of a sweep.
struct sweep_call {
    struct sweep *sweep;
    bool was_valid;
};

// Each change has its own event; the rest of the round has one for all, or it would hide what counts.
static void log_round(const struct sweep *sweep)
{
    struct event event = {.kind = EVENT_VALIDATED,
                          .outcome = sweep->worst.status,
                          .duration_ms = time_monotonic_ms() - sweep->begun_at};
    int used = snprintf(event.message, sizeof event.message, "revalidated %zu: %zu unchanged", sweep->next,
                        sweep->same);
    if (sweep->worst.status == STATUS_CANCELLED)
        return;
    if (sweep->changed > 0)
        used += snprintf(event.message + used, sizeof event.message - (size_t)used, ", %zu changed",
                         sweep->changed);
    if (sweep->unanswered > 0)
        (void)snprintf(event.message + used, sizeof event.message - (size_t)used,
                       ", %zu without an answer: %s", sweep->unanswered, failure_text(&sweep->worst));
    service_log(sweep->service, &event);
}

static void sweep_on(struct sweep *sweep);

static bool is_last_word(const struct failure *why)
{
    return why->status == STATUS_CANCELLED || why->status == STATUS_KEY_REFUSED;
}

static void on_swept(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct sweep_call *call = ctx;
    struct sweep *sweep = call->sweep;
    if (why->status != STATUS_OK) {
        if (!is_last_word(&sweep->worst))
            sweep->worst = *why;
        sweep->unanswered++;
    } else if (call->was_valid && credential->verdict == VERDICT_VALID) {
        sweep->same++;
    } else {
        sweep->changed++;
        sweep->refused += call->was_valid;
    }
    if (is_last_word(why))
        sweep->next = sweep->count; // no use in going on
    free(call);
    sweep->running--;
    sweep_on(sweep);
}

static void sweep_on(struct sweep *sweep)
{
    while (sweep->running < SWEEP_AT_ONCE && sweep->next < sweep->count) {
        const struct sweep_one *one = &sweep->wanted[sweep->next++];
        struct life *asked = lifetime_map_get(sweep->service->asked, one->sandbox_id, one->id);
        if (asked != NULL)
            asked->at = ++sweep->service->questions;
        struct sweep_call *call = calloc(1, sizeof *call);
        if (call == NULL)
            abort();
        call->sweep = sweep;
        call->was_valid = one->was_valid;
        sweep->running++;
        service_validate_quietly(sweep->service, one->sandbox_id, one->id, on_swept, call);
    }
    if (sweep->running > 0)
        return;
    const struct failure fine = {.status = STATUS_OK};
    bool answered = sweep->same + sweep->changed > 0;
    log_round(sweep);
    if (sweep->cb != NULL)
        sweep->cb(sweep->ctx, &sweep->worst);
    if (sweep->revalidationed_cb != NULL)
        sweep->revalidationed_cb(sweep->ctx, answered && !is_last_word(&sweep->worst) ? &fine : &sweep->worst,
                                 sweep->next, sweep->refused);
    free(sweep->wanted);
    free(sweep);
}

// asked_before 0: those that were never asked about in this run.
static bool wants_sweeping(const struct credential *credential, int64_t asked_before, int64_t now)
{
    if (!credential->has_password || credential->sealed_elsewhere || credential->id[0] == '\0' ||
        credential->busy != NULL)
        return false;
    if (asked_before == 0)
        return credential->verdict == VERDICT_UNVERIFIED;
    return (credential->verdict == VERDICT_UNVERIFIED || credential->verdict == VERDICT_VALID) &&
           credential->validated_at < asked_before && credential_state(credential, now) != CREDENTIAL_expired;
}

// Those whose question got no answer keep their age, and would be the oldest for ever: whoever was not asked
// about for longer comes first.
static int by_turn(const void *left, const void *right)
{
    const struct sweep_one *one = left, *other = right;
    if (one->asked != other->asked)
        return one->asked > other->asked ? 1 : -1;
    return (one->validated_at > other->validated_at) - (one->validated_at < other->validated_at);
}

// NULL: there is nothing to ask.
static struct sweep *sweep_new(struct credential_service *service, int64_t asked_before)
{
    int64_t now = service_now(service);
    struct sweep *sweep = calloc(1, sizeof *sweep);
    size_t most = 0;
    if (sweep == NULL)
        abort();
    for (size_t i = 0; i < fleet_count(service->fleet); i++)
        most += fleet_row(service->fleet, i)->credential_count;
    sweep->wanted = calloc(most + 1, sizeof *sweep->wanted);
    if (service->asked == NULL)
        service->asked = lifetime_map_new();
    if (sweep->wanted == NULL || service->asked == NULL)
        abort();
    sweep->service = service;
    sweep->begun_at = time_monotonic_ms();
    lifetime_map_begin(service->asked);
    for (size_t i = 0; i < fleet_count(service->fleet); i++) {
        const struct fleet_row *row = fleet_row(service->fleet, i);
        for (size_t c = 0; c < row->credential_count; c++) {
            const struct credential *credential = &row->credentials[c];
            bool made = false;
            const struct life *asked =
                lifetime_map_add(service->asked, row->sandbox.id, credential->id, &made);
            if (!wants_sweeping(credential, asked_before, now))
                continue;
            struct sweep_one *one = &sweep->wanted[sweep->count++];
            (void)snprintf(one->sandbox_id, sizeof one->sandbox_id, "%s", row->sandbox.id);
            (void)snprintf(one->id, sizeof one->id, "%s", credential->id);
            one->validated_at = credential->validated_at;
            one->asked = asked != NULL ? asked->at : 0;
            one->was_valid = credential->verdict == VERDICT_VALID;
        }
    }
    lifetime_map_end(service->asked, NULL, NULL);
    if (sweep->count > 0)
        return sweep;
    free(sweep->wanted);
    free(sweep);
    return NULL;
}

static void after_nothing(struct service_job *job)
{
    const struct failure fine = {.status = STATUS_OK};
    service_op_end(job->op, &fine, NULL);
}

void service_validate_all(struct credential_service *service, service_done_cb *cb, void *ctx)
{
    struct sweep *sweep = sweep_new(service, 0);
    if (sweep != NULL) {
        sweep->cb = cb;
        sweep->ctx = ctx;
        sweep_on(sweep);
        return;
    }
    struct service_op *op = service_op_new(service, NULL, "", NULL, ctx);
    op->done_cb = cb;
    service_job_push(service_job_new(service, NULL, after_nothing, op));
}

size_t service_revalidation(struct credential_service *service, int64_t asked_before_ms, size_t most,
                            service_rechecked_cb *cb, void *ctx)
{
    struct sweep *sweep =
        asked_before_ms > 0 && !service->closing ? sweep_new(service, asked_before_ms) : NULL;
    if (sweep == NULL)
        return 0;
    qsort(sweep->wanted, sweep->count, sizeof *sweep->wanted, by_turn);
    if (sweep->count > most)
        sweep->count = most;
    size_t asked = sweep->count;
    sweep->revalidationed_cb = cb;
    sweep->ctx = ctx;
    sweep_on(sweep);
    return asked;
}
