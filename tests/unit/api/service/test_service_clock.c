// SPDX-License-Identifier: Apache-2.0
//
// Tests what the service makes of the server's clock, with a peer whose answers bear the Dates that the test
// wants; and a refresh for which no call can be started.

#include "tests/unit/api/http/http_peer.h"
#include "tests/unit/api/service/service_fixture.h"

// For what can't be brought about from outside: a client that starts no call.
#include "api/leap0/leap0_private.h"
#include "api/service/credential_service_private.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ANSWERS = 8, ANSWER_CAP = 256, HOUR_MS = 3600 * 1000 };

static struct service_fixture fixture;
static struct http_peer *peer;
static char bytes[ANSWERS][ANSWER_CAP];
static struct http_peer_answer answers[ANSWERS];

// The n-th answer's clock is so many hours ahead of ours; those after the last are as the last.
static void script(const int *hours, size_t count)
{
    for (size_t i = 0; i < ANSWERS; i++) {
        char date[64];
        time_t at = time(NULL) + (time_t)hours[i < count ? i : count - 1] * 3600;
        struct tm parts;
        (void)gmtime_r(&at, &parts);
        (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        (void)snprintf(
            bytes[i], ANSWER_CAP,
            "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Length: 30\r\n\r\n{\"items\": [],\"total_items\": 0}",
            date);
        answers[i] = (struct http_peer_answer){.bytes = bytes[i]};
    }
}

static void end(void)
{
    cr_expect(support_folder_remove(service_fixture_top));
}

TestSuite(service_clock, .init = service_fixture_begin, .fini = end, .timeout = 120);

static void open_service(const int *hours, size_t count)
{
    struct config config = {.refresh_s = 5, .timeout_s = 20, .connect_timeout_s = 5};
    struct failure why = {.status = STATUS_OK};
    struct secret *key = secret_new("l0-test", 7);
    memset(&fixture, 0, sizeof fixture);
    script(hours, count);
    cr_assert_eq(uv_loop_init(&fixture.loop), 0);
    peer = http_peer_start(&fixture.loop, answers, ANSWERS);
    (void)snprintf(config.base_url, sizeof config.base_url, "%s", http_peer_url(peer));
    (void)snprintf(config.state_folder, sizeof config.state_folder, "%s/vault", service_fixture_top);
    cr_assert_eq(service_new(&fixture.loop, &config, key, NULL, NULL, &fixture.service, &why), STATUS_OK);
    secret_free(key);
}

static void close_service(void)
{
    http_peer_stop(peer);
    service_fixture_close(&fixture);
}

static void expect_clock(int hours, const char *what)
{
    struct service_health health;
    service_health(fixture.service, &health);
    int64_t off = health.clock_offset_ms - (int64_t)hours * HOUR_MS;
    cr_expect(off > -10000 && off < 10000, "%s: %lld ms", what, (long long)health.clock_offset_ms);
}

// A run that asks once knows after it which clock is right, and asks no more than that takes.
Test(service_clock, one_refresh_finds_out_which_clock_is_wrong)
{
    static const struct {
        const char *what;
        int hours[ANSWERS], count, truth;
        size_t requests;
    } cases[] = {
        {"both right", {0}, 1, 0, 1},
        {"a first wrong Date, ahead", {26, 0}, 2, 0, 2},
        {"a first wrong Date, behind", {-2, 0}, 2, 0, 2},
        {"our clock is behind", {26}, 1, 26, 3},
        {"our clock is ahead", {-2}, 1, -2, 3},
        {"ours and the first Date", {5, -2}, 2, -2, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_service(cases[i].hours, (size_t)cases[i].count);
        cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
        expect_clock(cases[i].truth, cases[i].what);
        cr_expect_eq(http_peer_requests(peer), cases[i].requests, "%s: %zu requests", cases[i].what,
                     http_peer_requests(peer));
        close_service();
    }
}

// A server whose clock was set is followed within one refresh; one wrong answer among good ones is not.
Test(service_clock, an_answer_that_says_otherwise_is_asked_about)
{
    static const int good[] = {0}, wrong_once[] = {3, 0}, set[] = {3};
    open_service(good, 1);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    script(wrong_once, 2);
    http_peer_script(peer, answers, ANSWERS);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    expect_clock(0, "one wrong answer");
    cr_expect_eq(http_peer_requests(peer), 2);
    script(set, 1);
    http_peer_script(peer, answers, ANSWERS);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    expect_clock(3, "set");
    close_service();
}

// --- a refresh that can't begin ---

Test(service_clock, a_refresh_that_could_not_be_started_fails_and_the_next_one_is_made)
{
    static const int right[] = {0};
    struct secret *key = secret_new("l0-test", 7);
    struct http *ended = NULL;
    struct failure why = {.status = STATUS_OK};
    uv_loop_t still;
    open_service(right, 1);
    const struct http_options options = {.base_url = http_peer_url(peer), .api_key = key};
    cr_assert_eq(uv_loop_init(&still), 0);
    cr_assert_eq(http_new(&still, &options, &ended, &why), STATUS_OK);
    http_free(ended); // its loop stands still: it is there, and starts nothing
    struct http *working = fixture.service->client->http;
    fixture.service->client->http = ended;
    cr_expect_eq(service_fixture_refresh(&fixture), STATUS_NO_MEMORY);
    fixture.service->client->http = working;
    cr_expect_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
    cr_assert_eq(uv_run(&still, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&still), 0);
    secret_free(key);
    close_service();
}

static struct service_fixture_answer second;

static void refresh_again(void *ctx, const struct failure *why)
{
    service_fixture_on_done(ctx, why);
    if (fixture.service != NULL)
        service_refresh(fixture.service, service_fixture_on_done, &second);
}

// Also when it was asked for while all ended.
Test(service_clock, each_callback_of_a_refresh_is_made_once_also_at_the_end)
{
    static const int right[] = {0};
    struct service_fixture_answer first = {.calls = 0};
    open_service(right, 1);
    service_refresh(fixture.service, refresh_again, &first);
    close_service();
    cr_expect_eq(first.calls, 1);
    cr_expect_eq(first.why.status, STATUS_CANCELLED);
    cr_expect_eq(second.calls, 1);
    cr_expect_eq(second.why.status, STATUS_CANCELLED);
}
