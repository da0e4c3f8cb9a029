// SPDX-License-Identifier: Apache-2.0
//
// cli_signals: catch on the loop the signals that end a verb.

#ifndef SBXDECK_VIEWS_CLI_CLI_SIGNALS_H
#define SBXDECK_VIEWS_CLI_CLI_SIGNALS_H

#include <stdbool.h>
#include <uv.h>

enum { CLI_SIGNALS_MAX = 4 };

typedef void cli_signals_cb(void *ctx, int number);

// Zeroed before it begins; stays until the loop has run on after cli_signals_end.
struct cli_signals {
    uv_signal_t handles[CLI_SIGNALS_MAX];
    int count;
    cli_signals_cb *got;
    void *ctx;
};

// SIGINT, SIGTERM and SIGHUP, with window also SIGWINCH, but none that was ignored when we were started, as
// by nohup. They don't keep the loop running.
void cli_signals_begin(struct cli_signals *signals, uv_loop_t *loop, bool window, cli_signals_cb *got,
                       void *ctx);
void cli_signals_end(struct cli_signals *signals); // fine when they never began

#endif
