// SPDX-License-Identifier: Apache-2.0
//
// ssh_main: which cases are run, the workers that run them, and the counts at the end.

#include "tests/judge/ssh_main.h"

#include "tests/judge/ssh_bench.h"
#include "tests/judge/workers.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHANCES = 300, QUICK_CHANCES = 60, QUICK_PART = 6, SHOWN_MAX = 60, ALL = -1 };

struct choice {
    uint64_t seed;
    long only, chances, workers;
    bool quick, verbose, console; // console: nothing else
};

// Shared by the workers.
struct shared {
    atomic_size_t next, runs, shown, faults[SSH_FAULT_COUNT];
    atomic_long memory_kb, baseline_kb, slowest_ms;
    atomic_bool broken;
};

// In the quick judge one of some of those cases of which there are many alike.
static bool is_chosen(const struct choice *choice, const struct ssh_case *what)
{
    bool alike = what->deed == ssh_deed_type_alone || what->deed == ssh_deed_lie ||
                 what->deed == ssh_deed_frame || what->deed == ssh_deed_flood;
    if (choice->only != ALL || !choice->quick)
        return true;
    return !what->slow && (!alike || what->random % QUICK_PART == 0);
}

static void report(const struct choice *choice, struct shared *shared, size_t number,
                   const struct ssh_case *what, const struct ssh_outcome *outcome)
{
    char text[sizeof outcome->text + 512];
    if (choice->verbose)
        (void)printf("#%zu %s, %s: code %d, %d ms, %ld KB\n", number, raw_ssh_stage_name(what->stage),
                     what->name, outcome->code, outcome->ms, outcome->rss_kb);
    (void)fflush(stdout);
    if (outcome->text[0] == '\0' || atomic_fetch_add(&shared->shown, 1) >= SHOWN_MAX)
        return;
    (void)snprintf(text, sizeof text, "ssh: %s, %s\n%s  alone: build/judge ssh --only %zu --seed %llu -v\n",
                   raw_ssh_stage_name(what->stage), what->name, outcome->text, number,
                   (unsigned long long)choice->seed);
    (void)!write(STDOUT_FILENO, text, strlen(text));
}

static void count(struct shared *shared, const struct ssh_outcome *outcome)
{
    atomic_fetch_add(&shared->runs, 1);
    for (size_t i = 0; i < SSH_FAULT_COUNT; i++)
        atomic_fetch_add(&shared->faults[i], outcome->faults[i]);
    workers_at_most(&shared->memory_kb, outcome->rss_kb);
    workers_at_most(&shared->slowest_ms, outcome->ms);
}

// What a worker is handed.
struct work {
    const struct choice *choice;
    struct shared *shared;
};

static int work(void *ctx)
{
    const struct choice *choice = ((struct work *)ctx)->choice;
    struct shared *shared = ((struct work *)ctx)->shared;
    static struct ssh_bench bench;
    struct ssh_outcome outcome;
    struct ssh_case what;
    size_t end = ssh_case_fixed_count() + (size_t)choice->chances;
    if (!ssh_bench_begin(&bench)) {
        atomic_store(&shared->broken, true);
        ssh_bench_end(&bench);
        return 1;
    }
    workers_at_most(&shared->baseline_kb, bench.baseline_kb);
    for (;;) {
        size_t number = choice->only != ALL ? (size_t)choice->only : atomic_fetch_add(&shared->next, 1);
        if ((choice->only == ALL && number >= end) || atomic_load(&shared->broken))
            break;
        ssh_case_at(number, choice->seed, choice->quick, &what);
        if (!is_chosen(choice, &what))
            continue;
        ssh_bench_run(&bench, &what, choice->only != ALL, &outcome);
        count(shared, &outcome);
        report(choice, shared, number, &what, &outcome);
        if (choice->only != ALL)
            break;
    }
    ssh_bench_end(&bench);
    return 0;
}

static bool read_choice(int argc, char **argv, struct choice *choice)
{
    *choice =
        (struct choice){.seed = 1, .only = ALL, .chances = ALL, .workers = 3 * sysconf(_SC_NPROCESSORS_ONLN)};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            choice->verbose = true;
        else if (strcmp(argv[i], "--quick") == 0)
            choice->quick = true;
        else if (strcmp(argv[i], "--console") == 0)
            choice->console = true;
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            choice->only = strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            choice->seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--chances") == 0 && i + 1 < argc)
            choice->chances = strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc)
            choice->workers = strtol(argv[++i], NULL, 10);
        else
            return false;
    }
    if (choice->only != ALL)
        choice->workers = 1;
    if (choice->chances == ALL)
        choice->chances = choice->quick ? QUICK_CHANCES : CHANCES;
    return choice->workers > 0 && choice->workers <= WORKERS_MAX;
}

static size_t sum(const unsigned faults[SSH_FAULT_COUNT])
{
    size_t all = 0;
    for (size_t i = 0; i < SSH_FAULT_COUNT; i++)
        all += faults[i];
    return all;
}

static bool judge_verb(const struct choice *choice)
{
    unsigned faults[SSH_FAULT_COUNT];
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return false;
    struct work task = {choice, shared};
    bool ok = workers_run(choice->workers, work, &task);
    for (size_t i = 0; i < SSH_FAULT_COUNT; i++)
        faults[i] = (unsigned)shared->faults[i];
    (void)printf(
        "ssh: %zu runs, seed %llu: crashes %u, hangs %u, raw bytes %u, wrong codes %u, without a "
        "word %u, secrets %u, too much memory %u; at most %ld KB (%ld KB when nothing is wrong), the "
        "slowest took %ld ms\n",
        shared->runs, (unsigned long long)choice->seed, faults[SSH_FAULT_CRASH], faults[SSH_FAULT_HANG],
        faults[SSH_FAULT_RAW], faults[SSH_FAULT_CODE], faults[SSH_FAULT_SILENT], faults[SSH_FAULT_SECRET],
        faults[SSH_FAULT_MEMORY], shared->memory_kb, shared->baseline_kb, shared->slowest_ms);
    return ok && sum(faults) == 0 && shared->runs > 0;
}

static bool judge_console(const struct choice *choice)
{
    static struct ssh_bench bench;
    struct ssh_console_counts counts = {0};
    const struct ssh_console_choice what = {choice->seed, choice->only, choice->quick, choice->verbose};
    bool ok = ssh_console_bench(&bench);
    if (ok)
        ssh_console_judge(&bench, &what, &counts);
    ssh_bench_end(&bench);
    (void)printf("ssh, console: %zu sessions, seed %llu: crashes %u, hangs %u, raw bytes %u, wrong codes %u, "
                 "secrets %u, too much memory %u; at most %ld KB, the good session's slowest key %d ms\n",
                 counts.runs, (unsigned long long)choice->seed, counts.faults[SSH_FAULT_CRASH],
                 counts.faults[SSH_FAULT_HANG], counts.faults[SSH_FAULT_RAW], counts.faults[SSH_FAULT_CODE],
                 counts.faults[SSH_FAULT_SECRET], counts.faults[SSH_FAULT_MEMORY], counts.memory_kb,
                 counts.slowest_key_ms);
    return ok && sum(counts.faults) == 0 && counts.runs > 0;
}

int judge_ssh(int argc, char **argv)
{
    struct choice choice;
    if (!read_choice(argc, argv, &choice)) {
        (void)fputs("usage: judge ssh [--quick] [--chances N] [--only N] [--seed S] [--jobs J] [--console] "
                    "[-v]\n",
                    stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (choice.console)
        return judge_console(&choice) ? 0 : 1;
    if (choice.only != ALL)
        return judge_verb(&choice) ? 0 : 1;
    // Both at once: each waits most of its time.
    (void)fflush(stdout);
    pid_t console = fork();
    if (console == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        int code = judge_console(&choice) ? 0 : 1;
        (void)fflush(stdout);
        _exit(code);
    }
    int status = 0;
    bool ok = judge_verb(&choice);
    ok = console > 0 && waitpid(console, &status, 0) > 0 && status == 0 && ok;
    (void)fflush(stdout);
    return ok ? 0 : 1;
}
