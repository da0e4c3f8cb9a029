// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection: The process of one SSH connection: libssh's server side, who may come in, and one poll loop
// around the channels.

#include "tests/emulator/channels.h"
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
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRIES_MAX = 6, SIGN_IN_S = 60 };

struct connection {
    ssh_bind bind;
    ssh_session session;
    ssh_event event;
    struct ssh_server_callbacks_struct server_callbacks;
    struct ssh_wire_hello hello;
    struct channels *channels;
    int tries;
    bool admitted, cut;
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

static ssh_channel on_channel(ssh_session session, void *ctx)
{
    struct connection *connection = ctx;
    (void)session;
    return connection->admitted ? channels_open_session(connection->channels) : NULL;
}

// --- the loop ---

static void signal_came(int number)
{
    (void)number; // it only ends a poll
}

// Bytes are moved first: libssh also reads the socket while it writes, so what there is to do is known only
// after that.
static bool turn(struct connection *connection, const sigset_t *while_polling)
{
    struct pollfd polls[2 + CHANNELS_POLLS_MAX];
    struct timespec timeout;
    int timeout_ms = -1;
    if (!channels_pump(connection->channels) || connection->cut)
        return false;
    bool pending = (ssh_get_poll_flags(connection->session) & SSH_WRITE_PENDING) != 0;
    polls[0] = (struct pollfd){.fd = SSH_WIRE_SOCKET, .events = (short)(pending ? POLLIN | POLLOUT : POLLIN)};
    polls[1] = (struct pollfd){.fd = SSH_WIRE_CONTROL, .events = POLLIN};
    nfds_t count = 2 + channels_polls(connection->channels, polls + 2, &timeout_ms);
    timeout.tv_sec = timeout_ms / 1000;
    timeout.tv_nsec = timeout_ms % 1000 * 1000000L;
    int ready = ppoll(polls, count, timeout_ms < 0 ? NULL : &timeout, while_polling);
    // Anything on the control socket once signed in, and its end, means: end this session.
    if (ready > 0 && polls[1].revents != 0)
        return false;
    if (ready <= 0 || polls[0].revents == 0)
        return true;
    channels_stir(connection->channels);
    return ssh_event_dopoll(connection->event, 0) != SSH_ERROR;
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
    connection->channels =
        ok ? channels_new(connection->session, &connection->hello.place, connection->hello.max_sessions)
           : NULL;
    if (connection->channels == NULL)
        return false;
    struct ssh_server_callbacks_struct *callbacks = &connection->server_callbacks;
    callbacks->userdata = connection;
    callbacks->auth_password_function = on_password;
    callbacks->channel_open_request_session_function = on_channel;
    ssh_callbacks_init(callbacks);
    (void)ssh_set_server_callbacks(connection->session, callbacks);
    ssh_set_message_callback(connection->session, channels_message, connection->channels);
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
    channels_free(connection->channels);
    if (connection->event != NULL) {
        (void)ssh_event_remove_session(connection->event, connection->session);
        ssh_event_free(connection->event);
    }
    ssh_free(connection->session);
    ssh_bind_free(connection->bind);
    sodium_memzero(connection, sizeof *connection);
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
    channels_hang_up(connection.channels);
    if (connection.session != NULL)
        ssh_disconnect(connection.session);
    channels_wait(connection.channels);
    shell_kill_descendants();
    release(&connection);
    return 0;
}
