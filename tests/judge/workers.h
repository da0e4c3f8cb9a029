// SPDX-License-Identifier: Apache-2.0
//
// workers: processes that share the runs of a judge, and what they count together in memory that they share.

#ifndef SBXDECK_TESTS_JUDGE_WORKERS_H
#define SBXDECK_TESTS_JUDGE_WORKERS_H

#include <stdatomic.h>
#include <stdbool.h>

enum { WORKERS_MAX = 64 };

// Runs work(ctx) in so many processes (1 to WORKERS_MAX), which end with this one. True when each gave 0.
bool workers_run(long count, int (*work)(void *ctx), void *ctx);
// *most becomes value where that is more.
void workers_at_most(atomic_long *most, long value);

#endif
