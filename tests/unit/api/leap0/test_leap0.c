// SPDX-License-Identifier: Apache-2.0
//
// leap0: the calls on one sandbox: what each sends, what it makes of the answer, and how it ends.

#include "tests/unit/api/leap0/leap0_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

static struct leap0_fixture fixture;

static void begin(void)
{
    leap0_fixture_begin(&fixture, DIALECT_AUTO);
}

static void end(void)
{
    leap0_fixture_end(&fixture);
}

TestSuite(leap0, .init = begin, .fini = end);

static const char full[] =
    "{\"id\":\"sbx-a\",\"template_id\":\"t\",\"vcpu\":2,\"memory\":2048,\"disk\":10240,"
    "\"timeout\":300,\"state\":\"starting\",\"auto_pause\":true,"
    "\"created_at\":\"2026-04-01T12:00:00Z\"}";

// --- the client ---

Test(leap0, a_client_needs_a_key_and_a_good_url)
{
    struct leap0 *client = NULL;
    struct failure why;
    struct secret *key = secret_new("k", 1);
    struct secret *empty = secret_new("", 0);
    const struct leap0_options keyless = {.base_url = "https://api.example"};
    const struct leap0_options blank = {.base_url = "https://api.example", .api_key = empty};
    const struct leap0_options plain = {.base_url = "http://api.example", .api_key = key};
    cr_expect_eq(leap0_new(&fixture.loop, &keyless, &client, &why), STATUS_KEY_MISSING);
    cr_expect_not_null(strstr(failure_advice(&why), "LEAP0_API_KEY"));
    cr_expect_eq(leap0_new(&fixture.loop, &blank, &client, &why), STATUS_KEY_MISSING);
    cr_expect_eq(leap0_new(&fixture.loop, &plain, &client, &why), STATUS_BAD_ARGUMENT);
    cr_expect_not_null(strstr(why.message, "http://api.example"));
    cr_expect_null(client);
    secret_free(key);
    secret_free(empty);
    leap0_free(NULL);
}

Test(leap0, dialects_by_name)
{
    static const enum dialect all[] = {DIALECT_AUTO, DIALECT_SANDBOX, DIALECT_CREDENTIAL};
    static const char *const wrong[] = {"", "Auto", "both", "sandboxes"};
    enum dialect out = DIALECT_AUTO;
    for (size_t i = 0; i < 3; i++) {
        cr_expect(dialect_parse(dialect_name(all[i]), &out));
        cr_expect_eq(out, all[i]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_expect_not(dialect_parse(wrong[i], &out), "%s", wrong[i]);
}

// --- one sandbox ---

Test(leap0, get_asks_with_the_slash)
{
    leap0_fixture_reply(&fixture, "200 OK", full);
    cr_expect_eq(leap0_fixture_wait(&fixture, leap0_sandbox(fixture.client, "sbx-a", leap0_fixture_on_sandbox,
                                                            leap0_fixture_asked(&fixture))),
                 STATUS_OK, "%s", fixture.answer.why.message);
    leap0_fixture_expect_request(&fixture, 0, "GET /v1/sandbox/sbx-a/", NULL);
    cr_expect_str_eq(fixture.answer.sandbox.id, "sbx-a");
    cr_expect(fixture.answer.sandbox.detailed);
    cr_expect_eq(fixture.answer.sandbox.memory_mib, 2048);
}

Test(leap0, create_sends_defaults_and_what_was_wanted)
{
    static const struct leap0_new_sandbox defaults;
    static const struct leap0_new_sandbox wanted = {.template_name = "system/\"x\"\n",
                                                    .vcpu = 8,
                                                    .memory_mib = 8192,
                                                    .timeout_s = 28800,
                                                    .auto_pause = true,
                                                    .network_mode = "deny-all"};
    leap0_fixture_reply(&fixture, "201 Created", full);
    cr_expect_eq(
        leap0_fixture_wait(&fixture, leap0_sandbox_create(fixture.client, &defaults, leap0_fixture_on_sandbox,
                                                          leap0_fixture_asked(&fixture))),
        STATUS_OK);
    leap0_fixture_expect_request(&fixture, 0, "POST /v1/sandbox/",
                                 "{\"template_name\":\"system/debian:bookworm\",\"vcpu\":1,\"memory\":1024,"
                                 "\"timeout\":300,\"auto_pause\":false}");
    cr_expect_eq(
        leap0_fixture_wait(&fixture, leap0_sandbox_create(fixture.client, &wanted, leap0_fixture_on_sandbox,
                                                          leap0_fixture_asked(&fixture))),
        STATUS_OK);
    leap0_fixture_expect_request(
        &fixture, 1, "POST /v1/sandbox/",
        "{\"template_name\":\"system/\\\"x\\\"\\n\",\"vcpu\":8,\"memory\":8192,"
        "\"timeout\":28800,\"auto_pause\":true,\"network_policy\":{\"mode\":\"deny-all\"}}");
}

Test(leap0, moves_and_their_calls)
{
    static const struct {
        enum sandbox_move move;
        const char *name, *line, *status;
    } moves[] = {{MOVE_PAUSE, "pause", "POST /v1/sandbox/sbx-a/pause", "201 Created"},
                 {MOVE_STOP, "stop", "POST /v1/sandbox/sbx-a/stop", "200 OK"},
                 {MOVE_START, "start", "POST /v1/sandbox/sbx-a/start", "200 OK"},
                 {MOVE_DELETE, "delete", "DELETE /v1/sandbox/sbx-a/", "204 No Content"},
                 {MOVE_WAKE, "wake", "GET /v1/sandbox/sbx-a/system/workdir", "200 OK"}};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        cr_expect_str_eq(sandbox_move_name(moves[i].move), moves[i].name);
        leap0_fixture_reply(&fixture, moves[i].status, NULL);
        cr_expect_eq(leap0_fixture_wait(&fixture, leap0_sandbox_move(fixture.client, "sbx-a", moves[i].move,
                                                                     leap0_fixture_on_done,
                                                                     leap0_fixture_asked(&fixture))),
                     STATUS_OK);
        leap0_fixture_expect_request(&fixture, 0, moves[i].line, NULL);
        leap0_fixture_reply(&fixture, "409 Conflict", "{\"message\":\"sandbox is not running\"}");
        cr_expect_eq(leap0_fixture_wait(&fixture, leap0_sandbox_move(fixture.client, "sbx-a", moves[i].move,
                                                                     leap0_fixture_on_done,
                                                                     leap0_fixture_asked(&fixture))),
                     STATUS_CONFLICT);
        cr_expect_str_eq(fixture.answer.why.message, "sandbox is not running");
        cr_expect_not(fixture.answer.why.maybe_done);
    }
}

Test(leap0, an_answer_that_is_no_sandbox)
{
    static const char *const bodies[] = {
        "", "{}", "[]", "null", "<html></html>", "{\"id\":\"../x\"}", "{\"id\":\"sbx-a\""};
    static const struct leap0_new_sandbox defaults;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        leap0_fixture_reply(&fixture, "200 OK", bodies[i]);
        cr_expect_eq(
            leap0_fixture_wait(&fixture, leap0_sandbox(fixture.client, "sbx-a", leap0_fixture_on_sandbox,
                                                       leap0_fixture_asked(&fixture))),
            STATUS_MALFORMED, "%s", bodies[i]);
        cr_expect_not(fixture.answer.why.maybe_done);
        leap0_fixture_reply(&fixture, "201 Created", bodies[i]);
        cr_expect_eq(leap0_fixture_wait(&fixture, leap0_sandbox_create(fixture.client, &defaults,
                                                                       leap0_fixture_on_sandbox,
                                                                       leap0_fixture_asked(&fixture))),
                     STATUS_MALFORMED, "%s", bodies[i]);
        cr_expect(fixture.answer.why.maybe_done, "it was created, whatever the answer says");
        leap0_fixture_expect_requests(&fixture, 1);
    }
}

Test(leap0, another_sandbox_than_the_one_asked_for_is_no_answer)
{
    leap0_fixture_reply(&fixture, "200 OK", "{\"id\":\"sbx-b\",\"state\":\"running\"}");
    cr_expect_eq(leap0_fixture_wait(&fixture, leap0_sandbox(fixture.client, "sbx-a", leap0_fixture_on_sandbox,
                                                            leap0_fixture_asked(&fixture))),
                 STATUS_MALFORMED);
}

static void expect_moved(enum sandbox_move move, const struct leap0_fixture_reply *reply, bool done)
{
    leap0_fixture_script(&fixture, reply, 1, 0, 0);
    enum status status =
        leap0_fixture_wait(&fixture, leap0_sandbox_move(fixture.client, "sbx-a", move, leap0_fixture_on_done,
                                                        leap0_fixture_asked(&fixture)));
    cr_expect_eq(status, done ? STATUS_OK : STATUS_MALFORMED, "%s after %s", sandbox_move_name(move),
                 reply->status);
    cr_expect_eq(fixture.answer.why.maybe_done, !done, "%s after %s", sandbox_move_name(move), reply->status);
}

Test(leap0, a_move_is_done_only_when_the_api_says_so)
{
    static const struct {
        struct leap0_fixture_reply reply;
        bool stopped, deleted;
    } cases[] = {{{"200 OK", "{\"id\":\"sbx-a\",\"state\":\"stopping\"}"}, true, false},
                 {{"204 No Content", NULL}, true, true},
                 {{"200 OK", ""}, true, false},
                 {{"200 OK", "<html>Welcome to the hotel</html>"}, false, false},
                 {{"200 OK", "ok"}, false, false},
                 {{"200 OK", "[]"}, false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_moved(MOVE_STOP, &cases[i].reply, cases[i].stopped);
        expect_moved(MOVE_DELETE, &cases[i].reply, cases[i].deleted);
    }
}

Test(leap0, an_id_that_is_none_is_not_sent)
{
    static const char *const ids[] = {"", "../sandboxes", "a/b", "a?x=1", "sbx a", "-a"};
    char longest[200];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i <= sizeof ids / sizeof ids[0]; i++) {
        const char *id = i < sizeof ids / sizeof ids[0] ? ids[i] : longest;
        cr_expect_eq(leap0_fixture_wait(&fixture, leap0_sandbox(fixture.client, id, leap0_fixture_on_sandbox,
                                                                leap0_fixture_asked(&fixture))),
                     STATUS_BAD_ARGUMENT, "%s", id);
        cr_expect_eq(leap0_fixture_wait(&fixture, leap0_sandbox_move(fixture.client, id, MOVE_DELETE,
                                                                     leap0_fixture_on_done,
                                                                     leap0_fixture_asked(&fixture))),
                     STATUS_BAD_ARGUMENT, "%s", id);
        cr_expect_not(fixture.answer.why.maybe_done);
    }
    cr_expect_eq(http_peer_connections(fixture.peer), 0);
}

// --- ends ---

Test(leap0, every_documented_status_reaches_the_caller)
{
    static const struct {
        const char *line;
        enum status status;
    } cases[] = {
        {"400 Bad Request", STATUS_REJECTED},
        {"401 Unauthorized", STATUS_KEY_REFUSED},
        {"403 Forbidden", STATUS_FORBIDDEN},
        {"404 Not Found", STATUS_NOT_FOUND},
        {"409 Conflict", STATUS_CONFLICT},
        {"429 Too Many Requests", STATUS_RATE_LIMITED},
        {"503 Service Unavailable", STATUS_NO_CAPACITY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct leap0_fixture once;
        leap0_fixture_begin(&once, DIALECT_AUTO); // of its own: a 429 holds back all that follow
        leap0_fixture_reply(&once, cases[i].line, "{\"message\":\"why it is so\"}");
        cr_expect_eq(
            leap0_fixture_wait(&once, leap0_sandbox_move(once.client, "sbx-a", MOVE_START,
                                                         leap0_fixture_on_done, leap0_fixture_asked(&once))),
            cases[i].status, "%s", cases[i].line);
        cr_expect_str_eq(once.answer.why.message, "why it is so");
        leap0_fixture_expect_requests(&once, 1);
        leap0_fixture_end(&once);
    }
}

Test(leap0, freeing_ends_a_call)
{
    cr_assert_not_null(
        leap0_sandboxes(fixture.client, NULL, leap0_fixture_on_page, leap0_fixture_asked(&fixture)));
    leap0_free(fixture.client);
    fixture.client = NULL;
    cr_expect_eq(fixture.answer.calls, 1);
    cr_expect_eq(fixture.answer.why.status, STATUS_CANCELLED);
}

static bool refused_all;

static void call_again(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    struct leap0 *client = ((struct leap0_fixture *)ctx)->client;
    static const struct leap0_new_sandbox defaults;
    (void)why;
    (void)page;
    refused_all =
        leap0_sandboxes(client, NULL, leap0_fixture_on_page, &fixture.answer) == NULL &&
        leap0_sandbox(client, "sbx-a", leap0_fixture_on_sandbox, &fixture.answer) == NULL &&
        leap0_sandbox(client, "../a", leap0_fixture_on_sandbox, &fixture.answer) == NULL &&
        leap0_sandbox_create(client, &defaults, leap0_fixture_on_sandbox, &fixture.answer) == NULL &&
        leap0_sandbox_move(client, "sbx-a", MOVE_STOP, leap0_fixture_on_done, &fixture.answer) == NULL &&
        leap0_access_create(client, "sbx-a", leap0_fixture_on_access, &fixture.answer) == NULL &&
        leap0_access_delete(client, "sbx-a", "ssh-a", NULL, leap0_fixture_on_done, &fixture.answer) == NULL;
}

// NULL, and no callback: the caller has it in hand.
Test(leap0, a_client_that_is_being_freed_starts_nothing)
{
    (void)leap0_fixture_asked(&fixture);
    cr_assert_not_null(leap0_sandboxes(fixture.client, NULL, call_again, &fixture));
    leap0_free(fixture.client);
    fixture.client = NULL;
    cr_expect(refused_all);
    cr_expect_eq(fixture.answer.calls, 0);
}
