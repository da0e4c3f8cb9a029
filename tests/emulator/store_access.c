// SPDX-License-Identifier: Apache-2.0
//
// store_access: Keep the credentials of the emulated service, and decide who may sign in.

#include "tests/emulator/store_private.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct store_held *held_of(struct store_entry *entry, bool single, const char *id)
{
    // With one a sandbox it needs no name: it is the newest.
    if (single && id == NULL)
        return entry->held_count > 0 ? &entry->held[entry->held_count - 1] : NULL;
    for (size_t i = 0; i < entry->held_count; i++)
        if (id != NULL && strcmp(entry->held[i].credential.id, id) == 0)
            return &entry->held[i];
    return NULL;
}

static void drop(struct store_entry *entry, struct store_held *held)
{
    size_t after = entry->held_count - (size_t)(held - entry->held) - 1;
    memmove(held, held + 1, after * sizeof *held);
    entry->held_count--;
    sodium_memzero(&entry->held[entry->held_count], sizeof *held);
}

static void renew(struct store *store, struct store_held *held)
{
    unsigned char random[24];
    int64_t now = store_now(store);
    if (store->options.whole_seconds)
        now -= now % 1000;
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(held->credential.password, sizeof held->credential.password, random, sizeof random);
    held->credential.updated_at = now;
    held->credential.expires_at = now + (int64_t)store->options.ttl_s * 1000;
    held->serial = ++store->serial;
}

// Before anybody is answered: a test compares what it says with what was kept. credential NULL: it is
// deleted.
static void enter_ledger(const struct store *store, const char *sandbox, const char *id,
                         const struct store_credential *credential)
{
    if (store->options.ledger[0] == '\0')
        return;
    FILE *file = fopen(store->options.ledger, "a");
    if (file == NULL)
        return;
    (void)fprintf(file, "%s %s %s\n", sandbox, id, credential != NULL ? credential->password : "-");
    (void)fclose(file);
}

static bool may_have_access(enum store_state state)
{
    return state != STORE_DELETING && state != STORE_DELETED;
}

// Room for one more; most sandboxes never have a credential.
static bool has_room(struct store_entry *entry)
{
    if (entry->held == NULL)
        entry->held = calloc(STORE_CREDENTIALS_MAX, sizeof *entry->held);
    return entry->held != NULL;
}

enum store_result store_access_create(struct store *store, const char *sandbox, bool single,
                                      struct store_credential *out)
{
    enum store_result result = STORE_NOT_FOUND;
    bool must_reach = false;
    size_t index = 0;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    if (entry != NULL && (!may_have_access(entry->sandbox.state) || (single && entry->held_count > 0)))
        result = STORE_CONFLICT;
    else if (entry != NULL && entry->held_count == STORE_CREDENTIALS_MAX)
        result = STORE_LIMIT;
    else if (entry != NULL && has_room(entry)) {
        struct store_held *held = &entry->held[entry->held_count++];
        store_random_id(store, "ssh-", 16, held->credential.id);
        renew(store, held);
        held->credential.created_at = held->credential.updated_at;
        enter_ledger(store, sandbox, held->credential.id, &held->credential);
        *out = held->credential;
        result = STORE_OK;
        must_reach = store_must_reach(entry);
        index = entry->sandbox.index;
    }
    (void)pthread_mutex_unlock(&store->lock);
    if (must_reach)
        store_reach(store, index);
    return result;
}

static bool opens(const struct store *store, const struct store_held *held, const char *password)
{
    char given[STORE_PASSWORD_CAP];
    memset(given, 0, sizeof given);
    (void)snprintf(given, sizeof given, "%s", password);
    bool same = sodium_memcmp(given, held->credential.password, sizeof given) == 0 &&
                strlen(password) < STORE_PASSWORD_CAP;
    sodium_memzero(given, sizeof given);
    return same && store_now(store) < held->credential.expires_at;
}

enum store_result store_access_validate(struct store *store, const char *sandbox, bool single, const char *id,
                                        const char *password, bool *valid)
{
    enum store_result result = STORE_NOT_FOUND;
    *valid = false;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    const struct store_held *held = entry != NULL ? held_of(entry, false, id) : NULL;
    if (held != NULL)
        *valid = opens(store, held, password);
    // By the sandbox, a wrong id is no more than not valid.
    if (entry != NULL && (held != NULL || (single && entry->held_count > 0)))
        result = STORE_OK;
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

enum store_result store_access_regen(struct store *store, const char *sandbox, bool single, const char *id,
                                     struct store_credential *out)
{
    enum store_result result = STORE_NOT_FOUND;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    struct store_held *held = entry != NULL ? held_of(entry, single, id) : NULL;
    if (held != NULL) {
        if (single)
            store_random_id(store, "ssh-", 16, held->credential.id);
        renew(store, held);
        enter_ledger(store, sandbox, held->credential.id, &held->credential);
        *out = held->credential;
        result = STORE_OK;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

enum store_result store_access_delete(struct store *store, const char *sandbox, bool single, const char *id)
{
    enum store_result result = STORE_NOT_FOUND;
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    struct store_held *held = entry != NULL ? held_of(entry, single, id) : NULL;
    if (held != NULL) {
        enter_ledger(store, sandbox, held->credential.id, NULL);
        drop(entry, held);
        result = STORE_OK;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return result;
}

bool store_ssh_admit(struct store *store, const char *sandbox, const char *user, const char *password)
{
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    const struct store_held *held =
        entry != NULL && entry->sandbox.state == STORE_RUNNING ? held_of(entry, false, user) : NULL;
    bool admitted = held != NULL && opens(store, held, password);
    (void)pthread_mutex_unlock(&store->lock);
    return admitted;
}

uint64_t store_ssh_serial(struct store *store, const char *sandbox, const char *user)
{
    (void)pthread_mutex_lock(&store->lock);
    struct store_entry *entry = store_entry_of(store, sandbox);
    const struct store_held *held = entry != NULL ? held_of(entry, false, user) : NULL;
    uint64_t serial = held != NULL && store_now(store) < held->credential.expires_at ? held->serial : 0;
    (void)pthread_mutex_unlock(&store->lock);
    return serial;
}

bool store_ssh_is_live(struct store *store, const char *sandbox, const char *user, uint64_t serial)
{
    return serial != 0 && store_ssh_serial(store, sandbox, user) == serial;
}
