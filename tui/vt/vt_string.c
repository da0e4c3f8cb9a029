// SPDX-License-Identifier: Apache-2.0
//
// vt_string: strings that a program sends: titles, the clipboard, queries of settings. All of it is cleaned
// and capped, and nothing of the operator's is ever sent back.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/char_width.h"
#include "tui/base/char_width_data.h"
#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// Characters that show nothing but change how others are shown: joiners, marks of direction, separators,
// tags. Of Unicode and not of the libc, whose answer depends on the locale.
static bool is_format(uint32_t codepoint)
{
    static const struct char_range formats[] = {
        {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},
        {0x180e, 0x180e},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0xfeff, 0xfeff},
        {0xfff9, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
        {0x1d173, 0x1d17a}, {0xe0000, 0xe007f}};
    size_t i = 0;
    while (i < sizeof formats / sizeof formats[0] && codepoint > formats[i].last)
        i++;
    return i < sizeof formats / sizeof formats[0] && codepoint >= formats[i].first;
}

static void clean_text(const char *from, size_t length, char *out, size_t cap)
{
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        char encoded[4];
        uint32_t codepoint = 0;
        at += text_decode(from + at, length - at, &codepoint);
        if (codepoint == TEXT_INVALID || char_width(codepoint) < 0 || is_format(codepoint))
            continue;
        size_t size = text_encode(codepoint, encoded);
        if (used + size >= cap)
            break;
        memcpy(out + used, encoded, size);
        used += size;
    }
    out[used] = '\0';
}

// --- the clipboard ---

static int base64_value(char byte)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = byte != '\0' ? strchr(digits, byte) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

// As xterm takes it: white space is passed over, the padding may be missing. Fills out, which has room, and
// returns the bytes; -1 when it is no base64. (libsodium's decoder is in the other half of the program.)
static long decode_base64(const char *data, size_t length, char *out)
{
    static const char passed_over[] = " \t\r\n";
    size_t digits = 0, used = 0, padding = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < length; i++) {
        int value = base64_value(data[i]);
        padding += data[i] == '=';
        if (data[i] == '=' || (data[i] != '\0' && strchr(passed_over, data[i]) != NULL))
            continue;
        if (value < 0 || padding > 0)
            return -1;
        bits = bits << 6 | (uint32_t)value;
        if (digits % 4 > 0)
            out[used++] = (char)(bits >> (6 - digits % 4 * 2) & 0xff);
        digits++;
    }
    return digits % 4 == 1 || padding > (4 - digits % 4) % 4 ? -1 : (long)used;
}

// Writes are kept for the operator to decide; reads ("?") are not answered, and an empty write, which would
// clear the clipboard, is nothing to decide on.
static void take_clipboard(struct vt *vt, const char *rest, size_t length)
{
    const char *data = memchr(rest, ';', length);
    if (data == NULL)
        return;
    data++;
    length -= (size_t)(data - rest);
    char *out = xmalloc(length + 1);
    long decoded = decode_base64(data, length, out);
    if (decoded <= 0 || decoded > VT_CLIPBOARD_MAX) {
        free(out);
        return;
    }
    free(vt->clipboard);
    vt->clipboard = out;
    vt->clipboard_length = (size_t)decoded;
}

void vt_osc_dispatch(struct vt *vt)
{
    const char *rest = vt->string;
    int number = 0, digits = 0;
    for (; isdigit((unsigned char)*rest) && digits < 5; rest++, digits++)
        number = number * 10 + (*rest - '0');
    if (digits == 0 || (*rest != ';' && *rest != '\0'))
        return;
    bool alone = *rest == '\0';
    rest += !alone;
    if (vt_colors_osc(vt, number, rest) || alone)
        return;
    size_t length = vt->string_length - (size_t)(rest - vt->string);
    if (number == 0 || number == 2)
        clean_text(rest, length, vt->title, sizeof vt->title);
    else if (number == 8)
        vt_take_link(vt, rest);
    else if (number == 52)
        take_clipboard(vt, rest, length);
}

// --- DCS: DECRQSS, XTGETTCAP ---

void vt_dcs_dispatch(struct vt *vt)
{
    if (vt->intermediate == '$' && vt->prefix == '\0' && vt->string[0] == 'q')
        vt_report_setting(vt, vt->string + 1);
    else if (vt->intermediate == '+' && vt->prefix == '\0' && vt->string[0] == 'q')
        vt_report_capabilities(vt, vt->string + 1);
}
