// SPDX-License-Identifier: Apache-2.0
//
// help_view: scroll and search the page of keys, and go back to what was shown before.

#include "views/console/help_view.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/widget/filter_line.h"
#include "views/app/app.h"
#include "views/console/handlers.h"
#include "views/console/help_page.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = 1, GAP = 3, SEARCH_CAP = 128 };

struct help_view {
    struct view view;
    struct app *app;
    struct help_wish wish;
    int top, rows; // scrolled by; lines in sight at the last draw
    int cols;      // at the last draw
    struct line_edit search;
    bool typing;
    size_t hit; // the line gone to; page.count: none
    struct help_page page;
};

// --- scrolling ----------------------------------------------------------------------------

static int scroll_end(const struct help_view *help)
{
    return (int)help->page.high > help->rows ? (int)help->page.high - help->rows : 0;
}

static void scroll_to(struct help_view *help, int top)
{
    int end = scroll_end(help);
    top = top < 0 ? 0 : top > end ? end : top;
    if (top == help->top)
        return;
    help->top = top;
    app_dirty(help->app);
}

static void show_hit(struct help_view *help)
{
    if (help->hit >= help->page.count)
        return;
    int row = (int)help_row(&help->page, help->hit);
    if (row < help->top || row >= help->top + help->rows)
        scroll_to(help, row - help->rows / 3);
}

// --- searching ----------------------------------------------------------------------------

static void rebuild(struct help_view *help)
{
    help_build(&help->wish, help->cols, &help->page);
    if (help->hit > help->page.count)
        help->hit = help->page.count;
}

static bool is_hit(const struct help_view *help, size_t line)
{
    return help->search.length > 0 && help_matches(&help->page.lines[line], help->search.text);
}

static void go_to_hit(struct help_view *help, bool backward)
{
    size_t from = help->hit < help->page.count ? help->hit : backward ? 0 : help->page.count - 1;
    help->hit = help_find(&help->page, help->search.text, from, backward);
    show_hit(help);
    app_dirty(help->app);
}

// From the top on: what is typed further may be found before what was found so far.
static void search_changed(struct help_view *help)
{
    help->hit = help->page.count;
    if (help->search.length > 0)
        go_to_hit(help, false);
    app_dirty(help->app);
}

static void search_end(struct help_view *help, bool keep)
{
    help->typing = false;
    if (!keep) {
        line_edit_set(&help->search, "");
        search_changed(help);
    }
    app_dirty(help->app);
}

static bool search_input(struct help_view *help, const struct input_event *event)
{
    bool cancels = event->kind == INPUT_KEY && event->key == 'c' && event->modifiers == INPUT_CTRL;
    enum filter_line_result result = filter_line_input(&help->search, event);
    if (result == FILTER_LINE_ENTER)
        search_end(help, help->search.length > 0);
    else if (result == FILTER_LINE_CLEAR || cancels)
        search_end(help, false);
    else if (result == FILTER_LINE_UP || result == FILTER_LINE_DOWN)
        go_to_hit(help, result == FILTER_LINE_UP);
    else if (result == FILTER_LINE_CHANGED)
        search_changed(help);
    app_dirty(help->app);
    return true;
}

static enum hint_layer hint_layer(const struct view *view)
{
    return ((const struct help_view *)view)->typing ? HINT_FILTER : HINT_LAYER_COUNT;
}

// --- the view -----------------------------------------------------------------------------

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_HELP;
}

static void draw_line(const struct help_view *help, size_t at, int y, int x)
{
    const struct help_page *page = &help->page;
    const struct help_line *line = &page->lines[at];
    char label[HELP_KEYS_CAP];
    enum theme_role text = ROLE_TEXT, role = line->role;
    if (line->kind == HELP_TITLE || line->kind == HELP_GROUP) {
        (void)text_put(stdscr, y, x, page->width, line->kind == HELP_TITLE ? ROLE_TITLE : ROLE_HEADER,
                       line->label);
        return;
    }
    // A hit has its mark in the margin too; the one gone to is the selected line.
    if (is_hit(help, at)) {
        role = text = at == help->hit ? ROLE_SELECTED : ROLE_ACCENT;
        if (at == help->hit)
            text_fill(stdscr, y, x, 1, page->width, ROLE_SELECTED);
        (void)text_put(stdscr, y, x - 1, 1, ROLE_ACCENT, glyph(GLYPH_POINTER));
    }
    if (line->kind == HELP_ENTRY)
        (void)text_put(stdscr, y, x, line->indent - 1, role, help_label(page, line, label, sizeof label));
    if (line->length > 0)
        (void)text_putf(stdscr, y, x + line->indent, page->width - line->indent, text, "%.*s",
                        (int)line->length, line->text);
}

static void draw_page(struct help_view *help, int y, int x, int cols)
{
    const struct help_page *page = &help->page;
    for (int column = 0; column < page->columns; column++) {
        int left = x + MARGIN + column * (page->width + GAP);
        for (int i = 0; i < help->rows; i++) {
            size_t at = page->starts[column] + (size_t)(help->top + i);
            if (at < page->starts[column + 1])
                draw_line(help, at, y + i, left);
        }
    }
    if (help->top > 0)
        (void)text_put(stdscr, y, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_UP));
    if (help->top < scroll_end(help))
        (void)text_put(stdscr, y + help->rows - 1, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_DOWN));
}

// What is searched for, how many have it, and the keys that go on. The column of the cursor.
static int draw_search(struct help_view *help, int y, int x, int cols)
{
    char found[96];
    size_t number = 0, hits = help_hits(&help->page, help->search.text, help->hit, &number);
    if (help->search.length > 0 && hits == 0)
        (void)snprintf(found, sizeof found, "Nothing matches");
    else if (help->typing || help->search.length == 0)
        (void)snprintf(found, sizeof found, "%zu of %zu", number, hits);
    else
        (void)snprintf(found, sizeof found, "%zu of %zu  %s next  %s previous", number, hits,
                       command_key(COMMAND_help_next), command_key(COMMAND_help_previous));
    return filter_line_draw(&help->search, stdscr, y, x, cols,
                            &(struct filter_line_look){.key = command_key(COMMAND_help_search),
                                                       .hint = "",
                                                       .count = found,
                                                       .columns_for_count = 2 * text_width(found),
                                                       .typing = help->typing});
}

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct help_view *help = (struct help_view *)view;
    bool foot = (help->typing || help->search.length > 0) && rows > 1, moved = help->cols != cols;
    (void)all;
    bool at_end = help->top > 0 && help->top == scroll_end(help); // of another size, it stays there
    help->cols = cols;
    rebuild(help);
    help->rows = rows - (foot ? 1 : 0);
    if (help->top > scroll_end(help) || (moved && at_end))
        help->top = scroll_end(help);
    if (moved && help->search.length > 0) // lines are others now
        go_to_hit(help, false);
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    draw_page(help, y, x, cols);
    if (!foot)
        return false;
    int cursor = draw_search(help, y + rows - 1, x, cols);
    if (help->typing)
        (void)wmove(stdscr, y + rows - 1, cursor);
    return help->typing;
}

static bool input(struct view *view, const struct input_event *event)
{
    struct help_view *help = (struct help_view *)view;
    enum { WHEEL = 3 };
    if (event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_UP)
        scroll_to(help, help->top - WHEEL);
    else if (event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_DOWN)
        scroll_to(help, help->top + WHEEL);
    else if (help->typing && event->kind != INPUT_MOUSE)
        return search_input(help, event);
    return event->kind != INPUT_KEY;
}

static void free_view(struct view *view)
{
    free(view);
}

static void go(struct view *view, enum table_step step, long by)
{
    struct help_view *help = (struct help_view *)view;
    int page = help->rows > 1 ? help->rows - 1 : 1;
    if (step == TABLE_ENDS)
        scroll_to(help, by < 0 ? 0 : scroll_end(help));
    else
        scroll_to(help, help->top + (int)by * (step == TABLE_PAGES ? page : 1));
}

// Esc clears the search first.
static bool back(struct view *view)
{
    struct help_view *help = (struct help_view *)view;
    bool searched = help->search.length > 0;
    if (searched)
        search_end(help, false);
    return searched;
}

static const struct view_methods help_methods = {
    .name = "help",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .hint_layer = hint_layer,
    .go = go,
    .back = back,
    .hint_bar = true,
    .free = free_view,
};

struct view *help_view_new(struct app *app)
{
    struct help_view *help = xcalloc(1, sizeof *help);
    help->view.methods = &help_methods;
    help->app = app;
    help->wish.scope = SCOPE_DECK;
    line_edit_begin(&help->search, SEARCH_CAP, NULL);
    return &help->view;
}

static void open_over(struct view *view)
{
    struct help_view *help = (struct help_view *)view;
    struct app *app = help->app;
    if (app->top == view)
        return;
    const struct session *session = session_of_view(app_focus(app));
    help->wish = (struct help_wish){.scope = app->top->methods->scope(app->top),
                                    .looks_back = session != NULL && session_is_looking_back(session)};
    help->top = 0;
    help->typing = false;
    line_edit_set(&help->search, "");
    // Keys may come before the first draw: they scroll the page that will be drawn.
    help->cols = app->cols;
    help->rows = app->rows > 1 ? app->rows - 1 : 1;
    rebuild(help);
    help->hit = help->page.count;
    app_show_over(app, view);
}

// --- commands -----------------------------------------------------------------------------

static struct help_view *help_of(struct app *app)
{
    return (struct help_view *)app->help;
}

enum change help_toggle(struct app *app, int argument)
{
    (void)argument;
    if (app->top == app->help)
        app_show_below(app); // the same key leads out again
    else
        open_over(app->help);
    return CHANGED_NOTHING;
}

enum change help_search(struct app *app, int argument)
{
    (void)argument;
    help_of(app)->typing = true;
    line_edit_set(&help_of(app)->search, "");
    search_changed(help_of(app));
    return CHANGED_NOTHING;
}

enum change help_find_next(struct app *app, int by)
{
    if (help_of(app)->search.length == 0)
        return help_search(app, 0);
    go_to_hit(help_of(app), by < 0);
    return CHANGED_VIEW;
}

enum change help_all(struct app *app, int argument)
{
    struct help_view *help = help_of(app);
    (void)argument;
    help->wish.all = !help->wish.all;
    help->top = 0;
    rebuild(help);
    search_changed(help);
    return CHANGED_NOTHING;
}
