// SPDX-License-Identifier: Apache-2.0
//
// figures: what is measured. Runs are interleaved (ours, the peer, ours, ...), so that a machine that is busy
// is so for both.

#include "tests/bench/bench.h"
#include "tui/vt/vt_screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEGABYTE 1e6
#define PAUSE    0.01 // seconds

enum {
    SLICE = 16384,
    KEYS = 100,
    SESSIONS = 50,
    LINES_EACH = 10000,
    IDLE_SECONDS = 20,
    PARSE_MB = 32,
    TOAST = 8
};

static void send_data(struct fixture *fixture, enum data kind, double megabytes)
{
    size_t length = 0;
    char *bytes = data_make(kind, (size_t)(megabytes * MEGABYTE), &length);
    fixture_file(fixture, "data", bytes, length);
    free(bytes);
}

// --- streams ---

static void stream(const char *name, enum data kind, double bound)
{
    struct fixture *fixture = fixture_start(0);
    struct samples ours = {0}, tmuxs = {0}, dvtms = {0}, sshs = {0}, our_cpu = {0}, tmux_cpu = {0};
    char line[64];
    double megabytes = bench_megabytes();
    send_data(fixture, kind, megabytes);
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *tmux = fixture_tmux(fixture);
    struct terminal *dvtm = fixture_dvtm(fixture);
    struct terminal *ssh = fixture_ssh(fixture, true);
    pid_t server = fixture_tmux_server(fixture);
    for (int i = 0; i < bench_runs(); i++) {
        double before = process_cpu(terminal_pid(deck));
        samples_add(&ours, megabytes / fixture_command(deck, "cat data"));
        samples_add(&our_cpu, process_cpu(terminal_pid(deck)) - before);
        before = process_cpu(terminal_pid(tmux)) + process_cpu(server);
        samples_add(&tmuxs, megabytes / fixture_command(tmux, "cat data"));
        samples_add(&tmux_cpu, process_cpu(terminal_pid(tmux)) + process_cpu(server) - before);
        samples_add(&dvtms, megabytes / fixture_command(dvtm, "cat data"));
        samples_add(&sshs, megabytes / fixture_command(ssh, "cat data"));
    }
    double middle = samples_at(&ours, 0.5);
    bench_report(name, "MB/s", middle, samples_at(&tmuxs, 0.5), RATIO_AT_LEAST, bound);
    (void)snprintf(line, sizeof line, "%s/cpu", name);
    bench_report(line, "s", samples_at(&our_cpu, 0.5), samples_at(&tmux_cpu, 0.5), RATIO_AT_MOST, 0.2);
    (void)snprintf(line, sizeof line, "%s/dvtm", name);
    bench_report(line, "MB/s", middle, samples_at(&dvtms, 0.5), RATIO_AT_LEAST, 1);
    (void)snprintf(line, sizeof line, "%s/ssh", name);
    bench_report(line, "MB/s", middle, samples_at(&sshs, 0.5), RATIO_AT_LEAST, 1);
    terminal_end(deck);
    terminal_end(tmux);
    terminal_end(dvtm);
    terminal_end(ssh);
    fixture_end(fixture);
}

void figure_stream_plain(void)
{
    stream("stream-plain", DATA_PLAIN, 1.6);
}

void figure_stream_colour(void)
{
    stream("stream-colour", DATA_COLOUR, 3);
}

void figure_stream_unicode(void)
{
    stream("stream-unicode", DATA_UNICODE, 5);
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

static void echo_measure(struct fixture *fixture, struct terminal *deck, struct terminal *tmux, double part,
                         const char *name, double bound)
{
    struct samples ours = {0}, peers = {0};
    (void)fixture;
    echo_begin(deck);
    echo_begin(tmux);
    terminal_read_for(deck, TOAST); // the word that a credential was made lies above the screen so long
    // Each after the same pause, and each as often the first: the other one, and the machine, rest as long.
    for (int i = 1; i <= KEYS; i++) {
        bool deck_first = i % 2 != 0;
        terminal_read_for(deck, PAUSE);
        terminal_read_for(tmux, PAUSE);
        samples_add(deck_first ? &ours : &peers, echo_once(deck_first ? deck : tmux, i));
        terminal_read_for(tmux, PAUSE);
        terminal_read_for(deck, PAUSE);
        samples_add(deck_first ? &peers : &ours, echo_once(deck_first ? tmux : deck, i));
    }
    bench_report(name, "ms", samples_at(&ours, part), samples_at(&peers, part), RATIO_AT_MOST, bound);
    terminal_end(deck);
    terminal_end(tmux);
    fixture_end(fixture);
}

void figure_echo_idle(void)
{
    struct fixture *fixture = fixture_start(0);
    struct terminal *deck = fixture_deck(fixture);
    echo_measure(fixture, deck, fixture_tmux(fixture), 0.5, "echo-p50", 1);
}

static const char flood[] = "while :; do cat data; done\r";

// One client at a time: its own flood is what its echo has to live with, not the other's.
static void echo_in_flood(struct fixture *fixture, struct terminal *terminal, struct samples *samples)
{
    echo_begin(terminal);
    for (int i = 1; i <= KEYS; i++) {
        terminal_read_for(terminal, 0.02);
        samples_add(samples, echo_once(terminal, i));
    }
    terminal_end(terminal);
    fixture_end(fixture);
}

void figure_echo_flood(void)
{
    struct samples ours = {0}, peers = {0};
    for (int i = 0; i < bench_runs(); i++) {
        struct fixture *fixture = fixture_start(0);
        send_data(fixture, DATA_PLAIN, 10);
        struct terminal *deck = fixture_deck(fixture);
        fixture_deck_more(deck);
        terminal_type(deck, "\0350");
        (void)terminal_wait(deck, "was:");
        terminal_type(deck, flood);
        (void)terminal_wait(deck, "compile");
        terminal_type(deck, "\0351");
        (void)terminal_wait(deck, BENCH_PROMPT);
        echo_in_flood(fixture, deck, &ours);
        fixture = fixture_start(0);
        send_data(fixture, DATA_PLAIN, 10);
        struct terminal *tmux = fixture_tmux(fixture);
        fixture_tmux_more(fixture, tmux);
        terminal_type(tmux, "\0020");
        (void)terminal_wait(tmux, "was:");
        terminal_type(tmux, flood);
        (void)terminal_wait(tmux, "compile");
        terminal_type(tmux, "\0021");
        (void)terminal_wait(tmux, BENCH_PROMPT);
        echo_in_flood(fixture, tmux, &peers);
    }
    bench_report("echo-flood-p99", "ms", samples_at(&ours, 0.99), samples_at(&peers, 0.99), RATIO_AT_MOST,
                 1.2);
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

void figure_ctrl_c(void)
{
    struct fixture *fixture = fixture_start(0);
    struct samples ours = {0}, of_ssh = {0}, of_tmux = {0};
    send_data(fixture, DATA_PLAIN, 10);
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *ssh = fixture_ssh(fixture, false);
    struct terminal *tmux = fixture_tmux(fixture); // ssh in a terminal that paints, as the console does
    for (int i = 0; i < 3 * bench_runs(); i++) {
        samples_add(&ours, interrupt_once(deck));
        samples_add(&of_ssh, interrupt_once(ssh));
        samples_add(&of_tmux, interrupt_once(tmux));
    }
    bench_report("ctrl-c", "ms", samples_at(&ours, 0.5), samples_at(&of_ssh, 0.5), RATIO_AT_MOST, 0.6);
    bench_report("ctrl-c/tmux", "ms", samples_at(&ours, 0.5), samples_at(&of_tmux, 0.5), RATIO_AT_MOST, 0.6);
    terminal_end(deck);
    terminal_end(ssh);
    terminal_end(tmux);
    fixture_end(fixture);
}

// --- connecting, and links of some length ---

void figure_connect(void)
{
    struct fixture *fixture = fixture_start(0);
    struct samples ours = {0}, peers = {0};
    struct terminal *deck = fixture_deck(fixture);
    for (int i = 0; i < 5 * bench_runs() && i < 40; i++) {
        terminal_type(deck, "PS1=was:; clear\r");
        terminal_wait_gone(deck, BENCH_PROMPT);
        terminal_read_for(deck, 0.1);
        double start = bench_now();
        terminal_type(deck, "\035c");
        samples_add(&ours, (terminal_wait(deck, BENCH_PROMPT) - start) * 1000);
        start = bench_now();
        struct terminal *ssh = fixture_ssh_unready(fixture, true);
        samples_add(&peers, (terminal_wait(ssh, BENCH_PROMPT) - start) * 1000);
        terminal_end(ssh);
    }
    bench_report("connect", "ms", samples_at(&ours, 0.5), samples_at(&peers, 0.5), RATIO_AT_MOST, 0.4);
    terminal_end(deck);
    fixture_end(fixture);
}

void figure_bandwidth(void)
{
    struct fixture *fixture = fixture_start(25);
    struct samples ours = {0}, peers = {0};
    double megabytes = bench_megabytes() / 2.0;
    send_data(fixture, DATA_PLAIN, megabytes);
    struct terminal *deck = fixture_deck(fixture);
    struct terminal *ssh = fixture_ssh(fixture, true);
    for (int i = 0; i < bench_runs(); i++) {
        samples_add(&ours, megabytes / fixture_command(deck, "cat data"));
        samples_add(&peers, megabytes / fixture_command(ssh, "cat data"));
    }
    bench_report("bandwidth", "MB/s", samples_at(&ours, 0.5), samples_at(&peers, 0.5), RATIO_AT_LEAST, 1.5);
    terminal_end(deck);
    terminal_end(ssh);
    fixture_end(fixture);
}

// --- what it costs to have it open ---

void figure_memory(void)
{
    struct fixture *fixture = fixture_start(0);
    char fill[64];
    (void)snprintf(fill, sizeof fill, "head -n %d data", LINES_EACH + BENCH_ROWS);
    send_data(fixture, DATA_COLOUR, 4);
    struct terminal *deck = fixture_deck(fixture);
    (void)fixture_command(deck, fill);
    for (int i = 1; i < SESSIONS; i++) {
        fixture_deck_more(deck);
        (void)fixture_command(deck, fill);
    }
    double ours = process_memory(terminal_pid(deck)) / SESSIONS / MEGABYTE;
    terminal_end(deck);
    struct terminal *tmux = fixture_tmux(fixture);
    (void)fixture_command(tmux, fill);
    for (int i = 1; i < SESSIONS; i++) {
        fixture_tmux_more(fixture, tmux);
        (void)fixture_command(tmux, fill);
    }
    double peer =
        (process_memory(terminal_pid(tmux)) + process_memory(fixture_tmux_server(fixture))) / SESSIONS;
    bench_report("memory", "MB/session", ours, -1, VALUE_AT_MOST, 2.5);
    bench_report("memory/tmux", "MB/session", ours, peer / MEGABYTE, RATIO_AT_MOST, 0.3);
    terminal_end(tmux);
    fixture_end(fixture);
}

void figure_idle(void)
{
    struct fixture *fixture = fixture_start(0);
    struct terminal *deck = fixture_deck(fixture);
    terminal_read_for(deck, TOAST); // idle is when nothing that was told is still to go away
    double before = process_sleeps(terminal_pid(deck));
    terminal_read_for(deck, IDLE_SECONDS);
    bench_report("idle", "wake-ups/s", (process_sleeps(terminal_pid(deck)) - before) / IDLE_SECONDS, -1,
                 VALUE_AT_MOST, 1.5);
    terminal_end(deck);
    fixture_end(fixture);
}

// --- the emulator alone ---

// As a terminal gets it: the far side's PTY puts a carriage return before each line feed.
static char *as_from_pty(char *bytes, size_t *length)
{
    char *out = malloc(*length * 2);
    size_t used = 0;
    if (out == NULL)
        bench_die("no memory for %zu bytes", *length * 2);
    for (size_t i = 0; i < *length; i++) {
        if (bytes[i] == '\n')
            out[used++] = '\r';
        out[used++] = bytes[i];
    }
    free(bytes);
    *length = used;
    return out;
}

static void parse(const char *name, enum data kind)
{
    size_t length = 0;
    struct samples rates = {0};
    char *bytes = as_from_pty(data_make(kind, (size_t)(PARSE_MB * MEGABYTE), &length), &length);
    struct vt *vt = vt_new(BENCH_ROWS, BENCH_COLS, NULL);
    for (int i = 0; i < 2 * bench_runs() + 1; i++) {
        double start = bench_cpu_now();
        for (size_t at = 0; at < length; at += SLICE)
            vt_write(vt, bytes + at, length - at < SLICE ? length - at : SLICE);
        samples_add(&rates, (double)length / MEGABYTE / (bench_cpu_now() - start));
    }
    bench_report(name, "MB/s", samples_at(&rates, 0.5), -1, VALUE_AT_LEAST, 150);
    vt_free(vt);
    free(bytes);
}

void figure_parse_plain(void)
{
    parse("parse-plain", DATA_PLAIN);
}

void figure_parse_colour(void)
{
    parse("parse-colour", DATA_COLOUR);
}

void figure_parse_unicode(void)
{
    parse("parse-unicode", DATA_UNICODE);
}
