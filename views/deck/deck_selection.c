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

enum { SECOND_MS = 1000, SLICE_NS = 3 * 1000 * 1000, PAUSE_NS = 4 * 1000 * 1000 };

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
    if (deck->app->quitting || row == NULL || row->gone ||
        (row->sandbox.detailed && service_is_fresh(deck->app->service, row->sandbox.id)))
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

// Nothing of that line is selected by accident: of a header no sandbox is.
static void select_header(struct deck_view *deck, const struct deck_group *group)
{
    if (deck->selected[0] == '\0' && strcmp(deck->header, group->name) == 0)
        return;
    deck->selected[0] = '\0';
    (void)snprintf(deck->header, sizeof deck->header, "%s", group->name);
    selection_changed(deck);
}

void deck_view_take_selection(struct deck_view *deck)
{
    size_t line = deck->table.selected;
    const struct fleet_row *row = deck_rows_at(&deck->rows, line);
    const struct deck_group *group = deck_rows_header(&deck->rows, line);
    if (app_fleet(deck->app) == NULL || (row == NULL && group == NULL))
        return;
    if (deck->gone) { // its line goes with the next look
        deck->gone = false;
        deck->stale = true;
    }
    if (row == NULL) {
        select_header(deck, group);
        return;
    }
    deck->header[0] = '\0';
    deck->shown = true;
    if (strcmp(row->sandbox.id, deck->selected) == 0)
        return;
    (void)snprintf(deck->selected, sizeof deck->selected, "%s", row->sandbox.id);
    selection_changed(deck);
}

void deck_view_moved(struct deck_view *deck, unsigned changed)
{
    if (changed == 0)
        return;
    deck_view_take_selection(deck);
    app_dirty(deck->app);
}

void deck_view_select(struct view *deck, const char *sandbox_id)
{
    struct deck_view *view = deck_view_of(deck);
    if (strcmp(view->selected, sandbox_id) == 0)
        return;
    (void)snprintf(view->selected, sizeof view->selected, "%s", sandbox_id);
    view->header[0] = '\0';
    view->shown = view->gone = false;
    view->stale = true;
    selection_changed(view);
}

static bool finds(struct deck_view *view, const char *sandbox_id)
{
    view->stale = true;
    deck_view_select(&view->view, sandbox_id);
    deck_view_sync(view);
    return deck_rows_line(&view->rows, sandbox_id) < view->rows.count;
}

void deck_view_find(struct view *deck, const char *sandbox_id)
{
    struct deck_view *view = deck_view_of(deck);
    if (finds(view, sandbox_id) || (deck_view_unfold(view, sandbox_id) && finds(view, sandbox_id)))
        return;
    line_edit_begin(&view->filter, DECK_FILTER_CAP, NULL);
    view->filtering = false;
    if (!finds(view, sandbox_id) && deck_view_unfold(view, sandbox_id))
        (void)finds(view, sandbox_id);
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

static size_t sessions_of(void *ctx, const struct fleet_row *row)
{
    const struct deck_view *deck = ctx;
    return deck->facts->sessions(deck->app, row->sandbox.id);
}

static bool has_time(void *ctx)
{
    const struct deck_view *deck = ctx;
    return uv_hrtime() < deck->until;
}

// As the fleet is now. Returns whether lines have changed.
static bool sync_rows(struct deck_view *deck, const struct fleet *fleet, int64_t now)
{
    const struct deadline_scope scope = deck->facts->ends(deck->app);
    const struct fleet_filter *words = deck_filter_words(deck);
    struct deck_wish wish = {.fleet = fleet,
                             .filter = words,
                             .filter_text = deck->filtered.expanded,
                             .order = deck->order,
                             .scope = &scope,
                             .sessions = sessions_of,
                             .ctx = deck,
                             .now = now,
                             .around = deck->selected,
                             .kept = deck->shown ? deck->selected : "",
                             .gone = deck->gone,
                             .gone_line = deck->table.selected,
                             .goes_on = deck->whole ? NULL : has_time};
    bool changed = deck_rows_sync(&deck->rows, &wish);
    if (deck->rows.matching == 0 && !deck->rows.pending && words->key_begun) {
        fleet_filter_drop_begun(&deck->filtered.words);
        changed = deck_rows_sync(&deck->rows, &wish) || changed;
    }
    return changed;
}

// The first line of a sandbox; a header only where there is nothing else.
static size_t first_row(const struct deck_rows *rows)
{
    size_t at = 0;
    while (at < rows->count && deck_rows_at(rows, at) == NULL)
        at++;
    return at < rows->count ? at : 0;
}

static size_t header_line(const struct deck_view *deck)
{
    const struct deck_rows *rows = &deck->rows;
    for (size_t i = 0; i < rows->groups.list.count; i++) {
        const struct deck_group *group = deck_groups_at(&rows->groups, i);
        if (strcmp(group->name, deck->header) == 0)
            return deck_rows_header_line(rows, group);
    }
    return rows->count;
}

// The selected sandbox has no line. Where the operator's own doing hid it (another filter, a fold), the one
// that comes next is selected; it is never left for another by itself.
static size_t line_instead(struct deck_view *deck, size_t stood_at)
{
    const struct deck_rows *rows = &deck->rows;
    const struct deck_group *group = deck_rows_group_of(rows, deck->selected);
    size_t last = rows->count > 0 ? rows->count - 1 : 0;
    if (deck->selected[0] == '\0')
        return deck->header[0] != '\0' && stood_at <= last ? stood_at : first_row(rows);
    if (group != NULL && group->folded && deck_rows_match(rows, deck->selected))
        return deck_rows_header_line(rows, group);
    if (fleet_find(app_fleet(deck->app), deck->selected) != NULL)
        return deck_rows_near(rows, deck->selected);
    return stood_at <= last ? stood_at : last;
}

static void sync_selection(struct deck_view *deck, const struct fleet *fleet, int64_t now)
{
    size_t stood_at = deck->table.selected, top = deck->table.top;
    size_t line = deck->header[0] != '\0' ? header_line(deck) : deck_rows_line(&deck->rows, deck->selected);
    bool is_there = deck->selected[0] != '\0' && fleet_find(fleet, deck->selected) != NULL;
    if (line == deck->rows.count && deck->shown && deck->selected[0] != '\0' && !is_there) {
        deck->gone = true;
        (void)sync_rows(deck, fleet, now);
        line = stood_at < deck->rows.count ? stood_at : deck->rows.count - 1;
    } else if (deck->gone && is_there) { // it is back
        deck->gone = false;
        (void)sync_rows(deck, fleet, now);
        line = deck_rows_line(&deck->rows, deck->selected);
    }
    if (line >= deck->rows.count)
        line = line_instead(deck, stood_at);
    if (deck->rows.count == 0)
        deck->shown = false; // a filter hides it: it stays only where it has been seen since
    deck->table.rows = deck->rows.count;
    deck->table.selected = line;
    // Rows come and go around it: it stays where it is on the screen.
    if (line != stood_at && stood_at >= top && line >= stood_at - top && !deck->stale)
        deck->table.top = line - (stood_at - top);
    deck_view_take_selection(deck);
}

void deck_view_sync(struct deck_view *deck)
{
    const struct fleet *fleet = app_fleet(deck->app);
    if (fleet == NULL)
        return;
    int64_t now = app_now(deck->app);
    bool other = deck->generation != fleet_generation(fleet);
    if (!deck->stale && !other && deck->built_at == now / SECOND_MS && !deck->rows.pending)
        return;
    // What is pending waits for the next frame: the one of this key is drawn first.
    if (!deck->stale && !other && !deck->whole && deck->built_at == now / SECOND_MS &&
        uv_hrtime() < deck->until + PAUSE_NS) {
        app_dirty(deck->app);
        return;
    }
    deck->until = uv_hrtime() + SLICE_NS;
    bool changed = sync_rows(deck, fleet, now) || deck->stale;
    if (other && id_set_count(&deck->marks) > 0)
        sync_marks(deck, fleet);
    if (changed)
        sync_selection(deck, fleet, now);
    deck->generation = fleet_generation(fleet);
    deck->built_at = now / SECOND_MS;
    deck->stale = false;
    if (deck->rows.pending) // the rest in the loop's next turns
        app_dirty(deck->app);
}

void deck_view_sync_whole(struct deck_view *deck)
{
    deck->whole = true;
    deck_view_sync(deck);
    deck->whole = false;
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
