// SPDX-License-Identifier: Apache-2.0
//
// hint_bar: the last line: what can be done here and by which key, from the table of commands.

#ifndef SBXDECK_VIEWS_HINT_BAR_H
#define SBXDECK_VIEWS_HINT_BAR_H

#include "views/commands.h"

#include <curses.h>
#include <stddef.h>

// The commands whose hints stand on a line of that many columns, in order: the scope's first, then those that
// count everywhere. Whole hints only; help is kept to the last, for whoever finds nothing else. Returns how
// many.
size_t hint_bar_commands(enum scope scope, int columns, enum command out[COMMAND_COUNT]);
// While something is typed or asked, the keys are those of tui/'s widgets and no commands.
enum hint_layer {
    HINT_NONE,
    HINT_DIALOG,
    HINT_PROGRESS,
    HINT_FORM,
    HINT_PALETTE,
    HINT_FILTER,
    HINT_FILTER_CONNECT,
    HINT_LAYER_COUNT
};
void hint_bar_draw_layer(WINDOW *window, int y, int x, int columns, enum hint_layer layer);

// The deck's, with what stands above all else there: how many are marked, what is done for many. notice ""
// none.
void hint_bar_draw_notice(WINDOW *window, int y, int x, int columns, enum scope scope, const char *notice);
void hint_bar_draw(WINDOW *window, int y, int x, int columns, enum scope scope);

#endif
