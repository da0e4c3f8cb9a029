// SPDX-License-Identifier: Apache-2.0
//
// key_settings: read the keys that the operator has chosen from the settings file, and bind them.

#ifndef SBXDECK_VIEWS_COMMAND_KEY_SETTINGS_H
#define SBXDECK_VIEWS_COMMAND_KEY_SETTINGS_H

#include "api/config/config_text.h"
#include "views/command/commands.h"

// The section [keys]: "command = keys", the command's name with '_' or '-' for blanks, keys apart by blanks
// or "none". BAD_ARGUMENT names the line, the value and what would be right; no key is changed then.
enum status key_settings_load(struct failure *why);
// The same of a file that is read; keys that are not set there are the table's again, without
// those that are given to something else there.
enum status key_settings_of_text(const struct config_text *text, struct failure *why);
// For config_check.h: all faults, also of the keys of own commands, and nothing is changed.
void key_settings_check(const struct config_text *text, config_fault_take *fault, void *ctx);
// The same of each key that a line takes from a command that has it in the table: whose it was, and what that
// one has left.
void key_settings_notes(const struct config_text *text, config_fault_take *note, void *ctx);

// The command's name as it is written there: "credential_new". Static.
const char *key_settings_name(enum command command);

#endif
