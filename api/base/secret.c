// SPDX-License-Identifier: Apache-2.0
//
// secret: Keep secrets in libsodium's guarded pages: locked against swapping, left out of core dumps.

#include "api/base/secret.h"

#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct secret {
    size_t length;
    char text[]; // ended by NUL
};

int secret_init(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return sodium_init() < 0 ? -1 : 0;
}

struct secret *secret_new(const char *text, size_t length)
{
    if (length > SECRET_MAX)
        return NULL;
    // sodium_malloc puts the end of the memory at a page's end, so only a whole number of words is aligned.
    size_t size = sizeof(struct secret) + length + 1;
    size = (size + _Alignof(struct secret) - 1) / _Alignof(struct secret) * _Alignof(struct secret);
    struct secret *secret = sodium_malloc(size);
    if (secret == NULL)
        return NULL;
    secret->length = length;
    memcpy(secret->text, text, length);
    secret->text[length] = '\0';
    return secret;
}

struct secret *secret_copy(const struct secret *secret)
{
    return secret != NULL ? secret_new(secret->text, secret->length) : NULL;
}

void secret_free(struct secret *secret)
{
    sodium_free(secret); // wipes first; NULL is fine
}

const char *secret_text(const struct secret *secret)
{
    return secret->text;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}

void secret_hide(const struct secret *secret, char *text)
{
    static const char stars[] = "***";
    if (secret == NULL || secret->length < SECRET_HIDE_MIN)
        return;
    for (char *at = text; (at = strstr(at, secret->text)) != NULL; at += sizeof stars - 1) {
        memcpy(at, stars, sizeof stars - 1);
        memmove(at + sizeof stars - 1, at + secret->length, strlen(at + secret->length) + 1);
    }
    size_t length = strlen(text);
    for (size_t part = secret->length - 1; part >= SECRET_HIDE_MIN; part--) {
        if (part <= length && memcmp(text + length - part, secret->text, part) == 0) {
            memcpy(text + length - part, stars, sizeof stars);
            return;
        }
    }
}

void secret_mark_of(const struct secret *secret, struct secret_mark *out)
{
    memset(out, 0, sizeof *out);
    if (secret == NULL || secret->length < SECRET_HIDE_MIN)
        return;
    out->length = secret->length;
    randombytes_buf(out->key, sizeof out->key);
    (void)crypto_generichash(out->hash, sizeof out->hash, (const unsigned char *)secret->text, secret->length,
                             out->key, sizeof out->key);
}

void secret_mark_hide(const struct secret_mark *mark, char *text)
{
    unsigned char hash[sizeof mark->hash];
    size_t left = strlen(text);
    for (char *at = text; mark->length > 0 && left >= mark->length; at++, left--) {
        (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)at, mark->length, mark->key,
                                 sizeof mark->key);
        if (sodium_memcmp(hash, mark->hash, sizeof hash) != 0)
            continue;
        memcpy(at, "***", 3);
        memmove(at + 3, at + mark->length, left - mark->length + 1);
        left -= mark->length - 3;
    }
}
