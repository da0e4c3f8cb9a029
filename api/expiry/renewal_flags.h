// SPDX-License-Identifier: Apache-2.0
//
// renewal_flags: For which credentials, for which sandboxes or whether for the whole fleet the operator has
// chosen auto-renewal, and the file in the state folder that keeps it. No secrets in it. Several consoles
// share the file: a change is made to its current content, under a lock.

#ifndef SBXDECK_API_EXPIRY_RENEWAL_FLAGS_H
#define SBXDECK_API_EXPIRY_RENEWAL_FLAGS_H

#include "api/base/bytebuf.h"
#include "api/leap0/model.h"

struct renewal_flags;

enum { RENEWAL_FLAGS_MAX = 20000, RENEWAL_FILE_CAP = 4 * 1024 * 1024 };
enum renewal_fleet { RENEWAL_FLEET_DEFAULT, RENEWAL_FLEET_OFF, RENEWAL_FLEET_ON };

struct renewal_flags *renewal_flags_new(void); // NULL: out of memory
void renewal_flags_free(struct renewal_flags *flags);

// id "": the whole sandbox.
bool renewal_flags_get(const struct renewal_flags *flags, const char *sandbox_id, const char *id);
// DEFAULT: nothing was chosen here, the setting counts.
enum renewal_fleet renewal_flags_fleet(const struct renewal_flags *flags);

// A line each: "fleet on", "fleet off", "SANDBOX", "SANDBOX CREDENTIAL". Returns the number of the first line
// that is none of these and not empty, or is one too many; 0: all were taken.
int renewal_flags_parse(struct renewal_flags *flags, const char *text);
// Adds that text to out.
enum status renewal_flags_format(const struct renewal_flags *flags, struct bytebuf *out);

// One change to the file; sandbox_id "": none but fleet (DEFAULT: none either, just read).
struct renewal_change {
    char sandbox_id[ID_CAP], id[ID_CAP];
    char to_id[ID_CAP]; // not "": the flag of id, where there is one, goes over to this credential
    bool on;
    enum renewal_fleet fleet;
};
// These block on the disk: for a worker thread. *out is what the file then has, the caller's. A file
// or folder that is not there is empty; one with a line that is not understood might say no, and is a
// failure.
enum status renewal_flags_load(const char *folder, struct renewal_flags **out, struct failure *why);
enum status renewal_flags_change(const char *folder, const struct renewal_change *change,
                                 struct renewal_flags **out, struct failure *why);

#endif
