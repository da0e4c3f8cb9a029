// SPDX-License-Identifier: Apache-2.0
//
// fleet_state_look: Asks the server for the sandboxes in one state, while a large fleet is filtered by it:
// few pages bring what is shown, where the sweep would take minutes. What the pages name is as they say; what
// they don't name stays as it is.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdlib.h>

enum { PAGE = 100, BY_HAND = 5 /* pages at once when a person filters */ };

static const char *const names[] = {
#define X(name) #name,
    SANDBOX_STATE_TABLE(X)
#undef X
};

struct state_call {
    struct credential_service *service;
    enum sandbox_state state;
    enum http_urgency urgency;
    int64_t asked_at;
};

static void ask(struct credential_service *service, enum http_urgency urgency);

static void take(struct credential_service *service, const struct state_call *call,
                 const struct leap0_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct fleet_row *row = fleet_find(service->fleet, page->sandboxes[i].id);
        if (row == NULL || row->fresh_ms < call->asked_at) // else something newer has been told since
            (void)fleet_take_sandbox(service->fleet, &page->sandboxes[i], call->asked_at);
    }
}

static void on_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    const struct state_call call = *(struct state_call *)ctx;
    struct credential_service *service = call.service;
    struct state_look *look = &service->state_look;
    free(ctx);
    if (service->closing)
        return;
    look->under_way = false;
    if (why->status == STATUS_OK)
        take(service, &call, page);
    if (look->state != call.state) { // another one meanwhile
        ask(service, HTTP_PERSON);
        return;
    }
    bool more = why->status == STATUS_OK && page->has_total && (size_t)look->page * PAGE < page->total;
    look->page = more ? look->page + 1 : 1;
    service_changed(service);
    if (more && call.urgency == HTTP_PERSON && look->page <= BY_HAND)
        ask(service, HTTP_PERSON);
}

static void ask(struct credential_service *service, enum http_urgency urgency)
{
    struct state_look *look = &service->state_look;
    if (look->under_way || look->state >= SANDBOX_other || service->closing)
        return;
    struct state_call *call = calloc(1, sizeof *call);
    if (call == NULL)
        return;
    *call = (struct state_call){service, look->state, urgency, time_monotonic_ms()};
    const struct leap0_query query = {
        .state = names[look->state], .page = look->page, .page_size = PAGE, .urgency = urgency};
    look->under_way = leap0_sandboxes(service->client, &query, on_page, call) != NULL;
    if (!look->under_way)
        free(call);
}

void service_watch_state(struct credential_service *service, enum sandbox_state state)
{
    struct state_look *look = &service->state_look;
    if (look->state == state && look->begun)
        return;
    look->begun = true;
    look->state = state;
    look->page = 1;
    // Of a small fleet all is asked for each time.
    if (!service->whole && service->total > PAGE)
        ask(service, HTTP_PERSON);
}

void service_state_look(struct credential_service *service)
{
    if (service->state_look.begun)
        ask(service, HTTP_BACKGROUND);
}
