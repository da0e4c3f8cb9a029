// SPDX-License-Identifier: Apache-2.0
//
// forward_commands: The view of the forwards, and the handlers of its commands.

#ifndef SBXDECK_VIEWS_FORWARD_FORWARD_COMMANDS_H
#define SBXDECK_VIEWS_FORWARD_FORWARD_COMMANDS_H

#include "views/app/handler.h"

struct app;
struct view;

struct view *forwards_view_new(struct app *app); // ended by its methods' free

command_handler forward_new_port; // asks for a port of the selected sandbox

// Of the list.
command_handler forwards_toggle;
command_handler forwards_close;
command_handler forward_connect;
command_handler forward_stop;
command_handler forward_copy;
command_handler forward_show_sandbox;

#endif
