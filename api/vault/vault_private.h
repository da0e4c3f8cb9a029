// SPDX-License-Identifier: Apache-2.0
//
// vault_private: what the files of the vault share: the database, its statements, its rows and the seal.

#ifndef SBXDECK_API_VAULT_VAULT_PRIVATE_H
#define SBXDECK_API_VAULT_VAULT_PRIVATE_H

#include "api/vault/vault.h"

#include <sodium.h>
#include <sqlite3.h>

// --- the seal ---

enum {
    VAULT_SALT_BYTES = crypto_generichash_KEYBYTES,
    VAULT_MARK_BYTES = 16,
    VAULT_SEALED_MAX =
        SECRET_MAX + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES
};

// What the API key becomes for one vault: the key that seals, and a mark by which rows of other keys are
// known without anything being learnt of a key from it.
struct vault_seal {
    unsigned char *key;   // locked memory; NULL: not ready
    unsigned char *plain; // locked memory for SECRET_MAX bytes, where what is opened stands for a moment
    unsigned char mark[VAULT_MARK_BYTES];
};

enum status vault_seal_begin(struct vault_seal *seal, const unsigned char salt[VAULT_SALT_BYTES],
                             const struct secret *api_key, struct failure *why);
void vault_seal_end(struct vault_seal *seal);
// A sealed password is bound to the server (base_url) and to its credential's sandbox, id, end and target: it
// can be opened for nothing else, and sent nowhere else. out[VAULT_SEALED_MAX]; returns its length.
size_t vault_seal_close(const struct vault_seal *seal, const char *base_url,
                        const struct credential *credential, const struct secret *password,
                        unsigned char *out);
enum vault_seal_state {
    VAULT_SEAL_BROKEN, // not sealed with this key for this credential, or damaged
    VAULT_SEAL_OLD,    // as version 0.1 did it: bound to less
    VAULT_SEAL_GOOD
};
enum vault_seal_state vault_seal_check(const struct vault_seal *seal, const char *base_url,
                                       const struct credential *credential, const unsigned char *sealed,
                                       size_t length);
// NULL: broken, or no memory.
struct secret *vault_seal_open(const struct vault_seal *seal, const char *base_url,
                               const struct credential *credential, const unsigned char *sealed,
                               size_t length);

// --- the database ---

struct vault {
    sqlite3 *db;
    char *path;
    char *base_url;
    struct vault_seal seal;
    unsigned char salt[VAULT_SALT_BYTES];
    bool read_only;           // its file system is
    int form;                 // the version of its schema
    bool has_old_seals;       // some that were read are sealed as version 0.1 did it
    int reserves, reserve_fd; // see vault_reserve_take; -1: none
};

// The form that has labels, and the log's column for the name of a sandbox.
enum { VAULT_FORM_LABELS = 4 };

// The folder and the file are private, the schema is there and of a version known here; the salt is read.
enum status vault_db_open(const char *folder, struct vault *vault, struct failure *why);
// The salt is read.
enum status vault_db_salt(struct vault *vault, struct failure *why);
// The file as a URI of SQLite's with these parameters ("immutable=1"); the caller's (free()). NULL: no
// memory.
char *vault_db_uri(const char *path, const char *how);
int vault_db_form(void); // the version of the schema that this program writes
// SQLite's last error in words, with what to do.
// Brings one up to date for which there was no room when it was opened, or takes note that another process
// has. Outside of a transaction.
enum status vault_db_catch_up(struct vault *vault, struct failure *why);
enum status vault_db_failure(const struct vault *vault, const char *doing, struct failure *why);

// --- statements ---

// A parameter of a statement; the first is ?1. Its bytes are copied.
struct sql_value {
    enum { SQL_NUMBER, SQL_TEXT, SQL_BLOB } type;
    int64_t number;    // also a blob's length; 0: NULL
    const void *bytes; // a text's or a blob's; NULL: NULL
};
#define SQL_N(value)        ((struct sql_value){SQL_NUMBER, (value), NULL})
#define SQL_T(text)         ((struct sql_value){SQL_TEXT, 0, (text)})
#define SQL_B(data, length) ((struct sql_value){SQL_BLOB, (int64_t)(length), (data)})
// The last two arguments of the functions below.
#define SQL_WITH(...)                                                                                        \
    (const struct sql_value[]){__VA_ARGS__},                                                                 \
        sizeof((const struct sql_value[]){__VA_ARGS__}) / sizeof(struct sql_value)

// Ready for its first step; the caller's to finalize. NULL: see vault_db_failure.
sqlite3_stmt *vault_sql(const struct vault *vault, const char *sql, const struct sql_value *values,
                        size_t count);
// Runs one that gives no rows. The failure begins with `doing`.
enum status vault_sql_run(const struct vault *vault, const char *doing, struct failure *why, const char *sql,
                          const struct sql_value *values, size_t count);
// The number in the first row's first column; 0: there is none, or it can't be read.
int64_t vault_sql_number(const struct vault *vault, const char *sql, const struct sql_value *values,
                         size_t count);
// All of its rows, each read into an item of that size, and finalizes it (NULL: fails). *list is the caller's
// (free()); NULL and 0 when it fails. things: what there may be no memory for.
typedef void vault_read_item(struct vault *vault, sqlite3_stmt *row, void *item);
enum status vault_sql_list(struct vault *vault, sqlite3_stmt *statement, const char *doing,
                           const char *things, size_t size, vault_read_item *read, void **list, size_t *count,
                           struct failure *why);
// Cut to cap, ended by NUL; "" for NULL.
void vault_sql_text(sqlite3_stmt *row, int column, char *out, size_t cap);
bool vault_exec(const struct vault *vault, const char *sql);
// A transaction that writes. The end commits where status is OK, else it undoes all; returns what came of it.
enum status vault_begin(const struct vault *vault, const char *doing, struct failure *why);
enum status vault_end(const struct vault *vault, enum status status, const char *doing, struct failure *why);

// --- rows ---

// What the tables of credentials and of conflicting answers have alike.
#define VAULT_ACCESS_COLUMNS                                                                                 \
    "base_url, sandbox_id, id, expires_at, created_at, updated_at, ssh_command, host, port, username, "      \
    "mark, "                                                                                                 \
    "sealed"
// What vault_row_read reads. Of an answer the row is its own number.
#define VAULT_ROW_COLUMNS    "row, verdict, validated_at, " VAULT_ACCESS_COLUMNS
#define VAULT_ANSWER_COLUMNS "n, 4, 0, " VAULT_ACCESS_COLUMNS

void vault_row_read(struct vault *vault, sqlite3_stmt *row, struct credential *out);
const char *vault_row_base_url(sqlite3_stmt *row);
const unsigned char *vault_row_mark(sqlite3_stmt *row); // NULL: it is none
// Valid until the statement's next step. NULL and 0: none.
const unsigned char *vault_row_sealed(sqlite3_stmt *row, size_t *length);
// Fills the row with what access says, valid; its conflicting answers go. NOT_FOUND when it is not there.
enum status vault_row_write(struct vault *vault, int64_t row, const struct access *access,
                            struct failure *why);
// The row and its password. Fails as vault_password; *out is what was read all the same.
enum status vault_row_open(struct vault *vault, int64_t row, struct credential *out, struct secret **password,
                           struct failure *why);
// The form of its schema has the tables of conflicting answers and of what has ended.
bool vault_has_answers(const struct vault *vault);
enum status vault_answers_drop(struct vault *vault, int64_t row, struct failure *why); // the row's
// As vault_content, and the server's time of it.
enum status vault_row_content(struct vault *vault, int64_t row, int64_t *content, int64_t *updated_at,
                              struct failure *why);
// sql's ?1 is the row, ?2 to ?13 the access columns, sealed; ?14, where it is there, VERDICT_VALID.
enum status vault_write_access(struct vault *vault, const char *sql, bool has_verdict, int64_t row,
                               const struct access *access, struct failure *why);
// Seals anew what is sealed with this key as version 0.1 did it. What can't be written stays as it is.
void vault_seal_old_anew(struct vault *vault);

// --- conflicting answers, and what has ended ---

// One more answer of the row, of the same server time as what it has; *answer is its number.
enum status vault_answer_add(struct vault *vault, int64_t row, const struct access *access, int64_t *answer,
                             struct failure *why);
// Until which server time what is in the row counts as ended, where it was taken out for that; 0: it was not.
int64_t vault_ended_until(const struct vault *vault, int64_t row);

// --- the event log ---

// Version 3 and before made it with the first event, and without the name.
#define VAULT_EVENT_TABLE                                                                                    \
    "CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"       \
    " wall_at INTEGER NOT NULL, outcome TEXT NOT NULL, session INTEGER NOT NULL,"                            \
    " duration INTEGER NOT NULL, base_url TEXT NOT NULL, kind TEXT NOT NULL, sandbox_id TEXT NOT NULL,"      \
    " id TEXT NOT NULL, message TEXT NOT NULL, name TEXT NOT NULL DEFAULT '');"                              \
    "CREATE INDEX IF NOT EXISTS event_of_server ON event (base_url, at);"                                    \
    "CREATE INDEX IF NOT EXISTS event_of_credential ON event (sandbox_id, id);"

struct event;
// event_log_append in the transaction that is open. False: see vault_db_failure.
bool event_log_append_inside(const struct vault *vault, const struct event *events, size_t count);

#endif
