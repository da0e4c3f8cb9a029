// SPDX-License-Identifier: Apache-2.0
//
// proxy_again: A connection that failed is tried again where something has changed: a newer credential, a
// sandbox that was asleep, an sshd that begins. Never endlessly, and never where the host key has changed.

#include "api/base/time_util.h"
#include "views/ssh_proxy/proxy_private.h"

#include <string.h>

static void on_password(void *ctx, const struct failure *why, struct secret *password)
{
    struct ssh_proxy *proxy = ctx;
    if (!proxy->over && !proxy->refused) {
        if (why->status == STATUS_OK)
            proxy->steps->chosen(proxy, &proxy->used, password);
        else
            proxy_refuse(proxy, why, NULL);
    }
    secret_free(password);
}

static const struct credential *newer_one(const struct ssh_proxy *proxy)
{
    const struct fleet_row *row = fleet_find(service_fleet(proxy->service), proxy->sandbox_id);
    const int64_t now = service_now(proxy->service);
    const struct credential *best = row != NULL ? fleet_row_best(row, now) : NULL;
    if (best == NULL || !credential_is_usable(best, now))
        return NULL;
    bool same = best->vault_row == proxy->used.vault_row && best->updated_at == proxy->used.updated_at &&
                strcmp(best->id, proxy->used.id) == 0;
    return same ? NULL : best;
}

// Another process is replacing it: that is on disk before the call is sent, and so before the sandbox refuses
// the old password. To make one more would undo what that process, perhaps a person's, is about to bring.
static bool is_being_replaced(const struct ssh_proxy *proxy)
{
    const struct fleet_row *row = fleet_find(service_fleet(proxy->service), proxy->sandbox_id);
    for (size_t i = 0; row != NULL && i < row->credential_count; i++)
        if (row->credentials[i].vault_row == proxy->used.vault_row)
            return row->credentials[i].verdict == VERDICT_UNKNOWN;
    return false;
}

// The sandbox has refused the credential, and the vault was read since: another process may have replaced it
// just before.
static void on_reread(void *ctx, const struct failure *why)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->over || proxy->refused)
        return;
    const struct credential *newer = why->status == STATUS_OK ? newer_one(proxy) : NULL;
    if (newer != NULL && proxy->newer++ < PROXY_NEWER_MAX) {
        proxy->used = *newer;
        proxy->validated = false;
        service_password(proxy->service, newer->vault_row, on_password, proxy);
    } else if (why->status == STATUS_OK && is_being_replaced(proxy) && proxy->newer++ < PROXY_NEWER_MAX) {
        proxy->validated = false;
        proxy->steps->runs(proxy); // which waits for what comes of it
    } else if (!proxy->validated) {
        proxy->sign_in_refused = true;
        proxy_look_up(proxy);
    } else {
        proxy_refuse(proxy, &proxy->failed, NULL);
    }
}

static void on_again(uv_timer_t *timer)
{
    struct ssh_proxy *proxy = timer->data;
    if (!proxy->over && !proxy->refused)
        proxy->steps->runs(proxy);
}

static void refuse_key(struct ssh_proxy *proxy, const struct ssh_end *end)
{
    char text[PROXY_TEXT_CAP];
    struct failure why = end->why;
    (void)proxy_words_changed_key(end, proxy->config->known_hosts, text);
    (void)fail(&why, end->status,
               "the host key of %s has changed (known: %s, shown: %s); no password was sent",
               end->host_key.host, end->host_key.known, end->host_key.seen);
    proxy_refuse(proxy, &why, text);
}

void proxy_try_again(struct ssh_proxy *proxy, const struct ssh_end *end)
{
    const int64_t now = time_monotonic_ms();
    proxy->failed = end->why;
    if (end->quoted) // a server's own words, which may hold what it was sent
        (void)fail(&proxy->failed, end->status, "the sandbox hung up or broke the protocol");
    if (end->status == STATUS_HOST_KEY_CHANGED)
        refuse_key(proxy, end);
    else if (end->status == STATUS_SIGN_IN_REFUSED)
        service_read(proxy->service, on_reread, proxy);
    else if (!proxy->looked_up)
        proxy_look_up(proxy);
    else if (proxy->moved_at > 0 && now - proxy->moved_at < PROXY_BOOT_MS)
        proxy_start_timer(proxy, PROXY_TIMER_AGAIN, on_again, PROXY_AGAIN_MS);
    else
        proxy_refuse(proxy, &proxy->failed, NULL);
}
