// SPDX-License-Identifier: Apache-2.0
//
// config_private: The table of options with what reads their values; for this wing alone.

#ifndef SBXDECK_API_CONFIG_CONFIG_PRIVATE_H
#define SBXDECK_API_CONFIG_CONFIG_PRIVATE_H

#include "api/config/config.h"

struct config_entry {
    struct config_option shown;
    size_t offset, size; // of the member in struct config
    // False: not of the option's form; *why may say more.
    bool (*set)(const struct config_entry *option, void *member, const char *value, struct failure *why);
    const char *const *words; // set_word: ended by NULL
    int least, most;          // set_int
    const char *counted_in;   // set_int: "s", "h": a time, which may have units; another word
    bool sensitive;           // it runs a program, or decides where the key and the passwords go
    bool described;           // its fallback is in words, and no value
};
const struct config_entry *config_entry(size_t index); // NULL beyond the end
const struct config_entry *config_entry_find(const char *name);

// config_line.c: false: not of its form; *why (may be NULL) may say more.
bool config_set_value(struct config *config, const struct config_entry *option, const char *value,
                      struct failure *why);

#endif
