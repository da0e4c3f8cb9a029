// SPDX-License-Identifier: Apache-2.0
//
// model: sandboxes and access objects as the API gives them: liberal with what is absent, strict with what is
// there.

#include "api/json.h"
#include "api/model.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct failure why;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
}

TestSuite(model, .init = begin);

static cJSON *tree_of(const char *text)
{
    cJSON *tree = NULL;
    cr_assert_eq(json_parse(text, strlen(text), &tree, &why), STATUS_OK, "%s: %s", text, why.message);
    return tree;
}

static enum status sandbox_of(const char *text, struct sandbox *out)
{
    cJSON *tree = tree_of(text);
    enum status status = sandbox_from_json(tree, out, &why);
    cr_assert_eq(sandbox_from_json(tree, out, NULL), status);
    cJSON_Delete(tree);
    return status;
}

static enum status access_of(const char *text, struct access *out)
{
    cJSON *tree = tree_of(text);
    enum status status = access_from_json(tree, out, &why);
    cJSON_Delete(tree);
    return status;
}

// To the last byte: what was refused was not written to.
static bool are_same(const void *one, const void *other, size_t size)
{
    return memcmp(one, other, size) == 0;
}

// --- ids and states ---

Test(model, ids_by_a_whitelist)
{
    static const char *const good[] = {"a",  "sbx-abc123", "ssh-bb961077616ff86f", "A.b_c-9", "0",
                                       "_x", "a..b"};
    static const char *const bad[] = {"",    ".",    "..",          ".a",    "-a",   "a/b",  "../a",
                                      "a b", "a%2e", "a?b",         "a#b",   "a\nb", "a\\b", "a;b",
                                      "a:b", "a@b",  "caf\xc3\xa9", "a\x7f", "a\"b"};
    char longest[ID_CAP + 1];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_expect(id_is_valid(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_not(id_is_valid(bad[i]), "%s", bad[i]);
    memset(longest, 'x', sizeof longest);
    longest[64] = '\0';
    cr_expect(id_is_valid(longest));
    longest[64] = 'x';
    longest[65] = '\0';
    cr_expect_not(id_is_valid(longest));
}

Test(model, hashes_spread_ids_that_differ_little)
{
    enum { SLOTS = 1024, IDS = 512 };
    static unsigned char used[SLOTS];
    int taken = 0;
    char id[ID_CAP];
    for (int i = 0; i < IDS; i++) {
        (void)snprintf(id, sizeof id, "sbx-%08d", i);
        size_t slot = id_hash(id) & (SLOTS - 1);
        taken += used[slot] == 0;
        used[slot] = 1;
    }
    cr_expect_gt(taken, IDS * 7 / 10, "%d of %d in slots of their own", taken, IDS); // by chance: 79 of 100
    cr_expect_eq(id_hash("sbx-a"), id_hash("sbx-a"));
}

Test(model, states_by_their_names)
{
    static const struct {
        const char *name;
        enum sandbox_state state;
    } states[] = {{"starting", SANDBOX_starting},
                  {"running", SANDBOX_running},
                  {"snapshotting", SANDBOX_snapshotting},
                  {"paused", SANDBOX_paused},
                  {"unpausing", SANDBOX_unpausing},
                  {"stopping", SANDBOX_stopping},
                  {"stopped", SANDBOX_stopped},
                  {"deleting", SANDBOX_deleting},
                  {"deleted", SANDBOX_deleted},
                  {"hibernating", SANDBOX_other},
                  {"Running", SANDBOX_other},
                  {"other", SANDBOX_other},
                  {"", SANDBOX_other}};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        cr_expect_eq(sandbox_state_of(states[i].name), states[i].state, "%s", states[i].name);
}

// --- sandboxes ---

Test(model, an_item_of_the_list)
{
    struct sandbox box;
    cr_assert_eq(
        sandbox_of("{\"id\":\"sbx-abc123\",\"template_id\":\"system/debian:bookworm\",\"pod_id\":\"pod-1\","
                   "\"state\":\"running\",\"launch_time\":1775044800,\"state_change_time\":1775044801,"
                   "\"timeout_at\":1775045100,\"created_at\":\"2026-04-01T11:59:00Z\",\"new_field\":[1,{}]}",
                   &box),
        STATUS_OK, "%s", why.message);
    cr_expect_str_eq(box.id, "sbx-abc123");
    cr_expect_str_eq(box.template_id, "system/debian:bookworm");
    cr_expect_str_eq(box.pod_id, "pod-1");
    cr_expect_str_eq(box.state_name, "running");
    cr_expect_eq(box.state, SANDBOX_running);
    cr_expect_eq(box.launch_time, 1775044800000);
    cr_expect_eq(box.state_change_time, 1775044801000);
    cr_expect_eq(box.timeout_at, 1775045100000);
    cr_expect_eq(box.created_at, 1775044740000);
    cr_expect_not(box.detailed);
}

Test(model, a_full_sandbox)
{
    struct sandbox box;
    cr_assert_eq(
        sandbox_of("{\"id\":\"sbx-a\",\"template_id\":\"t\",\"vcpu\":4,\"memory\":8192,\"disk\":10240,"
                   "\"timeout\":28800,\"state\":\"paused\",\"auto_pause\":true,"
                   "\"created_at\":\"2026-04-01T12:00:00Z\",\"mounts\":[],"
                   "\"network_policy\":{\"mode\":\"deny-all\",\"rules\":[]}}",
                   &box),
        STATUS_OK, "%s", why.message);
    cr_expect(box.detailed);
    cr_expect_eq(box.vcpu, 4);
    cr_expect_eq(box.memory_mib, 8192);
    cr_expect_eq(box.disk_mib, 10240);
    cr_expect_eq(box.timeout_s, 28800);
    cr_expect(box.auto_pause);
    cr_expect_str_eq(box.network_mode, "deny-all");
    cr_assert_eq(sandbox_of("{\"id\":\"sbx-a\",\"vcpu\":1,\"network_policy\":\"allow-all\"}", &box),
                 STATUS_OK);
    cr_expect_str_eq(box.network_mode, "allow-all");
    cr_assert_eq(sandbox_of("{\"id\":\"sbx-a\",\"vcpu\":1,\"network_policy\":[7]}", &box), STATUS_OK);
    cr_expect_str_eq(box.network_mode, "");
}

Test(model, only_the_id_must_be_there)
{
    struct sandbox box;
    static const struct sandbox nothing;
    struct sandbox expected = nothing;
    memset(&box, 0x55, sizeof box);
    cr_assert_eq(sandbox_of("{\"id\":\"sbx-a\",\"state\":null,\"created_at\":\"\",\"pod_id\":\"\"}", &box),
                 STATUS_OK, "%s", why.message);
    (void)snprintf(expected.id, sizeof expected.id, "sbx-a");
    expected.state = SANDBOX_other;
    cr_expect_str_eq(box.id, expected.id);
    cr_expect_eq(box.state, expected.state);
    cr_expect_str_eq(box.state_name, "");
    cr_expect_str_eq(box.template_id, "");
    cr_expect_eq(box.created_at + box.launch_time + box.state_change_time + box.timeout_at, 0);
    cr_expect_not(box.detailed);
}

Test(model, a_state_of_a_later_version_keeps_its_name)
{
    struct sandbox box;
    cr_assert_eq(sandbox_of("{\"id\":\"sbx-a\",\"state\":\"hibernating\"}", &box), STATUS_OK);
    cr_expect_eq(box.state, SANDBOX_other);
    cr_expect_str_eq(box.state_name, "hibernating");
}

Test(model, times_that_are_nonsense_are_not_told)
{
    static const char *const nonsense[] = {"0",
                                           "-1",
                                           "1",
                                           "1577836799",
                                           "4102444801",
                                           "999999999999",
                                           "\"0001-01-01T00:00:00Z\"",
                                           "\"9999-12-31T23:59:59Z\"",
                                           "null",
                                           "\"\""};
    char text[160];
    struct sandbox box;
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        (void)snprintf(text, sizeof text, "{\"id\":\"sbx-a\",\"timeout_at\":%s,\"created_at\":%s}",
                       nonsense[i], nonsense[i]);
        cr_assert_eq(sandbox_of(text, &box), STATUS_OK, "%s: %s", text, why.message);
        cr_expect_eq(box.timeout_at, 0, "%s", nonsense[i]);
        cr_expect_eq(box.created_at, 0, "%s", nonsense[i]);
    }
}

Test(model, what_is_there_must_be_right)
{
    static const struct {
        const char *json, *field;
    } bad[] = {
        {"{}", "id"},
        {"{\"id\":null}", "id"},
        {"{\"id\":\"\"}", "id"},
        {"{\"id\":7}", "id"},
        {"{\"id\":\"../up\"}", "id"},
        {"{\"id\":\"a b\"}", "id"},
        {"{\"id\":\"sbx-a\",\"state\":7}", "state"},
        {"{\"id\":\"sbx-a\",\"state\":\"a_state_with_a_name_far_too_long\"}", "state"},
        {"{\"id\":\"sbx-a\",\"state\":\"run\\u001b[31m\"}", "state"},
        {"{\"id\":\"sbx-a\",\"template_id\":\"a\\nb\"}", "template_id"},
        {"{\"id\":\"sbx-a\",\"template_id\":{}}", "template_id"},
        {"{\"id\":\"sbx-a\",\"template_id\":\"\xff\"}", "template_id"},
        {"{\"id\":\"sbx-a\",\"pod_id\":\"\\u009b\"}", "pod_id"},
        {"{\"id\":\"sbx-a\",\"created_at\":\"yesterday\"}", "created_at"},
        {"{\"id\":\"sbx-a\",\"launch_time\":true}", "launch_time"},
        {"{\"id\":\"sbx-a\",\"state_change_time\":[]}", "state_change_time"},
        {"{\"id\":\"sbx-a\",\"timeout_at\":1e300}", "timeout_at"},
        {"{\"id\":\"sbx-a\",\"vcpu\":1.5}", "vcpu"},
        {"{\"id\":\"sbx-a\",\"vcpu\":-1}", "vcpu"},
        {"{\"id\":\"sbx-a\",\"memory\":\"much\"}", "memory"},
        {"{\"id\":\"sbx-a\",\"disk\":1e30}", "disk"},
        {"{\"id\":\"sbx-a\",\"timeout\":-300}", "timeout"},
        {"{\"id\":\"sbx-a\",\"auto_pause\":\"yes\"}", "auto_pause"},
        {"[]", "sandbox"},
        {"\"sbx-a\"", "sandbox"},
        {"null", "sandbox"},
    };
    struct sandbox box;
    struct sandbox before;
    memset(&before, 0x55, sizeof before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        box = before;
        cr_expect_eq(sandbox_of(bad[i].json, &box), STATUS_MALFORMED, "%s", bad[i].json);
        cr_expect_not_null(strstr(why.message, bad[i].field), "%s: %s", bad[i].json, why.message);
        cr_expect(are_same(&box, &before, sizeof box), "%s changed the result", bad[i].json);
    }
    cr_expect_eq(sandbox_from_json(NULL, &box, &why), STATUS_MALFORMED);
}

// --- access objects ---

static const char whole_access[] =
    "{\"id\":\"ssh-bb961077616ff86f\",\"sandbox_id\":\"sbx-abc123\",\"password\":\"a1b2c3\","
    "\"expires_at\":\"2026-04-01T13:00:00Z\",\"created_at\":\"2026-04-01T12:00:00Z\","
    "\"updated_at\":\"2026-04-01T12:00:01Z\",\"ssh_command\":\"ssh "
    "ssh-bb961077616ff86f@sbx-abc123.sandbox.leap0.dev\",\"host\":\"h.example\",\"port\":2222,"
    "\"username\":\"user\"}";

Test(model, a_whole_access_object)
{
    struct access access;
    cr_assert_eq(access_of(whole_access, &access), STATUS_OK, "%s", why.message);
    cr_expect_str_eq(access.id, "ssh-bb961077616ff86f");
    cr_expect_str_eq(access.sandbox_id, "sbx-abc123");
    cr_assert_not_null(access.password);
    cr_expect_str_eq(secret_text(access.password), "a1b2c3");
    cr_expect_eq(access.expires_at, 1775048400000);
    cr_expect_eq(access.created_at, 1775044800000);
    cr_expect_eq(access.updated_at, 1775044801000);
    cr_expect_str_eq(access.ssh_command, "ssh ssh-bb961077616ff86f@sbx-abc123.sandbox.leap0.dev");
    cr_expect_str_eq(access.host, "h.example");
    cr_expect_eq(access.port, 2222);
    cr_expect_str_eq(access.username, "user");
    access_clear(&access);
    cr_expect_null(access.password);
    cr_expect_str_eq(access.id, "");
    access_clear(&access); // fine on a zeroed one
}

Test(model, an_access_object_without_most_of_it)
{
    struct access access;
    cr_assert_eq(access_of("{\"id\":\"ssh-a\"}", &access), STATUS_OK, "%s", why.message);
    cr_expect_null(access.password);
    cr_expect_str_eq(access.sandbox_id, "");
    cr_expect_str_eq(access.host, "");
    cr_expect_str_eq(access.username, "");
    cr_expect_str_eq(access.ssh_command, "");
    cr_expect_eq(access.port, 0);
    cr_expect_eq(access.expires_at, 0);
    cr_assert_eq(access_of("{\"id\":\"ssh-a\",\"password\":\"\"}", &access), STATUS_OK);
    cr_expect_null(access.password, "an empty password is none");
}

Test(model, an_access_object_must_be_right)
{
    static const struct {
        const char *json, *field;
    } bad[] = {
        {"{}", "id"},
        {"{\"id\":\"-oProxyCommand=x\"}", "id"},
        {"{\"id\":\"ssh-a\",\"sandbox_id\":\"a/b\"}", "sandbox_id"},
        {"{\"id\":\"ssh-a\",\"sandbox_id\":5}", "sandbox_id"},
        {"{\"id\":\"ssh-a\",\"password\":\"two\\nlines\"}", "password"},
        {"{\"id\":\"ssh-a\",\"password\":12345}", "password"},
        {"{\"id\":\"ssh-a\",\"expires_at\":\"later\"}", "expires_at"},
        {"{\"id\":\"ssh-a\",\"expires_at\":-1}", "expires_at"},
        {"{\"id\":\"ssh-a\",\"created_at\":{}}", "created_at"},
        {"{\"id\":\"ssh-a\",\"updated_at\":false}", "updated_at"},
        {"{\"id\":\"ssh-a\",\"ssh_command\":\"ssh\\u0007 a@b\"}", "ssh_command"},
        {"{\"id\":\"ssh-a\",\"ssh_command\":[\"ssh\"]}", "ssh_command"},
        {"{\"id\":\"ssh-a\",\"host\":7}", "host"},
        {"{\"id\":\"ssh-a\",\"port\":65536}", "port"},
        {"{\"id\":\"ssh-a\",\"port\":-22}", "port"},
        {"{\"id\":\"ssh-a\",\"port\":\"22\"}", "port"},
        {"{\"id\":\"ssh-a\",\"username\":\"a\\tb\"}", "username"},
        {"[]", "access"},
    };
    struct access access;
    struct access before;
    memset(&before, 0x55, sizeof before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        access = before;
        cr_expect_eq(access_of(bad[i].json, &access), STATUS_MALFORMED, "%s", bad[i].json);
        cr_expect_not_null(strstr(why.message, bad[i].field), "%s: %s", bad[i].json, why.message);
        cr_expect(are_same(&access, &before, sizeof access), "%s changed the result", bad[i].json);
    }
}

// A text at its cap is taken, one byte more is not; so no field's end is off by one.
Test(model, every_text_has_its_cap)
{
    static const struct {
        const char *name;
        size_t cap;
    } fields[] = {{"ssh_command", COMMAND_CAP},
                  {"host", HOST_CAP},
                  {"username", ID_CAP},
                  {"password", 1025},
                  {"id", ID_CAP}};
    char text[2048];
    struct access access;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        for (size_t length = fields[i].cap - 1; length <= fields[i].cap; length++) {
            char value[1100];
            memset(value, 'x', length);
            value[length] = '\0';
            (void)snprintf(text, sizeof text, "{%s\"%s\":\"%s\"}",
                           strcmp(fields[i].name, "id") == 0 ? "" : "\"id\":\"ssh-a\",", fields[i].name,
                           value);
            enum status expected = length < fields[i].cap ? STATUS_OK : STATUS_MALFORMED;
            cr_expect_eq(access_of(text, &access), expected, "%s of %zu bytes", fields[i].name, length);
            if (expected == STATUS_OK)
                access_clear(&access);
        }
    }
}

// What was refused says which field, and never what stood in it: it may have been a secret.
Test(model, a_refusal_does_not_repeat_the_password)
{
    struct access access;
    cr_assert_eq(access_of("{\"id\":\"ssh-a\",\"password\":\"hunter2\\n\"}", &access), STATUS_MALFORMED);
    cr_expect_null(strstr(why.message, "hunter2"), "%s", why.message);
}
