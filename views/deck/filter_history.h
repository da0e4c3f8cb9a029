// SPDX-License-Identifier: Apache-2.0
//
// filter_history: The filters that were used before, to be called back. Pure.

#ifndef SBXDECK_VIEWS_DECK_FILTER_HISTORY_H
#define SBXDECK_VIEWS_DECK_FILTER_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

enum { FILTER_HISTORY_MAX = 32, FILTER_HISTORY_TEXT = 256 };

struct filter_history {
    char texts[FILTER_HISTORY_MAX][FILTER_HISTORY_TEXT]; // the oldest first
    size_t count;
    size_t back;                     // so many back from the last; 0: in none of them
    char draft[FILTER_HISTORY_TEXT]; // what was typed before the first was called back
};

// It becomes the last; one of the same text goes. "" and one too long are not kept. Ends the calling back.
void filter_history_add(struct filter_history *history, const char *text);
// One further back (+1), or towards the last and then to what was typed (-1). text: what is there now. NULL:
// there is no further one.
const char *filter_history_step(struct filter_history *history, int by, const char *text);
void filter_history_leave(struct filter_history *history);       // something else was typed
bool filter_history_is_in(const struct filter_history *history); // one of them is there now

#endif
