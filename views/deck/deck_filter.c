// SPDX-License-Identifier: Apache-2.0
//
// deck_filter: The deck's filter: its words, read when its text changes and not for each row.

#include "views/deck/deck_view_private.h"

#include <stdio.h>
#include <string.h>

const struct fleet_filter *deck_filter_words(struct deck_view *deck)
{
    if (strcmp(deck->words_of, deck->filter.text) != 0) {
        (void)fleet_filter_parse(deck->filter.text, &deck->words, NULL);
        (void)snprintf(deck->words_of, sizeof deck->words_of, "%s", deck->filter.text);
    }
    return &deck->words;
}
