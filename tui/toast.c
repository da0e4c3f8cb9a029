// SPDX-License-Identifier: Apache-2.0
//
// toast: owns a few messages and when each is over. More than are shown are not kept: what is worth reading
// later stands in the event log.

#include "tui/toast.h"

#include "tui/text.h"
#include "tui/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct toast {
    enum toast_level level;
    int64_t until_ms;
    char text[TOAST_TEXT_MAX];
};

// A long text (what went wrong, why, and what to do) takes several lines where there are lines to give.
enum { TOAST_LINES = 3, ROWS_FOR_LINES = 12, MARGINS = 4 };

struct piece {
    const char *text;
    int length;
};

struct toasts {
    struct toast shown[TOASTS_SHOWN]; // oldest first
    int count;
};

static const struct {
    int64_t ms;
    enum theme_role role;
    enum glyph glyph;
} levels[TOAST_LEVEL_COUNT] = {
    [TOAST_INFO] = {4000, ROLE_TOAST_INFO, GLYPH_INFO},
    [TOAST_WARN] = {7000, ROLE_TOAST_WARN, GLYPH_WARNING},
    [TOAST_ERROR] = {12000, ROLE_TOAST_ERROR, GLYPH_CROSS},
};

struct toasts *toasts_new(void)
{
    return xcalloc(1, sizeof(struct toasts));
}

void toasts_free(struct toasts *toasts)
{
    free(toasts);
}

static void drop(struct toasts *toasts, int which)
{
    toasts->count--;
    memmove(&toasts->shown[which], &toasts->shown[which + 1],
            (size_t)(toasts->count - which) * sizeof toasts->shown[0]);
}

void toasts_add(struct toasts *toasts, enum toast_level level, const char *text, int64_t now_ms)
{
    struct toast toast = {.level = level, .until_ms = now_ms + levels[level].ms};
    display(text, strlen(text), toast.text, sizeof toast.text);
    for (int i = 0; i < toasts->count; i++) {
        if (toasts->shown[i].level == level && strcmp(toasts->shown[i].text, toast.text) == 0) {
            drop(toasts, i);
            break;
        }
    }
    if (toasts->count == TOASTS_SHOWN)
        drop(toasts, 0);
    toasts->shown[toasts->count++] = toast;
}

bool toasts_expire(struct toasts *toasts, int64_t now_ms)
{
    int before = toasts->count;
    for (int i = toasts->count - 1; i >= 0; i--)
        if (toasts->shown[i].until_ms <= now_ms)
            drop(toasts, i);
    return toasts->count != before;
}

int64_t toasts_next_ms(const struct toasts *toasts)
{
    int64_t next = -1;
    for (int i = 0; i < toasts->count; i++)
        if (next < 0 || toasts->shown[i].until_ms < next)
            next = toasts->shown[i].until_ms;
    return next;
}

bool toasts_dismiss(struct toasts *toasts)
{
    bool any = toasts->count > 0;
    toasts->count = 0;
    return any;
}

int toasts_count(const struct toasts *toasts)
{
    return toasts->count;
}

// The lines of one text on that many columns; the last one holds all the rest, which is then cut.
static int break_up(const char *text, int columns, int most, struct piece pieces[TOAST_LINES])
{
    int count = 0;
    for (const char *rest = text; rest != NULL && *rest != '\0' && count < most; count++) {
        const char *next = NULL;
        size_t length = text_wrap(rest, columns > 1 ? columns : 1, &next);
        if (count + 1 == most)
            length = strlen(rest);
        pieces[count] = (struct piece){rest, (int)length};
        rest = next;
    }
    return count;
}

static int widest(const struct piece *pieces, int count)
{
    int width = 0;
    for (int i = 0; i < count; i++) {
        char text[TOAST_TEXT_MAX];
        snprintf(text, sizeof text, "%.*s", pieces[i].length, pieces[i].text);
        int one = text_width(text);
        width = one > width ? one : width;
    }
    return width;
}

// From line upwards; returns the line above it.
static int draw_one(const struct toast *toast, WINDOW *window, int y, int x, int line, int columns, int most,
                    int keep_line, int *used)
{
    struct piece pieces[TOAST_LINES];
    int count = break_up(toast->text, columns - MARGINS, most, pieces);
    int width = widest(pieces, count) + MARGINS;
    if (width > columns)
        width = columns;
    for (int i = count - 1; i >= 0; i--, line--) {
        if (line == keep_line)
            line--;
        if (line < y)
            break;
        const char *mark = i == 0 ? glyph(levels[toast->level].glyph) : " ";
        text_fill(window, line, x + columns - width, 1, width, levels[toast->level].role);
        text_putf(window, line, x + columns - width, width, levels[toast->level].role, " %s %.*s ", mark,
                  pieces[i].length, pieces[i].text);
        (*used)++;
    }
    return line;
}

int toasts_draw(const struct toasts *toasts, WINDOW *window, int y, int x, int rows, int columns,
                int keep_line)
{
    int used = 0;
    int line = y + rows - 1;
    int most = rows >= ROWS_FOR_LINES ? TOAST_LINES : 1;
    for (int i = toasts->count - 1; i >= 0 && line >= y; i--)
        line = draw_one(&toasts->shown[i], window, y, x, line, columns, most, keep_line, &used);
    return used;
}
