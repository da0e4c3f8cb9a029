// SPDX-License-Identifier: Apache-2.0
//
// ssh_target: where to connect. An access object names user, host and port, or its ssh_command does. That
// string comes from the network: it is read by a strict grammar, never run, and its options are never handed
// on.

#ifndef SBXDECK_API_SSH_TARGET_H
#define SBXDECK_API_SSH_TARGET_H

#include "api/model.h"
#include "api/status.h"

struct ssh_target {
    char user[ID_CAP];
    char host[HOST_CAP];
    int port; // 1..65535
};

// Grammar: "ssh" then any of { "-o" NAME=VALUE | "-oNAME=VALUE" | "-p" N | "-pN" | "-l" USER } then
// [USER@]HOST, where only -o StrictHostKeyChecking is known (and ignored). HOST: a DNS name, an IPv4 address
// or [IPv6]. Anything else, a second target, a command, quotes, shell characters: MALFORMED with why, *out
// untouched.
enum status ssh_target_parse(const char *command, struct ssh_target *out, struct failure *why);

// What to connect to for an access: its own host, port and username where given; else its ssh_command; else
// <sandbox_id>.<domain>, port 22, the id as the user. The user must be the credential's id unless the access
// names another.
enum status ssh_target_of(const char *id, const char *sandbox_id, const char *host, int port,
                          const char *username, const char *ssh_command, const char *domain,
                          struct ssh_target *out, struct failure *why);

#endif
