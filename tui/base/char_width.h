// SPDX-License-Identifier: Apache-2.0
//
// char_width: how many columns a character takes, as programs on a remote system count them: by Unicode 17,
// not by the libc's wcwidth, which follows the locale and is often years older.

#ifndef SBXDECK_TUI_BASE_CHAR_WIDTH_H
#define SBXDECK_TUI_BASE_CHAR_WIDTH_H

#include <stdbool.h>
#include <stdint.h>

// 0 (a mark or a format character, which joins what is before it), 1 or 2; -1 for control characters and for
// what is no code point.
int char_width(uint32_t codepoint);

// To look up in a flood: for a character from U+00A0 on its columns when it stands for itself, or 0 when it
// has none. clusters: also 0 when it may join the one before it (tones, halves of flags), and with
// CHAR_WIDTH_AFTER_JOINER when it joins after U+200D alone.
enum { CHAR_WIDTH_COLUMNS = 3, CHAR_WIDTH_AFTER_JOINER = 8, CHAR_WIDTH_TABLE = 0x20000 };
int char_width_alone(uint32_t codepoint, bool clusters);
// The same for all below CHAR_WIDTH_TABLE. Static.
const unsigned char *char_width_table(bool clusters);

// U+FE0F after it makes it an emoji of two columns.
bool char_width_by_selector(uint32_t codepoint);
// U+200D after a pictograph joins it with the next one into a single picture.
bool char_is_pictograph(uint32_t codepoint);
// Two of these make a flag.
bool char_is_regional(uint32_t codepoint);
// The tone of the skin of the pictograph before it.
bool char_is_tone(uint32_t codepoint);

#endif
