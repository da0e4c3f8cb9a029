// SPDX-License-Identifier: Apache-2.0
//
// cli_arguments: read the options and values of a verb from argv. Whatever is wrong is found here, before
// anything is asked of the server, and named with its value and what would be right.

#include "views/cli/cli_arguments.h"

#include "api/forward/forward_spec.h"
#include "api/leap0/model.h"
#include "views/cli/cli_guess.h"
#include "views/cli/cli_message.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LETTERS_CAP = 64, LONG_ONLY = 1000 }; // what getopt returns for an option: its index and that

// --- options ---

// The options of one verb as getopt wants them.
static void getopt_tables(const struct cli_verb *verb, struct option options[CLI_OPTIONS_MAX + 1],
                          char letters[LETTERS_CAP])
{
    size_t count = 0;
    size_t used = 0;
    const struct cli_option *option = NULL;
    // As with OpenSSH, a command's own options are the command's: '+' stops at the first word.
    if (verb->most < 0)
        letters[used++] = '+';
    letters[used++] = ':';
    for (int i = 0; (option = cli_option_at((size_t)i)) != NULL; i++) {
        if (!cli_option_counts(option, verb->options))
            continue;
        options[count++] =
            (struct option){.name = option->name,
                            .has_arg = option->argument != NULL ? required_argument : no_argument,
                            .flag = NULL,
                            .val = LONG_ONLY + i};
        if (option->letter != 0) {
            letters[used++] = (char)option->letter;
            if (option->argument != NULL)
                letters[used++] = ':';
        }
    }
    options[count] = (struct option){0};
    letters[used] = '\0';
}

static int option_index(int code)
{
    const struct cli_option *option = NULL;
    for (int i = 0; (option = cli_option_at((size_t)i)) != NULL; i++) {
        if (code == LONG_ONLY + i || (option->letter != 0 && code == option->letter))
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
    const struct cli_option *option = NULL;
    (void)snprintf(advice, sizeof advice, "sbxdeck %s --help", verb->name);
    if (code == ':')
        return cli_usage_error(verb->name, advice, "%s needs a value", word);
    if (index >= 0 && optopt >= LONG_ONLY)
        return cli_usage_error(verb->name, advice, "--%s takes no value", cli_option_at((size_t)index)->name);
    if (optopt > ' ' && optopt <= '~') // one letter, perhaps among others
        return cli_usage_error(verb->name, advice, "%s is not an option of this command", letter);
    struct cli_guess guess;
    cli_guess_begin(&guess, word);
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++)
        if (cli_option_counts(option, verb->options))
            cli_guess_try(&guess, option->name, option->name);
    if (cli_guess_end(&guess) != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean --%s?", cli_guess_end(&guess));
    return cli_usage_error(verb->name, advice, "%s is not an option of this command", word);
}

static int value_refused(const struct cli_verb *verb, const struct cli_option *option, const char *value)
{
    char advice[96];
    // Of a variable its name alone: its value may be a secret.
    size_t length = strcmp(option->name, "env") == 0 ? strcspn(value, "=") : strlen(value);
    (void)snprintf(advice, sizeof advice, "sbxdeck %s --help", verb->name);
    return cli_usage_error(verb->name, advice, "--%s: '%.*s' is not %s", option->name, (int)length, value,
                           cli_option_rule(option));
}

// argv[0] is the verb's last word. *seen: a bit for each option that was read. Returns 0 or the exit code of
// a usage error.
static int read_options(const struct cli_verb *verb, int argc, char **argv, uint64_t *seen,
                        struct cli_arguments *arguments)
{
    struct option options[CLI_OPTIONS_MAX + 1];
    char letters[LETTERS_CAP];
    getopt_tables(verb, options, letters);
    opterr = 0;
    for (;;) {
        int code = getopt_long(argc, argv, letters, options, NULL);
        if (code == -1)
            return 0;
        int index = code == ':' ? -1 : option_index(code);
        if (index < 0)
            return option_refused(verb, code, argv[optind - 1]);
        const struct cli_option *option = cli_option_at((size_t)index);
        if ((*seen & UINT64_C(1) << index) != 0 && !option->repeated)
            return cli_usage_error(verb->name, "give it once", "--%s was given twice", option->name);
        *seen |= UINT64_C(1) << index;
        if (!cli_option_take(option, arguments, optarg))
            return value_refused(verb, option, optarg);
    }
}

// --- what stands beside them ---

// What stands after "--" is the command's, options too. Returns how many words are left for us.
static int split_command(int argc, char **argv, struct cli_arguments *arguments)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        arguments->command = argv + i + 1;
        arguments->command_count = argc - i - 1;
        return i;
    }
    return argc;
}

static int check_command(const struct cli_verb *verb, const struct cli_arguments *arguments)
{
    char advice[160];
    (void)snprintf(advice, sizeof advice, "sbxdeck %s %s", verb->name, verb->arguments);
    for (int i = 0; i < arguments->value_count; i++)
        if (arguments->values[i][strspn(arguments->values[i], " ")] == '\0')
            return cli_usage_error(verb->name, "is the variable set?", "FILTER is empty");
    if (arguments->command == NULL)
        return cli_usage_error(verb->name, advice, "needs a command after --");
    for (int i = 0; i < arguments->command_count; i++)
        if (arguments->command[i][strspn(arguments->command[i], " ")] != '\0')
            return 0;
    return cli_usage_error(verb->name, advice, "COMMAND is empty");
}

// A verb that picks its sandbox. Only a new one is given anything.
static int check_pick(const struct cli_verb *verb, const struct cli_arguments *arguments, bool named)
{
    bool given = arguments->template_name != NULL || arguments->vcpu != 0 || arguments->memory_mib != 0 ||
                 arguments->timeout_s != 0 || arguments->auto_pause || arguments->env_count > 0;
    if (!arguments->fresh && given)
        return cli_usage_error(verb->name, "sbxdeck ssh --new makes a sandbox",
                               "options of a new sandbox need --new");
    if (arguments->fresh && named)
        return cli_usage_error(verb->name, "put --new before the command",
                               "--new makes a sandbox: '%s' can't be one too", arguments->values[0]);
    if (arguments->fresh && arguments->id != NULL)
        return cli_usage_error(verb->name, "leave out --id", "a new sandbox has no credential yet");
    if (!arguments->fresh && arguments->value_count == 0 && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return cli_usage_error(verb->name, "sbxdeck ssh SANDBOX",
                               "needs SANDBOX: %s is no terminal to choose one on",
                               isatty(STDIN_FILENO) ? "stdout" : "stdin");
    return 0;
}

// What stands behind the SANDBOX of a verb with ports.
static int check_ports(const struct cli_verb *verb, const struct cli_arguments *arguments)
{
    struct forward_spec specs[CLI_PORTS_MAX];
    struct failure why;
    for (int i = 0; i + 1 < arguments->value_count; i++) {
        const char *text = arguments->values[i + 1];
        if (forward_spec_parse(text, &specs[i], &why) != STATUS_OK)
            return cli_usage_error(verb->name, failure_advice(&why), "%s", failure_text(&why));
        for (int k = 0; k < i; k++)
            if (forward_spec_clashes(&specs[i], &specs[k]))
                return cli_usage_error(verb->name, "give each a local port of its own, as 3000:8080",
                                       "'%s' and '%s' have the same local port", arguments->values[k + 1],
                                       text);
    }
    return 0;
}

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
    if ((verb->traits & VERB_COMMAND) != 0)
        return check_command(verb, arguments);
    if (arguments->tty && arguments->no_tty)
        return cli_usage_error(verb->name, "give one of them", "--tty and --no-tty exclude each other");
    if (first == NULL || strstr(verb->arguments, "SANDBOX") == NULL || arguments->fresh)
        return 0;
    if (first[0] == '\0')
        return cli_usage_error(verb->name, "is the variable set?", "SANDBOX is empty");
    if (!id_is_valid(first))
        return cli_usage_error(verb->name, CLI_ID_RULE, "'%s' is not a sandbox id", first);
    return strstr(verb->arguments, "PORT") != NULL ? check_ports(verb, arguments) : 0;
}

int cli_read_arguments(const struct cli_verb *verb, int argc, char **argv, struct cli_arguments *arguments)
{
    uint64_t seen = 0;
    *arguments = (struct cli_arguments){.idle_limit_ms = -1};
    optind = 0;
    if ((verb->traits & VERB_COMMAND) != 0)
        argc = split_command(argc, argv, arguments);
    int code = read_options(verb, argc, argv, &seen, arguments);
    if (code != 0)
        return code;
    int first = optind;
    bool named = !arguments->fresh && first < argc; // before what follows may say --new
    if (verb->most < 0 && named) {
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
    if (arguments->help)
        return 0;
    if ((verb->traits & VERB_PICKS) != 0)
        code = check_pick(verb, arguments, named);
    return code != 0 ? code : check_values(verb, arguments);
}
