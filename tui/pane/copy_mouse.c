// SPDX-License-Identifier: Apache-2.0
//
// copy_mouse: the mouse in copy mode. Dragging selects, double and triple clicks select words and lines, Alt
// a block; the wheel and dragging over the edge scroll. What was selected is copied when the button is
// released.

#include "tui/pane/copy_mode_private.h"

static int inside(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static void put_cursor(struct copy_mode *copy, int y, int x)
{
    if (y < 0 || y >= copy->rows)
        copy_scroll_by(copy, y < 0 ? 1 : -1);
    copy->cursor.line = copy->top + inside(y, copy->rows - 1);
    copy->cursor.col = inside(x, copy->cols - 1);
    const struct copy_row *row = copy_row(copy, copy->cursor.line);
    while (row != NULL && copy->cursor.col > 0 && row->glyphs[copy->cursor.col].width == 0)
        copy->cursor.col--;
    copy->wanted_col = copy->cursor.col;
}

static void press(struct copy_mode *copy, unsigned modifiers, int y, int x, int64_t now_ms)
{
    bool again = copy->clicks > 0 && copy->click_y == y && copy->click_x == x &&
                 now_ms - copy->click_ms <= COPY_CLICK_MS;
    copy->clicks = again ? copy->clicks % 3 + 1 : 1;
    copy->click_y = y;
    copy->click_x = x;
    copy->click_ms = now_ms;
    copy->dragging = true;
    copy->drag_kind = copy->clicks == 2              ? COPY_WORDS
                      : copy->clicks == 3            ? COPY_LINES
                      : (modifiers & INPUT_ALT) != 0 ? COPY_BLOCK
                                                     : COPY_CHARACTERS;
    copy->selection = COPY_NONE;
    put_cursor(copy, y, x);
    copy->anchor = copy->cursor;
    // A single click selects nothing until it is dragged.
    if (copy->clicks > 1)
        copy->selection = copy->drag_kind;
}

static void drag(struct copy_mode *copy, int y, int x)
{
    if (copy->selection == COPY_NONE && y == copy->click_y && x == copy->click_x)
        return;
    copy->selection = copy->drag_kind;
    copy->clicks = copy->selection == COPY_CHARACTERS || copy->selection == COPY_BLOCK ? 0 : copy->clicks;
    put_cursor(copy, y, x);
}

static void wheel(struct copy_mode *copy, enum input_mouse_button button, struct copy_verdict *verdict)
{
    copy_scroll_by(copy, button == INPUT_WHEEL_UP ? COPY_WHEEL_ROWS : -COPY_WHEEL_ROWS);
    if (button == INPUT_WHEEL_DOWN)
        copy_end_at_bottom(copy, verdict);
}

void copy_mouse(struct copy_mode *copy, const struct input_event *event, int y0, int x0, int64_t now_ms,
                struct copy_verdict *verdict)
{
    enum input_mouse_action action = event->mouse.action;
    enum input_mouse_button button = event->mouse.button;
    int y = event->mouse.y - y0, x = event->mouse.x - x0;
    bool within = y >= 0 && y < copy->rows && x >= 0 && x < copy->cols;
    if (action == INPUT_MOUSE_PRESS && (button == INPUT_WHEEL_UP || button == INPUT_WHEEL_DOWN)) {
        wheel(copy, button, verdict);
    } else if (action == INPUT_MOUSE_PRESS && button == INPUT_BUTTON_LEFT && within) {
        press(copy, event->modifiers, y, x, now_ms);
    } else if (action == INPUT_MOUSE_MOTION && copy->dragging && button == INPUT_BUTTON_LEFT) {
        drag(copy, y, x);
    } else if (action == INPUT_MOUSE_RELEASE && copy->dragging) {
        // The old encodings do not say which button it was.
        copy->dragging = false;
        if (copy->selection != COPY_NONE)
            (void)copy_take(copy, verdict);
        else
            copy_end_at_bottom(copy, verdict);
    }
}
