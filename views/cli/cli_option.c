// SPDX-License-Identifier: Apache-2.0
//
// cli_option: the table of all verbs' options, and how each is read into struct cli_arguments.

#include "views/cli/cli_option.h"

#include "api/base/time_util.h"
#include "api/config/profile_name.h"
#include "api/fleet/sandbox_label.h"
#include "api/leap0/model.h"
#include "tui/base/duration.h"
#include "tui/cast/cast_reader.h"
#include "views/log/log_rows.h"

#include <stdlib.h>
#include <string.h>

enum {
    IDLE_LIMIT_MAX_S = 86400,
    VCPU_MAX = 8,
    MEMORY_MIN = 512,
    MEMORY_MAX = 8192,
    TIMEOUT_MAX_S = 8 * 3600,
    TEMPLATE_NAME_MAX = 64,
    LIMIT_MAX_S = 86400
};

// --- values -------------------------------------------------------------------------------

static bool take_number(const char *text, double least, double most, double *out)
{
    char *end = NULL;
    if (strspn(text, "0123456789.") != strlen(text))
        return false; // no blanks, signs, hexadecimals and names of numbers
    *out = strtod(text, &end);
    return end != text && *end == '\0' && *out >= least && *out <= most;
}

static bool take_whole(const char *text, int least, int most, int *out)
{
    double number = 0;
    if (strchr(text, '.') != NULL || !take_number(text, least, most, &number))
        return false;
    *out = (int)number;
    return true;
}

static bool take_id(struct cli_arguments *arguments, const char *value)
{
    arguments->id = value;
    return id_is_valid(value);
}

static bool take_since(struct cli_arguments *arguments, const char *value)
{
    return log_when_parse(value, time_wall_ms(), &arguments->since_ms) && arguments->since_ms > 0;
}

static bool take_kind(struct cli_arguments *arguments, const char *value)
{
    return log_kinds_parse(value, &arguments->kinds);
}

static bool take_speed(struct cli_arguments *arguments, const char *value)
{
    return take_number(value, CAST_SPEED_MIN, CAST_SPEED_MAX, &arguments->speed);
}

static bool take_idle_limit(struct cli_arguments *arguments, const char *value)
{
    double seconds = 0;
    bool fine = take_number(value, 0, IDLE_LIMIT_MAX_S, &seconds);
    arguments->idle_limit_ms = (int64_t)(seconds * 1000);
    return fine;
}

static bool take_template(struct cli_arguments *arguments, const char *value)
{
    arguments->template_name = value;
    for (const char *at = value; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return value[0] != '\0' && strlen(value) <= TEMPLATE_NAME_MAX;
}

static bool take_name(struct cli_arguments *arguments, const char *value)
{
    arguments->name = value;
    return sandbox_label_check_name(value, NULL) == STATUS_OK;
}

static bool take_vcpu(struct cli_arguments *arguments, const char *value)
{
    return take_whole(value, 1, VCPU_MAX, &arguments->vcpu);
}

static bool take_memory(struct cli_arguments *arguments, const char *value)
{
    return take_whole(value, MEMORY_MIN, MEMORY_MAX, &arguments->memory_mib) &&
           arguments->memory_mib % 2 == 0;
}

static bool take_timeout(struct cli_arguments *arguments, const char *value)
{
    long seconds = 0;
    if (!duration_parse(value, &seconds) || seconds < 1 || seconds > TIMEOUT_MAX_S)
        return false;
    arguments->timeout_s = (int)seconds;
    return true;
}

static bool take_limit(struct cli_arguments *arguments, const char *value)
{
    long seconds = 0;
    if (!take_whole(value, 1, LIMIT_MAX_S, &arguments->limit_s)) {
        if (!duration_parse(value, &seconds) || seconds < 1 || seconds > LIMIT_MAX_S)
            return false;
        arguments->limit_s = (int)seconds;
    }
    return true;
}

static size_t env_name_length(const char *pair)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    size_t length = pair[0] >= '0' && pair[0] <= '9' ? 0 : strspn(pair, letters);
    return pair[length] == '=' || pair[length] == '\0' ? length : 0;
}

// NAME=VALUE, or NAME for the value that it has here; no name twice.
static bool take_env(struct cli_arguments *arguments, const char *pair)
{
    size_t length = env_name_length(pair);
    if (length == 0 || arguments->env_count == CLI_ENV_MAX)
        return false;
    for (int i = 0; i < arguments->env_count; i++) {
        if (env_name_length(arguments->env[i]) == length && strncmp(arguments->env[i], pair, length) == 0)
            return false;
    }
    arguments->env[arguments->env_count++] = pair;
    return true;
}

// The settings are read with both (config_load), also by what is started from here.
static bool take_profile(struct cli_arguments *arguments, const char *value)
{
    (void)arguments;
    return profile_name_is_valid(value) && setenv("SBXDECK_PROFILE", value, 1) == 0;
}

static bool take_read_only(struct cli_arguments *arguments, const char *value)
{
    (void)arguments;
    (void)value;
    return setenv("SBXDECK_READ_ONLY", "yes", 1) == 0;
}

// --- the table ----------------------------------------------------------------------------

// clang-format off
#define FLAG(name, letter, group, member, help)                                                              \
    {name, letter, NULL, group, help, offsetof(struct cli_arguments, member), NULL, NULL, true}
#define VALUE(name, letter, argument, group, take, rule, help)                                               \
    {name, letter, argument, group, help, 0, take, rule, false}
#define VALUES(name, letter, argument, group, take, rule, help)                                              \
    {name, letter, argument, group, help, 0, take, rule, true}
// clang-format on

static const struct cli_option options[] = {
    FLAG("json", 0, CLI_JSON, json, "Print JSON"),
    VALUE("id", 'i', "ID", CLI_ID, take_id, "an id: " CLI_ID_RULE,
          "The credential to use, where a sandbox has several"),
    FLAG("show-password", 0, CLI_PASSWORD, show_password, "Include passwords in the output"),
    FLAG("memory-only", 0, CLI_MEMORY, memory_only,
         "Continue when the vault can't be written; add --show-password to get the password"),
    FLAG("undo", 0, CLI_UNDO, undo, "Take out what it has put in"),
    FLAG("yes", 'y', CLI_YES, yes, "Don't ask for confirmation"),
    FLAG("tty", 't', CLI_TTY, tty, "Request a remote terminal, even for a command"),
    FLAG("no-tty", 'T', CLI_TTY, no_tty, "Don't request a remote terminal"),
    FLAG("no-stdin", 'n', CLI_TTY, no_stdin, "Read nothing: use /dev/null as stdin"),
    VALUE("since", 0, "WHEN", CLI_EVENTS, take_since, LOG_WHEN_RULE,
          "How far back: 30m, 2h, 1d, or a date or time (default: 24h)"),
    VALUE("kind", 0, "KIND", CLI_EVENTS, take_kind, NULL, "Only events of these kinds, separated by commas"),
    VALUE("speed", 's', "N", CLI_PLAY, take_speed, "a number from 0.01 to 1000",
          "Play N times as fast: 0.01 to 1000"),
    VALUE("idle-limit", 0, "SECONDS", CLI_PLAY, take_idle_limit, "a number of seconds from 0 to 86400",
          "Longest pause in seconds; 0 keeps the recorded pauses"),
    FLAG("wall", 0, CLI_WALL, wall, "Counts, timeline and alerts for a big screen; read-only"),
    FLAG("new", 0, CLI_SSH, fresh, "Make a sandbox first, as sandbox create does, and connect to it"),
    VALUE("template", 0, "NAME", CLI_NEW, take_template,
          "a template name of 1 to 64 characters, such as system/debian:bookworm",
          "Template (default: system/debian:bookworm)"),
    VALUE("name", 0, "NAME", CLI_NEW, take_name,
          "1 to 63 letters, digits, - and _, a letter or a digit first and not sbx-",
          "A name of your own for it, as sbxdeck name gives it"),
    VALUE("vcpu", 0, "N", CLI_NEW, take_vcpu, "a number from 1 to 8", "CPUs: 1 to 8 (default: 1)"),
    VALUE("memory", 0, "MIB", CLI_NEW, take_memory, "an even number of MiB from 512 to 8192",
          "Memory: 512 to 8192 MiB, even (default: 1024)"),
    VALUE("timeout", 0, "TIME", CLI_NEW, take_timeout, "a duration from 1s to 8h, such as 90s, 30m or 2h",
          "Time-out: 1s to 8h, as 90s, 30m or 2h (default: 5m)"),
    FLAG("auto-pause", 0, CLI_NEW, auto_pause, "Pause it at its time-out instead of ending it"),
    VALUES("env", 'e', "NAME=VALUE", CLI_NEW, take_env,
           "NAME=VALUE, or the NAME of a variable set here; each name once, 64 at most",
           "Environment variable; NAME alone copies its local value; can be repeated"),
    VALUE("timeout", 0, "TIME", CLI_EXEC, take_limit,
          "seconds or a duration from 1s to 24h, such as 30, 90s or 5m",
          "Longest time of a command in each sandbox: seconds, or as 90s or 5m (default: no limit)"),
    FLAG("wake", 0, CLI_EXEC, wake, "Wake paused sandboxes that match; else they are left out"),
    FLAG("force", 0, CLI_FORCE, force, "Replace the names, notes and pins that clash"),
    {"profile", 0, "NAME", 0, "Use the settings, the key and the vault of [profile NAME]", 0, take_profile,
     "a profile's name: " PROFILE_NAME_RULE, false},
    {"read-only", 0, NULL, 0, "Send nothing that changes anything at the server", 0, take_read_only, NULL,
     true},
    FLAG("help", 'h', 0, help, "Show what this does"),
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };
_Static_assert((int)OPTION_COUNT <= (int)CLI_OPTIONS_MAX, "a bit for each");

const struct cli_option *cli_option_at(size_t index)
{
    return index < OPTION_COUNT ? &options[index] : NULL;
}

const struct cli_option *cli_option_of_all(const char *name, size_t length)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].group == 0 && options[i].letter == 0 && strlen(options[i].name) == length &&
            strncmp(options[i].name, name, length) == 0)
            return &options[i];
    return NULL;
}

bool cli_option_counts(const struct cli_option *option, unsigned groups)
{
    return option->group == 0 || (groups & option->group) != 0;
}

bool cli_option_take(const struct cli_option *option, struct cli_arguments *arguments, const char *value)
{
    if (option->take != NULL) // also a flag may be read by one
        return option->take(arguments, value);
    *(bool *)((char *)arguments + option->flag) = true;
    return true;
}

const char *cli_option_rule(const struct cli_option *option)
{
    return option->rule != NULL ? option->rule : log_kinds_rule();
}
