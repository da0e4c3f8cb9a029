// SPDX-License-Identifier: Apache-2.0
//
// http_probe: One blocking request with curl's own times of its steps. Its answer's body is not looked at.

#include "api/http/http_probe.h"

#include "api/base/time_util.h"
#include "api/http/http_answer.h"
#include "api/http/http_url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DATE_CAP = 64, HALF_SECOND_MS = 500, US_OF_MS = 1000 };

struct probing {
    char date[DATE_CAP];
    size_t header_bytes;
    int64_t answered_at; // wall clock; 0: not yet
};

// The first bytes of a body are enough: that ends the transfer, which is no failure.
// NOLINTNEXTLINE(readability-non-const-parameter): curl's type
static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    (void)bytes;
    (void)size;
    (void)count;
    (void)ctx;
    return 0;
}

// NOLINTNEXTLINE(readability-non-const-parameter): curl's type
static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct probing *probing = ctx;
    size_t length = size * count;
    if (probing->answered_at == 0)
        probing->answered_at = time_wall_ms();
    probing->header_bytes += length;
    if (probing->header_bytes > HTTP_HEADERS_MAX)
        return 0;
    if (length > 5 && length < DATE_CAP && strncasecmp(bytes, "date:", 5) == 0)
        (void)snprintf(probing->date, sizeof probing->date, "%.*s",
                       (int)strcspn(bytes + 5, "\r\n") < (int)length - 5 ? (int)strcspn(bytes + 5, "\r\n")
                                                                         : (int)length - 5,
                       bytes + 5);
    return length;
}

static bool set_up(CURL *easy, const char *base_url, const char *ca_file, int timeout_ms,
                   struct probing *probing)
{
    bool plain = strncasecmp(base_url, "http:", 5) == 0; // which is loopback
    bool set = curl_easy_setopt(easy, CURLOPT_URL, base_url) == CURLE_OK;
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "sbxdeck/" SBXDECK_VERSION);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, probing);
    http_reach_set(easy, ca_file);
    if (plain)
        (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    return set;
}

static int step_ms(curl_off_t from_us, curl_off_t to_us)
{
    return to_us <= 0 || to_us < from_us ? -1 : (int)((to_us - from_us + US_OF_MS / 2) / US_OF_MS);
}

static void take_times(CURL *easy, struct http_probe *out)
{
    curl_off_t name = 0, connect = 0, tls = 0, answer = 0;
    const char *address = NULL;
    (void)curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &name);
    (void)curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect);
    (void)curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &tls);
    (void)curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &answer);
    out->name_ms = step_ms(0, name);
    out->connect_ms = step_ms(name, connect);
    out->tls_ms = step_ms(connect, tls);
    out->answer_ms = out->status > 0 ? step_ms(tls > 0 ? tls : connect, answer) : -1;
    if (curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address) == CURLE_OK && address != NULL &&
        out->connect_ms >= 0)
        (void)snprintf(out->address, sizeof out->address, "%s", address);
}

static void take_clock(const struct probing *probing, struct http_probe *out)
{
    int64_t date = 0;
    int64_t half = (out->answer_ms > 0 ? out->answer_ms : 0) / 2;
    out->has_date = probing->date[0] != '\0' && time_parse_http_date(probing->date, &date);
    if (!out->has_date)
        return;
    out->clock_offset_ms = date + HALF_SECOND_MS - (probing->answered_at - half);
    out->clock_error_ms = HALF_SECOND_MS + half;
}

void http_probe(const char *base_url, const char *ca_file, int timeout_ms, struct http_probe *out)
{
    struct probing probing = {.answered_at = 0};
    *out = (struct http_probe){.name_ms = -1, .connect_ms = -1, .tls_ms = -1, .answer_ms = -1};
    if (http_url_check(base_url, &out->why) != STATUS_OK)
        return;
    if (!http_reach_proxy(base_url, out->proxy))
        out->proxy[0] = '\0';
    CURL *easy = curl_easy_init();
    if (easy == NULL || !set_up(easy, base_url, ca_file, timeout_ms, &probing)) {
        (void)fail(&out->why, STATUS_NO_MEMORY, "no memory for a request");
        curl_easy_cleanup(easy);
        return;
    }
    CURLcode result = curl_easy_perform(easy);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &out->status);
    take_times(easy, out);
    if (result == CURLE_SSL_CACERT_BADFILE)
        http_reach_name_file(ca_file, &out->why);
    else if (result != CURLE_OK && !(result == CURLE_WRITE_ERROR && out->status > 0))
        http_transfer_failure(easy, result, base_url, STATUS_OK, &out->why);
    else
        take_clock(&probing, out);
    curl_easy_cleanup(easy);
}
