// SPDX-License-Identifier: Apache-2.0
//
// key_text: Make an API key of what was set or read, or say why it can't be one.

#ifndef SBXDECK_API_CONFIG_KEY_TEXT_H
#define SBXDECK_API_CONFIG_KEY_TEXT_H

#include "api/base/secret.h"
#include "api/base/status.h"

// text[0..length) without the blanks around it. KEY_MISSING when nothing is left, KEY_REFUSED when it can't
// be a key, NO_MEMORY; the message says what `name` (a variable, a setting) is, and never the key. *key is
// the caller's; wiping text is, too.
enum status key_from_text(const char *name, const char *text, size_t length, struct secret **key,
                          struct failure *why);
// Passes that one's status on, but for a place that was set to have a key: it is refused, also when it is
// empty.
enum status key_misread(enum status status, const char *advice, struct failure *why);

#endif
