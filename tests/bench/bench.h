// SPDX-License-Identifier: Apache-2.0
//
// bench: compares the console with a peer (tmux, ssh, curses, SQLite, ...) and prints one line a comparison.
//
// Absolute figures swing with whatever else the machine does, so each is a ratio to a peer that was measured
// in the same run, right after ours. A figure runs in a process of its own: whatever goes wrong there ends it
// with a message (bench_die), and the table says that the figure couldn't be measured.

#ifndef SBXDECK_TESTS_BENCH_BENCH_H
#define SBXDECK_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { BENCH_ROWS = 50, BENCH_COLS = 200, BENCH_WAIT_MS = 120000, BENCH_SAMPLES_MAX = 4096 };

#define BENCH_PROMPT "ready$"

// BENCH_MB and BENCH_RUNS of the environment.
int bench_megabytes(void);
int bench_runs(void);
double bench_now(void);     // seconds, monotonic
double bench_cpu_now(void); // CPU seconds of this process
void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
// Prints that one comparison, or the whole figure, isn't made, and why.
void bench_skip(const char *name, const char *suffix, const char *why);
void bench_skip_figure(const char *why) __attribute__((noreturn));

// Values measured; zero it first.
struct samples {
    double values[BENCH_SAMPLES_MAX];
    int count;
};
void samples_add(struct samples *samples, double value);
double samples_at(struct samples *samples, double part); // 0.5: the median

// Ours and the peer's, measured one after the other; zero it first.
struct pairs {
    struct samples ours, peer, ratios;
};
void pairs_add(struct pairs *pairs, double ours, double peer);
// The same for a figure whose goal is on how much more ours is: that takes the ratio's place.
void pairs_add_difference(struct pairs *pairs, double ours, double peer);
// Prints the line of name and suffix together in the table of goals: both medians, the median ratio, its
// quartiles, the goal.
void bench_report(const char *name, const char *suffix, struct pairs *pairs);

// --- a program in a PTY ---

struct terminal;
// raw: its output is searched as bytes and no screen is kept, for programs that only hand bytes on.
struct terminal *terminal_start(const char *const argv[], const char *const environment[], bool raw);
void terminal_end(struct terminal *terminal);
void terminal_end_all(void);
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
// An sshd, behind a proxy that delays each way by delay_ms (0: no proxy). Skips the figure where there can be
// none, above all without root.
struct fixture *fixture_start(int delay_ms);
// The emulator of Leap0 in place of the sshd: needs no root. Of the functions below only fixture_fleet and
// fixture_tmux work.
struct fixture *fixture_start_fleet(void);
// The same with so many sandboxes, all running, and a quota that nobody reaches.
struct fixture *fixture_start_fleet_of(int sandboxes);
// So many of a hundred change their state each second.
struct fixture *fixture_start_fleet_changing(int sandboxes, int percent);
const char *fixture_program(const struct fixture *fixture); // the console's
// The same sshd, and an OpenSSH that reaches it straight with its defaults, straight with the key exchange
// and the cipher that are quickest (those behind the proxy), or by the sandbox's name with what `sbxdeck
// ssh-config` prints.
enum hop { HOP_DEFAULTS, HOP_QUICKEST, HOP_THROUGH };
struct fixture *fixture_start_hop(int delay_ms);
const char *fixture_ssh_config(struct fixture *fixture, enum hop hop); // for ssh -F
const char *fixture_ssh_name(enum hop hop);
const char *const *fixture_environment(const struct fixture *fixture);
const char *fixture_home(const struct fixture *fixture);
const char *fixture_ssh_command(const struct fixture *fixture); // for a shell, to the prompt
void fixture_end(struct fixture *fixture); // with all terminals; at the process's end in any case
// A file in the account's home.
void fixture_file(struct fixture *fixture, const char *name, const char *bytes, size_t length);
// The same in the home of the clients.
void fixture_home_file(struct fixture *fixture, const char *name, const char *bytes, size_t length);
// Each gives a terminal that shows the prompt; fixture_fleet one that shows the fleet.
struct terminal *fixture_deck(struct fixture *fixture);
struct terminal *fixture_fleet(struct fixture *fixture);
struct terminal *fixture_dvtm(struct fixture *fixture);
struct terminal *fixture_tmux(struct fixture *fixture);
struct terminal *fixture_ssh(struct fixture *fixture, bool raw); // raw: as for terminal_start
// Before it has signed in: waiting for the prompt is waiting for the connection.
struct terminal *fixture_ssh_unready(struct fixture *fixture, bool raw);
// Another session in front of those there are, at its prompt.
void fixture_deck_more(struct terminal *deck);
void fixture_tmux_more(struct fixture *fixture, struct terminal *tmux);
// Runs the command at the prompt, to its end; gives the seconds that it took.
double fixture_command(struct terminal *terminal, const char *command);
pid_t fixture_tmux_server(const struct fixture *fixture);

// Seconds of CPU, and bytes in memory (each shared page in parts), of the process and all that it has made.
double process_cpu(pid_t pid);
double process_memory(pid_t pid);
// Bytes in memory of that process alone, as ps says.
double process_resident(pid_t pid);
// Times that it and its threads have gone to sleep so far.
double process_sleeps(pid_t pid);

// --- data ---

enum data { DATA_PLAIN, DATA_COLOUR, DATA_UNICODE };
enum data data_kind(const char *figure); // by the end of its name: "-colour", "-unicode"
// About that many bytes in whole lines, of the caller to free.
char *data_make(enum data kind, size_t about, size_t *length);

// --- a TCP proxy on loopback that delays everything by delay_ms each way ---
int proxy_start(int to_port, int delay_ms); // its port; it runs to the end of the process

// --- figures: each reports under its name, and more under NAME/PEER ---
void figure_parse(const char *name);
void figure_stream(const char *name);
void figure_echo_idle(const char *name);
void figure_echo_flood(const char *name);
void figure_ctrl_c(const char *name);
void figure_connect(const char *name);
void figure_new_credential(const char *name);
void figure_tab(const char *name);
void figure_bandwidth(const char *name);
void figure_memory(const char *name);
void figure_idle(const char *name);
void figure_timeline(const char *name);
void figure_deck(const char *name);
void figure_vault_open(const char *name);
void figure_hop_first_byte(const char *name);
void figure_hop_scp(const char *name);
void figure_hop_memory(const char *name);
void figure_hop_many(const char *name);
void figure_second_session(const char *name);
void figure_keys(const char *name);
void figure_ls(const char *name);
void figure_fleet_memory(const char *name);
void figure_first_rows(const char *name);
void figure_requests(const char *name);

#endif
