// SPDX-License-Identifier: Apache-2.0
//
// help_view: owns how the keys are laid out, how far they are scrolled, and the way back to what was shown.

#include "views/help_view.h"

#include "tui/text.h"
#include "tui/xalloc.h"
#include "views/app_private.h"
#include "views/session.h"

#include <stdlib.h>
#include <string.h>

enum { MARGIN = 1, GAP = 3, WIDTH_FOR_ONE = 74, COLUMNS_MAX = 3, KEYS_WIDE = 21, KEYS_NARROW = 8, WIDE = 60 };

struct help_view {
    struct view view;
    struct app *app;
    struct view *below; // what it was opened over; may be gone meanwhile
    enum scope first;
    int top, rows; // scrolled by; lines in sight at the last draw
    struct help_page page;
};

// --- the page -----------------------------------------------------------------------------

static void add(struct help_page *page, struct help_line line)
{
    if (page->count < HELP_LINES_MAX)
        page->lines[page->count++] = line;
}

static void add_command(struct help_page *page, enum command command)
{
    int width = page->width - page->keys;
    const char *rest = command_table[command].help;
    for (bool first = true; rest != NULL && *rest != '\0'; first = false) {
        const char *next = NULL;
        size_t length = text_wrap(rest, width > 1 ? width : 1, &next);
        add(page,
            (struct help_line){.command = first ? command : COMMAND_NONE, .text = rest, .length = length});
        rest = next;
    }
}

static void add_scope(struct help_page *page, enum scope scope)
{
    if (page->count > 0)
        add(page, (struct help_line){.command = COMMAND_NONE});
    add(page, (struct help_line){.command = COMMAND_NONE, .title = scope_title(scope)});
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (command_table[i].scope == scope && command_table[i].keys[0] != '\0')
            add_command(page, (enum command)i);
}

// A column may begin with a title or a command, and not with the blank line before a title.
static size_t fair_start(const struct help_page *page, size_t at)
{
    while (at < page->count && page->lines[at].command == COMMAND_NONE && page->lines[at].title == NULL)
        at++;
    if (at > 0 && at < page->count && page->lines[at - 1].title != NULL)
        at--;
    return at;
}

static void part(struct help_page *page)
{
    page->starts[0] = 0;
    for (int i = 1; i < page->columns; i++)
        page->starts[i] = fair_start(page, page->count * (size_t)i / (size_t)page->columns);
    page->starts[page->columns] = page->count;
    page->high = 0;
    for (int i = 0; i < page->columns; i++)
        if (page->starts[i + 1] - page->starts[i] > page->high)
            page->high = page->starts[i + 1] - page->starts[i];
}

void help_build(enum scope first, int columns, struct help_page *out)
{
    int count = columns / WIDTH_FOR_ONE;
    out->count = 0;
    out->columns = count < 1 ? 1 : count > COLUMNS_MAX ? COLUMNS_MAX : count;
    out->width = (columns - 2 * MARGIN - (out->columns - 1) * GAP) / out->columns;
    out->keys = out->width >= WIDE ? KEYS_WIDE : KEYS_NARROW;
    add_scope(out, SCOPE_GLOBAL);
    if (first != SCOPE_GLOBAL)
        add_scope(out, first);
    for (int i = 0; i < SCOPE_COUNT; i++)
        if (i != SCOPE_GLOBAL && i != (int)first)
            add_scope(out, (enum scope)i);
    part(out);
}

// --- the view -----------------------------------------------------------------------------

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_HELP;
}

static void draw_line(const struct help_page *page, const struct help_line *line, int y, int x)
{
    char keys[HELP_KEYS_CAP];
    if (line->title != NULL) {
        (void)text_put(stdscr, y, x, page->width, ROLE_TITLE, line->title);
        return;
    }
    if (line->command != COMMAND_NONE)
        (void)text_put(stdscr, y, x, page->keys - 1, ROLE_KEY_HINT,
                       page->keys == KEYS_NARROW ? command_key(line->command)
                                                 : command_keys(line->command, keys, sizeof keys));
    if (line->length > 0)
        (void)text_putf(stdscr, y, x + page->keys, page->width - page->keys, ROLE_TEXT, "%.*s",
                        (int)line->length, line->text);
}

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

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct help_view *help = (struct help_view *)view;
    const struct help_page *page = &help->page;
    (void)all;
    help_build(help->first, cols, &help->page);
    help->rows = rows;
    if (help->top > scroll_end(help))
        help->top = scroll_end(help);
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    for (int column = 0; column < page->columns; column++) {
        int left = x + MARGIN + column * (page->width + GAP);
        for (int i = 0; i < rows; i++) {
            size_t at = page->starts[column] + (size_t)(help->top + i);
            if (at < page->starts[column + 1])
                draw_line(page, &page->lines[at], y + i, left);
        }
    }
    if (help->top > 0)
        (void)text_put(stdscr, y, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_UP));
    if (help->top < scroll_end(help))
        (void)text_put(stdscr, y + rows - 1, x + cols - 1, 1, ROLE_DIM, glyph(GLYPH_DOWN));
    return false;
}

static bool input(struct view *view, const struct input_event *event)
{
    struct help_view *help = (struct help_view *)view;
    enum { WHEEL = 3 };
    if (event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_UP)
        scroll_to(help, help->top - WHEEL);
    else if (event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_DOWN)
        scroll_to(help, help->top + WHEEL);
    return event->kind != INPUT_KEY;
}

static void free_view(struct view *view)
{
    free(view);
}

static const struct view_class help_class = {
    .name = "help",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .hint_bar = true,
    .free = free_view,
};

struct view *help_view_new(struct app *app)
{
    struct help_view *help = xcalloc(1, sizeof *help);
    help->view.class = &help_class;
    help->app = app;
    help->first = SCOPE_DECK;
    return &help->view;
}

void help_view_open(struct view *view)
{
    struct help_view *help = (struct help_view *)view;
    struct app *app = help->app;
    if (app->top == view)
        return;
    help->below = app->top;
    help->first = app->top->class->scope(app->top);
    help->top = 0;
    app_show(app, view);
}

// The session it was opened over may have been closed meanwhile.
static struct view *way_back(const struct help_view *help)
{
    const struct app *app = help->app;
    for (size_t i = 0; i < app->session_count; i++)
        if (session_view(app->sessions[i]) == help->below)
            return help->below;
    return help->below == app->private->log || help->below == app->private->timeline ? help->below
                                                                                     : app->deck;
}

// --- commands -----------------------------------------------------------------------------

static struct help_view *help_of(struct app *app)
{
    return (struct help_view *)app->private->help;
}

void command_help(struct app *app)
{
    if (app->top == app->private->help)
        command_help_close(app); // the same key leads out again
    else
        help_view_open(app->private->help);
}

void command_help_close(struct app *app)
{
    if (app->top == app->private->help)
        app_show(app, way_back(help_of(app)));
}

void command_help_up(struct app *app)
{
    scroll_to(help_of(app), help_of(app)->top - 1);
}

void command_help_down(struct app *app)
{
    scroll_to(help_of(app), help_of(app)->top + 1);
}

void command_help_page_up(struct app *app)
{
    scroll_to(help_of(app), help_of(app)->top - (help_of(app)->rows > 1 ? help_of(app)->rows - 1 : 1));
}

void command_help_page_down(struct app *app)
{
    scroll_to(help_of(app), help_of(app)->top + (help_of(app)->rows > 1 ? help_of(app)->rows - 1 : 1));
}
