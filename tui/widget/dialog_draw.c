// SPDX-License-Identifier: Apache-2.0
//
// dialog_draw: lay out and draw a dialog: as wide as its text needs up to a readable line, as high as it
// needs, and never more than there is. What has no room on a small screen goes in this order: the frame,
// blank lines, text (which then scrolls); the buttons and the line being typed stay.

#include "tui/widget/dialog_private.h"

#include "tui/base/text.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH_MAX = 72, BUTTON_GAP = 2 };

struct place {
    bool framed;
    int y, x, width, height; // of the whole
    int inside_y, inside_x, inside_width, inside_height;
    int text_rows, form_rows, error_rows, button_rows;
    int blanks; // lines between the parts, 0 or 1 each
};

static const enum theme_role level_roles[] = {ROLE_BORDER, ROLE_WARN, ROLE_DANGER};

static int line_count(const char *text, int columns)
{
    int lines = 0;
    if (text[0] == '\0')
        return 0;
    do {
        const char *line = text;
        text_wrap(line, columns, &text);
        lines++;
    } while (text != NULL);
    return lines;
}

static int widest_line(const char *text)
{
    int widest = 0;
    while (text != NULL && widest < WIDTH_MAX) {
        const char *next = NULL;
        char line[WIDTH_MAX * 4 + 1];
        size_t length = text_wrap(text, WIDTH_MAX, &next);
        snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
        int width = text_width(line);
        widest = width > widest ? width : widest;
        text = next;
    }
    return widest;
}

static int button_width(const struct dialog *dialog, size_t button)
{
    return text_width(dialog->buttons[button].label) + 4; // "[ Label ]"
}

static int buttons_width(const struct dialog *dialog)
{
    int width = 0;
    for (size_t i = 0; i < dialog->button_count; i++)
        width += button_width(dialog, i) + (i > 0 ? BUTTON_GAP : 0);
    return width;
}

static int max(int a, int b)
{
    return a > b ? a : b;
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

static struct place measure(const struct dialog *dialog, int y, int x, int rows, int columns)
{
    struct place place = {.framed = rows >= 7 && columns >= 24, .error_rows = dialog->error != NULL};
    int frame_rows = place.framed ? 2 : 0, frame_columns = place.framed ? 4 : 0;
    int wanted = max(max(widest_line(dialog->text), buttons_width(dialog)), text_width(dialog->title) + 4);
    if (dialog->form != NULL)
        wanted = max(wanted, form_width(dialog->form));
    if (dialog->error != NULL)
        wanted = max(wanted, text_width(dialog->error) + 2);
    place.inside_width = min(min(max(wanted, 20), WIDTH_MAX), columns - frame_columns);
    place.width = place.inside_width + frame_columns;
    place.button_rows = buttons_width(dialog) <= place.inside_width ? 1 : (int)dialog->button_count;
    place.button_rows = min(place.button_rows, max(rows - frame_rows - 2, 1));
    int title_rows = place.framed ? 0 : 1;
    int form_wanted = dialog->form != NULL ? form_rows(dialog->form) : 0;
    int text_wanted = line_count(dialog->text, place.inside_width);
    int room = rows - frame_rows - title_rows - place.button_rows - place.error_rows;
    place.form_rows = max(min(form_wanted, room - min(text_wanted, 1)), form_wanted > 0 && room > 0 ? 1 : 0);
    room -= place.form_rows;
    place.text_rows = max(min(text_wanted, room), 0);
    room -= place.text_rows;
    int gaps = 1 + (form_wanted > 0 && text_wanted > 0);
    place.blanks = room >= gaps && place.framed ? 1 : 0;
    place.inside_height = title_rows + place.text_rows + place.form_rows + place.error_rows +
                          place.button_rows + place.blanks * gaps;
    place.height = place.inside_height + frame_rows;
    place.y = y + max((rows - place.height) / 2, 0);
    place.x = x + max((columns - place.width) / 2, 0);
    place.inside_y = place.y + frame_rows / 2;
    place.inside_x = place.x + frame_columns / 2;
    return place;
}

static void draw_text(const struct dialog *dialog, WINDOW *window, const struct place *place, int y)
{
    const char *next = dialog->text;
    int line = -dialog->scroll;
    for (; next != NULL && line < place->text_rows; line++) {
        const char *from = next;
        char text[WIDTH_MAX * 12 + 1];
        size_t length = text_wrap(from, place->inside_width, &next);
        if (line < 0)
            continue;
        snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1), from);
        text_put(window, y + line, place->inside_x, place->inside_width, ROLE_DIALOG, text);
    }
    int right = place->inside_x + place->inside_width - 1;
    if (dialog->scroll > 0)
        text_put(window, y, right, 1, ROLE_ACCENT, glyph(GLYPH_UP));
    if (next != NULL && place->text_rows > 0)
        text_put(window, y + place->text_rows - 1, right, 1, ROLE_ACCENT, glyph(GLYPH_DOWN));
}

// The letter that presses it is underlined, so that it is seen without colour too.
static void mark_hotkey(const struct dialog_button *button, WINDOW *window, int y, int x,
                        enum theme_role role)
{
    struct theme_style style = theme_style(role);
    style.attributes |= A_UNDERLINE | A_BOLD;
    for (int i = 0; button->label[i] != '\0' && (unsigned char)button->label[i] < 0x80; i++) {
        uint32_t here = (unsigned char)button->label[i];
        if ((here | 0x20) != (button->hotkey | 0x20))
            continue;
        char letter[2] = {button->label[i], '\0'};
        text_put_style(window, y, x + i, 1, style, letter);
        return;
    }
}

static void draw_button(struct dialog *dialog, size_t which, WINDOW *window, int y, int x, int columns)
{
    bool typing = dialog->form != NULL && form_focus(dialog->form) < form_count(dialog->form);
    bool focused = which == dialog->focus && !typing && !dialog->waiting && dialog_asks(dialog);
    bool ready = dialog_button_ready(dialog, which) && !dialog->waiting;
    const struct dialog_button *button = &dialog->buttons[which];
    int width = min(button_width(dialog, which), columns);
    dialog->places[which] = (struct dialog_place){.y = y, .x = x, .width = width};
    enum theme_role role = focused ? ROLE_BUTTON_FOCUS : ready ? ROLE_BUTTON : ROLE_DIM;
    if (focused)
        text_rest_at(y, x);
    // The focus is seen without any attribute too.
    text_putf(window, y, x, columns, role, focused ? "[>%s<]" : "[ %s ]", button->label);
    if (ready && !typing && columns > 4)
        mark_hotkey(button, window, y, x + 2, focused ? role : ROLE_KEY_HINT);
}

static void draw_buttons(struct dialog *dialog, WINDOW *window, const struct place *place, int y)
{
    memset(dialog->places, 0, sizeof dialog->places);
    if (place->button_rows == 1 && buttons_width(dialog) <= place->inside_width) {
        int x = place->inside_x + place->inside_width - buttons_width(dialog);
        for (size_t i = 0; i < dialog->button_count; i++) {
            draw_button(dialog, i, window, y, x, button_width(dialog, i));
            x += button_width(dialog, i) + BUTTON_GAP;
        }
        return;
    }
    // One below the other; the one with the focus is in sight.
    size_t rows = (size_t)place->button_rows;
    size_t first = dialog->focus >= rows ? dialog->focus - rows + 1 : 0;
    for (size_t i = 0; i < rows && first + i < dialog->button_count; i++)
        draw_button(dialog, first + i, window, y + (int)i, place->inside_x, place->inside_width);
}

bool dialog_draw(struct dialog *dialog, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
                 int *cursor_x)
{
    if (rows <= 0 || columns <= 0)
        return false;
    struct place place = measure(dialog, y, x, rows, columns);
    enum theme_role border = level_roles[dialog->level];
    bool cursor = false;
    dialog->text_rows = place.text_rows;
    dialog->text_lines = line_count(dialog->text, place.inside_width);
    dialog->scroll = max(min(dialog->scroll, dialog->text_lines - dialog->text_rows), 0);
    int line = place.inside_y;
    if (place.framed) {
        text_box(window, place.y, place.x, place.height, place.width, border, ROLE_DIALOG, dialog->title);
    } else {
        text_fill(window, place.y, place.x, place.height, place.width, ROLE_DIALOG);
        text_put(window, line++, place.inside_x, place.inside_width,
                 dialog->level == DIALOG_DANGER ? ROLE_DANGER : ROLE_TITLE, dialog->title);
    }
    draw_text(dialog, window, &place, line);
    line += place.text_rows + (place.text_rows > 0 && place.form_rows > 0 ? place.blanks : 0);
    if (dialog->form != NULL)
        cursor = form_draw(dialog->form, window, line, place.inside_x, place.form_rows, place.inside_width,
                           cursor_y, cursor_x);
    dialog->form_place = (struct dialog_place){
        .y = line, .x = place.inside_x, .width = place.form_rows > 0 ? place.inside_width : 0};
    line += place.form_rows;
    if (dialog->error != NULL)
        text_putf(window, line, place.inside_x, place.inside_width, ROLE_BAD, "%s %s", glyph(GLYPH_WARNING),
                  dialog->error);
    line += place.error_rows + place.blanks;
    draw_buttons(dialog, window, &place, line);
    return cursor;
}
