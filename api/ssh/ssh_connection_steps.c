// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_steps: Take a connection step by step up to the sign-in.
//
// A step says done, again (the socket, a worker or a timer brings the next turn) or ended. libssh's calls are
// made again, alike, while they say AGAIN. Nothing of the user's own SSH set-up has a say: no config, no
// keys, no agent, no known_hosts.

#include "api/ssh/ssh_connection_private.h"

#include <arpa/inet.h>
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

static void types_found(struct ssh_connection *connection)
{
    connection->types_known = true;
}

static void on_resolved(void *ctx)
{
    struct ssh_connection *connection = ctx;
    connection->resolved = true;
    ssh_connection_kick(connection);
}

static void note_address(struct ssh_connection *connection)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } here = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t size = sizeof here;
    if (getsockname(connection->fd, &here.any, &size) != 0)
        return;
    const void *address =
        here.any.sa_family == AF_INET6 ? (const void *)&here.six.sin6_addr : &here.four.sin_addr;
    (void)inet_ntop(here.any.sa_family, address, connection->facts.local_address,
                    sizeof connection->facts.local_address);
}

static void on_dialled(void *ctx, int fd, const struct failure *why)
{
    struct ssh_connection *connection = ctx;
    ssh_dial_free(connection->dial);
    connection->dial = NULL;
    connection->fd = fd;
    if (fd < 0)
        ssh_connection_end(connection, why->status, "%s", why->message);
    else
        note_address(connection);
    ssh_connection_kick(connection);
}

static enum step_result step_dial(struct ssh_connection *connection)
{
    static const struct ssh_dial_events events = {.resolved = on_resolved, .done = on_dialled};
    if (connection->events.stage != NULL)
        connection->events.stage(connection->ctx, SSH_STAGE_RESOLVE, NULL);
    if (connection->freed || !ssh_connection_job(connection, run_types, types_found))
        return STEP_ENDED;
    connection->dial = ssh_dial_start(connection->loop, connection->target.host, connection->target.port,
                                      connection->timeout_ms, &events, connection);
    if (connection->dial != NULL)
        return STEP_DONE;
    return ssh_connection_end(connection, STATUS_NO_MEMORY, "%s", "");
}

static enum step_result step_dialling(struct ssh_connection *connection)
{
    if (connection->resolved)
        ssh_connection_enter(connection, SSH_STAGE_CONNECT, NULL);
    return connection->fd >= 0 && connection->types_known ? STEP_DONE : STEP_AGAIN;
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

static bool options_set(struct ssh_connection *connection)
{
    char algorithms[ALGORITHMS_CAP];
    bool no = false;
    int off = 0;
    int quiet = SSH_LOG_NOLOG;
    unsigned int port = (unsigned int)connection->target.port;
    socket_t fd = connection->fd;
    algorithms_of(connection->job.types, algorithms);
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
        {SSH_OPTIONS_HOST, connection->target.host},
        {SSH_OPTIONS_PORT, &port},
        {SSH_OPTIONS_USER, connection->target.user},
        {SSH_OPTIONS_CIPHERS_C_S, ciphers},
        {SSH_OPTIONS_CIPHERS_S_C, ciphers},
        {SSH_OPTIONS_KEY_EXCHANGE, exchanges},
        {SSH_OPTIONS_HOSTKEYS, algorithms},
        {SSH_OPTIONS_COMPRESSION, "none"}, // "no" would still take zlib from a server that has nothing else
        {SSH_OPTIONS_FD, &fd},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (ssh_options_set(connection->ssh, options[i].option, options[i].value) != SSH_OK)
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

static enum step_result step_prepare(struct ssh_connection *connection)
{
    ssh_connection_enter(connection, SSH_STAGE_KEY_EXCHANGE, NULL);
    if (connection->ending)
        return STEP_ENDED;
    ssh_connection_deadline(connection, connection->timeout_ms);
    connection->ssh = ssh_new();
    if (connection->ssh == NULL)
        return ssh_connection_end(connection, STATUS_NO_MEMORY, "%s", "");
    if (!options_set(connection) || !ssh_connection_watch_start(connection))
        return ssh_connection_end(connection, STATUS_INTERNAL, "the SSH connection could not be set up: %s",
                                  ssh_get_error(connection->ssh));
    ssh_set_blocking(connection->ssh, 0);
    ssh_set_counters(connection->ssh, &connection->counter, &connection->messages);
    ssh_set_message_callback(connection->ssh, on_message, NULL);
    connection->facts.heard_at = connection->noise_at = ssh_connection_now_ms();
    return STEP_DONE;
}

// What holds for the duplicate holds for libssh's socket too.
static void stay_nonblocking(int fd)
{
    int flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;
    if (flags >= 0 && (flags & O_NONBLOCK) == 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static enum step_result step_exchange(struct ssh_connection *connection)
{
    connection->fd = -1; // it is libssh's from here
    int result = ssh_connect(connection->ssh);
    // libssh makes the socket blocking, also one that it was given.
    stay_nonblocking(connection->watched);
    ssh_connection_heard(connection);
    if (result == SSH_OK) {
        const char *cipher = ssh_get_cipher_in(connection->ssh);
        (void)snprintf(connection->facts.cipher, sizeof connection->facts.cipher, "%s",
                       cipher != NULL ? cipher : "");
        return STEP_DONE;
    }
    if (result == SSH_AGAIN && connection->counter.in_bytes > CONNECTION_GREETING_CAP)
        return ssh_connection_end(connection, STATUS_SSH_FAILED,
                                  "%s port %d sends data but no SSH handshake: not an SSH server",
                                  connection->target.host, connection->target.port);
    return result == SSH_AGAIN ? STEP_AGAIN : ssh_connection_lost(connection);
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

static void key_refused(struct ssh_connection *connection)
{
    const struct key_job *job = &connection->job;
    bool ending = connection->ending;
    connection->end.host_key = job->report;
    if (job->report.verdict == HOST_KEY_REVOKED)
        ssh_connection_end(connection, job->status, "%s", failure_text(&job->why));
    else if (job->status != STATUS_OK && job->status != STATUS_HOST_KEY_CHANGED)
        ssh_connection_end(connection, job->status, "the host key cannot be checked: %s",
                           failure_text(&job->why));
    else
        ssh_connection_end(connection, STATUS_HOST_KEY_CHANGED,
                           "the host key of %s is %s, but the known one is %s", job->report.host,
                           job->report.seen, job->report.known[0] != '\0' ? job->report.known : "another");
    if (!ending && job->why.advice[0] != '\0')
        (void)advise(&connection->end.why, connection->end.why.status, "%s", job->why.advice);
}

static void key_added(struct ssh_connection *connection)
{
    if (connection->job.status == STATUS_OK) {
        ssh_connection_enter(connection, SSH_STAGE_HOST_KEY, &connection->job.report);
        connection->key_accepted = !connection->ending;
    } else if (connection->job.status == STATUS_HOST_KEY_CHANGED) {
        (void)ssh_connection_job(connection, run_check,
                                 key_refused); // by another process just now: say which
    } else {
        key_refused(connection);
    }
}

static void key_checked(struct ssh_connection *connection)
{
    const struct key_job *job = &connection->job;
    if (job->status == STATUS_OK && job->report.verdict == HOST_KEY_KNOWN) {
        connection->key_accepted = true;
    } else if (job->status == STATUS_OK && job->report.verdict == HOST_KEY_NEW) {
        (void)ssh_connection_job(connection, run_add, key_added);
    } else {
        key_refused(connection);
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

static enum step_result step_host_key(struct ssh_connection *connection)
{
    ssh_connection_enter(connection, SSH_STAGE_HOST_KEY, NULL);
    if (connection->ending)
        return STEP_ENDED;
    ssh_connection_deadline(connection, 0); // the disk is not the server's doing
    if (!key_take(connection->ssh, &connection->job))
        return ssh_connection_end(connection, STATUS_SSH_FAILED, "the host key of %s can't be parsed",
                                  connection->target.host);
    return ssh_connection_job(connection, run_check, key_checked) ? STEP_DONE : STEP_ENDED;
}

static enum step_result step_host_key_checking(struct ssh_connection *connection)
{
    if (!connection->key_accepted)
        return STEP_AGAIN;
    ssh_connection_deadline(connection, connection->timeout_ms);
    ssh_connection_enter(connection, SSH_STAGE_SIGN_IN, NULL);
    return connection->ending ? STEP_ENDED : STEP_DONE;
}

// --- signed in ---

static enum step_result step_ready(struct ssh_connection *connection)
{
    connection->event = ssh_event_new();
    if (connection->event == NULL || ssh_event_add_session(connection->event, connection->ssh) != SSH_OK)
        return ssh_connection_end(connection, STATUS_NO_MEMORY, "%s", "");
    ssh_connection_deadline(connection, 0);
    connection->facts.ready_at = connection->moved_at = ssh_connection_now_ms();
    connection->running = true;
    connection->set.ssh = connection->ssh;
    connection->set.ready = true;
    ssh_connection_incoming_start(connection);
    ssh_connection_enter(connection, SSH_STAGE_OPEN, NULL);
    if (!connection->ending && connection->events.ready != NULL)
        connection->events.ready(connection->ctx);
    return connection->ending ? STEP_ENDED : STEP_DONE;
}

void ssh_connection_connect(struct ssh_connection *connection)
{
    static enum step_result (*const steps[])(struct ssh_connection * connection) = {
        step_dial,
        step_dialling,
        step_prepare,
        step_exchange,
        step_host_key,
        step_host_key_checking,
        ssh_connection_password,
        ssh_connection_kbdint,
        step_ready,
    };
    while (!connection->running && !connection->ending && !connection->closing &&
           connection->step < sizeof steps / sizeof steps[0]) {
        enum step_result result = steps[connection->step](connection);
        // At once, while libssh still knows why.
        if (result != STEP_ENDED && !connection->job.running && ssh_connection_is_broken(connection))
            return;
        if (result == STEP_AGAIN && ssh_connection_left(connection))
            ssh_connection_end(connection, STATUS_SSH_FAILED, "%s port %d closed the connection while %s",
                               connection->target.host, connection->target.port,
                               ssh_stage_text(connection->stage));
        if (result != STEP_DONE)
            return;
        connection->step++;
    }
}
