// SPDX-License-Identifier: Apache-2.0
//
// http: Send requests to one server with one key, asynchronously on a libuv loop: deadlines, caps, retries
// of what changes nothing, the rate budget (http_rate.h), the server's clock. It does not know what the
// requests mean.

#ifndef SBXDECK_API_HTTP_HTTP_H
#define SBXDECK_API_HTTP_HTTP_H

#include "api/base/secret.h"
#include "api/base/server_clock.h"
#include "api/base/status.h"
#include "api/http/http_rate.h"
#include "api/http/http_url.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

enum {
    HTTP_REQUEST_MAX = 64 * 1024, // of a request's body
    HTTP_RETRIES_MAX = 2
};

struct http;

struct http_options {
    const char *base_url; // checked by http_url_check
    const struct secret *api_key;
    bool leap0_header;
    const char *ca_file; // the authorities, PEM; NULL or "": the environment's or the system's
    int connect_timeout_ms;
    int timeout_ms; // of a request with its retries and waiting; in the background without the waiting
    int quota, background_share; // see http_rate_begin
    // What may be sent; NULL: everything. The rest is READ_ONLY, at this one place for all callers.
    bool (*may_send)(const char *method, const char *path);
};

// NO_MEMORY, or *out is the caller's, ended by http_free.
enum status http_new(uv_loop_t *loop, const struct http_options *options, struct http **out,
                     struct failure *why);
// Ends all requests (their callbacks run with CANCELLED before this returns). The loop must run on until the
// handles are closed. May be called from a callback. NULL is fine.
void http_free(struct http *http);

struct http_answer {
    struct failure
        why;     // status OK for 2xx; else what the status means, with the server's message (but the key)
    long status; // 0: no answer came, or not all of it
    const char *body; // ended by NUL; "" when there is none; valid in the callback
    size_t length;
};
typedef void http_cb(void *ctx, const struct http_answer *answer);

struct http_request {
    const char *method; // GET, POST, DELETE
    const char *path;   // from "/v1/…" on: of admitted characters only
    const char *body;   // JSON text, copied, wiped when over; NULL: none
    bool changes;       // sent once only; when the answer is lost, why.maybe_done is set
    // What is in the background waits for the budget as long as it takes, also after a 429.
    enum http_urgency urgency;
    const struct failure *refused; // not NULL: nothing is sent, the callback gets this
};

// The callback runs exactly once, on the loop, never from inside this. False, and it does not run: out of
// memory, or http_free has begun.
bool http_send(struct http *http, const struct http_request *request, http_cb *cb, void *ctx);

// The machine's network has changed: connections kept from before are not used any more, and what was asked
// over them and changes nothing is asked anew.
void http_network_changed(struct http *http);

const struct server_clock *http_clock(const struct http *http);
// What waits in the background is a person's from now on.
void http_hurry(struct http *http);

struct http_health {
    int64_t latency_ms;       // of the last answer; -1: none yet
    int64_t answered_at;      // when it came, monotonic ms; 0: none yet
    int requests, background; // in 60 s; of these, what nobody asked for
    int background_share;     // how many of those may go in 60 s, as things stand
    bool held;                // the background waits for what the server said to a 429
};
void http_health(struct http *http, struct http_health *out);
// When the next one of that urgency may go, by the budget and what the server said: 0 now, else monotonic ms.
int64_t http_free_at(struct http *http, enum http_urgency urgency);

#endif
