// SPDX-License-Identifier: Apache-2.0
//
// raw_ssh_script: what a server answers, and the way to each stage.

#include "tests/support/raw_ssh_private.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

enum { WINDOW = 2 * 1024 * 1024, PACKET = 32768 };

const char *raw_ssh_stage_name(enum raw_ssh_stage stage)
{
    static const char *const names[] = {"connected", "greeted",   "kexinit-sent", "kex-replied", "keyed",
                                        "service",   "signed-in", "channel",      "started"};
    return names[stage];
}

void raw_ssh_greeting(struct raw_ssh_peer *peer, const char *text)
{
    (void)snprintf(peer->greeting, sizeof peer->greeting, "%s", text);
}

void raw_ssh_compression(struct raw_ssh_peer *peer, const char *names)
{
    peer->compression = names;
}

bool raw_ssh_bytes(struct raw_ssh_peer *peer, const void *bytes, size_t length)
{
    return peer_send(peer, bytes, length);
}

bool raw_ssh_text(struct raw_ssh_peer *peer, const char *text)
{
    return peer_send(peer, text, strlen(text));
}

uint32_t raw_ssh_channel(const struct raw_ssh_peer *peer)
{
    return peer->channel;
}

const char *raw_ssh_command(const struct raw_ssh_peer *peer)
{
    return peer->command;
}

size_t raw_ssh_heard(const struct raw_ssh_peer *peer)
{
    return peer->heard;
}

unsigned raw_ssh_count(const struct raw_ssh_peer *peer, int type)
{
    return peer->counts[(uint8_t)type];
}

void raw_ssh_take_more(struct raw_ssh_peer *peer)
{
    peer->takes_more = true;
}

void raw_ssh_echo(struct raw_ssh_peer *peer)
{
    peer->echoes = true;
}

// --- answers ---

static bool is_text(const uint8_t *string, size_t length, const char *text)
{
    return length == strlen(text) && memcmp(string, text, length) == 0;
}

static bool answer_userauth(struct raw_ssh_peer *peer)
{
    const uint8_t *string = NULL;
    size_t length = 0;
    size_t at = 1;
    bool whole = true;
    for (int i = 0; i < 3; i++) // user, service, method
        whole = whole && raw_wire_string(peer->packet, peer->packet_length, &at, &string, &length);
    if (!whole || !is_text(string, length, "password"))
        return raw_ssh_message(peer, RAW_SSH_USERAUTH_FAILURE, "sb", "password", 0);
    peer->stage = RAW_SSH_SIGNED_IN;
    return raw_ssh_message(peer, RAW_SSH_USERAUTH_SUCCESS, "");
}

static bool answer_open(struct raw_ssh_peer *peer)
{
    const uint8_t *type = NULL;
    size_t length = 0;
    size_t at = 1;
    if (!raw_wire_string(peer->packet, peer->packet_length, &at, &type, &length) ||
        peer->packet_length < at + 4)
        return false;
    if (peer->stage >= RAW_SSH_CHANNEL && !peer->takes_more)
        return raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN_FAILURE, "uuss", raw_wire_u32(peer->packet + at),
                               (uint32_t)1, "one channel is enough", "");
    peer->channel = raw_wire_u32(peer->packet + at);
    peer->stage = RAW_SSH_CHANNEL;
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN_CONFIRMATION, "uuuu", peer->channel, (uint32_t)0,
                           (uint32_t)WINDOW, (uint32_t)PACKET);
}

static bool answer_request(struct raw_ssh_peer *peer)
{
    const uint8_t *type = NULL;
    const uint8_t *command = NULL;
    size_t length = 0;
    size_t command_length = 0;
    size_t at = 5;
    if (!raw_wire_string(peer->packet, peer->packet_length, &at, &type, &length) ||
        peer->packet_length < at + 1)
        return false;
    bool wants_reply = peer->packet[at++] != 0;
    bool starts = is_text(type, length, "shell") || is_text(type, length, "exec");
    if (is_text(type, length, "exec") &&
        raw_wire_string(peer->packet, peer->packet_length, &at, &command, &command_length))
        (void)snprintf(peer->command, sizeof peer->command, "%.*s", (int)command_length,
                       (const char *)command);
    if (starts)
        peer->stage = RAW_SSH_STARTED;
    return !wants_reply || raw_ssh_message(peer, RAW_SSH_CHANNEL_SUCCESS, "u", peer->channel);
}

static bool answer_data(struct raw_ssh_peer *peer)
{
    size_t length = peer->packet_length > 9 ? peer->packet_length - 9 : 0;
    peer->heard += length;
    if (peer->echoes && length > 0 &&
        !raw_ssh_message(peer, RAW_SSH_CHANNEL_DATA, "ux", peer->channel, peer->packet + 9, length))
        return false;
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_WINDOW_ADJUST, "uu", peer->channel, (uint32_t)length);
}

static bool answer_close(struct raw_ssh_peer *peer)
{
    if (peer->close_sent)
        return true;
    peer->close_sent = true;
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", peer->channel);
}

static bool answer_global(struct raw_ssh_peer *peer)
{
    const uint8_t *type = NULL;
    size_t length = 0;
    size_t at = 1;
    if (!raw_wire_string(peer->packet, peer->packet_length, &at, &type, &length) ||
        peer->packet_length < at + 1)
        return false;
    return peer->packet[at] == 0 || raw_ssh_message(peer, RAW_SSH_REQUEST_FAILURE, "");
}

static void keep_kexinit(struct raw_ssh_peer *peer)
{
    peer->client_kexinit.length = 0;
    raw_wire_put(&peer->client_kexinit, peer->packet, peer->packet_length);
}

// Answers peer->packet. False: the client has gone.
static bool answer(struct raw_ssh_peer *peer)
{
    static const struct {
        int type;
        bool (*answer)(struct raw_ssh_peer *peer);
    } answers[] = {
        {RAW_SSH_USERAUTH_REQUEST, answer_userauth}, {RAW_SSH_CHANNEL_OPEN, answer_open},
        {RAW_SSH_CHANNEL_REQUEST, answer_request},   {RAW_SSH_CHANNEL_DATA, answer_data},
        {RAW_SSH_CHANNEL_CLOSE, answer_close},       {RAW_SSH_GLOBAL_REQUEST, answer_global},
    };
    int type = peer->packet[0];
    if (type == RAW_SSH_DISCONNECT)
        return false;
    if (type == RAW_SSH_SERVICE_REQUEST) {
        peer->stage = RAW_SSH_SERVICE;
        return raw_ssh_message(peer, RAW_SSH_SERVICE_ACCEPT, "s", "ssh-userauth");
    }
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (answers[i].type == type)
            return answers[i].answer(peer);
    return true; // what is left needs no answer
}

bool raw_ssh_await(struct raw_ssh_peer *peer, int type)
{
    while (raw_wire_read(peer, -1) > 0) {
        if (peer->packet[0] == type)
            return true;
        if (!answer(peer))
            return false;
    }
    return false;
}

// --- stages ---

static bool greet(struct raw_ssh_peer *peer)
{
    // The last line, without its end, is the one that counts.
    size_t end = strlen(peer->greeting);
    while (end > 0 && (peer->greeting[end - 1] == '\n' || peer->greeting[end - 1] == '\r'))
        end--;
    size_t start = end;
    while (start > 0 && peer->greeting[start - 1] != '\n')
        start--;
    (void)snprintf(peer->server_line, sizeof peer->server_line, "%.*s", (int)(end - start),
                   peer->greeting + start);
    return raw_ssh_text(peer, peer->greeting) && raw_wire_read_line(peer);
}

bool raw_ssh_greeted(struct raw_ssh_peer *peer, const char *line)
{
    (void)snprintf(peer->server_line, sizeof peer->server_line, "%s", line);
    if (!raw_wire_read_line(peer))
        return false;
    peer->stage = RAW_SSH_GREETED;
    return true;
}

static bool exchange_inits(struct raw_ssh_peer *peer)
{
    if (!raw_wire_send_kexinit(peer) || !raw_ssh_await(peer, RAW_SSH_KEXINIT))
        return false;
    keep_kexinit(peer);
    return true;
}

static bool exchange_reply(struct raw_ssh_peer *peer)
{
    return raw_ssh_await(peer, RAW_SSH_KEX_ECDH_INIT) && raw_wire_kex_reply(peer);
}

static bool exchange_keys(struct raw_ssh_peer *peer)
{
    if (!raw_wire_newkeys_send(peer) || !raw_ssh_await(peer, RAW_SSH_NEWKEYS))
        return false;
    raw_wire_newkeys_received(peer);
    return true;
}

bool raw_ssh_rekey(struct raw_ssh_peer *peer)
{
    return exchange_inits(peer) && exchange_reply(peer) && exchange_keys(peer);
}

bool raw_ssh_reach(struct raw_ssh_peer *peer, enum raw_ssh_stage stage)
{
    static bool (*const steps[])(struct raw_ssh_peer * peer) = {
        [RAW_SSH_GREETED] = greet,
        [RAW_SSH_KEXINIT_SENT] = exchange_inits,
        [RAW_SSH_KEX_REPLIED] = exchange_reply,
        [RAW_SSH_KEYED] = exchange_keys,
    };
    while (peer->stage < stage && peer->stage < RAW_SSH_KEYED) {
        if (!steps[peer->stage + 1](peer))
            return false;
        peer->stage++;
    }
    while (peer->stage < stage)
        if (raw_wire_read(peer, -1) <= 0 || !answer(peer))
            return false;
    return true;
}

bool raw_ssh_serve(struct raw_ssh_peer *peer, int ms)
{
    int64_t deadline = ms < 0 ? -1 : support_now_ms() + ms;
    for (;;) {
        int got = raw_wire_read(peer, deadline);
        if (got <= 0)
            return got == 0;
        if (!answer(peer))
            return false;
    }
}

bool raw_ssh_drain(struct raw_ssh_peer *peer)
{
    return raw_ssh_serve(peer, 0);
}

bool raw_ssh_output(struct raw_ssh_peer *peer, const char *text)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_DATA, "us", peer->channel, text);
}

bool raw_ssh_exit(struct raw_ssh_peer *peer, uint32_t exit_status)
{
    peer->close_sent = true;
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbu", peer->channel, "exit-status", 0,
                           exit_status) &&
           raw_ssh_message(peer, RAW_SSH_CHANNEL_EOF, "u", peer->channel) &&
           raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", peer->channel);
}
