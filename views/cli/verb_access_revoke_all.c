// SPDX-License-Identifier: Apache-2.0
//
// verb_access_revoke_all: `access revoke-all`: delete every credential made here, after a leak or at the end
// of a day. What is gone already counts as done; what could not be told to the server keeps its place in the
// vault.

#include "api/base/time_util.h"
#include "views/bulk/bulk.h"
#include "views/cli/cli_ask.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/verbs.h"

#include <stdio.h>

struct revoke {
    struct cli_job *job;
    size_t unknown; // of which no id is known
    struct bulk *bulk;
    uv_timer_t timer; // until the server may be asked again
};

struct revoke_call {
    struct revoke *revoke;
    size_t index;
};

// --- what came of it ----------------------------------------------------------------------

static void print_item(const struct bulk_item *item)
{
    if (item->state == BULK_DONE) {
        (void)printf("%s  %s  %s\n", item->sandbox_id, item->id,
                     item->result[0] != '\0' ? item->result : "deleted");
        return;
    }
    char what[2 * ID_CAP + 32];
    (void)snprintf(what, sizeof what, "access revoke-all: %s of %s", item->id, item->sandbox_id);
    cli_complain(what, &item->why);
}

static cJSON *json_list(const struct bulk *bulk)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < bulk_size(bulk); i++) {
        const struct bulk_item *item = bulk_item(bulk, i);
        cJSON *object = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(object, "sandbox_id", item->sandbox_id);
        (void)cJSON_AddStringToObject(object, "id", item->id);
        (void)cJSON_AddBoolToObject(object, "revoked", item->state == BULK_DONE);
        if (item->state == BULK_DONE)
            (void)cJSON_AddNullToObject(object, "error");
        else
            (void)cJSON_AddStringToObject(object, "error", failure_text(&item->why));
        (void)cJSON_AddItemToArray(list, object);
    }
    return list;
}

static void finish(struct revoke *revoke)
{
    struct cli_job *job = revoke->job;
    struct bulk_counts counts;
    int code = 0;
    bulk_count(revoke->bulk, &counts);
    for (size_t i = 0; code == 0 && i < bulk_size(revoke->bulk); i++)
        if (bulk_item(revoke->bulk, i)->state != BULK_DONE)
            code = status_exit_code(bulk_item(revoke->bulk, i)->why.status);
    if (revoke->unknown > 0) {
        const struct failure why = {.status = STATUS_OUTCOME_UNKNOWN};
        char what[80];
        (void)snprintf(what, sizeof what, "access revoke-all: %zu more, whose ids are not known",
                       revoke->unknown);
        cli_complain(what, &why);
        code = code == 0 ? status_exit_code(why.status) : code;
    }
    if (job->arguments.json) {
        cli_result_json(job, json_list(revoke->bulk), code);
    } else {
        (void)printf("%zu of %zu deleted\n", counts.done, counts.total);
        cli_finish(job, code);
    }
}

static void go(struct revoke *revoke);

static void on_deleted(void *ctx, const struct failure *why)
{
    struct revoke_call *call = ctx;
    struct revoke *revoke = call->revoke;
    const struct failure gone = {.status = STATUS_OK};
    bool there = why->status != STATUS_NOT_FOUND;
    if (revoke->job->finished)
        return;
    bulk_end(revoke->bulk, call->index, there ? why : &gone, there ? "" : "was gone", time_monotonic_ms());
    const struct bulk_item *item = bulk_item(revoke->bulk, call->index);
    if (item->state != BULK_WAITING && !revoke->job->arguments.json)
        print_item(item);
    go(revoke);
}

static void on_timer(uv_timer_t *timer)
{
    go(timer->data);
}

static void go(struct revoke *revoke)
{
    struct cli_job *job = revoke->job;
    size_t index = 0;
    int64_t now = time_monotonic_ms();
    if (bulk_is_over(revoke->bulk)) {
        finish(revoke);
        return;
    }
    while (bulk_take(revoke->bulk, now, &index)) {
        const struct bulk_item *item = bulk_item(revoke->bulk, index);
        struct revoke_call *call = cli_job_alloc(job, sizeof *call);
        if (call == NULL)
            return;
        *call = (struct revoke_call){revoke, index};
        service_delete(job->service, item->sandbox_id, item->id, on_deleted, call);
    }
    int64_t pause = bulk_paused_ms(revoke->bulk, now);
    uv_update_time(job->loop);
    if (pause > 0)
        (void)uv_timer_start(&revoke->timer, on_timer, (uint64_t)pause + 1, 0);
}

// --- the verb -----------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle)
{
    struct revoke *revoke = handle->data;
    bulk_free(revoke->bulk);
}

static void on_ended(struct cli_job *job)
{
    struct revoke *revoke = job->state;
    uv_close((uv_handle_t *)&revoke->timer, on_closed);
}

// Typed by hand: the number, so that nobody does it by habit.
static bool is_meant(struct cli_job *job, size_t count)
{
    char does[80], word[24];
    (void)snprintf(does, sizeof does, "deletes %zu credential%s on the server", count, count == 1 ? "" : "s");
    (void)snprintf(word, sizeof word, "%zu", count);
    return count == 0 || cli_ask_confirm(job, does, word);
}

void verb_access_revoke_all(struct cli_job *job)
{
    const struct fleet *fleet = service_fleet(job->service);
    struct revoke *revoke = cli_job_state(job, sizeof *revoke);
    if (revoke == NULL)
        return;
    revoke->job = job;
    revoke->bulk = bulk_new(BULK_DELETE, job->config.parallel);
    (void)uv_timer_init(job->loop, &revoke->timer);
    revoke->timer.data = revoke;
    job->ended = on_ended;
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        for (size_t k = 0; k < row->credential_count; k++) {
            revoke->unknown += bulk_is_out_of_reach(&row->credentials[k]) ? 1 : 0;
            if (bulk_may_still_work(&row->credentials[k], service_now(job->service)))
                bulk_add(revoke->bulk, row->sandbox.id, row->credentials[k].id);
        }
    }
    if (is_meant(job, bulk_size(revoke->bulk)))
        go(revoke);
}
