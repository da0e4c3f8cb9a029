// SPDX-License-Identifier: Apache-2.0
//
// bulk_run_private: A bulk operation that runs or has run, which making its calls and showing it share.

#ifndef SBXDECK_VIEWS_ACTIONS_BULK_RUN_PRIVATE_H
#define SBXDECK_VIEWS_ACTIONS_BULK_RUN_PRIVATE_H

#include "tui/widget/table.h"
#include "views/app/app.h"
#include "views/bulk/bulk.h"
#include "views/exec/exec.h"

#include <uv.h>

struct exec_view;

struct bulk_run {
    struct view view;
    struct app *app;
    struct bulk *bulk; // NULL: none has been begun
    struct table table;
    uv_timer_t timer; // until the server may be asked again
    // Of one that runs a command; NULL: this is none.
    struct exec *exec;
    size_t *same;             // by item: see bulk_run_same
    bool same_is_old;         // it is to be counted again
    struct exec_view *output; // NULL: none was shown
};

void bulk_run_go(struct bulk_run *run); // begins as many as may be
// Makes what is needed to run a command, and drops that of the one before; NULL: no command is run.
void bulk_run_set_command(struct bulk_run *run, const char *command);
// How many items, with this one, have ended with the same outcome and the same output; 0: it has not ended.
size_t bulk_run_same(struct bulk_run *run, size_t index);

#endif
