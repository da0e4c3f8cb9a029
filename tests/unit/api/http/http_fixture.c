// SPDX-License-Identifier: Apache-2.0
//
// http_fixture: Run an HTTP client and its peer on one loop, with a clock that can run ahead of the real one.

#include "tests/unit/api/http/http_fixture.h"

#include "api/base/time_util.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PULSE_MS = 5, AHEAD_MS = 500, TIMEOUT_MS = 60000, CONNECT_MS = 30000 };

// --- the clock ---

static int64_t ahead_ms;

static int64_t clock_ms(clockid_t which)
{
    struct timespec now;
    (void)clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + ahead_ms;
}

static int64_t wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

static int64_t monotonic_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

static const struct time_source source = {wall_ms, monotonic_ms};

// --- begin and end ---

void http_fixture_begin_at(struct http_fixture *fixture, const struct http_peer_answer *answers, size_t count,
                           const struct http_options *wanted)
{
    struct http_options options = *wanted;
    struct failure why;
    cr_assert_geq(sodium_init(), 0);
    memset(fixture, 0, sizeof *fixture);
    ahead_ms = 0;
    time_source_set(&source);
    cr_assert_eq(uv_loop_init(&fixture->loop), 0);
    fixture->peer = http_peer_start(&fixture->loop, answers, count);
    struct secret *key = secret_new(HTTP_FIXTURE_KEY, strlen(HTTP_FIXTURE_KEY));
    options.api_key = key;
    if (options.base_url == NULL)
        options.base_url = http_peer_url(fixture->peer);
    if (options.timeout_ms == 0)
        options.timeout_ms = TIMEOUT_MS;
    if (options.connect_timeout_ms == 0)
        options.connect_timeout_ms = CONNECT_MS;
    cr_assert_eq(http_new(&fixture->loop, &options, &fixture->http, &why), STATUS_OK, "%s", why.message);
    secret_free(key);
}

void http_fixture_begin(struct http_fixture *fixture, const struct http_peer_answer *answers, size_t count,
                        int timeout_ms)
{
    const struct http_options options = {.timeout_ms = timeout_ms};
    http_fixture_begin_at(fixture, answers, count, &options);
}

void http_fixture_end(struct http_fixture *fixture)
{
    http_free(fixture->http);
    http_peer_stop(fixture->peer);
    cr_assert_eq(uv_run(&fixture->loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&fixture->loop), 0, "handles stayed on the loop");
    time_source_set(NULL);
}

// --- calls ---

void http_fixture_on_answer(void *ctx, const struct http_answer *answer)
{
    struct http_fixture_answer *out = ctx;
    out->calls++;
    out->status = answer->status;
    out->why = answer->why;
    out->length = answer->length;
    cr_assert_not_null(answer->body);
    cr_assert_eq(answer->body[answer->length], '\0');
    (void)snprintf(out->body, sizeof out->body, "%s", answer->body);
}

void http_fixture_send(struct http_fixture *fixture, const struct http_request *request,
                       struct http_fixture_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    cr_assert(http_send(fixture->http, request, http_fixture_on_answer, answer));
    cr_assert_eq(answer->calls, 0, "the callback came from inside the call");
}

static void on_deadline(uv_timer_t *timer)
{
    (void)timer;
    cr_assert_fail("nothing came in %d ms", SUPPORT_WAIT_MS);
}

static void ignore_answer(void *ctx, const struct http_answer *answer)
{
    (void)ctx;
    (void)answer;
}

// The client's timers are real ones; a call that sends nothing makes it look at its clock again.
static void on_pulse(uv_timer_t *timer)
{
    static const struct failure nothing = {.status = STATUS_CANCELLED};
    static const struct http_request nudge = {.method = "", .path = "", .refused = &nothing};
    struct http_fixture *fixture = timer->data;
    if (!fixture->hurry)
        return;
    ahead_ms += AHEAD_MS;
    (void)http_send(fixture->http, &nudge, ignore_answer, NULL);
}

void http_fixture_until(struct http_fixture *fixture, bool (*ready)(void *ctx), void *ctx)
{
    uv_timer_t deadline, pulse;
    cr_assert_eq(uv_timer_init(&fixture->loop, &deadline), 0);
    cr_assert_eq(uv_timer_init(&fixture->loop, &pulse), 0);
    pulse.data = fixture;
    (void)uv_timer_start(&deadline, on_deadline, SUPPORT_WAIT_MS, 0);
    (void)uv_timer_start(&pulse, on_pulse, PULSE_MS, PULSE_MS);
    while (!ready(ctx))
        (void)uv_run(&fixture->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&deadline, NULL);
    uv_close((uv_handle_t *)&pulse, NULL);
    http_fixture_turn(fixture, 2); // they are on this stack
}

void http_fixture_turn(struct http_fixture *fixture, int turns)
{
    for (int i = 0; i < turns; i++)
        (void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
}

static bool has_come(void *ctx)
{
    return ((const struct http_fixture_answer *)ctx)->calls > 0;
}

void http_fixture_wait(struct http_fixture *fixture, struct http_fixture_answer *answer)
{
    http_fixture_until(fixture, has_come, answer);
    cr_assert_eq(answer->calls, 1);
}

void http_fixture_get(struct http_fixture *fixture, struct http_fixture_answer *answer)
{
    static const struct http_request request = {.method = "GET", .path = "/v1/sandboxes?page=1"};
    http_fixture_send(fixture, &request, answer);
    http_fixture_wait(fixture, answer);
}

void http_fixture_post(struct http_fixture *fixture, struct http_fixture_answer *answer)
{
    static const struct http_request request = {
        .method = "POST", .path = "/v1/sandbox/", .body = "{\"vcpu\":1}", .changes = true};
    http_fixture_send(fixture, &request, answer);
    http_fixture_wait(fixture, answer);
}
