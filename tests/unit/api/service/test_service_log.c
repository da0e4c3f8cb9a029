// SPDX-License-Identifier: Apache-2.0
//
// Tests what the service logs: what of its work gets there, that nothing of it is lost while the disk
// refuses, that other processes' events are heard of, and that no secret ever gets there, whatever a server
// says.

#include "tests/unit/api/http/http_peer.h"
#include "tests/unit/api/service/service_fixture.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

TestSuite(service_log, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

static struct service_fixture fixture;
static char box[ID_CAP];

// --- the log, asked of the service ---

struct answer {
    int calls;
    struct failure why;
    struct event *list;
    size_t count;
};

static void on_events(void *ctx, const struct failure *why, struct event *list, size_t count)
{
    struct answer *answer = ctx;
    answer->calls++;
    answer->why = *why;
    free(answer->list);
    answer->list = list;
    answer->count = count;
}

static bool has_come(void *ctx)
{
    return ((struct answer *)ctx)->calls > 0;
}

// The newest first.
static size_t events(struct answer *answer)
{
    const struct event_query query = {.most = 1000};
    free(answer->list);
    memset(answer, 0, sizeof *answer);
    service_events(fixture.service, &query, on_events, answer);
    service_fixture_run_until(&fixture, has_come, answer);
    cr_assert_eq(answer->calls, 1);
    cr_assert_eq(answer->why.status, STATUS_OK, "%s", answer->why.message);
    return answer->count;
}

// Until there are so many: what is logged goes to the disk behind what is under way already.
static void wait_for(struct answer *answer, size_t count)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (events(answer) < count)
        cr_assert_lt(support_now_ms(), deadline, "there are %zu, not %zu", answer->count, count);
    cr_assert_eq(answer->count, count);
}

// The one that came `back` before the newest.
static const struct event *event_of(const struct answer *answer, size_t back)
{
    cr_assert_lt(back, answer->count);
    cr_assert_not_null(answer->list);
    return &answer->list[back];
}

static void begin(const char *const options[])
{
    service_fixture_start(&fixture, options, DIALECT_SANDBOX, box);
}

// --- what gets there ---

Test(service_log, each_call_with_its_outcome_and_how_long_it_took)
{
    static const struct {
        enum event_kind kind;
        enum status outcome;
    } expected[] = {{EVENT_FORGOTTEN, STATUS_OK},     {EVENT_CREATED, STATUS_OK},
                    {EVENT_DELETED, STATUS_OK},       {EVENT_REGENERATED, STATUS_OK},
                    {EVENT_CREATED, STATUS_CONFLICT}, {EVENT_VALIDATED, STATUS_OK},
                    {EVENT_CREATED, STATUS_OK}};
    struct answer answer = {0};
    const char *const options[] = {"--latency", "30", "--dialect", "sandbox", NULL};
    begin(options);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK);
    char id[ID_CAP];
    (void)snprintf(id, sizeof id, "%s", fixture.answer.credential.id);
    cr_assert_eq(service_fixture_validate(&fixture, box, id), STATUS_OK);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_CONFLICT);
    cr_assert_eq(service_fixture_regenerate(&fixture, box, id), STATUS_OK);
    (void)snprintf(id, sizeof id, "%s", fixture.answer.credential.id);
    cr_assert_eq(service_fixture_delete(&fixture, box, id), STATUS_OK);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK);
    cr_assert_eq(service_fixture_forget(&fixture, fixture.answer.credential.vault_row), STATUS_OK);
    wait_for(&answer, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < answer.count; i++) {
        const struct event *event = &answer.list[i];
        cr_expect_eq(event->kind, expected[i].kind, "event %zu is %s", i, event_kind_name(event->kind));
        cr_expect_eq(event->outcome, expected[i].outcome, "event %zu: %s", i, status_name(event->outcome));
        cr_expect_str_eq(event->sandbox_id, box);
        cr_expect_eq(event->message[0] != '\0', event->outcome != STATUS_OK);
        if (event->kind != EVENT_FORGOTTEN)
            cr_expect_geq(event->duration_ms, 30, "event %zu", i);
    }
    free(answer.list);
    service_fixture_close(&fixture);
}

static void on_revalidated(void *ctx, const struct failure *why, size_t asked, size_t refused)
{
    (void)why;
    (void)asked;
    (void)refused;
    *(bool *)ctx = true;
}

static bool is_set(void *ctx)
{
    return *(bool *)ctx;
}

static void revalidation(size_t expected)
{
    bool done = false;
    int64_t before = service_now(fixture.service) + 60000;
    cr_assert_eq(service_revalidation(fixture.service, before, 40, on_revalidated, &done), expected);
    service_fixture_run_until(&fixture, is_set, &done);
}

// Nobody asked for it: an event for each of thousands a day would hide what counts.
Test(service_log, a_round_of_questions_leaves_its_news_and_one_event_for_the_rest)
{
    static struct service_fixture other;
    struct answer answer = {0};
    char second[ID_CAP], id[ID_CAP];
    begin(NULL);
    (void)snprintf(second, sizeof second, "%s", service_fixture_sandbox(&fixture, 1));
    cr_assert_eq(service_fixture_create(&fixture, second), STATUS_OK);
    (void)snprintf(id, sizeof id, "%s", fixture.answer.credential.id);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK);
    revalidation(2);
    wait_for(&answer, 3);
    cr_expect_eq(event_of(&answer, 0)->kind, EVENT_VALIDATED);
    cr_expect_str_eq(event_of(&answer, 0)->message, "revalidated 2: 2 unchanged");
    service_fixture_open(&other, "other", DIALECT_SANDBOX);
    cr_assert_eq(service_fixture_delete(&other, second, id), STATUS_OK, "%s", other.answer.why.message);
    service_fixture_close(&other);
    revalidation(2);
    wait_for(&answer, 5);
    cr_expect_str_eq(event_of(&answer, 0)->message, "revalidated 2: 1 unchanged, 1 changed");
    cr_expect_eq(event_of(&answer, 1)->outcome, STATUS_NOT_VALID);
    cr_expect_str_eq(event_of(&answer, 1)->sandbox_id, second);
    cr_assert_eq(support_emulator_stop(&service_fixture_emulator), 0);
    revalidation(1);
    wait_for(&answer, 6);
    cr_expect_neq(event_of(&answer, 0)->outcome, STATUS_OK);
    cr_expect_not_null(strstr(event_of(&answer, 0)->message, "0 unchanged, 1 without an answer: "), "%s",
                       event_of(&answer, 0)->message);
    free(answer.list);
    service_fixture_close(&fixture);
}

static bool has_recovered(void *ctx)
{
    struct service_health health;
    (void)ctx;
    service_health(fixture.service, &health);
    return fixture.troubles > 0 && health.last.status == STATUS_OK;
}

Test(service_log, a_list_that_fails_is_there_once_and_so_is_its_return)
{
    struct answer answer = {0};
    const char *const options[] = {"--fail", "list:503:12", NULL};
    service_fixture_emulate(options);
    service_fixture_open(&fixture, "vault", DIALECT_SANDBOX);
    service_set_interval(fixture.service, 20);
    cr_expect_neq(service_fixture_refresh(&fixture), STATUS_OK);
    service_fixture_run_until(&fixture, has_recovered, NULL);
    wait_for(&answer, 2);
    cr_expect_eq(answer.list[0].kind, EVENT_RECOVERED);
    cr_expect_geq(answer.list[0].duration_ms, 0);
    cr_expect_eq(answer.list[1].kind, EVENT_FAILURE);
    cr_expect_neq(answer.list[1].outcome, STATUS_OK);
    free(answer.list);
    service_fixture_close(&fixture);
}

// --- the disk ---

static void disk_takes(rlim_t bytes)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void log_many(int from, int to)
{
    for (int i = from; i < to; i++) {
        struct event event = {.kind = EVENT_CONNECTED, .session = i, .duration_ms = i};
        service_log(fixture.service, &event);
    }
}

// All of them are there, in their order.
static void expect_sessions(struct answer *answer, size_t all, int count)
{
    int expected = count - 1;
    wait_for(answer, all);
    for (size_t i = 0; i < answer->count; i++)
        if (answer->list[i].kind == EVENT_CONNECTED)
            cr_assert_eq(answer->list[i].session, expected--, "out of order or lost");
    cr_expect_eq(expected, -1, "%d were lost", expected + 1);
}

Test(service_log, thousands_at_once_come_in_order)
{
    struct answer answer = {0};
    begin(NULL);
    log_many(0, 900);
    expect_sessions(&answer, 900, 900);
    free(answer.list);
    service_fixture_close(&fixture);
}

Test(service_log, what_the_disk_does_not_take_comes_when_it_does)
{
    struct answer answer = {0};
    begin(NULL);
    log_many(0, 3);
    wait_for(&answer, 3);
    disk_takes(0);
    log_many(3, 30);
    (void)service_fixture_refresh(&fixture); // tries in vain
    disk_takes(RLIM_INFINITY);
    log_many(30, 40);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    expect_sessions(&answer, 41, 40); // and that the disk failed
    free(answer.list);
    service_fixture_close(&fixture);
}

Test(service_log, everything_is_on_disk_when_it_has_ended)
{
    struct event *list = NULL;
    size_t count = 0;
    struct failure why;
    begin(NULL);
    disk_takes(0);
    log_many(0, 5);
    (void)service_fixture_refresh(&fixture);
    disk_takes(RLIM_INFINITY);
    log_many(5, 700);
    service_fixture_close(&fixture);
    struct vault *vault = service_fixture_vault(&fixture);
    cr_assert_eq(vault_fixture_events(vault, 0, 1000, &list, &count, &why), STATUS_OK);
    int expected = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == EVENT_CONNECTED)
            cr_assert_eq(list[i].session, expected++);
    cr_expect_eq(expected, 700);
    free(list);
    vault_close(vault);
}

// --- another process ---

static bool is_newer(void *ctx)
{
    return service_events_version(fixture.service) != *(uint64_t *)ctx;
}

Test(service_log, anothers_event_is_heard_of)
{
    struct answer answer = {0};
    struct failure why;
    const struct event event = {.at = 1, .kind = EVENT_CREATED, .session = 77};
    begin(NULL);
    service_set_interval(fixture.service, 60000);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    (void)events(&answer);
    struct vault *vault = service_fixture_vault(&fixture);
    uint64_t version = service_events_version(fixture.service);
    cr_assert_eq(event_log_append(vault, &event, 1, &why), STATUS_OK);
    service_fixture_run_until(&fixture, is_newer, &version);
    wait_for(&answer, 1);
    cr_expect_eq(answer.list[0].session, 77);
    vault_close(vault);
    free(answer.list);
    service_fixture_close(&fixture);
}

// --- no secret ---

#define PASSWORD "first-password-0123"
#define REPLACED "second-password-4567"

static const char list_body[] = "{\"items\":[{\"id\":\"sbx-1\",\"state\":\"running\",\"created_at\":"
                                "\"2026-04-01T11:00:00Z\"}],\"total_items\":1}";
#define ACCESS(password)                                                                                     \
    "{\"id\":\"ssh-1\",\"sandbox_id\":\"sbx-1\",\"password\":\"" password                                    \
    "\",\"expires_at\":\"2036-04-01T12:00:00Z\",\"created_at\":\"2026-04-01T11:00:00Z\",\"updated_at\":"     \
    "\"2026-04-01T11:00:00Z\",\"ssh_command\":\"ssh ssh-1@sbx-1.example\"}"

#define HOSTILE(password)                                                                                    \
    "{\"message\":\"no \\u001b[31m\\n " password ", and your key lp0-secret-key\\u0007 is known\"}"

static const char *body_for(int turn)
{
    static const char *const bodies[] = {list_body, ACCESS(PASSWORD), ACCESS(REPLACED)};
    return bodies[turn];
}

static void reply(struct http_peer *peer, const char *status, const char *body)
{
    static char text[2048];
    static struct http_peer_answer answer;
    (void)snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body),
                   body);
    answer = (struct http_peer_answer){.bytes = text, .end = HTTP_PEER_KEEP};
    http_peer_script(peer, &answer, 1);
}

static void expect_not_on_disk(const char *secret)
{
    char path[SUPPORT_PATH_CAP + 300];
    DIR *folder = opendir(fixture.folder);
    cr_assert_not_null(folder);
    int files = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        size_t length = 0;
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", fixture.folder, entry->d_name);
        char *bytes = support_file_read(path, &length);
        cr_assert_not_null(bytes, "%s", path);
        cr_expect_null(memmem(bytes, length, secret, strlen(secret)), "%s is in %s", secret, entry->d_name);
        free(bytes);
        files++;
    }
    (void)closedir(folder);
    cr_expect_geq(files, 2, "the vault and its log of changes");
}

static bool has_failed(void *ctx)
{
    struct service_health health;
    (void)ctx;
    service_health(fixture.service, &health);
    return health.vault.status == STATUS_STORE_FAILED;
}

// By the time that it can be written, the vault knows the password no more.
Test(service_log, no_password_gets_there_that_was_deleted_before_the_disk_took_it)
{
    char password[128];
    struct answer answer = {0};
    struct credential made;
    begin(NULL);
    service_fixture_made(&fixture, box, &made);
    cr_assert_eq(service_fixture_password(&fixture, made.vault_row), STATUS_OK);
    (void)snprintf(password, sizeof password, "%s", fixture.answer.password);
    wait_for(&answer, 1);
    disk_takes(0);
    struct event event = {.kind = EVENT_FAILURE, .outcome = STATUS_SSH_FAILED};
    (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "%s", box);
    (void)snprintf(event.message, sizeof event.message, "hung up: %s", password);
    service_log(fixture.service, &event);
    service_fixture_run_until(&fixture, has_failed, NULL);
    disk_takes(RLIM_INFINITY);
    cr_assert_eq(service_fixture_delete(&fixture, box, made.id), STATUS_OK, "%s", fixture.answer.why.message);
    wait_for(&answer, 4); // made, hung up, the disk, deleted
    cr_expect_str_eq(event_of(&answer, 2)->message, "hung up: ***");
    expect_not_on_disk(password);
    free(answer.list);
    service_fixture_close(&fixture);
}

Test(service_log, no_secret_gets_there_whatever_a_server_says)
{
    struct answer answer = {0};
    struct config config = {
        .dialect = DIALECT_SANDBOX, .refresh_s = 5, .timeout_s = 20, .connect_timeout_s = 5};
    struct failure why = {.status = STATUS_OK};
    memset(&fixture, 0, sizeof fixture);
    cr_assert_eq(uv_loop_init(&fixture.loop), 0);
    struct http_peer *peer =
        http_peer_start(&fixture.loop, &(struct http_peer_answer){.end = HTTP_PEER_CLOSE}, 1);
    struct secret *key = secret_new("lp0-secret-key", 14);
    (void)snprintf(fixture.folder, sizeof fixture.folder, "%s/vault", service_fixture_top);
    (void)snprintf(config.base_url, sizeof config.base_url, "%s", http_peer_url(peer));
    (void)snprintf(config.sandbox_domain, sizeof config.sandbox_domain, "boxes.example");
    (void)snprintf(config.state_folder, sizeof config.state_folder, "%s", fixture.folder);
    cr_assert_eq(service_new(&fixture.loop, &config, key, NULL, NULL, &fixture.service, &why), STATUS_OK);

    reply(peer, "200 OK", body_for(0));
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
    reply(peer, "201 Created", body_for(1));
    cr_assert_eq(service_fixture_create(&fixture, "sbx-1"), STATUS_OK, "%s", fixture.answer.why.message);
    reply(peer, "400 Bad Request", HOSTILE(PASSWORD));
    cr_expect_neq(service_fixture_validate(&fixture, "sbx-1", "ssh-1"), STATUS_OK);
    cr_expect_neq(service_fixture_create(&fixture, "sbx-1"), STATUS_OK);
    cr_expect_neq(service_fixture_regenerate(&fixture, "sbx-1", "ssh-1"), STATUS_OK);
    reply(peer, "200 OK", body_for(2));
    cr_assert_eq(service_fixture_regenerate(&fixture, "sbx-1", "ssh-1"), STATUS_OK, "%s",
                 fixture.answer.why.message);
    reply(peer, "403 Forbidden", HOSTILE(REPLACED));
    cr_expect_neq(service_fixture_delete(&fixture, "sbx-1", "ssh-1"), STATUS_OK);
    struct event event = {.kind = EVENT_FAILURE, .outcome = STATUS_SSH_FAILED, .sandbox_id = "sbx-1"};
    (void)snprintf(event.message, sizeof event.message, "hung up: " REPLACED);
    service_log(fixture.service, &event);

    wait_for(&answer, 7);
    size_t count = answer.count;
    for (size_t i = 0; i < count; i++)
        for (const char *at = answer.list[i].message; *at != '\0'; at++)
            cr_expect_geq((unsigned char)*at, 0x20, "%s", answer.list[i].message);
    cr_expect_str_eq(answer.list[0].message, "hung up: ***");
    cr_assert_not_null(answer.list);
    cr_expect_not_null(strstr(answer.list[1].message, "is known"), "%s", answer.list[1].message);
    expect_not_on_disk("lp0-secret-key");
    expect_not_on_disk(PASSWORD);
    expect_not_on_disk(REPLACED);
    free(answer.list);
    secret_free(key);
    service_free(fixture.service);
    http_peer_stop(peer);
    cr_assert_eq(uv_run(&fixture.loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&fixture.loop), 0);
}
