// SPDX-License-Identifier: Apache-2.0
//
// http_peer: An HTTP server on loopback, for tests of what a server may do. It sends exactly the bytes that
// it was given, in the pieces that were chosen, and keeps what it received. It runs on the loop of the client
// under test, so that between two pieces the client has certainly had its turn.

#ifndef SBXDECK_TESTS_UNIT_API_HTTP_HTTP_PEER_H
#define SBXDECK_TESTS_UNIT_API_HTTP_HTTP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

enum http_peer_end {
    HTTP_PEER_KEEP,  // the connection stays, for the next request
    HTTP_PEER_CLOSE, // end of file
    HTTP_PEER_RESET,
    HTTP_PEER_REPEAT, // the last piece again and again, for ever
};

// What is said once a whole request has come.
struct http_peer_answer {
    const char *bytes; // NULL: nothing
    size_t length;     // 0: up to the NUL
    size_t split;      // the first piece's length; 0: all in one
    size_t piece;      // of those after it; 0: all the rest
    enum http_peer_end end;
    bool at_once; // said to whatever comes first, which counts as a request
};

struct http_peer;

// Answers the n-th request by the n-th of these, those after the last by the last. They are the caller's and
// must last. The test fails when it can't listen.
struct http_peer *http_peer_start(uv_loop_t *loop, const struct http_peer_answer *answers, size_t count);
// Begins anew with other answers, forgetting the requests; connections stay.
void http_peer_script(struct http_peer *peer, const struct http_peer_answer *answers, size_t count);
// Closes all; the loop must run on until the handles are closed.
void http_peer_stop(struct http_peer *peer);

const char *http_peer_url(const struct http_peer *peer); // "http://127.0.0.1:PORT"
int http_peer_port(const struct http_peer *peer);
size_t http_peer_requests(const struct http_peer *peer);    // whole ones
size_t http_peer_connections(const struct http_peer *peer); // ever made
size_t http_peer_bytes(const struct http_peer *peer);       // ever received
// The n-th request as it came, ended by NUL; the test fails when there is none. Valid until the next script.
const char *http_peer_request(const struct http_peer *peer, size_t number);
// Closes what connections there are, as a server does that has waited long enough.
void http_peer_hang_up(struct http_peer *peer);

#endif
