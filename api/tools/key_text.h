// SPDX-License-Identifier: Apache-2.0
//
// key_text: A new Ed25519 key as the text of a private key's file, byte for byte in the shape that ssh-keygen
// writes: lines of 70 characters, and no more padding than needed. libssh writes one long line and pads to
// 16; AsyncSSH and others that read strictly call such a file invalid.

#ifndef SBXDECK_API_TOOLS_KEY_TEXT_H
#define SBXDECK_API_TOOLS_KEY_TEXT_H

#include <stdbool.h>

enum { KEY_TEXT_CAP = 512 };

// False: there is no randomness. It is a secret: wipe it after use.
bool key_text_new(char text[KEY_TEXT_CAP]) __attribute__((warn_unused_result));

#endif
