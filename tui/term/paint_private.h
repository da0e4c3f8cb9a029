// SPDX-License-Identifier: Apache-2.0
//
// paint_private: what the files of paint share.

#ifndef SBXDECK_TUI_TERM_PAINT_PRIVATE_H
#define SBXDECK_TUI_TERM_PAINT_PRIVATE_H

#include "tui/term/paint.h"

// --- paint_known: what the terminal can show ---

struct paint_known {
    bool rgb, struck, overline, kinds, links;
    bool struck_by_attribute; // "invisible" is no more than that
    bool underline_colors;
    char between; // the parts of an underline's colour in SGR
    bool space;   // and one part more, empty, before its three numbers
};
// Of the terminal that is set up. colors: how many curses knows.
struct paint_known paint_known_now(int colors);

// --- paint_output: the rewriting ---

// Whether all that curses would write for attributes and colours here is understood. It is rewritten then.
bool paint_output_begin(int colors);
void paint_output_end(void);

// --- paint: the tables ---

extern struct paint_known paint_known; // all false while nothing is rewritten
struct paint paint_of_pair(int pair);  // the look of a pair
// What a pair of colours stands for that curses has selected; -1: the terminal's own.
struct paint paint_of_colors(int foreground, int background);
const char *paint_link_target(uint16_t link); // of one in use

#endif
