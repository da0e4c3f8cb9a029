// SPDX-License-Identifier: Apache-2.0
//
// ssh_through: the same servers behind `sbxdeck ssh-proxy`, with OpenSSH in front. Between OpenSSH and the
// proxy stands this program (`judge through`), which hands on the proxy's files and writes down how it ended
// and how much memory it took: OpenSSH says nothing about that.

#include "tests/judge/ssh_bench.h"

#include "tests/judge/http_run.h"
#include "tests/judge/ssh_main.h"
#include "tests/support/access_server.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LIMIT_MS = 45000,
    WAITS_LIMIT_MS = 120000,
    MEMORY_OVER_KB = 8 * 1024, // more than with nothing wrong
    FAILED = 255,
    SANITIZER_CODE = 99, // see `make asan`
    SHOWN = 600,
    TEXT_CAP = 3 * SUPPORT_PATH_CAP,
};

// --- between OpenSSH and the proxy ---

static volatile sig_atomic_t proxy_pid;

static void hand_on(int number)
{
    if (proxy_pid > 0)
        (void)kill((pid_t)proxy_pid, number);
}

// FILE PROGRAM ARGUMENT...: runs the program; FILE says its exit code, signal and kilobytes.
int judge_through(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = hand_on};
    struct rusage usage;
    char text[96];
    int status = 0;
    if (argc < 2)
        return 2;
    pid_t pid = fork();
    if (pid == 0) {
        (void)execv(argv[1], argv + 1);
        _exit(127);
    }
    proxy_pid = pid;
    (void)sigaction(SIGHUP, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    (void)snprintf(text, sizeof text, "%d %d %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                   WIFSIGNALED(status) ? WTERMSIG(status) : 0, usage.ru_maxrss);
    (void)support_file_write(argv[0], text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// --- one case ---

// OpenSSH ends its lines with CR and LF.
static size_t drop_returns(char *text, size_t length)
{
    size_t to = 0;
    for (size_t from = 0; from < length; from++)
        if (text[from] != '\r' || text[from + 1] != '\n')
            text[to++] = text[from];
    text[to] = '\0';
    return to;
}

struct proxy_end {
    int code, signal;
    long rss_kb;
};

static bool read_end(const struct ssh_bench *bench, struct proxy_end *end)
{
    char path[TEXT_CAP];
    (void)snprintf(path, sizeof path, "%s/proxy-end", bench->folder);
    char *text = support_file_read(path, NULL);
    bool read = text != NULL && sscanf(text, "%d %d %ld", &end->code, &end->signal, &end->rss_kb) == 3;
    free(text);
    (void)unlink(path);
    return read;
}

// A status of the command's own would be 0: what the server tells is no other.
static void judge_tool(const struct ssh_case *what, const struct run *run, struct outcome *outcome)
{
    bool failed = run->code == FAILED;
    bool went_on = run->code == 0 && strcmp(run->out, SSH_JUDGE_OUTPUT) == 0;
    bool fits = what->verdict == SSH_MUST_FAIL    ? failed
                : what->verdict == SSH_MUST_GO_ON ? went_on
                : what->verdict == SSH_MAY_GO_ON  ? failed || went_on
                                                  : true;
    // What the server writes after its EOF isn't passed on.
    fits = fits || (what->type == RAW_SSH_CHANNEL_EOF && run->code == 0 && run->out[0] == '\0');
    if (!fits)
        outcome_fault(outcome, FAULT_CODE, "OpenSSH ended with %d; stdout: '%.200s'; stderr: '%.600s'",
                      run->code, run->out, run->err);
    // Of a command that a signal has ended, and of a channel that is closed before there is one, OpenSSH says
    // nothing, and ends with 255.
    bool may_be_silent =
        what->stage == RAW_SSH_CHANNEL || (what->stage == RAW_SSH_STARTED && what->deed == ssh_deed_special);
    if (failed && !may_be_silent && run->err[strspn(run->err, " \r\n\t")] == '\0')
        outcome_fault(outcome, FAULT_SILENT, "OpenSSH ended with 255 and without a word");
}

static void judge_proxy(const struct ssh_bench *bench, const struct run *run, struct outcome *outcome)
{
    struct proxy_end end = {0};
    // A sanitizer puts room around whatever is allocated.
    long over_kb = getenv("ASAN_OPTIONS") != NULL ? 4 * MEMORY_OVER_KB : MEMORY_OVER_KB;
    if (!read_end(bench, &end)) {
        outcome_fault(outcome, FAULT_HANG, "the proxy didn't end; stderr: '%.600s'", run->err);
        return;
    }
    outcome->rss_kb = end.rss_kb;
    // OpenSSH tells its proxy by SIGHUP that it has ended.
    if ((end.signal != 0 && end.signal != SIGHUP) || end.code == SANITIZER_CODE)
        outcome_fault(outcome, FAULT_CRASH, "the proxy ended by signal %d, code %d; stderr: '%.1000s'",
                      end.signal, end.code, run->err);
    if (bench->baseline_kb > 0 && end.rss_kb > bench->baseline_kb + over_kb)
        outcome_fault(outcome, FAULT_MEMORY, "the proxy took %ld KB, %ld KB when nothing is wrong",
                      end.rss_kb, bench->baseline_kb);
}

void ssh_through_run(struct ssh_bench *bench, const struct ssh_case *what, bool verbose,
                     struct outcome *outcome)
{
    struct run run;
    char config[TEXT_CAP], self[PATH_MAX] = "", command[TEXT_CAP + 2 * PATH_MAX];
    memset(outcome, 0, sizeof *outcome);
    ssh_bench_play(bench, what);
    (void)!readlink("/proc/self/exe", self, sizeof self - 1);
    (void)snprintf(config, sizeof config, "%s/ssh_config", bench->folder);
    (void)snprintf(command, sizeof command, "ProxyCommand='%s' through '%s/proxy-end' '%s' ssh-proxy %%h",
                   self, bench->folder, bench->whole_program);
    const char *const argv[] = {"/usr/bin/ssh",      "-F",  config, "-o", command, "-o", "BatchMode=yes",
                                bench->through_name, "say", "it",   NULL};
    if (!run_program(argv, bench->environment, what->waits ? WAITS_LIMIT_MS : LIMIT_MS, 0, &run)) {
        outcome_fault(outcome, FAULT_CRASH, "ssh can't be started");
        return;
    }
    outcome->ms = run.ms;
    outcome->code = run.code;
    run.err_length = drop_returns(run.err, run.err_length);
    if (run.hung)
        outcome_fault(outcome, FAULT_HANG, "does not end in %d ms; stderr: '%.600s'", run.ms, run.err);
    else
        judge_tool(what, &run, outcome);
    judge_proxy(bench, &run, outcome);
    const char *raw_err = what->speaks ? NULL : run_raw(run.err, run.err_length);
    if (raw_err != NULL)
        outcome_fault(outcome, FAULT_RAW, "%s on stderr", raw_err);
    if (strstr(run.out, RAW_SSH_PASSWORD) != NULL || strstr(run.err, RAW_SSH_PASSWORD) != NULL)
        outcome_fault(outcome, FAULT_SECRET, "the password is in its output");
    if (verbose)
        (void)printf("  code %d, %d ms, %ld KB\n  stdout: %.*s\n  stderr: %.*s\n", run.code, run.ms,
                     outcome->rss_kb, SHOWN, run.out, SHOWN, run.err);
    run_free(&run);
}

// --- what is needed ---

// As a tool has it, but for who starts the proxy.
static bool write_config(struct ssh_bench *bench)
{
    char path[TEXT_CAP];
    struct run run;
    const char *const argv[] = {bench->program, "ssh-config", ACCESS_SERVER_SANDBOX, NULL};
    (void)snprintf(path, sizeof path, "%s/ssh_config", bench->folder);
    if (!run_program(argv, bench->environment, LIMIT_MS, 0, &run))
        return false;
    bool written = run.code == 0 && support_file_write(path, run.out);
    if (!written)
        (void)printf("judge: sbxdeck ssh-config: %d %s\n", run.code, run.err);
    run_free(&run);
    return written;
}

bool ssh_through_begin(struct ssh_bench *bench)
{
    struct outcome outcome;
    const struct ssh_case quiet = {.name = "nothing wrong", .verdict = SSH_MUST_GO_ON};
    if (!ssh_bench_prepare(bench) || realpath(bench->program, bench->whole_program) == NULL ||
        !write_config(bench))
        return false;
    (void)snprintf(bench->through_name, sizeof bench->through_name, ACCESS_SERVER_SANDBOX ".leap0");
    for (int i = 0; i < 2; i++)
        ssh_through_run(bench, &quiet, false, &outcome);
    bench->baseline_kb = outcome.rss_kb;
    if (outcome.text[0] != '\0')
        (void)printf("judge: with nothing wrong already, behind the proxy:\n%s", outcome.text);
    return outcome.text[0] == '\0';
}
