// SPDX-License-Identifier: Apache-2.0
//
// proxy_end: Tell the tool why it isn't let in, and end what can be ended.

#include "views/ssh_proxy/proxy_private.h"

#include <stdio.h>

void proxy_start_timer(struct ssh_proxy *proxy, enum proxy_timer timer, uv_timer_cb cb, int wait_ms)
{
    if (proxy->over)
        return;
    uv_update_time(&proxy->loop);
    (void)uv_timer_start(&proxy->timers[timer], cb, (uint64_t)wait_ms, 0);
}

int proxy_exit_refused(void)
{
    return status_exit_code(STATUS_SSH_FAILED);
}

void proxy_end_service(struct ssh_proxy *proxy)
{
    struct credential_service *service = proxy->service;
    proxy->service = NULL;
    service_free(service);
}

// What a create brings is kept, though nobody waits for it any more.
void proxy_end(struct ssh_proxy *proxy)
{
    if (proxy->over)
        return;
    proxy->over = true;
    for (size_t i = 0; i < PROXY_TIMER_COUNT; i++)
        uv_close((uv_handle_t *)&proxy->timers[i], NULL);
    api_key_cancel(proxy->key_request);
    proxy->key_request = NULL;
    relay_free(proxy->relay); // before the connection that its streams are on
    proxy->relay = NULL;
    ssh_connection_free(proxy->connection);
    proxy->connection = NULL;
    if (!proxy->is_making)
        proxy_end_service(proxy);
}

void proxy_log(struct ssh_proxy *proxy, const struct event *event)
{
    if (proxy->service != NULL)
        service_log(proxy->service, event);
}

void proxy_refuse(struct ssh_proxy *proxy, const struct failure *why, const char *words)
{
    struct event event;
    if (proxy->over || proxy->refused)
        return;
    proxy->refused = true;
    proxy->exit_code = proxy_exit_refused();
    if (words != NULL)
        (void)snprintf(proxy->refusal, sizeof proxy->refusal, "%s", words);
    else
        (void)proxy_words_refused(proxy->name, why, proxy->refusal);
    proxy_log_refused(proxy, why, &event);
    proxy_log(proxy, &event);
    if (proxy->relay == NULL) {
        proxy->options.say(proxy->refusal);
        proxy_end(proxy);
        return;
    }
    (void)uv_timer_stop(&proxy->timers[PROXY_TIMER_AGAIN]);
    relay_refuse(proxy->relay, proxy->refusal);
}
