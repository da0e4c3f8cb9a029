// SPDX-License-Identifier: Apache-2.0
//
// What read-only mode sends: only what is known to change nothing.

#include "tests/unit/api/leap0/leap0_fixture.h"

#include <criterion/criterion.h>

Test(leap0_read_only, knows_what_changes_nothing_and_refuses_all_else)
{
    static const struct {
        const char *method, *path;
        bool nothing;
    } cases[] = {
        {"GET", "/v1/sandboxes", true},
        {"GET", "/v1/sandboxes?page=1&page-size=100", true},
        {"GET", "/v1/sandboxes?state=running&next=/system/workdir", true},
        {"GET", "/v1/sandbox/sbx-1/", true},
        {"POST", "/v1/sandbox/sbx-1/ssh/validate", true},
        {"POST", "/v1/sandbox/sbx-1/ssh/ssh-1/validate", true},
        {"GET", "/v1/sandbox/sbx-1/system/workdir", false},
        {"GET", "/v1/sandbox/sbx-1/system/workdir?x", false},
        {"GET", "/v1/sandbox/sbx-1/system/user-home-dir", false},
        {"GET", "/v1/snapshots", false},
        {"POST", "/v1/sandbox/", false},
        {"POST", "/v1/sandbox/validate", false},
        {"POST", "/v1/sandbox/validate/ssh/access", false},
        {"POST", "/v1/sandbox/sbx-1/start", false},
        {"POST", "/v1/sandbox/sbx-1/stop", false},
        {"POST", "/v1/sandbox/sbx-1/pause", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/access", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/regen", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/ssh-1/regen", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/access?/ssh/validate", false},
        {"DELETE", "/v1/sandbox/sbx-1/", false},
        {"DELETE", "/v1/sandbox/sbx-1/ssh/access", false},
        {"DELETE", "/v1/sandbox/sbx-1/ssh/validate", false},
        {"PUT", "/v1/sandboxes", false},
        {"get", "/v1/sandboxes", false},
        {"", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(leap0_changes_nothing(cases[i].method, cases[i].path), cases[i].nothing, "%s %s",
                     cases[i].method, cases[i].path);
}

static struct leap0_fixture fixture;

static void begin_read_only(void)
{
    struct failure why = {.status = STATUS_OK};
    leap0_fixture_begin(&fixture, DIALECT_SANDBOX);
    struct secret *key = secret_new("key", 3);
    leap0_free(fixture.client);
    const struct leap0_options options = {.base_url = http_peer_url(fixture.peer),
                                          .api_key = key,
                                          .dialect = DIALECT_SANDBOX,
                                          .read_only = true};
    cr_assert_eq(leap0_new(&fixture.loop, &options, &fixture.client, &why), STATUS_OK, "%s", why.message);
    secret_free(key);
    leap0_fixture_reply(&fixture, "200 OK", "{\"valid\":true,\"sandbox_id\":\"sbx-a\"}");
}

// Below all that asks before: whoever calls, nothing goes out.
Test(leap0_read_only, no_call_that_changes_anything_leaves_the_http_layer)
{
    const struct leap0_new_sandbox wanted = {.template_name = NULL};
    begin_read_only();
    struct leap0 *client = fixture.client;
    void *ctx = NULL;
    static const enum sandbox_move moves[] = {MOVE_PAUSE, MOVE_STOP, MOVE_START, MOVE_DELETE, MOVE_WAKE};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        ctx = leap0_fixture_asked(&fixture);
        cr_expect_eq(leap0_fixture_wait(
                         &fixture, leap0_sandbox_move(client, "sbx-a", moves[i], leap0_fixture_on_done, ctx)),
                     STATUS_READ_ONLY, "%s", sandbox_move_name(moves[i]));
        cr_expect_not(fixture.answer.why.maybe_done);
    }
    ctx = leap0_fixture_asked(&fixture);
    cr_expect_eq(
        leap0_fixture_wait(&fixture, leap0_sandbox_create(client, &wanted, leap0_fixture_on_sandbox, ctx)),
        STATUS_READ_ONLY);
    ctx = leap0_fixture_asked(&fixture);
    cr_expect_eq(
        leap0_fixture_wait(&fixture, leap0_access_create(client, "sbx-a", leap0_fixture_on_access, ctx)),
        STATUS_READ_ONLY);
    ctx = leap0_fixture_asked(&fixture);
    cr_expect_eq(leap0_fixture_wait(&fixture, leap0_access_regenerate(client, "sbx-a", "ssh-a", NULL,
                                                                      leap0_fixture_on_access, ctx)),
                 STATUS_READ_ONLY);
    ctx = leap0_fixture_asked(&fixture);
    cr_expect_eq(leap0_fixture_wait(&fixture, leap0_access_delete(client, "sbx-a", "ssh-a", NULL,
                                                                  leap0_fixture_on_done, ctx)),
                 STATUS_READ_ONLY);
    leap0_fixture_expect_requests(&fixture, 0);
    ctx = leap0_fixture_asked(&fixture);
    cr_expect_eq(
        leap0_fixture_wait(&fixture, leap0_access_validate(client, "sbx-a", "ssh-a", fixture.password,
                                                           leap0_fixture_on_valid, ctx)),
        STATUS_OK);
    leap0_fixture_expect_requests(&fixture, 1);
    leap0_fixture_end(&fixture);
}
