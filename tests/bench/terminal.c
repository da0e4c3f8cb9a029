// SPDX-License-Identifier: Apache-2.0
//
// terminal: a tests/support/pty of 200x50 that ends the figure when it fails. Output is read as fast as it
// comes; a screen is searched only when nothing more waits to be read, as a terminal draws.

#include "tests/bench/bench.h"
#include "tests/support/pty.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct terminal *all;

struct terminal {
    struct terminal *next;
    struct pty *pty;
    bool raw;
};

struct terminal *terminal_start(const char *const argv[], const char *const environment[], bool raw)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    if (terminal == NULL)
        bench_die("no memory");
    terminal->raw = raw;
    terminal->pty = pty_open(argv, environment, BENCH_ROWS, BENCH_COLS, raw ? PTY_RAW : 0);
    if (terminal->pty == NULL)
        bench_die("%s does not start", argv[0]);
    terminal->next = all;
    all = terminal;
    return terminal;
}

void terminal_end(struct terminal *terminal)
{
    struct terminal **link = &all;
    while (*link != terminal)
        link = &(*link)->next;
    *link = terminal->next;
    pty_close(terminal->pty);
    free(terminal);
}

void terminal_end_all(void)
{
    while (all != NULL)
        terminal_end(all);
}

pid_t terminal_pid(const struct terminal *terminal)
{
    return pty_pid(terminal->pty);
}

void terminal_type(struct terminal *terminal, const char *keys)
{
    pty_forget(terminal->pty);
    if (!pty_type(terminal->pty, keys, strlen(keys)))
        bench_die("the program takes no keys");
}

// False when nothing came in that time.
static bool take(struct terminal *terminal, int wait_ms)
{
    if (pty_take(terminal->pty, wait_ms))
        return true;
    if (pty_ended(terminal->pty))
        bench_die("the program has ended too early");
    return false;
}

static double wait_for(struct terminal *terminal, const char *text, bool wanted)
{
    double end = bench_now() + BENCH_WAIT_MS / 1000.0;
    while (bench_now() < end) {
        // A raw stream is looked at after each read, a screen when it is still.
        bool more = !terminal->raw && take(terminal, 0);
        if (more)
            continue;
        if (pty_shows(terminal->pty, PTY_ANY_ROW, text) == wanted)
            return bench_now();
        (void)take(terminal, 100);
    }
    if (!terminal->raw)
        (void)fputs(pty_text(terminal->pty), stderr);
    bench_die("waited in vain for %s'%s'", wanted ? "" : "the end of ", text);
}

double terminal_wait(struct terminal *terminal, const char *text)
{
    return wait_for(terminal, text, true);
}

void terminal_wait_gone(struct terminal *terminal, const char *text)
{
    (void)wait_for(terminal, text, false);
}

void terminal_read_for(struct terminal *terminal, double seconds)
{
    double end = bench_now() + seconds;
    while (bench_now() < end)
        (void)take(terminal, (int)((end - bench_now()) * 1000) + 1);
}
