// SPDX-License-Identifier: Apache-2.0
//
// cell_style: how one cell of a terminal looks: its colours, attributes, underline and link. The emulator
// sets it; what draws on the operator's terminal reads it.

#ifndef SBXDECK_TUI_BASE_CELL_STYLE_H
#define SBXDECK_TUI_BASE_CELL_STYLE_H

#include <stdbool.h>
#include <stdint.h>

// A colour: none (the terminal's own), an index of the 256, or 24 bit.
typedef uint32_t cell_color;
#define CELL_COLOR_DEFAULT  0u
#define CELL_COLOR_INDEXED  0x01000000u // | index
#define CELL_COLOR_RGB      0x02000000u // | red << 16 | green << 8 | blue
#define CELL_COLOR_KIND(c)  ((c)&0xff000000u)
#define CELL_COLOR_VALUE(c) ((c)&0x00ffffffu)

enum cell_attribute {
    CELL_BOLD = 1 << 0,
    CELL_DIM = 1 << 1,
    CELL_ITALIC = 1 << 2,
    CELL_BLINK = 1 << 3,
    CELL_REVERSE = 1 << 4,
    CELL_CONCEAL = 1 << 5,
    CELL_STRIKE = 1 << 6,
    CELL_OVERLINE = 1 << 7,
    CELL_PROTECTED = 1 << 8,  // DECSCA; not seen
    CELL_UNDERLINE_SHIFT = 9, // three bits: an enum cell_underline
    CELL_UNDERLINE_MASK = 7 << 9
};
enum cell_underline {
    CELL_UNDERLINE_NONE,
    CELL_UNDERLINE_SINGLE,
    CELL_UNDERLINE_DOUBLE,
    CELL_UNDERLINE_CURLY,
    CELL_UNDERLINE_DOTTED,
    CELL_UNDERLINE_DASHED
};

struct cell_style {
    cell_color fg, bg, underline;
    uint16_t attributes; // of enum cell_attribute
    uint16_t link;       // see vt_link; 0: none
};

static inline bool cell_style_equal(const struct cell_style *a, const struct cell_style *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->underline == b->underline &&
           a->attributes == b->attributes && a->link == b->link;
}

#endif
