// SPDX-License-Identifier: Apache-2.0
//
// utf8: The table of well-formed sequences (table 3-7 of the Unicode standard): what the first byte may be,
// and the range of the second. All that follow are continuations.

#include "api/base/utf8.h"

#include <string.h>

static const struct {
    unsigned char first, last, second_first, second_last;
    size_t length;
} forms[] = {
    {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

// How many bytes at the start of text are right for the character that the first one begins, and how many it
// needs; needs 0: none begins so.
static size_t count_right(const char *text, size_t *needs)
{
    const unsigned char *bytes = (const unsigned char *)text;
    *needs = 0;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (bytes[0] < forms[i].first || bytes[0] > forms[i].last)
            continue;
        *needs = forms[i].length;
        if (*needs == 1 || bytes[1] < forms[i].second_first || bytes[1] > forms[i].second_last)
            return 1;
        size_t right = 2;
        while (right < *needs && (bytes[right] & 0xc0) == 0x80) // NUL is no continuation
            right++;
        return right;
    }
    return 0;
}

size_t utf8_length(const char *text)
{
    size_t needs = 0, right = count_right(text, &needs);
    return right == needs ? needs : 0;
}

static bool is_control(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    return bytes[0] < 0x20 || bytes[0] == 0x7f || (bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0);
}

// All that is left of the text could be the beginning of one character.
static bool is_beginning(const char *text)
{
    size_t needs = 0, right = count_right(text, &needs);
    return right < needs && text[right] == '\0';
}

void utf8_clean(char *text, bool cut)
{
    char *out = text;
    while (*text != '\0') {
        size_t length = utf8_length(text);
        if (length == 0 && cut && is_beginning(text))
            break;
        if (length == 0 || is_control(text)) {
            *out++ = length == 0 ? '?' : ' ';
            text += length == 0 ? 1 : length;
            continue;
        }
        memmove(out, text, length);
        out += length;
        text += length;
    }
    *out = '\0';
}

bool utf8_is_clean(const char *text)
{
    while (*text != '\0') {
        size_t length = utf8_length(text);
        if (length == 0 || is_control(text))
            return false;
        text += length;
    }
    return true;
}

bool utf8_copy(const char *text, char *out, size_t cap)
{
    static const char more[] = "\u2026";
    size_t used = 0, room_for_more = 0; // how much may stand when "…" follows
    bool same = true;
    while (*text != '\0') {
        size_t length = utf8_length(text);
        bool clean = length > 0 && !is_control(text);
        size_t size = clean ? length : 1;
        if (used + size >= cap) {
            memcpy(out + room_for_more, more, sizeof more);
            return false;
        }
        memcpy(out + used, clean ? text : "?", size);
        same = same && clean;
        used += size;
        if (used + sizeof more <= cap)
            room_for_more = used;
        text += length > 0 ? length : 1;
    }
    out[used] = '\0';
    return same;
}
