// SPDX-License-Identifier: Apache-2.0
//
// deck_commands: handlers of the commands that act on the deck itself: filter, details, order, marks, alerts.

#ifndef SBXDECK_VIEWS_DECK_DECK_COMMANDS_H
#define SBXDECK_VIEWS_DECK_DECK_COMMANDS_H

#include "views/app/handler.h"

// NEXT: the other way round, then the next of the columns that one sorts by most. BEFORE, BEHIND: by the one
// beside the current one. CALLED: by name, or by id where none has one.
enum { DECK_SORT_NEXT = -1, DECK_SORT_BEFORE = -2, DECK_SORT_BEHIND = -3, DECK_SORT_CALLED = -4 };
enum deck_fold { DECK_FOLD_TOGGLE, DECK_FOLD_CLOSE, DECK_FOLD_OPEN, DECK_FOLD_ALL };
enum deck_mark {
    DECK_MARK_ONE,
    DECK_MARK_RANGE,
    DECK_MARK_SHOWN,
    DECK_MARK_EXPIRING,
    DECK_MARK_INVERT,
    DECK_MARK_NONE
};

command_handler deck_filter;
command_handler deck_details;
command_handler deck_scroll_details;  // by lines; negative: up
command_handler deck_step_credential; // 1 the next one, -1 the previous one
command_handler deck_sort;            // enum deck_column, or DECK_SORT_…
command_handler deck_mark;            // enum deck_mark
command_handler deck_clear;
command_handler deck_wide;
command_handler deck_group; // enum deck_grouping; -1: the next one
command_handler deck_fold;  // enum deck_fold

// filter_commands.c
command_handler deck_filters, deck_filter_save, deck_filter_forget;

// alert_bar.c
command_handler alert_bar_select_next;
command_handler alert_bar_dismiss; // 1: all of them

#endif
