// SPDX-License-Identifier: Apache-2.0
//
// verb_config: `config list`, `get`, `check` and `path`: what is set, where, and what is wrong with it. No
// command that gives a key is run, and no file but the settings is read.

#include "api/config/config_check.h"
#include "tui/base/text.h"
#include "views/cli/cli_arguments.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_setting.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/cli_terminal.h"
#include "views/cli/verbs.h"
#include "views/command/key_settings.h"
#include "views/output/json_output.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 4, WORD_CAP = CONFIG_SECTION_CAP + CONFIG_LINE_MAX, NAME_COLUMNS = 22, VALUE_COLUMNS = 30 };

static int done(int code)
{
    return cli_stdout_failed() && code == 0 ? 1 : code;
}

// --- one setting --------------------------------------------------------------------------

// Of an option or of a line in a section.
struct setting {
    char word[WORD_CAP];
    const struct config_option *option; // NULL: a line of a section
    struct config_source source;
    const char *text; // what it is; "" not known
};

static const char *text_of_line(const struct config_line *line)
{
    for (int i = 0; strcmp(line->section, "keys") == 0 && i < COMMAND_COUNT; i++)
        if (strcmp(key_settings_name((enum command)i), line->name) == 0)
            return command_table[i].help;
    for (size_t i = 0; config_section_name(line->section, "profile") != NULL && config_option(i) != NULL; i++)
        if (strcmp(config_option(i)->name, line->name) == 0)
            return config_option(i)->text;
    return config_section_of(line->section) != NULL ? config_section_of(line->section)->text : "";
}

static void of_option(const struct config_text *text, const struct config *config, size_t index,
                      struct setting *out)
{
    *out = (struct setting){.option = config_option(index), .text = config_option(index)->text};
    (void)snprintf(out->word, sizeof out->word, "%s", out->option->name);
    config_source(text, config, index, &out->source);
}

static void of_line(const struct config_line *line, struct setting *out)
{
    *out = (struct setting){.text = text_of_line(line)};
    cli_setting_word(line->section, line->name, out->word, sizeof out->word);
    out->source =
        (struct config_source){.from = CONFIG_FROM_FILE, .line = line->number, .value = line->value};
}

// --- what is known of a line besides ---

struct noting {
    int line;
    char text[FAILURE_LINE_CAP]; // "": nothing
};

static void on_note(void *ctx, int line, const struct failure *why)
{
    struct noting *noting = ctx;
    size_t used = strlen(noting->text);
    if (line == noting->line)
        (void)snprintf(noting->text + used, sizeof noting->text - used, "%s%s", used > 0 ? "; " : "",
                       failure_text(why));
}

static struct noting note_of(const struct config_text *text, const struct setting *setting)
{
    struct noting noting = {.line = setting->source.line};
    if (setting->option == NULL)
        config_check_notes(text, on_note, &noting);
    return noting;
}

// --- list ---------------------------------------------------------------------------------

static void where(const struct config_text *text, const struct setting *setting, char *out, size_t cap)
{
    switch (setting->source.from) {
    case CONFIG_FROM_FILE:
        (void)snprintf(out, cap, "%s:%d", text->path, setting->source.line);
        break;
    case CONFIG_FROM_ENVIRONMENT:
        (void)snprintf(out, cap, "%s", setting->option->env);
        break;
    case CONFIG_FROM_DEFAULT:
        (void)snprintf(out, cap, "default");
    }
}

static void print_setting(const struct config_text *text, const struct setting *setting)
{
    char place[CONFIG_PATH_CAP + 32], clean[3 * CONFIG_PATH_CAP], about[3 * CONFIG_PATH_CAP + 1024] = "";
    const struct config_option *option = setting->option;
    const char *value = setting->source.value;
    where(text, setting, place, sizeof place);
    cli_setting_print(setting->word, false);
    (void)fputs(" = ", stdout);
    cli_setting_print(value != NULL ? value : "", false);
    (void)fputs("\n    ", stdout);
    (void)snprintf(about, sizeof about, "%s%s%s%s%s%sFrom: %s", setting->text,
                   setting->text[0] != '\0' ? ". " : "", option != NULL ? option->type : "",
                   option != NULL ? " (" : "", option != NULL ? option->fallback : "",
                   option != NULL ? "). " : "", display(place, strlen(place), clean, sizeof clean));
    cli_terminal_wrap(INDENT, INDENT, about);
    const struct noting noting = note_of(text, setting);
    if (noting.text[0] == '\0')
        return;
    (void)fputs("    ", stdout);
    cli_setting_print(noting.text, false);
    (void)putchar('\n');
}

static cJSON *json_setting(const struct config_text *text, const struct setting *setting)
{
    static const char *const from[] = {"default", "file", "environment"};
    cJSON *object = cJSON_CreateObject();
    bool file = setting->source.from == CONFIG_FROM_FILE;
    json_output_add_text(object, "name", setting->word);
    json_output_add_text(object, "value", setting->source.value);
    json_output_add_text(object, "from", from[setting->source.from]);
    json_output_add_text(object, "file", file ? text->path : NULL);
    json_output_add_number(object, "line", file, setting->source.line);
    json_output_add_text(object, "variable", setting->option != NULL ? setting->option->env : NULL);
    json_output_add_text(object, "type", setting->option != NULL ? setting->option->type : NULL);
    json_output_add_text(object, "default", setting->option != NULL ? setting->option->fallback : NULL);
    json_output_add_text(object, "text", setting->text);
    const struct noting noting = note_of(text, setting);
    json_output_add_text(object, "note", noting.text[0] != '\0' ? noting.text : NULL);
    return object;
}

static void list_one(const struct config_text *text, const struct setting *setting, cJSON *array)
{
    if (array != NULL)
        (void)cJSON_AddItemToArray(array, json_setting(text, setting));
    else
        print_setting(text, setting);
}

static void list(const struct config_text *text, const struct config *config, cJSON *array)
{
    struct setting setting;
    for (size_t i = 0; config_option(i) != NULL; i++) {
        of_option(text, config, i, &setting);
        list_one(text, &setting, array);
    }
    for (size_t i = 0; i < text->count; i++) {
        if (config_section_of(text->lines[i].section) == NULL)
            continue;
        of_line(&text->lines[i], &setting);
        list_one(text, &setting, array);
    }
}

static bool print_json(cJSON *tree)
{
    return json_output_print(stdout, tree, true);
}

int verb_config_list(const struct cli_arguments *arguments)
{
    static const char verb[] = "config list";
    struct config config;
    struct failure why = {.status = STATUS_OK};
    int code = 0;
    struct config_text *text = cli_setting_read(verb, &code);
    if (text == NULL)
        return code;
    if (config_of_text(text, &config, &why) != STATUS_OK) {
        code = cli_setting_complain(verb, &why);
    } else {
        cJSON *array = arguments->json ? cJSON_CreateArray() : NULL;
        list(text, &config, array);
        if (arguments->json && !print_json(array))
            code = 1;
    }
    config_text_free(text);
    return done(code);
}

// --- get ----------------------------------------------------------------------------------

static bool find(const struct config_text *text, const struct config *config,
                 const struct cli_setting *wanted, struct setting *out)
{
    int option = wanted->section[0] == '\0' ? cli_setting_option(wanted->name) : -1;
    const struct config_line *line = config_text_find(text, wanted->section, wanted->name);
    if (option >= 0)
        of_option(text, config, (size_t)option, out);
    else if (line != NULL)
        of_line(line, out);
    return (option >= 0 && out->source.value != NULL) || (option < 0 && line != NULL);
}

int verb_config_get(const struct cli_arguments *arguments)
{
    static const char verb[] = "config get";
    struct config config;
    struct cli_setting wanted;
    struct setting found;
    struct failure why = {.status = STATUS_OK};
    int code = 0;
    if (!cli_setting_parse(arguments->values[0], &wanted, &why))
        return cli_setting_complain(verb, &why);
    struct config_text *text = cli_setting_read(verb, &code);
    if (text == NULL)
        return code;
    if (config_of_text(text, &config, &why) != STATUS_OK) {
        code = cli_setting_complain(verb, &why);
    } else if (!find(text, &config, &wanted, &found)) {
        code = 1; // as git: nothing is set, and nothing is printed
    } else if (arguments->json) {
        code = print_json(json_setting(text, &found)) ? 0 : 1;
    } else {
        cli_setting_print(found.source.value, true);
        (void)putchar('\n');
    }
    config_text_free(text);
    return done(code);
}

// --- check --------------------------------------------------------------------------------

struct checking {
    const struct config_text *text;
    cJSON *array; // NULL: for people
    size_t count;
};

static void tell(struct checking *checking, int line, const char *kind, const struct failure *why)
{
    checking->count++;
    if (checking->array == NULL) {
        char label[32];
        (void)snprintf(label, sizeof label, "%s%s", kind, kind[0] != '\0' ? ": " : "");
        cli_setting_print_fault(stdout, checking->text->path, line, label, why);
        return;
    }
    cJSON *object = cJSON_CreateObject();
    json_output_add_text(object, "kind", kind[0] != '\0' ? kind : "error");
    json_output_add_text(object, "file", line > 0 ? checking->text->path : NULL);
    json_output_add_number(object, "line", line > 0, line);
    json_output_add_text(object, "message", failure_text(why));
    json_output_add_text(object, "advice", why->advice);
    (void)cJSON_AddItemToArray(checking->array, object);
}

static void on_warning(void *ctx, int line, const struct failure *why)
{
    tell(ctx, line, "warning", why);
}

static int check(const struct config_text *text, bool json)
{
    struct config_fault *faults = calloc(CONFIG_FAULTS_MAX, sizeof *faults);
    struct checking checking = {.text = text, .array = json ? cJSON_CreateArray() : NULL};
    size_t count = faults != NULL ? config_check_all(text, faults) : 0;
    int code = faults == NULL ? 1 : count > 0 ? status_exit_code(STATUS_BAD_ARGUMENT) : 0;
    for (size_t i = 0; i < count; i++)
        tell(&checking, faults[i].line, "", &faults[i].why);
    config_check_repeated(text, on_warning, &checking);
    config_check_notes(text, on_warning, &checking);
    if (json) {
        code = print_json(checking.array) ? code : 1;
    } else if (checking.count == 0) {
        cli_setting_print(text->path, false);
        (void)puts(text->there ? ": no fault found" : ": not there, so the defaults count");
    }
    free(faults);
    return code;
}

int verb_config_check(const struct cli_arguments *arguments)
{
    int code = 0;
    struct config_text *text = cli_setting_read("config check", &code);
    if (text == NULL)
        return code;
    code = check(text, arguments->json);
    config_text_free(text);
    return done(code);
}

// --- path ---------------------------------------------------------------------------------

int verb_config_path(const struct cli_arguments *arguments)
{
    char path[CONFIG_PATH_CAP];
    struct failure why = {.status = STATUS_OK};
    (void)arguments;
    if (config_path(path, &why) == STATUS_OK && path[0] == '\0')
        (void)fail(&why, STATUS_BAD_ARGUMENT,
                   "there is no folder for the settings: neither XDG_CONFIG_HOME nor the home folder is an "
                   "absolute path");
    if (why.status != STATUS_OK)
        return cli_setting_complain("config path", &why);
    cli_setting_print(path, true);
    (void)putchar('\n');
    return done(0);
}
