// SPDX-License-Identifier: Apache-2.0
//
// leap0_fixture: a client of the API and a peer with the answers of the test, on one loop, for the tests of
// api/leap0.

#ifndef SBXDECK_TESTS_UNIT_API_LEAP0_LEAP0_FIXTURE_H
#define SBXDECK_TESTS_UNIT_API_LEAP0_LEAP0_FIXTURE_H

#include "api/base/json.h"
#include "api/leap0/leap0.h"
#include "tests/unit/api/http/http_peer.h"

enum { LEAP0_FIXTURE_REPLIES = 16, LEAP0_FIXTURE_LISTED = 300 };

// An answer of the peer: "200 OK" and a body (NULL: none).
struct leap0_fixture_reply {
    const char *status, *body;
};

// What came of a call; its address is the ctx of the callbacks below.
struct leap0_fixture_answer {
    int calls;
    struct failure why;
    bool has; // the object was there
    struct sandbox sandbox;
    struct sandbox listed[LEAP0_FIXTURE_LISTED];
    size_t count, total, malformed;
    bool incomplete;
    struct unparsed unparsed; // of the list
    struct access access;     // its password is in password
    char password[128];
    bool valid;
};
void leap0_fixture_on_page(void *ctx, const struct failure *why, const struct leap0_page *page);
void leap0_fixture_on_sandbox(void *ctx, const struct failure *why, const struct sandbox *sandbox);
void leap0_fixture_on_access(void *ctx, const struct failure *why, struct access *access);
void leap0_fixture_on_valid(void *ctx, const struct failure *why, bool valid);
void leap0_fixture_on_done(void *ctx, const struct failure *why);

struct leap0_fixture {
    uv_loop_t loop;
    struct http_peer *peer;
    struct leap0 *client;
    struct http_peer_answer answers[LEAP0_FIXTURE_REPLIES];
    char *bytes[LEAP0_FIXTURE_REPLIES];
    struct leap0_fixture_answer answer;
    struct secret *password; // "pass-word"
};

void leap0_fixture_begin(struct leap0_fixture *fixture, enum dialect dialect);
// Frees all, runs the loop to its end, and fails the test when a handle stays on it.
void leap0_fixture_end(struct leap0_fixture *fixture);

// What the peer answers from now on, one reply a request; the last again and again. split, piece: in which
// pieces (as in http_peer_answer).
void leap0_fixture_script(struct leap0_fixture *fixture, const struct leap0_fixture_reply *replies,
                          size_t count, size_t split, size_t piece);
// The same for one reply, whole.
void leap0_fixture_reply(struct leap0_fixture *fixture, const char *status, const char *body);

// The ctx for a call: fixture->answer, zeroed.
struct leap0_fixture_answer *leap0_fixture_asked(struct leap0_fixture *fixture);
// Runs the loop until the call's callback has come, and gives its status. The test fails when call is NULL,
// or the callback has come before or comes twice.
enum status leap0_fixture_wait(struct leap0_fixture *fixture, const struct leap0_call *call);
// Runs the loop until the peer has had so many requests.
void leap0_fixture_until_requests(struct leap0_fixture *fixture, size_t count);

// The n-th request begins with this line ("GET /v1/…"), and its body is this (NULL: none).
void leap0_fixture_expect_request(const struct leap0_fixture *fixture, size_t number, const char *line,
                                  const char *body);
// There were no others.
void leap0_fixture_expect_requests(const struct leap0_fixture *fixture, size_t count);

// JSON that must be right, of the caller to delete.
cJSON *leap0_fixture_tree(const char *text);

#endif
