// SPDX-License-Identifier: Apache-2.0
//
// split_view: lay out, draw and feed two views on one screen. It is no window manager: two halves, one focus,
// one zoom. Where there is no room for two, the focused one has it all.

#include "views/app/split_view.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/term/keymap.h"
#include "tui/term/screen.h"
#include "views/app/app_private.h"
#include "views/command/prefix.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

enum { STACKED_MIN_ROWS = 14, BESIDE_MIN_COLS = 60, FIRST_MIN_ROWS = 6, HALVES = 2 };

struct rectangle {
    int y, x, rows, cols;
};

struct split {
    struct view view; // first
    struct app *app;
    enum split_kind kind;
    struct view *halves[HALVES];
    struct rectangle at[HALVES]; // as drawn last; rows 0: not drawn
    int focus;
    int grabbed; // the half that a button of the mouse was pressed in
    bool zoomed, whole;
    struct prefix prefix; // while the one with the focus is no session, which has its own
    bool changed;         // what is drawn where: everything is drawn anew
};

static struct split *of(const struct app *app)
{
    return (struct split *)app->split;
}

static struct view *focused(const struct view *view)
{
    const struct split *split = (const struct split *)view;
    return split->halves[split->focus];
}

static bool split_shows(const struct view *view, const struct view *half)
{
    const struct split *split = (const struct split *)view;
    return split->whole ? split->halves[0] == half || split->halves[1] == half : focused(view) == half;
}

static enum scope split_scope(const struct view *view)
{
    return focused(view)->methods->scope(focused(view));
}

// --- drawing ------------------------------------------------------------------------------

static bool has_room(const struct split *split, int rows, int cols)
{
    return split->kind == SPLIT_STACKED ? rows >= STACKED_MIN_ROWS : cols >= BESIDE_MIN_COLS;
}

static void lay_out(struct split *split, int y, int x, int rows, int cols)
{
    struct rectangle at[HALVES] = {{0}};
    split->whole = !split->zoomed && has_room(split, rows, cols);
    if (!split->whole) {
        at[split->focus] = (struct rectangle){y, x, rows, cols};
    } else if (split->kind == SPLIT_STACKED) {
        int first = rows * 2 / 5 > FIRST_MIN_ROWS ? rows * 2 / 5 : FIRST_MIN_ROWS;
        at[0] = (struct rectangle){y, x, first, cols};
        at[1] = (struct rectangle){y + first + 1, x, rows - first - 1, cols};
    } else {
        int first = (cols - 1) / 2;
        at[0] = (struct rectangle){y, x, rows, first};
        at[1] = (struct rectangle){y, x + first + 1, rows, cols - first - 1};
    }
    split->changed = split->changed || memcmp(at, split->at, sizeof at) != 0;
    memcpy(split->at, at, sizeof at);
}

static void draw_line(const struct split *split)
{
    const struct rectangle *first = &split->at[0];
    if (!split->whole)
        return;
    if (split->kind == SPLIT_STACKED) {
        text_hline(stdscr, first->y + first->rows, first->x, first->cols, ROLE_BORDER);
        return;
    }
    for (int y = 0; y < first->rows; y++)
        (void)text_put(stdscr, first->y + y, first->x + first->cols, 1, ROLE_BORDER, glyph(GLYPH_LINE_V));
}

static bool split_draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct split *split = (struct split *)view;
    bool cursor = false;
    int cursor_y = 0, cursor_x = 0;
    lay_out(split, y, x, rows, cols);
    all = all || split->changed;
    if (all) {
        text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
        draw_line(split);
    }
    for (int i = 0; i < HALVES; i++) {
        const struct rectangle *at = &split->at[i];
        if (at->rows == 0)
            continue;
        bool wants = split->halves[i]->methods->draw(split->halves[i], at->y, at->x, at->rows, at->cols, all);
        if (wants && i == split->focus) {
            cursor = true;
            getyx(stdscr, cursor_y, cursor_x);
        }
    }
    split->changed = false;
    if (cursor)
        (void)wmove(stdscr, cursor_y, cursor_x);
    return cursor;
}

static int64_t split_next_tick(const struct view *view, int64_t now_ms)
{
    const struct split *split = (const struct split *)view;
    int64_t next = 0;
    for (int i = 0; i < HALVES; i++) {
        const struct view *half = split->halves[i];
        int64_t of_half = split->at[i].rows > 0 && half->methods->next_tick != NULL
                              ? half->methods->next_tick(half, now_ms)
                              : 0;
        if (of_half > 0 && (next == 0 || of_half < next))
            next = of_half;
    }
    return next;
}

// --- input --------------------------------------------------------------------------------

static bool is_inside(const struct rectangle *at, int y, int x)
{
    return y >= at->y && y < at->y + at->rows && x >= at->x && x < at->x + at->cols;
}

static bool pass(struct view *half, const struct input_event *event)
{
    return half->methods->input != NULL && half->methods->input(half, event);
}

static bool is_wheel(const struct input_event *event)
{
    return event->mouse.button >= INPUT_WHEEL_UP && event->mouse.button <= INPUT_WHEEL_RIGHT;
}

// The wheel turns what is under it; a press takes the focus along and counts there; what follows it until the
// button is up belongs to the half where it began.
static bool mouse_input(struct split *split, const struct input_event *event)
{
    int under = -1;
    for (int i = 0; i < HALVES; i++)
        if (is_inside(&split->at[i], event->mouse.y, event->mouse.x))
            under = i;
    if (event->mouse.action != INPUT_MOUSE_PRESS)
        under = event->mouse.button == INPUT_BUTTON_NONE ? under : split->grabbed;
    if (under < 0)
        return true;
    if (event->mouse.action == INPUT_MOUSE_PRESS && !is_wheel(event)) {
        split->grabbed = under;
        if (under != split->focus)
            split_focus(split->app, split->halves[under]);
    } else if (event->mouse.action == INPUT_MOUSE_MOTION && under != split->focus) {
        return true;
    }
    return pass(split->halves[under], event);
}

// From the deck too the prefix leads to the commands on sessions; those on the one in front want it to be the
// one that the keys go to.
static void run_prefixed(struct split *split, enum command command, uint32_t key)
{
    static const enum command of_one[] = {
        COMMAND_session_close, COMMAND_session_new,    COMMAND_session_rename, COMMAND_session_beside,
        COMMAND_session_sync,  COMMAND_session_scroll, COMMAND_session_record, COMMAND_session_regenerate};
    struct app *app = split->app;
    for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++) {
        if (of_one[i] != command)
            continue;
        app_toast(app, TOAST_INFO, "The deck has the focus: %s %s goes to the session",
                  command_key(COMMAND_session_prefix), command_key(COMMAND_session_other));
        return;
    }
    app->key = key;
    app_run_command(app, command == COMMAND_session_prefix ? COMMAND_session_back : command); // may end it
    app->key = 0;
}

static bool key_input(struct split *split, const struct input_event *event)
{
    char name[KEYMAP_NAME_MAX];
    enum command command = COMMAND_NONE;
    app_dirty(split->app);
    switch (prefix_take(&split->prefix, event, &command)) {
    case PREFIX_PASS:
        return pass(focused(&split->view), event);
    case PREFIX_COMMAND:
        run_prefixed(split, command, event->key);
        break;
    case PREFIX_UNKNOWN:
        keymap_format(keymap_key_of(event), name);
        app_toast(split->app, TOAST_INFO, "No command on %s %s (%s shows them)",
                  command_key(COMMAND_session_prefix), name, command_key(COMMAND_help));
        break;
    case PREFIX_BEGUN:
    case PREFIX_LEFT:
    case PREFIX_TAKEN:
        break;
    }
    return true;
}

static bool split_input(struct view *view, const struct input_event *event)
{
    struct split *split = (struct split *)view;
    if (event->kind == INPUT_MOUSE && split->whole)
        return mouse_input(split, event);
    return focused(view)->methods->terminal ? pass(focused(view), event) : key_input(split, event);
}

static const struct view_methods split_methods = {
    .name = "split",
    .scope = split_scope,
    .draw = split_draw,
    .input = split_input,
    .next_tick = split_next_tick,
    .focus = focused,
    .shows = split_shows,
    .hint_bar = false,
    .tab_bar = true,
};

// --- the rest of the console ----------------------------------------------------------------

static void touch(struct split *split)
{
    split->changed = true;
    app_dirty(split->app);
}

void split_open(struct app *app, enum split_kind kind, struct view *first, struct view *second,
                const struct view *focus)
{
    struct split *split = of(app);
    bool was_on_top = split != NULL && app->top == &split->view;
    if (split == NULL) {
        split = xcalloc(1, sizeof *split);
        app->split = &split->view;
    }
    *split = (struct split){.view.methods = &split_methods,
                            .app = app,
                            .kind = kind,
                            .halves = {first, second},
                            .focus = focus == second ? 1 : 0,
                            .changed = true};
    if (was_on_top)
        app_focus_changed(app);
    else
        app_show(app, &split->view);
    touch(split);
}

static void end(struct app *app, struct view *left)
{
    struct split *split = of(app);
    app_forget(app, &split->view, left);
    app->split = NULL;
    free(split);
}

void split_close(struct app *app)
{
    if (app->split != NULL)
        end(app, focused(app->split));
}

void split_forget(struct app *app, const struct view *view, struct view *instead)
{
    struct split *split = of(app);
    for (int i = 0; split != NULL && i < HALVES; i++)
        if (split->halves[i] == view) {
            end(app, split->halves[1 - i]);
            break;
        }
    app_forget(app, view, instead);
}

bool split_is_in_front(const struct app *app)
{
    return app->split != NULL && app->top == app->split;
}

enum split_kind split_kind(const struct app *app)
{
    return of(app)->kind;
}

bool split_has(const struct app *app, const struct view *view)
{
    const struct split *split = of(app);
    return split != NULL && (split->halves[0] == view || split->halves[1] == view);
}

struct view *split_half(const struct app *app, int half)
{
    return of(app)->halves[half != 0];
}

struct view *split_other(const struct app *app)
{
    const struct split *split = of(app);
    return split->halves[1 - split->focus];
}

void split_focus(struct app *app, const struct view *view)
{
    struct split *split = of(app);
    int focus = split->halves[1] == view ? 1 : 0;
    if (focus == split->focus)
        return;
    split->focus = focus;
    split->prefix.active = false;
    if (split->halves[focus]->methods->focused != NULL)
        split->halves[focus]->methods->focused(split->halves[focus]);
    if (app->top == &split->view)
        app_focus_changed(app);
    touch(split);
}

void split_show(struct app *app, struct view *view)
{
    struct split *split = of(app);
    if (split_has(app, view)) {
        split_focus(app, view);
        app_show(app, &split->view);
    } else if (split_is_in_front(app) && split->kind == SPLIT_STACKED) {
        split->halves[1] = view;
        touch(split);
        split_focus(app, view);
    } else {
        app_show(app, view);
    }
}

void split_zoom(struct app *app)
{
    struct split *split = of(app);
    split->zoomed = !split->zoomed;
    touch(split);
}

bool split_prefix_is_active(const struct app *app)
{
    return split_is_in_front(app) && of(app)->prefix.active;
}

bool split_is_alone(const struct app *app, int rows, int cols)
{
    const struct split *split = of(app);
    return split->zoomed || !has_room(split, rows, cols);
}

void split_free(struct app *app)
{
    free(app->split);
    app->split = NULL;
}
