// SPDX-License-Identifier: Apache-2.0
//
// http_answer: Turn curl's results and HTTP's statuses into our own, by a table each.

#include "api/http/http_answer.h"

#include "api/base/json.h"
#include "api/base/time_util.h"
#include "api/http/http_reach.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- transfers ---

static const struct {
    CURLcode code;
    enum status status;
} results[] = {
    {CURLE_COULDNT_RESOLVE_HOST, STATUS_NO_NAME},
    {CURLE_COULDNT_RESOLVE_PROXY, STATUS_NO_NAME},
    {CURLE_COULDNT_CONNECT, STATUS_NO_CONNECTION},
    {CURLE_PROXY, STATUS_NO_CONNECTION},
    {CURLE_OPERATION_TIMEDOUT, STATUS_TIMED_OUT},
    {CURLE_SSL_CONNECT_ERROR, STATUS_TLS_FAILED},
    {CURLE_PEER_FAILED_VERIFICATION, STATUS_TLS_FAILED},
    {CURLE_SSL_CACERT_BADFILE, STATUS_TLS_FAILED},
    {CURLE_SSL_CIPHER, STATUS_TLS_FAILED},
    {CURLE_SSL_ISSUER_ERROR, STATUS_TLS_FAILED},
    {CURLE_SSL_INVALIDCERTSTATUS, STATUS_TLS_FAILED},
    {CURLE_SEND_ERROR, STATUS_NO_CONNECTION},
    {CURLE_RECV_ERROR, STATUS_NO_CONNECTION},
    {CURLE_GOT_NOTHING, STATUS_NO_CONNECTION},
    {CURLE_PARTIAL_FILE, STATUS_NO_CONNECTION},
    {CURLE_WEIRD_SERVER_REPLY, STATUS_MALFORMED},
    {CURLE_UNSUPPORTED_PROTOCOL, STATUS_MALFORMED},
    {CURLE_OUT_OF_MEMORY, STATUS_NO_MEMORY},
};

// The request may have left: the connection was there and something was written to it.
static bool was_sent(CURL *easy)
{
    long bytes = 0;
    long refused = 0; // by a proxy: that request was to it
    (void)curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &bytes);
    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &refused);
    return bytes > 0 && refused < 300;
}

void http_transfer_failure(CURL *easy, CURLcode result, const char *base_url, enum status given_up,
                           struct failure *why)
{
    enum status status = STATUS_NO_CONNECTION;
    long error = 0;
    bool sent = was_sent(easy);
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (results[i].code == result)
            status = results[i].status;
    (void)curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    // curl's own cap on one line of the headers, 100 KiB, ends as if memory were out.
    if (given_up == STATUS_OK && sent && result == CURLE_OUT_OF_MEMORY)
        given_up = STATUS_TOO_LARGE;
    if (given_up == STATUS_OK && http_reach_tls_failure(easy, result, base_url, why)) {
        why->maybe_done = false; // at most a proxy was asked for the way
        return;
    }
    if (given_up == STATUS_TOO_LARGE)
        (void)fail(why, given_up, "%s sent a response larger than %d MiB, or headers larger than %d KiB",
                   base_url, HTTP_BODY_MAX >> 20, HTTP_HEADERS_MAX >> 10);
    else if (given_up == STATUS_MALFORMED)
        (void)fail(why, given_up, "%s asked to switch protocols (101)", base_url);
    else if (given_up != STATUS_OK)
        (void)fail(why, given_up, "no memory for the response of %s", base_url);
    else if (status == STATUS_TIMED_OUT)
        (void)fail(why, status, "%s did not answer in time", base_url);
    else if (sent)
        (void)fail(why, status, "%s: %s before the response was complete", base_url,
                   curl_easy_strerror(result));
    else if (status == STATUS_NO_CONNECTION && error != 0)
        (void)fail(why, status, "%s: %s", base_url, strerror((int)error));
    else
        (void)fail(why, status, "%s: %s", base_url, curl_easy_strerror(result));
    if (given_up == STATUS_OK && !sent)
        http_reach_name_proxy(easy, base_url, why);
    why->maybe_done = sent;
}

// --- statuses ---

static const struct {
    long http;
    enum status status;
    const char *words;
} statuses[] = {
    {400, STATUS_REJECTED, "Bad Request"},
    {401, STATUS_KEY_REFUSED, "Unauthorized"},
    {403, STATUS_FORBIDDEN, "Forbidden"},
    {404, STATUS_NOT_FOUND, "Not Found"},
    {405, STATUS_NOT_FOUND, "Method Not Allowed"},
    {407, STATUS_NO_CONNECTION, "Proxy Authentication Required"},
    {408, STATUS_TIMED_OUT, "Request Timeout"},
    {409, STATUS_CONFLICT, "Conflict"},
    {410, STATUS_NOT_FOUND, "Gone"},
    {413, STATUS_TOO_LARGE, "Content Too Large"},
    {421, STATUS_REJECTED, "Misdirected Request"},
    {422, STATUS_REJECTED, "Unprocessable Content"},
    {429, STATUS_RATE_LIMITED, "Too Many Requests"},
    {500, STATUS_SERVER_ERROR, "Internal Server Error"},
    {502, STATUS_SERVER_ERROR, "Bad Gateway"},
    {503, STATUS_NO_CAPACITY, "Service Unavailable"},
    {504, STATUS_SERVER_ERROR, "Gateway Timeout"},
};

static enum status status_of(long http, const char **words)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].http == http) {
            *words = statuses[i].words;
            return statuses[i].status;
        }
    }
    *words = http >= 300 && http < 400 ? "a redirect, which sbxdeck doesn't follow" : "an unexpected status";
    if (http >= 500)
        return STATUS_SERVER_ERROR;
    return http >= 400 ? STATUS_REJECTED : STATUS_MALFORMED;
}

// "name: what is wrong; name: …" of a validation error.
static void add_errors(const cJSON *tree, char *out, size_t cap)
{
    const cJSON *error = NULL;
    cJSON_ArrayForEach(error, cJSON_GetObjectItemCaseSensitive(tree, "errors"))
    {
        const char *field = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "field"));
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "error"));
        size_t used = strlen(out);
        if (text != NULL)
            (void)snprintf(out + used, cap - used, "%s%s%s%s", used > 0 ? "; " : "",
                           field != NULL ? field : "", field != NULL ? ": " : "", text);
    }
}

void http_status_failure(long status, const char *body, size_t length, struct failure *why)
{
    char text[sizeof why->message] = "";
    const char *words = NULL;
    cJSON *tree = NULL;
    bool from_api = false;
    memset(why, 0, sizeof *why);
    why->http_status = status;
    if (status >= 200 && status < 300)
        return;
    enum status ours = status_of(status, &words);
    if (json_parse(body, length, &tree, NULL) == STATUS_OK) {
        bool twice = false;
        const char *message = cJSON_GetStringValue(json_member(tree, "message", &twice));
        from_api = message != NULL && message[0] != '\0';
        (void)snprintf(text, sizeof text, "%s", message != NULL ? message : "");
        add_errors(tree, text, sizeof text);
    }
    cJSON_Delete(tree);
    if (text[0] != '\0')
        (void)fail(why, ours, "%s", text);
    else
        (void)fail(why, ours, "%ld %s", status, words);
    why->http_status = status;
    why->from_api = from_api;
    // What a gateway or a crash cut short may have been done, and what was answered with no status of an
    // answer; 503 says that it was not taken on.
    why->maybe_done = (status >= 500 && status != 503) || status < 400 || status == 408;
}

void http_advise_wait(struct failure *why, int seconds)
{
    char wait[16];
    why->retry_after_s = seconds;
    bool is_way_out = why->status == STATUS_RATE_LIMITED || why->status == STATUS_NO_CAPACITY ||
                      why->status == STATUS_SERVER_ERROR;
    if (seconds > 0 && is_way_out)
        (void)advise(why, why->status, "try again in %s", time_format_span((int64_t)seconds * 1000, wait));
}

int http_retry_after(const char *value, int64_t server_now_ms)
{
    int64_t at = 0;
    while (*value == ' ')
        value++;
    if (isdigit((unsigned char)*value)) {
        char *end = NULL;
        long seconds = strtol(value, &end, 10);
        if (*end != '\0' || seconds < 0)
            return 0;
        return seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int)seconds;
    }
    if (!time_parse_http_date(value, &at) || at <= server_now_ms)
        return 0;
    int64_t seconds = (at - server_now_ms + 999) / 1000;
    return seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int)seconds;
}
