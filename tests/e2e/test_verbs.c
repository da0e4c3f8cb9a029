// SPDX-License-Identifier: Apache-2.0
//
// The verbs without a screen, by the real program on the emulator over real HTTP and SSH, in both dialects.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const dialects[] = {"sandbox", "credential"};

ParameterizedTestParameters(verbs, life)
{
    static size_t which[] = {0, 1};
    return cr_make_param_array(size_t, which, 2);
}

static void expect_access(const cJSON *access, const char *sandbox, bool password)
{
    cr_expect_str_eq(json_text(access, "sandbox_id"), sandbox);
    cr_expect(strncmp(json_text(access, "id"), "ssh-", 4) == 0);
    cr_expect(strstr(json_text(access, "expires_at"), "T") != NULL);
    cr_expect(strstr(json_text(access, "ssh_command"), json_text(access, "id")) != NULL);
    cr_expect_eq(cJSON_HasObjectItem(access, "password"), password);
}

// Make, list, validate, use, replace and delete, as a script would.
// NOLINTNEXTLINE(readability-non-const-parameter): Criterion's type
ParameterizedTest(size_t *which, verbs, life)
{
    const char *const options[] = {"--dialect", dialects[*which], NULL};
    struct fixture fixture;
    char sandbox[64], id[64], other[64], password[256];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);

    cJSON *none = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(none), 0);
    cJSON_Delete(none);

    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", NULL);
    expect_access(made, sandbox, false);
    (void)snprintf(id, sizeof id, "%s", json_text(made, "id"));
    cJSON_Delete(made);

    cJSON *known = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", "--show-password", NULL);
    cr_assert_eq(cJSON_GetArraySize(known), 1);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(known, 0), "id"), id);
    cr_expect_gt(json_number(cJSON_GetArrayItem(known, 0), "remaining_seconds"), 0);
    (void)snprintf(password, sizeof password, "%s", json_text(cJSON_GetArrayItem(known, 0), "password"));
    cJSON_Delete(known);

    cJSON *valid = fixture_json(&fixture, 0, "access", "validate", sandbox, "--json", NULL);
    cr_expect(json_true(valid, "valid"));
    cr_expect_str_eq(json_text(valid, "sandbox_id"), sandbox);
    cr_expect_str_eq(json_text(valid, "id"), id);
    cr_expect_str_eq(json_text(valid, "state"), "valid");
    cJSON_Delete(valid);

    fixture_expect(&fixture, 0, "hello from the sandbox\n", NULL, "ssh", sandbox, "echo",
                   "hello from the sandbox", NULL);
    fixture_expect(&fixture, 37, NULL, "to stderr", "ssh", sandbox, "echo to stderr >&2; exit 37", NULL);

    cJSON *replaced =
        fixture_json(&fixture, 0, "access", "regen", sandbox, "--id", id, "--json", "--show-password", NULL);
    expect_access(replaced, sandbox, true);
    cr_expect_str_neq(json_text(replaced, "password"), password);
    (void)snprintf(other, sizeof other, "%s", json_text(replaced, "id"));
    cJSON_Delete(replaced);
    cJSON *only = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(only), 1, "the old row is still there");
    cJSON_Delete(only);
    fixture_expect(&fixture, 0, "again\n", NULL, "ssh", sandbox, "echo", "again", NULL);

    fixture_expect(&fixture, 0, "deleted", NULL, "access", "delete", sandbox, "--id", other, NULL);
    cJSON *gone = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(gone), 0);
    cJSON_Delete(gone);
    fixture_expect(&fixture, 8, NULL, "access create", "access", "validate", sandbox, NULL);
    fixture_end(&fixture);
}

Test(verbs, list_is_an_array_of_sandboxes_with_their_access)
{
    const char *const options[] = {"--sandboxes", "150", "--fleet", "plain", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    cJSON *made = fixture_json(&fixture, 0, "access", "create", sandbox, "--json", "--show-password", NULL);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    cr_expect_eq(cJSON_GetArraySize(list), 150, "pages are missing: %d", cJSON_GetArraySize(list));
    const cJSON *row = NULL;
    int with_access = 0;
    cJSON_ArrayForEach(row, list)
    {
        cr_expect(json_text(row, "id")[0] != '\0' && json_text(row, "state")[0] != '\0');
        cr_expect(cJSON_HasObjectItem(row, "template_id") && cJSON_HasObjectItem(row, "created_at") &&
                  cJSON_HasObjectItem(row, "timeout_at"));
        const cJSON *access = cJSON_GetObjectItemCaseSensitive(row, "access");
        cr_assert(cJSON_IsArray(access));
        if (cJSON_GetArraySize(access) == 0)
            continue;
        with_access++;
        const cJSON *credential = cJSON_GetArrayItem(access, 0);
        cr_expect_str_eq(json_text(row, "id"), sandbox);
        cr_expect_str_eq(json_text(credential, "id"), json_text(made, "id"));
        cr_expect_str_eq(json_text(credential, "state"), "valid");
        cr_expect(strstr(json_text(credential, "expires_at"), "T") != NULL);
        cr_expect(!cJSON_HasObjectItem(credential, "password"));
    }
    cr_expect_eq(with_access, 1);
    struct support_result text = fixture_run(&fixture, "ls", NULL);
    cr_expect_eq(text.exit_code, 0);
    cr_expect(strstr(text.out, sandbox) != NULL && strstr(text.out, "valid") != NULL);
    cr_expect(strstr(text.out, json_text(made, "password")) == NULL);
    support_result_free(&text);
    cJSON_Delete(made);
    cJSON_Delete(list);
    fixture_end(&fixture);
}

Test(verbs, exit_codes_and_errors_say_what_to_do)
{
    const char *const options[] = {"--dialect", "sandbox", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);

    fixture_expect(&fixture, 2, NULL, "sbxdeck: frobnicate: ", "frobnicate", NULL);
    fixture_expect(&fixture, 2, NULL, "--colour", "ls", "--colour", NULL);
    fixture_expect(&fixture, 2, NULL, "SANDBOX", "access", "create", NULL);
    fixture_expect(&fixture, 4, NULL, "sbx-nosuchone", "access", "create", "sbx-nosuchone", NULL);
    fixture_expect(&fixture, 8, NULL, "access create", "access", "validate", sandbox, NULL);
    fixture_expect(&fixture, 5, NULL, "is ambiguous: ", "access", "create", "sbx-", NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 5, NULL, "regen", "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 4, NULL, "ssh-nosuchid", "access", "delete", sandbox, "--id", "ssh-nosuchid",
                   NULL);
    fixture_expect(&fixture, 0, "sbxdeck ", NULL, "--version", NULL);
    fixture_expect(&fixture, 0, "access create", NULL, "--help", NULL);
    // What is said of a setting that is wrong sends there.
    fixture_expect(&fixture, 0, "\n  alert_command ", NULL, "--help", NULL);
    fixture_expect(&fixture, 0, "yes or no (no)", NULL, "--help", NULL);
    fixture_expect(&fixture, 0, "--show-password", NULL, "access", "create", "--help", NULL);

    fixture_point_at(&fixture, fixture.emulator.base_url, "not-the-key");
    fixture_expect(&fixture, 3, NULL, "sbxdeck: ls: ", "ls", NULL);
    fixture_point_at(&fixture, fixture.emulator.base_url, NULL);
    fixture_expect(&fixture, 3, NULL, "LEAP0_API_KEY", "ls", NULL);
    fixture_point_at(&fixture, "http://127.0.0.1:1", "any");
    fixture_expect(&fixture, 7, NULL, "127.0.0.1", "ls", NULL);
    fixture_point_at(&fixture, "gopher://example.org", "any");
    fixture_expect(&fixture, 2, NULL, "gopher://example.org", "ls", NULL);
    fixture_end(&fixture);
}

Test(verbs, an_unambiguous_beginning_names_a_sandbox)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    size_t length = strlen(sandbox);
    sandbox[length - 1] = '\0';
    sandbox[length - 2] = '\0';
    fixture_expect(&fixture, 0, "ssh-", NULL, "access", "create", sandbox, NULL);
    fixture_end(&fixture);
}

Test(verbs, rate_limit_is_code_6)
{
    const char *const options[] = {"--rate-limit", "1", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct support_result first = fixture_run(&fixture, "ls", NULL);
    support_result_free(&first);
    fixture_expect(&fixture, 6, NULL, "sbxdeck: ", "access", "create", "sbx", NULL);
    fixture_end(&fixture);
}

Test(verbs, a_revoked_credential_is_code_8)
{
    const char *const options[] = {"--dialect", "sandbox", NULL};
    struct fixture fixture;
    char sandbox[64], vault[SUPPORT_PATH_CAP + 32];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    // Somebody with a vault of his own replaces it.
    struct fixture other = fixture;
    cr_assert(support_folder_make(other.home));
    (void)snprintf(other.home_variable, sizeof other.home_variable, "HOME=%s", other.home);
    fixture_point_at(&other, fixture.emulator.base_url, fixture.emulator.api_key);
    fixture_expect(&other, 0, NULL, NULL, "access", "regen", sandbox, NULL);
    cJSON *verdict = fixture_json(&fixture, 8, "access", "validate", sandbox, "--json", NULL);
    cr_expect(!json_true(verdict, "valid"));
    cJSON_Delete(verdict);
    (void)snprintf(vault, sizeof vault, "%s/.local/state/sbxdeck", fixture.home);
    struct stat facts;
    cr_assert_eq(stat(vault, &facts), 0, "%s", vault);
    cr_expect_eq(facts.st_mode & 0777, 0700);
    cr_expect(support_folder_remove(other.home));
    fixture_end(&fixture);
}

Test(verbs, an_unknown_outcome_is_kept_as_unknown_and_never_repeated)
{
    const char *const options[] = {"--dialect", "sandbox", "--drop-answer-to", "create:1", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 7, NULL, "sbxdeck: access create: ", "access", "create", sandbox, NULL);
    cJSON *known = fixture_json(&fixture, 0, "access", "ls", sandbox, "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(known), 1);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(known, 0), "state"), "unknown");
    cJSON_Delete(known);
    // It had been made: a second create is a conflict, and regenerating is the way out.
    fixture_expect(&fixture, 5, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "regen", sandbox, NULL);
    fixture_expect(&fixture, 0, "out\n", NULL, "ssh", sandbox, "echo", "out", NULL);
    fixture_end(&fixture);
}

Test(verbs, start_stop_and_pause_move_a_sandbox)
{
    const char *const options[] = {"--move-ms", "50", NULL};
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 0, sandbox, NULL, "stop", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "stopped");
    fixture_expect(&fixture, 5, NULL, "sbxdeck start", "ssh", sandbox, "true", NULL);
    fixture_expect(&fixture, 5, NULL, "sbxdeck: ", "stop", sandbox, NULL);
    fixture_expect(&fixture, 0, sandbox, NULL, "start", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "running");
    fixture_expect(&fixture, 0, sandbox, NULL, "pause", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "paused");
    fixture_end(&fixture);
}

Test(verbs, the_key_is_not_seen_by_children_nor_printed)
{
    struct fixture fixture;
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    struct support_result all =
        fixture_run(&fixture, "ssh", sandbox, "env; cat /proc/*/environ 2>/dev/null", NULL);
    cr_expect_eq(all.exit_code & 0xfe, 0);
    cr_expect(memmem(all.out, all.out_length, fixture.emulator.api_key, strlen(fixture.emulator.api_key)) ==
              NULL);
    support_result_free(&all);
    fixture_end(&fixture);
}
