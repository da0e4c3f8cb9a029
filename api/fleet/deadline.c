// SPDX-License-Identifier: Apache-2.0
//
// deadline: Compare a credential's expiry with the sandbox's time-out, and work out the lifetime that each
// is a share of.

#include "api/fleet/deadline.h"

#include <string.h>

const char *deadline_clock_name(enum deadline_clock clock)
{
    static const char *const names[DEADLINE_CLOCK_COUNT] = {
        [DEADLINE_NONE] = "", [DEADLINE_CREDENTIAL] = "credential", [DEADLINE_SANDBOX] = "sandbox"};
    return (size_t)clock < DEADLINE_CLOCK_COUNT ? names[clock] : "";
}

bool deadline_is_open(const struct deadline_scope *scope, const struct fleet_row *row)
{
    return scope != NULL && scope->is_open != NULL && scope->is_open(scope->ctx, row);
}

int64_t deadline_timeout(const struct fleet_row *row)
{
    const struct fleet_sandbox *sandbox = &row->sandbox;
    bool runs = sandbox->state == SANDBOX_running || sandbox->state == SANDBOX_starting;
    return row->gone || !runs ? 0 : sandbox->timeout_at;
}

// From its last start; 0 when it is not known.
static int64_t sandbox_life(const struct fleet_sandbox *sandbox)
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

enum credential_state deadline_timeout_state(const struct fleet_row *row, int64_t server_now_ms)
{
    int64_t at = deadline_timeout(row);
    return at > 0 ? life_state(at - server_now_ms, sandbox_life(&row->sandbox)) : CREDENTIAL_none;
}

int64_t deadline_timeout_next(const struct fleet_row *row, int64_t server_now_ms)
{
    int64_t at = deadline_timeout(row);
    return at > 0 ? life_next_change(at, sandbox_life(&row->sandbox), server_now_ms) : 0;
}

static bool still_runs(const struct credential *credential, int64_t now)
{
    enum credential_state state = credential_state(credential, now);
    return state >= CREDENTIAL_unverified && state <= CREDENTIAL_critical;
}

struct deadline deadline_of(const struct fleet_row *row, const struct credential *credential,
                            int64_t server_now_ms, const struct deadline_scope *scope)
{
    struct deadline end = {.clock = DEADLINE_NONE};
    bool runs = credential != NULL && still_runs(credential, server_now_ms);
    int64_t timeout = deadline_timeout(row);
    if (runs && credential->expires_at > server_now_ms)
        end = (struct deadline){.clock = DEADLINE_CREDENTIAL,
                                .at = credential->expires_at,
                                .life_ms = credential_life(credential),
                                .state = credential_state(credential, server_now_ms)};
    if (timeout <= server_now_ms || (end.clock != DEADLINE_NONE && timeout >= end.at))
        return end;
    if (runs || deadline_is_open(scope, row))
        end = (struct deadline){.clock = DEADLINE_SANDBOX,
                                .at = timeout,
                                .life_ms = sandbox_life(&row->sandbox),
                                .state = deadline_timeout_state(row, server_now_ms)};
    return end;
}

struct deadline deadline_of_row(const struct fleet_row *row, int64_t server_now_ms,
                                const struct deadline_scope *scope)
{
    return deadline_of(row, fleet_row_best(row, server_now_ms), server_now_ms, scope);
}

static bool is_among_first(const struct deadline_scope *scope, size_t count, const char *id)
{
    size_t i = 0;
    while (i < count && strcmp(scope->open_at(scope->ctx, i), id) != 0)
        i++;
    return i < count;
}

// Those with credentials come first; the open ones are counted from the top, down from SIZE_MAX, without
// those that came before.
static const struct fleet_row *next_open(const struct fleet *fleet, const struct deadline_scope *scope,
                                         size_t *at)
{
    const char *id = NULL;
    while ((id = scope->open_at(scope->ctx, SIZE_MAX - *at)) != NULL) {
        const size_t index = SIZE_MAX - (*at)--;
        const struct fleet_row *row = fleet_find(fleet, id);
        if (row != NULL && row->credential_count == 0 && !is_among_first(scope, index, id))
            return row;
    }
    return NULL;
}

const struct fleet_row *deadline_next_row(const struct fleet *fleet, const struct deadline_scope *scope,
                                          size_t *at)
{
    const bool has_open = scope != NULL && scope->is_open != NULL;
    if (has_open && scope->open_at == NULL)
        return fleet_row(fleet, (*at)++);
    if (*at <= SIZE_MAX / 2) {
        const struct fleet_row *row = fleet_with_credentials(fleet, at);
        if (row != NULL || !has_open)
            return row;
        *at = SIZE_MAX;
    }
    return next_open(fleet, scope, at);
}

struct deadline deadline_soonest(const struct fleet *fleet, int64_t server_now_ms,
                                 const struct deadline_scope *scope, const struct fleet_row **row)
{
    struct deadline soonest = {.clock = DEADLINE_NONE};
    *row = NULL;
    const struct fleet_row *one = NULL;
    for (size_t at = 0; (one = deadline_next_row(fleet, scope, &at)) != NULL;) {
        for (size_t c = 0; c == 0 || c < one->credential_count; c++) {
            const struct credential *credential = one->credential_count > 0 ? &one->credentials[c] : NULL;
            const struct deadline end = deadline_of(one, credential, server_now_ms, scope);
            if (end.clock == DEADLINE_NONE || (soonest.clock != DEADLINE_NONE && end.at >= soonest.at))
                continue;
            soonest = end;
            *row = one;
        }
    }
    return soonest;
}

double deadline_fraction(const struct deadline *end, int64_t server_now_ms)
{
    double life = end->life_ms > 0 ? (double)end->life_ms : (double)LIFE_UNKNOWN_MS;
    double fraction = (double)(end->at - server_now_ms) / life;
    return fraction > 1 ? 1 : fraction < 0 ? 0 : fraction;
}
