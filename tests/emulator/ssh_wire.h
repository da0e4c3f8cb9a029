// SPDX-License-Identifier: Apache-2.0
//
// ssh_wire: The messages between the accepting process and the process of one connection, over a pair of
// sockets that keep them whole.

#ifndef SBXDECK_TESTS_EMULATOR_SSH_WIRE_H
#define SBXDECK_TESTS_EMULATOR_SSH_WIRE_H

#include "tests/emulator/shell.h"
#include "tests/emulator/store.h"

enum { SSH_WIRE_SOCKET = 3, SSH_WIRE_CONTROL = 4, HOST_KEY_CAP = 4096 };

// First, to the connection.
struct ssh_wire_hello {
    struct shell_place place;
    char host_key[HOST_KEY_CAP]; // private, OpenSSH's form
    int max_sessions;            // at once
};
// From the connection: may this one come in?
struct ssh_wire_ask {
    char user[STORE_ID_CAP];
    char password[256];
};
// The answer. Later, by itself: admitted false means that the session is to end.
struct ssh_wire_verdict {
    bool admitted;
};

#endif
