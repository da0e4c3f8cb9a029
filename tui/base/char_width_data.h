// SPDX-License-Identifier: Apache-2.0
//
// char_width_data: Unicode's tables for char_width, which is what others ask.

#ifndef SBXDECK_TUI_BASE_CHAR_WIDTH_DATA_H
#define SBXDECK_TUI_BASE_CHAR_WIDTH_DATA_H

#include <stddef.h>
#include <stdint.h>

struct char_range {
    uint32_t first, last;
};

// Combining marks (Mn, Me), format characters (Cf) without the soft hyphen and the prepended marks, and the
// medial and final letters of Hangul.
extern const struct char_range char_zero_width[];
extern const size_t char_zero_width_count;
// East Asian Width W and F.
extern const struct char_range char_wide[];
extern const size_t char_wide_count;
// Emoji that are shown as text, one column wide, unless U+FE0F follows.
extern const struct char_range char_wide_by_selector[];
extern const size_t char_wide_by_selector_count;
// Extended_Pictographic: what U+200D joins into one picture.
extern const struct char_range char_pictographic[];
extern const size_t char_pictographic_count;

#endif
