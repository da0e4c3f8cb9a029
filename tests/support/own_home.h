// SPDX-License-Identifier: Apache-2.0
//
// own_home: run a program whose user's home is a folder of the test's. $HOME isn't enough: OpenSSH looks for
// ~/.ssh/config where the account's line in /etc/passwd says, so that the program runs in a mount namespace
// of its own with another such file. That needs root, or namespaces for users.

#ifndef SBXDECK_TESTS_SUPPORT_OWN_HOME_H
#define SBXDECK_TESTS_SUPPORT_OWN_HOME_H

#include "tests/support/support.h"

enum { OWN_HOME_ARGUMENTS = 16 };

// NULL when it can work here, else why not, for the message of a test that is left out.
const char *own_home_missing(void);

// Begins a command line with at most that many arguments: what follows runs with HOME, PATH and nothing else
// in its environment, and with that home in its /etc/passwd. Gives how many there are. Zero *home before; the
// arguments are valid for as long as it is. The file of accounts is made beside the home, as HOME.passwd.
struct own_home {
    char variable[SUPPORT_PATH_CAP + 32], passwd[SUPPORT_PATH_CAP + 32];
};
size_t own_home_begin(struct own_home *home, const char *folder, const char *argv[OWN_HOME_ARGUMENTS]);

#endif
