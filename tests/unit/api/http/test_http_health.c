// SPDX-License-Identifier: Apache-2.0
//
// http: what is learnt from answers: the latency, how many requests the last minute has seen, the server's
// clock.

#include "tests/unit/api/http/http_fixture.h"

#include "api/base/server_clock.h"
#include "api/base/time_util.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define OK_BYTES "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

static struct http_fixture fixture;
static struct http_fixture_answer answer;

Test(http_health, latency_and_time_of_the_last_answer)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    struct http_health health;
    http_fixture_begin(&fixture, answers, 1, 0);
    http_health(fixture.http, &health);
    cr_expect_eq(health.latency_ms, -1);
    cr_expect_eq(health.answered_at, 0);
    cr_expect_eq(health.requests, 0);
    int64_t from = time_monotonic_ms();
    http_fixture_get(&fixture, &answer);
    http_health(fixture.http, &health);
    cr_expect_geq(health.answered_at, from);
    cr_expect_leq(health.answered_at, time_monotonic_ms());
    cr_expect(health.latency_ms >= 0 && health.latency_ms <= time_monotonic_ms() - from, "%lld ms",
              (long long)health.latency_ms);
    cr_expect_eq(health.requests, 1);
    http_fixture_end(&fixture);
}

// An answer whose Date is that, with more headers and a body.
static void dated_answer(int64_t ms, const char *status, const char *more, const char *body, char bytes[256])
{
    char date[64];
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    (void)gmtime_r(&seconds, &parts);
    (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    (void)snprintf(bytes, 256, "HTTP/1.1 %s\r\nDate: %s\r\n%sContent-Length: %zu\r\n\r\n%s", status, date,
                   more, strlen(body), body);
}

Test(http_health, the_date_header_sets_the_servers_clock)
{
    static const int64_t skews[] = {0, 3600000, -7200000, 86400000LL * 300};
    for (size_t i = 0; i < sizeof skews / sizeof skews[0]; i++) {
        char bytes[256];
        const struct http_peer_answer answers[] = {{.bytes = bytes}};
        http_fixture_begin(&fixture, answers, 1, 0);
        cr_expect_not(http_clock(fixture.http)->known);
        int64_t from = time_wall_ms();
        dated_answer(from + skews[i], "200 OK", "", "{}", bytes);
        for (int k = 0; k < SERVER_CLOCK_AGREEING; k++)
            http_fixture_get(&fixture, &answer);
        int64_t took = time_wall_ms() - from;
        int64_t offset = server_clock_offset(http_clock(fixture.http));
        cr_expect(http_clock(fixture.http)->known);
        cr_expect(offset > skews[i] - 1000 - took && offset < skews[i] + 1000, "%lld for %lld",
                  (long long)offset, (long long)skews[i]);
        http_fixture_end(&fixture);
    }
}

// The clock of a proxy that answers in the server's place, or of an answer kept long ago.
Test(http_health, only_an_answer_of_the_api_tells_the_servers_clock)
{
    static const struct {
        const char *status, *more, *body;
        bool taken;
    } cases[] = {
        {"200 OK", "", " \r\n{\"items\": []}", true},
        {"404 Not Found", "", "{\"message\": \"no\"}", true},
        {"429 Too Many Requests", "", "{}", true},
        {"502 Bad Gateway", "", "<html>bad</html>", false},
        {"503 Service Unavailable", "", "{\"message\": \"later\"}", false},
        {"407 Proxy Authentication Required", "", "<html>who</html>", false},
        {"200 OK", "", "<html>sign in to this network</html>", false},
        {"200 OK", "", "", false},
        {"302 Found", "Location: /\r\n", "{}", false},
        {"200 OK", "Age: 7200\r\n", "{}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[256];
        const struct http_peer_answer answers[] = {{.bytes = bytes}};
        http_fixture_begin(&fixture, answers, 1, 0);
        dated_answer(time_wall_ms() - 7200000, cases[i].status, cases[i].more, cases[i].body, bytes);
        http_fixture_post(&fixture, &answer);
        cr_expect_eq(http_clock(fixture.http)->known, cases[i].taken, "%s %s", cases[i].status,
                     cases[i].body);
        http_fixture_end(&fixture);
    }
}

Test(http_health, a_date_that_is_none_is_not_taken)
{
    static const struct http_peer_answer answers[] = {
        {.bytes = "HTTP/1.1 200 OK\r\nDate: yesterday\r\nContent-Length: 2\r\n\r\n{}"}};
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_not(http_clock(fixture.http)->known);
    http_fixture_end(&fixture);
}

Test(http_health, retry_after_is_passed_on)
{
    static const struct http_peer_answer answers[] = {
        {.bytes = "HTTP/1.1 409 Taken\r\nRetry-After: 12\r\nContent-Length: 0\r\n\r\n"}};
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_CONFLICT);
    cr_expect_eq(answer.why.retry_after_s, 12);
    cr_expect_str_eq(failure_advice(&answer.why),
                     status_advice(STATUS_CONFLICT)); // to wait is no way out of it
    http_fixture_end(&fixture);
}
