// SPDX-License-Identifier: Apache-2.0
//
// deadline: Which of two clocks runs out first: a credential's expiry or the sandbox's own time-out. The
// operator plans by the earlier one and must be shown which it is: a new credential helps against the one
// and not against the other. Pure.

#ifndef SBXDECK_API_FLEET_DEADLINE_H
#define SBXDECK_API_FLEET_DEADLINE_H

#include "api/fleet/fleet.h"

enum deadline_clock { DEADLINE_NONE, DEADLINE_CREDENTIAL, DEADLINE_SANDBOX, DEADLINE_CLOCK_COUNT };
// "credential", "sandbox"; "" for none.
const char *deadline_clock_name(enum deadline_clock clock);

// A sandbox's time-out concerns the operator while he has a credential for it that still runs, or a session
// open in it. Of the second only the caller knows.
struct deadline_scope {
    bool (*is_open)(void *ctx, const struct fleet_row *row); // NULL: no sessions
    // The ids of all sandboxes that may be open, some perhaps twice; NULL beyond the end. Left out: each row
    // is asked about.
    const char *(*open_at)(void *ctx, size_t index);
    void *ctx;
};
// The rows whose ends may concern him, each once: those that have credentials, and the open ones; in no
// order. *at is 0 at first; NULL: no more.
const struct fleet_row *deadline_next_row(const struct fleet *fleet, const struct deadline_scope *scope,
                                          size_t *at);
bool deadline_is_open(const struct deadline_scope *scope, const struct fleet_row *row); // scope NULL: no

struct deadline {
    enum deadline_clock clock; // NONE: the rest is 0
    int64_t at;                // ms on the server's clock, after the now it was made for
    int64_t life_ms;           // that ends then
    enum credential_state state;
};

// When the sandbox times out, ms on the server's clock, perhaps past already; 0: it has no time-out, or none
// that runs: a paused or stopped sandbox can't time out.
int64_t deadline_timeout(const struct fleet_row *row);
// How near that is, by the rules for a credential (valid, expiring, critical, expired); none without one.
enum credential_state deadline_timeout_state(const struct fleet_row *row, int64_t server_now_ms);
// The server's now at which that next changes; 0: it will not.
int64_t deadline_timeout_next(const struct fleet_row *row, int64_t server_now_ms);

// The earlier end of that credential (NULL: none) and the row's time-out. What has passed does not count: the
// server still says that it runs.
struct deadline deadline_of(const struct fleet_row *row, const struct credential *credential,
                            int64_t server_now_ms, const struct deadline_scope *scope);
// The same, of the row's best credential.
struct deadline deadline_of_row(const struct fleet_row *row, int64_t server_now_ms,
                                const struct deadline_scope *scope);
// Of all rows and all of their credentials the one that ends first; *row: whose it is, NULL none.
struct deadline deadline_soonest(const struct fleet *fleet, int64_t server_now_ms,
                                 const struct deadline_scope *scope, const struct fleet_row **row);

// 0..1 of its life.
double deadline_fraction(const struct deadline *end, int64_t server_now_ms);

#endif
