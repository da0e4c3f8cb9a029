// SPDX-License-Identifier: Apache-2.0
//
// store: Keep the sandboxes of the emulated service. States move when they are read: each read brings the
// sandbox up to the clock, so that no timer is needed and every reader sees the same.

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
    unsigned block = (unsigned)(index / 62500) % 100;
    unsigned above = (unsigned)(index / 250) % 250, below = (unsigned)(index % 250);
    (void)snprintf(out, 16, "127.%u.%u.%u", 77 + block, above, below + 1);
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

static int64_t due_at(const struct store *store, const struct store_sandbox *sandbox)
{
    if (sandbox->state == STORE_RUNNING)
        return sandbox->timeout_at > 0 ? sandbox->timeout_at : INT64_MAX;
    if (sandbox->state == STORE_PAUSED || sandbox->state == STORE_STOPPED || sandbox->state == STORE_DELETED)
        return INT64_MAX;
    return sandbox->changed_at + store->options.move_ms;
}

static void take_out(struct store *store, const struct store_entry *entry)
{
    size_t at = 0;
    while (store->by_age[at] != entry)
        at++;
    store->alive--;
    memmove(&store->by_age[at], &store->by_age[at + 1], (store->alive - at) * sizeof(void *));
}

void store_enter(struct store *store, struct store_entry *entry, enum store_state state, int64_t at)
{
    struct store_sandbox *sandbox = &entry->sandbox;
    store->in_state[sandbox->state]--;
    store->in_state[state]++;
    if (state == STORE_DELETED)
        take_out(store, entry);
    sandbox->state = state;
    sandbox->changed_at = at;
    if (state == STORE_RUNNING) {
        sandbox->launched_at = at;
        sandbox->timeout_at = at + (int64_t)sandbox->timeout_s * 1000;
    } else if (state != STORE_SNAPSHOTTING) {
        sandbox->timeout_at = 0;
    }
    int64_t due = due_at(store, sandbox);
    store->due_at = due < store->due_at ? due : store->due_at;
}

static const struct {
    enum store_state from, to;
} ends[] = {{STORE_STARTING, STORE_RUNNING},
            {STORE_SNAPSHOTTING, STORE_PAUSED},
            {STORE_UNPAUSING, STORE_RUNNING},
            {STORE_STOPPING, STORE_STOPPED},
            {STORE_DELETING, STORE_DELETED}};

// Brings a sandbox up to the clock.
static void advance(struct store *store, struct store_entry *entry, int64_t now)
{
    for (bool moved = true; moved;) {
        struct store_sandbox *sandbox = &entry->sandbox;
        moved = false;
        for (size_t i = 0; i < sizeof ends / sizeof ends[0] && !moved; i++) {
            if (sandbox->state == ends[i].from && now >= sandbox->changed_at + store->options.move_ms) {
                store_enter(store, entry, ends[i].to, sandbox->changed_at + store->options.move_ms);
                moved = true;
            }
        }
        if (sandbox->state == STORE_RUNNING && sandbox->timeout_at > 0 && now >= sandbox->timeout_at) {
            store_enter(store, entry, sandbox->auto_pause ? STORE_SNAPSHOTTING : STORE_STOPPING,
                        sandbox->timeout_at);
            moved = true;
        }
    }
}

// Brings all of them up to the clock, where one of them is due.
static void advance_all(struct store *store)
{
    int64_t now = store_now(store), due = INT64_MAX;
    store_churn(store, now);
    if (now < store->due_at)
        return;
    for (size_t i = 0; i < store->count; i++) {
        advance(store, store->entries[i], now);
        int64_t at = due_at(store, &store->entries[i]->sandbox);
        due = at < due ? at : due;
    }
    store->due_at = due;
}

// The bucket of that id, or the free one where it belongs. There are always free ones.
static uint32_t *bucket_of(struct store *store, const char *id)
{
    uint32_t hash = 2166136261u;
    for (const char *at = id; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    for (;; hash++) {
        uint32_t *bucket = &store->buckets[hash % STORE_BUCKETS];
        if (*bucket == 0 || strcmp(store->entries[*bucket - 1]->sandbox.id, id) == 0)
            return bucket;
    }
}

// With the lock held. NULL: not there, or deleted.
struct store_entry *store_entry_of(struct store *store, const char *id)
{
    uint32_t *bucket = bucket_of(store, id);
    if (*bucket == 0)
        return NULL;
    struct store_entry *entry = store->entries[*bucket - 1];
    store_churn(store, store_now(store));
    advance(store, entry, store_now(store));
    return entry->sandbox.state == STORE_DELETED ? NULL : entry;
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
        advance(store, store->entries[index], store_now(store));
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

// Where the entries of a page come to.
struct page {
    size_t from, cap, total;
    struct store_sandbox *out;
};

// Those in a state (STORE_DELETED: in any), by age.
static void collect(struct store *store, enum store_state state, bool oldest_first, struct page *page)
{
    bool any = state == STORE_DELETED;
    size_t number = page->total, end = page->from + page->cap;
    page->total += any ? store->alive : store->in_state[state];
    size_t first = any && page->from > number ? page->from - number : 0; // each is one: no need to count
    number += first;
    for (size_t i = first; i < store->alive && number < end && page->from < page->total; i++) {
        const struct store_sandbox *sandbox =
            &store->by_age[oldest_first ? i : store->alive - 1 - i]->sandbox;
        if (!any && sandbox->state != state)
            continue;
        if (number >= page->from)
            page->out[number - page->from] = *sandbox;
        number++;
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(state_names[*(const int *)a], state_names[*(const int *)b]);
}

size_t store_list(struct store *store, const char *state, enum store_order order, size_t from,
                  struct store_sandbox *out, size_t cap)
{
    struct page page = {.from = from, .cap = cap, .out = out};
    int states[STORE_DELETED];
    bool by_state = order == STORE_BY_STATE || order == STORE_BY_STATE_DESC;
    for (int i = 0; i < STORE_DELETED; i++)
        states[i] = i;
    qsort(states, STORE_DELETED, sizeof states[0], compare_names);
    (void)pthread_mutex_lock(&store->lock);
    advance_all(store);
    for (int i = 0; i < STORE_DELETED && (by_state || state != NULL); i++) {
        int which = states[order == STORE_BY_STATE_DESC ? STORE_DELETED - 1 - i : i];
        if (state == NULL || strcmp(state_names[which], state) == 0)
            collect(store, (enum store_state)which, order == STORE_OLDEST, &page);
    }
    if (!by_state && state == NULL)
        collect(store, STORE_DELETED, order == STORE_OLDEST, &page);
    (void)pthread_mutex_unlock(&store->lock);
    return page.total;
}

// --- making and moving ---

void store_on_reached(struct store *store, void (*reached)(void *ctx, size_t index), void *ctx)
{
    (void)pthread_mutex_lock(&store->lock);
    store->reached = reached;
    store->reached_ctx = ctx;
    (void)pthread_mutex_unlock(&store->lock);
}

bool store_must_reach(struct store_entry *entry)
{
    bool must = !entry->reached;
    entry->reached = true;
    return must;
}

void store_reach(struct store *store, size_t index)
{
    (void)pthread_mutex_lock(&store->lock);
    void (*reached)(void *ctx, size_t index_) = store->reached;
    void *ctx = store->reached_ctx;
    (void)pthread_mutex_unlock(&store->lock);
    if (reached != NULL)
        reached(ctx, index);
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
    do
        store_random_id(store, "sbx-", 10, entry->sandbox.id);
    while (*bucket_of(store, entry->sandbox.id) != 0);
    store->entries[store->count++] = entry;
    store->in_state[entry->sandbox.state]++;
    *bucket_of(store, entry->sandbox.id) = (uint32_t)store->count;
    return entry;
}

// Into its place by age: nearly always the end.
static void place(struct store *store, struct store_entry *entry)
{
    size_t at = store->alive++;
    for (; at > 0 && store->by_age[at - 1]->sandbox.created_at > entry->sandbox.created_at; at--)
        store->by_age[at] = store->by_age[at - 1];
    store->by_age[at] = entry;
}

enum store_result store_make(struct store *store, const struct store_sandbox *wanted,
                             struct store_sandbox *out)
{
    bool must_reach = false;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_add(store, wanted);
    if (entry != NULL) {
        entry->sandbox.created_at = store_now(store);
        place(store, entry);
        store_enter(store, entry, STORE_STARTING, entry->sandbox.created_at);
        *out = entry->sandbox;
        must_reach = entry->sandbox.index < STORE_REACHED_AT_START && store_must_reach(entry);
    }
    (void)pthread_mutex_unlock(&store->lock);
    if (must_reach)
        store_reach(store, out->index);
    if (entry != NULL)
        return STORE_OK;
    free((char *)wanted->network_policy);
    free((char *)wanted->mounts);
    return STORE_LIMIT;
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
            store_enter(store, entry, to, store_now(store));
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

enum store_result store_wake(struct store *store, const char *id, struct store_sandbox *out)
{
    enum store_result result = STORE_NOT_FOUND;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, id);
    if (entry != NULL) {
        if (entry->sandbox.state == STORE_PAUSED)
            store_enter(store, entry, STORE_UNPAUSING, store_now(store));
        *out = entry->sandbox;
        result = out->state == STORE_RUNNING || out->state == STORE_UNPAUSING ? STORE_OK : STORE_CONFLICT;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

bool store_ssh_wake(struct store *store, const char *sandbox)
{
    bool runs = false;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    if (entry != NULL && entry->sandbox.state == STORE_PAUSED && store->options.wake_on_ssh)
        store_enter(store, entry, STORE_UNPAUSING, store_now(store));
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

struct requests *store_requests(struct store *store)
{
    return store->requests;
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

static int compare_ages(const void *a, const void *b)
{
    const struct store_sandbox *left = &(*(struct store_entry *const *)a)->sandbox;
    const struct store_sandbox *right = &(*(struct store_entry *const *)b)->sandbox;
    if (left->created_at != right->created_at)
        return left->created_at < right->created_at ? -1 : 1;
    return left->index > right->index ? -1 : 1;
}

struct store *store_new(const struct options *options)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return NULL;
    (void)pthread_mutex_init(&store->lock, NULL);
    store->options = *options;
    store->random = options->seed;
    store->requests = requests_new();
    if (store->requests == NULL) {
        store_free(store);
        return NULL;
    }
    store_fill(store);
    store->churned_at = store_now(store);
    store->alive = store->count;
    memcpy(store->by_age, store->entries, store->count * sizeof(void *));
    qsort(store->by_age, store->count, sizeof(void *), compare_ages);
    advance_all(store); // so that the first list is as quick as the others
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->count; i++) {
        struct store_entry *entry = store->entries[i];
        if (entry->held != NULL)
            sodium_memzero(entry->held, STORE_CREDENTIALS_MAX * sizeof *entry->held);
        free(entry->held);
        free((char *)entry->sandbox.network_policy);
        free((char *)entry->sandbox.mounts);
        free(entry);
    }
    requests_free(store->requests);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}
