// SPDX-License-Identifier: Apache-2.0
//
// ssh_target: Decide where to connect for a credential.
//
// An access object names user, host and port, or its ssh_command does. That string comes from the network: it
// is read by a grammar, never run, and its options are never passed on.

#ifndef SBXDECK_API_SSH_SSH_TARGET_H
#define SBXDECK_API_SSH_SSH_TARGET_H

#include "api/base/status.h"
#include "api/leap0/model.h"

struct ssh_target {
    char user[ID_CAP];
    char host[HOST_CAP];
    int port; // 1..65535
};

// What to connect to for an access: its own host, port and username where they are valid; else its
// ssh_command, where that can be read and signs in as id or username; else <sandbox_id>.<domain>, port 22, id
// as the user. MALFORMED, with *out untouched, only when that is no host either, or the id no user.
//
// A command is "ssh" with its options and one destination, in any order: [USER@]HOST, or an ssh:// URI, which
// may also stand alone. Of the options -p, -l, -o Port= and -o User= count, the others are stepped over.
// HOST: a DNS name, an IPv4 address, an IPv6 address in brackets or not, with a zone or not. Anything else (a
// second target, a remote command, quotes, shell characters) can't be read.
enum status ssh_target_of(const char *id, const char *sandbox_id, const char *host, int port,
                          const char *username, const char *ssh_command, const char *domain,
                          struct ssh_target *out, struct failure *why);

// False: there is a command that can't be read, and no valid host that makes it needless, so that the
// sandbox's own name takes its place.
bool ssh_target_is_understood(const char *id, const char *host, const char *username,
                              const char *ssh_command);
// False: it is there but invalid, and is left out.
bool ssh_target_host_is_understood(const char *host);
bool ssh_target_user_is_understood(const char *username);

#endif
