// SPDX-License-Identifier: Apache-2.0
//
// own_commands: The operator's own commands, [command NAME] in the settings: what runs, on which key, for
// what. They are checked with all else in the settings before any of it counts.

#ifndef SBXDECK_VIEWS_COMMAND_OWN_COMMANDS_H
#define SBXDECK_VIEWS_COMMAND_OWN_COMMANDS_H

#include "api/config/config_text.h"
#include "tui/term/keymap.h"
#include "views/command/commands.h"

enum { OWN_COMMANDS_MAX = 64, OWN_NAME_CAP = 33, OWN_TEXT_CAP = 160 };

// What it is for, and so where it counts: its name, whether a sandbox must be there, a credential of it.
enum own_scope { OWN_DECK, OWN_SANDBOX, OWN_CREDENTIAL, OWN_SESSION, OWN_SCOPE_COUNT };

struct own_command {
    char name[OWN_NAME_CAP];
    char key[KEYMAP_NAME_MAX]; // as written; "" none
    struct keymap_key at;      // of key
    char run[CONFIG_LINE_MAX]; // for /bin/sh -c
    char description[OWN_TEXT_CAP];
    enum own_scope scope;
    bool confirm, background;
    int line; // of the header
};

size_t own_command_count(void);
const struct own_command *own_command_at(size_t index); // NULL beyond the end
const char *own_command_help(const struct own_command *command);
bool own_command_counts(const struct own_command *command, enum scope scope);
// The one on that key in that scope; NULL: none.
const struct own_command *own_command_of(enum scope scope, struct keymap_key key);

// The keys that the text gives to them.
struct own_key {
    char name[OWN_NAME_CAP];
    struct keymap_key key;
    unsigned scopes; // bits
    int line;
};
size_t own_commands_keys(const struct config_text *text, struct own_key out[OWN_COMMANDS_MAX]);

// Each fault of the sections [command NAME], for config_check.h; whose key is whose: key_settings.h.
void own_commands_check(const struct config_text *text, config_fault_take *fault, void *ctx);
// Takes those of a text that was checked. NO_MEMORY: those before stay.
enum status own_commands_of_text(const struct config_text *text, struct failure *why);

#endif
