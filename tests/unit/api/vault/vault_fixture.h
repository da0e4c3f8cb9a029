// SPDX-License-Identifier: Apache-2.0
//
// vault_fixture: Opens a vault in a folder of its own for the tests of api/vault. Every function fails the
// test when it cannot do what it says.

#ifndef SBXDECK_TESTS_UNIT_API_VAULT_VAULT_FIXTURE_H
#define SBXDECK_TESTS_UNIT_API_VAULT_VAULT_FIXTURE_H

#include "api/vault/event_log.h"
#include "api/vault/vault.h"
#include "tests/support/support.h"

#define VAULT_FIXTURE_NOW INT64_C(1775044800000)
#define VAULT_FIXTURE_URL "https://api.example"

extern struct vault_fixture {
    char top[SUPPORT_PATH_CAP], folder[SUPPORT_PATH_CAP + 16], file[SUPPORT_PATH_CAP + 32];
    struct vault *vault; // of VAULT_FIXTURE_URL and the key "lp0-key"; closed at the end
    struct secret *key;
    struct failure why; // of the last call here
} vault_fixture;

void vault_fixture_begin(void);
void vault_fixture_end(void);
struct secret *vault_fixture_text_secret(const char *text);
enum status vault_fixture_open_as(const char *url, const char *api_key, struct vault **out);
struct vault *vault_fixture_opened(const char *url, const char *api_key);
struct access vault_fixture_access_of(const char *sandbox, const char *id, const char *password);
// Keeps such an access into row (0: a new one); its row.
int64_t vault_fixture_keep(struct vault *into, int64_t row, const char *sandbox, const char *id,
                           const char *password);
// Keeps access over whatever the row has (an intent, an older one, nothing).
enum status vault_fixture_write(struct vault *into, int64_t row, const struct access *access,
                                struct failure *why);
int64_t vault_fixture_intend(const char *sandbox);
// The newest `most` events at or after since_ms, the oldest first. *list is the caller's (free()).
enum status vault_fixture_events(struct vault *from, int64_t since_ms, size_t most, struct event **list,
                                 size_t *count, struct failure *why);
// The list, up to 64; *out is valid until the next call.
size_t vault_fixture_list(struct vault *from, const struct credential **out);
void vault_fixture_expect_password(struct vault *from, int64_t row, const char *text);
enum status vault_fixture_password_status(struct vault *from, int64_t row);
// True when the bytes stand in any file of the folder.
bool vault_fixture_on_disk(const char *text);
// Behind the vault's back.
void vault_fixture_sql(const char *text);

#endif
