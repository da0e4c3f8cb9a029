// SPDX-License-Identifier: Apache-2.0
//
// fleet_refresh: Keeps the fleet current: asks for the server's list, then reads the vault, at an interval or
// when asked to. A small fleet is asked for as a whole each time. Of a larger one the first page and what is
// looked at are asked for each time (fleet_look), and the rest is swept page by page as the budget allows
// (fleet_round).

#include "api/service/credential_service_private.h"

#include "api/base/server_clock.h"
#include "api/base/time_util.h"

enum {
    MOVING_MS = 1000,
    BACKOFF_MAX_MS = 60000,
    REREAD_MS = 60000,
    SECOND_MS = 1000,
    CLOCK_ASKS_MAX = 4, // one wrong answer, and three that agree
    MINUTE_MS = 60000,
    PAGE_SIZE = 100,
    FIRST_SIZE = 40,        // of the very first page: a screenful, which comes in one flight of packets
    SHOWN_WHOLE_MAX = 10000 // sandboxes, which are a tenth of the quota
};

// --- when ---

static bool is_anything_moving(const struct credential_service *service)
{
    struct fleet_counts counts;
    fleet_count_all(service->fleet, service_now(service), &counts);
    for (enum sandbox_state state = 0; state < SANDBOX_STATE_COUNT; state++)
        if (service_is_moving(state) && counts.by_state[state] > 0)
            return true;
    return false;
}

static void begin_refresh(struct credential_service *service);
static void round_ended(struct credential_service *service, const struct failure *why);

static void on_refresh_timer(uv_timer_t *timer)
{
    begin_refresh(timer->data);
}

static void schedule(struct credential_service *service)
{
    int64_t wait = service->interval_ms;
    if (service->interval_ms == 0 || service->closing)
        return;
    if (wait > MOVING_MS && is_anything_moving(service))
        wait = MOVING_MS;
    service->wait_ms = wait;
    if (service->failures > 0)
        wait = (int64_t)service->interval_ms << (service->failures < 5 ? service->failures : 5);
    if (wait > BACKOFF_MAX_MS && wait > service->interval_ms)
        wait = service->interval_ms > BACKOFF_MAX_MS ? service->interval_ms : BACKOFF_MAX_MS;
    // At a whole second of the server's clock, when what counts down wakes us anyway.
    if (wait >= 2 * SECOND_MS)
        wait -= (service_now(service) + wait) % SECOND_MS - 1;
    service_start_timer(service, TIMER_REFRESH, on_refresh_timer, wait);
}

void service_refresh_soon(struct credential_service *service)
{
    if (service->interval_ms > 0 && !service->refreshing && !service->closing)
        service_start_timer(service, TIMER_REFRESH, on_refresh_timer, MOVING_MS / 2);
}

void service_set_interval(struct credential_service *service, int interval_ms)
{
    if (service->closing)
        return;
    service->interval_ms = interval_ms;
    service->wait_ms = interval_ms;
    service_stop_timer(service, TIMER_REFRESH);
    if (interval_ms == 0) {
        service_unwatch_vault(service);
        if (service->round.urgency == HTTP_SWEEP)
            service_round_abandon(service);
    } else if (!service->refreshing) {
        schedule(service);
        if (service->refreshed_at > 0)
            service_watch_vault(service);
    }
}

// --- the end of one ---

void service_end_waiting(struct credential_service *service, const struct failure *why)
{
    struct operation *waiting = service->waiting, *next = NULL;
    service->waiting = NULL;
    for (struct operation *op = waiting; op != NULL; op = next) {
        next = op->next;
        op->link = NULL; // of no list any more: a callback may begin the next refresh
        operation_end(op, why);
    }
}

// Who waits for all of it gets that, also where a look at a part was under way.
static bool wants_whole(const struct credential_service *service)
{
    for (const struct operation *op = service->waiting; op != NULL; op = op->next)
        if (!op->refresh_shown)
            return true;
    return false;
}

// What the first pages don't have is swept: begun when the list is in order, at most once an interval.
static void sweep(struct credential_service *service)
{
    if (service->interval_ms == 0 || service->closing || service->last.status != STATUS_OK ||
        service->look.only)
        return;
    if (service->round.running)
        service_round_resume(service);
    else if (!fleet_is_complete(service->fleet) || service->swept_at == 0 ||
             (!service->whole && time_monotonic_ms() - service->swept_at >= service->interval_ms))
        service_round_begin(service, HTTP_SWEEP, round_ended);
}

static void refresh_done(struct credential_service *service)
{
    service->refreshing = false;
    service->last = service->list_failure;
    service->failures = service->last.status == STATUS_OK ? 0 : service->failures + 1;
    service_changed(service);
    service_watch_vault(service);
    service_retry_unsaved(service);
    service_log_refresh(service);
    service_log_retry(service);
    service_prune(service);
    service_sight_labels(service);
    schedule(service);
    sweep(service);
    if (service->last.status != STATUS_OK && service->failures == 1)
        service_trouble(service, &service->last);
    if (!service->whole && service->last.status == STATUS_OK && wants_whole(service)) {
        begin_refresh(service);
        return;
    }
    struct failure why = service->last;
    service_end_waiting(service, &why); // last: a callback may free the service
}

static void after_refresh_list(struct operation *op)
{
    struct credential_service *service = op->service;
    service_after_read(op);
    if (!service->closing)
        refresh_done(service);
}

// --- one refresh ---

// The watched folder shows others' writes, so that a refresh need not look each time; but not every file
// system does that. Somebody who waits for the refresh gets the whole truth.
static bool vault_is_fresh(const struct credential_service *service)
{
    return service->watching && service->waiting == NULL && service->vault_failure.status == STATUS_OK &&
           service->vault_read_at > 0 && time_monotonic_ms() - service->vault_read_at < REREAD_MS;
}

// The vault is read after the page has come, not meanwhile: what is written while the server thinks would be
// overwritten by the older reading, and by now the server's clock is known, by which the verdicts are judged.
static void read_vault(struct credential_service *service)
{
    if (service->list_failure.status == STATUS_OK && vault_is_fresh(service)) {
        service_look_for_tools(service); // one that was killed has told nobody
        refresh_done(service);
        return;
    }
    struct operation *op = operation_new_own(service, OPERATION_READ_VAULT, 0);
    operation_queue(op, service_run_read, after_refresh_list);
}

static void check_clock(struct credential_service *service);

static void on_more(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    struct credential_service *service = ctx;
    (void)page; // its Date is what it was asked for
    if (why->status != STATUS_CANCELLED && !service->closing)
        check_clock(service);
}

// Asks for more answers when the first ones and our own clock say different times: one of the two is wrong,
// and a run that asks once must not show by a wrong clock what has ended. Where both say the same, nothing is
// asked.
static void check_clock(struct credential_service *service)
{
    static const struct leap0_query least = {.page = 1, .page_size = 1};
    if (!server_clock_is_in_doubt(leap0_clock(service->client)) || service->clock_asks++ >= CLOCK_ASKS_MAX ||
        leap0_sandboxes(service->client, &least, on_more, service) == NULL)
        read_vault(service);
}

static void list_done(struct credential_service *service, const struct failure *why)
{
    service->list_failure = *why;
    if (why->status != STATUS_OK) {
        read_vault(service);
        return;
    }
    service->refreshed_at = time_monotonic_ms();
    service->clock_asks = 0;
    check_clock(service);
}

static void round_ended(struct credential_service *service, const struct failure *why)
{
    if (service->refreshing && service->whole)
        list_done(service, why);
    else
        service_changed(service);
}

static void look_ended(struct credential_service *service)
{
    const struct failure why = service->look.why;
    list_done(service, &why);
}

static void after_unstarted(struct operation *op)
{
    struct credential_service *service = op->service;
    (void)fail(&service->list_failure, STATUS_NO_MEMORY, "no memory for a request");
    operation_end(op, &service_fine);
    if (!service->closing)
        refresh_done(service);
}

// Opens the vault, if that is not done, so that its trouble is known while the server thinks.
static enum status run_nothing(struct operation *op, struct vault *vault)
{
    (void)op;
    (void)vault;
    return STATUS_OK;
}

// Whether so many pages at each interval leave half of the share to other things.
static bool is_affordable(const struct credential_service *service)
{
    struct leap0_health wire;
    int64_t pages = ((int64_t)service->total + PAGE_SIZE - 1) / PAGE_SIZE;
    int64_t wait = service->wait_ms > 0 ? service->wait_ms : SECOND_MS;
    leap0_health(service->client, &wire);
    return pages <= 1 || pages * 2 * MINUTE_MS <= wire.background_share * wait;
}

// What a person asked for to be shown is all of it where that is little of the quota.
static bool asks_for_all(const struct credential_service *service)
{
    if (wants_whole(service))
        return true;
    if (service->waiting != NULL)
        return service->total > 0 && service->total <= SHOWN_WHOLE_MAX;
    return fleet_is_complete(service->fleet) && is_affordable(service);
}

static void begin_refresh(struct credential_service *service)
{
    bool first = service->refreshed_at == 0;
    bool person = service->waiting != NULL || first;
    service->refreshing = true;
    service->whole = asks_for_all(service);
    service_stop_timer(service, TIMER_REFRESH);
    if (service->whole) {
        service_round_begin(service, person ? HTTP_PERSON : HTTP_BACKGROUND, round_ended);
    } else {
        if (service->waiting != NULL && service->round.running)
            service_round_begin(service, HTTP_SWEEP, round_ended); // anew, as of now
        bool small = first && service->waiting == NULL; // who waits for it gets as much as one call gives
        service_look_begin(service, person ? HTTP_PERSON : HTTP_BACKGROUND, small ? FIRST_SIZE : 0,
                           look_ended);
        if (service->look.why.status != STATUS_OK)
            operation_queue(operation_new_own(service, OPERATION_VAULT, 0), NULL, after_unstarted);
    }
    if (first)
        operation_queue(operation_new_own(service, OPERATION_VAULT, 0), run_nothing, NULL);
}

// What is under way is a person's now.
static void hurry(struct credential_service *service)
{
    if (service->whole)
        service->round.urgency = HTTP_PERSON;
    leap0_hurry(service->client);
}

static void ask(struct credential_service *service, bool shown, service_done_cb *cb, void *ctx)
{
    if (cb != NULL || service->closing) {
        struct operation *op = operation_new(service, OPERATION_REFRESH, "", NULL, ctx);
        op->cb.done = cb;
        op->refresh_shown = shown;
        if (service->closing) {
            operation_refuse(op, &service_cancelled);
            return;
        }
        operation_move(op, &service->waiting);
    }
    if (!service->refreshing)
        begin_refresh(service);
    else if (cb != NULL)
        hurry(service);
}

void service_refresh(struct credential_service *service, service_done_cb *cb, void *ctx)
{
    ask(service, false, cb, ctx);
}

void service_refresh_shown(struct credential_service *service, service_done_cb *cb, void *ctx)
{
    ask(service, true, cb, ctx);
}

void service_network_changed(struct credential_service *service)
{
    leap0_network_changed(service->client);
    service_refresh(service, NULL, NULL);
}
