// SPDX-License-Identifier: Apache-2.0
//
// cli_expiry: warn during `sbxdeck ssh` before the credential expires or the sandbox times out, and say when
// that has come. It cuts nothing off.

#ifndef SBXDECK_VIEWS_CLI_CLI_EXPIRY_H
#define SBXDECK_VIEWS_CLI_CLI_EXPIRY_H

#include "api/fleet/deadline.h"
#include "api/service/credential_service.h"

#include <uv.h>

struct cli_expiry {
    uv_timer_t timer;
    const struct credential_service *service; // for the server's time
    int64_t expires_at;
    int64_t timeout_at; // of the sandbox, as deadline_timeout gives it
    int64_t warn_ms;    // before either; 0: don't warn
    bool warned[DEADLINE_CLOCK_COUNT], over[DEADLINE_CLOCK_COUNT];
    void (*say)(void *ctx, const char *text); // one line, without its end
    void *ctx;
};

// expiry is the caller's, with all but the timer filled, until the loop has run on after cli_expiry_end. Says
// nothing of an end that is not known.
void cli_expiry_begin(struct cli_expiry *expiry, uv_loop_t *loop);
void cli_expiry_end(struct cli_expiry *expiry);
// The credential has ended, as far as the server's clock is known.
bool cli_expiry_is_over(const struct cli_expiry *expiry);

#endif
