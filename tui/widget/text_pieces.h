// SPDX-License-Identifier: Apache-2.0
//
// text_pieces: A line, or a few, as pieces of text with their places and roles: what is to be shown is
// decided without a screen, and drawn in one way.

#ifndef SBXDECK_TUI_WIDGET_TEXT_PIECES_H
#define SBXDECK_TUI_WIDGET_TEXT_PIECES_H

#include "tui/base/theme.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_PIECES_MAX = 66, TEXT_PIECE_CAP = 384 };

struct text_piece {
    char text[TEXT_PIECE_CAP]; // foreign text is cleaned when it is drawn
    enum theme_role role;
    bool strong; // drawn bold too
    int y, x;    // within the lines; pieces never overlap
    size_t tag;  // the builder's
};

// Begun by text_pieces_clear.
struct text_pieces {
    enum theme_role role; // of the lines below the pieces
    size_t count;
    struct text_piece pieces[TEXT_PIECES_MAX];
};

void text_pieces_clear(struct text_pieces *pieces, enum theme_role role);
// Cut at TEXT_PIECE_CAP. The piece, to be completed; one that is never drawn when all are used.
struct text_piece *text_pieces_add(struct text_pieces *pieces, int y, int x, enum theme_role role,
                                   const char *format, ...) __attribute__((format(printf, 5, 6)));
// Fills the lines with their role and draws what is within them.
void text_pieces_draw(WINDOW *window, int y, int x, int rows, int columns, const struct text_pieces *pieces);
// The same for what is drawn alike, and never 0: what stands on the screen is remembered by it.
uint64_t text_pieces_digest(const struct text_pieces *pieces);

#endif
