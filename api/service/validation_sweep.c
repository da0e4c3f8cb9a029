// SPDX-License-Identifier: Apache-2.0
//
// validation_sweep: Validates many credentials, a few at a time: those that the vault brought, or those that
// have not been asked about for longest.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEP_AT_ONCE = 4 };

// One question.
struct sweep_one {
    struct sweep *sweep;
    char sandbox_id[ID_CAP], id[ID_CAP];
    int64_t validated_at;
    int64_t asked; // see struct credential
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
    service_revalidated_cb *revalidated_cb;
    void *ctx;
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
    const struct sweep_one *one = ctx;
    struct sweep *sweep = one->sweep;
    if (why->status != STATUS_OK) {
        if (!is_last_word(&sweep->worst))
            sweep->worst = *why;
        sweep->unanswered++;
    } else if (one->was_valid && credential->verdict == VERDICT_VALID) {
        sweep->same++;
    } else {
        sweep->changed++;
        sweep->refused += one->was_valid;
    }
    if (is_last_word(why))
        sweep->next = sweep->count; // no use in going on
    sweep->running--;
    sweep_on(sweep);
}

static void sweep_on(struct sweep *sweep)
{
    while (sweep->running < SWEEP_AT_ONCE && sweep->next < sweep->count) {
        struct sweep_one *one = &sweep->wanted[sweep->next++];
        sweep->running++;
        service_validate_quietly(sweep->service, one->sandbox_id, one->id, on_swept, one);
    }
    if (sweep->running > 0)
        return;
    bool answered = sweep->same + sweep->changed > 0;
    log_round(sweep);
    if (sweep->cb != NULL)
        sweep->cb(sweep->ctx, &sweep->worst);
    if (sweep->revalidated_cb != NULL)
        sweep->revalidated_cb(sweep->ctx,
                              answered && !is_last_word(&sweep->worst) ? &service_fine : &sweep->worst,
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
    const struct fleet_row *row = NULL;
    for (size_t at = 0; (row = fleet_with_credentials(service->fleet, &at)) != NULL;)
        most += row->credential_count;
    sweep->wanted = calloc(most + 1, sizeof *sweep->wanted);
    if (sweep->wanted == NULL)
        abort();
    sweep->service = service;
    sweep->begun_at = time_monotonic_ms();
    for (size_t at = 0; (row = fleet_with_credentials(service->fleet, &at)) != NULL;) {
        for (size_t c = 0; c < row->credential_count; c++) {
            const struct credential *credential = &row->credentials[c];
            if (!wants_sweeping(credential, asked_before, now))
                continue;
            struct sweep_one *one = &sweep->wanted[sweep->count++];
            one->sweep = sweep;
            memcpy(one->sandbox_id, credential->sandbox_id, sizeof one->sandbox_id);
            memcpy(one->id, credential->id, sizeof one->id);
            one->validated_at = credential->validated_at;
            one->asked = credential->asked;
            one->was_valid = credential->verdict == VERDICT_VALID;
        }
    }
    if (sweep->count > 0)
        return sweep;
    free(sweep->wanted);
    free(sweep);
    return NULL;
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
    struct operation *op = operation_new(service, OPERATION_VALIDATE_ALL, "", NULL, ctx);
    op->cb.done = cb;
    operation_queue(op, NULL, NULL);
}

size_t service_revalidation(struct credential_service *service, int64_t asked_before_ms, size_t most,
                            service_revalidated_cb *cb, void *ctx)
{
    struct sweep *sweep =
        asked_before_ms > 0 && !service->closing ? sweep_new(service, asked_before_ms) : NULL;
    if (sweep == NULL)
        return 0;
    qsort(sweep->wanted, sweep->count, sizeof *sweep->wanted, by_turn);
    if (sweep->count > most)
        sweep->count = most;
    size_t asked = sweep->count;
    sweep->revalidated_cb = cb;
    sweep->ctx = ctx;
    sweep_on(sweep);
    return asked;
}
