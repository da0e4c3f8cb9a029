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
    service_fixture_emulate(options);
    service_fixture_open(&fixture, "vault", ours);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
    (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, 0));
}

static void open_other(const char *folder)
{
    service_fixture_open(&other, folder, DIALECT_AUTO);
    cr_assert_eq(service_fixture_refresh(&other), STATUS_OK);
}

static void made(struct service_fixture *by, struct credential *out)
{
    cr_assert_eq(service_fixture_create(by, box), STATUS_OK, "%s", by->answer.why.message);
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

ParameterizedTest(struct life *life, service, a_credential_lives_and_ends, .init = service_fixture_begin,
                  .fini = service_fixture_end)
{
    struct credential first, disk;
    char password[128];
    emulate(life->server, life->ours);
    made(&fixture, &first);
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
    made(&fixture, &first);
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
    made(&other, &theirs);
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
    made(&fixture, &first);
    cr_assert_eq(service_fixture_regenerate(&fixture, box, NULL), STATUS_OK, "%s",
                 fixture.answer.why.message);
    cr_expect_eq(fixture.answer.credential.vault_row, first.vault_row);
    cr_expect_eq(service_fixture_on_disk(&fixture, NULL, NULL), 1);
    first = fixture.answer.credential;
    made(&fixture, &second);
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
    made(&fixture, &first);
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
    made(&fixture, &first);
    open_other("vault"); // the same vault
    cr_assert_eq(service_fixture_delete(&other, box, first.id), STATUS_OK);
    service_fixture_close(&other);
    // While it is not known how to ask, a server that does not know it any more looks like a wrong one.
    cr_expect_eq(service_fixture_delete(&fixture, box, first.id), STATUS_OUTCOME_UNKNOWN, "%s",
                 fixture.answer.why.message);
    made(&fixture, &first);
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

// --- how long a verdict counts ---

static void expect_read_as(int64_t age, enum credential_verdict verdict)
{
    struct failure why;
    struct credential disk;
    cr_assert_eq(service_fixture_on_disk(&fixture, box, &disk), 1);
    struct vault *vault = service_fixture_vault(&fixture);
    cr_assert_eq(vault_set_verdict(vault, disk.vault_row, NULL, VERDICT_VALID,
                                   service_now(fixture.service) - age, &why),
                 STATUS_OK);
    vault_close(vault);
    open_other("vault");
    cr_assert_eq(service_fixture_count(&other, box), 1);
    cr_expect_eq(service_fixture_credential(&other, box, 0)->verdict, verdict, "validated %lld ms ago",
                 (long long)age);
    service_fixture_close(&other);
}

// The server's clock is two hours ahead of ours: it is the one that counts.
Test(credential_service, a_verdict_of_another_run_counts_for_a_minute_of_the_servers_clock)
{
    const char *const options[] = {"--clock-skew", "7200", NULL};
    struct credential first;
    service_fixture_emulate(options);
    service_fixture_open(&fixture, "vault", DIALECT_AUTO);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, 0));
    made(&fixture, &first);
    open_other("vault");
    cr_expect_eq(service_fixture_credential(&other, box, 0)->verdict, VERDICT_VALID, "just made");
    service_fixture_close(&other);
    expect_read_as(50000, VERDICT_VALID);
    expect_read_as(65000, VERDICT_UNVERIFIED);
    expect_read_as(7200000, VERDICT_UNVERIFIED);
    expect_read_as(-7200000, VERDICT_UNVERIFIED); // of a clock that can't be right
    // What this run knows stays known, and what is not verified can be.
    cr_assert_eq(service_fixture_validate(&fixture, box, first.id), STATUS_OK);
    cr_assert_eq(service_fixture_password(&fixture, first.vault_row),
                 STATUS_OK); // after what was to be written
    expect_read_as(65000, VERDICT_UNVERIFIED);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    cr_expect_eq(service_fixture_credential(&fixture, box, 0)->verdict, VERDICT_VALID);
    service_fixture_close(&fixture);
}

Test(credential_service, all_that_is_unverified_is_validated)
{
    struct credential credentials[3];
    struct failure why;
    emulate("credential", DIALECT_AUTO);
    cr_assert_eq(service_fixture_validate_all(&fixture), STATUS_OK); // nothing to do
    for (size_t i = 0; i < 3; i++)
        made(&fixture, &credentials[i]);
    service_fixture_open(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_fixture_delete(&other, box, credentials[1].id), STATUS_OK);
    service_fixture_close(&other);
    struct vault *vault = service_fixture_vault(&fixture);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(vault_set_verdict(vault, credentials[i].vault_row, NULL, VERDICT_VALID, 1, &why),
                     STATUS_OK);
    vault_close(vault);
    open_other("vault");
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(service_fixture_credential(&other, box, i)->verdict, VERDICT_UNVERIFIED);
    cr_assert_eq(service_fixture_validate_all(&other), STATUS_OK, "%s", other.answer.why.message);
    for (size_t i = 0; i < 3; i++) {
        const struct credential *one = service_fixture_credential(&other, box, i);
        bool deleted = strcmp(one->id, credentials[1].id) == 0;
        cr_expect_eq(one->verdict, deleted ? VERDICT_INVALID : VERDICT_VALID, "%s", one->id);
        cr_expect_null(one->busy);
    }
    service_fixture_close(&other);
    service_fixture_close(&fixture);
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
        made(&fixture, &credentials[i]);
    service_fixture_open(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_fixture_delete(&other, box, credentials[1].id), STATUS_OK);
    service_fixture_close(&other);
    int64_t now = service_now(fixture.service);
    cr_expect_eq(service_revalidation(fixture.service, now - 60000, 40, on_rechecked, &answer), 0);
    cr_expect_eq(service_revalidation(fixture.service, 0, 40, on_rechecked, &answer), 0);
    // The oldest two, of which one is gone.
    cr_assert_eq(service_revalidation(fixture.service, now + 60000, 2, on_rechecked, &answer), 2);
    service_fixture_run_until(&fixture, is_rechecked, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_eq(answer.asked, 2);
    cr_expect_eq(answer.refused, 1);
    // What the server has refused is not asked about again; what is asked about is not asked twice.
    memset(&answer, 0, sizeof answer);
    cr_assert_eq(service_revalidation(fixture.service, now + 120000, 40, on_rechecked, &answer), 2);
    cr_expect_eq(service_revalidation(fixture.service, now + 120000, 40, NULL, NULL), 0);
    service_fixture_run_until(&fixture, is_rechecked, &answer);
    cr_expect_eq(answer.refused, 0);
    for (size_t i = 0; i < 3; i++) {
        const struct credential *one = service_fixture_credential(&fixture, box, i);
        bool deleted = strcmp(one->id, credentials[1].id) == 0;
        cr_expect_eq(one->verdict, deleted ? VERDICT_INVALID : VERDICT_VALID, "%s", one->id);
    }
    service_fixture_close(&fixture);
}

// What gets no answer is asked about again, but not in the others' place.
Test(credential_service, what_never_gets_an_answer_leaves_the_others_their_turn)
{
    enum { ALL = 8, ROUND = 4 };
    const char *const options[] = {"--dialect", "credential", "--fail", "validate:409", NULL};
    struct credential one;
    int asked[ALL] = {0};
    service_fixture_emulate(options);
    service_fixture_open(&fixture, "vault", DIALECT_CREDENTIAL);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, 0));
    for (int i = 0; i < ALL; i++)
        made(&fixture, &one);
    for (int round = 0; round < ALL / ROUND; round++) {
        struct revalidationed answer = {0};
        int64_t before = service_now(fixture.service) + 60000;
        cr_assert_eq(service_revalidation(fixture.service, before, ROUND, on_rechecked, &answer), ROUND);
        for (size_t i = 0; i < ALL; i++)
            asked[i] += service_fixture_credential(&fixture, box, i)->busy != NULL;
        service_fixture_run_until(&fixture, is_rechecked, &answer);
        cr_expect_neq(answer.why.status, STATUS_OK);
    }
    for (size_t i = 0; i < ALL; i++)
        cr_expect_eq(asked[i], 1, "number %zu was asked about %d times", i, asked[i]);
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
    made(&fixture, &first);
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
    service_fixture_emulate(options);
    service_fixture_open(&fixture, "vault", DIALECT_AUTO);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, 0));
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
    service_fixture_open(&fixture, "vault", DIALECT_AUTO);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
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
    service_fixture_emulate(options);
    service_fixture_open(&fixture, "vault", DIALECT_AUTO);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, 0));
    made(&fixture, &first);
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
    made(&fixture, &first);
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
