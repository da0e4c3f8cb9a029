// SPDX-License-Identifier: Apache-2.0
//
// forward_form: Ask which port of the selected sandbox is to be forwarded. What can't be listened on is said
// in the form, which stays open with all that was typed.

#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/app/app.h"
#include "views/forward/forward_commands.h"
#include "views/forward/forwards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_REMOTE, FIELD_LOCAL, FIELD_HOST, FIELD_COUNT };
enum { PORT_MAX = 65535, PORT_DIGITS = 5 };

struct forward_form {
    struct app *app;
    char sandbox_id[ID_CAP];
    char values[FIELD_COUNT][FORM_VALUE_MAX];
};

static void ask(struct forward_form *form, const char *wrong);

static const char *local_rule(const char *value)
{
    bool fine = strspn(value, "0123456789") == strlen(value) && strtol(value, NULL, 10) <= PORT_MAX;
    return fine ? NULL : "a port from 1 to 65535, 0 for any free one, or empty";
}

static const char *host_rule(const char *value)
{
    return value[0] == '\0' || forward_spec_takes_host(value) ? NULL : "a host name or an address";
}

// What was typed, and found right.
static struct forward_spec spec_of(const struct form *typed)
{
    struct forward_spec spec = {.address = "127.0.0.1", .port = (int)form_number(typed, FIELD_REMOTE)};
    const char *local = form_value(typed, FIELD_LOCAL), *host = form_value(typed, FIELD_HOST);
    size_t bracket = host[0] == '[';
    spec.local_port = local[0] != '\0' ? (int)strtol(local, NULL, 10) : spec.port;
    (void)snprintf(spec.host, sizeof spec.host, "%.*s",
                   (int)(host[0] != '\0' ? strcspn(host + bracket, "]") : sizeof spec.host - 1),
                   host[0] != '\0' ? host + bracket : "localhost");
    return spec;
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct forward_form *form = context;
    struct failure why = {.status = STATUS_OK};
    char line[FAILURE_LINE_CAP];
    if (result == DIALOG_CANCELLED || form->app->quitting) {
        free(form);
        return;
    }
    const struct form *typed = dialog_form(dialog);
    const struct forward_spec spec = spec_of(typed);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        (void)snprintf(form->values[i], sizeof form->values[i], "%s", form_value(typed, i));
    if (forwards_open(form->app, form->sandbox_id, &spec, &why) == STATUS_OK) {
        free(form);
        return;
    }
    if (why.status == STATUS_CONFLICT)
        (void)advise(&why, why.status, "type another local port, or 0 for any free one");
    ask(form, failure_line(&why, line));
}

static void ask(struct forward_form *form, const char *wrong)
{
    char text[ACTION_TEXT_CAP];
    const struct form_field fields[FIELD_COUNT] = {
        [FIELD_REMOTE] = {.label = "Remote port",
                          .kind = FORM_NUMBER,
                          .value = form->values[FIELD_REMOTE],
                          .min = 1,
                          .max = PORT_MAX,
                          .hint = "Where it listens in the sandbox"},
        [FIELD_LOCAL] = {.label = "Local port",
                         .kind = FORM_TEXT,
                         .value = form->values[FIELD_LOCAL],
                         .max = PORT_DIGITS,
                         .rule = local_rule,
                         .hint = "On 127.0.0.1. Empty: the same; 0: any free one"},
        [FIELD_HOST] = {.label = "Host",
                        .kind = FORM_TEXT,
                        .value = form->values[FIELD_HOST],
                        .max = HOST_CAP - 1,
                        .rule = host_rule,
                        .hint = "As the sandbox knows it; localhost is the sandbox"},
    };
    if (wrong != NULL)
        (void)snprintf(text, sizeof text, "Not forwarded: %s", wrong);
    else
        (void)snprintf(text, sizeof text, "A port of %s, from here.", form->sandbox_id);
    const struct dialog_options options = {
        .title = "Forward a port",
        .text = text,
        .level = wrong != NULL ? DIALOG_WARN : DIALOG_INFO,
        .yes = "Forward",
        .focus = 1,
        .fields = fields,
        .field_count = FIELD_COUNT,
    };
    app_ask(form->app, &options, on_answer, form);
}

enum change forward_new_port(struct app *app, int argument)
{
    const struct fleet_row *row = action_row(app);
    (void)argument;
    if (row == NULL)
        return CHANGED_NOTHING;
    action_tell_one(app, row->sandbox.id);
    struct forward_form *form = xcalloc(1, sizeof *form);
    form->app = app;
    (void)snprintf(form->sandbox_id, sizeof form->sandbox_id, "%s", row->sandbox.id);
    (void)snprintf(form->values[FIELD_HOST], sizeof form->values[FIELD_HOST], "localhost");
    ask(form, NULL);
    return CHANGED_NOTHING;
}
