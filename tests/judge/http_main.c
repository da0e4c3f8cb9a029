// SPDX-License-Identifier: Apache-2.0
//
// http_main: Number the cases with an HTTP server, choose which of them are run, and run them.

#include "tests/judge/http_main.h"

#include "tests/judge/http_judge.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    THOUSAND = 1000,
    STATUS_FIRST = 101,
    STATUS_LAST = 599,
    FULL_PART = 2,
    QUICK_PART = 7,
    MMAP_FROM = 65536
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

static bool measure_baseline(struct bench *bench, const struct choice *choice, struct tally *tally)
{
    static struct judged judged;
    if (!case_at(0, choice->seed, &judged))
        return false;
    judged.bench = bench;
    judged.alteration.level = LEVEL_NONE;
    bench->verbose = false;
    judge_case(&judged);
    bench->verbose = choice->verbose;
    bench->baseline_kb = judged.outcome.rss_kb;
    tally_at_most(&tally->baseline_kb, judged.outcome.rss_kb);
    if (judged.outcome.text[0] != '\0')
        (void)printf("judge: with right answers already:\n%s", judged.outcome.text);
    return judged.outcome.text[0] == '\0';
}

static int work(const struct choice *choice, struct tally *tally)
{
    static struct bench bench;
    static struct judged judged;
    char name[160], what[512];
    size_t number = 0;
    if (!bench_begin(&bench) || !measure_baseline(&bench, choice, tally)) {
        atomic_store(&tally->broken, true);
        bench_end(&bench);
        return 1;
    }
    while (tally_next(tally, choice, &number) && case_at(number, choice->seed, &judged)) {
        if (!is_chosen(choice, &judged))
            continue;
        judged.bench = &bench;
        judge_case(&judged);
        alter_name(&judged.alteration, name, sizeof name);
        (void)snprintf(what, sizeof what, "%s | %s", judged.scenario->words, name);
        tally_add(tally, "http", choice, number, what, &judged.outcome);
    }
    bench_end(&bench);
    return 0;
}

int judge_http(int argc, char **argv)
{
    struct choice choice;
    if (!choice_read(argc, argv,
                     "judge http [--quick | --every] [--only N] [--seed S] [--jobs J] [--show MOST] [-v]",
                     &choice))
        return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    // What the workers' threads have had goes back at once: see run_program.
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
    return tally_judge("http", &choice, work);
}
