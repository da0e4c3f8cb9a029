// SPDX-License-Identifier: Apache-2.0
//
// saved_filters: The filters that have a name, from the settings' section [filters], and the words @NAME in a
// filter, which stand for theirs.

#ifndef SBXDECK_API_CONFIG_SAVED_FILTERS_H
#define SBXDECK_API_CONFIG_SAVED_FILTERS_H

#include "api/config/config_text.h"
#include "api/fleet/fleet_filter.h"

enum { SAVED_FILTER_NAME_CAP = 33, SAVED_FILTER_WORDS_CAP = 256, SAVED_FILTERS_MAX = 64 };

struct saved_filter {
    char name[SAVED_FILTER_NAME_CAP];
    char words[SAVED_FILTER_WORDS_CAP];
};
struct saved_filters {
    struct saved_filter list[SAVED_FILTERS_MAX];
    size_t count;
};

bool saved_filter_is_name(const char *name); // 1 to 32 letters, digits, '-' and '_'
// BAD_ARGUMENT, with why: no name for a filter, or words that are wrong, too long, none, or name another
// saved filter.
enum status saved_filter_check(const char *name, const char *words, struct failure *why);

// Those of the file's section, up to the first line that is wrong: BAD_ARGUMENT names it.
enum status saved_filters_take(struct saved_filters *out, const struct config_text *text,
                               struct failure *why);
// Every line that is wrong: a config_section_check.
void saved_filters_check(const struct config_text *text, config_fault_take *fault, void *ctx);

const struct saved_filter *saved_filters_find(const struct saved_filters *saved, const char *name); // or NULL

// text with the words of each @NAME in its place. Of one that is not there, BAD_ARGUMENT with why, and it is
// left out; *unfinished: it is the last word, and a name begins so. TOO_LARGE: it has no room; out is then
// what has.
enum status saved_filters_expand(const struct saved_filters *saved, const char *text, char *out, size_t cap,
                                 bool *unfinished, struct failure *why);

// --- those of this process, of the main thread ---

// The file's from now on; as they were when it fails.
enum status saved_filters_of_text(const struct config_text *text, struct failure *why);
const struct saved_filters *saved_filters_now(void); // until they are set again
unsigned saved_filters_version(void);                // another one when they have been set
// One is saved, or forgotten (words NULL), in memory alone. False: there is no room.
bool saved_filters_set(const char *name, const char *words);

// What is typed, with the words of these: strictly, for a verb.
enum status saved_filters_parse(const char *text, struct fleet_filter *out, struct failure *why);

#endif
