// SPDX-License-Identifier: Apache-2.0
//
// http_answer: what each status and each failed transfer means, Retry-After.

#include "api/http/http_answer.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct failure why;

// --- statuses ---

static void mean(long status, const char *body)
{
    memset(&why, 0x55, sizeof why);
    http_status_failure(status, body, strlen(body), &why);
    cr_expect_eq(why.http_status, status);
    cr_expect_eq(why.retry_after_s, 0);
}

static const struct {
    long http;
    enum status status;
} documented[] = {
    {400, STATUS_REJECTED},     {401, STATUS_KEY_REFUSED},  {403, STATUS_FORBIDDEN},
    {404, STATUS_NOT_FOUND},    {405, STATUS_NOT_FOUND},    {409, STATUS_CONFLICT},
    {410, STATUS_NOT_FOUND},    {413, STATUS_TOO_LARGE},    {422, STATUS_REJECTED},
    {429, STATUS_RATE_LIMITED}, {500, STATUS_SERVER_ERROR}, {502, STATUS_SERVER_ERROR},
    {503, STATUS_NO_CAPACITY},  {504, STATUS_SERVER_ERROR}, {599, STATUS_SERVER_ERROR},
    {418, STATUS_REJECTED},     {301, STATUS_MALFORMED},    {308, STATUS_MALFORMED},
};
enum { DOCUMENTED = sizeof documented / sizeof documented[0] };

Test(http_status, each_has_its_result_and_the_servers_message)
{
    for (size_t i = 0; i < DOCUMENTED; i++) {
        mean(documented[i].http, "{\"message\":\"the server's own words\"}");
        cr_expect_eq(why.status, documented[i].status, "%ld: %s", documented[i].http,
                     status_name(why.status));
        cr_expect_str_eq(why.message, "the server's own words");
        cr_expect(why.from_api);
    }
}

Test(http_status, success_is_every_two_hundred)
{
    for (long status = 200; status < 300; status++) {
        mean(status, "{\"message\":\"not a failure\"}");
        cr_expect_eq(why.status, STATUS_OK);
        cr_expect_str_eq(why.message, "");
        cr_expect_not(why.maybe_done);
    }
    for (long status = 300; status < 600; status++) {
        mean(status, "");
        cr_expect_neq(why.status, STATUS_OK, "%ld", status);
    }
}

// A proxy's page, an empty body or a message of another type: the number and its usual words are shown.
Test(http_status, without_a_message_the_status_speaks)
{
    static const char *const bodies[] = {
        "",
        "<html><title>502 Bad Gateway</title></html>",
        "{\"message\":7}",
        "{\"message\":null}",
        "[]",
        "\"text\"",
        "{\"msg\":\"other name\"}",
        "{\"message\":\"cut",
        "{\"message\":\"\"}",
        "{\"message\":\"a\",\"message\":\"b\"}",
    };
    for (size_t b = 0; b < sizeof bodies / sizeof bodies[0]; b++) {
        for (size_t i = 0; i < DOCUMENTED; i++) {
            char number[8];
            mean(documented[i].http, bodies[b]);
            (void)snprintf(number, sizeof number, "%ld ", documented[i].http);
            cr_expect_eq(why.status, documented[i].status);
            cr_expect_eq(strncmp(why.message, number, 4), 0, "'%s' for %s", why.message, bodies[b]);
            cr_expect_null(strchr(why.message, '<'), "%s", why.message);
            cr_expect_not(why.from_api, "%s", bodies[b]);
        }
    }
}

Test(http_status, validation_errors_are_told_by_field)
{
    mean(
        400,
        "{\"message\":\"validation failed\",\"errors\":[{\"field\":\"vcpu\",\"error\":\"must be at most 8\"},"
        "{\"error\":\"no field\"},{\"field\":\"alone\"},7,{\"field\":5,\"error\":\"odd\"}]}");
    cr_expect_str_eq(why.message, "validation failed; vcpu: must be at most 8; no field; odd");
    mean(400, "{\"errors\":[{\"field\":\"memory\",\"error\":\"must be even\"}]}");
    cr_expect_str_eq(why.message, "memory: must be even");
    mean(400, "{\"message\":\"m\",\"errors\":{\"field\":\"x\",\"error\":\"y\"}}");
    cr_expect_eq(strncmp(why.message, "m", 1), 0);
}

Test(http_status, a_message_is_one_clean_line_of_bounded_length)
{
    char body[4096];
    mean(409, "{\"message\":\"line one\\nline two\\u001b[2J\\u009b1m\"}");
    cr_expect_str_eq(why.message, "line one line two [2J 1m");
    size_t used = (size_t)snprintf(body, sizeof body, "{\"message\":\"");
    while (used < 3000)
        used += (size_t)snprintf(body + used, sizeof body - used, "\xe2\x82\xac");
    (void)snprintf(body + used, sizeof body - used, "\",\"errors\":[{\"field\":\"f\",\"error\":\"e\"}]}");
    mean(400, body);
    cr_expect_lt(strlen(why.message), sizeof why.message);
    cr_expect_gt(strlen(why.message), 500);
    for (size_t i = 0; i + 3 <= strlen(why.message) && why.message[i] != '?'; i += 3)
        cr_expect_eq(memcmp(why.message + i, "\xe2\x82\xac", 3), 0, "at %zu", i);
}

// 503 says that it was not taken on; what a gateway cut short may have been done.
Test(http_status, what_may_have_been_done_all_the_same)
{
    static const struct {
        long status;
        bool maybe;
    } cases[] = {{200, false}, {400, false}, {401, false}, {404, false}, {409, false},
                 {429, false}, {503, false}, {500, true},  {502, true},  {504, true},
                 {520, true},  {408, true},  {302, true},  {101, true},  {999, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mean(cases[i].status, "");
        cr_expect_eq(why.maybe_done, cases[i].maybe, "%ld", cases[i].status);
    }
}

// --- transfers ---

// On a handle that has sent nothing; what was sent is tested with a real peer, in test_http.
Test(http_transfer, failures_before_anything_was_sent)
{
    static const struct {
        CURLcode code;
        enum status status;
    } cases[] = {
        {CURLE_COULDNT_RESOLVE_HOST, STATUS_NO_NAME},
        {CURLE_COULDNT_RESOLVE_PROXY, STATUS_NO_NAME},
        {CURLE_COULDNT_CONNECT, STATUS_NO_CONNECTION},
        {CURLE_OPERATION_TIMEDOUT, STATUS_TIMED_OUT},
        {CURLE_PEER_FAILED_VERIFICATION, STATUS_TLS_FAILED},
        {CURLE_SSL_CONNECT_ERROR, STATUS_TLS_FAILED},
        {CURLE_OUT_OF_MEMORY, STATUS_NO_MEMORY},
        {CURLE_WEIRD_SERVER_REPLY, STATUS_MALFORMED},
        {CURLE_RECURSIVE_API_CALL, STATUS_NO_CONNECTION}, // one that no table knows
    };
    CURL *easy = curl_easy_init();
    cr_assert_not_null(easy);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(&why, 0x55, sizeof why);
        http_transfer_failure(easy, cases[i].code, "https://api.example", STATUS_OK, &why);
        cr_expect_eq(why.status, cases[i].status, "%s: %s", curl_easy_strerror(cases[i].code),
                     status_name(why.status));
        cr_expect_not(why.maybe_done);
        cr_expect_eq(why.http_status, 0);
        cr_expect_not_null(strstr(why.message, "https://api.example"), "%s", why.message);
    }
    curl_easy_cleanup(easy);
}

// --- Retry-After ---

Test(http_retry_after, seconds_or_a_date)
{
    static const int64_t now = 784111777000; // Sun, 06 Nov 1994 08:49:37 GMT
    static const struct {
        const char *value;
        int seconds;
    } cases[] = {
        {"0", 0},
        {"7", 7},
        {" 7", 7},
        {"3600", 3600},
        {"3601", RETRY_AFTER_MAX_S},
        {"99999999999999999999999", RETRY_AFTER_MAX_S},
        {"-1", 0},
        {"1.5", 0},
        {"7 s", 0},
        {"", 0},
        {"soon", 0},
        {"-3600", 0},
        {"3600, 7", 0},
        {"Sun, 06 Nov 1994 08:49:47 GMT", 10},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sun, 06 Nov 1994 08:00:00 GMT", 0},
        {"Sun, 06 Nov 2094 08:00:00 GMT", RETRY_AFTER_MAX_S},
        {"1994-11-06T08:49:47Z", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(http_retry_after(cases[i].value, now), cases[i].seconds, "'%s': %d", cases[i].value,
                     http_retry_after(cases[i].value, now));
}
