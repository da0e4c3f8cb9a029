// SPDX-License-Identifier: Apache-2.0
//
// connect_ask: Ask the questions on the way to a session and show its progress. What may disconnect somebody
// has its focus on Cancel; what only takes time has it on the button that goes on, since that is what Enter
// was pressed for.

#include "tui/widget/dialog.h"
#include "views/app/app.h"
#include "views/connect/connect_private.h"
#include "views/labels/phrases.h"
#include "views/session/session.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_CAP = 1024 };

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct connect *flow = context;
    (void)dialog;
    flow->dialog = NULL;
    flow->waits = false;
    if (!flow->dropping && !flow->over)
        connect_answered(flow, result);
    connect_release(flow);
}

static void on_typed(void *context, const struct input_event *event)
{
    struct connect *flow = context;
    bool had = flow->ahead.length > 0;
    if (connect_typeahead_take(&flow->ahead, event))
        app_toast(flow->app, TOAST_WARN, "Your typing was not kept: type it again in the shell");
    if (had != (flow->ahead.length > 0))
        connect_show_progress(flow, flow->doing);
}

static void open_dialog(struct connect *flow, const struct dialog_options *options)
{
    bool in_place = connect_close_dialog(flow);
    struct dialog *dialog = dialog_new(options, on_answer, flow);
    flow->holders++;
    flow->dialog = dialog;
    if (in_place)
        app_put_dialog(flow->app, dialog);
    else
        app_open_dialog(flow->app, dialog);
}

bool connect_close_dialog(struct connect *flow)
{
    flow->dropping = true;
    flow->holders++; // the answer must not free it under our hands
    bool closed = app_close_dialog(flow->app, flow->dialog);
    flow->dropping = false;
    flow->holders--;
    return closed;
}

void connect_show_progress(struct connect *flow, const char *doing)
{
    char text[TEXT_CAP];
    bool kept = flow->ahead.length > 0;
    if (flow->waits && flow->dialog != NULL && strcmp(flow->doing, doing) == 0 && flow->tells_kept == kept)
        return;
    flow->tells_kept = kept;
    if (doing != flow->doing)
        (void)snprintf(flow->doing, sizeof flow->doing, "%s", doing);
    (void)snprintf(text, sizeof text, "%s: %s…%s", flow->sandbox_id, flow->doing,
                   kept ? "\nYour typing is kept for the shell." : "");
    if (flow->waits && flow->dialog != NULL) {
        dialog_set_text(flow->dialog, text);
        app_dirty(flow->app);
        return;
    }
    const struct dialog_options options = {
        .title = "Connect",
        .text = text,
        .level = DIALOG_INFO,
        .buttons = {{.label = "Cancel", .hotkey = 'c', .result = DIALOG_CANCELLED}},
        .button_count = 1,
        .typed = on_typed,
    };
    open_dialog(flow, &options);
    flow->waits = flow->dialog != NULL;
}

// --- the questions ------------------------------------------------------------------------

struct question {
    const char *title;
    const char *yes;    // the button
    const char *forget; // another one; NULL none
    enum dialog_level level;
    bool forward; // the focus is on yes
};

static struct question question_of(enum connect_step step)
{
    switch (step) {
    case CONNECT_ASK_START:
        return (struct question){"Start the sandbox?", "Start", NULL, DIALOG_INFO, true};
    case CONNECT_ASK_WAKE:
        return (struct question){"Wake the paused sandbox?", "Wake", NULL, DIALOG_INFO, true};
    case CONNECT_ASK_STATE:
        return (struct question){"Connect anyway?", "Connect", NULL, DIALOG_WARN, false};
    case CONNECT_ASK_UNKNOWN:
        return (struct question){"A credential's outcome is unknown", "Regenerate", "Forget", DIALOG_WARN,
                                 false};
    case CONNECT_ASK_NO_PASSWORD:
        return (struct question){"The password is not here", "Regenerate", NULL, DIALOG_WARN, false};
    case CONNECT_CREATE:
        return (struct question){"There is a credential already", "Regenerate", NULL, DIALOG_WARN, false};
    case CONNECT_GO:
    case CONNECT_WAIT:
    case CONNECT_SAY_GONE:
    case CONNECT_USE:
    case CONNECT_VALIDATE:
    case CONNECT_REGENERATE:
    case CONNECT_ASK_REGENERATE:
        break;
    }
    return (struct question){"Regenerate the credential?", "Regenerate", NULL, DIALOG_WARN, false};
}

static void sessions_text(const struct connect *flow, char *out, size_t cap)
{
    char count[48];
    size_t alive = session_uses(flow->app, flow->row);
    (void)snprintf(out, cap, "%s", phrase_count(alive, "open session", "open sessions", count, sizeof count));
}

// The server's words without the way out that is meant for the command line.
static void taken_text(const struct connect *flow, const struct failure *why, char *out, size_t cap)
{
    const char *reason = why != NULL ? failure_text(why) : "it has a credential";
    (void)snprintf(out, cap,
                   "%s: %s\n\nIts password is not known here; someone else may have created it. Regenerating "
                   "replaces it: the old password stops working.",
                   flow->sandbox_id, reason);
}

static void text_of(const struct connect *flow, enum connect_step step, const struct credential *credential,
                    const struct failure *why, char *out, size_t cap)
{
    const char *sandbox = flow->sandbox_id, *id = flow->id;
    const struct fleet_row *row = fleet_find(service_fleet(flow->app->service), sandbox);
    const char *state = row != NULL ? fleet_state_text(row) : "";
    char count[64];
    switch (step) {
    case CONNECT_ASK_START:
        (void)snprintf(out, cap, "%s is stopped. Starting takes a moment; then the session opens.", sandbox);
        break;
    case CONNECT_ASK_WAKE:
        (void)snprintf(
            out, cap,
            "%s is paused. Waking takes a moment; then the session opens. It runs, and costs, until it is "
            "paused again.",
            sandbox);
        break;
    case CONNECT_ASK_STATE:
        (void)snprintf(out, cap, "%s is in the state \"%s\", which this version does not know.", sandbox,
                       state);
        break;
    case CONNECT_ASK_UNKNOWN:
        (void)snprintf(
            out, cap,
            "The outcome of an earlier call on the credential%s%s of %s is unknown.\n\nRegenerate replaces "
            "it: the old password stops working. Forget removes it here and creates another.",
            id[0] != '\0' ? " " : "", id, sandbox);
        break;
    case CONNECT_ASK_NO_PASSWORD:
        (void)snprintf(out, cap,
                       "The password of credential %s of %s is not here%s.\n\nRegenerating replaces it: the "
                       "old password stops working.",
                       id, sandbox,
                       credential != NULL && credential->sealed_elsewhere
                           ? " (it is sealed with another API key)"
                       : credential != NULL && credential->damaged ? " (its entry in the vault is damaged)"
                                                                   : "");
        break;
    case CONNECT_CREATE:
        taken_text(flow, why, out, cap);
        break;
    default:
        sessions_text(flow, count, sizeof count);
        (void)snprintf(out, cap,
                       "Credential %s of %s no longer works, but %s with it may still be open. Regenerating "
                       "may disconnect them.",
                       id, sandbox, count);
        break;
    }
}

void connect_ask(struct connect *flow, enum connect_step step, const struct credential *credential,
                 const struct failure *why)
{
    char text[TEXT_CAP];
    const struct question question = question_of(step);
    flow->asked = step;
    connect_typeahead_drop(&flow->ahead); // a question between: it may not be wanted any more
    flow->row = credential != NULL ? credential->vault_row : 0;
    (void)snprintf(flow->id, sizeof flow->id, "%s", credential != NULL ? credential->id : "");
    text_of(flow, step, credential, why, text, sizeof text);
    struct dialog_options options = {
        .title = question.title,
        .text = text,
        .level = question.level,
        .buttons = {{.label = "Cancel", .hotkey = 'c', .result = DIALOG_CANCELLED},
                    {.label = question.yes, .result = CONNECT_ANSWER_YES}},
        .button_count = 2,
        .focus = question.forward ? 1 : 0,
    };
    if (question.forget != NULL)
        options.buttons[options.button_count++] =
            (struct dialog_button){.label = question.forget, .result = CONNECT_ANSWER_FORGET};
    open_dialog(flow, &options);
}
