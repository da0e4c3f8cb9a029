// SPDX-License-Identifier: Apache-2.0
//
// cast: format the lines of a recording into memory. cJSON prints them into a buffer of ours: nothing that
// was on the screen stays in memory that was freed.

#include "tui/cast/cast.h"

#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A byte of text is six of JSON at most (\u001b); LINE_ROOM is for what stands around it, and for what cJSON
// wants more than it uses.
enum { FIRST_ROOM = 4096, HALF_MAX = 3, REPLACEMENT_SIZE = 3, ESCAPE_SIZE = 6, LINE_ROOM = 256 };

struct cast_writer {
    char *bytes;
    size_t length, room;
    int64_t last_ms;
    bool full;
    size_t half_length; // of a character that the last piece has split, at the start of piece
    char piece[HALF_MAX + CAST_PIECE_MAX];
    char clean[REPLACEMENT_SIZE * (HALF_MAX + CAST_PIECE_MAX) + 1];
};

// --- lines -----------------------------------------------------------------------

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

// Puts what cJSON can hold of the text into writer->clean and returns its length: what is not UTF-8 is
// U+FFFD, and NUL, DEL and C1 controls, which terminals show nothing for, are left out.
static size_t clean(struct cast_writer *writer, const char *text, size_t length)
{
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        uint32_t codepoint = 0;
        if (text[at] > '\0' && text[at] < 0x7f) { // most of it
            writer->clean[used++] = text[at++];
            continue;
        }
        size_t size = text_decode(text + at, length - at, &codepoint);
        if (codepoint == TEXT_INVALID)
            used += text_encode(0xfffd, writer->clean + used);
        else if (codepoint != 0 && (codepoint < 0x7f || codepoint > 0x9f))
            used += text_encode(codepoint, writer->clean + used);
        at += size;
    }
    writer->clean[used] = '\0';
    return used;
}

// Adds the line, with at most so many bytes of text in it, and ends json. NULL (no memory) ends the
// recording.
static void put_line(struct cast_writer *writer, cJSON *json, size_t text_length)
{
    size_t room = ESCAPE_SIZE * text_length + LINE_ROOM;
    make_room(writer, room);
    char *line = writer->bytes + writer->length;
    if (json != NULL && cJSON_PrintPreallocated(json, line, (int)room, false)) {
        writer->length += strlen(line);
        writer->bytes[writer->length++] = '\n';
    } else {
        writer->full = true;
    }
    cJSON_Delete(json);
}

static bool add(cJSON *array, cJSON *item)
{
    if (cJSON_AddItemToArray(array, item))
        return true;
    cJSON_Delete(item);
    return false;
}

// An event with the text in writer->clean, which is wiped.
static void put_event(struct cast_writer *writer, int64_t at_ms, const char *code)
{
    size_t length = strlen(writer->clean);
    cJSON *event = cJSON_CreateArray();
    if (at_ms > writer->last_ms)
        writer->last_ms = at_ms;
    if (!add(event, cJSON_CreateNumber((double)writer->last_ms / 1000)) ||
        !add(event, cJSON_CreateString(code)) || !add(event, cJSON_CreateStringReference(writer->clean))) {
        cJSON_Delete(event);
        event = NULL;
    }
    put_line(writer, event, length);
    explicit_bzero(writer->clean, length);
}

// --- events -----------------------------------------------------------------------

// Whole or not at all: what was written since before goes when it is too much.
static bool keep(struct cast_writer *writer, size_t before)
{
    if (writer->full || writer->length > CAST_WAITING_MAX) {
        explicit_bzero(writer->bytes + before, writer->length - before);
        writer->length = before;
        writer->full = true;
        return false;
    }
    return true;
}

// What stands in writer->piece, but for the half of a character at its end: that is held back.
static void put_piece(struct cast_writer *writer, int64_t at_ms, size_t length)
{
    size_t half = text_decode_incomplete(writer->piece, length);
    if (clean(writer, writer->piece, length - half) > 0)
        put_event(writer, at_ms, "o");
    memmove(writer->piece, writer->piece + length - half, half);
    explicit_bzero(writer->piece + half, length - half);
    writer->half_length = half;
}

bool cast_writer_output(struct cast_writer *writer, int64_t at_ms, const void *bytes, size_t length)
{
    const char *from = bytes;
    size_t before = writer->length;
    if (writer->full)
        return false;
    while (length > 0) {
        size_t piece = length < CAST_PIECE_MAX ? length : CAST_PIECE_MAX;
        memcpy(writer->piece + writer->half_length, from, piece);
        put_piece(writer, at_ms, writer->half_length + piece);
        from += piece;
        length -= piece;
        if (writer->full || writer->length > CAST_WAITING_MAX)
            break;
    }
    return keep(writer, before);
}

bool cast_writer_resize(struct cast_writer *writer, int64_t at_ms, int width, int height)
{
    size_t before = writer->length;
    if (writer->full)
        return false;
    (void)snprintf(writer->clean, sizeof writer->clean, "%dx%d", width, height);
    put_event(writer, at_ms, "r");
    return keep(writer, before);
}

bool cast_writer_finish(struct cast_writer *writer, int64_t at_ms)
{
    size_t before = writer->length;
    if (writer->full)
        return false;
    if (clean(writer, writer->piece, writer->half_length) > 0)
        put_event(writer, at_ms, "o");
    writer->half_length = 0;
    return keep(writer, before);
}

// --- life -------------------------------------------------------------------------

static cJSON *header_line(struct cast_writer *writer, const struct cast_header *header)
{
    cJSON *line = cJSON_CreateObject(), *env = NULL;
    bool made = cJSON_AddNumberToObject(line, "version", 2) != NULL &&
                cJSON_AddNumberToObject(line, "width", header->width) != NULL &&
                cJSON_AddNumberToObject(line, "height", header->height) != NULL;
    if (made && header->timestamp != 0)
        made = cJSON_AddNumberToObject(line, "timestamp", (double)header->timestamp) != NULL;
    if (made && header->idle_limit_ms > 0)
        made = cJSON_AddNumberToObject(line, "idle_time_limit", (double)header->idle_limit_ms / 1000) != NULL;
    if (made && clean(writer, header->title, strlen(header->title)) > 0)
        made = cJSON_AddStringToObject(line, "title", writer->clean) != NULL;
    if (made && clean(writer, header->term, strlen(header->term)) > 0)
        made = (env = cJSON_AddObjectToObject(line, "env")) != NULL &&
               cJSON_AddStringToObject(env, "TERM", writer->clean) != NULL;
    if (made)
        return line;
    cJSON_Delete(line);
    return NULL;
}

struct cast_writer *cast_writer_new(const struct cast_header *header)
{
    struct cast_writer *writer = xcalloc(1, sizeof *writer);
    put_line(writer, header_line(writer, header), REPLACEMENT_SIZE * (CAST_TITLE_MAX + CAST_TERM_MAX));
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

bool cast_writer_full(const struct cast_writer *writer)
{
    return writer->full;
}
