// SPDX-License-Identifier: Apache-2.0
//
// Tests how long a verdict counts, and what is asked about again.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(service_validation, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

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
Test(service_validation, a_verdict_of_another_run_counts_for_a_minute_of_the_servers_clock)
{
    const char *const options[] = {"--clock-skew", "7200", NULL};
    struct credential first;
    service_fixture_start(&fixture, options, DIALECT_AUTO, box);
    service_fixture_made(&fixture, box, &first);
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

Test(service_validation, all_that_is_unverified_is_validated)
{
    struct credential credentials[3];
    struct failure why;
    emulate("credential", DIALECT_AUTO);
    cr_assert_eq(service_fixture_validate_all(&fixture), STATUS_OK); // nothing to do
    for (size_t i = 0; i < 3; i++)
        service_fixture_made(&fixture, box, &credentials[i]);
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

struct revalidated {
    int calls;
    struct failure why;
    size_t asked, refused;
};

static void on_revalidated(void *ctx, const struct failure *why, size_t asked, size_t refused)
{
    struct revalidated *answer = ctx;
    answer->calls++;
    answer->why = *why;
    answer->asked = asked;
    answer->refused = refused;
}

static bool is_revalidated(void *ctx)
{
    return ((struct revalidated *)ctx)->calls > 0;
}

Test(service_validation, what_was_asked_about_long_ago_is_asked_about_again)
{
    struct credential credentials[3];
    struct revalidated answer = {0};
    emulate("credential", DIALECT_CREDENTIAL);
    for (size_t i = 0; i < 3; i++)
        service_fixture_made(&fixture, box, &credentials[i]);
    service_fixture_open(&other, "other", DIALECT_CREDENTIAL);
    cr_assert_eq(service_fixture_delete(&other, box, credentials[1].id), STATUS_OK);
    service_fixture_close(&other);
    int64_t now = service_now(fixture.service);
    cr_expect_eq(service_revalidation(fixture.service, now - 60000, 40, on_revalidated, &answer), 0);
    cr_expect_eq(service_revalidation(fixture.service, 0, 40, on_revalidated, &answer), 0);
    // The oldest two, of which one is gone.
    cr_assert_eq(service_revalidation(fixture.service, now + 60000, 2, on_revalidated, &answer), 2);
    service_fixture_run_until(&fixture, is_revalidated, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_eq(answer.asked, 2);
    cr_expect_eq(answer.refused, 1);
    // What the server has refused is not asked about again; what is asked about is not asked twice.
    memset(&answer, 0, sizeof answer);
    cr_assert_eq(service_revalidation(fixture.service, now + 120000, 40, on_revalidated, &answer), 2);
    cr_expect_eq(service_revalidation(fixture.service, now + 120000, 40, NULL, NULL), 0);
    service_fixture_run_until(&fixture, is_revalidated, &answer);
    cr_expect_eq(answer.refused, 0);
    for (size_t i = 0; i < 3; i++) {
        const struct credential *one = service_fixture_credential(&fixture, box, i);
        bool deleted = strcmp(one->id, credentials[1].id) == 0;
        cr_expect_eq(one->verdict, deleted ? VERDICT_INVALID : VERDICT_VALID, "%s", one->id);
    }
    service_fixture_close(&fixture);
}

// What gets no answer is asked about again, but not in the others' place.
Test(service_validation, what_never_gets_an_answer_leaves_the_others_their_turn)
{
    enum { ALL = 8, ROUND = 4 };
    const char *const options[] = {"--dialect", "credential", "--fail", "validate:409", NULL};
    struct credential one;
    int asked[ALL] = {0};
    service_fixture_start(&fixture, options, DIALECT_CREDENTIAL, box);
    for (int i = 0; i < ALL; i++)
        service_fixture_made(&fixture, box, &one);
    for (int round = 0; round < ALL / ROUND; round++) {
        struct revalidated answer = {0};
        int64_t before = service_now(fixture.service) + 60000;
        cr_assert_eq(service_revalidation(fixture.service, before, ROUND, on_revalidated, &answer), ROUND);
        for (size_t i = 0; i < ALL; i++)
            asked[i] += service_fixture_credential(&fixture, box, i)->busy != NULL;
        service_fixture_run_until(&fixture, is_revalidated, &answer);
        cr_expect_neq(answer.why.status, STATUS_OK);
    }
    for (size_t i = 0; i < ALL; i++)
        cr_expect_eq(asked[i], 1, "number %zu was asked about %d times", i, asked[i]);
    service_fixture_close(&fixture);
}
