// SPDX-License-Identifier: Apache-2.0
//
// keymap: names of keys, and tables from keys to command numbers by scope. It knows no command of the
// console: scopes and commands are numbers given by the caller.
//
// A key is written as its character ("x", "?", "G") or its name (Enter Esc Tab Backspace Space Up Down Left
// Right Home End PageUp PageDown Insert Delete Begin F1..F20), after Ctrl-, Alt-, Shift- in any case and
// order; "Ctrl-R" and "Ctrl-r" are the same key, "Alt-N" and "Alt-n" are not. Several keys stand apart by a
// blank.

#ifndef SBXDECK_TUI_TERM_KEYMAP_H
#define SBXDECK_TUI_TERM_KEYMAP_H

#include "tui/base/input_event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KEYMAP_NONE = -1,     // no command has this key
    KEYMAP_NAME_MAX = 32, // longest name of a key, with NUL
    KEYMAP_KEYS_MAX = 16  // keys of one list
};

struct keymap_key {
    uint32_t key; // as in struct input_event
    unsigned modifiers;
};

// The key of an event; key 0 when it is no INPUT_KEY.
struct keymap_key keymap_key_of(const struct input_event *event);
bool keymap_key_equal(struct keymap_key a, struct keymap_key b);

// One key. False when it isn't a key's name; *key is then unchanged.
bool keymap_parse(const char *name, struct keymap_key *key);
// The names of keys that are no characters, by index; NULL beyond the end.
const char *keymap_name(size_t index);
// Keys apart by blanks. The number of keys put into keys (at most cap), or -1 when one is no key or they are
// more than cap.
int keymap_parse_list(const char *names, struct keymap_key *keys, size_t cap);
// The canonical name ("Ctrl-R", "Shift-Tab", "x"), which parses to the same key. Always ended by NUL.
void keymap_format(struct keymap_key key, char name[KEYMAP_NAME_MAX]);
// Several, apart by separator; returns out. Cut at whole names when cap is too small.
char *keymap_format_list(const struct keymap_key *keys, size_t count, const char *separator, char *out,
                         size_t cap);

struct keymap;
struct keymap *keymap_new(void);
void keymap_free(struct keymap *keymap); // NULL is fine

// Each key of the list runs the command (0 or more) in the scope. A key that was bound in that scope is
// rebound. False, and nothing bound, when the list does not parse.
bool keymap_bind(struct keymap *keymap, int scope, const char *names, int command);

// The command of a key, or KEYMAP_NONE.
int keymap_lookup(const struct keymap *keymap, int scope, struct keymap_key key);

#endif
