// SPDX-License-Identifier: Apache-2.0
//
// forward_plan: The decisions of connecting a forward, as tables, so that each state has an answer.

#include "api/forward/forward_plan.h"

static const enum forward_step by_state[SANDBOX_STATE_COUNT] = {
    [SANDBOX_starting] = FORWARD_STEP_MOVES,     [SANDBOX_running] = FORWARD_STEP_GO,
    [SANDBOX_snapshotting] = FORWARD_STEP_MOVES, [SANDBOX_paused] = FORWARD_STEP_RESTS,
    [SANDBOX_unpausing] = FORWARD_STEP_MOVES,    [SANDBOX_stopping] = FORWARD_STEP_RESTS,
    [SANDBOX_stopped] = FORWARD_STEP_RESTS,      [SANDBOX_deleting] = FORWARD_STEP_GONE,
    [SANDBOX_deleted] = FORWARD_STEP_GONE,       [SANDBOX_other] = FORWARD_STEP_GO,
};

enum forward_step forward_plan_sandbox(const struct fleet_row *row, bool again, bool may_wake)
{
    if (row == NULL || row->gone)
        return FORWARD_STEP_GONE;
    size_t state = (size_t)row->sandbox.state;
    enum forward_step step = state < SANDBOX_STATE_COUNT ? by_state[state] : FORWARD_STEP_GO;
    bool may_run_soon = row->sandbox.state == SANDBOX_paused || row->sandbox.state == SANDBOX_unpausing ||
                        row->sandbox.state == SANDBOX_starting;
    return may_run_soon && may_wake && !again ? FORWARD_STEP_WAKE : step;
}

// One that ended before its time was ended by somebody: deleted, or replaced elsewhere.
static const bool may_replace[CREDENTIAL_STATE_COUNT] = {[CREDENTIAL_expired] = true};

bool forward_plan_may_make(const struct credential *credential, int64_t server_now_ms)
{
    size_t state = (size_t)credential_state(credential, server_now_ms);
    return state < CREDENTIAL_STATE_COUNT && may_replace[state] && credential->id[0] != '\0';
}
