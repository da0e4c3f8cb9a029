// SPDX-License-Identifier: Apache-2.0
//
// vault_inspect: Look at a vault without changing anything: whether it is there, private, whole, of a form
// that is known, and sealed with this key.

#ifndef SBXDECK_API_VAULT_VAULT_INSPECT_H
#define SBXDECK_API_VAULT_VAULT_INSPECT_H

#include "api/base/secret.h"
#include "api/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vault_report {
    bool there;      // its file is; without it nothing else counts but the room
    int form, known; // the version of its schema, and the one that this program writes
    size_t credentials;
    size_t sealed_here;      // whose password this key opens
    size_t sealed_elsewhere; // sealed with another key
    size_t damaged;          // sealed with this key, and does not open
    bool has_room;
    uint64_t room; // bytes free on its disk; with has_room
};

// api_key may be NULL: then nothing is said of seals. Fails as vault_open does where that would refuse it or
// could not read it; *out has what was found out all the same. No vault yet is fine. It blocks on the disk.
enum status vault_inspect(const char *folder, const struct secret *api_key, struct vault_report *out,
                          struct failure *why);

#endif
