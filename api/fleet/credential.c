// SPDX-License-Identifier: Apache-2.0
//
// credential: Derives a credential's state from the server's clock, by the thresholds that alerts, colours
// and scripts share: a third of the lifetime left is expiring, a tenth or two minutes critical, unless the
// settings say otherwise; and critical is never more than the last third of a life.

#include "api/fleet/credential.h"

#include <stdio.h>
#include <string.h>

enum { CRITICAL_MOST = 3 }; // one in so many parts of a life

static const struct life_limit default_expiring = {.part = 1, .of = 3};
static const struct life_limit default_critical = {.part = 10, .of = 100, .ms = INT64_C(2) * 60 * 1000};
static struct life_limit expiring = {.part = 1, .of = 3};
static struct life_limit critical = {.part = 10, .of = 100, .ms = INT64_C(2) * 60 * 1000};

void credential_of_access(const struct access *access, int64_t vault_row, struct credential *out)
{
    memset(out, 0, sizeof *out);
    (void)snprintf(out->id, sizeof out->id, "%s", access->id);
    (void)snprintf(out->sandbox_id, sizeof out->sandbox_id, "%s", access->sandbox_id);
    (void)snprintf(out->ssh_command, sizeof out->ssh_command, "%s", access->ssh_command);
    (void)snprintf(out->host, sizeof out->host, "%s", access->host);
    (void)snprintf(out->username, sizeof out->username, "%s", access->username);
    out->port = access->port;
    out->unparsed = access->unparsed;
    out->verdict = VERDICT_VALID;
    out->has_password = access->password != NULL;
    out->expires_at = access->expires_at;
    out->created_at = access->created_at;
    out->updated_at = access->updated_at > 0 ? access->updated_at : access->created_at;
    out->validated_at = out->updated_at;
    out->vault_row = vault_row;
}

const char *credential_state_name(enum credential_state state)
{
    static const char *const names[] = {
#define X(name) #name,
        CREDENTIAL_STATE_TABLE(X)
#undef X
    };
    return (size_t)state < CREDENTIAL_STATE_COUNT ? names[state] : "unknown";
}

int64_t credential_life(const struct credential *credential)
{
    int64_t from = credential->updated_at > 0 ? credential->updated_at : credential->created_at;
    int64_t span = credential->expires_at - from;
    return from > 0 && span > 0 ? span : LIFE_UNKNOWN_MS;
}

static bool is_set(const struct life_limit *limit)
{
    return limit->of > 0 || limit->ms > 0;
}

bool life_limits_use(const struct life_limit *new_expiring, const struct life_limit *new_critical)
{
    struct life_limit before[] = {expiring, critical};
    expiring = is_set(new_expiring) ? *new_expiring : default_expiring;
    critical = is_set(new_critical) ? *new_critical : default_critical;
    return !life_limit_equal(&before[0], &expiring) || !life_limit_equal(&before[1], &critical);
}

const struct life_limit *life_limit_expiring(void)
{
    return &expiring;
}

const struct life_limit *life_limit_critical(void)
{
    return &critical;
}

bool life_limits_are_default(void)
{
    return life_limit_equal(&expiring, &default_expiring) && life_limit_equal(&critical, &default_critical);
}

// How much is left when it becomes critical. A short life isn't born critical.
static int64_t critical_at(int64_t life_ms)
{
    int64_t life = life_ms > 0 ? life_ms : LIFE_UNKNOWN_MS;
    int64_t left = life_limit_left(&critical, life), most = life / CRITICAL_MOST;
    return left < most ? left : most;
}

static int64_t expiring_at(int64_t life_ms)
{
    return life_limit_left(&expiring, life_ms > 0 ? life_ms : LIFE_UNKNOWN_MS);
}

enum credential_state life_state(int64_t left_ms, int64_t life_ms)
{
    if (left_ms <= 0)
        return CREDENTIAL_expired;
    if (left_ms <= critical_at(life_ms))
        return CREDENTIAL_critical;
    return left_ms <= expiring_at(life_ms) ? CREDENTIAL_expiring : CREDENTIAL_valid;
}

int64_t life_next_change(int64_t ends_at, int64_t life_ms, int64_t server_now_ms)
{
    int64_t last = critical_at(life_ms), before = expiring_at(life_ms);
    switch (life_state(ends_at - server_now_ms, life_ms)) {
    case CREDENTIAL_valid: // a short life has no expiring in it
        return ends_at - (before > last ? before : last);
    case CREDENTIAL_expiring:
        return ends_at - last;
    case CREDENTIAL_critical:
        return ends_at;
    default:
        return 0;
    }
}

bool credential_is_past_end(const struct credential *credential, int64_t server_now_ms)
{
    return credential != NULL && !credential->sandbox_gone && credential->expires_at > 0 &&
           credential->expires_at <= server_now_ms && credential->verdict == VERDICT_VALID &&
           credential->validated_at >= credential->expires_at;
}

enum credential_state credential_state(const struct credential *credential, int64_t server_now_ms)
{
    if (credential == NULL)
        return CREDENTIAL_none;
    if (credential->verdict == VERDICT_REVOKED)
        return CREDENTIAL_revoked;
    if (credential->sandbox_gone) // whatever was said of it before: nobody signs in there
        return CREDENTIAL_invalid;
    if (credential->verdict == VERDICT_UNKNOWN)
        return CREDENTIAL_unknown;
    if (credential->expires_at > 0 && credential->expires_at <= server_now_ms)
        return credential_is_past_end(credential, server_now_ms) ? CREDENTIAL_valid : CREDENTIAL_expired;
    if (credential->verdict == VERDICT_INVALID)
        return CREDENTIAL_invalid;
    if (credential->verdict == VERDICT_UNVERIFIED)
        return CREDENTIAL_unverified;
    if (credential->expires_at <= 0)
        return CREDENTIAL_valid;
    return life_state(credential->expires_at - server_now_ms, credential_life(credential));
}

int64_t credential_remaining(const struct credential *credential, int64_t server_now_ms)
{
    int64_t left = credential->expires_at - server_now_ms;
    return credential->expires_at > 0 && left > 0 && !credential->sandbox_gone ? left : 0;
}

bool credential_is_near_end(const struct credential *credential, int64_t server_now_ms)
{
    return credential->expires_at > 0 && !credential->sandbox_gone &&
           life_state(credential->expires_at - server_now_ms, credential_life(credential)) !=
               CREDENTIAL_valid;
}

double credential_fraction_left(const struct credential *credential, int64_t server_now_ms)
{
    double fraction =
        (double)credential_remaining(credential, server_now_ms) / (double)credential_life(credential);
    return fraction > 1 ? 1 : fraction;
}

bool credential_is_usable(const struct credential *credential, int64_t server_now_ms)
{
    enum credential_state state = credential_state(credential, server_now_ms);
    return state >= CREDENTIAL_unverified && state <= CREDENTIAL_critical && credential->has_password &&
           !credential->sealed_elsewhere && !credential->damaged;
}

int64_t credential_next_change(const struct credential *credential, int64_t server_now_ms)
{
    enum credential_state state = credential_state(credential, server_now_ms);
    if (credential == NULL || credential->expires_at <= 0 || credential->sandbox_gone)
        return 0;
    switch (state) {
    case CREDENTIAL_valid:
    case CREDENTIAL_expiring:
    case CREDENTIAL_critical:
        return life_next_change(credential->expires_at, credential_life(credential), server_now_ms);
    case CREDENTIAL_unverified:
    case CREDENTIAL_invalid:
        return credential->expires_at;
    case CREDENTIAL_none:
    case CREDENTIAL_expired:
    case CREDENTIAL_revoked:
    case CREDENTIAL_unknown:
    case CREDENTIAL_STATE_COUNT:
        return 0;
    }
    return 0;
}
