// SPDX-License-Identifier: Apache-2.0
//
// bulk: one operation on many sandboxes or credentials, a few at a time: which comes next, what became of
// each, how long the rest will take. It makes no call and reads no clock; times are monotonic ms of the
// caller.

#ifndef SBXDECK_VIEWS_BULK_BULK_H
#define SBXDECK_VIEWS_BULK_BULK_H

#include "api/base/status.h"
#include "api/fleet/credential.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// verb, "creating", "12 created", what it is done to. A stop and a pause are done when the server has
// accepted them; a start, which also wakes, when the sandbox runs.
#define BULK_VERB_TABLE(X)                                                                                   \
    X(CREATE, "create", "creating", "created", "credential")                                                 \
    X(VALIDATE, "validate", "validating", "validated", "credential")                                         \
    X(REGENERATE, "regenerate", "regenerating", "regenerated", "credential")                                 \
    X(DELETE, "delete", "deleting", "deleted", "credential")                                                 \
    X(FORGET, "forget", "forgetting", "forgotten", "credential")                                             \
    X(START, "start", "starting", "started", "sandbox")                                                      \
    X(STOP, "stop", "stopping", "asked to stop", "sandbox")                                                  \
    X(PAUSE, "pause", "pausing", "asked to pause", "sandbox")                                                \
    X(REMOVE, "delete", "deleting", "being deleted", "sandbox")                                              \
    X(EXEC, "run in", "running in", "done", "sandbox")

enum bulk_verb {
#define X(name, verb, doing, did, noun) BULK_##name,
    BULK_VERB_TABLE(X)
#undef X
        BULK_VERB_COUNT
};
const char *bulk_verb(enum bulk_verb verb);     // "create"
const char *bulk_doing(enum bulk_verb verb);    // "creating"
const char *bulk_did(enum bulk_verb verb);      // "created"
bool bulk_is_of_sandboxes(enum bulk_verb verb); // not of credentials
// "5 sandboxes", "1 credential". Returns out.
enum { BULK_COUNTED_CAP = 48 };
char *bulk_counted(enum bulk_verb verb, size_t count, char out[BULK_COUNTED_CAP]);

enum bulk_state {
    BULK_WAITING,
    BULK_RUNNING,
    BULK_DONE,
    BULK_FAILED,
    BULK_UNKNOWN,  // it may have taken effect: never tried again from here
    BULK_CANCELLED // not started
};

enum { BULK_PARALLEL_MAX = 32, BULK_RESULT_CAP = 32 };

struct bulk_item {
    char sandbox_id[ID_CAP];
    char id[ID_CAP]; // of the credential; "" for a create and for what is done to sandboxes
    int64_t row;     // its vault row; 0: not known
    enum bulk_state state;
    struct failure why;           // of FAILED and UNKNOWN
    char result[BULK_RESULT_CAP]; // a word on what it brought ("valid"); may be ""
};

struct bulk_counts {
    size_t total, done, failed, unknown, cancelled, running, waiting;
};

struct bulk;

// Whether revoking all must tell the server about it: its id is known and nothing says that it is over.
bool bulk_may_still_work(const struct credential *credential, int64_t server_now_ms);
// One that may work too, but that can't be told about now: another call on it is under way, or a create's
// answer was lost and with it the id.
bool bulk_is_out_of_reach(const struct credential *credential);

// parallel: at most so many at once, 1..BULK_PARALLEL_MAX. Ended by bulk_free.
// Its time counts from the first that is taken.
struct bulk *bulk_new(enum bulk_verb verb, int parallel);
void bulk_free(struct bulk *bulk); // NULL is fine
enum bulk_verb bulk_kind(const struct bulk *bulk);

void bulk_add(struct bulk *bulk, const char *sandbox_id, const char *id);
void bulk_add_row(struct bulk *bulk, const char *sandbox_id, const char *id, int64_t vault_row);
size_t bulk_size(const struct bulk *bulk);
const struct bulk_item *bulk_item(const struct bulk *bulk, size_t index); // valid until the next bulk_add

// The next one to be begun, which is RUNNING then. False: none may be begun now.
bool bulk_take(struct bulk *bulk, int64_t now_ms, size_t *index);
// What became of it. One that the server's rate limit has refused waits again, and all pause until it may be
// asked again.
void bulk_end(struct bulk *bulk, size_t index, const struct failure *why, const char *result, int64_t now_ms);
// The id of the credential that it turned out to be about.
void bulk_name(struct bulk *bulk, size_t index, const char *id);
// Nothing more is begun; what is under way goes on to its end.
void bulk_cancel(struct bulk *bulk, int64_t now_ms);
// Those that failed or were not started wait anew. Returns how many there are.
size_t bulk_again(struct bulk *bulk, int64_t now_ms);

bool bulk_is_over(const struct bulk *bulk);
int64_t bulk_paused_ms(const struct bulk *bulk, int64_t now_ms); // until it goes on; 0: it is not paused
int64_t bulk_elapsed_ms(const struct bulk *bulk, int64_t now_ms);
int64_t bulk_left_ms(const struct bulk *bulk, int64_t now_ms); // as it went so far; -1: not known
void bulk_count(const struct bulk *bulk, struct bulk_counts *out);
// Whether it is over for that one, and it was not done.
bool bulk_is_undone(const struct bulk_item *item);
// "sbx-a, sbx-b and 3 more": the sandboxes of those that failed or are unknown, each once, at most so many by
// name; "" none. Returns out.
char *bulk_troubled(const struct bulk *bulk, size_t most, char *out, size_t cap);

#endif
