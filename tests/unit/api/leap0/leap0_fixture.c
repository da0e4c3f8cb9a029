// SPDX-License-Identifier: Apache-2.0
//
// leap0_fixture: Run a client of the API and its peer on one loop, and make the answers.

#include "tests/unit/api/leap0/leap0_fixture.h"

#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- callbacks ---

void leap0_fixture_on_done(void *ctx, const struct failure *why)
{
    struct leap0_fixture_answer *answer = ctx;
    answer->calls++;
    answer->why = *why;
}

static void on_object(struct leap0_fixture_answer *answer, const struct failure *why, bool has)
{
    leap0_fixture_on_done(answer, why);
    answer->has = has;
    cr_assert_eq(has, why->status == STATUS_OK, "an object with %s", status_name(why->status));
}

void leap0_fixture_on_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    struct leap0_fixture_answer *answer = ctx;
    on_object(answer, why, page != NULL);
    if (page == NULL)
        return;
    answer->count = page->count;
    answer->total = page->total;
    answer->malformed = page->malformed;
    answer->incomplete = page->incomplete;
    answer->unparsed = page->unparsed;
    for (size_t i = 0; i < page->count && i < LEAP0_FIXTURE_LISTED; i++)
        answer->listed[i] = page->sandboxes[i];
}

void leap0_fixture_on_sandbox(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct leap0_fixture_answer *answer = ctx;
    on_object(answer, why, sandbox != NULL);
    if (sandbox != NULL)
        answer->sandbox = *sandbox;
}

void leap0_fixture_on_access(void *ctx, const struct failure *why, struct access *access)
{
    struct leap0_fixture_answer *answer = ctx;
    on_object(answer, why, access != NULL);
    if (access == NULL)
        return;
    cr_assert_not_null(access->password);
    (void)snprintf(answer->password, sizeof answer->password, "%s", secret_text(access->password));
    answer->access = *access;
    answer->access.password = NULL; // the client's to free
}

void leap0_fixture_on_valid(void *ctx, const struct failure *why, bool valid)
{
    struct leap0_fixture_answer *answer = ctx;
    leap0_fixture_on_done(answer, why);
    answer->valid = valid;
    cr_assert(!valid || why->status == STATUS_OK);
}

// --- begin and end ---

void leap0_fixture_begin(struct leap0_fixture *fixture, enum dialect dialect)
{
    struct failure why;
    cr_assert_geq(sodium_init(), 0);
    memset(fixture, 0, sizeof *fixture);
    cr_assert_eq(uv_loop_init(&fixture->loop), 0);
    fixture->peer = http_peer_start(&fixture->loop, NULL, 0);
    fixture->password = secret_new("pass-word", 9);
    struct secret *key = secret_new("l0_test_key", 11);
    const struct leap0_options options = {
        .base_url = http_peer_url(fixture->peer), .api_key = key, .dialect = dialect};
    cr_assert_eq(leap0_new(&fixture->loop, &options, &fixture->client, &why), STATUS_OK, "%s", why.message);
    secret_free(key); // it was copied
}

static void free_bytes(struct leap0_fixture *fixture)
{
    for (size_t i = 0; i < LEAP0_FIXTURE_REPLIES; i++) {
        free(fixture->bytes[i]);
        fixture->bytes[i] = NULL;
    }
}

void leap0_fixture_end(struct leap0_fixture *fixture)
{
    leap0_free(fixture->client);
    http_peer_stop(fixture->peer);
    cr_assert_eq(uv_run(&fixture->loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&fixture->loop), 0, "handles stayed on the loop");
    secret_free(fixture->password);
    free_bytes(fixture);
}

// --- the peer's part ---

void leap0_fixture_script(struct leap0_fixture *fixture, const struct leap0_fixture_reply *replies,
                          size_t count, size_t split, size_t piece)
{
    cr_assert_leq(count, LEAP0_FIXTURE_REPLIES);
    free_bytes(fixture);
    for (size_t i = 0; i < count; i++) {
        const char *body = replies[i].body != NULL ? replies[i].body : "";
        if (asprintf(&fixture->bytes[i], "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", replies[i].status,
                     strlen(body), body) < 0)
            cr_assert_fail("out of memory");
        fixture->answers[i] =
            (struct http_peer_answer){.bytes = fixture->bytes[i], .split = split, .piece = piece};
    }
    http_peer_script(fixture->peer, fixture->answers, count);
}

void leap0_fixture_reply(struct leap0_fixture *fixture, const char *status, const char *body)
{
    const struct leap0_fixture_reply reply = {status, body};
    leap0_fixture_script(fixture, &reply, 1, 0, 0);
}

// --- waiting ---

static void on_deadline(uv_timer_t *timer)
{
    (void)timer;
    cr_assert_fail("nothing came in %d ms", SUPPORT_WAIT_MS);
}

// A callback can come from a timer, before the loop goes to sleep: this wakes it, to look at the condition.
static void on_pulse(uv_timer_t *timer)
{
    (void)timer;
}

static void run_until(struct leap0_fixture *fixture,
                      bool (*ready)(const struct leap0_fixture *fixture, size_t count), size_t count)
{
    uv_timer_t deadline, pulse;
    cr_assert_eq(uv_timer_init(&fixture->loop, &deadline), 0);
    cr_assert_eq(uv_timer_init(&fixture->loop, &pulse), 0);
    (void)uv_timer_start(&deadline, on_deadline, SUPPORT_WAIT_MS, 0);
    (void)uv_timer_start(&pulse, on_pulse, 5, 5);
    while (!ready(fixture, count))
        (void)uv_run(&fixture->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&deadline, NULL);
    uv_close((uv_handle_t *)&pulse, NULL);
    for (int i = 0; i < 2; i++) // they are on this stack
        (void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
}

static bool has_come(const struct leap0_fixture *fixture, size_t count)
{
    return fixture->answer.calls >= (int)count;
}

static bool has_had(const struct leap0_fixture *fixture, size_t count)
{
    return http_peer_requests(fixture->peer) >= count;
}

struct leap0_fixture_answer *leap0_fixture_asked(struct leap0_fixture *fixture)
{
    memset(&fixture->answer, 0, sizeof fixture->answer);
    return &fixture->answer;
}

enum status leap0_fixture_wait(struct leap0_fixture *fixture, const struct leap0_call *call)
{
    cr_assert_not_null(call);
    cr_assert_eq(fixture->answer.calls, 0, "the callback came from inside the call");
    run_until(fixture, has_come, 1);
    cr_assert_eq(fixture->answer.calls, 1);
    return fixture->answer.why.status;
}

void leap0_fixture_until_requests(struct leap0_fixture *fixture, size_t count)
{
    run_until(fixture, has_had, count);
}

// --- looking ---

void leap0_fixture_expect_request(const struct leap0_fixture *fixture, size_t number, const char *line,
                                  const char *body)
{
    const char *request = http_peer_request(fixture->peer, number);
    const char *given = strstr(request, "\r\n\r\n");
    size_t length = strlen(line);
    cr_expect(strncmp(request, line, length) == 0 && strncmp(request + length, " HTTP/1.1\r\n", 11) == 0,
              "request %zu is not '%s' but '%.*s'", number, line, (int)strcspn(request, "\r"), request);
    cr_assert_not_null(given);
    cr_expect_str_eq(given + 4, body != NULL ? body : "", "request %zu: '%s' instead of '%s'", number,
                     given + 4, body != NULL ? body : "");
}

void leap0_fixture_expect_requests(const struct leap0_fixture *fixture, size_t count)
{
    cr_expect_eq(http_peer_requests(fixture->peer), count, "%zu requests, not %zu",
                 http_peer_requests(fixture->peer), count);
}

cJSON *leap0_fixture_tree(const char *text)
{
    cJSON *tree = NULL;
    struct failure why;
    cr_assert_eq(json_parse(text, strlen(text), &tree, &why), STATUS_OK, "%s: %s", text, why.message);
    return tree;
}
