// SPDX-License-Identifier: Apache-2.0
//
// store_private: what the files of store share. Functions here are called with the lock held.

#ifndef SBXDECK_TESTS_EMULATOR_STORE_PRIVATE_H
#define SBXDECK_TESTS_EMULATOR_STORE_PRIVATE_H

#include "tests/emulator/store.h"

#include <pthread.h>

struct store_held {
    struct store_credential credential;
    uint64_t serial; // changes with each regenerate
};

struct store_entry {
    struct store_sandbox sandbox;
    struct store_held *held; // oldest first
    size_t held_count;
    bool reached; // by SSH
};

enum { STORE_BUCKETS = 1 << 17 };

struct store {
    pthread_mutex_t lock;
    struct options options;
    struct store_entry *entries[STORE_SANDBOXES_MAX]; // by index
    struct store_entry *by_age[STORE_SANDBOXES_MAX];  // oldest first, but the deleted ones
    size_t alive;                                     // of by_age
    size_t in_state[STORE_DELETED + 1];
    int64_t due_at;                  // no sandbox moves by itself before
    uint32_t buckets[STORE_BUCKETS]; // index + 1 by the hash of the id; 0: free
    size_t count;
    uint64_t random; // state of the seeded generator; 0: not seeded
    uint64_t serial;
    int ssh_port;
    int64_t window_at;
    int window_count;
    struct requests *requests;
    uint64_t churn_random;
    int64_t churned_at;
    void (*reached)(void *ctx, size_t index);
    void *reached_ctx;
};

struct store_entry *store_entry_of(struct store *store, const char *id);
// Of those after the first that are at the start it is asked once: SSH is told of it after the lock.
bool store_must_reach(struct store_entry *entry);
void store_reach(struct store *store, size_t index);
struct store_entry *store_add(struct store *store, const struct store_sandbox *wanted);
// A prefix and so many hexadecimal digits: by the seed for sandboxes where there is one.
void store_random_id(struct store *store, const char *prefix, int digits, char out[STORE_ID_CAP]);
// The sandboxes of the beginning.
void store_fill(struct store *store);
// What --churn has changed by now.
void store_churn(struct store *store, int64_t now);
void store_enter(struct store *store, struct store_entry *entry, enum store_state state, int64_t at);

#endif
