// SPDX-License-Identifier: Apache-2.0
//
// channel_session: Answer the requests of a session channel (terminal, environment, shell, command,
// subsystem, size, signals), and tell how what ran there ended.

#include "tests/emulator/channels_private.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_CAP = 256, ABANDONED_MS = 1000 };

static const struct {
    int number;
    const char *name;
} signals[] = {{SIGABRT, "ABRT"}, {SIGALRM, "ALRM"}, {SIGFPE, "FPE"},   {SIGHUP, "HUP"},   {SIGILL, "ILL"},
               {SIGINT, "INT"},   {SIGKILL, "KILL"}, {SIGPIPE, "PIPE"}, {SIGQUIT, "QUIT"}, {SIGSEGV, "SEGV"},
               {SIGTERM, "TERM"}, {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"}};
enum { SIGNALS_COUNT = sizeof signals / sizeof signals[0] };

// --- requests ---

static int on_pty(ssh_session session, ssh_channel ssh, const char *term, int cols, int rows, int width,
                  int height, void *ctx)
{
    struct channel *channel = ctx;
    (void)session;
    (void)ssh;
    (void)width;
    (void)height;
    if (channel->started)
        return -1;
    channel->pty = true;
    channel->rows = rows;
    channel->cols = cols;
    (void)snprintf(channel->term, sizeof channel->term, "%s", term[0] != '\0' ? term : "dumb");
    return 0;
}

static int on_resize(ssh_session session, ssh_channel ssh, int cols, int rows, int width, int height,
                     void *ctx)
{
    struct channel *channel = ctx;
    (void)session;
    (void)ssh;
    (void)width;
    (void)height;
    channel->rows = rows;
    channel->cols = cols;
    if (channel->started && !channel->exited && channel->pty)
        shell_resize(&channel->shell, rows, cols);
    return 0;
}

static int on_environment(ssh_session session, ssh_channel ssh, const char *name, const char *value,
                          void *ctx)
{
    struct channel *channel = ctx;
    bool known = strcmp(name, "COLORTERM") == 0 || strcmp(name, "LANG") == 0 || strncmp(name, "LC_", 3) == 0;
    char *text = NULL;
    (void)session;
    (void)ssh;
    if (!known || strlen(name) + strlen(value) > TEXT_CAP ||
        channel->environment_count == SHELL_ENVIRONMENT_MAX || asprintf(&text, "%s=%s", name, value) < 0)
        return 1;
    channel->environment[channel->environment_count++] = text;
    return 0;
}

static int start(struct channel *channel, const char *command)
{
    struct shell_wish wish = {
        .command = command,
        .pty = channel->pty,
        .rows = channel->rows,
        .cols = channel->cols,
        .term = channel->term,
    };
    if (channel->started)
        return 1;
    for (size_t i = 0; i < channel->environment_count; i++)
        wish.environment[i] = channel->environment[i];
    channel->started = shell_start(&channel->all->place, &wish, &channel->shell);
    if (!channel->started)
        return 1;
    channel_join(channel, channel->shell.in, channel->shell.out, channel->shell.err);
    channel->all->news = true;
    // From here on the end of the control socket says that the parent is gone, and the shell's processes are
    // ended in order.
    (void)prctl(PR_SET_PDEATHSIG, 0);
    return 0;
}

static int on_shell(ssh_session session, ssh_channel ssh, void *ctx)
{
    (void)session;
    (void)ssh;
    return start(ctx, NULL);
}

static int on_exec(ssh_session session, ssh_channel ssh, const char *command, void *ctx)
{
    (void)session;
    (void)ssh;
    return start(ctx, command);
}

// The system's own sftp-server, where it has one.
static int on_subsystem(ssh_session session, ssh_channel ssh, const char *name, void *ctx)
{
    static const char *const servers[] = {"/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server",
                                          "/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server"};
    char command[TEXT_CAP];
    (void)session;
    (void)ssh;
    for (size_t i = 0; strcmp(name, "sftp") == 0 && i < sizeof servers / sizeof servers[0]; i++) {
        (void)snprintf(command, sizeof command, "exec %s", servers[i]);
        if (access(servers[i], X_OK) == 0)
            return start(ctx, command);
    }
    return 1;
}

static void on_signal(ssh_session session, ssh_channel ssh, const char *name, void *ctx)
{
    struct channel *channel = ctx;
    (void)session;
    (void)ssh;
    for (size_t i = 0; i < SIGNALS_COUNT; i++)
        if (strcmp(signals[i].name, name) == 0 && channel->started && !channel->exited)
            shell_signal(&channel->shell, signals[i].number);
}

ssh_channel channel_session_open(struct channels *all)
{
    struct channel *channel = channel_add(all);
    if (channel == NULL)
        return NULL;
    struct ssh_channel_callbacks_struct *callbacks = &channel->callbacks;
    channel->is_session = true;
    callbacks->channel_pty_request_function = on_pty;
    callbacks->channel_pty_window_change_function = on_resize;
    callbacks->channel_env_request_function = on_environment;
    callbacks->channel_shell_request_function = on_shell;
    callbacks->channel_exec_request_function = on_exec;
    callbacks->channel_subsystem_request_function = on_subsystem;
    callbacks->channel_signal_function = on_signal;
    channel_watch(channel);
    return channel->ssh;
}

// --- ends ---

void channel_session_reap(struct channel *channel)
{
    if (channel->started && !channel->exited && shell_reap(&channel->shell, &channel->status))
        channel->exited = true;
}

// Pipes are waited for, as sshd does; a terminal may be held open for ever by what the shell left running.
bool channel_session_is_over(const struct channel *channel)
{
    if (!channel->exited || (channel->piece_at < channel->piece_length && !channel->closed))
        return false;
    if (channel->closed)
        return true;
    return channel->pty ? channel->out_over || channel->out_drained : channel->out_over && channel->err_over;
}

static const char *signal_name(int number)
{
    for (size_t i = 0; i < SIGNALS_COUNT; i++)
        if (signals[i].number == number)
            return signals[i].name;
    return "TERM";
}

void channel_session_say_end(const struct channel *channel)
{
    int status = channel->status;
    if (WIFSIGNALED(status))
        (void)ssh_channel_request_send_exit_signal(channel->ssh, signal_name(WTERMSIG(status)),
                                                   WCOREDUMP(status) ? 1 : 0, "", "");
    else
        (void)ssh_channel_request_send_exit_status(channel->ssh, WEXITSTATUS(status));
    (void)ssh_channel_send_eof(channel->ssh);
    (void)ssh_channel_close(channel->ssh);
}

// As a modem would: what is in the terminal's foreground hears of it. Not the whole session, whose leader is
// the wall around the shell; with that everything inside would be gone at once.
static void hang_up(const struct channel *channel)
{
    pid_t group = channel->pty ? tcgetpgrp(channel->shell.out) : -1;
    if (group <= 1)
        group = channel->shell.pid;
    (void)kill(-group, SIGHUP);
    (void)kill(-group, SIGCONT);
}

void channel_session_abandon(struct channel *channel)
{
    int64_t now = channels_now_ms();
    if (!channel->started || channel->exited)
        return;
    if (channel->kill_at == 0) {
        hang_up(channel);
        channel->kill_at = now + ABANDONED_MS;
    } else if (now >= channel->kill_at) {
        (void)kill(-channel->shell.pid, SIGKILL);
        (void)kill(channel->shell.pid, SIGKILL);
        channel->kill_at = now + ABANDONED_MS;
    }
}

void channel_session_free(struct channel *channel)
{
    if (channel->shell.report >= 0)
        (void)close(channel->shell.report);
    for (size_t i = 0; i < channel->environment_count; i++)
        free(channel->environment[i]);
}
