// SPDX-License-Identifier: Apache-2.0
//
// help_view: all keys on one page, made from the table of commands. Built as lines first (pure), then drawn
// in as many columns as the screen has room for.

#ifndef SBXDECK_VIEWS_HELP_VIEW_H
#define SBXDECK_VIEWS_HELP_VIEW_H

#include "views/commands.h"

#include <stddef.h>

struct app;
struct view;

enum { HELP_LINES_MAX = 1024, HELP_KEYS_CAP = 128 };

struct help_line {
    enum command command; // the first line of its help; COMMAND_NONE: none
    const char *title;    // a scope's; NULL none
    const char *text;     // a piece of the help, of length bytes
    size_t length;
};

struct help_page {
    struct help_line lines[HELP_LINES_MAX];
    size_t count;
    int columns;      // side by side
    int width;        // of one of them
    int keys;         // columns of it that the keys take
    size_t high;      // lines of the longest one
    size_t starts[4]; // first line of each column, and the end
};

// For a screen of that many columns; what counts everywhere first, then `first`, then the rest.
void help_build(enum scope first, int columns, struct help_page *out);

struct view *help_view_new(struct app *app);
void help_view_open(struct view *help); // over the view that is shown

#endif
