// SPDX-License-Identifier: Apache-2.0
//
// config_load: From the table's defaults, the file and the environment to the options, and what is wrong with
// any of them, the first or all.

#include "api/base/home.h"
#include "api/config/config_private.h"
#include "api/config/config_profile.h"
#include "api/vault/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool on_option(void *ctx, const struct config_line *line, const char *open_to, struct failure *why)
{
    return config_set_line(ctx, line, open_to, why);
}

// --- the file -----------------------------------------------------------------------------

enum status config_path(char out[CONFIG_PATH_CAP], struct failure *why)
{
    static const char file[] = "/config";
    int length = home_xdg_folder("XDG_CONFIG_HOME", ".config", out, PATH_CAP);
    if (length >= PATH_CAP)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of the config file is longer than %d bytes",
                    PATH_CAP);
    if (length < 0)
        out[0] = '\0';
    else
        (void)memcpy(out + length, file, sizeof file);
    return STATUS_OK;
}

enum status config_read(struct config_text **out, struct failure *why)
{
    char path[CONFIG_PATH_CAP];
    *out = NULL;
    enum status status = config_path(path, why);
    if (status != STATUS_OK)
        return status;
    if (path[0] != '\0')
        return config_text_read(path, out, why);
    status = config_text_parse(path, "", 0, out, why);
    if (status == STATUS_OK)
        (*out)->there = false;
    return status;
}

// Up to the line of the first fault of form: what is wrong with an option before it is told first.
static enum status read_options(const struct config_text *text, struct config *config, struct failure *why)
{
    const struct config_fault *form = text->fault_count > 0 ? &text->faults[0] : NULL;
    for (size_t i = 0; i < text->count; i++) {
        const struct config_line *line = &text->lines[i];
        struct failure fault = {.status = STATUS_OK};
        if (form != NULL && line->number > form->line)
            break;
        if (line->section[0] == '\0' && !config_set_line(config, line, text->open_to, &fault))
            return config_text_fail(text, line->number, &fault, why);
    }
    return form == NULL ? STATUS_OK : config_text_fail(text, form->line, &form->why, why);
}

enum status config_read_section(const char *section, config_line_take *take, void *ctx, struct failure *why)
{
    struct config_text *text = NULL;
    enum status status = config_read(&text, why);
    if (status == STATUS_OK && text->fault_count > 0)
        status = config_text_fail(text, text->faults[0].line, &text->faults[0].why, why);
    if (status == STATUS_OK)
        status = config_text_each(text, section, take, ctx, why);
    config_text_free(text);
    return status;
}

// --- the environment ----------------------------------------------------------------------

static const char *variable_of(const struct config_entry *option)
{
    const char *value = option->shown.env[0] != '\0' ? getenv(option->shown.env) : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool take_variable(struct config *config, const struct config_entry *option, struct failure *why)
{
    const char *value = variable_of(option);
    struct failure more = {.status = STATUS_OK};
    if (value == NULL || config_set_value(config, option, value, &more))
        return true;
    if (more.status != STATUS_OK)
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s: %s", option->shown.env, more.message);
    else
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s is '%s': it takes %s", option->shown.env, value,
                   option->shown.type);
    if (more.advice[0] != '\0')
        (void)advise(why, why->status, "%s", more.advice);
    return false;
}

static bool is_admitted(const struct config_profile *own, const struct config *config,
                        const struct config_entry *option, struct failure *why)
{
    const char *value = variable_of(option);
    return value == NULL || config_profile_admits(own, config, option->shown.env, value, why);
}

// --- all of it ----------------------------------------------------------------------------

static void set_defaults(struct config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; config_entry(i) != NULL; i++)
        if (!config_entry(i)->described)
            (void)config_set_value(config, config_entry(i), config_entry(i)->shown.fallback, NULL);
}

// What follows from other options where it isn't set itself.
static enum status find_folders(struct config *config, const struct config_profile *own, struct failure *why)
{
    enum status status = STATUS_OK;
    if (config->state_folder[0] == '\0')
        status = vault_default_folder(config->state_folder, sizeof config->state_folder, why);
    if (status == STATUS_OK)
        status = config_profile_settle(own, config, why);
    if (status != STATUS_OK || config->known_hosts[0] != '\0')
        return status;
    if (snprintf(config->known_hosts, sizeof config->known_hosts, "%s/known_hosts", config->state_folder) >=
        (int)sizeof config->known_hosts)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of state_folder is too long: %s",
                    config->state_folder);
    return STATUS_OK;
}

enum status config_of_text(const struct config_text *text, struct config *out, struct failure *why)
{
    struct failure unheard = {.status = STATUS_OK};
    struct config config;
    struct config_profile own = {.key = false};
    why = why != NULL ? why : &unheard; // what adds advice to it reads it, too
    set_defaults(&config);
    enum status status = read_options(text, &config, why);
    if (status == STATUS_OK)
        status = config_profile_take(text, &config, &own, why);
    const bool read_only = config.read_only;
    for (size_t i = 0; status == STATUS_OK && config_entry(i) != NULL; i++)
        if (!is_admitted(&own, &config, config_entry(i), why) ||
            !take_variable(&config, config_entry(i), why))
            status = STATUS_BAD_ARGUMENT;
    config.read_only |= read_only; // what the file has locked no environment opens
    if (status == STATUS_OK)
        status = find_folders(&config, &own, why);
    if (status == STATUS_OK)
        *out = config;
    return status;
}

enum status config_load(struct config *out, struct failure *why)
{
    struct config_text *text = NULL;
    enum status status = config_read(&text, why);
    if (status == STATUS_OK)
        status = config_of_text(text, out, why);
    config_text_free(text);
    return status;
}

void config_check_options(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    struct config config;
    struct config_profile own = {.key = false};
    struct failure why = {.status = STATUS_OK};
    set_defaults(&config);
    config_text_check_each(text, "", on_option, &config, fault, ctx);
    for (size_t i = 0; config_entry(i) != NULL; i++)
        if (!take_variable(&config, config_entry(i), &why))
            fault(ctx, 0, &why);
    if (config_profile_take(text, &config, &own, &why) != STATUS_OK)
        config.profile[0] = '\0'; // its lines are checked by config_profile_check
    if (find_folders(&config, &own, &why) != STATUS_OK)
        fault(ctx, 0, &why);
}

void config_source(const struct config_text *text, const struct config *config, size_t index,
                   struct config_source *out)
{
    const struct config_entry *option = config_entry(index);
    char section[CONFIG_SECTION_CAP];
    (void)snprintf(section, sizeof section, "profile %s", config->profile);
    const struct config_line *line = config_text_find(text, section, option->shown.name);
    if (line == NULL)
        line = config_text_find(text, "", option->shown.name);
    const char *variable = variable_of(option);
    const char *member = (const char *)config + option->offset;
    *out = (struct config_source){.from = CONFIG_FROM_DEFAULT};
    if (variable != NULL) {
        out->from = CONFIG_FROM_ENVIRONMENT;
        out->value = variable;
    } else if (line != NULL) {
        out->from = CONFIG_FROM_FILE;
        out->line = line->number;
        out->value = line->value;
    } else if (!option->described) {
        out->value = option->shown.fallback;
    } else if (member[0] != '\0') { // every one of those is a text
        out->value = member;
    }
}

bool config_differs(const struct config *a, const struct config *b, size_t index)
{
    const struct config_entry *option = config_entry(index);
    return memcmp((const char *)a + option->offset, (const char *)b + option->offset, option->size) != 0;
}

void config_take_option(struct config *config, const struct config *from, size_t index)
{
    const struct config_entry *option = config_entry(index);
    memcpy((char *)config + option->offset, (const char *)from + option->offset, option->size);
}
