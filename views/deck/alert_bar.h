// SPDX-License-Identifier: Apache-2.0
//
// alert_bar: the queue of alerts in the deck, in a line or a few: the soonest first, as many as there is room
// for, then how many more. The building is pure.

#ifndef SBXDECK_VIEWS_ALERT_BAR_H
#define SBXDECK_VIEWS_ALERT_BAR_H

#include "api/expiry/alert_queue.h"
#include "tui/base/theme.h"

enum { ALERT_BAR_ROWS = 3, ALERT_BAR_PIECES = 64, ALERT_BAR_TEXT = 160 };

struct alert_bar_piece {
    char text[ALERT_BAR_TEXT]; // ids are of a strict grammar: nothing in it is foreign
    enum theme_role role;
    int y, x;
};
struct alert_bar {
    int rows; // that it takes; 0: none
    size_t count;
    struct alert_bar_piece pieces[ALERT_BAR_PIECES];
};

// How many lines it may take on a screen of that size; 0 where there is no room for it.
int alert_bar_most(int rows, int cols);

// Into at most so many lines of so many columns. hint: keys, put at the right where there is room.
void alert_bar_build(const struct alert *list, size_t count, int64_t server_now_ms, int rows, int cols,
                     const char *hint, struct alert_bar *out);

#endif
