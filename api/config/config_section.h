// SPDX-License-Identifier: Apache-2.0
//
// config_section: The sections of the settings file besides the options before any: their names, what they
// are for, and who checks their lines. A new one is a line in config_section.c.

#ifndef SBXDECK_API_CONFIG_CONFIG_SECTION_H
#define SBXDECK_API_CONFIG_CONFIG_SECTION_H

#include "api/config/config_text.h"

// Tells each fault in the sections of that kind. Pure: reads no file, changes nothing, any number of times.
typedef void config_section_check(const struct config_text *text, config_fault_take *fault, void *ctx);

struct config_section {
    const char *name; // "keys", "profile"
    bool named;       // [profile NAME]; else [keys]
    // For help and man page: the form of its lines, its default in words, what it is.
    const char *type, *fallback, *text;
};
const struct config_section *config_section(size_t index); // NULL beyond the end
// The one that "keys" or "profile work" is; NULL: none.
const struct config_section *config_section_of(const char *section);

// Its checker, set once at the start by whoever knows what its lines mean.
void config_section_set_check(const char *name, config_section_check *check);
// Runs all of them.
void config_section_check_all(const struct config_text *text, config_fault_take *fault, void *ctx);

// Of "profile work": the "work". NULL: it is no section of that kind with a name.
const char *config_section_name(const char *section, const char *kind);
// A line "[…]" in the file's form → out as in struct config_line. False, and why: it is none of them.
bool config_section_parse(const char *line, size_t length, char out[CONFIG_SECTION_CAP], struct failure *why);

#endif
