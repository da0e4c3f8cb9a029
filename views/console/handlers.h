// SPDX-License-Identifier: Apache-2.0
//
// handlers: the handler of each command, and those that are the console's own.

#ifndef SBXDECK_VIEWS_CONSOLE_HANDLERS_H
#define SBXDECK_VIEWS_CONSOLE_HANDLERS_H

#include "views/app/handler.h"
#include "views/command/commands.h"

extern const struct handler handlers[COMMAND_COUNT];

// help_view.c
command_handler help_toggle;
command_handler help_search;
command_handler help_find_next; // 1 the next hit, -1 the previous one
command_handler help_all;       // the keys of all scopes, or of the one it was opened over

// palette_view.c
command_handler run_palette;

// renewal_commands.c
command_handler run_renewal; // enum renewal_scope: turns it on or off for that

// session_commands.c: from a session elsewhere
command_handler session_leave_to_deck;
command_handler session_step; // 1 the next one, -1 the previous one
command_handler session_go_last;
command_handler session_go_back; // from the deck
command_handler session_new_beside, session_close_front, session_close_ended;
command_handler session_reconnect, session_regenerate;
command_handler session_split_above, session_split_beside, session_split_zoom, session_split_other;

#endif
