// SPDX-License-Identifier: Apache-2.0
//
// proxy_connect: Sign in to the sandbox and let the tool in. What fails on the way is tried again where
// something has changed: a newer credential, a sandbox that was asleep, an sshd that begins. Never endlessly,
// and never where the host key has changed.

#include "api/base/memory_trim.h"
#include "api/base/time_util.h"
#include "views/session/session_banner.h"
#include "views/ssh_proxy/proxy_private.h"

// --- let in -------------------------------------------------------------------------------

static void run_enter(uv_work_t *work)
{
    struct ssh_proxy *proxy = work->data;
    struct failure ignored; // it is then only not counted
    (void)tool_registry_enter(proxy->config->state_folder, proxy->sandbox_id,
                              proxy_words_client(proxy->version), &proxy->entry, &ignored);
}

static void after_enter(uv_work_t *work, int status)
{
    struct ssh_proxy *proxy = work->data;
    (void)status;
    proxy->registry_is_working = false;
}

static void tell_what_matters(struct ssh_proxy *proxy)
{
    char text[PROXY_TEXT_CAP];
    const struct fleet_row *row = fleet_find(service_fleet(proxy->service), proxy->sandbox_id);
    const int64_t timeout_at = proxy->looked_up && row != NULL ? deadline_timeout(row) : 0;
    if (proxy->replaced)
        relay_banner(proxy->relay, proxy_words_replaced(proxy->sandbox_id, text));
    (void)proxy_words_ends(proxy->sandbox_id, proxy->used.expires_at, timeout_at, service_now(proxy->service),
                           text);
    if (text[0] != '\0')
        relay_banner(proxy->relay, text);
}

static void on_ready(void *ctx)
{
    struct ssh_proxy *proxy = ctx;
    struct event event;
    if (proxy->over || proxy->refused)
        return;
    (void)uv_timer_stop(&proxy->timers[PROXY_TIMER_LIMIT]);
    proxy->admitted = true;
    proxy->opened_at = time_monotonic_ms();
    tell_what_matters(proxy);
    relay_admit(proxy->relay, proxy->connection);
    proxy_log_opened(proxy, &event);
    service_log(proxy->service, &event);
    proxy->registry_work.data = proxy;
    proxy->registry_is_working =
        uv_queue_work(&proxy->loop, &proxy->registry_work, run_enter, after_enter) == 0;
    memory_trim();
}

// --- the connection -----------------------------------------------------------------------

static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    struct ssh_proxy *proxy = ctx;
    proxy->doing = ssh_stage_text(stage);
    if (report != NULL)
        proxy->new_key = *report;
}

static void on_banner(void *ctx, const char *text, size_t length)
{
    struct ssh_proxy *proxy = ctx;
    char clean[SESSION_BANNER_TEXT_CAP];
    if (proxy->relay != NULL && session_banner_clean(text, length, clean, sizeof clean) > 0)
        relay_banner(proxy->relay, clean);
}

static void on_incoming(void *ctx, struct ssh_incoming *incoming)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->admitted && proxy->relay != NULL)
        relay_incoming(proxy->relay, incoming);
    else
        ssh_incoming_refuse(incoming);
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->over)
        return;
    if (proxy->admitted) {
        relay_upstream_ended(proxy->relay, end);
        return;
    }
    const struct ssh_end mine = *end;
    ssh_connection_free(proxy->connection);
    proxy->connection = NULL;
    if (!proxy->refused)
        proxy->steps->failed(proxy, &mine);
}

static void open_connection(struct ssh_proxy *proxy)
{
    static const struct ssh_connection_events events = {.stage = on_stage,
                                                        .banner = on_banner,
                                                        .ready = on_ready,
                                                        .incoming = on_incoming,
                                                        .ended = on_ended};
    struct failure why = {.status = STATUS_OK};
    struct ssh_connection_options options = {.password = proxy->password,
                                             .known_hosts = proxy->config->known_hosts,
                                             .connect_timeout_ms = proxy->config->connect_timeout_s * 1000};
    proxy->doing = "connecting";
    if (service_target(proxy->service, &proxy->used, &options.target, &why) != STATUS_OK ||
        ssh_connection_open(&proxy->loop, &options, &events, proxy, &proxy->connection, &why) != STATUS_OK)
        proxy_refuse(proxy, &why, NULL);
}

// A note that is older than what the server's list says of the sandbox counts no more: it was started
// elsewhere.
static bool list_is_newer(const struct ssh_proxy *proxy)
{
    return proxy->asked_for_note && time_monotonic_ms() - proxy->looked_at <= PROXY_LOOK_MS;
}

static void on_may_connect(void *ctx, const struct failure *why)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->over || proxy->refused) {
        ; // it is on its way out
    } else if (why->status == STATUS_OK || list_is_newer(proxy)) {
        open_connection(proxy);
    } else if (proxy->note_looks++ < PROXY_MOVES_MAX) {
        proxy->asked_for_note = true;
        proxy->steps->look(proxy);
    } else {
        proxy_refuse(proxy, why, NULL);
    }
    secret_free(proxy->password);
    proxy->password = NULL;
}

// A connection may wake a sandbox by itself. One that a person has stopped or paused, be it while a
// credential was made, is looked at again first.
void proxy_connect(struct ssh_proxy *proxy, const struct credential *credential,
                   const struct secret *password)
{
    struct failure why = {.status = STATUS_OK};
    if (credential != &proxy->used)
        proxy->used = *credential;
    proxy->has_used = true;
    secret_free(proxy->password);
    proxy->password = secret_copy(password);
    if (proxy->password != NULL) {
        service_may_connect(proxy->service, proxy->sandbox_id, on_may_connect, proxy);
        return;
    }
    (void)fail(&why, STATUS_NO_MEMORY, "out of memory");
    proxy_refuse(proxy, &why, NULL);
}
