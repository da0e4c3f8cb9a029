// SPDX-License-Identifier: Apache-2.0
//
// folder: a private folder in TMPDIR (else /tmp) that is locked for as long as its program lives, so that one
// without a lock is of a program that was killed, and goes at the next start. `sbxdeck demo` makes its own in
// the same way.

#ifndef SBXDECK_TESTS_EMULATOR_FOLDER_H
#define SBXDECK_TESTS_EMULATOR_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

// Made and locked. False: it can't be, see errno. The lock goes with the process.
bool folder_make(char *path, size_t cap);
// With all in it, links not followed.
void folder_remove(const char *path);
// Removes those that dead emulators and demos of this user have left in the place where ours would be.
void folder_sweep(void);

#endif
