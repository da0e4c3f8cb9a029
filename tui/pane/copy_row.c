// SPDX-License-Identifier: Apache-2.0
//
// copy_row: read the terminal as copy mode sees it: as numbered lines, as rows of text without trailing
// blanks, and as one run of characters from the oldest to the newest.

#include "tui/pane/copy_mode_private.h"

#include <string.h>

enum { ROW_STEPS = 20 }; // what reading a row costs, in steps within one

int64_t copy_oldest(const struct copy_mode *copy)
{
    return (int64_t)vt_history_pushed(copy->vt) - vt_history_rows(copy->vt);
}

int64_t copy_newest(const struct copy_mode *copy)
{
    return (int64_t)vt_history_pushed(copy->vt) + vt_rows(copy->vt) - 1;
}

int copy_compare(struct copy_pos a, struct copy_pos b)
{
    if (a.line != b.line)
        return a.line < b.line ? -1 : 1;
    return a.col < b.col ? -1 : a.col > b.col ? 1 : 0;
}

// --- rows ---

static bool is_plain(const struct cell_style *style)
{
    return style->fg == 0 && style->bg == 0 && style->underline == 0 && style->attributes == 0 &&
           style->link == 0;
}

// A row that goes on was written to its end, apart from the column that a wide character did not fit in; the
// blanks behind the end of a line are nobody's.
static int used_columns(const struct vt_glyph *glyphs, int count, bool wraps)
{
    for (; count > 0; count--) {
        const struct vt_glyph *last = &glyphs[count - 1];
        bool blank = last->text[0] == '\0' && last->width > 0;
        if (wraps ? !blank || !is_plain(&last->style) : !blank && strcmp(last->text, " ") != 0)
            break;
    }
    return count;
}

void copy_row_read(const struct copy_mode *copy, int64_t line, struct copy_row *row)
{
    int y = (int)(line - (int64_t)vt_history_pushed(copy->vt));
    row->line = line;
    row->generation = vt_generation(copy->vt);
    row->cols = vt_row_read(copy->vt, y, row->glyphs, VT_COLS_MAX);
    row->wraps = row->cols > 0 && vt_row_wraps(copy->vt, y) && line < copy_newest(copy);
    row->used = used_columns(row->glyphs, row->cols, row->wraps);
    row->valid = row->cols > 0;
}

const struct copy_row *copy_row(struct copy_mode *copy, int64_t line)
{
    struct copy_row *row = &copy->row;
    if (line < copy_oldest(copy) || line > copy_newest(copy))
        return NULL;
    if (!row->valid || row->line != line || row->generation != vt_generation(copy->vt))
        copy_row_read(copy, line, row);
    return row->valid ? row : NULL;
}

bool copy_wraps(const struct copy_mode *copy, int64_t line)
{
    return line >= copy_oldest(copy) && line < copy_newest(copy) &&
           vt_row_wraps(copy->vt, (int)(line - (int64_t)vt_history_pushed(copy->vt)));
}

int64_t copy_line_first(const struct copy_mode *copy, int64_t line)
{
    while (copy_wraps(copy, line - 1))
        line--;
    return line;
}

int64_t copy_line_last(const struct copy_mode *copy, int64_t line)
{
    while (copy_wraps(copy, line))
        line++;
    return line;
}

// --- characters ---

static bool step_forward(struct copy_mode *copy, struct copy_pos *at, bool *hard)
{
    const struct copy_row *row = copy_row(copy, at->line);
    if (row == NULL)
        return false;
    int next = at->col + 1;
    while (next < row->used && row->glyphs[next].width == 0)
        next++;
    if (next < row->used) {
        at->col = next;
        return true;
    }
    if (at->line >= copy_newest(copy))
        return false;
    *hard = !row->wraps;
    at->line++;
    at->col = 0;
    return true;
}

static bool step_back(struct copy_mode *copy, struct copy_pos *at, bool *hard)
{
    const struct copy_row *row = copy_row(copy, at->line);
    if (row == NULL)
        return false;
    if (at->col == 0) {
        if (at->line <= copy_oldest(copy))
            return false;
        at->line--;
        row = copy_row(copy, at->line);
        if (row == NULL)
            return false;
        *hard = !row->wraps;
        at->col = row->used;
        if (row->used == 0)
            return true;
    } else if (at->col > row->used) {
        at->col = row->used > 0 ? row->used : 1;
    }
    at->col--;
    while (at->col > 0 && row->glyphs[at->col].width == 0)
        at->col--;
    return true;
}

bool copy_step(struct copy_mode *copy, struct copy_pos *at, int by, bool *hard)
{
    int64_t line = at->line;
    *hard = false;
    if (copy->steps <= 0)
        return false;
    bool done = by > 0 ? step_forward(copy, at, hard) : step_back(copy, at, hard);
    copy->steps -= at->line != line ? ROW_STEPS : 1;
    return done;
}
