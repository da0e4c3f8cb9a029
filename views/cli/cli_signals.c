// SPDX-License-Identifier: Apache-2.0
//
// cli_signals: catch on the loop the signals that end a verb.

#include "views/cli/cli_signals.h"

#include <signal.h>

static bool is_ignored(int number)
{
    struct sigaction present;
    return sigaction(number, NULL, &present) == 0 && (present.sa_flags & SA_SIGINFO) == 0 &&
           present.sa_handler == SIG_IGN;
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct cli_signals *signals = handle->data;
    signals->got(signals->ctx, number);
}

void cli_signals_begin(struct cli_signals *signals, uv_loop_t *loop, bool window, cli_signals_cb *got,
                       void *ctx)
{
    static const int numbers[CLI_SIGNALS_MAX] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
    signals->got = got;
    signals->ctx = ctx;
    signals->count = window ? CLI_SIGNALS_MAX : CLI_SIGNALS_MAX - 1;
    for (int i = 0; i < signals->count; i++) {
        uv_signal_t *handle = &signals->handles[i];
        (void)uv_signal_init(loop, handle);
        handle->data = signals;
        if (!is_ignored(numbers[i]))
            (void)uv_signal_start(handle, on_signal, numbers[i]);
        uv_unref((uv_handle_t *)handle);
    }
}

void cli_signals_end(struct cli_signals *signals)
{
    for (int i = 0; i < signals->count; i++)
        uv_close((uv_handle_t *)&signals->handles[i], NULL);
    signals->count = 0;
}
