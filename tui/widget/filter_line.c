// SPDX-License-Identifier: Apache-2.0
//
// filter_line: Tell the keys of a filter line apart, and draw it.

#include "tui/widget/filter_line.h"

#include "tui/base/text.h"

enum { KEY_COLUMNS = 12, NOTE_GAP = 3, NOTE_COLUMNS = 8 };

enum filter_line_result filter_line_input(struct line_edit *edit, const struct input_event *event)
{
    static const struct {
        uint32_t key;
        enum filter_line_result result;
    } keys[] = {{INPUT_KEY_ENTER, FILTER_LINE_ENTER}, {INPUT_KEY_TAB, FILTER_LINE_TAB},
                {INPUT_KEY_ESC, FILTER_LINE_CLEAR},   {INPUT_KEY_UP, FILTER_LINE_UP},
                {INPUT_KEY_DOWN, FILTER_LINE_DOWN},   {INPUT_KEY_BACKSPACE, FILTER_LINE_CLEAR}};
    bool plain = event->kind == INPUT_KEY && event->modifiers == 0;
    for (size_t i = 0; plain && i < sizeof keys / sizeof *keys; i++)
        if (event->key == keys[i].key && (event->key != INPUT_KEY_BACKSPACE || edit->length == 0))
            return keys[i].result;
    switch (line_edit_input(edit, event)) {
    case LINE_EDIT_CHANGED:
        return FILTER_LINE_CHANGED;
    case LINE_EDIT_MOVED:
        return FILTER_LINE_TAKEN;
    case LINE_EDIT_IGNORED:
        break;
    }
    bool runs = event->kind == INPUT_KEY && (event->modifiers & (INPUT_CTRL | INPUT_ALT)) == 0;
    return runs ? FILTER_LINE_TAKEN : FILTER_LINE_IGNORED;
}

static int text_end(const struct line_edit *edit, int x)
{
    return x + text_width(edit->text) - edit->scroll;
}

// What is not typed: it has the room that the text leaves.
static void put_beside(WINDOW *window, int y, int x, int end, const struct filter_line_look *look)
{
    if (look->ghost != NULL && x < end)
        x += text_put(window, y, x, end - x, ROLE_DIM, look->ghost);
    x += NOTE_GAP;
    if (look->note != NULL && look->note[0] != '\0' && end - x >= NOTE_COLUMNS)
        (void)text_put(window, y, x, end - x, look->note_role, look->note);
}

int filter_line_draw(struct line_edit *edit, WINDOW *window, int y, int x, int columns,
                     const struct filter_line_look *look)
{
    int right = columns > look->columns_for_count ? text_width(look->count) + 1 : 0;
    text_fill(window, y, x, 1, columns, ROLE_TEXT);
    int key = text_put(window, y, x + 1, KEY_COLUMNS, ROLE_ACCENT, look->key), end = x + columns - right - 1;
    int at = x + 1 + key + (key > 1 ? 1 : 0); // "/text", "Ctrl-F text"
    int cursor = line_edit_draw(edit, window, y, at, end - at, look->typing ? ROLE_INPUT : ROLE_TEXT);
    if (look->typing && edit->length == 0)
        (void)text_put(window, y, at + 1, end - at - 1, ROLE_DIM, look->hint);
    else
        put_beside(window, y, edit->length > 0 ? text_end(edit, at) : at, end, look);
    if (right > 0)
        (void)text_put_right(window, y, x, columns - 1, ROLE_DIM, look->count);
    return cursor;
}
