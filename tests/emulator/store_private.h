// SPDX-License-Identifier: Apache-2.0
//
// store_private: what the files of store share. Functions here are called with the lock held.

#ifndef SBXDECK_EMULATOR_STORE_PRIVATE_H
#define SBXDECK_EMULATOR_STORE_PRIVATE_H

#include "tests/emulator/store.h"

#include <pthread.h>

struct store_held {
    struct store_credential credential;
    uint64_t serial; // changes with each regenerate
};

struct store_entry {
    struct store_sandbox sandbox;
    struct store_held held[STORE_CREDENTIALS_MAX]; // oldest first
    size_t held_count;
};

struct store {
    pthread_mutex_t lock;
    struct options options;
    struct store_entry *entries[STORE_SANDBOXES_MAX];
    size_t count;
    uint64_t random; // state of the seeded generator; 0: not seeded
    uint64_t serial;
    int ssh_port;
    int64_t window_at;
    int window_count;
    void (*made)(void *ctx);
    void *made_ctx;
};

struct store_entry *store_entry_of(struct store *store, const char *id);
struct store_entry *store_add(struct store *store, const struct store_sandbox *wanted);
// A prefix and so many hexadecimal digits: by the seed for sandboxes where there is one.
void store_random_id(struct store *store, const char *prefix, int digits, char out[STORE_ID_CAP]);
// The sandboxes of the beginning.
void store_fill(struct store *store);

#endif
