// SPDX-License-Identifier: Apache-2.0
//
// http_run: the program run to its end, with what it wrote and how much memory it took.

#ifndef SBXDECK_TESTS_JUDGE_HTTP_RUN_H
#define SBXDECK_TESTS_JUDGE_HTTP_RUN_H

#include <stdbool.h>
#include <stddef.h>

struct run {
    bool hung;       // killed at its limit
    int code;        // exit code, or -1
    int signal;      // that ended it; 0: none. Not counted: the one it was stopped with
    char *out, *err; // NUL-ended, never NULL
    size_t out_length, err_length;
    long rss_kb;
    int ms;
};

// environment: all of it. stop_ms: SIGTERM after so long; 0: never. False: it can't be started.
bool run_program(const char *const argv[], const char *const environment[], int limit_ms, int stop_ms,
                 struct run *run);
void run_free(struct run *run);

// What the text has that may move a terminal or mislead who reads it: a short name of it; NULL: nothing. Line
// ends and tabs are fine.
const char *run_raw(const char *text, size_t length);

#endif
