// SPDX-License-Identifier: Apache-2.0
//
// deck_view: The deck as a view: its methods, its beginning and end, and what commands can act on.

#include "views/deck/deck_view.h"

#include "tui/base/xalloc.h"
#include "views/deck/deck_view_private.h"

#include <stdlib.h>
#include <string.h>

enum { SYNC_AT_ONCE = 5000 };

void deck_view_changed(struct view *deck)
{
    struct deck_view *view = deck_view_of(deck);
    const struct fleet *fleet = app_fleet(view->app);
    // Of many, changes come many times a second: the next frame takes them all at once.
    if (fleet == NULL || fleet_count(fleet) <= SYNC_AT_ONCE)
        deck_view_sync(view);
    const struct credential *credential = deck_view_credential(deck);
    // Regenerated or deleted meanwhile: what is shown must not outlive it.
    if (view->password != NULL &&
        (credential == NULL || credential->vault_row != view->password_row ||
         credential->updated_at != view->password_at || strcmp(credential->id, view->password_id) != 0))
        deck_view_hide(deck);
}

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_DECK;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void free_view(struct view *view)
{
    struct deck_view *deck = deck_view_of(view);
    secret_free(deck->password);
    deck_view_memory_end(deck);
    deck_rows_free(&deck->rows);
    id_set_clear(&deck->marks);
    uv_close((uv_handle_t *)&deck->settle_timer, on_closed);
}

static bool can_be_started(const struct fleet_row *row)
{
    return !row->gone && command_can_start(row->sandbox.state);
}

static bool has_credential(const struct fleet_row *row)
{
    return row->credential_count > 0;
}

void deck_view_command_facts(const struct view *view, struct command_facts *out)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    const struct fleet *fleet = app_fleet(deck->app);
    const struct fleet_row *row = deck_view_row(view);
    const struct credential *credential = deck_view_credential(view);
    struct failure why;
    out->loaded = fleet != NULL && fleet_is_loaded(fleet);
    out->total = deck->rows.total;
    out->shown = deck->rows.matching;
    out->filter = deck->filter.length > 0;
    out->marked = deck_view_marked(view);
    out->marked_startable = out->marked > 0 && deck_view_marked_any(deck, can_be_started);
    out->marked_credential = out->marked > 0 && deck_view_marked_any(deck, has_credential);
    out->credential = credential != NULL;
    out->password = credential != NULL && credential->has_password;
    out->usable = credential_is_usable(credential, app_now(deck->app));
    if (row == NULL)
        return;
    out->row = fleet_row_check(row, &why) == STATUS_OK;
    out->gone = row->gone;
    out->state = row->sandbox.state;
    out->credentials = row->credential_count;
}

static const struct view_methods deck_methods = {
    .name = "deck",
    .scope = scope_of,
    .draw = deck_view_draw,
    .input = deck_view_input,
    .go = deck_view_go,
    .next_tick = deck_view_next_tick,
    .hint_layer = deck_view_hint_layer,
    .foot = deck_view_foot,
    .hint_bar = true,
    .free = free_view,
};

struct view *deck_view_new(struct app *app, const struct deck_facts *facts)
{
    struct deck_view *deck = xcalloc(1, sizeof *deck);
    deck->view.methods = &deck_methods;
    deck->app = app;
    deck->facts = facts;
    deck->stale = true;
    deck->order.by = DECK_COLUMN_NONE;
    deck_view_memory_begin(deck);
    deck_filter_remember_begin(deck);
    line_edit_begin(&deck->filter, DECK_FILTER_CAP, NULL);
    (void)uv_timer_init(app->loop, &deck->settle_timer);
    deck->settle_timer.data = deck;
    return &deck->view;
}
