// SPDX-License-Identifier: Apache-2.0
//
// config_section: The table of sections, and how a line that begins one is read.

#include "api/config/config_section.h"

#include "api/base/nearest_word.h"

#include <stdio.h>
#include <string.h>

static const struct config_section sections[] = {
    {"keys", false, "command = keys, a line each", "sbxdeck help keys",
     "The console's keys, as in connect = Enter l or mark = none"},
    {"theme", false, "role = colours, a line each", "those of the scheme",
     "Colours of your own: see sbxdeck help colours"},
    {"filters", false, "name = words, a line each", "none", "Saved filters: see sbxdeck help filter"},
    {"profile", true, "name = value, a line each", "none",
     "A profile's own settings, over those before any section; taken by --profile NAME"},
    {"command", true, "name = value, a line each", "none", "A command of your own for the console"},
};
enum { SECTION_COUNT = sizeof sections / sizeof sections[0], NAME_MAX_LENGTH = 64 };

const struct config_section *config_section(size_t index)
{
    return index < SECTION_COUNT ? &sections[index] : NULL;
}

const char *config_section_name(const char *section, const char *kind)
{
    size_t length = strlen(kind);
    bool of_it = strncmp(section, kind, length) == 0 && section[length] == ' ' && section[length + 1] != '\0';
    return of_it ? section + length + 1 : NULL;
}

const struct config_section *config_section_of(const char *section)
{
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (sections[i].named ? config_section_name(section, sections[i].name) != NULL
                              : strcmp(section, sections[i].name) == 0)
            return &sections[i];
    return NULL;
}

// --- a line that begins one ---------------------------------------------------------------

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool may_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

// The words between the brackets, one blank apart. False: no form of a section.
static bool read_words(const char *line, size_t length, char out[CONFIG_SECTION_CAP])
{
    size_t used = 0;
    while (length > 0 && (is_blank(line[length - 1]) || line[length - 1] == '\r'))
        length--;
    while (length > 0 && is_blank(line[0])) {
        line++;
        length--;
    }
    if (length < 2 || line[0] != '[' || line[length - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < length; i++) {
        bool first = is_blank(line[i]) && used > 0 && out[used - 1] != ' ';
        if ((!is_blank(line[i]) && !may_name(line[i])) || used + 2 >= CONFIG_SECTION_CAP)
            return false;
        if (!is_blank(line[i]) || first)
            out[used++] = is_blank(line[i]) ? ' ' : line[i];
    }
    if (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
    return used > 0;
}

static void list(char *out, size_t cap)
{
    size_t used = 0;
    for (size_t i = 0; i < SECTION_COUNT && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s[%s%s]", i == 0 ? "" : ", ", sections[i].name,
                                 sections[i].named ? " NAME" : "");
}

// The one that the first word was probably meant to be.
static const struct config_section *nearest_section(const char *words)
{
    char first[CONFIG_SECTION_CAP];
    struct nearest_word nearest = {.word = first};
    (void)snprintf(first, sizeof first, "%.*s", (int)strcspn(words, " "), words);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        nearest_word_offer(&nearest, sections[i].name);
    for (size_t i = 0; i < SECTION_COUNT && nearest.best != NULL; i++)
        if (strcmp(sections[i].name, nearest.best) == 0)
            return &sections[i];
    return NULL;
}

bool config_section_parse(const char *line, size_t length, char out[CONFIG_SECTION_CAP], struct failure *why)
{
    char all[160];
    bool words = read_words(line, length, out);
    const struct config_section *section = words ? config_section_of(out) : NULL;
    const char *name = section != NULL && section->named ? config_section_name(out, section->name) : NULL;
    bool too_many = name != NULL && (strchr(name, ' ') != NULL || strlen(name) > NAME_MAX_LENGTH);
    if (section != NULL && !too_many)
        return true;
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.*s': not a section", length < 60 ? (int)length : 60, line);
    if (too_many)
        (void)advise(why, why->status, "a name is one word of 1 to %d letters, digits, '-', '_' and '.'",
                     NAME_MAX_LENGTH);
    else if (words && nearest_section(out) != NULL)
        (void)advise(why, why->status, "did you mean [%s%s]?", nearest_section(out)->name,
                     nearest_section(out)->named ? " NAME" : "");
    else {
        list(all, sizeof all);
        (void)advise(why, why->status, "there are %s, after the options", all);
    }
    return false;
}
