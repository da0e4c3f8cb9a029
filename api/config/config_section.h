// SPDX-License-Identifier: Apache-2.0
//
// config_section: The sections of the settings file besides the options before any: their names and what they
// are for. A new one is a line in config_section.c; who checks its lines says so in config_check.h.

#ifndef SBXDECK_API_CONFIG_CONFIG_SECTION_H
#define SBXDECK_API_CONFIG_CONFIG_SECTION_H

#include "api/base/status.h"

enum { CONFIG_SECTION_CAP = 128 }; // of a section as it is named here, with its NUL

struct config_section {
    const char *name; // "keys", "profile"
    bool named;       // [profile NAME]; else [keys]
    // For help and man page: the form of its lines, its default in words, what it is.
    const char *type, *fallback, *text;
};
const struct config_section *config_section(size_t index); // NULL beyond the end
// The one that "keys" or "profile work" is; NULL: none.
const struct config_section *config_section_of(const char *section);

// Of "profile work": the "work". NULL: it is no section of that kind with a name.
const char *config_section_name(const char *section, const char *kind);
// A line "[…]" in the file's form → out: "keys", "profile work" (one blank). False, and why: it is none of
// them.
bool config_section_parse(const char *line, size_t length, char out[CONFIG_SECTION_CAP], struct failure *why);

#endif
