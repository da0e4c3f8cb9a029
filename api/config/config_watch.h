// SPDX-License-Identifier: Apache-2.0
//
// config_watch: Notice that the settings file has changed, in place, by another file in its place as editors
// do it, behind a link, or by its folder coming and going; then read it on a worker thread.

#ifndef SBXDECK_API_CONFIG_CONFIG_WATCH_H
#define SBXDECK_API_CONFIG_CONFIG_WATCH_H

#include "api/config/config_text.h"

#include <uv.h>

struct config_watch;
// Once for each change of what the file says, of who may write it, or of whether it can be read: text until
// the end of the call, or NULL and why. A file that is still being written is waited for.
typedef void config_watch_changed(void *ctx, const struct config_text *text, const struct failure *why);

// Reads the file once, here and now: from then on changes are told. NULL: no memory. Where the kernel can't
// watch folders, only config_watch_look finds changes.
struct config_watch *config_watch_new(uv_loop_t *loop, const char *path, config_watch_changed *changed,
                                      void *ctx);
// Reads it again soon, and tells what it says also when that is the same.
void config_watch_look(struct config_watch *watch);
// changed is not called any more; the loop has to run until it has nothing left to do. NULL is fine.
void config_watch_free(struct config_watch *watch);

#endif
