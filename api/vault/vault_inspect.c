// SPDX-License-Identifier: Apache-2.0
//
// vault_inspect: Open a vault for reading alone. Where no log lies beside it the file is read as one that
// nobody changes, so that SQLite makes nothing beside it either.

#include "api/vault/vault_inspect.h"

#include "api/base/private_path.h"
#include "api/vault/vault_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_ROOM = 64, BUSY_MS = 2000 };

// Of the nearest folder above it that is there.
static void measure_room(const char *folder, struct vault_report *out)
{
    char *path = strdup(folder);
    struct statvfs facts;
    while (path != NULL && path[0] != '\0' && !out->has_room) {
        out->has_room = statvfs(path, &facts) == 0;
        if (out->has_room)
            out->room = (uint64_t)facts.f_bavail * facts.f_frsize;
        char *slash = strrchr(path, '/');
        if (slash == NULL || strcmp(path, "/") == 0)
            break;
        slash[slash == path ? 1 : 0] = '\0';
    }
    free(path);
}

static enum status look(const char *path, bool folder, bool *there, struct failure *why)
{
    struct stat facts;
    *there = lstat(path, &facts) == 0;
    if (!*there && (errno == ENOENT || errno == ENOTDIR))
        return STATUS_OK;
    if (!*there)
        return fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(errno));
    enum status status = private_check(path, &facts, folder, why);
    if (status == STATUS_OK && access(path, folder ? R_OK | W_OK | X_OK : R_OK | W_OK) != 0)
        status = fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(errno));
    return status;
}

static bool has_log(const char *path)
{
    struct stat facts;
    char *log = NULL;
    bool has = asprintf(&log, "%s-wal", path) >= 0 && lstat(log, &facts) == 0 && facts.st_size > 0;
    free(log);
    return has;
}

static enum status open_database(struct vault *vault, struct failure *why)
{
    char *uri = vault_db_uri(vault->path, has_log(vault->path) ? "mode=ro" : "immutable=1");
    if (uri == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the vault");
    int result = sqlite3_open_v2(
        uri, &vault->db,
        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX, NULL);
    free(uri);
    (void)sqlite3_busy_timeout(vault->db, BUSY_MS);
    return result == SQLITE_OK ? STATUS_OK : vault_db_failure(vault, "reading the vault", why);
}

static enum status check_form(const struct vault *vault, struct vault_report *out, struct failure *why)
{
    sqlite3_stmt *check = vault_sql(vault, "PRAGMA quick_check(1)", NULL, 0);
    bool asked = check != NULL && sqlite3_step(check) == SQLITE_ROW;
    const char *said = asked ? (const char *)sqlite3_column_text(check, 0) : NULL;
    bool whole = said != NULL && strcmp(said, "ok") == 0;
    enum status status = asked ? STATUS_OK : vault_db_failure(vault, "reading the vault", why);
    (void)sqlite3_finalize(check);
    if (status == STATUS_OK && !whole)
        status = advise(why, fail(why, STATUS_STORE_FAILED, "%s is damaged", vault->path),
                        "move it away; a backup of it can take its place");
    if (status != STATUS_OK)
        return status;
    out->form = (int)vault_sql_number(vault, "PRAGMA user_version", NULL, 0);
    int64_t ours = vault_sql_number(
        vault, "SELECT count(*) FROM sqlite_schema WHERE name IN ('vault', 'credential')", NULL, 0);
    if (out->form < 1 || ours != 2)
        return advise(why, fail(why, STATUS_STORE_FAILED, "%s is not a vault", vault->path), "move it away");
    if (out->form > out->known)
        return advise(
            why,
            fail(why, STATUS_STORE_FAILED,
                 "the vault %s was made by a later version: its format is %d, this program knows %d",
                 vault->path, out->form, out->known),
            "update sbxdeck");
    return STATUS_OK;
}

// Each row is of the server that stands in it.
static void judge_row(struct vault *vault, sqlite3_stmt *row, bool has_key, struct vault_report *out)
{
    struct credential credential;
    size_t length = 0;
    memset(&credential, 0, sizeof credential);
    vault_row_read(vault, row, &credential);
    out->credentials++;
    if (!has_key || !credential.has_password)
        return;
    const unsigned char *sealed = vault_row_sealed(row, &length);
    if (credential.sealed_elsewhere)
        out->sealed_elsewhere++;
    else if (vault_seal_check(&vault->seal, vault_row_base_url(row), &credential, sealed, length) ==
             VAULT_SEAL_BROKEN)
        out->damaged++;
    else
        out->sealed_here++;
}

static enum status judge_rows(struct vault *vault, const struct secret *api_key, struct vault_report *out,
                              struct failure *why)
{
    enum status status = vault_db_salt(vault, why);
    if (status == STATUS_OK && api_key != NULL)
        status = vault_seal_begin(&vault->seal, vault->salt, api_key, why);
    if (status != STATUS_OK)
        return status;
    sqlite3_stmt *rows = vault_sql(vault, "SELECT " VAULT_ROW_COLUMNS " FROM credential", NULL, 0);
    int result = rows != NULL ? sqlite3_step(rows) : SQLITE_ERROR;
    for (; result == SQLITE_ROW; result = sqlite3_step(rows))
        judge_row(vault, rows, api_key != NULL, out);
    if (result != SQLITE_DONE)
        status = vault_db_failure(vault, "reading the vault", why);
    (void)sqlite3_finalize(rows);
    return status;
}

// Whether a credential could be stored: in the folder, or in what it would be made in.
static enum status check_writable(const char *folder, struct failure *why)
{
    enum status status = STATUS_OK;
    struct stat facts;
    char *path = strdup(folder), *slash = NULL;
    if (path == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the vault");
    while (stat(path, &facts) != 0 && (errno == ENOENT || errno == ENOTDIR) &&
           (slash = strrchr(path, '/')) != NULL && slash > path)
        *slash = '\0';
    if (slash == path)
        path[1] = '\0';
    if (stat(path, &facts) == 0 && !S_ISDIR(facts.st_mode))
        status = fail(why, STATUS_STORE_FAILED, "can't store anything: %.300s is not a folder", path);
    else if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0)
        status = fail(why, STATUS_STORE_FAILED, "can't store anything: can't write in %.300s: %s", path,
                      strerror(errno));
    if (status != STATUS_OK)
        (void)advise(why, status,
                     "check the disk and your permissions, or set SBXDECK_STATE to another folder");
    free(path);
    return status;
}

enum status vault_inspect(const char *folder, const struct secret *api_key, struct vault_report *out,
                          struct failure *why)
{
    *out = (struct vault_report){.known = vault_db_form()};
    measure_room(folder, out);
    if (folder[0] != '/')
        return fail(why, STATUS_STORE_FAILED, "the vault's folder '%.200s' is not an absolute path", folder);
    struct vault *vault = calloc(1, sizeof *vault);
    if (vault == NULL || asprintf(&vault->path, "%s/vault.db", folder) < 0) {
        free(vault);
        return fail(why, STATUS_NO_MEMORY, "no memory for the vault");
    }
    vault->reserve_fd = -1;
    bool folder_there = false;
    enum status status = look(folder, true, &folder_there, why);
    if (status == STATUS_OK && folder_there)
        status = look(vault->path, false, &out->there, why);
    if (status == STATUS_OK)
        status = check_writable(folder, why);
    if (status == STATUS_OK && out->there)
        status = open_database(vault, why);
    if (status == STATUS_OK && out->there)
        status = check_form(vault, out, why);
    if (status == STATUS_OK && out->there)
        status = judge_rows(vault, api_key, out, why);
    vault_close(vault);
    return status;
}
