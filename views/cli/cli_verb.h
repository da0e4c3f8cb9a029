// SPDX-License-Identifier: Apache-2.0
//
// cli_verb: the table of verbs. The command line is read by it; --help, the README and the man page are made
// from it.

#ifndef SBXDECK_VIEWS_CLI_CLI_VERB_H
#define SBXDECK_VIEWS_CLI_CLI_VERB_H

#include "views/cli/cli_option.h"

struct cli_job;

// LOCAL: started without asking for the fleet. STAYS: runs until it is stopped, and waits for a network or
// server that is away at the start. ANSWERS: exit codes 0 and 1 are answers, and a failure exits with more.
// NO_VAULT: goes on when the vault can't be read, since it needs nothing of it. IN_MEMORY: the same, where
// there is no vault and none can be made. OLD_KEY: reads LEAP0_OLD_API_KEY. COMMAND: takes a command
// after "--". PICKS: finds its SANDBOX itself: it is named, chosen on the terminal, or made (--new).
// CHANGES: does nothing but change something at the server, and so is refused at once in read-only mode.
enum cli_trait {
    VERB_LOCAL = 1,
    VERB_STAYS = 2,
    VERB_ANSWERS = 4,
    VERB_NO_VAULT = 8,
    VERB_IN_MEMORY = 16,
    VERB_OLD_KEY = 32,
    VERB_COMMAND = 64,
    VERB_PICKS = 128,
    VERB_CHANGES = 256
};

struct cli_verb {
    const char *name;
    const char *arguments;
    int least, most;  // of them; most -1: any number
    unsigned options; // of enum cli_option_group
    unsigned traits;  // of enum cli_trait
    const char *help;
    // Starts the work on the job's loop when the fleet is there and SANDBOX is resolved; it ends by
    // cli_finish or cli_fail. NULL: the verb has no job.
    void (*start)(struct cli_job *job);
    // Returns the exit code. NULL: as above; both NULL: the caller of cli_run does it (demo).
    int (*run)(const struct cli_arguments *arguments);
};
const struct cli_verb *cli_verb_at(size_t index); // NULL beyond the end
// The verb whose words argv[1] and on begin with; *words is how many they are. NULL: none.
const struct cli_verb *cli_verb_find(int argc, char **argv, int *words);
// The word after the group's of a verb with two ("ls" of "access ls"); NULL: it isn't in that group.
const char *cli_verb_in_group(const struct cli_verb *verb, const char *group);

// What a group with several verbs is for; NULL: none is said.
const char *cli_verb_group_help(const char *group);

#endif
