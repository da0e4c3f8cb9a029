// SPDX-License-Identifier: Apache-2.0
//
// state_labels: the two tables of labels. Calm by choice: what is as it should be is plain or green, only
// what wants something of the operator is yellow or red.

#include "views/labels/state_labels.h"

static const struct state_label sandbox_words[SANDBOX_STATE_COUNT] = {
    [SANDBOX_starting] = {GLYPH_MOVING, ROLE_ACCENT, "starting"},
    [SANDBOX_running] = {GLYPH_RUNNING, ROLE_OK, "running"},
    [SANDBOX_snapshotting] = {GLYPH_MOVING, ROLE_ACCENT, "snapshotting"},
    [SANDBOX_paused] = {GLYPH_PAUSED, ROLE_DIM, "paused"},
    [SANDBOX_unpausing] = {GLYPH_MOVING, ROLE_ACCENT, "unpausing"},
    [SANDBOX_stopping] = {GLYPH_MOVING, ROLE_ACCENT, "stopping"},
    [SANDBOX_stopped] = {GLYPH_STOPPED, ROLE_DIM, "stopped"},
    [SANDBOX_deleting] = {GLYPH_MOVING, ROLE_WARN, "deleting"},
    [SANDBOX_deleted] = {GLYPH_CROSS, ROLE_DIM, "deleted"},
    [SANDBOX_other] = {GLYPH_UNKNOWN, ROLE_WARN, "unknown"},
};

static const struct {
    struct state_label word;
    enum gauge_stage stage;
} credential_words[CREDENTIAL_STATE_COUNT] = {
    [CREDENTIAL_none] = {{GLYPH_NO_CREDENTIAL, ROLE_DIM, "none"}, GAUGE_OK},
    [CREDENTIAL_unverified] = {{GLYPH_MOVING, ROLE_DIM, "unverified"}, GAUGE_OK},
    [CREDENTIAL_valid] = {{GLYPH_VALID, ROLE_OK, "valid"}, GAUGE_OK},
    [CREDENTIAL_expiring] = {{GLYPH_EXPIRING, ROLE_WARN, "expiring"}, GAUGE_WARN},
    [CREDENTIAL_critical] = {{GLYPH_WARNING, ROLE_BAD, "critical"}, GAUGE_BAD},
    [CREDENTIAL_expired] = {{GLYPH_EXPIRED, ROLE_BAD, "expired"}, GAUGE_OVER},
    [CREDENTIAL_invalid] = {{GLYPH_CROSS, ROLE_BAD, "invalid"}, GAUGE_BAD},
    [CREDENTIAL_revoked] = {{GLYPH_CROSS, ROLE_DIM, "revoked"}, GAUGE_BAD},
    [CREDENTIAL_unknown] = {{GLYPH_UNKNOWN, ROLE_WARN, "unknown"}, GAUGE_WARN},
};

struct state_label state_label_sandbox(enum sandbox_state state, const char *name)
{
    size_t index = (size_t)state < SANDBOX_STATE_COUNT ? (size_t)state : (size_t)SANDBOX_other;
    struct state_label word = sandbox_words[index];
    if (index == (size_t)SANDBOX_other && name != NULL && name[0] != '\0')
        word.text = name;
    return word;
}

struct state_label state_label_credential(enum credential_state state)
{
    size_t index = (size_t)state < CREDENTIAL_STATE_COUNT ? (size_t)state : (size_t)CREDENTIAL_unknown;
    return credential_words[index].word;
}

enum gauge_stage state_label_stage(enum credential_state state)
{
    size_t index = (size_t)state < CREDENTIAL_STATE_COUNT ? (size_t)state : (size_t)CREDENTIAL_unknown;
    return credential_words[index].stage;
}

enum theme_role state_label_role(enum credential_state state)
{
    enum theme_role role = state_label_credential(state).role;
    return role == ROLE_OK ? ROLE_TEXT : role;
}

enum glyph state_label_clock(enum deadline_clock clock)
{
    return clock == DEADLINE_SANDBOX ? GLYPH_MARK : GLYPH_NONE;
}
