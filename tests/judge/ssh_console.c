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
    struct ssh_console_counts *counts;
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
    return until(desk, filter, STEP_MS) && until(desk, "1 of ", STEP_MS);
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
static bool good_answers(struct desk *desk, struct ssh_outcome *outcome)
{
    char ping[32];
    if (!open_session(desk, ACCESS_SERVER_SANDBOX, GOOD_PROMPT)) {
        ssh_outcome_fault(outcome, SSH_FAULT_HANG, "the good session is not shown:\n%.1500s",
                          pty_text(desk->pty));
        return false;
    }
    (void)snprintf(ping, sizeof ping, "ping-%u.", ++desk->pings);
    // On the one row, the first: the session is known by it, and what the console tells lies over the last
    // rows.
    type(desk, "\r" GOOD_PROMPT);
    int64_t from = support_now_ms();
    type(desk, ping);
    if (!until(desk, ping, ANSWER_MS)) {
        ssh_outcome_fault(outcome, SSH_FAULT_HANG, "the good session answers no key:\n%.1500s",
                          pty_text(desk->pty));
        return false;
    }
    int ms = (int)(support_now_ms() - from);
    if (ms > desk->key_ms)
        desk->key_ms = ms;
    if (ms > desk->counts->slowest_key_ms)
        desk->counts->slowest_key_ms = ms;
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

static void judge_flood(struct desk *desk, struct ssh_outcome *outcome)
{
    // Once the session is in front: while a credential is made for it, keys go to the question on that.
    if (!until_gone(desk, "SANDBOX", STEP_MS))
        return;
    type(desk, PREFIX "d");
    if (until(desk, "SANDBOX", STEP_MS) && good_answers(desk, outcome))
        (void)open_session(desk, EVIL_SANDBOX, NULL);
}

// False: this console is of no more use.
static bool play_case(struct desk *desk, const struct ssh_case *what, struct ssh_outcome *outcome)
{
    ssh_bench_play(desk->bench, what);
    desk->key_ms = 0;
    memset(outcome, 0, sizeof *outcome);
    if (!open_session(desk, EVIL_SANDBOX, NULL))
        ssh_outcome_fault(outcome, SSH_FAULT_HANG, "the deck takes no keys:\n%.1500s", pty_text(desk->pty));
    else if (what->flood_ms > 0)
        judge_flood(desk, outcome);
    if (outcome->text[0] == '\0' && !comes_to_something(desk))
        ssh_outcome_fault(outcome, SSH_FAULT_HANG, "the session neither goes on nor ends:\n%.1500s",
                          pty_text(desk->pty));
    if (outcome->text[0] == '\0') {
        leave(desk);
        (void)good_answers(desk, outcome);
    }
    if (pty_ended(desk->pty))
        ssh_outcome_fault(outcome, SSH_FAULT_CRASH, "the console has ended: %d", pty_exit_code(desk->pty));
    return outcome->text[0] == '\0';
}

// --- a console ---

static bool begin(struct desk *desk, struct ssh_outcome *outcome)
{
    const char *const argv[] = {desk->bench->program, NULL};
    memset(outcome, 0, sizeof *outcome);
    desk->pty = pty_open(argv, desk->bench->environment, ROWS, COLS, PTY_LOG | PTY_BARE);
    bool ok = desk->pty != NULL && until(desk, ACCESS_SERVER_SANDBOX, STEP_MS) &&
              open_session(desk, ACCESS_SERVER_SANDBOX, GOOD_PROMPT);
    if (!ok && desk->pty != NULL)
        ssh_outcome_fault(outcome, SSH_FAULT_HANG, "the good session does not open:\n%.1500s",
                          pty_text(desk->pty));
    if (ok)
        type(desk, PREFIX "d");
    if (!ok || !until(desk, "SANDBOX", STEP_MS) || !choose(desk, EVIL_SANDBOX))
        return false;
    // A credential for the other one too: what is typed while one is made goes to that.
    type(desk, "n");
    return until(desk, "2 valid", STEP_MS);
}

static void judge_bytes(struct desk *desk, struct ssh_outcome *outcome)
{
    static const char csi[] = {'\xc2', '\x9b', '3', '1', 'm', '\0'};
    static const char *const bad[] = {"\033]0;judge", "\033[31mred", csi, "\xe2\x80\xae", "\xff\xfe"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (pty_wrote(desk->pty, bad[i]))
            ssh_outcome_fault(outcome, SSH_FAULT_RAW, "the server's bytes, number %zu, are on the terminal",
                              i);
    if (pty_wrote(desk->pty, RAW_SSH_PASSWORD))
        ssh_outcome_fault(outcome, SSH_FAULT_SECRET, "the password is on the terminal");
}

// Closes the good session and quits.
static void end(struct desk *desk, bool fine, struct ssh_outcome *outcome)
{
    int64_t limit = support_now_ms() + STEP_MS;
    memset(outcome, 0, sizeof *outcome);
    if (desk->pty == NULL)
        return;
    judge_bytes(desk, outcome);
    if (!pty_ended(desk->pty))
        desk->counts->memory_kb = memory_kb(pty_pid(desk->pty));
    if (desk->baseline_kb > 0 && desk->counts->memory_kb > desk->baseline_kb + MEMORY_OVER_KB)
        ssh_outcome_fault(outcome, SSH_FAULT_MEMORY, "the console took %ld KB, %ld KB before",
                          desk->counts->memory_kb, desk->baseline_kb);
    if (fine) {
        type(desk, "q");
        if (!until(desk, "Quit", STEP_MS))
            ssh_outcome_fault(outcome, SSH_FAULT_HANG, "it does not ask before it quits:\n%.1500s",
                              pty_text(desk->pty));
        type(desk, "\t\r");
        while (!pty_ended(desk->pty) && support_now_ms() < limit)
            (void)pty_take(desk->pty, SLICE_MS);
        if (!pty_ended(desk->pty))
            ssh_outcome_fault(outcome, SSH_FAULT_HANG, "the console does not quit:\n%.1500s",
                              pty_text(desk->pty));
        else if (pty_exit_code(desk->pty) != 0)
            ssh_outcome_fault(outcome, SSH_FAULT_CODE, "the console quit with %d", pty_exit_code(desk->pty));
    }
    pty_close(desk->pty);
    desk->pty = NULL;
}

static void tell(struct desk *desk, const char *name, long number, uint64_t seed,
                 const struct ssh_outcome *outcome)
{
    for (size_t i = 0; i < SSH_FAULT_COUNT; i++)
        desk->counts->faults[i] += outcome->faults[i];
    if (outcome->text[0] == '\0')
        return;
    (void)printf("ssh, console: %s\n%s", name, outcome->text);
    if (number >= 0)
        (void)printf("  alone: build/judge ssh --console --only %ld --seed %llu -v\n", number,
                     (unsigned long long)seed);
    (void)fflush(stdout);
}

static bool is_chosen(const struct ssh_console_choice *choice, const struct ssh_case *what)
{
    if (what->waits || what->speaks || what->stage < RAW_SSH_SERVICE)
        return false;
    if (what->deed != ssh_deed_special && what->deed != ssh_deed_flood &&
        (what->deed != ssh_deed_type_alone || what->stage != RAW_SSH_STARTED))
        return false;
    return what->random % (choice->quick ? QUICK_PART : what->deed == ssh_deed_special ? 1 : PART) == 0;
}

void ssh_console_judge(struct ssh_bench *bench, const struct ssh_console_choice *choice,
                       struct ssh_console_counts *counts)
{
    struct ssh_outcome outcome;
    struct ssh_case what;
    struct desk desk = {.bench = bench, .counts = counts};
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
            tell(&desk, "nothing is wrong yet", -1, choice->seed, &outcome);
            if (!fine)
                break;
            desk.baseline_kb = memory_kb(pty_pid(desk.pty));
        }
        bool lives = play_case(&desk, &what, &outcome);
        counts->runs++;
        tell(&desk, what.name, (long)number, choice->seed, &outcome);
        if (choice->verbose)
            (void)printf("#%zu %s, %s, in the console: %s, a key took %d ms\n%s", number,
                         raw_ssh_stage_name(what.stage), what.name, lives ? "lives" : "is lost", desk.key_ms,
                         choice->only >= 0 ? pty_text(desk.pty) : "");
        if (lives && ++in_batch < BATCH)
            continue;
        end(&desk, lives, &outcome);
        tell(&desk, "its end", (long)number, choice->seed, &outcome);
        in_batch = 0;
    }
    if (desk.pty != NULL) {
        end(&desk, fine, &outcome);
        tell(&desk, "its end", -1, choice->seed, &outcome);
    }
}

bool ssh_console_bench(struct ssh_bench *bench)
{
    return ssh_bench_begin_console(bench, play_good, GOOD_USER, EVIL_SANDBOX);
}
