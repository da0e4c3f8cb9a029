// SPDX-License-Identifier: Apache-2.0
//
// vt_palette: the colours that a program sets and asks for: OSC 4 and 5 the numbered and the special ones,
// 10 to 19 those of text, background, cursor and so on; 104, 105 and 110 to 119 reset them. What no program
// has set is the operator's terminal's own, or xterm's.

#include "tui/base/color_reduce.h"
#include "tui/base/color_spec.h"
#include "tui/vt/vt_screen_private.h"

#include "tui/base/xalloc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLORS = 256,
    SPECIALS = 5, // bold, underline, blink, reverse, italic: kept and reported, but not used, as in xterm
    ALL = COLORS + SPECIALS,
    DYNAMIC_FIRST = 10,
    DYNAMIC_LAST = DYNAMIC_FIRST + VT_DYNAMIC_COLORS - 1,
    RESET = 100 // OSC 104 gives back what OSC 4 has set
};

_Static_assert((int)VT_SET_COLORS == (int)ALL, "a place for each");

// --- what they are ------------------------------------------------------------------------

static const struct default_colors none;

static const struct default_colors *base_of(const struct vt *vt)
{
    return vt->default_colors != NULL ? vt->default_colors : &none;
}

// Text, background and cursor; the others are one of these: see xterm's OSC 13 to 19.
static uint32_t dynamic_rgb(const struct vt *vt, int number)
{
    static const enum default_color like[VT_DYNAMIC_COLORS] = {
        DEFAULT_COLOR_TEXT,       DEFAULT_COLOR_BACKGROUND, DEFAULT_COLOR_CURSOR,     DEFAULT_COLOR_TEXT,
        DEFAULT_COLOR_BACKGROUND, DEFAULT_COLOR_TEXT,       DEFAULT_COLOR_BACKGROUND, DEFAULT_COLOR_TEXT,
        DEFAULT_COLOR_TEXT,       DEFAULT_COLOR_BACKGROUND};
    static const uint32_t usual[DEFAULT_COLORS] = {0x000000, 0xffffff, 0x000000};
    cell_color color = vt->dynamic_colors[number];
    if (color == CELL_COLOR_DEFAULT && like[number] != (enum default_color)number)
        color = vt->dynamic_colors[like[number]];
    if (color == CELL_COLOR_DEFAULT)
        color = base_of(vt)->dynamic[like[number]];
    return color != CELL_COLOR_DEFAULT ? CELL_COLOR_VALUE(color) : usual[like[number]];
}

static uint32_t palette_rgb(const struct vt *vt, int number)
{
    cell_color color = vt->palette != NULL ? vt->palette[number] : CELL_COLOR_DEFAULT;
    if (color == CELL_COLOR_DEFAULT && number >= COLORS)
        return dynamic_rgb(vt, DEFAULT_COLOR_TEXT);
    if (color == CELL_COLOR_DEFAULT && number < DEFAULT_PALETTE)
        color = base_of(vt)->palette[number];
    return color != CELL_COLOR_DEFAULT ? CELL_COLOR_VALUE(color) : color_reduce_rgb((unsigned)number);
}

static cell_color resolve(const struct vt *vt, cell_color color, enum default_color own)
{
    cell_color set = CELL_COLOR_DEFAULT;
    if (CELL_COLOR_KIND(color) == CELL_COLOR_DEFAULT)
        set = vt->dynamic_colors[own];
    else if (CELL_COLOR_KIND(color) == CELL_COLOR_INDEXED && vt->palette != NULL)
        set = vt->palette[CELL_COLOR_VALUE(color) & 255];
    return set != CELL_COLOR_DEFAULT ? set : color;
}

void vt_style_resolve(const struct vt *vt, struct cell_style *style)
{
    if (!vt->colors_set)
        return;
    style->fg = resolve(vt, style->fg, DEFAULT_COLOR_TEXT);
    style->bg = resolve(vt, style->bg, DEFAULT_COLOR_BACKGROUND);
    if (style->underline != CELL_COLOR_DEFAULT)
        style->underline = resolve(vt, style->underline, DEFAULT_COLOR_TEXT);
}

// --- setting ------------------------------------------------------------------------------

static void changed(struct vt *vt)
{
    vt->colors_set = vt->palette != NULL;
    for (int i = 0; i < VT_DYNAMIC_COLORS; i++)
        vt->colors_set = vt->colors_set || vt->dynamic_colors[i] != CELL_COLOR_DEFAULT;
    vt_touch_all(vt);
}

static void set(struct vt *vt, cell_color *color, cell_color value)
{
    if (*color == value)
        return;
    *color = value;
    changed(vt);
}

static void set_palette(struct vt *vt, int number, cell_color value)
{
    if (vt->palette == NULL && value == CELL_COLOR_DEFAULT)
        return;
    if (vt->palette == NULL)
        vt->palette = xcalloc(ALL, sizeof *vt->palette);
    set(vt, &vt->palette[number], value);
}

void vt_colors_reset(struct vt *vt)
{
    bool were_set = vt->colors_set;
    free(vt->palette);
    vt->palette = NULL;
    memset(vt->dynamic_colors, 0, sizeof vt->dynamic_colors);
    vt->colors_set = false;
    if (were_set)
        vt_touch_all(vt);
}

// --- sequences ----------------------------------------------------------------------------

static const char *end_mark(const struct vt *vt)
{
    return vt->string_by_bell ? "\a" : "\033\\";
}

static unsigned doubled(uint32_t rgb, int shift)
{
    return (rgb >> shift & 255) * 0x101;
}

static void answer(struct vt *vt, const char *which, uint32_t rgb)
{
    vt_reply(vt, "\033]%s;rgb:%04x/%04x/%04x%s", which, doubled(rgb, 16), doubled(rgb, 8), doubled(rgb, 0),
             end_mark(vt));
}

// The next part of a list up to ';': its length; *rest moves behind.
static size_t part(const char **rest, const char **begin)
{
    size_t length = strcspn(*rest, ";");
    *begin = *rest;
    *rest += length + ((*rest)[length] == ';');
    return length;
}

// A number of a palette from first on; -1: it is none.
static int number_of(const char *text, size_t length, int first)
{
    int value = 0;
    if (length == 0 || length > 3)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value + first < ALL ? value + first : -1;
}

// "4;number;colour;number;colour", 5 the same for the special ones.
static void set_or_tell_palette(struct vt *vt, int osc, const char *rest)
{
    int first = osc == 5 ? COLORS : 0;
    while (*rest != '\0') {
        const char *text = NULL, *spec = NULL;
        uint32_t rgb = 0;
        size_t digits = part(&rest, &text);
        int number = number_of(text, digits, first);
        size_t length = part(&rest, &spec);
        if (number < 0)
            continue;
        if (length == 1 && spec[0] == '?') {
            char which[16];
            (void)snprintf(which, sizeof which, "%d;%d", osc, number - first);
            answer(vt, which, palette_rgb(vt, number));
        } else if (color_spec_parse(spec, length, &rgb)) {
            set_palette(vt, number, CELL_COLOR_RGB | rgb);
        }
    }
}

// "104;number;number"; none: all of them.
static void give_back_palette(struct vt *vt, int osc, const char *rest)
{
    int first = osc == 5 ? COLORS : 0;
    for (int i = first; *rest == '\0' && i < ALL; i++)
        set_palette(vt, i, CELL_COLOR_DEFAULT);
    while (*rest != '\0') {
        const char *text = NULL;
        size_t digits = part(&rest, &text);
        int number = number_of(text, digits, first);
        if (number >= 0)
            set_palette(vt, number, CELL_COLOR_DEFAULT);
    }
}

// "10;colour;colour": each is one further.
static void set_or_tell_dynamic(struct vt *vt, int osc, const char *rest)
{
    for (; *rest != '\0' && osc <= DYNAMIC_LAST; osc++) {
        const char *spec = NULL;
        uint32_t rgb = 0;
        size_t length = part(&rest, &spec);
        int number = osc - DYNAMIC_FIRST;
        if (length == 1 && spec[0] == '?') {
            char which[16];
            (void)snprintf(which, sizeof which, "%d", osc);
            answer(vt, which, dynamic_rgb(vt, number));
        } else if (color_spec_parse(spec, length, &rgb)) {
            set(vt, &vt->dynamic_colors[number], CELL_COLOR_RGB | rgb);
        }
    }
}

bool vt_colors_osc(struct vt *vt, int osc, const char *rest)
{
    if (osc == 4 || osc == 5)
        set_or_tell_palette(vt, osc, rest);
    else if (osc == 4 + RESET || osc == 5 + RESET)
        give_back_palette(vt, osc - RESET, rest);
    else if (osc >= DYNAMIC_FIRST && osc <= DYNAMIC_LAST)
        set_or_tell_dynamic(vt, osc, rest);
    else if (osc >= DYNAMIC_FIRST + RESET && osc <= DYNAMIC_LAST + RESET)
        set(vt, &vt->dynamic_colors[osc - RESET - DYNAMIC_FIRST], CELL_COLOR_DEFAULT);
    else
        return false;
    return true;
}
