// SPDX-License-Identifier: Apache-2.0
//
// copy_view: scroll the part of the terminal that copy mode shows, mark its cells, and leave notices for the
// operator.

#include "tui/pane/copy_mode_private.h"

#include <stdarg.h>
#include <stdio.h>

static int64_t top_most(const struct copy_mode *copy)
{
    return copy_newest(copy) - copy->rows + 1;
}

void copy_scroll_by(struct copy_mode *copy, int rows)
{
    int64_t top = copy->top - rows;
    if (top > top_most(copy))
        top = top_most(copy);
    if (top < copy_oldest(copy))
        top = copy_oldest(copy);
    copy->top = top;
    if (copy->cursor.line < top)
        copy->cursor.line = top;
    if (copy->cursor.line > top + copy->rows - 1)
        copy->cursor.line = top + copy->rows - 1;
}

void copy_show_cursor(struct copy_mode *copy)
{
    if (copy->cursor.line < copy->top)
        copy->top = copy->cursor.line;
    if (copy->cursor.line > copy->top + copy->rows - 1)
        copy->top = copy->cursor.line - copy->rows + 1;
}

void copy_end_at_bottom(const struct copy_mode *copy, struct copy_verdict *verdict)
{
    if (copy->entry == COPY_BRIEF && copy->top == top_most(copy) && copy->selection == COPY_NONE)
        verdict->result = COPY_LEFT;
}

// --- what is drawn over it ---

void copy_mark(struct copy_mode *copy, int64_t line, int first, int last, unsigned char mark)
{
    int64_t y = line - copy->top;
    if (y < 0 || y >= copy->rows)
        return;
    for (int x = first < 0 ? 0 : first; x <= last && x < copy->cols; x++)
        copy->marks[(size_t)y * (size_t)copy->cols + (size_t)x] |= mark;
}

void copy_notice(struct copy_verdict *verdict, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vsnprintf(verdict->notice, sizeof verdict->notice, format, list);
    va_end(list);
}
