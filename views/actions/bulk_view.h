// SPDX-License-Identifier: Apache-2.0
//
// bulk_view: A bulk operation on the screen: how many are done, failed and left, how long it takes, and the
// result of each. It runs on when the operator goes back to the deck.

#ifndef SBXDECK_VIEWS_ACTIONS_BULK_VIEW_H
#define SBXDECK_VIEWS_ACTIONS_BULK_VIEW_H

#include "views/app/handler.h"
#include "views/bulk/bulk.h"

struct view;
struct bulk_run;

// Takes the bulk, begins it and shows it. The one before must be over (bulk_view_busy).
void bulk_view_begin(struct app *app, struct bulk *bulk);
// The same for a bulk of BULK_EXEC: what it runs.
void bulk_view_begin_exec(struct app *app, struct bulk *bulk, const char *command);
bool bulk_view_busy(const struct app *app);
struct command_facts;
void bulk_view_command_facts(const struct app *app, struct command_facts *out);
// "regenerating 14/40, 2 failed"; "" when nothing runs. Returns out.
char *bulk_view_line(const struct app *app, char *out, size_t cap);
void bulk_view_end(struct app *app); // before the loop is drained
// "12 of 40", "03:20 so far, about 01:10 more": for the view, and its tests. Returns out.
char *bulk_view_progress(const struct bulk *bulk, char *out, size_t cap);
char *bulk_view_time(const struct bulk *bulk, int64_t now_ms, char *out, size_t cap);

command_handler bulk_view_open;
command_handler bulk_view_show_sandbox; // the selected one, in the deck; of a command its output
command_handler bulk_view_cancel;
command_handler bulk_view_mark_undone;
command_handler bulk_view_retry;

#endif
