// SPDX-License-Identifier: Apache-2.0
//
// deck_empty: What the deck shows in the table's place when there is no sandbox to show: why, and what
// to do next. Pure.

#ifndef SBXDECK_VIEWS_DECK_DECK_EMPTY_H
#define SBXDECK_VIEWS_DECK_DECK_EMPTY_H

#include "api/base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct deck_empty {
    const struct failure *key_failure; // why there is no service; NULL: there is one
    const struct failure *last;        // of the last refresh; NULL or status OK: none failed
    bool loaded;                       // a list has come
    const char *filter;                // "" none
    size_t total;                      // rows that the filter hides
    const char *host;
};

// Lines apart by '\n' into out. Returns out.
char *deck_empty_text(const struct deck_empty *empty, char *out, size_t cap);

#endif
