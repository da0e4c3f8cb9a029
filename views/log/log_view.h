// SPDX-License-Identifier: Apache-2.0
//
// log_view: The event log on the screen: the newest on top, followed while the first line is selected,
// filtered by a text, shown in detail one by one, and exported as filtered.

#ifndef SBXDECK_VIEWS_LOG_LOG_VIEW_H
#define SBXDECK_VIEWS_LOG_LOG_VIEW_H

#include "views/app/handler.h"

#include <stdbool.h>
#include <stddef.h>

struct view;

struct view *log_view_new(struct app *app);     // of the app; it asks for nothing before it is shown
size_t log_view_count(const struct view *view); // events shown

command_handler log_toggle;
command_handler log_close; // 1: one thing at a time, the details and the filter first
command_handler log_details;
command_handler log_filter;
command_handler log_export;

#endif
