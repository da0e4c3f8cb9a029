// SPDX-License-Identifier: Apache-2.0
//
// cli_option: the table of all verbs' options, and how each is read into struct cli_arguments.

#ifndef SBXDECK_VIEWS_CLI_CLI_OPTION_H
#define SBXDECK_VIEWS_CLI_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Options that a verb takes together.
enum cli_option_group {
    CLI_JSON = 1,
    CLI_ID = 2,
    CLI_PASSWORD = 4,
    CLI_TTY = 8,
    CLI_PLAY = 16,
    CLI_YES = 32,
    CLI_MEMORY = 64,
    CLI_EVENTS = 128,
    CLI_WALL = 256,
    CLI_NEW = 512,
    CLI_EXEC = 1024,
    CLI_SSH = 2048,
    CLI_UNDO = 4096,
    CLI_FORCE = 8192
};

enum { CLI_ENV_MAX = 64, CLI_OPTIONS_MAX = 64, CLI_PORTS_MAX = 16 };

// What a verb was given. Texts point into argv.
struct cli_arguments {
    bool json, show_password, tty, no_tty, no_stdin, yes, memory_only, wall, auto_pause, wake, fresh, undo,
        force, help;
    double speed;                    // 0: not given
    int64_t idle_limit_ms;           // -1: not given
    const char *id;                  // NULL: not given
    int64_t since_ms;                // server's clock; 0: not given
    unsigned kinds;                  // as of an event_query; 0: not given
    const char *template_name;       // NULL: not given
    const char *name;                // of a new sandbox; NULL: not given
    int vcpu, memory_mib, timeout_s; // 0: not given
    int limit_s;                     // of a command; 0: not given
    const char *env[CLI_ENV_MAX];    // NAME=VALUE, or NAME
    int env_count;
    char **values; // what stands after the verb, without options
    int value_count;
    char **command; // of VERB_COMMAND: what stands after "--"
    int command_count;
};

struct cli_option {
    const char *name;
    int letter;           // 0: none
    const char *argument; // its name; NULL: a flag
    unsigned group;       // 0: for every verb
    const char *help;
    size_t flag; // of a flag: its place in struct cli_arguments
    bool (*take)(struct cli_arguments *arguments, const char *value);
    const char *rule; // see cli_option_rule
    bool repeated;    // may be given more than once
};

const struct cli_option *
cli_option_at(size_t index); // NULL: beyond the end, which is at most CLI_OPTIONS_MAX
// The one of that name that every verb takes, but --help; NULL: none.
const struct cli_option *cli_option_of_all(const char *name, size_t length);
bool cli_option_counts(const struct cli_option *option, unsigned groups);
// value: NULL for a flag. False: it can't be that.
bool cli_option_take(const struct cli_option *option, struct cli_arguments *arguments, const char *value);
// What a value must be.
const char *cli_option_rule(const struct cli_option *option);

#define CLI_ID_RULE "1 to 64 of letters, digits, '-', '_' and '.'"

#endif
