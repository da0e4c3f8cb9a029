// SPDX-License-Identifier: Apache-2.0
//
// http_transfer: Set up a curl transfer for a request, and take its answer in: the options that keep the
// key on one host, and the caps on headers and body.

#include "api/base/time_util.h"
#include "api/http/http_answer.h"
#include "api/http/http_private.h"
#include "api/http/http_reach.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { HEADER_CAP = SECRET_MAX + 64, IDLE_MAX_S = 118 /* curl's own */ };

static void wipe_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next)
        sodium_memzero(at->data, strlen(at->data));
    curl_slist_free_all(headers);
}

void http_transfer_drop(struct http_call *call)
{
    if (call->easy != NULL)
        curl_easy_cleanup(call->easy);
    call->easy = NULL;
    wipe_headers(call->headers);
    call->headers = NULL;
    bytebuf_free(&call->body);
    call->header_bytes = 0;
    call->headers_whole = false;
    call->given_up = STATUS_OK;
}

// --- what curl calls ---

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct http_call *call = ctx;
    enum status status = bytebuf_add(&call->body, bytes, size * count);
    if (status != STATUS_OK)
        call->given_up = status;
    return status == STATUS_OK ? size * count : 0;
}

// NOLINTNEXTLINE(readability-non-const-parameter): curl's type
static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct http_call *call = ctx;
    size_t length = size * count;
    if (call->header_bytes == 0)
        call->answered_at = time_monotonic_ms();
    call->header_bytes += length;
    if (call->header_bytes > HTTP_HEADERS_MAX) {
        call->given_up = STATUS_TOO_LARGE;
        return 0;
    }
    // No other protocol was asked for: curl would wait for it to speak until the time is over.
    if (length >= 12 && memcmp(bytes, "HTTP/1.", 7) == 0 && memcmp(bytes + 8, " 101", 4) == 0) {
        call->given_up = STATUS_MALFORMED;
        return 0;
    }
    // A provisional answer has an end too; the next status line takes it back. Trailers come after the end.
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        call->headers_whole = false;
    else if (length > 0 && length <= 2 && bytes[length - 1] == '\n' && bytes[0] != ' ')
        call->headers_whole = true;
    return length;
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
    // Where the other header takes the place of authorization it carries the same.
    (void)snprintf(line, HEADER_CAP, "%s: Bearer %s",
                   http->leap0_header ? "leap0-authorization" : "authorization", secret_text(http->key));
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

// A connection that has idled since before a change of the network may be dead without knowing it: a request
// on it would wait in vain.
static void set_reuse(const struct http_call *call)
{
    int64_t age_s = (time_monotonic_ms() - call->http->network_at) / 1000;
    if (call->changes || (call->http->network_at > 0 && age_s < 1))
        (void)curl_easy_setopt(call->easy, CURLOPT_FRESH_CONNECT, 1L);
    else if (call->http->network_at > 0 && age_s < IDLE_MAX_S)
        (void)curl_easy_setopt(call->easy, CURLOPT_MAXAGE_CONN, (long)age_s);
}

bool http_transfer_new(struct http_call *call)
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
    http_reach_set(easy, http->ca_file);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_timeout_ms);
    int64_t left = call->deadline - time_monotonic_ms();
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    set_reuse(call);
    if (http->loopback)
        (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    set_method(call);
    return true;
}
