// SPDX-License-Identifier: Apache-2.0
//
// handler: the type of a command's handler, and what it answers. The table of them is console/handlers.c.

#ifndef SBXDECK_VIEWS_APP_HANDLER_H
#define SBXDECK_VIEWS_APP_HANDLER_H

struct app;

// What a command has changed on the screen at once; app draws it. What comes later (an answer of the server)
// asks for its own frame.
enum change {
    CHANGED_NOTHING,
    CHANGED_VIEW,
    CHANGED_ALL // also what is drawn where
};

// The argument is the table's: what tells look-alike commands apart.
typedef enum change command_handler(struct app *app, int argument);

struct handler {
    command_handler *run;
    int argument;
};

#endif
