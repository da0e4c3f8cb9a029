// SPDX-License-Identifier: Apache-2.0
//
// sessions: the console against tmux, dvtm and ssh on one server. Runs are interleaved (ours, the peer, ours,
// ...), so that a machine that is busy is so for both.

#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEGABYTE 1e6
#define PAUSE    0.01 // seconds

enum { KEYS = 100, SESSIONS = 50, SESSIONS_A_LOOK = 10, LINES_EACH = 10000, IDLE_SECONDS = 4, TOAST = 8 };

static void send_data(struct fixture *fixture, enum data kind, double megabytes)
{
    size_t length = 0;
    char *bytes = data_make(kind, (size_t)(megabytes * MEGABYTE), &length);
    fixture_file(fixture, "data", bytes, length);
    free(bytes);
}

// --- streams ---

static double stream_once(struct terminal *terminal)
{
    return bench_megabytes() / fixture_command(terminal, "cat data");
}

void figure_stream(const char *name)
{
    struct fixture *fixture = fixture_start(0);
    send_data(fixture, data_kind(name), bench_megabytes());
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *tmux = fixture_tmux(fixture);
    static const char *const suffixes[] = {"", "/dvtm", "/ssh"};
    enum { PEERS = sizeof suffixes / sizeof suffixes[0] };
    struct terminal *const peers[PEERS] = {tmux, fixture_dvtm(fixture), fixture_ssh(fixture, true)};
    struct pairs against[PEERS] = {0};
    pid_t server = fixture_tmux_server(fixture);
    struct pairs cpu = {0};
    for (int i = 0; i < bench_runs(); i++) {
        double before = process_cpu(terminal_pid(deck));
        double ours = stream_once(deck);
        double our_cpu = process_cpu(terminal_pid(deck)) - before;
        before = process_cpu(terminal_pid(tmux)) + process_cpu(server);
        pairs_add(&against[0], ours, stream_once(tmux));
        pairs_add(&cpu, our_cpu, process_cpu(terminal_pid(tmux)) + process_cpu(server) - before);
        for (int peer = 1; peer < PEERS; peer++)
            pairs_add(&against[peer], ours, stream_once(peers[peer]));
    }
    for (int peer = 0; peer < PEERS; peer++) {
        bench_report(name, suffixes[peer], &against[peer]);
    }
    bench_report(name, "/cpu", &cpu);
    fixture_end(fixture);
}

// --- keys ---

// Milliseconds from a key to its echo; the line has the key's number of them by then.
static double echo_once(struct terminal *terminal, int number)
{
    char expected[KEYS + 8] = "<";
    memset(expected + 1, 'x', (size_t)number);
    expected[number + 1] = '\0';
    double start = bench_now();
    terminal_type(terminal, "x");
    return (terminal_wait(terminal, expected) - start) * 1000;
}

static void echo_begin(struct terminal *terminal)
{
    terminal_type(terminal, "clear; cat >/dev/null\r");
    terminal_wait_gone(terminal, BENCH_PROMPT);
    terminal_type(terminal, "<");
    (void)terminal_wait(terminal, "<");
}

void figure_echo_idle(const char *name)
{
    struct fixture *fixture = fixture_start(0);
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *tmux = fixture_tmux(fixture);
    struct pairs pairs = {0};
    echo_begin(deck);
    echo_begin(tmux);
    terminal_read_for(deck, TOAST); // until the notice that a credential was created has gone
    // Each after the same pause, and each as often the first: the other one, and the machine, rest as long.
    for (int i = 1; i <= KEYS; i++) {
        bool deck_first = i % 2 != 0;
        terminal_read_for(deck, PAUSE);
        terminal_read_for(tmux, PAUSE);
        double first = echo_once(deck_first ? deck : tmux, i);
        terminal_read_for(tmux, PAUSE);
        terminal_read_for(deck, PAUSE);
        double second = echo_once(deck_first ? tmux : deck, i);
        pairs_add(&pairs, deck_first ? first : second, deck_first ? second : first);
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

static const char flood[] = "while :; do cat data; done\r";

// In a second session while the first one floods; the 99th of a hundred. One client at a time: its own flood
// is what its echo has to live with, not the other's.
static double echo_in_flood(bool ours)
{
    struct samples samples = {0};
    struct fixture *fixture = fixture_start(0);
    send_data(fixture, DATA_PLAIN, 10);
    struct terminal *terminal = ours ? fixture_deck(fixture) : fixture_tmux(fixture);
    if (ours)
        fixture_deck_more(terminal);
    else
        fixture_tmux_more(fixture, terminal);
    terminal_type(terminal, ours ? "\0350" : "\0020");
    (void)terminal_wait(terminal, "was:");
    terminal_type(terminal, flood);
    (void)terminal_wait(terminal, "compile");
    terminal_type(terminal, ours ? "\0351" : "\0021");
    (void)terminal_wait(terminal, BENCH_PROMPT);
    echo_begin(terminal);
    for (int i = 1; i <= KEYS; i++) {
        terminal_read_for(terminal, 2 * PAUSE);
        samples_add(&samples, echo_once(terminal, i));
    }
    fixture_end(fixture);
    return samples_at(&samples, 0.99);
}

void figure_echo_flood(const char *name)
{
    struct pairs pairs = {0};
    for (int i = 0; i < bench_runs(); i++) {
        double ours = echo_in_flood(true);
        pairs_add(&pairs, ours, echo_in_flood(false));
    }
    bench_report(name, "", &pairs);
}

// To the prompt on the screen: a terminal stands behind ssh too. One process that floods: between two of a
// loop a shell may miss the key.
static double interrupt_once(struct terminal *terminal)
{
    terminal_type(terminal, "cat $(yes data | head -n 1000)\r");
    terminal_read_for(terminal, 0.5);
    double start = bench_now();
    terminal_type(terminal, "\003");
    double end = terminal_wait(terminal, BENCH_PROMPT);
    (void)fixture_command(terminal, "clear");
    return (end - start) * 1000;
}

void figure_ctrl_c(const char *name)
{
    struct fixture *fixture = fixture_start(0);
    struct pairs against_tmux = {0}, against_ssh = {0};
    send_data(fixture, DATA_PLAIN, 10);
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *ssh = fixture_ssh(fixture, false);
    struct terminal *tmux = fixture_tmux(fixture); // ssh in a terminal that draws, as the console does
    for (int i = 0; i < 3 * bench_runs(); i++) {
        double ours = interrupt_once(deck);
        pairs_add(&against_tmux, ours, interrupt_once(tmux));
        pairs_add(&against_ssh, ours, interrupt_once(ssh));
    }
    bench_report(name, "", &against_tmux);
    bench_report(name, "/ssh", &against_ssh);
    fixture_end(fixture);
}

// --- connecting, and links of some length ---

void figure_connect(const char *name)
{
    struct fixture *fixture = fixture_start(0);
    struct pairs pairs = {0};
    struct terminal *deck = fixture_deck(fixture);
    for (int i = 0; i < 5 * bench_runs() && i < 40; i++) {
        terminal_type(deck, "PS1=was:; clear\r");
        terminal_wait_gone(deck, BENCH_PROMPT);
        terminal_read_for(deck, 10 * PAUSE);
        double start = bench_now();
        terminal_type(deck, "\035c");
        double ours = terminal_wait(deck, BENCH_PROMPT) - start;
        start = bench_now();
        struct terminal *ssh = fixture_ssh_unready(fixture, true);
        pairs_add(&pairs, ours * 1000, (terminal_wait(ssh, BENCH_PROMPT) - start) * 1000);
        terminal_end(ssh);
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

void figure_bandwidth(const char *name)
{
    struct fixture *fixture = fixture_start(25);
    struct pairs pairs = {0};
    send_data(fixture, data_kind(name), bench_megabytes());
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *ssh = fixture_ssh(fixture, true);
    for (int i = 0; i < bench_runs(); i++) {
        double ours = stream_once(deck);
        pairs_add(&pairs, ours, stream_once(ssh));
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

// --- what it costs to have it open ---

// Looked at with ever more sessions open.
void figure_memory(const char *name)
{
    struct fixture *fixture = fixture_start(0);
    struct pairs pairs = {0};
    char fill[64];
    (void)snprintf(fill, sizeof fill, "head -n %d data", LINES_EACH + BENCH_ROWS);
    send_data(fixture, DATA_COLOUR, 4);
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *tmux = fixture_tmux(fixture);
    pid_t server = fixture_tmux_server(fixture);
    for (int i = 1; i <= SESSIONS; i++) {
        (void)fixture_command(deck, fill);
        (void)fixture_command(tmux, fill);
        if (i % SESSIONS_A_LOOK == 0)
            pairs_add(&pairs, process_memory(terminal_pid(deck)) / i / MEGABYTE,
                      (process_memory(terminal_pid(tmux)) + process_memory(server)) / i / MEGABYTE);
        if (i < SESSIONS) {
            fixture_deck_more(deck);
            fixture_tmux_more(fixture, tmux);
        }
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

// The fleet with its countdowns, against tmux with a clock that shows seconds.
void figure_idle(const char *name)
{
    struct fixture *fixture = fixture_start_fleet();
    struct terminal *deck = fixture_fleet(fixture);
    struct terminal *tmux = fixture_tmux(fixture);
    pid_t server = fixture_tmux_server(fixture);
    struct pairs pairs = {0};
    terminal_read_for(deck, TOAST); // notices go away by themselves
    for (int i = 0; i < 2 * bench_runs(); i++) {
        double ours = process_sleeps(terminal_pid(deck));
        double peer = process_sleeps(terminal_pid(tmux)) + process_sleeps(server);
        terminal_read_for(deck, IDLE_SECONDS / 2.0);
        terminal_read_for(tmux, IDLE_SECONDS / 2.0);
        ours = process_sleeps(terminal_pid(deck)) - ours;
        peer = process_sleeps(terminal_pid(tmux)) + process_sleeps(server) - peer;
        pairs_add(&pairs, ours / IDLE_SECONDS, peer / IDLE_SECONDS);
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}
