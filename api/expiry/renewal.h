// SPDX-License-Identifier: Apache-2.0
//
// renewal: Decide which credential to regenerate automatically, and when: at two thirds of its lifetime,
// with jitter, so that neither a fleet created at once nor two consoles renew at the same instant. Pure:
// the caller brings the server's now, makes the call and reports its outcome.

#ifndef SBXDECK_API_EXPIRY_RENEWAL_H
#define SBXDECK_API_EXPIRY_RENEWAL_H

#include "api/expiry/renewal_flags.h"
#include "api/fleet/fleet.h"

enum {
    RENEWALS_AT_ONCE = 4,
    RENEWAL_GAP_MS = 300,         // between two: 200 calls a minute at most, a fifth of what is allowed
    RENEWAL_LIFE_LEAST_MS = 5000, // a shorter life is not renewed
    RENEWAL_FAILED_MS = 30000,    // after a failure, doubled each time ...
    RENEWAL_FAILED_MAX_MS = 600000
};

enum renewal_scope { RENEWAL_OFF, RENEWAL_CREDENTIAL, RENEWAL_SANDBOX, RENEWAL_FLEET };
enum renewal_outcome {
    RENEWAL_DONE,
    RENEWAL_FAILED,  // for certain: tried again later
    RENEWAL_UNKNOWN, // no answer came: never repeated in this life
    RENEWAL_REFUSED  // the operator said no: not in this life
};

struct renewal;
// seed: another for each console. by_default: the whole fleet, unless the flags say otherwise.
// Until flags are taken nothing is renewed: they may say no.
struct renewal *renewal_new(uint64_t seed, bool by_default); // NULL: out of memory
void renewal_free(struct renewal *renewal);
// Takes them. NULL: they can't be read, and nothing is renewed until they can.
void renewal_take_flags(struct renewal *renewal, struct renewal_flags *flags);
bool renewal_knows_flags(const struct renewal *renewal);

enum renewal_scope renewal_scope_of(const struct renewal *renewal, const char *sandbox_id, const char *id);
bool renewal_of_fleet(const struct renewal *renewal);

// The one that is due and ended soonest; false: none now. It is given out once until renewal_end.
struct renewal_due {
    char sandbox_id[ID_CAP], id[ID_CAP];
    int64_t vault_row, expires_at;
};
bool renewal_due(struct renewal *renewal, const struct fleet *fleet, int64_t server_now_ms,
                 struct renewal_due *out);
// The server's now at which to ask again, as of the last renewal_due; 0: when the fleet changes.
int64_t renewal_next(const struct renewal *renewal);
// Not yet: asks again after so long. (A question that can't be put now.)
void renewal_put_off(struct renewal *renewal, const struct renewal_due *due, int64_t server_now_ms,
                     int64_t wait_ms);
// Returns how long until it is tried again; 0: it is not.
int64_t renewal_end(struct renewal *renewal, const struct renewal_due *due, enum renewal_outcome outcome,
                    int64_t server_now_ms);

#endif
