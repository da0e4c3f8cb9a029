// SPDX-License-Identifier: Apache-2.0
//
// credential_service: Makes the calls on sandboxes and credentials, with the vault's discipline around them,
// and keeps the fleet current. Views and the command line act only through it. It holds the promises: a
// credential is on disk before anyone sees it; an intent is on disk before a create; a create is never sent
// twice; an outcome that is not known is shown as unknown; the vault is touched on a worker thread only.
//
// All functions are for the loop's thread, and none of them blocks. Every callback may be NULL; else it runs
// exactly once, on the loop, never from inside the call that was given it, and may call anything here, also
// service_free. why is never NULL; what it points to, and every object that is not said to be the callback's,
// is valid inside the callback only. Times are in milliseconds.

#ifndef SBXDECK_API_SERVICE_CREDENTIAL_SERVICE_H
#define SBXDECK_API_SERVICE_CREDENTIAL_SERVICE_H

#include "api/config/config.h"
#include "api/fleet/fleet.h"
#include "api/leap0/leap0.h"
#include "api/ssh/ssh_target.h"
#include "api/tools/tool_registry.h"
#include "api/vault/event_log.h"
#include "api/vault/vault.h"
#include "api/vault/vault_labels.h"

#include <uv.h>

struct credential_service;

typedef void service_done_cb(void *ctx, const struct failure *why);
// credential: a copy, as it now stands in the fleet; NULL on failure.
typedef void service_credential_cb(void *ctx, const struct failure *why, const struct credential *credential);
// sandbox, password, list: NULL on failure. The password and the list are the callback's: secret_free, free.
typedef void service_sandbox_cb(void *ctx, const struct failure *why, const struct sandbox *sandbox);
typedef void service_secret_cb(void *ctx, const struct failure *why, struct secret *password);
typedef void service_events_cb(void *ctx, const struct failure *why, struct event *list, size_t count);
// counts: zero on failure.
typedef void service_rekeyed_cb(void *ctx, const struct failure *why, const struct vault_rekeyed *counts);
// before, after: the whole label as it was and is; NULL on failure.
typedef void service_label_cb(void *ctx, const struct failure *why, const struct sandbox_label *before,
                              const struct sandbox_label *after);
// changed: how many labels are other than before.
typedef void service_labels_cb(void *ctx, const struct failure *why, size_t changed);
// why: OK when any was answered. refused: how many turned out to be valid no more.
typedef void service_revalidated_cb(void *ctx, const struct failure *why, size_t asked, size_t refused);

struct service_events {
    // The fleet changed, or what service_health says, or the log. At most once a loop turn. May be NULL.
    void (*changed)(void *ctx);
    // Something went wrong that no caller's callback reports (a refresh failed, the vault can't be read). May
    // be NULL.
    void (*trouble)(void *ctx, const struct failure *why);
};

// --- its life ---

// Makes the client; the vault is opened with the first call, and its trouble comes by events. config, api_key
// and events are copied. Nothing is sent until asked.
enum status service_new(uv_loop_t *loop, const struct config *config, const struct secret *api_key,
                        const struct service_events *events, void *ctx, struct credential_service **out,
                        struct failure *why);
// Ends all calls (their callbacks run with CANCELLED, before it returns), and finishes the writes to the
// vault that are under way. The loop must run on until its handles are closed. NULL is fine.
void service_free(struct credential_service *service);

// --- what it knows ---

const struct fleet *service_fleet(const struct credential_service *service); // as long as the service
int64_t service_now(const struct credential_service *service);               // the server's clock

struct service_health {
    bool refreshing;
    int64_t refreshed_at;    // monotonic, of the last good list; 0 never
    struct failure last;     // of the last refresh; status OK when good
    struct failure vault;    // the vault's own trouble; status OK when good
    size_t unsaved;          // credentials that are not on disk yet
    bool vault_read;         // what it has is in the fleet: what fails since is a write
    int64_t latency_ms;      // -1 not known
    int64_t clock_offset_ms; // server minus ours; 0 not known
    enum dialect dialect;
    int requests_last_minute;
    int background;       // of these, what nobody asked for
    int background_share; // how many of those may go in a minute, as things stand
    bool held;            // these wait for what the server said to a 429
    size_t total;         // how many sandboxes there are, as the server last said
    bool complete;        // all of them have come
};
void service_health(const struct credential_service *service, struct service_health *out);
size_t service_unsaved_count(const struct credential_service *service); // credentials that are not on disk
// Whether a verb (credential.busy, fleet_row.busy; NULL none) ends the credential that it works on, or the
// sandbox with it.
bool service_verb_ends(const char *verb);
// The tools connected to that sandbox through `sbxdeck ssh-proxy`, of all processes, the oldest first, as
// last looked at: with a refresh, and while the vault is watched when one comes or goes. NULL: none. Valid
// until the loop's next turn.
const struct connected_tool *service_tools(const struct credential_service *service, const char *sandbox_id,
                                           size_t *count);
// Where to connect for a credential, by the configured domain.
enum status service_target(const struct credential_service *service, const struct credential *credential,
                           struct ssh_target *out, struct failure *why);

// --- keeping the fleet current ---

// All of the list and the vault, now; joins a refresh that is under way.
void service_refresh(struct credential_service *service, service_done_cb *cb, void *ctx);
// As much of that as finding one sandbox takes, which is named as fleet_resolve knows it: of a large fleet
// that one alone where text is its whole id or name, else all. Whether it was found the fleet tells.
void service_refresh_one(struct credential_service *service, const char *text, service_done_cb *cb,
                         void *ctx);
// What a person looks at, now: of a large fleet the first page and what is watched; the rest follows as the
// budget allows.
void service_refresh_shown(struct credential_service *service, service_done_cb *cb, void *ctx);
// These are on the screen, marked, or in a session, the most important first: they are kept fresh within the
// interval as far as the budget goes, and so is what is in transition. The rest of a large fleet is swept
// page by page. The ids are copied; at most SERVICE_WATCH_MAX of them are taken.
enum { SERVICE_WATCH_MAX = 1000 };
void service_watch(struct credential_service *service, const char *const *sandbox_ids, size_t count);
// That one alone matters: the rest of a large fleet is not swept.
void service_watch_only(struct credential_service *service, const char *sandbox_id);
// Only sandboxes in that state are shown (SANDBOX_STATE_COUNT: any): those of a large fleet are asked for by
// it.
void service_watch_state(struct credential_service *service, enum sandbox_state state);
// From now on it refreshes by itself, faster while a sandbox moves, and watches the vault; 0 stops both.
void service_set_interval(struct credential_service *service, int interval_ms);
// The machine's network has changed: no old connection to the server is used any more, and all is asked anew.
void service_network_changed(struct credential_service *service);

// --- credentials ---

// CONFLICT when the server says one exists already (sandbox dialect): offer regenerate. STORE_FAILED with
// maybe_done: it was made, and is in memory only. OUTCOME_UNKNOWN: it stays in the fleet as unknown.
void service_create(struct credential_service *service, const char *sandbox_id, service_credential_cb *cb,
                    void *ctx);
// As create. id NULL or "": in the sandbox dialect the one there is, also when it was made elsewhere.
void service_regenerate(struct credential_service *service, const char *sandbox_id, const char *id,
                        service_credential_cb *cb, void *ctx);
// As regenerate; logged as one that nobody asked for.
void service_renew(struct credential_service *service, const char *sandbox_id, const char *id,
                   service_credential_cb *cb, void *ctx);
// An invalid credential is a successful answer: see its state.
void service_validate(struct credential_service *service, const char *sandbox_id, const char *id,
                      service_credential_cb *cb, void *ctx);
// Those that were not validated in this run, a few at a time. why: the last failure.
void service_validate_all(struct credential_service *service, service_done_cb *cb, void *ctx);
// Asks again about at most so many of those that still run and were last asked about before an instant of the
// server's clock. Each gets its turn, also where others never get an answer; then the longest ago first.
// Returns how many; with 0 the callback is not made.
size_t service_revalidation(struct credential_service *service, int64_t asked_before_ms, size_t most,
                            service_revalidated_cb *cb, void *ctx);
void service_delete(struct credential_service *service, const char *sandbox_id, const char *id,
                    service_done_cb *cb, void *ctx);
// Takes a row out of the vault without asking the server (also: an unknown create that the operator gives up
// on).
void service_forget(struct credential_service *service, int64_t vault_row, service_done_cb *cb, void *ctx);
void service_password(struct credential_service *service, int64_t vault_row, service_secret_cb *cb,
                      void *ctx);
// Takes in one that was made elsewhere, unverified, and copies it: a validate tells whether it is any good.
// The one known here with the same id is replaced.
void service_import(struct credential_service *service, const struct access *access,
                    service_credential_cb *cb, void *ctx);
// From now on a vault that can't be written stops no create and no regenerate: what they bring is kept in
// memory (credential's in_memory) until it can be.
void service_memory_only(struct credential_service *service, bool on);
// Seals with this run's API key what was sealed with old_key, which is copied. See vault_rekey.
void service_rekey(struct credential_service *service, const struct secret *old_key, service_rekeyed_cb *cb,
                   void *ctx);

// --- tools that connect by themselves ---

// From now on what is asked for here is a tool's wish and no person's. What a person has stopped, paused,
// deleted or revoked by hand is not undone then: create, regenerate, start and wake fail with CONFLICT, and
// with RATE_LIMITED where tools have made as many credentials as they may. Nothing is sent. Otherwise a
// create, a regenerate, a start and a wake are a person's, and allow tools again what he allows by them; a
// renew (auto-renewal) is nobody's.
void service_act_for_tools(struct credential_service *service);
// CONFLICT: a person has stopped or paused the sandbox, so that not even a connection of a tool may wake it.
void service_may_connect(struct credential_service *service, const char *sandbox_id, service_done_cb *cb,
                         void *ctx);
// A person connects to the sandbox: tools may do all again that they may.
void service_person_connects(struct credential_service *service, const char *sandbox_id);
// Reads the vault into the fleet without asking the server: also the credentials of sandboxes that no list
// has named yet. It fails as the vault does.
void service_read(struct credential_service *service, service_done_cb *cb, void *ctx);

// --- names, notes and pins ---

// Of them the server is told nothing. On disk when the callback is made with OK, and then in the fleet. It
// may be of a sandbox that no list names. BAD_ARGUMENT, CONFLICT as fleet_name_check and vault_label_change.
void service_change_label(struct credential_service *service, const char *sandbox_id,
                          const struct label_change *change, service_label_cb *cb, void *ctx);
// Whether a sandbox that is still to be made may have that name, as far as the vault and the list are read by
// now: BAD_ARGUMENT or CONFLICT where not.
enum status service_check_new_name(const struct credential_service *service, const char *name,
                                   struct failure *why);
// As vault_labels_import. list is copied; its names and notes are checked: all or nothing.
void service_import_labels(struct credential_service *service, const struct labelled_sandbox *list,
                           size_t count, enum label_import how, service_labels_cb *cb, void *ctx);

// --- sandboxes ---

// Asks for all that the server says of one, into the fleet.
void service_detail(struct credential_service *service, const char *sandbox_id, service_done_cb *cb,
                    void *ctx);
// The same only where what is known of it is older than SERVICE_FRESH_MS: before something is done that
// depends on its state. Where that can't be asked, what is known stays.
enum { SERVICE_FRESH_MS = 10000 };
void service_fresh(struct credential_service *service, const char *sandbox_id, service_done_cb *cb,
                   void *ctx);
bool service_is_fresh(const struct credential_service *service, const char *sandbox_id); // or can't be asked
void service_sandbox_create(struct credential_service *service, const struct leap0_new_sandbox *wanted,
                            service_sandbox_cb *cb, void *ctx);
// A start and a wake end when the sandbox runs: it is looked at until then, a minute at most, and is then
// OUTCOME_UNKNOWN. CONFLICT names the state that the sandbox is in.
void service_move(struct credential_service *service, const char *sandbox_id, enum sandbox_move move,
                  service_done_cb *cb, void *ctx);

// --- the event log ---

// Into the log, in the background; the times are filled in here. The outcomes of create, validate,
// regenerate, delete, import and forget are logged by the service itself. message: never a secret. What the
// disk does not take is tried again with each refresh, and a last time at the end.
void service_log(struct credential_service *service, const struct event *event);
// Reads it on the worker: nothing of it needs the network. list: the newest first; NULL when there are none.
void service_events(struct credential_service *service, const struct event_query *query,
                    service_events_cb *cb, void *ctx);
// Grows when the log is known to have changed, also by another process; service_events.changed is then
// called.
uint64_t service_events_version(const struct credential_service *service);

#endif
