// SPDX-License-Identifier: Apache-2.0
//
// own_commands: Read [command NAME].

#include "views/command/own_commands.h"

#include "api/base/nearest_word.h"
#include "api/config/config_section.h"
#include "tui/base/char_width.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned scopes;
} scopes[OWN_SCOPE_COUNT] = {[OWN_DECK] = {"deck", SCOPES_DECK},
                             [OWN_SANDBOX] = {"sandbox", SCOPES_ROWS},
                             [OWN_CREDENTIAL] = {"credential", SCOPES_ROWS},
                             [OWN_SESSION] = {"session", SCOPES_SESSION}};

struct own_list {
    struct own_command list[OWN_COMMANDS_MAX];
    size_t count;
};

// NULL: none. Those before are kept once more: the help may show them until it is drawn again.
static struct own_list *current, *before;

size_t own_command_count(void)
{
    return current != NULL ? current->count : 0;
}

const struct own_command *own_command_at(size_t index)
{
    return index < own_command_count() ? &current->list[index] : NULL;
}

const char *own_command_help(const struct own_command *command)
{
    return command->description[0] != '\0' ? command->description : command->run;
}

bool own_command_counts(const struct own_command *command, enum scope scope)
{
    return (scopes[command->scope].scopes & 1U << scope) != 0;
}

const struct own_command *own_command_of(enum scope scope, struct keymap_key key)
{
    for (size_t i = 0; i < own_command_count(); i++)
        if (current->list[i].key[0] != '\0' && own_command_counts(&current->list[i], scope) &&
            keymap_key_equal(current->list[i].at, key))
            return &current->list[i];
    return NULL;
}

// --- one line -----------------------------------------------------------------------------

static bool refuse(struct failure *why, const struct config_line *line, const char *takes)
{
    (void)fail(why, STATUS_BAD_ARGUMENT, "%s = '%.80s': it takes %s", line->name, line->value, takes);
    return false;
}

static bool take_key(struct own_command *command, const struct config_line *line, struct failure *why)
{
    bool fits = strlen(line->value) < sizeof command->key && keymap_parse(line->value, &command->at);
    if (!fits || (command->at.key < INPUT_KEY_NAMED && char_width(command->at.key) < 1))
        return refuse(why, line, "one key, such as x, Ctrl-x, Alt-x or F5");
    (void)snprintf(command->key, sizeof command->key, "%s", line->value);
    return true;
}

static bool take_run(struct own_command *command, const struct config_line *line, struct failure *why)
{
    if (line->value[0] == '\0')
        return refuse(why, line, "a shell command");
    (void)snprintf(command->run, sizeof command->run, "%s", line->value);
    return true;
}

static bool take_scope(struct own_command *command, const struct config_line *line, struct failure *why)
{
    for (size_t i = 0; i < OWN_SCOPE_COUNT; i++) {
        if (strcmp(scopes[i].name, line->value) != 0)
            continue;
        command->scope = (enum own_scope)i;
        return true;
    }
    return refuse(why, line, "deck, sandbox, credential or session");
}

static bool take_description(struct own_command *command, const struct config_line *line, struct failure *why)
{
    if (strlen(line->value) >= sizeof command->description)
        return refuse(why, line, "at most 159 bytes");
    (void)snprintf(command->description, sizeof command->description, "%s", line->value);
    return true;
}

static bool take_bool(bool *out, const struct config_line *line, struct failure *why)
{
    if (strcmp(line->value, "yes") != 0 && strcmp(line->value, "no") != 0)
        return refuse(why, line, "yes or no");
    *out = strcmp(line->value, "yes") == 0;
    return true;
}

static bool take_confirm(struct own_command *command, const struct config_line *line, struct failure *why)
{
    return take_bool(&command->confirm, line, why);
}

static bool take_background(struct own_command *command, const struct config_line *line, struct failure *why)
{
    return take_bool(&command->background, line, why);
}

static const struct {
    const char *name;
    bool (*take)(struct own_command *command, const struct config_line *line, struct failure *why);
} options[] = {{"key", take_key},         {"run", take_run},
               {"scope", take_scope},     {"description", take_description},
               {"confirm", take_confirm}, {"background", take_background}};
enum { OPTION_COUNT = sizeof options / sizeof options[0] };

static bool on_line(void *ctx, const struct config_line *line, const char *open_to, struct failure *why)
{
    struct nearest_word nearest = {.word = line->name};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        nearest_word_offer(&nearest, options[i].name);
        if (strcmp(options[i].name, line->name) != 0)
            continue;
        if (open_to == NULL)
            return options[i].take(ctx, line, why);
        (void)fail(why, STATUS_BAD_ARGUMENT, "a command is refused from a file that can be changed by %s",
                   open_to);
        (void)advise(why, why->status, "make yourself the only one who can write it: chown, chmod go-w");
        return false;
    }
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.60s' is not an option of a command", line->name);
    if (nearest.best != NULL)
        (void)advise(why, why->status, "did you mean %s?", nearest.best);
    else
        (void)advise(why, why->status, "there are key, run, scope, description, confirm, background");
    return false;
}

// --- all of them --------------------------------------------------------------------------

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return length > 0 && length < OWN_NAME_CAP && name[length] == '\0';
}

static void tell(config_fault_take *fault, void *ctx, int line, struct failure *why, const char *advice)
{
    (void)advise(why, why->status, "%s", advice);
    fault(ctx, line, why);
}

static struct own_command *add(struct own_list *own, const struct config_header *header, const char *name,
                               config_fault_take *fault, void *ctx)
{
    struct failure why = {.status = STATUS_OK};
    if (!is_name(name)) {
        (void)fail(&why, STATUS_BAD_ARGUMENT, "'%.64s' can't be the name of a command", name);
        tell(fault, ctx, header->number, &why, "1 to 32 letters, digits, '-' and '_'");
    } else if (own->count == OWN_COMMANDS_MAX) {
        (void)fail(&why, STATUS_BAD_ARGUMENT, "more than %d commands", OWN_COMMANDS_MAX);
        tell(fault, ctx, header->number, &why, "leave some away");
    } else {
        struct own_command *command = &own->list[own->count++];
        *command = (struct own_command){.scope = OWN_SANDBOX, .line = header->number};
        (void)snprintf(command->name, sizeof command->name, "%s", name);
        return command;
    }
    return NULL;
}

static bool is_there(const struct own_list *own, const char *name)
{
    for (size_t i = 0; i < own->count; i++)
        if (strcmp(own->list[i].name, name) == 0)
            return true;
    return false;
}

static void read_all(const struct config_text *text, struct own_list *own, config_fault_take *fault,
                     void *ctx)
{
    for (size_t i = 0; i < text->header_count; i++) {
        const char *name = config_section_name(text->headers[i].section, "command");
        struct own_command *command =
            name != NULL && !is_there(own, name) ? add(own, &text->headers[i], name, fault, ctx) : NULL;
        struct failure why = {.status = STATUS_OK};
        if (command == NULL)
            continue;
        config_text_check_each(text, text->headers[i].section, on_line, command, fault, ctx);
        if (command->run[0] != '\0' || config_text_find(text, text->headers[i].section, "run") != NULL)
            continue;
        (void)fail(&why, STATUS_BAD_ARGUMENT, "the command %s has nothing to run", name);
        tell(fault, ctx, command->line, &why, "add run = and a shell command");
    }
}

void own_commands_check(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    struct own_list *own = calloc(1, sizeof *own);
    if (own == NULL)
        return;
    read_all(text, own, fault, ctx);
    free(own);
}

static void ignore(void *ctx, int line, const struct failure *why)
{
    (void)ctx;
    (void)line;
    (void)why;
}

size_t own_commands_keys(const struct config_text *text, struct own_key out[OWN_COMMANDS_MAX])
{
    struct own_list *own = calloc(1, sizeof *own);
    size_t count = 0;
    if (own == NULL)
        return 0;
    read_all(text, own, ignore, NULL);
    for (size_t i = 0; i < own->count; i++) {
        const struct own_command *command = &own->list[i];
        char section[CONFIG_SECTION_CAP];
        (void)snprintf(section, sizeof section, "command %s", command->name);
        const struct config_line *line = config_text_find(text, section, "key");
        if (command->key[0] == '\0' || line == NULL)
            continue;
        struct own_key *key = &out[count++];
        *key = (struct own_key){.key = command->at, .scopes = scopes[command->scope].scopes};
        key->line = line->number;
        (void)snprintf(key->name, sizeof key->name, "%s", command->name);
    }
    free(own);
    return count;
}

enum status own_commands_of_text(const struct config_text *text, struct failure *why)
{
    struct own_list *own = calloc(1, sizeof *own);
    if (own == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the commands");
    read_all(text, own, ignore, NULL);
    free(before);
    before = current;
    current = own;
    return STATUS_OK;
}
