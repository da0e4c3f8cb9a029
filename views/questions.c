// SPDX-License-Identifier: Apache-2.0
//
// questions: the list of what waits for an answer, and the commands that take up the first of it.

#include "views/questions.h"

#include "views/app_private.h"
#include "views/session_private.h"

#include <stddef.h>

void question_add(struct app *app, struct question *question)
{
    struct question **end = &app->private->questions;
    if (question->waits)
        return;
    while (*end != NULL)
        end = &(*end)->next;
    *end = question;
    question->next = NULL;
    question->waits = true;
    app_dirty(app);
}

void question_drop(struct app *app, struct question *question)
{
    for (struct question **at = &app->private->questions; *at != NULL; at = &(*at)->next) {
        if (*at != question)
            continue;
        *at = question->next;
        question->waits = false;
        app_dirty(app);
        return;
    }
}

static struct question *first(const struct app *app, const struct session *in)
{
    struct question *question = app->private->questions;
    while (question != NULL && question->session != NULL && question->session != in)
        question = question->next;
    return question;
}

const struct question *question_first(const struct app *app, const struct session *in)
{
    return first(app, in);
}

void command_answer(struct app *app)
{
    struct question *question = first(app, session_on_top(app));
    if (question == NULL) {
        app_toast(app, TOAST_INFO, "No question waits for an answer");
        return;
    }
    question_drop(app, question);
    question->ask(question->context);
}

void command_session_answer(struct app *app)
{
    command_answer(app);
}
