// SPDX-License-Identifier: Apache-2.0
//
// app_settings: Take a changed settings file over while the console runs. All of it is checked first: with a
// fault in it nothing changes. What can count at once does; what can't is named.

#include "api/base/home.h"
#include "api/config/config_watch.h"
#include "tui/base/theme.h"
#include "tui/base/xalloc.h"
#include "views/app/app_private.h"
#include "views/command/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_CAP = 160, SECOND_MS = 1000 };

struct app_settings {
    struct config seen;         // what the file and the environment said last
    struct config_watch *watch; // NULL: there is no file to watch
    struct app_settings_watch *watches, *next;
};

// --- listeners ----------------------------------------------------------------------------

void app_settings_watch_add(struct app *app, struct app_settings_watch *watch)
{
    if (app->internals->settings == NULL)
        return;
    app_settings_watch_remove(app, watch);
    watch->next = app->internals->settings->watches;
    app->internals->settings->watches = watch;
}

void app_settings_watch_remove(struct app *app, struct app_settings_watch *watch)
{
    struct app_settings *settings = app->internals->settings;
    if (settings == NULL)
        return;
    if (settings->next == watch)
        settings->next = watch->next;
    for (struct app_settings_watch **at = &settings->watches; *at != NULL; at = &(*at)->next) {
        if (*at != watch)
            continue;
        *at = watch->next;
        return;
    }
}

static void notify(struct app *app, const struct config_text *text)
{
    struct app_settings *settings = app->internals->settings;
    for (struct app_settings_watch *watch = settings->watches; watch != NULL; watch = settings->next) {
        settings->next = watch->next;
        watch->changed(watch->ctx, text);
    }
}

// --- taking it over -----------------------------------------------------------------------

// Options that have changed in the file since it was last taken: those that count now are copied, the names
// of those that wait for a new start go to later. How many count now.
static size_t take_options(struct app *app, const struct config *fresh, char later[NAMES_CAP])
{
    struct app_settings *settings = app->internals->settings;
    size_t taken = 0, used = 0;
    later[0] = '\0';
    for (size_t i = 0; config_option(i) != NULL; i++) {
        if (!config_differs(&settings->seen, fresh, i))
            continue;
        enum config_when when = config_option_when(i);
        const char *name = config_option(i)->name;
        if (when == CONFIG_WHEN_LIVE) {
            config_take_option(&app->config, fresh, i);
            taken++;
        } else if (when == CONFIG_WHEN_STARTED && used + strlen(name) + 3 < NAMES_CAP) {
            used += (size_t)snprintf(later + used, NAMES_CAP - used, "%s%s", used > 0 ? ", " : "", name);
        }
    }
    settings->seen = *fresh;
    memcpy(app->config.profiles, fresh->profiles, sizeof app->config.profiles);
    app->config.profile_count = fresh->profile_count;
    return taken;
}

static void begin_theme(struct app *app)
{
    enum theme_scheme scheme = THEME_AUTO;
    (void)theme_parse(app->config.scheme, &scheme);
    theme_begin(scheme);
}

static void take_over(struct app *app, const struct config_text *text, size_t options)
{
    app_bind_keys(app);
    begin_theme(app);
    if (options > 0 && app->service != NULL) {
        service_set_interval(app->service, app->config.refresh_s * SECOND_MS);
        (void)life_limits_use(&app->config.expiring, &app->config.critical);
    }
    notify(app, text);
    if (options > 0)
        app_watch_notify(app); // what is expiring may be something else now
    app_focus_changed(app);    // the mouse
    app->internals->draw_all = true;
    app_dirty(app);
}

// The operator's folder as "~", so that a short line has the fault itself too.
static void tell_fault(struct app *app, const struct failure *why)
{
    struct failure told = *why;
    char home[CONFIG_PATH_CAP];
    size_t length = home_expand("~/", home, sizeof home) ? strlen(home) : 0;
    if (length > 1 && strncmp(why->message, home, length) == 0)
        (void)snprintf(told.message, sizeof told.message, "~/%s", why->message + length);
    app_toast_failure(app, "settings unchanged", &told);
}

// As this console's profile says it, also where the file now names another one for the next start.
static enum status settings_here(const struct app *app, const struct config_text *text, struct config *fresh,
                                 bool *other_profile, struct failure *why)
{
    const char *mine = app->config.profile[0] != '\0' ? app->config.profile : "default";
    enum status status = settings_of_text(text, fresh, why);
    *other_profile = status == STATUS_OK && strcmp(fresh->profile, app->config.profile) != 0;
    if (!*other_profile)
        return status;
    (void)setenv("SBXDECK_PROFILE", mine, 1); // it is not set, or else the file would not be asked
    status = settings_of_text(text, fresh, why);
    (void)unsetenv("SBXDECK_PROFILE");
    return status;
}

static void on_changed(void *ctx, const struct config_text *text, const struct failure *why)
{
    struct app *app = ctx;
    struct config fresh;
    struct failure wrong = {.status = STATUS_OK};
    char later[NAMES_CAP];
    bool other_profile = false;
    if (app->quitting)
        return;
    if (text == NULL || settings_here(app, text, &fresh, &other_profile, &wrong) != STATUS_OK) {
        tell_fault(app, text == NULL ? why : &wrong);
        return;
    }
    size_t options = take_options(app, &fresh, later);
    take_over(app, text, options);
    if (other_profile)
        (void)snprintf(later + strlen(later), NAMES_CAP - strlen(later), "%sprofile",
                       later[0] != '\0' ? ", " : "");
    if (later[0] != '\0')
        app_toast(app, TOAST_WARN, "Settings taken over; %s: not before a new start", later);
    else
        app_toast(app, TOAST_INFO, "Settings taken over");
}

enum change app_settings_reload(struct app *app, int argument)
{
    struct app_settings *settings = app->internals->settings;
    (void)argument;
    if (settings->watch == NULL)
        app_toast(app, TOAST_WARN, "There is no folder for the settings: see sbxdeck config path");
    else
        config_watch_look(settings->watch);
    return CHANGED_NOTHING;
}

// --- beginning and ending -----------------------------------------------------------------

void app_settings_begin(struct app *app)
{
    struct app_settings *settings = xcalloc(1, sizeof *settings);
    char path[CONFIG_PATH_CAP];
    app->internals->settings = settings;
    settings->seen = app->config;
    (void)config_load(&settings->seen, NULL);
    if (config_path(path, NULL) == STATUS_OK && path[0] != '\0')
        settings->watch = config_watch_new(app->loop, path, on_changed, app);
}

void app_settings_end(struct app *app)
{
    config_watch_free(app->internals->settings->watch);
    app->internals->settings->watch = NULL;
}

void app_settings_free(struct app *app)
{
    free(app->internals->settings);
    app->internals->settings = NULL;
}
