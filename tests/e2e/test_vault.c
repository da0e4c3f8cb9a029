// SPDX-License-Identifier: Apache-2.0
//
// The vault by the real program: credentials from elsewhere, dropped here, under another key, and never a
// secret where none belongs.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What the API answers to a create, as a file that somebody has kept. The caller frees it.
static char *made_elsewhere(const struct fixture *fixture, const char *sandbox)
{
    char url[512], key[200];
    (void)snprintf(url, sizeof url, "%s/v1/sandbox/%s/ssh/access", fixture->emulator.base_url, sandbox);
    (void)snprintf(key, sizeof key, "Authorization: Bearer %s", fixture->emulator.api_key);
    const char *const argv[] = {"curl", "-sS", "-f", "-X", "POST", "-H", key, url, NULL};
    struct support_result result;
    cr_assert(support_run(argv, NULL, NULL, 30000, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    char *text = strdup(result.out);
    support_result_free(&result);
    return text;
}

static void import(struct fixture *fixture, const char *text, const char *sandbox, int code, const char *out,
                   const char *err)
{
    const char *const argv[] = {fixture->program, "access", "import", sandbox, NULL};
    struct support_result result;
    cr_assert(support_run(argv, fixture->environment, text, 60000, &result));
    cr_expect_eq(result.exit_code, code, "%d: %s%s", result.exit_code, result.out, result.err);
    if (out != NULL)
        cr_expect_not_null(strstr(result.out, out), "%s", result.out);
    if (err != NULL)
        cr_expect_not_null(strstr(result.err, err), "%s", result.err);
    support_result_free(&result);
}

Test(vault, takes_it_in_in_the_console_too)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    struct fixture fixture;
    char sandbox[64], id[64], ends[64], password[128], kept[128];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    char *text = made_elsewhere(&fixture, sandbox);
    cJSON *access = cJSON_Parse(text);
    (void)snprintf(id, sizeof id, "%s", json_text(access, "id"));
    (void)snprintf(ends, sizeof ends, "%s", json_text(access, "expires_at"));
    (void)snprintf(password, sizeof password, "%s", json_text(access, "password"));
    cJSON_Delete(access);
    free(text);
    struct console *console = fixture_console(&fixture, 24, 100, sandbox);
    fixture_choose(console, sandbox);
    console_type(console, "I");
    console_wait(console, "made elsewhere");
    console_type(console, "no/such" KEY_TAB "tomorrow" KEY_TAB);
    console_type(console, password);
    console_type(console, KEY_ENTER);
    console_wait(console, "Credential id is \"no/such\""); // with the focus on it; nothing else is lost
    console_type(console, KEY_CTRL_U);
    console_type(console, id);
    console_type(console, KEY_TAB KEY_TAB KEY_ENTER);
    console_wait(console, "Expires at is \"tomorrow\"");
    console_type(console, KEY_CTRL_U);
    console_type(console, ends);
    console_type(console, KEY_TAB KEY_ENTER);
    console_wait(console, "is valid, ends in");
    console_wait_match(console, "valid .* 59m[0-9][0-9]s");
    cr_expect(!console_ever_wrote(console, password), "the password was shown");
    fixture_quit(console);
    fixture_password(&fixture, sandbox, kept, sizeof kept);
    cr_expect_str_eq(kept, password);
    fixture_end(&fixture);
}

Test(vault, takes_in_what_was_made_elsewhere_and_asks_the_server)
{
    static const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", NULL};
    struct fixture fixture;
    char sandbox[64], other[64], id[64], shown[160];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    (void)snprintf(other, sizeof other, "%s", json_text(cJSON_GetArrayItem(list, 1), "id"));
    cJSON_Delete(list);
    char *text = made_elsewhere(&fixture, sandbox);
    cJSON *access = cJSON_Parse(text);
    (void)snprintf(id, sizeof id, "%s", json_text(access, "id"));
    (void)snprintf(shown, sizeof shown, "%s of %s: valid", id, sandbox);

    import(&fixture, text, NULL, 0, shown, NULL);
    import(&fixture, text, sandbox, 0, shown, NULL); // again: the same one
    list = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", "--show-password", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), 1);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "password"), json_text(access, "password"));
    cJSON_Delete(list);
    fixture_expect(&fixture, 0, "imported", NULL, "events", NULL);

    // What is wrong is named, and changes nothing.
    import(&fixture, text, other, 2, NULL, "belongs to sbx-");
    import(&fixture, "", NULL, 2, NULL, "stdin is empty");
    import(&fixture, "{\"id\": \"ssh-1\"", NULL, 2, NULL, "not JSON");
    import(&fixture, "{\"id\": \"ssh-1\", \"password\": 7}", NULL, 2, NULL, "password");
    import(&fixture, "{\"id\": \"../x\", \"password\": \"p\"}", NULL, 2, NULL, "id");
    import(&fixture,
           "{\"id\": \"ssh-1\", \"sandbox_id\": \"sbx-none\", \"password\": \"pw\", "
           "\"expires_at\": \"2099-01-01T00:00:00Z\"}",
           NULL, 4, NULL, "sbx-none");
    list = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), 1);
    cJSON_Delete(list);
    cJSON_Delete(access);
    free(text);
    fixture_end(&fixture);
}

Test(vault, an_import_that_the_server_refuses_is_shown_as_invalid)
{
    struct fixture fixture;
    char sandbox[64], text[256];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    cJSON *list = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    (void)snprintf(text, sizeof text,
                   "{\"id\": \"%s\", \"sandbox_id\": \"%s\", \"password\": \"wrong-password\", "
                   "\"expires_at\": \"2099-01-01T00:00:00Z\"}",
                   json_text(cJSON_GetArrayItem(list, 0), "id"), sandbox);
    cJSON_Delete(list);
    import(&fixture, text, NULL, 8, "invalid", NULL);
    fixture_end(&fixture);
}

Test(vault, a_password_can_be_typed_and_is_not_shown)
{
    struct fixture fixture;
    char sandbox[64], id[64], password[128];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    char *text = made_elsewhere(&fixture, sandbox);
    cJSON *access = cJSON_Parse(text);
    (void)snprintf(id, sizeof id, "%s\r", json_text(access, "id"));
    (void)snprintf(password, sizeof password, "%s", json_text(access, "password"));
    const char *const argv[] = {fixture.program, "access", "import", sandbox, NULL};
    struct console *console = console_start(24, 80, argv, fixture.environment);
    console_wait(console, "Credential id:");
    console_type(console, id);
    console_wait(console, "Expires at");
    console_type(console, "2099-01-01T00:00:00Z\r");
    console_wait(console, "Password (not shown):");
    console_type(console, password);
    console_type(console, "\r");
    console_wait(console, ": valid");
    cr_expect_eq(console_wait_exit(console), 0);
    cr_expect_not(console_ever_wrote(console, password));
    cr_expect(console_terminal_is_whole(console));
    console_free(console);
    cJSON_Delete(access);
    free(text);
    fixture_end(&fixture);
}

Test(vault, forget_drops_one_here_and_the_server_keeps_it)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    char *text = made_elsewhere(&fixture, sandbox);
    import(&fixture, text, NULL, 0, "valid", NULL);
    fixture_expect(&fixture, 0, "removed from this machine", NULL, "access", "forget", sandbox, NULL);
    fixture_expect(&fixture, 8, NULL, "no credential of", "access", "forget", sandbox, NULL);
    import(&fixture, text, NULL, 0, "valid", NULL); // it still works
    free(text);
    fixture_end(&fixture);
}

// Under another key the row stays, says so and opens again.
Test(vault, what_another_key_has_sealed_is_shown_kept_and_sealed_anew)
{
    static const char *const options[] = {"--fleet",   "plain",          "--sandboxes", "1",
                                          "--api-key", "first-key-0001", NULL};
    struct fixture fixture;
    struct support_emulator first;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    cJSON_Delete(fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL));
    first = fixture.emulator;

    // The same vault with another key: the server's list can't be had, the vault's log can.
    fixture_point_at(&fixture, first.base_url, "second-key-0002");
    fixture_expect(&fixture, 3, NULL, "LEAP0_OLD_API_KEY", "vault", "rekey", NULL);
    size_t count = 0;
    while (fixture.environment[count] != NULL)
        count++;
    fixture.environment[count] = "LEAP0_OLD_API_KEY=wrong-key-0003";
    fixture_expect(&fixture, 0, "0 sealed with the new key", NULL, "vault", "rekey", NULL);
    fixture.environment[count] = "LEAP0_OLD_API_KEY=first-key-0001";
    fixture_expect(&fixture, 0, "1 sealed with the new key", NULL, "vault", "rekey", NULL);

    // Now it is the first key that can't open it.
    fixture_point_at(&fixture, first.base_url, "first-key-0001");
    fixture_expect(&fixture, 1, NULL, "sealed with another", "ssh", sandbox, "true", NULL);
    fixture_expect(&fixture, 0, "sealed with another key", NULL, "access", "ls", sandbox, NULL);
    struct console *console = fixture_console(&fixture, 40, 120, sandbox);
    fixture_choose(console, sandbox);
    console_wait(console, "other key");
    console_wait(console, "sealed with another key");
    console_wait(console, "vault rekey");
    fixture_quit(console);
    fixture.environment[count] = "LEAP0_OLD_API_KEY=second-key-0002";
    fixture_expect(&fixture, 0, "1 sealed with the new key", NULL, "vault", "rekey", NULL);
    fixture.environment[count] = NULL;
    fixture_expect(&fixture, 0, "fine", NULL, "ssh", sandbox, "echo fine", NULL);
    fixture_end(&fixture);
}

// Children get neither key, and a core of the program would be empty: there is none.
Test(vault, keys_stay_out_of_children_and_there_are_no_cores)
{
    struct fixture fixture;
    char path[64], sandbox[64];
    size_t length = 0;
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    (void)snprintf(path, sizeof path, "/proc/%d/limits", (int)console_pid(console));
    char *limits = support_file_read(path, &length);
    const char *core = limits != NULL ? strstr(limits, "Max core file size") : NULL;
    cr_assert_not_null(core);
    long soft = -1, hard = -1;
    cr_expect_eq(sscanf(core, "Max core file size %ld %ld", &soft, &hard), 2);
    cr_expect_eq(soft, 0);
    cr_expect_eq(hard, 0);
    free(limits);
    (void)snprintf(path, sizeof path, "/proc/%d/environ", (int)console_pid(console));
    char *environment = support_file_read(path, &length);
    if (environment != NULL) // another user's is not to be read, and that is as good
        cr_expect_null(
            memmem(environment, length, fixture.emulator.api_key, strlen(fixture.emulator.api_key)));
    free(environment);
    fixture_leave(&fixture, console);
}
