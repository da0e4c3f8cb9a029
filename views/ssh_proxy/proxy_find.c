// SPDX-License-Identifier: Apache-2.0
//
// proxy_find: From the name to a sandbox that runs. What the vault knows is tried first, without asking the
// server; its list is asked for where that does not do.

#include "api/base/time_util.h"
#include "views/ssh_proxy/proxy_name.h"
#include "views/ssh_proxy/proxy_private.h"

#include <stdio.h>
#include <string.h>

static void look_at(struct ssh_proxy *proxy);

// --- it runs ------------------------------------------------------------------------------

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct ssh_proxy *proxy = ctx;
    (void)credential; // what came of it is in the fleet
    if (proxy->over)
        return;
    if (why->status != STATUS_OK && !failure_is_absence(why))
        proxy_refuse(proxy, &proxy->failed, NULL); // which says more
    else
        proxy->steps->runs(proxy);
}

// A credential that the sandbox has refused is asked about before it is used again or replaced.
static void go_on(struct ssh_proxy *proxy)
{
    proxy->waits_for_state = false;
    service_set_interval(proxy->service, 0);
    if (proxy->sign_in_refused && !proxy->validated) {
        proxy->validated = true;
        proxy->doing = "asking about the credential";
        service_validate(proxy->service, proxy->sandbox_id, proxy->used.id, on_validated, proxy);
    } else {
        proxy->steps->runs(proxy);
    }
}

// --- it does not run ----------------------------------------------------------------------

static void refuse_state(struct ssh_proxy *proxy, const char *state)
{
    struct failure why = {.status = STATUS_OK};
    (void)advise(&why, fail(&why, STATUS_CONFLICT, "%s is %s", proxy->sandbox_id, state), "see sbxdeck ls");
    proxy_refuse(proxy, &why, NULL);
}

static void wait_for_state(struct ssh_proxy *proxy, const char *doing)
{
    proxy->doing = doing;
    proxy->waits_for_state = true;
    service_watch_only(proxy->service, proxy->sandbox_id);
    service_set_interval(proxy->service, PROXY_LOOK_MS);
}

void proxy_fleet_changed(struct ssh_proxy *proxy)
{
    if (!proxy->over && !proxy->refused && proxy->waits_for_state)
        look_at(proxy);
}

static void on_moved(void *ctx, const struct failure *why)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->over || proxy->refused)
        return;
    const struct fleet_row *row = fleet_find(service_fleet(proxy->service), proxy->sandbox_id);
    // A server that does not know the call may wake it at the connection.
    bool still_paused = row != NULL && !row->gone && row->sandbox.state == SANDBOX_paused;
    if (why->status == STATUS_OK || (why->status == STATUS_NOT_FOUND && still_paused)) {
        proxy->moved_at = time_monotonic_ms();
        go_on(proxy);
    } else if (why->status == STATUS_CONFLICT && why->http_status != 0 && proxy->moves < PROXY_MOVES_MAX) {
        wait_for_state(proxy, "waiting until the sandbox runs"); // another one moves it
    } else {
        proxy_refuse(proxy, why, NULL);
    }
}

static void move(struct ssh_proxy *proxy, enum sandbox_move move, const char *doing)
{
    proxy->waits_for_state = false;
    proxy->moves++;
    proxy->doing = doing;
    service_move(proxy->service, proxy->sandbox_id, move, on_moved, proxy);
}

static void look_at(struct ssh_proxy *proxy)
{
    const struct fleet_row *row = fleet_find(service_fleet(proxy->service), proxy->sandbox_id);
    if (row == NULL || row->gone) {
        refuse_state(proxy, "deleted");
        return;
    }
    switch (row->sandbox.state) {
    case SANDBOX_running:
        if (proxy->waits_for_state)
            proxy->moved_at = time_monotonic_ms();
        go_on(proxy);
        break;
    case SANDBOX_paused:
        move(proxy, MOVE_WAKE, "waking the sandbox");
        break;
    case SANDBOX_stopped:
        move(proxy, MOVE_START, "starting the sandbox");
        break;
    case SANDBOX_starting:
    case SANDBOX_unpausing:
    case SANDBOX_snapshotting:
    case SANDBOX_stopping:
        wait_for_state(proxy, "waiting until the sandbox's state is stable");
        break;
    case SANDBOX_deleting:
    case SANDBOX_deleted:
        refuse_state(proxy, fleet_state_text(row));
        break;
    default: // one that this version does not know
        go_on(proxy);
        break;
    }
}

// --- the list -----------------------------------------------------------------------------

// Why the connection failed comes first: the list was asked for because of that.
static void refuse_list(struct ssh_proxy *proxy, const struct failure *why)
{
    struct failure told = *why;
    if (proxy->failed.status != STATUS_OK) {
        (void)fail(&told, why->status, "%s; and asking the server failed: %s", failure_text(&proxy->failed),
                   failure_text(why));
        (void)advise(&told, told.status, "%s", failure_advice(why));
    }
    proxy_refuse(proxy, &told, NULL);
}

static void on_list(void *ctx, const struct failure *why)
{
    struct ssh_proxy *proxy = ctx;
    const struct fleet_row *row = NULL;
    struct failure mine = {.status = STATUS_OK};
    if (proxy->over || proxy->refused)
        return;
    if (why->status != STATUS_OK) {
        refuse_list(proxy, why);
        return;
    }
    proxy->looked_up = true;
    proxy->looked_at = time_monotonic_ms();
    if (proxy->sandbox_id[0] == '\0' &&
        proxy_name_resolve(service_fleet(proxy->service), proxy->name, &row, &mine) != STATUS_OK) {
        proxy_refuse(proxy, &mine, NULL);
        return;
    }
    if (row != NULL)
        (void)snprintf(proxy->sandbox_id, sizeof proxy->sandbox_id, "%s", row->sandbox.id);
    look_at(proxy);
}

void proxy_look_up(struct ssh_proxy *proxy)
{
    proxy->doing = "looking up the sandbox";
    service_refresh_one(proxy->service, proxy->sandbox_id[0] != '\0' ? proxy->sandbox_id : proxy->name,
                        on_list, proxy);
}

// --- the vault ----------------------------------------------------------------------------

// The one that the vault has for the name, as a whole id or a whole name of the operator's, and that can be
// used; NULL: none. What else the name may mean only the server's list tells.
static const struct credential *usable(const struct ssh_proxy *proxy)
{
    const struct fleet *fleet = service_fleet(proxy->service);
    const char *named = label_map_named(fleet_labels(fleet), proxy->name);
    const struct fleet_row *row = fleet_find(fleet, proxy->name);
    if (row == NULL && named != NULL)
        row = fleet_find(fleet, named);
    const int64_t now = service_now(proxy->service);
    const struct credential *best = row != NULL ? fleet_row_best(row, now) : NULL;
    return best != NULL && credential_is_usable(best, now) ? best : NULL;
}

static void on_password(void *ctx, const struct failure *why, struct secret *password)
{
    struct ssh_proxy *proxy = ctx;
    if (!proxy->over && !proxy->refused) {
        const struct credential *best = usable(proxy);
        if (why->status == STATUS_OK && best != NULL)
            proxy->steps->chosen(proxy, best, password);
        else
            proxy_look_up(proxy); // what is wrong with it is told there
    }
    secret_free(password);
}

static void on_vault(void *ctx, const struct failure *why)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->over || proxy->refused)
        return;
    if (why->status != STATUS_OK) {
        proxy_refuse(proxy, why, NULL);
        return;
    }
    const struct credential *best = usable(proxy);
    // A connection may wake a paused one: what must not be woken is looked at first.
    if (best == NULL || !proxy->config->tools_wake || proxy->config->read_only) {
        proxy_look_up(proxy);
        return;
    }
    (void)snprintf(proxy->sandbox_id, sizeof proxy->sandbox_id, "%s", best->sandbox_id);
    service_password(proxy->service, best->vault_row, on_password, proxy);
}

// --- the key ------------------------------------------------------------------------------

static void on_changed(void *ctx)
{
    proxy_fleet_changed(ctx);
}

static void on_key(void *ctx, struct secret *key, const struct failure *why)
{
    static const struct service_events events = {.changed = on_changed};
    struct ssh_proxy *proxy = ctx;
    struct failure mine = *why;
    proxy->key_request = NULL;
    if (key != NULL)
        (void)service_new(&proxy->loop, proxy->config, key, &events, proxy, &proxy->service, &mine);
    secret_free(key);
    if (proxy->service == NULL) {
        proxy_refuse(proxy, &mine, NULL);
        return;
    }
    service_act_for_tools(proxy->service);
    proxy->doing = "reading the vault";
    service_read(proxy->service, on_vault, proxy);
}

void proxy_find(struct ssh_proxy *proxy)
{
    struct failure why = {.status = STATUS_OK};
    if (api_key_ask(&proxy->loop, proxy->config, on_key, proxy, &proxy->key_request, &why) != STATUS_OK)
        proxy_refuse(proxy, &why, NULL);
}
