// SPDX-License-Identifier: Apache-2.0
//
// cli: read the command line, answer it or run its verb; the console and the demo are left to the caller.

#include "views/cli/cli.h"

#include "views/cli/cli_arguments.h"
#include "views/cli/cli_guess.h"
#include "views/cli/cli_job.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/docs.h"
#include "views/command/key_settings.h"

#include <stdio.h>
#include <string.h>

static bool is_group(const char *word)
{
    for (size_t i = 0; cli_verb_at(i) != NULL; i++)
        if (cli_verb_in_group(cli_verb_at(i), word) != NULL)
            return true;
    return false;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static void advise_guess(const struct cli_guess *guess, char *advice, size_t cap)
{
    if (cli_guess_end(guess) != NULL)
        (void)snprintf(advice, cap, "did you mean %s?", cli_guess_end(guess));
}

// A group without a verb of it.
static int run_group(const char *group, const char *word)
{
    char list[256] = "", what[80], advice[96];
    struct cli_guess guess;
    cli_guess_begin(&guess, word != NULL ? word : "");
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const char *second = cli_verb_in_group(cli_verb_at(i), group);
        size_t used = strlen(list);
        if (second == NULL)
            continue;
        (void)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", second);
        cli_guess_try(&guess, second, cli_verb_at(i)->name);
    }
    (void)snprintf(advice, sizeof advice, "sbxdeck %s --help", group);
    if (word == NULL)
        return cli_usage_error(group, advice, "needs one of %s", list);
    advise_guess(&guess, advice, sizeof advice);
    (void)snprintf(what, sizeof what, "%s %.60s", group, word);
    return cli_usage_error(what, advice, "no such command: %s takes %s", group, list);
}

// A word that is no verb, group or option, and in the help no topic.
static int run_nothing(const char *word, bool in_help)
{
    static const char *const others[] = {"--help", "--version", "--wall", "help"};
    char advice[96] = "see sbxdeck --help";
    struct cli_guess guess;
    bool option = word[0] == '-';
    cli_guess_begin(&guess, word);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if ((others[i][0] == '-') == option)
            cli_guess_try(&guess, option ? others[i] + 2 : others[i], others[i]);
    for (size_t i = 0; in_help && docs_topic_name(i) != NULL; i++)
        cli_guess_try(&guess, docs_topic_name(i), docs_topic_name(i));
    for (size_t i = 0; !option && cli_verb_at(i) != NULL; i++) {
        const char *name = cli_verb_at(i)->name;
        char first[CLI_GUESS_CAP];
        (void)snprintf(first, sizeof first, "%.*s", (int)strcspn(name, " "), name);
        cli_guess_try(&guess, first, first);
        cli_guess_try(&guess, name, name); // as access-ls
        if (cli_verb_in_group(cli_verb_at(i), first) != NULL)
            cli_guess_try(&guess, cli_verb_in_group(cli_verb_at(i), first), name);
    }
    advise_guess(&guess, advice, sizeof advice);
    return cli_usage_error(word, advice, option ? "no such option" : "no such command");
}

// A topic with the keys as they are set; -1: it is none. While a line of theirs is wrong, the names to mend
// it with are shown all the same.
static int run_topic(const char *topic)
{
    struct failure why = {.status = STATUS_OK};
    enum status status = key_settings_load(&why);
    if (!docs_topic(topic))
        return -1;
    if (strcmp(topic, "keys") != 0 || status == STATUS_OK)
        return 0;
    cli_complain("settings", &why);
    return status_exit_code(status);
}

// `help`, `help keys`, `help access`, `help access ls`
static int run_help(int argc, char **argv)
{
    int words = 0, code = 0;
    const struct cli_verb *verb = cli_verb_find(argc - 1, argv + 1, &words);
    if (argc < 3)
        docs_usage();
    else if (verb != NULL)
        docs_verb(verb);
    else if (argc == 3 && (code = run_topic(argv[2])) >= 0)
        return code;
    else if (!is_group(argv[2]))
        return run_nothing(argv[2], true);
    else if (argc > 3)
        return run_group(argv[2], argv[3]);
    else
        docs_group(argv[2]);
    return 0;
}

static int run_word(int argc, char **argv)
{
    const char *word = argv[1];
    int code = 0;
    bool json = argc > 2 && strcmp(argv[2], "--json") == 0;
    if (is_help(word)) {
        code = run_help(argc, argv);
    } else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        (void)puts(json ? "{\"version\": \"" SBXDECK_VERSION "\"}" : "sbxdeck " SBXDECK_VERSION);
    } else if (strcmp(word, "--man") == 0) {
        docs_man();
    } else if (strcmp(word, "--docs") == 0) {
        if (argc < 3 || !docs_part(argv[2]))
            return cli_usage_error("--docs", "see the Makefile", "needs verbs or ten-keys");
    } else if (is_group(word)) {
        if (argc < 3 || !is_help(argv[2]))
            return run_group(word, argc > 2 ? argv[2] : NULL);
        docs_group(word);
    } else {
        return run_nothing(word, false);
    }
    return cli_stdout_failed() && code == 0 ? 1 : code;
}

// Options of every verb that stand before it, or alone: they are the console's. --wall is the console's own.
// Moves argv[0] on. Returns 0 or the exit code of a usage error.
static int take_leading(int *argc, char ***argv, bool *wall)
{
    while (*argc > 1 && strncmp((*argv)[1], "--", 2) == 0) {
        const char *word = (*argv)[1] + 2, *equals = strchr(word, '=');
        size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
        const struct cli_option *option = cli_option_of_all(word, length);
        struct cli_arguments ignored = {.help = false};
        if (strcmp(word, "wall") == 0 && !*wall)
            *wall = true;
        else if (option == NULL || (option->argument == NULL && equals != NULL))
            return 0;
        else if (option->argument != NULL && equals == NULL && *argc < 3)
            return cli_usage_error((*argv)[1], "sbxdeck --help", "needs %s", option->argument);
        int taken = option != NULL && option->argument != NULL && equals == NULL ? 2 : 1;
        const char *value = taken == 2 ? (*argv)[2] : equals != NULL ? equals + 1 : NULL;
        if (option != NULL && !cli_option_take(option, &ignored, value))
            return cli_usage_error("--profile", "sbxdeck --help", "'%s' is not %s", value,
                                   cli_option_rule(option));
        (*argv)[taken] = (*argv)[0];
        *argv += taken;
        *argc -= taken;
    }
    return 0;
}

struct cli_request cli_run(int argc, char **argv)
{
    int words = 0;
    bool wall = false;
    struct cli_arguments arguments;
    cli_stdout_begin();
    int wrong = take_leading(&argc, &argv, &wall);
    if (wrong != 0)
        return (struct cli_request){.exit_code = wrong};
    if (wall && argc > 1)
        return (struct cli_request){
            .exit_code = cli_usage_error("--wall", "sbxdeck --wall", "unexpected argument '%s'", argv[1])};
    if (argc < 2)
        return (struct cli_request){.next = CLI_CONSOLE, .wall = wall};
    const struct cli_verb *verb = cli_verb_find(argc, argv, &words);
    if (verb == NULL)
        return (struct cli_request){.exit_code = run_word(argc, argv)};
    int code = cli_read_arguments(verb, argc - words, argv + words, &arguments);
    if (code != 0)
        return (struct cli_request){.exit_code = code};
    if (arguments.help) {
        docs_verb(verb);
        return (struct cli_request){.exit_code = cli_stdout_failed() ? 1 : 0};
    }
    if (verb->run != NULL)
        return (struct cli_request){.exit_code = verb->run(&arguments)};
    if (verb->start != NULL)
        return (struct cli_request){.exit_code = cli_job_run(verb, &arguments)};
    return (struct cli_request){.next = CLI_DEMO, .wall = arguments.wall, .json = arguments.json};
}
