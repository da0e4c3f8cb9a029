// SPDX-License-Identifier: Apache-2.0
//
// help_view: the keys that count where it was opened, on a page that scrolls and is searched.

#ifndef SBXDECK_VIEWS_CONSOLE_HELP_VIEW_H
#define SBXDECK_VIEWS_CONSOLE_HELP_VIEW_H

struct app;
struct view;

struct view *help_view_new(struct app *app);

#endif
