// SPDX-License-Identifier: Apache-2.0
//
// vt_reply: queue answers to the program until they are taken, each whole or not at all.

#include "tui/vt/vt_screen_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REPLY_TEXT_MAX = 1280 };

// Each ESC with the byte behind it as one C1 control.
static int shorten(char *text, int length)
{
    int to = 0;
    for (int from = 0; from < length; from++)
        text[to++] = text[from] == '\033' ? (char)(text[++from] + 0x40) : text[from];
    return to;
}

void vt_reply(struct vt *vt, const char *format, ...)
{
    char text[REPLY_TEXT_MAX];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    // Whole or not at all: half an answer would be taken for keys.
    if (length <= 0 || (size_t)length >= sizeof text || (size_t)length > VT_REPLY_MAX - vt->reply_length)
        return;
    if (vt->eight_bit)
        length = shorten(text, length);
    memcpy(vt->replies + vt->reply_length, text, (size_t)length);
    vt->reply_length += (size_t)length;
}

size_t vt_reply_take(struct vt *vt, char *out, size_t cap)
{
    size_t length = vt->reply_length < cap ? vt->reply_length : cap;
    memcpy(out, vt->replies, length);
    memmove(vt->replies, vt->replies + length, vt->reply_length - length);
    vt->reply_length -= length;
    return length;
}
