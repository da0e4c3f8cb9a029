// SPDX-License-Identifier: Apache-2.0
//
// exec_result: What became of a command in one sandbox, in words and as an exit code, and which sandboxes
// have the same. Pure.

#ifndef SBXDECK_VIEWS_EXEC_EXEC_RESULT_H
#define SBXDECK_VIEWS_EXEC_EXEC_RESULT_H

#include "api/base/status.h"
#include "views/exec/exec_output.h"

// The outcome, its name in JSON.
#define EXEC_OUTCOME_TABLE(X)                                                                                \
    X(NOT_STARTED, "not_started") /* nothing was done */                                                     \
    X(RUNNING, "running")         /* from its turn on */                                                     \
    X(EXITED, "exited")           /* exit_status */                                                          \
    X(KILLED, "killed")           /* exit_signal */                                                          \
    X(TIMED_OUT, "timed_out")     /* by our limit; started and not over: it may still run */                 \
    X(FAILED, "failed")           /* it did not run: why */                                                  \
    X(UNKNOWN, "unknown")         /* it was begun and we do not know how it ended: why */                    \
    X(INTERRUPTED, "interrupted") /* given up by the operator; likewise */

enum exec_outcome {
#define X(name, text) EXEC_##name,
    EXEC_OUTCOME_TABLE(X)
#undef X
        EXEC_OUTCOME_COUNT
};

struct exec_result {
    enum exec_outcome outcome;
    bool started; // the command may have begun
    bool over;    // and has ended
    bool new_key; // the sandbox showed a host key that was not known
    bool unkept;  // and could not be saved
    int exit_status;
    char exit_signal[16];
    int64_t begun_at, ended_at; // monotonic ms
    int64_t limit_ms;           // of TIMED_OUT
    struct exec_output out, err;
    struct failure why; // of FAILED and UNKNOWN
};

const char *exec_outcome_name(enum exec_outcome outcome); // "timed_out"; static
// "exit 2", "killed by signal KILL", "timed out after 5s; it may still run", "failed: no connection". May
// hold foreign text. Returns out.
char *exec_result_text(const struct exec_result *result, char *out, size_t cap);
// The command ended by itself with 0.
bool exec_result_is_good(const struct exec_result *result);
// As a shell has it: the exit status, 128 + the signal, EXEC_EXIT_TIMED_OUT as of timeout(1), 255 as of ssh
// where it did not run or its end is not known.
enum { EXEC_EXIT_TIMED_OUT = 124, EXEC_EXIT_FAILED = 255 };
int exec_result_exit_code(const struct exec_result *result);
// For a list of operations (views/bulk): OK where the command exited with 0; maybe_done where it may have
// run and its end is not known. Returns why->status.
enum status exec_result_failure(const struct exec_result *result, struct failure *why);
// The last line of its output, of stderr where stdout has none; "" none.
const char *exec_result_last_line(const struct exec_result *result);

// Sandboxes of the same outcome and the same bytes, found by exec_fold: group g has the members
// order[starts[g]] to order[starts[g + 1] - 1], each an index into what was folded. Groups are in the order
// of their first members, and members in their own.
struct exec_groups {
    size_t *order, *starts;
    size_t count; // of groups
};
void exec_fold(const struct exec_result *results, size_t count, struct exec_groups *out);
void exec_groups_free(struct exec_groups *groups);

#endif
