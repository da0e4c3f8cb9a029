// SPDX-License-Identifier: Apache-2.0
//
// term_colors: parse the terminal's reports of its colours, and assume the rest by the theme's scheme.

#include "tui/term/term_colors.h"

#include "tui/base/color_spec.h"
#include "tui/base/theme.h"

#include <ctype.h>
#include <string.h>

static struct default_colors told, known;

static void suppose(enum default_color which, cell_color dark, cell_color light)
{
    cell_color supposed = theme_current() == THEME_LIGHT ? light : dark;
    known.dynamic[which] =
        told.dynamic[which] != CELL_COLOR_DEFAULT ? told.dynamic[which] : CELL_COLOR_RGB | supposed;
}

const struct default_colors *term_colors(void)
{
    known = told;
    suppose(DEFAULT_COLOR_TEXT, 0xe5e5e5, 0x000000);
    suppose(DEFAULT_COLOR_BACKGROUND, 0x000000, 0xffffff);
    if (known.dynamic[DEFAULT_COLOR_CURSOR] == CELL_COLOR_DEFAULT)
        known.dynamic[DEFAULT_COLOR_CURSOR] = known.dynamic[DEFAULT_COLOR_TEXT];
    return &known;
}

// A number of up to three digits and the ';' behind it; -1: it is none. *at moves behind.
static int number_at(const char *raw, size_t length, size_t *at)
{
    int value = 0;
    size_t begin = *at;
    while (*at < length && *at - begin < 3 && isdigit((unsigned char)raw[*at]))
        value = value * 10 + (raw[(*at)++] - '0');
    if (*at == begin || *at == length || raw[(*at)++] != ';')
        return -1;
    return value;
}

bool term_colors_reply(const char *raw, size_t length)
{
    size_t at = 2, end = length;
    uint32_t rgb = 0;
    if (length < 4 || raw[0] != '\033' || raw[1] != ']')
        return false;
    end -= raw[end - 1] == '\a' ? 1 : 2;
    int osc = number_at(raw, end, &at), number = osc == 4 ? number_at(raw, end, &at) : osc - 10;
    int most = osc == 4 ? DEFAULT_PALETTE : DEFAULT_COLORS;
    if (osc < 0 || number < 0 || number >= most || !color_spec_parse(raw + at, end - at, &rgb))
        return false;
    *(osc == 4 ? &told.palette[number] : &told.dynamic[number]) = CELL_COLOR_RGB | rgb;
    (void)term_colors();
    return true;
}
