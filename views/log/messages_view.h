// SPDX-License-Identifier: Apache-2.0
//
// messages_view: The view of all messages that went by, and its commands.

#ifndef SBXDECK_VIEWS_LOG_MESSAGES_VIEW_H
#define SBXDECK_VIEWS_LOG_MESSAGES_VIEW_H

#include "views/app/app.h"

struct view *messages_view_new(struct app *app);

command_handler messages_toggle;
command_handler messages_details;
command_handler messages_filter;
command_handler messages_copy;
command_handler messages_close; // its argument: what lies in front of the list goes first

#endif
