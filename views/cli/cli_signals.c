// SPDX-License-Identifier: Apache-2.0
//
// cli_interrupt: lets a verb whose request may have reached the server say so when a signal ends it: who
// presses Ctrl-C has to know whether to try again.

#include "views/cli/cli.h"
#include "views/cli/cli_terminal.h"

#include <signal.h>
#include <stdio.h>
#include <uv.h>

enum { SIGNALS = 3, KNOWN_CAP = 512 };

// Its handles are on the loop until that has run out, which is after the verb's end.
static struct {
    struct cli_job *job;
    uv_signal_t handles[SIGNALS];
    char known[KNOWN_CAP];
} interrupt;

static void on_signal(uv_signal_t *handle, int number)
{
    (void)handle;
    if (interrupt.job->finished)
        return;
    (void)fprintf(stderr, "\nsbxdeck: %s: interrupted; %s\n", interrupt.job->verb->name, interrupt.known);
    cli_finish(interrupt.job, 128 + number);
}

static void on_ended(struct cli_job *job)
{
    (void)job;
    for (size_t i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&interrupt.handles[i], NULL);
}

void cli_interruptible(struct cli_job *job, const char *known)
{
    static const int numbers[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
    interrupt.job = job;
    (void)snprintf(interrupt.known, sizeof interrupt.known, "%s", known);
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_t *handle = &interrupt.handles[i];
        (void)uv_signal_init(job->loop, handle);
        if (!signal_is_ignored(numbers[i])) // as under nohup
            (void)uv_signal_start(handle, on_signal, numbers[i]);
        uv_unref((uv_handle_t *)handle);
    }
    job->ended = on_ended;
}
