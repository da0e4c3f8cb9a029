// SPDX-License-Identifier: Apache-2.0
//
// vault_seal: owns the cryptography. An API key has far more entropy than a password, so a keyed hash with
// the vault's random salt is enough to derive from it; a slow password hash would only make every start slow.

#include "api/vault_private.h"

#include <stdio.h>
#include <string.h>

enum {
    KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
};

enum status vault_seal_begin(struct vault_seal *seal, const unsigned char salt[VAULT_SALT_BYTES],
                             const struct secret *api_key, struct failure *why)
{
    unsigned char *master = sodium_malloc(crypto_kdf_KEYBYTES);
    seal->key = sodium_malloc(KEY_BYTES);
    if (master == NULL || seal->key == NULL) {
        sodium_free(master);
        vault_seal_end(seal);
        return advise(why, fail(why, STATUS_NO_MEMORY, "no locked memory for the vault's key"),
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
    seal->key = NULL;
}

// The identity as one string of bytes; the NULs between keep its parts apart.
static size_t bound(const struct vault_identity *identity, unsigned char *out, size_t cap)
{
    int length = snprintf((char *)out, cap, "%s%c%s%c%s%c%lld", identity->base_url, 0, identity->sandbox_id,
                          0, identity->id, 0, (long long)identity->expires_at);
    return length > 0 && (size_t)length < cap ? (size_t)length : cap - 1;
}

enum { IDENTITY_MAX = 1024 };

size_t vault_seal_close(const struct vault_seal *seal, const struct vault_identity *identity,
                        const struct secret *password, unsigned char *out)
{
    unsigned char with[IDENTITY_MAX];
    unsigned long long length = 0;
    size_t with_length = bound(identity, with, sizeof with);
    randombytes_buf(out, NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + NONCE, &length, (const unsigned char *)secret_text(password), secret_length(password), with,
        with_length, NULL, out, seal->key);
    return NONCE + (size_t)length;
}

struct secret *vault_seal_open(const struct vault_seal *seal, const struct vault_identity *identity,
                               const unsigned char *sealed, size_t length)
{
    unsigned char with[IDENTITY_MAX];
    unsigned char plain[SECRET_MAX];
    unsigned long long plain_length = 0;
    struct secret *password = NULL;
    size_t with_length = bound(identity, with, sizeof with);
    if (length < NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES || length > VAULT_SEALED_MAX)
        return NULL;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &plain_length, NULL, sealed + NONCE, length - NONCE,
                                                   with, with_length, sealed, seal->key) == 0)
        password = secret_new((const char *)plain, (size_t)plain_length);
    sodium_memzero(plain, sizeof plain);
    return password;
}
