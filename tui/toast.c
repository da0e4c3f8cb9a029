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

int toasts_draw(const struct toasts *toasts, WINDOW *window, int y, int x, int rows, int columns,
                int keep_line)
{
    int used = 0;
    int line = y + rows - 1;
    for (int i = toasts->count - 1; i >= 0; i--, line--) {
        if (line == keep_line)
            line--;
        if (line < y)
            break;
        const struct toast *toast = &toasts->shown[i];
        char text[TOAST_TEXT_MAX + 16];
        snprintf(text, sizeof text, " %s %s ", glyph(levels[toast->level].glyph), toast->text);
        int width = text_width(text);
        if (width > columns)
            width = columns;
        text_put(window, line, x + columns - width, width, levels[toast->level].role, text);
        used++;
    }
    return used;
}
