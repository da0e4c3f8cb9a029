// SPDX-License-Identifier: Apache-2.0
//
// theme_settings: check the section [theme] line by line, then hand the colours to the theme.

#include "views/command/theme_settings.h"

#include "api/base/nearest_word.h"
#include "tui/base/theme_own.h"

#include <stdio.h>
#include <string.h>

struct colors {
    struct theme_own of[ROLE_COUNT];
    bool set[ROLE_COUNT];
};

static bool no_role(const char *name, struct failure *why)
{
    struct nearest_word nearest = {.word = name};
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.60s' is not a role of colours", name);
    for (int i = 0; i < ROLE_COUNT; i++)
        nearest_word_offer(&nearest, theme_role_name((enum theme_role)i));
    if (strcmp(name, "scheme") == 0)
        (void)advise(why, why->status, "set scheme before any section");
    else if (nearest.best != NULL)
        (void)advise(why, why->status, "did you mean %s?", nearest.best);
    else
        (void)advise(why, why->status, "sbxdeck help colours lists them");
    return false;
}

static bool on_line(void *ctx, const struct config_line *line, const char *open_to, struct failure *why)
{
    struct colors *colors = ctx;
    char wrong[THEME_OWN_WHY_CAP];
    char name[NEAREST_WORD_CAP];
    (void)open_to;
    (void)snprintf(name, sizeof name, "%s", line->name);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '-' || *at == ' ' ? '_' : *at;
    enum theme_role role = theme_role_find(name);
    if (role == ROLE_COUNT)
        return no_role(line->name, why);
    if (theme_own_parse(line->value, &colors->of[role], wrong)) {
        colors->set[role] = true;
        return true;
    }
    (void)fail(why, STATUS_BAD_ARGUMENT, "%s = '%.60s': %s", line->name, line->value, wrong);
    (void)advise(
        why, why->status,
        "write red, bright-red, 0 to 255, #rrggbb or default; a second one, as in red on black, is the "
        "background; then bold, underline, italic, dim, reverse or plain");
    return false;
}

void theme_settings_check(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    struct colors colors;
    memset(&colors, 0, sizeof colors);
    config_text_check_each(text, "theme", on_line, &colors, fault, ctx);
}

enum status theme_settings_of_text(const struct config_text *text, struct failure *why)
{
    struct colors colors;
    memset(&colors, 0, sizeof colors);
    enum status status = config_text_each(text, "theme", on_line, &colors, why);
    for (int i = 0; status == STATUS_OK && i < ROLE_COUNT; i++)
        theme_set_own((enum theme_role)i, colors.set[i] ? &colors.of[i] : NULL);
    return status;
}
