// SPDX-License-Identifier: Apache-2.0
//
// alert_command: Run the operator's own command at an alert, by /bin/sh -c, without blocking the loop. Its
// environment has:
//   SBXDECK_ALERT              expiring, critical or expired
//   SBXDECK_SANDBOX            the sandbox's id
//   SBXDECK_NAME               the operator's name of the sandbox; empty where it has none
//   SBXDECK_CLOCK              credential, or sandbox: its time-out
//   SBXDECK_CREDENTIAL         the credential's id; empty where the clock is the sandbox's
//   SBXDECK_EXPIRES_AT         RFC 3339, on the server's clock: when the credential ends or the sandbox
//                              times out
//   SBXDECK_REMAINING_SECONDS  0 when it has ended
// Never a password, and not the API key. Its input and output are /dev/null, and nothing else is open. It
// ends with this program, however that ends.

#ifndef SBXDECK_API_EXPIRY_ALERT_COMMAND_H
#define SBXDECK_API_EXPIRY_ALERT_COMMAND_H

#include "api/expiry/alerts.h"

#include <uv.h>

enum {
    ALERT_COMMANDS_AT_ONCE = 4,
    ALERT_COMMANDS_WAITING = 256, // more are not run
    ALERT_COMMAND_MS = 30000
};

struct alert_commands;

// deadline_ms: after that one is killed with all that it has started; 0: ALERT_COMMAND_MS. trouble reports
// one that could not be started (from inside alert_commands_run), failed (exit code, signal) or was killed so
// (it may then free the commands); it may be NULL. NULL: out of memory.
struct alert_commands *alert_commands_new(uv_loop_t *loop, const char *command, int deadline_ms,
                                          void (*trouble)(void *ctx, const struct failure *why), void *ctx);
// What runs gets SIGTERM, and SIGKILL two seconds later; what waits is dropped. The loop must run on until
// the handles are closed.
void alert_commands_free(struct alert_commands *commands);

// Runs it for that alert, at once or when one of those that run has ended. False: too many wait.
bool alert_commands_run(struct alert_commands *commands, const struct alert *alert);

#endif
