// SPDX-License-Identifier: Apache-2.0
//
// verb_config_set: `config set` and `config unset`: the file with the change is checked as a whole before it
// is written; what was wrong before does not stand in the way, what the change makes wrong does.

#include "api/config/config_check.h"
#include "api/config/config_edit.h"
#include "views/cli/cli_arguments.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_setting.h"
#include "views/cli/verbs.h"

#include <stdlib.h>
#include <string.h>

struct change {
    struct cli_setting setting;
    const char *value; // NULL: it goes
    bool found;
    size_t left; // faults of the file that stay
    char notes[FAILURE_LINE_CAP];
};

// How often the fault is among those.
static bool has_fault(const struct config_fault *faults, size_t count, const struct config_fault *fault)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(faults[i].why.message, fault->why.message) == 0)
            return true;
    return false;
}

// What the change makes wrong: at its own line, or elsewhere what was fine before.
static enum status compare(struct change *change, const struct config_text *before,
                           const struct config_text *after, struct failure *why)
{
    struct config_fault *old = calloc(CONFIG_FAULTS_MAX, sizeof *old);
    struct config_fault *new_ones = calloc(CONFIG_FAULTS_MAX, sizeof *new_ones);
    const struct config_line *line = config_text_find(after, change->setting.section, change->setting.name);
    enum status status = STATUS_OK;
    if (old == NULL || new_ones == NULL) {
        status = fail(why, STATUS_NO_MEMORY, "no memory for the settings");
    } else {
        size_t old_count = config_check_all(before, old), count = config_check_all(after, new_ones);
        change->left = count;
        for (size_t i = 0; status == STATUS_OK && i < count; i++) {
            bool own = line != NULL && change->value != NULL && new_ones[i].line == line->number;
            if (!own && has_fault(old, old_count, &new_ones[i]))
                continue;
            *why = new_ones[i].why;
            status = why->status = STATUS_BAD_ARGUMENT;
        }
    }
    free(old);
    free(new_ones);
    return status;
}

struct noting {
    struct change *change;
    int line;
};

static void on_note(void *ctx, int line, const struct failure *why)
{
    const struct noting *noting = ctx;
    size_t used = strlen(noting->change->notes);
    if (line == noting->line)
        (void)snprintf(noting->change->notes + used, sizeof noting->change->notes - used, "%s%s",
                       used > 0 ? "; " : "", failure_text(why));
}

// What the line that was set brings with it.
static void take_notes(struct change *change, const struct config_text *after)
{
    const struct config_line *line = config_text_find(after, change->setting.section, change->setting.name);
    struct noting noting = {change, line != NULL ? line->number : 0};
    change->notes[0] = '\0';
    if (line != NULL && change->value != NULL)
        config_check_notes(after, on_note, &noting);
}

static enum status make(void *ctx, const struct config_text *text, struct bytebuf *out, struct failure *why)
{
    struct change *change = ctx;
    const struct cli_setting *setting = &change->setting;
    struct config_text *after = NULL;
    enum status status =
        change->value != NULL
            ? config_edit_text_set(text, setting->section, setting->name, change->value, out, why)
            : config_edit_text_unset(text, setting->section, setting->name, out, &change->found, why);
    if (status == STATUS_OK)
        status = config_text_parse(text->path, bytebuf_text(out), out->length, &after, why);
    if (status == STATUS_OK) {
        after->open_to = text->open_to;
        status = compare(change, text, after, why);
    }
    if (status == STATUS_OK)
        take_notes(change, after);
    config_text_free(after);
    return status;
}

// The variable of the environment has the last word.
static void tell_variable(const struct change *change)
{
    int option = change->setting.section[0] == '\0' ? cli_setting_option(change->setting.name) : -1;
    const char *variable = option >= 0 ? config_option((size_t)option)->env : "";
    const char *value = variable[0] != '\0' ? getenv(variable) : NULL;
    if (value != NULL && value[0] != '\0')
        cli_say("%s is set in the environment and counts instead", variable);
}

static int run(const char *verb, struct change *change, const char *word)
{
    char path[CONFIG_PATH_CAP];
    struct failure why = {.status = STATUS_OK};
    if (!cli_setting_parse(word, &change->setting, &why) || config_path(path, &why) != STATUS_OK ||
        config_edit_run(path, make, change, &why) != STATUS_OK)
        return cli_setting_complain(verb, &why);
    if (change->value == NULL && !change->found) {
        (void)fail(&why, STATUS_NOT_FOUND, "%.100s is not set in %.300s", word, path);
        (void)advise(&why, STATUS_NOT_FOUND, "sbxdeck config list shows what is");
        return cli_setting_complain(verb, &why);
    }
    tell_variable(change);
    if (change->notes[0] != '\0')
        cli_say("%s", change->notes);
    if (change->left > 0)
        cli_say("the settings have %zu other fault%s: see sbxdeck config check", change->left,
                change->left == 1 ? "" : "s");
    return 0;
}

int verb_config_set(const struct cli_arguments *arguments)
{
    struct change change = {.value = arguments->values[1]};
    return run("config set", &change, arguments->values[0]);
}

int verb_config_unset(const struct cli_arguments *arguments)
{
    struct change change = {.value = NULL};
    return run("config unset", &change, arguments->values[0]);
}
