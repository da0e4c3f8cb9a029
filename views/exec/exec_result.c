// SPDX-License-Identifier: Apache-2.0
//
// exec_result: Word an outcome, choose its exit code, and sort equal ones together.

#include "views/exec/exec_result.h"

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *exec_outcome_name(enum exec_outcome outcome)
{
    static const char *const names[] = {
#define X(name, text) text,
        EXEC_OUTCOME_TABLE(X)
#undef X
    };
    return outcome >= 0 && outcome < EXEC_OUTCOME_COUNT ? names[outcome] : "";
}

bool exec_result_is_good(const struct exec_result *result)
{
    return result->outcome == EXEC_EXITED && result->exit_status == 0;
}

char *exec_result_text(const struct exec_result *result, char *out, size_t cap)
{
    const char *rest = result->over ? "" : result->started ? "; it may still run" : " before it began";
    char span[TIME_SPAN_CAP];
    switch (result->outcome) {
    case EXEC_EXITED:
        (void)snprintf(out, cap, "exit %d", result->exit_status);
        break;
    case EXEC_KILLED:
        (void)snprintf(out, cap, "killed by signal %s", result->exit_signal);
        break;
    case EXEC_TIMED_OUT:
        (void)snprintf(out, cap, "timed out after %s%s", time_format_span(result->limit_ms, span), rest);
        break;
    case EXEC_INTERRUPTED:
        (void)snprintf(out, cap, "interrupted%s", rest);
        break;
    case EXEC_FAILED:
        (void)snprintf(out, cap, "failed: %s", failure_text(&result->why));
        break;
    case EXEC_UNKNOWN:
        (void)snprintf(out, cap, "unknown: %s", failure_text(&result->why));
        break;
    case EXEC_RUNNING:
        (void)snprintf(out, cap, "running");
        break;
    case EXEC_NOT_STARTED:
    case EXEC_OUTCOME_COUNT:
        (void)snprintf(out, cap, "not started");
        break;
    }
    return out;
}

// 128 + a signal's number by its name without SIG; 0: not known here.
static int exec_signal_exit_code(const char *name)
{
    enum { BY_SIGNAL = 128 };
    static const struct {
        const char *name;
        int number;
    } names[] = {{"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"BUS", SIGBUS},   {"FPE", SIGFPE},
                 {"HUP", SIGHUP},   {"ILL", SIGILL},   {"INT", SIGINT},   {"KILL", SIGKILL},
                 {"PIPE", SIGPIPE}, {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"SYS", SIGSYS},
                 {"TERM", SIGTERM}, {"TRAP", SIGTRAP}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0)
            return BY_SIGNAL + names[i].number;
    return 0;
}

int exec_result_exit_code(const struct exec_result *result)
{
    int code = 0;
    if (result->outcome == EXEC_EXITED)
        return result->exit_status;
    if (result->outcome == EXEC_TIMED_OUT)
        return EXEC_EXIT_TIMED_OUT;
    if (result->outcome == EXEC_KILLED)
        code = exec_signal_exit_code(result->exit_signal);
    return code != 0 ? code : EXEC_EXIT_FAILED;
}

enum status exec_result_failure(const struct exec_result *result, struct failure *why)
{
    char text[sizeof why->message];
    *why = (struct failure){.status = STATUS_OK};
    if (exec_result_is_good(result))
        return STATUS_OK;
    if (result->outcome == EXEC_FAILED) {
        *why = result->why;
        why->maybe_done = false; // of a credential's create; the command did not run
        return why->status;
    }
    bool unknown = result->outcome == EXEC_UNKNOWN ||
                   (result->started && !result->over &&
                    (result->outcome == EXEC_TIMED_OUT || result->outcome == EXEC_INTERRUPTED));
    if (result->outcome == EXEC_UNKNOWN)
        (void)snprintf(text, sizeof text, "%s", failure_text(&result->why));
    else
        (void)exec_result_text(result, text, sizeof text);
    (void)fail(why, unknown ? STATUS_OUTCOME_UNKNOWN : STATUS_SSH_FAILED, "%s", text);
    why->maybe_done = unknown;
    return why->status;
}

const char *exec_result_last_line(const struct exec_result *result)
{
    return result->out.last[0] != '\0' ? result->out.last : result->err.last;
}

// --- folding ------------------------------------------------------------------------------

static int compare_outputs(const struct exec_output *one, const struct exec_output *other)
{
    if (one->total != other->total)
        return one->total < other->total ? -1 : 1;
    return memcmp(one->digest, other->digest, sizeof one->digest);
}

static int compare_results(const struct exec_result *one, const struct exec_result *other)
{
    int order = (int)one->outcome - (int)other->outcome;
    if (order == 0)
        order = (int)one->started - (int)other->started;
    if (order == 0)
        order = (int)one->over - (int)other->over;
    if (order == 0)
        order = one->exit_status - other->exit_status;
    if (order == 0)
        order = strcmp(one->exit_signal, other->exit_signal);
    if (order == 0)
        order = strcmp(one->why.message, other->why.message);
    if (order == 0)
        order = (int)one->why.status - (int)other->why.status;
    if (order == 0)
        order = compare_outputs(&one->out, &other->out);
    return order != 0 ? order : compare_outputs(&one->err, &other->err);
}

struct fold_entry {
    const struct exec_result *result;
    size_t index;
    size_t group; // the index of its group's first member
};

static int by_result(const void *left, const void *right)
{
    const struct fold_entry *one = left, *other = right;
    int order = compare_results(one->result, other->result);
    if (order != 0)
        return order;
    return one->index < other->index ? -1 : one->index > other->index;
}

static int by_group(const void *left, const void *right)
{
    const struct fold_entry *one = left, *other = right;
    if (one->group != other->group)
        return one->group < other->group ? -1 : 1;
    return one->index < other->index ? -1 : one->index > other->index;
}

void exec_fold(const struct exec_result *results, size_t count, struct exec_groups *out)
{
    struct fold_entry *entries = xcalloc(count + 1, sizeof *entries);
    *out = (struct exec_groups){.order = xcalloc(count + 1, sizeof *out->order),
                                .starts = xcalloc(count + 1, sizeof *out->starts)};
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct fold_entry){&results[i], i, i};
    qsort(entries, count, sizeof *entries, by_result);
    for (size_t i = 1; i < count; i++)
        if (compare_results(entries[i - 1].result, entries[i].result) == 0)
            entries[i].group = entries[i - 1].group;
    qsort(entries, count, sizeof *entries, by_group);
    for (size_t i = 0; i < count; i++) {
        out->order[i] = entries[i].index;
        if (i == 0 || entries[i].group != entries[i - 1].group)
            out->starts[out->count++] = i;
    }
    out->starts[out->count] = count;
    free(entries);
}

void exec_groups_free(struct exec_groups *groups)
{
    free(groups->order);
    free(groups->starts);
    *groups = (struct exec_groups){0};
}
