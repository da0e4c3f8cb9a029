// SPDX-License-Identifier: Apache-2.0
//
// tally: What the judges share: their options, the processes that run the cases, and the counts of what went
// wrong.

#include "tests/judge/tally.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, WORKERS_A_CPU = 3, SHOWN = 60 };

static const char *const fault_names[] = {
#define X(name, text) [FAULT_##name] = (text),
    FAULT_TABLE(X)
#undef X
};

void outcome_fault(struct outcome *outcome, enum fault fault, const char *format, ...)
{
    size_t used = strlen(outcome->text);
    va_list list;
    outcome->faults[fault]++;
    used += (size_t)snprintf(outcome->text + used, sizeof outcome->text - used, "  %s: ", fault_names[fault]);
    if (used >= sizeof outcome->text - 2)
        return;
    va_start(list, format);
    (void)vsnprintf(outcome->text + used, sizeof outcome->text - used - 1, format, list);
    va_end(list);
    used += strlen(outcome->text + used);
    (void)snprintf(outcome->text + used, sizeof outcome->text - used, "\n");
}

bool choice_read(int argc, char **argv, const char *usage, struct choice *choice)
{
    *choice = (struct choice){.seed = 1,
                              .only = -1,
                              .chances = -1,
                              .workers = WORKERS_A_CPU * sysconf(_SC_NPROCESSORS_ONLN),
                              .shown = SHOWN};
    long seed = 1;
    const struct {
        const char *name;
        bool *flag;
        long *number;
    } options[] = {
        {"-v", &choice->verbose, NULL},        {"--quick", &choice->quick, NULL},
        {"--every", &choice->every, NULL},     {"--console", &choice->console, NULL},
        {"--only", NULL, &choice->only},       {"--seed", NULL, &seed},
        {"--jobs", NULL, &choice->workers},    {"--show", NULL, &choice->shown},
        {"--chances", NULL, &choice->chances},
    };
    enum { OPTIONS = sizeof options / sizeof options[0] };
    bool good = true;
    for (int i = 0; i < argc && good; i++) {
        size_t at = 0;
        while (at < OPTIONS && strcmp(argv[i], options[at].name) != 0)
            at++;
        good = at < OPTIONS && strstr(usage, options[at].name) != NULL &&
               (options[at].flag != NULL || i + 1 < argc);
        if (good && options[at].flag != NULL)
            *options[at].flag = true;
        else if (good)
            *options[at].number = strtol(argv[++i], NULL, 10);
    }
    choice->seed = (uint64_t)seed;
    if (choice->only >= 0)
        choice->workers = 1;
    good = good && choice->workers > 0 && choice->workers <= WORKERS_MAX;
    if (!good)
        (void)fprintf(stderr, "usage: %s\n", usage);
    return good;
}

void tally_at_most(atomic_long *most, long value)
{
    long now = atomic_load(most);
    while (value > now && !atomic_compare_exchange_weak(most, &now, value))
        ;
}

bool tally_next(struct tally *tally, const struct choice *choice, size_t *number)
{
    size_t next = atomic_fetch_add(&tally->next, 1);
    *number = choice->only >= 0 ? (size_t)choice->only : next;
    return !atomic_load(&tally->broken) && (choice->only < 0 || next == 0);
}

void tally_add(struct tally *tally, const char *judge, const struct choice *choice, size_t number,
               const char *what, const struct outcome *outcome)
{
    char text[sizeof outcome->text + 1024];
    atomic_fetch_add(&tally->runs, 1);
    for (size_t i = 0; i < FAULT_COUNT; i++)
        atomic_fetch_add(&tally->faults[i], outcome->faults[i]);
    tally_at_most(&tally->memory_kb, outcome->rss_kb);
    tally_at_most(&tally->slowest_ms, outcome->ms);
    if (choice->verbose)
        (void)printf("#%zu %s: %s, code %d, %d ms, %ld KB\n", number, what,
                     outcome->text[0] == '\0' ? "fine" : "not fine", outcome->code, outcome->ms,
                     outcome->rss_kb);
    (void)fflush(stdout);
    if (outcome->text[0] == '\0' || atomic_fetch_add(&tally->shown, 1) >= (size_t)choice->shown)
        return;
    // In one write, so that workers don't mix their lines.
    (void)snprintf(text, sizeof text, "%s: %.512s\n%s  alone: build/judge %s --only %zu --seed %llu -v\n",
                   judge, what, outcome->text, judge, number, (unsigned long long)choice->seed);
    (void)!write(STDOUT_FILENO, text, strlen(text));
}

bool tally_print(const struct tally *tally, const char *judge, const struct choice *choice)
{
    size_t faults = 0;
    (void)printf("%s: %zu runs, seed %llu:", judge, tally->runs, (unsigned long long)choice->seed);
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        (void)printf(" %s %zu%s", fault_names[i], tally->faults[i], i + 1 < FAULT_COUNT ? "," : ";");
        faults += tally->faults[i];
    }
    (void)printf(" at most %ld KB (%ld KB when nothing is wrong), the slowest took %ld ms\n",
                 tally->memory_kb, tally->baseline_kb, tally->slowest_ms);
    (void)fflush(stdout);
    return faults == 0 && tally->runs > 0;
}

int tally_judge(const char *judge, const struct choice *choice,
                int (*work)(const struct choice *choice, struct tally *tally))
{
    pid_t workers[WORKERS_MAX];
    bool ok = true;
    struct tally *tally =
        mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED)
        return 1;
    (void)fflush(stdout);
    for (long i = 0; i < choice->workers; i++) {
        workers[i] = fork();
        if (workers[i] == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
            int code = work(choice, tally);
            (void)fflush(stdout);
            _exit(code);
        }
    }
    for (long i = 0; i < choice->workers; i++) {
        int status = 0;
        ok = workers[i] > 0 && waitpid(workers[i], &status, 0) > 0 && status == 0 && ok;
    }
    ok = tally_print(tally, judge, choice) && ok;
    (void)munmap(tally, sizeof *tally);
    return ok ? 0 : 1;
}
