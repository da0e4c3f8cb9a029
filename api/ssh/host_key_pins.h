// SPDX-License-Identifier: Apache-2.0
//
// host_key_pins: Remember host keys that the file could not take, until the program ends.
//
// So a disk that is full or read-only neither locks the operator out nor lets a key change unnoticed. From
// any thread. For host_key.c.

#ifndef SBXDECK_API_SSH_HOST_KEY_PINS_H
#define SBXDECK_API_SSH_HOST_KEY_PINS_H

#include "api/base/bytebuf.h"

#include <stdbool.h>

// name: as in the file. False: there is no room for more (or no memory).
bool host_key_pins_add(const char *name, const char *type, const char *key_base64);
// Adds the lines of that host, as they would stand in the file.
enum status host_key_pins_text(const char *name, struct bytebuf *text);
void host_key_pins_drop(const char *name);

#endif
