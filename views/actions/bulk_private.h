// SPDX-License-Identifier: Apache-2.0
//
// bulk_private: what running a bulk and showing it share.

#ifndef SBXDECK_VIEWS_BULK_PRIVATE_H
#define SBXDECK_VIEWS_BULK_PRIVATE_H

#include "tui/widget/table.h"
#include "views/actions/bulk_view.h"
#include "views/app/app.h"

#include <uv.h>

struct bulk_run {
    struct view view;
    struct app *app;
    struct bulk *bulk; // NULL: none has been begun
    struct table table;
    uv_timer_t timer; // until the server may be asked again
    bool timer_open;
};

bool bulk_view_draw(struct view *view, int y, int x, int rows, int cols, bool all);
bool bulk_view_input(struct view *view, const struct input_event *event);
void bulk_view_go(struct view *view, enum table_step step, long by);
void bulk_run_go(struct bulk_run *run); // begins as many as may be

#endif
