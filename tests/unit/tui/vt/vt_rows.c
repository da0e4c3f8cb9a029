// SPDX-License-Identifier: Apache-2.0
//
// vt_rows: Run a table of byte streams. A difference is reported with the row's name, the split and what was
// there instead, control characters readable.

#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCREEN_CAP = 16384, BYTE_BY_BYTE = -1 };

void vt_rows_put(struct vt *vt, const char *bytes)
{
    vt_write(vt, bytes, strlen(bytes));
}

void vt_rows_screen(const struct vt *vt, char *out, size_t cap)
{
    size_t used = 0;
    for (int y = 0; y < vt_rows(vt); y++) {
        if (y > 0 && used + 1 < cap)
            out[used++] = '|';
        used += vt_row_text(vt, y, out + used, cap - used);
    }
    out[used] = '\0';
}

void vt_rows_looks(const struct vt *vt, char (*style)(const struct cell_style *style), char *out, size_t cap)
{
    static struct vt_glyph glyphs[VT_COLS_MAX];
    size_t used = 0;
    for (int y = 0; y < vt_rows(vt); y++) {
        int count = vt_row_read(vt, y, glyphs, VT_COLS_MAX);
        size_t end = used;
        for (int x = 0; x < count && used + 2 < cap; x++) {
            out[used++] = style(&glyphs[x].style);
            if (out[used - 1] != '.')
                end = used;
        }
        used = end;
        if (y + 1 < vt_rows(vt))
            out[used++] = '|';
    }
    out[used] = '\0';
}

const char *vt_rows_replies(struct vt *vt)
{
    static char replies[VT_REPLY_MAX + 1];
    replies[vt_reply_take(vt, replies, VT_REPLY_MAX)] = '\0';
    return replies;
}

// ESC as ^[ and so on, for messages.
static const char *readable(const char *bytes)
{
    static char texts[4][1024];
    static unsigned turn;
    char *out = texts[turn++ % 4];
    size_t at = 0;
    for (; *bytes != '\0' && at < sizeof texts[0] - 3; bytes++) {
        unsigned char byte = (unsigned char)*bytes;
        if (byte < 0x20 || byte == 0x7f) {
            out[at++] = '^';
            byte ^= 0x40;
        }
        out[at++] = (char)byte;
    }
    out[at] = '\0';
    return out;
}

static void glyph_is_sound(const struct vt_glyph *glyphs, int x, int count, const char *what, int y)
{
    const struct vt_glyph *glyph = &glyphs[x];
    cr_assert(memchr(glyph->text, '\0', sizeof glyph->text) != NULL, "%s: %d,%d: no end", what, y, x);
    cr_assert(glyph->width != 2 || (x + 1 < count && glyphs[x + 1].width == 0),
              "%s: %d,%d: a wide one without its right half", what, y, x);
    cr_assert(glyph->width != 0 || (x > 0 && glyphs[x - 1].width == 2 && glyph->text[0] == '\0'),
              "%s: %d,%d: a right half alone", what, y, x);
    for (const char *at = glyph->text; *at != '\0'; at++)
        cr_assert((unsigned char)*at >= 0x20 && *at != 0x7f, "%s: %d,%d: control character", what, y, x);
}

void vt_rows_sound(const struct vt *vt, const char *what)
{
    static struct vt_glyph glyphs[VT_COLS_MAX];
    struct vt_cursor cursor = vt_cursor(vt);
    cr_assert(cursor.y >= 0 && cursor.y < vt_rows(vt) && cursor.x >= 0 && cursor.x < vt_cols(vt),
              "%s: cursor %d,%d", what, cursor.y, cursor.x);
    for (int y = -vt_history_rows(vt); y < vt_rows(vt); y++) {
        int count = vt_row_read(vt, y, glyphs, VT_COLS_MAX);
        for (int x = 0; x < count; x++)
            glyph_is_sound(glyphs, x, count, what, y);
    }
}

static void feed(struct vt *vt, const char *bytes, int split)
{
    size_t length = strlen(bytes);
    if (split == BYTE_BY_BYTE) {
        for (size_t i = 0; i < length; i++)
            vt_write(vt, bytes + i, 1);
        return;
    }
    vt_write(vt, bytes, (size_t)split);
    vt_write(vt, bytes + split, length - (size_t)split);
}

static void expect_cursor(const struct vt *vt, const struct vt_row_sample *sample, int split)
{
    struct vt_cursor cursor = vt_cursor(vt);
    cr_assert(cursor.y == sample->y && cursor.x == sample->x,
              "%s (split at %d of %s): cursor is at %d,%d, wanted %d,%d", sample->what, split,
              readable(sample->bytes), cursor.y, cursor.x, sample->y, sample->x);
}

static void check(const struct vt_row_sample *sample, int split)
{
    static char screen[SCREEN_CAP];
    const char *wanted = sample->replies != NULL ? sample->replies : "";
    struct vt *vt = vt_new(sample->rows, sample->cols, NULL);
    feed(vt, sample->bytes, split);
    vt_rows_screen(vt, screen, sizeof screen);
    cr_assert_str_eq(screen, sample->screen, "%s (split at %d of %s):\n  is     '%s'\n  wanted '%s'",
                     sample->what, split, readable(sample->bytes), screen, sample->screen);
    if (sample->y >= 0)
        expect_cursor(vt, sample, split);
    const char *replies = vt_rows_replies(vt);
    cr_assert_str_eq(replies, wanted, "%s (split at %d): answers '%s', wanted '%s'", sample->what, split,
                     readable(replies), readable(wanted));
    vt_rows_sound(vt, sample->what);
    vt_free(vt);
}

void vt_rows_check(const struct vt_row_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int split = BYTE_BY_BYTE; split <= (int)strlen(samples[i].bytes); split++)
            check(&samples[i], split);
}
