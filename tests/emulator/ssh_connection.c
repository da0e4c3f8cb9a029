// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection: the process of one SSH connection: libssh's server side between the socket and a shell. One
// poll loop; what the far side can't take yet is not read from the shell, and what the shell can't take yet
// is kept up to a bound beyond which the socket is not read.

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
    INPUT_MAX = 4 * 1024 * 1024,
    PIECES_A_TURN = 16,
    TEXT_CAP = 256,
    GOODBYE_TURNS = 200,
    GOODBYE_TURN_MS = 25
};

struct connection {
    ssh_session session;
    ssh_event event;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct channel_callbacks;
    struct ssh_server_callbacks_struct server_callbacks;
    struct ssh_wire_hello hello;
    int tries;
    bool admitted, started, pty, exited, cut;
    bool out_over, err_over, in_over; // in_over: the far side sends no more
    int status;
    int rows, cols;
    char term[64];
    char *environment[SHELL_ENVIRONMENT_MAX + 1];
    size_t environment_count;
    struct shell shell;
    char *input; // for the shell, not taken yet
    size_t input_length, input_at, input_capacity;
};

// --- signing in ---

static int on_password(ssh_session session, const char *user, const char *password, void *ctx)
{
    struct connection *connection = ctx;
    struct ssh_wire_ask ask;
    struct ssh_wire_verdict verdict = {false};
    (void)session;
    if (++connection->tries > TRIES_MAX) {
        ssh_disconnect(connection->session);
        return SSH_AUTH_DENIED;
    }
    memset(&ask, 0, sizeof ask);
    if (strlen(user) >= sizeof ask.user || strlen(password) >= sizeof ask.password)
        return SSH_AUTH_DENIED;
    (void)snprintf(ask.user, sizeof ask.user, "%s", user);
    (void)snprintf(ask.password, sizeof ask.password, "%s", password);
    bool asked = send(SSH_WIRE_CONTROL, &ask, sizeof ask, MSG_NOSIGNAL) == (ssize_t)sizeof ask &&
                 recv(SSH_WIRE_CONTROL, &verdict, sizeof verdict, 0) == (ssize_t)sizeof verdict;
    sodium_memzero(&ask, sizeof ask);
    connection->admitted = asked && verdict.admitted;
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

static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t length, int is_stderr,
                   void *ctx)
{
    struct connection *connection = ctx;
    (void)session;
    (void)channel;
    if (is_stderr != 0 || connection->in_over)
        return (int)length;
    if (connection->input_at == connection->input_length)
        connection->input_at = connection->input_length = 0;
    if (connection->input_length + length > connection->input_capacity) {
        size_t capacity = connection->input_capacity * 2 + length + PIECE;
        char *grown = realloc(connection->input, capacity);
        if (grown == NULL)
            return SSH_ERROR;
        connection->input = grown;
        connection->input_capacity = capacity;
    }
    memcpy(connection->input + connection->input_length, data, length);
    connection->input_length += length;
    return (int)length;
}

static void on_eof(ssh_session session, ssh_channel channel, void *ctx)
{
    struct connection *connection = ctx;
    (void)session;
    (void)channel;
    connection->in_over = true;
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
    callbacks->channel_data_function = on_data;
    callbacks->channel_eof_function = on_eof;
    callbacks->channel_close_function = on_close;
    ssh_callbacks_init(callbacks);
    (void)ssh_set_channel_callbacks(connection->channel, callbacks);
    return connection->channel;
}

// --- bytes ---

// From the shell to the far side, as much as its window takes. False: the shell's side is at its end.
static bool pump_out(struct connection *connection, int fd, bool is_stderr)
{
    static char piece[PIECE];
    for (int i = 0; i < PIECES_A_TURN; i++) {
        uint32_t window = ssh_channel_window_size(connection->channel);
        if (window == 0)
            return true;
        ssize_t count = read(fd, piece, window < sizeof piece ? window : sizeof piece);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (count <= 0)
            return false;
        int sent = is_stderr ? ssh_channel_write_stderr(connection->channel, piece, (uint32_t)count)
                             : ssh_channel_write(connection->channel, piece, (uint32_t)count);
        if (sent != count) {
            connection->cut = true;
            return true;
        }
        // What the socket does not take is kept by libssh: let it go before more is read.
        if ((ssh_get_poll_flags(connection->session) & SSH_WRITE_PENDING) != 0)
            return true;
    }
    return true;
}

static void pump_in(struct connection *connection)
{
    struct shell *shell = &connection->shell;
    while (shell->in >= 0 && connection->input_at < connection->input_length) {
        ssize_t count = write(shell->in, connection->input + connection->input_at,
                              connection->input_length - connection->input_at);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count <= 0) {
            connection->input_at = connection->input_length; // nobody reads it any more
            connection->in_over = true;
            break;
        }
        connection->input_at += (size_t)count;
    }
    if (connection->in_over && shell->in >= 0 && !connection->pty) {
        (void)close(shell->in);
        shell->in = -1;
    }
}

static void reap(struct connection *connection)
{
    if (connection->started && !connection->exited &&
        waitpid(connection->shell.pid, &connection->status, WNOHANG) == connection->shell.pid)
        connection->exited = true;
}

// The shell has ended and what it wrote is out.
static bool is_over(struct connection *connection)
{
    if (!connection->started || !connection->exited)
        return false;
    // What it left running may hold the terminal open for ever; pipes are waited for, as sshd does.
    return (connection->out_over && connection->err_over) || connection->pty;
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

static int fill_polls(const struct connection *connection, struct pollfd polls[5])
{
    const struct shell *shell = &connection->shell;
    bool backlog = connection->input_length - connection->input_at > INPUT_MAX;
    bool room = connection->channel != NULL && ssh_channel_window_size(connection->channel) > 0 &&
                (ssh_get_poll_flags(connection->session) & SSH_WRITE_PENDING) == 0;
    int count = 0;
    short wanted = backlog ? 0 : POLLIN;
    if ((ssh_get_poll_flags(connection->session) & SSH_WRITE_PENDING) != 0)
        wanted |= POLLOUT;
    polls[count++] = (struct pollfd){.fd = SSH_WIRE_SOCKET, .events = wanted};
    polls[count++] = (struct pollfd){.fd = SSH_WIRE_CONTROL, .events = POLLIN};
    if (!connection->started)
        return count;
    if (!connection->out_over && room)
        polls[count++] = (struct pollfd){.fd = shell->out, .events = POLLIN};
    if (!connection->err_over && room)
        polls[count++] = (struct pollfd){.fd = shell->err, .events = POLLIN};
    if (shell->in >= 0 && connection->input_at < connection->input_length)
        polls[count++] = (struct pollfd){.fd = shell->in, .events = POLLOUT};
    return count;
}

static bool turn(struct connection *connection, const sigset_t *while_polling)
{
    struct pollfd polls[5];
    int count = fill_polls(connection, polls);
    reap(connection);
    struct timespec none = {0, 0};
    bool ended = connection->started && connection->exited;
    int ready = ppoll(polls, (nfds_t)count, ended ? &none : NULL, while_polling);
    if (ready > 0 && polls[0].revents != 0 && ssh_event_dopoll(connection->event, 0) == SSH_ERROR)
        return false;
    // Anything on the control socket once signed in, and its end, means: end this session.
    if (ready > 0 && polls[1].revents != 0)
        return false;
    if (connection->cut || !ssh_is_connected(connection->session))
        return false;
    if (!connection->started)
        return true;
    pump_in(connection);
    if (!connection->out_over)
        connection->out_over = !pump_out(connection, connection->shell.out, false);
    if (!connection->err_over)
        connection->err_over = !pump_out(connection, connection->shell.err, true);
    if (connection->cut)
        return false;
    if (!is_over(connection) || (ready > 0 && connection->pty && !connection->out_over))
        return true;
    say_end(connection);
    // The client hangs up when it has heard all of it.
    for (int i = 0; i < GOODBYE_TURNS && ssh_is_connected(connection->session); i++)
        if (ssh_event_dopoll(connection->event, GOODBYE_TURN_MS) == SSH_ERROR)
            break;
    return false;
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
    while (turn(connection, &before))
        if (connection->admitted)
            (void)alarm(0);
}

static bool greet(struct connection *connection)
{
    ssh_key key = NULL;
    ssh_bind bind = ssh_bind_new();
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

int sshd_connection_main(int argc, char **argv)
{
    static struct connection connection;
    (void)argc;
    (void)argv;
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
    if (connection.started && !connection.exited) {
        (void)kill(-connection.shell.pid, SIGHUP);
        (void)kill(-connection.shell.pid, SIGCONT);
    }
    if (connection.session != NULL)
        ssh_disconnect(connection.session);
    // What was hung up gets a moment to say good-bye; then everything ends.
    for (int i = 0; i < 40 && connection.started && !connection.exited; i++) {
        struct timespec moment = {0, 25 * 1000000};
        reap(&connection);
        if (!connection.exited)
            (void)nanosleep(&moment, NULL);
    }
    shell_kill_descendants();
    return 0;
}
