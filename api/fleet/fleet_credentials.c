// SPDX-License-Identifier: Apache-2.0
//
// fleet_credentials: Keep each row's credentials, newest first, and find them by their row in the vault. A
// row is also kept, hidden, for a sandbox of which there is nothing but credentials that are of no use.

#include "api/fleet/fleet_private.h"

#include <stdlib.h>
#include <string.h>

// --- finding ---

static uint64_t hash_of(int64_t vault_row)
{
    return keyed_hash(&vault_row, sizeof vault_row);
}

static struct credential *credential_in(const struct row *row, int64_t vault_row)
{
    for (size_t i = 0; i < row->face.credential_count; i++)
        if (row->face.credentials[i].vault_row == vault_row)
            return &row->face.credentials[i];
    return NULL;
}

static bool has_credential(const void *ctx, uint32_t slot, const void *key)
{
    const struct fleet *fleet = ctx;
    return credential_in(fleet->rows[slot], *(const int64_t *)key) != NULL;
}

// The row that has it; NULL: none.
static struct row *holder_of(const struct fleet *fleet, int64_t vault_row)
{
    uint32_t slot =
        hash_index_find(&fleet->by_vault_row, hash_of(vault_row), has_credential, fleet, &vault_row);
    return slot != HASH_INDEX_NONE ? fleet->rows[slot] : NULL;
}

// --- the rows that have any ---

static void join_holders(struct fleet *fleet, struct row *row)
{
    if (row->with_credentials != NO_SLOT)
        return;
    row->with_credentials = (uint32_t)fleet->with_credential_count;
    fleet->with_credentials[fleet->with_credential_count++] = row->face.slot;
}

static void leave_holders(struct fleet *fleet, struct row *row)
{
    uint32_t last = fleet->with_credentials[--fleet->with_credential_count];
    fleet->with_credentials[row->with_credentials] = last;
    fleet->rows[last]->with_credentials = row->with_credentials;
    row->with_credentials = NO_SLOT;
}

const struct fleet_row *fleet_with_credentials(const struct fleet *fleet, size_t *at)
{
    while (*at < fleet->with_credential_count) {
        const struct row *row = fleet->rows[fleet->with_credentials[(*at)++]];
        if (row->place != ROW_HIDDEN)
            return &row->face;
    }
    return NULL;
}

// --- changing ---

static bool is_newer(const struct credential *a, const struct credential *b)
{
    return a->created_at != b->created_at ? a->created_at > b->created_at : a->vault_row > b->vault_row;
}

// Among the row's, which have room for it.
static void insert(struct row *row, const struct credential *credential)
{
    struct credential *list = row->face.credentials;
    size_t at = row->face.credential_count++;
    for (; at > 0 && is_newer(credential, &list[at - 1]); at--)
        list[at] = list[at - 1];
    list[at] = *credential;
}

static void take_out(struct row *row, struct credential *one)
{
    size_t index = (size_t)(one - row->face.credentials);
    row->face.credential_count--;
    memmove(one, one + 1, (row->face.credential_count - index) * sizeof *one);
}

static void row_changed(struct fleet *fleet, struct row *row)
{
    row_touch(fleet, row);
    if (row->place != ROW_LISTED)
        row_settle(fleet, row);
}

static void drop(struct fleet *fleet, struct row *row, struct credential *one)
{
    hash_index_remove(&fleet->by_vault_row, hash_of(one->vault_row), row->face.slot);
    take_out(row, one);
    if (row->face.credential_count == 0) {
        row_free_credentials(row);
        leave_holders(fleet, row);
    }
    row_changed(fleet, row);
}

static enum status add(struct fleet *fleet, const struct credential *credential)
{
    struct row *row = row_find(fleet, credential->sandbox_id);
    if (row == NULL)
        row = row_add(fleet, credential->sandbox_id);
    if (row == NULL)
        return STATUS_NO_MEMORY;
    struct credential *grown =
        reallocarray(row->face.credentials, row->face.credential_count + 1, sizeof *grown);
    if (grown != NULL)
        row->face.credentials = grown;
    if (grown == NULL ||
        !hash_index_add(&fleet->by_vault_row, hash_of(credential->vault_row), row->face.slot)) {
        if (row->place != ROW_LISTED)
            row_settle(fleet, row);
        return STATUS_NO_MEMORY;
    }
    insert(row, credential);
    join_holders(fleet, row);
    row_changed(fleet, row);
    return STATUS_OK;
}

static enum status put(struct fleet *fleet, const struct credential *credential)
{
    struct row *row = holder_of(fleet, credential->vault_row);
    struct credential *one = row != NULL ? credential_in(row, credential->vault_row) : NULL;
    if (one == NULL)
        return add(fleet, credential);
    if (strcmp(row->id, credential->sandbox_id) != 0) {
        drop(fleet, row, one);
        return add(fleet, credential);
    }
    struct credential given = *credential;
    given.sandbox_gone = one->sandbox_gone; // which follows from the row
    // A difference in the padding makes one change too many. NOLINTNEXTLINE(*-memory-comparison,cert-*)
    if (memcmp(one, &given, sizeof *one) == 0)
        return STATUS_OK;
    take_out(row, one);
    insert(row, &given);
    row_changed(fleet, row);
    return STATUS_OK;
}

// --- for api/service ---

enum status fleet_take_credential(struct fleet *fleet, const struct credential *credential)
{
    return put(fleet, credential);
}

// What only this run knows of it is kept.
static void keep_run(struct credential *one, const struct credential *before)
{
    one->busy = before->busy;
    one->asked = before->asked;
    // The vault does not keep what was not understood.
    if (strcmp(before->id, one->id) == 0 && before->updated_at == one->updated_at)
        one->unparsed = before->unparsed;
}

static bool is_of(const void *ctx, uint32_t number, const void *key)
{
    const struct credential *list = ctx;
    return list[number].vault_row == *(const int64_t *)key;
}

// Those that are not in the list any more. Backwards, for the last row takes the place of one that leaves.
static void drop_others(struct fleet *fleet, const struct hash_index *given, const struct credential *list)
{
    for (size_t i = fleet->with_credential_count; i-- > 0;) {
        struct row *row = fleet->rows[fleet->with_credentials[i]];
        for (size_t c = row->face.credential_count; c-- > 0;) {
            struct credential *one = &row->face.credentials[c];
            const int64_t vault_row = one->vault_row;
            if (hash_index_find(given, hash_of(vault_row), is_of, list, &vault_row) == HASH_INDEX_NONE)
                drop(fleet, row, one); // with its last one the row may go
        }
    }
}

enum status fleet_take_credentials(struct fleet *fleet, const struct credential *credentials, size_t count)
{
    struct hash_index given = {0};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        if (!hash_index_add(&given, hash_of(credentials[i].vault_row), (uint32_t)i))
            status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        drop_others(fleet, &given, credentials);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        struct credential one = credentials[i];
        const struct row *row = holder_of(fleet, one.vault_row);
        if (row != NULL)
            keep_run(&one, credential_in(row, one.vault_row));
        status = put(fleet, &one);
    }
    hash_index_free(&given);
    return status;
}

void fleet_drop_credential(struct fleet *fleet, int64_t vault_row)
{
    struct row *row = holder_of(fleet, vault_row);
    if (row != NULL)
        drop(fleet, row, credential_in(row, vault_row));
}

void fleet_set_credential_busy(struct fleet *fleet, int64_t vault_row, const char *verb)
{
    struct row *row = holder_of(fleet, vault_row);
    struct credential *one = row != NULL ? credential_in(row, vault_row) : NULL;
    if (one == NULL || one->busy == verb)
        return;
    one->busy = verb;
    row_touch(fleet, row);
}

void fleet_set_credential_asked(struct fleet *fleet, int64_t vault_row, int64_t asked)
{
    struct row *row = holder_of(fleet, vault_row);
    struct credential *one = row != NULL ? credential_in(row, vault_row) : NULL;
    if (one == NULL)
        return;
    one->asked = asked;
    row_touch(fleet, row);
}
