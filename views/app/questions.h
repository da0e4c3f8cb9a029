// SPDX-License-Identifier: Apache-2.0
//
// questions: what comes by itself (a program that wants the clipboard, a renewal that may cut a session off)
// takes no key and covers nothing. It waits in a line, and is asked when the operator presses the key of the
// command that answers.

#ifndef SBXDECK_VIEWS_APP_QUESTIONS_H
#define SBXDECK_VIEWS_APP_QUESTIONS_H

#include "views/app/app.h"

enum { QUESTION_TEXT_CAP = 128 };

// The caller's, must live until it is taken off.
struct question {
    char text[QUESTION_TEXT_CAP]; // one short sentence with its question mark, display()-clean
    const struct view *view;      // it waits there only; NULL: wherever the operator is
    void (*ask)(void *context);   // opens the dialog; the question is off the list by then
    void *context;
    struct question *next; // app's
    bool waits;
};

void question_add(struct app *app, struct question *question);  // behind those that wait; fine when it does
void question_drop(struct app *app, struct question *question); // fine when it does not wait
void questions_end(struct app *app);                            // what is kept is answered "cancelled"
// The first that waits where the operator is (in: the view that has the keys, NULL: whichever); NULL: none
// does.
struct question *question_first(const struct app *app, const struct view *in);

command_handler question_answer;

#endif
