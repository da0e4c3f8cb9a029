// SPDX-License-Identifier: Apache-2.0
//
// refresh_one: Asks about one sandbox that was named by its whole id or name. Of a large fleet all of the
// list may take all that the organization may ask in a minute, so that nothing would be left for what is to
// be done with the one.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ONE_PAGE = 100 };

struct looking {
    struct credential_service *service;
    service_done_cb *cb;
    void *ctx;
    int64_t asked_at;
    char text[ID_CAP];
};

static void end(struct looking *looking, const struct failure *why)
{
    const struct looking last = *looking;
    free(looking);
    last.cb(last.ctx, why);
}

static void on_all(void *ctx, const struct failure *why)
{
    end(ctx, why);
}

static void on_one(void *ctx, const struct failure *why)
{
    struct looking *looking = ctx;
    if (why->status == STATUS_OK || why->status == STATUS_CANCELLED)
        end(looking, why);
    else // it may be the beginning of an id, or gone: the list tells
        service_refresh(looking->service, on_all, looking);
}

static const char *id_of(const struct looking *looking)
{
    const struct fleet *fleet = looking->service->fleet;
    const char *named = label_map_named(fleet_labels(fleet), looking->text);
    return named != NULL && fleet_find(fleet, looking->text) == NULL ? named : looking->text;
}

static void on_first_page(void *ctx, const struct failure *why)
{
    struct looking *looking = ctx;
    const char *id = id_of(looking);
    const struct fleet_row *row = fleet_find(looking->service->fleet, id);
    bool has_it = row != NULL && row->fresh_ms >= looking->asked_at;
    if (why->status != STATUS_OK || has_it || looking->service->total <= ONE_PAGE)
        end(looking, why);
    else if (id_is_valid(id))
        service_detail(looking->service, id, on_one, looking);
    else
        service_refresh(looking->service, on_all, looking);
}

void service_refresh_one(struct credential_service *service, const char *text, service_done_cb *cb, void *ctx)
{
    struct looking *looking = strlen(text) < ID_CAP ? calloc(1, sizeof *looking) : NULL;
    if (looking == NULL) {
        service_refresh(service, cb, ctx);
        return;
    }
    *looking = (struct looking){service, cb, ctx, time_monotonic_ms(), ""};
    (void)snprintf(looking->text, sizeof looking->text, "%s", text);
    // From an earlier answer it is known that the fleet is large.
    if (service->refreshed_at > 0 && service->total > ONE_PAGE && id_is_valid(id_of(looking)))
        service_detail(service, id_of(looking), on_one, looking);
    else
        service_refresh_shown(service, on_first_page, looking);
}
