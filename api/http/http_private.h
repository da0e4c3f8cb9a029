// SPDX-License-Identifier: Apache-2.0
//
// http_private: What the files of http share: the client, a call, and a call's transfer in curl. A call has
// one transfer at a time; when it is tried again, it gets a new one.

#ifndef SBXDECK_API_HTTP_HTTP_PRIVATE_H
#define SBXDECK_API_HTTP_HTTP_PRIVATE_H

#include "api/base/bytebuf.h"
#include "api/http/http.h"

#include <curl/curl.h>

enum call_state { CALL_QUEUED, CALL_RUNNING, CALL_OVER };

struct http_call {
    struct http *http;
    struct http_call *next;
    enum call_state state;
    char method[8];
    char path[HTTP_URL_MAX];
    char *request; // body; NULL: none
    size_t request_length;
    bool changes;
    enum http_urgency urgency;
    struct failure refused; // status OK: it may go
    int tries;
    int64_t not_before, deadline; // monotonic ms; INT64_MAX: it waits in the background
    int64_t sent_at, answered_at;
    CURL *easy;
    struct curl_slist *headers;
    struct bytebuf body; // of the answer
    size_t header_bytes;
    bool headers_whole;   // the empty line after them has come
    enum status given_up; // why the taking in of the answer was stopped here; OK: it was not
    http_cb *cb;
    void *ctx;
};

struct http {
    uv_loop_t *loop;
    uv_timer_t queue_timer;
    struct curl_loop *curl_loop;
    struct http_call *calls; // oldest first
    char base_url[HTTP_URL_MAX];
    char *ca_file; // NULL: the environment's or the system's
    struct secret *key;
    bool leap0_header, loopback, closing;
    bool (*may_send)(const char *method, const char *path); // NULL: everything may be
    int connect_timeout_ms, timeout_ms;
    int64_t network_at; // monotonic ms of the last change of the network; 0 none
    struct http_rate rate;
    struct server_clock clock;
    int64_t latency_ms, last_answer_at;
};

// Gives the call a transfer, ready to be added to the multi handle. False: out of memory.
bool http_transfer_new(struct http_call *call);
// Wipes and frees the transfer and what it has brought; fine when there is none.
void http_transfer_drop(struct http_call *call);

#endif
