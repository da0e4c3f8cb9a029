// SPDX-License-Identifier: Apache-2.0
//
// vt_sgr: set the style of text: Select Graphic Rendition, with colours in both separators.

#include "tui/vt/vt_screen_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void vt_style_changed(struct vt *vt)
{
    const struct cell_style erased = {.bg = vt->style.bg};
    if (vt->pool.styles[vt->erase_index].bg != vt->style.bg) {
        // The first may be renumbered by the second when the pool is full.
        vt->style_index = 0;
        vt->erase_index = 0;
        vt->erase_index = vt_style_index(vt, &erased);
    }
    vt->style_index = vt_style_index(vt, &vt->style);
}

// By code: what it takes away and what it sets.
static const struct {
    uint16_t clear, set;
} simple[] = {
    [1] = {0, CELL_BOLD},
    [2] = {0, CELL_DIM},
    [3] = {0, CELL_ITALIC},
    [5] = {0, CELL_BLINK},
    [6] = {0, CELL_BLINK},
    [7] = {0, CELL_REVERSE},
    [8] = {0, CELL_CONCEAL},
    [9] = {0, CELL_STRIKE},
    [21] = {CELL_UNDERLINE_MASK, CELL_UNDERLINE_DOUBLE << CELL_UNDERLINE_SHIFT},
    [22] = {CELL_BOLD | CELL_DIM, 0},
    [23] = {CELL_ITALIC, 0},
    [24] = {CELL_UNDERLINE_MASK, 0},
    [25] = {CELL_BLINK, 0},
    [27] = {CELL_REVERSE, 0},
    [28] = {CELL_CONCEAL, 0},
    [29] = {CELL_STRIKE, 0},
    [53] = {0, CELL_OVERLINE},
    [55] = {CELL_OVERLINE, 0},
};

static bool is_sub(const struct vt *vt, int i)
{
    return i < vt->param_count && (vt->sub >> i & 1) != 0;
}

static bool is_byte(int value)
{
    return value >= 0 && value <= 255;
}

// The kind at kind, 5 or 2, with its values behind it up to end: 5 N, 2 R G B, 2 SPACE R G B.
static void take_subs(const int *p, int kind, int end, cell_color *color)
{
    int count = end - kind;
    const int *rgb = p + kind + (count >= 5 ? 2 : 1);
    if (p[kind] == 5 && count >= 2 && is_byte(p[kind + 1]))
        *color = CELL_COLOR_INDEXED | (uint32_t)p[kind + 1];
    else if (p[kind] == 2 && count >= 4 && is_byte(rgb[0]) && is_byte(rgb[1]) && is_byte(rgb[2]))
        *color = CELL_COLOR_RGB | (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | (uint32_t)rgb[2];
}

// 38, 48 or 58 at i, with colons from the code on or from the kind on (38:5:N, 38;5:N), or with semicolons
// (38;5;N, 38;2;R;G;B). A kind that is neither is passed over alone. Returns how many parameters it took, at
// least 1; *color is left when it is not right.
static int take_color(const struct vt *vt, int i, cell_color *color)
{
    const int *p = vt->params;
    int left = vt->param_count - i;
    if (vt->sub != 0 && (is_sub(vt, i + 1) || is_sub(vt, i + 2))) {
        int end = i + 2;
        while (is_sub(vt, end))
            end++;
        take_subs(p, i + 1, end, color);
        return end - i;
    }
    if (left < 2 || (p[i + 1] != 5 && p[i + 1] != 2))
        return left < 2 ? left : 2;
    int wanted = p[i + 1] == 5 ? 3 : 5;
    if (left < wanted)
        return left; // cut off: the rest means nothing
    take_subs(p, i + 1, i + wanted, color);
    return wanted;
}

static void set_underline(struct cell_style *style, int kind)
{
    if (kind < CELL_UNDERLINE_NONE || kind > CELL_UNDERLINE_DASHED)
        kind = CELL_UNDERLINE_SINGLE;
    style->attributes = (uint16_t)((style->attributes & ~CELL_UNDERLINE_MASK) | kind << CELL_UNDERLINE_SHIFT);
}

static void take_simple(struct cell_style *style, int code)
{
    uint16_t link = style->link, protected_bit = style->attributes & CELL_PROTECTED;
    if (code == 0) {
        memset(style, 0, sizeof *style);
        style->link = link;
        style->attributes = protected_bit;
    } else if (code >= 30 && code <= 37) {
        style->fg = CELL_COLOR_INDEXED | (uint32_t)(code - 30);
    } else if (code >= 40 && code <= 47) {
        style->bg = CELL_COLOR_INDEXED | (uint32_t)(code - 40);
    } else if (code >= 90 && code <= 97) {
        style->fg = CELL_COLOR_INDEXED | (uint32_t)(code - 90 + 8);
    } else if (code >= 100 && code <= 107) {
        style->bg = CELL_COLOR_INDEXED | (uint32_t)(code - 100 + 8);
    } else if (code == 39) {
        style->fg = CELL_COLOR_DEFAULT;
    } else if (code == 49) {
        style->bg = CELL_COLOR_DEFAULT;
    } else if (code == 59) {
        style->underline = CELL_COLOR_DEFAULT;
    }
    if (code < (int)(sizeof simple / sizeof simple[0]))
        style->attributes = (uint16_t)((style->attributes & ~simple[code].clear) | simple[code].set);
}

void vt_sgr(struct vt *vt)
{
    struct cell_style *style = &vt->style;
    for (int i = 0; i < vt->param_count;) {
        int code = vt->params[i];
        int used = 1;
        if (code == 38)
            used = take_color(vt, i, &style->fg);
        else if (code == 48)
            used = take_color(vt, i, &style->bg);
        else if (code == 58)
            used = take_color(vt, i, &style->underline);
        else if (code == 4)
            set_underline(style, is_sub(vt, i + 1) ? vt->params[i + 1] : CELL_UNDERLINE_SINGLE);
        else
            take_simple(style, code);
        while (vt->sub != 0 && is_sub(vt, i + used))
            used++;
        i += used;
    }
    if (vt->param_count == 0)
        take_simple(style, 0);
    vt_style_changed(vt);
}

// --- what it would take to get here ---

static size_t add(char *out, size_t at, size_t cap, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static size_t add(char *out, size_t at, size_t cap, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(out + at, cap - at, format, list);
    va_end(list);
    return length > 0 && (size_t)length < cap - at ? at + (size_t)length : at;
}

static size_t add_color(char *out, size_t at, size_t cap, int base, cell_color color)
{
    unsigned value = CELL_COLOR_VALUE(color);
    if (CELL_COLOR_KIND(color) == CELL_COLOR_RGB)
        return add(out, at, cap, ";%d:2::%u:%u:%u", base + 8, value >> 16 & 255, value >> 8 & 255,
                   value & 255);
    if (CELL_COLOR_KIND(color) != CELL_COLOR_INDEXED)
        return at;
    if (value < 8 && base < 50)
        return add(out, at, cap, ";%u", (unsigned)base + value);
    return add(out, at, cap, ";%d:5:%u", base + 8, value);
}

size_t vt_sgr_text(const struct vt *vt, char *out, size_t cap)
{
    static const int codes[] = {1, 2, 3, 5, 7, 8, 9, 53};
    static const uint16_t bits[] = {CELL_BOLD,    CELL_DIM,     CELL_ITALIC, CELL_BLINK,
                                    CELL_REVERSE, CELL_CONCEAL, CELL_STRIKE, CELL_OVERLINE};
    size_t at = add(out, 0, cap, "0");
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if ((vt->style.attributes & bits[i]) != 0)
            at = add(out, at, cap, ";%d", codes[i]);
    int underline = (vt->style.attributes & CELL_UNDERLINE_MASK) >> CELL_UNDERLINE_SHIFT;
    if (underline == CELL_UNDERLINE_SINGLE)
        at = add(out, at, cap, ";4");
    else if (underline != CELL_UNDERLINE_NONE)
        at = add(out, at, cap, ";4:%d", underline);
    at = add_color(out, at, cap, 30, vt->style.fg);
    at = add_color(out, at, cap, 40, vt->style.bg);
    return add_color(out, at, cap, 50, vt->style.underline);
}
