// SPDX-License-Identifier: Apache-2.0
//
// line_edit: edit one line of text. Only characters that may be shown are let in, so that whoever reads the
// text later need not care; drawing still goes through text.h like everything else.

#include "tui/widget/line_edit.h"

#include "tui/base/text.h"
#include "tui/base/text_decode.h"

#include <stdint.h>
#include <string.h>

void line_edit_begin(struct line_edit *edit, size_t cap, const char *text)
{
    memset(edit, 0, sizeof *edit);
    edit->cap = cap >= 2 && cap <= LINE_EDIT_MAX ? cap : LINE_EDIT_MAX;
    if (text != NULL)
        line_edit_set(edit, text);
}

void line_edit_wipe(struct line_edit *edit)
{
    explicit_bzero(edit->text, sizeof edit->text);
    explicit_bzero(edit->partial, sizeof edit->partial);
    edit->length = edit->cursor = edit->partial_length = 0;
    edit->scroll = 0;
}

// Characters are stepped over with the marks that stand on them.
static bool is_mark(const struct line_edit *edit, size_t at)
{
    uint32_t codepoint = 0;
    return text_decode(edit->text + at, edit->length - at, &codepoint) > 0 && text_is_mark(codepoint);
}

static size_t after(const struct line_edit *edit, size_t at)
{
    uint32_t codepoint = 0;
    do
        at += text_decode(edit->text + at, edit->length - at, &codepoint);
    while (at < edit->length && is_mark(edit, at));
    return at;
}

static size_t before(const struct line_edit *edit, size_t at)
{
    const char *text = edit->text;
    while (at > 0) {
        do
            at--;
        while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
        if (!is_mark(edit, at))
            break;
    }
    return at;
}

static bool insert(struct line_edit *edit, const char *bytes, size_t length)
{
    uint32_t codepoint = 0;
    if (text_decode(bytes, length, &codepoint) != length || !text_is_shown(codepoint) ||
        edit->length + length >= edit->cap)
        return false;
    memmove(edit->text + edit->cursor + length, edit->text + edit->cursor, edit->length - edit->cursor);
    memcpy(edit->text + edit->cursor, bytes, length);
    edit->length += length;
    edit->cursor += length;
    edit->text[edit->length] = '\0';
    return true;
}

static enum line_edit_result cut(struct line_edit *edit, size_t from, size_t to)
{
    if (from >= to)
        return LINE_EDIT_MOVED;
    memmove(edit->text + from, edit->text + to, edit->length - to);
    edit->length -= to - from;
    // What was there does not stay behind the end: it may be a password.
    explicit_bzero(edit->text + edit->length, to - from);
    edit->cursor = from;
    return LINE_EDIT_CHANGED;
}

// Line ends and tabs of a paste become blanks, the rest that can't be shown is left out.
static bool insert_foreign(struct line_edit *edit, const char *bytes, size_t length)
{
    bool changed = false;
    for (size_t at = 0; at < length;) {
        uint32_t codepoint = 0;
        size_t used = text_decode(bytes + at, length - at, &codepoint);
        if (codepoint == '\n' || codepoint == '\r' || codepoint == '\t')
            changed |= insert(edit, " ", 1);
        else if (codepoint != TEXT_INVALID)
            changed |= insert(edit, bytes + at, used);
        at += used;
    }
    return changed;
}

static enum line_edit_result paste(struct line_edit *edit, const char *raw, size_t length)
{
    char joined[sizeof edit->partial + INPUT_PASTE_PIECE_MAX];
    if (length > INPUT_PASTE_PIECE_MAX)
        length = INPUT_PASTE_PIECE_MAX;
    memcpy(joined, edit->partial, edit->partial_length);
    memcpy(joined + edit->partial_length, raw, length);
    length += edit->partial_length;
    edit->partial_length = text_decode_incomplete(joined, length);
    length -= edit->partial_length;
    memcpy(edit->partial, joined + length, edit->partial_length);
    bool changed = insert_foreign(edit, joined, length);
    explicit_bzero(joined, sizeof joined);
    return changed ? LINE_EDIT_CHANGED : LINE_EDIT_MOVED;
}

void line_edit_set(struct line_edit *edit, const char *text)
{
    line_edit_wipe(edit);
    insert_foreign(edit, text, strlen(text));
}

static size_t word_before(const struct line_edit *edit)
{
    size_t at = edit->cursor;
    while (at > 0 && edit->text[at - 1] == ' ')
        at--;
    while (at > 0 && edit->text[at - 1] != ' ')
        at--;
    return at;
}

static size_t word_after(const struct line_edit *edit)
{
    size_t at = edit->cursor;
    while (at < edit->length && edit->text[at] == ' ')
        at++;
    while (at < edit->length && edit->text[at] != ' ')
        at++;
    return at;
}

enum action {
    GO_LEFT,
    GO_RIGHT,
    GO_HOME,
    GO_END,
    GO_WORD_LEFT,
    GO_WORD_RIGHT,
    CUT_LEFT,
    CUT_RIGHT,
    CUT_HOME,
    CUT_END,
    CUT_WORD
};

static const struct {
    uint32_t key;
    unsigned modifiers;
    enum action action;
} actions[] = {
    {INPUT_KEY_LEFT, 0, GO_LEFT},
    {'b', INPUT_CTRL, GO_LEFT},
    {INPUT_KEY_RIGHT, 0, GO_RIGHT},
    {'f', INPUT_CTRL, GO_RIGHT},
    {INPUT_KEY_HOME, 0, GO_HOME},
    {'a', INPUT_CTRL, GO_HOME},
    {INPUT_KEY_END, 0, GO_END},
    {'e', INPUT_CTRL, GO_END},
    {INPUT_KEY_LEFT, INPUT_CTRL, GO_WORD_LEFT},
    {INPUT_KEY_LEFT, INPUT_ALT, GO_WORD_LEFT},
    {'b', INPUT_ALT, GO_WORD_LEFT},
    {INPUT_KEY_RIGHT, INPUT_CTRL, GO_WORD_RIGHT},
    {INPUT_KEY_RIGHT, INPUT_ALT, GO_WORD_RIGHT},
    {'f', INPUT_ALT, GO_WORD_RIGHT},
    {INPUT_KEY_BACKSPACE, 0, CUT_LEFT},
    {INPUT_KEY_BACKSPACE, INPUT_SHIFT, CUT_LEFT},
    {'h', INPUT_CTRL, CUT_LEFT},
    {INPUT_KEY_DELETE, 0, CUT_RIGHT},
    {'d', INPUT_CTRL, CUT_RIGHT},
    {'u', INPUT_CTRL, CUT_HOME},
    {'k', INPUT_CTRL, CUT_END},
    {'w', INPUT_CTRL, CUT_WORD},
    {INPUT_KEY_BACKSPACE, INPUT_ALT, CUT_WORD},
};

static enum line_edit_result act(struct line_edit *edit, enum action action)
{
    size_t at = edit->cursor;
    size_t next = at < edit->length ? after(edit, at) : at;
    switch (action) {
    case GO_LEFT:
        edit->cursor = before(edit, at);
        break;
    case GO_RIGHT:
        edit->cursor = next;
        break;
    case GO_HOME:
        edit->cursor = 0;
        break;
    case GO_END:
        edit->cursor = edit->length;
        break;
    case GO_WORD_LEFT:
        edit->cursor = word_before(edit);
        break;
    case GO_WORD_RIGHT:
        edit->cursor = word_after(edit);
        break;
    case CUT_LEFT:
        return cut(edit, before(edit, at), at);
    case CUT_RIGHT:
        return cut(edit, at, next);
    case CUT_HOME:
        return cut(edit, 0, at);
    case CUT_END:
        return cut(edit, at, edit->length);
    case CUT_WORD:
        return cut(edit, word_before(edit), at);
    }
    return LINE_EDIT_MOVED;
}

enum line_edit_result line_edit_input(struct line_edit *edit, const struct input_event *event)
{
    if (event->kind == INPUT_PASTE)
        return paste(edit, event->raw, event->raw_length);
    if (event->kind == INPUT_PASTE_BEGIN || event->kind == INPUT_PASTE_END) {
        edit->partial_length = 0;
        return LINE_EDIT_MOVED;
    }
    if (input_event_is_text(event)) {
        char bytes[4];
        size_t length = text_encode(event->key, bytes);
        return insert(edit, bytes, length) ? LINE_EDIT_CHANGED : LINE_EDIT_MOVED;
    }
    if (event->kind != INPUT_KEY)
        return LINE_EDIT_IGNORED;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (actions[i].key == event->key && actions[i].modifiers == event->modifiers)
            return act(edit, actions[i].action);
    return LINE_EDIT_IGNORED;
}

// Columns of the text as it is drawn, up to a byte offset.
static int columns_to(const struct line_edit *edit, size_t end)
{
    int columns = 0;
    for (size_t at = 0; at < end;) {
        size_t next = after(edit, at);
        char piece[64];
        size_t length = next - at < sizeof piece ? next - at : sizeof piece - 1;
        memcpy(piece, edit->text + at, length);
        piece[length] = '\0';
        columns += edit->masked ? 1 : text_width(piece);
        at = next;
    }
    return columns;
}

int line_edit_draw(struct line_edit *edit, WINDOW *window, int y, int x, int columns, enum theme_role role)
{
    if (columns <= 0)
        return x;
    int cursor = columns_to(edit, edit->cursor), width = columns_to(edit, edit->length);
    if (cursor < edit->scroll)
        edit->scroll = cursor;
    if (cursor >= edit->scroll + columns)
        edit->scroll = cursor - columns + 1;
    if (edit->scroll > 0 && width + 1 < edit->scroll + columns)
        edit->scroll = width + 1 > columns ? width + 1 - columns : 0;
    text_fill(window, y, x, 1, columns, role);
    int column = 0;
    for (size_t at = 0; at < edit->length && column < edit->scroll + columns;) {
        size_t next = after(edit, at);
        char piece[64];
        size_t length = next - at < sizeof piece ? next - at : sizeof piece - 1;
        memcpy(piece, edit->text + at, length);
        piece[length] = '\0';
        const char *shown = edit->masked ? glyph(GLYPH_MASK) : piece;
        int wide = edit->masked ? 1 : text_width(piece);
        if (column >= edit->scroll && column + wide <= edit->scroll + columns)
            text_put(window, y, x + column - edit->scroll, wide, role, shown);
        column += wide;
        at = next;
    }
    return x + cursor - edit->scroll;
}
