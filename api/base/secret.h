// SPDX-License-Identifier: Apache-2.0
//
// secret: A password or key in locked memory that core dumps leave out and that is wiped when freed.

#ifndef SBXDECK_API_BASE_SECRET_H
#define SBXDECK_API_BASE_SECRET_H

#include <stddef.h>

struct secret;

enum { SECRET_MAX = 4096 };

// Once at start, before any other thread: sodium_init, no core dumps, not attachable by ptrace of other
// users. Returns 0, or -1 when libsodium can't start.
int secret_init(void);

// A copy of text[0..length), ended by NUL. NULL when out of memory or longer than SECRET_MAX.
// The caller owns it and ends it by secret_free; wiping the source is the caller's.
struct secret *secret_new(const char *text, size_t length);
struct secret *secret_copy(const struct secret *secret); // NULL in, NULL out
void secret_free(struct secret *secret);                 // NULL is fine

const char *secret_text(const struct secret *secret); // valid until secret_free
size_t secret_length(const struct secret *secret);

// Takes the secret out of a text that others wrote, "***" in its place, also where the text was cut within
// it. One of less than SECRET_HIDE_MIN bytes stays: it would be found in ordinary words. NULL: nothing to
// hide.
enum { SECRET_HIDE_MIN = 8 };
void secret_hide(const struct secret *secret, char *text);

// What is left of a secret that is wiped already: enough to find it in a text, and no more.
struct secret_mark {
    size_t length; // 0: nothing to find
    unsigned char key[32], hash[16];
};
void secret_mark_of(const struct secret *secret, struct secret_mark *out); // NULL: nothing to find
// As secret_hide, but only where it is whole: before the text is cut.
void secret_mark_hide(const struct secret_mark *mark, char *text);

#endif
