// SPDX-License-Identifier: Apache-2.0
//
// Tests importing, pruning, going on in memory, and two services that share a vault.

#include "api/base/time_util.h"
#include "tests/unit/api/service/service_fixture.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

TestSuite(service_maintenance, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

static struct service_fixture fixture, other;
static char box[ID_CAP];

static void begin(const char *option, const char *value)
{
    const char *const options[] = {"--dialect", "sandbox", option, value, NULL};
    service_fixture_start(&fixture, options, DIALECT_SANDBOX, box);
}

static void wait_for(struct service_fixture_answer *answer)
{
    service_fixture_wait(&fixture, answer);
}

// --- import ---

Test(service_maintenance, an_import_is_there_and_a_validate_tells_of_it)
{
    struct service_fixture_answer answer = {0};
    struct access access = {.id = ""};
    begin(NULL, NULL);
    service_fixture_load(&other, "elsewhere", DIALECT_SANDBOX);
    cr_assert_eq(service_fixture_create(&other, box), STATUS_OK);
    struct credential made = other.answer.credential;
    cr_assert_eq(service_fixture_password(&other, made.vault_row), STATUS_OK);
    (void)snprintf(access.id, sizeof access.id, "%s", made.id);
    (void)snprintf(access.sandbox_id, sizeof access.sandbox_id, "%s", box);
    access.expires_at = made.expires_at;
    access.password = secret_new(other.answer.password, strlen(other.answer.password));
    service_fixture_close(&other);

    service_import(fixture.service, &access, service_fixture_on_credential, &answer);
    wait_for(&answer);
    cr_assert_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_eq(answer.credential.verdict, VERDICT_UNVERIFIED);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_assert_eq(service_fixture_validate(&fixture, box, made.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);

    // With a wrong password it is known to be none, and it is still one.
    secret_free(access.password);
    access.password = secret_new("not-the-password", 16);
    answer = (struct service_fixture_answer){0};
    service_import(fixture.service, &access, service_fixture_on_credential, &answer);
    wait_for(&answer);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, NULL), 1);
    cr_assert_eq(service_fixture_validate(&fixture, box, made.id), STATUS_OK);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_INVALID);
    access_clear(&access);
    service_fixture_close(&fixture);
}

// --- prune ---

static bool is_pruned(void *ctx)
{
    return service_fixture_count(ctx, box) == 0;
}

// As if it had been made so long ago: by the server's clock, which the test's service takes for its own.
static void age_all(int64_t by_ms)
{
    struct vault *vault = service_fixture_vault(&fixture);
    struct credential *list = NULL;
    size_t count = 0;
    cr_assert_eq(vault_list(vault, &list, &count, NULL), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        struct secret *password = NULL;
        struct access access = {.expires_at = list[i].expires_at - by_ms,
                                .created_at = list[i].created_at - by_ms,
                                .updated_at = list[i].updated_at - by_ms,
                                .port = list[i].port};
        (void)snprintf(access.id, sizeof access.id, "%s", list[i].id);
        (void)snprintf(access.sandbox_id, sizeof access.sandbox_id, "%s", list[i].sandbox_id);
        cr_assert_eq(vault_password(vault, list[i].vault_row, &password, NULL), STATUS_OK);
        access.password = password;
        cr_assert_eq(vault_fixture_write(vault, list[i].vault_row, &access, NULL), STATUS_OK);
        access_clear(&access);
    }
    free(list);
    vault_close(vault);
}

// So that the server's clock is sure, and what is to go has gone.
static void refresh_often(void)
{
    for (int i = 0; i < 5; i++)
        cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
}

static void reopen_after(int64_t by_ms, int prune_h)
{
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK);
    service_fixture_close(&fixture);
    age_all(by_ms);
    fixture.prune_h = prune_h;
    service_fixture_load(&fixture, "vault", DIALECT_SANDBOX);
}

Test(service_maintenance, what_ended_more_than_a_day_ago_goes)
{
    enum { HOUR_MS = 3600 * 1000 };
    begin("--ttl", "3600");
    reopen_after(26 * (int64_t)HOUR_MS, 24);
    refresh_often();
    service_fixture_run_until(&fixture, is_pruned, &fixture);
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 0);
    service_fixture_close(&fixture);
}

// A server's clock, or ours, that is wrong by more than the life of anything.
static int64_t wrong_by;

static int64_t wrong_wall(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + wrong_by;
}

static int64_t right_monotonic(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void expect_kept_under_a_wrong_clock(const char *server_skew_s, int64_t local_ms)
{
    static const struct time_source wrong = {wrong_wall, right_monotonic};
    struct access access = {.id = "ssh-kept", .port = 22};
    int64_t answer = 0, row = vault_row_new();
    begin("--clock-skew", server_skew_s);
    service_fixture_close(&fixture);
    struct vault *vault = service_fixture_vault(&fixture);
    (void)snprintf(access.sandbox_id, sizeof access.sandbox_id, "%s", box);
    access.created_at = time_wall_ms();
    access.expires_at = access.created_at + 3600000;
    access.password = secret_new("password", 8);
    cr_assert_eq(vault_keep(vault, row, 0, &access, &answer, NULL), STATUS_OK);
    access_clear(&access);
    vault_close(vault);
    wrong_by = local_ms;
    time_source_set(&wrong);
    fixture.prune_h = 24;
    service_fixture_open(&fixture, "vault", DIALECT_SANDBOX);
    refresh_often();
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 1, "server %s s, local %lld ms ahead",
                 server_skew_s, (long long)local_ms);
    cr_expect_eq(service_fixture_password(&fixture, row), STATUS_OK, "%s", fixture.answer.why.message);
    service_fixture_close(&fixture);
    time_source_set(NULL);
    cr_assert_eq(support_emulator_stop(&service_fixture_emulator), 0);
}

Test(service_maintenance, what_has_not_ended_by_both_clocks_stays)
{
    expect_kept_under_a_wrong_clock("93600", 0); // 26 h
    expect_kept_under_a_wrong_clock("0", INT64_C(93600000));
    service_fixture_emulate(NULL);
}

Test(service_maintenance, what_ended_today_stays_and_all_of_it_when_nothing_is_to_go)
{
    enum { HOUR_MS = 3600 * 1000 };
    begin("--ttl", "3600");
    reopen_after(23 * (int64_t)HOUR_MS, 24);
    refresh_often();
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 1);
    cr_expect_eq(service_fixture_count(&fixture, box), 1);
    (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, 1));
    reopen_after(1000 * (int64_t)HOUR_MS, 0);
    refresh_often();
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 1);
    service_fixture_close(&fixture);
}

// --- in memory only ---

Test(service_maintenance, in_memory_only_when_the_operator_says_so_and_on_disk_when_it_can_be)
{
    struct credential disk;
    begin(NULL, NULL);
    service_fixture_fill_disk(&fixture);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_STORE_FAILED);
    cr_expect_not(fixture.answer.why.maybe_done);
    service_memory_only(fixture.service, true);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK, "%s", fixture.answer.why.message);
    struct credential made = fixture.answer.credential;
    cr_expect(made.in_memory);
    cr_expect_eq(service_unsaved_count(fixture.service), 1);
    cr_assert_eq(service_fixture_password(&fixture, made.vault_row), STATUS_OK);
    cr_expect_neq(fixture.answer.password[0], '\0');
    cr_assert_eq(service_fixture_regenerate(&fixture, box, made.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    struct credential again = fixture.answer.credential;
    cr_expect_str_neq(again.id, made.id);
    cr_expect_eq(service_unsaved_count(fixture.service), 1, "the old one is dead");
    service_fixture_free_disk();
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 0);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    cr_expect_eq(service_unsaved_count(fixture.service), 0);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_str_eq(disk.id, again.id);
    service_fixture_close(&fixture);
}

Test(service_maintenance, a_refused_create_in_memory_leaves_nothing)
{
    begin("--fail", "create:503:1");
    service_fixture_fill_disk(&fixture);
    service_memory_only(fixture.service, true);
    cr_expect_neq(service_fixture_create(&fixture, box), STATUS_OK);
    cr_expect_eq(service_unsaved_count(fixture.service), 0);
    cr_expect_eq(service_fixture_count(&fixture, box), 0);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK, "%s", fixture.answer.why.message);
    service_fixture_free_disk();
    service_fixture_close(&fixture);
}

// --- two that share a vault ---

static bool other_has_one(void *ctx)
{
    (void)ctx;
    return service_fixture_count(&other, box) == 1 &&
           service_fixture_credential(&other, box, 0)->verdict != VERDICT_UNKNOWN;
}

static bool other_has_none(void *ctx)
{
    (void)ctx;
    return service_fixture_count(&other, box) == 0;
}

Test(service_maintenance, what_one_does_the_other_shows_without_asking_the_server)
{
    begin(NULL, NULL);
    service_fixture_open(&other, "vault", DIALECT_SANDBOX);
    service_set_interval(other.service, 3600 * 1000); // it stays, as a console does
    cr_assert_eq(service_fixture_refresh(&other), STATUS_OK);
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK);
    char id[ID_CAP];
    (void)snprintf(id, sizeof id, "%s", fixture.answer.credential.id);
    service_fixture_run_until(&other, other_has_one, NULL);
    cr_expect_str_eq(service_fixture_credential(&other, box, 0)->id, id);
    cr_assert_eq(service_fixture_delete(&fixture, box, id), STATUS_OK);
    service_fixture_run_until(&other, other_has_none, NULL);
    service_fixture_close(&other);
    service_fixture_close(&fixture);
}
