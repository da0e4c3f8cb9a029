// SPDX-License-Identifier: Apache-2.0
//
// rig: one real sshd, and the console, tmux and ssh as its clients, each signing in by the same password. The
// console learns of the server as of a sandbox's. tmux has a socket and a configuration of its own.

#include "tests/bench/bench.h"
#include "tests/support/access_server.h"
#include "tests/support/sshd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { VARIABLES = 8, COMMAND_CAP = 2048 };

struct rig {
    struct sshd sshd;
    struct access_server *server;
    int port;
    char home[SUPPORT_PATH_CAP];
    char socket[64];
    char self[SUPPORT_PATH_CAP];
    char program[SUPPORT_PATH_CAP];
    char variables[VARIABLES][SUPPORT_PATH_CAP + 64];
    const char *environment[VARIABLES + 1];
    char command[COMMAND_CAP]; // ssh's, for a shell
};

static struct rig *to_end; // what bench_die leaves

static void end_at_exit(void)
{
    rig_end(to_end);
}

static void environment_make(struct rig *rig)
{
    int count = 0;
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "HOME=%s", rig->home);
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "LEAP0_API_KEY=any-key");
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "LEAP0_BASE_URL=%s",
                   access_server_url(rig->server));
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "SSH_ASKPASS=%s", rig->self);
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "SSH_ASKPASS_REQUIRE=force");
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "BENCH_ASKPASS=1");
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "TERM=xterm-256color");
    (void)snprintf(rig->variables[count++], sizeof rig->variables[0], "LANG=C.UTF-8");
    for (int i = 0; i < count; i++)
        rig->environment[i] = rig->variables[i];
}

void rig_file(struct rig *rig, const char *name, const char *bytes, size_t length)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/home/%s", rig->sshd.folder, name);
    FILE *file = fopen(path, "we");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        bench_die("%s cannot be written", path);
}

struct rig *rig_start(int delay_ms)
{
    static const char profile[] =
        "PS1='" BENCH_PROMPT " '\nbind 'set enable-bracketed-paste off'\nunset TMUX\n";
    static const char *const options[] = {"MaxSessions=100", NULL};
    struct rig *rig = calloc(1, sizeof *rig);
    const char *missing = sshd_missing();
    if (rig == NULL || missing != NULL)
        bench_die("%s", missing != NULL ? missing : "no memory");
    (void)unsetenv("TMUX");
    ssize_t length = readlink("/proc/self/exe", rig->self, sizeof rig->self - 1);
    if (length <= 0 || !sshd_start(&rig->sshd, options))
        bench_die("the sshd does not start");
    to_end = rig;
    (void)atexit(end_at_exit);
    rig_file(rig, ".bash_profile", profile, sizeof profile - 1);
    rig->port = delay_ms > 0 ? proxy_start(rig->sshd.port, delay_ms) : rig->sshd.port;
    rig->server = access_server_start(SSHD_HOST, rig->port, SSHD_USER, SSHD_PASSWORD);
    if (rig->server == NULL || !support_folder_make(rig->home))
        bench_die("no access server or no folder");
    support_program("sbxdeck", rig->program);
    (void)snprintf(rig->socket, sizeof rig->socket, "sbxdeck-bench-%d", (int)getpid());
    (void)snprintf(rig->command, sizeof rig->command,
                   "exec ssh -F /dev/null -tt -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s/known "
                   "-o LogLevel=ERROR -p %d %s@%s",
                   rig->home, rig->port, SSHD_USER, SSHD_HOST);
    environment_make(rig);
    return rig;
}

static void tmux_run(const struct rig *rig, struct support_result *result, const char *verb, const char *more)
{
    const char *argv[] = {"tmux", "-L", rig->socket, verb, more, more != NULL ? "#{pid}" : NULL, NULL};
    memset(result, 0, sizeof *result);
    (void)support_run(argv, rig->environment, NULL, SUPPORT_WAIT_MS, result);
}

pid_t rig_tmux_server(const struct rig *rig)
{
    struct support_result result;
    tmux_run(rig, &result, "display-message", "-p");
    pid_t pid = result.out != NULL ? (pid_t)strtol(result.out, NULL, 10) : 0;
    support_result_free(&result);
    if (pid <= 0)
        bench_die("no tmux server");
    return pid;
}

void rig_end(struct rig *rig)
{
    struct support_result result;
    if (rig == NULL)
        return;
    to_end = NULL;
    tmux_run(rig, &result, "kill-server", NULL);
    support_result_free(&result);
    if (rig->server != NULL)
        access_server_stop(rig->server);
    sshd_stop(&rig->sshd);
    if (rig->home[0] != '\0')
        (void)support_folder_remove(rig->home);
    free(rig);
}

struct terminal *rig_deck(struct rig *rig)
{
    const char *const argv[] = {rig->program, NULL};
    struct terminal *deck = terminal_start(argv, rig->environment, false);
    (void)terminal_wait(deck, ACCESS_SERVER_SANDBOX);
    terminal_type(deck, "\r");
    (void)terminal_wait(deck, BENCH_PROMPT);
    return deck;
}

struct terminal *rig_tmux(struct rig *rig)
{
    char conf[SUPPORT_PATH_CAP + 16];
    (void)snprintf(conf, sizeof conf, "%s/tmux.conf", rig->home);
    // As much history as the console keeps.
    if (!support_file_write(conf, "set -g history-limit 10000\nset -g escape-time 0\n"))
        bench_die("%s cannot be written", conf);
    const char *const argv[] = {"tmux", "-L", rig->socket, "-f", conf, "new-session", rig->command, NULL};
    struct terminal *tmux = terminal_start(argv, rig->environment, false);
    (void)terminal_wait(tmux, BENCH_PROMPT);
    return tmux;
}

struct terminal *rig_dvtm(struct rig *rig)
{
    const char *const argv[] = {"dvtm", "-h", "10000", rig->command, NULL};
    struct terminal *dvtm = terminal_start(argv, rig->environment, false);
    (void)terminal_wait(dvtm, BENCH_PROMPT);
    return dvtm;
}

struct terminal *rig_ssh_unready(struct rig *rig, bool raw)
{
    const char *const argv[] = {"sh", "-c", rig->command, NULL};
    return terminal_start(argv, rig->environment, raw);
}

struct terminal *rig_ssh(struct rig *rig, bool raw)
{
    struct terminal *ssh = rig_ssh_unready(rig, raw);
    (void)terminal_wait(ssh, BENCH_PROMPT);
    return ssh;
}

void rig_deck_more(struct terminal *deck)
{
    // The prompt after the last command first: what is typed before a new session has its shell is not kept.
    (void)terminal_wait(deck, BENCH_PROMPT);
    // Not by `clear`, which takes away the history too.
    terminal_type(deck, "PS1=was:; printf '\\033[H\\033[2J'\r");
    terminal_wait_gone(deck, BENCH_PROMPT);
    terminal_type(deck, "\035c");
    (void)terminal_wait(deck, BENCH_PROMPT);
}

void rig_tmux_more(struct rig *rig, struct terminal *tmux)
{
    const char *const argv[] = {"tmux", "-L", rig->socket, "new-window", rig->command, NULL};
    struct support_result result;
    memset(&result, 0, sizeof result);
    (void)terminal_wait(tmux, BENCH_PROMPT);
    terminal_type(tmux, "PS1=was:; printf '\\033[H\\033[2J'\r");
    terminal_wait_gone(tmux, BENCH_PROMPT);
    if (!support_run(argv, rig->environment, NULL, SUPPORT_WAIT_MS, &result) || result.exit_code != 0)
        bench_die("tmux opens no window");
    support_result_free(&result);
    (void)terminal_wait(tmux, BENCH_PROMPT);
}

double rig_command(struct terminal *terminal, const char *command)
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
