// SPDX-License-Identifier: Apache-2.0
//
// vault_labels: Keep in the vault's file the operator's names, notes and pins of sandboxes, for all processes
// that share it. They are no secrets and are not sealed. The calls block on the disk, as those of vault.h;
// each change is one transaction, and a name is one sandbox's only (of each base URL).

#ifndef SBXDECK_API_VAULT_VAULT_LABELS_H
#define SBXDECK_API_VAULT_VAULT_LABELS_H

#include "api/fleet/sandbox_label.h"
#include "api/vault/vault.h"

// So long a label stays after its sandbox has gone, ms: the log and the timeline still show it. Its name is
// free for another at once.
#define VAULT_LABEL_KEPT_MS (INT64_C(30) * 24 * 3600 * 1000)

struct vault_label {
    struct labelled_sandbox of;
    int64_t seen_at;   // ms, when a list named its sandbox last, to a day or so; 0: not yet
    int64_t gone_at;   // ms, when a complete list named its sandbox no more; 0: it is there
    bool of_other_key; // another API key, perhaps of another organisation, has seen its sandbox last
};
// All of this base URL, by sandbox. *list is the caller's (free()).
enum status vault_labels(struct vault *vault, struct vault_label **list, size_t *count, struct failure *why);

// What is to be another from now on; what is not set stays as it is on the disk then.
struct label_change {
    bool sets_name, sets_note, sets_pin;
    struct sandbox_label to; // checked by sandbox_label_check_*
};
// before and after: the whole label as it was and is now; either may be NULL. CONFLICT: the name is
// another's.
enum status vault_label_change(struct vault *vault, const char *sandbox_id, const struct label_change *change,
                               struct sandbox_label *before, struct sandbox_label *after,
                               struct failure *why);

// How what is imported meets what is there.
enum label_import {
    LABEL_IMPORT_STRICT, // CONFLICT where it would change a label, or take a name from another
    LABEL_IMPORT_FORCE   // what is imported counts: labels are replaced, and a name goes over
};
// All of them, each sandbox and each name once, or none: why names the first clash and how many there are.
// What is not imported stays. *count: how many labels are now other than before.
enum status vault_labels_import(struct vault *vault, const struct labelled_sandbox *list, size_t length,
                                enum label_import how, size_t *count, struct failure *why);

// What a complete list has told of the sandboxes of some labels.
struct label_sighting {
    char sandbox_id[ID_CAP];
    bool there;
};
// Notes it, at now_ms, and drops the labels that have been gone for VAULT_LABEL_KEPT_MS.
enum status vault_labels_sighted(struct vault *vault, const struct label_sighting *list, size_t count,
                                 int64_t now_ms, struct failure *why);

#endif
