// SPDX-License-Identifier: Apache-2.0
//
// deadline: which of two clocks ends first, and whose concern it is.

#include "api/fleet/deadline.h"
#include "api/leap0/leap0.h"
#include "tests/unit/api/expiry/lifetime_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct credential credential;
static struct fleet_row row;

// A running sandbox that times out after so long, started at BORN, with a credential of an hour.
static void make(int64_t timeout)
{
    row = (struct fleet_row){.sandbox = {.id = "sbx-1",
                                         .state = SANDBOX_running,
                                         .launch_time = BORN,
                                         .timeout_at = timeout > 0 ? BORN + timeout : 0},
                             .credentials = &credential,
                             .credential_count = 1};
    credential = (struct credential){.id = "ssh-1",
                                     .sandbox_id = "sbx-1",
                                     .verdict = VERDICT_VALID,
                                     .has_password = true,
                                     .created_at = BORN,
                                     .expires_at = BORN + HOUR};
}

static bool always(void *ctx, const struct fleet_row *of)
{
    (void)ctx;
    (void)of;
    return true;
}

static const struct deadline_scope open_here = {.is_open = always};

static void expect(int64_t at, enum deadline_clock clock, int64_t ends_at, const struct deadline_scope *scope)
{
    const struct deadline end = deadline_of_row(&row, BORN + at, scope);
    cr_expect_eq(end.clock, clock, "at %lld: %s", (long long)at, deadline_clock_name(end.clock));
    cr_expect_eq(end.at, clock == DEADLINE_NONE ? 0 : BORN + ends_at);
}

Test(deadline, the_earlier_clock_counts)
{
    make(2 * HOUR);
    expect(0, DEADLINE_CREDENTIAL, HOUR, NULL);
    make(HOUR);
    expect(0, DEADLINE_CREDENTIAL, HOUR, NULL);
    make(30 * MINUTE);
    expect(0, DEADLINE_SANDBOX, 30 * MINUTE, NULL);
    make(0);
    expect(0, DEADLINE_CREDENTIAL, HOUR, NULL);
    make(2 * HOUR);
    credential.expires_at = 0;
    expect(0, DEADLINE_SANDBOX, 2 * HOUR, NULL);
}

Test(deadline, a_time_out_runs_only_while_the_sandbox_does)
{
    static const struct {
        enum sandbox_state state;
        bool runs;
    } cases[] = {{SANDBOX_starting, true},   {SANDBOX_running, true},  {SANDBOX_snapshotting, false},
                 {SANDBOX_paused, false},    {SANDBOX_stopped, false}, {SANDBOX_stopping, false},
                 {SANDBOX_unpausing, false}, {SANDBOX_other, false},   {SANDBOX_deleted, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make(MINUTE);
        row.sandbox.state = cases[i].state;
        cr_expect_eq(deadline_timeout(&row) > 0, cases[i].runs, "%d", (int)cases[i].state);
        expect(0, cases[i].runs ? DEADLINE_SANDBOX : DEADLINE_CREDENTIAL, cases[i].runs ? MINUTE : HOUR,
               NULL);
    }
    make(MINUTE);
    row.gone = true;
    cr_expect_eq(deadline_timeout(&row), 0);
}

Test(deadline, a_sandbox_concerns_who_has_a_credential_or_a_session)
{
    make(2 * HOUR);
    row.credential_count = 0;
    expect(0, DEADLINE_NONE, 0, NULL);
    expect(0, DEADLINE_SANDBOX, 2 * HOUR, &open_here);
    make(2 * HOUR); // a session outlives its credential
    credential.verdict = VERDICT_REVOKED;
    expect(0, DEADLINE_NONE, 0, NULL);
    expect(0, DEADLINE_SANDBOX, 2 * HOUR, &open_here);
    make(2 * HOUR);
    expect(61 * MINUTE, DEADLINE_NONE, 0, NULL);
    expect(61 * MINUTE, DEADLINE_SANDBOX, 2 * HOUR, &open_here);
}

// The server still says that it runs, or that it is valid: there is nothing to count down to.
Test(deadline, what_has_passed_does_not_count)
{
    make(10 * MINUTE);
    expect(10 * MINUTE, DEADLINE_CREDENTIAL, HOUR, NULL);
    cr_expect_eq(deadline_timeout_state(&row, BORN + 10 * MINUTE), CREDENTIAL_expired);
    make(2 * HOUR);
    credential.validated_at = BORN + 70 * MINUTE;
    expect(71 * MINUTE, DEADLINE_SANDBOX, 2 * HOUR, NULL);
    make(0);
    credential.validated_at = BORN + 70 * MINUTE;
    expect(71 * MINUTE, DEADLINE_NONE, 0, NULL);
}

Test(deadline, a_time_out_is_near_by_the_rules_for_a_credential)
{
    static const struct {
        int64_t at;
        enum credential_state state;
    } cases[] = {{0, CREDENTIAL_valid},
                 {40 * MINUTE, CREDENTIAL_expiring},
                 {54 * MINUTE, CREDENTIAL_critical},
                 {60 * MINUTE, CREDENTIAL_expired}};
    make(HOUR);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(deadline_timeout_state(&row, BORN + cases[i].at), cases[i].state, "%zu", i);
        cr_expect_eq(deadline_timeout_next(&row, BORN + cases[i].at),
                     i + 1 < sizeof cases / sizeof cases[0] ? BORN + cases[i + 1].at : 0);
    }
    const struct deadline end = deadline_of_row(&row, BORN + 45 * MINUTE, NULL);
    cr_expect_float_eq(deadline_fraction(&end, BORN + 45 * MINUTE), 0.25, 0.001);
    row.sandbox.timeout_s = 8 * 3600; // told by the sandbox itself: that counts
    cr_expect_eq(deadline_timeout_state(&row, BORN), CREDENTIAL_expiring);
    row.sandbox.state = SANDBOX_stopped;
    cr_expect_eq(deadline_timeout_state(&row, BORN), CREDENTIAL_none);
}

// The second one only, told twice, between ids that are not there.
static const char *second_open(void *ctx, size_t index)
{
    static const char *const ids[] = {"sbx-9", "sbx-2", "sbx-2", ""};
    (void)ctx;
    return index < sizeof ids / sizeof ids[0] ? ids[index] : NULL;
}

Test(deadline, the_soonest_of_a_fleet_is_of_either_clock)
{
    struct fleet *fleet = fleet_new();
    const struct fleet_row *whose = NULL;
    struct sandbox boxes[] = {{.id = "sbx-1", .state = SANDBOX_running, .timeout_at = BORN + 50 * MINUTE},
                              {.id = "sbx-2", .state = SANDBOX_running, .timeout_at = BORN + 10 * MINUTE},
                              {.id = "sbx-3", .state = SANDBOX_running}};
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = 3}, 0),
                 STATUS_OK);
    cr_expect_eq(deadline_soonest(fleet, BORN, NULL, &whose).clock, DEADLINE_NONE);
    cr_expect_null(whose);
    life_put(fleet, 1, BORN, HOUR, VERDICT_VALID);
    cr_expect_eq(deadline_soonest(fleet, BORN, NULL, &whose).clock, DEADLINE_SANDBOX);
    cr_expect_str_eq(whose->sandbox.id, "sbx-1");
    life_put(fleet, 4, BORN, 10 * MINUTE, VERDICT_VALID); // its sandbox is gone: it ends nothing
    cr_expect_eq(deadline_soonest(fleet, BORN, NULL, &whose).clock, DEADLINE_SANDBOX);
    cr_expect_str_eq(whose->sandbox.id, "sbx-1");
    fleet_drop_credential(fleet, 4);
    life_put(fleet, 3, BORN, 20 * MINUTE, VERDICT_VALID);
    cr_expect_eq(deadline_soonest(fleet, BORN, NULL, &whose).clock, DEADLINE_CREDENTIAL);
    cr_expect_str_eq(whose->sandbox.id, "sbx-3");
    cr_expect_eq(deadline_soonest(fleet, BORN, &open_here, &whose).at, BORN + 10 * MINUTE);
    cr_expect_str_eq(whose->sandbox.id, "sbx-2");
    const struct deadline_scope told = {.is_open = always, .open_at = second_open};
    whose = NULL;
    cr_expect_eq(deadline_soonest(fleet, BORN, &told, &whose).at, BORN + 10 * MINUTE);
    cr_expect_str_eq(whose->sandbox.id, "sbx-2");
    size_t at = 0, count = 0;
    while (deadline_next_row(fleet, &told, &at) != NULL)
        count++;
    cr_expect_eq(count, 3, "two with a credential, and the open one once");
    life_put(fleet, 2, BORN, HOUR, VERDICT_VALID);
    for (at = count = 0; deadline_next_row(fleet, &told, &at) != NULL;)
        count++;
    cr_expect_eq(count, 3, "the open one has a credential");
    for (at = count = 0; deadline_next_row(fleet, NULL, &at) != NULL;)
        count++;
    cr_expect_eq(count, 3);
    fleet_free(fleet);
}
