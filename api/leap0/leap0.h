// SPDX-License-Identifier: Apache-2.0
//
// leap0: Call the Leap0 API, one function for each endpoint, asynchronously on one libuv loop. It knows
// both dialects and finds out which one the server speaks by calls that change nothing. It keeps nothing:
// api/service has the calls with the vault's discipline around them.
//
// Each call's callback runs exactly once, on the loop, never from inside the call itself; what it is given
// belongs to the callee and is gone when it returns unless taken. Freeing the client ends all calls with
// STATUS_CANCELLED first. Only calls that change nothing (list, get, validate) or that may be done twice
// (wake) are tried again by themselves, and only on 429, 5xx and lost connections, at most twice, honouring
// Retry-After. A call that changes something is sent once; when its answer is lost, failure.maybe_done is
// set.

#ifndef SBXDECK_API_LEAP0_LEAP0_H
#define SBXDECK_API_LEAP0_LEAP0_H

#include "api/base/server_clock.h"
#include "api/http/http_rate.h"
#include "api/leap0/model.h"

#include <uv.h>

enum dialect { DIALECT_AUTO, DIALECT_SANDBOX, DIALECT_CREDENTIAL };

struct leap0;

struct leap0_options {
    const char *base_url;         // http only to loopback; else https
    const struct secret *api_key; // copied
    enum dialect dialect;
    int connect_timeout_ms; // 0: 10 s
    int timeout_ms;         // a whole call; 0: 30 s
    const char *ca_file;    // copied; NULL or "": the environment's or the system's authorities
    int quota;              // requests in 60 s of the organization; 0: 1000
    int background_share;   // percent of them for what nobody asked for; 0: 25
    bool leap0_header;      // send the key as leap0-authorization, for a proxy that owns authorization
    bool read_only;         // what leap0_changes_nothing doesn't name is not sent: READ_ONLY
};

// Whether a request of that method and path is known to change nothing: the list, one sandbox, a validate. A
// GET into the system inside a sandbox wakes it, and what is not known is none.
bool leap0_changes_nothing(const char *method, const char *path);

// BAD_ARGUMENT (base URL not of the grammar), KEY_MISSING, NO_MEMORY. *out is the caller's, ended by
// leap0_free.
enum status leap0_new(uv_loop_t *loop, const struct leap0_options *options, struct leap0 **out,
                      struct failure *why);
// Cancels all calls (their callbacks run before this returns) and gives up the loop's handles; the loop must
// run on until they are closed. NULL is fine.
void leap0_free(struct leap0 *client);

// A call under way; valid until its callback has run.
struct leap0_call;

// An item of a list that was not read again: its bytes are what they were.
struct leap0_known {
    char id[ID_CAP];
    size_t before; // so many of the page's sandboxes come before it
};

struct leap0_page {
    const struct sandbox *sandboxes; // of the callee; the callback may not keep it
    size_t count;
    const uint64_t *hashes;          // of each sandbox's bytes, never 0; NULL: none were asked for
    const struct leap0_known *known; // in the page's order; see leap0_query.is_known
    size_t known_count;
    size_t total;             // what the server says there are in all; count when it does not say
    bool has_total;           // it does say
    int number;               // of the page; 0: all of them
    size_t malformed;         // items left out because they have no id
    bool incomplete;          // there may be more: the server said so and did not give them
    struct unparsed unparsed; // of the list itself
};

typedef void leap0_sandboxes_cb(void *ctx, const struct failure *why, const struct leap0_page *page);
typedef void leap0_sandbox_cb(void *ctx, const struct failure *why, const struct sandbox *sandbox);
// access: not const, so that the callback can take the password (set the pointer to NULL).
typedef void leap0_access_cb(void *ctx, const struct failure *why, struct access *access);
typedef void leap0_valid_cb(void *ctx, const struct failure *why, bool valid);
typedef void leap0_done_cb(void *ctx, const struct failure *why);
// In all of them why->status is STATUS_OK when it worked; the object is NULL (or false) when it did not.

struct leap0_query {
    const char *state; // NULL: all
    const char *sort;  // NULL: the server's default
    bool ascending;
    int page;      // 1..; 0: all pages, joined by id
    int page_size; // 1..100; 0: 100
    enum http_urgency urgency;
    // Of one page: is this what that sandbox was last read from? Then it is not parsed again. The id is what
    // the bytes seem to say, perhaps wrongly; the hash is keyed and never 0. NULL: all are parsed.
    bool (*is_known)(void *ctx, const char *id, uint64_t hash);
    void *known_ctx;
};

// Each returns NULL, and its callback does not run, when nothing could be started: out of memory, or
// leap0_free has begun. An invalid id is reported by the callback: BAD_ARGUMENT, and nothing was sent.
struct leap0_call *leap0_sandboxes(struct leap0 *, const struct leap0_query *query, leap0_sandboxes_cb *cb,
                                   void *ctx);
struct leap0_call *leap0_sandbox(struct leap0 *, const char *sandbox_id, leap0_sandbox_cb *cb, void *ctx);
// The same when nobody asked for it, likewise leap0_access_validate_quietly.
struct leap0_call *leap0_sandbox_quietly(struct leap0 *, enum http_urgency urgency, const char *sandbox_id,
                                         leap0_sandbox_cb *cb, void *ctx);

struct leap0_new_sandbox {
    const char *template_name; // NULL: system/debian:bookworm
    int vcpu;                  // 0: 1
    int memory_mib;            // 0: 1024
    int timeout_s;             // 0: 300
    bool auto_pause;
    const char *network_mode; // NULL: not sent
    const char *const *env;   // variables as NAME=VALUE, NULL-ended, each name once; NULL: not sent
};
struct leap0_call *leap0_sandbox_create(struct leap0 *, const struct leap0_new_sandbox *,
                                        leap0_sandbox_cb *cb, void *ctx);

// WAKE is for a paused one: a call to the system inside, which changes nothing there and resumes it.
enum sandbox_move { MOVE_PAUSE, MOVE_STOP, MOVE_START, MOVE_DELETE, MOVE_WAKE };
const char *sandbox_move_name(enum sandbox_move move); // "pause"
struct leap0_call *leap0_sandbox_move(struct leap0 *, const char *sandbox_id, enum sandbox_move move,
                                      leap0_done_cb *cb, void *ctx);

struct leap0_call *leap0_access_create(struct leap0 *, const char *sandbox_id, leap0_access_cb *cb,
                                       void *ctx);
struct leap0_call *leap0_access_validate(struct leap0 *, const char *sandbox_id, const char *id,
                                         const struct secret *password, leap0_valid_cb *cb, void *ctx);
struct leap0_call *leap0_access_validate_quietly(struct leap0 *, const char *sandbox_id, const char *id,
                                                 const struct secret *password, leap0_valid_cb *cb,
                                                 void *ctx);
// Delete: OK only when the server said so, NOT_FOUND when the API itself said that there is no such
// credential; OUTCOME_UNKNOWN when neither dialect could be asked in, and nothing was sent. Regenerate and
// delete need to know the dialect, and in the `credential` dialect an id (else NO_CREDENTIAL). While it is
// not known they probe first by validating id with password (may be NULL: then an empty one, which the server
// finds not valid and answers all the same).
struct leap0_call *leap0_access_regenerate(struct leap0 *, const char *sandbox_id, const char *id,
                                           const struct secret *password, leap0_access_cb *cb, void *ctx);
struct leap0_call *leap0_access_delete(struct leap0 *, const char *sandbox_id, const char *id,
                                       const struct secret *password, leap0_done_cb *cb, void *ctx);

enum dialect leap0_dialect(const struct leap0 *client); // AUTO until found out
const char *dialect_name(enum dialect dialect);         // "auto", "sandbox", "credential"
bool dialect_parse(const char *name, enum dialect *out);

// The wire as seen lately.
struct leap0_health {
    int64_t latency_ms;       // of the last answer; -1 none yet
    int64_t last_answer_at;   // monotonic ms; 0 none yet
    int requests_last_minute; // of this process
    int background;           // of these, what nobody asked for
    int background_share;     // how many of those may go in a minute, as things stand
    bool held;                // these wait for what the server said to a 429
};
void leap0_health(const struct leap0 *client, struct leap0_health *out);
// When the next call of that urgency can be sent: 0 now, else monotonic ms.
int64_t leap0_free_at(const struct leap0 *client, enum http_urgency urgency);
void leap0_hurry(struct leap0 *client);                             // see http_hurry
void leap0_network_changed(struct leap0 *client);                   // see http_network_changed
const struct server_clock *leap0_clock(const struct leap0 *client); // valid as long as the client

#endif
