// SPDX-License-Identifier: Apache-2.0
//
// Tests two programs with one vault that replace or end the same credential at once: what works at the server
// is kept, and what does not is brought back by nobody.

#include "api/service/credential_service_private.h"
#include "tests/unit/api/service/service_fixture.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(service_race, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

static struct service_fixture fixture, other;
static char box[ID_CAP];

// Times in whole seconds: two answers within one can't be told apart.
static void begin(enum dialect dialect, const char *latency_ms)
{
    const char *const options[] = {"--dialect", dialect_name(dialect), "--latency",
                                   latency_ms,  "--whole-seconds",     NULL};
    service_fixture_start(&fixture, options, dialect, box);
}

static void open_other(enum dialect dialect)
{
    service_fixture_load(&other, "vault", dialect);
}

static bool has_answer(void *ctx)
{
    return ((const struct service_fixture_answer *)ctx)->calls > 0;
}

static bool is_marked(void *ctx)
{
    struct credential disk;
    (void)ctx;
    return service_fixture_on_disk(&fixture, box, &disk) > 0 && disk.verdict == VERDICT_UNKNOWN;
}

// Of what is on disk: valid there, and by the server's word.
static void expect_the_one_that_works(enum dialect dialect)
{
    struct credential disk;
    service_fixture_close(&fixture);
    service_fixture_load(&fixture, "vault", dialect);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    cr_assert_eq(service_fixture_validate(&fixture, box, disk.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID, "a dead password was kept");
}

// The first one's call is on its way and its answer is not looked at until the second's is on disk.
static void regenerate_both(enum dialect dialect)
{
    struct service_fixture_answer first = {0};
    char id[ID_CAP];
    begin(dialect, "60");
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK, "%s", fixture.answer.why.message);
    (void)snprintf(id, sizeof id, "%s", fixture.answer.credential.id);
    open_other(dialect);
    service_regenerate(fixture.service, box, id, service_fixture_on_credential, &first);
    service_fixture_run_until(&fixture, is_marked, NULL);
    for (int i = 0; i < 3; i++)
        (void)uv_run(&fixture.loop, UV_RUN_NOWAIT); // the request goes out
    (void)service_fixture_regenerate(&other, box, id);
    service_fixture_run_until(&fixture, has_answer, &first);
    cr_expect_eq(first.calls, 1);
    // One of them has what works, and nobody is told of a dead one that it is valid.
    bool first_has = first.why.status == STATUS_OK, second_has = other.answer.why.status == STATUS_OK;
    cr_expect(first_has || second_has, "%s; %s", first.why.message, other.answer.why.message);
    if (first_has)
        cr_expect_eq(first.credential.verdict, VERDICT_VALID);
    service_fixture_close(&other);
    expect_the_one_that_works(dialect);
    service_fixture_close(&fixture);
    cr_assert_eq(support_emulator_stop(&service_fixture_emulator), 0);
}

Test(service_race, of_two_regenerates_within_one_second_the_password_that_works_is_kept)
{
    for (int i = 0; i < 3; i++) {
        regenerate_both(DIALECT_SANDBOX);
        regenerate_both(DIALECT_CREDENTIAL);
    }
    service_fixture_emulate(NULL);
}

// What comes in between: another answer of the very same second, in the same row.
static int64_t tie(bool ours_works, char id[ID_CAP])
{
    struct credential disk;
    struct failure why;
    int64_t answer = 0;
    begin(DIALECT_CREDENTIAL, "0");
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK, "%s", fixture.answer.why.message);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    (void)snprintf(id, ID_CAP, "%s", disk.id);
    cr_assert_eq(service_fixture_password(&fixture, disk.vault_row), STATUS_OK);
    struct access access = {.port = disk.port,
                            .expires_at = disk.expires_at,
                            .created_at = disk.created_at,
                            .updated_at = disk.updated_at};
    (void)snprintf(access.id, sizeof access.id, "%s", disk.id);
    (void)snprintf(access.sandbox_id, sizeof access.sandbox_id, "%s", box);
    (void)snprintf(access.host, sizeof access.host, "%s", disk.host);
    const char *right = fixture.answer.password, *wrong = "a-password-that-is-dead";
    struct vault *vault = service_fixture_vault(&fixture);
    const char *const texts[] = {ours_works ? wrong : right, ours_works ? right : wrong};
    for (int i = 0; i < 2; i++) {
        access.password = secret_new(texts[i], strlen(texts[i]));
        cr_assert_eq(i == 0 ? vault_fixture_write(vault, disk.vault_row, &access, &why)
                            : vault_keep(vault, disk.vault_row, 1, &access, &answer, &why),
                     STATUS_OK, "%s", why.message);
        secret_free(access.password);
    }
    cr_assert_gt(answer, 0);
    vault_close(vault);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    return disk.vault_row;
}

Test(service_race, a_validate_tells_which_of_two_answers_of_one_second_it_is)
{
    for (int works = 0; works < 2; works++) {
        char id[ID_CAP];
        int64_t row = tie(works != 0, id);
        cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_UNKNOWN);
        cr_assert_eq(service_fixture_validate(&fixture, box, id), STATUS_OK, "%s",
                     fixture.answer.why.message);
        cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);
        cr_expect_eq(fixture.answer.credential.vault_row, row);
        cr_assert_eq(service_fixture_password(&fixture, row), STATUS_OK);
        cr_expect_str_neq(fixture.answer.password, "a-password-that-is-dead");
        expect_the_one_that_works(DIALECT_CREDENTIAL);
        service_fixture_close(&fixture);
        cr_assert_eq(support_emulator_stop(&service_fixture_emulator), 0);
    }
    service_fixture_emulate(NULL);
}

// --- what is in memory only ---

static bool has_intent(void *ctx)
{
    (void)ctx;
    return service_fixture_on_disk(&fixture, box, NULL) == 1;
}

// The disk fills while the server makes it.
static void make_unsaved(enum dialect dialect)
{
    begin(dialect, "300");
    memset(&fixture.answer, 0, sizeof fixture.answer);
    service_create(fixture.service, box, service_fixture_on_credential, &fixture.answer);
    service_fixture_run_until(&fixture, has_intent, NULL);
    service_fixture_fill_disk(&fixture);
    service_fixture_wait(&fixture, &fixture.answer);
    cr_assert_eq(fixture.answer.why.status, STATUS_STORE_FAILED, "%s", fixture.answer.why.message);
    cr_assert(service_fixture_credential(&fixture, box, 0)->in_memory);
    service_fixture_free_disk();
}

Test(service_race, what_another_program_has_replaced_is_not_written_again)
{
    struct credential disk;
    make_unsaved(DIALECT_SANDBOX);
    open_other(DIALECT_SANDBOX);
    // It sees the intent alone, and makes one that works in its place.
    cr_assert_eq(service_fixture_regenerate(&other, box, ""), STATUS_OK, "%s", other.answer.why.message);
    char id[ID_CAP];
    (void)snprintf(id, sizeof id, "%s", other.answer.credential.id);
    service_fixture_close(&other);
    (void)service_fixture_refresh(&fixture);
    (void)service_fixture_refresh(&fixture);
    cr_expect_eq(service_unsaved_count(fixture.service), 0);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    if (disk.verdict == VERDICT_VALID)
        cr_expect_str_eq(disk.id, id);
    else // both within one second
        cr_assert_eq(service_fixture_validate(&fixture, box, disk.id), STATUS_OK, "%s",
                     fixture.answer.why.message);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_str_eq(disk.id, id);
    expect_the_one_that_works(DIALECT_SANDBOX);
    service_fixture_close(&fixture);
}

Test(service_race, its_identity_is_the_same_before_and_after_it_gets_to_the_disk)
{
    struct credential disk;
    make_unsaved(DIALECT_CREDENTIAL);
    struct credential before = *service_fixture_credential(&fixture, box, 0);
    // A delete that began while it was in memory ends it also where it has got to the disk meanwhile.
    struct service_fixture_answer deleted = {0};
    service_delete(fixture.service, box, before.id, service_fixture_on_done, &deleted);
    (void)service_fixture_refresh(&fixture); // tries to write it
    service_fixture_run_until(&fixture, has_answer, &deleted);
    cr_assert_eq(deleted.why.status, STATUS_OK, "%s", deleted.why.message);
    (void)service_fixture_refresh(&fixture);
    cr_expect_eq(service_fixture_count(&fixture, box), 0, "it was brought back");
    cr_expect_eq(service_fixture_on_disk(&fixture, box, &disk), 0, "it was brought back on disk");
    service_fixture_close(&fixture);
    cr_expect_eq(service_fixture_on_disk(&fixture, box, &disk), 0);
}

// The list was read before the server's word got to the disk, and is looked at after it.
Test(service_race, a_reading_from_before_a_verdict_does_not_undo_it)
{
    struct credential before;
    begin(DIALECT_SANDBOX, "0");
    cr_assert_eq(service_fixture_create(&fixture, box), STATUS_OK, "%s", fixture.answer.why.message);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &before), 1);
    service_fixture_load(&other, "elsewhere", DIALECT_SANDBOX);
    cr_assert_eq(service_fixture_regenerate(&other, box, NULL), STATUS_OK, "%s", other.answer.why.message);
    cr_assert_eq(service_fixture_validate(&fixture, box, before.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_assert_eq(fixture.answer.credential.verdict, VERDICT_INVALID);
    service_take_vault(fixture.service, &before, 1);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_INVALID);
    service_fixture_close(&other);
    service_fixture_close(&fixture);
}
