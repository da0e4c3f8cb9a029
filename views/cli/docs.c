// SPDX-License-Identifier: Apache-2.0
//
// docs: print help, the man page and the README's generated parts from the program's tables: commands, verbs,
// options, settings, states, exit codes. What is in no table (the few sentences around them) stands here
// once.

#include "views/cli/docs.h"

#include "api/config/config.h"
#include "tui/base/theme_own.h"
#include "tui/pane/copy_mode.h"
#include "tui/term/keymap.h"
#include "views/cli/cli_job.h"
#include "views/cli/docs_filter.h"
#include "views/cli/docs_writer.h"
#include "views/cli/manual.h"
#include "views/command/commands.h"
#include "views/command/key_settings.h"
#include "views/labels/legend.h"

#include <stdio.h>
#include <string.h>

enum {
    LABEL_CAP = 192,
    TEXT_CAP = 512,
    CHAPTER_CAP = 2048,
    USAGE_COLUMNS = 38,
    WIDE_COLUMNS = 24,
    KEY_COLUMNS = 20
};

static const char summary[] = "operator's console for SSH access to sandboxes";
static const char sandbox_rule[] =
    "SANDBOX is a sandbox's id or name, or how one of them begins, where that is unambiguous.";

_Static_assert((int)CLI_EXIT_NO_ANSWER == 9, "as manual_exit_codes says");

static void write_entries(struct docs_writer *writer, const struct manual_entry *entries)
{
    for (; entries->label != NULL; entries++)
        docs_item(writer, entries->label, entries->text);
}

// --- verbs and options --------------------------------------------------------------------

static void write_options(struct docs_writer *writer, unsigned groups)
{
    const struct cli_option *option = NULL;
    char label[LABEL_CAP];
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++) {
        if (!cli_option_counts(option, groups))
            continue;
        const char letter[] = {'-', (char)option->letter, ',', ' ', '\0'};
        (void)snprintf(label, sizeof label, "%s--%s%s%s", option->letter != 0 ? letter : "", option->name,
                       option->argument != NULL ? " " : "", option->argument != NULL ? option->argument : "");
        docs_item(writer, label, option->help);
    }
}

static void write_all_options(struct docs_writer *writer)
{
    write_options(writer, ~0U);
    docs_item(writer, "-V, --version", "Show the version");
}

// "access ls SANDBOX", with all also its options.
static void verb_label(const struct cli_verb *verb, bool all, char label[LABEL_CAP])
{
    const struct cli_option *option = NULL;
    size_t used = (size_t)snprintf(label, LABEL_CAP, "%s%s%s", verb->name,
                                   verb->arguments[0] != '\0' ? " " : "", verb->arguments);
    for (size_t i = 0; all && (option = cli_option_at(i)) != NULL && used < LABEL_CAP; i++)
        if (option->group != 0 && cli_option_counts(option, verb->options))
            used += (size_t)snprintf(label + used, LABEL_CAP - used, " [--%s%s%s]", option->name,
                                     option->argument != NULL ? " " : "",
                                     option->argument != NULL ? option->argument : "");
}

static void write_verb_list(struct docs_writer *writer, bool all)
{
    char label[LABEL_CAP];
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        verb_label(cli_verb_at(i), all, label);
        docs_item(writer, label, cli_verb_at(i)->help);
    }
}

static void write_verbs(struct docs_writer *writer)
{
    docs_paragraph(writer, sandbox_rule);
    docs_paragraph(writer, "Results go to stdout, errors to stderr as sbxdeck: what: why (what to do).");
    write_verb_list(writer, true);
    docs_subsection(writer, "Options");
    write_all_options(writer);
}

// --- keys and states ----------------------------------------------------------------------

// "Up k" → "Up, k"
static void keys_label(const char *keys, const char *prefix, char label[LABEL_CAP])
{
    size_t used = (size_t)snprintf(label, LABEL_CAP, "%s", prefix);
    for (const char *c = keys; *c != '\0' && used + 3 < LABEL_CAP; c++) {
        if (*c == ' ')
            label[used++] = ',';
        label[used++] = *c;
    }
    label[used] = '\0';
}

static void write_copy_mode(struct docs_writer *writer)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    char label[LABEL_CAP];
    docs_subsection(writer, "In copy mode");
    for (size_t i = 0; i < COPY_HELP_MAX; i++) {
        size_t count = 0;
        const char *help = copy_mode_help(i, keys, KEYMAP_KEYS_MAX, &count);
        if (help == NULL)
            break;
        docs_item(writer, keymap_format_list(keys, count, ", ", label, sizeof label), help);
    }
}

static void write_keys(struct docs_writer *writer)
{
    char keys[COMMAND_KEYS_CAP], label[LABEL_CAP], text[TEXT_CAP];
    docs_paragraph(writer, "In parentheses the command's name, for the section [keys] of the settings.");
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        docs_subsection(writer, scope_title((enum scope)scope));
        for (int i = 0; i < COMMAND_COUNT; i++) {
            enum command command = (enum command)i;
            if (!command_counts(command, (enum scope)scope) ||
                command_is_borrowed(command, (enum scope)scope))
                continue;
            (void)command_keys(command, keys, sizeof keys); // written as on the screen
            keys_label(keys[0] != '\0' ? keys : "none", "", label);
            (void)snprintf(text, sizeof text, "%s (%s)", command_help(command, (enum scope)scope),
                           key_settings_name(command));
            docs_item(writer, label, text);
        }
    }
    write_copy_mode(writer);
}

static void write_states(struct docs_writer *writer)
{
    struct state_label label;
    const char *meaning = NULL;
    for (size_t group = 0; legend_title(group) != NULL; group++) {
        docs_subsection(writer, legend_title(group));
        for (size_t i = 0; (meaning = legend_entry(group, i, &label)) != NULL; i++)
            docs_glyph_item(writer, label.glyph, label.text, meaning);
    }
}

// --- settings -----------------------------------------------------------------------------

static bool has_env(const struct config_option *option)
{
    return option->env != NULL && option->env[0] != '\0';
}

static void write_setting_list(struct docs_writer *writer)
{
    char text[TEXT_CAP];
    for (size_t i = 0; config_option(i) != NULL; i++) {
        const struct config_option *option = config_option(i);
        (void)snprintf(text, sizeof text, "%s: %s (%s)%s%s", option->text, option->type, option->fallback,
                       has_env(option) ? "; " : "", has_env(option) ? option->env : "");
        docs_item(writer, option->name, text);
    }
    for (size_t i = 0; config_section(i) != NULL; i++) {
        const struct config_section *section = config_section(i);
        char name[LABEL_CAP];
        (void)snprintf(name, sizeof name, "[%s%s]", section->name, section->named ? " NAME" : "");
        (void)snprintf(text, sizeof text, "%s: %s (%s)", section->text, section->type, section->fallback);
        docs_item(writer, name, text);
    }
}

static void write_settings(struct docs_writer *writer)
{
    docs_paragraph(
        writer,
        "Lines of name = value in $XDG_CONFIG_HOME/sbxdeck/config or ~/.config/sbxdeck/config. A "
        "value runs to the end of its line; a line that begins with # or ; is a comment. A "
        "variable of the environment overrides the file. Commands, URLs, domains and paths are "
        "refused from a file that others can change. Sections such as [keys] come after the options. "
        "sbxdeck config list shows what counts and where it comes from, config set changes a value, as "
        "refresh or keys.connect, config edit opens an editor, and config check names every fault.");
    docs_paragraph(
        writer, "A running console takes a changed file over at once and says what needs a new start. A file "
                "with a fault changes nothing.");
    docs_paragraph(writer, "Each with its values, its default in parentheses, and its variable.");
    write_setting_list(writer);
}

static void write_colors(struct docs_writer *writer)
{
    docs_paragraph(writer,
                   "scheme chooses dark, light, contrast (strong colours, on dark or light as the terminal "
                   "is), mono, or auto, which asks the terminal. NO_COLOR in the environment means mono.");
    docs_paragraph(
        writer,
        "In the section [theme] a line role = colours sets a role's own: the colour of its text, then "
        "that of its background, then attributes, as in bad = white on red bold. A colour is black, red, "
        "green, yellow, blue, magenta, cyan or white, the same with bright-, 0 to 255, #rrggbb, or "
        "default for the terminal's own; attributes are bold, dim, italic, underline, reverse and "
        "plain. What a line leaves out is the scheme's. The roles:");
    for (int i = 0; i < ROLE_COUNT; i++)
        docs_item(writer, theme_role_name((enum theme_role)i), theme_role_text((enum theme_role)i));
}

static void write_environment(struct docs_writer *writer)
{
    write_entries(writer, manual_variables);
    for (size_t i = 0; config_option(i) != NULL; i++)
        if (has_env(config_option(i)))
            docs_item(writer, config_option(i)->env, config_option(i)->text);
}

// --- topics -------------------------------------------------------------------------------

// In the man page's order.
static const struct topic {
    const char *name, *section; // of help, of the man page
    const char *what;
    int label_columns; // in text
    void (*write)(struct docs_writer *writer);
    const struct manual_entry *entries; // where write is NULL
    const char *lead;                   // before them; NULL: none
} topics[] = {
    {"verbs", "Verbs", "The verbs with their options", WIDE_COLUMNS, write_verbs, NULL, NULL},
    {"keys", "Keys", "The console's keys, by where they count", KEY_COLUMNS, write_keys, NULL, NULL},
    {"states", "States", "What states and marks mean", KEY_COLUMNS, write_states, NULL, NULL},
    {"filter", "Filters", "The filter's words and keys", WIDE_COLUMNS, docs_write_filter, NULL, NULL},
    {"settings", "Settings", "The settings, with values and defaults", WIDE_COLUMNS, write_settings, NULL,
     NULL},
    {"colours", "Colours", "Schemes of colours, and the roles in [theme]", WIDE_COLUMNS, write_colors, NULL,
     NULL},
    {"environment", "Environment", "The variables that are read", WIDE_COLUMNS, write_environment, NULL,
     NULL},
    {"json", "JSON output", "What --json prints", WIDE_COLUMNS + 2, NULL, manual_outputs,
     "What the verbs print with --json. Times are RFC 3339 in UTC. What the server did not send, or what "
     "could not be "
     "parsed, is null and named on stderr. Passwords are there with --show-password only."},
    {"files", "Files", "The files that are read and written", WIDE_COLUMNS, NULL, manual_files, NULL},
    {"exit-codes", "Exit status", "What the exit codes mean", 6, NULL, manual_exit_codes, NULL},
    {"examples", "Examples", "A few commands to start from", WIDE_COLUMNS, NULL, manual_examples, NULL},
};
enum { TOPIC_COUNT = sizeof topics / sizeof *topics };

static void write_topic(struct docs_writer *writer, const struct topic *topic)
{
    if (topic->lead != NULL)
        docs_paragraph(writer, topic->lead);
    if (topic->write != NULL)
        topic->write(writer);
    else
        write_entries(writer, topic->entries);
}

// A command's first key, with the prefix where it needs one; its name where it has none.
static void chapter_key(const char *name, size_t length, char label[LABEL_CAP])
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strlen(command_table[i].name) != length || strncmp(command_table[i].name, name, length) != 0)
            continue;
        bool has_key = command_has_key((enum command)i);
        bool after_prefix = has_key && command_counts((enum command)i, SCOPE_SESSION);
        (void)snprintf(label, LABEL_CAP, "%s%s%s", after_prefix ? command_key(COMMAND_session_prefix) : "",
                       after_prefix ? " " : "",
                       has_key ? command_key((enum command)i) : command_table[i].name);
        return;
    }
    label[0] = '\0';
}

static void write_chapter(struct docs_writer *writer, const struct manual_chapter *chapter)
{
    char paragraph[CHAPTER_CAP], key[LABEL_CAP];
    size_t used = 0;
    for (const char *c = chapter->text;; c++) {
        if (*c == '\0' || strncmp(c, "\n\n", 2) == 0) {
            paragraph[used] = '\0';
            docs_paragraph(writer, paragraph);
            used = 0;
            if (*c++ == '\0')
                return;
        } else if (*c == '{') {
            size_t length = strcspn(c + 1, "}");
            chapter_key(c + 1, length, key);
            used += (size_t)snprintf(paragraph + used, sizeof paragraph - used, "%s", key);
            c += length + 1;
        } else if (used + LABEL_CAP < sizeof paragraph) {
            paragraph[used++] = *c;
        }
    }
}

const char *docs_topic_name(size_t index)
{
    if (index < TOPIC_COUNT)
        return topics[index].name;
    return index - TOPIC_COUNT < manual_chapter_count ? manual_chapters[index - TOPIC_COUNT].topic : NULL;
}

bool docs_topic(const char *name)
{
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        struct docs_writer writer = {.label_columns = topics[i].label_columns};
        if (strcmp(topics[i].name, name) != 0)
            continue;
        write_topic(&writer, &topics[i]);
        return true;
    }
    for (size_t i = 0; i < manual_chapter_count; i++) {
        struct docs_writer writer = {.format = DOCS_TEXT};
        if (strcmp(manual_chapters[i].topic, name) != 0)
            continue;
        write_chapter(&writer, &manual_chapters[i]);
        return true;
    }
    return false;
}

// --- --help -------------------------------------------------------------------------------

void docs_usage(void)
{
    struct docs_writer writer = {.label_columns = USAGE_COLUMNS, .begun = true};
    (void)printf("sbxdeck: %s\n\n", summary);
    docs_item(&writer, "sbxdeck", "The console");
    docs_item(&writer, "sbxdeck --wall", "The console for a big screen, read-only");
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        char name[LABEL_CAP], label[LABEL_CAP + 8];
        verb_label(cli_verb_at(i), false, name);
        (void)snprintf(label, sizeof label, "sbxdeck %s", name);
        docs_item(&writer, label, cli_verb_at(i)->help);
    }
    docs_paragraph(&writer, sandbox_rule);
    writer.label_columns = WIDE_COLUMNS;
    docs_section(&writer, "Options");
    write_all_options(&writer);
    docs_section(&writer, "Environment");
    write_environment(&writer);
    docs_section(&writer, "Settings, as name = value in $XDG_CONFIG_HOME/sbxdeck/config or "
                          "~/.config/sbxdeck/config");
    write_setting_list(&writer);
    writer.label_columns = 6;
    docs_section(&writer, "Exit codes");
    write_entries(&writer, manual_exit_codes);
    writer.label_columns = WIDE_COLUMNS;
    docs_section(&writer, "More, by sbxdeck help TOPIC or sbxdeck help VERB");
    for (size_t i = 0; i < TOPIC_COUNT; i++)
        docs_item(&writer, topics[i].name, topics[i].what);
    for (size_t i = 0; i < manual_chapter_count; i++)
        docs_item(&writer, manual_chapters[i].topic, manual_chapters[i].what);
}

void docs_verb(const struct cli_verb *verb)
{
    struct docs_writer writer = {.label_columns = WIDE_COLUMNS};
    char label[LABEL_CAP], text[2 * LABEL_CAP];
    verb_label(verb, false, label);
    (void)printf("sbxdeck %s\n", label);
    (void)snprintf(text, sizeof text, "%s.", verb->help);
    writer.begun = true;
    docs_paragraph(&writer, text);
    write_options(&writer, verb->options);
    for (size_t i = 0; i < manual_chapter_count; i++) {
        writer.begun = true;
        if (strcmp(manual_chapters[i].topic, verb->name) == 0)
            write_chapter(&writer, &manual_chapters[i]);
    }
}

void docs_group(const char *group)
{
    struct docs_writer writer = {.label_columns = WIDE_COLUMNS};
    char label[LABEL_CAP];
    (void)printf("sbxdeck %s VERB\n\n", group);
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        if (cli_verb_in_group(cli_verb_at(i), group) == NULL)
            continue;
        verb_label(cli_verb_at(i), false, label);
        docs_item(&writer, label + strlen(group) + 1, cli_verb_at(i)->help);
    }
    (void)printf("\nsbxdeck %s VERB --help shows its options.\n", group);
}

// --- the man page -------------------------------------------------------------------------

void docs_man(void)
{
    struct docs_writer writer = {.format = DOCS_MAN};
    (void)printf(".TH SBXDECK 1 \"\" \"sbxdeck %s\" \"User Commands\"\n", SBXDECK_VERSION);
    (void)puts(".nh"); // a hyphen inside a name would be read as a part of it
    (void)printf(".SH NAME\nsbxdeck \\- %s\n", summary);
    (void)puts(
        ".SH SYNOPSIS\n.B sbxdeck\n.RB [ \\-\\-wall ]\n.br\n.B sbxdeck\n.I VERB\n.RI [ ARGUMENT ...]\n.br\n"
        ".B sbxdeck help\n.RI [ TOPIC ]");
    docs_section(&writer, "Description");
    docs_paragraph(
        &writer, "Without a verb, the console: every sandbox with the state of its SSH credential and a live "
                 "countdown. The verbs do the same without a screen.");
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        docs_section(&writer, topics[i].section);
        write_topic(&writer, &topics[i]);
    }
    for (size_t i = 0; i < manual_chapter_count; i++) {
        docs_section(&writer, manual_chapters[i].title);
        write_chapter(&writer, &manual_chapters[i]);
    }
}

// --- the README's parts -------------------------------------------------------------------

// "access ls, create, validate"
static void group_label(const char *group, char label[LABEL_CAP])
{
    const char *between = " ";
    (void)snprintf(label, LABEL_CAP, "%s", group);
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const char *second = cli_verb_in_group(cli_verb_at(i), group);
        if (second == NULL)
            continue;
        (void)text_append(label, LABEL_CAP, "%s%s", between, second);
        between = ", ";
    }
}

// In short, a line a group: help and man page have the rest.
static void part_verbs(struct docs_writer *writer)
{
    char label[LABEL_CAP], group[LABEL_CAP], last[LABEL_CAP] = "", text[TEXT_CAP];
    docs_section(writer, "verb");
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const struct cli_verb *verb = cli_verb_at(i);
        (void)snprintf(group, sizeof group, "%.*s", (int)strcspn(verb->name, " "), verb->name);
        const char *help = cli_verb_group_help(group);
        bool grouped = help != NULL && strchr(verb->name, ' ') != NULL;
        if (grouped && strcmp(group, last) == 0)
            continue;
        (void)snprintf(last, sizeof last, "%s", grouped ? group : "");
        if (grouped)
            group_label(group, label);
        else
            verb_label(verb, false, label);
        help = grouped ? help : verb->help;
        (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(help, ";:"), help);
        docs_item(writer, label, text);
    }
}

static void part_ten_keys(struct docs_writer *writer)
{
    static const enum command keys[] = {
        COMMAND_connect, COMMAND_session_deck, COMMAND_create,   COMMAND_regenerate, COMMAND_delete,
        COMMAND_filter,  COMMAND_details,      COMMAND_timeline, COMMAND_palette,    COMMAND_help};
    char label[LABEL_CAP], prefix[LABEL_CAP];
    docs_section(writer, "key");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        bool in_session = command_counts(keys[i], SCOPE_SESSION);
        (void)snprintf(prefix, sizeof prefix, "%s ", command_key_names(COMMAND_session_prefix));
        keys_label(command_key_names(keys[i]), in_session ? prefix : "", label);
        docs_item(writer, label, command_table[keys[i]].help);
    }
}

bool docs_part(const char *name)
{
    static const struct {
        const char *name;
        void (*write)(struct docs_writer *writer);
    } parts[] = {{"verbs", part_verbs}, {"ten-keys", part_ten_keys}};
    struct docs_writer writer = {.format = DOCS_MARKDOWN};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strcmp(parts[i].name, name) != 0)
            continue;
        parts[i].write(&writer);
        return true;
    }
    return false;
}
