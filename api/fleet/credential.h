// SPDX-License-Identifier: Apache-2.0
//
// credential: What is known of one credential, and the state that follows from it. Pure: no clock is read
// and no call is made here; the caller passes the server's now.

#ifndef SBXDECK_API_FLEET_CREDENTIAL_H
#define SBXDECK_API_FLEET_CREDENTIAL_H

#include "api/base/life_limit.h"
#include "api/leap0/model.h"

// The one vocabulary for the state of a credential, in the order of a life.
#define CREDENTIAL_STATE_TABLE(X)                                                                            \
    X(none) X(unverified) X(valid) X(expiring) X(critical) X(expired) X(invalid) X(revoked) X(unknown)

enum credential_state {
#define X(name) CREDENTIAL_##name,
    CREDENTIAL_STATE_TABLE(X)
#undef X
        CREDENTIAL_STATE_COUNT
};

// The result of the last validation or call; kept in the vault.
enum credential_verdict {
    VERDICT_UNVERIFIED, // from the vault, not yet validated in this run
    VERDICT_VALID,      // the server made it or said so
    VERDICT_INVALID,    // the server said no
    VERDICT_REVOKED,    // deleted, or replaced by a regenerate
    VERDICT_UNKNOWN,    // a call's outcome is not known
};

// Metadata of a credential as the fleet and the views hold it. Never the password: see service_password.
struct credential {
    char id[ID_CAP]; // "" for a create whose outcome is not known
    char sandbox_id[ID_CAP];
    enum credential_verdict verdict;
    bool has_password;     // the vault can give it
    bool sealed_elsewhere; // sealed with another key: kept, but can't be opened now
    bool damaged;          // what is sealed does not open, or belongs to another host, port or user
    bool in_memory;        // not on disk: it ends with this run
    bool sandbox_gone;     // by the server's word; of the fleet, which alone sets it
    int64_t expires_at;    // ms on the server's clock; 0 when not known
    int64_t created_at;
    int64_t updated_at;
    int64_t validated_at; // ms on the server's clock; 0 never
    int64_t vault_row;    // its identity for its whole life, on disk or not; never 0
    char ssh_command[COMMAND_CAP];
    char host[HOST_CAP];
    int port;
    char username[ID_CAP];
    struct unparsed unparsed; // in the answer that brought it; shown in the run that received it
    int64_t asked;    // the number of the last question about it in this run's rounds of validations; 0 none
    const char *busy; // the verb of a call now under way ("regenerating"), static; NULL none
};

// What access says, valid; without what it does not say.
void credential_of_access(const struct access *access, int64_t vault_row, struct credential *out);

const char *credential_state_name(enum credential_state state);
enum credential_state credential_state(const struct credential *credential,
                                       int64_t server_now_ms); // NULL → none
// The server was asked after its end and said that it is valid: one of the clocks is wrong, and the server's
// word counts. Its state is then valid, and there is nothing to count down to.
bool credential_is_past_end(const struct credential *credential, int64_t server_now_ms);
// From when it was made or last regenerated to its expiry; LIFE_UNKNOWN_MS when that makes no sense.
enum { LIFE_UNKNOWN_MS = 3600 * 1000 };
int64_t credential_life(const struct credential *credential);
// From when on it is expiring and critical, here and in all that follows. All zero: a third of the life; a
// tenth or two minutes. Critical is at most the last third, so that no short life is born critical. True:
// that was otherwise before. On the loop's thread, as all that asks.
bool life_limits_use(const struct life_limit *expiring, const struct life_limit *critical);
const struct life_limit *life_limit_expiring(void);
const struct life_limit *life_limit_critical(void);
bool life_limits_are_default(void);
// Of anything that ends, by what is left of a life that long (0: not known): valid, expiring, critical or
// expired.
enum credential_state life_state(int64_t left_ms, int64_t life_ms);
// The server's now at which that next changes; 0: it is over.
int64_t life_next_change(int64_t ends_at, int64_t life_ms, int64_t server_now_ms);
// To the expiry, not below 0.
int64_t credential_remaining(const struct credential *credential, int64_t server_now_ms);
// By the clock it is expiring, critical or expired, whatever is known of it otherwise.
bool credential_is_near_end(const struct credential *credential, int64_t server_now_ms);
// 0..1 of its life; 0 when not known.
double credential_fraction_left(const struct credential *credential, int64_t server_now_ms);
// Worth trying to sign in with: unverified, valid, expiring or critical, and its password can be had.
bool credential_is_usable(const struct credential *credential, int64_t server_now_ms);
// The server's now at which credential_state next changes, for a timer; 0 when it will not by itself.
int64_t credential_next_change(const struct credential *credential, int64_t server_now_ms);

#endif
