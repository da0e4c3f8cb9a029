// SPDX-License-Identifier: Apache-2.0
//
// http: Queue requests: when each may go (rate budget, Retry-After), whether it goes again, and how it
// ends. A request that changes something gets a connection of its own: curl repeats a request by itself
// when a kept connection turns out to be dead, and a create must never be sent twice.

#include "api/base/curl_loop.h"
#include "api/base/server_clock.h"
#include "api/base/time_util.h"
#include "api/http/http_answer.h"
#include "api/http/http_private.h"
#include "api/http/http_reach.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BACKOFF_MS = 500 };

static void run_queue(struct http *http);

// --- memory of a call ---

static void free_call(struct http_call *call)
{
    http_transfer_drop(call);
    if (call->request != NULL)
        sodium_memzero(call->request, call->request_length);
    free(call->request);
    free(call);
}

static void unlink_call(struct http_call *call)
{
    struct http_call **link = &call->http->calls;
    while (*link != NULL && *link != call)
        link = &(*link)->next;
    if (*link == call)
        *link = call->next;
}

// The end of a call: it leaves the queue before its callback runs, which may free the whole client.
static void finish(struct http_call *call, const struct http_answer *answer)
{
    if (call->state == CALL_OVER)
        return;
    call->state = CALL_OVER;
    unlink_call(call);
    call->cb(call->ctx, answer);
    free_call(call);
}

static void finish_failed(struct http_call *call, enum status status, bool maybe_done, const char *text)
{
    struct http_answer answer = {.body = ""};
    (void)fail(&answer.why, status, "%s", text);
    answer.why.maybe_done = maybe_done && call->changes;
    finish(call, &answer);
}

// The server has said when it wants to hear from us again, and that is too late for this one.
static void finish_held(struct http_call *call, int64_t wait_ms)
{
    struct http_answer answer = {.body = ""};
    (void)fail(&answer.why, STATUS_RATE_LIMITED, "the server asked to wait");
    http_advise_wait(&answer.why, (int)((wait_ms + 999) / 1000));
    finish(call, &answer);
}

// --- starting a transfer ---

static void start(struct http_call *call)
{
    struct http *http = call->http;
    call->state = CALL_RUNNING;
    call->tries++;
    call->sent_at = time_monotonic_ms();
    call->answered_at = 0;
    if (call->deadline == INT64_MAX)
        call->deadline = call->sent_at + http->timeout_ms;
    http_rate_sent(&http->rate, call->urgency, call->sent_at);
    if (!http_transfer_new(call) || !curl_loop_add(http->curl_loop, call->easy))
        finish_failed(call, STATUS_NO_MEMORY, false, "no memory for a request");
}

// --- the queue ---

int64_t http_free_at(struct http *http, enum http_urgency urgency)
{
    int64_t now = time_monotonic_ms();
    int64_t free_at = http_rate_free_at(&http->rate, urgency, now);
    int64_t hold_until = http_rate_hold_until(&http->rate, urgency);
    int64_t at = free_at > hold_until ? free_at : hold_until;
    return at > now ? at : 0;
}

static void on_queue_timer(uv_timer_t *timer)
{
    run_queue(timer->data);
}

// The first call that can go now or be given up, persons' first; NULL: *wake says when to look again (-1:
// nothing waits).
static struct http_call *next_due(struct http *http, int64_t now, int64_t *wake)
{
    int64_t free_at[HTTP_URGENCIES];
    for (enum http_urgency urgency = 0; urgency < HTTP_URGENCIES; urgency++)
        free_at[urgency] = http_free_at(http, urgency);
    *wake = -1;
    for (struct http_call *call = http->calls; call != NULL; call = call->next) {
        // A finished call has left the list.
        int64_t at = call->not_before; // NOLINT(clang-analyzer-unix.Malloc)
        if (call->refused.status != STATUS_OK)
            return call;
        if (call->state != CALL_QUEUED)
            continue;
        at = at < free_at[call->urgency] ? free_at[call->urgency] : at;
        if (at <= now || at >= call->deadline)
            return call;
        *wake = *wake < 0 || at < *wake ? at : *wake;
    }
    return NULL;
}

static void refuse_now(struct http_call *call)
{
    const struct http_answer answer = {.why = call->refused, .body = ""};
    finish(call, &answer);
}

static void run_queue(struct http *http)
{
    int64_t wake = -1;
    while (!http->closing) {
        int64_t now = time_monotonic_ms();
        struct http_call *call = next_due(http, now, &wake);
        if (call == NULL)
            break;
        if (call->refused.status != STATUS_OK)
            refuse_now(call);
        else if (http_rate_hold_until(&http->rate, call->urgency) > now)
            finish_held(call, http_rate_hold_until(&http->rate, call->urgency) - now);
        else if (call->not_before > now || http_free_at(http, call->urgency) > now)
            finish_failed(call, STATUS_RATE_LIMITED, false,
                          "rate limit reached: too many requests in the last minute");
        else
            start(call);
    }
    if (http->closing)
        return;
    if (wake >= 0) {
        int64_t wait = wake - time_monotonic_ms();
        (void)uv_timer_start(&http->queue_timer, on_queue_timer, (uint64_t)(wait > 0 ? wait : 0), 0);
    }
}

static void run_queue_soon(struct http *http)
{
    (void)uv_timer_start(&http->queue_timer, on_queue_timer, 0, 0);
}

// --- the end of a transfer ---

static void observe_speed(struct http *http, struct http_call *call)
{
    curl_off_t before = 0, first_byte = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &before);
    (void)curl_easy_getinfo(call->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
    http->last_answer_at = time_monotonic_ms();
    if (first_byte >= before && first_byte > 0)
        http->latency_ms = (int64_t)(first_byte - before) / 1000;
}

// The API answers with objects. An error page is a proxy's, and so is its clock.
static bool is_of_the_api(const struct http_answer *answer)
{
    bool answered =
        (answer->status >= 200 && answer->status < 300) || (answer->status >= 400 && answer->status < 500);
    return answered && answer->body[strspn(answer->body, " \t\r\n")] == '{';
}

// The server's clock. An answer with an Age comes out of a cache: its Date is of long ago.
static void observe_clock(struct http *http, const struct http_call *call)
{
    struct curl_header *date = NULL, *age = NULL;
    int64_t date_ms = 0;
    curl_off_t before = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &before);
    if (curl_easy_header(call->easy, "Age", 0, CURLH_HEADER, -1, &age) != CURLHE_OK &&
        curl_easy_header(call->easy, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK &&
        time_parse_http_date(date->value, &date_ms))
        server_clock_observe(&http->clock, date_ms, call->sent_at + (int64_t)before / 1000,
                             call->answered_at);
}

static int retry_after(struct http_call *call, const struct server_clock *clock)
{
    struct curl_header *header = NULL;
    if (curl_easy_header(call->easy, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return 0;
    return http_retry_after(header->value, server_clock_now(clock));
}

static void queue_again(struct http_call *call, int64_t not_before)
{
    http_transfer_drop(call);
    call->not_before = not_before;
    call->state = CALL_QUEUED;
    if (call->urgency != HTTP_PERSON)
        call->deadline = INT64_MAX;
    run_queue_soon(call->http);
}

// Goes again by itself? Only what changes nothing, and only when there is time for it.
static bool again(struct http_call *call, const struct http_answer *answer)
{
    const struct failure *why = &answer->why;
    bool worth = why->status == STATUS_RATE_LIMITED || answer->status >= 500 ||
                 (answer->status == 0 &&
                  (why->status == STATUS_NO_CONNECTION || why->status == STATUS_OUTCOME_UNKNOWN));
    bool background = call->urgency != HTTP_PERSON;
    if (background && why->status == STATUS_RATE_LIMITED && !call->changes) {
        call->tries--; // nobody is kept waiting, and nothing has failed
        queue_again(call, 0);
        return true;
    }
    if (call->changes || !worth || call->tries > HTTP_RETRIES_MAX)
        return false;
    int64_t wait = why->retry_after_s > 0 ? (int64_t)why->retry_after_s * 1000
                                          : (int64_t)BACKOFF_MS << (2 * (call->tries - 1));
    if (time_monotonic_ms() + wait >= call->deadline)
        return false;
    queue_again(call, time_monotonic_ms() + wait);
    return true;
}

static void transfer_over(void *ctx, CURL *easy, CURLcode result)
{
    struct http *http = ctx;
    struct http_call *call = NULL;
    struct http_answer answer = {.body = ""};
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    if (call->answered_at > 0)
        observe_speed(http, call);
    // To curl, a connection that ends among the headers ends an answer without a body.
    if (result == CURLE_OK && !call->headers_whole)
        result = CURLE_PARTIAL_FILE;
    if (result != CURLE_OK) {
        answer.status = 0;
        http_transfer_failure(easy, result, http->base_url, call->given_up, &answer.why);
        if (result == CURLE_SSL_CACERT_BADFILE)
            http_reach_name_file(http->ca_file, &answer.why);
    } else {
        answer.body = bytebuf_text(&call->body);
        answer.length = call->body.length;
        if (is_of_the_api(&answer))
            observe_clock(http, call);
        int seconds = retry_after(call, &http->clock);
        http_status_failure(answer.status, answer.body, answer.length, &answer.why);
        secret_hide(http->key, answer.why.message);
        http_advise_wait(&answer.why, seconds);
        if (answer.status == 429)
            http_rate_refused(&http->rate, call->urgency, time_monotonic_ms(), seconds);
        else
            http_rate_served(&http->rate, call->urgency);
    }
    if (!call->changes)
        answer.why.maybe_done = false;
    if (!again(call, &answer))
        finish(call, &answer);
    if (!http->closing)
        run_queue_soon(http);
}

// --- the client ---

enum status http_new(uv_loop_t *loop, const struct http_options *options, struct http **out,
                     struct failure *why)
{
    enum status status = http_url_check(options->base_url, why);
    if (status != STATUS_OK)
        return status;
    struct http *http = calloc(1, sizeof *http);
    if (http == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the HTTP client");
    http->loop = loop;
    http->key = secret_copy(options->api_key);
    http->ca_file = strdup(options->ca_file != NULL ? options->ca_file : "");
    http->curl_loop = curl_loop_new(loop, transfer_over, http);
    if (http->key == NULL || http->ca_file == NULL || http->curl_loop == NULL ||
        uv_timer_init(loop, &http->queue_timer) < 0) {
        curl_loop_free(http->curl_loop);
        secret_free(http->key);
        free(http->ca_file);
        free(http);
        return fail(why, STATUS_NO_MEMORY, "no memory for the HTTP client");
    }
    http->queue_timer.data = http;
    (void)snprintf(http->base_url, sizeof http->base_url, "%s", options->base_url);
    for (size_t length = strlen(http->base_url); length > 0 && http->base_url[length - 1] == '/'; length--)
        http->base_url[length - 1] = '\0';
    http->loopback = strncasecmp(options->base_url, "http:", 5) == 0;
    http->leap0_header = options->leap0_header;
    http->may_send = options->may_send;
    http->connect_timeout_ms = options->connect_timeout_ms;
    http->timeout_ms = options->timeout_ms;
    http->latency_ms = -1;
    http_rate_begin(&http->rate, options->quota, options->background_share);
    *out = http;
    return STATUS_OK;
}

static void queue_timer_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;
    secret_free(http->key);
    free(http->ca_file);
    free(http);
}

static void cancel_now(struct http_call *call)
{
    bool sent = call->state == CALL_RUNNING;
    if (sent)
        curl_loop_remove(call->http->curl_loop, call->easy);
    finish_failed(call, STATUS_CANCELLED, sent, "cancelled");
}

void http_free(struct http *http)
{
    if (http == NULL || http->closing)
        return;
    http->closing = true;
    while (http->calls != NULL)
        cancel_now(http->calls); // takes it off the list. NOLINT(clang-analyzer-unix.Malloc)
    curl_loop_free(http->curl_loop);
    (void)uv_timer_stop(&http->queue_timer);
    uv_close((uv_handle_t *)&http->queue_timer, queue_timer_closed);
}

static bool may_send(const struct http *http, const struct http_request *request)
{
    return http->may_send == NULL || (!request->changes && http->may_send(request->method, request->path));
}

static bool fill_call(struct http_call *call, const struct http_request *request)
{
    call->changes = request->changes;
    call->urgency = request->urgency;
    if (request->refused != NULL)
        call->refused = *request->refused;
    else if (!may_send(call->http, request))
        (void)fail(&call->refused, STATUS_READ_ONLY, "read-only: nothing is sent that changes anything");
    else if (strlen(request->path) >= sizeof call->path || strlen(request->method) >= sizeof call->method)
        (void)fail(&call->refused, STATUS_BAD_ARGUMENT, "the request is larger than %d bytes", HTTP_URL_MAX);
    else {
        (void)snprintf(call->method, sizeof call->method, "%s", request->method);
        (void)snprintf(call->path, sizeof call->path, "%s", request->path);
    }
    if (request->body == NULL)
        return true;
    call->request_length = strlen(request->body);
    if (call->request_length > HTTP_REQUEST_MAX) {
        call->request_length = 0;
        (void)fail(&call->refused, STATUS_TOO_LARGE, "the request's body is larger than %d KiB",
                   HTTP_REQUEST_MAX >> 10);
        return true;
    }
    call->request = strdup(request->body);
    return call->request != NULL;
}

bool http_send(struct http *http, const struct http_request *request, http_cb *cb, void *ctx)
{
    struct http_call *call = calloc(1, sizeof *call);
    if (call != NULL)
        call->http = http;
    if (call == NULL || http->closing || !fill_call(call, request)) {
        free(call);
        return false;
    }
    call->body = BYTEBUF(HTTP_BODY_MAX);
    call->cb = cb;
    call->ctx = ctx;
    call->deadline = call->urgency == HTTP_PERSON ? time_monotonic_ms() + http->timeout_ms : INT64_MAX;
    struct http_call **end = &http->calls;
    while (*end != NULL && (*end)->urgency <= call->urgency)
        end = &(*end)->next;
    call->next = *end;
    *end = call;
    run_queue_soon(http);
    return true;
}

void http_network_changed(struct http *http)
{
    http->network_at = time_monotonic_ms();
    // What was asked over the old network may wait in vain until its deadline; what changes something is
    // never sent twice.
    for (struct http_call *call = http->calls; call != NULL; call = call->next) {
        if (call->state != CALL_RUNNING || call->changes)
            continue;
        curl_loop_remove(http->curl_loop, call->easy);
        queue_again(call, 0);
    }
    run_queue_soon(http);
}

void http_hurry(struct http *http)
{
    for (struct http_call *call = http->calls; call != NULL; call = call->next) {
        if (call->state != CALL_QUEUED || call->urgency == HTTP_PERSON)
            continue;
        call->urgency = HTTP_PERSON; // the order among them stays
        call->deadline = time_monotonic_ms() + http->timeout_ms;
    }
    run_queue_soon(http);
}

const struct server_clock *http_clock(const struct http *http)
{
    return &http->clock;
}

void http_health(struct http *http, struct http_health *out)
{
    int64_t now = time_monotonic_ms();
    out->latency_ms = http->latency_ms;
    out->answered_at = http->last_answer_at;
    out->background = http_rate_count(&http->rate, false, now);
    out->requests = out->background + http_rate_count(&http->rate, true, now);
    out->background_share = http_rate_share(&http->rate, now);
    out->held = http_rate_is_held(&http->rate, now);
}
