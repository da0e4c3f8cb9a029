// SPDX-License-Identifier: Apache-2.0
//
// columns_view: A list of all columns, those that are shown first, in their order.

#include "views/deck/columns_view.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/deck/deck_view_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = 1, COLUMNS_FOR_MARGIN = 40, WHEEL = 3, KEY_CAP = 16 };

struct columns_view {
    struct view view;
    struct app *app;
    struct table table;
};

static struct columns_view *of(struct view *view)
{
    return (struct columns_view *)view;
}

static struct deck_view *deck_of(const struct app *app)
{
    return deck_view_of(app->deck);
}

// Those that are shown, then the others.
static void list_all(const struct deck_columns *shown, struct deck_columns *out)
{
    *out = *shown;
    for (size_t i = 0; i < DECK_COLUMN_COUNT; i++)
        if (deck_column_table[i].key[0] != '\0' && !deck_columns_have(shown, (enum deck_column)i))
            out->kinds[out->count++] = (enum deck_column)i;
}

static enum deck_column selected(struct app *app, size_t *at)
{
    struct deck_columns all;
    list_all(&deck_of(app)->columns, &all);
    *at = of(app->columns)->table.selected;
    return *at < all.count ? all.kinds[*at] : DECK_COLUMN_NONE;
}

// --- drawing --------------------------------------------------------------------------------

enum column { COLUMN_NAME, COLUMN_SHOWN, COLUMN_TEXT, COLUMN_SORT };
static const struct table_column columns[] = {
    [COLUMN_NAME] = {.title = "COLUMN", .min = 12, .ideal = 14},
    [COLUMN_SHOWN] = {.title = "SHOWN", .min = 5, .ideal = 8},
    [COLUMN_TEXT] = {.title = "SORTS BY", .min = 12, .ideal = 24, .weight = 1, .drop = 2},
    [COLUMN_SORT] = {.title = "KEY", .min = 3, .ideal = 6, .drop = 1},
};

static void fill(void *context, size_t row, size_t column, struct table_cell *cell)
{
    const struct columns_view *list = context;
    const struct deck_view *deck = deck_of(list->app);
    struct deck_columns all;
    list_all(&deck->columns, &all);
    if (row >= all.count)
        return;
    enum deck_column kind = all.kinds[row];
    bool is_shown = row < deck->columns.count;
    bool is_wide = deck_column_table[kind].shown == DECK_SHOWN_WIDE;
    enum command sort = deck_view_sort_command(kind);
    const char *text = "";
    cell->role = is_shown ? ROLE_TEXT : ROLE_DIM;
    switch ((enum column)column) {
    case COLUMN_NAME:
        text = deck_column_table[kind].key;
        break;
    case COLUMN_SHOWN:
        cell->glyph = is_shown ? GLYPH_CHECK : GLYPH_NONE;
        text = is_shown ? "yes" : is_wide ? "wide" : "no";
        break;
    case COLUMN_TEXT:
        text = deck_column_sorted_text(deck_column_order(kind));
        break;
    case COLUMN_SORT:
        text = sort != COMMAND_NONE && command_has_key(sort) ? command_key(sort) : "";
        break;
    }
    (void)snprintf(cell->text, sizeof cell->text, "%s", text);
}

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct columns_view *list = of(view);
    struct deck_columns every;
    int margin = cols >= COLUMNS_FOR_MARGIN ? MARGIN : 0;
    (void)all;
    list_all(&deck_of(list->app)->columns, &every);
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    if (rows > 3) {
        (void)text_put(stdscr, y, x + margin, cols - 2 * margin, ROLE_TITLE, "Columns of the deck");
        y++;
        rows--;
    }
    list->table.columns = columns;
    list->table.column_count = sizeof columns / sizeof *columns;
    list->table.fill = fill;
    list->table.context = list;
    list->table.rows = every.count;
    list->table.margin = margin;
    (void)table_draw(&list->table, stdscr, y, x, rows, cols);
    return false;
}

static void go(struct view *view, enum table_step step, long by)
{
    if (table_go(&of(view)->table, step, by) != 0)
        app_dirty(of(view)->app);
}

static bool input(struct view *view, const struct input_event *event)
{
    struct columns_view *list = of(view);
    if (event->kind != INPUT_MOUSE)
        return event->kind != INPUT_KEY;
    if (event->mouse.action != INPUT_MOUSE_PRESS || !list->app->config.mouse)
        return true;
    if (event->mouse.button == INPUT_WHEEL_UP || event->mouse.button == INPUT_WHEEL_DOWN)
        go(view, TABLE_ROWS, event->mouse.button == INPUT_WHEEL_UP ? -WHEEL : WHEEL);
    return true;
}

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_COLUMNS;
}

static void free_view(struct view *view)
{
    free(view);
}

static const struct view_methods methods = {
    .name = "columns",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .go = go,
    .hint_bar = true,
    .free = free_view,
};

struct view *columns_view_new(struct app *app)
{
    struct columns_view *list = xcalloc(1, sizeof *list);
    list->view.methods = &methods;
    list->app = app;
    return &list->view;
}

// --- commands -------------------------------------------------------------------------------

static enum change chosen(struct app *app)
{
    struct deck_view *deck = deck_of(app);
    deck->columns_chosen = true;
    deck_view_keep(deck);
    return CHANGED_VIEW;
}

enum change columns_open(struct app *app, int argument)
{
    (void)argument;
    of(app->columns)->table.selected = 0;
    app_show_over(app, app->columns);
    return CHANGED_ALL;
}

enum change columns_toggle(struct app *app, int argument)
{
    struct deck_columns *shown = &deck_of(app)->columns;
    size_t at = 0;
    enum deck_column kind = selected(app, &at);
    (void)argument;
    if (kind == DECK_COLUMN_NONE)
        return CHANGED_NOTHING;
    if (at >= shown->count) {
        shown->kinds[shown->count++] = kind;
    } else if (shown->count == 1) {
        app_toast(app, TOAST_INFO, "One column stays: show another one first");
        return CHANGED_NOTHING;
    } else {
        memmove(&shown->kinds[at], &shown->kinds[at + 1], (--shown->count - at) * sizeof *shown->kinds);
    }
    // It stays selected where it is now.
    struct deck_columns all;
    list_all(shown, &all);
    for (size_t i = 0; i < all.count; i++)
        if (all.kinds[i] == kind)
            of(app->columns)->table.selected = i;
    return chosen(app);
}

enum change columns_move(struct app *app, int by)
{
    struct deck_columns *shown = &deck_of(app)->columns;
    size_t at = 0;
    enum deck_column kind = selected(app, &at);
    if (kind == DECK_COLUMN_NONE || at >= shown->count || (by < 0 ? at == 0 : at + 1 >= shown->count))
        return CHANGED_NOTHING;
    size_t to = by < 0 ? at - 1 : at + 1;
    shown->kinds[at] = shown->kinds[to];
    shown->kinds[to] = kind;
    of(app->columns)->table.selected = to;
    return chosen(app);
}

enum change columns_sort(struct app *app, int argument)
{
    size_t at = 0;
    enum deck_column kind = selected(app, &at);
    (void)argument;
    if (kind != DECK_COLUMN_NONE)
        deck_view_sort_by(deck_of(app), deck_column_order(kind));
    return CHANGED_VIEW;
}

enum change columns_reset(struct app *app, int argument)
{
    struct deck_view *deck = deck_of(app);
    (void)argument;
    (void)deck_columns_parse(app->config.columns, &deck->columns, NULL);
    deck->columns_chosen = false;
    deck_view_keep(deck);
    app_toast(app, TOAST_INFO, "The columns are as the settings have them");
    return CHANGED_VIEW;
}
