// SPDX-License-Identifier: Apache-2.0
//
// workers: see the header.

#include "tests/judge/workers.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

bool workers_run(long count, int (*work)(void *ctx), void *ctx)
{
    pid_t workers[WORKERS_MAX];
    bool ok = count > 0 && count <= WORKERS_MAX;
    (void)fflush(stdout);
    for (long i = 0; ok && i < count; i++) {
        workers[i] = fork();
        if (workers[i] == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
            int code = work(ctx);
            (void)fflush(stdout);
            _exit(code);
        }
    }
    for (long i = 0; count <= WORKERS_MAX && i < count; i++) {
        int status = 0;
        ok = workers[i] > 0 && waitpid(workers[i], &status, 0) > 0 && status == 0 && ok;
    }
    return ok;
}

void workers_at_most(atomic_long *most, long value)
{
    long now = atomic_load(most);
    while (value > now && !atomic_compare_exchange_weak(most, &now, value))
        ;
}
