// SPDX-License-Identifier: Apache-2.0
//
// store: owns the emulated service. States move when somebody looks: each look brings the sandbox up to the
// clock, so that no timer is needed and every reader sees the same.

#include "tests/emulator/store_private.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const state_names[] = {"starting", "running", "snapshotting", "paused", "unpausing",
                                          "stopping", "stopped", "deleting",     "deleted"};

const char *store_state_name(enum store_state state)
{
    return state_names[state];
}

static int64_t wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t store_now(const struct store *store)
{
    return wall_ms() + (int64_t)store->options.clock_skew_s * 1000;
}

void store_address(size_t index, char out[16])
{
    unsigned above = (unsigned)(index / 250) % 250, below = (unsigned)(index % 250);
    (void)snprintf(out, 16, "127.77.%u.%u", above, below + 1);
}

void store_set_ssh_port(struct store *store, int port)
{
    store->ssh_port = port;
}

int store_ssh_port(const struct store *store)
{
    return store->ssh_port;
}

// --- sandboxes and time ---

static void enter(struct store_entry *entry, enum store_state state, int64_t at)
{
    struct store_sandbox *sandbox = &entry->sandbox;
    sandbox->state = state;
    sandbox->changed_at = at;
    if (state == STORE_RUNNING) {
        sandbox->launched_at = at;
        sandbox->timeout_at = at + (int64_t)sandbox->timeout_s * 1000;
    } else if (state != STORE_SNAPSHOTTING) {
        sandbox->timeout_at = 0;
    }
}

static const struct {
    enum store_state from, to;
} ends[] = {{STORE_STARTING, STORE_RUNNING},
            {STORE_SNAPSHOTTING, STORE_PAUSED},
            {STORE_UNPAUSING, STORE_RUNNING},
            {STORE_STOPPING, STORE_STOPPED},
            {STORE_DELETING, STORE_DELETED}};

// Brings a sandbox up to the clock.
static void advance(struct store *store, struct store_entry *entry)
{
    int64_t now = store_now(store);
    for (bool moved = true; moved;) {
        struct store_sandbox *sandbox = &entry->sandbox;
        moved = false;
        for (size_t i = 0; i < sizeof ends / sizeof ends[0] && !moved; i++) {
            if (sandbox->state == ends[i].from && now >= sandbox->changed_at + store->options.move_ms) {
                enter(entry, ends[i].to, sandbox->changed_at + store->options.move_ms);
                moved = true;
            }
        }
        if (sandbox->state == STORE_RUNNING && sandbox->timeout_at > 0 && now >= sandbox->timeout_at) {
            enter(entry, sandbox->auto_pause ? STORE_SNAPSHOTTING : STORE_STOPPING, sandbox->timeout_at);
            moved = true;
        }
    }
}

// With the lock held. NULL: not there, or deleted.
struct store_entry *store_entry_of(struct store *store, const char *id)
{
    for (size_t i = 0; i < store->count; i++) {
        struct store_entry *entry = store->entries[i];
        if (strcmp(entry->sandbox.id, id) != 0)
            continue;
        advance(store, entry);
        return entry->sandbox.state == STORE_DELETED ? NULL : entry;
    }
    return NULL;
}

bool store_get(struct store *store, const char *id, struct store_sandbox *out)
{
    (void)pthread_mutex_lock(&store->lock);
    const struct store_entry *entry = store_entry_of(store, id);
    if (entry != NULL)
        *out = entry->sandbox;
    (void)pthread_mutex_unlock(&store->lock);
    return entry != NULL;
}

bool store_at(struct store *store, size_t index, struct store_sandbox *out)
{
    bool there = false;
    (void)pthread_mutex_lock(&store->lock);
    if (index < store->count) {
        advance(store, store->entries[index]);
        *out = store->entries[index]->sandbox;
        there = out->state != STORE_DELETED;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return there;
}

size_t store_count(struct store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    size_t count = store->count;
    (void)pthread_mutex_unlock(&store->lock);
    return count;
}

static enum store_order sort_order;

static int compare(const void *a, const void *b)
{
    const struct store_sandbox *left = *(const struct store_sandbox *const *)a;
    const struct store_sandbox *right = *(const struct store_sandbox *const *)b;
    if (sort_order >= STORE_BY_STATE && left->state != right->state) {
        int order = strcmp(state_names[left->state], state_names[right->state]);
        return sort_order == STORE_BY_STATE ? order : -order;
    }
    bool older = left->created_at != right->created_at ? left->created_at < right->created_at
                                                       : left->index > right->index;
    return older == (sort_order == STORE_OLDEST) ? -1 : 1;
}

size_t store_list(struct store *store, const char *state, enum store_order order, size_t from,
                  struct store_sandbox *out, size_t cap)
{
    size_t total = 0;
    (void)pthread_mutex_lock(&store->lock);
    const struct store_sandbox **all =
        calloc(store->count + 1, sizeof *all); // NOLINT(bugprone-sizeof-expression)
    for (size_t i = 0; all != NULL && i < store->count; i++) {
        const struct store_sandbox *sandbox = &store->entries[i]->sandbox;
        advance(store, store->entries[i]);
        if (sandbox->state != STORE_DELETED &&
            (state == NULL || strcmp(state_names[sandbox->state], state) == 0))
            all[total++] = sandbox;
    }
    sort_order = order; // under the lock
    if (all != NULL)
        qsort(all, total, sizeof *all, compare); // NOLINT(bugprone-sizeof-expression)
    for (size_t i = 0; all != NULL && i < cap && from + i < total; i++)
        out[i] = *all[from + i];
    (void)pthread_mutex_unlock(&store->lock);
    free(all);
    return total;
}

// --- making and moving ---

void store_on_made(struct store *store, void (*made)(void *ctx), void *ctx)
{
    (void)pthread_mutex_lock(&store->lock);
    store->made = made;
    store->made_ctx = ctx;
    (void)pthread_mutex_unlock(&store->lock);
}

// With the lock held. NULL: the limit is reached.
struct store_entry *store_add(struct store *store, const struct store_sandbox *wanted)
{
    if (store->count == STORE_SANDBOXES_MAX)
        return NULL;
    struct store_entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return NULL;
    entry->sandbox = *wanted;
    entry->sandbox.index = store->count;
    store_random_id(store, "sbx-", 10, entry->sandbox.id);
    store->entries[store->count++] = entry;
    return entry;
}

enum store_result store_make(struct store *store, const struct store_sandbox *wanted,
                             struct store_sandbox *out)
{
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_add(store, wanted);
    void (*made)(void *ctx) = store->made;
    void *ctx = store->made_ctx;
    if (entry != NULL) {
        entry->sandbox.created_at = store_now(store);
        enter(entry, STORE_STARTING, entry->sandbox.created_at);
        *out = entry->sandbox;
    }
    (void)pthread_mutex_unlock(&store->lock);
    if (entry != NULL && made != NULL)
        made(ctx);
    return entry != NULL ? STORE_OK : STORE_LIMIT;
}

// One move: from a state in the set (bits) into another.
static enum store_result move(struct store *store, const char *id, unsigned from, enum store_state to,
                              struct store_sandbox *out)
{
    enum store_result result = STORE_NOT_FOUND;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, id);
    if (entry != NULL) {
        result = (from & 1u << entry->sandbox.state) != 0 ? STORE_OK : STORE_CONFLICT;
        if (result == STORE_OK)
            enter(entry, to, store_now(store));
        if (out != NULL)
            *out = entry->sandbox;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

enum store_result store_pause(struct store *store, const char *id, struct store_sandbox *out)
{
    return move(store, id, 1u << STORE_RUNNING, STORE_SNAPSHOTTING, out);
}

enum store_result store_stop(struct store *store, const char *id, struct store_sandbox *out)
{
    return move(store, id, 1u << STORE_RUNNING, STORE_STOPPING, out);
}

enum store_result store_start(struct store *store, const char *id, struct store_sandbox *out)
{
    return move(store, id, 1u << STORE_STOPPED, STORE_STARTING, out);
}

enum store_result store_remove(struct store *store, const char *id)
{
    return move(store, id, 1u << STORE_RUNNING | 1u << STORE_PAUSED | 1u << STORE_STOPPED, STORE_DELETING,
                NULL);
}

bool store_ssh_wake(struct store *store, const char *sandbox)
{
    bool runs = false;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    if (entry != NULL && entry->sandbox.state == STORE_PAUSED && store->options.wake_on_ssh)
        enter(entry, STORE_UNPAUSING, store_now(store));
    if (entry != NULL)
        runs = entry->sandbox.state == STORE_RUNNING || entry->sandbox.state == STORE_UNPAUSING;
    (void)pthread_mutex_unlock(&store->lock);
    return runs;
}

// --- faults and the rate limit ---

int store_fault(struct store *store, const char *call)
{
    int result = -1;
    (void)pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < store->options.fault_count && result < 0; i++) {
        struct fault *fault = &store->options.faults[i];
        if (fault->left == 0 || strcmp(fault->call, call) != 0)
            continue;
        if (fault->left > 0)
            fault->left--;
        result = fault->status;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

// A window of 60 s that begins with its first request.
int store_rate(struct store *store)
{
    int wait = 0;
    int64_t now = wall_ms();
    (void)pthread_mutex_lock(&store->lock);
    if (now - store->window_at >= 60000) {
        store->window_at = now;
        store->window_count = 0;
    }
    if (store->window_count >= store->options.rate_limit)
        wait = (int)((store->window_at + 60000 - now + 999) / 1000);
    else
        store->window_count++;
    (void)pthread_mutex_unlock(&store->lock);
    return wait;
}

// --- the whole ---

struct store *store_new(const struct options *options)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return NULL;
    (void)pthread_mutex_init(&store->lock, NULL);
    store->options = *options;
    store->random = options->seed;
    store_fill(store);
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->count; i++) {
        sodium_memzero(store->entries[i], sizeof *store->entries[i]);
        free(store->entries[i]);
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}
