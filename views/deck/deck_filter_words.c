// SPDX-License-Identifier: Apache-2.0
//
// deck_filter_words: The words of the deck's filter, read when its text or a saved filter changes and not for
// each row.

#include "views/deck/deck_view_private.h"

#include <stdio.h>
#include <string.h>

// The first mistake, of a saved filter's name or of the words; in the last word it may not be one yet.
static void read_words(struct deck_view *deck)
{
    struct deck_filter *filter = &deck->filtered;
    bool unfinished = false;
    struct failure why;
    filter->status = saved_filters_expand(saved_filters_now(), deck->filter.text, filter->expanded,
                                          sizeof filter->expanded, &unfinished, &filter->why);
    enum status status = fleet_filter_parse(filter->expanded, &filter->words, &why);
    if (filter->status == STATUS_OK && status != STATUS_OK) {
        filter->status = status;
        filter->why = why;
        unfinished = filter->words.unfinished;
    }
    filter->unfinished = unfinished;
    filter->version = saved_filters_version();
    (void)snprintf(filter->text, sizeof filter->text, "%s", deck->filter.text);
}

const struct fleet_filter *deck_filter_words(struct deck_view *deck)
{
    if (strcmp(deck->filtered.text, deck->filter.text) != 0 ||
        deck->filtered.version != saved_filters_version())
        read_words(deck);
    return &deck->filtered.words;
}

const char *deck_view_filter_expanded(const struct view *deck)
{
    (void)deck_filter_words((struct deck_view *)deck);
    return ((const struct deck_view *)deck)->filtered.expanded;
}

bool deck_view_filter_is_wrong(const struct view *deck, struct failure *why)
{
    const struct deck_filter *filter = &((const struct deck_view *)deck)->filtered;
    (void)deck_filter_words((struct deck_view *)deck);
    if (filter->status != STATUS_OK)
        *why = filter->why;
    return filter->status != STATUS_OK;
}

const char *deck_view_filter(const struct view *deck)
{
    return ((const struct deck_view *)deck)->filter.text;
}

bool deck_view_is_filtering(const struct view *deck)
{
    return ((const struct deck_view *)deck)->filtering;
}
