// SPDX-License-Identifier: Apache-2.0
//
// clipboard: build OSC 52. The text is base64, so nothing in it can end the sequence; inside tmux or screen
// the sequence is wrapped so that it is passed through.

#include "tui/term/clipboard.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { SCREEN_PIECE = 250 }; // GNU screen cuts device control strings at 256 bytes

enum clipboard_wrap clipboard_wrap_for(const char *tmux, const char *term)
{
    if (tmux != NULL && tmux[0] != '\0')
        return CLIPBOARD_TMUX;
    if (term != NULL &&
        (strcmp(term, "screen") == 0 || strncmp(term, "screen.", 7) == 0 || strncmp(term, "screen-", 7) == 0))
        return CLIPBOARD_SCREEN;
    return CLIPBOARD_PLAIN;
}

enum clipboard_route clipboard_route_for(const char *setting, const char *tmux, const char *sty,
                                         const char *term)
{
    bool in_tmux = tmux != NULL && tmux[0] != '\0';
    if (strcmp(setting, "osc52") == 0)
        return CLIPBOARD_BY_OSC52;
    if (strcmp(setting, "passthrough") == 0)
        return CLIPBOARD_BY_PASSTHROUGH;
    if (in_tmux)
        return CLIPBOARD_BY_TMUX;
    if (sty != NULL && sty[0] != '\0')
        return CLIPBOARD_BY_SCREEN;
    return clipboard_wrap_for(NULL, term) == CLIPBOARD_SCREEN ? CLIPBOARD_BY_ALL : CLIPBOARD_BY_OSC52;
}

static char *put(char *out, const char *text)
{
    while (*text != '\0')
        *out++ = *text++;
    return out;
}

static char *put_base64(char *out, const unsigned char *text, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned bits = (unsigned)text[i] << 16;
        if (left > 1)
            bits |= (unsigned)text[i + 1] << 8;
        if (left > 2)
            bits |= text[i + 2];
        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63];
        *out++ = left > 1 ? digits[bits >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[bits & 63] : '=';
    }
    return out;
}

// A device control string holds no ESC of its own here: screen gets the sequence in pieces, each in one.
static char *wrap_for_screen(char *out, const char *sequence, size_t length)
{
    for (size_t i = 0; i < length; i += SCREEN_PIECE) {
        size_t piece = length - i < SCREEN_PIECE ? length - i : SCREEN_PIECE;
        out = put(out, "\033P");
        memcpy(out, sequence + i, piece);
        out = put(out + piece, "\033\\");
    }
    return out;
}

char *clipboard_sequence(const char *text, size_t length, enum clipboard_wrap wrap, size_t *out_length)
{
    if (length == 0 || length > CLIPBOARD_TEXT_MAX)
        return NULL;
    size_t encoded = (length + 2) / 3 * 4, pieces = encoded / SCREEN_PIECE + 2;
    char *plain = xmalloc(encoded + 16), *sequence = xmalloc(encoded + 64 + 4 * pieces), *end = sequence;
    // BEL ends it: a string terminator would end the wrapper's string too.
    char *plain_end = put_base64(put(plain, "\033]52;c;"), (const unsigned char *)text, length);
    plain_end = put(plain_end, "\a");
    size_t plain_length = (size_t)(plain_end - plain);
    if (wrap == CLIPBOARD_SCREEN) {
        end = wrap_for_screen(end, plain, plain_length);
    } else {
        end = put(end, wrap == CLIPBOARD_TMUX ? "\033Ptmux;\033" : ""); // each ESC inside is doubled
        memcpy(end, plain, plain_length);
        end = put(end + plain_length, wrap == CLIPBOARD_TMUX ? "\033\\" : "");
    }
    explicit_bzero(plain, plain_length);
    free(plain);
    *end = '\0';
    *out_length = (size_t)(end - sequence);
    return sequence;
}
