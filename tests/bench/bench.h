// SPDX-License-Identifier: Apache-2.0
//
// bench: what the figures share: programs in a PTY of 200x50 whose screen is read all the time, the console,
// tmux and ssh on one real sshd, and medians. A figure runs in a process of its own; whatever goes wrong
// there ends it with a message (bench_die), and the table says that the figure could not be had.

#ifndef SBXDECK_TESTS_BENCH_BENCH_H
#define SBXDECK_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { BENCH_ROWS = 50, BENCH_COLS = 200, BENCH_WAIT_MS = 120000, BENCH_SAMPLES_MAX = 512 };

#define BENCH_PROMPT "ready$"

// BENCH_MB and BENCH_RUNS of the environment.
int bench_megabytes(void);
int bench_runs(void);
double bench_now(void);     // seconds, monotonic
double bench_cpu_now(void); // of this process: where nobody else takes part, what others do is left out
void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

// Values measured; zero it first.
struct samples {
    double values[BENCH_SAMPLES_MAX];
    int count;
};
void samples_add(struct samples *samples, double value);
double samples_at(struct samples *samples, double part); // 0.5: the median

// How a figure is judged: by ratio (ours to peer), or by our value alone.
enum goal { RATIO_AT_MOST, RATIO_AT_LEAST, VALUE_AT_MOST, VALUE_AT_LEAST };
// Prints the line. peer < 0: none.
void bench_report(const char *name, const char *unit, double ours, double peer, enum goal goal, double bound);

// --- a program in a PTY ---

struct terminal;
// raw: its output is searched as bytes and no screen is kept, for programs that only hand bytes on.
struct terminal *terminal_start(const char *const argv[], const char *const environment[], bool raw);
void terminal_end(struct terminal *terminal);
pid_t terminal_pid(const struct terminal *terminal);
void terminal_type(struct terminal *terminal, const char *keys);
// Reads until the text is shown (raw: has come since the last typing), and gives the time when it was.
double terminal_wait(struct terminal *terminal, const char *text);
// Reads until the text is no longer shown.
void terminal_wait_gone(struct terminal *terminal, const char *text);
// Goes on reading for that long.
void terminal_read_for(struct terminal *terminal, double seconds);

// --- the server, and who connects to it ---

struct fixture;
// delay_ms: one way; 0: without a proxy.
struct fixture *fixture_start(int delay_ms);
void fixture_end(struct fixture *fixture);
// A file in the account's home.
void fixture_file(struct fixture *fixture, const char *name, const char *bytes, size_t length);
// Each gives a terminal that shows the prompt.
struct terminal *fixture_deck(struct fixture *fixture);
struct terminal *fixture_dvtm(struct fixture *fixture);
struct terminal *fixture_tmux(struct fixture *fixture);
// raw: as for terminal_start.
struct terminal *fixture_ssh(struct fixture *fixture, bool raw);
// The deck before it connects; the time of a wait for the prompt after typing Enter is that of connecting.
struct terminal *fixture_ssh_unready(struct fixture *fixture, bool raw);
// Another session in front of those there are, at its prompt.
void fixture_deck_more(struct terminal *deck);
void fixture_tmux_more(struct fixture *fixture, struct terminal *tmux);
// Runs the command at the prompt, to its end; gives the seconds that it took.
double fixture_command(struct terminal *terminal, const char *command);

// Seconds of CPU, and bytes in memory (each shared page in parts), of the process and all that it has made.
double process_cpu(pid_t pid);
double process_memory(pid_t pid);
// Times that it and its threads have gone to sleep so far.
double process_sleeps(pid_t pid);
pid_t fixture_tmux_server(const struct fixture *fixture);

// --- data ---

enum data { DATA_PLAIN, DATA_COLOUR, DATA_UNICODE, DATA_KINDS };
// About that many bytes in whole lines, of the caller to free.
char *data_make(enum data kind, size_t about, size_t *length);

// --- a TCP proxy on loopback that holds all back for delay_ms each way ---
int proxy_start(int to_port, int delay_ms); // its port; it runs to the end of the process

// --- figures ---
void figure_stream_plain(void);
void figure_stream_colour(void);
void figure_stream_unicode(void);
void figure_echo_idle(void);
void figure_echo_flood(void);
void figure_ctrl_c(void);
void figure_connect(void);
void figure_bandwidth(void);
void figure_memory(void);
void figure_idle(void);
void figure_timeline(void);
void figure_vault_open(void);
void figure_parse_plain(void);
void figure_parse_colour(void);
void figure_parse_unicode(void);

#endif
