// SPDX-License-Identifier: Apache-2.0
//
// vault_seal: Seals passwords with a key derived from the API key, and opens them. An API key has far more
// entropy than a password, so a keyed hash with the vault's random salt is enough to derive from it; a slow
// password hash would only make every start slow.

#include "api/vault/vault_private.h"

#include <stdio.h>

enum {
    KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
};

enum status vault_seal_begin(struct vault_seal *seal, const unsigned char salt[VAULT_SALT_BYTES],
                             const struct secret *api_key, struct failure *why)
{
    unsigned char *master = sodium_malloc(crypto_kdf_KEYBYTES);
    seal->key = sodium_malloc(KEY_BYTES);
    seal->plain = sodium_malloc(SECRET_MAX);
    if (master == NULL || seal->key == NULL || seal->plain == NULL) {
        sodium_free(master);
        vault_seal_end(seal);
        return advise(why, fail(why, STATUS_NO_MEMORY, "can't lock memory for the vault's key"),
                      "check ulimit -l");
    }
    (void)crypto_generichash(master, crypto_kdf_KEYBYTES, (const unsigned char *)secret_text(api_key),
                             secret_length(api_key), salt, VAULT_SALT_BYTES);
    (void)crypto_kdf_derive_from_key(seal->key, KEY_BYTES, 1, "sbxvault", master);
    (void)crypto_kdf_derive_from_key(seal->mark, VAULT_MARK_BYTES, 2, "sbxvault", master);
    sodium_free(master);
    return STATUS_OK;
}

void vault_seal_end(struct vault_seal *seal)
{
    sodium_free(seal->key);
    sodium_free(seal->plain);
    seal->key = NULL;
    seal->plain = NULL;
}

enum { IDENTITY_MAX = 4096 };

// The identity as one string of bytes; the NULs between keep its parts apart. Version 0.1 ended with the
// time: where a password is sent to was not in it.
static size_t bound(const char *base_url, const struct credential *credential, bool old, unsigned char *out)
{
    int length = snprintf((char *)out, IDENTITY_MAX, "%s%c%s%c%s%c%lld", base_url, 0, credential->sandbox_id,
                          0, credential->id, 0, (long long)credential->expires_at);
    if (!old && length > 0 && length < IDENTITY_MAX)
        length += snprintf((char *)out + length, IDENTITY_MAX - (size_t)length, "%c%s%c%d%c%s%c%s", 0,
                           credential->host, 0, credential->port, 0, credential->username, 0,
                           credential->ssh_command);
    return length > 0 && length < IDENTITY_MAX ? (size_t)length : IDENTITY_MAX - 1;
}

size_t vault_seal_close(const struct vault_seal *seal, const char *base_url,
                        const struct credential *credential, const struct secret *password,
                        unsigned char *out)
{
    unsigned char with[IDENTITY_MAX];
    unsigned long long length = 0;
    size_t with_length = bound(base_url, credential, false, with);
    randombytes_buf(out, NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + NONCE, &length, (const unsigned char *)secret_text(password), secret_length(password), with,
        with_length, NULL, out, seal->key);
    return NONCE + (size_t)length;
}

// Into seal->plain, which the caller wipes.
static enum vault_seal_state open_plain(const struct vault_seal *seal, const char *base_url,
                                        const struct credential *credential, const unsigned char *sealed,
                                        size_t length, size_t *plain_length)
{
    unsigned char with[IDENTITY_MAX];
    unsigned long long opened = 0;
    if (length < NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES || length > VAULT_SEALED_MAX)
        return VAULT_SEAL_BROKEN;
    for (int old = 0; old <= 1; old++) {
        size_t with_length = bound(base_url, credential, old != 0, with);
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(seal->plain, &opened, NULL, sealed + NONCE,
                                                       length - NONCE, with, with_length, sealed,
                                                       seal->key) != 0)
            continue;
        *plain_length = (size_t)opened;
        return old != 0 ? VAULT_SEAL_OLD : VAULT_SEAL_GOOD;
    }
    return VAULT_SEAL_BROKEN;
}

enum vault_seal_state vault_seal_check(const struct vault_seal *seal, const char *base_url,
                                       const struct credential *credential, const unsigned char *sealed,
                                       size_t length)
{
    size_t plain_length = 0;
    enum vault_seal_state state = open_plain(seal, base_url, credential, sealed, length, &plain_length);
    sodium_memzero(seal->plain, plain_length);
    return state;
}

struct secret *vault_seal_open(const struct vault_seal *seal, const char *base_url,
                               const struct credential *credential, const unsigned char *sealed,
                               size_t length)
{
    size_t plain_length = 0;
    struct secret *password = NULL;
    if (open_plain(seal, base_url, credential, sealed, length, &plain_length) != VAULT_SEAL_BROKEN)
        password = secret_new((const char *)seal->plain, plain_length);
    sodium_memzero(seal->plain, plain_length);
    return password;
}
