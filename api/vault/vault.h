// SPDX-License-Identifier: Apache-2.0
//
// vault: Stores the credentials of this user on disk, passwords sealed with a key derived from the API key.
// SQLite (WAL, synchronous=FULL) in a 0700 folder; XChaCha20-Poly1305 with the row's identity bound in.
// Several processes share it. All calls here block on the disk: they are for a worker thread (api/service
// does that).

#ifndef SBXDECK_API_VAULT_VAULT_H
#define SBXDECK_API_VAULT_VAULT_H

#include "api/fleet/credential.h"

struct vault;

// folder is created 0700 when absent; refused (STORE_UNSAFE) when it is a link, another's, or open to others.
// base_url is part of each row's identity: credentials of one server are not shown for another. api_key opens
// what was sealed with it.
enum status vault_open(const char *folder, const char *base_url, const struct secret *api_key,
                       struct vault **out, struct failure *why);
void vault_close(struct vault *vault); // NULL is fine
// It was opened on a file system that nothing could be written to, for reading alone, and that is over.
bool vault_is_worth_reopening(const struct vault *vault);

// A number for a row that is to be born, greater than the ones before: its identity for its whole life,
// whether it gets to the disk or not.
int64_t vault_row_new(void);

// Before a create: finds out that the vault can be written, and records that one is about to be made, under
// that number. If nothing more is heard of it (a crash), it is read back as a credential with id "" and
// VERDICT_UNKNOWN.
enum status vault_intend(struct vault *vault, const char *sandbox_id, int64_t now_ms, int64_t row,
                         struct failure *why);
// The create failed for certain: nothing was made.
enum status vault_intend_drop(struct vault *vault, int64_t row, struct failure *why);
// What stands in the row's place for its content: another number after each keep; 0 while it is an intent.
// Taken before a regenerate, it tells afterwards whether another program's answer came between.
enum status vault_content(struct vault *vault, int64_t row, int64_t *content, struct failure *why);
// The outcome of a create or a regenerate, into a row whose content was that when the call began; the row is
// made where it is not there. On disk when it returns OK. Where another program has written the row since,
// the answer that the server gave later stands: CONFLICT and nothing is written when that is the other's, or
// when the row was taken out for a later one. When both have the same time, both are kept, the row becomes
// VERDICT_UNKNOWN, and *answer is the number of this one (else 0): see vault_candidates.
enum status vault_keep(struct vault *vault, int64_t row, int64_t content, const struct access *access,
                       int64_t *answer, struct failure *why);
// What may be the row's credential: the row itself (answer 0), and where answers of one server time could not
// be told apart, those too. Only those whose password can be had.
enum { VAULT_CANDIDATES_MAX = 8 };
struct vault_candidate {
    int64_t answer;
    char id[ID_CAP];
    struct secret *password;
};
struct vault_candidates {
    size_t count;
    int64_t content; // of the row, as vault_content
    struct vault_candidate list[VAULT_CANDIDATES_MAX];
};
// Fails as vault_password when there is none. The caller ends it with vault_candidates_clear.
enum status vault_candidates(struct vault *vault, int64_t row, struct vault_candidates *out,
                             struct failure *why);
void vault_candidates_clear(struct vault_candidates *candidates); // fine on a zeroed one
// The server has said which: that answer is the row's credential from now on and the others go. NOT_FOUND
// when the row has another content by now.
enum status vault_settle(struct vault *vault, int64_t row, int64_t content, int64_t answer,
                         enum credential_verdict verdict, int64_t at_ms, struct failure *why);
// id: the verdict is on this id only; NOT_FOUND when the row has another by now. NULL: whatever it is.
enum status vault_set_verdict(struct vault *vault, int64_t row, const char *id,
                              enum credential_verdict verdict, int64_t at_ms, struct failure *why);
// As the disk has it now.
enum status vault_verdict(struct vault *vault, int64_t row, enum credential_verdict *verdict,
                          struct failure *why);
enum status vault_forget(struct vault *vault, int64_t row, struct failure *why);
// What the server gave in the row before that time is ended: it is taken out, and who has it in memory only
// does not bring it back. What it gave at that very time stays, as VERDICT_UNVERIFIED: it may be the one that
// works. INT64_MAX: the credential was deleted.
enum status vault_forget_until(struct vault *vault, int64_t row, int64_t until_ms, struct failure *why);

// Room on the disk for what an answer brings, taken before the call, so that it is there whatever fills the
// disk meanwhile. STORE_FAILED when there is none. Each is given back once: before a second try of what found
// the disk full, or when it was not needed.
enum status vault_reserve_take(struct vault *vault, struct failure *why);
void vault_reserve_give(struct vault *vault);

// One that was made elsewhere, unverified: a new row, or the row that has it already, or that of the create
// that has made it and was never heard of again (*row). In one transaction.
enum status vault_import(struct vault *vault, const struct access *access, int64_t *row, struct failure *why);
struct vault_clocks {
    int64_t server_ms, local_ms; // now
    bool server_is_sure;         // several answers have agreed on it
};
// Takes those of this base URL out that ended longer ago than keep_ms by both clocks, each with an event in
// the log, in one transaction. None while the server's clock is not sure; and one whose end or whose fate is
// not known stays, and one that the server has called valid since.
enum status vault_prune(struct vault *vault, const struct vault_clocks *clocks, int64_t keep_ms,
                        size_t *count, struct failure *why);

struct vault_rekeyed {
    size_t done, already; // sealed anew; sealed with this key before
    size_t others;        // sealed with neither key: left as they are
    size_t damaged;       // sealed with one of them, and do not open: left as they are
};
// Seals what is sealed with old_key with this vault's key, for all servers, in one transaction.
enum status vault_rekey(struct vault *vault, const struct secret *old_key, struct vault_rekeyed *out,
                        struct failure *why);

// All of this base URL, by sandbox and creation. *list is the caller's (free()). Verdicts are as they were
// written; whether a VALID is still fresh is for the caller to judge by validated_at and the server's clock.
enum status vault_list(struct vault *vault, struct credential **list, size_t *count, struct failure *why);
// OTHER_KEY when it was sealed with another API key. *password is the caller's.
enum status vault_password(struct vault *vault, int64_t row, struct secret **password, struct failure *why);
// Changes when any process has written; cheap enough to ask each second.
enum status vault_version(struct vault *vault, int64_t *version, struct failure *why);

// There is a vault's file in that folder, readable or not; true also where that can't be seen.
bool vault_is_there(const char *folder);
// XDG_STATE_HOME/sbxdeck or ~/.local/state/sbxdeck into out[cap].
enum status vault_default_folder(char *out, size_t cap, struct failure *why);

#endif
