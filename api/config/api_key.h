// SPDX-License-Identifier: Apache-2.0
//
// api_key: Get the API key from where the operator keeps it: LEAP0_API_KEY, else the output of the setting
// api_key_command, else the file of api_key_file, else systemd's $CREDENTIALS_DIRECTORY/leap0_api_key.
//
// A profile (config_profile.h) with a key of its own is asked for that alone, one with a server of its own
// and no key has none.
//
// The first of them that is set counts: when it fails, the others are not tried. KEY_MISSING: none is set;
// KEY_REFUSED: what is set gives no key, and the message names it. No key gets into argv, the
// environment of a child, or a message.

#ifndef SBXDECK_API_CONFIG_API_KEY_H
#define SBXDECK_API_CONFIG_API_KEY_H

#include "api/config/config.h"

#include <uv.h>

enum { API_KEY_COMMAND_MS = 30000 };

// On the main thread, before there is another one: LEAP0_API_KEY is taken out of the environment. Blocks for
// as long as the command runs, API_KEY_COMMAND_MS at most; it may ask on /dev/tty. *key is the
// caller's. NO_MEMORY.
enum status api_key_find(const struct config *config, struct secret **key, struct failure *why);

// From now on LEAP0_API_KEY is kept here when it is taken, so that it is found again after a profile with
// another key was in use; false: wiped. Main thread only.
void api_key_keep(bool keep);

// The same beside the loop: the environment's at once, the rest on a worker thread. done is called once, from
// the loop and never from within api_key_ask; key is then the receiver's (NULL: why says why), and the
// request is gone. NO_MEMORY.
struct api_key_request;
typedef void api_key_done(void *ctx, struct secret *key, const struct failure *why);
enum status api_key_ask(uv_loop_t *loop, const struct config *config, api_key_done *done, void *ctx,
                        struct api_key_request **out, struct failure *why);
// done is not called any more, a command that still runs is killed; the loop has to run until it has nothing
// left to do. NULL is fine.
void api_key_cancel(struct api_key_request *request);

#endif
