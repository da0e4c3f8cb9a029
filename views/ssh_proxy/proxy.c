// SPDX-License-Identifier: Apache-2.0
//
// proxy: Begin and end the proxy. The tool is answered first of all; then the API key, the vault and the
// sandbox are looked for while its client and ours agree on keys.

#include "api/base/curl_loop.h"
#include "api/base/time_util.h"
#include "api/tools/local_keys.h"
#include "views/ssh_proxy/proxy_name.h"
#include "views/ssh_proxy/proxy_private.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- the tool -----------------------------------------------------------------------------

static void on_client(void *ctx, const char *version)
{
    struct ssh_proxy *proxy = ctx;
    (void)snprintf(proxy->version, sizeof proxy->version, "%s", version);
}

static void log_end(struct ssh_proxy *proxy, const struct relay_end *end)
{
    struct event event;
    struct failure why = {.status = STATUS_OK};
    if (proxy->admitted) {
        proxy_log_closed(proxy, end, &event);
    } else if (proxy->sandbox_id[0] == '\0') {
        return; // nobody's
    } else {
        (void)fail(&why, STATUS_CANCELLED, "it left while sbxdeck was %s", proxy->doing);
        proxy_log_refused(proxy, &why, &event);
    }
    proxy_log(proxy, &event);
}

static void on_relay_ended(void *ctx, const struct relay_end *end)
{
    struct ssh_proxy *proxy = ctx;
    if (proxy->refused && !proxy_words_are_shown(proxy->version))
        proxy->options.say(proxy->refusal);
    if (!proxy->refused) {
        bool in_order = proxy->admitted && (end->status == STATUS_OK || proxy->hung_up);
        proxy->exit_code = in_order ? 0 : proxy_exit_refused();
        log_end(proxy, end);
    }
    proxy_end(proxy);
}

// --- time and signals ---------------------------------------------------------------------

static void on_left(uv_timer_t *timer)
{
    struct ssh_proxy *proxy = timer->data;
    if (!proxy->refused)
        log_end(proxy, NULL);
    else if (!proxy_words_are_shown(proxy->version))
        proxy->options.say(proxy->refusal);
    proxy_end(proxy);
}

static void on_limit(uv_timer_t *timer)
{
    struct ssh_proxy *proxy = timer->data;
    struct failure why = {.status = STATUS_OK};
    char span[TIME_SPAN_CAP];
    if (proxy->failed.status != STATUS_OK)
        (void)fail(&why, STATUS_TIMED_OUT, "given up after %s: %s", time_format_span(PROXY_LIMIT_MS, span),
                   failure_text(&proxy->failed));
    else
        (void)fail(&why, STATUS_TIMED_OUT, "given up after %s, still %s",
                   time_format_span(PROXY_LIMIT_MS, span), proxy->doing);
    (void)advise(&why, why.status, "see sbxdeck ls");
    proxy_refuse(proxy, &why, NULL);
    proxy_start_timer(proxy, PROXY_TIMER_LIMIT, on_left, PROXY_LEAVE_MS);
}

// OpenSSH hangs its proxy up when it has left, which is seen on stdin too; a terminal that goes hangs up
// both. A create under way comes to its end even so, unless it is asked twice.
static void on_signal(uv_signal_t *handle, int number)
{
    struct ssh_proxy *proxy = handle->data;
    bool first = !proxy->hung_up;
    bool insists = number == SIGTERM && proxy->terminated++ > 0;
    proxy->hung_up = true;
    if (proxy->over && proxy->is_making && insists) {
        proxy->is_making = false;
        proxy_end_service(proxy);
    } else if (!proxy->over && insists) {
        on_left(&proxy->timers[PROXY_TIMER_LIMIT]);
    } else if (!proxy->over && first) {
        if (!proxy->refused)
            proxy->exit_code = proxy->admitted ? 0 : proxy_exit_refused();
        proxy_start_timer(proxy, PROXY_TIMER_LIMIT, on_left, PROXY_HANG_UP_MS);
    }
}

// --- the beginning ------------------------------------------------------------------------

// While the keys are read and the tool thinks.
static void run_prepare(uv_work_t *work)
{
    (void)work;
    (void)curl_loop_prepare();
}

static void after_prepare(uv_work_t *work, int status)
{
    (void)work;
    (void)status;
}

static enum status answer_tool(struct ssh_proxy *proxy, struct failure *why)
{
    static const struct relay_events events = {.client = on_client, .ended = on_relay_ended};
    struct local_keys keys;
    enum status status = local_keys_paths(proxy->config->base_folder, &keys, why);
    struct relay_options options = {.in_fd = proxy->options.in_fd,
                                    .out_fd = proxy->options.out_fd,
                                    .host_key = keys.host_key,
                                    .client_key = keys.identity_pub,
                                    .allow_agent = proxy->config->tools_agent,
                                    .allow_x11 = proxy->config->tools_x11};
    if (status == STATUS_OK)
        status = relay_new(&proxy->loop, &options, &events, proxy, &proxy->relay, why);
    if (status == STATUS_OK)
        return status;
    // The keys are not there, or not whole.
    status = local_keys_make(proxy->config->base_folder, &keys, why);
    return status == STATUS_OK ? relay_new(&proxy->loop, &options, &events, proxy, &proxy->relay, why)
                               : status;
}

static void begin_handles(struct ssh_proxy *proxy)
{
    static const int numbers[PROXY_SIGNALS] = {SIGTERM, SIGHUP};
    for (size_t i = 0; i < PROXY_TIMER_COUNT; i++) {
        (void)uv_timer_init(&proxy->loop, &proxy->timers[i]);
        proxy->timers[i].data = proxy;
    }
    for (size_t i = 0; i < PROXY_SIGNALS; i++) {
        (void)uv_signal_init(&proxy->loop, &proxy->signals[i]);
        proxy->signals[i].data = proxy;
        (void)uv_signal_start(&proxy->signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&proxy->signals[i]);
    }
    // Ctrl-C and Ctrl-\ are for the tool, which shares the terminal with its proxy.
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGQUIT, SIG_IGN);
}

static void begin(struct ssh_proxy *proxy)
{
    struct failure why = {.status = STATUS_OK};
    enum status status = proxy_name_parse(proxy->options.name, proxy->name, &why);
    const bool is_named = status == STATUS_OK;
    if (!is_named)
        proxy->name[0] = '\0';
    struct failure unnamed = why;
    (void)uv_queue_work(&proxy->loop, &proxy->prepare_work, run_prepare, after_prepare);
    status = answer_tool(proxy, &why);
    if (status != STATUS_OK) {
        proxy_refuse(proxy, &why, NULL);
        return;
    }
    proxy_start_timer(proxy, PROXY_TIMER_LIMIT, on_limit, PROXY_LIMIT_MS);
    if (is_named)
        proxy_find(proxy);
    else
        proxy_refuse(proxy, &unnamed, NULL);
}

static void free_proxy(struct ssh_proxy *proxy)
{
    // Files, in a process that has nothing else to do any more.
    tool_lock_end(proxy->lock);
    tool_registry_leave(proxy->entry);
    secret_free(proxy->password);
    free(proxy);
}

static const struct proxy_steps steps = {
    .runs = proxy_choose, .look = proxy_look_up, .chosen = proxy_connect, .failed = proxy_try_again};

int ssh_proxy_run(const struct ssh_proxy_options *options)
{
    struct ssh_proxy *proxy = calloc(1, sizeof *proxy);
    if (proxy == NULL || uv_loop_init(&proxy->loop) < 0) {
        options->say("sbxdeck: out of memory");
        free(proxy);
        return proxy_exit_refused();
    }
    proxy->options = *options;
    proxy->steps = &steps;
    proxy->config = options->config;
    proxy->begun_at = time_monotonic_ms();
    proxy->doing = "looking for the API key";
    proxy->exit_code = proxy_exit_refused();
    begin_handles(proxy);
    begin(proxy);
    (void)uv_run(&proxy->loop, UV_RUN_DEFAULT);
    proxy_end(proxy); // it is, unless nothing was left to wait for
    for (size_t i = 0; i < PROXY_SIGNALS; i++)
        uv_close((uv_handle_t *)&proxy->signals[i], NULL);
    while (uv_run(&proxy->loop, UV_RUN_DEFAULT) != 0)
        ;
    (void)uv_loop_close(&proxy->loop);
    int code = proxy->exit_code;
    free_proxy(proxy);
    return code;
}
