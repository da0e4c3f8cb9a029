// SPDX-License-Identifier: Apache-2.0
//
// store: the emulated service: its sandboxes, their states as they move with time, and their credentials.
// Used from the HTTP server's threads and the SSH server's; one lock inside. Texts given out are copies.

#ifndef SBXDECK_TESTS_EMULATOR_STORE_H
#define SBXDECK_TESTS_EMULATOR_STORE_H

#include "tests/emulator/options.h"
#include "tests/emulator/requests.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_ID_CAP = 65, STORE_PASSWORD_CAP = 65, STORE_SANDBOXES_MAX = 102000, STORE_CREDENTIALS_MAX = 64 };

enum store_state {
    STORE_STARTING,
    STORE_RUNNING,
    STORE_SNAPSHOTTING,
    STORE_PAUSED,
    STORE_UNPAUSING,
    STORE_STOPPING,
    STORE_STOPPED,
    STORE_DELETING,
    STORE_DELETED
};
const char *store_state_name(enum store_state state);

struct store_sandbox {
    char id[STORE_ID_CAP];
    size_t index; // stands for its address: see store_address
    char template_name[65];
    enum store_state state;
    int vcpu, memory_mib, disk_mib, timeout_s;
    bool auto_pause;
    const char *network_policy, *mounts; // JSON, valid as long as the store; NULL: none
    // Milliseconds on the emulated clock; 0: none.
    int64_t created_at, launched_at, changed_at, timeout_at;
};

struct store_credential {
    char id[STORE_ID_CAP];
    char password[STORE_PASSWORD_CAP];
    int64_t created_at, updated_at, expires_at;
};

enum store_result { STORE_OK, STORE_NOT_FOUND, STORE_CONFLICT, STORE_LIMIT };

struct store;

struct store *store_new(const struct options *options); // NULL: out of memory
void store_free(struct store *store);

int64_t store_now(const struct store *store); // the emulated clock, with its skew
// "127.77.x.y" (from 62,500 on "127.78.x.y") of the sandbox with that index.
void store_address(size_t index, char out[16]);
void store_set_ssh_port(struct store *store, int port);
int store_ssh_port(const struct store *store);

// Sandboxes that are not deleted. newest first or oldest first, by state when asked for. Returns how many
// there are; fills out[0..cap) from the one numbered `from`.
enum store_order { STORE_NEWEST, STORE_OLDEST, STORE_BY_STATE, STORE_BY_STATE_DESC };
size_t store_list(struct store *store, const char *state, enum store_order order, size_t from,
                  struct store_sandbox *out, size_t cap);
bool store_get(struct store *store, const char *id, struct store_sandbox *out);
// By index, for the SSH side: also sandboxes that are deleted are false.
bool store_at(struct store *store, size_t index, struct store_sandbox *out);
size_t store_count(struct store *store); // indices ever given out: 0..count-1
// Called (with ctx, from any thread, without the lock) when the sandbox with that index is to be reached by
// SSH: once for each but the first STORE_REACHED_AT_START, and before anybody can know a credential of it.
enum { STORE_REACHED_AT_START = 2000 };
void store_on_reached(struct store *store, void (*reached)(void *ctx, size_t index), void *ctx);

// Takes the texts of wanted over (malloc), also when it fails.
enum store_result store_make(struct store *store, const struct store_sandbox *wanted,
                             struct store_sandbox *out);
enum store_result store_pause(struct store *store, const char *id, struct store_sandbox *out);
enum store_result store_stop(struct store *store, const char *id, struct store_sandbox *out);
enum store_result store_start(struct store *store, const char *id, struct store_sandbox *out);
// A call to the system inside: a paused one begins to wake. STORE_CONFLICT: it neither runs nor will.
enum store_result store_wake(struct store *store, const char *id, struct store_sandbox *out);
enum store_result store_remove(struct store *store, const char *id);

// Credentials. single: the sandbox has one at most, and id may be NULL (the newest).
enum store_result store_access_create(struct store *store, const char *sandbox, bool single,
                                      struct store_credential *out);
enum store_result store_access_validate(struct store *store, const char *sandbox, bool single, const char *id,
                                        const char *password, bool *valid);
enum store_result store_access_regen(struct store *store, const char *sandbox, bool single, const char *id,
                                     struct store_credential *out);
enum store_result store_access_delete(struct store *store, const char *sandbox, bool single, const char *id);

// For the SSH side. Whether user and password open the sandbox now: it runs, and the credential is its own
// and has not expired.
bool store_ssh_admit(struct store *store, const char *sandbox, const char *user, const char *password);
// Whether a session that was admitted with that credential may go on: it is there, with the same password and
// not expired. serial: see store_ssh_serial.
bool store_ssh_is_live(struct store *store, const char *sandbox, const char *user, uint64_t serial);
// Changes with each regenerate of the credential; 0: there is none.
uint64_t store_ssh_serial(struct store *store, const char *sandbox, const char *user);
// An SSH connection came: with --wake-on-ssh a paused sandbox begins to wake. True when it runs or will.
bool store_ssh_wake(struct store *store, const char *sandbox);

// A call is about to be done: the fault that was ordered for it. -1: none; 0: do it, but don't answer; else
// the status to answer without doing it.
int store_fault(struct store *store, const char *call);
// One more request. 0: within the rate limit; else seconds until there is room.
int store_rate(struct store *store);
struct requests *store_requests(struct store *store); // as long as the store

#endif
