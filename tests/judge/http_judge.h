// SPDX-License-Identifier: Apache-2.0
//
// http_judge: one case of the judge: a verb or the console, an alteration of the API's answers, and what is
// wrong with what came of it. Nothing here asks the program's own code.

#ifndef SBXDECK_TESTS_JUDGE_HTTP_JUDGE_H
#define SBXDECK_TESTS_JUDGE_HTTP_JUDGE_H

#include "tests/judge/http_proxy.h"
#include "tests/judge/http_run.h"
#include "tests/judge/tally.h"

#include <cjson/cJSON.h>

enum { EMULATORS = 2, SANDBOXES = 3, SECRETS_MAX = 16, LIMIT_MS = 30000, RSS_OVER_KB = 80 * 1024 };

enum verb {
    VERB_LS,
    VERB_CREATE,
    VERB_VALIDATE,
    VERB_REGEN,
    VERB_DELETE,
    VERB_NEEDS,
    VERB_MOVE,
    VERB_NEW,
    VERB_REMOVE,
    VERB_EVENTS,
    VERB_WATCH,
    VERB_SSH,
    VERB_CONSOLE
};

struct scenario {
    const char *words; // S: the sandbox
    enum verb verb;
    enum call decides;   // whose answer says whether it went well; CALL_OTHER: none alone
    enum call target;    // whose answers are altered
    bool has_credential; // before
    bool stopped;        // the sandbox, before
    // Of a thousand cases of its fields and bodies, of HTTP, of statuses so many are judged.
    unsigned fields, http, statuses;
};
const struct scenario *scenario_at(size_t index); // NULL: no more

// What a worker has.
struct bench {
    struct proxy *proxy;
    struct support_emulator emulators[EMULATORS]; // one a dialect
    char sandboxes[EMULATORS][SANDBOXES][80];
    char program[SUPPORT_PATH_CAP], folder[SUPPORT_PATH_CAP], home[SUPPORT_PATH_CAP + 16];
    char variables[8][SUPPORT_PATH_CAP + 64];
    const char *environment[9];
    long baseline_kb;
    bool verbose;
};
bool bench_begin(struct bench *bench);
void bench_end(struct bench *bench);
// A new home with nothing but settings.
bool bench_new_home(struct bench *bench, const struct support_emulator *emulator);

struct judged {
    size_t number;
    uint64_t seed;
    const struct scenario *scenario;
    struct alteration alteration;
    struct bench *bench;
    size_t emulator;
    const char *sandbox;
    // What has been given out, as far as it has to be found again.
    char owner[128], id[128], password[256]; // owner: its sandbox
    bool must_have;                          // exactly these
    bool must_have_any;                      // some row of the sandbox
    char secrets[SECRETS_MAX][256];
    char made[SECRETS_MAX][300]; // the path of each
    char own_sandbox[80];        // made for this case or by it; "": none
    size_t secret_count;
    struct outcome outcome;
};
// Judges it; the bench is as before.
void judge_case(struct judged *judged);
// The emulator's sandboxes run, and have no credentials.
void bench_tidy(struct judged *judged);

// After a run: what the answers demand of it, and of the list that is asked for then.
void verdict_run(struct judged *judged, const struct run *run, bool show_password);
void verdict_output(struct judged *judged, const char *text, size_t length, const char *what,
                    bool show_password);
void verdict_demands(struct judged *judged);
void verdict_list(struct judged *judged, const struct run *run);
void verdict_secrets(struct judged *judged);

// The console on a terminal.
void console_case(struct judged *judged);

#endif
