// SPDX-License-Identifier: Apache-2.0
//
// cli_setting: a setting's name is the section's, a dot and the line's, as git has it.

#include "views/cli/cli_setting.h"

#include "tui/base/text.h"
#include "views/cli/cli_guess.h"
#include "views/cli/cli_message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- names --------------------------------------------------------------------------------

int cli_setting_option(const char *name)
{
    for (int i = 0; config_option((size_t)i) != NULL; i++)
        if (strcmp(config_option((size_t)i)->name, name) == 0)
            return i;
    return -1;
}

static bool no_option(const char *word, struct failure *why)
{
    struct cli_guess guess;
    cli_guess_begin(&guess, word);
    for (size_t i = 0; config_option(i) != NULL; i++)
        cli_guess_try(&guess, config_option(i)->name, config_option(i)->name);
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.100s' is not an option", word);
    if (cli_guess_end(&guess) != NULL)
        (void)advise(why, why->status, "did you mean %s?", cli_guess_end(&guess));
    else
        (void)advise(why, why->status, "sbxdeck config list shows them");
    return false;
}

static const struct config_section *kind_of(const char *word, size_t length)
{
    for (size_t i = 0; config_section(i) != NULL; i++)
        if (strlen(config_section(i)->name) == length && strncmp(config_section(i)->name, word, length) == 0)
            return config_section(i);
    return NULL;
}

static bool no_section(const char *word, size_t length, struct failure *why)
{
    struct cli_guess guess;
    char typed[CLI_GUESS_CAP];
    (void)snprintf(typed, sizeof typed, "%.*s", (int)length, word);
    cli_guess_begin(&guess, typed);
    for (size_t i = 0; config_section(i) != NULL; i++)
        cli_guess_try(&guess, config_section(i)->name, config_section(i)->name);
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.*s' is not a section", length < 60 ? (int)length : 60, word);
    if (cli_guess_end(&guess) != NULL)
        (void)advise(why, why->status, "did you mean %s?", cli_guess_end(&guess));
    else
        (void)advise(why, why->status, "as in keys.connect or profile.work.base_url");
    return false;
}

bool cli_setting_parse(const char *word, struct cli_setting *out, struct failure *why)
{
    const char *dot = strchr(word, '.');
    out->section[0] = '\0';
    if (strlen(word) >= sizeof out->name)
        return fail(why, STATUS_BAD_ARGUMENT, "'%.60s…' is too long for a name", word) == STATUS_OK;
    (void)snprintf(out->name, sizeof out->name, "%s", word);
    if (dot == NULL)
        return cli_setting_option(word) >= 0 || no_option(word, why);
    const struct config_section *kind = kind_of(word, (size_t)(dot - word));
    if (kind == NULL)
        return no_section(word, (size_t)(dot - word), why);
    const char *rest = dot + 1;
    const char *name = kind->named ? strrchr(rest, '.') : rest;
    if (name == NULL || name == rest - 1 || (kind->named && (name == rest || name[1] == '\0')) ||
        name[0] == '\0') {
        (void)fail(why, STATUS_BAD_ARGUMENT, "'%.100s' names no setting", word);
        return advise(why, why->status, "write it as %s.%sNAME", kind->name, kind->named ? "NAME." : "") ==
               STATUS_OK;
    }
    int length = kind->named ? snprintf(out->section, sizeof out->section, "%s %.*s", kind->name,
                                        (int)(name - rest), rest)
                             : snprintf(out->section, sizeof out->section, "%s", kind->name);
    (void)snprintf(out->name, sizeof out->name, "%s", kind->named ? name + 1 : name);
    return length < (int)sizeof out->section ||
           fail(why, STATUS_BAD_ARGUMENT, "'%.60s…' is too long for a name", word) == STATUS_OK;
}

void cli_setting_word(const char *section, const char *name, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s%s%s", section, section[0] != '\0' ? "." : "", name);
    char *blank = strchr(section, ' ') != NULL ? strchr(out, ' ') : NULL;
    if (blank != NULL)
        *blank = '.';
}

// --- printing -----------------------------------------------------------------------------

static void put(FILE *stream, const char *text)
{
    size_t length = strlen(text), cap = 4 * length + 4; // each byte may be shown as four
    char *shown = malloc(cap);
    if (shown != NULL)
        (void)fputs(display(text, length, shown, cap), stream);
    free(shown);
}

void cli_setting_print(const char *text, bool raw)
{
    if (raw && isatty(STDOUT_FILENO) == 0)
        (void)fputs(text, stdout);
    else
        put(stdout, text);
}

void cli_setting_print_fault(FILE *stream, const char *path, int line, const char *kind,
                             const struct failure *why)
{
    char text[FAILURE_LINE_CAP];
    if (line > 0) {
        put(stream, path);
        (void)fprintf(stream, ":%d: ", line);
    }
    (void)fputs(kind, stream);
    // The table's advice says nothing here that the line does not.
    if (why->advice[0] != '\0')
        put(stream, failure_line(why, text));
    else
        put(stream, failure_text(why));
    (void)fputc('\n', stream);
}

int cli_setting_complain(const char *verb, const struct failure *why)
{
    cli_complain(verb, why);
    return status_exit_code(why->status);
}

struct config_text *cli_setting_read(const char *verb, int *code)
{
    struct config_text *text = NULL;
    struct failure why = {.status = STATUS_OK};
    *code = 0;
    if (config_read(&text, &why) != STATUS_OK)
        *code = cli_setting_complain(verb, &why);
    return text;
}
