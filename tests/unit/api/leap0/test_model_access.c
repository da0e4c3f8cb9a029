// SPDX-License-Identifier: Apache-2.0
//
// model: access objects as the API gives them: what must be right, and that nothing else ever costs a
// password.

#include "api/leap0/model.h"
#include "tests/unit/api/leap0/leap0_fixture.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static struct failure why;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
}

TestSuite(model_access, .init = begin);

static enum status access_of(const char *text, struct access *out)
{
    cJSON *tree = leap0_fixture_tree(text);
    enum status status = access_from_json(tree, out, &why);
    cJSON_Delete(tree);
    return status;
}

// To the last byte: what was refused was not written to.
static bool are_same(const void *one, const void *other, size_t size)
{
    return memcmp(one, other, size) == 0;
}

static const char whole_access[] =
    "{\"id\":\"ssh-bb961077616ff86f\",\"sandbox_id\":\"sbx-abc123\",\"password\":\"a1b2c3\","
    "\"expires_at\":\"2026-04-01T13:00:00Z\",\"created_at\":\"2026-04-01T12:00:00Z\","
    "\"updated_at\":\"2026-04-01T12:00:01Z\",\"ssh_command\":\"ssh "
    "ssh-bb961077616ff86f@sbx-abc123.sandbox.leap0.dev\",\"host\":\"h.example\",\"port\":2222,"
    "\"username\":\"user\"}";

Test(model_access, a_whole_access_object)
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

Test(model_access, an_access_object_without_most_of_it)
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

Test(model_access, what_must_be_right_in_an_access_object)
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

Test(model_access, an_end_is_read_in_every_form_that_servers_write)
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

Test(model_access, no_other_field_costs_a_password)
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

Test(model_access, names_of_an_access_object_as_javascript_writes_them)
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

// A text at its cap is taken, one byte more is not; so no field's end is off by one.
Test(model_access, every_text_of_an_access_object_has_its_cap)
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
Test(model_access, a_refusal_does_not_repeat_the_password)
{
    struct access access;
    cr_assert_eq(access_of("{\"id\":\"ssh-a\",\"password\":\"hunter2\\n\"}", &access), STATUS_MALFORMED);
    cr_expect_null(strstr(why.message, "hunter2"), "%s", why.message);
}
