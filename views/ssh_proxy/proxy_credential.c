// SPDX-License-Identifier: Apache-2.0
//
// proxy_credential: Find the credential to sign in with. Where none can be used, one proxy of all that want
// the same makes it: the others look at the vault until it is there.

#include "views/ssh_proxy/proxy_private.h"

// --- the vault, again and again -----------------------------------------------------------

static void on_read(void *ctx, const struct failure *why)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->over || proxy->refused)
        return;
    if (why->status != STATUS_OK)
        proxy_refuse(proxy, why, NULL);
    else
        credential_choice_begin(&proxy->choice);
}

static void read_again(struct ssh_proxy *proxy)
{
    service_read(proxy->service, on_read, proxy);
}

static void on_again(uv_timer_t *timer)
{
    struct ssh_proxy *proxy = timer->data;
    if (!proxy->over && !proxy->refused)
        read_again(proxy);
}

static void look_later(struct ssh_proxy *proxy)
{
    proxy_start_timer(proxy, PROXY_TIMER_AGAIN, on_again, PROXY_LOCK_MS);
}

// --- the lock -----------------------------------------------------------------------------

static void run_lock(uv_work_t *work)
{
    struct ssh_proxy *proxy = work->data;
    proxy->lock_why = (struct failure){.status = STATUS_OK};
    (void)tool_lock_try(proxy->config->state_folder, proxy->sandbox_id, &proxy->lock, &proxy->lock_why);
    if (proxy->lock_for_unknown) { // whether another has it is all that counts
        tool_lock_end(proxy->lock);
        proxy->lock = NULL;
    }
}

// It is not known whether the one that stands there was made, and no tool is about to find out: a person, or
// an auto-renewal, may be.
static void wait_for_unknown(struct ssh_proxy *proxy)
{
    const struct fleet_row *row = fleet_find(service_fleet(proxy->service), proxy->sandbox_id);
    const int64_t now = service_now(proxy->service);
    const struct credential *one = row != NULL ? fleet_row_best(row, now) : NULL;
    bool stale = one != NULL && one->id[0] == '\0' && now - one->created_at > PROXY_STALE_MS;
    if (proxy->unknown_looks++ >= (stale ? PROXY_STALE_LOOKS : PROXY_UNKNOWN_LOOKS))
        proxy_refuse(proxy, &proxy->unknown_why, NULL);
    else
        look_later(proxy);
}

static void after_lock(uv_work_t *work, int status)
{
    struct ssh_proxy *proxy = work->data;
    (void)status;
    proxy->lock_is_working = false;
    if (proxy->over || proxy->refused)
        return;
    if (proxy->lock_why.status == STATUS_CONFLICT)
        look_later(proxy); // another tool makes one
    else if (proxy->lock_why.status != STATUS_OK)
        proxy_refuse(proxy, &proxy->lock_why, NULL);
    else if (proxy->lock_for_unknown)
        wait_for_unknown(proxy);
    else
        read_again(proxy); // what the one before has made
}

static void try_lock(struct ssh_proxy *proxy, bool for_unknown)
{
    if (proxy->lock_is_working)
        return;
    proxy->lock_for_unknown = for_unknown;
    proxy->lock_is_working = true;
    proxy->lock_work.data = proxy;
    if (uv_queue_work(&proxy->loop, &proxy->lock_work, run_lock, after_lock) < 0)
        proxy->lock_is_working = false;
}

static void run_unlock(uv_work_t *work)
{
    struct ssh_proxy *proxy = work->data;
    tool_lock_end(proxy->lock);
    proxy->lock = NULL;
}

static void after_unlock(uv_work_t *work, int status)
{
    struct ssh_proxy *proxy = work->data;
    (void)status;
    proxy->lock_is_working = false;
}

void proxy_unlock(struct ssh_proxy *proxy)
{
    if (proxy->lock == NULL || proxy->lock_is_working)
        return;
    proxy->lock_is_working = true;
    proxy->lock_work.data = proxy;
    if (uv_queue_work(&proxy->loop, &proxy->lock_work, run_unlock, after_unlock) < 0)
        proxy->lock_is_working = false;
}

// --- the choice ---------------------------------------------------------------------------

static void on_making(void *ctx)
{
    struct ssh_proxy *proxy = ctx;
    const struct fleet_row *row = fleet_find(service_fleet(proxy->service), proxy->sandbox_id);
    if (proxy->over || proxy->refused)
        return;
    if (proxy->lock == NULL) {
        try_lock(proxy, false);
        return;
    }
    proxy->is_making = true;
    proxy->had_one = row != NULL && row->credential_count > 0;
    proxy->doing = "making a credential";
    credential_choice_make(&proxy->choice);
}

static void on_made(void *ctx, const struct credential *credential)
{
    struct ssh_proxy *proxy = ctx;
    (void)credential;
    proxy->replaced = proxy->had_one;
}

static void on_chosen(void *ctx, const struct failure *why, const struct credential *credential,
                      struct secret *password)
{
    struct ssh_proxy *proxy = ctx;
    proxy->is_making = false;
    if (proxy->over) {
        proxy_end_service(proxy);
    } else if (proxy->refused) {
        ; // it is on its way out
    } else if (why->status == STATUS_OUTCOME_UNKNOWN && !why->maybe_done) {
        proxy->unknown_why = *why;
        try_lock(proxy, true);
    } else if (why->status != STATUS_OK) {
        proxy_unlock(proxy);
        proxy_refuse(proxy, why, NULL);
    } else {
        proxy_unlock(proxy);
        proxy->steps->chosen(proxy, credential, password);
    }
    secret_free(password);
}

void proxy_choose(struct ssh_proxy *proxy)
{
    proxy->doing = "choosing a credential";
    proxy->choice = (struct credential_choice){.service = proxy->service,
                                               .sandbox_id = proxy->sandbox_id,
                                               .ctx = proxy,
                                               .done = on_chosen,
                                               .making = on_making,
                                               .made = on_made};
    credential_choice_begin(&proxy->choice);
}
