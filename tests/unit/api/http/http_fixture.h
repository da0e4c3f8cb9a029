// SPDX-License-Identifier: Apache-2.0
//
// http_fixture: an HTTP client and its peer on one loop, for the tests of api/http. A call's answer is
// copied, so that it can be looked at after its callback.

#ifndef SBXDECK_TESTS_UNIT_API_HTTP_HTTP_FIXTURE_H
#define SBXDECK_TESTS_UNIT_API_HTTP_HTTP_FIXTURE_H

#include "api/http/http.h"
#include "tests/unit/api/http/http_peer.h"

#define HTTP_FIXTURE_KEY "l0_test_key_0123456789"

// What came of a call; its address is the ctx.
struct http_fixture_answer {
    int calls; // of the callback
    long status;
    struct failure why;
    char body[2048]; // as far as it fits
    size_t length;
};

struct http_fixture {
    uv_loop_t loop;
    struct http_peer *peer;
    struct http *http;
    bool hurry; // while waiting, let the client's clock run ahead: half a second with every pulse
};

// A peer and a client of it. timeout_ms 0: long enough for any machine.
void http_fixture_begin(struct http_fixture *fixture, const struct http_peer_answer *answers, size_t count,
                        int timeout_ms);
// The same with a client that is pointed elsewhere (url NULL: at the peer), by the options given.
void http_fixture_begin_at(struct http_fixture *fixture, const struct http_peer_answer *answers, size_t count,
                           const struct http_options *options);
// Frees all, runs the loop to its end, and fails the test when a handle stays on it.
void http_fixture_end(struct http_fixture *fixture);

void http_fixture_on_answer(void *ctx, const struct http_answer *answer);
// Starts a call; answer is zeroed. The test fails when nothing starts.
void http_fixture_send(struct http_fixture *fixture, const struct http_request *request,
                       struct http_fixture_answer *answer);
// Runs the loop until the callback has come; fails the test when it does not.
void http_fixture_wait(struct http_fixture *fixture, struct http_fixture_answer *answer);
void http_fixture_until(struct http_fixture *fixture, bool (*ready)(void *ctx), void *ctx);
// Turns the loop for so long, for what must not happen.
void http_fixture_turn(struct http_fixture *fixture, int turns);

// One call to its end: a GET, or a POST that changes something.
void http_fixture_get(struct http_fixture *fixture, struct http_fixture_answer *answer);
void http_fixture_post(struct http_fixture *fixture, struct http_fixture_answer *answer);

#endif
