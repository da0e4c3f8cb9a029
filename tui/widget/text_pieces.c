// SPDX-License-Identifier: Apache-2.0
//
// text_pieces: Collect pieces of text and draw them.

#include "tui/widget/text_pieces.h"

#include "tui/base/text.h"

#include <stdarg.h>
#include <stdio.h>

void text_pieces_clear(struct text_pieces *pieces, enum theme_role role)
{
    pieces->role = role;
    pieces->count = 0;
}

struct text_piece *text_pieces_add(struct text_pieces *pieces, int y, int x, enum theme_role role,
                                   const char *format, ...)
{
    static struct text_piece beyond;
    struct text_piece *piece = pieces->count < TEXT_PIECES_MAX ? &pieces->pieces[pieces->count++] : &beyond;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(piece->text, sizeof piece->text, format, arguments);
    va_end(arguments);
    piece->role = role;
    piece->strong = false;
    piece->y = y;
    piece->x = x;
    piece->tag = 0;
    return piece;
}

void text_pieces_draw(WINDOW *window, int y, int x, int rows, int columns, const struct text_pieces *pieces)
{
    text_fill(window, y, x, rows, columns, pieces->role);
    for (size_t i = 0; i < pieces->count; i++) {
        const struct text_piece *piece = &pieces->pieces[i];
        struct theme_style style = theme_style(piece->role);
        if (piece->strong)
            style.attributes |= A_BOLD;
        if (piece->y < rows && piece->x < columns)
            (void)text_put_style(window, y + piece->y, x + piece->x, columns - piece->x, style, piece->text);
    }
}

// FNV-1a
static uint64_t mix(uint64_t digest, uint64_t value)
{
    return (digest ^ value) * UINT64_C(0x100000001b3);
}

uint64_t text_pieces_digest(const struct text_pieces *pieces)
{
    uint64_t digest = mix(UINT64_C(0xcbf29ce484222325), (uint64_t)pieces->role);
    for (size_t i = 0; i < pieces->count; i++) {
        const struct text_piece *piece = &pieces->pieces[i];
        digest = mix(digest, (uint64_t)piece->role << 1 | piece->strong);
        digest = mix(mix(digest, (uint64_t)piece->y), (uint64_t)piece->x);
        for (const char *at = piece->text; *at != '\0'; at++)
            digest = mix(digest, (unsigned char)*at);
        digest = mix(digest, UINT64_MAX); // where it ends
    }
    return digest != 0 ? digest : 1;
}
