// SPDX-License-Identifier: Apache-2.0
//
// text: measure, clip and wrap text for the screen, and decide what of it may be shown. Every string from
// outside passes through admit(), which decides for one code point; wcwidth of the locale has the last word,
// since curses places characters by it.

#include "tui/base/text.h"

#include "tui/base/text_decode.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

static const char *const glyphs_utf8[GLYPH_COUNT] = {
#define X(name, utf8, ascii) utf8,
    GLYPH_TABLE(X)
#undef X
};
static const char *const glyphs_ascii[GLYPH_COUNT] = {
#define X(name, utf8, ascii) ascii,
    GLYPH_TABLE(X)
#undef X
};

bool text_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

const char *glyph(enum glyph which)
{
    if (!text_is_utf8())
        return glyphs_ascii[which];
    const char *text = glyphs_utf8[which];
    uint32_t codepoint = 0;
    size_t used = text_decode(text, strlen(text), &codepoint);
    return used == 0 || wcwidth((wchar_t)codepoint) == 1 ? text : glyphs_ascii[which];
}

struct range {
    uint32_t first, last;
};

// What changes how its neighbours are shown, or shows nothing: by it a name could pass for another.
static const struct range hidden[] = {
    {0x00ad, 0x00ad},   // soft hyphen
    {0x034f, 0x034f},   // combining grapheme joiner
    {0x061c, 0x061c},   // Arabic letter mark
    {0x115f, 0x1160},   // Hangul fillers
    {0x17b4, 0x17b5},   // Khmer inherent vowels
    {0x180b, 0x180f},   // Mongolian selectors and separator
    {0x200b, 0x200f},   // zero width, directional marks
    {0x2028, 0x202e},   // line and paragraph separator, embeddings and overrides
    {0x2060, 0x206f},   // word joiner, isolates, deprecated controls
    {0x3164, 0x3164},   // Hangul filler
    {0xe000, 0xf8ff},   // private use
    {0xfdd0, 0xfdef},   // non-characters
    {0xfe00, 0xfe0f},   // variation selectors
    {0xfeff, 0xfeff},   // byte order mark
    {0xffa0, 0xffa0},   // halfwidth Hangul filler
    {0xfff0, 0xfffb},   // specials
    {0xfffe, 0xffff},   //
    {0x1bca0, 0x1bca3}, // shorthand format controls
    {0x1d173, 0x1d17a}, // musical format controls
    {0xe0000, 0x10ffff} // tags, selectors, private planes
};

// Columns of a code point that may be shown: 0 (a combining mark), 1 or 2; -1 when it may not.
static int admit(uint32_t codepoint)
{
    if (codepoint < 0x7f)
        return codepoint < 0x20 ? -1 : 1;
    if (!text_is_utf8())
        return -1;
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (codepoint >= hidden[i].first && codepoint <= hidden[i].last)
            return -1;
    if ((codepoint & 0xfffe) == 0xfffe)
        return -1;
    return wcwidth((wchar_t)codepoint); // -1 for C1 controls and what is unassigned
}

bool text_is_shown(uint32_t codepoint)
{
    return codepoint != TEXT_INVALID && admit(codepoint) >= 0;
}

bool text_is_mark(uint32_t codepoint)
{
    return codepoint != TEXT_INVALID && admit(codepoint) == 0;
}

// Takes the next character of text[0..length) as it is to be shown: its bytes into out, their number, the
// bytes consumed and the columns. Marks directly after a base belong to it.
struct piece {
    char bytes[4 * (1 + TEXT_COMBINING_MAX)];
    size_t size;
    size_t consumed;
    int columns;
};

static void next_piece(const char *text, size_t length, struct piece *piece)
{
    uint32_t codepoint = 0;
    size_t used = text_decode(text, length, &codepoint);
    int columns = codepoint == TEXT_INVALID ? -1 : admit(codepoint);
    piece->consumed = used;
    if (columns < 1) { // a mark without a base is nothing to show either
        const char *replacement = glyph(GLYPH_REPLACEMENT);
        piece->size = strlen(replacement);
        piece->columns = 1;
        memcpy(piece->bytes, replacement, piece->size);
        return;
    }
    memcpy(piece->bytes, text, used);
    piece->size = used;
    piece->columns = columns;
    for (int marks = 0;;) {
        used = text_decode(text + piece->consumed, length - piece->consumed, &codepoint);
        if (used == 0 || codepoint == TEXT_INVALID || admit(codepoint) != 0)
            return;
        if (marks < TEXT_COMBINING_MAX) {
            memcpy(piece->bytes + piece->size, text + piece->consumed, used);
            piece->size += used;
            marks++;
        }
        piece->consumed += used; // more marks than that are dropped
    }
}

int text_width(const char *text)
{
    int columns = 0;
    size_t length = strnlen(text, TEXT_DISPLAY_MAX);
    for (size_t at = 0; at < length;) {
        struct piece piece;
        next_piece(text + at, length - at, &piece);
        columns += piece.columns;
        at += piece.consumed;
    }
    return columns;
}

// As much of text as fits columns and cap; an ellipsis in its last place when something is left over.
static int fit(const char *text, size_t length, int columns, char *out, size_t cap)
{
    const char *ellipsis = glyph(GLYPH_ELLIPSIS);
    size_t ellipsis_size = strlen(ellipsis);
    size_t size = 0, keep_size = 0; // keep: where the ellipsis would go
    int used = 0, keep_used = 0;
    bool cut = false;
    if (cap == 0)
        return 0;
    for (size_t at = 0; at < length;) {
        struct piece piece;
        next_piece(text + at, length - at, &piece);
        cut = used + piece.columns > columns || size + piece.size >= cap;
        if (cut)
            break;
        memcpy(out + size, piece.bytes, piece.size);
        size += piece.size;
        used += piece.columns;
        at += piece.consumed;
        if (used < columns && size + ellipsis_size < cap) {
            keep_size = size;
            keep_used = used;
        }
    }
    if (cut && columns > 0 && keep_size + ellipsis_size < cap) {
        memcpy(out + keep_size, ellipsis, ellipsis_size);
        size = keep_size + ellipsis_size;
        used = keep_used + 1;
    }
    out[size] = '\0';
    return used;
}

char *display(const char *text, size_t length, char *out, size_t cap)
{
    const char *end = memchr(text, '\0', length);
    fit(text, end != NULL ? (size_t)(end - text) : length, 1 << 20, out, cap);
    return out;
}

int text_fit(const char *text, int columns, bool pad, char *out, size_t cap)
{
    int used = fit(text, strnlen(text, TEXT_DISPLAY_MAX), columns, out, cap);
    size_t size = cap > 0 ? strlen(out) : 0;
    while (pad && used < columns && size + 1 < cap) {
        out[size++] = ' ';
        out[size] = '\0';
        used++;
    }
    return used;
}

size_t text_append(char *out, size_t cap, const char *format, ...)
{
    size_t used = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(out + used, cap - used, format, arguments);
    va_end(arguments);
    return used + strlen(out + used);
}

size_t text_wrap(const char *text, int columns, const char **next)
{
    size_t line_end = strcspn(text, "\n");
    size_t at = 0, blank = 0;
    int used = 0;
    bool full = false;
    while (at < line_end && !full) {
        struct piece piece;
        if (text[at] == ' ')
            blank = at;
        next_piece(text + at, line_end - at, &piece);
        full = used + piece.columns > columns && at > 0;
        if (!full) {
            used += piece.columns;
            at += piece.consumed;
        }
    }
    if (!full) {
        *next = text[line_end] == '\n' ? text + line_end + 1 : NULL;
        return line_end;
    }
    if (text[at] == ' ')
        blank = at;
    if (blank == 0) { // a word longer than the line
        *next = text + at;
        return at;
    }
    *next = text + blank + strspn(text + blank, " ");
    return blank;
}

// --- the cursor that isn't shown ---

static int rest_y = -1, rest_x = -1; // of the process's one screen

void text_rest_at(int y, int x)
{
    rest_y = y;
    rest_x = x;
}

void text_rest(int *y, int *x)
{
    *y = rest_y;
    *x = rest_x;
}
