// SPDX-License-Identifier: Apache-2.0
//
// hint_bar: the last line: what can be done here and by which key, from the table of commands.

#ifndef SBXDECK_VIEWS_COMMAND_HINT_BAR_H
#define SBXDECK_VIEWS_COMMAND_HINT_BAR_H

#include "views/command/command_state.h"
#include "views/command/commands.h"

#include <curses.h>
#include <stddef.h>

// The commands whose hints stand on a line of that many columns, in order: the most useful first, and only
// what does something as things are (facts NULL: whatever there is). Whole hints only. The way back to a
// session and help are kept to the last and stand at the end. Returns how many.
size_t hint_bar_commands(enum scope scope, const struct command_facts *facts, int columns,
                         enum command out[COMMAND_COUNT]);
// The keys of that layer. verb: what Enter does in a palette.
void hint_bar_draw_layer(WINDOW *window, int y, int x, int columns, enum hint_layer layer, const char *verb);

// notice: what stands before the keys (how many are marked, what is done for many), cut where there is no
// room for it and help; "" none.
void hint_bar_draw(WINDOW *window, int y, int x, int columns, enum scope scope,
                   const struct command_facts *facts, const char *notice);

#endif
