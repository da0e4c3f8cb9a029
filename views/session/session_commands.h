// SPDX-License-Identifier: Apache-2.0
//
// session_commands: handlers of the commands on the session in front. They do nothing where there is none.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_COMMANDS_H
#define SBXDECK_VIEWS_SESSION_SESSION_COMMANDS_H

#include "views/app/handler.h"

command_handler session_go_to_number; // of the digit that was pressed
command_handler session_pick;         // from the list
command_handler session_rename;
command_handler session_sync; // 1: all of them
command_handler session_send_prefix;
command_handler session_scroll; // copy mode
command_handler session_copy_id, session_copy_command;
command_handler session_record;
command_handler session_forget_host;

#endif
