// SPDX-License-Identifier: Apache-2.0
//
// renewal_commands: Handlers that turn auto-renewal on or off: for a credential, a sandbox, all that are
// marked (asked before; off only where all of them have it) or the fleet.

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/background/auto_renew.h"
#include "views/console/handlers.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct renew_many {
    struct app *app;
    struct id_set those; // to be changed
    bool on;
};

static void renew_many_free(struct renew_many *many)
{
    id_set_clear(&many->those);
    free(many);
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct renew_many *many = context;
    size_t left = id_set_count(&many->those);
    char done[96];
    (void)dialog;
    (void)snprintf(done, sizeof done, "Auto-renewal is %s for %zu sandbox%s", many->on ? "on" : "off", left,
                   left == 1 ? "" : "es");
    for (size_t i = 0; result == 1 && !many->app->quitting && i < id_set_count(&many->those); i++)
        auto_renew_set(many->app, id_set_at(&many->those, i), "", many->on, --left == 0 ? done : "");
    renew_many_free(many);
}

static void ask(struct renew_many *many, size_t marked, size_t hidden)
{
    char text[ACTION_TEXT_CAP], title[96];
    size_t count = id_set_count(&many->those);
    (void)snprintf(title, sizeof title, "Turn auto-renewal %s for %zu sandbox%s?", many->on ? "on" : "off",
                   count, count == 1 ? "" : "es");
    (void)snprintf(text, sizeof text,
                   many->on ? "Their credentials are replaced at two thirds of their "
                              "lifetime; the old passwords then stop working."
                            : "Their credentials will expire.");
    if (marked > count)
        (void)text_append(text, sizeof text, "\n\n%zu marked %s auto-renewal already.", marked - count,
                          marked - count == 1 ? "has" : "have");
    if (hidden > 0)
        (void)text_append(text, sizeof text, "\n\n%zu of the marked %s not shown here.", hidden,
                          hidden == 1 ? "is" : "are");
    const struct dialog_options options = {
        .title = title,
        .text = text,
        .level = DIALOG_INFO,
        .yes = many->on ? "Turn on" : "Turn off",
        .focus = 1,
    };
    app_ask(many->app, &options, on_answer, many);
}

static void say_all(struct app *app)
{
    app_toast(app, TOAST_INFO, "All credentials are auto-renewed (`%s` stops it)",
              command_table[COMMAND_renew_fleet].name);
}

static bool renew_marked(struct app *app)
{
    size_t hidden = 0;
    if (deck_view_marked(app->deck) == 0)
        return false;
    const struct id_set *marks = deck_view_marks(app->deck, &hidden);
    struct renew_many *many = xcalloc(1, sizeof *many);
    many->app = app;
    for (size_t i = 0; i < id_set_count(marks) && !many->on; i++)
        many->on = auto_renew_scope(app, id_set_at(marks, i), "") == RENEWAL_OFF;
    for (size_t i = 0; i < id_set_count(marks); i++)
        if (auto_renew_scope(app, id_set_at(marks, i), "") == (many->on ? RENEWAL_OFF : RENEWAL_SANDBOX))
            id_set_set(&many->those, id_set_at(marks, i), true);
    if (id_set_count(&many->those) == 0) {
        say_all(app);
        renew_many_free(many);
    } else {
        ask(many, id_set_count(marks), hidden);
    }
    return true;
}

// --- one ----------------------------------------------------------------------------------

static void choose(struct app *app, const char *sandbox_id, const char *id)
{
    enum renewal_scope scope = auto_renew_scope(app, sandbox_id, id);
    char done[2 * ID_CAP + 128], of[2 * ID_CAP + 8];
    if (scope == RENEWAL_FLEET) {
        say_all(app);
        return;
    }
    if (id[0] != '\0' && scope == RENEWAL_SANDBOX) {
        app_toast(app, TOAST_INFO, "All credentials of %s are auto-renewed (%s stops it)", sandbox_id,
                  command_key(COMMAND_renew));
        return;
    }
    bool on = scope != (id[0] != '\0' ? RENEWAL_CREDENTIAL : RENEWAL_SANDBOX);
    (void)snprintf(of, sizeof of, "%s%s%s", id, id[0] != '\0' ? " of " : "", sandbox_id);
    (void)snprintf(done, sizeof done,
                   on ? "%s: auto-renews at two thirds of its lifetime" : "%s: no longer auto-renewed", of);
    auto_renew_set(app, sandbox_id, id, on, done);
}

static void choose_sandbox(struct app *app)
{
    if (renew_marked(app))
        return;
    const struct fleet_row *row = action_row(app);
    if (row != NULL)
        choose(app, row->sandbox.id, "");
}

static void choose_credential(struct app *app)
{
    const struct fleet_row *row = action_row(app);
    const struct credential *credential = row != NULL ? action_credential(app, row) : NULL;
    if (credential == NULL || credential->id[0] == '\0')
        return;
    action_tell_one(app, row->sandbox.id);
    choose(app, row->sandbox.id, credential->id);
}

static void choose_fleet(struct app *app)
{
    bool on = !auto_renew_is_of_fleet(app);
    auto_renew_set_fleet(app, on,
                         on ? "All credentials auto-renew at two thirds of their lifetime"
                            : "Only credentials set one by one are auto-renewed now");
}

enum change console_renewal(struct app *app, int scope)
{
    if (app->auto_renew == NULL)
        (void)action_row(app); // says why
    else if (scope == RENEWAL_FLEET)
        choose_fleet(app);
    else if (scope == RENEWAL_CREDENTIAL)
        choose_credential(app);
    else
        choose_sandbox(app);
    return CHANGED_NOTHING;
}
