// SPDX-License-Identifier: Apache-2.0
//
// exec_commands: Ask for a command and run it in the marked sandboxes, or in the selected one.

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/actions/bulk_view.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"
#include "views/exec/exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is asked about; ids, since the fleet may change before the answer.
struct exec_wish {
    struct app *app;
    struct bulk *bulk;
    size_t left_out, hidden;
};

static void give_up(struct exec_wish *wish)
{
    bulk_free(wish->bulk);
    free(wish);
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct exec_wish *wish = context;
    if (wish->app->quitting || result != DIALOG_YES) {
        give_up(wish);
        return;
    }
    bulk_view_begin_exec(wish->app, wish->bulk, form_value(dialog_form(dialog), 0));
    free(wish);
}

static const char *command_rule(const char *value)
{
    return value[strspn(value, " ")] != '\0' ? NULL : "a command, as typed in the sandbox's shell";
}

static void describe(const struct exec_wish *wish, char text[ACTION_TEXT_CAP])
{
    enum { NAMED = 4 };
    size_t count = bulk_size(wish->bulk);
    text[0] = '\0';
    for (size_t i = 0; i < count && i < NAMED; i++)
        (void)text_append(text, ACTION_TEXT_CAP, "%s%s", i > 0 ? ", " : "",
                          fleet_name_of(app_fleet(wish->app), bulk_item(wish->bulk, i)->sandbox_id));
    if (count > NAMED)
        (void)text_append(text, ACTION_TEXT_CAP, " and %zu more", count - NAMED);
    if (wish->hidden > 0)
        (void)text_append(text, ACTION_TEXT_CAP, "\n\n%zu of the marked %s not shown here.", wish->hidden,
                          wish->hidden == 1 ? "is" : "are");
    if (wish->left_out > 0)
        (void)text_append(text, ACTION_TEXT_CAP, "\n\n%zu marked %s left out: not running.", wish->left_out,
                          wish->left_out == 1 ? "is" : "are");
}

static void ask(struct exec_wish *wish)
{
    static const struct form_field fields[] = {
        {.label = "Command",
         .kind = FORM_TEXT,
         .required = true,
         .rule = command_rule,
         .hint = "For the sandbox's shell, without a terminal and with nothing to read"}};
    char text[ACTION_TEXT_CAP], title[96], counted[BULK_COUNTED_CAP];
    describe(wish, text);
    (void)snprintf(title, sizeof title, "Run a command in %s",
                   bulk_counted(BULK_EXEC, bulk_size(wish->bulk), counted));
    const struct dialog_options options = {
        .title = title,
        .text = text,
        .level = DIALOG_INFO,
        .yes = "Run",
        .focus = 1,
        .fields = fields,
        .field_count = sizeof fields / sizeof fields[0],
    };
    app_ask(wish->app, &options, on_answer, wish);
}

static bool can_run(const struct fleet_row *row)
{
    struct failure ignored;
    return !row->gone && fleet_row_check(row, &ignored) == STATUS_OK &&
           (row->sandbox.state == SANDBOX_running || row->sandbox.state == SANDBOX_other);
}

static void add_marked(struct exec_wish *wish)
{
    const struct fleet *fleet = service_fleet(wish->app->service);
    const struct id_set *marks = deck_view_marks(wish->app->deck, &wish->hidden);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!id_set_has(marks, row->sandbox.id))
            continue;
        if (can_run(row))
            bulk_add(wish->bulk, row->sandbox.id, "");
        else
            wish->left_out++;
    }
}

enum change action_exec(struct app *app, int argument)
{
    char line[96];
    size_t marked = app->service != NULL ? deck_view_marked(app->deck) : 0;
    const struct fleet_row *row = marked > 0 ? NULL : action_row(app);
    (void)argument;
    if (marked == 0 && row == NULL)
        return CHANGED_NOTHING;
    if (bulk_view_busy(app)) {
        app_toast(app, TOAST_WARN, "Still %s (%s shows it)", bulk_view_line(app, line, sizeof line),
                  command_key(COMMAND_bulk));
        return CHANGED_NOTHING;
    }
    struct exec_wish *wish = xcalloc(1, sizeof *wish);
    wish->app = app;
    wish->bulk = bulk_new(BULK_EXEC, app->config.parallel);
    if (row == NULL)
        add_marked(wish);
    else if (can_run(row))
        bulk_add(wish->bulk, row->sandbox.id, "");
    if (bulk_size(wish->bulk) > 0) {
        ask(wish);
        return CHANGED_NOTHING;
    }
    if (row != NULL && command_can_start(row->sandbox.state) && !row->gone)
        app_toast(app, TOAST_WARN, "%s is %s: nothing can run in it (%s starts it)", row->sandbox.id,
                  fleet_state_text(row), command_key(COMMAND_sandbox_start));
    else if (row != NULL)
        app_toast(app, TOAST_WARN, "%s is %s: nothing can run in it", row->sandbox.id,
                  row->gone ? "gone" : fleet_state_text(row));
    else
        app_toast(app, TOAST_WARN, "None of the %zu marked is running", marked);
    give_up(wish);
    return CHANGED_NOTHING;
}
