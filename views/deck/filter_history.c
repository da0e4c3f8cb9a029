// SPDX-License-Identifier: Apache-2.0
//
// filter_history: A list of texts, the last used at its end.

#include "views/deck/filter_history.h"

#include <stdio.h>
#include <string.h>

static void drop(struct filter_history *history, size_t index)
{
    history->count--;
    memmove(history->texts[index], history->texts[index + 1],
            (history->count - index) * sizeof history->texts[0]);
}

void filter_history_add(struct filter_history *history, const char *text)
{
    history->back = 0;
    if (text[strspn(text, " ")] == '\0' || strlen(text) >= FILTER_HISTORY_TEXT)
        return;
    for (size_t i = 0; i < history->count; i++)
        if (strcmp(history->texts[i], text) == 0)
            drop(history, i);
    if (history->count == FILTER_HISTORY_MAX)
        drop(history, 0);
    (void)snprintf(history->texts[history->count++], FILTER_HISTORY_TEXT, "%s", text);
}

const char *filter_history_step(struct filter_history *history, int by, const char *text)
{
    if (by > 0 ? history->back == history->count : history->back == 0)
        return NULL;
    if (history->back == 0)
        (void)snprintf(history->draft, sizeof history->draft, "%s", text);
    history->back = by > 0 ? history->back + 1 : history->back - 1;
    return history->back == 0 ? history->draft : history->texts[history->count - history->back];
}

void filter_history_leave(struct filter_history *history)
{
    history->back = 0;
}

bool filter_history_is_in(const struct filter_history *history)
{
    return history->back > 0;
}
