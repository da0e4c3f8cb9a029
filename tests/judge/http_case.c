// SPDX-License-Identifier: Apache-2.0
//
// http_case: The scenarios, and the run of one case: what is there before, the run with altered answers, and
// the list that is read after it with right ones.

#include "tests/judge/http_judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 12, WATCH_MS = 1300 };

static const struct scenario scenarios[] = {
    {"ls", VERB_LS, CALL_LIST, CALL_LIST, false, false, 700, 1000, 300},
    {"ls --json", VERB_LS, CALL_LIST, CALL_LIST, false, false, 1000, 1000, 300},
    {"ls --json --show-password", VERB_LS, CALL_LIST, CALL_LIST, true, false, 300, 300, 30},
    {"access create S --json", VERB_CREATE, CALL_CREATE, CALL_CREATE, false, false, 1000, 1000, 300},
    {"access create S --show-password", VERB_CREATE, CALL_CREATE, CALL_CREATE, false, false, 300, 300, 30},
    {"access create S", VERB_CREATE, CALL_CREATE, CALL_LIST, false, false, 100, 100, 20},
    {"access validate S --json", VERB_VALIDATE, CALL_VALIDATE, CALL_VALIDATE, true, false, 1000, 1000, 300},
    {"access regen S --json", VERB_REGEN, CALL_REGEN, CALL_REGEN, true, false, 1000, 1000, 200},
    {"access regen S", VERB_REGEN, CALL_REGEN, CALL_VALIDATE, true, false, 500, 200, 30},
    {"access delete S --json", VERB_DELETE, CALL_DELETE, CALL_DELETE, true, false, 1000, 1000, 400},
    {"access delete S", VERB_DELETE, CALL_DELETE, CALL_VALIDATE, true, false, 500, 200, 30},
    {"access needs-renewal S", VERB_NEEDS, CALL_LIST, CALL_LIST, true, false, 200, 300, 100},
    {"stop S --json", VERB_MOVE, CALL_STOP, CALL_STOP, false, false, 300, 500, 100},
    {"pause S", VERB_MOVE, CALL_PAUSE, CALL_PAUSE, false, false, 300, 300, 100},
    {"start S --json", VERB_MOVE, CALL_START, CALL_START, false, true, 300, 300, 100},
    {"start S", VERB_MOVE, CALL_START, CALL_LIST, false, true, 50, 50, 10},
    {"sandbox create --json", VERB_NEW, CALL_NEW, CALL_NEW, false, false, 500, 500, 100},
    {"sandbox delete S --json --yes", VERB_REMOVE, CALL_REMOVE, CALL_REMOVE, false, false, 1000, 500, 100},
    {"events --json", VERB_EVENTS, CALL_OTHER, CALL_CREATE, true, false, 0, 30, 0},
    {"watch --json", VERB_WATCH, CALL_LIST, CALL_LIST, true, false, 100, 100, 10},
    {"ssh S echo hi", VERB_SSH, CALL_OTHER, CALL_CREATE, false, false, 400, 200, 30},
    {"ssh S echo hi", VERB_SSH, CALL_OTHER, CALL_VALIDATE, true, false, 200, 100, 10},
    {"console", VERB_CONSOLE, CALL_OTHER, CALL_LIST, false, false, 100, 150, 15},
    {"console", VERB_CONSOLE, CALL_OTHER, CALL_CREATE, false, false, 150, 200, 15},
};

const struct scenario *scenario_at(size_t index)
{
    return index < sizeof scenarios / sizeof scenarios[0] ? &scenarios[index] : NULL;
}

// The words of a scenario; they point into the copy and at the sandbox.
static void words_of(const struct judged *judged, const char *words, char copy[128],
                     const char *argv[WORDS_MAX])
{
    size_t count = 1;
    char *rest = copy;
    (void)snprintf(copy, 128, "%s", words);
    argv[0] = judged->bench->program;
    for (char *word; (word = strsep(&rest, " ")) != NULL && count < WORDS_MAX - 1;)
        argv[count++] = strcmp(word, "S") == 0 ? judged->sandbox : word;
    argv[count] = NULL;
}

static bool run_words(struct judged *judged, const char *words, const struct alteration *alteration,
                      int stop_ms, struct run *run)
{
    char copy[128];
    const char *argv[WORDS_MAX];
    struct bench *bench = judged->bench;
    words_of(judged, words, copy, argv);
    proxy_turn(bench->proxy, &bench->emulators[judged->emulator], alteration);
    bool ok = run_program(argv, bench->environment, LIMIT_MS, stop_ms, run);
    proxy_rest(bench->proxy);
    if (ok && run->rss_kb > judged->outcome.rss_kb)
        judged->outcome.rss_kb = run->rss_kb;
    if (!ok)
        outcome_fault(&judged->outcome, FAULT_CRASH, "%s can't be started", argv[0]);
    return ok;
}

static void show(struct judged *judged, const char *what, const struct run *run)
{
    size_t count = 0;
    const struct exchange *log = proxy_log(judged->bench->proxy, &count);
    if (!judged->bench->verbose)
        return;
    (void)printf("--- %s: exit %d, signal %d, %d ms, %ld KB\n", what, run->code, run->signal, run->ms,
                 run->rss_kb);
    for (size_t i = 0; i < count; i++)
        (void)printf("> %s %s -> %d, delivered%s %d, %zu bytes: %.2000s\n", log[i].method, log[i].path,
                     log[i].status, log[i].altered ? ", altered," : "", log[i].wire.status,
                     log[i].wire.length, log[i].wire.body != NULL ? log[i].wire.body : "");
    (void)printf("out: %.8000s\nerr: %.4000s\n", run->out, run->err);
}

// One that may be deleted.
static bool make_sandbox(struct judged *judged)
{
    char *body = NULL;
    (void)proxy_ask(&judged->bench->emulators[judged->emulator], "POST", "/v1/sandbox",
                    "{\"template_name\":\"t\"}", &body);
    cJSON *tree = body != NULL ? cJSON_Parse(body) : NULL;
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "id"));
    if (id != NULL)
        (void)snprintf(judged->own_sandbox, sizeof judged->own_sandbox, "%s", id);
    else
        outcome_fault(&judged->outcome, FAULT_CRASH, "no sandbox to delete");
    judged->sandbox = judged->own_sandbox;
    cJSON_Delete(tree);
    free(body);
    return id != NULL;
}

static bool prepare(struct judged *judged)
{
    struct bench *bench = judged->bench;
    char path[300];
    char *body = NULL;
    struct run run;
    if (!bench_new_home(bench, &bench->emulators[judged->emulator])) {
        outcome_fault(&judged->outcome, FAULT_CRASH, "no home");
        return false;
    }
    if (judged->scenario->has_credential) {
        bool ok = run_words(judged, "access create S --json", NULL, 0, &run);
        show(judged, "before", &run);
        verdict_secrets(judged);
        verdict_demands(judged);
        if (!ok || run.code != 0 || !judged->must_have)
            outcome_fault(&judged->outcome, FAULT_CODE, "a create with right answers fails: %.300s", run.err);
        if (ok)
            run_free(&run);
    }
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/stop", judged->sandbox);
    if (judged->scenario->stopped) {
        (void)proxy_ask(&bench->emulators[judged->emulator], "POST", path, NULL, &body);
        free(body);
    }
    return (judged->scenario->verb != VERB_REMOVE || make_sandbox(judged)) && judged->outcome.text[0] == '\0';
}

static bool needs_a_list(const struct judged *judged)
{
    enum verb verb = judged->scenario->verb;
    return judged->scenario->has_credential || verb == VERB_CREATE || verb == VERB_SSH ||
           verb == VERB_CONSOLE || alter_random(judged->seed, judged->number) % 8 == 0;
}

static void look_again(struct judged *judged)
{
    struct run run;
    if (!needs_a_list(judged) || !run_words(judged, "ls --json --show-password", NULL, 0, &run))
        return;
    show(judged, "after", &run);
    if (run.hung)
        outcome_fault(&judged->outcome, FAULT_HANG, "the list after it does not end");
    else if (run.signal != 0)
        outcome_fault(&judged->outcome, FAULT_CRASH, "the list after it: signal %d", run.signal);
    else
        verdict_list(judged, &run);
    run_free(&run);
}

void judge_case(struct judged *judged)
{
    struct run run;
    struct bench *bench = judged->bench;
    const struct scenario *scenario = judged->scenario;
    judged->emulator = alter_random(judged->seed, judged->number + 77) % EMULATORS;
    judged->sandbox = bench->sandboxes[judged->emulator][0];
    if (prepare(judged) && scenario->verb == VERB_CONSOLE) {
        console_case(judged);
        look_again(judged);
    } else if (judged->outcome.text[0] == '\0' &&
               run_words(judged, scenario->words, &judged->alteration,
                         scenario->verb == VERB_WATCH ? WATCH_MS : 0, &run)) {
        judged->outcome.ms = run.ms;
        show(judged, scenario->words, &run);
        verdict_run(judged, &run, strstr(scenario->words, "--show-password") != NULL);
        verdict_demands(judged);
        run_free(&run);
        look_again(judged);
    }
    if (judged->outcome.rss_kb > bench->baseline_kb + RSS_OVER_KB && bench->baseline_kb > 0)
        outcome_fault(&judged->outcome, FAULT_MEMORY, "%ld KB more than without",
                      judged->outcome.rss_kb - bench->baseline_kb);
    bench_tidy(judged);
}
