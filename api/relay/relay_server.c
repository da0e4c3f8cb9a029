// SPDX-License-Identifier: Apache-2.0
//
// relay_server: The libssh session towards the tool: keys, reading, and who handles what it says.
//
// No callbacks of libssh's server side are set, so what the tool asks for waits as a message until the server
// has answered.

#include "api/base/utf8.h"
#include "api/relay/relay_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// No group exchange: its moduli are read from a file. The client's own order goes first.
static const char kex[] = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
                          "diffie-hellman-group14-sha256,diffie-hellman-group16-sha512";
static const char ciphers[] = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"
                              "aes128-ctr,aes192-ctr,aes256-ctr";

// OpenSSH's client tells an OpenSSH server alone that nobody reads the output any more.
static const char greeting[] = "OpenSSH_9.2 sbxdeck";

static bool options_set(ssh_bind bind, ssh_key key)
{
    bool no = false;
    if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) != SSH_OK ||
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_BANNER, greeting) != SSH_OK ||
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_KEY_EXCHANGE, kex) != SSH_OK ||
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_CIPHERS_C_S, ciphers) != SSH_OK ||
        ssh_bind_options_set(bind, SSH_BIND_OPTIONS_CIPHERS_S_C, ciphers) != SSH_OK)
        return false;
    return ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) == SSH_OK; // takes it
}

// --- the streams' host ---

static void on_kick(void *ctx)
{
    relay_kick(ctx);
}

static bool on_is_over(void *ctx)
{
    const struct relay *relay = ctx;
    return relay_is_over(relay) || ssh_is_connected(relay->ssh) == 0 ||
           ssh_get_error_code(relay->ssh) == SSH_FATAL;
}

static void on_breach(void *ctx, const char *reason)
{
    relay_end(ctx, STATUS_SSH_FAILED, "protocol error", "the SSH client: %s", reason);
}

static const struct ssh_stream_host host = {.kick = on_kick, .is_over = on_is_over, .breach = on_breach};

// No compression, whatever the tool's user wants for other hosts: nothing is gained on this machine, and what
// waits for the tool could not be told from what is passed on.
enum status relay_server_open(struct relay *relay, int local, const char *host_key, struct failure *why)
{
    enum status status = STATUS_OK;
    ssh_key key = NULL;
    ssh_bind bind = ssh_bind_new();
    relay->ssh = ssh_new();
    if (bind == NULL || relay->ssh == NULL) {
        status = fail(why, STATUS_NO_MEMORY, "%s", "");
    } else if (ssh_pki_import_privkey_file(host_key, NULL, NULL, NULL, &key) != SSH_OK) {
        status = fail(why, STATUS_BAD_ARGUMENT, "%s: can't be read as a private key", host_key);
    } else if (!options_set(bind, key)) {
        ssh_key_free(key);
        status = fail(why, STATUS_INTERNAL, "libssh: %s", ssh_get_error(bind));
    } else if (ssh_options_set(relay->ssh, SSH_OPTIONS_COMPRESSION, "none") != SSH_OK) {
        status = fail(why, STATUS_INTERNAL, "libssh: %s", ssh_get_error(relay->ssh));
    } else if (ssh_bind_accept_fd(bind, relay->ssh, local) != SSH_OK) {
        status = fail(why, STATUS_INTERNAL, "libssh: %s", ssh_get_error(bind));
    }
    ssh_bind_free(bind);
    if (status != STATUS_OK) {
        (void)close(local);
        ssh_free(relay->ssh);
        relay->ssh = NULL;
        return status;
    }
    ssh_set_blocking(relay->ssh, 0);
    (void)fcntl(local, F_SETFL, O_NONBLOCK);
    ssh_set_counters(relay->ssh, &relay->counter, &relay->messages);
    ssh_stream_set_init(&relay->set, relay->loop, relay->ssh, &host, relay);
    relay->set.ready = false;
    return STATUS_OK;
}

// --- what the tool says ---

static void channel_request(struct relay *relay, ssh_message message)
{
    // One of a channel that is gone by now has a pointer to nothing: it is compared, no more.
    struct relay_channel *channel = relay_channel_of(relay, ssh_message_channel_request_channel(message));
    if (channel == NULL && ssh_message_subtype(message) == SSH_CHANNEL_REQUEST_UNKNOWN)
        (void)relay_name_next(relay);
    if (channel == NULL)
        ssh_message_free(message);
    else
        relay_request_channel(channel, message);
}

static void message_take(struct relay *relay, ssh_message message)
{
    int type = ssh_message_type(message);
    if (relay_is_over(relay))
        ssh_message_free(message);
    else if (type == SSH_REQUEST_SERVICE)
        relay_sign_in_service(relay, message);
    else if (type == SSH_REQUEST_AUTH)
        relay_sign_in_try(relay, message);
    else if (relay->stage != RELAY_OPEN) // libssh lets none of them through before
        ssh_message_free(message);
    else if (type == SSH_REQUEST_CHANNEL_OPEN)
        relay_channel_open(relay, message);
    else if (type == SSH_REQUEST_CHANNEL)
        channel_request(relay, message);
    else if (type == SSH_REQUEST_GLOBAL)
        relay_forward_request(relay, message);
    else
        ssh_message_free(message);
}

static void version_tell(struct relay *relay)
{
    const char *version = ssh_get_clientbanner(relay->ssh);
    if (relay->version[0] != '\0' || version == NULL || version[0] == '\0')
        return;
    (void)utf8_copy(version, relay->version, sizeof relay->version);
    if (relay->events.client != NULL)
        relay->events.client(relay->ctx, relay->version);
}

static void keys_exchange(struct relay *relay)
{
    ssh_stream_set_begin(&relay->set);
    int result = ssh_handle_key_exchange(relay->ssh);
    (void)ssh_stream_set_end(&relay->set);
    if (result == SSH_OK) {
        relay->keyed = true;
        relay->stage = RELAY_WAITING;
    }
}

static ssh_message message_get(struct relay *relay)
{
    ssh_stream_set_begin(&relay->set);
    // In a flood the names would cost a tenth of the time.
    bool listens = relay->passed_in - relay->counter.in_bytes < RELAY_NAMES_BELOW;
    if (listens)
        relay_names_listen(relay);
    ssh_message message = ssh_message_get(relay->ssh);
    if (listens)
        relay_names_stop(relay);
    if (message == NULL)
        relay_names_none(relay);
    (void)ssh_stream_set_end(&relay->set);
    return message;
}

// What libssh has found wrong with the tool, or that it is gone.
static void health(struct relay *relay)
{
    const char *reason = ssh_get_error(relay->ssh);
    bool failed =
        ssh_get_error_code(relay->ssh) == SSH_FATAL || (ssh_get_status(relay->ssh) & SSH_CLOSED_ERROR) != 0;
    if (relay_is_over(relay))
        return;
    if (!relay->set.ready && relay->counter.in_bytes > RELAY_GREETING_CAP)
        relay_end(relay, STATUS_SSH_FAILED, "too much before the sign-in",
                  "the SSH client sent too much before its sign-in");
    else if (!failed && (!relay->keyed || ssh_is_connected(relay->ssh) != 0))
        return;
    else
        relay_end(relay, STATUS_SSH_FAILED, "protocol error", "the SSH client broke the protocol: %s",
                  reason[0] != '\0' ? reason : "it was not understood");
}

bool relay_server_read(struct relay *relay)
{
    uint64_t before = relay->counter.in_bytes;
    uint64_t out_before = relay->counter.out_bytes;
    if (relay->stage == RELAY_GREETING)
        keys_exchange(relay);
    version_tell(relay);
    while (relay->keyed && !relay_is_over(relay)) {
        uint64_t mark = relay->counter.in_bytes;
        ssh_message message = message_get(relay);
        if (message != NULL)
            message_take(relay, message);
        else if (relay->counter.in_bytes == mark)
            break;
        health(relay);
    }
    health(relay);
    return relay->counter.in_bytes != before || relay->counter.out_bytes != out_before;
}

// --- its end ---

void relay_server_flush(struct relay *relay)
{
    ssh_stream_set_begin(&relay->set);
    (void)ssh_blocking_flush(relay->ssh, 0);
    (void)ssh_stream_set_end(&relay->set);
}

bool relay_server_is_flushed(const struct relay *relay)
{
    return ssh_is_connected(relay->ssh) == 0 ||
           (relay_pump_is_empty(relay) && (ssh_get_status(relay->ssh) & SSH_WRITE_PENDING) == 0);
}

void relay_server_ready_to_write(struct relay *relay)
{
    ssh_message message = message_get(relay);
    if (message != NULL)
        ssh_message_free(message);
}

void relay_server_disconnect(struct relay *relay)
{
    if (relay->goodbye != NULL)
        (void)ssh_session_set_disconnect_message(relay->ssh, relay->goodbye);
    ssh_disconnect(relay->ssh);
    // A tool that said goodbye looks to libssh like one that broke the protocol.
    if (relay->end.status != STATUS_OK && ssh_get_disconnect_message(relay->ssh) != NULL) {
        relay->end.status = STATUS_OK;
        relay->end.why = (struct failure){.status = STATUS_OK};
    }
}

void relay_server_free(struct relay *relay)
{
    if (relay->ssh == NULL)
        return;
    ssh_disconnect(relay->ssh);
    ssh_free(relay->ssh);
    relay->ssh = NULL;
}
