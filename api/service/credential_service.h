// SPDX-License-Identifier: Apache-2.0
//
// keeper: the calls of api/leap0 with the vault's discipline around them, and the fleet kept current. Views
// and the command line act only through it. It holds the promises: a credential is on disk before anyone sees
// it; an intent is on disk before a create; a create is never sent twice; an outcome that is not known is
// shown as unknown; the vault is touched on a worker thread only.

#ifndef SBXDECK_API_KEEPER_H
#define SBXDECK_API_KEEPER_H

#include "api/config/config.h"
#include "api/fleet/fleet.h"
#include "api/leap0/leap0.h"
#include "api/ssh/ssh_target.h"
#include "api/vault/event_log.h"
#include "api/vault/vault.h"

#include <uv.h>

struct keeper;

struct keeper_events {
    // The fleet changed, or what keeper_health tells. At most once a loop turn. May be NULL.
    void (*changed)(void *ctx);
    // Something went wrong that no caller's callback tells (a refresh failed, the vault can't be read). May
    // be NULL.
    void (*trouble)(void *ctx, const struct failure *why);
};

// Opens the vault (on a worker thread; errors come by trouble) and the client. api_key is copied. No call is
// made until asked.
enum status keeper_new(uv_loop_t *loop, const struct config *config, const struct secret *api_key,
                       const struct keeper_events *events, void *ctx, struct keeper **out,
                       struct failure *why);
// Ends all calls (their callbacks run with CANCELLED), finishes writes to the vault that are under way. The
// loop must run on until its handles are closed.
void keeper_free(struct keeper *keeper);

const struct fleet *keeper_fleet(const struct keeper *keeper);
int64_t keeper_now(const struct keeper *keeper); // the server's clock, ms
struct leap0 *keeper_client(struct keeper *keeper);

typedef void keeper_done_cb(void *ctx, const struct failure *why);
// credential: a copy as it now stands in the fleet; NULL on failure. Valid inside the callback.
typedef void keeper_credential_cb(void *ctx, const struct failure *why, const struct credential *credential);
typedef void keeper_secret_cb(void *ctx, const struct failure *why,
                              struct secret *password); // NULL on failure; the callback's to free

// Callbacks may be NULL; each runs exactly once, on the loop, never from inside the call.
void keeper_refresh(struct keeper *keeper, keeper_done_cb *cb,
                    void *ctx); // list and vault; joins one under way
// The machine's network has changed: no old connection to the server is used any more, and all is asked anew.
void keeper_network_changed(struct keeper *keeper);
void keeper_set_interval(struct keeper *keeper,
                         int interval_ms); // refresh by itself, faster while a sandbox moves; 0 stops
void keeper_detail(struct keeper *keeper, const char *sandbox_id, keeper_done_cb *cb,
                   void *ctx); // GET one into the fleet

// CONFLICT when the server says one exists already (sandbox dialect): offer regenerate.
void keeper_create(struct keeper *keeper, const char *sandbox_id, keeper_credential_cb *cb, void *ctx);
// Failure NOT_VALID never: an invalid credential is a successful answer, see its state.
void keeper_validate(struct keeper *keeper, const char *sandbox_id, const char *id, keeper_credential_cb *cb,
                     void *ctx);
// id NULL or "": in the sandbox dialect the one there is, also when it was made by somebody else.
void keeper_regenerate(struct keeper *keeper, const char *sandbox_id, const char *id,
                       keeper_credential_cb *cb, void *ctx);
// The same, known in the log as one that nobody asked for.
void keeper_renew(struct keeper *keeper, const char *sandbox_id, const char *id, keeper_credential_cb *cb,
                  void *ctx);
// Whether a verb (credential.busy, fleet_row.busy; NULL none) ends the credential that it works on, or the
// sandbox with it.
bool keeper_verb_ends(const char *verb);
void keeper_delete(struct keeper *keeper, const char *sandbox_id, const char *id, keeper_done_cb *cb,
                   void *ctx);
void keeper_validate_all(struct keeper *keeper, keeper_done_cb *cb,
                         void *ctx); // unverified ones, within the rate budget
// Asks again about at most so many of those that still run and were last asked about before an instant of the
// server's clock. Each gets its turn, also where others never get an answer; then the longest ago first.
// Returns how many; with 0 the callback is not made. why: OK when any was answered. refused: how many turned
// out to be valid no more.
typedef void keeper_rechecked_cb(void *ctx, const struct failure *why, size_t asked, size_t refused);
size_t keeper_recheck(struct keeper *keeper, int64_t asked_before_ms, size_t most, keeper_rechecked_cb *cb,
                      void *ctx);
void keeper_password(struct keeper *keeper, int64_t vault_row, keeper_secret_cb *cb, void *ctx);
// Takes a row out of the vault without telling the server (also: an unknown create that the operator gives up
// on).
void keeper_forget(struct keeper *keeper, int64_t vault_row, keeper_done_cb *cb, void *ctx);

// Takes in one that was made elsewhere, unverified, and copies it: a validate tells whether it is any good.
// The one known here with the same id is replaced.
void keeper_import(struct keeper *keeper, const struct access *access, keeper_credential_cb *cb, void *ctx);
// Seals with this run's API key what was sealed with old_key, which is copied. See vault_rekey. counts: zero
// on failure.
typedef void keeper_rekeyed_cb(void *ctx, const struct failure *why, const struct vault_rekeyed *counts);
void keeper_rekey(struct keeper *keeper, const struct secret *old_key, keeper_rekeyed_cb *cb, void *ctx);
// From now on a vault that can't be written stops no create and no regenerate: what they bring is kept in
// memory (credential's in_memory) until it can be.
void keeper_memory_only(struct keeper *keeper, bool on);
size_t keeper_unsaved_count(const struct keeper *keeper); // credentials that are not on disk

// A start and a wake end when the sandbox runs: it is looked at until then, a minute at most, and is then
// OUTCOME_UNKNOWN. CONFLICT names the state that the sandbox is in.
void keeper_move(struct keeper *keeper, const char *sandbox_id, enum sandbox_move move, keeper_done_cb *cb,
                 void *ctx);
typedef void keeper_sandbox_cb(void *ctx, const struct failure *why, const struct sandbox *sandbox);
void keeper_sandbox_create(struct keeper *keeper, const struct leap0_new_sandbox *wanted,
                           keeper_sandbox_cb *cb, void *ctx);

// Where to connect for a credential, by the configured domain.
enum status keeper_target(const struct keeper *keeper, const struct credential *credential,
                          struct ssh_target *out, struct failure *why);

// Into the event log, in the background; the times are filled in here. The outcomes of create, validate,
// regenerate, delete and forget are logged by the keeper itself. message: never a secret. What the disk does
// not take is tried again with each refresh, and a last time at the end.
void keeper_log(struct keeper *keeper, const struct event *event);

// The log itself, read on the worker: nothing of it needs the network. list: the newest first; the callback's
// to free(); NULL on failure and when there are none.
typedef void keeper_events_cb(void *ctx, const struct failure *why, struct event *list, size_t count);
void keeper_events(struct keeper *keeper, const struct event_query *query, keeper_events_cb *cb, void *ctx);
// Grows when the log is known to have changed, also by another process; keeper_events.changed is then called.
uint64_t keeper_events_version(const struct keeper *keeper);

struct keeper_health {
    bool refreshing;
    int64_t refreshed_at;    // monotonic ms of the last good list; 0 never
    struct failure last;     // of the last refresh; status OK when good
    struct failure vault;    // the vault's own trouble; status OK when good
    size_t unsaved;          // credentials that are not on disk yet
    bool vault_read;         // what it has is in the fleet: what fails since is a write
    int64_t latency_ms;      // -1 not known
    int64_t clock_offset_ms; // server minus ours; 0 not known
    enum dialect dialect;
    int requests_last_minute;
};
void keeper_health(const struct keeper *keeper, struct keeper_health *out);

#endif
