// SPDX-License-Identifier: Apache-2.0
//
// What scripts read: the fields and forms of the JSON that the verbs print.

#include "views/cli/cli_json.h"

#include <criterion/criterion.h>

static const int64_t NOW = 1775044800000; // 2026-04-01T12:00:00Z

static struct credential example(void)
{
    struct credential credential = {
        .id = "ssh-bb961077616ff86f",
        .sandbox_id = "sbx-abc123",
        .verdict = VERDICT_VALID,
        .has_password = true,
        .created_at = NOW,
        .updated_at = NOW,
        .expires_at = NOW + 3600 * 1000,
        .ssh_command = "ssh ssh-bb961077616ff86f@sbx-abc123.sandbox.leap0.dev",
    };
    return credential;
}

static const char *text_of(const cJSON *tree, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, name));
    cr_assert_not_null(text, "%s", name);
    return text;
}

Test(cli_json, credential_has_state_expiry_and_what_remains)
{
    struct credential credential = example();
    cJSON *tree = cli_json_credential(&credential, NULL, NOW + 1500);
    cr_assert_str_eq(text_of(tree, "id"), "ssh-bb961077616ff86f");
    cr_assert_str_eq(text_of(tree, "state"), "valid");
    cr_assert_str_eq(text_of(tree, "expires_at"), "2026-04-01T13:00:00Z");
    cr_assert_eq(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(tree, "remaining_seconds")), 3598);
    cr_assert_null(cJSON_GetObjectItemCaseSensitive(tree, "password"));
    cJSON_Delete(tree);
}

Test(cli_json, password_only_when_given)
{
    struct credential credential = example();
    cJSON *tree = cli_json_credential(&credential, "a1b2", NOW);
    cr_assert_str_eq(text_of(tree, "password"), "a1b2");
    cJSON_Delete(tree);
    tree = cli_json_access(&credential, "a1b2", credential.ssh_command);
    cr_assert_str_eq(text_of(tree, "password"), "a1b2");
    cr_assert_str_eq(text_of(tree, "sandbox_id"), "sbx-abc123");
    cr_assert_str_eq(text_of(tree, "created_at"), "2026-04-01T12:00:00Z");
    cr_assert_str_eq(text_of(tree, "ssh_command"), credential.ssh_command);
    cJSON_Delete(tree);
}

Test(cli_json, a_create_of_unknown_outcome_has_no_id_and_no_times)
{
    struct credential credential = {.sandbox_id = "sbx-abc123", .verdict = VERDICT_UNKNOWN};
    cJSON *tree = cli_json_credential(&credential, NULL, NOW);
    cr_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(tree, "id")));
    cr_assert_str_eq(text_of(tree, "state"), "unknown");
    cr_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(tree, "expires_at")));
    cr_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(tree, "remaining_seconds")));
    cJSON_Delete(tree);
}

Test(cli_json, sandbox_has_the_api_s_forms)
{
    static const struct sandbox empty = {.id = "sbx-abc123", .state = SANDBOX_other};
    struct fleet_sandbox sandbox = {
        .id = "sbx-abc123",
        .template_id = "system/debian:bookworm",
        .state = SANDBOX_other,
        .state_name = "hibernating",
        .created_at = NOW,
        .timeout_at = NOW + 300 * 1000,
    };
    cJSON *tree = cli_json_sandbox(&sandbox, cJSON_CreateArray());
    cr_assert_str_eq(text_of(tree, "state"), "hibernating");
    cr_assert_str_eq(text_of(tree, "template_id"), "system/debian:bookworm");
    cr_assert_str_eq(text_of(tree, "created_at"), "2026-04-01T12:00:00Z");
    cr_assert_eq(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(tree, "timeout_at")), 1775045100);
    cr_assert(cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(tree, "access")));
    cJSON_Delete(tree);
    sandbox.timeout_at = 0;
    sandbox.template_id = sandbox.state_name = "";
    tree = cli_json_sandbox(&sandbox, cJSON_CreateArray());
    cr_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(tree, "timeout_at")));
    cr_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(tree, "template_id")));
    cr_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(tree, "state")));
    cJSON_Delete(tree);
    tree = cli_json_new_sandbox(&empty);
    cr_assert(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(tree, "template_id")));
    cJSON_Delete(tree);
}
