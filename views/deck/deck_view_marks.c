// SPDX-License-Identifier: Apache-2.0
//
// deck_view_marks: The deck's marks: set one by one, by a range that follows the selection, or for all that
// is shown. A mark stays with its sandbox and goes when it goes.

#include "tui/base/text.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view_private.h"

#include <stdio.h>
#include <string.h>

enum { FEW_MARKS = 256 };

static const char *id_at(const struct deck_view *deck, size_t index)
{
    const struct fleet_row *row = deck_rows_at(&deck->rows, index);
    return row != NULL ? row->sandbox.id : ""; // a header of a group
}

// In the timeline those without a credential are not shown.
static bool is_shown(const struct deck_view *deck, size_t index)
{
    const struct app *app = deck->app;
    const struct fleet_row *row = deck_rows_at(&deck->rows, index);
    return row != NULL && (app->top != app->timeline || row->credential_count > 0);
}

// The rows between where the range began and the selection. False: there is no range.
static bool range_of(const struct deck_view *deck, size_t *first, size_t *last)
{
    size_t to = deck->table.selected;
    if (deck->range_from[0] == '\0' || deck->rows.count == 0 || to >= deck->rows.count)
        return false;
    size_t from = deck_rows_line(&deck->rows, deck->range_from);
    if (from == deck->rows.count)
        from = to; // it is not shown any more
    *first = from < to ? from : to;
    *last = from < to ? to : from;
    return true;
}

// What the range covers is marked for good.
static void keep_range(struct deck_view *deck)
{
    size_t first = 0, last = 0;
    if (range_of(deck, &first, &last))
        for (size_t i = first; i <= last; i++)
            id_set_set(&deck->marks, id_at(deck, i), true);
    deck->range_from[0] = '\0';
}

static bool is_in_sight(const struct deck_view *deck, const char *id)
{
    const struct app *app = deck->app;
    const struct fleet_row *row = app->top == app->timeline ? fleet_find(app_fleet(app), id) : NULL;
    return deck_rows_shows(&deck->rows, id) &&
           (app->top != app->timeline || (row != NULL && row->credential_count > 0));
}

// Of those that are marked, how many are not in what is shown. Of many it is counted when rows change.
static size_t marked_hidden(const struct view *view)
{
    struct deck_view *deck = (struct deck_view *)view; // what it knows is no part of what it shows
    size_t count = id_set_count(&deck->marks), hidden = 0;
    if (count > FEW_MARKS && deck->hidden_version == deck->rows.version && deck->hidden_of == count)
        return deck->hidden;
    for (size_t i = 0; i < count; i++)
        hidden += is_in_sight(deck, id_set_at(&deck->marks, i)) ? 0 : 1;
    deck->hidden_version = deck->rows.version;
    deck->hidden_of = count;
    deck->hidden = hidden;
    return hidden;
}

const struct id_set *deck_view_marks(struct view *view, size_t *hidden)
{
    struct deck_view *deck = deck_view_of(view);
    deck_view_sync_whole(deck);
    keep_range(deck);
    *hidden = marked_hidden(view);
    return &deck->marks;
}

void deck_view_foot(const struct view *view, char *out, size_t cap)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    char line[64];
    size_t marked = deck_view_marked(view), hidden = marked_hidden(view);
    out[0] = '\0';
    if (deck->facts->bulk(deck->app, line, sizeof line)[0] != '\0')
        (void)snprintf(out, cap, "%s (%s)%s", line, command_key(COMMAND_bulk), marked > 0 ? " " : "");
    if (marked > 0)
        (void)text_append(out, cap, "%zu marked", marked);
    if (hidden > 0)
        (void)text_append(out, cap, ", %zu hidden", hidden);
}

bool deck_view_marked_any(const struct deck_view *deck, bool (*is)(const struct fleet_row *row))
{
    const struct fleet *fleet = app_fleet(deck->app);
    size_t first = 0, last = 0, total = fleet != NULL ? id_set_count(&deck->marks) : 0;
    if (range_of(deck, &first, &last))
        for (size_t i = first; i <= last; i++)
            if (deck_rows_at(&deck->rows, i) != NULL && is(deck_rows_at(&deck->rows, i)))
                return true;
    for (size_t i = 0; i < total; i++) {
        const struct fleet_row *row = fleet_find(fleet, id_set_at(&deck->marks, i));
        if (row != NULL && is(row))
            return true;
    }
    return false;
}

bool deck_view_is_marked(const struct view *view, const char *sandbox_id)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    if (id_set_has(&deck->marks, sandbox_id))
        return true;
    size_t first = 0, last = 0;
    if (!range_of(deck, &first, &last))
        return false;
    size_t line = deck_rows_line(&deck->rows, sandbox_id);
    return line >= first && line <= last && line < deck->rows.count;
}

size_t deck_view_marked(const struct view *view)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    size_t first = 0, last = 0, count = id_set_count(&deck->marks);
    const bool none = count == 0; // then no line need be looked for among them
    if (range_of(deck, &first, &last))
        for (size_t i = first; i <= last; i++)
            count +=
                deck_rows_at(&deck->rows, i) == NULL || (!none && id_set_has(&deck->marks, id_at(deck, i)))
                    ? 0
                    : 1;
    return count;
}

void deck_view_mark_only(struct view *view, struct id_set *marks)
{
    struct deck_view *deck = deck_view_of(view);
    deck->range_from[0] = '\0';
    id_set_clear(&deck->marks);
    deck->marks = *marks;
    deck->hidden_of = 0;
    *marks = (struct id_set){0};
    app_dirty(deck->app);
}

bool deck_view_unmark(struct view *view)
{
    struct deck_view *deck = deck_view_of(view);
    bool ranging = deck->range_from[0] != '\0';
    if (!ranging && id_set_count(&deck->marks) == 0)
        return false;
    deck->range_from[0] = '\0';
    if (!ranging)
        id_set_clear(&deck->marks);
    app_dirty(deck->app);
    return true;
}

// In the margin, so that nothing moves when the first mark is set. A mark stands before a pin.
void deck_view_marks_draw(const struct deck_view *deck)
{
    const struct deck_rect *at = &deck->places.table;
    size_t row = 0, first = 0, last = 0;
    const bool ranging = range_of(deck, &first, &last); // which looks at all lines
    for (int line = at->y; line < at->y + at->rows; line++) {
        if (!table_row_at(&deck->table, at->y, line, &row) || row >= deck->rows.count)
            continue;
        const struct fleet_row *of_row = deck_rows_at(&deck->rows, row);
        if (of_row == NULL)
            continue;
        bool marked = (ranging && row >= first && row <= last) || id_set_has(&deck->marks, id_at(deck, row));
        bool pinned = of_row->label != NULL && of_row->label->pinned;
        if (!marked && (!pinned || deck->table.margin == 0))
            continue;
        bool selected = row == deck->table.selected;
        (void)text_put_style(stdscr, line, at->x, 1,
                             selected ? theme_on_selected(ROLE_ACCENT) : theme_style(ROLE_ACCENT),
                             glyph(marked ? GLYPH_CHECK : GLYPH_PIN));
    }
}

// --- commands -----------------------------------------------------------------------------

struct group_marks {
    struct deck_view *deck;
    size_t unmarked;
    bool in;
};

static void count_unmarked(void *ctx, const struct fleet_row *row)
{
    struct group_marks *marks = ctx;
    marks->unmarked += id_set_has(&marks->deck->marks, row->sandbox.id) ? 0 : 1;
}

static void mark_member(void *ctx, const struct fleet_row *row)
{
    const struct group_marks *marks = ctx;
    id_set_set(&marks->deck->marks, row->sandbox.id, marks->in);
}

// All of a group, folded or not; where all of them are marked already, their marks go.
static void mark_group(struct deck_view *deck, const struct deck_group *group)
{
    struct group_marks marks = {.deck = deck};
    deck_rows_each(&deck->rows, group, count_unmarked, &marks);
    marks.in = marks.unmarked > 0;
    deck_rows_each(&deck->rows, group, mark_member, &marks);
}

// The selected one, and the row below is selected.
static void mark_one(struct deck_view *deck)
{
    struct view *top = deck->app->top;
    if (deck->rows.count == 0)
        return;
    if (deck->range_from[0] != '\0') {
        keep_range(deck);
        return;
    }
    const char *id = id_at(deck, deck->table.selected);
    if (deck_rows_header(&deck->rows, deck->table.selected) != NULL) {
        mark_group(deck, deck_rows_header(&deck->rows, deck->table.selected));
        return;
    }
    id_set_set(&deck->marks, id, !id_set_has(&deck->marks, id));
    top = top == deck->app->timeline ? top : &deck->view;
    top->methods->go(top, TABLE_ROWS, 1);
}

static void mark_range(struct deck_view *deck)
{
    if (deck->range_from[0] != '\0')
        keep_range(deck);
    else
        (void)snprintf(deck->range_from, sizeof deck->range_from, "%s", deck->selected);
}

static bool is_any(const struct deck_view *deck, size_t index)
{
    (void)deck;
    (void)index;
    return true;
}

// Its best credential is about to end, or has ended: those that a regenerate helps.
static bool is_expiring(const struct deck_view *deck, size_t index)
{
    const struct fleet_row *row = deck_rows_at(&deck->rows, index);
    int64_t now = app_now(deck->app);
    enum credential_state state = credential_state(fleet_row_best(row, now), now);
    return state == CREDENTIAL_expiring || state == CREDENTIAL_critical || state == CREDENTIAL_expired;
}

// Marks all shown that are so; where all of them are marked already, takes their marks away. Returns how many
// are so.
static size_t mark_those(struct deck_view *deck, bool (*is_so)(const struct deck_view *, size_t))
{
    struct id_set those = {0};
    size_t unmarked = 0;
    keep_range(deck);
    for (size_t i = 0; i < deck->rows.count; i++) {
        if (!is_shown(deck, i) || !is_so(deck, i))
            continue;
        id_set_set(&those, id_at(deck, i), true);
        unmarked += id_set_has(&deck->marks, id_at(deck, i)) ? 0 : 1;
    }
    size_t count = id_set_count(&those);
    if (unmarked == 0)
        id_set_remove(&deck->marks, &those);
    for (size_t i = 0; unmarked > 0 && i < deck->rows.count; i++)
        if (id_set_has(&those, id_at(deck, i)))
            id_set_set(&deck->marks, id_at(deck, i), true);
    id_set_clear(&those);
    return count;
}

static void mark_shown(struct deck_view *deck)
{
    (void)mark_those(deck, is_any);
}

static void mark_expiring(struct deck_view *deck)
{
    if (mark_those(deck, is_expiring) == 0)
        app_toast(deck->app, TOAST_INFO, "No credential shown is expiring or expired");
}

static void mark_invert(struct deck_view *deck)
{
    struct id_set marked = {0};
    keep_range(deck);
    for (size_t i = 0; i < deck->rows.count; i++) {
        if (!is_shown(deck, i))
            continue;
        if (id_set_has(&deck->marks, id_at(deck, i)))
            id_set_set(&marked, id_at(deck, i), true);
        else
            id_set_set(&deck->marks, id_at(deck, i), true);
    }
    id_set_remove(&deck->marks, &marked);
    id_set_clear(&marked);
}

static void mark_none(struct deck_view *deck)
{
    deck->range_from[0] = '\0';
    id_set_clear(&deck->marks);
}

enum change deck_mark(struct app *app, int what)
{
    static void (*const ways[])(struct deck_view *) = {
        [DECK_MARK_ONE] = mark_one,       [DECK_MARK_RANGE] = mark_range,
        [DECK_MARK_SHOWN] = mark_shown,   [DECK_MARK_EXPIRING] = mark_expiring,
        [DECK_MARK_INVERT] = mark_invert, [DECK_MARK_NONE] = mark_none,
    };
    struct deck_view *deck = deck_view_of(app->deck);
    deck_view_sync_whole(deck);
    ways[what](deck);
    deck->hidden_of = 0;
    return CHANGED_VIEW;
}
