// SPDX-License-Identifier: Apache-2.0
//
// host_key_pins: keys of hosts that the file could not take: they count until the program ends, so that a
// disk that is full or read-only neither locks the operator out nor lets a key change unnoticed. From any
// thread. For host_key.c.

#ifndef SBXDECK_API_HOST_KEY_PINS_H
#define SBXDECK_API_HOST_KEY_PINS_H

#include <stdbool.h>
#include <stddef.h>

// name: as in the file. False: there is no room for more (or no memory).
bool host_key_pins_add(const char *name, const char *type, const char *key_base64);
// The lines of that host, as they would stand in the file; the caller frees them. NULL: none.
char *host_key_pins_text(const char *name, size_t *length);
void host_key_pins_drop(const char *name);

#endif
