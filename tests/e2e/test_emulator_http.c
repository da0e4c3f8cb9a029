// SPDX-License-Identifier: Apache-2.0
//
// The emulator's HTTP side: every call on sandboxes, and who is let in.

#include "tests/e2e/foreign_client.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define PLAIN      "{\"template_name\":\"system/debian:bookworm\"}"
#define NO_SANDBOX "/v1/sandbox/sbx-0000000000"

static const char *const quick[] = {"--fleet", "plain", "--sandboxes", "7", "--move-ms", "20", NULL};
static const char *const slow[] = {"--fleet", "plain", "--sandboxes", "2", "--move-ms", "600000", NULL};

static struct foreign_client foreign_client;
static struct support_emulator *emulator = &foreign_client.emulator;

static cJSON *call(int status, const char *method, const char *path, const char *body)
{
    return ask_for(emulator, status, method, path, body);
}

static void first_sandbox(char id[80])
{
    cJSON *page = call(200, "GET", "/v1/sandboxes?page-size=1", NULL);
    (void)snprintf(id, 80, "%s", ask_text(cJSON_GetArrayItem(ask_items(page), 0), "id"));
    cJSON_Delete(page);
}

static const char *path_of(const char *id, const char *rest)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/%s", id, rest);
    return path;
}

// --- the list ---

Test(emulator_http, pages_hold_every_sandbox_once)
{
    static const int sizes[] = {1, 2, 3, 7, 100};
    foreign_client_begin(&foreign_client, quick);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        char seen[8][80];
        int count = 0;
        for (int page = 1; page <= 8; page++) {
            char path[80];
            const cJSON *item = NULL;
            (void)snprintf(path, sizeof path, "/v1/sandboxes?page=%d&page-size=%d", page, sizes[s]);
            cJSON *json = call(200, "GET", path, NULL);
            int left = 7 - (page - 1) * sizes[s];
            int expected = left < 0 ? 0 : left < sizes[s] ? left : sizes[s];
            cr_expect_eq(ask_number(json, "total_items"), 7);
            cr_expect_eq(cJSON_GetArraySize(ask_items(json)), expected, "page %d of %d", page, sizes[s]);
            cJSON_ArrayForEach(item, ask_items(json))
            {
                for (int i = 0; i < count; i++)
                    cr_expect_str_neq(seen[i], ask_text(item, "id"));
                (void)snprintf(seen[count++], sizeof seen[0], "%s", ask_text(item, "id"));
            }
            cJSON_Delete(json);
        }
        cr_expect_eq(count, 7);
    }
    foreign_client_end(&foreign_client);
}

Test(emulator_http, an_item_has_the_documented_fields)
{
    foreign_client_begin(&foreign_client, quick);
    cJSON *page = call(200, "GET", "/v1/sandboxes", NULL);
    const cJSON *item = cJSON_GetArrayItem(ask_items(page), 0);
    cr_expect_eq(strncmp(ask_text(item, "id"), "sbx-", 4), 0);
    cr_expect_str_eq(ask_text(item, "state"), "running");
    cr_expect_neq(ask_text(item, "template_id")[0], '\0');
    cr_expect_neq(ask_text(item, "pod_id")[0], '\0');
    cr_expect_not_null(strstr(ask_text(item, "created_at"), "Z"));
    cr_expect_not_null(strstr(ask_text(item, "launch_time"), "Z"));
    cr_expect_not_null(strstr(ask_text(item, "state_change_time"), "Z"));
    cr_expect_gt(ask_number(item, "timeout_at"), (double)time(NULL));
    cJSON *one = call(200, "GET", path_of(ask_text(item, "id"), ""), NULL);
    cr_expect_str_eq(ask_text(one, "id"), ask_text(item, "id"));
    cr_expect_str_eq(ask_text(one, "template_id"), ask_text(item, "template_id"));
    cr_expect_geq(ask_number(one, "vcpu"), 1);
    cr_expect_geq(ask_number(one, "memory"), 512);
    cr_expect_gt(ask_number(one, "disk"), 0);
    cr_expect_gt(ask_number(one, "timeout"), 0);
    cr_expect(cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(one, "auto_pause")));
    cJSON_Delete(one);
    cJSON_Delete(page);
    foreign_client_end(&foreign_client);
}

static void expect_order(const char *path, const char *field, bool ascending)
{
    cJSON *page = call(200, "GET", path, NULL);
    const cJSON *item = NULL;
    const char *before = NULL;
    cJSON_ArrayForEach(item, ask_items(page))
    {
        const char *now = ask_text(item, field);
        if (before != NULL)
            cr_expect(ascending ? strcmp(before, now) <= 0 : strcmp(before, now) >= 0, "%s: %s before %s",
                      path, before, now);
        before = now;
    }
    cr_expect_not_null(before);
    cJSON_Delete(page);
}

Test(emulator_http, orders_and_filters)
{
    static const char *const demo[] = {"--sandboxes", "9", NULL};
    foreign_client_begin(&foreign_client, demo);
    expect_order("/v1/sandboxes?sort=created_at&order-by=asc", "created_at", true);
    expect_order("/v1/sandboxes?sort=created_at&order-by=desc", "created_at", false);
    expect_order("/v1/sandboxes", "created_at", false);
    expect_order("/v1/sandboxes?sort=state&order-by=asc", "state", true);
    expect_order("/v1/sandboxes?sort=state&order-by=desc", "state", false);
    static const char *const states[] = {"starting",  "running",  "snapshotting", "paused",
                                         "unpausing", "stopping", "stopped",      "deleting"};
    double all = 0;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        char path[80];
        const cJSON *item = NULL;
        (void)snprintf(path, sizeof path, "/v1/sandboxes?state=%s", states[i]);
        cJSON *page = call(200, "GET", path, NULL);
        cJSON_ArrayForEach(item, ask_items(page)) cr_expect_str_eq(ask_text(item, "state"), states[i]);
        cr_expect_eq(ask_number(page, "total_items"), cJSON_GetArraySize(ask_items(page)));
        all += ask_number(page, "total_items");
        cJSON_Delete(page);
    }
    cr_expect_eq(all, 9, "each in one state");
    foreign_client_end(&foreign_client);
}

static void expect_field(const char *method, const char *path, const char *body, const char *field)
{
    cJSON *json = call(400, method, path, body);
    const cJSON *error = NULL;
    bool found = false;
    cr_expect_neq(ask_text(json, "message")[0], '\0');
    cJSON_ArrayForEach(error, cJSON_GetObjectItemCaseSensitive(json, "errors"))
    {
        cr_expect_neq(ask_text(error, "error")[0], '\0');
        found = found || strcmp(ask_text(error, "field"), field) == 0;
    }
    cr_expect(found, "%s %s: '%s' is not named", path, body != NULL ? body : "", field);
    cJSON_Delete(json);
}

Test(emulator_http, what_is_wrong_is_named_by_field)
{
    static const struct {
        const char *query, *field;
    } queries[] = {{"page=0", "page"},
                   {"page=-1", "page"},
                   {"page=x", "page"},
                   {"page-size=0", "page-size"},
                   {"page-size=101", "page-size"},
                   {"page-size=", "page-size"},
                   {"sort=name", "sort"},
                   {"order-by=up", "order-by"},
                   {"state=asleep", "state"},
                   {"state=", "state"},
                   {"state=running%00", "state"},
                   // In no list: the description's filter has no such word.
                   {"state=deleted", "state"}};
    static const struct {
        const char *body, *field;
    } bodies[] = {{"{\"vcpu\":0}", "vcpu"},
                  {"{\"vcpu\":9}", "vcpu"},
                  {"{\"vcpu\":1.5}", "vcpu"},
                  {"{\"vcpu\":\"1\"}", "vcpu"},
                  {"{\"memory\":511}", "memory"},
                  {"{\"memory\":8194}", "memory"},
                  {"{\"memory\":1023}", "memory"},
                  {"{\"timeout\":0}", "timeout"},
                  {"{\"timeout\":28801}", "timeout"},
                  {"{\"template_name\":\"\"}", "template_name"},
                  {"{\"template_name\":7}", "template_name"},
                  {"{\"auto_pause\":1}", "auto_pause"},
                  {"{\"vcpu\":null}", "vcpu"},
                  {NULL, "template_name"},
                  {"{}", "template_name"},
                  {"{\"env_vars\":{\"A\":1}}", "env_vars"},
                  {"{\"env_vars\":{\"A\":\"1\",\"B\":null}}", "env_vars"},
                  {"{\"env_vars\":[\"A\"]}", "env_vars"},
                  {"{\"network_policy\":\"deny-all\"}", "network_policy"},
                  {"{\"network_policy\":{}}", "network_policy.mode"},
                  {"{\"network_policy\":{\"mode\":\"none\"}}", "network_policy.mode"},
                  {"{\"network_policy\":{\"mode\":\"custom\",\"allow_domains\":\"a.example\"}}",
                   "network_policy.allow_domains"},
                  {"{\"network_policy\":{\"mode\":\"custom\",\"allow_cidrs\":[\"10.0.0.0/33\"]}}",
                   "network_policy.allow_cidrs"},
                  {"{\"network_policy\":{\"mode\":\"custom\",\"transforms\":[{\"inject_headers\":{}}]}}",
                   "network_policy.transforms"},
                  {"{\"mounts\":[{\"type\":\"object-storage\"}]}", "mounts"},
                  {"{\"mounts\":null}", "mounts"}};
    foreign_client_begin(&foreign_client, quick);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char path[80];
        (void)snprintf(path, sizeof path, "/v1/sandboxes?%s", queries[i].query);
        expect_field("GET", path, NULL, queries[i].field);
    }
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        expect_field("POST", "/v1/sandbox/", bodies[i].body, bodies[i].field);
    ask_failing(emulator, 400, NULL, "POST", "/v1/sandbox/", "not json");
    ask_failing(emulator, 400, NULL, "POST", "/v1/sandbox/", "[]");
    ask_failing(emulator, 400, NULL, "POST", "/v1/sandbox/", "{\"vcpu\":1");
    ask_failing(emulator, 400, NULL, "POST", "/v1/sandbox/", PLAIN "x");
    foreign_client_end(&foreign_client);
}

// --- a sandbox's life ---

static void expect_state(const cJSON *json, const char *state)
{
    cr_expect_str_eq(ask_text(json, "state"), state);
}

Test(emulator_http, a_life_from_create_to_delete)
{
    char id[80];
    foreign_client_begin(&foreign_client, quick);
    cJSON *made =
        call(201, "POST", "/v1/sandbox/",
             "{\"template_name\":\"system/desktop:v0.1.0\",\"vcpu\":4,\"memory\":4096,\"timeout\":600,"
             "\"auto_pause\":true}");
    (void)snprintf(id, sizeof id, "%s", ask_text(made, "id"));
    expect_state(made, "starting");
    cr_expect_eq(ask_number(made, "vcpu"), 4);
    cr_expect_eq(ask_number(made, "memory"), 4096);
    cr_expect_eq(ask_number(made, "timeout"), 600);
    cr_expect_str_eq(ask_text(made, "template_id"), "system/desktop:v0.1.0");
    cr_expect(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(made, "auto_pause")));
    cJSON_Delete(made);
    foreign_client_wait_state(&foreign_client, id, "running");
    ask_failing(emulator, 409, NULL, "POST", path_of(id, "start"), NULL);
    cJSON *stopping = call(200, "POST", path_of(id, "stop"), NULL);
    expect_state(stopping, "stopping");
    cJSON_Delete(stopping);
    foreign_client_wait_state(&foreign_client, id, "stopped");
    ask_failing(emulator, 409, NULL, "POST", path_of(id, "stop"), NULL);
    ask_failing(emulator, 409, NULL, "POST", path_of(id, "pause"), NULL);
    cJSON *started = call(200, "POST", path_of(id, "start"), NULL);
    expect_state(started, "running"); // and only then is it answered
    cr_expect_eq(ask_number(started, "memory"), 4096, "the whole sandbox");
    cJSON_Delete(started);
    cJSON *pausing = call(201, "POST", path_of(id, "pause"), NULL);
    expect_state(pausing, "snapshotting");
    cJSON_Delete(pausing);
    foreign_client_wait_state(&foreign_client, id, "paused");
    ask_failing(emulator, 409, NULL, "POST", path_of(id, "start"), NULL);
    cr_expect_null(call(204, "DELETE", path_of(id, ""), NULL));
    foreign_client_end(&foreign_client);
}

Test(emulator_http, a_deleted_one_is_gone)
{
    static const char *const at_once[] = {"--fleet", "plain", "--sandboxes", "2", "--move-ms", "0", NULL};
    char id[80];
    foreign_client_begin(&foreign_client, at_once);
    first_sandbox(id);
    cr_expect_null(call(204, "DELETE", path_of(id, ""), NULL));
    ask_failing(emulator, 404, NULL, "GET", path_of(id, ""), NULL);
    ask_failing(emulator, 404, NULL, "DELETE", path_of(id, ""), NULL);
    ask_failing(emulator, 404, NULL, "POST", path_of(id, "ssh/access"), NULL);
    cJSON *page = call(200, "GET", "/v1/sandboxes", NULL);
    cr_expect_eq(ask_number(page, "total_items"), 1);
    cJSON_Delete(page);
    foreign_client_end(&foreign_client);
}

Test(emulator_http, in_transition_it_takes_no_other_move)
{
    char id[80];
    foreign_client_begin(&foreign_client, slow);
    first_sandbox(id);
    cJSON_Delete(call(200, "POST", path_of(id, "stop"), NULL));
    for (int i = 0; i < 2; i++) { // and goes on being what it is
        ask_failing(emulator, 409, NULL, "DELETE", path_of(id, ""), NULL);
        ask_failing(emulator, 409, NULL, "POST", path_of(id, "start"), NULL);
        ask_failing(emulator, 409, NULL, "POST", path_of(id, "stop"), NULL);
        ask_failing(emulator, 409, NULL, "POST", path_of(id, "pause"), NULL);
        cJSON *one = call(200, "GET", path_of(id, ""), NULL);
        expect_state(one, "stopping");
        cJSON_Delete(one);
    }
    foreign_client_end(&foreign_client);
}

Test(emulator_http, a_time_out_pauses_or_stops)
{
    static const struct {
        const char *body, *state;
    } kinds[] = {{"{\"template_name\":\"t\",\"timeout\":1,\"auto_pause\":true}", "paused"},
                 {"{\"template_name\":\"t\",\"timeout\":1}", "stopped"}};
    char ids[2][80];
    foreign_client_begin(&foreign_client, quick);
    for (size_t i = 0; i < 2; i++) {
        cJSON *made = call(201, "POST", "/v1/sandbox/", kinds[i].body);
        (void)snprintf(ids[i], sizeof ids[i], "%s", ask_text(made, "id"));
        cJSON_Delete(made);
    }
    for (size_t i = 0; i < 2; i++)
        foreign_client_wait_state(&foreign_client, ids[i], kinds[i].state);
    foreign_client_end(&foreign_client);
}

Test(emulator_http, what_is_not_there_and_what_is_not_allowed)
{
    static const char *const nowhere[] = {"/",
                                          "/v1",
                                          "/v1/sandboxes/",
                                          "/v2/sandboxes",
                                          NO_SANDBOX "/nothing",
                                          "/v1/sandbox//",
                                          NO_SANDBOX "/ssh",
                                          NO_SANDBOX "/ssh/a/b/c"};
    static const struct {
        const char *method, *path;
    } wrong[] = {{"POST", "/v1/sandboxes"}, {"PUT", NO_SANDBOX "/"},           {"GET", NO_SANDBOX "/pause"},
                 {"GET", "/v1/sandbox/"},   {"GET", NO_SANDBOX "/ssh/access"}, {"OPTIONS", "/v1/sandboxes"}};
    foreign_client_begin(&foreign_client, quick);
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
        ask_failing(emulator, 404, NULL, "GET", nowhere[i], NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ask_failing(emulator, 405, NULL, wrong[i].method, wrong[i].path, NULL);
    ask_failing(emulator, 404, NULL, "GET", NO_SANDBOX "/", NULL);
    ask_failing(emulator, 404, NULL, "DELETE", NO_SANDBOX "/", NULL);
    ask_failing(emulator, 404, NULL, "POST", NO_SANDBOX "/pause", NULL);
    ask_failing(emulator, 404, NULL, "POST", NO_SANDBOX "/start", NULL);
    ask_failing(emulator, 404, NULL, "POST", NO_SANDBOX "/stop", NULL);
    foreign_client_end(&foreign_client);
}

// --- who is let in ---

static void expect_asked(const struct ask *wanted, int status)
{
    struct reply reply;
    ask(emulator, wanted, &reply);
    cr_expect_eq(reply.status, status, "key '%s' host '%s': %s", wanted->key != NULL ? wanted->key : "right",
                 wanted->host != NULL ? wanted->host : "right", reply.text);
    cr_expect_eq(strstr(reply.text, emulator->api_key), NULL, "the key is in the answer");
    if (status >= 400)
        cr_expect_neq(ask_text(reply.json, "message")[0], '\0');
    reply_free(&reply);
}

Test(emulator_http, the_key_in_all_its_forms)
{
    char bearer[160], longer[160], shorter[160], other_header[200],
        wrong_header[] = "leap0-authorization: wrong\r\n";
    foreign_client_begin(&foreign_client, quick);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", emulator->api_key);
    (void)snprintf(longer, sizeof longer, "%sx", emulator->api_key);
    (void)snprintf(shorter, sizeof shorter, "%.*s", (int)strlen(emulator->api_key) - 1, emulator->api_key);
    (void)snprintf(other_header, sizeof other_header, "leap0-authorization: %s\r\n", emulator->api_key);
    const struct {
        const char *key, *header;
        int status;
    } cases[] = {{NULL, NULL, 200},        {bearer, NULL, 200},
                 {"", other_header, 200},  {"of a proxy", other_header, 200},
                 {"", NULL, 401},          {"wrong", NULL, 401},
                 {"Bearer", NULL, 401},    {"Bearer wrong", NULL, 401},
                 {longer, NULL, 401},      {shorter, NULL, 401},
                 {NULL, wrong_header, 401}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct ask wanted = {
            .method = "GET", .path = "/v1/sandboxes", .key = cases[i].key, .header = cases[i].header};
        expect_asked(&wanted, cases[i].status);
    }
    // Without the key nobody learns what is there.
    const struct ask nowhere = {.method = "GET", .path = "/nowhere", .key = ""};
    expect_asked(&nowhere, 401);
    foreign_client_end(&foreign_client);
}

Test(emulator_http, only_by_its_own_name)
{
    static const char *const foreign[] = {
        "evil.example", "evil.example:80",           "localhost",    "127.0.0.1",
        "127.0.0.1:1",  "localhost.evil.example:%d", "127.0.0.2:%d", ""};
    static const char *const own[] = {"127.0.0.1:%d", "localhost:%d", "LOCALHOST:%d"};
    foreign_client_begin(&foreign_client, quick);
    int port = (int)strtol(strrchr(emulator->base_url, ':') + 1, NULL, 10);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0] + sizeof own / sizeof own[0]; i++) {
        size_t count = sizeof foreign / sizeof foreign[0];
        char host[80];
        const char *form = i < count ? foreign[i] : own[i - count];
        const char *hole = strstr(form, "%d");
        int before = hole != NULL ? (int)(hole - form) : (int)strlen(form);
        (void)snprintf(host, sizeof host, "%.*s", before, form);
        if (hole != NULL)
            (void)snprintf(host + before, sizeof host - (size_t)before, "%d", port);
        const struct ask wanted = {.method = "GET", .path = "/v1/sandboxes", .host = host};
        expect_asked(&wanted, i < count ? 421 : 200);
    }
    foreign_client_end(&foreign_client);
}

Test(emulator_http, a_body_beyond_the_cap)
{
    size_t length = 10 * 1024 * 1024 + 1;
    char *body = malloc(length + 1);
    cr_assert_not_null(body);
    memset(body, ' ', length);
    body[length] = '\0';
    memcpy(body, PLAIN, strlen(PLAIN));
    foreign_client_begin(&foreign_client, quick);
    ask_failing(emulator, 413, NULL, "POST", "/v1/sandbox/", body);
    body[length - 1] = '\0';
    cJSON_Delete(call(201, "POST", "/v1/sandbox/", body));
    free(body);
    foreign_client_end(&foreign_client);
}

Test(emulator_http, what_is_no_http_does_no_harm)
{
    static const char *const strange[] = {"SSH-2.0-x\r\n\r\n",
                                          "GET\r\n\r\n",
                                          "\r\n\r\n\r\n\r\n",
                                          "GET / HTTP/9.9\r\n\r\n",
                                          "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                                          "GET /%00%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                          "\x16\x03\x01\x02"};
    foreign_client_begin(&foreign_client, quick);
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        struct reply reply;
        int fd = ask_bytes(emulator, strange[i], strlen(strange[i]));
        (void)shutdown(fd, SHUT_WR);
        ask_receive(fd, &reply);
        cr_expect(reply.status == 0 || reply.status >= 400, "case %zu: %s", i, reply.text);
        reply_free(&reply);
    }
    cJSON_Delete(call(200, "GET", "/v1/sandboxes", NULL));
    foreign_client_end(&foreign_client);
}
