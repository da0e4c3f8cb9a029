// SPDX-License-Identifier: Apache-2.0
//
// vault: Opens the vault, lists what is in it, and keeps what a call brings. Every change is one transaction,
// on disk when the call returns.

#include "api/vault/vault_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char keeping[] = "keeping the credential";

// --- opening ---

void vault_close(struct vault *vault)
{
    if (vault == NULL)
        return;
    (void)sqlite3_close(vault->db);
    if (vault->reserve_fd >= 0)
        (void)close(vault->reserve_fd);
    vault_seal_end(&vault->seal);
    free(vault->path);
    free(vault->base_url);
    free(vault);
}

enum status vault_open(const char *folder, const char *base_url, const struct secret *api_key,
                       struct vault **out, struct failure *why)
{
    struct vault *vault = calloc(1, sizeof *vault);
    *out = NULL;
    if (vault == NULL || (vault->base_url = strdup(base_url)) == NULL) {
        free(vault);
        return fail(why, STATUS_NO_MEMORY, "no memory for the vault");
    }
    vault->reserve_fd = -1;
    for (size_t length = strlen(vault->base_url); length > 0 && vault->base_url[length - 1] == '/'; length--)
        vault->base_url[length - 1] = '\0';
    enum status status = vault_db_open(folder, vault, why);
    if (status == STATUS_OK)
        status = vault_seal_begin(&vault->seal, vault->salt, api_key, why);
    if (status != STATUS_OK) {
        vault_close(vault);
        return status;
    }
    *out = vault;
    return STATUS_OK;
}

// --- what is in it ---

// One that does not open is known before anybody wants to use it.
static void read_item(struct vault *vault, sqlite3_stmt *row, void *item)
{
    struct credential *credential = item;
    size_t length = 0;
    vault_row_read(vault, row, credential);
    if (!credential->has_password || credential->sealed_elsewhere)
        return;
    const unsigned char *sealed = vault_row_sealed(row, &length);
    enum vault_seal_state state = vault_seal_check(&vault->seal, vault->base_url, credential, sealed, length);
    credential->damaged = state == VAULT_SEAL_BROKEN;
    vault->has_old_seals = vault->has_old_seals || state == VAULT_SEAL_OLD;
}

enum status vault_list(struct vault *vault, struct credential **list, size_t *count, struct failure *why)
{
    void *items = NULL;
    sqlite3_stmt *statement = vault_sql(vault,
                                        "SELECT " VAULT_ROW_COLUMNS " FROM credential WHERE base_url = ?"
                                        " ORDER BY sandbox_id, created_at, row",
                                        SQL_WITH(SQL_T(vault->base_url)));
    vault->has_old_seals = false;
    enum status status = vault_sql_list(vault, statement, "reading the vault", "the credentials of the vault",
                                        sizeof **list, read_item, &items, count, why);
    *list = items;
    if (status == STATUS_OK && vault->has_old_seals)
        vault_seal_old_anew(vault);
    return status;
}

// --- the outcome of a call ---

static int64_t given_at(const struct access *access)
{
    return access->updated_at > 0 ? access->updated_at : access->created_at;
}

static enum status replaced_since(const struct access *access, struct failure *why)
{
    return advise(why, fail(why, STATUS_CONFLICT, "%s: another program has replaced it", access->sandbox_id),
                  "its credential is kept: sbxdeck access ls %s", access->sandbox_id);
}

// Several programs may regenerate one credential at once, and their answers get here in any order.
static enum status come_between(struct vault *vault, int64_t row, int64_t content,
                                const struct access *access, bool *same_time, struct failure *why)
{
    int64_t now = 0, updated_at = 0;
    enum status status = vault_row_content(vault, row, &now, &updated_at, why);
    *same_time = false;
    if (status != STATUS_OK || now == content || now == 0)
        return status;
    if (updated_at > given_at(access))
        return replaced_since(access, why);
    *same_time = updated_at == given_at(access);
    return STATUS_OK;
}

// The intent may have been taken out by a program that gave it up: what the server has made is kept all the
// same. What it has ended since is not.
static enum status keep_anew(struct vault *vault, int64_t row, const struct access *access,
                             struct failure *why)
{
    int64_t ended = vault_ended_until(vault, row);
    if (ended > given_at(access))
        return replaced_since(access, why);
    enum status status = vault_intend(vault, access->sandbox_id, access->created_at, row, why);
    if (status == STATUS_OK)
        status = vault_row_write(vault, row, access, why);
    if (status == STATUS_OK && ended == given_at(access))
        status = vault_set_verdict(vault, row, NULL, VERDICT_UNVERIFIED, 0, why);
    return status;
}

static enum status keep_inside(struct vault *vault, int64_t row, int64_t content, const struct access *access,
                               int64_t *answer, struct failure *why)
{
    bool same_time = false;
    enum status status = come_between(vault, row, content, access, &same_time, why);
    if (status == STATUS_OK && same_time)
        return vault_answer_add(vault, row, access, answer, why);
    if (status == STATUS_OK)
        status = vault_row_write(vault, row, access, why);
    return status == STATUS_NOT_FOUND ? keep_anew(vault, row, access, why) : status;
}

enum status vault_keep(struct vault *vault, int64_t row, int64_t content, const struct access *access,
                       int64_t *answer, struct failure *why)
{
    *answer = 0;
    enum status status = vault_begin(vault, keeping, why);
    if (status != STATUS_OK)
        return status;
    status = keep_inside(vault, row, content, access, answer, why);
    return vault_end(vault, status, keeping, why);
}
