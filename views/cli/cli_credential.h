// SPDX-License-Identifier: Apache-2.0
//
// cli_credential: find the credential to connect to a sandbox with: a usable one as it is, else a new one
// where that cuts nobody off. For `sbxdeck ssh` and for all that connects without a question.

#ifndef SBXDECK_VIEWS_CLI_CLI_CREDENTIAL_H
#define SBXDECK_VIEWS_CLI_CLI_CREDENTIAL_H

#include "api/service/credential_service.h"

// The owner's memory, which stays until `done` has been called. It fills all but the last two. No callback is
// made once the owner has ended the service.
struct cli_credential {
    struct credential_service *service;
    const char *sandbox_id; // in the fleet
    const char *id;         // of the only one that counts; NULL: the best
    void *ctx;
    // Once. credential is valid inside the callback, the password is the callee's; both NULL on failure.
    // OUTCOME_UNKNOWN without maybe_done: one that another call left unknown stands there, and nothing was
    // sent. It may be called from inside cli_credential_begin.
    void (*done)(void *ctx, const struct failure *why, const struct credential *credential,
                 struct secret *password);
    // None can be used, so one is to be made. The owner goes on by cli_credential_make, now or later, or
    // looks at the fleet again by cli_credential_begin. NULL: goes on.
    void (*making)(void *ctx);
    void (*made)(void *ctx, const struct credential *credential); // before `done`; NULL: not wanted
    struct credential chosen;
    bool is_new; // it was made on the way
};

void cli_credential_begin(struct cli_credential *choice);
void cli_credential_make(struct cli_credential *choice);

#endif
