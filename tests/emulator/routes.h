// SPDX-License-Identifier: Apache-2.0
//
// routes: The answer to each request of the emulated API, without an HTTP library.

#ifndef SBXDECK_TESTS_EMULATOR_ROUTES_H
#define SBXDECK_TESTS_EMULATOR_ROUTES_H

#include "tests/emulator/store.h"

struct request {
    const char *method, *path; // the path without its query
    const char *body;          // ended by NUL, NULL when there is none
    size_t body_length;
    // A value of the query; NULL: not given. Valid as long as the request.
    const char *(*query)(const void *ctx, const char *name);
    // Waits in the middle of an answer. False: the server stops, and nothing more is to be answered.
    bool (*wait_ms)(const void *ctx, int ms);
    const void *ctx;
};

struct answer {
    int status; // 0: close the connection without an answer
    char *body; // JSON, of the caller to free; NULL: none
    int retry_after_s;
};

void routes_answer(struct store *store, const struct options *options, const struct request *request,
                   struct answer *answer);
// What the emulator tells of itself, outside the API: true when it was asked for that, and it is answered.
bool routes_tell_requests(struct store *store, const struct request *request, struct answer *answer);
// {"message": text} with a status.
void routes_error(struct answer *answer, int status, const char *text);

#endif
