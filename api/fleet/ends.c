// SPDX-License-Identifier: Apache-2.0
//
// ends: owns which clock ends first, and the life of a sandbox that a share is taken of.

#include "api/fleet/ends.h"

const char *end_clock_name(enum end_clock clock)
{
    static const char *const names[END_CLOCK_COUNT] = {
        [END_NONE] = "", [END_CREDENTIAL] = "credential", [END_SANDBOX] = "sandbox"};
    return (size_t)clock < END_CLOCK_COUNT ? names[clock] : "";
}

bool ends_is_open(const struct ends_scope *scope, const struct fleet_row *row)
{
    return scope != NULL && scope->is_open != NULL && scope->is_open(scope->ctx, row);
}

int64_t ends_timeout(const struct fleet_row *row)
{
    const struct sandbox *sandbox = &row->sandbox;
    bool runs = sandbox->state == SANDBOX_running || sandbox->state == SANDBOX_starting;
    return row->gone || !runs ? 0 : sandbox->timeout_at;
}

// From its last start; 0 when nobody told.
static int64_t sandbox_life(const struct sandbox *sandbox)
{
    const int64_t starts[] = {sandbox->created_at, sandbox->launch_time, sandbox->state_change_time};
    int64_t from = 0;
    if (sandbox->timeout_s > 0)
        return sandbox->timeout_s * 1000;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (starts[i] > from && starts[i] < sandbox->timeout_at)
            from = starts[i];
    return from > 0 ? sandbox->timeout_at - from : 0;
}

enum credential_state ends_timeout_state(const struct fleet_row *row, int64_t server_now_ms)
{
    int64_t at = ends_timeout(row);
    return at > 0 ? life_state(at - server_now_ms, sandbox_life(&row->sandbox)) : CREDENTIAL_none;
}

int64_t ends_timeout_next(const struct fleet_row *row, int64_t server_now_ms)
{
    int64_t at = ends_timeout(row);
    return at > 0 ? life_next_change(at, sandbox_life(&row->sandbox), server_now_ms) : 0;
}

static bool still_runs(const struct credential *credential, int64_t now)
{
    enum credential_state state = credential_state(credential, now);
    return state >= CREDENTIAL_unverified && state <= CREDENTIAL_critical;
}

struct row_end ends_of(const struct fleet_row *row, const struct credential *credential,
                       int64_t server_now_ms, const struct ends_scope *scope)
{
    struct row_end end = {.clock = END_NONE};
    bool runs = credential != NULL && still_runs(credential, server_now_ms);
    int64_t timeout = ends_timeout(row);
    if (runs && credential->expires_at > server_now_ms)
        end = (struct row_end){.clock = END_CREDENTIAL,
                               .at = credential->expires_at,
                               .life_ms = credential_life(credential),
                               .state = credential_state(credential, server_now_ms)};
    if (timeout <= server_now_ms || (end.clock != END_NONE && timeout >= end.at))
        return end;
    if (runs || ends_is_open(scope, row))
        end = (struct row_end){.clock = END_SANDBOX,
                               .at = timeout,
                               .life_ms = sandbox_life(&row->sandbox),
                               .state = ends_timeout_state(row, server_now_ms)};
    return end;
}

struct row_end ends_of_row(const struct fleet_row *row, int64_t server_now_ms, const struct ends_scope *scope)
{
    return ends_of(row, fleet_row_best(row, server_now_ms), server_now_ms, scope);
}

struct row_end ends_soonest(const struct fleet *fleet, int64_t server_now_ms, const struct ends_scope *scope,
                            const struct fleet_row **row)
{
    struct row_end soonest = {.clock = END_NONE};
    *row = NULL;
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *one = fleet_row(fleet, i);
        for (size_t c = 0; c == 0 || c < one->credential_count; c++) {
            const struct credential *credential = one->credential_count > 0 ? &one->credentials[c] : NULL;
            const struct row_end end = ends_of(one, credential, server_now_ms, scope);
            if (end.clock == END_NONE || (soonest.clock != END_NONE && end.at >= soonest.at))
                continue;
            soonest = end;
            *row = one;
        }
    }
    return soonest;
}

double ends_fraction(const struct row_end *end, int64_t server_now_ms)
{
    double life = end->life_ms > 0 ? (double)end->life_ms : (double)LIFE_UNKNOWN_MS;
    double fraction = (double)(end->at - server_now_ms) / life;
    return fraction > 1 ? 1 : fraction < 0 ? 0 : fraction;
}
