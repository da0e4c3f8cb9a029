// SPDX-License-Identifier: Apache-2.0
//
// questions: keep what waits for an answer in a list, and ask the first when the operator wants it.

#include "views/app/questions.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/app/app_private.h"

#include <stdlib.h>
#include <string.h>

void question_add(struct app *app, struct question *question)
{
    struct question **end = &app->internals->questions;
    if (question->waits)
        return;
    while (*end != NULL)
        end = &(*end)->next;
    *end = question;
    question->next = NULL;
    question->waits = true;
    app_message(app, TOAST_INFO, "%s", question->text);
    app_dirty(app);
}

void question_drop(struct app *app, struct question *question)
{
    for (struct question **at = &app->internals->questions; *at != NULL; at = &(*at)->next) {
        if (*at != question)
            continue;
        *at = question->next;
        question->waits = false;
        app_dirty(app);
        return;
    }
}

// --- dialogs that come by themselves ------------------------------------------------------

struct kept {
    struct question question; // first
    struct app *app;
    struct dialog *dialog;
};

static void ask_kept(void *context)
{
    struct kept *kept = context;
    struct app *app = kept->app;
    struct dialog *dialog = kept->dialog;
    free(kept);
    app_put_dialog(app, dialog);
}

static bool is_typed_into(const struct app *app)
{
    const struct view *front = app_focus(app);
    return front->methods->scope(front) == SCOPE_SESSION || app_typed_into(app) != HINT_LAYER_COUNT;
}

// True: it is kept until its question is taken up. False: it may open.
static bool is_kept(struct app *app, struct dialog *dialog)
{
    if (app->quitting || app->internals->in_event || !dialog_asks(dialog) || !is_typed_into(app))
        return false;
    struct kept *kept = xcalloc(1, sizeof *kept);
    kept->app = app;
    kept->dialog = dialog;
    kept->question.ask = ask_kept;
    kept->question.context = kept;
    (void)display(dialog_title(dialog), strlen(dialog_title(dialog)), kept->question.text,
                  sizeof kept->question.text);
    question_add(app, &kept->question);
    return true;
}

void app_open_dialog(struct app *app, struct dialog *dialog)
{
    if (!is_kept(app, dialog))
        app_put_dialog(app, dialog);
}

void app_ask(struct app *app, const struct dialog_options *options, dialog_done *done, void *context)
{
    app_open_dialog(app, dialog_new(options, done, context));
}

void questions_end(struct app *app)
{
    struct question *one = app->internals->questions;
    while (one != NULL && one->ask != ask_kept) // the others' owners drop them
        one = one->next;
    if (one == NULL)
        return;
    struct kept *kept = one->context;
    question_drop(app, one);
    dialog_finish(kept->dialog);
    free(kept);
    questions_end(app);
}

// --- taking one up ------------------------------------------------------------------------

struct question *question_first(const struct app *app, const struct view *in)
{
    struct question *question = app->internals->questions;
    while (question != NULL && question->view != NULL && question->view != in)
        question = question->next;
    return question;
}

enum change question_answer(struct app *app, int argument)
{
    struct question *question = question_first(app, app_focus(app));
    (void)argument;
    if (question == NULL) {
        app_toast(app, TOAST_INFO, "No question is waiting");
        return CHANGED_NOTHING;
    }
    question_drop(app, question);
    question->ask(question->context);
    return CHANGED_NOTHING;
}
