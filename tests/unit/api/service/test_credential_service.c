// SPDX-License-Identifier: Apache-2.0
//
// service against the emulator when all goes as it should: both dialects, the one vault, the fleet kept
// current.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(credential_service, .init = service_rig_begin, .fini = service_rig_end, .timeout = 120);

// Two that know of each other only what the server tells: `other` has a vault of its own.
static struct service_rig rig, other;
static char box[ID_CAP];

static void emulate(const char *dialect, enum dialect ours)
{
    const char *const options[] = {"--dialect", dialect, NULL};
    service_rig_emulate(options);
    service_rig_open(&rig, "vault", ours);
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK, "%s", rig.answer.why.message);
    (void)snprintf(box, sizeof box, "%s", service_rig_sandbox(&rig, 0));
}

static void open_other(const char *folder)
{
    service_rig_open(&other, folder, DIALECT_AUTO);
    cr_assert_eq(service_rig_refresh(&other), STATUS_OK);
}

static void made(struct service_rig *by, struct credential *out)
{
    cr_assert_eq(service_rig_create(by, box), STATUS_OK, "%s", by->answer.why.message);
    *out = by->answer.credential;
}

struct life {
    char server[16];
    enum dialect ours;
};

ParameterizedTestParameters(service, a_credential_lives_and_ends)
{
    static struct life lives[] = {{"sandbox", DIALECT_AUTO},
                                  {"credential", DIALECT_AUTO},
                                  {"both", DIALECT_AUTO},
                                  {"sandbox", DIALECT_SANDBOX},
                                  {"credential", DIALECT_CREDENTIAL}};
    return cr_make_param_array(struct life, lives, sizeof lives / sizeof lives[0]);
}

ParameterizedTest(struct life *life, service, a_credential_lives_and_ends, .init = service_rig_begin,
                  .fini = service_rig_end)
{
    struct credential first, disk;
    char password[128];
    emulate(life->server, life->ours);
    made(&rig, &first);
    cr_expect_eq(credential_state(&first, service_now(rig.service)), CREDENTIAL_valid);
    cr_assert_eq(service_rig_on_disk(&rig, NULL, &disk), 1);
    cr_expect_str_eq(disk.id, first.id);
    cr_assert_eq(service_rig_password(&rig, first.vault_row), STATUS_OK);
    (void)snprintf(password, sizeof password, "%s", rig.answer.password);
    cr_assert_eq(service_rig_validate(&rig, box, first.id), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(rig.answer.credential.verdict, VERDICT_VALID);

    cr_assert_eq(service_rig_regenerate(&rig, box, first.id), STATUS_OK, "%s", rig.answer.why.message);
    const struct credential second = rig.answer.credential;
    cr_assert_eq(service_rig_count(&rig, box), 1);
    cr_assert_eq(service_rig_on_disk(&rig, NULL, &disk), 1);
    cr_expect_str_eq(disk.id, second.id);
    cr_expect_eq(disk.verdict, VERDICT_VALID);
    cr_assert_eq(service_rig_password(&rig, second.vault_row), STATUS_OK);
    cr_expect_str_neq(rig.answer.password, password);
    cr_assert_eq(service_rig_validate(&rig, box, second.id), STATUS_OK);
    cr_expect_eq(rig.answer.credential.verdict, VERDICT_VALID);

    cr_assert_eq(service_rig_delete(&rig, box, second.id), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(service_rig_count(&rig, box), 0);
    cr_expect_eq(service_rig_on_disk(&rig, NULL, NULL), 0);
    cr_expect_eq(service_rig_password(&rig, second.vault_row), STATUS_NOT_FOUND);
    service_rig_close(&rig);
}

Test(credential_service, where_one_exists_already_a_create_changes_nothing)
{
    struct credential first;
    emulate("sandbox", DIALECT_SANDBOX);
    made(&rig, &first);
    cr_expect_eq(service_rig_create(&rig, box), STATUS_CONFLICT);
    cr_expect_not_null(strstr(failure_advice(&rig.answer.why), "regen"), "%s",
                       failure_advice(&rig.answer.why));
    cr_assert_eq(service_rig_on_disk(&rig, NULL, NULL), 1, "the intent stayed");
    cr_assert_eq(service_rig_count(&rig, box), 1);
    cr_assert_eq(service_rig_validate(&rig, box, first.id), STATUS_OK);
    cr_expect_eq(rig.answer.credential.verdict, VERDICT_VALID);
    service_rig_close(&rig);
}

Test(credential_service, somebody_elses_is_regenerated_without_its_id)
{
    struct credential theirs, ours;
    emulate("sandbox", DIALECT_AUTO);
    open_other("other");
    made(&other, &theirs);
    cr_assert_eq(service_rig_regenerate(&rig, box, NULL), STATUS_OK, "%s", rig.answer.why.message);
    ours = rig.answer.credential;
    cr_expect_eq(service_rig_on_disk(&rig, NULL, NULL), 1);
    cr_assert_eq(service_rig_validate(&rig, box, ours.id), STATUS_OK);
    cr_expect_eq(rig.answer.credential.verdict, VERDICT_VALID);
    cr_assert_eq(service_rig_validate(&other, box, theirs.id), STATUS_OK);
    cr_expect_eq(other.answer.credential.verdict, VERDICT_INVALID);
    service_rig_close(&other);
    service_rig_close(&rig);
}

// Where a credential must be named: the only one known is meant, and else nothing is changed.
static void regenerate_unnamed(enum dialect ours)
{
    struct credential first, second;
    emulate("credential", ours);
    cr_expect_eq(service_rig_regenerate(&rig, box, NULL), STATUS_NO_CREDENTIAL);
    cr_expect_not_null(strstr(rig.answer.why.message, box), "%s", rig.answer.why.message);
    cr_expect_eq(service_rig_on_disk(&rig, NULL, NULL), 0);
    made(&rig, &first);
    cr_assert_eq(service_rig_regenerate(&rig, box, NULL), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(rig.answer.credential.vault_row, first.vault_row);
    cr_expect_eq(service_rig_on_disk(&rig, NULL, NULL), 1);
    first = rig.answer.credential;
    made(&rig, &second);
    cr_expect_eq(service_rig_regenerate(&rig, box, NULL), STATUS_NO_CREDENTIAL);
    cr_expect_not_null(strstr(rig.answer.why.message, "2 credentials"), "%s", rig.answer.why.message);
    cr_assert_eq(service_rig_on_disk(&rig, NULL, NULL), 2);
    cr_assert_eq(service_rig_count(&rig, box), 2);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(service_rig_validate(&rig, box, i == 0 ? first.id : second.id), STATUS_OK);
        cr_expect_eq(rig.answer.credential.verdict, VERDICT_VALID, "the %s was changed",
                     i == 0 ? "first" : "second");
    }
    service_rig_close(&rig);
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
    made(&rig, &first);
    open_other("vault"); // the same vault
    cr_assert_eq(service_rig_delete(&other, box, first.id), STATUS_OK);
    service_rig_close(&other);
    cr_expect_eq(service_rig_delete(&rig, box, first.id), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(service_rig_on_disk(&rig, NULL, NULL), 0);
    service_rig_close(&rig);
}

Test(credential_service, one_that_others_have_ended_is_found_invalid)
{
    struct credential first;
    emulate("credential", DIALECT_AUTO);
    made(&rig, &first);
    open_other("vault"); // the same vault
    cr_assert_eq(service_rig_delete(&other, box, first.id), STATUS_OK);
    service_rig_close(&other);
    // While it is not known how to ask, a server that does not know it any more looks like a wrong one.
    cr_expect_eq(service_rig_delete(&rig, box, first.id), STATUS_OUTCOME_UNKNOWN, "%s",
                 rig.answer.why.message);
    made(&rig, &first);
    service_rig_open(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_rig_delete(&other, box, first.id), STATUS_OK);
    service_rig_close(&other);
    cr_assert_eq(service_rig_validate(&rig, box, first.id), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(rig.answer.credential.verdict, VERDICT_INVALID);
    struct credential disk;
    cr_assert_eq(service_rig_password(&rig, first.vault_row), STATUS_OK); // after what was to be written
    cr_assert_eq(service_rig_on_disk(&rig, box, &disk), 1);
    cr_expect_eq(disk.verdict, VERDICT_INVALID);
    service_rig_close(&rig);
}

// --- how long a verdict counts ---

static void expect_read_as(int64_t age, enum credential_verdict verdict)
{
    struct failure why;
    struct credential disk;
    cr_assert_eq(service_rig_on_disk(&rig, box, &disk), 1);
    struct vault *vault = service_rig_vault(&rig);
    cr_assert_eq(
        vault_set_verdict(vault, disk.vault_row, NULL, VERDICT_VALID, service_now(rig.service) - age, &why),
        STATUS_OK);
    vault_close(vault);
    open_other("vault");
    cr_assert_eq(service_rig_count(&other, box), 1);
    cr_expect_eq(service_rig_credential(&other, box, 0)->verdict, verdict, "validated %lld ms ago",
                 (long long)age);
    service_rig_close(&other);
}

// The server's clock is two hours ahead of ours: it is the one that counts.
Test(credential_service, a_verdict_of_another_run_counts_for_a_minute_of_the_servers_clock)
{
    const char *const options[] = {"--clock-skew", "7200", NULL};
    struct credential first;
    service_rig_emulate(options);
    service_rig_open(&rig, "vault", DIALECT_AUTO);
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_rig_sandbox(&rig, 0));
    made(&rig, &first);
    open_other("vault");
    cr_expect_eq(service_rig_credential(&other, box, 0)->verdict, VERDICT_VALID, "just made");
    service_rig_close(&other);
    expect_read_as(50000, VERDICT_VALID);
    expect_read_as(65000, VERDICT_UNVERIFIED);
    expect_read_as(7200000, VERDICT_UNVERIFIED);
    expect_read_as(-7200000, VERDICT_UNVERIFIED); // of a clock that can't be right
    // What this run knows stays known, and what is not verified can be.
    cr_assert_eq(service_rig_validate(&rig, box, first.id), STATUS_OK);
    cr_assert_eq(service_rig_password(&rig, first.vault_row), STATUS_OK); // after what was to be written
    expect_read_as(65000, VERDICT_UNVERIFIED);
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK);
    cr_expect_eq(service_rig_credential(&rig, box, 0)->verdict, VERDICT_VALID);
    service_rig_close(&rig);
}

Test(credential_service, all_that_is_unverified_is_validated)
{
    struct credential credentials[3];
    struct failure why;
    emulate("credential", DIALECT_AUTO);
    cr_assert_eq(service_rig_validate_all(&rig), STATUS_OK); // nothing to do
    for (size_t i = 0; i < 3; i++)
        made(&rig, &credentials[i]);
    service_rig_open(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_rig_delete(&other, box, credentials[1].id), STATUS_OK);
    service_rig_close(&other);
    struct vault *vault = service_rig_vault(&rig);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(vault_set_verdict(vault, credentials[i].vault_row, NULL, VERDICT_VALID, 1, &why),
                     STATUS_OK);
    vault_close(vault);
    open_other("vault");
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(service_rig_credential(&other, box, i)->verdict, VERDICT_UNVERIFIED);
    cr_assert_eq(service_rig_validate_all(&other), STATUS_OK, "%s", other.answer.why.message);
    for (size_t i = 0; i < 3; i++) {
        const struct credential *one = service_rig_credential(&other, box, i);
        bool deleted = strcmp(one->id, credentials[1].id) == 0;
        cr_expect_eq(one->verdict, deleted ? VERDICT_INVALID : VERDICT_VALID, "%s", one->id);
        cr_expect_null(one->busy);
    }
    service_rig_close(&other);
    service_rig_close(&rig);
}

struct revalidationed {
    int calls;
    struct failure why;
    size_t asked, refused;
};

static void on_rechecked(void *ctx, const struct failure *why, size_t asked, size_t refused)
{
    struct revalidationed *answer = ctx;
    answer->calls++;
    answer->why = *why;
    answer->asked = asked;
    answer->refused = refused;
}

static bool is_rechecked(void *ctx)
{
    return ((struct revalidationed *)ctx)->calls > 0;
}

Test(credential_service, what_was_asked_about_long_ago_is_asked_about_again)
{
    struct credential credentials[3];
    struct revalidationed answer = {0};
    emulate("credential", DIALECT_CREDENTIAL);
    for (size_t i = 0; i < 3; i++)
        made(&rig, &credentials[i]);
    service_rig_open(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_rig_delete(&other, box, credentials[1].id), STATUS_OK);
    service_rig_close(&other);
    int64_t now = service_now(rig.service);
    cr_expect_eq(service_revalidation(rig.service, now - 60000, 40, on_rechecked, &answer), 0);
    cr_expect_eq(service_revalidation(rig.service, 0, 40, on_rechecked, &answer), 0);
    // The oldest two, of which one is gone.
    cr_assert_eq(service_revalidation(rig.service, now + 60000, 2, on_rechecked, &answer), 2);
    service_rig_run_until(&rig, is_rechecked, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_eq(answer.asked, 2);
    cr_expect_eq(answer.refused, 1);
    // What the server has refused is not asked about again; what is asked about is not asked twice.
    memset(&answer, 0, sizeof answer);
    cr_assert_eq(service_revalidation(rig.service, now + 120000, 40, on_rechecked, &answer), 2);
    cr_expect_eq(service_revalidation(rig.service, now + 120000, 40, NULL, NULL), 0);
    service_rig_run_until(&rig, is_rechecked, &answer);
    cr_expect_eq(answer.refused, 0);
    for (size_t i = 0; i < 3; i++) {
        const struct credential *one = service_rig_credential(&rig, box, i);
        bool deleted = strcmp(one->id, credentials[1].id) == 0;
        cr_expect_eq(one->verdict, deleted ? VERDICT_INVALID : VERDICT_VALID, "%s", one->id);
    }
    service_rig_close(&rig);
}

// What gets no answer is asked about again, but not in the others' place.
Test(credential_service, what_never_gets_an_answer_leaves_the_others_their_turn)
{
    enum { ALL = 8, ROUND = 4 };
    const char *const options[] = {"--dialect", "credential", "--fail", "validate:409", NULL};
    struct credential one;
    int asked[ALL] = {0};
    service_rig_emulate(options);
    service_rig_open(&rig, "vault", DIALECT_CREDENTIAL);
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_rig_sandbox(&rig, 0));
    for (int i = 0; i < ALL; i++)
        made(&rig, &one);
    for (int round = 0; round < ALL / ROUND; round++) {
        struct revalidationed answer = {0};
        int64_t before = service_now(rig.service) + 60000;
        cr_assert_eq(service_revalidation(rig.service, before, ROUND, on_rechecked, &answer), ROUND);
        for (size_t i = 0; i < ALL; i++)
            asked[i] += service_rig_credential(&rig, box, i)->busy != NULL;
        service_rig_run_until(&rig, is_rechecked, &answer);
        cr_expect_neq(answer.why.status, STATUS_OK);
    }
    for (size_t i = 0; i < ALL; i++)
        cr_expect_eq(asked[i], 1, "number %zu was asked about %d times", i, asked[i]);
    service_rig_close(&rig);
}

// --- the fleet kept current ---

static bool other_has_one(void *ctx)
{
    (void)ctx;
    const struct credential *one = service_rig_credential(&other, box, 0);
    return one != NULL && one->id[0] != '\0'; // before, there is the intent
}

static bool other_has_none(void *ctx)
{
    (void)ctx;
    return service_rig_count(&other, box) == 0;
}

Test(credential_service, what_another_program_writes_is_seen_without_asking)
{
    struct credential first;
    emulate("both", DIALECT_AUTO);
    open_other("vault");
    service_set_interval(other.service, 3600 * 1000);
    made(&rig, &first);
    service_rig_run_until(&other, other_has_one, NULL);
    cr_expect_str_eq(service_rig_credential(&other, box, 0)->id, first.id);
    cr_assert_eq(service_rig_password(&other, first.vault_row), STATUS_OK);
    cr_assert_eq(service_rig_delete(&rig, box, first.id), STATUS_OK);
    service_rig_run_until(&other, other_has_none, NULL);
    service_rig_close(&other);
    service_rig_close(&rig);
}

static bool is_stopped(void *ctx)
{
    (void)ctx;
    return fleet_find(service_fleet(rig.service), box)->sandbox.state == SANDBOX_stopped;
}

Test(credential_service, what_moves_is_looked_at_sooner)
{
    emulate("both", DIALECT_AUTO);
    service_set_interval(rig.service, 3600 * 1000);
    cr_assert_eq(service_rig_move(&rig, box, MOVE_STOP), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(fleet_find(service_fleet(rig.service), box)->sandbox.state, SANDBOX_stopping);
    service_rig_run_until(&rig, is_stopped, NULL);
    cr_expect_eq(service_rig_move(&rig, box, MOVE_STOP), STATUS_CONFLICT);
    cr_expect_null(fleet_find(service_fleet(rig.service), box)->busy);
    service_rig_close(&rig);
}

static bool is_paused(void *ctx)
{
    (void)ctx;
    return fleet_find(service_fleet(rig.service), box)->sandbox.state == SANDBOX_paused;
}

static void pause_box(void)
{
    service_set_interval(rig.service, 3600 * 1000);
    cr_assert_eq(service_rig_move(&rig, box, MOVE_PAUSE), STATUS_OK, "%s", rig.answer.why.message);
    service_rig_run_until(&rig, is_paused, NULL);
}

Test(credential_service, a_paused_sandbox_runs_when_its_waking_is_told)
{
    emulate("both", DIALECT_AUTO);
    pause_box();
    cr_assert_eq(service_rig_move(&rig, box, MOVE_WAKE), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(fleet_find(service_fleet(rig.service), box)->sandbox.state, SANDBOX_running);
    cr_expect_null(fleet_find(service_fleet(rig.service), box)->busy);
    cr_expect_eq(service_rig_move(&rig, box, MOVE_WAKE), STATUS_OK, "it runs already");
    service_rig_close(&rig);
}

Test(credential_service, a_wake_without_an_answer_is_looked_at)
{
    const char *const options[] = {"--drop-answer-to", "wake", NULL};
    service_rig_emulate(options);
    service_rig_open(&rig, "vault", DIALECT_AUTO);
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_rig_sandbox(&rig, 0));
    pause_box();
    cr_expect_eq(service_rig_move(&rig, box, MOVE_WAKE), STATUS_OK, "%s", rig.answer.why.message);
    cr_expect_eq(fleet_find(service_fleet(rig.service), box)->sandbox.state, SANDBOX_running);
    service_rig_close(&rig);
}

Test(credential_service, a_move_that_the_state_forbids_names_the_state)
{
    emulate("both", DIALECT_AUTO);
    pause_box();
    cr_expect_eq(service_rig_move(&rig, box, MOVE_STOP), STATUS_CONFLICT);
    cr_expect_not_null(strstr(rig.answer.why.message, "it is paused"), "%s", rig.answer.why.message);
    cr_expect_not_null(strstr(failure_advice(&rig.answer.why), "wakes it"));
    cr_expect_eq(service_rig_move(&rig, box, MOVE_START), STATUS_CONFLICT);
    cr_expect_not_null(strstr(rig.answer.why.message, "it is paused"), "%s", rig.answer.why.message);
    service_rig_close(&rig);
}

static bool is_unpausing(void *ctx)
{
    (void)ctx;
    return fleet_find(service_fleet(rig.service), box)->sandbox.state == SANDBOX_unpausing;
}

Test(credential_service, a_move_that_waits_for_its_sandbox_is_given_up_with_the_service)
{
    const char *const options[] = {"--fleet",          "demo", "--move-ms", "600000",
                                   "--drop-answer-to", "wake", NULL};
    struct service_rig_answer answer = {.calls = 0};
    service_rig_emulate(options);
    service_rig_open(&rig, "vault", DIALECT_AUTO);
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK);
    for (size_t i = 0; fleet_row(service_fleet(rig.service), i) != NULL; i++)
        if (fleet_row(service_fleet(rig.service), i)->sandbox.state == SANDBOX_paused)
            (void)snprintf(box, sizeof box, "%s", service_rig_sandbox(&rig, i));
    service_move(rig.service, box, MOVE_WAKE, service_rig_on_done, &answer);
    service_rig_run_until(&rig, is_unpausing, NULL);
    cr_assert_eq(answer.calls, 0);
    service_free(rig.service);
    cr_expect_eq(answer.calls, 1);
    cr_expect_eq(answer.why.status, STATUS_CANCELLED);
    service_rig_close(&rig);
}

Test(credential_service, a_sandbox_made_is_there_at_once)
{
    const struct leap0_new_sandbox wanted = {.vcpu = 2};
    struct service_rig_answer answer = {.calls = 0};
    emulate("both", DIALECT_AUTO);
    size_t before = fleet_count(service_fleet(rig.service));
    service_sandbox_create(rig.service, &wanted, service_rig_on_sandbox, &answer);
    service_rig_wait(&rig, &answer);
    cr_assert_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_eq(fleet_count(service_fleet(rig.service)), before + 1);
    memset(&rig.answer, 0, sizeof rig.answer);
    service_detail(rig.service, answer.sandbox_id, service_rig_on_done, &rig.answer);
    service_rig_wait(&rig, &rig.answer);
    cr_expect_eq(fleet_find(service_fleet(rig.service), answer.sandbox_id)->sandbox.vcpu, 2);
    service_rig_close(&rig);
}

static bool is_gone_and_forgotten(void *ctx)
{
    (void)ctx;
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK);
    return fleet_find(service_fleet(rig.service), box) == NULL;
}

Test(credential_service, a_gone_sandbox_stays_while_its_credential_does)
{
    const char *const options[] = {"--ttl", "3", NULL};
    struct credential first;
    service_rig_emulate(options);
    service_rig_open(&rig, "vault", DIALECT_AUTO);
    cr_assert_eq(service_rig_refresh(&rig), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_rig_sandbox(&rig, 0));
    made(&rig, &first);
    fleet_drop_sandbox((struct fleet *)service_fleet(rig.service), box); // as a list without it would
    cr_assert(fleet_find(service_fleet(rig.service), box)->gone);
    cr_assert_eq(service_rig_move(&rig, box, MOVE_DELETE), STATUS_OK, "%s", rig.answer.why.message);
    service_rig_run_until(&rig, is_gone_and_forgotten, NULL);
    cr_expect_geq(service_now(rig.service), first.expires_at);
    service_rig_close(&rig);
}

static bool has_target(const struct credential *credential)
{
    struct ssh_target target;
    struct failure why;
    return service_target(rig.service, credential, &target, &why) == STATUS_OK && target.port > 0;
}

Test(credential_service, health_tells_of_the_wire_and_the_vault)
{
    struct service_health health;
    struct credential first;
    emulate("credential", DIALECT_AUTO);
    made(&rig, &first);
    cr_assert_eq(service_rig_validate(&rig, box, first.id), STATUS_OK);
    service_health(rig.service, &health);
    cr_expect_eq(health.last.status, STATUS_OK);
    cr_expect_eq(health.vault.status, STATUS_OK);
    cr_expect_eq(health.dialect, DIALECT_CREDENTIAL);
    cr_expect_geq(health.latency_ms, 0);
    cr_expect_gt(health.refreshed_at, 0);
    cr_expect_geq(health.requests_last_minute, 3);
    cr_expect_not(health.refreshing);
    cr_expect_gt(rig.changes, 0);
    cr_expect_eq(rig.troubles, 0, "%s", rig.trouble.message);
    cr_expect(has_target(&first));
    service_rig_close(&rig);
}

Test(credential_service, one_change_of_a_sandbox_at_a_time)
{
    struct service_rig_answer first = {.calls = 0}, second = {.calls = 0}, third = {.calls = 0};
    emulate("both", DIALECT_AUTO);
    service_create(rig.service, box, service_rig_on_credential, &first);
    service_create(rig.service, box, service_rig_on_credential, &second);
    service_regenerate(rig.service, box, NULL, service_rig_on_credential, &third);
    service_rig_wait(&rig, &first);
    service_rig_wait(&rig, &second);
    service_rig_wait(&rig, &third);
    cr_expect_eq(first.why.status, STATUS_OK);
    cr_expect_eq(second.why.status, STATUS_CONFLICT);
    cr_expect_not_null(strstr(second.why.message, "already creating"), "%s", second.why.message);
    cr_expect_eq(third.why.status, STATUS_CONFLICT);
    cr_expect_eq(service_rig_on_disk(&rig, box, NULL), 1);
    cr_expect_null(fleet_find(service_fleet(rig.service), box)->busy);
    service_rig_close(&rig);
}

Test(credential_service, what_is_not_known_here_is_said_so)
{
    emulate("both", DIALECT_AUTO);
    cr_expect_eq(service_rig_validate(&rig, box, "ssh-nobody"), STATUS_NO_CREDENTIAL);
    cr_expect_not_null(strstr(rig.answer.why.message, box), "%s", rig.answer.why.message);
    cr_expect_eq(service_rig_validate(&rig, box, ""), STATUS_NO_CREDENTIAL);
    cr_expect_eq(service_rig_password(&rig, 77), STATUS_NOT_FOUND);
    cr_expect_eq(service_rig_create(&rig, "sbx-nobody"), STATUS_NOT_FOUND);
    cr_expect_eq(service_rig_create(&rig, "../escape"), STATUS_BAD_ARGUMENT, "%s", rig.answer.why.message);
    cr_expect_eq(service_rig_on_disk(&rig, NULL, NULL), 0);
    service_rig_close(&rig);
}
