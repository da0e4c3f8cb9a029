// SPDX-License-Identifier: Apache-2.0
//
// http: when a request goes, whether it goes again, how it is ended early, and what a change of the network
// does to it.

#include "tests/unit/api/http/http_fixture.h"

#include "api/base/time_util.h"

#include <criterion/criterion.h>
#include <string.h>

#define OK_BYTES       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
#define FAILED(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

static struct http_fixture fixture;
static struct http_fixture_answer answer;

static const struct http_request get = {.method = "GET", .path = "/v1/sandboxes"};
static const struct http_request change = {
    .method = "POST", .path = "/v1/sandbox/", .body = "{}", .changes = true};

static bool one_came(void *ctx)
{
    return http_peer_requests(ctx) >= 1;
}

// --- again ---

Test(http_again, what_changes_nothing_goes_up_to_three_times)
{
    static const char *const worth[] = {FAILED("429 Slow Down"),   FAILED("500 Broken"),
                                        FAILED("502 Bad Gateway"), FAILED("503 No Capacity"),
                                        FAILED("504 Late"),        NULL};
    for (size_t i = 0; i < sizeof worth / sizeof worth[0]; i++) {
        // NULL: the connection is closed without a word.
        const struct http_peer_answer bad = {.bytes = worth[i],
                                             .end = worth[i] == NULL ? HTTP_PEER_CLOSE : HTTP_PEER_KEEP};
        const struct http_peer_answer fine = {.bytes = OK_BYTES};
        const struct http_peer_answer third[] = {bad, bad, fine};
        http_fixture_begin(&fixture, third, 3, 0);
        fixture.hurry = true;
        http_fixture_get(&fixture, &answer);
        cr_expect_eq(answer.why.status, STATUS_OK, "case %zu: %s", i, answer.why.message);
        cr_expect_eq(http_peer_requests(fixture.peer), 3, "case %zu", i);
        http_peer_script(fixture.peer, &bad, 1);
        http_peer_hang_up(fixture.peer); // else curl itself sends once more on finding its connection dead
        http_fixture_get(&fixture, &answer);
        cr_expect_neq(answer.why.status, STATUS_OK, "case %zu", i);
        cr_expect_not(answer.why.maybe_done, "case %zu", i);
        cr_expect_eq(http_peer_requests(fixture.peer), 3, "case %zu: %zu times", i,
                     http_peer_requests(fixture.peer));
        http_fixture_end(&fixture);
    }
}

Test(http_again, what_changes_something_goes_once)
{
    static const char *const worth[] = {FAILED("429 Slow Down"), FAILED("500 Broken"),
                                        FAILED("503 No Capacity"), NULL};
    for (size_t i = 0; i < sizeof worth / sizeof worth[0]; i++) {
        const struct http_peer_answer answers[] = {
            {.bytes = worth[i], .end = worth[i] == NULL ? HTTP_PEER_CLOSE : HTTP_PEER_KEEP},
            {.bytes = OK_BYTES}};
        http_fixture_begin(&fixture, answers, 2, 0);
        fixture.hurry = true;
        http_fixture_post(&fixture, &answer);
        cr_expect_neq(answer.why.status, STATUS_OK, "case %zu", i);
        http_fixture_turn(&fixture, 20);
        cr_expect_eq(http_peer_requests(fixture.peer), 1, "case %zu", i);
        http_fixture_end(&fixture);
    }
}

Test(http_again, a_refusal_is_not_asked_again)
{
    static const char *const plain[] = {FAILED("400 Bad"),     FAILED("401 No"),    FAILED("403 Never"),
                                        FAILED("404 Nowhere"), FAILED("409 Taken"), "no HTTP\r\n\r\n"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const struct http_peer_answer answers[] = {{.bytes = plain[i], .end = HTTP_PEER_CLOSE},
                                                   {.bytes = OK_BYTES}};
        http_fixture_begin(&fixture, answers, 2, 0);
        http_fixture_get(&fixture, &answer);
        cr_expect_neq(answer.why.status, STATUS_OK, "case %zu", i);
        cr_expect_eq(http_peer_requests(fixture.peer), 1, "case %zu", i);
        http_fixture_end(&fixture);
    }
}

// The wait is real here: half a second, and not before it is over.
Test(http_again, waits_before_it_goes_again)
{
    static const struct http_peer_answer answers[] = {{.bytes = FAILED("503 No Capacity")},
                                                      {.bytes = OK_BYTES}};
    http_fixture_begin(&fixture, answers, 2, 0);
    int64_t from = time_monotonic_ms();
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_geq(time_monotonic_ms() - from, 500);
    http_fixture_end(&fixture);
}

Test(http_again, not_when_the_deadline_comes_first)
{
    static const struct http_peer_answer late[] = {
        {.bytes = "HTTP/1.1 503 No Capacity\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n"},
        {.bytes = OK_BYTES}};
    http_fixture_begin(&fixture, late, 2, 60000);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_NO_CAPACITY);
    cr_expect_eq(answer.why.retry_after_s, 90);
    cr_expect_str_eq(failure_advice(&answer.why), "try again in 1m30s");
    cr_expect_eq(http_peer_requests(fixture.peer), 1);
    http_fixture_end(&fixture);
}

// curl sends a request anew on its own when a kept connection turns out to be dead: so a change never goes on
// a kept one.
Test(http_again, a_change_has_a_connection_of_its_own)
{
    static const struct http_peer_answer answers[] = {
        {.bytes = OK_BYTES}, {.bytes = OK_BYTES}, {.end = HTTP_PEER_CLOSE}};
    http_fixture_begin(&fixture, answers, 3, 0);
    http_fixture_get(&fixture, &answer);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(http_peer_connections(fixture.peer), 1, "GETs share a connection");
    http_fixture_post(&fixture, &answer);
    cr_expect_eq(http_peer_connections(fixture.peer), 2);
    cr_expect_eq(answer.why.status, STATUS_NO_CONNECTION);
    cr_expect(answer.why.maybe_done);
    cr_expect_eq(http_peer_requests(fixture.peer), 3, "it went %zu times",
                 http_peer_requests(fixture.peer) - 2);
    http_fixture_end(&fixture);
}

Test(http_again, a_kept_connection_is_not_used_after_a_change_of_the_network)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_get(&fixture, &answer);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(http_peer_connections(fixture.peer), 1);
    http_network_changed(fixture.http);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_eq(http_peer_connections(fixture.peer), 2);
    http_fixture_end(&fixture);
}

Test(http_again, a_kept_connection_that_was_closed_is_made_anew)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_get(&fixture, &answer);
    http_peer_hang_up(fixture.peer);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_eq(http_peer_connections(fixture.peer), 2);
    http_fixture_end(&fixture);
}

// --- the rate ---

Test(http_rate, a_429_holds_back_every_request)
{
    static const struct http_peer_answer answers[] = {
        {.bytes = "HTTP/1.1 429 Slow Down\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n"},
        {.bytes = OK_BYTES}};
    http_fixture_begin(&fixture, answers, 2, 60000);
    http_fixture_post(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_RATE_LIMITED);
    cr_expect_eq(answer.why.retry_after_s, 20);
    int64_t from = time_monotonic_ms();
    http_fixture_send(&fixture, &get, &answer);
    http_fixture_turn(&fixture, 30);
    cr_expect_eq(http_peer_requests(fixture.peer), 1, "it did not wait");
    fixture.hurry = true;
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_geq(time_monotonic_ms() - from, 19000);
    http_fixture_end(&fixture);
}

Test(http_rate, what_would_wait_beyond_its_deadline_is_told_at_once)
{
    static const struct http_peer_answer answers[] = {
        {.bytes = "HTTP/1.1 429 Slow Down\r\nRetry-After: 3000\r\nContent-Length: 0\r\n\r\n"},
        {.bytes = OK_BYTES}};
    http_fixture_begin(&fixture, answers, 2, 40000);
    http_fixture_post(&fixture, &answer);
    http_fixture_post(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_RATE_LIMITED);
    cr_expect_eq(answer.status, 0);
    cr_expect_eq(strncmp(failure_advice(&answer.why), "try again in ", 13), 0, "%s",
                 failure_advice(&answer.why));
    // No longer than a minute: the server may serve a person again before what it said.
    cr_expect(answer.why.retry_after_s > 50 && answer.why.retry_after_s <= 60, "%d",
              answer.why.retry_after_s);
    cr_expect_not(answer.why.maybe_done, "it was not sent");
    cr_expect_eq(http_peer_requests(fixture.peer), 1);
    http_fixture_end(&fixture);
}

Test(http_rate, the_budget_of_a_minute_is_kept)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    http_fixture_begin(&fixture, answers, 1, 120000);
    int64_t from = time_monotonic_ms();
    struct http_health health;
    for (int i = 0; i < HTTP_QUOTA; i++) {
        http_fixture_get(&fixture, &answer);
        cr_assert_eq(answer.why.status, STATUS_OK, "%d: %s", i, answer.why.message);
    }
    http_health(fixture.http, &health);
    cr_expect(health.requests == HTTP_QUOTA || time_monotonic_ms() - from >= 60000, "%d", health.requests);
    http_fixture_send(&fixture, &get, &answer);
    http_fixture_turn(&fixture, 30);
    cr_expect(http_peer_requests(fixture.peer) == HTTP_QUOTA || time_monotonic_ms() - from >= 60000);
    fixture.hurry = true;
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_geq(time_monotonic_ms() - from, 60000, "the minute was not over");
    http_fixture_end(&fixture);
}

// --- what nobody asked for ---

static const struct http_request quiet = {
    .method = "GET", .path = "/v1/sandboxes?page=2", .urgency = HTTP_BACKGROUND};

static void begin_with_quota(const struct http_peer_answer *answers, size_t count, int quota)
{
    const struct http_options options = {.timeout_ms = 60000, .quota = quota, .background_share = 25};
    http_fixture_begin_at(&fixture, answers, count, &options);
}

Test(http_rate, what_nobody_asked_for_takes_its_share_and_no_more)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    struct http_fixture_answer background[7];
    begin_with_quota(answers, 1, 20);
    for (size_t i = 0; i < 7; i++)
        http_fixture_send(&fixture, &quiet, &background[i]);
    http_fixture_wait(&fixture, &background[4]);
    http_fixture_turn(&fixture, 30);
    cr_expect_eq(http_peer_requests(fixture.peer), 5, "%zu", http_peer_requests(fixture.peer));
    // A person's calls don't wait for that.
    for (int i = 0; i < 10; i++)
        http_fixture_get(&fixture, &answer);
    cr_expect_eq(http_peer_requests(fixture.peer), 15);
    fixture.hurry = true; // longer than the deadline of a call
    http_fixture_wait(&fixture, &background[6]);
    cr_expect_eq(background[6].why.status, STATUS_OK, "%s", background[6].why.message);
    http_fixture_end(&fixture);
}

Test(http_rate, a_persons_calls_go_first)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    struct http_fixture_answer background, person;
    begin_with_quota(answers, 1, 8);
    http_fixture_send(&fixture, &quiet, &background);
    http_fixture_wait(&fixture, &background);
    http_fixture_send(&fixture, &quiet, &background);
    http_fixture_wait(&fixture, &background);
    http_fixture_send(&fixture, &quiet, &background); // it waits
    http_fixture_send(&fixture, &get, &person);
    http_fixture_wait(&fixture, &person);
    cr_expect_eq(background.calls, 0);
    http_hurry(fixture.http); // somebody waits for it now
    http_fixture_wait(&fixture, &background);
    cr_expect_eq(background.why.status, STATUS_OK);
    http_fixture_end(&fixture);
}

Test(http_rate, a_429_in_the_background_slows_nobody_and_fails_nothing)
{
    static const struct http_peer_answer answers[] = {
        {.bytes = "HTTP/1.1 429 Slow Down\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n"},
        {.bytes = OK_BYTES}};
    struct http_fixture_answer background;
    struct http_health health;
    begin_with_quota(answers, 2, 1000);
    http_fixture_send(&fixture, &quiet, &background);
    http_fixture_until(&fixture, one_came, fixture.peer);
    http_fixture_turn(&fixture, 30);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_eq(background.calls, 0, "it waits");
    http_health(fixture.http, &health);
    cr_expect(health.held);
    cr_expect_eq(health.background_share, 125, "%d", health.background_share);
    fixture.hurry = true;
    http_fixture_wait(&fixture, &background);
    cr_expect_eq(background.why.status, STATUS_OK, "%s", background.why.message);
    http_fixture_end(&fixture);
}

// --- ending early ---

Test(http_ending, freeing_the_client_ends_every_call_first)
{
    static const struct http_peer_answer silent[] = {{.end = HTTP_PEER_KEEP}};
    struct http_fixture_answer waiting[3];
    http_fixture_begin(&fixture, silent, 1, 0);
    http_fixture_send(&fixture, &change, &waiting[0]);
    http_fixture_until(&fixture, one_came, fixture.peer);
    http_fixture_send(&fixture, &get, &waiting[1]);
    http_fixture_send(&fixture, &change, &waiting[2]);
    http_free(fixture.http);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(waiting[i].calls, 1, "call %zu", i);
        cr_expect_eq(waiting[i].why.status, STATUS_CANCELLED);
    }
    cr_expect(waiting[0].why.maybe_done);
    cr_expect_not(waiting[1].why.maybe_done);
    cr_expect_not(waiting[2].why.maybe_done);
    fixture.http = NULL;
    http_fixture_end(&fixture);
    http_free(NULL);
}

struct freeing {
    struct http *http;
    struct http_fixture_answer answer, other;
    bool none_more;
};

static void free_in_callback(void *ctx, const struct http_answer *given)
{
    struct freeing *freeing = ctx;
    http_fixture_on_answer(&freeing->answer, given);
    http_free(freeing->http);
    freeing->none_more = !http_send(freeing->http, &get, http_fixture_on_answer, &freeing->other);
}

static bool was_freed(void *ctx)
{
    return ((const struct freeing *)ctx)->answer.calls > 0;
}

Test(http_ending, a_callback_may_free_the_client)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    static const struct failure why = {.status = STATUS_NOT_VALID, .message = "not sent"};
    static const struct http_request refused = {.refused = &why};
    const struct http_request *const requests[] = {&get, &change, &refused};
    for (size_t i = 0; i < 3; i++) {
        struct freeing freeing = {0};
        struct http_fixture_answer pending;
        http_fixture_begin(&fixture, answers, 1, 0);
        freeing.http = fixture.http;
        cr_assert(http_send(fixture.http, requests[i], free_in_callback, &freeing));
        if (i == 2)
            http_fixture_send(&fixture, &get, &pending);
        http_fixture_until(&fixture, was_freed, &freeing);
        cr_expect(freeing.none_more, "a client that is being freed took a request");
        cr_expect_eq(freeing.other.calls, 0);
        if (i == 2)
            cr_expect_eq(pending.why.status, STATUS_CANCELLED);
        fixture.http = NULL;
        http_fixture_end(&fixture);
    }
}

static void send_in_callback(void *ctx, const struct http_answer *given)
{
    struct freeing *chain = ctx;
    http_fixture_on_answer(&chain->answer, given);
    if (chain->answer.calls < 5)
        cr_assert(http_send(chain->http, &get, send_in_callback, chain));
}

static bool five_came(void *ctx)
{
    return ((const struct freeing *)ctx)->answer.calls == 5;
}

Test(http_ending, a_callback_may_send_the_next_request)
{
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    struct freeing chain = {0};
    http_fixture_begin(&fixture, answers, 1, 0);
    chain.http = fixture.http;
    cr_assert(http_send(fixture.http, &get, send_in_callback, &chain));
    http_fixture_until(&fixture, five_came, &chain);
    cr_expect_eq(http_peer_requests(fixture.peer), 5);
    http_fixture_end(&fixture);
}

// --- not sent at all ---

Test(http_refused, nothing_is_sent_and_the_callback_is_told)
{
    static const struct failure why = {.status = STATUS_NOT_VALID, .message = "the caller's words"};
    static const struct http_request request = {.method = "", .path = "", .refused = &why};
    http_fixture_begin(&fixture, NULL, 0, 0);
    http_fixture_send(&fixture, &request, &answer);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_NOT_VALID);
    cr_expect_str_eq(answer.why.message, "the caller's words");
    cr_expect_eq(http_peer_connections(fixture.peer), 0);
    http_fixture_end(&fixture);
}

Test(http_refused, a_request_beyond_its_caps)
{
    static char path[HTTP_URL_MAX + 1], body[HTTP_REQUEST_MAX + 2];
    static const struct http_peer_answer answers[] = {{.bytes = OK_BYTES}};
    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    memset(body, ' ', HTTP_REQUEST_MAX + 1);
    const struct http_request long_path = {.method = "GET", .path = path};
    const struct http_request long_body = {.method = "POST", .path = "/", .body = body, .changes = true};
    const struct http_request long_method = {.method = "PROPFIND", .path = "/"};
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_send(&fixture, &long_path, &answer);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_BAD_ARGUMENT);
    http_fixture_send(&fixture, &long_method, &answer);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_BAD_ARGUMENT);
    http_fixture_send(&fixture, &long_body, &answer);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_TOO_LARGE);
    cr_expect_not(answer.why.maybe_done);
    cr_expect_eq(http_peer_connections(fixture.peer), 0);
    body[HTTP_REQUEST_MAX] = '\0';
    http_fixture_send(&fixture, &long_body, &answer);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    http_fixture_end(&fixture);
}

// --- another network ---

static const struct http_peer_answer silence[] = {{.bytes = NULL}, {.bytes = OK_BYTES}};

Test(http_network, what_waits_on_the_old_one_is_asked_anew)
{
    http_fixture_begin(&fixture, silence, 2, 0);
    http_fixture_send(&fixture, &get, &answer);
    http_fixture_until(&fixture, one_came, fixture.peer);
    http_fixture_turn(&fixture, 20);
    cr_expect_eq(answer.calls, 0);
    http_network_changed(fixture.http);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_eq(http_peer_connections(fixture.peer), 2);
    http_fixture_end(&fixture);
}

Test(http_network, what_changes_something_is_not)
{
    http_fixture_begin(&fixture, silence, 2, 0);
    http_fixture_send(&fixture, &change, &answer);
    http_fixture_until(&fixture, one_came, fixture.peer);
    http_network_changed(fixture.http);
    http_fixture_turn(&fixture, 50);
    cr_expect_eq(answer.calls, 0);
    cr_expect_eq(http_peer_requests(fixture.peer), 1);
    http_free(fixture.http);
    fixture.http = NULL;
    cr_expect_eq(answer.calls, 1);
    cr_expect(answer.why.maybe_done);
    http_fixture_end(&fixture);
}
