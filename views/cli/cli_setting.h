// SPDX-License-Identifier: Apache-2.0
//
// cli_setting: how the verbs of `config` name a setting, and what they print of the file and its faults.

#ifndef SBXDECK_VIEWS_CLI_CLI_SETTING_H
#define SBXDECK_VIEWS_CLI_CLI_SETTING_H

#include "api/config/config.h"

#include <stdio.h>

// An option ("refresh"), or a line of a section ("keys.connect", "profile.work.base_url").
struct cli_setting {
    char section[CONFIG_SECTION_CAP]; // as in struct config_line; "" an option
    char name[CONFIG_LINE_MAX];
};
// False, and why: there is no such option or section; the names below a section are its checker's.
bool cli_setting_parse(const char *word, struct cli_setting *out, struct failure *why);
// The other way round.
void cli_setting_word(const char *section, const char *name, char *out, size_t cap);
// Of an option; -1: none.
int cli_setting_option(const char *name);

// A text of the file or the environment, made harmless; on a terminal only, where raw is set.
void cli_setting_print(const char *text, bool raw);
// "path:line: message (advice)", made harmless, as a line of its own.
void cli_setting_print_fault(FILE *stream, const char *path, int line, const char *kind,
                             const struct failure *why);
// Prints what is wrong to stderr; returns the exit code.
int cli_setting_complain(const char *verb, const struct failure *why);
// The file; where it can't be read, says so: NULL and the exit code.
struct config_text *cli_setting_read(const char *verb, int *code);

#endif
