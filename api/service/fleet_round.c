// SPDX-License-Identifier: Apache-2.0
//
// fleet_round: Asks for all pages of the list, a few at a time, and joins them by id. The list changes
// meanwhile: one that goes moves those behind it onto a page that was read already, so that pages are read
// again when the total has dropped; a new one moves some onto the next page, where they are seen twice. The
// server's total is only a hint: pages are read on while it promises more and they bring any, and when fewer
// came than it says, they are read once more.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdlib.h>

enum {
    PAGE_SIZE = 100,
    PAGES_MAX = 10000,
    PAGES_AT_ONCE = SERVICE_PAGES_AT_ONCE,
    PASSES_MAX = 2,
    BARREN_MAX = 4, // pages with nothing new behind all that had any: the list has no more, whatever it says
    STEPS_BACK_MAX = 50, // a total that drops with every answer is nonsense
    MINUTE_MS = 60000,
    CLOCK_ERROR_MS = 2000 // of what is taken for the server's
};

struct page_call {
    struct credential_service *service;
    unsigned serial;
    int page;
    bool again; // it has failed before
    int64_t asked_at;
};

static void go_on(struct credential_service *service);

// --- asking ---

static void on_page(void *ctx, const struct failure *why, const struct leap0_page *page);

static bool ask(struct credential_service *service, int number, bool again)
{
    struct page_call *call = calloc(1, sizeof *call);
    const struct leap0_query query = {.page = number,
                                      .page_size = PAGE_SIZE,
                                      .urgency = service->round.urgency,
                                      .is_known = fleet_knows_item,
                                      .known_ctx = service->fleet};
    if (call == NULL)
        return false;
    call->service = service;
    call->serial = service->round.serial;
    call->page = number;
    call->again = again;
    call->asked_at = time_monotonic_ms();
    if (leap0_sandboxes(service->client, &query, on_page, call) != NULL)
        return true;
    free(call);
    return false;
}

static void on_sweep_timer(uv_timer_t *timer)
{
    go_on(timer->data);
}

// When the next page may be asked for. The first sweep takes what the budget gives, as its rows are not on
// the screen yet; later ones take half of the share, evenly, and leave the rest to what is looked at.
static int64_t sweep_at(struct credential_service *service)
{
    struct fleet_round *round = &service->round;
    int64_t free_at = leap0_free_at(service->client, HTTP_SWEEP);
    if (!fleet_is_complete(service->fleet))
        return free_at;
    return free_at > round->pace_at ? free_at : round->pace_at;
}

static int64_t sweep_pace(const struct credential_service *service)
{
    struct leap0_health wire;
    leap0_health(service->client, &wire);
    return MINUTE_MS * 2 / wire.background_share;
}

static bool wants_a_page(const struct fleet_round *round)
{
    return round->running && !round->paused && !round->ended && round->why.status == STATUS_OK &&
           round->under_way < PAGES_AT_ONCE && (round->failed > 0 || round->next <= round->last);
}

// Those that failed first.
static int take_next(struct fleet_round *round, bool *again)
{
    *again = round->failed > 0;
    if (*again)
        return round->again[--round->failed];
    round->highest = round->next > round->highest ? round->next : round->highest;
    return round->next++;
}

static void ask_for_pages(struct credential_service *service)
{
    struct fleet_round *round = &service->round;
    while (wants_a_page(round)) {
        bool sweep = round->urgency == HTTP_SWEEP;
        int64_t now = time_monotonic_ms(), at = sweep ? sweep_at(service) : 0;
        if (at > now) {
            service_start_timer(service, TIMER_SWEEP, on_sweep_timer, at - now);
            return;
        }
        bool again = false;
        int page = take_next(round, &again);
        if (!ask(service, page, again)) {
            (void)fail(&round->why, STATUS_NO_MEMORY, "no memory for a request");
            return;
        }
        round->under_way++;
        if (sweep)
            round->pace_at = now + sweep_pace(service);
    }
}

// --- the end ---

static bool is_complete(const struct credential_service *service)
{
    const struct fleet_round *round = &service->round;
    if (round->left_out || round->failed > 0)
        return false;
    if (!round->has_total)
        return !round->stuck;
    return fleet_round_count(service->fleet) + round->malformed >= round->total;
}

// Fewer came than the server says there are: further pages, where the last one had some (a server may give
// fewer on a page than it is asked for), or all of them once more. False: that was all.
static bool tries_further(struct credential_service *service)
{
    struct fleet_round *round = &service->round;
    bool sweep = round->urgency == HTTP_SWEEP;
    if (is_complete(service) || round->why.status != STATUS_OK)
        return false;
    if (round->passes == 1 && round->has_total && round->last_new > 0 && round->highest < PAGES_MAX) {
        round->last = round->next = round->highest + 1;
        round->ended = false;
        return true;
    }
    if (sweep || round->passes >= PASSES_MAX) // what a sweep has missed, the next one finds
        return false;
    round->passes++;
    round->last = round->highest;
    round->next = 1;
    round->barren = 0;
    round->ended = round->stuck = false;
    round->malformed = 0;
    return true;
}

void service_round_asked(struct credential_service *service, int64_t asked_ms)
{
    const int64_t ago = time_monotonic_ms() - asked_ms;
    if (service->interval_ms <= 0) // whoever asks once takes the list as it is
        return;
    fleet_round_asked(service->fleet, service_now(service) - ago - CLOCK_ERROR_MS);
}

static void end(struct credential_service *service)
{
    struct fleet_round *round = &service->round;
    struct failure why = round->why;
    round->running = false;
    if (why.status == STATUS_OK) {
        service_round_asked(service, round->begun_at);
        fleet_end_round(service->fleet, is_complete(service));
        service->swept_at = time_monotonic_ms();
        service->total = round->has_total ? round->total : fleet_round_count(service->fleet);
    }
    round->told(service, &why);
}

static void go_on(struct credential_service *service)
{
    struct fleet_round *round = &service->round;
    ask_for_pages(service);
    if (!round->running || round->under_way > 0 || round->paused || wants_a_page(round))
        return;
    if (tries_further(service))
        go_on(service);
    else
        end(service);
}

// --- an answer ---

// A total that has dropped says that some were moved onto pages that were read already.
static void step_back(struct fleet_round *round, size_t total)
{
    size_t pages = total < round->total ? (round->total - total + PAGE_SIZE - 1) / PAGE_SIZE : 0;
    if (!round->has_total || pages == 0 || round->steps_back >= STEPS_BACK_MAX)
        return;
    round->steps_back++;
    round->next = (size_t)round->next > pages + 1 ? round->next - (int)pages : 1;
}

// Behind the last page that brought any, an empty one is the end, and so are several of what is known.
static void note_barren(struct fleet_round *round, int page, size_t items, size_t fresh)
{
    if (fresh > 0) {
        round->barren = 0;
        round->fertile = page > round->fertile ? page : round->fertile;
    } else if (page > round->fertile && page > 1) {
        round->barren += items > 0 ? 1 : BARREN_MAX;
    }
    round->ended = round->ended || round->barren >= BARREN_MAX;
}

static void take(struct credential_service *service, const struct page_call *call,
                 const struct leap0_page *page)
{
    struct fleet_round *round = &service->round;
    size_t before = fleet_round_named(service->fleet);
    enum status status = fleet_take_page(service->fleet, page, call->asked_at);
    if (status != STATUS_OK) {
        (void)fail(&round->why, status, "no memory for the list of sandboxes");
        return;
    }
    size_t fresh = fleet_round_named(service->fleet) - before;
    size_t items = page->count + page->known_count + page->malformed;
    bool full = items >= PAGE_SIZE, is_highest = call->page == round->highest;
    round->malformed += page->malformed;
    if (is_highest)
        round->last_new = fresh;
    // A full page that is beyond what the total has room for says that it is wrong.
    bool has_total = page->has_total && (!full || (size_t)call->page * PAGE_SIZE <= page->total);
    if (has_total) {
        size_t pages = (page->total + PAGE_SIZE - 1) / PAGE_SIZE;
        step_back(round, page->total);
        round->total = service->total = page->total;
        round->last = pages < PAGES_MAX ? (int)pages : PAGES_MAX;
        note_barren(round, call->page, items, fresh + page->malformed);
        // Read once more, it need not go further than what was missing.
        round->ended = round->ended || (round->passes > 1 && is_complete(service));
    } else {
        // Without a total, a page that is full of what is known already says nothing of an end.
        round->stuck = full && (fresh == 0 || call->page == PAGES_MAX);
        if (full && !round->stuck && round->last <= call->page)
            round->last = call->page + 1;
        else if (!full || round->stuck)
            round->ended = true;
    }
    round->has_total = has_total;
}

// The sweep waits until the server answers, then asks for that page once more, and if that fails too, goes on
// without it: the rest of the list is not to wait for one page.
static void note_failure(struct fleet_round *round, const struct page_call *call)
{
    if (call->again || round->failed == PAGES_AT_ONCE) {
        round->left_out = true;
        return;
    }
    round->again[round->failed++] = call->page;
    round->paused = true;
}

static void on_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    const struct page_call call = *(struct page_call *)ctx;
    struct credential_service *service = call.service;
    struct fleet_round *round = &service->round;
    free(ctx);
    if (service->closing || !round->running || call.serial != round->serial)
        return;
    round->under_way--;
    if (why->status == STATUS_OK) {
        take(service, &call, page);
        service_changed(service);
    } else if (round->urgency == HTTP_SWEEP) {
        note_failure(round, &call);
    } else if (round->why.status == STATUS_OK) {
        round->why = *why;
    }
    go_on(service);
}

// --- the round ---

// Without the callback from inside: an end that is due at once comes with the loop's next turn.
static void begin_soon(struct credential_service *service)
{
    service_start_timer(service, TIMER_SWEEP, on_sweep_timer, 0);
}

void service_round_begin(struct credential_service *service, enum http_urgency urgency,
                         void (*ended)(struct credential_service *service, const struct failure *why))
{
    struct fleet_round *round = &service->round;
    const struct fleet_round begun = {.running = true,
                                      .serial = round->serial + 1,
                                      .begun_at = time_monotonic_ms(),
                                      .urgency = urgency,
                                      .next = 1,
                                      .last = 1,
                                      .passes = 1,
                                      .pace_at = round->pace_at,
                                      .told = ended};
    *round = begun;
    service_stop_timer(service, TIMER_SWEEP);
    fleet_begin_round(service->fleet);
    ask_for_pages(service);
    if (round->why.status != STATUS_OK)
        begin_soon(service);
}

void service_round_resume(struct credential_service *service)
{
    if (!service->round.running || !service->round.paused)
        return;
    service->round.paused = false;
    begin_soon(service);
}

void service_round_abandon(struct credential_service *service)
{
    service->round.running = false;
    service->round.serial++;
    service_stop_timer(service, TIMER_SWEEP);
}
