// SPDX-License-Identifier: Apache-2.0
//
// raw_client: the steps of a client. See raw_client.h.

#include "tests/support/raw_client.h"
#include "tests/support/loopback.h"
#include "tests/support/raw_ssh_private.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WINDOW = 2 * 1024 * 1024, PACKET = 32 * 1024 };

struct raw_ssh_peer *raw_client_on(int fd)
{
    const struct timeval most = {.tv_sec = 5};
    struct raw_ssh_peer *peer = fd >= 0 && sodium_init() >= 0 ? calloc(1, sizeof *peer) : NULL;
    if (peer != NULL)
        peer->packet = malloc(WIRE_CAP);
    if (peer == NULL || peer->packet == NULL) {
        free(peer);
        if (fd >= 0)
            (void)close(fd);
        return NULL;
    }
    peer->is_client = true;
    peer->left = SIZE_MAX;
    peer->fd = fd;
    // A server that reads no more must not hold it for ever.
    (void)setsockopt(peer->fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    return peer;
}

struct raw_ssh_peer *raw_client_start(int port)
{
    return raw_client_on(loopback_connect(port));
}

void raw_client_stop(struct raw_ssh_peer *peer)
{
    if (peer == NULL)
        return;
    if (peer->fd >= 0)
        (void)close(peer->fd);
    raw_wire_free(&peer->client_kexinit);
    raw_wire_free(&peer->server_kexinit);
    free(peer->packet);
    free(peer);
}

void raw_client_cut(struct raw_ssh_peer *peer, size_t bytes)
{
    peer->left = bytes;
}

uint32_t raw_client_channel(const struct raw_ssh_peer *peer)
{
    return peer->channel;
}

int raw_client_read(struct raw_ssh_peer *peer, int ms)
{
    for (;;) {
        int got = raw_wire_read(peer, support_now_ms() + ms);
        if (got <= 0)
            return got;
        int type = peer->packet[0];
        if (type != RAW_SSH_IGNORE && type != RAW_SSH_DEBUG && type != RAW_SSH_EXT_INFO)
            return type;
    }
}

bool raw_client_await(struct raw_ssh_peer *peer, int type)
{
    int got = 0;
    do
        got = raw_client_read(peer, SUPPORT_WAIT_MS);
    while (got > 0 && got != type);
    return got == type;
}

bool raw_client_is_left(struct raw_ssh_peer *peer)
{
    char bytes[4096];
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    int got = 0;
    (void)shutdown(peer->fd, SHUT_WR);
    do
        got = peer_receive(peer, bytes, 1, deadline);
    while (got > 0);
    return got < 0;
}

// --- steps ---

static bool greet(struct raw_ssh_peer *peer)
{
    static const char line[] = "SSH-2.0-raw_client";
    char byte = '\0';
    size_t length = 0;
    (void)snprintf(peer->client_line, sizeof peer->client_line, "%s", line);
    if (!raw_ssh_text(peer, "SSH-2.0-raw_client\r\n"))
        return false;
    while (length + 1 < sizeof peer->server_line &&
           peer_receive(peer, &byte, 1, support_now_ms() + SUPPORT_WAIT_MS) > 0 && byte != '\n')
        if (byte != '\r')
            peer->server_line[length++] = byte;
    return byte == '\n';
}

static bool keep_kexinit(struct raw_ssh_peer *peer)
{
    if (!raw_client_await(peer, RAW_SSH_KEXINIT))
        return false;
    raw_wire_put(&peer->server_kexinit, peer->packet, peer->packet_length);
    return true;
}

static bool keys_take(struct raw_ssh_peer *peer)
{
    if (!raw_client_await(peer, RAW_SSH_KEX_ECDH_REPLY) || !raw_wire_kex_finish(peer) ||
        !raw_client_await(peer, RAW_SSH_NEWKEYS))
        return false;
    raw_wire_newkeys_received(peer);
    return raw_wire_newkeys_send(peer);
}

static bool step(struct raw_ssh_peer *peer, enum raw_ssh_stage stage, const char *command)
{
    switch (stage) {
    case RAW_SSH_GREETED:
        return greet(peer);
    case RAW_SSH_KEXINIT_SENT:
        return raw_wire_send_kexinit(peer) && keep_kexinit(peer);
    case RAW_SSH_KEX_REPLIED:
        return raw_wire_kex_init(peer);
    case RAW_SSH_KEYED:
        return keys_take(peer);
    case RAW_SSH_SERVICE:
        return raw_ssh_message(peer, RAW_SSH_SERVICE_REQUEST, "s", "ssh-userauth") &&
               raw_client_await(peer, RAW_SSH_SERVICE_ACCEPT);
    case RAW_SSH_SIGNED_IN:
        return raw_ssh_message(peer, RAW_SSH_USERAUTH_REQUEST, "sss", "anybody", "ssh-connection", "none") &&
               raw_client_await(peer, RAW_SSH_USERAUTH_SUCCESS);
    case RAW_SSH_CHANNEL:
        if (!raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN, "suuu", "session", (uint32_t)0, (uint32_t)WINDOW,
                             (uint32_t)PACKET) ||
            !raw_client_await(peer, RAW_SSH_CHANNEL_OPEN_CONFIRMATION))
            return false;
        peer->channel = raw_wire_u32(peer->packet + 5);
        return true;
    case RAW_SSH_STARTED:
        return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbs", peer->channel, "exec", 1, command) &&
               raw_client_await(peer, RAW_SSH_CHANNEL_SUCCESS);
    default:
        return true;
    }
}

bool raw_client_reach(struct raw_ssh_peer *peer, enum raw_ssh_stage stage, const char *command)
{
    while (peer->stage < stage) {
        if (!step(peer, peer->stage + 1, command))
            return false;
        peer->stage++;
    }
    return true;
}
