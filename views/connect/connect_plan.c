// SPDX-License-Identifier: Apache-2.0
//
// connect_plan: The decisions of connecting as two tables, so that each state has an answer, and nothing that
// disconnects somebody, costs or destroys is done without a question.

#include "views/connect/connect_plan.h"

#include <stddef.h>

static const enum connect_step by_sandbox[SANDBOX_STATE_COUNT] = {
    [SANDBOX_starting] = CONNECT_WAIT,     [SANDBOX_running] = CONNECT_GO,
    [SANDBOX_snapshotting] = CONNECT_WAIT, [SANDBOX_paused] = CONNECT_ASK_WAKE,
    [SANDBOX_unpausing] = CONNECT_WAIT,    [SANDBOX_stopping] = CONNECT_WAIT,
    [SANDBOX_stopped] = CONNECT_ASK_START, [SANDBOX_deleting] = CONNECT_SAY_GONE,
    [SANDBOX_deleted] = CONNECT_SAY_GONE,  [SANDBOX_other] = CONNECT_ASK_STATE,
};

enum connect_step connect_plan_sandbox(const struct connect_sandbox_facts *facts)
{
    size_t index = (size_t)facts->state < SANDBOX_STATE_COUNT ? (size_t)facts->state : (size_t)SANDBOX_other;
    enum connect_step step = by_sandbox[index];
    if (facts->gone)
        return CONNECT_SAY_GONE;
    if (facts->busy || ((step == CONNECT_ASK_START || step == CONNECT_ASK_WAKE) && facts->starting))
        return CONNECT_WAIT;
    if (facts->agreed && (step == CONNECT_ASK_WAKE || step == CONNECT_ASK_STATE))
        return CONNECT_GO;
    return step;
}

bool connect_step_changes(enum connect_step step)
{
    static const bool changes[] = {
        [CONNECT_ASK_START] = true,   [CONNECT_ASK_WAKE] = true,       [CONNECT_ASK_STATE] = true,
        [CONNECT_CREATE] = true,      [CONNECT_REGENERATE] = true,     [CONNECT_ASK_REGENERATE] = true,
        [CONNECT_ASK_UNKNOWN] = true, [CONNECT_ASK_NO_PASSWORD] = true};
    return (size_t)step < sizeof changes && changes[step];
}

// What is done with one that can be signed in with is the same for all: see below.
static const enum connect_step by_credential[CREDENTIAL_STATE_COUNT] = {
    [CREDENTIAL_none] = CONNECT_CREATE,
    [CREDENTIAL_unverified] = CONNECT_ASK_NO_PASSWORD,
    [CREDENTIAL_valid] = CONNECT_ASK_NO_PASSWORD,
    [CREDENTIAL_expiring] = CONNECT_ASK_NO_PASSWORD,
    [CREDENTIAL_critical] = CONNECT_ASK_NO_PASSWORD,
    [CREDENTIAL_expired] = CONNECT_REGENERATE,
    [CREDENTIAL_invalid] = CONNECT_REGENERATE,
    [CREDENTIAL_revoked] = CONNECT_CREATE, // deleted: there is nothing left to regenerate
    [CREDENTIAL_unknown] = CONNECT_ASK_UNKNOWN,
};

enum connect_step connect_plan_credential(const struct connect_credential_facts *facts)
{
    size_t index =
        (size_t)facts->state < CREDENTIAL_STATE_COUNT ? (size_t)facts->state : (size_t)CREDENTIAL_unknown;
    enum connect_step step = by_credential[index];
    if (facts->busy)
        return CONNECT_WAIT;
    if (step == CONNECT_ASK_NO_PASSWORD && facts->usable)
        return CONNECT_USE;
    if (facts->state == CREDENTIAL_expired && facts->askable)
        return CONNECT_VALIDATE; // what works is not replaced for the sake of a clock
    if (step == CONNECT_REGENERATE && facts->in_use)
        return CONNECT_ASK_REGENERATE;
    return step;
}
