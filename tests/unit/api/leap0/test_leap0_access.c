// SPDX-License-Identifier: Apache-2.0
//
// leap0: the SSH calls in both dialects, and how the dialect is found out by a call that changes nothing.

#include "tests/unit/api/leap0/leap0_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SSH       "/v1/sandbox/sbx-a/ssh/"
#define VALID     "{\"valid\":true,\"sandbox_id\":\"sbx-a\"}"
#define NOT_VALID "{\"valid\":false,\"sandbox_id\":\"sbx-a\"}"
#define NOWHERE   "{\"message\":\"not found\"}"

static struct leap0_fixture fixture;

static const char access_body[] =
    "{\"id\":\"ssh-a\",\"sandbox_id\":\"sbx-a\",\"password\":\"new-word\",\"expires_at\":\"2026-04-01T13:00:"
    "00Z\","
    "\"created_at\":\"2026-04-01T12:00:00Z\",\"updated_at\":\"2026-04-01T12:00:00Z\","
    "\"ssh_command\":\"ssh -o StrictHostKeyChecking=accept-new ssh-a@sbx-a.sandbox.leap0.dev\"}";

static enum status create(void)
{
    return leap0_fixture_wait(&fixture, leap0_access_create(fixture.client, "sbx-a", leap0_fixture_on_access,
                                                            leap0_fixture_asked(&fixture)));
}

static enum status validate(const char *id)
{
    return leap0_fixture_wait(&fixture,
                              leap0_access_validate(fixture.client, "sbx-a", id, fixture.password,
                                                    leap0_fixture_on_valid, leap0_fixture_asked(&fixture)));
}

static enum status regenerate(const char *id, const struct secret *password)
{
    return leap0_fixture_wait(&fixture, leap0_access_regenerate(fixture.client, "sbx-a", id, password,
                                                                leap0_fixture_on_access,
                                                                leap0_fixture_asked(&fixture)));
}

static enum status delete_access(const char *id, const struct secret *password)
{
    return leap0_fixture_wait(&fixture,
                              leap0_access_delete(fixture.client, "sbx-a", id, password,
                                                  leap0_fixture_on_done, leap0_fixture_asked(&fixture)));
}

// --- each call in each dialect ---

static void expect_access(void)
{
    cr_expect_str_eq(fixture.answer.access.id, "ssh-a");
    cr_expect_str_eq(fixture.answer.access.sandbox_id, "sbx-a");
    cr_expect_str_eq(fixture.answer.password, "new-word");
    cr_expect_eq(fixture.answer.access.expires_at, 1775048400000);
}

Test(leap0_access, create_is_the_same_in_both_and_asks_for_no_dialect)
{
    for (enum dialect dialect = DIALECT_AUTO; dialect <= DIALECT_CREDENTIAL; dialect++) {
        leap0_fixture_begin(&fixture, dialect);
        leap0_fixture_reply(&fixture, "201 Created", access_body);
        cr_expect_eq(create(), STATUS_OK, "%s", fixture.answer.why.message);
        expect_access();
        leap0_fixture_expect_request(&fixture, 0, "POST " SSH "access", NULL);
        leap0_fixture_expect_requests(&fixture, 1);
        cr_expect_eq(leap0_dialect(fixture.client), dialect);
        leap0_fixture_end(&fixture);
    }
}

Test(leap0_access, one_a_sandbox)
{
    leap0_fixture_begin(&fixture, DIALECT_SANDBOX);
    leap0_fixture_reply(&fixture, "200 OK", VALID);
    cr_expect_eq(validate("ssh-a"), STATUS_OK);
    cr_expect(fixture.answer.valid);
    leap0_fixture_expect_request(&fixture, 0, "POST " SSH "validate",
                                 "{\"id\":\"ssh-a\",\"password\":\"pass-word\"}");
    leap0_fixture_reply(&fixture, "200 OK", access_body);
    cr_expect_eq(regenerate("ssh-a", fixture.password), STATUS_OK, "%s", fixture.answer.why.message);
    expect_access();
    leap0_fixture_expect_request(&fixture, 0, "POST " SSH "regen", NULL);
    cr_expect_eq(regenerate(NULL, NULL), STATUS_OK, "one a sandbox needs no id");
    leap0_fixture_reply(&fixture, "204 No Content", NULL);
    cr_expect_eq(delete_access("ssh-a", NULL), STATUS_OK);
    leap0_fixture_expect_request(&fixture, 0, "DELETE " SSH "access", NULL);
    leap0_fixture_expect_requests(&fixture, 1);
    leap0_fixture_end(&fixture);
}

Test(leap0_access, one_an_id)
{
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    leap0_fixture_reply(&fixture, "200 OK", NOT_VALID);
    cr_expect_eq(validate("ssh-a"), STATUS_OK);
    cr_expect_not(fixture.answer.valid);
    leap0_fixture_expect_request(&fixture, 0, "POST " SSH "ssh-a/validate", "{\"password\":\"pass-word\"}");
    leap0_fixture_reply(&fixture, "200 OK", access_body);
    cr_expect_eq(regenerate("ssh-a", fixture.password), STATUS_OK);
    expect_access();
    leap0_fixture_expect_request(&fixture, 0, "POST " SSH "ssh-a/regen", NULL);
    leap0_fixture_reply(&fixture, "204 No Content", NULL);
    cr_expect_eq(delete_access("ssh-a", NULL), STATUS_OK);
    leap0_fixture_expect_request(&fixture, 0, "DELETE " SSH "ssh-a", NULL);
    leap0_fixture_expect_requests(&fixture, 1);
    leap0_fixture_end(&fixture);
}

Test(leap0_access, one_an_id_cannot_do_without_the_id)
{
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    cr_expect_eq(regenerate(NULL, NULL), STATUS_NO_CREDENTIAL);
    cr_expect_eq(regenerate("", NULL), STATUS_NO_CREDENTIAL);
    cr_expect_eq(delete_access(NULL, NULL), STATUS_NO_CREDENTIAL);
    cr_expect_not(fixture.answer.why.maybe_done);
    cr_expect_eq(http_peer_connections(fixture.peer), 0);
    leap0_fixture_end(&fixture);
}

// --- finding the dialect ---

Test(leap0_access, the_credential_path_that_answers_is_the_dialect)
{
    static const char *const verdicts[] = {VALID, NOT_VALID};
    for (size_t i = 0; i < 2; i++) {
        leap0_fixture_begin(&fixture, DIALECT_AUTO);
        leap0_fixture_reply(&fixture, "200 OK", verdicts[i]);
        cr_expect_eq(validate("ssh-a"), STATUS_OK);
        cr_expect_eq(fixture.answer.valid, i == 0);
        cr_expect_eq(leap0_dialect(fixture.client), DIALECT_CREDENTIAL);
        leap0_fixture_expect_requests(&fixture, 1);
        leap0_fixture_end(&fixture);
    }
}

Test(leap0_access, where_it_is_not_there_the_sandbox_path_is_asked)
{
    static const char *const absent[] = {"404 Not Found", "405 Method Not Allowed"};
    for (size_t i = 0; i < 2; i++) {
        const struct leap0_fixture_reply replies[] = {{absent[i], NOWHERE}, {"200 OK", NOT_VALID}};
        leap0_fixture_begin(&fixture, DIALECT_AUTO);
        leap0_fixture_script(&fixture, replies, 2, 0, 0);
        cr_expect_eq(validate("ssh-a"), STATUS_OK);
        cr_expect_not(fixture.answer.valid);
        leap0_fixture_expect_request(&fixture, 0, "POST " SSH "ssh-a/validate",
                                     "{\"password\":\"pass-word\"}");
        leap0_fixture_expect_request(&fixture, 1, "POST " SSH "validate",
                                     "{\"id\":\"ssh-a\",\"password\":\"pass-word\"}");
        cr_expect_eq(leap0_dialect(fixture.client), DIALECT_SANDBOX);
        cr_expect_eq(validate("ssh-a"), STATUS_OK);
        leap0_fixture_expect_request(&fixture, 2, "POST " SSH "validate",
                                     "{\"id\":\"ssh-a\",\"password\":\"pass-word\"}");
        leap0_fixture_expect_requests(&fixture, 3);
        leap0_fixture_end(&fixture);
    }
}

// Whatever is to be changed waits for a validate that has told the dialect.
Test(leap0_access, nothing_is_changed_to_find_out)
{
    static const struct leap0_fixture_reply by_id[] = {{"200 OK", NOT_VALID}, {"200 OK", access_body}};
    static const struct leap0_fixture_reply by_sandbox[] = {
        {"404 Not Found", NOWHERE}, {"200 OK", NOT_VALID}, {"204 No Content", NULL}};
    leap0_fixture_begin(&fixture, DIALECT_AUTO);
    leap0_fixture_script(&fixture, by_id, 2, 0, 0);
    cr_expect_eq(regenerate("ssh-a", fixture.password), STATUS_OK, "%s", fixture.answer.why.message);
    leap0_fixture_expect_request(&fixture, 0, "POST " SSH "ssh-a/validate", "{\"password\":\"pass-word\"}");
    leap0_fixture_expect_request(&fixture, 1, "POST " SSH "ssh-a/regen", NULL);
    leap0_fixture_expect_requests(&fixture, 2);
    leap0_fixture_end(&fixture);
    leap0_fixture_begin(&fixture, DIALECT_AUTO);
    leap0_fixture_script(&fixture, by_sandbox, 3, 0, 0);
    cr_expect_eq(delete_access("ssh-a", NULL), STATUS_OK, "%s", fixture.answer.why.message);
    leap0_fixture_expect_request(&fixture, 0, "POST " SSH "ssh-a/validate", "{\"password\":\"\"}");
    leap0_fixture_expect_request(&fixture, 1, "POST " SSH "validate", "{\"id\":\"ssh-a\",\"password\":\"\"}");
    leap0_fixture_expect_request(&fixture, 2, "DELETE " SSH "access", NULL);
    leap0_fixture_expect_requests(&fixture, 3);
    leap0_fixture_end(&fixture);
}

Test(leap0_access, a_probe_without_an_id_asks_for_one_that_nobody_has)
{
    static const struct leap0_fixture_reply by_id[] = {{"200 OK", NOT_VALID}};
    static const struct leap0_fixture_reply by_sandbox[] = {
        {"404 Not Found", NOWHERE}, {"200 OK", NOT_VALID}, {"200 OK", access_body}};
    leap0_fixture_begin(&fixture, DIALECT_AUTO);
    leap0_fixture_script(&fixture, by_id, 1, 0, 0);
    cr_expect_eq(regenerate(NULL, NULL), STATUS_NO_CREDENTIAL);
    leap0_fixture_expect_requests(&fixture, 1);
    leap0_fixture_end(&fixture);
    leap0_fixture_begin(&fixture, DIALECT_AUTO);
    leap0_fixture_script(&fixture, by_sandbox, 3, 0, 0);
    cr_expect_eq(regenerate(NULL, NULL), STATUS_OK, "%s", fixture.answer.why.message);
    leap0_fixture_expect_request(&fixture, 2, "POST " SSH "regen", NULL);
    leap0_fixture_end(&fixture);
}

Test(leap0_access, a_probe_that_fails_tells_no_dialect_and_changes_nothing)
{
    static const struct {
        struct leap0_fixture_reply replies[2];
        size_t count;
        enum status status;
    } cases[] = {
        {{{"404 Not Found", NOWHERE}, {"404 Not Found", "{\"message\":\"sandbox not found\"}"}},
         2,
         STATUS_NOT_FOUND},
        {{{"404 Not Found", NOWHERE}, {"405 Method Not Allowed", NOWHERE}}, 2, STATUS_NOT_FOUND},
        {{{"405 Method Not Allowed", NOWHERE}, {"404 Not Found", NOWHERE}}, 2, STATUS_NOT_FOUND},
        // No path of this API: nothing was said of the credential.
        {{{"405 Method Not Allowed", NOWHERE}, {"405 Method Not Allowed", NOWHERE}}, 2, STATUS_MALFORMED},
        {{{"401 Unauthorized", NOWHERE}}, 1, STATUS_KEY_REFUSED},
        {{{"403 Forbidden", NOWHERE}}, 1, STATUS_FORBIDDEN},
        {{{"400 Bad Request", NOWHERE}}, 1, STATUS_REJECTED},
        {{{"404 Not Found", NOWHERE}, {"409 Conflict", NOWHERE}}, 2, STATUS_CONFLICT},
        {{{"302 Found", NULL}}, 1, STATUS_MALFORMED},
        {{{"200 OK", "<html>Welcome to the hotel</html>"}}, 1, STATUS_MALFORMED},
        {{{"200 OK", "{\"sandbox_id\":\"sbx-a\"}"}}, 1, STATUS_MALFORMED},
        {{{"200 OK", "{\"valid\":\"yes\"}"}}, 1, STATUS_MALFORMED},
        {{{"200 OK", "{\"valid\":true,\"sandbox_id\":\"sbx-other\"}"}}, 1, STATUS_MALFORMED},
        {{{"200 OK", "{\"valid\":true,\"sandbox_id\":7}"}}, 1, STATUS_MALFORMED},
        {{{"204 No Content", NULL}}, 1, STATUS_MALFORMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int verb = 0; verb < 3; verb++) {
            leap0_fixture_begin(&fixture, DIALECT_AUTO);
            leap0_fixture_script(&fixture, cases[i].replies, cases[i].count, 0, 0);
            enum status status = verb == 0   ? validate("ssh-a")
                                 : verb == 1 ? regenerate("ssh-a", fixture.password)
                                             : delete_access("ssh-a", fixture.password);
            // A delete that could not be asked for is not known to be needless.
            bool unknown = verb == 2 && cases[i].count == 2 && cases[i].status != STATUS_CONFLICT;
            cr_expect_eq(status, unknown ? STATUS_OUTCOME_UNKNOWN : cases[i].status, "case %zu: %s", i,
                         fixture.answer.why.message);
            cr_expect_not(fixture.answer.why.maybe_done, "case %zu: only a validate was sent", i);
            cr_expect_eq(leap0_dialect(fixture.client), DIALECT_AUTO, "case %zu", i);
            leap0_fixture_expect_requests(&fixture, cases[i].count);
            for (size_t n = 0; n < cases[i].count; n++)
                cr_expect_not_null(strstr(http_peer_request(fixture.peer, n), "/validate HTTP/1.1"));
            leap0_fixture_end(&fixture);
        }
    }
}

// --- what comes back ---

Test(leap0_access, an_answer_that_is_no_credential_was_done_all_the_same)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "[]",
        "<html>",
        "{\"id\":\"ssh-a\"}",
        "{\"id\":\"ssh-a\",\"password\":\"\"}",
        "{\"id\":\"-oProxyCommand=x\",\"password\":\"p\"}",
        "{\"id\":\"ssh-a\",\"password\":7}",
        "{\"id\":\"ssh-a\",\"password\":\"p\",\"sandbox_id\":\"sbx-other\"}",
        "{\"id\":\"ssh-a\",\"password\":\"hunter2\\n\"}",
        "{\"id\":\"ssh-a\",\"password\":\"hunter2\"",
    };
    leap0_fixture_begin(&fixture, DIALECT_SANDBOX);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        leap0_fixture_reply(&fixture, "201 Created", bodies[i]);
        cr_expect_eq(create(), STATUS_MALFORMED, "%s", bodies[i]);
        cr_expect(fixture.answer.why.maybe_done, "%s", bodies[i]);
        cr_expect_null(strstr(fixture.answer.why.message, "hunter2"), "%s", fixture.answer.why.message);
        cr_expect_eq(regenerate("ssh-a", NULL), STATUS_MALFORMED, "%s", bodies[i]);
        cr_expect(fixture.answer.why.maybe_done, "%s", bodies[i]);
        leap0_fixture_expect_requests(&fixture, 2);
    }
    leap0_fixture_end(&fixture);
}

// What can't be parsed of the rest of it costs no password, with a create nor with a regenerate.
Test(leap0_access, a_credential_with_odd_fields_is_one)
{
    static const char *const fields[] = {"\"expires_at\":\"never\"",
                                         "\"expires_at\":\"0001-01-01T00:00:00Z\"",
                                         "\"expires_at\":{}",
                                         "\"expires_at\":true",
                                         "\"expires_at\":-1",
                                         "\"expires_at\":1e300",
                                         "\"updated_at\":\"yesterday\"",
                                         "\"created_at\":[]",
                                         "\"port\":\"53783\"",
                                         "\"host\":false",
                                         "\"sandbox_id\":7",
                                         "\"ssh_command\":{}"};
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        for (int verb = 0; verb < 2; verb++) {
            char body[256];
            (void)snprintf(body, sizeof body, "{\"id\":\"ssh-a\",\"password\":\"new-word\",%s}", fields[i]);
            leap0_fixture_reply(&fixture, "201 Created", body);
            cr_expect_eq(verb == 0 ? create() : regenerate("ssh-a", NULL), STATUS_OK, "%s: %s", fields[i],
                         fixture.answer.why.message);
            cr_expect_str_eq(fixture.answer.password, "new-word");
            cr_expect_eq(fixture.answer.access.unparsed.count, 1, "%s", fields[i]);
            cr_expect_eq(fixture.answer.access.expires_at, 0);
            cr_expect_str_eq(fixture.answer.access.sandbox_id, "sbx-a");
        }
    }
    leap0_fixture_end(&fixture);
}

Test(leap0_access, a_create_that_was_answered_with_no_answer_may_have_been_done)
{
    static const char *const statuses[] = {"101 Switching Protocols", "302 Found", "204 No Content",
                                           "502 Bad"};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
        leap0_fixture_reply(&fixture, statuses[i], NULL);
        cr_expect_neq(create(), STATUS_OK, "%s", statuses[i]);
        cr_expect(fixture.answer.why.maybe_done, "%s", statuses[i]);
        leap0_fixture_end(&fixture);
    }
}

Test(leap0_access, deleted_is_what_the_api_says_is_deleted)
{
    static const struct {
        struct leap0_fixture_reply reply;
        enum status status;
        bool maybe;
    } cases[] = {
        {{"204 No Content", NULL}, STATUS_OK, false},
        {{"200 OK", ""}, STATUS_MALFORMED, true},
        {{"200 OK", "{\"message\":\"queued\"}"}, STATUS_MALFORMED, true},
        {{"299 What", NULL}, STATUS_MALFORMED, true},
        {{"200 OK", "<html>Welcome to the hotel</html>"}, STATUS_MALFORMED, true},
        {{"200 OK", "deleted"}, STATUS_MALFORMED, true},
        {{"404 Not Found", "{\"message\":\"no such credential\"}"}, STATUS_NOT_FOUND, false},
        {{"404 Not Found", "<html>404</html>"}, STATUS_MALFORMED, true},
        {{"404 Not Found", NULL}, STATUS_MALFORMED, true},
        {{"409 Conflict", "{\"message\":\"busy\"}"}, STATUS_CONFLICT, false},
    };
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leap0_fixture_script(&fixture, &cases[i].reply, 1, 0, 0);
        cr_expect_eq(delete_access("ssh-a", NULL), cases[i].status, "case %zu: %s", i,
                     fixture.answer.why.message);
        cr_expect_eq(fixture.answer.why.maybe_done, cases[i].maybe, "case %zu", i);
    }
    leap0_fixture_end(&fixture);
}

Test(leap0_access, the_sandbox_is_filled_in_where_the_answer_has_none)
{
    leap0_fixture_begin(&fixture, DIALECT_SANDBOX);
    leap0_fixture_reply(&fixture, "201 Created", "{\"id\":\"ssh-a\",\"password\":\"p\"}");
    cr_expect_eq(create(), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_str_eq(fixture.answer.access.sandbox_id, "sbx-a");
    leap0_fixture_end(&fixture);
}

Test(leap0_access, a_credential_split_at_any_byte)
{
    const struct leap0_fixture_reply reply = {"201 Created", access_body};
    size_t length = strlen(access_body) + strlen("HTTP/1.1 201 Created\r\nContent-Length: 999\r\n\r\n");
    leap0_fixture_begin(&fixture, DIALECT_SANDBOX);
    for (size_t split = 1; split < length; split++) {
        leap0_fixture_script(&fixture, &reply, 1, split, 0);
        cr_assert_eq(create(), STATUS_OK, "%zu: %s", split, fixture.answer.why.message);
        cr_assert_str_eq(fixture.answer.password, "new-word");
    }
    leap0_fixture_script(&fixture, &reply, 1, 1, 1);
    cr_expect_eq(create(), STATUS_OK);
    expect_access();
    leap0_fixture_end(&fixture);
}

static struct secret *taken;

static void take_password(void *ctx, const struct failure *why, struct access *access)
{
    leap0_fixture_on_access(ctx, why, access);
    taken = access->password;
    access->password = NULL;
}

Test(leap0_access, the_callback_may_keep_the_password)
{
    leap0_fixture_begin(&fixture, DIALECT_SANDBOX);
    leap0_fixture_reply(&fixture, "201 Created", access_body);
    cr_expect_eq(leap0_fixture_wait(&fixture, leap0_access_create(fixture.client, "sbx-a", take_password,
                                                                  leap0_fixture_asked(&fixture))),
                 STATUS_OK);
    cr_assert_not_null(taken);
    cr_expect_str_eq(secret_text(taken), "new-word");
    secret_free(taken);
    leap0_fixture_end(&fixture);
}

Test(leap0_access, a_password_is_sent_as_json_whatever_it_holds)
{
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    leap0_fixture_reply(&fixture, "200 OK", VALID);
    struct secret *odd = secret_new("a\"b\\c\xc3\xa9", 7);
    cr_expect_eq(leap0_fixture_wait(&fixture, leap0_access_validate(fixture.client, "sbx-a", "ssh-a", odd,
                                                                    leap0_fixture_on_valid,
                                                                    leap0_fixture_asked(&fixture))),
                 STATUS_OK);
    leap0_fixture_expect_request(&fixture, 0, "POST " SSH "ssh-a/validate",
                                 "{\"password\":\"a\\\"b\\\\c\xc3\xa9\"}");
    secret_free(odd);
    leap0_fixture_end(&fixture);
}

Test(leap0_access, a_server_that_quotes_the_password_is_not_repeated)
{
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    leap0_fixture_reply(&fixture, "400 Bad Request",
                        "{\"message\":\"validation "
                        "failed\",\"errors\":[{\"field\":\"password\",\"error\":\"'pass-word' is short\"}]}");
    cr_expect_eq(validate("ssh-a"), STATUS_REJECTED);
    cr_expect_str_eq(fixture.answer.why.message, "validation failed; password: '***' is short");
    leap0_fixture_end(&fixture);
}

Test(leap0_access, an_id_that_is_none_is_not_sent)
{
    static const char *const wrong[] = {"../x", "a/b", "a b", "-a", "a%2f"};
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_eq(validate(wrong[i]), STATUS_BAD_ARGUMENT);
        cr_expect_eq(regenerate(wrong[i], NULL), STATUS_BAD_ARGUMENT);
        cr_expect_eq(delete_access(wrong[i], NULL), STATUS_BAD_ARGUMENT);
        cr_expect_eq(leap0_fixture_wait(&fixture,
                                        leap0_access_create(fixture.client, wrong[i], leap0_fixture_on_access,
                                                            leap0_fixture_asked(&fixture))),
                     STATUS_BAD_ARGUMENT);
    }
    cr_expect_eq(http_peer_connections(fixture.peer), 0);
    leap0_fixture_end(&fixture);
}

// --- lost answers ---

Test(leap0_access, a_lost_answer_to_a_change_may_have_been_done)
{
    static const struct http_peer_answer lost[] = {{.end = HTTP_PEER_CLOSE}};
    leap0_fixture_begin(&fixture, DIALECT_CREDENTIAL);
    for (int verb = 0; verb < 3; verb++) {
        http_peer_script(fixture.peer, lost, 1);
        enum status status = verb == 0   ? create()
                             : verb == 1 ? regenerate("ssh-a", NULL)
                                         : delete_access("ssh-a", NULL);
        cr_expect_eq(status, STATUS_NO_CONNECTION, "%s", fixture.answer.why.message);
        cr_expect(fixture.answer.why.maybe_done);
        leap0_fixture_expect_requests(&fixture, 1);
    }
    leap0_fixture_end(&fixture);
}

Test(leap0_access, ended_while_it_finds_out_nothing_was_done)
{
    leap0_fixture_begin(&fixture, DIALECT_AUTO);
    cr_assert_not_null(leap0_access_regenerate(fixture.client, "sbx-a", "ssh-a", fixture.password,
                                               leap0_fixture_on_access, leap0_fixture_asked(&fixture)));
    leap0_fixture_until_requests(&fixture, 1);
    leap0_free(fixture.client);
    fixture.client = NULL;
    cr_expect_eq(fixture.answer.why.status, STATUS_CANCELLED);
    cr_expect_not(fixture.answer.why.maybe_done);
    leap0_fixture_end(&fixture);
}
