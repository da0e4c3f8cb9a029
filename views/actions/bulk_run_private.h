// SPDX-License-Identifier: Apache-2.0
//
// bulk_run_private: A bulk operation that runs or has run, which making its calls and showing it share.

#ifndef SBXDECK_VIEWS_ACTIONS_BULK_RUN_PRIVATE_H
#define SBXDECK_VIEWS_ACTIONS_BULK_RUN_PRIVATE_H

#include "tui/widget/table.h"
#include "views/app/app.h"
#include "views/bulk/bulk.h"

#include <uv.h>

struct bulk_run {
    struct view view;
    struct app *app;
    struct bulk *bulk; // NULL: none has been begun
    struct table table;
    uv_timer_t timer; // until the server may be asked again
};

void bulk_run_go(struct bulk_run *run); // begins as many as may be

#endif
