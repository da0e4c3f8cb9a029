// SPDX-License-Identifier: Apache-2.0
//
// handlers: the handler of each command, and those that are the console's own.

#ifndef SBXDECK_VIEWS_CONSOLE_HANDLERS_H
#define SBXDECK_VIEWS_CONSOLE_HANDLERS_H

#include "views/app/handler.h"
#include "views/command/commands.h"

#include <stdbool.h>
#include <stddef.h>

extern const struct handler handlers[COMMAND_COUNT];

// help_view.c
command_handler help_toggle;
command_handler help_search;
command_handler help_find_next; // 1 the next hit, -1 the previous one
command_handler help_all;       // the keys of all scopes, or of the one it was opened over

// palette_view.c
command_handler console_palette;

// jump_view.c
command_handler console_jump;

// renewal_commands.c
command_handler console_renewal; // enum renewal_scope: turns it on or off for that

// console_commands.c
command_handler console_connect;
command_handler console_refresh;
command_handler console_quit; // 1: without asking
// Something would be lost by quitting: sessions, what is done for many, credentials not on disk.
bool console_quit_asks(const struct app *app);

// What would be lost, as text for the question.
void console_quit_text(const struct app *app, char *text, size_t cap);

// profile_commands.c
command_handler console_profile; // a menu of them
// Those that can be changed to, the default first; 0: the settings have none.
size_t console_profile_count(const struct app *app);
const char *console_profile_name(const struct app *app, size_t index);
const char *console_profile_help(const struct app *app, size_t index);
const char *console_profile_why(const struct app *app, size_t index); // why not now; NULL: it can be
// name: of [profile NAME], or "default". Asks where something would be lost.
void console_change_profile(struct app *app, const char *name);

// console_session.c: from the session in front elsewhere
command_handler console_leave_session;
command_handler console_step;    // 1 to the next session, -1 to the previous one
command_handler console_go_last; // to the session used before this one
command_handler console_go_back; // from the deck to the session used last
command_handler console_new_beside, console_close_front, console_close_ended;
command_handler console_reconnect, console_regenerate;
command_handler console_split_above, console_split_beside, console_split_zoom, console_split_other;

#endif
