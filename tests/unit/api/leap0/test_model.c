// SPDX-License-Identifier: Apache-2.0
//
// model: ids and sandboxes as the API gives them: what must be right, and that nothing else ever costs the
// sandbox.

#include "api/leap0/model.h"
#include "tests/unit/api/leap0/leap0_fixture.h"

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

static enum status sandbox_of(const char *text, struct sandbox *out)
{
    cJSON *tree = leap0_fixture_tree(text);
    enum status status = sandbox_from_json(tree, out, &why);
    cr_assert_eq(sandbox_from_json(tree, out, NULL), status);
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
