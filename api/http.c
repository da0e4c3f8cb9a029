// SPDX-License-Identifier: Apache-2.0
//
// http: owns the queue of requests: when each may go (rate budget, Retry-After), whether it goes again, and
// what its end means. A request that changes something gets a connection of its own: curl sends a request
// anew by itself when a kept connection turns out to be dead, and a create must never go twice.

#include "api/http.h"

#include "api/curl_loop.h"
#include "api/http_answer.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WINDOW_MS = 60000, BACKOFF_MS = 500, BUFFER_FIRST = 4096, HEADER_CAP = SECRET_MAX + 64 };

enum call_state { CALL_QUEUED, CALL_RUNNING, CALL_OVER };

struct http_call {
    struct http *http;
    struct http_call *next;
    enum call_state state;
    char method[8];
    char path[HTTP_URL_MAX];
    char *request; // body; NULL: none
    size_t request_length;
    bool changes;
    bool cancelled, too_large;
    struct failure refused; // status OK: it may go
    int tries;
    int64_t not_before, deadline; // monotonic ms
    int64_t sent_at, answered_at;
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    size_t length, capacity, header_bytes;
    http_cb *cb;
    void *ctx;
};

struct http {
    uv_loop_t *loop;
    uv_timer_t queue_timer;
    struct curl_loop *curl_loop;
    struct http_call *calls; // oldest first
    char base_url[HTTP_URL_MAX];
    struct secret *key;
    bool leap0_header, loopback, closing;
    int connect_timeout_ms, timeout_ms;
    int64_t hold_until;          // Retry-After of the whole client
    int64_t sent[HTTP_RATE_MAX]; // ring of the times of the last requests
    size_t sent_next;
    struct server_clock clock;
    int64_t latency_ms, last_answer_at;
};

static void run_queue(struct http *http);

// --- memory of a call ---

static void wipe_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next)
        sodium_memzero(at->data, strlen(at->data));
    curl_slist_free_all(headers);
}

static void drop_transfer(struct http_call *call)
{
    if (call->easy != NULL)
        curl_easy_cleanup(call->easy);
    call->easy = NULL;
    wipe_headers(call->headers);
    call->headers = NULL;
    if (call->body != NULL)
        sodium_memzero(call->body, call->capacity); // may hold a password
    free(call->body);
    call->body = NULL;
    call->length = call->capacity = call->header_bytes = 0;
    call->too_large = false;
}

static void free_call(struct http_call *call)
{
    drop_transfer(call);
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

// --- what curl calls ---

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct http_call *call = ctx;
    size_t more = size * count;
    if (more > HTTP_BODY_MAX - call->length) {
        call->too_large = true;
        return 0;
    }
    if (call->length + more + 1 > call->capacity) {
        size_t capacity = call->capacity == 0 ? BUFFER_FIRST : call->capacity;
        while (capacity < call->length + more + 1)
            capacity *= 2;
        // realloc would leave a copy of what may be a password behind.
        char *grown = malloc(capacity);
        if (grown == NULL)
            return 0;
        if (call->body != NULL) {
            memcpy(grown, call->body, call->length);
            sodium_memzero(call->body, call->capacity);
            free(call->body);
        }
        call->body = grown;
        call->capacity = capacity;
    }
    memcpy(call->body + call->length, bytes, more);
    call->length += more;
    call->body[call->length] = '\0';
    return more;
}

// NOLINTNEXTLINE(readability-non-const-parameter): curl's type
static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct http_call *call = ctx;
    (void)bytes;
    if (call->header_bytes == 0)
        call->answered_at = time_monotonic_ms();
    call->header_bytes += size * count;
    return call->header_bytes > HTTP_HEADERS_MAX ? 0 : size * count;
}

// --- starting a transfer ---

static bool add_header(struct http_call *call, const char *text)
{
    struct curl_slist *grown = curl_slist_append(call->headers, text);
    if (grown == NULL)
        return false;
    call->headers = grown;
    return true;
}

static bool add_headers(struct http_call *call)
{
    const struct http *http = call->http;
    char *line = sodium_malloc(HEADER_CAP);
    if (line == NULL)
        return false;
    (void)snprintf(line, HEADER_CAP, "%s: %s", http->leap0_header ? "leap0-authorization" : "authorization",
                   secret_text(http->key));
    bool ok = add_header(call, line) && add_header(call, "Leap0-Source: sbxdeck") &&
              add_header(call, "Accept: application/json") && add_header(call, "Expect:") &&
              (call->request == NULL || add_header(call, "Content-Type: application/json"));
    sodium_free(line);
    return ok;
}

static void set_method(struct http_call *call)
{
    CURL *easy = call->easy;
    if (strcmp(call->method, "POST") == 0) {
        (void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->request != NULL ? call->request : "");
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)call->request_length);
    } else if (strcmp(call->method, "GET") != 0) {
        (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
    }
}

static bool set_up(struct http_call *call)
{
    const struct http *http = call->http;
    char url[2 * HTTP_URL_MAX];
    CURL *easy = curl_easy_init();
    call->easy = easy;
    if (easy == NULL || !add_headers(call))
        return false;
    (void)snprintf(url, sizeof url, "%s%s", http->base_url, call->path);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "sbxdeck/" SBXDECK_VERSION);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, http->loopback ? "http,https" : "https");
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_timeout_ms);
    int64_t left = call->deadline - time_monotonic_ms();
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    if (call->changes)
        (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (http->loopback)
        (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    set_method(call);
    return true;
}

static void start(struct http_call *call)
{
    struct http *http = call->http;
    call->state = CALL_RUNNING;
    call->tries++;
    call->sent_at = time_monotonic_ms();
    call->answered_at = 0;
    http->sent[http->sent_next] = call->sent_at;
    http->sent_next = (http->sent_next + 1) % HTTP_RATE_MAX;
    if (!set_up(call) || !curl_loop_add(http->curl_loop, call->easy))
        finish_failed(call, STATUS_NO_MEMORY, false, "no memory for a request");
}

// --- the queue ---

// When one more request keeps the budget; 0 or past: now.
static int64_t budget_free_at(const struct http *http)
{
    int64_t oldest = http->sent[http->sent_next];
    return oldest == 0 ? 0 : oldest + WINDOW_MS;
}

static void on_queue_timer(uv_timer_t *timer)
{
    run_queue(timer->data);
}

// The first call that can go now, be given up or be told that it was cancelled; NULL: *wake says when to look
// again (-1: nothing waits).
static struct http_call *next_due(struct http *http, int64_t now, int64_t *wake)
{
    int64_t free_at = budget_free_at(http);
    *wake = -1;
    for (struct http_call *call = http->calls; call != NULL; call = call->next) {
        // A finished call has left the list.
        int64_t at = call->not_before; // NOLINT(clang-analyzer-unix.Malloc)
        if (call->cancelled || call->refused.status != STATUS_OK)
            return call;
        if (call->state != CALL_QUEUED)
            continue;
        at = at < http->hold_until ? http->hold_until : at;
        at = at < free_at ? free_at : at;
        if (at <= now || at >= call->deadline)
            return call;
        *wake = *wake < 0 || at < *wake ? at : *wake;
    }
    return NULL;
}

static void cancel_now(struct http_call *call)
{
    bool sent = call->state == CALL_RUNNING;
    if (sent)
        curl_loop_remove(call->http->curl_loop, call->easy);
    finish_failed(call, STATUS_CANCELLED, sent, "cancelled");
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
        if (call->cancelled)
            cancel_now(call);
        else if (call->refused.status != STATUS_OK)
            refuse_now(call);
        else if (call->not_before > now || http->hold_until > now || budget_free_at(http) > now)
            finish_failed(call, STATUS_RATE_LIMITED, false,
                          "the requests of the last minute have used up the rate limit");
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

static void observe(struct http *http, struct http_call *call)
{
    struct curl_header *date = NULL;
    int64_t date_ms = 0;
    curl_off_t before = 0, first_byte = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &before);
    (void)curl_easy_getinfo(call->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
    http->last_answer_at = time_monotonic_ms();
    if (first_byte >= before && first_byte > 0)
        http->latency_ms = (int64_t)(first_byte - before) / 1000;
    if (curl_easy_header(call->easy, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK &&
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

// Goes again by itself? Only what changes nothing, and only when there is time for it.
static bool again(struct http_call *call, const struct http_answer *answer)
{
    const struct failure *why = &answer->why;
    bool worth = why->status == STATUS_RATE_LIMITED || answer->status >= 500 ||
                 (answer->status == 0 &&
                  (why->status == STATUS_NO_CONNECTION || why->status == STATUS_OUTCOME_UNKNOWN));
    if (call->changes || !worth || call->tries > HTTP_RETRIES_MAX || call->cancelled)
        return false;
    int64_t wait = why->retry_after_s > 0 ? (int64_t)why->retry_after_s * 1000
                                          : (int64_t)BACKOFF_MS << (2 * (call->tries - 1));
    if (time_monotonic_ms() + wait >= call->deadline)
        return false;
    drop_transfer(call);
    call->not_before = time_monotonic_ms() + wait;
    call->state = CALL_QUEUED;
    run_queue_soon(call->http);
    return true;
}

static void transfer_over(void *ctx, CURL *easy, CURLcode result)
{
    struct http *http = ctx;
    struct http_call *call = NULL;
    struct http_answer answer = {.body = ""};
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    if (call->body != NULL) {
        answer.body = call->body;
        answer.length = call->length;
    }
    if (call->answered_at > 0)
        observe(http, call);
    if (result != CURLE_OK) {
        answer.status = 0;
        http_transfer_failure(easy, result, http->base_url, call->too_large, &answer.why);
    } else {
        int seconds = retry_after(call, &http->clock);
        http_status_failure(answer.status, answer.body, answer.length, &answer.why);
        answer.why.retry_after_s = seconds;
        if (answer.status == 429)
            http->hold_until = time_monotonic_ms() + (int64_t)(seconds > 0 ? seconds : 1) * 1000;
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
    http->curl_loop = curl_loop_new(loop, transfer_over, http);
    if (http->key == NULL || http->curl_loop == NULL || uv_timer_init(loop, &http->queue_timer) < 0) {
        curl_loop_free(http->curl_loop);
        secret_free(http->key);
        free(http);
        return fail(why, STATUS_NO_MEMORY, "no memory for the HTTP client");
    }
    http->queue_timer.data = http;
    (void)snprintf(http->base_url, sizeof http->base_url, "%s", options->base_url);
    for (size_t length = strlen(http->base_url); length > 0 && http->base_url[length - 1] == '/'; length--)
        http->base_url[length - 1] = '\0';
    http->loopback = strncasecmp(options->base_url, "http:", 5) == 0;
    http->leap0_header = options->leap0_header;
    http->connect_timeout_ms = options->connect_timeout_ms;
    http->timeout_ms = options->timeout_ms;
    http->latency_ms = -1;
    *out = http;
    return STATUS_OK;
}

static void queue_timer_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;
    secret_free(http->key);
    free(http);
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

static bool fill_call(struct http_call *call, const struct http_request *request)
{
    call->changes = request->changes;
    if (request->refused != NULL)
        call->refused = *request->refused;
    else if (strlen(request->path) >= sizeof call->path || strlen(request->method) >= sizeof call->method)
        (void)fail(&call->refused, STATUS_BAD_ARGUMENT, "a request of more than %d bytes", HTTP_URL_MAX);
    else {
        (void)snprintf(call->method, sizeof call->method, "%s", request->method);
        (void)snprintf(call->path, sizeof call->path, "%s", request->path);
    }
    if (request->body == NULL)
        return true;
    call->request_length = strlen(request->body);
    call->request = call->request_length <= HTTP_REQUEST_MAX ? strdup(request->body) : NULL;
    return call->request != NULL;
}

struct http_call *http_send(struct http *http, const struct http_request *request, http_cb *cb, void *ctx)
{
    struct http_call *call = calloc(1, sizeof *call);
    if (call == NULL || http->closing || !fill_call(call, request)) {
        free(call);
        return NULL;
    }
    call->http = http;
    call->cb = cb;
    call->ctx = ctx;
    call->deadline = time_monotonic_ms() + http->timeout_ms;
    struct http_call **end = &http->calls;
    while (*end != NULL)
        end = &(*end)->next;
    *end = call;
    run_queue_soon(http);
    return call;
}

void http_cancel(struct http_call *call)
{
    call->cancelled = true;
    run_queue_soon(call->http);
}

const struct server_clock *http_clock(const struct http *http)
{
    return &http->clock;
}

void http_health(const struct http *http, int64_t *latency_ms, int64_t *answered_at, int *requests)
{
    int64_t since = time_monotonic_ms() - WINDOW_MS;
    *latency_ms = http->latency_ms;
    *answered_at = http->last_answer_at;
    *requests = 0;
    for (size_t i = 0; i < HTTP_RATE_MAX; i++)
        *requests += http->sent[i] > since && http->sent[i] != 0;
}
