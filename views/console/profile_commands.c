// SPDX-License-Identifier: Apache-2.0
//
// profile_commands: Change to another profile: the console ends as when it is quit, and begins again with the
// other's settings, key and vault, so that nothing of the one before is left.

#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "tui/widget/palette.h"
#include "views/app/app.h"
#include "views/console/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_CAP = 1024 };

static const char none[] = "default";

size_t console_profile_count(const struct app *app)
{
    return app->config.profile_count > 0 && !app->one_profile ? app->config.profile_count + 1 : 0;
}

const char *console_profile_name(const struct app *app, size_t index)
{
    return index > 0 && index <= app->config.profile_count ? app->config.profiles[index - 1] : none;
}

const char *console_profile_help(const struct app *app, size_t index)
{
    (void)app;
    return index == 0 ? "The settings before any section" : "Its settings, key and vault";
}

static bool is_current(const struct app *app, const char *name)
{
    const char *current = app->config.profile[0] != '\0' ? app->config.profile : none;
    return strcmp(current, name) == 0;
}

const char *console_profile_why(const struct app *app, size_t index)
{
    return is_current(app, console_profile_name(app, index)) ? "it is in use" : NULL;
}

// --- changing -----------------------------------------------------------------------------

struct changing {
    struct app *app;
    char name[PROFILE_CAP];
};

static void change(struct app *app, const char *name)
{
    (void)snprintf(app->next_profile, sizeof app->next_profile, "%s", name);
    app_quit(app, 0);
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct changing *changing = context;
    (void)dialog;
    if (result == DIALOG_YES && !changing->app->quitting)
        change(changing->app, changing->name);
    free(changing);
}

void console_change_profile(struct app *app, const char *name)
{
    char title[PROFILE_CAP + 32], text[TEXT_CAP];
    if (is_current(app, name)) {
        app_toast(app, TOAST_INFO, "The profile %s is in use", name);
        return;
    }
    if (!console_quit_asks(app)) {
        change(app, name);
        return;
    }
    struct changing *changing = xcalloc(1, sizeof *changing);
    changing->app = app;
    (void)snprintf(changing->name, sizeof changing->name, "%s", name);
    (void)snprintf(title, sizeof title, "Change to the profile %s?", name);
    console_quit_text(app, text, sizeof text);
    const struct dialog_options options = {
        .title = title, .text = text, .level = DIALOG_WARN, .yes = "Change"};
    app_ask(app, &options, on_answer, changing);
}

// --- the menu -----------------------------------------------------------------------------

static void on_picked(void *context, int id)
{
    struct app *app = context;
    if (id != PALETTE_NONE && !app->quitting)
        console_change_profile(app, console_profile_name(app, (size_t)id));
}

enum change console_profile(struct app *app, int argument)
{
    static const struct palette_words words = {.name = "Profile", .keys = "", .help = "", .verb = "change"};
    struct palette_entry entries[PROFILES_MAX + 1];
    size_t count = console_profile_count(app);
    (void)argument;
    if (count == 0) {
        app_toast(app, TOAST_INFO, "No profile is set: [profile NAME] in the settings makes one");
        return CHANGED_NOTHING;
    }
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct palette_entry){.id = (int)i,
                                            .name = console_profile_name(app, i),
                                            .keys = "",
                                            .help = console_profile_help(app, i),
                                            .why = console_profile_why(app, i)};
    struct palette *palette = palette_new("Profiles", entries, count, on_picked, app);
    palette_set_words(palette, &words);
    app_palette_open(app, palette);
    return CHANGED_NOTHING;
}
