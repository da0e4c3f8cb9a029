// SPDX-License-Identifier: Apache-2.0
//
// exec: Hold the results of all, and the calls that run.

#include "views/exec/exec.h"

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "views/exec/exec_private.h"

#include <stdlib.h>
#include <string.h>

struct exec *exec_new(const struct exec_options *options, size_t count)
{
    struct exec *exec = xcalloc(1, sizeof *exec);
    exec->options = *options;
    exec->known_hosts = xstrdup(options->known_hosts);
    exec->command = xstrdup(options->command);
    exec->room = EXEC_TOTAL_CAP;
    exec->count = count;
    exec->results = xcalloc(count + 1, sizeof *exec->results);
    exec->calls = xcalloc(count + 1, sizeof(struct exec_call *));
    for (size_t i = 0; i < count; i++) {
        exec_output_begin(&exec->results[i].out);
        exec_output_begin(&exec->results[i].err);
    }
    return exec;
}

void exec_free(struct exec *exec)
{
    if (exec == NULL)
        return;
    for (size_t i = 0; i < exec->count; i++) {
        exec_call_drop(exec->calls[i]);
        exec_output_free(&exec->results[i].out, &exec->room);
        exec_output_free(&exec->results[i].err, &exec->room);
    }
    free(exec->calls);
    free(exec->results);
    free(exec->known_hosts);
    explicit_bzero(exec->command, strlen(exec->command)); // it may hold a secret
    free(exec->command);
    free(exec);
}

void exec_begin(struct exec *exec, size_t index, const char *sandbox_id)
{
    struct exec_result *result = &exec->results[index];
    exec_output_free(&result->out, &exec->room);
    exec_output_free(&result->err, &exec->room);
    *result = (struct exec_result){
        .outcome = EXEC_RUNNING, .begun_at = time_monotonic_ms(), .limit_ms = exec->options.limit_ms};
    exec_output_begin(&result->out);
    exec_output_begin(&result->err);
    exec->calls[index] = exec_call_new(exec, index, sandbox_id);
}

void exec_stop(struct exec *exec)
{
    for (size_t i = 0; i < exec->count; i++)
        exec_call_give_up(exec->calls[i], EXEC_INTERRUPTED);
}

const struct exec_result *exec_results(const struct exec *exec)
{
    return exec->results;
}

size_t exec_count(const struct exec *exec)
{
    return exec->count;
}

const char *exec_command(const struct exec *exec)
{
    return exec->command;
}
