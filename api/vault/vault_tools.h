// SPDX-License-Identifier: Apache-2.0
//
// vault_tools: Keep in the vault what tools that connect by themselves must respect: what a person has
// stopped or revoked by hand, and how many credentials they have made in the last minute. For all processes
// that share the vault. The calls block on the disk, as those of vault.h.

#ifndef SBXDECK_API_VAULT_VAULT_TOOLS_H
#define SBXDECK_API_VAULT_VAULT_TOOLS_H

#include "api/vault/vault.h"

// What a person has done to a sandbox of this base URL. It holds until a person does the contrary.
enum by_hand { BY_HAND_STOPPED, BY_HAND_PAUSED, BY_HAND_REVOKED, BY_HAND_COUNT };
enum { BY_HAND_MOVES = 1 << BY_HAND_STOPPED | 1 << BY_HAND_PAUSED, BY_HAND_ALL = (1 << BY_HAND_COUNT) - 1 };
struct by_hand_notes {
    int64_t at[BY_HAND_COUNT]; // ms, this machine's clock; 0: not
};

enum status vault_by_hand(struct vault *vault, const char *sandbox_id, struct by_hand_notes *out,
                          struct failure *why);
enum status vault_by_hand_put(struct vault *vault, const char *sandbox_id, enum by_hand what, int64_t at_ms,
                              struct failure *why);
// what: 1 << by_hand, added up. Nothing is written where there is none.
enum status vault_by_hand_drop(struct vault *vault, const char *sandbox_id, unsigned what,
                               struct failure *why);

// One more credential that a tool makes for the sandbox. *wait_ms as token_bucket_take: 0 when it may.
enum status vault_tools_take(struct vault *vault, const char *sandbox_id, int per_minute, int64_t now_ms,
                             int64_t *wait_ms, struct failure *why);

#endif
