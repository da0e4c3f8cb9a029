// SPDX-License-Identifier: Apache-2.0
//
// columns_view: The menu of the deck's columns: which are shown, and in what order. What is done there is
// seen in the deck at once and remembered.

#ifndef SBXDECK_VIEWS_DECK_COLUMNS_VIEW_H
#define SBXDECK_VIEWS_DECK_COLUMNS_VIEW_H

#include "views/app/handler.h"

struct app;
struct view;

struct view *columns_view_new(struct app *app); // ended by its methods' free

command_handler columns_open;
command_handler columns_toggle; // the selected one is shown, or not
command_handler columns_move;   // the selected one up (-1) or down (1)
command_handler columns_sort;   // the rows by the selected one; again the other way round
command_handler columns_reset;  // as the settings have them

#endif
