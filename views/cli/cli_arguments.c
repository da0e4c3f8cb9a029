// SPDX-License-Identifier: Apache-2.0
//
// cli_arguments: reads argv into a verb and its options. Whatever is wrong is found here, before anything is
// asked of the server, and named with its value and the way out; a word that nearly is one brings the right
// one.

#include "views/cli/cli_arguments.h"

#include "api/base/server_time.h"
#include "tui/base/duration.h"
#include "tui/cast/cast_reader.h"
#include "views/cli/cli_guess.h"
#include "views/log/log_rows.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    IDLE_LIMIT_MAX_S = 86400,
    VCPU_MAX = 8,
    MEMORY_MIN = 512,
    MEMORY_MAX = 8192,
    TIMEOUT_MAX_S = 8 * 3600,
    TEMPLATE_NAME_MAX = 64,
    LETTERS_CAP = 48
};

#define ID_RULE "1 to 64 of letters, digits, '-', '_' and '.'"

static const struct {
    const char *name;
    int letter;
    const char *argument;
    int bit;
} option_facts[] = {
#define X(name, letter, argument, bit, help) {name, letter, argument, bit},
    OPTION_TABLE(X)
#undef X
};
enum { OPTION_COUNT = sizeof option_facts / sizeof option_facts[0] };

static bool option_counts(const struct cli_verb *verb, int index)
{
    return option_facts[index].bit == 0 || (verb->options & option_facts[index].bit) != 0;
}

// --- values ---

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

static bool take_duration(const char *text, int most_s, int *out)
{
    long seconds = 0;
    if (!duration_parse(text, &seconds) || seconds < 1 || seconds > most_s)
        return false;
    *out = (int)seconds;
    return true;
}

static bool take_template(const char *text, const char **out)
{
    *out = text;
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return text[0] != '\0' && strlen(text) <= TEMPLATE_NAME_MAX;
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

// What a value of the option must be.
static const char *value_rule(const char *name)
{
    static const struct {
        const char *name, *rule;
    } rules[] = {
        {"since", LOG_WHEN_RULE},
        {"speed", "a number from 0.01 to 1000"},
        {"idle-limit", "a number of seconds from 0 to 86400"},
        {"template", "a template name of 1 to 64 characters, such as system/debian:bookworm"},
        {"vcpu", "a number from 1 to 8"},
        {"memory", "an even number of MiB from 512 to 8192"},
        {"timeout", "a duration from 1s to 8h, such as 90s, 30m or 2h"},
        {"env", "NAME=VALUE, or the NAME of a variable set here; each name once, 64 at most"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].name, name) == 0)
            return rules[i].rule;
    return strcmp(name, "kind") == 0 ? log_kinds_rule() : "an id: " ID_RULE;
}

static void take_flag(struct cli_arguments *arguments, const char *name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"json", &arguments->json},
        {"show-password", &arguments->show_password},
        {"tty", &arguments->tty},
        {"no-tty", &arguments->no_tty},
        {"no-stdin", &arguments->no_stdin},
        {"yes", &arguments->yes},
        {"wall", &arguments->wall},
        {"memory-only", &arguments->memory_only},
        {"auto-pause", &arguments->auto_pause},
        {"help", &arguments->help},
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strcmp(name, flags[i].name) == 0)
            *flags[i].flag = true;
}

static bool take_value(struct cli_arguments *arguments, const char *name, const char *value)
{
    if (strcmp(name, "id") == 0) {
        arguments->id = value;
        return id_is_valid(value);
    }
    if (strcmp(name, "since") == 0)
        return log_when_parse(value, time_wall_ms(), &arguments->since_ms) && arguments->since_ms > 0;
    if (strcmp(name, "kind") == 0)
        return log_kinds_parse(value, &arguments->kinds);
    if (strcmp(name, "speed") == 0)
        return take_number(value, CAST_SPEED_MIN, CAST_SPEED_MAX, &arguments->speed);
    if (strcmp(name, "idle-limit") == 0) {
        double seconds = 0;
        bool fine = take_number(value, 0, IDLE_LIMIT_MAX_S, &seconds);
        arguments->idle_limit_ms = (int64_t)(seconds * 1000);
        return fine;
    }
    if (strcmp(name, "template") == 0)
        return take_template(value, &arguments->template_name);
    if (strcmp(name, "vcpu") == 0)
        return take_whole(value, 1, VCPU_MAX, &arguments->vcpu);
    if (strcmp(name, "memory") == 0)
        return take_whole(value, MEMORY_MIN, MEMORY_MAX, &arguments->memory_mib) &&
               arguments->memory_mib % 2 == 0;
    if (strcmp(name, "timeout") == 0)
        return take_duration(value, TIMEOUT_MAX_S, &arguments->timeout_s);
    return strcmp(name, "env") == 0 && take_env(arguments, value);
}

// --- options ---

// The options of one verb as getopt wants them.
static void getopt_tables(const struct cli_verb *verb, struct option options[OPTION_COUNT + 1],
                          char letters[LETTERS_CAP])
{
    size_t count = 0;
    size_t used = 0;
    // As with OpenSSH, a command's own options are the command's: '+' stops at the first word.
    if (verb->most < 0)
        letters[used++] = '+';
    letters[used++] = ':';
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!option_counts(verb, i))
            continue;
        options[count++] =
            (struct option){.name = option_facts[i].name,
                            .has_arg = option_facts[i].argument != NULL ? required_argument : no_argument,
                            .flag = NULL,
                            .val = 1000 + i};
        if (option_facts[i].letter != 0) {
            letters[used++] = (char)option_facts[i].letter;
            if (option_facts[i].argument != NULL)
                letters[used++] = ':';
        }
    }
    options[count] = (struct option){0};
    letters[used] = '\0';
}

static int option_index(int code)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (code == 1000 + i || (option_facts[i].letter != 0 && code == option_facts[i].letter))
            return i;
    }
    return -1;
}

// Ends in the exit code of what getopt did not take: an option that is none, or one whose value is missing or
// too much. word: what it stood in.
static int option_refused(const struct cli_verb *verb, int code, const char *word)
{
    char letter[3] = {'-', (char)optopt, '\0'};
    char advice[96];
    int index = option_index(optopt);
    (void)snprintf(advice, sizeof advice, "sbxdeck %s --help", verb->name);
    if (code == ':')
        return cli_usage_error(verb->name, advice, "%s needs a value", word);
    if (index >= 0 && optopt >= 1000)
        return cli_usage_error(verb->name, advice, "--%s takes no value", option_facts[index].name);
    if (optopt > ' ' && optopt <= '~') // one letter, perhaps among others
        return cli_usage_error(verb->name, advice, "%s is not an option of this command", letter);
    struct cli_guess guess;
    cli_guess_begin(&guess, word);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_counts(verb, i))
            cli_guess_try(&guess, option_facts[i].name, option_facts[i].name);
    if (cli_guess_end(&guess) != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean --%s?", cli_guess_end(&guess));
    return cli_usage_error(verb->name, advice, "%s is not an option of this command", word);
}

static int value_refused(const struct cli_verb *verb, const char *name, const char *value)
{
    char advice[96];
    // Of a variable its name alone: its value may be a secret.
    size_t length = strcmp(name, "env") == 0 ? strcspn(value, "=") : strlen(value);
    (void)snprintf(advice, sizeof advice, "sbxdeck %s --help", verb->name);
    return cli_usage_error(verb->name, advice, "--%s: '%.*s' is not %s", name, (int)length, value,
                           value_rule(name));
}

// argv[0] is the verb's last word. *seen: a bit for each option that was read. Returns 0 or the exit code of
// a usage error.
static int read_options(const struct cli_verb *verb, int argc, char **argv, unsigned *seen,
                        struct cli_arguments *arguments)
{
    struct option options[OPTION_COUNT + 1];
    char letters[LETTERS_CAP];
    _Static_assert(OPTION_COUNT <= 32, "a bit for each");
    getopt_tables(verb, options, letters);
    opterr = 0;
    for (;;) {
        int code = getopt_long(argc, argv, letters, options, NULL);
        if (code == -1)
            return 0;
        int index = code == ':' ? -1 : option_index(code);
        if (index < 0)
            return option_refused(verb, code, argv[optind - 1]);
        const char *name = option_facts[index].name;
        if (option_facts[index].argument == NULL) {
            take_flag(arguments, name);
            continue;
        }
        if ((*seen & 1U << index) != 0 && strcmp(name, "env") != 0)
            return cli_usage_error(verb->name, "give it once", "--%s was given twice", name);
        *seen |= 1U << index;
        if (!take_value(arguments, name, optarg))
            return value_refused(verb, name, optarg);
    }
}

// --- what stands beside them ---

static int check_values(const struct cli_verb *verb, const struct cli_arguments *arguments)
{
    char advice[160];
    const char *first = arguments->value_count > 0 ? arguments->values[0] : NULL;
    (void)snprintf(advice, sizeof advice, "sbxdeck %s%s%s", verb->name, verb->arguments[0] != '\0' ? " " : "",
                   verb->arguments);
    if (arguments->value_count < verb->least)
        return cli_usage_error(verb->name, advice, "needs %s", verb->arguments);
    if (verb->most >= 0 && arguments->value_count > verb->most)
        return cli_usage_error(verb->name, advice, "unexpected argument '%s'", arguments->values[verb->most]);
    if (arguments->tty && arguments->no_tty)
        return cli_usage_error(verb->name, "give one of them", "--tty and --no-tty exclude each other");
    if (first == NULL || strstr(verb->arguments, "SANDBOX") == NULL)
        return 0;
    if (first[0] == '\0')
        return cli_usage_error(verb->name, "is the variable set?", "SANDBOX is empty");
    if (!id_is_valid(first))
        return cli_usage_error(verb->name, ID_RULE, "'%s' is not a sandbox id", first);
    return 0;
}

int cli_read_arguments(const struct cli_verb *verb, int argc, char **argv, struct cli_arguments *arguments)
{
    unsigned seen = 0;
    optind = 0;
    int code = read_options(verb, argc, argv, &seen, arguments);
    if (code != 0)
        return code;
    int first = optind;
    if (verb->most < 0 && first < argc) {
        // ssh allows options on both sides of the host.
        char **rest = argv + first;
        optind = 0;
        code = read_options(verb, argc - first, rest, &seen, arguments);
        if (code != 0)
            return code;
        char *sandbox = rest[0];
        int after = first + optind;
        argv[after - 1] = sandbox;
        first = after - 1;
    }
    arguments->values = argv + first;
    arguments->value_count = argc - first;
    return arguments->help ? 0 : check_values(verb, arguments);
}
