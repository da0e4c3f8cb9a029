// SPDX-License-Identifier: Apache-2.0
//
// run: Run the operator's own commands: with the facts of what is selected in their environment, on a
// terminal that is shown as a view, or in the background.

#ifndef SBXDECK_VIEWS_RUN_RUN_H
#define SBXDECK_VIEWS_RUN_RUN_H

#include "views/app/handler.h"
#include "views/command/own_commands.h"

struct app;
struct command_facts;

// Why it can do nothing now; NULL: it can.
const char *run_reason(const struct own_command *command, const struct command_facts *facts);
// By its name, since the settings may change meanwhile. Asks first where the command says so.
void run_own(struct app *app, const char *name);
command_handler run_show;                // the output of the last one again
size_t run_count(const struct app *app); // that still run
void run_end_all(struct app *app);       // at quit: hangs up, and frees all

#endif
