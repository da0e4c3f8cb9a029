// SPDX-License-Identifier: Apache-2.0
//
// docs: help, man page and the README's generated parts, all from the tables: commands, verbs, options,
// settings, exit codes. What is not in a table (the few sentences around them) stands here once.

#include "views/cli/docs.h"

#include "tui/base/text.h"
#include "views/cli/cli_job.h"
#include "views/command/commands.h"

#include <stdio.h>
#include <string.h>

static const struct {
    int code;
    const char *meaning;
} exit_codes[] = {
    {0, "done"},
    {1, "failed"},
    {2, "usage: an argument or a setting is wrong"},
    {3, "the API key is missing or was refused"},
    {4, "not found"},
    {5, "conflict with the current state"},
    {6, "rate limited"},
    {7, "network: no connection, no answer, or an unknown outcome"},
    {8, "no credential, or an invalid one"},
    {CLI_EXIT_NO_ANSWER, "the program could not start, or access needs-renewal could not find out"},
    {255, "no SSH connection"},
};
enum { EXIT_CODE_COUNT = sizeof exit_codes / sizeof exit_codes[0] };

static const struct {
    const char *name, *text;
} variables[] = {
    {"LEAP0_API_KEY", "The API key. It is removed from the environment at start and never shown or stored."},
    {"LEAP0_OLD_API_KEY", "The old API key, for vault rekey only"},
};

static const char summary[] = "operator's console for SSH access to sandboxes";

// "Up k" → "Up, k"
static void keys_with_commas(const char *keys, char *out, size_t cap)
{
    size_t used = 0;
    for (const char *c = keys; *c != '\0' && used + 3 < cap; c++) {
        // A chord's own blank would stand in the table as "Ctrl-] d"; scopes make those unneeded.
        if (*c == ' ')
            out[used++] = ',';
        out[used++] = *c;
    }
    out[used] = '\0';
}

// It has a key there, and is not the deck's.
static bool is_listed(enum command command, enum scope scope)
{
    return command_counts(command, scope) && !command_is_borrowed(command, scope) &&
           command_table[command].keys[0] != '\0';
}

static void option_label(size_t index, char *out, size_t cap)
{
    char letter[8] = "";
    if (cli_option_at(index)->letter != 0)
        (void)snprintf(letter, sizeof letter, "-%c, ", cli_option_at(index)->letter);
    (void)snprintf(out, cap, "%s--%s%s%s", letter, cli_option_at(index)->name,
                   cli_option_at(index)->argument != NULL ? " " : "",
                   cli_option_at(index)->argument != NULL ? cli_option_at(index)->argument : "");
}

static bool option_counts(size_t index, const struct cli_verb *verb)
{
    return cli_option_counts(cli_option_at(index), verb->options);
}

// --- --help ---

enum { HELP_COLUMNS = 100, VERB_COLUMNS = 38, OPTION_COLUMNS = 22 };

// A label and what it means, broken below each other where there is no room.
static void help_line(const char *label, int columns, const char *text)
{
    const char *next = NULL;
    do {
        size_t length = text_wrap(text, HELP_COLUMNS - columns - 2, &next);
        (void)printf("  %-*s %.*s\n", columns - 1, label, (int)length, text);
        label = "";
        text = next;
    } while (text != NULL && *text != '\0');
}

static void help_settings(void)
{
    char text[256];
    (void)puts("\nSettings, as name = value in $XDG_CONFIG_HOME/sbxdeck/config or ~/.config/sbxdeck/config:");
    for (size_t i = 0; config_option(i) != NULL; i++) {
        const struct config_option *option = config_option(i);
        (void)snprintf(text, sizeof text, "%s: %s (%s)", option->text, option->type, option->fallback);
        help_line(option->name, OPTION_COLUMNS, text);
    }
}

void docs_usage(void)
{
    char label[64];
    (void)printf("sbxdeck: %s\n\n", summary);
    help_line("sbxdeck", VERB_COLUMNS, "The console");
    help_line("sbxdeck --wall", VERB_COLUMNS, "The console for a big screen, read-only");
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const struct cli_verb *verb = cli_verb_at(i);
        (void)snprintf(label, sizeof label, "sbxdeck %s %s", verb->name, verb->arguments);
        help_line(label, VERB_COLUMNS, verb->help);
    }
    (void)puts("\nSANDBOX is a sandbox's id or an unambiguous prefix of it.\n\nOptions:");
    for (size_t i = 0; cli_option_at(i) != NULL; i++) {
        option_label(i, label, sizeof label);
        help_line(label, OPTION_COLUMNS, cli_option_at(i)->help);
    }
    help_line("-V, --version", OPTION_COLUMNS, "Show the version");
    (void)puts("\nEnvironment:");
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        help_line(variables[i].name, OPTION_COLUMNS + 2, variables[i].text);
    for (size_t i = 0; config_option(i) != NULL; i++) {
        const struct config_option *option = config_option(i);
        if (option->env != NULL && option->env[0] != '\0')
            help_line(option->env, OPTION_COLUMNS + 2, option->text);
    }
    help_settings();
    (void)puts("\nExit codes:");
    for (size_t i = 0; i < EXIT_CODE_COUNT; i++)
        (void)printf("  %3d  %s\n", exit_codes[i].code, exit_codes[i].meaning);
}

void docs_verb(const struct cli_verb *verb)
{
    char label[64];
    (void)printf("sbxdeck %s%s%s\n\n%s.\n\n", verb->name, verb->arguments[0] != '\0' ? " " : "",
                 verb->arguments, verb->help);
    for (size_t i = 0; cli_option_at(i) != NULL; i++) {
        if (!option_counts(i, verb))
            continue;
        option_label(i, label, sizeof label);
        help_line(label, OPTION_COLUMNS, cli_option_at(i)->help);
    }
}

void docs_group(const char *group)
{
    char label[64];
    (void)printf("sbxdeck %s VERB\n\n", group);
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const struct cli_verb *verb = cli_verb_at(i);
        size_t length = strlen(group);
        if (strncmp(verb->name, group, length) != 0 || verb->name[length] != ' ')
            continue;
        (void)snprintf(label, sizeof label, "%s %s", verb->name + length + 1, verb->arguments);
        help_line(label, OPTION_COLUMNS, verb->help);
    }
    (void)printf("\nsbxdeck %s VERB --help shows its options.\n", group);
}

// --- the README's parts ---

static void part_keys(void)
{
    char keys[64];
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        (void)printf("**%s**\n\n| key | what it does |\n| --- | --- |\n", scope_title((enum scope)scope));
        for (int i = 0; i < COMMAND_COUNT; i++) {
            if (!is_listed((enum command)i, (enum scope)scope))
                continue;
            keys_with_commas(command_table[i].keys, keys, sizeof keys);
            (void)fputs("| `", stdout);
            for (const char *at = keys; *at != '\0'; at++)
                (void)printf(*at == '|' ? "\\%c" : "%c", *at); // or it would end the cell
            (void)printf("` | %s |\n", command_help((enum command)i, (enum scope)scope));
        }
        (void)putchar('\n');
    }
}

static void part_verbs(void)
{
    (void)puts("| command | what it does |\n| --- | --- |\n| `sbxdeck` | The console |");
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const struct cli_verb *verb = cli_verb_at(i);
        (void)printf("| `sbxdeck %s%s%s", verb->name, verb->arguments[0] != '\0' ? " " : "", verb->arguments);
        for (size_t o = 0; cli_option_at(o) != NULL; o++) {
            if (cli_option_at(o)->group != 0 && option_counts(o, verb))
                (void)printf(" [--%s%s%s]", cli_option_at(o)->name,
                             cli_option_at(o)->argument != NULL ? " " : "",
                             cli_option_at(o)->argument != NULL ? cli_option_at(o)->argument : "");
        }
        (void)printf("` | %s |\n", verb->help);
    }
}

static void part_options(void)
{
    (void)puts("| setting | variable | values | default | what it is |\n| --- | --- | --- | --- | --- |");
    for (size_t i = 0; config_option(i) != NULL; i++) {
        const struct config_option *option = config_option(i);
        bool has_env = option->env != NULL && option->env[0] != '\0';
        (void)printf("| `%s` | %s%s%s | %s | `%s` | %s |\n", option->name, has_env ? "`" : "",
                     has_env ? option->env : "", has_env ? "`" : "", option->type, option->fallback,
                     option->text);
    }
}

static void part_exit_codes(void)
{
    (void)puts("| code | meaning |\n| --- | --- |");
    for (size_t i = 0; i < EXIT_CODE_COUNT; i++)
        (void)printf("| %d | %s |\n", exit_codes[i].code, exit_codes[i].meaning);
}

bool docs_part(const char *name)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } parts[] = {{"keys", part_keys},
                 {"verbs", part_verbs},
                 {"options", part_options},
                 {"exit-codes", part_exit_codes}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            parts[i].print();
            return true;
        }
    }
    return false;
}

// --- the man page ---

// troff takes a leading dot or quote, backslashes and hyphens for its own.
static void man_text(const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", stdout);
    for (; *text != '\0'; text++) {
        if (*text == '-')
            (void)fputs("\\-", stdout);
        else if (*text == '\\')
            (void)fputs("\\e", stdout);
        else
            (void)putchar(*text);
    }
}

static void man_item(const char *label, const char *text)
{
    (void)fputs(".TP\n.B ", stdout);
    // In a macro's argument a quote begins a string.
    man_text(label[0] == '"' ? "\\(dq" : label);
    (void)putchar('\n');
    man_text(text);
    (void)putchar('\n');
}

static void man_settings(void)
{
    char label[96];
    (void)puts(".SH ENVIRONMENT AND SETTINGS\nSettings are read from $XDG_CONFIG_HOME/sbxdeck/config, as "
               "NAME = VALUE; environment variables override them.");
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        man_item(variables[i].name, variables[i].text);
    for (size_t i = 0; config_option(i) != NULL; i++) {
        const struct config_option *option = config_option(i);
        bool has_env = option->env != NULL && option->env[0] != '\0';
        (void)snprintf(label, sizeof label, "%s%s%s", option->name, has_env ? ", " : "",
                       has_env ? option->env : "");
        man_item(label, option->text);
    }
}

void docs_man(void)
{
    char label[96];
    (void)printf(".TH SBXDECK 1 \"\" \"sbxdeck %s\" \"User Commands\"\n.SH NAME\nsbxdeck \\- %s\n",
                 SBXDECK_VERSION, summary);
    (void)puts(".SH SYNOPSIS\n.B sbxdeck\n.RI [ VERB ]");
    (void)puts(".SH DESCRIPTION\nWithout a verb, the console: every sandbox with the state of its SSH "
               "credential and a live "
               "countdown. The verbs do the same without a screen. SANDBOX is a sandbox's id or an "
               "unambiguous prefix of it.");
    (void)puts(".SH VERBS");
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        (void)snprintf(label, sizeof label, "%s %s", cli_verb_at(i)->name, cli_verb_at(i)->arguments);
        man_item(label, cli_verb_at(i)->help);
    }
    (void)puts(".SH OPTIONS");
    for (size_t i = 0; cli_option_at(i) != NULL; i++) {
        option_label(i, label, sizeof label);
        man_item(label, cli_option_at(i)->help);
    }
    (void)puts(".SH KEYS");
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        (void)printf(".SS ");
        man_text(scope_title((enum scope)scope));
        (void)putchar('\n');
        for (int i = 0; i < COMMAND_COUNT; i++) {
            if (!is_listed((enum command)i, (enum scope)scope))
                continue;
            keys_with_commas(command_table[i].keys, label, sizeof label);
            man_item(label, command_help((enum command)i, (enum scope)scope));
        }
    }
    man_settings();
    (void)puts(".SH EXIT STATUS");
    for (size_t i = 0; i < EXIT_CODE_COUNT; i++) {
        (void)snprintf(label, sizeof label, "%d", exit_codes[i].code);
        man_item(label, exit_codes[i].meaning);
    }
}
