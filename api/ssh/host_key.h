// SPDX-License-Identifier: Apache-2.0
//
// host_key: Check a server's host key against a known_hosts file of OpenSSH's format, and add or remove keys
// there.
//
// Plain names are written ("[host]:port" when the port is not 22); hashed names, patterns and @revoked are
// followed. A line about the host that can't be followed is named, and the key refused.

#ifndef SBXDECK_API_SSH_HOST_KEY_H
#define SBXDECK_API_SSH_HOST_KEY_H

#include "api/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum host_key_verdict {
    HOST_KEY_KNOWN,
    HOST_KEY_NEW,
    HOST_KEY_CHANGED,
    HOST_KEY_REVOKED, // a line says that this key is not to be trusted
    HOST_KEY_UNREADABLE
};

enum { FINGERPRINT_CAP = 64 }; // "SHA256:" and 43 characters of base64

struct host_key_report {
    enum host_key_verdict verdict;
    char host[300];              // as it stands in the file
    char seen[FINGERPRINT_CAP];  // the fingerprint that the server showed
    char seen_type[32];          // "ssh-ed25519"
    char known[FINGERPRINT_CAP]; // the one in the file, when CHANGED
    char known_type[32];
    char unkept[192]; // why the file did not take a new key, which is pinned instead; "" when it did
    int line;         // where in the file, when CHANGED; 0: it is pinned
    bool pinned;      // the verdict is by a key of host_key_pin, not by the file
};

// Reads file (absent: nothing known). type and key_base64 are the server's key as libssh exports it.
// A host known by keys of other types only is CHANGED too. A file that cannot be read, that others may write
// or whose line for this host makes no sense or is of a certificate authority (and no other line has the key)
// is UNREADABLE, and STORE_FAILED or STORE_UNSAFE is returned. REVOKED: SSH_FAILED. Blocking: for a worker
// thread.
enum status host_key_check(const char *file, const char *host, int port, const char *type,
                           const char *key_base64, struct host_key_report *out, struct failure *why);
// The types of the keys that the file has for that host, joined by commas in the file's order; "" when none.
// What is to be asked for first, so that a server with several keys does not look changed. Blocking.
enum status host_key_types(const char *file, const char *host, int port, char *types, size_t cap,
                           struct failure *why);
// Appends one line, whole or not at all, safe against other processes (file lock), created 0600 in a 0700
// folder. Nothing to do when it is there; HOST_KEY_CHANGED when another process has kept another key for that
// host in the meantime. Blocking: for a worker thread.
enum status host_key_add(const char *file, const char *host, int port, const char *type,
                         const char *key_base64, struct failure *why);
// For a new key that host_key_add could not write: until the program ends, host_key_check takes it for one of
// the file's. False: too many. From any thread.
bool host_key_pin(const char *host, int port, const char *type, const char *key_base64);
// Takes out all lines of that host, and what is pinned of it; STORE_FAILED when a line with a pattern or a
// marker is about it too: that one stays. For an operator who knows why it changed. Blocking.
enum status host_key_forget(const char *file, const char *host, int port, struct failure *why);

#endif
