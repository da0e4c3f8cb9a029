// SPDX-License-Identifier: Apache-2.0
//
// forward_plan and the waits between two tries: a forward that connects again undoes nothing, and many do not
// come back together.

#include "api/forward/forward.h"
#include "api/forward/forward_plan.h"

#include <criterion/criterion.h>

static enum forward_step step(enum sandbox_state state, bool again, bool may_wake)
{
    const struct fleet_row row = {.sandbox = {.state = state}};
    return forward_plan_sandbox(&row, again, may_wake);
}

Test(forward_plan, only_a_person_wakes_and_nobody_starts)
{
    for (int i = 0; i < SANDBOX_STATE_COUNT; i++) {
        enum sandbox_state state = (enum sandbox_state)i;
        cr_expect_neq(step(state, true, true), FORWARD_STEP_WAKE, "%d", i);
        cr_expect_neq(step(state, false, false), FORWARD_STEP_WAKE, "%d", i);
        bool soon = state == SANDBOX_paused || state == SANDBOX_unpausing || state == SANDBOX_starting;
        cr_expect_eq(step(state, false, true) == FORWARD_STEP_WAKE, soon, "%d", i);
    }
    cr_expect_eq(step(SANDBOX_running, true, false), FORWARD_STEP_GO);
    cr_expect_eq(step(SANDBOX_other, true, false), FORWARD_STEP_GO);
    cr_expect_eq(step(SANDBOX_stopped, false, true), FORWARD_STEP_RESTS);
    cr_expect_eq(step(SANDBOX_paused, true, true), FORWARD_STEP_RESTS);
    cr_expect_eq(step(SANDBOX_starting, true, true), FORWARD_STEP_MOVES);
    cr_expect_eq(step(SANDBOX_deleted, false, true), FORWARD_STEP_GONE);
}

Test(forward_plan, one_that_is_gone_is_gone_whatever_its_state)
{
    const struct fleet_row gone = {.sandbox = {.state = SANDBOX_running}, .gone = true};
    cr_expect_eq(forward_plan_sandbox(&gone, false, true), FORWARD_STEP_GONE);
    cr_expect_eq(forward_plan_sandbox(NULL, false, true), FORWARD_STEP_GONE);
}

// In the place of one that has run out, and of no other: who revoked it may have had a reason.
Test(forward_plan, a_credential_is_made_only_where_one_has_expired)
{
    struct credential credential = {.id = "ssh-1", .verdict = VERDICT_VALID, .expires_at = 1000};
    cr_expect(forward_plan_may_make(&credential, 2000));
    cr_expect_not(forward_plan_may_make(&credential, 500));
    credential.verdict = VERDICT_INVALID;
    cr_expect_not(forward_plan_may_make(&credential, 500));
    credential.verdict = VERDICT_REVOKED;
    cr_expect_not(forward_plan_may_make(&credential, 2000));
    credential.verdict = VERDICT_UNKNOWN;
    cr_expect_not(forward_plan_may_make(&credential, 2000));
    credential = (struct credential){.verdict = VERDICT_VALID, .expires_at = 1000};
    cr_expect_not(forward_plan_may_make(&credential, 2000));
    cr_expect_not(forward_plan_may_make(NULL, 2000));
}

Test(forward_plan, waits_grow_to_half_a_minute_and_are_spread)
{
    int64_t before = 0;
    for (int tries = 0; tries < 40; tries++) {
        int64_t least = forward_backoff_ms(tries, 0), most = forward_backoff_ms(tries, 1);
        cr_expect_geq(least, before);
        cr_expect_gt(most, least);
        cr_expect_leq(most, 30000 * 5 / 4);
        cr_expect_geq(least, 750);
        before = least;
    }
    cr_expect_eq(forward_backoff_ms(39, 0.5), 30000);
}
