// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_connect: Take a connection step by step up to the open shell.
//
// A step says done, again (the socket, a worker or a timer brings the next turn) or ended. libssh's calls are
// made again, alike, while they say AGAIN. Nothing of the user's own SSH set-up has a say: no config, no
// keys, no agent, no known_hosts.

#include "api/ssh/ssh_session_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libssh/server.h> // ssh_set_message_callback is declared there, for clients too
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// Fast on common processors first. Exchanges that would take the loop's whole turn (large groups) are left
// out.
static const char ciphers[] = "aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,"
                              "aes256-ctr,aes192-ctr,aes128-ctr";
static const char exchanges[] = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
                                "ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group14-sha256";
static const char nowhere[] = "/dev/null";

// The type of a key, and the algorithms that sign with it.
static const struct {
    const char *type, *algorithms;
} key_types[] = {
    {"ssh-ed25519", "ssh-ed25519"},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
    {"ssh-rsa", "rsa-sha2-512,rsa-sha2-256"},
};
enum { KEY_TYPES = sizeof key_types / sizeof key_types[0], ALGORITHMS_CAP = 256 };

// --- dialling ---

static void run_types(struct key_job *job)
{
    // A file that cannot be read is reported when the key is checked.
    (void)host_key_types(job->file, job->host, job->port, job->types, sizeof job->types, NULL);
}

static void types_found(struct ssh_session *session)
{
    session->types_known = true;
}

static void on_resolved(void *ctx)
{
    struct ssh_session *session = ctx;
    session->resolved = true;
    ssh_session_kick(session);
}

static void note_address(struct ssh_session *session)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } here = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t size = sizeof here;
    if (getsockname(session->fd, &here.any, &size) != 0)
        return;
    const void *address =
        here.any.sa_family == AF_INET6 ? (const void *)&here.six.sin6_addr : &here.four.sin_addr;
    (void)inet_ntop(here.any.sa_family, address, session->facts.local_address,
                    sizeof session->facts.local_address);
}

static void on_dialled(void *ctx, int fd, const struct failure *why)
{
    struct ssh_session *session = ctx;
    ssh_dial_free(session->dial);
    session->dial = NULL;
    session->fd = fd;
    if (fd < 0)
        ssh_session_end(session, why->status, "%s", why->message);
    else
        note_address(session);
    ssh_session_kick(session);
}

static enum step_result step_dial(struct ssh_session *session)
{
    static const struct ssh_dial_events events = {.resolved = on_resolved, .done = on_dialled};
    if (session->events.stage != NULL)
        session->events.stage(session->ctx, SSH_STAGE_RESOLVE, NULL);
    if (session->freed || !ssh_session_job(session, run_types, types_found))
        return STEP_ENDED;
    session->dial = ssh_dial_start(session->loop, session->target.host, session->target.port,
                                   session->timeout_ms, &events, session);
    if (session->dial != NULL)
        return STEP_DONE;
    return ssh_session_end(session, STATUS_NO_MEMORY, "%s", "");
}

static enum step_result step_dialling(struct ssh_session *session)
{
    if (session->resolved)
        ssh_session_enter(session, SSH_STAGE_CONNECT, NULL);
    return session->fd >= 0 && session->types_known ? STEP_DONE : STEP_AGAIN;
}

// --- key exchange ---

static bool type_is_known(const char *types, const char *type)
{
    size_t length = strlen(type);
    for (const char *at = strstr(types, type); at != NULL; at = strstr(at + 1, type))
        if ((at == types || at[-1] == ',') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

// Known types first, then the others: a server that has dropped its known key must look changed, not absent.
static void algorithms_of(const char *types, char out[ALGORITHMS_CAP])
{
    size_t used = 0;
    for (int known = 1; known >= 0; known--)
        for (size_t i = 0; i < KEY_TYPES; i++)
            if (type_is_known(types, key_types[i].type) == (known == 1))
                used += (size_t)snprintf(out + used, ALGORITHMS_CAP - used, "%s%s", used > 0 ? "," : "",
                                         key_types[i].algorithms);
}

static bool options_set(struct ssh_session *session)
{
    char algorithms[ALGORITHMS_CAP];
    bool no = false;
    int off = 0;
    int quiet = SSH_LOG_NOLOG;
    unsigned int port = (unsigned int)session->target.port;
    socket_t fd = session->fd;
    algorithms_of(session->job.types, algorithms);
    const struct {
        enum ssh_options_e option;
        const void *value;
    } options[] = {
        {SSH_OPTIONS_PROCESS_CONFIG, &no},
        {SSH_OPTIONS_LOG_VERBOSITY, &quiet},
        {SSH_OPTIONS_SSH_DIR, nowhere},
        {SSH_OPTIONS_KNOWNHOSTS, nowhere},
        {SSH_OPTIONS_GLOBAL_KNOWNHOSTS, nowhere},
        {SSH_OPTIONS_PUBKEY_AUTH, &off},
        {SSH_OPTIONS_GSSAPI_AUTH, &off},
        {SSH_OPTIONS_HOST, session->target.host},
        {SSH_OPTIONS_PORT, &port},
        {SSH_OPTIONS_USER, session->target.user},
        {SSH_OPTIONS_CIPHERS_C_S, ciphers},
        {SSH_OPTIONS_CIPHERS_S_C, ciphers},
        {SSH_OPTIONS_KEY_EXCHANGE, exchanges},
        {SSH_OPTIONS_HOSTKEYS, algorithms},
        {SSH_OPTIONS_COMPRESSION, "no"},
        {SSH_OPTIONS_FD, &fd},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (ssh_options_set(session->ssh, options[i].option, options[i].value) != SSH_OK)
            return false;
    return true;
}

// What the server asks of us, such as a channel of its own: libssh refuses it and forgets it. Without this it
// would keep every such message for a reader that there is not.
static int on_message(ssh_session ssh, ssh_message message, void *ctx)
{
    (void)ssh;
    (void)message;
    (void)ctx;
    return 1;
}

static enum step_result step_prepare(struct ssh_session *session)
{
    ssh_session_enter(session, SSH_STAGE_KEY_EXCHANGE, NULL);
    if (session->ending)
        return STEP_ENDED;
    ssh_session_deadline(session, session->timeout_ms);
    session->ssh = ssh_new();
    if (session->ssh == NULL)
        return ssh_session_end(session, STATUS_NO_MEMORY, "%s", "");
    if (!options_set(session) || !ssh_session_watch_start(session))
        return ssh_session_end(session, STATUS_INTERNAL, "the SSH connection could not be set up: %s",
                               ssh_get_error(session->ssh));
    ssh_set_blocking(session->ssh, 0);
    ssh_set_counters(session->ssh, &session->counter, &session->messages);
    ssh_set_message_callback(session->ssh, on_message, NULL);
    session->facts.heard_at = session->noise_at = ssh_session_now_ms();
    return STEP_DONE;
}

// What holds for the duplicate holds for libssh's socket too.
static void stay_nonblocking(int fd)
{
    int flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;
    if (flags >= 0 && (flags & O_NONBLOCK) == 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static enum step_result step_exchange(struct ssh_session *session)
{
    session->fd = -1; // it is libssh's from here
    int result = ssh_connect(session->ssh);
    // libssh makes the socket blocking, also one that it was given.
    stay_nonblocking(session->watched);
    ssh_session_heard(session);
    if (result == SSH_OK) {
        const char *cipher = ssh_get_cipher_in(session->ssh);
        (void)snprintf(session->facts.cipher, sizeof session->facts.cipher, "%s",
                       cipher != NULL ? cipher : "");
        return STEP_DONE;
    }
    if (result == SSH_AGAIN && session->counter.in_bytes > SESSION_GREETING_CAP)
        return ssh_session_end(session, STATUS_SSH_FAILED,
                               "%s port %d sends data but no SSH handshake: not an SSH server",
                               session->target.host, session->target.port);
    return result == SSH_AGAIN ? STEP_AGAIN : ssh_session_lost(session);
}

// --- the host key ---

static void run_check(struct key_job *job)
{
    job->status =
        host_key_check(job->file, job->host, job->port, job->type, job->key, &job->report, &job->why);
    // The file may take it by now.
    if (job->status == STATUS_OK && job->report.verdict == HOST_KEY_KNOWN && job->report.pinned)
        (void)host_key_add(job->file, job->host, job->port, job->type, job->key, NULL);
}

// As OpenSSH does, a disk that takes no new line does not keep the operator out; but the key counts.
static void run_add(struct key_job *job)
{
    job->status = host_key_add(job->file, job->host, job->port, job->type, job->key, &job->why);
    if (job->status != STATUS_STORE_FAILED || !host_key_pin(job->host, job->port, job->type, job->key))
        return;
    job->status = STATUS_OK;
    (void)snprintf(job->report.unkept, sizeof job->report.unkept, "%s", failure_text(&job->why));
}

static void key_refused(struct ssh_session *session)
{
    const struct key_job *job = &session->job;
    bool ending = session->ending;
    session->end.host_key = job->report;
    if (job->report.verdict == HOST_KEY_REVOKED)
        ssh_session_end(session, job->status, "%s", failure_text(&job->why));
    else if (job->status != STATUS_OK && job->status != STATUS_HOST_KEY_CHANGED)
        ssh_session_end(session, job->status, "the host key cannot be checked: %s", failure_text(&job->why));
    else
        ssh_session_end(session, STATUS_HOST_KEY_CHANGED, "the host key of %s is %s, but the known one is %s",
                        job->report.host, job->report.seen,
                        job->report.known[0] != '\0' ? job->report.known : "another");
    if (!ending && job->why.advice[0] != '\0')
        (void)advise(&session->end.why, session->end.why.status, "%s", job->why.advice);
}

static void key_added(struct ssh_session *session)
{
    if (session->job.status == STATUS_OK) {
        ssh_session_enter(session, SSH_STAGE_HOST_KEY, &session->job.report);
        session->key_accepted = !session->ending;
    } else if (session->job.status == STATUS_HOST_KEY_CHANGED) {
        (void)ssh_session_job(session, run_check, key_refused); // by another process just now: say which
    } else {
        key_refused(session);
    }
}

static void key_checked(struct ssh_session *session)
{
    const struct key_job *job = &session->job;
    if (job->status == STATUS_OK && job->report.verdict == HOST_KEY_KNOWN) {
        session->key_accepted = true;
    } else if (job->status == STATUS_OK && job->report.verdict == HOST_KEY_NEW) {
        (void)ssh_session_job(session, run_add, key_added);
    } else {
        key_refused(session);
    }
}

static bool key_take(ssh_session ssh, struct key_job *job)
{
    ssh_key key = NULL;
    char *text = NULL;
    bool taken = false;
    if (ssh_get_server_publickey(ssh, &key) != SSH_OK)
        goto done;
    const char *type = ssh_key_type_to_char(ssh_key_type(key));
    if (type == NULL || ssh_pki_export_pubkey_base64(key, &text) != SSH_OK)
        goto done;
    taken = snprintf(job->type, sizeof job->type, "%s", type) < (int)sizeof job->type &&
            snprintf(job->key, sizeof job->key, "%s", text) < (int)sizeof job->key;
done:
    ssh_string_free_char(text);
    ssh_key_free(key);
    return taken;
}

static enum step_result step_host_key(struct ssh_session *session)
{
    ssh_session_enter(session, SSH_STAGE_HOST_KEY, NULL);
    if (session->ending)
        return STEP_ENDED;
    ssh_session_deadline(session, 0); // the disk is not the server's doing
    if (!key_take(session->ssh, &session->job))
        return ssh_session_end(session, STATUS_SSH_FAILED, "the host key of %s can't be parsed",
                               session->target.host);
    return ssh_session_job(session, run_check, key_checked) ? STEP_DONE : STEP_ENDED;
}

static enum step_result step_host_key_checking(struct ssh_session *session)
{
    if (!session->key_accepted)
        return STEP_AGAIN;
    ssh_session_deadline(session, session->timeout_ms);
    ssh_session_enter(session, SSH_STAGE_SIGN_IN, NULL);
    return session->ending ? STEP_ENDED : STEP_DONE;
}

// --- the channel ---

static enum step_result channel_answer(struct ssh_session *session, int result, const char *what)
{
    ssh_session_heard(session);
    if (result == SSH_OK)
        return STEP_DONE;
    if (result == SSH_AGAIN)
        return STEP_AGAIN;
    if (ssh_session_is_broken(session))
        return STEP_ENDED;
    return ssh_session_end(session, STATUS_SSH_FAILED, "%s refused %s", session->target.host, what);
}

static enum step_result step_channel(struct ssh_session *session)
{
    ssh_session_enter(session, SSH_STAGE_SHELL, NULL);
    if (session->ending)
        return STEP_ENDED;
    if (session->channel == NULL) {
        ssh_session_deadline(session, session->timeout_ms);
        session->channel = ssh_channel_new(session->ssh);
        if (session->channel == NULL)
            return ssh_session_end(session, STATUS_NO_MEMORY, "%s", "");
        ssh_session_callbacks(session);
    }
    return channel_answer(session, ssh_channel_open_session(session->channel), "a channel");
}

static enum step_result step_pty(struct ssh_session *session)
{
    if (!session->pty)
        return STEP_DONE;
    if (session->sent_rows == 0) { // asked anew with the same size while it says AGAIN
        session->sent_rows = session->rows;
        session->sent_cols = session->cols;
    }
    return channel_answer(
        session,
        ssh_channel_request_pty_size(session->channel, session->term, session->sent_cols, session->sent_rows),
        "a terminal");
}

static enum step_result step_environment(struct ssh_session *session)
{
    while (session->environment[session->environment_asked] != NULL) {
        char name[64];
        const char *pair = session->environment[session->environment_asked];
        size_t length = strcspn(pair, "=");
        int result = SSH_OK;
        if (pair[length] == '=' && length > 0 && length < sizeof name) {
            (void)snprintf(name, sizeof name, "%.*s", (int)length, pair);
            result = ssh_channel_request_env(session->channel, name, pair + length + 1);
        }
        ssh_session_heard(session);
        if (result == SSH_AGAIN)
            return STEP_AGAIN;
        if (result == SSH_ERROR && ssh_session_is_broken(session))
            return STEP_ENDED;
        session->environment_asked++;
    }
    return STEP_DONE;
}

static enum step_result step_shell(struct ssh_session *session)
{
    int result = session->command != NULL ? ssh_channel_request_exec(session->channel, session->command)
                                          : ssh_channel_request_shell(session->channel);
    return channel_answer(session, result, session->command != NULL ? "the command" : "a shell");
}

static enum step_result step_open(struct ssh_session *session)
{
    session->event = ssh_event_new();
    if (session->event == NULL || ssh_event_add_session(session->event, session->ssh) != SSH_OK)
        return ssh_session_end(session, STATUS_NO_MEMORY, "%s", "");
    ssh_session_deadline(session, 0);
    session->facts.opened_at = session->moved_at = ssh_session_now_ms();
    session->running = true;
    ssh_session_enter(session, SSH_STAGE_OPEN, NULL);
    return session->ending ? STEP_ENDED : STEP_DONE;
}

// libssh says AGAIN for ever when the server leaves in the middle of its greeting, whether it closes or
// resets the connection. A reset is reported once only: to libssh, or here.
static bool has_left(const struct ssh_session *session)
{
    char byte;
    ssize_t count = 0;
    if (session->ssh == NULL || session->job.running)
        return false;
    count = recv(session->watched, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void ssh_session_connect(struct ssh_session *session)
{
    static enum step_result (*const steps[])(struct ssh_session * session) = {
        step_dial,
        step_dialling,
        step_prepare,
        step_exchange,
        step_host_key,
        step_host_key_checking,
        ssh_session_password,
        ssh_session_kbdint,
        step_channel,
        step_pty,
        step_environment,
        step_shell,
        step_open,
    };
    while (!session->running && !session->ending && !session->closing &&
           session->step < sizeof steps / sizeof steps[0]) {
        enum step_result result = steps[session->step](session);
        // At once, while libssh still knows why.
        if (result != STEP_ENDED && !session->job.running && ssh_session_is_broken(session))
            return;
        if (result == STEP_AGAIN && has_left(session))
            ssh_session_end(session, STATUS_SSH_FAILED, "%s port %d closed the connection while %s",
                            session->target.host, session->target.port, ssh_stage_text(session->stage));
        if (result != STEP_DONE)
            return;
        session->step++;
    }
}
