// SPDX-License-Identifier: Apache-2.0
//
// deck_watch: Tell the service which sandboxes are looked at, so that it keeps them fresh first: the selected
// one, those in sight, those with a session, the marked ones.

#include "views/deck/deck_view_private.h"

#include "views/app/app.h"

struct watched {
    const char *ids[SERVICE_WATCH_MAX];
    size_t count;
};

static void add(struct watched *watched, const char *id)
{
    if (id != NULL && id[0] != '\0' && watched->count < SERVICE_WATCH_MAX)
        watched->ids[watched->count++] = id;
}

void deck_view_watch(struct deck_view *deck)
{
    const struct deck_facts *facts = deck->facts;
    struct watched watched = {.count = 0};
    const char *id = NULL;
    if (deck->app->service == NULL)
        return;
    add(&watched, deck->selected);
    for (size_t i = deck->table.top; i < deck->table.top + deck->table.page && i < deck->rows.count; i++) {
        const struct fleet_row *row = deck_rows_at(&deck->rows, i);
        add(&watched, row != NULL ? row->sandbox.id : NULL);
    }
    for (size_t i = 0; facts->session_sandbox != NULL && (id = facts->session_sandbox(deck->app, i)) != NULL;
         i++)
        add(&watched, id);
    for (size_t i = 0; (id = id_set_at(&deck->marks, i)) != NULL; i++)
        add(&watched, id);
    service_watch(deck->app->service, watched.ids, watched.count);
    service_watch_state(deck->app->service, fleet_filter_state(deck_filter_words(deck)));
}
