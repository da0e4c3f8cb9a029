// SPDX-License-Identifier: Apache-2.0
//
// console_state: What the console remembers by itself from run to run (order, columns, groups): lines
// "name = value" in a file of the state folder. It is no settings file: nobody is told of a line that can't
// be read; it is left out, and costs nothing else.

#ifndef SBXDECK_API_CONFIG_CONSOLE_STATE_H
#define SBXDECK_API_CONFIG_CONSOLE_STATE_H

#include "api/base/bytebuf.h"
#include "api/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CONSOLE_STATE_LINES = 2048,          // more are left out
    CONSOLE_STATE_NAME_CAP = 32,         // of a-z, 0-9 and _
    CONSOLE_STATE_VALUE_CAP = 512,       // longer ones are not kept
    CONSOLE_STATE_FILE_MAX = 1024 * 1024 // a larger file is as if it were not there
};

struct console_state;

struct console_state *console_state_new(void);        // empty; NULL: out of memory
void console_state_free(struct console_state *state); // NULL is fine
// Adds what the file has; what can't be read is left out. Blocks on the disk.
void console_state_load(struct console_state *state, const char *path);
// The same of its bytes.
void console_state_read(struct console_state *state, const char *bytes, size_t length);

// The last value of that name, or the index-th one; NULL: there is none. Valid until a change.
const char *console_state_get(const struct console_state *state, const char *name);
const char *console_state_at(const struct console_state *state, const char *name, size_t index);
// The index-th line: its name, and *value; NULL: there is none. Likewise.
const char *console_state_line(const struct console_state *state, size_t index, const char **value);
// Takes the place of all of that name; "" only removes them. False: nothing is different. What can't be kept
// (a line end in it, too long) is left out.
bool console_state_set(struct console_state *state, const char *name, const char *value);
bool console_state_add(struct console_state *state, const char *name, const char *value); // one more

// The bytes of the file; names that this version does not know are among them. NO_MEMORY.
enum status console_state_write(const struct console_state *state, struct bytebuf *out);
// Puts them at path, mode 0600, its folder made. Returns 0 or an errno. Blocks on the disk; any thread.
int console_state_save(const char *path, const void *bytes, size_t length);

// --- console_state_merge.c: several consoles that remember in one file ---

// Into out, which is empty: theirs with what has become of `base` in ours. A name that is a list has values
// of which each counts by itself; those of ours come last.
void console_state_merge(struct console_state *out, const struct console_state *base,
                         const struct console_state *ours, const struct console_state *theirs,
                         bool (*is_list)(const char *name));
// The same with what is in the file, and saves it. base, ours: as console_state_write gives it. Any thread.
int console_state_save_changes(const char *path, const struct bytebuf *base, const struct bytebuf *ours,
                               bool (*is_list)(const char *name));

#endif
