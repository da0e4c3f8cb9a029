// SPDX-License-Identifier: Apache-2.0
//
// Tests the service against the emulator when all goes as it should: both dialects, the one vault, the fleet
// kept current.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(credential_service, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

// Two that know of each other only what the server tells: `other` has a vault of its own.
static struct service_fixture fixture, other;
static char box[ID_CAP];

static void emulate(const char *dialect, enum dialect ours)
{
    const char *const options[] = {"--dialect", dialect, NULL};
    service_fixture_start(&fixture, options, ours, box);
}

static void open_other(const char *folder)
{
    service_fixture_load(&other, folder, DIALECT_AUTO);
}

struct life {
    char server[16];
    enum dialect ours;
};

ParameterizedTestParameters(credential_service, a_credential_lives_and_ends)
{
    static struct life lives[] = {{"sandbox", DIALECT_AUTO},
                                  {"credential", DIALECT_AUTO},
                                  {"both", DIALECT_AUTO},
                                  {"sandbox", DIALECT_SANDBOX},
                                  {"credential", DIALECT_CREDENTIAL}};
    return cr_make_param_array(struct life, lives, sizeof lives / sizeof lives[0]);
}

ParameterizedTest(struct life *life, credential_service, a_credential_lives_and_ends,
                  .init = service_fixture_begin, .fini = service_fixture_end)
{
    struct credential first, disk;
    char password[128];
    emulate(life->server, life->ours);
    service_fixture_made(&fixture, box, &first);
    cr_expect_eq(credential_state(&first, service_now(fixture.service)), CREDENTIAL_valid);
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, &disk), 1);
    cr_expect_str_eq(disk.id, first.id);
    cr_assert_eq(service_fixture_password(&fixture, first.vault_row), STATUS_OK);
    (void)snprintf(password, sizeof password, "%s", fixture.answer.password);
    cr_assert_eq(service_fixture_validate(&fixture, box, first.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);

    cr_assert_eq(service_fixture_regenerate(&fixture, box, first.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    const struct credential second = fixture.answer.credential;
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, &disk), 1);
    cr_expect_str_eq(disk.id, second.id);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    cr_assert_eq(service_fixture_password(&fixture, second.vault_row), STATUS_OK);
    cr_expect_str_neq(fixture.answer.password, password);
    cr_assert_eq(service_fixture_validate(&fixture, box, second.id), STATUS_OK);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);

    cr_assert_eq(service_fixture_delete(&fixture, box, second.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(service_fixture_count(&fixture, box), 0);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 0);
    cr_expect_eq(service_fixture_password(&fixture, second.vault_row), STATUS_NOT_FOUND);
    service_fixture_close(&fixture);
}

Test(credential_service, where_one_exists_already_a_create_changes_nothing)
{
    struct credential first;
    emulate("sandbox", DIALECT_SANDBOX);
    service_fixture_made(&fixture, box, &first);
    cr_expect_eq(service_fixture_create(&fixture, box), STATUS_CONFLICT);
    cr_expect_not_null(strstr(failure_advice(&fixture.answer.why), "regen"), "%s",
                       failure_advice(&fixture.answer.why));
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, NULL), 1, "the intent stayed");
    cr_assert_eq(service_fixture_count(&fixture, box), 1);
    cr_assert_eq(service_fixture_validate(&fixture, box, first.id), STATUS_OK);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
}

Test(credential_service, somebody_elses_is_regenerated_without_its_id)
{
    struct credential theirs, ours;
    emulate("sandbox", DIALECT_AUTO);
    open_other("other");
    service_fixture_made(&other, box, &theirs);
    cr_assert_eq(service_fixture_regenerate(&fixture, box, NULL), STATUS_OK, "%s",
                 fixture.answer.why.message);
    ours = fixture.answer.credential;
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 1);
    cr_assert_eq(service_fixture_validate(&fixture, box, ours.id), STATUS_OK);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID);
    cr_assert_eq(service_fixture_validate(&other, box, theirs.id), STATUS_OK);
    cr_expect_eq(other.answer.credential.verdict, VERDICT_INVALID);
    service_fixture_close(&other);
    service_fixture_close(&fixture);
}

// Where a credential must be named: the only one known is meant, and else nothing is changed.
static void regenerate_unnamed(enum dialect ours)
{
    struct credential first, second;
    emulate("credential", ours);
    cr_expect_eq(service_fixture_regenerate(&fixture, box, NULL), STATUS_NO_CREDENTIAL);
    cr_expect_not_null(strstr(fixture.answer.why.message, box), "%s", fixture.answer.why.message);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 0);
    service_fixture_made(&fixture, box, &first);
    cr_assert_eq(service_fixture_regenerate(&fixture, box, NULL), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.vault_row, first.vault_row);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 1);
    first = fixture.answer.credential;
    service_fixture_made(&fixture, box, &second);
    cr_expect_eq(service_fixture_regenerate(&fixture, box, NULL), STATUS_NO_CREDENTIAL);
    cr_expect_not_null(strstr(fixture.answer.why.message, "2 credentials"), "%s", fixture.answer.why.message);
    cr_assert_eq(service_fixture_on_disk(&fixture, NULL, NULL), 2);
    cr_assert_eq(service_fixture_count(&fixture, box), 2);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(service_fixture_validate(&fixture, box, i == 0 ? first.id : second.id), STATUS_OK);
        cr_expect_eq(fixture.answer.credential.verdict, VERDICT_VALID, "the %s was changed",
                     i == 0 ? "first" : "second");
    }
    service_fixture_close(&fixture);
}

Test(credential_service, an_unnamed_one_is_regenerated_only_where_it_is_clear)
{
    regenerate_unnamed(DIALECT_CREDENTIAL);
}

Test(credential_service, an_unnamed_one_is_regenerated_only_where_it_is_clear_also_in_an_unknown_dialect)
{
    regenerate_unnamed(DIALECT_AUTO);
}

Test(credential_service, deleted_twice_is_deleted)
{
    struct credential first;
    emulate("credential", DIALECT_CREDENTIAL);
    service_fixture_made(&fixture, box, &first);
    open_other("vault"); // the same vault
    cr_assert_eq(service_fixture_delete(&other, box, first.id), STATUS_OK);
    service_fixture_close(&other);
    cr_expect_eq(service_fixture_delete(&fixture, box, first.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 0);
    service_fixture_close(&fixture);
}

Test(credential_service, one_that_others_have_ended_is_found_invalid)
{
    struct credential first;
    emulate("credential", DIALECT_AUTO);
    service_fixture_made(&fixture, box, &first);
    open_other("vault"); // the same vault
    cr_assert_eq(service_fixture_delete(&other, box, first.id), STATUS_OK);
    service_fixture_close(&other);
    // While it is not known how to ask, a server that does not know it any more looks like a wrong one.
    cr_expect_eq(service_fixture_delete(&fixture, box, first.id), STATUS_OUTCOME_UNKNOWN, "%s",
                 fixture.answer.why.message);
    service_fixture_made(&fixture, box, &first);
    service_fixture_open(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_fixture_delete(&other, box, first.id), STATUS_OK);
    service_fixture_close(&other);
    cr_assert_eq(service_fixture_validate(&fixture, box, first.id), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.verdict, VERDICT_INVALID);
    struct credential disk;
    cr_assert_eq(service_fixture_password(&fixture, first.vault_row),
                 STATUS_OK); // after what was to be written
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_INVALID);
    service_fixture_close(&fixture);
}

// --- the fleet kept current ---

static bool other_has_one(void *ctx)
{
    (void)ctx;
    const struct credential *one = service_fixture_credential(&other, box, 0);
    return one != NULL && one->id[0] != '\0'; // before, there is the intent
}

static bool other_has_none(void *ctx)
{
    (void)ctx;
    return service_fixture_count(&other, box) == 0;
}

Test(credential_service, what_another_program_writes_is_seen_without_asking)
{
    struct credential first;
    emulate("both", DIALECT_AUTO);
    open_other("vault");
    service_set_interval(other.service, 3600 * 1000);
    service_fixture_made(&fixture, box, &first);
    service_fixture_run_until(&other, other_has_one, NULL);
    cr_expect_str_eq(service_fixture_credential(&other, box, 0)->id, first.id);
    cr_assert_eq(service_fixture_password(&other, first.vault_row), STATUS_OK);
    cr_assert_eq(service_fixture_delete(&fixture, box, first.id), STATUS_OK);
    service_fixture_run_until(&other, other_has_none, NULL);
    service_fixture_close(&other);
    service_fixture_close(&fixture);
}

static bool is_stopped(void *ctx)
{
    (void)ctx;
    return fleet_find(service_fleet(fixture.service), box)->sandbox.state == SANDBOX_stopped;
}

Test(credential_service, what_moves_is_looked_at_sooner)
{
    emulate("both", DIALECT_AUTO);
    service_set_interval(fixture.service, 3600 * 1000);
    cr_assert_eq(service_fixture_move(&fixture, box, MOVE_STOP), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fleet_find(service_fleet(fixture.service), box)->sandbox.state, SANDBOX_stopping);
    service_fixture_run_until(&fixture, is_stopped, NULL);
    cr_expect_eq(service_fixture_move(&fixture, box, MOVE_STOP), STATUS_CONFLICT);
    cr_expect_null(fleet_find(service_fleet(fixture.service), box)->busy);
    service_fixture_close(&fixture);
}

static bool is_paused(void *ctx)
{
    (void)ctx;
    return fleet_find(service_fleet(fixture.service), box)->sandbox.state == SANDBOX_paused;
}

static void pause_box(void)
{
    service_set_interval(fixture.service, 3600 * 1000);
    cr_assert_eq(service_fixture_move(&fixture, box, MOVE_PAUSE), STATUS_OK, "%s",
                 fixture.answer.why.message);
    service_fixture_run_until(&fixture, is_paused, NULL);
}

Test(credential_service, a_paused_sandbox_runs_when_its_waking_is_told)
{
    emulate("both", DIALECT_AUTO);
    pause_box();
    cr_assert_eq(service_fixture_move(&fixture, box, MOVE_WAKE), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fleet_find(service_fleet(fixture.service), box)->sandbox.state, SANDBOX_running);
    cr_expect_null(fleet_find(service_fleet(fixture.service), box)->busy);
    cr_expect_eq(service_fixture_move(&fixture, box, MOVE_WAKE), STATUS_OK, "it runs already");
    service_fixture_close(&fixture);
}

Test(credential_service, a_wake_without_an_answer_is_looked_at)
{
    const char *const options[] = {"--drop-answer-to", "wake", NULL};
    service_fixture_start(&fixture, options, DIALECT_AUTO, box);
    pause_box();
    cr_expect_eq(service_fixture_move(&fixture, box, MOVE_WAKE), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fleet_find(service_fleet(fixture.service), box)->sandbox.state, SANDBOX_running);
    service_fixture_close(&fixture);
}

Test(credential_service, a_move_that_the_state_forbids_names_the_state)
{
    emulate("both", DIALECT_AUTO);
    pause_box();
    cr_expect_eq(service_fixture_move(&fixture, box, MOVE_STOP), STATUS_CONFLICT);
    cr_expect_not_null(strstr(fixture.answer.why.message, "it is paused"), "%s", fixture.answer.why.message);
    cr_expect_not_null(strstr(failure_advice(&fixture.answer.why), "wakes it"));
    cr_expect_eq(service_fixture_move(&fixture, box, MOVE_START), STATUS_CONFLICT);
    cr_expect_not_null(strstr(fixture.answer.why.message, "it is paused"), "%s", fixture.answer.why.message);
    service_fixture_close(&fixture);
}

static bool is_unpausing(void *ctx)
{
    (void)ctx;
    return fleet_find(service_fleet(fixture.service), box)->sandbox.state == SANDBOX_unpausing;
}

Test(credential_service, a_move_that_waits_for_its_sandbox_is_given_up_with_the_service)
{
    const char *const options[] = {"--fleet",          "demo", "--move-ms", "600000",
                                   "--drop-answer-to", "wake", NULL};
    struct service_fixture_answer answer = {.calls = 0};
    service_fixture_emulate(options);
    service_fixture_load(&fixture, "vault", DIALECT_AUTO);
    for (size_t i = 0; fleet_row(service_fleet(fixture.service), i) != NULL; i++)
        if (fleet_row(service_fleet(fixture.service), i)->sandbox.state == SANDBOX_paused)
            (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, i));
    service_move(fixture.service, box, MOVE_WAKE, service_fixture_on_done, &answer);
    service_fixture_run_until(&fixture, is_unpausing, NULL);
    cr_assert_eq(answer.calls, 0);
    service_free(fixture.service);
    cr_expect_eq(answer.calls, 1);
    cr_expect_eq(answer.why.status, STATUS_CANCELLED);
    service_fixture_close(&fixture);
}

Test(credential_service, a_sandbox_made_is_there_at_once)
{
    const struct leap0_new_sandbox wanted = {.vcpu = 2};
    struct service_fixture_answer answer = {.calls = 0};
    emulate("both", DIALECT_AUTO);
    size_t before = fleet_count(service_fleet(fixture.service));
    service_sandbox_create(fixture.service, &wanted, service_fixture_on_sandbox, &answer);
    service_fixture_wait(&fixture, &answer);
    cr_assert_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_eq(fleet_count(service_fleet(fixture.service)), before + 1);
    memset(&fixture.answer, 0, sizeof fixture.answer);
    service_detail(fixture.service, answer.sandbox_id, service_fixture_on_done, &fixture.answer);
    service_fixture_wait(&fixture, &fixture.answer);
    cr_expect_eq(fleet_find(service_fleet(fixture.service), answer.sandbox_id)->sandbox.vcpu, 2);
    service_fixture_close(&fixture);
}

static bool is_gone_and_forgotten(void *ctx)
{
    (void)ctx;
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    return fleet_find(service_fleet(fixture.service), box) == NULL;
}

Test(credential_service, a_gone_sandbox_stays_while_its_credential_does)
{
    const char *const options[] = {"--ttl", "3", NULL};
    struct credential first;
    service_fixture_start(&fixture, options, DIALECT_AUTO, box);
    service_fixture_made(&fixture, box, &first);
    fleet_drop_sandbox((struct fleet *)service_fleet(fixture.service), box); // as a list without it would
    cr_assert(fleet_find(service_fleet(fixture.service), box)->gone);
    cr_assert_eq(service_fixture_move(&fixture, box, MOVE_DELETE), STATUS_OK, "%s",
                 fixture.answer.why.message);
    service_fixture_run_until(&fixture, is_gone_and_forgotten, NULL);
    cr_expect_geq(service_now(fixture.service), first.expires_at);
    service_fixture_close(&fixture);
}

static bool has_target(const struct credential *credential)
{
    struct ssh_target target;
    struct failure why;
    return service_target(fixture.service, credential, &target, &why) == STATUS_OK && target.port > 0;
}

Test(credential_service, health_tells_of_the_wire_and_the_vault)
{
    struct service_health health;
    struct credential first;
    emulate("credential", DIALECT_AUTO);
    service_fixture_made(&fixture, box, &first);
    cr_assert_eq(service_fixture_validate(&fixture, box, first.id), STATUS_OK);
    service_health(fixture.service, &health);
    cr_expect_eq(health.last.status, STATUS_OK);
    cr_expect_eq(health.vault.status, STATUS_OK);
    cr_expect_eq(health.dialect, DIALECT_CREDENTIAL);
    cr_expect_geq(health.latency_ms, 0);
    cr_expect_gt(health.refreshed_at, 0);
    cr_expect_geq(health.requests_last_minute, 3);
    cr_expect_not(health.refreshing);
    cr_expect_gt(fixture.changes, 0);
    cr_expect_eq(fixture.troubles, 0, "%s", fixture.trouble.message);
    cr_expect(has_target(&first));
    service_fixture_close(&fixture);
}

Test(credential_service, one_change_of_a_sandbox_at_a_time)
{
    struct service_fixture_answer first = {.calls = 0}, second = {.calls = 0}, third = {.calls = 0};
    emulate("both", DIALECT_AUTO);
    service_create(fixture.service, box, service_fixture_on_credential, &first);
    service_create(fixture.service, box, service_fixture_on_credential, &second);
    service_regenerate(fixture.service, box, NULL, service_fixture_on_credential, &third);
    service_fixture_wait(&fixture, &first);
    service_fixture_wait(&fixture, &second);
    service_fixture_wait(&fixture, &third);
    cr_expect_eq(first.why.status, STATUS_OK);
    cr_expect_eq(second.why.status, STATUS_CONFLICT);
    cr_expect_not_null(strstr(second.why.message, "already creating"), "%s", second.why.message);
    cr_expect_eq(third.why.status, STATUS_CONFLICT);
    cr_expect_eq(service_fixture_on_disk(&fixture, box, NULL), 1);
    cr_expect_null(fleet_find(service_fleet(fixture.service), box)->busy);
    service_fixture_close(&fixture);
}

Test(credential_service, what_is_not_known_here_is_said_so)
{
    emulate("both", DIALECT_AUTO);
    cr_expect_eq(service_fixture_validate(&fixture, box, "ssh-nobody"), STATUS_NO_CREDENTIAL);
    cr_expect_not_null(strstr(fixture.answer.why.message, box), "%s", fixture.answer.why.message);
    cr_expect_eq(service_fixture_validate(&fixture, box, ""), STATUS_NO_CREDENTIAL);
    cr_expect_eq(service_fixture_password(&fixture, 77), STATUS_NOT_FOUND);
    cr_expect_eq(service_fixture_create(&fixture, "sbx-nobody"), STATUS_NOT_FOUND);
    cr_expect_eq(service_fixture_create(&fixture, "../escape"), STATUS_BAD_ARGUMENT, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 0);
    service_fixture_close(&fixture);
}
