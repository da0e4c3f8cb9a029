// SPDX-License-Identifier: Apache-2.0
//
// config_edit: Set or remove one value in the settings file: comments, order and the other lines stay as they
// are, the file is replaced at once or not at all, its mode stays (0600 of a new one), and where it is a
// link, what it leads to is replaced.
//
// Nothing here knows what values mean: see config_check.h for a check before. Blocks on the disk: a console
// calls it on a worker thread. Any thread; two at a time, also of other processes, wait for each other.

#ifndef SBXDECK_API_CONFIG_CONFIG_EDIT_H
#define SBXDECK_API_CONFIG_CONFIG_EDIT_H

#include "api/config/config_text.h"

// section: "" for the options, else as in struct config_line ("filters", "profile work"). A name that is
// there several times is set where it counts, the last one. BAD_ARGUMENT: what can't be a name or value in a
// line of this file; the file can't be read. STORE_FAILED: it can't be written; as it was, then.
enum status config_edit_set(const char *path, const char *section, const char *name, const char *value,
                            struct failure *why);
// All of that name in the section. *found (may be NULL): there was one.
enum status config_edit_unset(const char *path, const char *section, const char *name, bool *found,
                              struct failure *why);

// The same in memory: text with the change made → *out, to be freed also when it fails.
enum status config_edit_text_set(const struct config_text *text, const char *section, const char *name,
                                 const char *value, struct bytebuf *out, struct failure *why);
enum status config_edit_text_unset(const struct config_text *text, const char *section, const char *name,
                                   struct bytebuf *out, bool *found, struct failure *why);

// What happens between reading and writing, under the lock: makes the new bytes of text in *out. The file is
// left alone unless it says OK, and when nothing has changed.
typedef enum status config_edit_make(void *ctx, const struct config_text *text, struct bytebuf *out,
                                     struct failure *why);
enum status config_edit_run(const char *path, config_edit_make *make, void *ctx, struct failure *why);

#endif
