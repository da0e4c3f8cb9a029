// SPDX-License-Identifier: Apache-2.0
//
// http_console: the console in a terminal: it starts, is refreshed, makes a credential and is quit. Nothing
// is expected of its screen; what it must not write, and its end, are judged.

#include "tests/judge/http_judge.h"
#include "tests/support/pty.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

enum { ROWS = 24, COLS = 110, QUIET_MS = 150, STEP_MS = 2500, END_MS = 15000, TRIES = 4 };

// Until so many requests of that kind came, and then until nothing more is written for a moment.
static void settle(struct judged *judged, struct pty *pty, enum call call, size_t count)
{
    int64_t until = support_now_ms() + STEP_MS;
    while (support_now_ms() < until && !pty_ended(pty) && proxy_count(judged->bench->proxy, call) < count)
        (void)pty_take(pty, 20);
    while (support_now_ms() < until && !pty_ended(pty) && pty_take(pty, QUIET_MS))
        ;
}

static bool ends(struct pty *pty, int wait_ms)
{
    int64_t until = support_now_ms() + wait_ms;
    while (support_now_ms() < until && !pty_ended(pty))
        (void)pty_take(pty, 20);
    return pty_ended(pty);
}

static bool quits(struct pty *pty)
{
    for (int i = 0; i < TRIES; i++) {
        (void)pty_type(pty, "\033", 1);
        if (ends(pty, 100))
            return true;
        (void)pty_type(pty, "q", 1);
        if (ends(pty, END_MS / TRIES))
            return true;
    }
    return false;
}

static long memory_kb(pid_t pid)
{
    char path[64], line[256];
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

static void judge_bytes(struct judged *judged, const struct pty *pty)
{
    static const char *const bad[] = {"\033]0;judge", "\033[31mred", "\xc2\x9b\x33\x31m", "\xe2\x80\xae",
                                      "\xff\xfe"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (pty_wrote(pty, bad[i]))
            outcome_fault(&judged->outcome, FAULT_RAW, "the API's bytes, number %zu, are on the terminal", i);
    if (pty_wrote(pty, judged->bench->emulators[judged->emulator].api_key))
        outcome_fault(&judged->outcome, FAULT_SECRET, "the API key is on the terminal");
    for (size_t i = 0; i < judged->secret_count; i++)
        if (pty_wrote(pty, judged->secrets[i]))
            outcome_fault(&judged->outcome, FAULT_SECRET, "a password is on the terminal");
}

static void judge_end(struct judged *judged, struct pty *pty, bool ended, const struct termios *before)
{
    struct termios after;
    int code = ended ? pty_exit_code(pty) : -1;
    if (!ended)
        outcome_fault(&judged->outcome, FAULT_HANG, "the console does not end:\n%.2500s", pty_text(pty));
    else if (code > 128 && code != 255)
        outcome_fault(&judged->outcome, FAULT_CRASH, "the console ended by signal %d", code - 128);
    else if (code != 0)
        outcome_fault(&judged->outcome, FAULT_CODE, "the console ended with %d:\n%.1500s", code,
                      pty_text(pty));
    if (ended && tcgetattr(pty_slave(pty), &after) == 0 &&
        (after.c_lflag != before->c_lflag || after.c_iflag != before->c_iflag ||
         after.c_oflag != before->c_oflag))
        outcome_fault(&judged->outcome, FAULT_CODE, "the terminal is not as it was");
}

void console_case(struct judged *judged)
{
    struct bench *bench = judged->bench;
    const char *const argv[] = {bench->program, NULL};
    struct termios before;
    int64_t from = support_now_ms();
    proxy_turn(bench->proxy, &bench->emulators[judged->emulator], &judged->alteration);
    struct pty *pty = pty_open(argv, bench->environment, ROWS, COLS, PTY_LOG | PTY_BARE);
    if (pty == NULL || tcgetattr(pty_slave(pty), &before) != 0) {
        outcome_fault(&judged->outcome, FAULT_CRASH, "the console can't be started");
        pty_close(pty);
        proxy_rest(bench->proxy);
        return;
    }
    settle(judged, pty, CALL_LIST, 1);
    (void)pty_type(pty, "n", 1);
    settle(judged, pty, CALL_CREATE, 1);
    settle(judged, pty, CALL_LIST, 2);
    long kb = memory_kb(pty_pid(pty));
    judged->outcome.rss_kb = kb > judged->outcome.rss_kb ? kb : judged->outcome.rss_kb;
    if (bench->verbose)
        (void)printf("--- the console before its end\n%s", pty_text(pty));
    bool ended = quits(pty);
    proxy_rest(bench->proxy);
    verdict_secrets(judged);
    judge_bytes(judged, pty);
    judge_end(judged, pty, ended, &before);
    verdict_demands(judged);
    judged->outcome.ms = (int)(support_now_ms() - from);
    pty_close(pty);
}
