// SPDX-License-Identifier: Apache-2.0
//
// vault_db: Makes and checks the vault's folder, file and schema. Nobody else can put anything into a folder
// of mode 0700 that is ours, so what SQLite makes beside the database is as private as the database.

#include "api/base/home.h"
#include "api/base/private_path.h"
#include "api/base/time_util.h"
#include "api/vault/vault_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCHEMA_VERSION = VAULT_FORM_LABELS, BUSY_MS = 5000, BUSY_LOOK_MS = 5, VAULT_PATH_CAP = 4096 };

// --- folder and file ---

static const char check_rights[] = "check the disk and your permissions";

static enum status make_folder(const char *folder, struct failure *why)
{
    if (folder[0] != '/' || strlen(folder) >= VAULT_PATH_CAP - 64)
        return fail(why, STATUS_STORE_FAILED, "the vault's folder '%.200s' is not an absolute path", folder);
    return private_folder_make(folder, why);
}

// Made by us, so that it is 0600 from its first moment, whatever the umask.
// *read_only: it fails because nothing can be written there.
static enum status make_file(const char *path, bool *read_only, struct failure *why)
{
    struct stat facts;
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == ELOOP)
        return fail(why, STATUS_STORE_UNSAFE, "%s is a symbolic link, which is refused", path);
    *read_only = fd < 0 && errno == EROFS;
    if (fd < 0)
        return advise(why, fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(errno)), "%s",
                      check_rights);
    enum status status = fstat(fd, &facts) < 0
                             ? fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(errno))
                             : private_check(path, &facts, false, why);
    (void)close(fd);
    return status;
}

// --- SQLite ---

enum status vault_db_failure(const struct vault *vault, const char *doing, struct failure *why)
{
    int code = vault->db != NULL ? sqlite3_errcode(vault->db) & 0xff : SQLITE_NOMEM;
    // What the processes share beside the log could not grow.
    if (vault->db != NULL && sqlite3_extended_errcode(vault->db) == SQLITE_IOERR_SHMSIZE)
        code = SQLITE_FULL;
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(why, STATUS_STORE_LOCKED, "%s: the vault %s is in use by another program", doing,
                    vault->path);
    case SQLITE_FULL:
        return advise(
            why, fail(why, STATUS_STORE_FAILED, "%s: no space left for the vault %s", doing, vault->path),
            "free some disk space");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return advise(why,
                      fail(why, STATUS_STORE_FAILED, "%s: the vault %s can't be written", doing, vault->path),
                      "check its disk and permissions");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return advise(why,
                      fail(why, STATUS_STORE_FAILED, "%s: %s is damaged or not a vault", doing, vault->path),
                      "move it away");
    case SQLITE_NOMEM:
        return fail(why, STATUS_NO_MEMORY, "%s: no memory for the vault", doing);
    default:
        return advise(why,
                      fail(why, STATUS_STORE_FAILED, "%s: the vault %s: %s", doing, vault->path,
                           sqlite3_errmsg(vault->db)),
                      "check its disk");
    }
}

static const char schema[] =
    "CREATE TABLE vault (name TEXT PRIMARY KEY, value BLOB NOT NULL);"
    "CREATE TABLE credential (row INTEGER PRIMARY KEY AUTOINCREMENT, base_url TEXT NOT NULL,"
    " sandbox_id TEXT NOT NULL, id TEXT NOT NULL, verdict INTEGER NOT NULL, expires_at INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, validated_at INTEGER NOT NULL,"
    " ssh_command TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, username TEXT NOT NULL,"
    " mark BLOB NOT NULL, sealed BLOB);"
    "CREATE INDEX credential_of_server ON credential (base_url, sandbox_id);";

// Version 2: answers of one server time beside each other until a validate tells, and what has ended, so that
// nobody who has it in memory only brings it back.
static const char schema_more[] =
    "CREATE TABLE rival (n INTEGER PRIMARY KEY AUTOINCREMENT, of INTEGER NOT NULL, base_url TEXT NOT NULL,"
    " sandbox_id TEXT NOT NULL, id TEXT NOT NULL, expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL, ssh_command TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL,"
    " username TEXT NOT NULL, mark BLOB NOT NULL, sealed BLOB);"
    "CREATE INDEX rival_of_row ON rival (of);"
    "CREATE TABLE ended (row INTEGER PRIMARY KEY, until INTEGER NOT NULL, at INTEGER NOT NULL);"
    "CREATE TRIGGER rivals_go_with_it AFTER DELETE ON credential BEGIN"
    " DELETE FROM rival WHERE of = old.row; END;";

// Version 3: what tools that connect by themselves must respect.
static const char schema_tools[] =
    "CREATE TABLE by_hand (base_url TEXT NOT NULL, sandbox_id TEXT NOT NULL, what INTEGER NOT NULL,"
    " at INTEGER NOT NULL, PRIMARY KEY (base_url, sandbox_id, what)) WITHOUT ROWID;"
    "CREATE TABLE tool_bucket (base_url TEXT NOT NULL, sandbox_id TEXT NOT NULL, level INTEGER NOT NULL,"
    " at INTEGER NOT NULL, PRIMARY KEY (base_url, sandbox_id)) WITHOUT ROWID;";

// Version 4: the operator's names, notes and pins, and in the log the name that a sandbox had.
static const char schema_labels[] =
    "CREATE TABLE label (base_url TEXT NOT NULL, sandbox_id TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE,"
    " note TEXT NOT NULL, pinned INTEGER NOT NULL, mark BLOB NOT NULL, seen_at INTEGER NOT NULL,"
    " gone_at INTEGER NOT NULL, PRIMARY KEY (base_url, sandbox_id)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX label_of_name ON label (base_url, name) WHERE name <> '';" VAULT_EVENT_TABLE;
static const char schema_event_name[] = "ALTER TABLE event ADD COLUMN name TEXT NOT NULL DEFAULT ''";

// False: it can't be read.
static bool read_number(const struct vault *vault, const char *sql, int *out)
{
    sqlite3_stmt *statement = vault_sql(vault, sql, NULL, 0);
    bool there = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;
    *out = there ? sqlite3_column_int(statement, 0) : -1;
    (void)sqlite3_finalize(statement);
    return there;
}

static int schema_version(const struct vault *vault)
{
    int version = -1;
    (void)read_number(vault, "PRAGMA user_version", &version);
    return version;
}

// Tables and the like.
static bool read_entries(const struct vault *vault, int *out)
{
    return read_number(vault, "SELECT count(*) FROM sqlite_schema", out);
}

static bool put_salt(const struct vault *vault)
{
    unsigned char salt[VAULT_SALT_BYTES];
    randombytes_buf(salt, sizeof salt);
    return vault_sql_run(vault, "", NULL, "INSERT INTO vault VALUES ('salt', ?)",
                         SQL_WITH(SQL_B(salt, sizeof salt))) == STATUS_OK;
}

enum status vault_db_salt(struct vault *vault, struct failure *why)
{
    sqlite3_stmt *statement = vault_sql(vault, "SELECT value FROM vault WHERE name = 'salt'", NULL, 0);
    bool there = statement != NULL && sqlite3_step(statement) == SQLITE_ROW &&
                 sqlite3_column_bytes(statement, 0) == VAULT_SALT_BYTES;
    if (there)
        memcpy(vault->salt, sqlite3_column_blob(statement, 0), VAULT_SALT_BYTES);
    (void)sqlite3_finalize(statement);
    if (there)
        return STATUS_OK;
    return advise(why, fail(why, STATUS_STORE_FAILED, "the vault %s has lost its salt", vault->path),
                  "move it away");
}

// The log may be there without a name, or not at all.
static bool add_labels(const struct vault *vault)
{
    int columns = 0;
    return vault_exec(vault, schema_labels) &&
           read_number(vault, "SELECT count(*) FROM pragma_table_info('event') WHERE name = 'name'",
                       &columns) &&
           (columns > 0 || vault_exec(vault, schema_event_name));
}

// Several processes may get here at once: one makes the schema or brings it up to date, the others find it.
static enum status make_schema(struct vault *vault, struct failure *why)
{
    static const char making[] = "making the vault";
    char set_version[64];
    int version = 0, entries = 0;
    (void)snprintf(set_version, sizeof set_version, "PRAGMA user_version = %d", SCHEMA_VERSION);
    enum status status = vault_begin(vault, making, why);
    if (status != STATUS_OK)
        return status;
    bool done = read_number(vault, "PRAGMA user_version", &version);
    if (done && version == 0)
        done = read_entries(vault, &entries) && entries == 0 && vault_exec(vault, schema) && put_salt(vault);
    if (done && version < 2)
        done = vault_exec(vault, schema_more);
    if (done && version < 3)
        done = vault_exec(vault, schema_tools);
    if (done && version < SCHEMA_VERSION)
        done = add_labels(vault) && vault_exec(vault, set_version);
    if (!done)
        status = vault_db_failure(vault, making, why);
    return vault_end(vault, status, making, why);
}

// Whose file it is, before anything is done to it. SQLite puts no log of another's into its database then
// either.
static enum status look_first(struct vault *vault, struct failure *why)
{
    int version = 0, entries = 0, ours = 0;
    (void)sqlite3_busy_timeout(vault->db, BUSY_MS);
    (void)sqlite3_db_config(vault->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    // In one transaction: another process may be making the vault just now.
    bool seen =
        vault_exec(vault, "BEGIN") && read_number(vault, "PRAGMA user_version", &version) &&
        read_entries(vault, &entries) &&
        read_number(vault, "SELECT count(*) FROM sqlite_schema WHERE name IN ('vault', 'credential')", &ours);
    if (!seen || !vault_exec(vault, "COMMIT")) {
        enum status status = vault_db_failure(vault, "opening the vault", why);
        (void)vault_exec(vault, "ROLLBACK");
        return status;
    }
    if (version < 0 || (version == 0 && entries > 0) || (version > 0 && ours != 2))
        return advise(why,
                      fail(why, STATUS_STORE_FAILED,
                           "%s is a database but not a vault (version %d); it was not changed", vault->path,
                           version),
                      "move it away");
    if (version > SCHEMA_VERSION)
        return advise(
            why,
            fail(why, STATUS_STORE_FAILED,
                 "the vault %s was made by a later version: its format is %d, this program knows %d",
                 vault->path, version, SCHEMA_VERSION),
            "update sbxdeck");
    (void)sqlite3_db_config(vault->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return STATUS_OK;
}

static enum status set_up(struct vault *vault, struct failure *why)
{
    static const char settings[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;";
    enum status status = look_first(vault, why);
    if (status != STATUS_OK)
        return status;
    if (!vault_exec(vault, settings))
        return vault_db_failure(vault, "opening the vault", why);
    int version = schema_version(vault);
    vault->form = SCHEMA_VERSION;
    if (version >= SCHEMA_VERSION)
        return STATUS_OK;
    status = make_schema(vault, why);
    // A full disk must not keep an older vault from being read; the next time it is tried again.
    if (status == STATUS_STORE_FAILED && version > 0) {
        vault->form = version;
        status = STATUS_OK;
    }
    return status;
}

enum status vault_db_catch_up(struct vault *vault, struct failure *why)
{
    enum status status = STATUS_OK;
    if (vault->form >= SCHEMA_VERSION || vault->read_only)
        return STATUS_OK;
    if (schema_version(vault) < SCHEMA_VERSION)
        status = make_schema(vault, why);
    if (status == STATUS_OK)
        vault->form = SCHEMA_VERSION;
    return status;
}

// SQLite does not wait by itself where a database becomes one with a log: it says at once that somebody else
// has it, as when several processes make the vault. Only on a worker, or where nothing else goes on.
static enum status set_up_patiently(struct vault *vault, struct failure *why)
{
    const int64_t until = time_monotonic_ms() + BUSY_MS;
    enum status status = set_up(vault, why);
    while (status == STATUS_STORE_LOCKED && time_monotonic_ms() < until) {
        (void)sqlite3_sleep(BUSY_LOOK_MS);
        status = set_up(vault, why);
    }
    return status;
}

// --- a file system that nothing can be written to ---

char *vault_db_uri(const char *path, const char *how)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
    size_t cap = 3 * strlen(path) + strlen(how) + sizeof "file:?", used = 0;
    char *out = malloc(cap);
    if (out == NULL)
        return NULL;
    used += (size_t)snprintf(out, cap, "file:");
    for (; *path != '\0'; path++)
        used += (size_t)snprintf(out + used, cap - used, strchr(plain, *path) != NULL ? "%c" : "%%%02X",
                                 (unsigned char)*path);
    (void)snprintf(out + used, cap - used, "?%s", how);
    return out;
}

int vault_db_form(void)
{
    return SCHEMA_VERSION;
}

static enum status pass_on(struct failure *why, const struct failure *trouble)
{
    if (why != NULL)
        *why = *trouble;
    return trouble->status;
}

// What is there can be read, as long as no log beside it holds more: nobody could put that in its place now.
static enum status open_read_only(struct vault *vault, const struct failure *trouble, struct failure *why)
{
    char other[VAULT_PATH_CAP + 8];
    struct stat facts;
    (void)snprintf(other, sizeof other, "%s-wal", vault->path);
    bool whole = lstat(other, &facts) < 0 || facts.st_size == 0;
    if (!whole || lstat(vault->path, &facts) < 0)
        return pass_on(why, trouble);
    enum status status = private_check(vault->path, &facts, false, why);
    if (status != STATUS_OK)
        return status;
    char *uri = vault_db_uri(vault->path, "immutable=1");
    bool opened = uri != NULL && sqlite3_open_v2(uri, &vault->db,
                                                 SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
                                                     SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX,
                                                 NULL) == SQLITE_OK;
    free(uri);
    if (!opened)
        return pass_on(why, trouble);
    vault->form = schema_version(vault);
    if (vault->form < 1 || vault->form > SCHEMA_VERSION)
        return pass_on(why, trouble);
    vault->read_only = true;
    return STATUS_OK;
}

bool vault_is_worth_reopening(const struct vault *vault)
{
    return vault->read_only && access(vault->path, W_OK) == 0;
}

static enum status open_file(struct vault *vault, struct failure *why)
{
    struct failure trouble = {.status = STATUS_OK};
    bool read_only = false;
    enum status status = make_file(vault->path, &read_only, &trouble);
    if (read_only)
        return open_read_only(vault, &trouble, why);
    if (status != STATUS_OK)
        return pass_on(why, &trouble);
    if (sqlite3_open_v2(vault->path, &vault->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX,
                        NULL) != SQLITE_OK)
        return vault_db_failure(vault, "opening the vault", why);
    return set_up_patiently(vault, why);
}

enum status vault_db_open(const char *named, struct vault *vault, struct failure *why)
{
    // "link/" would be looked at through the link.
    char folder[VAULT_PATH_CAP];
    int length = snprintf(folder, sizeof folder, "%s", named);
    while (length > 1 && length < (int)sizeof folder && folder[length - 1] == '/')
        folder[--length] = '\0';
    enum status status = make_folder(folder, why);
    if (status != STATUS_OK)
        return status;
    if (asprintf(&vault->path, "%s/vault.db", folder) < 0) {
        vault->path = NULL;
        return fail(why, STATUS_NO_MEMORY, "no memory for the vault");
    }
    status = open_file(vault, why);
    return status == STATUS_OK ? vault_db_salt(vault, why) : status;
}

enum status vault_default_folder(char *out, size_t cap, struct failure *why)
{
    int length = home_xdg_folder("XDG_STATE_HOME", ".local/state", out, cap);
    if (length < 0)
        return advise(
            why,
            fail(why, STATUS_BAD_ARGUMENT,
                 "neither XDG_STATE_HOME nor HOME is an absolute path, and the account has no home"),
            "set SBXDECK_STATE");
    if ((size_t)length >= cap)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of the state folder is longer than %zu bytes",
                    cap - 1);
    return STATUS_OK;
}

bool vault_is_there(const char *folder)
{
    char *path = NULL;
    struct stat facts;
    if (asprintf(&path, "%s/vault.db", folder) < 0)
        return true;
    bool there = lstat(path, &facts) == 0 || (errno != ENOENT && errno != ENOTDIR);
    free(path);
    return there;
}
