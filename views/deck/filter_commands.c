// SPDX-License-Identifier: Apache-2.0
//
// filter_commands: Save the deck's filter under a name, choose one that is saved, forget one. They are in the
// settings' section [filters], which is written on a worker thread.

#include "api/config/config.h"
#include "api/config/config_edit.h"
#include "api/config/saved_filters.h"
#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "tui/widget/palette.h"
#include "views/app/app.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const char section[] = "filters";

// --- into the file ------------------------------------------------------------------------

struct writing {
    uv_work_t work;
    struct app *app;
    char name[SAVED_FILTER_NAME_CAP], words[SAVED_FILTER_WORDS_CAP];
    bool forget;
    struct failure why;
};

static void write_it(uv_work_t *work)
{
    struct writing *writing = work->data;
    char path[CONFIG_PATH_CAP];
    enum status status = config_path(path, &writing->why);
    if (status == STATUS_OK && writing->forget)
        status = config_edit_unset(path, section, writing->name, NULL, &writing->why);
    else if (status == STATUS_OK)
        status = config_edit_set(path, section, writing->name, writing->words, &writing->why);
    writing->why.status = status;
}

static void after_write(uv_work_t *work, int status)
{
    struct writing *writing = work->data;
    struct app *app = writing->app;
    (void)status;
    if (writing->why.status == STATUS_OK)
        (void)saved_filters_set(writing->name, writing->forget ? NULL : writing->words);
    if (!app->quitting && writing->why.status != STATUS_OK)
        app_toast_failure(app, writing->forget ? "forget" : "save", &writing->why);
    else if (!app->quitting)
        app_toast(app, TOAST_INFO, writing->forget ? "Forgot the filter @%s" : "Saved the filter as @%s",
                  writing->name);
    if (!app->quitting)
        app_dirty(app);
    free(writing);
}

static void begin(struct app *app, const char *name, const char *words)
{
    struct writing *writing = xcalloc(1, sizeof *writing);
    writing->app = app;
    writing->forget = words == NULL;
    (void)snprintf(writing->name, sizeof writing->name, "%s", name);
    (void)snprintf(writing->words, sizeof writing->words, "%s", words != NULL ? words : "");
    writing->work.data = writing;
    if (uv_queue_work(app->loop, &writing->work, write_it, after_write) == 0)
        return;
    app_toast(app, TOAST_ERROR, "The filter was not saved: no thread");
    free(writing);
}

// --- saving -------------------------------------------------------------------------------

static void on_named(void *context, struct dialog *dialog, int result)
{
    struct app *app = context;
    struct failure why;
    if (result != DIALOG_YES || app->quitting)
        return;
    const char *name = form_value(dialog_form(dialog), 0), *words = deck_view_filter_expanded(app->deck);
    name += name[0] == '@' ? 1 : 0;
    if (saved_filter_check(name, words, &why) != STATUS_OK)
        app_toast_failure(app, "save", &why);
    else if (saved_filters_find(saved_filters_now(), name) == NULL &&
             saved_filters_now()->count == SAVED_FILTERS_MAX)
        app_toast(app, TOAST_ERROR, "No more than %d filters can be saved", SAVED_FILTERS_MAX);
    else
        begin(app, name, words);
}

static const char *name_rule(const char *value)
{
    return saved_filter_is_name(value + (value[0] == '@' ? 1 : 0)) ? NULL
                                                                   : "1 to 32 letters, digits, '-' and '_'";
}

enum change deck_filter_save(struct app *app, int argument)
{
    struct failure why;
    (void)argument;
    if (deck_view_filter(app->deck)[0] == '\0') {
        app_toast(app, TOAST_INFO, "There is no filter to save (%s)", command_key(COMMAND_filter));
        return CHANGED_NOTHING;
    }
    if (deck_view_filter_is_wrong(app->deck, &why)) {
        app_toast_failure(app, "save", &why);
        return CHANGED_NOTHING;
    }
    const struct form_field field = {.label = "Name",
                                     .kind = FORM_TEXT,
                                     .max = SAVED_FILTER_NAME_CAP,
                                     .rule = name_rule,
                                     .hint = "@NAME stands for it; one of that name is replaced"};
    app_ask(app,
            &(struct dialog_options){.title = "Save the filter",
                                     .text = deck_view_filter_expanded(app->deck),
                                     .yes = "Save",
                                     .focus = 1,
                                     .fields = &field,
                                     .field_count = 1},
            on_named, app);
    return CHANGED_NOTHING;
}

// --- choosing -----------------------------------------------------------------------------

struct choosing {
    struct app *app;
    char names[SAVED_FILTERS_MAX][SAVED_FILTER_NAME_CAP]; // by the entry's id
};

enum { SAVE_CURRENT = SAVED_FILTERS_MAX };

static void on_chosen(void *context, int id)
{
    struct choosing *choosing = context;
    struct app *app = choosing->app;
    char words[SAVED_FILTER_NAME_CAP + 1] = "@";
    if (id >= 0 && id < SAVED_FILTERS_MAX)
        (void)snprintf(words + 1, sizeof words - 1, "%s", choosing->names[id]);
    free(choosing);
    if (id == PALETTE_NONE || app->quitting)
        return;
    if (id == SAVE_CURRENT)
        app_run_command(app, COMMAND_filter_save);
    else
        deck_view_set_filter(app->deck, words);
    if (id != SAVE_CURRENT && !app_shows(app, app->deck) && app->top != app->timeline)
        app_show(app, app->deck);
}

static void on_forgotten(void *context, int id)
{
    struct choosing *choosing = context;
    struct app *app = choosing->app;
    if (id != PALETTE_NONE && !app->quitting)
        begin(app, choosing->names[id], NULL);
    free(choosing);
}

static void open_list(struct app *app, const char *title, const char *verb, bool save, palette_done *done)
{
    const struct saved_filters *saved = saved_filters_now();
    struct palette_entry entries[SAVED_FILTERS_MAX + 1];
    struct choosing *choosing = xcalloc(1, sizeof *choosing);
    size_t count = 0;
    choosing->app = app;
    for (; count < saved->count; count++) {
        (void)snprintf(choosing->names[count], SAVED_FILTER_NAME_CAP, "%s", saved->list[count].name);
        entries[count] = (struct palette_entry){
            .id = (int)count, .name = choosing->names[count], .keys = "", .help = saved->list[count].words};
    }
    if (save)
        entries[count++] = (struct palette_entry){
            .id = SAVE_CURRENT, .name = "save ...", .keys = "", .help = deck_view_filter_expanded(app->deck)};
    struct palette *palette = palette_new(title, entries, count, done, choosing);
    palette_set_words(palette, &(struct palette_words){"Name", "", "Words", verb});
    app_palette_open(app, palette);
}

enum change deck_filters(struct app *app, int argument)
{
    bool save = deck_view_filter(app->deck)[0] != '\0';
    (void)argument;
    if (saved_filters_now()->count == 0 && !save)
        app_toast(app, TOAST_INFO, "No filter is saved: type one (%s), then %s saves it",
                  command_key(COMMAND_filter), command_key(COMMAND_filters));
    else
        open_list(app, "Filters", "use", save, on_chosen);
    return CHANGED_NOTHING;
}

enum change deck_filter_forget(struct app *app, int argument)
{
    (void)argument;
    if (saved_filters_now()->count == 0)
        app_toast(app, TOAST_INFO, "No filter is saved");
    else
        open_list(app, "Forget a filter", "forget", false, on_forgotten);
    return CHANGED_NOTHING;
}
