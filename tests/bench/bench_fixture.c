// SPDX-License-Identifier: Apache-2.0
//
// bench_fixture: one real sshd, and the console, tmux and ssh as its clients, each signing in by the same
// password. The console learns of the server as of a sandbox's. tmux has a socket and a configuration of its
// own.

#include "tests/bench/bench.h"
#include "tests/support/access_server.h"
#include "tests/support/sshd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VARIABLES = 12, COMMAND_CAP = 2048 };

struct fixture {
    struct sshd sshd;
    struct access_server *server;
    struct support_emulator emulator; // in place of both
    char home[SUPPORT_PATH_CAP];
    char socket[64];
    char self[SUPPORT_PATH_CAP];
    char program[SUPPORT_PATH_CAP];
    char variables[VARIABLES][SUPPORT_PATH_CAP + 64];
    const char *environment[VARIABLES + 1];
    char command[COMMAND_CAP]; // of tmux and dvtm, to the prompt
    const char *tmux_conf;
    int port;                               // of the server, or of the proxy that delays
    char configs[2][SUPPORT_PATH_CAP + 64]; // of OpenSSH: straight, through
};

static struct fixture *to_end; // what bench_die leaves

static void end_at_exit(void)
{
    fixture_end(to_end);
}

// In place of the one of that name, or as one more.
static void environment_set(struct fixture *fixture, const char *name, const char *value)
{
    int at = 0;
    size_t length = strlen(name);
    while (fixture->environment[at] != NULL &&
           (strncmp(fixture->environment[at], name, length) != 0 || fixture->environment[at][length] != '='))
        at++;
    if (at == VARIABLES)
        bench_die("no room for %s", name);
    (void)snprintf(fixture->variables[at], sizeof fixture->variables[at], "%s=%s", name, value);
    fixture->environment[at] = fixture->variables[at];
}

static void file_write(const char *folder, const char *name, const char *bytes, size_t length)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        bench_die("%s cannot be written", path);
}

void fixture_file(struct fixture *fixture, const char *name, const char *bytes, size_t length)
{
    char folder[SUPPORT_PATH_CAP + 16];
    (void)snprintf(folder, sizeof folder, "%s/home", fixture->sshd.folder);
    file_write(folder, name, bytes, length);
}

void fixture_home_file(struct fixture *fixture, const char *name, const char *bytes, size_t length)
{
    file_write(fixture->home, name, bytes, length);
}

static struct fixture *fixture_new(void)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL)
        bench_die("no memory");
    (void)unsetenv("TMUX");
    to_end = fixture;
    (void)atexit(end_at_exit);
    if (!support_folder_make(fixture->home))
        bench_die("no folder");
    support_program("sbxdeck", fixture->program);
    (void)snprintf(fixture->socket, sizeof fixture->socket, "sbxdeck-bench-%d", (int)getpid());
    environment_set(fixture, "HOME", fixture->home);
    environment_set(fixture, "TERM", "xterm-256color");
    environment_set(fixture, "LANG", "C.UTF-8");
    environment_set(fixture, "SHELL", "/bin/sh"); // of tmux, where the account has none
    return fixture;
}

struct fixture *fixture_start(int delay_ms)
{
    static const char profile[] =
        "PS1='" BENCH_PROMPT " '\nbind 'set enable-bracketed-paste off'\nunset TMUX\n";
    static const char *const options[] = {"MaxSessions=100", NULL};
    char self[SUPPORT_PATH_CAP] = "";
    const char *missing = sshd_missing();
    if (missing != NULL)
        bench_skip_figure(missing);
    struct fixture *fixture = fixture_new();
    if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0 || !sshd_start(&fixture->sshd, options))
        bench_die("the sshd does not start");
    fixture_file(fixture, ".bash_profile", profile, sizeof profile - 1);
    int port = delay_ms > 0 ? proxy_start(fixture->sshd.port, delay_ms) : fixture->sshd.port;
    fixture->port = port;
    fixture->server = access_server_start(SSHD_HOST, port, SSHD_USER, SSHD_PASSWORD);
    if (fixture->server == NULL)
        bench_die("no access server");
    (void)snprintf(fixture->command, sizeof fixture->command,
                   "exec ssh -F /dev/null -tt -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s/known "
                   "-o LogLevel=ERROR -p %d %s@%s",
                   fixture->home, port, SSHD_USER, SSHD_HOST);
    // As much history as the console keeps.
    fixture->tmux_conf = "set -g history-limit 10000\nset -g escape-time 0\n";
    environment_set(fixture, "LEAP0_API_KEY", "any-key");
    environment_set(fixture, "LEAP0_BASE_URL", access_server_url(fixture->server));
    environment_set(fixture, "SSH_ASKPASS", self);
    environment_set(fixture, "SSH_ASKPASS_REQUIRE", "force");
    environment_set(fixture, "BENCH_ASKPASS", "1");
    return fixture;
}

static struct fixture *start_emulator(const char *const options[])
{
    struct fixture *fixture = fixture_new();
    if (!support_emulator_start(&fixture->emulator, options))
        bench_die("the emulator does not start");
    (void)snprintf(fixture->command, sizeof fixture->command, "printf '" BENCH_PROMPT " '; exec cat");
    fixture->tmux_conf = "set -g status-interval 1\nset -g status-right '%H:%M:%S'\n";
    environment_set(fixture, "LEAP0_API_KEY", fixture->emulator.api_key);
    environment_set(fixture, "LEAP0_BASE_URL", fixture->emulator.base_url);
    return fixture;
}

struct fixture *fixture_start_fleet(void)
{
    return start_emulator(NULL);
}

struct fixture *fixture_start_fleet_of(int sandboxes)
{
    return fixture_start_fleet_changing(sandboxes, 0);
}

struct fixture *fixture_start_fleet_changing(int sandboxes, int percent)
{
    static const char quota[] = "rate_limit = 1000000\nbackground_share = 100\n";
    char count[16], churn[16], folder[SUPPORT_PATH_CAP + 16];
    const char *const options[] = {"--sandboxes", count,     "--fleet", "plain", "--rate-limit",
                                   "1000000",     "--churn", churn,     NULL};
    (void)snprintf(churn, sizeof churn, "%d", percent);
    (void)snprintf(count, sizeof count, "%d", sandboxes);
    struct fixture *fixture = start_emulator(options);
    (void)snprintf(folder, sizeof folder, "%s/sbxdeck", fixture->home);
    if (mkdir(folder, 0700) != 0)
        bench_die("%s cannot be made", folder);
    fixture_home_file(fixture, "sbxdeck/config", quota, sizeof quota - 1);
    environment_set(fixture, "XDG_CONFIG_HOME", fixture->home);
    return fixture;
}

const char *fixture_program(const struct fixture *fixture)
{
    return fixture->program;
}

// A small program gives the password, so that the peer isn't slowed down by how it gets it.
struct fixture *fixture_start_hop(int delay_ms)
{
    static const char askpass[] = "#!/bin/sh\necho " SSHD_PASSWORD "\n";
    struct fixture *fixture = fixture_start(delay_ms);
    const char *const argv[] = {fixture->program, "ssh-config", NULL};
    struct support_result result;
    char text[2 * SUPPORT_PATH_CAP];
    (void)snprintf(fixture->configs[0], sizeof fixture->configs[0], "%s/direct", fixture->home);
    (void)snprintf(fixture->configs[1], sizeof fixture->configs[1], "%s/through", fixture->home);
    (void)snprintf(text, sizeof text,
                   "Host quickest\nKexAlgorithms curve25519-sha256\nCiphers aes128-gcm@openssh.com\n"
                   "Host *\nHostName " SSHD_HOST "\nPort %d\nUser " SSHD_USER
                   "\nStrictHostKeyChecking no\nUserKnownHostsFile %s/known\nLogLevel ERROR\n",
                   fixture->port, fixture->home);
    fixture_home_file(fixture, "direct", text, strlen(text));
    fixture_home_file(fixture, "askpass", askpass, sizeof askpass - 1);
    (void)snprintf(text, sizeof text, "%s/askpass", fixture->home);
    if (chmod(text, 0700) != 0)
        bench_die("%s: no rights", text);
    environment_set(fixture, "SSH_ASKPASS", text);
    memset(&result, 0, sizeof result);
    if (!support_run(argv, fixture->environment, NULL, SUPPORT_WAIT_MS, &result) || result.exit_code != 0)
        bench_die("ssh-config: %s", result.err != NULL ? result.err : "");
    fixture_home_file(fixture, "through", result.out, result.out_length);
    support_result_free(&result);
    return fixture;
}

const char *fixture_ssh_config(struct fixture *fixture, enum hop hop)
{
    return fixture->configs[hop == HOP_THROUGH];
}

const char *fixture_ssh_name(enum hop hop)
{
    static const char *const names[] = {[HOP_DEFAULTS] = "defaults",
                                        [HOP_QUICKEST] = "quickest",
                                        [HOP_THROUGH] = ACCESS_SERVER_SANDBOX ".leap0"};
    return names[hop];
}

const char *const *fixture_environment(const struct fixture *fixture)
{
    return fixture->environment;
}

const char *fixture_home(const struct fixture *fixture)
{
    return fixture->home;
}

const char *fixture_ssh_command(const struct fixture *fixture)
{
    return fixture->command;
}

static void tmux_run(const struct fixture *fixture, struct support_result *result, const char *verb,
                     const char *more)
{
    const char *argv[] = {"tmux", "-L", fixture->socket, verb, more, more != NULL ? "#{pid}" : NULL, NULL};
    memset(result, 0, sizeof *result);
    (void)support_run(argv, fixture->environment, NULL, SUPPORT_WAIT_MS, result);
}

pid_t fixture_tmux_server(const struct fixture *fixture)
{
    struct support_result result;
    tmux_run(fixture, &result, "display-message", "-p");
    pid_t pid = result.out != NULL ? (pid_t)strtol(result.out, NULL, 10) : 0;
    support_result_free(&result);
    if (pid <= 0)
        bench_die("no tmux server");
    return pid;
}

void fixture_end(struct fixture *fixture)
{
    struct support_result result;
    if (fixture == NULL)
        return;
    to_end = NULL;
    terminal_end_all();
    tmux_run(fixture, &result, "kill-server", NULL);
    support_result_free(&result);
    if (fixture->server != NULL)
        access_server_stop(fixture->server);
    sshd_stop(&fixture->sshd);
    (void)support_emulator_stop(&fixture->emulator);
    if (fixture->home[0] != '\0')
        (void)support_folder_remove(fixture->home);
    free(fixture);
}

static struct terminal *deck_start(struct fixture *fixture, const char *shown)
{
    const char *const argv[] = {fixture->program, NULL};
    struct terminal *deck = terminal_start(argv, fixture->environment, false);
    (void)terminal_wait(deck, shown);
    return deck;
}

struct terminal *fixture_fleet(struct fixture *fixture)
{
    return deck_start(fixture, "running");
}

struct terminal *fixture_deck(struct fixture *fixture)
{
    struct terminal *deck = deck_start(fixture, ACCESS_SERVER_SANDBOX);
    terminal_type(deck, "\r");
    (void)terminal_wait(deck, BENCH_PROMPT);
    return deck;
}

struct terminal *fixture_tmux(struct fixture *fixture)
{
    char conf[SUPPORT_PATH_CAP + 16];
    (void)snprintf(conf, sizeof conf, "%s/tmux.conf", fixture->home);
    if (!support_file_write(conf, fixture->tmux_conf))
        bench_die("%s cannot be written", conf);
    const char *const argv[] = {"tmux", "-L",          fixture->socket,  "-f",
                                conf,   "new-session", fixture->command, NULL};
    struct terminal *tmux = terminal_start(argv, fixture->environment, false);
    (void)terminal_wait(tmux, BENCH_PROMPT);
    return tmux;
}

struct terminal *fixture_dvtm(struct fixture *fixture)
{
    const char *const argv[] = {"dvtm", "-h", "10000", fixture->command, NULL};
    struct terminal *dvtm = terminal_start(argv, fixture->environment, false);
    (void)terminal_wait(dvtm, BENCH_PROMPT);
    return dvtm;
}

struct terminal *fixture_ssh_unready(struct fixture *fixture, bool raw)
{
    const char *const argv[] = {"sh", "-c", fixture->command, NULL};
    return terminal_start(argv, fixture->environment, raw);
}

struct terminal *fixture_ssh(struct fixture *fixture, bool raw)
{
    struct terminal *ssh = fixture_ssh_unready(fixture, raw);
    (void)terminal_wait(ssh, BENCH_PROMPT);
    return ssh;
}

void fixture_deck_more(struct terminal *deck)
{
    // The prompt after the last command first: what is typed before a new session has its shell is not kept.
    (void)terminal_wait(deck, BENCH_PROMPT);
    // Not by `clear`, which takes away the history too.
    terminal_type(deck, "PS1=was:; printf '\\033[H\\033[2J'\r");
    terminal_wait_gone(deck, BENCH_PROMPT);
    terminal_type(deck, "\035c");
    (void)terminal_wait(deck, BENCH_PROMPT);
}

void fixture_tmux_more(struct fixture *fixture, struct terminal *tmux)
{
    const char *const argv[] = {"tmux", "-L", fixture->socket, "new-window", fixture->command, NULL};
    struct support_result result;
    memset(&result, 0, sizeof result);
    (void)terminal_wait(tmux, BENCH_PROMPT);
    terminal_type(tmux, "PS1=was:; printf '\\033[H\\033[2J'\r");
    terminal_wait_gone(tmux, BENCH_PROMPT);
    if (!support_run(argv, fixture->environment, NULL, SUPPORT_WAIT_MS, &result) || result.exit_code != 0)
        bench_die("tmux opens no window");
    support_result_free(&result);
    (void)terminal_wait(tmux, BENCH_PROMPT);
}

double fixture_command(struct terminal *terminal, const char *command)
{
    static int number = 1000;
    char line[COMMAND_CAP];
    char marker[32];
    number++;
    // What is typed has another text than what is shown at the end.
    (void)snprintf(line, sizeof line, "%s; echo end-$((%d+1))-end\r", command, number - 1);
    (void)snprintf(marker, sizeof marker, "end-%d-end", number);
    double start = bench_now();
    terminal_type(terminal, line);
    return terminal_wait(terminal, marker) - start;
}
