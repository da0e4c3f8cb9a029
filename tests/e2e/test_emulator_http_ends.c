// SPDX-License-Identifier: Apache-2.0
//
// The emulator's HTTP side: its limits, its clock, the faults that are ordered of it, and a start and an end
// that leave nothing behind.

#include "tests/e2e/foreign_client.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NO_SANDBOX "/v1/sandbox/sbx-0000000000"

static struct foreign_client foreign_client;
static struct support_emulator *emulator = &foreign_client.emulator;

static cJSON *call(int status, const char *method, const char *path, const char *body)
{
    return ask_for(emulator, status, method, path, body);
}

// --- limits, clocks, faults ---

Test(emulator_http_ends, the_rate_limit_says_when_to_come_again)
{
    static const char *const limited[] = {"--fleet", "plain", "--rate-limit", "3", NULL};
    const struct ask list = {.method = "GET", .path = "/v1/sandboxes"};
    char value[16] = "";
    struct reply reply;
    foreign_client_begin(&foreign_client, limited);
    for (int i = 0; i < 3; i++)
        cJSON_Delete(call(200, "GET", "/v1/sandboxes", NULL));
    ask(emulator, &list, &reply);
    cr_expect_eq(reply.status, 429);
    cr_expect_neq(ask_text(reply.json, "message")[0], '\0');
    cr_assert(reply_header(&reply, "Retry-After", value, sizeof value));
    long seconds = strtol(value, NULL, 10);
    cr_expect(seconds >= 1 && seconds <= 60, "%s", value);
    reply_free(&reply);
    foreign_client_end(&foreign_client);
}

static double requests_of(const char *query, const char *kind)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/emulator/requests%s", query);
    cJSON *counts = call(200, "GET", path, NULL);
    double number = ask_number(counts, kind);
    cJSON_Delete(counts);
    return number;
}

Test(emulator_http_ends, it_counts_requests_by_kind_and_those_that_it_refused)
{
    static const char *const limited[] = {"--fleet", "plain", "--rate-limit", "3", NULL};
    foreign_client_begin(&foreign_client, limited);
    cJSON_Delete(call(200, "GET", "/v1/sandboxes", NULL));
    cJSON_Delete(call(200, "GET", "/v1/sandboxes?page=2", NULL));
    cJSON_Delete(call(404, "GET", NO_SANDBOX, NULL));
    cJSON_Delete(call(429, "GET", "/v1/sandboxes", NULL));
    static const char *const queries[] = {"", "?seconds=60"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        cr_expect_eq(requests_of(queries[i], "list"), 2);
        cr_expect_eq(requests_of(queries[i], "get"), 1);
        cr_expect_eq(requests_of(queries[i], "refused"), 1);
        cr_expect_eq(requests_of(queries[i], "total"), 4);
    }
    cJSON_Delete(call(400, "GET", "/emulator/requests?seconds=0", NULL));
    foreign_client_end(&foreign_client);
}

// The ids and states of all pages, in one text.
static char *whole_list(void)
{
    char path[64], *text = calloc(1, 100000);
    size_t used = 0;
    for (int page = 1; page <= 5; page++) {
        const cJSON *item = NULL;
        (void)snprintf(path, sizeof path, "/v1/sandboxes?page=%d&page-size=100", page);
        cJSON *tree = call(200, "GET", path, NULL);
        cJSON_ArrayForEach(item, ask_items(tree))
        {
            used += (size_t)snprintf(text + used, 100000 - used, "%s %s\n", ask_text(item, "id"),
                                     ask_text(item, "state"));
        }
        cr_assert_eq(ask_number(tree, "total_items"), 500);
        cJSON_Delete(tree);
    }
    return text;
}

Test(emulator_http_ends, a_fleet_changes_by_itself_when_it_is_told_to)
{
    static const char *const churning[] = {"--sandboxes", "500", "--churn", "50", NULL};
    foreign_client_begin(&foreign_client, churning);
    char *before = whole_list();
    for (bool changed = false; !changed;) { // the test's deadline ends it
        char *after = whole_list();
        changed = strcmp(before, after) != 0;
        free(after);
    }
    free(before);
    foreign_client_end(&foreign_client);
}

Test(emulator_http_ends, what_is_deleted_moves_the_pages_up)
{
    static const char *const plain[] = {"--sandboxes", "30", "--fleet", "plain", "--move-ms", "0", NULL};
    char second[65], path[100];
    foreign_client_begin(&foreign_client, plain);
    cJSON *page = call(200, "GET", "/v1/sandboxes?page=2&page-size=10", NULL);
    (void)snprintf(second, sizeof second, "%s", ask_text(cJSON_GetArrayItem(ask_items(page), 1), "id"));
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/",
                   ask_text(cJSON_GetArrayItem(ask_items(page), 0), "id"));
    cJSON_Delete(page);
    cJSON_Delete(call(204, "DELETE", path, NULL));
    page = call(200, "GET", "/v1/sandboxes?page=2&page-size=10", NULL);
    cr_expect_str_eq(ask_text(cJSON_GetArrayItem(ask_items(page), 0), "id"), second);
    cr_expect_eq(ask_number(page, "total_items"), 29);
    cJSON_Delete(page);
    page = call(200, "GET", "/v1/sandboxes?state=running&page=3&page-size=10", NULL);
    cr_expect_eq(cJSON_GetArraySize(ask_items(page)), 9);
    cJSON_Delete(page);
    foreign_client_end(&foreign_client);
}

static void expect_skew(const char *skew, long seconds)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "1", "--clock-skew", skew, NULL};
    const struct ask list = {.method = "GET", .path = "/v1/sandboxes"};
    char date[64] = "";
    struct reply reply;
    struct tm parts = {0};
    foreign_client_begin(&foreign_client, options);
    time_t from = time(NULL);
    ask(emulator, &list, &reply);
    time_t to = time(NULL);
    cr_assert(reply_header(&reply, "Date", date, sizeof date));
    const char *end = strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    cr_assert(end != NULL && *end == '\0', "%s", date);
    time_t told = timegm(&parts);
    cr_expect(told >= from + seconds && told <= to + seconds, "%s: %s", skew, date);
    // What is made is made on the same clock.
    double timeout_at = ask_number(cJSON_GetArrayItem(ask_items(reply.json), 0), "timeout_at");
    cr_expect(timeout_at > (double)(from + seconds) && timeout_at < (double)(to + seconds + 28801));
    reply_free(&reply);
    foreign_client_end(&foreign_client);
}

Test(emulator_http_ends, its_clock_is_skewed_as_told)
{
    expect_skew("0", 0);
    expect_skew("7200", 7200);
    expect_skew("-86400", -86400);
}

Test(emulator_http_ends, ordered_faults_come_and_go)
{
    static const char *const faults[] = {"--fleet",          "plain",      "--sandboxes", "1",
                                         "--fail",           "list:503:2", "--fail",      "get:500",
                                         "--drop-answer-to", "new:1",      NULL};
    const struct ask new = {.method = "POST", .path = "/v1/sandbox/", .body = "{\"template_name\":\"t\"}"};
    struct reply reply;
    foreign_client_begin(&foreign_client, faults);
    ask_failing(emulator, 503, NULL, "GET", "/v1/sandboxes", NULL);
    ask_failing(emulator, 503, NULL, "GET", "/v1/sandboxes", NULL);
    cJSON_Delete(call(200, "GET", "/v1/sandboxes", NULL));
    for (int i = 0; i < 3; i++)
        ask_failing(emulator, 500, NULL, "GET", NO_SANDBOX "/", NULL);
    ask(emulator, &new, &reply);
    cr_expect_eq(reply.status, 0, "%s", reply.text);
    cr_expect_str_eq(reply.text, "");
    reply_free(&reply);
    cJSON *page = call(200, "GET", "/v1/sandboxes", NULL);
    cr_expect_eq(ask_number(page, "total_items"), 2, "it was done although nobody was told");
    cJSON_Delete(page);
    cJSON_Delete(call(201, "POST", "/v1/sandbox/", "{\"template_name\":\"t\"}"));
    foreign_client_end(&foreign_client);
}

// One that waits holds up no other: one after the other they would take three times as long as is waited.
Test(emulator_http_ends, latency_is_that_of_each_answer)
{
    enum { MANY = 60, LATENCY_MS = 1000 };
    static const char *const late[] = {"--fleet", "plain", "--sandboxes", "1", "--latency", "1000", NULL};
    const struct ask list = {.method = "GET", .path = "/v1/sandboxes"};
    int sockets[MANY];
    foreign_client_begin(&foreign_client, late);
    int64_t from = support_now_ms();
    for (int i = 0; i < MANY; i++)
        sockets[i] = ask_send(emulator, &list);
    for (int i = 0; i < MANY; i++) {
        struct reply reply;
        struct pollfd one = {.fd = sockets[i], .events = POLLIN};
        int64_t left = from + SUPPORT_WAIT_MS - support_now_ms();
        cr_assert_eq(poll(&one, 1, left > 0 ? (int)left : 0), 1, "they wait for each other");
        ask_receive(sockets[i], &reply);
        cr_expect_eq(reply.status, 200);
        cr_expect_geq(support_now_ms() - from, LATENCY_MS);
        reply_free(&reply);
    }
    foreign_client_end(&foreign_client);
}

// --- start and end ---

Test(emulator_http_ends, one_line_when_ready_and_nothing_more)
{
    char program[SUPPORT_PATH_CAP];
    const char *const argv[] = {program,    "--die-with-parent", "--fleet", "plain",
                                "--listen", "127.0.0.1:0",       NULL};
    const char *const environment[] = {"LEAP0_EMULATOR_API_KEY=a-key-of-the-environment", NULL};
    struct support_heard heard = {0};
    int ends[2];
    support_program("leap0-emulator", program);
    cr_assert_eq(pipe(ends), 0);
    pid_t pid = support_spawn(argv, environment, -1, ends[1], -1);
    (void)close(ends[1]);
    cr_assert_gt(pid, 0);
    cr_assert(support_expect(ends[0], &heard, NULL, "\n", SUPPORT_WAIT_MS));
    cJSON *line = cJSON_Parse(heard.text);
    int port = 0;
    cr_assert_eq(sscanf(ask_text(line, "base_url"), "http://127.0.0.1:%d", &port), 1);
    cr_expect_gt(port, 0);
    cr_expect_str_eq(ask_text(line, "api_key"), "a-key-of-the-environment");
    cr_expect_gt(ask_number(line, "ssh_port"), 0);
    cJSON_Delete(line);
    cr_assert_eq(kill(pid, SIGTERM), 0);
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 0);
    cr_assert(support_expect(ends[0], &heard, NULL, NULL, SUPPORT_WAIT_MS));
    cr_expect_eq(strchr(heard.text, '\n'), heard.text + heard.length - 1, "%s", heard.text);
    support_heard_free(&heard);
    (void)close(ends[0]);
}

Test(emulator_http_ends, keys_are_random_and_seeds_repeat_sandboxes)
{
    static const char *const seeded[] = {"--seed", "7", NULL};
    char keys[2][128], ids[2][80];
    for (int i = 0; i < 2; i++) {
        foreign_client_begin(&foreign_client, seeded);
        (void)snprintf(keys[i], sizeof keys[i], "%s", emulator->api_key);
        foreign_client_sandbox(&foreign_client, 0, ids[i]);
        foreign_client_end(&foreign_client);
    }
    cr_expect_str_neq(keys[0], keys[1]);
    cr_expect_geq(strlen(keys[0]), 40);
    cr_expect_str_eq(ids[0], ids[1]);
}

// A connection has a thread of its own in the emulator.
static int threads(void)
{
    char path[64];
    char *text = NULL;
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)emulator->pid);
    text = support_file_read(path, NULL);
    const char *line = text != NULL ? strstr(text, "\nThreads:") : NULL;
    if (line != NULL)
        count = (int)strtol(line + strlen("\nThreads:"), NULL, 10);
    free(text);
    return count;
}

static bool are_threads(void *ctx)
{
    return threads() >= *(const int *)ctx;
}

// SIGTERM ends it whatever it is about: an answer it holds back, a request that never comes to its end.
Test(emulator_http_ends, sigterm_ends_what_is_under_way)
{
    static const char *const late[] = {"--fleet", "plain", "--sandboxes", "1", "--latency", "600000", NULL};
    const struct ask list = {.method = "GET", .path = "/v1/sandboxes"};
    struct reply reply;
    foreign_client_begin(&foreign_client, late);
    int wanted = threads() + 3;
    int waiting = ask_send(emulator, &list);
    int half = ask_bytes(emulator, "POST /v1/sandbox/ HTTP/1.1\r\nContent-Le", 38);
    int idle = ask_bytes(emulator, "", 0);
    cr_assert(support_wait_until(are_threads, &wanted, SUPPORT_WAIT_MS), "they are not served");
    foreign_client_end(&foreign_client); // expects exit code 0, no file and no process
    ask_receive(waiting, &reply);
    cr_expect_neq(reply.status, 200);
    reply_free(&reply);
    (void)close(half);
    (void)close(idle);
}

Test(emulator_http_ends, what_it_does_not_understand_it_names)
{
    static const char *const wrong[][3] = {
        {"--listen", "0.0.0.0:0", NULL},   {"--listen", "192.0.2.1:80", NULL},
        {"--listen", "127.0.0.1", NULL},   {"--listen", "127.0.0.1:70000", NULL},
        {"--dialect", "french", NULL},     {"--sandboxes", "-1", NULL},
        {"--sandboxes", "many", NULL},     {"--ttl", "0", NULL},
        {"--fail", "nothing:500", NULL},   {"--fail", "list:99", NULL},
        {"--drop-answer-to", "all", NULL}, {"--clock-skew", "1h", NULL},
        {"--api-key", "", NULL},           {"stray", NULL, NULL},
        {"--sandboxes", "100001", NULL},   {"--api-key-file", "/nonexistent/key", NULL},
        {"--unknown", NULL, NULL},
    };
    char program[SUPPORT_PATH_CAP];
    support_program("leap0-emulator", program);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *const argv[] = {program, wrong[i][0], wrong[i][1], NULL};
        struct support_result result;
        cr_assert(support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result));
        cr_expect_eq(result.exit_code, 2, "%s: %d", wrong[i][0], result.exit_code);
        cr_expect_str_eq(result.out, "");
        cr_expect_not_null(strstr(result.err, wrong[i][0]), "%s: %s", wrong[i][0], result.err);
        if (wrong[i][1] != NULL)
            cr_expect_not_null(strstr(result.err, wrong[i][1]), "%s: %s", wrong[i][1], result.err);
        support_result_free(&result);
    }
    const char *const help[] = {program, "--help", NULL};
    struct support_result result;
    cr_assert(support_run(help, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(result.exit_code, 0);
    cr_expect_not_null(strstr(result.out, "--clock-skew SECONDS"));
    support_result_free(&result);
}

Test(emulator_http_ends, a_port_that_is_taken_is_named)
{
    char program[SUPPORT_PATH_CAP];
    const char *const plain[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    foreign_client_begin(&foreign_client, plain);
    const char *address = emulator->base_url + strlen("http://");
    support_program("leap0-emulator", program);
    const char *const argv[] = {program, "--listen", address, NULL};
    struct support_result result;
    cr_assert(support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(result.exit_code, 1);
    cr_expect_not_null(strstr(result.err, address), "%s", result.err);
    cr_expect_str_eq(result.out, "");
    support_result_free(&result);
    foreign_client_end(&foreign_client);
}
