// SPDX-License-Identifier: Apache-2.0
//
// raw_ssh_private: what the parts of raw_ssh share: its threads and sockets (raw_ssh.c), packets and keys
// (raw_ssh_wire.c), what a server answers (raw_ssh_script.c), and a client (raw_client.c).

#ifndef SBXDECK_TESTS_SUPPORT_RAW_SSH_PRIVATE_H
#define SBXDECK_TESTS_SUPPORT_RAW_SSH_PRIVATE_H

#include "tests/support/raw_ssh.h"

#include <pthread.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdatomic.h>

enum {
    WIRE_CAP = 256 * 1024, // a packet of the client's
    WIRE_LINE_CAP = 256,
    WIRE_HASH = crypto_hash_sha256_BYTES,
    WIRE_KEYS = 64, // of one direction: for the body, then for the length
};

struct wire_buffer {
    uint8_t *bytes;
    size_t length, capacity;
};
void raw_wire_put(struct wire_buffer *buffer, const void *bytes, size_t length);
void raw_wire_put_u32(struct wire_buffer *buffer, uint32_t number);
void raw_wire_put_string(struct wire_buffer *buffer, const void *bytes, size_t length);
void raw_wire_format(struct wire_buffer *buffer, const char *format, va_list list);
void raw_wire_free(struct wire_buffer *buffer);
uint32_t raw_wire_u32(const uint8_t *bytes);
// The string at *at of the packet, moved past; false when it does not fit.
bool raw_wire_string(const uint8_t *packet, size_t size, size_t *at, const uint8_t **string, size_t *length);

struct raw_ssh_peer {
    struct raw_ssh *server;
    struct raw_ssh_peer *next;
    pthread_t thread;
    int fd; // -1 once closed; under the server's lock where it changes
    enum raw_ssh_stage stage;
    atomic_bool ended; // its script is over
    char greeting[WIRE_LINE_CAP * 4];
    const char *compression; // NULL: "none"
    char client_line[WIRE_LINE_CAP], server_line[WIRE_LINE_CAP * 4];

    // keys; in: from the client
    bool is_client;     // raw_client.h
    uint8_t scalar[32]; // of its exchange
    size_t left;        // bytes that it may still send
    bool keyed_in, keyed_out;
    uint32_t sequence_in, sequence_out;
    uint8_t key_in[WIRE_KEYS], key_out[WIRE_KEYS], next_in[WIRE_KEYS], next_out[WIRE_KEYS];
    uint8_t session_id[WIRE_HASH];
    bool has_session_id;
    struct wire_buffer client_kexinit, server_kexinit;

    // the packet that was read last
    uint8_t *packet; // WIRE_CAP
    size_t packet_length;

    uint32_t channel;
    bool close_sent, echoes, takes_more;
    char command[512];
    size_t heard;
    unsigned counts[256];
};

// --- raw_ssh.c ---
bool peer_send(struct raw_ssh_peer *peer, const void *bytes, size_t length);
// Exactly that many, each wait up to the deadline (monotonic ms; -1: none). 1, 0 at the deadline before the
// first byte, -1 when the client has gone.
int peer_receive(struct raw_ssh_peer *peer, void *bytes, size_t length, int64_t deadline);

// --- raw_ssh_wire.c ---
// Reads a packet into peer->packet; as peer_receive.
int raw_wire_read(struct raw_ssh_peer *peer, int64_t deadline);
bool raw_wire_read_line(struct raw_ssh_peer *peer);
bool raw_wire_send_kexinit(struct raw_ssh_peer *peer);
// Answers the client's half, in peer->packet; the next keys are known then.
bool raw_wire_kex_reply(struct raw_ssh_peer *peer);
// A client's half, and what it makes of the server's, in peer->packet. The signature is not looked at.
bool raw_wire_kex_init(struct raw_ssh_peer *peer);
bool raw_wire_kex_finish(struct raw_ssh_peer *peer);
bool raw_wire_newkeys_send(struct raw_ssh_peer *peer); // and our keys from now on
void raw_wire_newkeys_received(struct raw_ssh_peer *peer);

#endif
