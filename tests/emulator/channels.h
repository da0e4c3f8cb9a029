// SPDX-License-Identifier: Apache-2.0
//
// channels: the channels of one SSH connection: shells and commands, the subsystem sftp, and connections that
// are forwarded either way, on this machine's loopback addresses alone. Each has its own back-pressure: one
// that is not read stalls no other.

#ifndef SBXDECK_TESTS_EMULATOR_CHANNELS_H
#define SBXDECK_TESTS_EMULATOR_CHANNELS_H

#include "tests/emulator/shell.h"

#include <libssh/libssh.h>
#include <poll.h>
#include <stdbool.h>

enum { CHANNELS_MAX = 256, CHANNELS_POLLS_MAX = 3 * CHANNELS_MAX + 64 };

struct channels;

// For a session that takes no more than so many sessions at once. NULL: out of memory.
struct channels *channels_new(ssh_session session, const struct shell_place *place, int max_sessions);
// At the end, in this order (NULL is fine): all channels are closed and what runs is hung up; while the
// session is still there. Then it gets a moment to say good-bye. What runs on is the caller's to end.
void channels_hang_up(struct channels *channels);
void channels_wait(struct channels *channels);
void channels_free(struct channels *channels);

// For libssh: a session channel is asked for, NULL refuses it; and all that has no callback of its own. The
// latter gives 1 when it is to be refused.
ssh_channel channels_open_session(struct channels *channels);
int channels_message(ssh_session session, ssh_message message, void *channels);

// Moves all bytes that can be moved. False: the connection is broken.
bool channels_pump(struct channels *channels);
// What is to be waited for besides the connection's socket; *timeout_ms is lowered where need be.
nfds_t channels_polls(struct channels *channels, struct pollfd polls[CHANNELS_POLLS_MAX], int *timeout_ms);
// Something came from the client.
void channels_stir(struct channels *channels);

#endif
