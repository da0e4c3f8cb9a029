// SPDX-License-Identifier: Apache-2.0
//
// Tests the service when something fails: lost answers, refusals, a disk that is full. Throughout: nothing
// that the server has made is unknown here, and nothing dead is kept.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(service_faults, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

static struct service_fixture fixture;
static char box[ID_CAP];

static void emulate(enum dialect dialect, const char *option, const char *value)
{
    const char *const options[] = {"--dialect", dialect_name(dialect), option, value, NULL};
    service_fixture_start(&fixture, options, dialect, box);
}

static void reopen(void)
{
    struct service_health health;
    service_health(fixture.service, &health);
    service_fixture_close(&fixture);
    service_fixture_load(&fixture, "vault", health.dialect);
}

// --- answers that get lost ---

Test(service_faults, a_create_whose_answer_is_lost_is_shown_and_not_sent_again)
{
    struct credential disk;
    emulate(DIALECT_SANDBOX, "--drop-answer-to", "create:1");
    cr_expect_eq(service_fixture_create(&fixture, box), STATUS_OUTCOME_UNKNOWN, "%s",
                 fixture.answer.why.message);
    cr_expect_not_null(strstr(fixture.answer.why.message, box), "%s", fixture.answer.why.message);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_UNKNOWN);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_str_eq(disk.id, "");
    reopen();
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_UNKNOWN);
    // It did take effect, once; what regenerates it takes the place of the unknown one.
    cr_expect_eq(service_fixture_create(&fixture, box), STATUS_CONFLICT);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_assert_eq(service_fixture_regenerate(&fixture, box, ""), STATUS_OK, "%s", fixture.answer.why.message);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
}

Test(service_faults, an_unknown_create_can_be_given_up_and_costs_no_other)
{
    struct credential good;
    emulate(DIALECT_CREDENTIAL, "--drop-answer-to", "create:1");
    cr_expect_eq(service_fixture_create(&fixture, box), STATUS_OUTCOME_UNKNOWN);
    int64_t unknown = service_fixture_credential(&fixture, box, 0)->vault_row;
    service_fixture_made(&fixture, box, &good);
    // The unknown one was meant: the good one is not cut off in its place.
    cr_expect_eq(service_fixture_regenerate(&fixture, box, ""), STATUS_NO_CREDENTIAL, "%s",
                 fixture.answer.why.message);
    cr_assert_eq(service_fixture_count(&fixture, box), 2);
    cr_assert_eq(service_fixture_validate(&fixture, box, good.id), STATUS_OK);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);
    cr_assert_eq(service_fixture_forget(&fixture, unknown), STATUS_OK);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 1);
    service_fixture_close(&fixture);
}

Test(service_faults, a_regenerate_whose_answer_is_lost_leaves_it_unknown)
{
    struct credential first, disk;
    emulate(DIALECT_CREDENTIAL, "--drop-answer-to", "regen:1");
    service_fixture_made(&fixture, box, &first);
    cr_expect_eq(service_fixture_regenerate(&fixture, box, first.id), STATUS_OUTCOME_UNKNOWN);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_UNKNOWN);
    cr_expect_null(service_fixture_credential(&fixture, box, 0)->busy);
    reopen();
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_UNKNOWN);
    // Asking finds out.
    cr_assert_eq(service_fixture_validate(&fixture, box, first.id), STATUS_OK);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_INVALID);
    cr_assert_eq(service_fixture_regenerate(&fixture, box, first.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
}

Test(service_faults, a_delete_whose_answer_is_lost_can_be_asked_again)
{
    struct credential first;
    emulate(DIALECT_CREDENTIAL, "--drop-answer-to", "delete:1");
    service_fixture_made(&fixture, box, &first);
    cr_expect_eq(service_fixture_delete(&fixture, box, first.id), STATUS_OUTCOME_UNKNOWN);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_UNKNOWN);
    reopen();
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_UNKNOWN);
    cr_expect_eq(service_fixture_delete(&fixture, box, first.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(service_fixture_count(&fixture, box), 0);
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 0);
    service_fixture_close(&fixture);
}

Test(service_faults, a_refusal_leaves_everything_as_it_was)
{
    static const struct {
        const char *fault;
        enum status status;
    } faults[] = {{"create:403:1", STATUS_FORBIDDEN},
                  {"create:429:1", STATUS_RATE_LIMITED},
                  {"create:503:1", STATUS_NO_CAPACITY},
                  {"create:400:1", STATUS_REJECTED}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        emulate(DIALECT_CREDENTIAL, "--fail", faults[i].fault);
        cr_expect_eq(service_fixture_create(&fixture, box), faults[i].status, "%s: %s", faults[i].fault,
                     fixture.answer.why.message);
        cr_expect_eq(service_fixture_count(&fixture, box), 0);
        cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 0, "%s left an intent", faults[i].fault);
        cr_expect_eq(service_fixture_create(&fixture, box), STATUS_OK);
        service_fixture_close(&fixture);
        cr_assert_eq(support_emulator_stop(&service_fixture_emulator), 0);
    }
    struct credential first, disk;
    emulate(DIALECT_CREDENTIAL, "--fail", "regen:403:1");
    service_fixture_made(&fixture, box, &first);
    cr_expect_eq(service_fixture_regenerate(&fixture, box, first.id), STATUS_FORBIDDEN);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_VALID);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
}

Test(service_faults, a_refused_delete_leaves_it_as_valid_as_it_was)
{
    struct credential first, disk;
    emulate(DIALECT_CREDENTIAL, "--fail", "delete:403:1");
    service_fixture_made(&fixture, box, &first);
    cr_expect_eq(service_fixture_delete(&fixture, box, first.id), STATUS_FORBIDDEN);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_VALID);
    cr_expect_null(service_fixture_credential(&fixture, box, 0)->busy);
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
}

Test(service_faults, a_server_that_broke_down_may_have_made_it)
{
    emulate(DIALECT_CREDENTIAL, "--fail", "create:500:1");
    cr_expect_eq(service_fixture_create(&fixture, box), STATUS_OUTCOME_UNKNOWN, "%s",
                 fixture.answer.why.message);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 1);
    service_fixture_close(&fixture);
}

static bool has_recovered(void *ctx)
{
    struct service_health health;
    (void)ctx;
    service_health(fixture.service, &health);
    return fixture.troubles > 0 && health.last.status == STATUS_OK;
}

Test(service_faults, a_list_that_fails_is_told_once_and_asked_again)
{
    struct service_health health;
    const char *const options[] = {"--fail", "list:403:3", NULL};
    service_fixture_emulate(options);
    service_fixture_open(&fixture, "vault", DIALECT_AUTO);
    service_set_interval(fixture.service, 20);
    cr_expect_eq(service_fixture_refresh(&fixture), STATUS_FORBIDDEN);
    service_health(fixture.service, &health);
    cr_expect_eq(health.last.status, STATUS_FORBIDDEN);
    cr_expect_not(fleet_is_loaded(service_fleet(fixture.service)));
    service_fixture_run_until(&fixture, has_recovered, NULL);
    cr_expect_eq(fixture.troubles, 1);
    cr_expect(fleet_is_loaded(service_fleet(fixture.service)));
    service_fixture_close(&fixture);
}

// --- the disk ---

Test(service_faults, where_the_disk_is_full_no_create_is_sent)
{
    struct credential first;
    struct service_health health;
    emulate(DIALECT_SANDBOX, NULL, NULL);
    service_fixture_made(&fixture, box, &first);
    (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, 1));
    service_fixture_fill_disk(&fixture);
    cr_expect_eq(service_fixture_create(&fixture, box), STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(fixture.answer.why.message, "vault.db"), "%s", fixture.answer.why.message);
    cr_expect_eq(service_fixture_regenerate(&fixture, first.sandbox_id, first.id), STATUS_STORE_FAILED);
    cr_expect_leq(fixture.troubles, 1, "%d troubles",
                  fixture.troubles); // the log's own, which nobody asked for
    service_health(fixture.service, &health);
    cr_expect_eq(health.vault.status, STATUS_STORE_FAILED);
    service_fixture_free_disk();
    cr_assert_eq(service_fixture_validate(&fixture, first.sandbox_id, first.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID, "it was regenerated");
    cr_expect_eq(service_fixture_create(&fixture, box), STATUS_OK, "it had been created: %s",
                 fixture.answer.why.message);
    service_health(fixture.service, &health);
    cr_expect_eq(health.vault.status, STATUS_OK);
    service_fixture_close(&fixture);
}

static bool has_intent(void *ctx)
{
    (void)ctx;
    return service_fixture_on_disk(&fixture, box, NULL) == 1;
}

// The disk fills while the server makes it. The credential is in memory only then.
static int64_t make_unsaved(void)
{
    emulate(DIALECT_CREDENTIAL, "--latency", "300");
    memset(&fixture.answer, 0, sizeof fixture.answer);
    service_create(fixture.service, box, service_fixture_on_credential, &fixture.answer);
    service_fixture_run_until(&fixture, has_intent, NULL);
    service_fixture_fill_disk(&fixture);
    service_fixture_wait(&fixture, &fixture.answer);
    cr_assert_eq(fixture.answer.why.status, STATUS_STORE_FAILED, "%s", fixture.answer.why.message);
    cr_expect_not_null(strstr(fixture.answer.why.message, "only in memory"), "%s",
                       fixture.answer.why.message);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    const struct credential *one = service_fixture_credential(&fixture, box, 0);
    cr_assert(one->in_memory);
    cr_expect(credential_is_usable(one, service_now(fixture.service)));
    return one->vault_row;
}

Test(service_faults, what_the_disk_does_not_take_is_kept_until_it_does)
{
    char password[128];
    struct credential disk;
    int64_t row = make_unsaved();
    cr_assert_eq(service_fixture_password(&fixture, row), STATUS_OK);
    (void)snprintf(password, sizeof password, "%s", fixture.answer.password);
    cr_expect_gt(strlen(password), 8);
    (void)service_fixture_refresh(&fixture); // tries in vain
    cr_assert_eq(service_fixture_count(&fixture, box), 1, "shown beside its own intent");
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->vault_row, row);
    char id[ID_CAP];
    (void)snprintf(id, sizeof id, "%s", service_fixture_credential(&fixture, box, 0)->id);
    cr_assert_eq(service_fixture_validate(&fixture, box, id), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);
    service_fixture_free_disk();
    (void)service_fixture_refresh(&fixture);
    (void)service_fixture_password(&fixture, row); // after what was to be written
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->vault_row, row, "it has become another");
    cr_expect_not(service_fixture_credential(&fixture, box, 0)->in_memory);
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, &disk), 1);
    cr_expect_str_eq(disk.id, id);
    cr_assert_eq(service_fixture_password(&fixture, row), STATUS_OK);
    cr_expect_str_eq(fixture.answer.password, password);
    service_fixture_close(&fixture);
}

static bool is_gone(void *ctx)
{
    const struct fleet_row *row = fleet_find(service_fleet(fixture.service), box);
    (void)ctx;
    return row == NULL || row->gone;
}

// Its sandbox is gone, and with what the server says of it so is its row: what is written says it all the
// same.
Test(service_faults, what_was_found_invalid_in_memory_is_written_as_that)
{
    struct credential disk;
    char id[ID_CAP];
    (void)make_unsaved();
    (void)snprintf(id, sizeof id, "%s", service_fixture_credential(&fixture, box, 0)->id);
    cr_assert_eq(service_fixture_move(&fixture, box, MOVE_DELETE), STATUS_OK, "%s",
                 fixture.answer.why.message);
    service_set_interval(fixture.service, 50);
    service_fixture_run_until(&fixture, is_gone, NULL);
    service_set_interval(fixture.service, 0);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_assert_eq(service_fixture_validate(&fixture, box, id), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_INVALID);
    cr_assert_eq(service_fixture_count(&fixture, box), 0);
    service_fixture_free_disk();
    service_fixture_close(&fixture);
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, &disk), 1);
    cr_expect_str_eq(disk.id, id);
    cr_expect_eq(disk.verdict, VERDICT_INVALID, "%d", disk.verdict);
}

static void regenerate_it(void *ctx, const struct failure *why)
{
    char id[ID_CAP];
    cr_assert_eq(why->status, STATUS_OK, "%s", why->message);
    (void)snprintf(id, sizeof id, "%s", service_fixture_credential(&fixture, box, 0)->id);
    service_regenerate(fixture.service, box, id, service_fixture_on_credential, ctx);
}

// The refresh has just begun to write it: what the server says of it then counts for what is on disk.
Test(service_faults, what_the_server_has_no_more_is_invalid_also_when_just_written)
{
    struct service_fixture other = {.prune_h = 0};
    struct credential disk;
    char id[ID_CAP];
    (void)make_unsaved();
    (void)snprintf(id, sizeof id, "%s", service_fixture_credential(&fixture, box, 0)->id);
    service_fixture_free_disk();
    service_fixture_load(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_fixture_delete(&other, box, id), STATUS_OK, "%s", other.answer.why.message);
    service_fixture_close(&other);
    memset(&fixture.answer, 0, sizeof fixture.answer);
    service_refresh(fixture.service, regenerate_it, &fixture.answer);
    service_fixture_wait(&fixture, &fixture.answer);
    cr_assert(failure_is_absence(&fixture.answer.why), "%s", fixture.answer.why.message);
    service_fixture_close(&fixture);
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, &disk), 1);
    cr_expect_str_eq(disk.id, id);
    cr_expect_eq(disk.verdict, VERDICT_INVALID, "%d", disk.verdict);
}

Test(service_faults, the_last_chance_to_keep_it_is_at_the_end)
{
    struct credential disk;
    (void)make_unsaved();
    service_fixture_free_disk();
    service_fixture_close(&fixture);
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    cr_expect(disk.has_password);
}

Test(service_faults, what_is_in_memory_only_can_be_deleted)
{
    (void)make_unsaved();
    char id[ID_CAP];
    (void)snprintf(id, sizeof id, "%s", service_fixture_credential(&fixture, box, 0)->id);
    service_fixture_free_disk();
    cr_assert_eq(service_fixture_delete(&fixture, box, id), STATUS_OK, "%s", fixture.answer.why.message);
    (void)service_fixture_refresh(&fixture);
    cr_expect_eq(service_fixture_count(&fixture, box), 0);
    service_fixture_close(&fixture);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 0, "a dead one was written");
}

Test(service_faults, what_is_in_memory_only_can_be_regenerated)
{
    char old[128];
    struct credential disk;
    (void)service_fixture_password(&fixture, make_unsaved());
    (void)snprintf(old, sizeof old, "%s", fixture.answer.password);
    char id[ID_CAP];
    (void)snprintf(id, sizeof id, "%s", service_fixture_credential(&fixture, box, 0)->id);
    service_fixture_free_disk();
    cr_assert_eq(service_fixture_regenerate(&fixture, box, id), STATUS_OK, "%s", fixture.answer.why.message);
    (void)service_fixture_refresh(&fixture);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_assert_eq(service_fixture_password(&fixture, service_fixture_credential(&fixture, box, 0)->vault_row),
                 STATUS_OK);
    cr_expect_str_neq(fixture.answer.password, old);
    cr_assert_eq(service_fixture_validate(&fixture, box, id), STATUS_OK);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, &disk), 1, "a dead one was written");
}

// A list asked for while a create is under way is answered after it: what was read of the vault before must
// not take the new one away again.
Test(service_faults, no_older_reading_hides_a_new_credential)
{
    struct service_fixture_answer list = {.calls = 0};
    emulate(DIALECT_CREDENTIAL, "--latency", "200");
    memset(&fixture.answer, 0, sizeof fixture.answer);
    service_create(fixture.service, box, service_fixture_on_credential, &fixture.answer);
    service_fixture_run_until(&fixture, has_intent, NULL);
    service_refresh(fixture.service, service_fixture_on_done, &list);
    service_fixture_wait(&fixture, &fixture.answer);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    service_fixture_wait(&fixture, &list);
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
}
