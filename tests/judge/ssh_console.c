// SPDX-License-Identifier: Apache-2.0
//
// ssh_console: the console with two sessions, one to a server that is right and one to a server that is not.
// After each breach, and while it floods, the good session must answer a key; the console must live, and end
// in order.

#include "tests/judge/ssh_bench.h"
#include "tests/support/access_server.h"
#include "tests/support/pty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 24,
    COLS = 100,
    CASE_MS = 40000,
    ANSWER_MS = 10000,
    STEP_MS = 20000,
    SLICE_MS = 20,
    PATIENCE_MS = 1000,
    BATCH = 24, // cases a console
    FLOOD_MS = 1500,
    QUICK_FLOOD_MS = 200,
    QUICK_PART = 12,
    PART = 3, // of those alike
    MEMORY_OVER_KB = 8 * 1024
};

#define GOOD_USER    "ssh-good0123456789"
#define EVIL_SANDBOX "sbx-otherone1"
#define GOOD_PROMPT  "good$"
#define PREFIX       "\035"
#define ENDED        "Enter reconnect"

struct desk {
    struct ssh_bench *bench;
    struct tally *tally;
    struct pty *pty;
    unsigned pings;
    int key_ms; // the slowest of the case
    long baseline_kb;
};

// --- looking and typing ---

static bool until(struct desk *desk, const char *text, int ms)
{
    int64_t end = support_now_ms() + ms;
    while (!pty_shows(desk->pty, PTY_ANY_ROW, text)) {
        if (support_now_ms() >= end || pty_ended(desk->pty))
            return false;
        (void)pty_take(desk->pty, SLICE_MS);
    }
    return true;
}

static bool until_gone(struct desk *desk, const char *text, int limit_ms)
{
    int64_t end = support_now_ms() + limit_ms;
    while (pty_shows(desk->pty, PTY_ANY_ROW, text) && support_now_ms() < end && !pty_ended(desk->pty))
        (void)pty_take(desk->pty, SLICE_MS);
    return !pty_shows(desk->pty, PTY_ANY_ROW, text);
}

static void type(struct desk *desk, const char *keys)
{
    (void)pty_type(desk->pty, keys, strlen(keys));
}

static long memory_kb(pid_t pid)
{
    char path[64];
    char line[256];
    long kb = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    if (file != NULL)
        (void)fclose(file);
    return kb;
}

static bool choose(struct desk *desk, const char *sandbox)
{
    char filter[64];
    (void)snprintf(filter, sizeof filter, "/%s ", sandbox);
    type(desk, "/\025"); // without what was asked for before
    type(desk, sandbox);
    type(desk, "\t"); // keeps the filter; Enter would connect
    return until(desk, filter, STEP_MS) && until(desk, " 1/", STEP_MS);
}

static bool open_session(struct desk *desk, const char *sandbox, const char *expected)
{
    if (!choose(desk, sandbox))
        return false;
    type(desk, "\r");
    return expected == NULL || until(desk, expected, STEP_MS);
}

// --- the good server ---

static void play_good(struct raw_ssh_peer *peer, void *ctx)
{
    (void)ctx;
    if (!raw_ssh_reach(peer, RAW_SSH_STARTED) || !raw_ssh_output(peer, GOOD_PROMPT " "))
        return;
    raw_ssh_echo(peer);
    (void)raw_ssh_serve(peer, -1);
}

// From the deck and back: a key typed into the good session comes back.
static bool good_answers(struct desk *desk, struct outcome *outcome)
{
    char ping[32];
    if (!open_session(desk, ACCESS_SERVER_SANDBOX, GOOD_PROMPT)) {
        outcome_fault(outcome, FAULT_HANG, "the good session is not shown:\n%.1500s", pty_text(desk->pty));
        return false;
    }
    (void)snprintf(ping, sizeof ping, "ping-%u.", ++desk->pings);
    // On the one row, the first: the session is known by it, and what the console tells lies over the last
    // rows.
    type(desk, "\r" GOOD_PROMPT);
    int64_t from = support_now_ms();
    type(desk, ping);
    if (!until(desk, ping, ANSWER_MS)) {
        outcome_fault(outcome, FAULT_HANG, "the good session answers no key:\n%.1500s", pty_text(desk->pty));
        return false;
    }
    int ms = (int)(support_now_ms() - from);
    if (ms > desk->key_ms)
        desk->key_ms = ms;
    type(desk, PREFIX "d");
    return until(desk, "SANDBOX", STEP_MS);
}

// --- one case ---

static bool comes_to_something(struct desk *desk)
{
    int64_t end = support_now_ms() + CASE_MS;
    while (support_now_ms() < end && !pty_ended(desk->pty)) {
        if (pty_shows(desk->pty, PTY_ANY_ROW, ENDED) || pty_shows(desk->pty, PTY_ANY_ROW, "after"))
            return true;
        (void)pty_take(desk->pty, SLICE_MS);
    }
    return false;
}

// To the deck, whether the session is open or has ended; it is over then. An ended one takes no key at first.
static void leave(struct desk *desk)
{
    int64_t end = support_now_ms() + STEP_MS;
    if (!pty_shows(desk->pty, PTY_ANY_ROW, ENDED)) {
        type(desk, PREFIX "x");
        if (!until(desk, "SANDBOX", ANSWER_MS)) // the session before it may be in front instead
            type(desk, PREFIX "d");
    }
    while (pty_shows(desk->pty, PTY_ANY_ROW, ENDED) && support_now_ms() < end && !pty_ended(desk->pty)) {
        type(desk, "\033");
        (void)until(desk, "SANDBOX", PATIENCE_MS);
    }
    (void)until(desk, "SANDBOX", STEP_MS);
}

static void judge_flood(struct desk *desk, struct outcome *outcome)
{
    // Once the session is in front: while a credential is made for it, keys go to the question on that.
    if (!until_gone(desk, "SANDBOX", STEP_MS))
        return;
    type(desk, PREFIX "d");
    if (until(desk, "SANDBOX", STEP_MS) && good_answers(desk, outcome))
        (void)open_session(desk, EVIL_SANDBOX, NULL);
}

// False: this console is of no more use.
static bool play_case(struct desk *desk, const struct ssh_case *what, struct outcome *outcome)
{
    ssh_bench_play(desk->bench, what);
    desk->key_ms = 0;
    memset(outcome, 0, sizeof *outcome);
    if (!open_session(desk, EVIL_SANDBOX, NULL))
        outcome_fault(outcome, FAULT_HANG, "the deck takes no keys:\n%.1500s", pty_text(desk->pty));
    else if (what->flood_ms > 0)
        judge_flood(desk, outcome);
    if (outcome->text[0] == '\0' && !comes_to_something(desk))
        outcome_fault(outcome, FAULT_HANG, "the session neither goes on nor ends:\n%.1500s",
                      pty_text(desk->pty));
    if (outcome->text[0] == '\0') {
        leave(desk);
        (void)good_answers(desk, outcome);
    }
    if (pty_ended(desk->pty))
        outcome_fault(outcome, FAULT_CRASH, "the console has ended: %d", pty_exit_code(desk->pty));
    outcome->ms = desk->key_ms;
    return outcome->text[0] == '\0';
}

// --- a console ---

static bool begin(struct desk *desk, struct outcome *outcome)
{
    const char *const argv[] = {desk->bench->program, NULL};
    memset(outcome, 0, sizeof *outcome);
    desk->pty = pty_open(argv, desk->bench->environment, ROWS, COLS, PTY_LOG | PTY_BARE);
    bool ok = desk->pty != NULL && until(desk, ACCESS_SERVER_SANDBOX, STEP_MS) &&
              open_session(desk, ACCESS_SERVER_SANDBOX, GOOD_PROMPT);
    if (!ok && desk->pty != NULL)
        outcome_fault(outcome, FAULT_HANG, "the good session does not open:\n%.1500s", pty_text(desk->pty));
    if (ok)
        type(desk, PREFIX "d");
    if (!ok || !until(desk, "SANDBOX", STEP_MS) || !choose(desk, EVIL_SANDBOX))
        return false;
    // A credential for the other one too: what is typed while one is made goes to that.
    type(desk, "n");
    return until(desk, "2 valid", STEP_MS);
}

static void judge_bytes(struct desk *desk, struct outcome *outcome)
{
    static const char csi[] = {'\xc2', '\x9b', '3', '1', 'm', '\0'};
    static const char *const bad[] = {"\033]0;judge", "\033[31mred", csi, "\xe2\x80\xae", "\xff\xfe"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (pty_wrote(desk->pty, bad[i]))
            outcome_fault(outcome, FAULT_RAW, "the server's bytes, number %zu, are on the terminal", i);
    if (pty_wrote(desk->pty, RAW_SSH_PASSWORD))
        outcome_fault(outcome, FAULT_SECRET, "the password is on the terminal");
}

// Closes the good session and quits.
static void end(struct desk *desk, bool fine, struct outcome *outcome)
{
    int64_t limit = support_now_ms() + STEP_MS;
    memset(outcome, 0, sizeof *outcome);
    if (desk->pty == NULL)
        return;
    judge_bytes(desk, outcome);
    long now_kb = pty_ended(desk->pty) ? 0 : memory_kb(pty_pid(desk->pty));
    tally_at_most(&desk->tally->memory_kb, now_kb);
    if (desk->baseline_kb > 0 && now_kb > desk->baseline_kb + MEMORY_OVER_KB)
        outcome_fault(outcome, FAULT_MEMORY, "the console took %ld KB, %ld KB before", now_kb,
                      desk->baseline_kb);
    if (fine) {
        type(desk, "q");
        if (!until(desk, "Quit", STEP_MS))
            outcome_fault(outcome, FAULT_HANG, "it does not ask before it quits:\n%.1500s",
                          pty_text(desk->pty));
        type(desk, "\t\r");
        while (!pty_ended(desk->pty) && support_now_ms() < limit)
            (void)pty_take(desk->pty, SLICE_MS);
        if (!pty_ended(desk->pty))
            outcome_fault(outcome, FAULT_HANG, "the console does not quit:\n%.1500s", pty_text(desk->pty));
        else if (pty_exit_code(desk->pty) != 0)
            outcome_fault(outcome, FAULT_CODE, "the console quit with %d", pty_exit_code(desk->pty));
    }
    pty_close(desk->pty);
    desk->pty = NULL;
}

// What happens at the beginning and the end of a batch belongs to no case.
static void count_faults(struct desk *desk, const char *what, const struct outcome *outcome)
{
    for (size_t i = 0; i < FAULT_COUNT; i++)
        atomic_fetch_add(&desk->tally->faults[i], outcome->faults[i]);
    if (outcome->text[0] != '\0')
        (void)printf("ssh --console: %s\n%s", what, outcome->text);
    (void)fflush(stdout);
}

static bool is_chosen(const struct choice *choice, const struct ssh_case *what)
{
    if (what->waits || what->speaks || what->stage < RAW_SSH_SERVICE)
        return false;
    if (what->deed != ssh_deed_special && what->deed != ssh_deed_flood &&
        (what->deed != ssh_deed_type_alone || what->stage != RAW_SSH_STARTED))
        return false;
    return what->random % (choice->quick ? QUICK_PART : what->deed == ssh_deed_special ? 1 : PART) == 0;
}

void ssh_console_judge(struct ssh_bench *bench, const struct choice *choice, struct tally *tally)
{
    struct outcome outcome;
    struct ssh_case what;
    char name[sizeof what.name + 64];
    struct desk desk = {.bench = bench, .tally = tally};
    size_t in_batch = 0;
    bool fine = true;
    for (size_t number = 0; number < ssh_case_fixed_count() && fine; number++) {
        ssh_case_at(number, choice->seed, choice->quick, &what);
        if (choice->only >= 0 ? number != (size_t)choice->only : !is_chosen(choice, &what))
            continue;
        if (what.flood_ms > 0)
            what.flood_ms = choice->quick ? QUICK_FLOOD_MS : FLOOD_MS;
        if (desk.pty == NULL) {
            fine = begin(&desk, &outcome);
            count_faults(&desk, "nothing is wrong yet", &outcome);
            if (!fine)
                break;
            desk.baseline_kb = memory_kb(pty_pid(desk.pty));
            tally_at_most(&tally->baseline_kb, desk.baseline_kb);
        }
        bool lives = play_case(&desk, &what, &outcome);
        (void)snprintf(name, sizeof name, "%s, %s", raw_ssh_stage_name(what.stage), what.name);
        tally_add(tally, "ssh --console", choice, number, name, &outcome);
        if (choice->verbose && choice->only >= 0)
            (void)fputs(pty_text(desk.pty), stdout);
        if (lives && ++in_batch < BATCH)
            continue;
        end(&desk, lives, &outcome);
        count_faults(&desk, name, &outcome);
        in_batch = 0;
    }
    if (desk.pty != NULL) {
        end(&desk, fine, &outcome);
        count_faults(&desk, "the end", &outcome);
    }
}

bool ssh_console_bench(struct ssh_bench *bench)
{
    return ssh_bench_begin_console(bench, play_good, GOOD_USER, EVIL_SANDBOX);
}
