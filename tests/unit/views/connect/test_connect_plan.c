// SPDX-License-Identifier: Apache-2.0
//
// What Enter leads to, for every state of a sandbox and of a credential.

#include "views/connect/connect_plan.h"

#include <criterion/criterion.h>

static enum connect_step sandbox_step(enum sandbox_state state)
{
    return connect_plan_sandbox(&(struct connect_sandbox_facts){.state = state});
}

Test(connect_plan, each_state_of_a_sandbox_has_its_step)
{
    cr_expect_eq(sandbox_step(SANDBOX_running), CONNECT_GO);
    cr_expect_eq(sandbox_step(SANDBOX_stopped), CONNECT_ASK_START);
    cr_expect_eq(sandbox_step(SANDBOX_paused), CONNECT_ASK_WAKE);
    cr_expect_eq(sandbox_step(SANDBOX_starting), CONNECT_WAIT);
    cr_expect_eq(sandbox_step(SANDBOX_unpausing), CONNECT_WAIT);
    cr_expect_eq(sandbox_step(SANDBOX_stopping), CONNECT_WAIT);
    cr_expect_eq(sandbox_step(SANDBOX_snapshotting), CONNECT_WAIT);
    cr_expect_eq(sandbox_step(SANDBOX_deleting), CONNECT_SAY_GONE);
    cr_expect_eq(sandbox_step(SANDBOX_deleted), CONNECT_SAY_GONE);
    cr_expect_eq(sandbox_step(SANDBOX_other), CONNECT_ASK_STATE);
    cr_expect_eq(sandbox_step((enum sandbox_state)99), CONNECT_ASK_STATE);
}

Test(connect_plan, what_was_agreed_is_not_asked_again)
{
    struct connect_sandbox_facts facts = {.state = SANDBOX_paused, .agreed = true};
    cr_expect_eq(connect_plan_sandbox(&facts), CONNECT_GO);
    facts.state = SANDBOX_other;
    cr_expect_eq(connect_plan_sandbox(&facts), CONNECT_GO);
    facts.state = SANDBOX_stopped; // to wake is not to start
    cr_expect_eq(connect_plan_sandbox(&facts), CONNECT_ASK_START);
    facts.starting = true;
    cr_expect_eq(connect_plan_sandbox(&facts), CONNECT_WAIT);
}

Test(connect_plan, gone_goes_before_all_and_busy_waits)
{
    for (int state = 0; state < SANDBOX_STATE_COUNT; state++) {
        struct connect_sandbox_facts facts = {
            .state = (enum sandbox_state)state, .gone = true, .agreed = true, .busy = true};
        cr_expect_eq(connect_plan_sandbox(&facts), CONNECT_SAY_GONE, "state %d", state);
        facts.gone = false;
        cr_expect_eq(connect_plan_sandbox(&facts), CONNECT_WAIT, "state %d", state);
    }
}

Test(connect_plan, a_usable_credential_is_used)
{
    for (int state = CREDENTIAL_unverified; state <= CREDENTIAL_critical; state++) {
        struct connect_credential_facts facts = {
            .state = (enum credential_state)state, .usable = true, .in_use = true};
        cr_expect_eq(connect_plan_credential(&facts), CONNECT_USE, "%d", state);
        facts.usable = false;
        cr_expect_eq(connect_plan_credential(&facts), CONNECT_ASK_NO_PASSWORD, "%d", state);
        facts.busy = true;
        cr_expect_eq(connect_plan_credential(&facts), CONNECT_WAIT, "%d", state);
    }
}

Test(connect_plan, others_are_made_replaced_or_asked_about)
{
    static const struct {
        enum credential_state state;
        bool in_use;
        enum connect_step step;
    } cases[] = {
        {CREDENTIAL_none, false, CONNECT_CREATE},
        {CREDENTIAL_revoked, false, CONNECT_CREATE},
        {CREDENTIAL_expired, false, CONNECT_REGENERATE},
        {CREDENTIAL_expired, true, CONNECT_ASK_REGENERATE},
        {CREDENTIAL_invalid, false, CONNECT_REGENERATE},
        {CREDENTIAL_invalid, true, CONNECT_ASK_REGENERATE},
        {CREDENTIAL_unknown, false, CONNECT_ASK_UNKNOWN},
        {CREDENTIAL_unknown, true, CONNECT_ASK_UNKNOWN},
        {(enum credential_state)99, false, CONNECT_ASK_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct connect_credential_facts facts = {.state = cases[i].state, .in_use = cases[i].in_use};
        cr_expect_eq(connect_plan_credential(&facts), cases[i].step, "case %zu", i);
    }
}

// Our clock says that it has ended: the server is asked before it is replaced.
Test(connect_plan, what_has_ended_by_a_clock_is_asked_about_first)
{
    for (int state = 0; state < CREDENTIAL_STATE_COUNT; state++) {
        struct connect_credential_facts facts = {.state = (enum credential_state)state, .askable = true};
        cr_expect_eq(connect_plan_credential(&facts) == CONNECT_VALIDATE, state == CREDENTIAL_expired, "%d",
                     state);
        facts.in_use = true;
        cr_expect_eq(connect_plan_credential(&facts) == CONNECT_VALIDATE, state == CREDENTIAL_expired, "%d",
                     state);
    }
}

// Nothing that cuts an open session off is ever done without a question.
Test(connect_plan, an_open_session_is_never_cut_off_unasked)
{
    for (int state = 0; state < CREDENTIAL_STATE_COUNT; state++) {
        struct connect_credential_facts facts = {.state = (enum credential_state)state, .in_use = true};
        cr_expect_neq(connect_plan_credential(&facts), CONNECT_REGENERATE, "%d", state);
    }
}
