// SPDX-License-Identifier: Apache-2.0
//
// default_colors: the colours that a program in a terminal has not set: those of the operator's own terminal.
// The emulator answers with them when the program asks for colours.

#ifndef SBXDECK_TUI_BASE_DEFAULT_COLORS_H
#define SBXDECK_TUI_BASE_DEFAULT_COLORS_H

#include "tui/base/cell_style.h"

// Each is CELL_COLOR_RGB, or CELL_COLOR_DEFAULT for what is not known.
enum default_color { DEFAULT_COLOR_TEXT, DEFAULT_COLOR_BACKGROUND, DEFAULT_COLOR_CURSOR, DEFAULT_COLORS };
enum { DEFAULT_PALETTE = 16 };
struct default_colors {
    cell_color dynamic[DEFAULT_COLORS], palette[DEFAULT_PALETTE];
};

#endif
