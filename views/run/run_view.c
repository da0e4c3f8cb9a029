// SPDX-License-Identifier: Apache-2.0
//
// run_view: Show an own command's terminal and its end, and give it what is typed. The prefix leads out, with
// a session's keys.

#include "tui/base/text.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/screen.h"
#include "views/app/notices.h"
#include "views/run/run_private.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_ROWS = 1, WHEEL = 3 };

void run_show_view(struct run *run)
{
    run->scrolled = 0;
    app_hold_keys(run->app, NULL); // what is typed is for it
    app_show_over(run->app, &run->view);
}

void run_leave(struct run *run)
{
    run->prefix.active = false;
    app_show_below(run->app);
}

static enum scope run_scope(const struct view *view)
{
    return ((const struct run *)view)->child != NULL ? SCOPE_SESSION : SCOPE_OUTPUT;
}

// --- drawing ------------------------------------------------------------------------------

static void line_text(const struct run *run, char *left, size_t left_cap, char *right, size_t right_cap)
{
    struct toast_line notice;
    if (!run->prefix.active && notices_in(run->app, &run->view, &notice))
        (void)snprintf(right, right_cap, "%s %s", glyph(toast_glyph(notice.level)), notice.text);
    else if (run->child != NULL && run->prefix.active)
        (void)snprintf(right, right_cap, "%s leaves it, %s ends it", command_key(COMMAND_session_deck),
                       command_key(COMMAND_session_close));
    else if (run->child != NULL)
        (void)snprintf(right, right_cap, "%s then %s deck, %s end", command_key(COMMAND_session_prefix),
                       command_key(COMMAND_session_deck), command_key(COMMAND_session_close));
    else
        (void)snprintf(right, right_cap, "%s back", command_key(COMMAND_output_close));
    if (run->child != NULL)
        (void)snprintf(left, left_cap, "%s  running", run->name);
    else if (run->signal != 0)
        (void)snprintf(left, left_cap, "%s  ended by signal %d (%s)", run->name, run->signal,
                       strsignal(run->signal));
    else
        (void)snprintf(left, left_cap, "%s  exit %d", run->name, (int)run->code);
}

static void draw_status(const struct run *run, int y, int x, int cols)
{
    char left[160], right[TOAST_TEXT_MAX + 16];
    bool bad = run->child == NULL && (run->code != 0 || run->signal != 0);
    enum theme_role role = bad ? ROLE_SESSION_STATUS_BAD : ROLE_SESSION_STATUS;
    line_text(run, left, sizeof left, right, sizeof right);
    int width = text_width(right) + 2;
    text_fill(stdscr, y, x, STATUS_ROWS, cols, role);
    (void)text_put(stdscr, y, x + 1, cols - 1, role, left);
    if (width > cols - text_width(left) - 2)
        width = cols - text_width(left) - 2;
    if (width > 0)
        (void)text_put(stdscr, y, x + cols - width, width, role, right);
}

static void set_modes(const struct run *run, int shape)
{
    bool all = run->child != NULL && vt_modes(run->vt).mouse == VT_MOUSE_MOTION;
    screen_set_mouse(!run->app->config.mouse ? SCREEN_MOUSE_OFF
                     : all                   ? SCREEN_MOUSE_ALL
                                             : SCREEN_MOUSE_BUTTONS);
    screen_set_cursor_shape(run->child != NULL ? shape : 0);
    screen_set_cursor_color(-1);
    screen_set_title(run->name);
}

static bool run_draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct run *run = (struct run *)view;
    int height = rows > STATUS_ROWS ? rows - STATUS_ROWS : 1;
    run->y = y;
    run->x = x;
    if (run->child != NULL && !vt_fits(run->vt, height, cols)) {
        vt_resize(run->vt, height, cols);
        run_child_resize(run->child, height, cols);
    }
    if (run->child == NULL && !vt_modes(run->vt).alternate_screen && !vt_fits(run->vt, height, cols))
        vt_resize(run->vt, height, cols);
    unsigned flags = all || run->child == NULL ? VT_PANE_ALL : 0U;
    struct vt_pane_cursor cursor = vt_pane_draw(stdscr, run->vt, y, x, height, cols, run->scrolled, flags);
    if (rows > STATUS_ROWS)
        draw_status(run, y + rows - 1, x, cols);
    if (app_focus(run->app) == view)
        set_modes(run, cursor.shape);
    if (!cursor.visible || run->child == NULL)
        return false;
    (void)wmove(stdscr, cursor.y, cursor.x);
    return true;
}

// --- keys ---------------------------------------------------------------------------------

static void type_in(struct run *run, const char *bytes, size_t length)
{
    run_child_write(run->child, bytes, length);
}

// A key as the program wants it; what it can't be told otherwise goes as it came.
static void send_event(struct run *run, const struct input_event *event)
{
    char bytes[VT_KEY_MAX];
    bool plain = event->kind == INPUT_UNKNOWN ||
                 (event->kind == INPUT_KEY && event->key < INPUT_KEY_NAMED && event->modifiers == 0 &&
                  event->raw_length > 0 && event->raw[0] != '\033');
    if (plain)
        type_in(run, event->raw, event->raw_length);
    else
        type_in(run, bytes, vt_event_encode(run->vt, event, run->y, run->x, bytes));
    explicit_bzero(bytes, sizeof bytes);
}

static void send_piece(struct run *run, const char *bytes, size_t length)
{
    char *out = malloc(2 * length + VT_KEY_MAX); // at most
    if (out == NULL)
        return;
    size_t count = vt_paste_piece(&run->paste, bytes, length, out);
    type_in(run, out, count);
    explicit_bzero(out, count);
    free(out);
}

static void pass(struct run *run, const struct input_event *event)
{
    char mark[VT_KEY_MAX];
    if (event->kind == INPUT_PASTE_BEGIN)
        type_in(run, mark, vt_paste_begin(&run->paste, run->vt, mark));
    else if (event->kind == INPUT_PASTE)
        send_piece(run, event->raw, event->raw_length);
    else if (event->kind == INPUT_PASTE_END)
        type_in(run, mark, vt_paste_end(&run->paste, mark));
    else
        send_event(run, event);
}

static void command_of_prefix(struct run *run, enum command command)
{
    char bytes[VT_KEY_MAX];
    struct keymap_key key = prefix_key();
    if (command == COMMAND_session_deck)
        run_leave(run);
    else if (command == COMMAND_session_close)
        run_child_end(run->child);
    else if (command == COMMAND_session_prefix)
        type_in(run, bytes, vt_key_encode(run->vt, key.key, key.modifiers, bytes));
    else
        app_toast(run->app, TOAST_INFO, "%s leaves the command, %s ends it",
                  command_key(COMMAND_session_deck), command_key(COMMAND_session_close));
}

static void scroll_by(struct run *run, long by)
{
    long most = vt_modes(run->vt).alternate_screen ? 0 : vt_history_rows(run->vt);
    long to = run->scrolled - by;
    run->scrolled = (int)(to < 0 ? 0 : to > most ? most : to);
    app_dirty_all(run->app);
}

static void run_go(struct view *view, enum table_step step, long by)
{
    struct run *run = (struct run *)view;
    long page = vt_rows(run->vt) > 1 ? vt_rows(run->vt) - 1 : 1;
    if (step == TABLE_ENDS)
        scroll_by(run, by < 0 ? -(long)VT_HISTORY_MAX : (long)VT_HISTORY_MAX);
    else
        scroll_by(run, by * (step == TABLE_PAGES ? page : 1));
}

// After its end the keys are those of a command's output.
static bool ended_input(struct run *run, const struct input_event *event)
{
    bool up = event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_UP;
    bool down = event->kind == INPUT_MOUSE && event->mouse.button == INPUT_WHEEL_DOWN;
    if (up || down)
        scroll_by(run, up ? -WHEEL : WHEEL);
    if (!prefix_is(event))
        return event->kind != INPUT_KEY;
    run_leave(run);
    return true;
}

static bool run_input(struct view *view, const struct input_event *event)
{
    struct run *run = (struct run *)view;
    enum command command = COMMAND_NONE;
    if (run->child == NULL)
        return ended_input(run, event);
    switch (prefix_take(&run->prefix, event, &command)) {
    case PREFIX_PASS:
        pass(run, event);
        return true;
    case PREFIX_COMMAND:
    case PREFIX_UNKNOWN:
        command_of_prefix(run, command);
        break;
    case PREFIX_BEGUN:
    case PREFIX_LEFT:
    case PREFIX_TAKEN:
        break;
    }
    app_dirty_all(run->app);
    return true;
}

const struct view_methods run_methods = {
    .name = "run",
    .scope = run_scope,
    .draw = run_draw,
    .input = run_input,
    .go = run_go,
    .terminal = true,
};
