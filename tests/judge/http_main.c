// SPDX-License-Identifier: Apache-2.0
//
// http_main: owns which cases there are and which of them are run, the workers, and the counts at the end.

#include "tests/judge/http_main.h"

#include "tests/judge/http_judge.h"
#include "tests/judge/workers.h"

#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    THOUSAND = 1000,
    STATUS_FIRST = 101,
    STATUS_LAST = 599,
    FULL_PART = 2,
    QUICK_PART = 7,
    SHOWN = 40,
    MMAP_FROM = 65536
};

struct choice {
    uint64_t seed;
    long only; // -1: all
    bool quick, every, verbose;
    long workers, shown;
};

// Shared by the workers.
struct shared {
    atomic_size_t next, runs, shown, faults[FAULT_COUNT];
    atomic_long memory_kb, baseline_kb, slowest_ms;
    atomic_bool broken;
};

// --- the cases ---

static size_t size_of(const struct scenario *scenario)
{
    return alter_field_count(scenario->target) * alter_field_kinds() + alter_body_kinds() +
           alter_http_kinds() + (STATUS_LAST - STATUS_FIRST + 1);
}

static struct alteration alteration_at(const struct scenario *scenario, size_t index, uint64_t random)
{
    struct alteration out = {.call = scenario->target, .random = random};
    size_t fields = alter_field_count(scenario->target) * alter_field_kinds();
    if (index < fields) {
        out.level = LEVEL_FIELD;
        out.field = index / alter_field_kinds();
        out.kind = index % alter_field_kinds();
        return out;
    }
    index -= fields;
    if (index < alter_body_kinds()) {
        out.level = LEVEL_BODY;
        out.kind = index;
    } else if (index < alter_body_kinds() + alter_http_kinds()) {
        out.level = LEVEL_HTTP;
        out.kind = index - alter_body_kinds();
    } else {
        out.level = LEVEL_STATUS;
        out.kind = index - alter_body_kinds() - alter_http_kinds() + STATUS_FIRST;
    }
    return out;
}

// The case with that number. False: there are no more.
static bool case_at(size_t number, uint64_t seed, struct judged *judged)
{
    size_t left = number;
    for (size_t i = 0; scenario_at(i) != NULL; i++) {
        const struct scenario *scenario = scenario_at(i);
        if (left < size_of(scenario)) {
            memset(judged, 0, sizeof *judged);
            judged->number = number;
            judged->seed = seed;
            judged->scenario = scenario;
            judged->alteration = alteration_at(scenario, left, alter_random(seed, number));
            return true;
        }
        left -= size_of(scenario);
    }
    return false;
}

static bool is_chosen(const struct choice *choice, const struct judged *judged)
{
    const struct scenario *scenario = judged->scenario;
    unsigned part = judged->alteration.level == LEVEL_STATUS ? scenario->statuses
                    : judged->alteration.level == LEVEL_HTTP ? scenario->http
                                                             : scenario->fields;
    uint64_t random = alter_random(choice->seed ^ 0x5eed, judged->number);
    if (choice->only >= 0)
        return judged->number == (size_t)choice->only;
    if (choice->every)
        return true;
    return random % THOUSAND < part && random / THOUSAND % (choice->quick ? QUICK_PART : FULL_PART) == 0;
}

// --- workers ---

static void report(const struct choice *choice, struct shared *shared, const struct judged *judged)
{
    char name[160], text[5000];
    alter_name(&judged->alteration, name, sizeof name);
    if (choice->verbose)
        (void)printf("#%zu %s | %s: %s, %d ms, %ld KB\n", judged->number, judged->scenario->words, name,
                     judged->text[0] == '\0' ? "fine" : "not fine", judged->ms, judged->rss_kb);
    if (judged->text[0] == '\0' || atomic_fetch_add(&shared->shown, 1) >= (size_t)choice->shown)
        return;
    (void)snprintf(text, sizeof text, "%s | %s\n%s  alone: build/judge http --only %zu --seed %llu -v\n",
                   judged->scenario->words, name, judged->text, judged->number,
                   (unsigned long long)judged->seed);
    (void)fflush(stdout);
    (void)!write(STDOUT_FILENO, text, strlen(text));
}

static bool measure_baseline(struct bench *bench, const struct choice *choice, struct shared *shared)
{
    static struct judged judged;
    if (!case_at(0, choice->seed, &judged))
        return false;
    judged.bench = bench;
    judged.alteration.level = LEVEL_NONE;
    bench->verbose = false;
    judge_case(&judged);
    bench->verbose = choice->verbose;
    bench->baseline_kb = judged.rss_kb;
    workers_at_most(&shared->baseline_kb, judged.rss_kb);
    if (judged.text[0] != '\0')
        (void)printf("judge: with right answers already:\n%s", judged.text);
    return judged.text[0] == '\0';
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
    static struct bench bench;
    static struct judged judged;
    if (!bench_begin(&bench) || !measure_baseline(&bench, choice, shared)) {
        atomic_store(&shared->broken, true);
        bench_end(&bench);
        return 1;
    }
    for (;;) {
        size_t number = choice->only >= 0 ? (size_t)choice->only : atomic_fetch_add(&shared->next, 1);
        if (atomic_load(&shared->broken) || !case_at(number, choice->seed, &judged))
            break;
        if (!is_chosen(choice, &judged))
            continue;
        judged.bench = &bench;
        judge_case(&judged);
        atomic_fetch_add(&shared->runs, 1);
        for (size_t i = 0; i < FAULT_COUNT; i++)
            atomic_fetch_add(&shared->faults[i], judged.faults[i]);
        workers_at_most(&shared->memory_kb, judged.rss_kb);
        workers_at_most(&shared->slowest_ms, judged.ms);
        report(choice, shared, &judged);
        if (choice->only >= 0)
            break;
    }
    bench_end(&bench);
    return 0;
}

// --- the whole ---

static bool read_choice(int argc, char **argv, struct choice *choice)
{
    *choice =
        (struct choice){.seed = 1, .only = -1, .workers = 3 * sysconf(_SC_NPROCESSORS_ONLN), .shown = SHOWN};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            choice->verbose = true;
        else if (strcmp(argv[i], "--quick") == 0)
            choice->quick = true;
        else if (strcmp(argv[i], "--every") == 0)
            choice->every = true;
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            choice->only = strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            choice->seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc)
            choice->workers = strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--show") == 0 && i + 1 < argc)
            choice->shown = strtol(argv[++i], NULL, 10);
        else
            return false;
    }
    if (choice->only >= 0)
        choice->workers = 1;
    return choice->workers > 0 && choice->workers <= WORKERS_MAX;
}

int judge_http(int argc, char **argv)
{
    struct choice choice;
    if (!read_choice(argc, argv, &choice)) {
        (void)fputs(
            "usage: judge http [--quick | --every] [--only N] [--seed S] [--jobs J] [--show MOST] [-v]\n",
            stderr);
        return 2;
    }
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    (void)signal(SIGPIPE, SIG_IGN);
    // What the workers' threads have had goes back at once: see run_program.
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
    struct work task = {&choice, shared};
    bool ok = workers_run(choice.workers, work, &task);
    size_t faults = 0;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        faults += shared->faults[i];
    (void)printf(
        "http: %zu runs, seed %llu: crashes %zu, hangs %zu, raw bytes %zu, wrong codes %zu, lost %zu, "
        "secrets %zu, repeated creates %zu, too much memory %zu; at most %ld KB (%ld KB with right "
        "answers), the slowest took %ld ms\n",
        shared->runs, (unsigned long long)choice.seed, shared->faults[FAULT_CRASH],
        shared->faults[FAULT_HANG], shared->faults[FAULT_RAW], shared->faults[FAULT_CODE],
        shared->faults[FAULT_LOST], shared->faults[FAULT_SECRET], shared->faults[FAULT_REPEAT],
        shared->faults[FAULT_MEMORY], shared->memory_kb, shared->baseline_kb, shared->slowest_ms);
    return ok && faults == 0 && shared->runs > 0 ? 0 : 1;
}
