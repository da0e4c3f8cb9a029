// SPDX-License-Identifier: Apache-2.0
//
// copy_select: the selection and its text, as a person would have typed it: trailing blanks go, wrapped rows
// are joined, characters are whole.

#include "tui/pane/copy_mode_private.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

// --- what is selected ---

static void order(struct copy_pos *first, struct copy_pos *last)
{
    if (copy_compare(*first, *last) > 0) {
        struct copy_pos other = *first;
        *first = *last;
        *last = other;
    }
}

static void range_of_words(struct copy_mode *copy, struct copy_range *range)
{
    struct copy_pos first, last;
    copy_word_at(copy, copy->anchor, &range->first, &range->last);
    copy_word_at(copy, copy->cursor, &first, &last);
    if (copy_compare(first, range->first) < 0)
        range->first = first;
    if (copy_compare(last, range->last) > 0)
        range->last = last;
}

bool copy_range(struct copy_mode *copy, struct copy_range *range)
{
    *range = (struct copy_range){.first = copy->anchor, .last = copy->cursor};
    order(&range->first, &range->last);
    switch (copy->selection) {
    case COPY_NONE:
        return false;
    case COPY_CHARACTERS:
        break;
    case COPY_WORDS:
        range_of_words(copy, range);
        break;
    case COPY_LINES:
        range->first = (struct copy_pos){copy_line_first(copy, range->first.line), 0};
        range->last = (struct copy_pos){copy_line_last(copy, range->last.line), VT_COLS_MAX - 1};
        break;
    case COPY_BLOCK:
        range->block = true;
        if (range->first.col > range->last.col) {
            int col = range->first.col;
            range->first.col = range->last.col;
            range->last.col = col;
        }
        break;
    }
    return true;
}

// The same again ends it; another changes what it is and keeps where it began.
void copy_select(struct copy_mode *copy, enum copy_selection selection)
{
    if (copy->selection == COPY_NONE)
        copy->anchor = copy->cursor;
    copy->selection = copy->selection == selection ? COPY_NONE : selection;
}

// --- the columns of a row ---

// What of the row lies in the range: columns *from..*to, whole characters only. False: nothing.
static bool columns_of(const struct copy_row *row, const struct copy_range *range, int *from, int *to)
{
    *from = range->block || row->line == range->first.line ? range->first.col : 0;
    *to = range->block || row->line == range->last.line ? range->last.col : row->used - 1;
    if (*to > row->used - 1)
        *to = row->used - 1;
    if (*from > *to)
        return false;
    while (*from > 0 && row->glyphs[*from].width == 0)
        (*from)--;
    while (*to + 1 < row->used && row->glyphs[*to + 1].width == 0)
        (*to)++;
    return true;
}

// --- the text ---

struct text {
    char *bytes;
    size_t length, room;
    bool over;
};

static void add(struct text *text, const char *bytes, size_t length)
{
    if (text->over || length > COPY_TEXT_MAX - text->length) {
        text->over = true;
        return;
    }
    if (text->length + length + 1 > text->room) {
        text->room = 2 * (text->length + length) + 256;
        text->bytes = xrealloc(text->bytes, text->room);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static void add_row(struct text *text, const struct copy_row *row, const struct copy_range *range)
{
    int from = 0, to = 0;
    size_t begin = text->length;
    if (!columns_of(row, range, &from, &to))
        return;
    for (int x = from; x <= to; x++) {
        const struct vt_glyph *glyph = &row->glyphs[x];
        if (glyph->width > 0)
            add(text, glyph->text[0] != '\0' ? glyph->text : " ",
                glyph->text[0] != '\0' ? strlen(glyph->text) : 1);
    }
    // Within a line that goes on blanks are text.
    if (range->block || !row->wraps)
        while (text->length > begin && text->bytes[text->length - 1] == ' ')
            text->length--;
}

bool copy_take(struct copy_mode *copy, struct copy_verdict *verdict)
{
    struct copy_range range;
    struct text text = {NULL, 0, 0, false};
    if (!copy_range(copy, &range)) {
        copy_notice(verdict, "Nothing is selected: v, V or Ctrl-v starts a selection");
        return false;
    }
    for (int64_t line = range.first.line; line <= range.last.line && !text.over; line++) {
        const struct copy_row *row = copy_row(copy, line);
        if (row == NULL)
            continue;
        add_row(&text, row, &range);
        if (line < range.last.line && (range.block || !row->wraps))
            add(&text, "\n", 1);
    }
    // The end of the selection is the end of its last line, also within a row that goes on.
    while (text.length > 0 && text.bytes[text.length - 1] == ' ')
        text.length--;
    if (text.over || text.length == 0) {
        if (text.over)
            copy_notice(verdict, "More than %d KiB is selected, which most terminals reject: select less",
                        COPY_TEXT_MAX / 1024);
        else
            copy_notice(verdict, "The selection has no text");
        free(text.bytes);
        return false;
    }
    text.bytes[text.length] = '\0';
    verdict->text = text.bytes;
    verdict->text_length = text.length;
    return true;
}

// --- marks ---

void copy_mark_selection(struct copy_mode *copy)
{
    struct copy_range range;
    if (!copy_range(copy, &range))
        return;
    for (int y = 0; y < copy->rows; y++) {
        int64_t line = copy->top + y;
        int from = range.first.col, to = range.last.col;
        if (line < range.first.line || line > range.last.line)
            continue;
        const struct copy_row *row = copy_row(copy, line);
        if (row != NULL && columns_of(row, &range, &from, &to))
            copy_mark(copy, line, from, to, VT_PANE_SELECTED);
        if (row != NULL && range.block)
            copy_mark(copy, line, range.first.col, range.last.col, VT_PANE_SELECTED);
        else if (row != NULL && row->used == 0)
            copy_mark(copy, line, 0, 0, VT_PANE_SELECTED); // an empty line is seen to be taken
    }
}
