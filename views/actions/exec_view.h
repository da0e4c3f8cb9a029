// SPDX-License-Identifier: Apache-2.0
//
// exec_view: All that a command has written in one sandbox, to scroll through.

#ifndef SBXDECK_VIEWS_ACTIONS_EXEC_VIEW_H
#define SBXDECK_VIEWS_ACTIONS_EXEC_VIEW_H

#include "views/app/handler.h"

#include <stddef.h>

struct bulk_run;
struct exec_view;

// Shows the output of that item of a bulk operation that runs a command; it follows while the command runs.
void exec_view_show(struct bulk_run *run, size_t index);
void exec_view_reset(struct bulk_run *run); // the operation is another one: the view forgets what it showed
void exec_view_free(struct bulk_run *run);

command_handler exec_view_step; // by so many items: their outputs one after the other

#endif
