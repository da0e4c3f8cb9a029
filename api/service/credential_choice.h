// SPDX-License-Identifier: Apache-2.0
//
// credential_choice: find the credential to connect to a sandbox with: a usable one as it is, else a new one
// where that cuts nobody off. For `sbxdeck ssh` and for all that connects without a question.

#ifndef SBXDECK_API_SERVICE_CREDENTIAL_CHOICE_H
#define SBXDECK_API_SERVICE_CREDENTIAL_CHOICE_H

#include "api/service/credential_service.h"

// The owner's memory, which stays until `done` has been called; service_free calls it with CANCELLED. The
// owner fills all but the last two.
struct credential_choice {
    struct credential_service *service;
    const char *sandbox_id; // in the fleet
    const char *id;         // of the only one that counts; NULL: the best
    void *ctx;
    // Once. credential is valid inside the callback, the password is the callee's; both NULL on failure.
    // OUTCOME_UNKNOWN without maybe_done: one that another call left unknown stands there, and nothing was
    // sent. It may be called from inside credential_choice_begin.
    void (*done)(void *ctx, const struct failure *why, const struct credential *credential,
                 struct secret *password);
    // None can be used, so one is to be made. The owner goes on by credential_choice_make, now or later, or
    // looks at the fleet again by credential_choice_begin. NULL: goes on.
    void (*making)(void *ctx);
    void (*made)(void *ctx, const struct credential *credential); // before `done`; NULL: not wanted
    struct credential chosen;
    bool is_new; // it was made on the way
};

// The credential of that id, or the only or best one known here (id NULL); NOT_FOUND, NO_CREDENTIAL, or
// BAD_ARGUMENT when several could be meant and exact is asked for.
enum status credential_choice_known(const struct credential_service *service, const char *sandbox_id,
                                    const char *id, bool exact, const struct credential **out,
                                    struct failure *why);

void credential_choice_begin(struct credential_choice *choice);
void credential_choice_make(struct credential_choice *choice);

#endif
