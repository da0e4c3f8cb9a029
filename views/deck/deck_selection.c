// SPDX-License-Identifier: Apache-2.0
//
// deck_selection: Which rows the deck has, which sandbox and credential are selected, and the revealed
// password. The selection is an id, looked up again whenever the fleet has changed.

#include "views/deck/deck_view.h"

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "views/deck/deck_view_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000 };

struct deck_view *deck_view_of(struct view *deck)
{
    return (struct deck_view *)deck;
}

static const struct deck_view *of(const struct view *deck)
{
    return (const struct deck_view *)deck;
}

// --- selection ---------------------------------------------------------------------

const struct fleet_row *deck_view_row(const struct view *deck)
{
    const struct deck_view *view = of(deck);
    const struct fleet *fleet = app_fleet(view->app);
    if (fleet == NULL || view->selected[0] == '\0' || view->rows.count == 0)
        return NULL;
    return fleet_find(fleet, view->selected);
}

size_t deck_view_credential_index(const struct deck_view *deck, const struct fleet_row *row)
{
    const struct credential *best = fleet_row_best(row, app_now(deck->app));
    size_t index = 0;
    for (size_t i = 0; i < row->credential_count; i++) {
        if (deck->credential_row != 0 && row->credentials[i].vault_row == deck->credential_row)
            return i;
        if (&row->credentials[i] == best)
            index = i;
    }
    return index;
}

const struct credential *deck_view_credential(const struct view *deck)
{
    const struct fleet_row *row = deck_view_row(deck);
    if (row == NULL || row->credential_count == 0)
        return NULL;
    return &row->credentials[deck_view_credential_index(of(deck), row)];
}

static void on_settled(uv_timer_t *timer)
{
    struct deck_view *deck = timer->data;
    const struct fleet_row *row = deck_view_row(&deck->view);
    if (deck->app->quitting || row == NULL || row->gone || row->sandbox.detailed)
        return;
    if (!row->sandbox.id_malformed)
        service_detail(deck->app->service, row->sandbox.id, NULL, NULL);
}

static void selection_changed(struct deck_view *deck)
{
    deck_view_hide(&deck->view);
    deck->credential_row = 0;
    deck->detail_top = 0;
    if (deck->app->quitting)
        return;
    (void)uv_timer_start(&deck->settle_timer, on_settled, DECK_DETAIL_MS, 0);
    app_dirty(deck->app);
}

void deck_view_take_selection(struct deck_view *deck)
{
    const struct fleet *fleet = app_fleet(deck->app);
    if (fleet == NULL || deck->table.selected >= deck->rows.count)
        return;
    const struct fleet_row *row = fleet_row(fleet, deck->rows.order[deck->table.selected]);
    if (row == NULL || strcmp(row->sandbox.id, deck->selected) == 0)
        return;
    (void)snprintf(deck->selected, sizeof deck->selected, "%s", row->sandbox.id);
    selection_changed(deck);
}

void deck_view_select(struct view *deck, const char *sandbox_id)
{
    struct deck_view *view = deck_view_of(deck);
    if (strcmp(view->selected, sandbox_id) == 0)
        return;
    (void)snprintf(view->selected, sizeof view->selected, "%s", sandbox_id);
    view->stale = true;
    selection_changed(view);
}

void deck_view_find(struct view *deck, const char *sandbox_id)
{
    struct deck_view *view = deck_view_of(deck);
    deck_view_select(deck, sandbox_id);
    deck_view_sync(view);
    if (strcmp(view->selected, sandbox_id) == 0)
        return;
    line_edit_begin(&view->filter, DECK_FILTER_CAP, NULL);
    view->filtering = false;
    view->stale = true;
    deck_view_select(deck, sandbox_id);
    deck_view_sync(view);
}

void deck_view_select_credential(struct view *deck, int64_t vault_row)
{
    struct deck_view *view = deck_view_of(deck);
    if (view->credential_row != vault_row && view->password_row != vault_row)
        deck_view_hide(deck);
    view->credential_row = vault_row;
    app_dirty(view->app);
}

// Marks go with their sandboxes.
static void sync_marks(struct deck_view *deck, const struct fleet *fleet)
{
    id_set_keep(&deck->marks, fleet);
    if (deck->range_from[0] != '\0' && fleet_find(fleet, deck->range_from) == NULL)
        deck->range_from[0] = '\0';
}

void deck_view_sync(struct deck_view *deck)
{
    const struct fleet *fleet = app_fleet(deck->app);
    if (fleet == NULL)
        return;
    int64_t now = app_now(deck->app);
    if (!deck->stale && deck->generation == fleet_generation(fleet) && deck->built_at == now / SECOND_MS)
        return;
    const struct deadline_scope scope = deck->facts->ends(deck->app);
    const struct fleet_filter *words = deck_filter_words(deck);
    deck_rows_build(&deck->rows, fleet, words, &deck->order, now, &scope);
    if (deck->rows.count == 0 && words->key_begun) {
        fleet_filter_drop_begun(&deck->filtered.words);
        deck_rows_build(&deck->rows, fleet, words, &deck->order, now, &scope);
    }
    if (deck->generation != fleet_generation(fleet))
        sync_marks(deck, fleet);
    deck->generation = fleet_generation(fleet);
    deck->built_at = now / SECOND_MS;
    deck->stale = false;
    deck->table.rows = deck->rows.count;
    deck->table.selected = deck_rows_keep(&deck->rows, fleet, deck->selected, deck->table.selected);
    deck_view_take_selection(deck);
}

// --- the revealed password ------------------------------------------------------------

void deck_view_hide(struct view *deck)
{
    struct deck_view *view = deck_view_of(deck);
    if (view->password == NULL)
        return;
    secret_free(view->password);
    view->password = NULL;
    view->password_row = 0;
    app_dirty(view->app);
}

bool deck_view_is_revealed(const struct view *deck)
{
    return of(deck)->password != NULL;
}

void deck_view_reveal(struct view *deck, int64_t vault_row, struct secret *password)
{
    struct deck_view *view = deck_view_of(deck);
    const struct credential *credential = deck_view_credential(deck);
    deck_view_hide(deck);
    if (credential == NULL || credential->vault_row != vault_row) {
        secret_free(password);
        return;
    }
    view->password = password;
    view->password_row = vault_row;
    view->password_at = credential->updated_at;
    (void)snprintf(view->password_id, sizeof view->password_id, "%s", credential->id);
    view->password_until = time_monotonic_ms() + (int64_t)view->app->config.reveal_s * SECOND_MS;
    app_dirty(view->app);
}
