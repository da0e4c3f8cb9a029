// SPDX-License-Identifier: Apache-2.0
//
// sshd: the emulator's SSH server: each sandbox on an address of its own, with a host key of its own. The
// accepting thread makes a process for each connection; that process asks here who may come in.

#ifndef SBXDECK_TESTS_EMULATOR_SSHD_H
#define SBXDECK_TESTS_EMULATOR_SSHD_H

#include "tests/emulator/store.h"

struct sshd;

// Listens on the addresses of all sandboxes, also of those made later, on one port. NULL: err says why. The
// caller ends it by sshd_stop.
struct sshd *sshd_start(struct store *store, const struct options *options, char *err, size_t cap);
int sshd_port(const struct sshd *sshd);
// Ends every connection, every process of their shells, and removes all folders.
void sshd_stop(struct sshd *sshd);

// The process of one connection (main's argv[1] is "--ssh-connection"). Returns the exit code.
int sshd_connection_main(int argc, char **argv);

#endif
