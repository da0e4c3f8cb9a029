// SPDX-License-Identifier: Apache-2.0
//
// ssh_bench: Start what a worker of the judge with an SSH server needs, and run one case.

#include "tests/judge/ssh_bench.h"

#include "tests/judge/http_run.h"
#include "tests/support/access_server.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum {
    LIMIT_MS = 30000,
    WAITS_LIMIT_MS = 90000,
    MEMORY_OVER_KB = 8 * 1024, // more than with nothing wrong
    // Where the flood is output: 8 MiB of it, and 2 more before the peer is cut off, may wait in a buffer of
    // libssh that grows to 16; at the end they wait for our reader too.
    MEMORY_OVER_OUTPUT_KB = 40 * 1024,
    FAILED = 255,
    SHOWN = 600
};

static const char settings[] = "connect_timeout = 3\n";

static void play(struct raw_ssh_peer *peer, void *ctx)
{
    struct ssh_bench *bench = ctx;
    struct ssh_case what;
    (void)pthread_mutex_lock(&bench->lock);
    what = bench->playing;
    (void)pthread_mutex_unlock(&bench->lock);
    if (bench->stays)
        ssh_case_play_shell(peer, &what);
    else
        ssh_case_play(peer, &what);
}

void ssh_bench_play(struct ssh_bench *bench, const struct ssh_case *what)
{
    (void)pthread_mutex_lock(&bench->lock);
    bench->playing = *what;
    (void)pthread_mutex_unlock(&bench->lock);
}

static bool make_home(struct ssh_bench *bench)
{
    char path[SUPPORT_PATH_CAP + 64];
    static const char *const folders[] = {".config", ".config/sbxdeck"};
    if (!support_folder_make(bench->folder))
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", bench->folder, folders[i]);
        if (mkdir(path, 0700) != 0)
            return false;
    }
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", bench->folder);
    return support_file_write(path, settings);
}

static void set_environment(struct ssh_bench *bench)
{
    char(*variables)[SUPPORT_PATH_CAP + 64] = bench->variables;
    (void)snprintf(variables[0], sizeof variables[0], "HOME=%s", bench->folder);
    (void)snprintf(variables[1], sizeof variables[1], "LEAP0_API_KEY=any-key");
    (void)snprintf(variables[2], sizeof variables[2], "LEAP0_BASE_URL=%s", access_server_url(bench->api));
    (void)snprintf(variables[3], sizeof variables[3], "PATH=/usr/local/bin:/usr/bin:/bin");
    (void)snprintf(variables[4], sizeof variables[4], "LANG=C.UTF-8");
    (void)snprintf(variables[5], sizeof variables[5], "TERM=xterm-256color");
    size_t count = 6;
    // Built with a sanitizer, a program that it stops has an exit code that is no other's.
    static const char *const kept[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (getenv(kept[i]) != NULL)
            (void)snprintf(variables[count++], sizeof variables[0], "%s=%s", kept[i], getenv(kept[i]));
    for (size_t i = 0; i < count; i++)
        bench->environment[i] = variables[i];
    bench->environment[count] = NULL;
}

bool ssh_bench_begin_console(struct ssh_bench *bench, raw_ssh_script good, const char *good_user,
                             const char *other_sandbox)
{
    memset(bench, 0, sizeof *bench);
    (void)pthread_mutex_init(&bench->lock, NULL);
    support_program("sbxdeck", bench->program);
    bench->stays = true;
    bench->ssh = raw_ssh_start(play, bench);
    bench->good = raw_ssh_start(good, bench);
    if (bench->ssh == NULL || bench->good == NULL || !make_home(bench))
        return false;
    bench->api = access_server_start(RAW_SSH_HOST, raw_ssh_port(bench->good), good_user, RAW_SSH_PASSWORD);
    if (bench->api == NULL || !access_server_add(bench->api, other_sandbox, RAW_SSH_HOST,
                                                 raw_ssh_port(bench->ssh), RAW_SSH_USER, RAW_SSH_PASSWORD))
        return false;
    set_environment(bench);
    return true;
}

bool ssh_bench_prepare(struct ssh_bench *bench)
{
    memset(bench, 0, sizeof *bench);
    (void)pthread_mutex_init(&bench->lock, NULL);
    support_program("sbxdeck", bench->program);
    bench->ssh = raw_ssh_start(play, bench);
    if (bench->ssh == NULL || !make_home(bench))
        return false;
    bench->api = access_server_start(RAW_SSH_HOST, raw_ssh_port(bench->ssh), RAW_SSH_USER, RAW_SSH_PASSWORD);
    if (bench->api == NULL)
        return false;
    set_environment(bench);
    return true;
}

static bool begin(struct ssh_bench *bench, bool by_exec)
{
    struct outcome outcome;
    const struct ssh_case quiet = {.name = "nothing wrong", .verdict = SSH_MUST_GO_ON};
    if (!ssh_bench_prepare(bench))
        return false;
    bench->by_exec = by_exec;
    // The first run makes the credential and keeps the host key, and says so; the second one is the measure.
    for (int i = 0; i < 2; i++)
        ssh_bench_run(bench, &quiet, false, &outcome);
    bench->baseline_kb = outcome.rss_kb;
    if (outcome.text[0] != '\0')
        (void)printf("judge: with nothing wrong already:\n%s", outcome.text);
    return outcome.text[0] == '\0';
}

bool ssh_bench_begin(struct ssh_bench *bench)
{
    return begin(bench, false);
}

bool ssh_bench_begin_exec(struct ssh_bench *bench)
{
    return begin(bench, true);
}

void ssh_bench_end(struct ssh_bench *bench)
{
    raw_ssh_stop(bench->ssh);
    raw_ssh_stop(bench->good);
    if (bench->api != NULL)
        access_server_stop(bench->api);
    (void)support_folder_remove(bench->folder);
    (void)pthread_mutex_destroy(&bench->lock);
}

static bool has_words(const char *text)
{
    return text[strspn(text, " \r\n\t")] != '\0';
}

static void judge_end(const struct ssh_bench *bench, const struct ssh_case *what, const struct run *run,
                      struct outcome *outcome)
{
    bool failed = run->code == FAILED;
    const char *expected = bench->by_exec ? ACCESS_SERVER_SANDBOX ":\n" SSH_JUDGE_OUTPUT : SSH_JUDGE_OUTPUT;
    bool went_on = run->code == 0 && strcmp(run->out, expected) == 0;
    bool fits = what->verdict == SSH_MUST_FAIL    ? failed
                : what->verdict == SSH_MUST_GO_ON ? went_on
                : what->verdict == SSH_MAY_GO_ON  ? failed || went_on
                                                  : true;
    if (!fits)
        outcome_fault(outcome, FAULT_CODE, "ended with %d; stdout: '%.200s'; stderr: '%.600s'", run->code,
                      run->out, run->err);
    if (failed && !has_words(run->err))
        outcome_fault(outcome, FAULT_SILENT, "ended with 255 and without a word");
}

static long own_kb(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

void ssh_bench_run(struct ssh_bench *bench, const struct ssh_case *what, bool verbose,
                   struct outcome *outcome)
{
    struct run run;
    const char *const by_ssh[] = {bench->program, "ssh", ACCESS_SERVER_SANDBOX, "say", "it", NULL};
    const char *const by_exec[] = {bench->program, "exec", ACCESS_SERVER_SANDBOX, "--", "say", "it", NULL};
    memset(outcome, 0, sizeof *outcome);
    ssh_bench_play(bench, what);
    if (!run_program(bench->by_exec ? by_exec : by_ssh, bench->environment,
                     what->waits ? WAITS_LIMIT_MS : LIMIT_MS, 0, &run)) {
        outcome_fault(outcome, FAULT_CRASH, "the program can't be started");
        return;
    }
    outcome->rss_kb = run.rss_kb;
    outcome->ms = run.ms;
    outcome->code = run.code;
    const char *raw_out = what->speaks ? NULL : run_raw(run.out, run.out_length);
    const char *raw_err = what->speaks ? NULL : run_raw(run.err, run.err_length);
    if (run.hung)
        outcome_fault(outcome, FAULT_HANG, "does not end in %d ms; stderr: '%.600s'", run.ms, run.err);
    else if (run.signal != 0)
        outcome_fault(outcome, FAULT_CRASH, "ended by signal %d; stderr: '%.1000s'", run.signal, run.err);
    else
        judge_end(bench, what, &run, outcome);
    if (raw_out != NULL)
        outcome_fault(outcome, FAULT_RAW, "%s on stdout", raw_out);
    if (raw_err != NULL)
        outcome_fault(outcome, FAULT_RAW, "%s on stderr", raw_err);
    if (strstr(run.out, RAW_SSH_PASSWORD) != NULL || strstr(run.err, RAW_SSH_PASSWORD) != NULL)
        outcome_fault(outcome, FAULT_SECRET, "the password is in its output");
    // A number that is not above our own may be ours: the kernel counts on from it.
    long over_kb = what->flood_ms > 0 && what->speaks ? MEMORY_OVER_OUTPUT_KB : MEMORY_OVER_KB;
    if (bench->baseline_kb > 0 && run.rss_kb > bench->baseline_kb + over_kb && run.rss_kb > own_kb())
        outcome_fault(outcome, FAULT_MEMORY, "took %ld KB, %ld KB when nothing is wrong", run.rss_kb,
                      bench->baseline_kb);
    if (verbose)
        (void)printf("  code %d, %d ms, %ld KB\n  stdout: %.*s\n  stderr: %.*s\n", run.code, run.ms,
                     run.rss_kb, SHOWN, run.out, SHOWN, run.err);
    run_free(&run);
}
