// SPDX-License-Identifier: Apache-2.0
//
// complete: What may stand at the end of a command line, for the shells' Tab. From the tables of verbs,
// options and settings, and from the cache of names; no server is asked and no vault is opened.

#ifndef SBXDECK_VIEWS_CLI_COMPLETE_H
#define SBXDECK_VIEWS_CLI_COMPLETE_H

#include "views/cli/cli_verb.h"

#include <stdbool.h>
#include <stddef.h>

enum { COMPLETE_MOST = 300, COMPLETE_VALUE_CAP = 256, COMPLETE_ABOUT_CAP = 96 };

// What the shell does besides offering them.
enum complete_kind {
    COMPLETE_WORDS,     // nothing
    COMPLETE_UNENDED,   // no blank behind it: more of the word follows
    COMPLETE_FILE_NAMES // offers file names instead
};

struct complete_value {
    char value[COMPLETE_VALUE_CAP];
    char about[COMPLETE_ABOUT_CAP];
};

struct complete {
    const char *typed;               // of the word, behind `before`: what a value must begin with
    char before[COMPLETE_VALUE_CAP]; // of the word, kept in front of each value ("--id=")
    enum complete_kind kind;
    struct complete_value values[COMPLETE_MOST];
    size_t count;
    // Of those that match and had no place, the first and the last by their bytes: what all have in common is
    // then still what these have in common.
    bool more;
    struct complete_value first, last;
};

// words: those behind the program's name, the last of which is being typed (may be ""). What it makes of the
// environment (--profile) stays.
void complete_find(struct complete *complete, int count, char **words);
// A value, where it matches what is typed. about: "" nothing.
void complete_offer(struct complete *complete, const char *value, const char *about);

// --- values: complete_values.c ---

// What stands for a value in the table of verbs ("SANDBOX", "FILE") or of options ("ID"); verb and words are
// the context: what is typed behind the verb. owner: the verb's name, or the option's.
void complete_value_of(struct complete *complete, const char *owner, const char *token, int count,
                       char *const *words);

// `sbxdeck __complete WORD...`: prints "words", "unended" or "files", then a line for each value: it, and
// behind a TAB what it is. Returns the exit code.
int complete_run(int count, char **words);

#endif
