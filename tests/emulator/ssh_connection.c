// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection: the process of one SSH connection: libssh's server side between the socket and a shell. One
// poll loop; what the client can't take yet is not read from the shell, and what the shell can't take yet is
// left in the channel, whose window then does not grow. The socket itself is always read: after the input may
// come the message that the client takes output again.

#include "tests/emulator/ssh_wire.h"
#include "tests/emulator/sshd.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TRIES_MAX = 6,
    SIGN_IN_S = 60,
    PIECE = 32768,
    INPUT_CAP = 4 * 1024 * 1024, // more than libssh's window, to take all that is there at once
    INPUT_MAX = 8 * 1024 * 1024, // beyond what was granted: the client breaks the rules
    PIECES_A_TURN = 16,
    TEXT_CAP = 256,
    GOODBYE_TURNS = 200,
    GOODBYE_TURN_MS = 25
};

struct connection {
    ssh_bind bind;
    ssh_session session;
    ssh_event event;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct channel_callbacks;
    struct ssh_server_callbacks_struct server_callbacks;
    struct ssh_wire_hello hello;
    int tries;
    bool admitted, started, pty, exited, cut;
    bool out_over, err_over, in_over; // in_over: the client sends no more
    bool out_drained;                 // there was nothing to read at the last look
    int status;
    int rows, cols;
    char term[64];
    char *environment[SHELL_ENVIRONMENT_MAX + 1];
    size_t environment_count;
    struct shell shell;
    char input[INPUT_CAP]; // for the shell, not taken yet
    size_t input_length, input_at;
};

// --- signing in ---

static int on_password(ssh_session session, const char *user, const char *password, void *ctx)
{
    struct connection *connection = ctx;
    struct ssh_wire_ask ask;
    struct ssh_wire_verdict verdict = {false};
    (void)session;
    if (connection->admitted)
        return SSH_AUTH_DENIED; // who came in stays who it is
    if (++connection->tries >= TRIES_MAX)
        connection->cut = true; // after this answer, unless it is yes
    memset(&ask, 0, sizeof ask);
    if (strlen(user) >= sizeof ask.user || strlen(password) >= sizeof ask.password)
        return SSH_AUTH_DENIED;
    (void)snprintf(ask.user, sizeof ask.user, "%s", user);
    (void)snprintf(ask.password, sizeof ask.password, "%s", password);
    bool asked = send(SSH_WIRE_CONTROL, &ask, sizeof ask, MSG_NOSIGNAL) == (ssize_t)sizeof ask &&
                 recv(SSH_WIRE_CONTROL, &verdict, sizeof verdict, 0) == (ssize_t)sizeof verdict;
    sodium_memzero(&ask, sizeof ask);
    connection->admitted = asked && verdict.admitted;
    if (connection->admitted)
        connection->cut = false;
    return connection->admitted ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

// --- the channel's requests ---

static int on_pty(ssh_session session, ssh_channel channel, const char *term, int cols, int rows, int width,
                  int height, void *ctx)
{
    struct connection *connection = ctx;
    (void)session;
    (void)channel;
    (void)width;
    (void)height;
    if (connection->started)
        return -1;
    connection->pty = true;
    connection->rows = rows;
    connection->cols = cols;
    (void)snprintf(connection->term, sizeof connection->term, "%s", term[0] != '\0' ? term : "dumb");
    return 0;
}

static int on_resize(ssh_session session, ssh_channel channel, int cols, int rows, int width, int height,
                     void *ctx)
{
    struct connection *connection = ctx;
    (void)session;
    (void)channel;
    (void)width;
    (void)height;
    connection->rows = rows;
    connection->cols = cols;
    if (connection->started && connection->pty)
        shell_resize(&connection->shell, rows, cols);
    return 0;
}

static int on_environment(ssh_session session, ssh_channel channel, const char *name, const char *value,
                          void *ctx)
{
    struct connection *connection = ctx;
    bool known = strcmp(name, "COLORTERM") == 0 || strcmp(name, "LANG") == 0 || strncmp(name, "LC_", 3) == 0;
    char *text = NULL;
    (void)session;
    (void)channel;
    if (!known || strlen(name) + strlen(value) > TEXT_CAP ||
        connection->environment_count == SHELL_ENVIRONMENT_MAX || asprintf(&text, "%s=%s", name, value) < 0)
        return 1;
    connection->environment[connection->environment_count++] = text;
    return 0;
}

static int start(struct connection *connection, const char *command)
{
    struct shell_wish wish = {
        .command = command,
        .pty = connection->pty,
        .rows = connection->rows,
        .cols = connection->cols,
        .term = connection->term,
    };
    if (connection->started)
        return 1;
    for (size_t i = 0; i < connection->environment_count; i++)
        wish.environment[i] = connection->environment[i];
    connection->started = shell_start(&connection->hello.place, &wish, &connection->shell);
    connection->err_over = connection->shell.err < 0;
    // From here on the end of the control socket says that the parent is gone, and the shell's processes are
    // ended in order.
    if (connection->started)
        (void)prctl(PR_SET_PDEATHSIG, 0);
    return connection->started ? 0 : 1;
}

static int on_shell(ssh_session session, ssh_channel channel, void *ctx)
{
    (void)session;
    (void)channel;
    return start(ctx, NULL);
}

static int on_exec(ssh_session session, ssh_channel channel, const char *command, void *ctx)
{
    (void)session;
    (void)channel;
    return start(ctx, command);
}

static void on_close(ssh_session session, ssh_channel channel, void *ctx)
{
    struct connection *connection = ctx;
    (void)session;
    (void)channel;
    connection->cut = true;
}

static ssh_channel on_channel(ssh_session session, void *ctx)
{
    struct connection *connection = ctx;
    if (connection->channel != NULL || !connection->admitted)
        return NULL; // one session a connection
    connection->channel = ssh_channel_new(session);
    struct ssh_channel_callbacks_struct *callbacks = &connection->channel_callbacks;
    callbacks->userdata = connection;
    callbacks->channel_pty_request_function = on_pty;
    callbacks->channel_pty_window_change_function = on_resize;
    callbacks->channel_env_request_function = on_environment;
    callbacks->channel_shell_request_function = on_shell;
    callbacks->channel_exec_request_function = on_exec;
    callbacks->channel_close_function = on_close;
    ssh_callbacks_init(callbacks);
    (void)ssh_set_channel_callbacks(connection->channel, callbacks);
    return connection->channel;
}

// --- bytes ---

// From the shell to the client, as much as its window takes. False: the shell's side is at its end.
static bool pump_out(struct connection *connection, int fd, bool is_stderr)
{
    static char piece[PIECE];
    for (int i = 0; i < PIECES_A_TURN && !connection->cut; i++) {
        uint32_t window = ssh_channel_window_size(connection->channel);
        // What the socket does not take is kept by libssh: let it go before more is read.
        if (window == 0 || (ssh_get_poll_flags(connection->session) & SSH_WRITE_PENDING) != 0)
            return true;
        ssize_t count = read(fd, piece, window < sizeof piece ? window : sizeof piece);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            connection->out_drained = connection->out_drained || !is_stderr;
            return true;
        }
        if (count <= 0)
            return false;
        int sent = is_stderr ? ssh_channel_write_stderr(connection->channel, piece, (uint32_t)count)
                             : ssh_channel_write(connection->channel, piece, (uint32_t)count);
        connection->cut = connection->cut || sent != count;
    }
    return true;
}

static void pump_output(struct connection *connection)
{
    connection->out_drained = false;
    if (!connection->out_over)
        connection->out_over = !pump_out(connection, connection->shell.out, false);
    if (!connection->err_over)
        connection->err_over = !pump_out(connection, connection->shell.err, true);
}

// True: there is input at hand. libssh grants a new window at each read, however much is kept: so all of it
// is taken in one, and nothing more until that has gone to the shell.
static bool refill(struct connection *connection)
{
    if (connection->input_at < connection->input_length)
        return true;
    connection->input_at = connection->input_length = 0;
    int count = ssh_channel_read_nonblocking(connection->channel, connection->input, INPUT_CAP, 0);
    if (count > 0)
        connection->input_length = (size_t)count;
    else if (ssh_channel_is_eof(connection->channel))
        connection->in_over = true;
    return count > 0;
}

static void close_input(struct connection *connection)
{
    if (connection->shell.in >= 0 && !connection->pty)
        (void)close(connection->shell.in);
    connection->shell.in = -1;
}

static void pump_input(struct connection *connection)
{
    const struct shell *shell = &connection->shell;
    if (ssh_channel_poll(connection->channel, 0) > INPUT_MAX)
        connection->cut = true;
    // This comes last before the wait and leaves nothing in the channel that the shell would take.
    while (refill(connection)) {
        size_t left = connection->input_length - connection->input_at;
        // What nobody reads any more is taken and dropped, or the client would wait for ever.
        ssize_t count =
            shell->in < 0 ? (ssize_t)left : write(shell->in, connection->input + connection->input_at, left);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (count <= 0)
            close_input(connection);
        else
            connection->input_at += (size_t)count;
    }
    // A terminal has no end of input of its own: it stays open, as with sshd.
    if (connection->in_over && connection->input_at == connection->input_length && !connection->pty)
        close_input(connection);
}

static void reap(struct connection *connection)
{
    if (connection->started && !connection->exited && shell_reap(&connection->shell, &connection->status))
        connection->exited = true;
}

// The shell has ended and what it wrote is out. Pipes are waited for, as sshd does; a terminal may be held
// open for ever by what the shell left running.
static bool is_over(const struct connection *connection)
{
    if (!connection->exited)
        return false;
    return connection->pty ? connection->out_over || connection->out_drained
                           : connection->out_over && connection->err_over;
}

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{SIGABRT, "ABRT"}, {SIGALRM, "ALRM"}, {SIGFPE, "FPE"},   {SIGHUP, "HUP"},
                 {SIGILL, "ILL"},   {SIGINT, "INT"},   {SIGKILL, "KILL"}, {SIGPIPE, "PIPE"},
                 {SIGQUIT, "QUIT"}, {SIGSEGV, "SEGV"}, {SIGTERM, "TERM"}, {SIGUSR1, "USR1"},
                 {SIGUSR2, "USR2"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == number)
            return names[i].name;
    return "TERM";
}

static void say_end(struct connection *connection)
{
    if (WIFSIGNALED(connection->status))
        (void)ssh_channel_request_send_exit_signal(connection->channel,
                                                   signal_name(WTERMSIG(connection->status)), 0, "", "");
    else
        (void)ssh_channel_request_send_exit_status(connection->channel, WEXITSTATUS(connection->status));
    (void)ssh_channel_send_eof(connection->channel);
    (void)ssh_channel_close(connection->channel);
}

// --- the loop ---

static void signal_came(int number)
{
    (void)number; // it only ends a poll
}

static nfds_t fill_polls(const struct connection *connection, struct pollfd polls[5])
{
    const struct shell *shell = &connection->shell;
    bool pending = (ssh_get_poll_flags(connection->session) & SSH_WRITE_PENDING) != 0;
    nfds_t count = 0;
    polls[count++] =
        (struct pollfd){.fd = SSH_WIRE_SOCKET, .events = (short)(pending ? POLLIN | POLLOUT : POLLIN)};
    polls[count++] = (struct pollfd){.fd = SSH_WIRE_CONTROL, .events = POLLIN};
    if (!connection->started)
        return count;
    bool room = !pending && ssh_channel_window_size(connection->channel) > 0;
    if (!connection->out_over && room)
        polls[count++] = (struct pollfd){.fd = shell->out, .events = POLLIN};
    if (!connection->err_over && room)
        polls[count++] = (struct pollfd){.fd = shell->err, .events = POLLIN};
    if (shell->in >= 0 && connection->input_at < connection->input_length)
        polls[count++] = (struct pollfd){.fd = shell->in, .events = POLLOUT};
    return count;
}

// The client hangs up when it has got all of it; one that is slow to take it gets the time.
static void part(struct connection *connection)
{
    struct pollfd control = {.fd = SSH_WIRE_CONTROL, .events = POLLIN};
    say_end(connection);
    for (int turns = 0; turns < GOODBYE_TURNS && ssh_is_connected(connection->session);) {
        if (ssh_event_dopoll(connection->event, GOODBYE_TURN_MS) == SSH_ERROR || poll(&control, 1, 0) > 0)
            break;
        if ((ssh_get_poll_flags(connection->session) & SSH_WRITE_PENDING) == 0)
            turns++;
    }
}

// Bytes are moved first: libssh also reads the socket while it writes, so what there is to do is known only
// after that.
static bool turn(struct connection *connection, const sigset_t *while_polling)
{
    struct pollfd polls[5];
    reap(connection);
    if (connection->started && !connection->cut) {
        pump_output(connection);
        pump_input(connection);
    }
    if (connection->cut || !ssh_is_connected(connection->session))
        return false;
    if (is_over(connection)) {
        part(connection);
        return false;
    }
    nfds_t count = fill_polls(connection, polls);
    int ready = ppoll(polls, count, NULL, while_polling);
    // Anything on the control socket once signed in, and its end, means: end this session.
    if (ready > 0 && polls[1].revents != 0)
        return false;
    return ready <= 0 || polls[0].revents == 0 || ssh_event_dopoll(connection->event, 0) != SSH_ERROR;
}

static void run(struct connection *connection)
{
    struct sigaction action = {.sa_handler = signal_came};
    sigset_t blocked, before;
    (void)sigaction(SIGCHLD, &action, NULL);
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &blocked, &before);
    (void)alarm(SIGN_IN_S);
    for (bool timed = true; turn(connection, &before);) {
        if (timed && connection->admitted)
            (void)alarm(0);
        timed = timed && !connection->admitted;
    }
}

static bool greet(struct connection *connection)
{
    ssh_key key = NULL;
    ssh_bind bind = ssh_bind_new();
    connection->bind = bind;
    bool ok = bind != NULL &&
              ssh_pki_import_privkey_base64(connection->hello.host_key, NULL, NULL, NULL, &key) == SSH_OK;
    sodium_memzero(connection->hello.host_key, sizeof connection->hello.host_key);
    bool no = false;
    ok = ok && ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) == SSH_OK &&
         ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) == SSH_OK;
    connection->session = ssh_new();
    ok = ok && connection->session != NULL &&
         ssh_bind_accept_fd(bind, connection->session, SSH_WIRE_SOCKET) == SSH_OK;
    if (!ok)
        return false;
    struct ssh_server_callbacks_struct *callbacks = &connection->server_callbacks;
    callbacks->userdata = connection;
    callbacks->auth_password_function = on_password;
    callbacks->channel_open_request_session_function = on_channel;
    ssh_callbacks_init(callbacks);
    (void)ssh_set_server_callbacks(connection->session, callbacks);
    ssh_set_auth_methods(connection->session, SSH_AUTH_METHOD_PASSWORD);
    (void)alarm(SIGN_IN_S);
    if (ssh_handle_key_exchange(connection->session) != SSH_OK)
        return false;
    ssh_set_blocking(connection->session, 0);
    connection->event = ssh_event_new();
    return connection->event != NULL &&
           ssh_event_add_session(connection->event, connection->session) == SSH_OK;
}

static void release(struct connection *connection)
{
    if (connection->event != NULL) {
        (void)ssh_event_remove_session(connection->event, connection->session);
        ssh_event_free(connection->event);
    }
    ssh_free(connection->session);
    ssh_bind_free(connection->bind);
    for (size_t i = 0; i < connection->environment_count; i++)
        free(connection->environment[i]);
    sodium_memzero(connection, sizeof *connection);
}

// As a modem would: what is in the terminal's foreground hears of it. Not the whole session, whose leader is
// the wall around the shell; with that everything inside would be gone at once.
static void hang_up(const struct connection *connection)
{
    if (!connection->started || connection->exited)
        return;
    pid_t group = connection->pty ? tcgetpgrp(connection->shell.out) : -1;
    if (group <= 1)
        group = connection->shell.pid;
    (void)kill(-group, SIGHUP);
    (void)kill(-group, SIGCONT);
}

int sshd_connection_main(int argc, char **argv)
{
    static struct connection connection;
    if (argc > 2 && strcmp(argv[2], SHELL_WATCH) == 0)
        return shell_watch_main(argc, argv, 3);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void)setsid();
    (void)signal(SIGPIPE, SIG_IGN);
    (void)fcntl(SSH_WIRE_SOCKET, F_SETFD, FD_CLOEXEC);
    (void)fcntl(SSH_WIRE_CONTROL, F_SETFD, FD_CLOEXEC);
    if (recv(SSH_WIRE_CONTROL, &connection.hello, sizeof connection.hello, MSG_WAITALL) !=
        (ssize_t)sizeof connection.hello)
        return 1;
    (void)ssh_init();
    if (greet(&connection))
        run(&connection);
    hang_up(&connection);
    if (connection.session != NULL)
        ssh_disconnect(connection.session);
    // What was hung up gets a moment to say good-bye; then everything ends.
    for (int i = 0; i < 40 && connection.started && !connection.exited; i++) {
        struct timespec moment = {0, 25000000L};
        reap(&connection);
        if (!connection.exited)
            (void)nanosleep(&moment, NULL);
    }
    shell_kill_descendants();
    release(&connection);
    return 0;
}
