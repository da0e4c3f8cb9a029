// SPDX-License-Identifier: Apache-2.0
//
// What the API may answer, through the whole program: what is odd in an answer costs neither a password nor a
// sandbox, is named once, and nothing is said to be done that the server has not said.

#include "tests/e2e/fixture.h"
#include "tests/support/access_server.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SANDBOX  ACCESS_SERVER_SANDBOX
#define USER     "ssh-bb961077616ff86f"
#define PASSWORD "a1b2c3d4e5f60718"

static struct access_server *server;
static struct fixture fixture;
static struct access_server_replies replies;
static char body[2048];

static void begin(void)
{
    server = access_server_start("127.0.0.1", 1, USER, PASSWORD);
    cr_assert_not_null(server);
    fixture_begin_without(&fixture);
    fixture_point_at(&fixture, access_server_url(server), "any-key");
}

static void end(void)
{
    fixture_end(&fixture);
    access_server_stop(server);
}

TestSuite(answers, .init = begin, .fini = end);

// An access object with these fields in place of the usual times and command.
static const char *access_with(const char *password, const char *fields)
{
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"sandbox_id\":\"%s\",\"password\":\"%s\",%s}", USER,
                   SANDBOX, password, fields);
    return body;
}

static void expect_password(const char *password)
{
    char kept[128];
    fixture_password(&fixture, SANDBOX, kept, sizeof kept);
    cr_expect_str_eq(kept, password);
}

Test(answers, a_new_password_is_kept_whatever_stands_beside_it)
{
    static const struct {
        const char *fields, *told;
    } cases[] = {
        {"\"expires_at\":\"never\"", "create: expires_at not understood: \"never\""},
        {"\"expires_at\":{},\"port\":\"53783\"", "expires_at not understood: an object, and 1 more field"},
        {"\"expires_at\":{},\"host\":\"a b\",\"username\":\"a b;c\"",
         "expires_at not understood: an object, and 2 more fields"},
        {"\"expires_at\":1e300", "expires_at not understood: 1e+300"},
        {"\"expires_at\":\"0001-01-01T00:00:00Z\",\"updated_at\":false", "and 1 more field"},
        {"\"created_at\":\"\xff\",\"host\":false", "created_at not understood: \"?\", and 1 more field"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        replies =
            (struct access_server_replies){.create = {"201 Created", access_with(PASSWORD, cases[i].fields)}};
        access_server_say(server, &replies);
        fixture_expect(&fixture, 0, "ends in     unknown", cases[i].told, "access", "create", SANDBOX, NULL);
        expect_password(PASSWORD);
        cJSON *list = fixture_json(&fixture, 0, "access", "ls", SANDBOX, "--json", NULL);
        cr_assert_eq(cJSON_GetArraySize(list), 1);
        cr_expect(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), "expires_at")));
        cJSON_Delete(list);
        fixture_expect(&fixture, 0, "unknown", NULL, "ls", NULL);
        fixture_expect(&fixture, 1, "its expiry is not known", NULL, "access", "needs-renewal", SANDBOX,
                       NULL);
        replies.regenerate =
            (struct access_server_reply){"200 OK", access_with("another-password", cases[i].fields)};
        fixture_expect(&fixture, 0, "ends in     unknown", "not understood", "access", "regen", SANDBOX,
                       NULL);
        expect_password("another-password");
        fixture_expect(&fixture, 0, "not understood", NULL, "events", NULL);
        fixture_expect(&fixture, 0, NULL, NULL, "access", "forget", SANDBOX, NULL);
    }
}

// A server that gives the id of before with another password has replaced it.
Test(answers, a_create_that_brings_an_id_known_here_takes_its_place)
{
    static const char *const times[] = {"\"expires_at\":\"2099-01-01T00:00:00Z\"",
                                        "\"expires_at\":\"2099-01-01T00:00:00Z\",\"created_at\":"
                                        "\"2026-01-01T00:00:00Z\""};
    for (size_t i = 0; i < 2; i++) {
        replies = (struct access_server_replies){.create = {"201 Created", access_with(PASSWORD, times[i])}};
        access_server_say(server, &replies);
        fixture_expect(&fixture, 0, NULL, NULL, "access", "create", SANDBOX, NULL);
        replies.create.body = access_with("another-password", times[i]);
        fixture_expect(&fixture, 0, NULL, NULL, "access", "create", SANDBOX, NULL);
        expect_password("another-password"); // of the one that there is
        fixture_expect(&fixture, 0, NULL, NULL, "access", "forget", SANDBOX, NULL);
    }
}

Test(answers, a_command_that_cannot_be_read_is_replaced_by_one_that_works)
{
    replies = (struct access_server_replies){
        .create = {"201 Created",
                   access_with(PASSWORD, "\"expires_at\":\"2099-01-01T00:00:00\",\"ssh_command\":\"ssh "
                                         "ssh-1@sbx-abc123.${env.LEAP0_SANDBOX_DOMAIN}\"")}};
    access_server_say(server, &replies);
    struct support_result made = fixture_run(&fixture, "access", "create", SANDBOX, "--json", NULL);
    cr_assert_eq(made.exit_code, 0, "%s", made.err);
    cr_expect_not_null(strstr(made.err, "ssh_command not understood: \"ssh ssh-1@sbx-abc123.${env"), "%s",
                       made.err);
    cJSON *access = cJSON_Parse(made.out);
    cr_expect_str_eq(json_text(access, "ssh_command"),
                     "ssh -o StrictHostKeyChecking=accept-new " USER "@" SANDBOX ".sandbox.leap0.dev");
    cJSON_Delete(access);
    support_result_free(&made);
}

Test(answers, a_sandbox_with_odd_fields_is_shown_and_can_be_stopped)
{
    replies = (struct access_server_replies){
        .list = {"200 OK", "{\"items\":[{\"id\":\"sbx-paid\",\"state\":\"running\",\"timeout_at\":{},"
                           "\"template_id\":7,\"created_at\":\"garbage\"}],\"total_items\":-5}"},
        .sandbox = {"200 OK", "{\"id\":\"sbx-paid\",\"state\":\"stopping\",\"vcpu\":\"two\"}"}};
    access_server_say(server, &replies);
    fixture_expect(&fixture, 0, "sbx-paid  running",
                   "total_items not understood: -5; 1 more only partly understood", "ls", NULL);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "id"), "sbx-paid");
    cJSON_Delete(list);
    fixture_expect(&fixture, 4, NULL, "not found", "stop", "sbx-paid", NULL); // it was asked for
}

Test(answers, watch_says_gone_of_no_sandbox_for_an_odd_field)
{
    const char *const argv[] = {fixture.program, "watch", NULL};
    static struct access_server_replies later;
    replies = (struct access_server_replies){
        .list = {"200 OK",
                 "{\"items\":[{\"id\":\"sbx-paid\",\"state\":\"starting\"},{\"id\":\"sbx:2\",\"state\":"
                 "\"starting\"}],\"total_items\":2}"}};
    later = (struct access_server_replies){
        .list = {"200 OK",
                 "{\"items\":[{\"id\":\"sbx-paid\",\"state\":7,\"timeout_at\":{}},{\"id\":\"sbx:2\","
                 "\"state\":\"running\"}],\"total_items\":true}"}};
    access_server_say(server, &replies);
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, "sbx-paid: starting");
    console_wait(console, "sbx:2: starting");
    access_server_say(server, &later);
    console_wait(console, "sbx-paid: unknown");
    console_wait(console, "sbx:2: running");
    cr_expect(!console_ever_wrote(console, "gone"));
    console_type(console, KEY_CTRL_C);
    (void)console_wait_exit(console);
    console_free(console);
}

Test(answers, the_console_claims_no_more_of_an_answer_than_it_has)
{
    const char *const argv[] = {fixture.program, NULL};
    replies = (struct access_server_replies){.create = {"500 Internal Server Error", "{}"}};
    access_server_say(server, &replies);
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, SANDBOX);
    console_type(console, "n");
    console_wait(console, "outcome unknown, a credential may have been created");
    cr_expect(!console_ever_wrote(console, "no answer"));
    console_type(console, "X");
    console_wait(console, "Cancel");
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "0 credentials");
    static struct access_server_replies later;
    char end_is[64];
    time_t past = time(NULL) - 7200;
    cr_assert_gt(strftime(end_is, sizeof end_is, "\"expires_at\":\"%Y-%m-%dT%H:%M:%SZ\"", gmtime(&past)), 0);
    later = (struct access_server_replies){.create = {"201 Created", access_with(PASSWORD, end_is)}};
    access_server_say(server, &later);
    console_type(console, "n");
    console_wait(console, "although past its expiry");
    cr_expect(!console_ever_wrote(console, "ends in 0s"));
    console_type(console, KEY_CTRL_C);
    (void)console_wait_exit(console);
    console_free(console);
}

Test(answers, an_id_that_is_not_understood_is_shown_and_nothing_is_done_with_it)
{
    replies = (struct access_server_replies){
        .list = {"200 OK",
                 "{\"items\":[{\"id\":\"sbx:1\",\"state\":\"running\"},{\"id\":\"sbx-2\",\"state\":"
                 "\"running\"},{\"id\":\"esc\\u001b[2J\"},{\"state\":\"running\"}],\"total_items\":4}"}};
    access_server_say(server, &replies);
    fixture_expect(&fixture, 0, "sbx:1", "2 with a malformed id can't be used", "ls", NULL);
    fixture_expect(&fixture, 0, "esc?[2J~", "1 left out: no id", "ls", NULL);
    fixture_expect(&fixture, 2, NULL, "'sbx:1' is not a sandbox id", "stop", "sbx:1", NULL);
    fixture_expect(&fixture, 1, NULL, "is malformed: sbxdeck can't use it", "stop", "es", NULL);
    fixture_expect(&fixture, 1, NULL, "sbxdeck can't use it", "access", "create", "es", NULL);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    cr_expect(json_true(cJSON_GetArrayItem(list, 0), "id_not_understood"));
    cr_expect_null(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 1), "id_not_understood"));
    cJSON_Delete(list);
    struct console *console = fixture_console(&fixture, 24, 120, "sbx:1");
    console_wait(console, "2 with a malformed id");
    console_wait(console, "malformed: sbxdeck can't use");
    console_type(console, "n");
    console_wait(console, "is malformed: sbxdeck can't use it");
    fixture_quit(console);
}

Test(answers, deleted_is_said_only_after_the_server_said_it)
{
    static const struct {
        struct access_server_reply validate, remove;
    } cases[] = {
        {{NULL, NULL}, {"200 OK", "<html>Welcome to the hotel</html>"}},
        {{NULL, NULL}, {"404 Not Found", "<html>404</html>"}},
        {{"404 Not Found", "{\"message\":\"not found\"}"}, {NULL, NULL}},
        {{"405 Method Not Allowed", ""}, {NULL, NULL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        access_server_say(server, NULL);
        cJSON_Delete(fixture_json(&fixture, 0, "access", "create", SANDBOX, "--json", NULL));
        replies = (struct access_server_replies){.validate = cases[i].validate, .remove = cases[i].remove};
        access_server_say(server, &replies);
        struct support_result result =
            fixture_run(&fixture, "access", "delete", SANDBOX, "--id", USER, "--json", NULL);
        cr_expect_eq(result.exit_code, 7, "case %zu: %s%s", i, result.out, result.err);
        cr_expect_null(strstr(result.out, "\"deleted\""), "case %zu: %s", i, result.out);
        support_result_free(&result);
        cJSON *list = fixture_json(&fixture, 0, "access", "ls", SANDBOX, "--json", NULL);
        cr_assert_eq(cJSON_GetArraySize(list), 1);
        cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "state"), "unknown");
        cJSON_Delete(list);
        fixture_expect(&fixture, 0, "outcome unknown", NULL, "events", "--kind", "deleted", NULL);
        fixture_expect(&fixture, 0, NULL, NULL, "access", "forget", SANDBOX, NULL);
    }
}

Test(answers, what_a_create_without_an_answer_leaves_has_a_way_out)
{
    static const struct access_server_reply lost[] = {{"101 Switching Protocols", ""}, {"200 OK", "<html>"}};
    for (size_t i = 0; i < 2; i++) {
        replies = (struct access_server_replies){.create = lost[i]};
        access_server_say(server, &replies);
        fixture_expect(&fixture, 7, NULL, "outcome unknown", "access", "create", SANDBOX, NULL);
        cJSON *list = fixture_json(&fixture, 0, "access", "ls", SANDBOX, "--json", NULL);
        cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "state"), "unknown");
        cJSON_Delete(list);
        fixture_expect(&fixture, 7, NULL, "", "access", "delete", SANDBOX,
                       NULL); // there is no id to delete it by
        fixture_expect(&fixture, 0, NULL, NULL, "access", "forget", SANDBOX, NULL);
    }
}

Test(answers, a_verdict_on_another_sandbox_is_none)
{
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", SANDBOX, "--json", NULL));
    replies = (struct access_server_replies){
        .validate = {"200 OK", "{\"valid\":false,\"sandbox_id\":\"sbx-another\"}"}};
    access_server_say(server, &replies);
    fixture_expect(&fixture, 1, NULL, "sbx-another", "access", "validate", SANDBOX, NULL);
    fixture_expect(&fixture, 0, "valid", NULL, "access", "ls", SANDBOX, NULL);
}

Test(answers, a_proxys_page_of_nothing_found_ends_no_credential_and_no_sandbox)
{
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", SANDBOX, "--json", NULL));
    replies = (struct access_server_replies){.sandbox = {"404 Not Found", "<html>404</html>"},
                                             .validate = {"404 Not Found", "<html>404</html>"},
                                             .regenerate = {"404 Not Found", "<html>404</html>"}};
    access_server_say(server, &replies);
    fixture_expect(&fixture, 4, NULL, "404 Not Found", "access", "validate", SANDBOX, NULL);
    fixture_expect(&fixture, 4, NULL, "404 Not Found", "access", "regen", SANDBOX, NULL);
    fixture_expect(&fixture, 0, "valid", NULL, "access", "ls", SANDBOX, NULL);
    struct console *console = fixture_console(&fixture, 24, 100, SANDBOX);
    console_wait(console, "1 running"); // its details could not be had
    fixture_quit(console);
    // The API's own word ends it.
    replies.validate.body = "{\"message\":\"not found\"}";
    fixture_expect(&fixture, 8, "invalid", NULL, "access", "validate", SANDBOX, NULL);
}

Test(answers, the_wait_that_the_server_asks_for_is_told)
{
    static const struct {
        const char *status, *told;
    } cases[] = {{"429 Too Many Requests\r\nRetry-After: 3600", "(try again in 1h)"},
                 {"429 Too Many Requests\r\nRetry-After: 86400", "(try again in 1h)"},
                 {"429 Too Many Requests\r\nRetry-After: Fri, 01 Jan 2100 00:00:00 GMT", "(try again in 1h)"},
                 {"429 Too Many Requests\r\nRetry-After: -5", "(wait a minute and try again)"},
                 {"429 Too Many Requests\r\nRetry-After: junk", "(wait a minute and try again)"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        replies = (struct access_server_replies){.create = {cases[i].status, "{\"message\":\"slow down\"}"}};
        access_server_say(server, &replies);
        fixture_expect(&fixture, 6, NULL, cases[i].told, "access", "create", SANDBOX, NULL);
    }
}

Test(answers, the_object_of_the_javascript_sdk_is_imported)
{
    const char *const argv[] = {fixture.program, "access", "import", NULL};
    static const char *const texts[] = {
        "{\"id\":\"" USER "\",\"sandboxId\":\"" SANDBOX "\",\"password\":\"" PASSWORD
        "\",\"expiresAt\":\"2099-01-01T00:00:00.000Z\",\"sshCommand\":\"ssh " USER "@h.example -p 2222\"}",
        "{\"id\":\"" USER "\",\"sandbox_id\":\"" SANDBOX "\",\"password\":\"" PASSWORD
        "\",\"hostname\":\"h.example\"}"};
    for (size_t i = 0; i < 2; i++) {
        struct support_result result;
        cr_assert(support_run(argv, fixture.environment, texts[i], 60000, &result));
        cr_expect_eq(result.exit_code, 0, "%s", result.err);
        cr_expect_not_null(strstr(result.out, USER " of " SANDBOX ": valid"), "%s", result.out);
        support_result_free(&result);
        expect_password(PASSWORD);
        cJSON *list = fixture_json(&fixture, 0, "access", "ls", SANDBOX, "--json", NULL);
        cr_expect_eq(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), "expires_at")), i == 1);
        cJSON_Delete(list);
    }
}

// What stands there is the operator's, so it is no fault of the API.
Test(answers, what_is_no_access_object_is_refused_as_input)
{
    const char *const argv[] = {fixture.program, "access", "import", SANDBOX, NULL};
    static const struct {
        const char *text, *told;
    } cases[] = {{"[]", "not an access object"}, {"{\"data\":{}}", "an id that can't be right"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct support_result result;
        cr_assert(support_run(argv, fixture.environment, cases[i].text, 60000, &result));
        cr_expect_eq(result.exit_code, 2, "%s", result.err);
        cr_expect_not_null(strstr(result.err, "standard input: "), "%s", result.err);
        cr_expect_not_null(strstr(result.err, cases[i].told), "%s", result.err);
        cr_expect_null(strstr(result.err, "the API may have changed"), "%s", result.err);
        support_result_free(&result);
    }
}

// Against a real OpenSSH server: it signs in with it.
Test(answers, a_credential_without_a_known_end_connects)
{
    static struct sshd sshd;
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, NULL));
    (void)snprintf(
        body, sizeof body,
        "{\"id\":\"%s\",\"password\":\"%s\",\"expires_at\":\"never\",\"ssh_command\":\"ssh %s@%s. -o "
        "ProxyCommand=false -tt -p %d\"}",
        SSHD_USER, SSHD_PASSWORD, SSHD_USER, SSHD_HOST, sshd.port);
    replies = (struct access_server_replies){.create = {"201 Created", body}};
    access_server_say(server, &replies);
    fixture_expect(&fixture, 0, NULL, "expires_at not understood", "access", "create", SANDBOX, NULL);
    fixture_expect(&fixture, 0, "signed-in\n", NULL, "ssh", SANDBOX, "echo signed-in", NULL);
    sshd_stop(&sshd);
}
