// SPDX-License-Identifier: Apache-2.0
//
// The emulator takes what the service's public SDKs send: their headers, paths and bodies, in both dialects.

#include "tests/e2e/foreign_client.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { REQUEST_CAP = 4096 };

static struct foreign_client foreign_client;
static struct support_emulator *emulator = &foreign_client.emulator;

// What each puts beside the key. All of them say how long a POST without a body is.
static const struct sdk {
    const char *dialect, *headers;
} python = {"sandbox", "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\nLeap0-Source: sdk-python\r\n"
                       "Leap0-SDK-Version: 0.5.0\r\nUser-Agent: leap0-python/0.5.0\r\n"},
  javascript =
      {"sandbox",
       "accept: */*\r\naccept-language: *\r\nsec-fetch-mode: cors\r\naccept-encoding: gzip, deflate\r\n"
       "leap0-source: sdk-js\r\nleap0-sdk-version: 0.6.0\r\nuser-agent: leap0-js/0.6.0\r\n"},
  go = {"credential", "User-Agent: leap0-go/0.1.0\r\nLeap0-Sdk-Version: 0.1.0\r\nLeap0-Source: sdk-go\r\n"
                      "Accept-Encoding: gzip\r\n"};

static cJSON *call(const struct sdk *sdk, int status, const char *method, const char *path, const char *body)
{
    char request[REQUEST_CAP];
    struct reply reply;
    size_t length = body != NULL ? strlen(body) : 0;
    int used =
        snprintf(request, sizeof request,
                 "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nauthorization: Bearer %s\r\n%s", method,
                 path, emulator->base_url + strlen("http://"), emulator->api_key, sdk->headers);
    if (body != NULL || strcmp(method, "POST") == 0)
        used += snprintf(request + used, sizeof request - (size_t)used, "Content-Length: %zu\r\n", length);
    if (body != NULL)
        used += snprintf(request + used, sizeof request - (size_t)used, "Content-Type: application/json\r\n");
    used += snprintf(request + used, sizeof request - (size_t)used, "\r\n%s", body != NULL ? body : "");
    cr_assert_lt(used, REQUEST_CAP);
    ask_receive(ask_bytes(emulator, request, (size_t)used), &reply);
    cr_assert_eq(reply.status, status, "%s %s: %s", method, path, reply.text);
    cJSON *json = reply.json;
    reply.json = NULL;
    reply_free(&reply);
    return json;
}

static const char *below(const char *sandbox, const char *rest)
{
    static char path[300];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s%s", sandbox, rest);
    return path;
}

static void begin(const char *dialect)
{
    const char *const options[] = {"--fleet", "plain",     "--sandboxes", "1", "--move-ms",
                                   "20",      "--dialect", dialect,       NULL};
    foreign_client_begin(&foreign_client, options);
}

// Made without a slash, looked at and deleted with one: so all of them do it.
static void live(const struct sdk *sdk, const char *body, const char *query)
{
    char id[80];
    cJSON *made = call(sdk, 201, "POST", "/v1/sandbox", body);
    (void)snprintf(id, sizeof id, "%s", ask_text(made, "id"));
    cr_expect_null(cJSON_GetObjectItemCaseSensitive(made, "network_policy"), "never null");
    cJSON_Delete(made);
    foreign_client_wait_state(&foreign_client, id, "running");
    cJSON *page = call(sdk, 200, "GET", query, NULL);
    cr_expect_eq(ask_number(page, "total_items"), 2);
    cJSON_Delete(page);
    cJSON *one = call(sdk, 200, "GET", below(id, "/"), NULL);
    cr_expect_null(cJSON_GetObjectItemCaseSensitive(one, "network_policy"), "never null");
    cJSON_Delete(one);
    cJSON_Delete(call(sdk, 201, "POST", below(id, "/pause"), NULL));
    foreign_client_wait_state(&foreign_client, id, "paused");
    cJSON *inside = call(sdk, 200, "GET", below(id, "/system/workdir"), NULL);
    cr_expect_eq(ask_text(inside, "workdir")[0], '/');
    cJSON_Delete(inside);
    cJSON *awake = call(sdk, 200, "GET", below(id, ""), NULL);
    cr_expect_str_eq(ask_text(awake, "state"), "running", "woken by the call");
    cJSON_Delete(awake);
    inside = call(sdk, 200, "GET", below(id, "/system/user-home-dir"), NULL);
    cr_expect_eq(ask_text(inside, "user_home_dir")[0], '/');
    cJSON_Delete(inside);
    cr_expect_null(call(sdk, 204, "DELETE", below(id, "/"), NULL));
}

static void expect_valid(const struct sdk *sdk, const char *path, const char *body, bool wanted)
{
    cJSON *json = call(sdk, 200, "POST", path, body);
    cr_expect_eq(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "valid")), wanted);
    cJSON_Delete(json);
}

// One credential a sandbox.
static void share(const struct sdk *sdk)
{
    char sandbox[80], body[400];
    foreign_client_sandbox(&foreign_client, 0, sandbox);
    cJSON *first = call(sdk, 201, "POST", below(sandbox, "/ssh/access"), NULL);
    cJSON_Delete(call(sdk, 409, "POST", below(sandbox, "/ssh/access"), NULL));
    (void)snprintf(body, sizeof body, "{\"id\":\"%s\",\"password\":\"%s\"}", ask_text(first, "id"),
                   ask_text(first, "password"));
    expect_valid(sdk, below(sandbox, "/ssh/validate"), body, true);
    cJSON *second = call(sdk, 200, "POST", below(sandbox, "/ssh/regen"), NULL);
    cr_expect_str_neq(ask_text(first, "password"), ask_text(second, "password"));
    expect_valid(sdk, below(sandbox, "/ssh/validate"), body, false);
    cr_expect_null(call(sdk, 204, "DELETE", below(sandbox, "/ssh/access"), NULL));
    cJSON_Delete(first);
    cJSON_Delete(second);
}

Test(emulator_http_sdk, takes_what_the_python_sdk_sends)
{
    begin(python.dialect);
    live(&python,
         "{\"template_name\":\"system/debian:bookworm\",\"vcpu\":1,\"memory\":1024,\"timeout\":300,"
         "\"auto_pause\":false,\"env_vars\":{\"A\":\"1\"}}",
         "/v1/sandboxes?sort=created_at&order-by=desc&page=1&page-size=20");
    share(&python);
    foreign_client_end(&foreign_client);
}

Test(emulator_http_sdk, takes_what_the_javascript_sdk_sends)
{
    begin(javascript.dialect);
    // Fields that the description does not know are left alone.
    live(&javascript,
         "{\"template_name\":\"system/debian:bookworm\",\"vcpu\":1,\"memory_mib\":1024,\"timeout_min\":5,"
         "\"auto_pause\":false}",
         "/v1/sandboxes?sort=created_at&order-by=desc&page=1&page-size=20");
    share(&javascript);
    foreign_client_end(&foreign_client);
}

Test(emulator_http_sdk, takes_what_the_go_sdk_sends)
{
    char sandbox[80], id[80], path[300], body[300];
    begin(go.dialect);
    live(&go, "{\"template_name\":\"system/debian:bookworm\",\"vcpu\":2,\"memory\":512,\"timeout\":60}",
         "/v1/sandboxes?order_by=desc&page=1&page_size=20");
    foreign_client_sandbox(&foreign_client, 0, sandbox);
    cJSON *first = call(&go, 201, "POST", below(sandbox, "/ssh/access"), NULL);
    (void)snprintf(id, sizeof id, "%s", ask_text(first, "id"));
    (void)snprintf(body, sizeof body, "{\"password\":\"%s\"}", ask_text(first, "password"));
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s/validate", sandbox, id);
    expect_valid(&go, path, body, true);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s/regen", sandbox, id);
    cJSON_Delete(call(&go, 200, "POST", path, NULL));
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s/validate", sandbox, id);
    expect_valid(&go, path, body, false);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s", sandbox, id);
    cr_expect_null(call(&go, 204, "DELETE", path, NULL));
    cJSON_Delete(first);
    foreign_client_end(&foreign_client);
}

// --- as strict as the description ---

static cJSON *new_with(int status, const char *rest)
{
    static char body[8192];
    (void)snprintf(body, sizeof body, "{\"template_name\":\"t\",%s}", rest);
    return ask_for(emulator, status, "POST", "/v1/sandbox", body);
}

Test(emulator_http_sdk, tells_the_network_policy_that_was_given_and_no_other)
{
    static const char *const given =
        "{\"mode\":\"custom\",\"allow_domains\":[\"a.example\",\"*.b.example\"],"
        "\"allow_cidrs\":[\"10.0.0.0/8\"],\"transforms\":[{\"domain\":\"c.example\","
        "\"inject_headers\":{\"x\":\"y\"},\"strip_headers\":[\"z\"]}]}";
    char rest[1024];
    begin("both");
    (void)snprintf(rest, sizeof rest, "\"network_policy\":%s", given);
    cJSON *made = new_with(201, rest), *wanted = cJSON_Parse(given);
    cJSON *one = ask_for(emulator, 200, "GET", below(ask_text(made, "id"), ""), NULL);
    cr_expect(cJSON_Compare(cJSON_GetObjectItemCaseSensitive(made, "network_policy"), wanted, true));
    cr_expect(cJSON_Compare(cJSON_GetObjectItemCaseSensitive(one, "network_policy"), wanted, true));
    cJSON_Delete(wanted);
    cJSON_Delete(one);
    cJSON_Delete(made);
    made = new_with(201, "\"network_policy\":null");
    cr_expect_null(cJSON_GetObjectItemCaseSensitive(made, "network_policy"), "left out, never null");
    cJSON_Delete(made);
    foreign_client_end(&foreign_client);
}

Test(emulator_http_sdk, takes_eight_mounts_and_no_ninth)
{
    static const char *const mount = "{\"type\":\"object-storage\",\"bucket\":\"b\",\"mount_path\":\"/data\","
                                     "\"endpoint\":\"https://s.example\",\"secret_access_key\":\"hidden\"}";
    begin("both");
    for (int count = 8; count <= 9; count++) {
        char rest[4096] = "\"mounts\":[";
        for (int i = 0; i < count; i++) {
            size_t used = strlen(rest);
            (void)snprintf(rest + used, sizeof rest - used, "%s%s", i > 0 ? "," : "", mount);
        }
        size_t used = strlen(rest);
        (void)snprintf(rest + used, sizeof rest - used, "]");
        cJSON *made = new_with(count == 8 ? 201 : 400, rest);
        if (count == 8) {
            const cJSON *mounts = cJSON_GetObjectItemCaseSensitive(made, "mounts");
            cr_expect_eq(cJSON_GetArraySize(mounts), 8);
            cr_expect_str_eq(ask_text(cJSON_GetArrayItem(mounts, 7), "bucket"), "b");
            char *text = cJSON_PrintUnformatted(made);
            cr_expect_null(strstr(text, "hidden"), "what opens the bucket is not told");
            cJSON_free(text);
        }
        cJSON_Delete(made);
    }
    foreign_client_end(&foreign_client);
}

Test(emulator_http_sdk, a_nul_is_no_end_of_a_password_or_an_id)
{
    char sandbox[80], path[300], body[400], raw[900];
    struct reply reply;
    begin("both");
    foreign_client_sandbox(&foreign_client, 0, sandbox);
    cJSON *access = ask_for(emulator, 201, "POST", below(sandbox, "/ssh/access"), NULL);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s/validate", sandbox, ask_text(access, "id"));
    (void)snprintf(body, sizeof body, "{\"password\":\"%s\"}", ask_text(access, "password"));
    expect_valid(&python, path, body, true);
    (void)snprintf(body, sizeof body, "{\"password\":\"%s\\u0000\"}", ask_text(access, "password"));
    ask_failing(emulator, 400, NULL, "POST", path, body);
    (void)snprintf(body, sizeof body, "{\"password\":\"%s\"}", ask_text(access, "password"));
    // The same with the byte itself behind the whole body.
    int used =
        snprintf(raw, sizeof raw,
                 "POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nauthorization: %s\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 path, emulator->base_url + strlen("http://"), emulator->api_key, strlen(body) + 2, body);
    raw[used] = '\0';
    raw[used + 1] = 'x';
    ask_receive(ask_bytes(emulator, raw, (size_t)used + 2), &reply);
    cr_expect_eq(reply.status, 400, "%s", reply.text);
    reply_free(&reply);
    // A backslash that is one is no NUL.
    ask_failing(emulator, 400, "Invalid request", "POST", "/v1/sandbox", "{\"a\":\"\\\\u0000\"}");
    ask_failing(emulator, 404, NULL, "GET", below(sandbox, "%00"), NULL);
    ask_failing(emulator, 404, NULL, "GET", below(sandbox, "%00/"), NULL);
    ask_failing(emulator, 404, NULL, "POST", below(sandbox, "%00x/ssh/access"), NULL);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s%%00", sandbox, ask_text(access, "id"));
    ask_failing(emulator, 404, NULL, "DELETE", path, NULL);
    cJSON_Delete(access);
    foreign_client_end(&foreign_client);
}

// --- many ---

Test(emulator_http_sdk, has_a_hundred_thousand_sandboxes)
{
    static const char *const many[] = {"--fleet", "plain", "--sandboxes", "100000", NULL};
    char sandbox[80];
    struct foreign_client_access access;
    foreign_client_begin(&foreign_client, many);
    cJSON *page = ask_for(emulator, 200, "GET", "/v1/sandboxes?page=1000&page-size=100&order-by=asc", NULL);
    cr_expect_eq(ask_number(page, "total_items"), 100000);
    cr_expect_eq(cJSON_GetArraySize(ask_items(page)), 100);
    cJSON_Delete(page);
    // Also the last of them is reached by SSH, at an address of its own.
    foreign_client_sandbox(&foreign_client, 0, sandbox);
    foreign_client_access(&foreign_client, sandbox, &access);
    struct support_result result = foreign_client_ssh(&foreign_client, &access, NULL, "echo here", NULL);
    cr_expect_str_eq(result.out, "here\n", "%s", result.err);
    support_result_free(&result);
    foreign_client_end(&foreign_client);
}

// --- the key ---

Test(emulator_http_sdk, reads_its_key_from_a_file)
{
    char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 8];
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/key", folder);
    cr_assert(support_file_write(path, "  a-key-of-a-file \nanother line\n"));
    const char *const options[] = {"--fleet", "plain", "--api-key-file", path, NULL};
    foreign_client_begin(&foreign_client, options);
    cr_expect_str_eq(emulator->api_key, "a-key-of-a-file");
    cJSON_Delete(ask_for(emulator, 200, "GET", "/v1/sandboxes", NULL));
    cr_expect_eq(support_processes_with("a-key-of-a-file"), 0, "nobody sees it in a command line");
    foreign_client_end(&foreign_client);
    cr_expect(support_folder_remove(folder));
}
