// SPDX-License-Identifier: Apache-2.0
//
// routes_private: what the files of routes share.

#ifndef SBXDECK_TESTS_EMULATOR_ROUTES_PRIVATE_H
#define SBXDECK_TESTS_EMULATOR_ROUTES_PRIVATE_H

#include "tests/emulator/routes.h"

#include <cjson/cJSON.h>

// A request on its way: what the path has named, and what comes of it.
struct exchange {
    struct store *store;
    const struct options *options;
    const struct request *request;
    struct answer *answer;
    bool single;
    bool unanswered; // nobody will hear the answer: there is nothing to wait for // by the sandbox, not by a
                     // credential's id
    char sandbox[STORE_ID_CAP], id[STORE_ID_CAP];
    cJSON *body; // an object, empty when none was sent
    cJSON *errors;
};

// Answers with a tree and takes it over.
void routes_give(struct exchange *exchange, int status, cJSON *tree);
// One more thing that is wrong with the request.
void routes_add_error(struct exchange *exchange, const char *field, const char *text);
// True when something was wrong; it is then answered.
bool routes_refused(struct exchange *exchange);
// True when it did not go well; it is then answered.
bool routes_failed(struct exchange *exchange, enum store_result result, const char *conflict);

// POST /v1/sandbox/
void routes_new(struct exchange *exchange);

#endif
