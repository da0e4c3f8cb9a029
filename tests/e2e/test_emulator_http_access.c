// SPDX-License-Identifier: Apache-2.0
//
// The emulator's HTTP side: the four SSH calls in each dialect.

#include "tests/e2e/foreign_client.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct foreign_client foreign_client;
static struct support_emulator *emulator = &foreign_client.emulator;
static char sandbox[80];

static void begin_in(const char *dialect)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", "--dialect", dialect, NULL};
    foreign_client_begin(&foreign_client, options);
    foreign_client_sandbox(&foreign_client, 0, sandbox);
}

// A call below the sandbox's ssh/; %s in form is the credential's id.
static cJSON *call(int status, const char *method, const char *form, const char *id, const char *body)
{
    char path[300];
    const char *hole = strstr(form, "%s");
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%.*s%s%s", sandbox,
                   hole != NULL ? (int)(hole - form) : (int)strlen(form), form, hole != NULL ? id : "",
                   hole != NULL ? hole + 2 : "");
    return ask_for(emulator, status, method, path, body);
}

static void fails(int status, const char *method, const char *form, const char *id, const char *body)
{
    cJSON *json = call(status, method, form, id, body);
    cr_expect_neq(ask_text(json, "message")[0], '\0');
    cJSON_Delete(json);
}

struct credential {
    char id[80], password[160], command[512], expires_at[64];
};

static struct credential take(cJSON *json)
{
    struct credential out;
    cr_expect_str_eq(ask_text(json, "sandbox_id"), sandbox);
    cr_expect_eq(strncmp(ask_text(json, "id"), "ssh-", 4), 0);
    cr_expect_geq(strlen(ask_text(json, "password")), 32);
    (void)ask_text(json, "created_at");
    (void)ask_text(json, "updated_at");
    (void)snprintf(out.id, sizeof out.id, "%s", ask_text(json, "id"));
    (void)snprintf(out.password, sizeof out.password, "%s", ask_text(json, "password"));
    (void)snprintf(out.command, sizeof out.command, "%s", ask_text(json, "ssh_command"));
    (void)snprintf(out.expires_at, sizeof out.expires_at, "%s", ask_text(json, "expires_at"));
    cr_expect_eq(strncmp(out.command, "ssh -o StrictHostKeyChecking=accept-new ", 40), 0, "%s", out.command);
    cr_expect_not_null(strstr(out.command, out.id), "%s", out.command);
    cr_expect_null(strstr(out.command, out.password), "the password is in the command");
    cJSON_Delete(json);
    return out;
}

// Whether the password is valid: by the sandbox (form "validate") or by the id.
static bool is_valid(const char *form, const char *id, const char *password)
{
    char body[400];
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"password\":\"%s\"}", id, password);
    cJSON *json = call(200, "POST", form, id, body);
    bool valid = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "valid"));
    cr_expect(valid || cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(json, "valid")));
    cr_expect_str_eq(ask_text(json, "sandbox_id"), sandbox);
    cJSON_Delete(json);
    return valid;
}

Test(emulator_http_access, one_a_sandbox)
{
    begin_in("sandbox");
    struct credential first = take(call(201, "POST", "access", NULL, NULL));
    fails(409, "POST", "access", NULL, NULL);
    cr_expect(is_valid("validate", first.id, first.password));
    cr_expect_not(is_valid("validate", first.id, "wrong"));
    cr_expect_not(is_valid("validate", first.id, ""));
    cr_expect_not(is_valid("validate", "ssh-0000000000000000", first.password));
    struct credential second = take(call(200, "POST", "regen", NULL, NULL));
    cr_expect_str_neq(second.password, first.password);
    cr_expect_not(is_valid("validate", first.id, first.password));
    cr_expect(is_valid("validate", second.id, second.password));
    cr_expect_null(call(204, "DELETE", "access", NULL, NULL));
    fails(404, "DELETE", "access", NULL, NULL);
    fails(404, "POST", "regen", NULL, NULL);
    fails(404, "POST", "validate", NULL, "{\"id\":\"ssh-a\",\"password\":\"x\"}");
    (void)take(call(201, "POST", "access", NULL, NULL));
    foreign_client_end(&foreign_client);
}

Test(emulator_http_access, one_an_id)
{
    begin_in("credential");
    struct credential first = take(call(201, "POST", "access", NULL, NULL));
    struct credential second = take(call(201, "POST", "access", NULL, NULL));
    cr_expect_str_neq(first.id, second.id);
    cr_expect(is_valid("%s/validate", first.id, first.password));
    cr_expect(is_valid("%s/validate", second.id, second.password));
    cr_expect_not(is_valid("%s/validate", first.id, second.password));
    struct credential renewed = take(call(200, "POST", "%s/regen", first.id, NULL));
    cr_expect_str_eq(renewed.id, first.id);
    cr_expect_str_neq(renewed.password, first.password);
    cr_expect_not(is_valid("%s/validate", first.id, first.password));
    cr_expect(is_valid("%s/validate", first.id, renewed.password));
    cr_expect(is_valid("%s/validate", second.id, second.password));
    cr_expect_null(call(204, "DELETE", "%s", first.id, NULL));
    fails(404, "DELETE", "%s", first.id, NULL);
    fails(404, "POST", "%s/regen", first.id, NULL);
    fails(404, "POST", "%s/validate", first.id, "{\"password\":\"x\"}");
    cr_expect(is_valid("%s/validate", second.id, second.password));
    foreign_client_end(&foreign_client);
}

Test(emulator_http_access, each_dialect_has_none_of_the_others_paths)
{
    begin_in("sandbox");
    struct credential one = take(call(201, "POST", "access", NULL, NULL));
    fails(404, "POST", "%s/validate", one.id, "{\"password\":\"x\"}");
    fails(404, "POST", "%s/regen", one.id, NULL);
    fails(404, "DELETE", "%s", one.id, NULL);
    cr_expect(is_valid("validate", one.id, one.password));
    foreign_client_end(&foreign_client);
    begin_in("credential");
    one = take(call(201, "POST", "access", NULL, NULL));
    cJSON *json = NULL;
    static const char *const by_sandbox[] = {"validate", "regen"};
    for (size_t i = 0; i < 2; i++) {
        struct reply reply;
        char path[160];
        const struct ask wanted = {
            .method = "POST", .path = path, .body = "{\"id\":\"x\",\"password\":\"x\"}"};
        (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s", sandbox, by_sandbox[i]);
        ask(emulator, &wanted, &reply);
        cr_expect(reply.status == 404 || reply.status == 405, "%s: %d", by_sandbox[i], reply.status);
        reply_free(&reply);
    }
    json = call(404, "DELETE", "access", NULL, NULL);
    cJSON_Delete(json);
    cr_expect(is_valid("%s/validate", one.id, one.password));
    foreign_client_end(&foreign_client);
}

Test(emulator_http_access, both_at_the_same_time)
{
    begin_in("both");
    struct credential first = take(call(201, "POST", "access", NULL, NULL));
    struct credential second = take(call(201, "POST", "access", NULL, NULL));
    cr_expect(is_valid("validate", first.id, first.password));
    cr_expect(is_valid("%s/validate", first.id, first.password));
    cr_expect(is_valid("validate", second.id, second.password));
    struct credential renewed = take(call(200, "POST", "%s/regen", first.id, NULL));
    cr_expect(is_valid("validate", first.id, renewed.password));
    cr_expect_null(call(204, "DELETE", "%s", first.id, NULL));
    cr_expect_null(call(204, "DELETE", "access", NULL, NULL)); // the one that is left
    fails(404, "DELETE", "%s", second.id, NULL);
    foreign_client_end(&foreign_client);
}

Test(emulator_http_access, what_is_missing_is_named)
{
    static const struct {
        const char *form, *body, *field;
    } cases[] = {{"validate", "{\"id\":\"ssh-a\"}", "password"},
                 {"validate", "{\"password\":\"x\"}", "id"},
                 {"validate", "{\"id\":7,\"password\":\"x\"}", "id"},
                 {"validate", NULL, "id"},
                 {"%s/validate", "{}", "password"},
                 {"%s/validate", "{\"password\":null}", "password"}};
    begin_in("both");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *json = call(400, "POST", cases[i].form, "ssh-a", cases[i].body);
        const cJSON *errors = cJSON_GetObjectItemCaseSensitive(json, "errors");
        cr_expect_str_eq(ask_text(cJSON_GetArrayItem(errors, 0), "field"), cases[i].field, "case %zu", i);
        cJSON_Delete(json);
    }
    fails(400, "POST", "validate", NULL, "not json");
    foreign_client_end(&foreign_client);
}

Test(emulator_http_access, another_sandboxes_credential_is_not_found)
{
    char other[80];
    begin_in("credential");
    struct credential one = take(call(201, "POST", "access", NULL, NULL));
    foreign_client_sandbox(&foreign_client, 1, other);
    (void)snprintf(sandbox, sizeof sandbox, "%s", other);
    fails(404, "POST", "%s/regen", one.id, NULL);
    fails(404, "DELETE", "%s", one.id, NULL);
    (void)snprintf(sandbox, sizeof sandbox, "sbx-0000000000");
    fails(404, "POST", "access", NULL, NULL);
    fails(404, "POST", "%s/validate", one.id, "{\"password\":\"x\"}");
    foreign_client_end(&foreign_client);
}

struct expiring {
    const struct credential *credential;
};

static bool has_expired(void *ctx)
{
    const struct expiring *expiring = ctx;
    return !is_valid("%s/validate", expiring->credential->id, expiring->credential->password);
}

Test(emulator_http_access, a_credential_ends_by_time_and_regenerate_begins_it_anew)
{
    static const char *const brief[] = {"--fleet", "plain", "--ttl", "1", "--rate-limit", "100000", NULL};
    foreign_client_begin(&foreign_client, brief);
    foreign_client_sandbox(&foreign_client, 0, sandbox);
    struct credential one = take(call(201, "POST", "access", NULL, NULL));
    struct expiring expiring = {&one};
    cr_assert(support_wait_until(has_expired, &expiring, SUPPORT_WAIT_MS), "it never ends");
    struct credential renewed = take(call(200, "POST", "%s/regen", one.id, NULL));
    cr_expect_gt(strcmp(renewed.expires_at, one.expires_at), 0);
    foreign_client_end(&foreign_client);
}

// Many at once on one sandbox: one is first, all the others are told so.
Test(emulator_http_access, one_of_many_at_once_is_first)
{
    enum { MANY = 24 };
    int sockets[MANY], made = 0, refused = 0;
    char path[160];
    begin_in("sandbox");
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/access", sandbox);
    const struct ask create = {.method = "POST", .path = path};
    for (int i = 0; i < MANY; i++)
        sockets[i] = ask_send(emulator, &create);
    for (int i = 0; i < MANY; i++) {
        struct reply reply;
        ask_receive(sockets[i], &reply);
        made += reply.status == 201;
        refused += reply.status == 409;
        reply_free(&reply);
    }
    cr_expect_eq(made, 1);
    cr_expect_eq(refused, MANY - 1);
    foreign_client_end(&foreign_client);
}
