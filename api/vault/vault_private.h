// SPDX-License-Identifier: Apache-2.0
//
// vault_private: what the files of vault share: the database and the seal.

#ifndef SBXDECK_API_VAULT_PRIVATE_H
#define SBXDECK_API_VAULT_PRIVATE_H

#include "api/vault/vault.h"

#include <sodium.h>
#include <sqlite3.h>

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

// What a sealed password belongs to; it can be opened for nothing else, and sent nowhere else.
struct vault_identity {
    const char *base_url, *sandbox_id, *id;
    int64_t expires_at;
    const char *host, *username, *ssh_command;
    int port;
};

enum status vault_seal_begin(struct vault_seal *seal, const unsigned char salt[VAULT_SALT_BYTES],
                             const struct secret *api_key, struct failure *why);
void vault_seal_end(struct vault_seal *seal);
// out[VAULT_SEALED_MAX]; returns its length.
size_t vault_seal_close(const struct vault_seal *seal, const struct vault_identity *identity,
                        const struct secret *password, unsigned char *out);
enum vault_seal_state {
    VAULT_SEAL_BROKEN, // not sealed with this key for this identity, or damaged
    VAULT_SEAL_OLD,    // as version 0.1 did it: bound to less
    VAULT_SEAL_GOOD
};
enum vault_seal_state vault_seal_check(const struct vault_seal *seal, const struct vault_identity *identity,
                                       const unsigned char *sealed, size_t length);
// NULL: broken, or no memory.
struct secret *vault_seal_open(const struct vault_seal *seal, const struct vault_identity *identity,
                               const unsigned char *sealed, size_t length);

struct vault {
    sqlite3 *db;
    char *path;
    char *base_url;
    struct vault_seal seal;
    unsigned char salt[VAULT_SALT_BYTES];
    bool read_only;     // its file system is
    int form;           // the version of its schema
    int rooms, room_fd; // see vault_room_take; -1: none
};

// The folder and the file are private, the schema is there and of a version known here; the salt is read.
enum status vault_db_open(const char *folder, struct vault *vault, struct failure *why);
// SQLite's last error in words, with what to do.
enum status vault_db_failure(const struct vault *vault, const char *doing, struct failure *why);
// NULL: see vault_db_failure.
sqlite3_stmt *vault_db_prepare(const struct vault *vault, const char *sql);

// Runs a statement that gives no rows, and ends it; NULL: it could not be made.
enum status vault_run(struct vault *vault, sqlite3_stmt *statement, const char *doing, struct failure *why);
void vault_bind_text(sqlite3_stmt *statement, int place, const char *text);
// The identity of what access describes; its texts are the access's and the vault's.
struct vault_identity vault_identity_of(const struct vault *vault, const struct access *access);
// Seals anew what is sealed with this key as version 0.1 did it. What can't be written stays as it is.
void vault_seal_old_anew(struct vault *vault);
// One more answer of the row, of the same server time as what it has; *rival is its number.
enum status vault_rival_add(struct vault *vault, int64_t row, const struct access *access, int64_t *rival,
                            struct failure *why);
enum status vault_rivals_drop(struct vault *vault, int64_t row, struct failure *why);
int64_t vault_rival_last(const struct vault *vault, int64_t row); // the number of its last one; 0: none
// Until which server time what is in the row counts as ended, where it was taken out for that; 0: it was not.
int64_t vault_ended_until(const struct vault *vault, int64_t row);

struct event;
// event_log_append_all in the transaction that is open.
bool event_log_append_inside(const struct vault *vault, const struct event *events, size_t count);
// Fills the row with what access says, valid. NOT_FOUND when it is not there.
enum status vault_write_access(struct vault *vault, int64_t row, const struct access *access,
                               struct failure *why);

#endif
