// SPDX-License-Identifier: Apache-2.0
//
// cast: owns the writing of recordings. The JSON of the format is so small that it is written here by hand;
// every string goes through one place that escapes it.

#include "tui/cast/cast.h"

#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096, HALF_MAX = 3 };

struct cast_writer {
    char *bytes;
    size_t length, room;
    uint64_t total;
    int64_t last_ms;
    bool full;
    char half[HALF_MAX]; // of a character that the last piece has split
    size_t half_length;
};

// --- the buffer ------------------------------------------------------------------

// Grown by hand: what realloc leaves behind could hold what was on the screen.
static void make_room(struct cast_writer *writer, size_t more)
{
    size_t wanted = writer->length + more;
    if (wanted <= writer->room)
        return;
    size_t room = writer->room == 0 ? FIRST_ROOM : writer->room;
    while (room < wanted)
        room *= 2;
    char *bytes = xmalloc(room);
    if (writer->length > 0) {
        memcpy(bytes, writer->bytes, writer->length);
        explicit_bzero(writer->bytes, writer->length);
    }
    free(writer->bytes);
    writer->bytes = bytes;
    writer->room = room;
}

static void put(struct cast_writer *writer, const char *bytes, size_t length)
{
    make_room(writer, length);
    memcpy(writer->bytes + writer->length, bytes, length);
    writer->length += length;
}

static void put_format(struct cast_writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put_format(struct cast_writer *writer, const char *format, ...)
{
    char text[128];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    put(writer, text, (size_t)length);
}

// --- strings ----------------------------------------------------------------------

// The letter of a short escape; '\0': there is none.
static char short_escape(uint32_t codepoint)
{
    switch (codepoint) {
    case '"':
    case '\\':
        return (char)codepoint;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return '\0';
    }
}

static void put_character(struct cast_writer *writer, uint32_t codepoint)
{
    char utf8[4] = {0};
    char letter = short_escape(codepoint);
    if (codepoint == TEXT_INVALID)
        codepoint = 0xfffd;
    if (letter != '\0') {
        const char escape[] = {'\\', letter};
        put(writer, escape, sizeof escape);
    } else if (codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0)) {
        put_format(writer, "\\u%04" PRIx32, codepoint);
    } else {
        put(writer, utf8, text_encode(codepoint, utf8));
    }
}

// Written as it is: most of what programs write, in long runs.
static bool is_plain(char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

// Without quotes. What is split at the end counts as not UTF-8.
static void put_text(struct cast_writer *writer, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t codepoint = 0;
        size_t plain = at;
        while (plain < length && is_plain(text[plain]))
            plain++;
        if (plain > at) {
            put(writer, text + at, plain - at);
            at = plain;
            continue;
        }
        at += text_decode(text + at, length - at, &codepoint);
        put_character(writer, codepoint);
    }
}

// --- events -----------------------------------------------------------------------

static void begin_event(struct cast_writer *writer, int64_t at_ms, char code)
{
    if (at_ms > writer->last_ms)
        writer->last_ms = at_ms;
    put_format(writer, "[%" PRId64 ".%03d, \"%c\", \"", writer->last_ms / 1000, (int)(writer->last_ms % 1000),
               code);
}

static void end_event(struct cast_writer *writer)
{
    put(writer, "\"]\n", 3);
}

// Whole or not at all: what was written since before goes when it is too much.
static bool keep(struct cast_writer *writer, size_t before)
{
    if (writer->length > CAST_WAITING_MAX) {
        explicit_bzero(writer->bytes + before, writer->length - before);
        writer->length = before;
        writer->full = true;
        return false;
    }
    writer->total += writer->length - before;
    return true;
}

// A piece, with the half of a character from before it; the half at its end is held back.
static void put_output(struct cast_writer *writer, int64_t at_ms, const char *bytes, size_t length)
{
    char joined[2 * HALF_MAX + 1];
    size_t tail = text_decode_incomplete(bytes, length), from = 0;
    // As many bytes as its character can still need.
    size_t head = length < HALF_MAX ? length : HALF_MAX, have = writer->half_length + head;
    memcpy(joined, writer->half, writer->half_length);
    memcpy(joined + writer->half_length, bytes, head);
    if (head == length && text_decode_incomplete(joined, have) == have) {
        memcpy(writer->half, joined, have);
        writer->half_length = have;
        return;
    }
    begin_event(writer, at_ms, 'o');
    if (writer->half_length > 0) {
        uint32_t codepoint = 0;
        size_t used = text_decode(joined, have, &codepoint);
        put_character(writer, codepoint);
        from = used - writer->half_length;
        writer->half_length = 0;
    }
    tail = tail < length - from ? tail : length - from;
    put_text(writer, bytes + from, length - from - tail);
    end_event(writer);
    memcpy(writer->half, bytes + length - tail, tail);
    writer->half_length = tail;
}

bool cast_writer_output(struct cast_writer *writer, int64_t at_ms, const void *bytes, size_t length)
{
    const char *from = bytes;
    size_t before = writer->length;
    if (writer->full)
        return false;
    while (length > 0) {
        size_t piece = length < CAST_PIECE_MAX ? length : CAST_PIECE_MAX;
        put_output(writer, at_ms, from, piece);
        from += piece;
        length -= piece;
        if (writer->length > CAST_WAITING_MAX)
            break;
    }
    return keep(writer, before);
}

bool cast_writer_resize(struct cast_writer *writer, int64_t at_ms, int width, int height)
{
    size_t before = writer->length;
    if (writer->full)
        return false;
    begin_event(writer, at_ms, 'r');
    put_format(writer, "%dx%d", width, height);
    end_event(writer);
    return keep(writer, before);
}

bool cast_writer_finish(struct cast_writer *writer, int64_t at_ms)
{
    size_t before = writer->length;
    if (writer->full)
        return false;
    if (writer->half_length == 0)
        return true;
    begin_event(writer, at_ms, 'o');
    put_text(writer, writer->half, writer->half_length);
    end_event(writer);
    writer->half_length = 0;
    return keep(writer, before);
}

// --- life -------------------------------------------------------------------------

static void put_header(struct cast_writer *writer, const struct cast_header *header)
{
    put_format(writer, "{\"version\": 2, \"width\": %d, \"height\": %d", header->width, header->height);
    if (header->timestamp != 0)
        put_format(writer, ", \"timestamp\": %" PRId64, header->timestamp);
    if (header->idle_limit_ms > 0)
        put_format(writer, ", \"idle_time_limit\": %" PRId64 ".%03d", header->idle_limit_ms / 1000,
                   (int)(header->idle_limit_ms % 1000));
    if (header->title[0] != '\0') {
        put_format(writer, ", \"title\": \"");
        put_text(writer, header->title, strlen(header->title));
        put(writer, "\"", 1);
    }
    if (header->term[0] != '\0') {
        put_format(writer, ", \"env\": {\"TERM\": \"");
        put_text(writer, header->term, strlen(header->term));
        put(writer, "\"}", 2);
    }
    put(writer, "}\n", 2);
}

struct cast_writer *cast_writer_new(const struct cast_header *header)
{
    struct cast_writer *writer = xcalloc(1, sizeof *writer);
    put_header(writer, header);
    writer->total = writer->length;
    return writer;
}

void cast_writer_free(struct cast_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->bytes != NULL)
        explicit_bzero(writer->bytes, writer->length);
    free(writer->bytes);
    explicit_bzero(writer, sizeof *writer);
    free(writer);
}

char *cast_writer_take(struct cast_writer *writer, size_t *length)
{
    char *taken = writer->length > 0 ? writer->bytes : NULL;
    *length = writer->length;
    if (taken == NULL)
        return NULL;
    writer->bytes = NULL;
    writer->length = writer->room = 0;
    return taken;
}

size_t cast_writer_waiting(const struct cast_writer *writer)
{
    return writer->length;
}

uint64_t cast_writer_total(const struct cast_writer *writer)
{
    return writer->total;
}

bool cast_writer_full(const struct cast_writer *writer)
{
    return writer->full;
}
