// SPDX-License-Identifier: Apache-2.0
//
// key_text: Put the parts of OpenSSH's format together (PROTOCOL.key of its source): lengths go before what
// they count.

#include "api/tools/key_text.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

enum { BYTES_CAP = 256, BASE64_CAP = 4 * BYTES_CAP / 3 + 4, LINE_WIDTH = 70, BLOCK = 8, WORD = 4 };

// What is put in is constant in its size, and less than the cap.
struct bytes {
    unsigned char data[BYTES_CAP];
    size_t length;
};

static void put(struct bytes *bytes, const void *data, size_t length)
{
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

static void put_number(struct bytes *bytes, size_t number)
{
    const unsigned char word[WORD] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                                      (unsigned char)(number >> 8), (unsigned char)number};
    put(bytes, word, sizeof word);
}

static void put_string(struct bytes *bytes, const void *data, size_t length)
{
    put_number(bytes, length);
    put(bytes, data, length);
}

static void put_text(struct bytes *bytes, const char *text)
{
    put_string(bytes, text, strlen(text));
}

static void put_public(struct bytes *bytes, const unsigned char key[crypto_sign_PUBLICKEYBYTES])
{
    put_text(bytes, "ssh-ed25519");
    put_string(bytes, key, crypto_sign_PUBLICKEYBYTES);
}

// The secret half: the same number twice, both halves of the key, a comment, and 1, 2, 3… up to a whole
// block.
static void put_secret(struct bytes *bytes, const unsigned char key[crypto_sign_PUBLICKEYBYTES],
                       const unsigned char secret[crypto_sign_SECRETKEYBYTES])
{
    uint32_t check = randombytes_random();
    put_number(bytes, check);
    put_number(bytes, check);
    put_public(bytes, key);
    put_string(bytes, secret, crypto_sign_SECRETKEYBYTES);
    put_text(bytes, ""); // comment
    for (unsigned char i = 1; bytes->length % BLOCK != 0; i++)
        put(bytes, &i, 1);
}

static void write_lines(const char *base64, char text[KEY_TEXT_CAP])
{
    static const char first[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
    static const char last[] = "-----END OPENSSH PRIVATE KEY-----\n";
    char *end = text + sizeof first - 1;
    memcpy(text, first, sizeof first);
    for (size_t left = strlen(base64); left > 0;) {
        size_t width = left < LINE_WIDTH ? left : LINE_WIDTH;
        memcpy(end, base64, width);
        end[width] = '\n';
        end += width + 1;
        base64 += width;
        left -= width;
    }
    memcpy(end, last, sizeof last);
}

bool key_text_new(char text[KEY_TEXT_CAP])
{
    static const char magic[] = "openssh-key-v1"; // with its NUL
    unsigned char key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    struct bytes whole = {.length = 0}, part = {.length = 0};
    char base64[BASE64_CAP];
    if (sodium_init() < 0 || crypto_sign_keypair(key, secret) != 0)
        return false;
    put(&whole, magic, sizeof magic);
    put_text(&whole, "none"); // cipher
    put_text(&whole, "none"); // key derivation
    put_text(&whole, "");     // its options
    put_number(&whole, 1);    // keys
    put_public(&part, key);
    put_string(&whole, part.data, part.length);
    part.length = 0;
    put_secret(&part, key, secret);
    put_string(&whole, part.data, part.length);
    (void)sodium_bin2base64(base64, sizeof base64, whole.data, whole.length, sodium_base64_VARIANT_ORIGINAL);
    write_lines(base64, text);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(&whole, sizeof whole);
    sodium_memzero(&part, sizeof part);
    sodium_memzero(base64, sizeof base64);
    return true;
}
