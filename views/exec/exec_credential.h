// SPDX-License-Identifier: Apache-2.0
//
// exec_credential: The credential to run a command with, and its password: a usable one that is known here;
// else a new one, made or put in the place of one that no longer works.

#ifndef SBXDECK_VIEWS_EXEC_EXEC_CREDENTIAL_H
#define SBXDECK_VIEWS_EXEC_EXEC_CREDENTIAL_H

#include "api/service/credential_service.h"

// Whether something open here was signed in with it: it is then not replaced.
typedef bool exec_in_use(void *ctx, int64_t vault_row);
// password is the callback's; NULL on failure, and credential too.
typedef void exec_credential_cb(void *ctx, const struct failure *why, const struct credential *credential,
                                struct secret *password);

// The callback comes once, also when the service ends (CANCELLED); it may come from inside. in_use NULL:
// nothing is. One whose create or regenerate has an unknown outcome is not replaced.
void exec_credential_get(struct credential_service *service, const char *sandbox_id, exec_in_use *in_use,
                         void *in_use_ctx, exec_credential_cb *done, void *ctx);

#endif
