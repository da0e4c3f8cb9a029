// SPDX-License-Identifier: Apache-2.0
//
// theme_own: take the words one by one: the first colour is the foreground, the second the background.

#include "tui/base/theme_own.h"

#include "tui/base/color_reduce.h"
#include "tui/base/color_spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORD_CAP = 32, PLAIN_COLORS = 8, INDEX_MAX = 255 };

static const char *const plain[PLAIN_COLORS] = {"black", "red",     "green", "yellow",
                                                "blue",  "magenta", "cyan",  "white"};
static const struct {
    const char *word;
    attr_t attribute;
} attributes[] = {{"bold", A_BOLD},           {"dim", A_DIM},         {"italic", A_ITALIC},
                  {"underline", A_UNDERLINE}, {"reverse", A_REVERSE}, {"plain", A_NORMAL}};

static const struct {
    const char *name, *text;
} roles[ROLE_COUNT] = {
#define X(id, name, text) {name, text},
    THEME_ROLE_TABLE(X)
#undef X
};

const char *theme_role_name(enum theme_role role)
{
    return roles[role].name;
}

const char *theme_role_text(enum theme_role role)
{
    return roles[role].text;
}

enum theme_role theme_role_find(const char *name)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (strcmp(roles[i].name, name) == 0)
            return (enum theme_role)i;
    return ROLE_COUNT;
}

// A number of the 256, or THEME_OWN_DEFAULT. False: it is no colour.
static bool take_color(const char *word, int *color)
{
    static const char bright[] = "bright";
    uint32_t rgb = 0;
    bool is_bright = strncasecmp(word, bright, sizeof bright - 1) == 0;
    const char *name = is_bright ? word + sizeof bright - 1 : word;
    name += is_bright && (name[0] == '-' || name[0] == '_');
    if (strcasecmp(word, "default") == 0) {
        *color = THEME_OWN_DEFAULT;
        return true;
    }
    for (int i = 0; i < PLAIN_COLORS; i++) {
        if (strcasecmp(name, plain[i]) != 0)
            continue;
        *color = is_bright ? PLAIN_COLORS + i : i;
        return true;
    }
    if (word[0] != '\0' && strspn(word, "0123456789") == strlen(word)) {
        *color = strlen(word) <= 3 ? atoi(word) : INDEX_MAX + 1;
        return *color <= INDEX_MAX;
    }
    if (!color_spec_parse(word, strlen(word), &rgb))
        return false;
    *color = color_reduce_number(CELL_COLOR_RGB | rgb, INDEX_MAX + 1, NULL);
    return true;
}

static bool take_attribute(const char *word, struct theme_own *own)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (strcasecmp(word, attributes[i].word) != 0)
            continue;
        own->attributes |= attributes[i].attribute;
        own->has_attributes = true;
        return true;
    }
    return false;
}

// One word. on: the last was "on". False: why says what is wrong.
static bool take_word(const char *word, bool *on, struct theme_own *own, char why[THEME_OWN_WHY_CAP])
{
    int color = 0;
    bool is_on = strcasecmp(word, "on") == 0;
    if (!*on && take_attribute(word, own))
        return true;
    if (is_on && !*on && own->background == THEME_OWN_KEEP) {
        *on = true;
        return true;
    }
    if (is_on || !take_color(word, &color)) {
        (void)snprintf(why, THEME_OWN_WHY_CAP, "'%s' is not a colour", word);
        return false;
    }
    bool first = !*on && own->foreground == THEME_OWN_KEEP && own->background == THEME_OWN_KEEP;
    if (!first && own->background != THEME_OWN_KEEP) {
        (void)snprintf(why, THEME_OWN_WHY_CAP, "'%s' is one colour too many", word);
        return false;
    }
    *(first ? &own->foreground : &own->background) = color;
    *on = false;
    return true;
}

bool theme_own_parse(const char *text, struct theme_own *out, char why[THEME_OWN_WHY_CAP])
{
    struct theme_own own = {.foreground = THEME_OWN_KEEP, .background = THEME_OWN_KEEP};
    char word[WORD_CAP];
    bool on = false, any = false;
    for (const char *at = text + strspn(text, " \t"); *at != '\0'; at += strspn(at, " \t")) {
        size_t length = strcspn(at, " \t");
        (void)snprintf(word, sizeof word, "%.*s", (int)(length < WORD_CAP ? length : WORD_CAP - 1), at);
        at += length;
        any = true;
        if (!take_word(word, &on, &own, why))
            return false;
    }
    if (!any || on) {
        (void)snprintf(why, THEME_OWN_WHY_CAP, on ? "there is no colour behind 'on'" : "there is no colour");
        return false;
    }
    *out = own;
    return true;
}
