// SPDX-License-Identifier: Apache-2.0
//
// alert_bar: The alerts above the deck's table, in one to three lines: the soonest first, as many as fit,
// then how many more. Building them is pure.

#ifndef SBXDECK_VIEWS_DECK_ALERT_BAR_H
#define SBXDECK_VIEWS_DECK_ALERT_BAR_H

#include "api/expiry/alert_queue.h"
#include "tui/widget/text_pieces.h"

struct app;

enum { ALERT_BAR_ROWS = 3 };

// How many lines it may take on a screen of that size; 0 where there is no room for it.
int alert_bar_most(int rows, int cols);

// Into at most so many lines of so many columns; returns how many it takes. hint: keys, put at the right
// where there is room.
int alert_bar_build(const struct alert *list, size_t count, int64_t server_now_ms, int rows, int cols,
                    const char *hint, struct text_pieces *out);

// What the app's queue holds now, for a screen of that size; returns the lines that it takes, 0: none.
int alert_bar_take(const struct app *app, int rows, int cols, const char *hint, struct text_pieces *out);

#endif
