// SPDX-License-Identifier: Apache-2.0
//
// service_private: what the files of service share: jobs for the vault's worker and operations under way.

#ifndef SBXDECK_API_CREDENTIAL_SERVICE_PRIVATE_H
#define SBXDECK_API_CREDENTIAL_SERVICE_PRIVATE_H

#include "api/service/credential_service.h"
#include "api/vault/vault.h"

enum { SERVICE_FRESH_MS = 60 * 1000 }; // a verdict of another run counts for so long

struct service_op;

// --- work on the vault: one job at a time, in order, on a worker thread ---

struct service_job;
typedef void service_job_run(struct service_job *job, struct vault *vault); // on the worker
typedef void service_job_after(struct service_job *job); // on the loop; the job is freed after

struct service_job {
    uv_work_t work;
    struct credential_service *service;
    struct service_job *next;
    service_job_run *run; // NULL: nothing to do but run `after` on the loop
    service_job_after *after;
    struct service_op *op; // NULL: none; of the loop's side only
    // In and out, as the job needs them.
    enum status status;
    struct failure why;
    int64_t row, at, version;
    int64_t content; // of the row, before the call
    int64_t rival;   // the number of an answer of the same server time as the row's; 0: none
    bool has_room;   // of vault_room_take, to be given back by this job
    struct vault_contenders contenders;
    int64_t keep_ms; // how long after its end a row stays
    struct vault_clocks clocks;
    enum credential_verdict verdict;
    char sandbox_id[ID_CAP], id[ID_CAP];
    struct access access;
    bool wants_password;
    struct secret *password;
    struct secret *old_key; // to be sealed anew from; the job's own
    struct vault_rekeyed rekeyed;
    struct event_query *query; // of the event log; the job's own
    struct event *events;      // to be logged, or what was found; the job's own
    struct credential *list;
    size_t count;
};

struct service_job *service_job_new(struct credential_service *service, service_job_run *run,
                                    service_job_after *after, struct service_op *op);
void service_job_push(struct service_job *job);

// --- what the callers have asked for ---

struct service_op {
    struct credential_service *service;
    struct service_op *next, **link;
    const char *verb; // "creating"; shown as busy
    char sandbox_id[ID_CAP], id[ID_CAP];
    int64_t row;                    // its identity, from its birth; 0: none
    int64_t content;                // of row before the call, by which another's answer is noticed
    bool is_intent;                 // row was made for this operation and is on disk
    bool has_room;                  // on the disk, for what the call brings
    int64_t rival;                  // what it brought stands beside the row under this number; 0: in the row
    struct vault_contenders *tries; // what is asked about, one after the other
    size_t try;
    enum credential_verdict before; // of the row, when the operation began
    bool marked;                    // the row says unknown on disk until a delete is known to be refused
    enum sandbox_move move;
    struct failure asked; // what the server said to the move
    int64_t look_at;      // monotonic ms, when its sandbox is looked at again; 0: not waited for
    struct access access; // an outcome on its way to the disk
    service_credential_cb *credential_cb; // at most one of these
    service_done_cb *done_cb;
    service_secret_cb *secret_cb;
    service_sandbox_cb *sandbox_cb;
    service_events_cb *events_cb;
    service_rekeyed_cb *rekeyed_cb;
    int64_t begun_at; // monotonic ms
    bool quiet;       // nobody asked for it: only news of it are logged
    void *ctx;
};

struct service_op *service_op_new(struct credential_service *service, const char *verb,
                                  const char *sandbox_id, const char *id, void *ctx);
// Takes it from the list, gives up its busy marks, makes its callback and frees it.
void service_op_end(struct service_op *op, const struct failure *why, const struct credential *credential);
void service_op_end_sandbox(struct service_op *op, const struct failure *why, const struct sandbox *sandbox);
// Makes its callback alone, once: later ends tell nobody any more.
void service_op_tell(struct service_op *op, const struct failure *why, const struct credential *credential,
                     const struct sandbox *sandbox);
// The same on the loop's next turn, for refusals.
void service_op_refuse(struct service_op *op, const struct failure *why);

// A credential that could not be written to the disk: kept here until it can.
struct service_unsaved {
    struct service_unsaved *next;
    struct access access;
    enum credential_verdict verdict; // what was learnt of it since
    int64_t validated_at;
    int64_t row;     // its identity, in the fleet and on disk
    int64_t content; // of that row before the call
    int64_t serial;  // another one with each content
    bool saving;     // a job is trying to
};

struct service_waiter {
    struct service_waiter *next;
    service_done_cb *cb;
    void *ctx;
};

struct credential_service {
    uv_loop_t *loop;
    struct leap0 *client;
    struct fleet *fleet;
    struct service_events events;
    void *ctx;
    char domain[HOST_CAP];
    bool closing;
    bool memory_only;        // a vault that can't be written stops no create
    int64_t prune_ms;        // so long after their end credentials go; 0 never
    int64_t vault_logged_at; // monotonic ms of the last failure of the vault in the log; 0 none
    int64_t pruned_at;       // monotonic ms; 0 never
    int open_handles;

    // The worker's side: touched by jobs only.
    struct vault *vault;
    char folder[PATH_CAP], base_url[URL_CAP];
    struct secret *key;

    struct service_job *jobs, **jobs_end;
    bool job_running;
    struct service_op *ops;
    struct service_unsaved *unsaved;
    int64_t last_serial;
    uv_timer_t unsaved_timer; // runs while there are any
    uv_timer_t look_timer;    // runs while a move waits for its sandbox to run

    uv_timer_t changed_timer; // tells of changes once a turn
    uint64_t told_generation;
    uv_timer_t refresh_timer;
    uv_fs_event_t vault_watch;
    uv_timer_t vault_timer; // lets a burst of writes settle
    int settle_ms;          // how long it waits now
    bool watching;
    int interval_ms, failures;
    int64_t vault_version;
    int64_t vault_read_at; // monotonic ms; 0 never

    struct event *log; // what waits to be written, the oldest first
    size_t log_count, log_room, log_lost;
    bool logging;              // a job is at it
    bool log_last;             // at the end, after a failure: the last time
    uint64_t events_seen;      // grows with each change of the log that is heard of
    bool failure_logged;       // that the list does not come; until it does again
    int64_t failure_logged_at; // monotonic ms; 0 never

    bool refreshing;
    struct failure list_failure;
    struct service_waiter *waiters;
    int64_t refreshed_at;
    struct lifetime_map *asked; // at: the number of the last question about it in a round; made when needed
    int64_t questions;
    struct failure last, vault_failure;
};

// Its outcome into the event log, when it is of a kind that is logged.
void service_log_op(const struct service_op *op, const struct failure *why,
                    const struct credential *credential);

// Something failed that is no operation of a caller's.
void service_log_failure(struct credential_service *service, const struct failure *why);
void service_log_vault(struct credential_service *service,
                       const struct failure *why); // the vault's, once a minute at most
// What could not be written is tried again. At the end: the last time.
void service_log_retry(struct credential_service *service);
// The list came or did not: told once when that begins, and once when it is over.
void service_log_refresh(struct credential_service *service);

// Something that can be seen has changed.
void service_changed(struct credential_service *service);
void service_trouble(struct credential_service *service, const struct failure *why);
// A list of the vault has come: it goes into the fleet, with what is known in this run.
void service_take_vault(struct credential_service *service, const struct credential *list, size_t count);
// A job of the vault has failed or worked: health and trouble.
void service_note_vault(struct credential_service *service, const struct service_job *job);
// Calls back at once, or when as many more answers have come as it takes to know whether the server's clock
// or ours is right; not at all when the service ends before.
void service_be_sure_of_clock(struct credential_service *service,
                              void (*sure)(struct credential_service *service));
// Refresh again soon: something is known to move.
void service_refresh_soon(struct credential_service *service);
// At the end: moves that wait for their sandbox are given up.
void service_end_looks(struct credential_service *service);
// The rest of service_free, when the last job is done.
void service_finish_close(struct credential_service *service);

// As service_validate, for rounds of questions that nobody asked for: thousands a day that find nothing new.
void service_validate_quietly(struct credential_service *service, const char *sandbox_id, const char *id,
                              service_credential_cb *cb, void *ctx);
// In the fleet, by id or by its identity; NULL: not there. Valid until the fleet changes.
const struct credential *service_known(const struct credential_service *service, const char *sandbox_id,
                                       const char *id);
const struct credential *service_by_row(const struct credential_service *service, const char *sandbox_id,
                                        int64_t vault_row);
// In the fleet and in what is not on disk yet; on disk by service_push_verdict (id "": whatever id it has).
void service_set_verdict(struct credential_service *service, const char *sandbox_id, int64_t row,
                         enum credential_verdict verdict, int64_t at);
void service_push_verdict(struct credential_service *service, int64_t row, const char *id,
                          enum credential_verdict verdict, int64_t at);
// One call that changes a sandbox's credentials at a time: refuses op when there is another.
bool service_is_busy(struct service_op *op, const struct credential *credential);
// What the fleet says of it, valid.
void service_credential_of(const struct access *access, int64_t row, struct credential *out);
// Counts among what was not understood a host or a user name that is none, and an ssh_command that is needed
// and can't be read.
void service_judge_target(struct access *access);
// Puts the outcome of an operation on disk, then into the fleet, then ends it. Takes the password out of
// access.
void service_keep(struct service_op *op, struct access *access);
void service_run_password(struct service_job *job, struct vault *vault);
void service_run_forget(struct service_job *job, struct vault *vault);
void service_run_list(struct service_job *job, struct vault *vault);
// The operation that is under way on the row; NULL: none.
const struct service_op *service_op_on(const struct credential_service *service, int64_t row);
const struct service_unsaved *service_unsaved_of(const struct credential_service *service,
                                                 int64_t row); // NULL: none
// It is not to be written any more, and what waits for it on the disk goes. False: there is none in that row.
bool service_unsaved_give_up(struct credential_service *service, int64_t row);
// What was learnt of it, to be written with it.
void service_unsaved_verdict(struct credential_service *service, int64_t row, enum credential_verdict verdict,
                             int64_t at);
// The end of a create or regenerate whose answer has the same server time as another's: asks the server which
// of them works.
void service_settle(struct service_op *op);
// After an outcome in keep_row: what it replaces goes, where the server gave it by then.
void service_drop_superseded(struct credential_service *service, const char *sandbox_id, const char *id,
                             int64_t given_at, int64_t keep_row);
void service_retry_unsaved(struct credential_service *service);
// Reads the vault's list again.
void service_reload(struct credential_service *service);
// After a good list: takes out what has ended long ago, when the server's clock is sure.
void service_prune(struct credential_service *service);

#endif
