// SPDX-License-Identifier: Apache-2.0
//
// bytebuf: Grow a byte array by moving it and wiping the old place: realloc would leave a copy of the bytes
// behind.

#include "api/base/bytebuf.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 256 };

// Room for so many bytes more and the NUL.
static enum status make_room(struct bytebuf *buffer, size_t more)
{
    if (buffer->length > buffer->cap || more > buffer->cap - buffer->length)
        return STATUS_TOO_LARGE;
    size_t wanted = buffer->length + more + 1, before = (size_t)(buffer->data - buffer->memory);
    if (buffer->memory != NULL && before + wanted <= buffer->reserve)
        return STATUS_OK;
    size_t reserve = buffer->reserve > 0 ? buffer->reserve : FIRST;
    while (reserve < wanted)
        reserve *= 2;
    char *memory = malloc(reserve);
    if (memory == NULL)
        return STATUS_NO_MEMORY;
    if (buffer->length > 0)
        memcpy(memory, buffer->data, buffer->length);
    if (buffer->memory != NULL)
        sodium_memzero(buffer->memory, buffer->reserve);
    free(buffer->memory);
    buffer->data = buffer->memory = memory;
    buffer->reserve = reserve;
    return STATUS_OK;
}

enum status bytebuf_add(struct bytebuf *buffer, const void *bytes, size_t length)
{
    enum status status = make_room(buffer, length);
    if (status != STATUS_OK)
        return status;
    if (length > 0)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return STATUS_OK;
}

enum status bytebuf_add_text(struct bytebuf *buffer, const char *text)
{
    return bytebuf_add(buffer, text, strlen(text));
}

enum status bytebuf_print(struct bytebuf *buffer, const char *format, ...)
{
    va_list list, again;
    enum status status = STATUS_NO_MEMORY;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    if (length >= 0)
        status = make_room(buffer, (size_t)length);
    if (status == STATUS_OK) {
        (void)vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    va_end(list);
    return status;
}

const char *bytebuf_text(const struct bytebuf *buffer)
{
    return buffer->data != NULL ? buffer->data : "";
}

void bytebuf_drop(struct bytebuf *buffer, size_t count)
{
    if (count >= buffer->length) {
        bytebuf_clear(buffer);
        return;
    }
    sodium_memzero(buffer->data, count);
    buffer->data += count;
    buffer->length -= count;
}

void bytebuf_clear(struct bytebuf *buffer)
{
    if (buffer->memory == NULL)
        return;
    sodium_memzero(buffer->data, buffer->length);
    buffer->data = buffer->memory;
    buffer->length = 0;
    buffer->data[0] = '\0';
}

void bytebuf_free(struct bytebuf *buffer)
{
    bytebuf_clear(buffer);
    free(buffer->memory);
    *buffer = BYTEBUF(buffer->cap);
}
