// SPDX-License-Identifier: Apache-2.0
//
// raw_client: An SSH client over a raw socket that can break the protocol anywhere. It waits for nothing but
// what its caller reads; what is sent is sent as it is (raw_ssh_message and the others of raw_ssh.h).

#ifndef SBXDECK_TESTS_SUPPORT_RAW_CLIENT_H
#define SBXDECK_TESTS_SUPPORT_RAW_CLIENT_H

#include "tests/support/raw_ssh.h"

// Connects to loopback. NULL when it cannot.
struct raw_ssh_peer *raw_client_start(int port);
// On a socket that it closes in the end; a negative one, or no memory, gives NULL.
struct raw_ssh_peer *raw_client_on(int fd);
// Closes and frees. NULL is fine.
void raw_client_stop(struct raw_ssh_peer *peer);
// Goes on in order until that stage; false when the server has closed or does not let it. RAW_SSH_CHANNEL
// opens a session as channel 0; RAW_SSH_STARTED runs the command.
bool raw_client_reach(struct raw_ssh_peer *peer, enum raw_ssh_stage stage, const char *command);
// The type of the next message, 0 when none comes in that time, -1 when the server has closed. IGNORE, DEBUG
// and EXT_INFO are passed over.
int raw_client_read(struct raw_ssh_peer *peer, int ms);
// Reads on until one of that type has come (true) or the server has closed or is silent for long.
bool raw_client_await(struct raw_ssh_peer *peer, int type);
// Reads on until the server has closed; false when it does not.
bool raw_client_is_left(struct raw_ssh_peer *peer);
// The server's number of channel 0.
uint32_t raw_client_channel(const struct raw_ssh_peer *peer);
// Sends no byte after that many; what would be more makes the step fail.
void raw_client_cut(struct raw_ssh_peer *peer, size_t bytes);

#endif
