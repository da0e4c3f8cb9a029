// SPDX-License-Identifier: Apache-2.0
//
// local_keys: Make the keys of the hop between a tool and `sbxdeck ssh-proxy` on this machine, once, and keep
// them whole. Nothing of them is ever shown to a sandbox.

#ifndef SBXDECK_API_TOOLS_LOCAL_KEYS_H
#define SBXDECK_API_TOOLS_LOCAL_KEYS_H

#include "api/base/status.h"

enum { LOCAL_PATH_CAP = 1024 + 32 };

// The name that known_hosts has the proxy's key under, for all sandboxes: ssh_config's HostKeyAlias.
#define LOCAL_HOST_ALIAS "sbxdeck-proxy"
// What the names of sandboxes end in, for tools.
#define LOCAL_NAME_END ".leap0"

struct local_keys {
    char folder[LOCAL_PATH_CAP];      // <state_folder>/ssh, 0700
    char host_key[LOCAL_PATH_CAP];    // each 0600: the proxy's private key, ed25519, OpenSSH's format
    char known_hosts[LOCAL_PATH_CAP]; // one line: LOCAL_HOST_ALIAS and the public half of it
    char identity[LOCAL_PATH_CAP];    // the tool's private key, for one that signs in by no other way
    char identity_pub[LOCAL_PATH_CAP];
    char config[LOCAL_PATH_CAP]; // ssh_config's block; not made here
};

// Only the paths. BAD_ARGUMENT: state_folder is too long.
enum status local_keys_paths(const char *state_folder, struct local_keys *out, struct failure *why);

// Makes what is missing or damaged, and what depends on that: known_hosts follows host_key, identity.pub
// identity. What is whole stays as it is. Each file appears whole or not at all; a kill in between is mended
// by the next call; several processes and threads may call it at once. *out (may be NULL): the paths.
// STORE_UNSAFE: the folder or a file isn't ours alone (the advice says what to do), and nothing was changed;
// STORE_FAILED: the disk; BAD_ARGUMENT; NO_MEMORY. It blocks on the disk: for a worker thread, or before the
// loop.
enum status local_keys_make(const char *state_folder, struct local_keys *out, struct failure *why);

// One process at a time in that folder, which must be there. *fd is closed to let the next one in; -1 on
// failure: STORE_LOCKED, STORE_FAILED.
enum status local_keys_lock(const struct local_keys *keys, int *fd, struct failure *why);

#endif
