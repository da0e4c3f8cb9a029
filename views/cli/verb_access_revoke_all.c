// SPDX-License-Identifier: Apache-2.0
//
// cli_revoke: the end of every credential made here, as one command: for a leak, or for the end of a day.
// What is gone already counts as done; what could not be told to the server keeps its place in the vault.

#include "api/base/server_time.h"
#include "views/bulk/bulk.h"
#include "views/cli/cli.h"
#include "views/output/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct revoke {
    struct cli_job *job;
    size_t unknown; // of which no id is known
    struct bulk *bulk;
    uv_timer_t timer; // until the server may be asked again
};

// Its calls and its timer are on the loop until that has run out, which is after the verb's end.
static struct revoke revoking;

struct revoke_call {
    size_t index;
};

static void on_closed(uv_handle_t *handle)
{
    (void)handle;
    bulk_free(revoking.bulk);
    revoking.bulk = NULL;
}

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

static void print_json(const struct bulk *bulk)
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
    (void)json_output_print(stdout, list, true);
}

static void finish(void)
{
    struct cli_job *job = revoking.job;
    struct bulk_counts counts;
    int code = 0;
    bulk_count(revoking.bulk, &counts);
    if (job->arguments.json)
        print_json(revoking.bulk);
    else
        (void)printf("%zu of %zu deleted\n", counts.done, counts.total);
    for (size_t i = 0; code == 0 && i < bulk_size(revoking.bulk); i++)
        if (bulk_item(revoking.bulk, i)->state != BULK_DONE)
            code = status_exit_code(bulk_item(revoking.bulk, i)->why.status);
    if (revoking.unknown > 0) {
        const struct failure why = {.status = STATUS_OUTCOME_UNKNOWN};
        char what[80];
        (void)snprintf(what, sizeof what, "access revoke-all: %zu more, whose ids are not known",
                       revoking.unknown);
        cli_complain(what, &why);
        code = code == 0 ? status_exit_code(why.status) : code;
    }
    cli_finish(job, code);
}

static void go(void);

static void on_deleted(void *ctx, const struct failure *why)
{
    struct revoke_call *call = ctx;
    const struct failure gone = {.status = STATUS_OK};
    bool there = why->status != STATUS_NOT_FOUND;
    size_t index = call->index;
    free(call);
    if (revoking.job->finished)
        return;
    bulk_end(revoking.bulk, index, there ? why : &gone, there ? "" : "was gone", time_monotonic_ms());
    const struct bulk_item *item = bulk_item(revoking.bulk, index);
    if (item->state != BULK_WAITING && !revoking.job->arguments.json)
        print_item(item);
    go();
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer;
    go();
}

static void go(void)
{
    size_t index = 0;
    int64_t now = time_monotonic_ms();
    if (bulk_is_over(revoking.bulk)) {
        finish();
        return;
    }
    while (bulk_take(revoking.bulk, now, &index)) {
        const struct bulk_item *item = bulk_item(revoking.bulk, index);
        struct revoke_call *call = calloc(1, sizeof *call);
        if (call == NULL)
            abort();
        *call = (struct revoke_call){index};
        service_delete(revoking.job->service, item->sandbox_id, item->id, on_deleted, call);
    }
    int64_t pause = bulk_paused_ms(revoking.bulk, now);
    uv_update_time(revoking.job->loop);
    if (pause > 0)
        (void)uv_timer_start(&revoking.timer, on_timer, (uint64_t)pause + 1, 0);
}

// --- the question -------------------------------------------------------------------------

// Typed by hand: the number, so that nobody does it by habit.
static bool is_meant(struct cli_job *job, size_t count)
{
    char does[80], word[24];
    (void)snprintf(does, sizeof does, "deletes %zu credential%s on the server", count, count == 1 ? "" : "s");
    (void)snprintf(word, sizeof word, "%zu", count);
    return cli_is_meant(job, does, word);
}

static void end(struct cli_job *job)
{
    (void)job;
    uv_close((uv_handle_t *)&revoking.timer, on_closed);
}

void cli_access_revoke_all(struct cli_job *job)
{
    const struct fleet *fleet = service_fleet(job->service);
    size_t unknown = 0;
    struct bulk *bulk = bulk_new(BULK_DELETE, job->config.parallel);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        for (size_t k = 0; k < row->credential_count; k++) {
            unknown += bulk_is_out_of_reach(&row->credentials[k]) ? 1 : 0;
            if (bulk_may_still_work(&row->credentials[k], service_now(job->service)))
                bulk_add(bulk, row->sandbox.id, row->credentials[k].id);
        }
    }
    if (bulk_size(bulk) > 0 && !is_meant(job, bulk_size(bulk))) {
        bulk_free(bulk);
        return;
    }
    revoking.job = job;
    revoking.bulk = bulk;
    revoking.unknown = unknown;
    (void)uv_timer_init(job->loop, &revoking.timer);
    job->ended = end;
    go();
}
