// SPDX-License-Identifier: Apache-2.0
//
// fleet_look: Keeps fresh what is looked at in a fleet that is too large to be asked for as a whole each
// time: the first page, where new sandboxes come, and of what is watched or in transition the rows that are
// not fresh, one by one or by the page that has several of them, the oldest first.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FULL_PAGE = 100,
    MINUTE_MS = 60000,
    LOOK_PERCENT = 60, // of the share: the rest is for the sweep
    HUNDRED = 100,
    ASKED_BY_HAND = 100 // questions of a look that a person asked for
};

bool service_is_moving(enum sandbox_state state)
{
    return state == SANDBOX_starting || state == SANDBOX_snapshotting || state == SANDBOX_unpausing ||
           state == SANDBOX_stopping || state == SANDBOX_deleting;
}

void service_watch(struct credential_service *service, const char *const *sandbox_ids, size_t count)
{
    struct fleet_look *look = &service->look;
    if (count > SERVICE_WATCH_MAX)
        count = SERVICE_WATCH_MAX;
    if (service->closing)
        return;
    if (look->watched == NULL)
        look->watched = calloc(SERVICE_WATCH_MAX, sizeof *look->watched);
    if (look->watched == NULL)
        abort();
    look->count = 0;
    for (size_t i = 0; i < count; i++)
        (void)snprintf(look->watched[look->count++], ID_CAP, "%s", sandbox_ids[i]);
}

void service_watch_only(struct credential_service *service, const char *sandbox_id)
{
    service_watch(service, &sandbox_id, 1);
    service->look.only = true;
}

// --- what is due ---

struct due {
    const struct fleet_row *row;
    int64_t fresh_ms;
};

struct due_list {
    struct due *list;
    size_t count, room;
    int64_t before; // what was told since is fresh
};

static void add_due(struct due_list *due, const struct fleet_row *row)
{
    if (row == NULL || row->gone || row->sandbox.id_malformed || row->fresh_ms >= due->before ||
        due->count == due->room)
        return;
    for (size_t i = 0; i < due->count; i++)
        if (due->list[i].row == row)
            return;
    due->list[due->count++] = (struct due){row, row->fresh_ms};
}

static int oldest_first(const void *a, const void *b)
{
    const struct due *left = a, *right = b;
    return (left->fresh_ms > right->fresh_ms) - (left->fresh_ms < right->fresh_ms);
}

static void add_moving(const struct credential_service *service, struct due_list *due)
{
    struct fleet_counts counts;
    size_t moving = 0;
    fleet_count_all(service->fleet, service_now(service), &counts);
    for (enum sandbox_state state = 0; state < SANDBOX_STATE_COUNT; state++)
        moving += service_is_moving(state) ? counts.by_state[state] : 0;
    for (size_t i = 0; moving > 0 && i < fleet_count(service->fleet); i++) {
        const struct fleet_row *row = fleet_row(service->fleet, i);
        if (!service_is_moving(row->sandbox.state))
            continue;
        moving--;
        add_due(due, row);
    }
}

// What the last round over all pages has missed may be gone.
static void add_missed(const struct credential_service *service, struct due_list *due)
{
    size_t missed = fleet_missed_count(service->fleet);
    for (size_t i = 0; missed > 0 && i < fleet_count(service->fleet); i++) {
        const struct fleet_row *row = fleet_row(service->fleet, i);
        if (!row->missed)
            continue;
        missed--;
        add_due(due, row);
    }
}

// --- asking ---

struct look_call {
    struct credential_service *service;
    char sandbox_id[ID_CAP]; // "": a page
    int page;
    int64_t asked_at;
};

static struct look_call *new_call(struct credential_service *service, const char *sandbox_id, int page)
{
    struct look_call *call = calloc(1, sizeof *call);
    if (call == NULL)
        return NULL;
    call->service = service;
    call->page = page;
    call->asked_at = time_monotonic_ms();
    (void)snprintf(call->sandbox_id, sizeof call->sandbox_id, "%s", sandbox_id);
    return call;
}

static void answered(struct credential_service *service)
{
    if (--service->look.under_way == 0)
        service->look.ended(service);
}

// A list of one page is all there is.
static void take_page(struct credential_service *service, const struct look_call *call,
                      const struct leap0_page *page)
{
    size_t items = page->count + page->known_count + page->malformed;
    bool whole = call->page == 1 && page->has_total && items >= page->total && !service->round.running;
    if (!whole) {
        (void)fleet_take_look(service->fleet, page, call->asked_at);
    } else {
        fleet_begin_round(service->fleet);
        bool taken = fleet_take_page(service->fleet, page, call->asked_at) == STATUS_OK;
        service_round_asked(service, call->asked_at);
        fleet_end_round(service->fleet, taken);
        service->swept_at = call->asked_at;
    }
    if (page->has_total)
        service->total = page->total;
    size_t at =
        service->look.next_answered++ % (sizeof service->look.answered / sizeof service->look.answered[0]);
    service->look.answered[at].page = call->page;
    service->look.answered[at].asked_at = call->asked_at;
}

// The page that the row was last on has come since, and without it: it has shifted.
static bool is_elsewhere(const struct credential_service *service, const struct fleet_row *row, int page)
{
    const struct fleet_look *look = &service->look;
    for (size_t i = 0; i < sizeof look->answered / sizeof look->answered[0]; i++)
        if (look->answered[i].page == page && look->answered[i].asked_at > row->fresh_ms)
            return true;
    return false;
}

static void on_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    const struct look_call call = *(struct look_call *)ctx;
    struct credential_service *service = call.service;
    free(ctx);
    if (service->closing)
        return;
    if (why->status == STATUS_OK)
        take_page(service, &call, page);
    if (call.page == 1)
        service->look.why = *why;
    answered(service);
}

static void on_sandbox(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    const struct look_call call = *(struct look_call *)ctx;
    struct credential_service *service = call.service;
    free(ctx);
    if (service->closing)
        return;
    if (why->status == STATUS_OK)
        (void)fleet_take_sandbox(service->fleet, sandbox, call.asked_at);
    else if (failure_is_absence(why))
        fleet_drop_sandbox(service->fleet, call.sandbox_id);
    answered(service);
}

static bool ask_page(struct credential_service *service, enum http_urgency urgency, int page, int size)
{
    struct look_call *call = new_call(service, "", page);
    const struct leap0_query query = {.page = page,
                                      .page_size = size,
                                      .urgency = urgency,
                                      .is_known = fleet_knows_item,
                                      .known_ctx = service->fleet};
    bool asked = call != NULL && leap0_sandboxes(service->client, &query, on_page, call) != NULL;
    if (!asked)
        free(call);
    service->look.under_way += asked;
    return asked;
}

static void ask_one(struct credential_service *service, enum http_urgency urgency, const char *sandbox_id)
{
    struct look_call *call = new_call(service, sandbox_id, 0);
    bool asked = call != NULL &&
                 leap0_sandbox_quietly(service->client, urgency, call->sandbox_id, on_sandbox, call) != NULL;
    if (!asked)
        free(call);
    service->look.under_way += asked;
}

static size_t most_questions(const struct credential_service *service, enum http_urgency urgency)
{
    struct leap0_health wire;
    if (urgency == HTTP_PERSON)
        return ASKED_BY_HAND;
    leap0_health(service->client, &wire);
    int64_t most = (int64_t)wire.background_share * LOOK_PERCENT / HUNDRED * service->wait_ms / MINUTE_MS;
    return most > 1 ? (size_t)most - 1 : 1; // the first page is one of them
}

// By its page where that has several of them; those are then no longer due. False: nothing was to be asked.
static bool ask_for_row(struct credential_service *service, enum http_urgency urgency, struct due_list *due,
                        size_t index)
{
    const struct fleet_row *row = due->list[index].row;
    int page = row != NULL && !row->missed ? fleet_page_of(row) : 0;
    size_t same = 0;
    if (row != NULL && page > 0 && is_elsewhere(service, row, page))
        page = 0;
    if (row == NULL || page == 1) // the first page is asked for anyway
        return false;
    for (size_t i = index; page > 0 && i < due->count; i++)
        same += due->list[i].row != NULL && fleet_page_of(due->list[i].row) == page;
    if (same < 2) {
        ask_one(service, urgency, row->sandbox.id);
        return true;
    }
    for (size_t i = index + 1; i < due->count; i++)
        if (due->list[i].row != NULL && fleet_page_of(due->list[i].row) == page)
            due->list[i].row = NULL;
    (void)ask_page(service, urgency, page, FULL_PAGE);
    return true;
}

static void ask_for_due(struct credential_service *service, enum http_urgency urgency)
{
    struct fleet_look *look = &service->look;
    int64_t now = time_monotonic_ms();
    struct due_list due = {.room = SERVICE_WATCH_MAX,
                           .before = urgency == HTTP_PERSON ? now : now - service->wait_ms / 2};
    size_t most = most_questions(service, urgency);
    due.list = calloc(due.room, sizeof *due.list);
    if (due.list == NULL)
        return;
    for (size_t i = 0; i < look->count; i++)
        add_due(&due, fleet_find(service->fleet, look->watched[i]));
    add_moving(service, &due);
    add_missed(service, &due);
    qsort(due.list, due.count, sizeof *due.list, oldest_first);
    for (size_t i = 0; i < due.count && most > 0; i++)
        most -= ask_for_row(service, urgency, &due, i);
    free(due.list);
}

void service_look_begin(struct credential_service *service, enum http_urgency urgency, int first_size,
                        void (*ended)(struct credential_service *service))
{
    struct fleet_look *look = &service->look;
    look->why = (struct failure){.status = STATUS_OK};
    look->under_way = 0;
    look->ended = ended;
    if (!ask_page(service, urgency, 1, first_size > 0 ? first_size : FULL_PAGE))
        (void)fail(&look->why, STATUS_NO_MEMORY, "no memory for a request");
    else if (first_size == 0) {
        ask_for_due(service, urgency);
        service_state_look(service);
    }
}
