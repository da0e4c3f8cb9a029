// SPDX-License-Identifier: Apache-2.0
//
// copy_move: move the cursor of copy mode. Rows that are one wrapped line are one line here too: words, the
// start and the end of a line cross the edge where the line was broken.

#include "tui/pane/copy_mode_private.h"

#include "tui/base/text_decode.h"

#include <limits.h>
#include <string.h>
#include <wctype.h>

// What a movement may walk over, and a word on each side: a few milliseconds.
enum { MOVE_STEPS = 100000, WORD_STEPS = 5000 };

// --- the cursor ---

// Onto the first half of a wide character and, but for a block, not behind the text.
static void settle(struct copy_mode *copy)
{
    const struct copy_row *row = copy_row(copy, copy->cursor.line);
    int last = copy->selection == COPY_BLOCK ? copy->cols - 1 : row != NULL ? row->used - 1 : 0;
    if (copy->cursor.col > last)
        copy->cursor.col = last;
    if (copy->cursor.col < 0)
        copy->cursor.col = 0;
    while (row != NULL && copy->cursor.col > 0 && copy->cursor.col < row->cols &&
           row->glyphs[copy->cursor.col].width == 0)
        copy->cursor.col--;
}

static void to_line(struct copy_mode *copy, int64_t line)
{
    if (line < copy_oldest(copy))
        line = copy_oldest(copy);
    if (line > copy_newest(copy))
        line = copy_newest(copy);
    copy->cursor.line = line;
    copy->cursor.col = copy->wanted_col;
    settle(copy);
}

static void sideways(struct copy_mode *copy, int by, int count)
{
    bool hard = false;
    for (int i = 0; i < count; i++) {
        struct copy_pos at = copy->cursor;
        if (copy->selection == COPY_BLOCK) {
            at.col += by;
            if (by > 0 && copy_row(copy, at.line) != NULL)
                while (at.col < copy->row.cols && copy->row.glyphs[at.col].width == 0)
                    at.col++;
            if (at.col < 0 || at.col >= copy->cols)
                break;
        } else if (!copy_step(copy, &at, by, &hard) || hard) {
            break;
        }
        copy->cursor = at;
        settle(copy);
    }
}

// --- words ---

enum kind { BLANK, LETTER, SIGN };

static enum kind class_at(struct copy_mode *copy, struct copy_pos at, bool big)
{
    const struct copy_row *row = copy_row(copy, at.line);
    uint32_t codepoint = 0;
    if (row == NULL || at.col >= row->used)
        return BLANK;
    const char *text = row->glyphs[at.col].text;
    if (text_decode(text, strlen(text), &codepoint) == 0 || codepoint == ' ' ||
        iswspace((wint_t)codepoint) != 0)
        return BLANK;
    if (big || codepoint == '_' || iswalnum((wint_t)codepoint) != 0)
        return LETTER;
    return SIGN;
}

static void word_forward(struct copy_mode *copy, bool big)
{
    struct copy_pos at = copy->cursor;
    enum kind from = class_at(copy, at, big);
    bool hard = false;
    // To the end of this word, then over blanks. A line's end is a blank.
    while (from != BLANK && class_at(copy, at, big) == from)
        if (!copy_step(copy, &at, 1, &hard) || hard)
            break;
    while (class_at(copy, at, big) == BLANK)
        if (!copy_step(copy, &at, 1, &hard))
            break;
    copy->cursor = at;
}

// To the end of the next word (by 1), or the start of the one before (by -1).
static void word_edge(struct copy_mode *copy, bool big, int by)
{
    struct copy_pos at = copy->cursor, next;
    bool hard = false;
    do {
        if (!copy_step(copy, &at, by, &hard))
            break;
    } while (class_at(copy, at, big) == BLANK);
    enum kind here = class_at(copy, at, big);
    for (next = at; copy_step(copy, &next, by, &hard) && !hard && class_at(copy, next, big) == here;)
        at = next;
    copy->cursor = at;
}

// What a double click takes beside letters and digits: paths, addresses and options are whole then.
static bool in_name(struct copy_mode *copy, struct copy_pos at)
{
    const struct copy_row *row = copy_row(copy, at.line);
    enum kind at_kind = class_at(copy, at, false);
    if (at_kind != SIGN || row == NULL)
        return at_kind == LETTER;
    const char *text = row->glyphs[at.col].text;
    return text[1] == '\0' && strchr("-./:~@%+=?&#$,", text[0]) != NULL;
}

void copy_word_at(struct copy_mode *copy, struct copy_pos at, struct copy_pos *first, struct copy_pos *last)
{
    bool name = in_name(copy, at), hard = false;
    *first = *last = at;
    struct copy_pos *const ends[] = {first, last};
    // A sign that is in no name stands alone; so does what is behind the text.
    if (class_at(copy, at, false) == SIGN && !name)
        return;
    for (int i = 0; i < 2; i++) {
        copy->steps = WORD_STEPS;
        for (struct copy_pos next = at; copy_step(copy, &next, i == 0 ? -1 : 1, &hard) && !hard &&
                                        in_name(copy, next) == name &&
                                        (name || class_at(copy, next, false) == BLANK);)
            *ends[i] = next;
    }
}

// --- lines ---

static void line_end(struct copy_mode *copy)
{
    copy->cursor.line = copy_line_last(copy, copy->cursor.line);
    copy->cursor.col = INT_MAX;
    if (copy->selection == COPY_BLOCK && copy_row(copy, copy->cursor.line) != NULL)
        copy->cursor.col = copy->row.used - 1;
    settle(copy);
}

static void line_first(struct copy_mode *copy)
{
    bool hard = false;
    copy->cursor.line = copy_line_first(copy, copy->cursor.line);
    copy->cursor.col = 0;
    struct copy_pos at = copy->cursor;
    while (class_at(copy, at, true) == BLANK)
        if (!copy_step(copy, &at, 1, &hard) || hard)
            return; // nothing but blanks
    copy->cursor = at;
}

// The newest line with something on it, or the program's cursor when that is further down: a fresh screen is
// mostly empty.
static int64_t last_written(struct copy_mode *copy)
{
    int64_t pushed = (int64_t)vt_history_pushed(copy->vt), line = copy_newest(copy);
    int64_t least = pushed + vt_cursor(copy->vt).y;
    while (line > least && copy_row(copy, line) != NULL && copy->row.used == 0)
        line--;
    return line;
}

static void by_pages(struct copy_mode *copy, int rows)
{
    int64_t line = copy->cursor.line + rows;
    copy_scroll_by(copy, -rows);
    to_line(copy, line);
}

// --- all of them ---

static void move_words(struct copy_mode *copy, enum copy_movement movement)
{
    bool big = movement >= COPY_MOVE_BIG_WORD;
    switch (movement) {
    case COPY_MOVE_WORD:
    case COPY_MOVE_BIG_WORD:
        word_forward(copy, big);
        break;
    case COPY_MOVE_WORD_BACK:
    case COPY_MOVE_BIG_WORD_BACK:
        word_edge(copy, big, -1);
        break;
    default:
        word_edge(copy, big, 1);
        break;
    }
}

static void move_vertically(struct copy_mode *copy, enum copy_movement movement, int count)
{
    int half = copy->rows > 1 ? copy->rows / 2 : 1, page = copy->rows > 2 ? copy->rows - 2 : 1;
    int times = count > 0 ? count : 1;
    int64_t newest = copy_newest(copy), bottom = copy->top + copy->rows - 1;
    if (bottom > newest)
        bottom = newest;
    switch (movement) {
    case COPY_MOVE_UP:
        to_line(copy, copy->cursor.line - times);
        break;
    case COPY_MOVE_DOWN:
        to_line(copy, copy->cursor.line + times);
        break;
    case COPY_MOVE_OLDEST:
        copy->wanted_col = 0;
        to_line(copy, copy_oldest(copy) + (count > 0 ? count - 1 : 0));
        break;
    case COPY_MOVE_NEWEST:
        copy->wanted_col = 0;
        to_line(copy, count > 0 ? copy_oldest(copy) + count - 1 : last_written(copy));
        break;
    case COPY_MOVE_VIEW_TOP:
        to_line(copy, copy->top + times - 1 < bottom ? copy->top + times - 1 : bottom);
        break;
    case COPY_MOVE_VIEW_MIDDLE:
        to_line(copy, copy->top + (copy->rows - 1) / 2);
        break;
    case COPY_MOVE_VIEW_BOTTOM:
        to_line(copy, bottom - times + 1 > copy->top ? bottom - times + 1 : copy->top);
        break;
    case COPY_MOVE_HALF_UP:
    case COPY_MOVE_HALF_DOWN:
        by_pages(copy, movement == COPY_MOVE_HALF_UP ? -half * times : half * times);
        break;
    case COPY_MOVE_PAGE_UP:
    case COPY_MOVE_PAGE_DOWN:
        by_pages(copy, movement == COPY_MOVE_PAGE_UP ? -page * times : page * times);
        break;
    default:
        copy_scroll_by(copy, movement == COPY_MOVE_ROLL_UP ? times : -times);
        to_line(copy, copy->cursor.line);
        break;
    }
}

void copy_move(struct copy_mode *copy, enum copy_movement movement, int count)
{
    int times = count > 0 ? count : 1;
    copy->steps = MOVE_STEPS;
    bool vertical = movement == COPY_MOVE_UP || movement == COPY_MOVE_DOWN || movement >= COPY_MOVE_OLDEST;
    if (vertical) {
        move_vertically(copy, movement, count);
        copy_show_cursor(copy);
        return;
    }
    switch (movement) {
    case COPY_MOVE_LEFT:
    case COPY_MOVE_RIGHT:
        sideways(copy, movement == COPY_MOVE_LEFT ? -1 : 1, times);
        break;
    case COPY_MOVE_LINE_START:
        copy->cursor.line = copy_line_first(copy, copy->cursor.line);
        copy->cursor.col = 0;
        break;
    case COPY_MOVE_LINE_FIRST:
        line_first(copy);
        break;
    case COPY_MOVE_LINE_END:
        line_end(copy);
        break;
    default:
        for (int i = 0; i < times; i++) {
            struct copy_pos before = copy->cursor;
            move_words(copy, movement);
            if (copy_compare(before, copy->cursor) == 0)
                break;
        }
        settle(copy);
        break;
    }
    copy->wanted_col = movement == COPY_MOVE_LINE_END ? INT_MAX : copy->cursor.col;
    copy_show_cursor(copy);
}
