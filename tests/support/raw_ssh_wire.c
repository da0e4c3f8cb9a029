// SPDX-License-Identifier: Apache-2.0
//
// raw_ssh_wire: packets (RFC 4253, section 6), the exchange of keys (RFC 5656, RFC 8731) and the cipher
// chacha20-poly1305@openssh.com (OpenSSH's PROTOCOL.chacha20poly1305).

#include "tests/support/raw_ssh_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_SIZE = 4, BLOCK = 8, PADDING_MIN = 4, TAG = crypto_onetimeauth_poly1305_BYTES, HALF = 32 };

// --- buffers ---

void raw_wire_put(struct wire_buffer *buffer, const void *bytes, size_t length)
{
    if (buffer->length + length > buffer->capacity) {
        size_t capacity = (buffer->length + length) * 2;
        uint8_t *larger = realloc(buffer->bytes, capacity);
        if (larger == NULL)
            abort();
        buffer->bytes = larger;
        buffer->capacity = capacity;
    }
    if (length > 0)
        memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

static void u32_to(uint8_t out[4], uint32_t number)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (24 - 8 * i));
}

void raw_wire_put_u32(struct wire_buffer *buffer, uint32_t number)
{
    uint8_t bytes[4];
    u32_to(bytes, number);
    raw_wire_put(buffer, bytes, sizeof bytes);
}

void raw_wire_put_string(struct wire_buffer *buffer, const void *bytes, size_t length)
{
    raw_wire_put_u32(buffer, (uint32_t)length);
    raw_wire_put(buffer, bytes, length);
}

void raw_wire_format(struct wire_buffer *buffer, const char *format, va_list list)
{
    for (; *format != '\0'; format++) {
        if (*format == 'b') {
            uint8_t byte = (uint8_t)va_arg(list, int);
            raw_wire_put(buffer, &byte, 1);
        } else if (*format == 'u') {
            raw_wire_put_u32(buffer, va_arg(list, uint32_t));
        } else if (*format == 's') {
            const char *text = va_arg(list, const char *);
            raw_wire_put_string(buffer, text, strlen(text));
        } else {
            const void *bytes = va_arg(list, const void *);
            size_t length = va_arg(list, size_t);
            if (*format == 'x')
                raw_wire_put_u32(buffer, (uint32_t)length);
            raw_wire_put(buffer, bytes, length);
        }
    }
}

void raw_wire_free(struct wire_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct wire_buffer){0};
}

uint32_t raw_wire_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

bool raw_wire_string(const uint8_t *packet, size_t size, size_t *at, const uint8_t **string, size_t *length)
{
    if (size < *at || size - *at < LENGTH_SIZE)
        return false;
    *length = raw_wire_u32(packet + *at);
    *string = packet + *at + LENGTH_SIZE;
    if (size - *at - LENGTH_SIZE < *length)
        return false;
    *at += LENGTH_SIZE + *length;
    return true;
}

// --- the cipher ---

static void nonce_of(uint8_t nonce[8], uint32_t sequence)
{
    memset(nonce, 0, 4);
    u32_to(nonce + 4, sequence);
}

// Of one packet: the key that authenticates it.
static void tag_key(uint8_t out[crypto_onetimeauth_poly1305_KEYBYTES], const uint8_t nonce[8],
                    const uint8_t *keys)
{
    (void)crypto_stream_chacha20(out, crypto_onetimeauth_poly1305_KEYBYTES, nonce, keys);
}

static void seal(struct raw_ssh_peer *peer, struct wire_buffer *frame)
{
    uint8_t nonce[8];
    uint8_t key[crypto_onetimeauth_poly1305_KEYBYTES];
    uint8_t tag[TAG];
    uint8_t *body = frame->bytes + LENGTH_SIZE;
    nonce_of(nonce, peer->sequence_out);
    tag_key(key, nonce, peer->key_out);
    (void)crypto_stream_chacha20_xor_ic(frame->bytes, frame->bytes, LENGTH_SIZE, nonce, 0,
                                        peer->key_out + HALF);
    (void)crypto_stream_chacha20_xor_ic(body, body, frame->length - LENGTH_SIZE, nonce, 1, peer->key_out);
    (void)crypto_onetimeauth_poly1305(tag, frame->bytes, frame->length, key);
    raw_wire_put(frame, tag, sizeof tag);
}

bool raw_ssh_frame(struct raw_ssh_peer *peer, uint32_t packet_length, uint8_t padding_length,
                   const void *body, size_t length)
{
    struct wire_buffer frame = {0};
    raw_wire_put_u32(&frame, packet_length);
    raw_wire_put(&frame, &padding_length, 1);
    raw_wire_put(&frame, body, length);
    if (peer->keyed_out)
        seal(peer, &frame);
    peer->sequence_out++;
    bool sent = peer_send(peer, frame.bytes, frame.length);
    raw_wire_free(&frame);
    return sent;
}

bool raw_ssh_packet(struct raw_ssh_peer *peer, int type, const void *payload, size_t length)
{
    struct wire_buffer body = {0};
    const uint8_t zeros[BLOCK + PADDING_MIN] = {0};
    uint8_t type_byte = (uint8_t)type;
    // Whole blocks, the length in them only where there is no cipher of its own for it.
    size_t counted = 1 + 1 + length + (peer->keyed_out ? 0 : LENGTH_SIZE);
    size_t padding = BLOCK - counted % BLOCK;
    if (padding < PADDING_MIN)
        padding += BLOCK;
    raw_wire_put(&body, &type_byte, 1);
    raw_wire_put(&body, payload, length);
    raw_wire_put(&body, zeros, padding);
    bool sent = raw_ssh_frame(peer, (uint32_t)(1 + body.length), (uint8_t)padding, body.bytes, body.length);
    raw_wire_free(&body);
    return sent;
}

bool raw_ssh_message(struct raw_ssh_peer *peer, int type, const char *format, ...)
{
    struct wire_buffer payload = {0};
    va_list list;
    va_start(list, format);
    raw_wire_format(&payload, format, list);
    va_end(list);
    bool sent = raw_ssh_packet(peer, type, payload.bytes, payload.length);
    raw_wire_free(&payload);
    return sent;
}

int raw_wire_read(struct raw_ssh_peer *peer, int64_t deadline)
{
    uint8_t head[LENGTH_SIZE];
    uint8_t clear[LENGTH_SIZE];
    uint8_t nonce[8];
    uint8_t key[crypto_onetimeauth_poly1305_KEYBYTES];
    int got = peer_receive(peer, head, sizeof head, deadline);
    if (got <= 0)
        return got;
    nonce_of(nonce, peer->sequence_in++);
    memcpy(clear, head, sizeof clear);
    if (peer->keyed_in)
        (void)crypto_stream_chacha20_xor_ic(clear, head, sizeof head, nonce, 0, peer->key_in + HALF);
    size_t length = raw_wire_u32(clear);
    size_t tag = peer->keyed_in ? TAG : 0;
    if (length < 2 || LENGTH_SIZE + length + tag > WIRE_CAP)
        return -1;
    memcpy(peer->packet, head, sizeof head);
    if (peer_receive(peer, peer->packet + LENGTH_SIZE, length + tag, -1) < 0)
        return -1;
    uint8_t *body = peer->packet + LENGTH_SIZE;
    if (peer->keyed_in) {
        tag_key(key, nonce, peer->key_in);
        if (crypto_onetimeauth_poly1305_verify(body + length, peer->packet, LENGTH_SIZE + length, key) != 0)
            return -1;
        (void)crypto_stream_chacha20_xor_ic(body, body, length, nonce, 1, peer->key_in);
    }
    size_t padding = body[0];
    if (padding + 2 > length)
        return -1;
    peer->packet_length = length - 1 - padding;
    memmove(peer->packet, body + 1, peer->packet_length);
    peer->counts[peer->packet[0]]++;
    return 1;
}

bool raw_wire_read_line(struct raw_ssh_peer *peer)
{
    size_t length = 0;
    char byte = '\0';
    while (length + 1 < sizeof peer->client_line && peer_receive(peer, &byte, 1, -1) > 0) {
        if (byte == '\n') {
            if (length > 0 && peer->client_line[length - 1] == '\r')
                length--;
            peer->client_line[length] = '\0';
            return true;
        }
        peer->client_line[length++] = byte;
    }
    return false;
}

// --- the exchange of keys ---

bool raw_wire_send_kexinit(struct raw_ssh_peer *peer)
{
    const char *compression = peer->compression != NULL ? peer->compression : "none";
    const char *const lists[] = {
        "curve25519-sha256",
        "ssh-ed25519",
        "chacha20-poly1305@openssh.com",
        "chacha20-poly1305@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-256",
        compression,
        compression,
        "",
        "",
    };
    struct wire_buffer *own = peer->is_client ? &peer->client_kexinit : &peer->server_kexinit;
    uint8_t first[17] = {RAW_SSH_KEXINIT};
    const uint8_t last[5] = {0};
    randombytes_buf(first + 1, sizeof first - 1);
    own->length = 0;
    raw_wire_put(own, first, sizeof first);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        raw_wire_put_string(own, lists[i], strlen(lists[i]));
    raw_wire_put(own, last, sizeof last);
    return raw_ssh_packet(peer, RAW_SSH_KEXINIT, own->bytes + 1, own->length - 1);
}

static void put_mpint(struct wire_buffer *buffer, const uint8_t *number, size_t length)
{
    const uint8_t zero = 0;
    while (length > 0 && number[0] == 0) {
        number++;
        length--;
    }
    bool high = length > 0 && (number[0] & 0x80) != 0;
    raw_wire_put_u32(buffer, (uint32_t)(length + (high ? 1 : 0)));
    if (high)
        raw_wire_put(buffer, &zero, 1);
    raw_wire_put(buffer, number, length);
}

static void derive(struct raw_ssh_peer *peer, const struct wire_buffer *secret, const uint8_t hash[WIRE_HASH],
                   char letter, uint8_t out[WIRE_KEYS])
{
    struct wire_buffer first = {0};
    struct wire_buffer second = {0};
    raw_wire_put(&first, secret->bytes, secret->length);
    raw_wire_put(&first, hash, WIRE_HASH);
    raw_wire_put(&first, &letter, 1);
    raw_wire_put(&first, peer->session_id, sizeof peer->session_id);
    (void)crypto_hash_sha256(out, first.bytes, first.length);
    raw_wire_put(&second, secret->bytes, secret->length);
    raw_wire_put(&second, hash, WIRE_HASH);
    raw_wire_put(&second, out, WIRE_HASH);
    (void)crypto_hash_sha256(out + WIRE_HASH, second.bytes, second.length);
    raw_wire_free(&first);
    raw_wire_free(&second);
}

// One key for all servers and runs: a client that keeps host keys meets no changed one.
static void host_key(uint8_t public[crypto_sign_PUBLICKEYBYTES], uint8_t secret[crypto_sign_SECRETKEYBYTES])
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    memset(seed, 7, sizeof seed);
    (void)crypto_sign_seed_keypair(public, secret, seed);
}

static void put_host_key(struct wire_buffer *buffer, const uint8_t public[crypto_sign_PUBLICKEYBYTES])
{
    static const char type[] = "ssh-ed25519";
    raw_wire_put_string(buffer, type, strlen(type));
    raw_wire_put_string(buffer, public, crypto_sign_PUBLICKEYBYTES);
}

static void hash_exchange(struct raw_ssh_peer *peer, const struct wire_buffer *key,
                          const uint8_t theirs[HALF], const uint8_t ours[HALF],
                          const struct wire_buffer *secret, uint8_t hash[WIRE_HASH])
{
    struct wire_buffer all = {0};
    raw_wire_put_string(&all, peer->client_line, strlen(peer->client_line));
    raw_wire_put_string(&all, peer->server_line, strlen(peer->server_line));
    raw_wire_put_string(&all, peer->client_kexinit.bytes, peer->client_kexinit.length);
    raw_wire_put_string(&all, peer->server_kexinit.bytes, peer->server_kexinit.length);
    raw_wire_put_string(&all, key->bytes, key->length);
    raw_wire_put_string(&all, theirs, HALF);
    raw_wire_put_string(&all, ours, HALF);
    raw_wire_put(&all, secret->bytes, secret->length);
    (void)crypto_hash_sha256(hash, all.bytes, all.length);
    raw_wire_free(&all);
}

static bool send_reply(struct raw_ssh_peer *peer, const struct wire_buffer *key, const uint8_t ours[HALF],
                       const uint8_t hash[WIRE_HASH], const uint8_t *secret_key)
{
    uint8_t signature[crypto_sign_BYTES];
    struct wire_buffer reply = {0};
    struct wire_buffer signed_hash = {0};
    (void)crypto_sign_detached(signature, NULL, hash, WIRE_HASH, secret_key);
    raw_wire_put_string(&signed_hash, "ssh-ed25519", strlen("ssh-ed25519"));
    raw_wire_put_string(&signed_hash, signature, sizeof signature);
    raw_wire_put_string(&reply, key->bytes, key->length);
    raw_wire_put_string(&reply, ours, HALF);
    raw_wire_put_string(&reply, signed_hash.bytes, signed_hash.length);
    bool sent = raw_ssh_packet(peer, RAW_SSH_KEX_ECDH_REPLY, reply.bytes, reply.length);
    raw_wire_free(&signed_hash);
    raw_wire_free(&reply);
    return sent;
}

bool raw_wire_kex_reply(struct raw_ssh_peer *peer)
{
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    uint8_t scalar[HALF];
    uint8_t ours[HALF];
    uint8_t theirs[HALF];
    uint8_t shared[HALF];
    uint8_t hash[WIRE_HASH];
    struct wire_buffer key = {0};
    struct wire_buffer secret = {0};
    const uint8_t *string = NULL;
    size_t length = 0;
    size_t at = 1;
    if (!raw_wire_string(peer->packet, peer->packet_length, &at, &string, &length) || length != HALF)
        return false;
    memcpy(theirs, string, HALF);
    randombytes_buf(scalar, sizeof scalar);
    if (crypto_scalarmult_base(ours, scalar) != 0 || crypto_scalarmult(shared, scalar, theirs) != 0)
        return false;
    host_key(public_key, secret_key);
    put_host_key(&key, public_key);
    put_mpint(&secret, shared, sizeof shared);
    hash_exchange(peer, &key, theirs, ours, &secret, hash);
    if (!peer->has_session_id)
        memcpy(peer->session_id, hash, sizeof hash);
    peer->has_session_id = true;
    derive(peer, &secret, hash, 'C', peer->next_in);
    derive(peer, &secret, hash, 'D', peer->next_out);
    bool sent = send_reply(peer, &key, ours, hash, secret_key);
    raw_wire_free(&key);
    raw_wire_free(&secret);
    return sent;
}

bool raw_wire_kex_init(struct raw_ssh_peer *peer)
{
    uint8_t ours[HALF];
    randombytes_buf(peer->scalar, sizeof peer->scalar);
    return crypto_scalarmult_base(ours, peer->scalar) == 0 &&
           raw_ssh_message(peer, RAW_SSH_KEX_ECDH_INIT, "x", ours, sizeof ours);
}

bool raw_wire_kex_finish(struct raw_ssh_peer *peer)
{
    uint8_t ours[HALF];
    uint8_t shared[HALF];
    uint8_t hash[WIRE_HASH];
    struct wire_buffer key = {0};
    struct wire_buffer secret = {0};
    const uint8_t *string = NULL;
    const uint8_t *theirs = NULL;
    size_t length = 0;
    size_t theirs_length = 0;
    size_t at = 1;
    if (!raw_wire_string(peer->packet, peer->packet_length, &at, &string, &length) ||
        !raw_wire_string(peer->packet, peer->packet_length, &at, &theirs, &theirs_length) ||
        theirs_length != HALF || crypto_scalarmult_base(ours, peer->scalar) != 0 ||
        crypto_scalarmult(shared, peer->scalar, theirs) != 0)
        return false;
    raw_wire_put(&key, string, length);
    put_mpint(&secret, shared, sizeof shared);
    hash_exchange(peer, &key, ours, theirs, &secret, hash);
    if (!peer->has_session_id)
        memcpy(peer->session_id, hash, sizeof hash);
    peer->has_session_id = true;
    derive(peer, &secret, hash, 'C', peer->next_out);
    derive(peer, &secret, hash, 'D', peer->next_in);
    raw_wire_free(&key);
    raw_wire_free(&secret);
    return true;
}

bool raw_wire_newkeys_send(struct raw_ssh_peer *peer)
{
    bool sent = raw_ssh_packet(peer, RAW_SSH_NEWKEYS, NULL, 0);
    memcpy(peer->key_out, peer->next_out, sizeof peer->key_out);
    peer->keyed_out = true;
    return sent;
}

void raw_wire_newkeys_received(struct raw_ssh_peer *peer)
{
    memcpy(peer->key_in, peer->next_in, sizeof peer->key_in);
    peer->keyed_in = true;
}
