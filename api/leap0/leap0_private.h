// SPDX-License-Identifier: Apache-2.0
//
// leap0_private: What the files of leap0 share: a call and its steps. A call is one or more requests, one
// after the other; each answer is given to the call's step, which sends the next request or finishes.

#ifndef SBXDECK_API_LEAP0_LEAP0_PRIVATE_H
#define SBXDECK_API_LEAP0_LEAP0_PRIVATE_H

#include "api/base/id_map.h"
#include "api/base/json.h"
#include "api/http/http.h"
#include "api/leap0/leap0.h"

enum { LEAP0_PATH_CAP = 512 };

struct leap0 {
    struct http *http;
    enum dialect dialect;
    char base_url[HTTP_URL_MAX];
};

enum access_verb { ACCESS_CREATE, ACCESS_VALIDATE, ACCESS_REGENERATE, ACCESS_DELETE };

// A list that grows by pages.
struct sandbox_list {
    struct id_map items;      // struct sandbox
    struct id_map seen;       // the ids of this pass
    size_t total;             // SIZE_MAX: not given, or nonsense
    size_t malformed;         // of this pass
    struct unparsed unparsed; // of the list itself
    uint64_t *hashes;         // of each of items; NULL: none were asked for
    struct leap0_known *known;
    size_t known_count;
};

typedef void leap0_step(struct leap0_call *call, const struct http_answer *answer);

union leap0_callback {
    leap0_sandboxes_cb *sandboxes;
    leap0_sandbox_cb *sandbox;
    leap0_access_cb *access;
    leap0_valid_cb *valid;
    leap0_done_cb *done;
};

struct leap0_call {
    struct leap0 *client;
    leap0_step *step;
    bool begun;  // it was returned to the caller: its end is reported by the callback
    bool unsent; // its first request could not be taken on
    union leap0_callback cb;
    void *ctx;
    char sandbox_id[ID_CAP], id[ID_CAP];
    struct secret *password;
    enum access_verb verb;
    enum dialect trying; // of the request under way
    bool probing;        // it is a validate that finds out the dialect
    bool path_refused;   // the first path that was asked by was answered 405
    enum http_urgency urgency;
    struct leap0_query query;
    char state[STATE_CAP], sort[STATE_CAP];
    int page, passes;
    struct sandbox_list list;
};

// NULL: out of memory.
struct leap0_call *leap0_call_new(struct leap0 *client, leap0_step *step, union leap0_callback cb, void *ctx);
void leap0_call_free(struct leap0_call *call);
// Sends; the answer comes to call->step (at once when it can't be sent any more, so that nothing may touch
// the call after this). body is copied.
void leap0_call_send(struct leap0_call *call, const char *method, const char *path, const char *body,
                     bool changes);
// Sends nothing: the step gets the failure on the loop's next turn.
void leap0_call_refuse(struct leap0_call *call, const struct failure *why);
// After the first send or refusal: the call to return, or NULL (and it is freed) when that was not taken
// on.
struct leap0_call *leap0_call_begun(struct leap0_call *call);
// MALFORMED: the status says nothing of what was asked for, which may have been done.
enum status leap0_refuse_answer(const struct http_answer *answer, const char *fault, struct failure *why);
// The answer (a 2xx) says that something is deleted; else why says that it may be.
enum status leap0_check_deleted(const struct http_answer *answer, struct failure *why);
// OK, or BAD_ARGUMENT for an id that can't stand in a path.
enum status leap0_check_id(const char *what, const char *id, struct failure *why);

#endif
