// SPDX-License-Identifier: Apache-2.0
//
// timeline_view: Every credential as a bar over time, with the deck's selection as its cursor: the deck's
// commands work here too.

#ifndef SBXDECK_VIEWS_TIMELINE_TIMELINE_VIEW_H
#define SBXDECK_VIEWS_TIMELINE_TIMELINE_VIEW_H

#include "views/app/handler.h"

struct view;

struct view *timeline_view_new(struct app *app); // of the app

command_handler timeline_open;
command_handler timeline_zoom; // by steps, on the wall too; negative: in

#endif
