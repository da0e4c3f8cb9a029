// SPDX-License-Identifier: Apache-2.0
//
// credential_service_private: Declares what the files of the service share. They call downwards only, from
// the bottom: service_state, vault_worker, service_log, operation, tool_rules, vault_merge, vault_watch,
// label_calls, credential_rows, validation_calls, credential_commit, vault_calls, fleet_refresh, the other
// calls, credential_service.

#ifndef SBXDECK_API_SERVICE_CREDENTIAL_SERVICE_PRIVATE_H
#define SBXDECK_API_SERVICE_CREDENTIAL_SERVICE_PRIVATE_H

#include "api/service/credential_service.h"
#include "api/vault/vault.h"
#include "api/vault/vault_labels.h"
#include "api/vault/vault_tools.h"

extern const struct failure service_fine, service_cancelled;

// --- steps on the vault ---

// A member of its owner, which fills the first four and may free it in `after`. It is queued once at a time.
struct vault_step {
    enum status (*run)(void *ctx, struct vault *vault); // on the worker; fills *why; NULL: nothing
    void (*after)(void *ctx);                           // on the loop
    void *ctx;
    struct failure *why; // the owner's: what came of it, or of opening the vault
    // vault_worker's.
    struct credential_service *service;
    struct vault_step *next;
    uv_work_t work;
};

// Runs it after all that was queued before.
void vault_worker_queue(struct credential_service *service, struct vault_step *step);

// --- operations ---

// What a caller has asked for, or what the service does by itself. A new kind has its name here, its fields
// in struct operation, and its line in the table of operation.c.
enum operation_kind {
    // On one credential.
    OPERATION_CREATE,
    OPERATION_REGENERATE,
    OPERATION_RENEW, // a regenerate that nobody asked for
    OPERATION_VALIDATE,
    OPERATION_DELETE,
    OPERATION_IMPORT,
    OPERATION_FORGET,
    OPERATION_PASSWORD,
    // On a sandbox.
    OPERATION_DETAIL,
    OPERATION_MOVE,
    OPERATION_NEW_SANDBOX,
    // On all.
    OPERATION_REFRESH,
    OPERATION_VALIDATE_ALL,
    OPERATION_EVENTS,
    OPERATION_REKEY,
    OPERATION_READ,
    OPERATION_MAY_CONNECT,
    OPERATION_LABEL,
    OPERATION_LABELS_IMPORT,
    // The service's own: nobody waits for them.
    OPERATION_SAVE,       // writes a credential that is in memory only
    OPERATION_CHANGE_ROW, // in the vault
    OPERATION_READ_VAULT,
    OPERATION_PRUNE,
    OPERATION_SIGHT, // tells the vault which labelled sandboxes a list has named
    OPERATION_VAULT, // a step on the vault that needs no more than that
    OPERATION_KIND_COUNT
};

struct operation;
typedef enum status operation_run(struct operation *op, struct vault *vault); // on the worker; fills op->why
typedef void operation_after(struct operation *op); // on the loop; ends op or queues its next step

// What a create or a regenerate has brought, on its way to the disk.
struct commit {
    struct access access;
    int64_t content; // of the row before the call, by which another's answer is noticed
    int64_t answer;  // its number, where it was kept beside the row's; 0: it is in the row
    bool has_room;   // on the disk, taken before the call
};

struct vault_reading {
    bool if_changed; // nothing is read while the vault's version is `known`
    int64_t known;
    int64_t version;
    struct credential *list;
    size_t count;
    struct vault_label *labels;
    size_t label_count;
};

struct tools_reading {
    struct connected_tool *list; // by sandbox
    size_t count;
    bool done; // it could be read
};

// Which password of a row works: the server is asked about one after the other.
struct choice {
    struct vault_candidates candidates;
    size_t next;
    int64_t chosen; // its number; 0: the row's own
    enum credential_verdict verdict;
    int64_t at;
    struct vault_reading reading; // after it was kept
};

// Where the row of a create or a regenerate is before the call.
enum row_place { ROW_NEW, ROW_ON_DISK, ROW_IN_MEMORY };

struct operation {
    struct credential_service *service;
    enum operation_kind kind;
    struct operation *next, **link; // of the list that it is in; link NULL: none
    // Its step on the vault, see operation_queue.
    struct vault_step step;
    operation_run *run;
    operation_after *after;
    struct failure why; // of the step
    // Its callback, called once; the kind says which of them.
    union {
        service_done_cb *done;
        service_credential_cb *credential;
        service_secret_cb *secret;
        service_sandbox_cb *sandbox;
        service_events_cb *events;
        service_rekeyed_cb *rekeyed;
        service_label_cb *label;
        service_labels_cb *labels;
    } cb;
    void *ctx;
    bool told;
    bool refresh_shown; // REFRESH: not of all, but of what a person looks at
    bool refused;       // before it began: the busy mark is another's, and it is not logged
    bool not_a_tools;   // it is one of a tool that tools may not do: not logged
    bool noted;         // that a person does it, where that was not known before
    int64_t begun_at;   // monotonic ms
    char sandbox_id[ID_CAP], id[ID_CAP];
    int64_t row;                    // that it works on, from the birth of its credential; 0: none
    bool is_intent;                 // the row was made for it, and is on disk
    enum credential_verdict before; // of the row, when it began
    bool has_credential;            // it ends with this one, a copy
    struct credential credential;
    struct tools_reading connected; // READ_VAULT, and a look at the tools alone
    struct secret *secret; // its own: the password that the row had or has, or the old key; NULL: none
    union {
        struct { // CREATE, REGENERATE, RENEW
            enum row_place place;
            int64_t at; // kept with the row until the outcome is known
            struct commit commit;
            struct choice choice;
        } issue;
        struct {        // VALIDATE
            bool quiet; // nobody asked for it: only news are logged
            struct choice choice;
        } validate;
        struct { // DELETE
            int64_t at;
            bool on_disk;
            bool marked; // the row says unknown on disk until the outcome is known
        } erase;
        struct { // IMPORT
            struct access access;
            int64_t row;
        } import;
        int64_t vault_row; // PASSWORD, FORGET
        unsigned notes;    // VAULT: of what was done by hand, that go
        struct {           // MOVE
            enum sandbox_move move;
            struct failure answer; // of the server to it
            int64_t look_at;       // monotonic ms, when the sandbox is looked at again; 0: not waited for
        } move;
        const struct sandbox *sandbox; // NEW_SANDBOX, during the callback
        struct {                       // EVENTS
            struct event_query query;
            struct event *list;
            size_t count;
        } events;
        struct vault_rekeyed rekeyed; // REKEY
        struct {                      // SAVE
            struct commit commit;
            enum credential_verdict verdict, written; // known of it by now; that the step writes
            int64_t at, written_at;
            bool queued;
            bool given_up; // while it was queued: it ends with that
        } save;
        struct { // LABEL
            struct label_change change;
            struct sandbox_label before, after;
        } label;
        struct { // LABELS_IMPORT
            struct labelled_sandbox *list;
            size_t count;
            enum label_import how;
            size_t changed;
            struct vault_label *labels; // as they are then
            size_t label_count;
        } labels;
        struct { // SIGHT
            struct label_sighting *list;
            size_t count;
            struct vault_label *labels; // as they are then
            size_t label_count;
        } sight;
        struct { // CHANGE_ROW
            char id[ID_CAP];
            enum credential_verdict verdict;
            int64_t at;
        } change;
        struct vault_reading reading; // READ_VAULT, READ
        struct {                      // PRUNE
            struct vault_clocks clocks;
            size_t count;
        } prune;
    };
};

// Aborts without memory: nothing can be promised then, and a crash leaves the intents as unknown.
struct operation *operation_new(struct credential_service *service, enum operation_kind kind,
                                const char *sandbox_id, const char *id, void *ctx);
// One of the service's own.
struct operation *operation_new_own(struct credential_service *service, enum operation_kind kind,
                                    int64_t row);
// Marks the credential as busy with it (NULL: the sandbox), which is then its row.
void operation_begin(struct operation *op, const struct credential *credential);
// One call that changes a sandbox's credentials at a time: refuses op when there is another.
bool operation_is_blocked(struct operation *op, const struct credential *credential);
// It would change something at the server: refuses op in read-only mode, before anything is written for it.
bool operation_is_read_only(struct operation *op);
// Runs `run` on the worker (NULL: nothing), after all that was queued before, then `after` on the loop (NULL:
// op ends with op->why). An operation is queued once at a time.
void operation_queue(struct operation *op, operation_run *run, operation_after *after);
// Takes it from its list, gives up its busy marks, logs it, makes its callback and frees it.
void operation_end(struct operation *op, const struct failure *why);
// The same with a credential, which is copied; the callback gets it where why is OK.
void operation_end_with(struct operation *op, const struct failure *why, const struct credential *credential);
// As operation_end, on the loop's next turn: for what ends inside the caller's call.
void operation_refuse(struct operation *op, const struct failure *why);
// Makes its callback alone.
void operation_tell(struct operation *op, const struct failure *why);
// Into another list.
void operation_move(struct operation *op, struct operation **list);
bool operation_is_issue(const struct operation *op); // a create or a regenerate

// --- the service, and what it knows ---

enum service_timer {
    TIMER_CHANGED, // tells of changes once a turn
    TIMER_REFRESH,
    TIMER_VAULT,   // lets a burst of writes settle
    TIMER_UNSAVED, // runs while there are any
    TIMER_LOOK,    // runs while a move waits for its sandbox to run
    TIMER_SWEEP,   // until the next page of a sweep may be asked for
    TIMER_COUNT
};

// The first events of the log on their way to the disk.
struct log_writing {
    struct vault_step step;
    struct failure why;
    struct event *list; // a copy; NULL: none is under way
    size_t count;
};

// A round over all pages of the list.
enum { SERVICE_PAGES_AT_ONCE = 4 };
struct fleet_round {
    bool running;
    bool paused;     // a sweep whose page failed: until the server answers again
    unsigned serial; // answers to an earlier one's questions are not this one's
    enum http_urgency urgency;
    int next, last; // pages: the next one to ask for; as far as the list is known to go
    int highest;    // that was asked for
    int passes, under_way, steps_back;
    bool has_total, ended;            // ended: nothing new comes behind what was asked for
    bool stuck;                       // no end of the list can be seen
    size_t total, malformed;          // as the server last said; in this pass
    size_t last_new;                  // on the highest page
    int fertile, barren;              // the highest page that brought any; pages without, asked for behind it
    int64_t begun_at;                 // monotonic ms
    int64_t pace_at;                  // monotonic ms: no page of a sweep before
    int again[SERVICE_PAGES_AT_ONCE]; // pages of a sweep that failed, to be asked for once more
    int failed;                       // how many
    bool left_out;                    // a page that failed twice
    struct failure why;
    void (*told)(struct credential_service *service, const struct failure *why); // its end
};

// What is kept fresh, and the questions for it that are under way.
struct fleet_look {
    char (*watched)[ID_CAP]; // as the views say: the most important first
    size_t count;
    int under_way;
    struct failure why; // of the first page
    void (*ended)(struct credential_service *service);
    bool only; // nothing else is kept fresh
    // The pages that were answered last, and when they were asked for.
    struct {
        int page;
        int64_t asked_at;
    } answered[32];
    size_t next_answered;
};

// The state that the fleet is filtered by.
struct state_look {
    bool begun;
    enum sandbox_state state; // SANDBOX_STATE_COUNT: none
    int page;                 // the next one
    bool under_way;
};

struct credential_service {
    uv_loop_t *loop;
    struct leap0 *client;
    struct fleet *fleet;
    struct service_events events;
    void *ctx;
    char domain[HOST_CAP];
    bool closing;
    bool memory_only; // a vault that can't be written stops no create
    bool for_tools;   // what is asked for is a tool's wish, and no person's
    bool read_only;   // nothing that changes anything is sent
    struct {
        bool start, wake;
        int credentials; // per sandbox and minute
    } tools;             // what they may
    uv_timer_t timers[TIMER_COUNT];
    int open_handles;

    // The worker's side: touched by steps only.
    struct vault *vault;
    char folder[PATH_CAP], base_url[URL_CAP];
    struct secret *key;

    struct vault_step *queue, **queue_end;
    bool working;
    void (*drained)(struct credential_service *service); // at the end: no step is left; NULL before
    struct operation *operations;                        // of callers
    struct operation *unsaved; // what could not be written to the disk: kept here until it can

    // Refreshing.
    struct operation *waiting; // for the refresh under way
    bool refreshing;
    bool whole; // the one under way asks for all pages; else for the first and what is watched
    struct fleet_round round;
    struct fleet_look look;
    struct state_look state_look;
    int64_t swept_at; // monotonic ms at which the last round over all pages ended; 0 never
    size_t total;     // how many there are, as the server last said
    int64_t wait_ms;  // between the last refresh and the next
    struct failure list_failure, last;
    int64_t refreshed_at;
    int interval_ms, failures;
    int clock_asks; // of the refresh under way

    // The vault: what was read of it, and others' writes.
    struct failure vault_failure;
    uv_fs_event_t vault_watch;
    bool watching;
    int settle_ms; // how long it waits now
    int64_t vault_version;
    int64_t vault_read_at; // monotonic ms; 0 never
    int64_t prune_ms;      // so long after their end credentials go; 0 never
    int64_t pruned_at;     // monotonic ms; 0 never

    struct vault_label *labels; // as last read
    size_t label_count;
    bool sighting; // the vault is being told of their sandboxes

    struct tools_reading connected; // the tools, as last read
    bool tools_asked, tools_again;  // a look at them is under way; and then another one

    int64_t questions; // the number of the last one in a round of validations

    // The log.
    struct event *log; // what is not on disk yet, the oldest first
    size_t log_count, log_room, log_lost;
    struct log_writing log_writing;
    bool log_last;             // at the end, after a failure: the last time
    uint64_t events_seen;      // grows with each change of the log that is heard of
    int64_t vault_logged_at;   // monotonic ms of the last failure of the vault in the log; 0 none
    bool failure_logged;       // that the list does not come; until it does again
    int64_t failure_logged_at; // monotonic ms; 0 never
};

// Something that can be seen has changed.
void service_changed(struct credential_service *service);
void service_trouble(struct credential_service *service, const struct failure *why);
void service_start_timer(struct credential_service *service, enum service_timer timer, uv_timer_cb cb,
                         int64_t wait_ms);
void service_stop_timer(struct credential_service *service, enum service_timer timer);
// In the fleet, by id or by its identity; NULL: not there. Valid until the fleet changes.
const struct credential *service_known(const struct credential_service *service, const char *sandbox_id,
                                       const char *id);
const struct credential *service_by_row(const struct credential_service *service, const char *sandbox_id,
                                        int64_t row);
// The caller's operation that is under way on the row; NULL: none.
const struct operation *service_operation_on(const struct credential_service *service, int64_t row);
// What is in memory only in that row; NULL: none.
struct operation *service_unsaved_of(const struct credential_service *service, int64_t row);

// --- persons and tools ---

// On the worker, before what may undo what a person did: refuses what a tool may not do, and drops what was
// noted where a person does it.
enum status service_may_issue(struct operation *op, struct vault *vault);
enum status service_may_run(struct operation *op, struct vault *vault);
// On the worker: notes that a person does it.
enum status service_note_by_hand(struct operation *op, enum by_hand what, struct vault *vault);
// It came to nothing: what was noted with it goes.
void service_unnote(const struct operation *op, enum by_hand what);

// --- the log ---

// A step on the vault has failed or worked: health and trouble. quiet: nobody waits for it.
void service_note_vault(struct credential_service *service, const struct failure *why, bool quiet);
// What could not be written is tried again. At the end: the last time.
void service_log_retry(struct credential_service *service);
// The list came or did not: logged once when that begins, and once when it is over.
void service_log_refresh(struct credential_service *service);

// --- reading the vault ---

// A list of the vault has come: it goes into the fleet, with what is known in this run.
void service_take_vault(struct credential_service *service, const struct credential *list, size_t count);
// Its labels, into the fleet; they are the service's then.
void service_take_labels(struct credential_service *service, struct vault_label **labels, size_t count);
// A list has come: tells the vault which labelled sandboxes are there and which have gone.
void service_sight_labels(struct credential_service *service);
enum status service_read_vault(struct vault_reading *reading, struct vault *vault, struct failure *why);
// READ_VAULT: what was read goes into the fleet.
enum status service_run_read(struct operation *op, struct vault *vault);
void service_after_read(struct operation *op);
void service_reload(struct credential_service *service); // reads all of it again
// The folder is there once the vault has been opened.
void service_watch_vault(struct credential_service *service);
void service_unwatch_vault(struct credential_service *service);

// --- the tools that are connected ---

// A part of op's step, and of what comes after it on the loop.
void service_run_tools(struct operation *op);
void service_after_tools(struct operation *op);
void service_look_for_tools(struct credential_service *service); // them alone

// --- rows ---

// In the fleet, and of what is in memory only; on disk by service_write_verdict.
void service_set_verdict(struct credential_service *service, const char *sandbox_id, int64_t row,
                         enum credential_verdict verdict, int64_t at);
// id "": whatever id the row has by now.
void service_write_verdict(struct credential_service *service, int64_t row, const char *id,
                           enum credential_verdict verdict, int64_t at);
// On the worker: what a call has brought, into op's row.
enum status service_keep(struct operation *op, struct commit *commit, struct vault *vault);
// Keeps what op has brought in memory, and tries again until it is on disk. The fleet has it: *credential.
void service_unsaved_add(struct operation *op, struct credential *credential);
// What is written with what is in memory only in the row, if there is any.
void service_unsaved_verdict(struct credential_service *service, int64_t row, enum credential_verdict verdict,
                             int64_t at);
// What is in memory only in the row goes, if there is any; what waits for it on the disk stays.
void service_unsaved_drop(struct credential_service *service, int64_t row);
// It is not to be written any more, and what waits for it on the disk goes. False: there is none in that row.
bool service_unsaved_give_up(struct credential_service *service, int64_t row);
void service_retry_unsaved(struct credential_service *service);
// What the outcome in keep_row replaces goes, where the server gave it by then.
void service_drop_superseded(struct credential_service *service, const char *sandbox_id, const char *id,
                             int64_t given_at, int64_t keep_row);

// --- calls ---

// Asks the server which password of op's row works, where several may; then ends op.
void service_choose(struct operation *op);
// As service_validate, for rounds of questions that nobody asked for: thousands a day that find nothing new.
void service_validate_quietly(struct credential_service *service, const char *sandbox_id, const char *id,
                              service_credential_cb *cb, void *ctx);
// Counts among what was not understood a host or a user name that is none, and an ssh_command that is needed
// and can't be read.
void service_judge_target(struct access *access);
// Puts what a create or a regenerate has brought on disk, then into the fleet, then ends it. Takes the
// password out of access.
void service_commit(struct operation *op, struct access *access);
// After a good list: takes out what has ended long ago, when the server's clock is sure.
void service_prune(struct credential_service *service);
// Begins a round over all pages, a few at a time; one that is under way is abandoned. A sweep goes at its
// pace, and waits where the budget is used up. It ends by `ended`, never from inside this.
// Before its end: when its first page was asked for, in monotonic ms.
void service_round_asked(struct credential_service *service, int64_t asked_ms);
void service_round_begin(struct credential_service *service, enum http_urgency urgency,
                         void (*ended)(struct credential_service *service, const struct failure *why));
void service_round_resume(struct credential_service *service); // a sweep that paused
void service_round_abandon(struct credential_service *service);
// Asks for the first page and what is watched, or in transition, and not fresh. It ends by
// `ended`, never from inside this. first_size: of the first page; 0: a whole one.
void service_look_begin(struct credential_service *service, enum http_urgency urgency, int first_size,
                        void (*ended)(struct credential_service *service));
void service_state_look(struct credential_service *service); // the next page of service_watch_state's
bool service_is_moving(enum sandbox_state state);
// Refresh again soon: something is known to move.
void service_refresh_soon(struct credential_service *service);
// At the end: those that wait for the refresh, and moves that wait for their sandbox, are given up.
void service_end_waiting(struct credential_service *service, const struct failure *why);
void service_end_looks(struct credential_service *service);

#endif
