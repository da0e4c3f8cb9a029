// SPDX-License-Identifier: Apache-2.0
//
// model: sandboxes and access objects as the API gives them: what must be right, and that nothing else ever
// costs the object.

#include "api/base/json.h"
#include "api/leap0/model.h"

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
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        char text[64];
        struct sandbox box;
        (void)snprintf(text, sizeof text, "{\"id\":\"sbx-1\",\"state\":\"%s\"}", states[i].name);
        cr_assert_eq(sandbox_of(text, &box), STATUS_OK);
        cr_expect_eq(box.state, states[i].state, "%s", states[i].name);
    }
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

Test(model, without_an_id_there_is_no_sandbox)
{
    static const char *const bad[] = {"{}",          "{\"id\":null}", "{\"id\":\"\"}",
                                      "{\"id\":{}}", "{\"id\":true}", "[]",
                                      "\"sbx-a\"",   "null",          "{\"id\":\"sbx-a\",\"id\":\"sbx-b\"}"};
    struct sandbox box;
    struct sandbox before;
    memset(&before, 0x55, sizeof before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        box = before;
        cr_expect_eq(sandbox_of(bad[i], &box), STATUS_MALFORMED, "%s", bad[i]);
        cr_expect(are_same(&box, &before, sizeof box), "%s changed the result", bad[i]);
    }
    cr_expect_eq(sandbox_from_json(NULL, &box, &why), STATUS_MALFORMED);
}

Test(model, no_other_field_costs_a_sandbox_and_the_first_odd_one_is_named)
{
    static const struct {
        const char *field, *told; // NULL: it is understood, or means that it is not told
    } cases[] = {
        {"\"timeout_at\":1795947974000", NULL},
        {"\"timeout_at\":\"1795947974\"", NULL},
        {"\"timeout_at\":-1", NULL},
        {"\"launch_time\":\"0001-01-01T00:00:00Z\"", NULL},
        {"\"timeout_at\":{}", "timeout_at not understood: an object"},
        {"\"timeout_at\":true", "timeout_at not understood: true"},
        {"\"timeout_at\":1e300", "timeout_at not understood: 1e+300"},
        {"\"template_id\":7", "template_id not understood: 7"},
        {"\"template_id\":\"a\\nb\"", "template_id not understood: \"a?b\""},
        {"\"template_id\":\"\xff\"", "template_id not understood: \"?\""},
        {"\"pod_id\":7", "pod_id not understood: 7"},
        {"\"state\":7", "state not understood: 7"},
        {"\"state\":\"run\\u001b[31m\"", "state not understood: \"run?[31m\""},
        {"\"created_at\":\"garbage\"", "created_at not understood: \"garbage\""},
        {"\"state_change_time\":[]", "state_change_time not understood: an array"},
        {"\"vcpu\":1.5", "vcpu not understood: 1.5"},
        {"\"memory\":\"much\"", "memory not understood: \"much\""},
        {"\"timeout\":-300,\"disk\":1e30", "disk not understood: 1e+30, and 1 more field"},
        {"\"auto_pause\":\"yes\"", "auto_pause not understood: \"yes\""},
        {"\"pod_id\":1,\"pod_id\":2", "pod_id not understood: it is there twice"},
        {"\"pod_id\":1,\"state\":2,\"created_at\":{}", "pod_id not understood: 1, and 2 more fields"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512], told[160];
        struct sandbox box;
        (void)snprintf(text, sizeof text, "{\"id\":\"sbx-paid\",%s}", cases[i].field);
        cr_assert_eq(sandbox_of(text, &box), STATUS_OK, "%s: %s", text, why.message);
        cr_expect_str_eq(box.id, "sbx-paid");
        cr_expect_not(box.id_malformed);
        cr_expect_str_eq(unparsed_text(&box.unparsed, told, sizeof told),
                         cases[i].told != NULL ? cases[i].told : "", "%s", text);
    }
}

Test(model, times_in_milliseconds_and_digits_are_read)
{
    static const char *const forms[] = {"1795947974", "1795947974000", "\"1795947974\"", "\"1795947974000\"",
                                        "\"2026-11-29T10:26:14\""};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char text[128];
        struct sandbox box;
        (void)snprintf(text, sizeof text, "{\"id\":\"sbx-a\",\"timeout_at\":%s}", forms[i]);
        cr_assert_eq(sandbox_of(text, &box), STATUS_OK);
        cr_expect_eq(box.timeout_at, 1795947974000, "%s: %lld", forms[i], (long long)box.timeout_at);
        cr_expect_eq(box.unparsed.count, 0);
    }
}

// What is merely too long is cut for display; it counts as parsed, and no state that is known.
Test(model, long_texts_of_a_sandbox_are_cut)
{
    for (size_t length = 20; length <= 300; length++) {
        char value[301], text[1024];
        struct sandbox box;
        memset(value, 'x', length);
        value[length] = '\0';
        (void)snprintf(text, sizeof text,
                       "{\"id\":\"sbx-a\",\"template_id\":\"%s\",\"pod_id\":\"%s\",\"state\":\"%s\"}", value,
                       value, value);
        cr_assert_eq(sandbox_of(text, &box), STATUS_OK, "%s", why.message);
        cr_expect_eq(box.unparsed.count, 0);
        cr_expect_eq(strlen(box.state_name) + 1, length < STATE_CAP ? length + 1 : STATE_CAP);
        cr_expect_eq(strlen(box.template_id) + 1, length < TEMPLATE_CAP ? length + 1 : TEMPLATE_CAP);
        cr_expect_eq(strcmp(box.pod_id, box.template_id), 0);
        if (length >= STATE_CAP)
            cr_expect_str_eq(box.state_name + STATE_CAP - 4, "\xe2\x80\xa6");
        cr_expect_eq(box.state, SANDBOX_other);
    }
}

// What is no id of ours is told apart from every other and stands for nothing that could be asked for.
Test(model, an_id_that_is_not_understood_is_kept_to_be_shown)
{
    static const char *const ids[] = {
        "\"sbx-\xc3\xbc\"",
        "\"sbx:1\"",
        "\"sbx-1~0000000000000000\"",
        "\"a b\"",
        "\"a_b~\"",
        "\"../up\"",
        "\"-oProxyCommand=x\"",
        "\"broken\xff\"",
        "\"broken\xfe\"",
        "\"broken?\"",
        "\"esc\\u001b[2J\"",
        "\"nul\\u0000\"",
        "12345",
        "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1\"",
        "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx2\"",
    };
    enum { COUNT = sizeof ids / sizeof ids[0] };
    static struct sandbox boxes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "{\"id\":%s,\"state\":\"running\"}", ids[i]);
        cr_assert_eq(sandbox_of(text, &boxes[i]), STATUS_OK, "%s: %s", ids[i], why.message);
        cr_expect(boxes[i].id_malformed, "%s", ids[i]);
        cr_expect_not(id_is_valid(boxes[i].id), "%s stands as %s", ids[i], boxes[i].id);
        cr_expect_null(strpbrk(boxes[i].id, " \x1b\xff"), "%s", boxes[i].id);
        cr_expect_eq(boxes[i].state, SANDBOX_running);
        for (size_t other = 0; other < i; other++)
            cr_expect_str_neq(boxes[i].id, boxes[other].id);
    }
    cr_expect_str_eq(boxes[0].id, "sbx-\xc3\xbc");
    cr_expect_str_eq(boxes[1].id, "sbx:1");
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

Test(model, what_must_be_right_in_an_access_object)
{
    static const struct {
        const char *json, *field;
    } bad[] = {
        {"{}", "id"},
        {"{\"id\":7}", "id"},
        {"{\"id\":\"-oProxyCommand=x\"}", "id"},
        {"{\"id\":\"ssh-a\",\"id\":\"ssh-b\"}", "id"},
        {"{\"id\":\"ssh-a\",\"sandbox_id\":\"a/b\"}", "sandbox_id"},
        {"{\"id\":\"ssh-a\",\"password\":\"two\\nlines\"}", "password"},
        {"{\"id\":\"ssh-a\",\"password\":12345}", "password"},
        {"{\"id\":\"ssh-a\",\"password\":\"a\\ud800b\"}", "password"},
        {"{\"id\":\"ssh-a\",\"password\":\"a\\u0000\"}", "password"},
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

Test(model, an_end_is_read_in_every_form_that_servers_write)
{
    static const char *const ends[] = {"\"2026-11-29T10:52:54Z\"",
                                       "\"2026-11-29T10:52:54\"",
                                       "\"2026-11-29T10:52:54+0000\"",
                                       "\"2026-11-29 10:52:54\"",
                                       "\"2026-11-29T10:52:54Z[UTC]\"",
                                       "1795949574",
                                       "1795949574000",
                                       "\"1795949574\""};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char text[256];
        struct access access;
        (void)snprintf(text, sizeof text, "{\"id\":\"ssh-a\",\"password\":\"a1b2c3d4e5\",\"expires_at\":%s}",
                       ends[i]);
        cr_assert_eq(access_of(text, &access), STATUS_OK, "%s: %s", text, why.message);
        cr_expect_eq(access.expires_at, 1795949574000, "%s: %lld", ends[i], (long long)access.expires_at);
        cr_expect_eq(access.unparsed.count, 0);
        access_clear(&access);
    }
}

Test(model, no_other_field_costs_a_password)
{
    static const char four[] = "xxxxxxxxxxxxxxxx";
    static const struct {
        const char *field, *told;
    } cases[] = {
        {"\"expires_at\":\"never\"", "expires_at not understood: \"never\""},
        {"\"expires_at\":\"0001-01-01T00:00:00Z\"", "expires_at not understood: \"0001-01-01T00:00:00Z\""},
        {"\"expires_at\":{}", "expires_at not understood: an object"},
        {"\"expires_at\":true", "expires_at not understood: true"},
        {"\"expires_at\":-1", "expires_at not understood: -1"},
        {"\"expires_at\":0", "expires_at not understood: 0"},
        {"\"expires_at\":1e300", "expires_at not understood: 1e+300"},
        {"\"expires_at\":null", ""},
        {"\"updated_at\":\"soon\"", "updated_at not understood: \"soon\""},
        {"\"created_at\":{}", "created_at not understood: an object"},
        {"\"sandbox_id\":5", "sandbox_id not understood: 5"},
        {"\"port\":\"53783\"", "port not understood: \"53783\""},
        {"\"port\":65536", "port not understood: 65536"},
        {"\"port\":-22", "port not understood: -22"},
        {"\"host\":false", "host not understood: false"},
        {"\"hostname\":7", "hostname not understood: 7"},
        {"\"username\":\"a\\tb\"", "username not understood: \"a?b\""},
        {"\"ssh_command\":[\"ssh\"]", "ssh_command not understood: an array"},
        {"\"ssh_command\":\"sshpass -p a1b2c3d4e5\\n\"",
         "ssh_command not understood: (it contains the password)"},
        {"\"expires_at\":1,\"expires_at\":1", "expires_at not understood: it is there twice"},
    };
    char text[1024], told[160];
    struct access access;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text, "{\"id\":\"ssh-a\",\"password\":\"a1b2c3d4e5\",%s}",
                       cases[i].field);
        cr_assert_eq(access_of(text, &access), STATUS_OK, "%s: %s", text, why.message);
        cr_expect_str_eq(secret_text(access.password), "a1b2c3d4e5");
        cr_expect_str_eq(unparsed_text(&access.unparsed, told, sizeof told), cases[i].told, "%s", text);
        cr_expect_eq(access.expires_at + access.created_at + access.updated_at + access.port, 0, "%s", text);
        cr_expect_str_eq(access.host, "");
        cr_expect_str_eq(access.username, "");
        cr_expect_str_eq(access.ssh_command, "");
        access_clear(&access);
    }
    // A command that is cut would be another one.
    size_t used =
        (size_t)snprintf(text, sizeof text, "{\"id\":\"ssh-a\",\"password\":\"p\",\"ssh_command\":\"");
    for (int i = 0; i < 32; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", four);
    (void)snprintf(text + used, sizeof text - used, "\"}");
    cr_assert_eq(access_of(text, &access), STATUS_OK);
    cr_expect_str_eq(access.ssh_command, "");
    cr_expect_str_eq(access.unparsed.name, "ssh_command");
    access_clear(&access);
}

Test(model, names_of_an_access_object_as_javascript_writes_them)
{
    struct access access;
    cr_assert_eq(access_of("{\"id\":\"ssh-a\",\"sandboxId\":\"sbx-a\",\"password\":\"pw\","
                           "\"expiresAt\":\"2026-04-01T13:00:00.000Z\",\"createdAt\":1775044800,"
                           "\"updatedAt\":\"2026-04-01T12:00:01Z\",\"sshCommand\":\"ssh ssh-a@b\","
                           "\"hostname\":\"h.example\"}",
                           &access),
                 STATUS_OK, "%s", why.message);
    cr_expect_str_eq(access.sandbox_id, "sbx-a");
    cr_expect_eq(access.expires_at, 1775048400000);
    cr_expect_eq(access.created_at, 1775044800000);
    cr_expect_eq(access.updated_at, 1775044801000);
    cr_expect_str_eq(access.ssh_command, "ssh ssh-a@b");
    cr_expect_str_eq(access.host, "h.example");
    cr_expect_eq(access.unparsed.count, 0);
    access_clear(&access);
    cr_assert_eq(access_of("{\"id\":\"ssh-a\",\"sandboxId\":\"a/b\"}", &access), STATUS_MALFORMED);
    cr_assert_eq(access_of("{\"id\":\"ssh-a\",\"sshCommand\":7}", &access), STATUS_OK);
    cr_expect_str_eq(access.unparsed.name, "sshCommand");
}

// Members that nobody reads cost nothing, however many they are and however often they stand there.
Test(model, what_is_not_read_may_be_anything)
{
    enum { MEMBERS = 300 };
    char *text = malloc(MEMBERS * 32 + 256);
    struct sandbox box;
    cr_assert_not_null(text);
    size_t used =
        (size_t)sprintf(text, "{\"x\":1,\"x\":2,\"y\":\"\\u0000\\ud800\",\"id\":\"sbx-a\",\"env_vars\":{");
    for (int i = 0; i < MEMBERS; i++)
        used += (size_t)sprintf(text + used, "\"NAME_%d\":\"v\",", i);
    (void)sprintf(text + used, "\"NAME_1\":\"again\"},\"state\":\"running\"}");
    cr_assert_eq(sandbox_of(text, &box), STATUS_OK, "%s", why.message);
    cr_expect_eq(box.state, SANDBOX_running);
    cr_expect_eq(box.unparsed.count, 0);
    free(text);
}

// A text at its cap is taken, one byte more is not; so no field's end is off by one.
Test(model, every_text_of_an_access_object_has_its_cap)
{
    static const struct {
        const char *name;
        size_t cap;
        bool must_be_right;
    } fields[] = {{"ssh_command", COMMAND_CAP, false},
                  {"host", HOST_CAP, false},
                  {"username", ID_CAP, false},
                  {"password", 1025, true},
                  {"id", ID_CAP, true}};
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
            bool fits = length < fields[i].cap;
            enum status expected = fits || !fields[i].must_be_right ? STATUS_OK : STATUS_MALFORMED;
            cr_expect_eq(access_of(text, &access), expected, "%s of %zu bytes", fields[i].name, length);
            if (expected != STATUS_OK)
                continue;
            cr_expect_eq(access.unparsed.count, fits ? 0 : 1, "%s of %zu bytes", fields[i].name, length);
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
