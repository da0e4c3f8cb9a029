// SPDX-License-Identifier: Apache-2.0
//
// cast: what is written reads back, and no recording of other programs does harm.

#include "tui/cast/cast.h"
#include "tui/cast/cast_reader.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cast_header plain = {.width = 80, .height = 24, .term = "xterm-256color"};

static char *taken(struct cast_writer *writer)
{
    size_t length = 0;
    char *bytes = cast_writer_take(writer, &length);
    char *text = calloc(1, length + 1);
    cr_assert_not_null(text);
    if (length > 0)
        memcpy(text, bytes, length);
    free(bytes);
    return text;
}

#define EXPECT_TAKEN(writer, want)                                                                           \
    do {                                                                                                     \
        char *got = taken(writer);                                                                           \
        cr_expect_str_eq(got, want, "%s", got);                                                              \
        free(got);                                                                                           \
    } while (0)

// --- writing ---

Test(cast, header)
{
    struct cast_writer *writer = cast_writer_new(&plain);
    EXPECT_TAKEN(writer,
                 "{\"version\":2,\"width\":80,\"height\":24,\"env\":{\"TERM\":\"xterm-256color\"}}\n");
    cast_writer_free(writer);
    const struct cast_header full = {
        .width = 1, .height = 2, .timestamp = 1700000000, .idle_limit_ms = 2500, .title = "a \"b\"\n"};
    writer = cast_writer_new(&full);
    EXPECT_TAKEN(writer, "{\"version\":2,\"width\":1,\"height\":2,\"timestamp\":1700000000,"
                         "\"idle_time_limit\":2.5,\"title\":\"a \\\"b\\\"\\n\"}\n");
    cast_writer_free(writer);
}

Test(cast, events_and_times)
{
    struct cast_writer *writer = cast_writer_new(&plain);
    free(taken(writer));
    cr_expect(cast_writer_output(writer, 0, "a", 1));
    cr_expect(cast_writer_output(writer, 1007, "b", 1));
    cr_expect(cast_writer_resize(writer, 900, 100, 30)); // no time goes back
    cr_expect(cast_writer_output(writer, 61000, "", 0));
    cr_expect(cast_writer_output(writer, 61000, "c", 1));
    EXPECT_TAKEN(writer, "[0,\"o\",\"a\"]\n[1.007,\"o\",\"b\"]\n[1.007,\"r\",\"100x30\"]\n"
                         "[61,\"o\",\"c\"]\n");
    size_t length = 1;
    cr_expect_null(cast_writer_take(writer, &length));
    cr_expect_eq(length, 0u);
    cast_writer_free(writer);
}

static const struct {
    const char *bytes, *text;
} strings[] = {
    {"\033[1m\r\n\t\b\f\007", "\\u001b[1m\\r\\n\\t\\b\\f\\u0007"},
    {"\"\\/", "\\\"\\\\/"},
    {"a\177\302\233b", "ab"},
    {"\303\244\344\275\240\360\237\230\200", "\303\244\344\275\240\360\237\230\200"},
    {"a\377b\300\257c", "a\357\277\275b\357\277\275\357\277\275c"},
    {"\355\240\200", "\357\277\275\357\277\275\357\277\275"}, // a surrogate
    {"\344\275x", "\357\277\275x"},
    {"\360\237\303\244", "\357\277\275\303\244"},
    {"\344\344\275\240", "\357\277\275\344\275\240"},
    {"\200\200", "\357\277\275\357\277\275"},
    {"x\360\237\230", "x\357\277\275"}, // cut off at the end
};

// All the text of the events that wait, without what is around it.
static void joined(struct cast_writer *writer, char out[256])
{
    char *text = taken(writer);
    size_t used = 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        cr_assert(strncmp(line, "[0,\"o\",\"", 8) == 0, "%s", line);
        size_t length = strlen(line) - 10;
        cr_expect_gt(length, 0u); // no empty event
        memcpy(out + used, line + 8, length);
        used += length;
    }
    out[used] = '\0';
    free(text);
}

Test(cast, strings_also_split_at_every_byte)
{
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        size_t length = strlen(strings[i].bytes);
        for (size_t split = 0; split <= length; split++) {
            char out[256];
            struct cast_writer *writer = cast_writer_new(&plain);
            free(taken(writer));
            cast_writer_output(writer, 0, strings[i].bytes, split);
            cast_writer_output(writer, 0, strings[i].bytes + split, length - split);
            cast_writer_finish(writer, 0);
            joined(writer, out);
            cr_expect_str_eq(out, strings[i].text, "row %zu at %zu: %s", i, split, out);
            cast_writer_free(writer);
        }
        char out[256];
        struct cast_writer *writer = cast_writer_new(&plain);
        free(taken(writer));
        for (size_t at = 0; at < length; at++)
            cast_writer_output(writer, 0, strings[i].bytes + at, 1);
        cast_writer_finish(writer, 0);
        joined(writer, out);
        cr_expect_str_eq(out, strings[i].text, "row %zu by bytes: %s", i, out);
        cast_writer_free(writer);
    }
}

Test(cast, an_event_never_holds_half_a_character)
{
    struct cast_writer *writer = cast_writer_new(&plain);
    free(taken(writer));
    cast_writer_output(writer, 0, "a\344\275", 3);
    EXPECT_TAKEN(writer, "[0,\"o\",\"a\"]\n");
    cast_writer_output(writer, 10, "\240b", 2);
    EXPECT_TAKEN(writer, "[0.01,\"o\",\"\344\275\240b\"]\n");
    cast_writer_free(writer);
}

Test(cast, large_output_becomes_several_events_and_more_than_may_wait_ends_it)
{
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    struct cast_writer *writer = cast_writer_new(&plain);
    cr_expect(cast_writer_output(writer, 0, block, CAST_PIECE_MAX + 1));
    char *text = taken(writer);
    int lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    cr_expect_eq(lines, 3);
    free(text);
    int written = 0;
    while (cast_writer_output(writer, 0, block, sizeof block))
        cr_assert_lt(++written, 9);
    cr_expect_eq(written, 7);
    cr_expect(cast_writer_full(writer));
    cr_expect_leq(cast_writer_waiting(writer), (size_t)CAST_WAITING_MAX);
    size_t waiting = cast_writer_waiting(writer);
    cr_expect_not(cast_writer_output(writer, 0, "a", 1));
    cr_expect_not(cast_writer_resize(writer, 0, 1, 1));
    cr_expect_eq(cast_writer_waiting(writer), waiting);
    text = taken(writer);
    cr_expect_eq(text[waiting - 1], '\n'); // whole up to its end
    free(text);
    cast_writer_free(writer);
}

// --- reading ---

static const char recording[] =
    "{\"version\": 2, \"width\": 80, \"height\": 24, \"timestamp\": 1700000000, \"theme\": "
    "{\"fg\": [1, {}, []], \"x\": null}, \"idle_time_limit\": 1.5, \"title\": \"t\\u0069tle\", "
    "\"env\": {\"SHELL\": \"/bin/sh\", \"TERM\": \"xterm\"}, \"command\": null}\n"
    "[0.5, \"o\", \"a\\u001b[m\\\"\\\\\\/\\b\\f\\n\\r\\t\"]\r\n"
    "\n"
    "[1.25, \"i\", \"typed\"]\n"
    "[15e-1, \"o\", \"\\ud83d\\ude00\\ud83dx\\u0000\"]\n"
    "  [ 1.5e1 , \"r\" , \"100x30\" ] \n"
    "[20, \"m\", \"\"]\n"
    "[20.0014, \"o\", \"\344\275\240\"]";

// Events as text, to be compared whole.
static char *told(const char *bytes, size_t length, size_t split)
{
    char *out = calloc(1, 4096);
    size_t used = 0, at = 0;
    struct cast_reader *reader = cast_reader_new("x.cast");
    cr_assert_not_null(out);
    for (;;) {
        struct cast_event event;
        enum cast_kind kind = cast_reader_next(reader, &event);
        if (kind == CAST_MORE) {
            size_t piece = length - at < split ? length - at : split;
            cast_reader_feed(reader, bytes + at, piece);
            at += piece;
            if (at == length)
                cast_reader_finish(reader);
            continue;
        }
        const struct cast_header *header = cast_reader_header(reader);
        if (kind == CAST_HEADER)
            used += (size_t)snprintf(out + used, 4096 - used, "%dx%d %lld %lld %s %s\n", header->width,
                                     header->height, (long long)header->timestamp,
                                     (long long)header->idle_limit_ms, header->title, header->term);
        if (kind == CAST_RESIZE)
            used += (size_t)snprintf(out + used, 4096 - used, "%lld r %dx%d\n", (long long)event.at_ms,
                                     event.width, event.height);
        if (kind == CAST_OUTPUT) {
            used += (size_t)snprintf(out + used, 4096 - used, "%lld o ", (long long)event.at_ms);
            for (size_t i = 0; i < event.length; i++)
                used += (size_t)snprintf(out + used, 4096 - used, "%c", event.text[i]);
            used += (size_t)snprintf(out + used, 4096 - used, "\n");
        }
        if (kind == CAST_ERROR)
            used += (size_t)snprintf(out + used, 4096 - used, "%s", cast_reader_error(reader));
        if (kind == CAST_END)
            used += (size_t)snprintf(out + used, 4096 - used, "end");
        if (kind == CAST_ERROR || kind == CAST_END) {
            cr_expect_eq(cast_reader_next(reader, &event), kind); // and stays so
            break;
        }
    }
    cast_reader_free(reader);
    return out;
}

Test(cast, reads_what_others_write_split_at_every_byte)
{
    static const char want[] = "80x24 1700000000 1500 title xterm\n"
                               "500 o a\033[m\"\\/\b\f\n\r\t\n"
                               "1500 o \360\237\230\200\357\277\275x\177\n"
                               "15000 r 100x30\n"
                               "20001 o \344\275\240\n"
                               "end";
    for (size_t split = 1; split <= sizeof recording; split++) {
        char *got = told(recording, sizeof recording - 1, split);
        cr_expect_str_eq(got, want, "in pieces of %zu: %s", split, got);
        free(got);
    }
}

#define HEAD "{\"version\": 2, \"width\": 80, \"height\": 24}\n"
static const char *const head = "80x24 0 0  \n";

static const struct {
    const char *file, *told; // behind what the header gives, when it is HEAD
    bool after_head;
} broken[] = {
    {"", "x.cast:1: not a recording: it has no first line", false},
    {"\n\n", "x.cast:3: not a recording: it has no first line", false},
    {"hello\n", "x.cast:1: not a recording: the first line is not a JSON object", false},
    {"{\"version\": 1, \"width\": 80, \"height\": 24}\n", "x.cast:1: not asciicast version 2;", false},
    {"{\"version\": 3, \"term\": {\"cols\": 80}}\n", "x.cast:1: not asciicast version 2;", false},
    {"{}\n", "x.cast:1: not asciicast version 2;", false},
    {"{\"version\": 2, \"width\": 0, \"height\": 24}\n", "x.cast:1: width and height", false},
    {"{\"version\": 2, \"width\": 1e9, \"height\": 24}\n", "x.cast:1: width and height", false},
    {"{\"version\": 2, \"width\": 80}\n", "x.cast:1: width and height", false},
    {"{\"version\": 2,}\n", "x.cast:1: not a recording: the first line is not a JSON object", false},
    {"{\"version\": 2 \"width\": 80}\n", "x.cast:1: not a recording: the first line is not a JSON object",
     false},
    {"{\"x\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1\n", "x.cast:1: values are nested too deep", false},
    {"{\"x\": [1, 2}\n", "x.cast:1: not a recording: the first line is not a JSON object", false},
    {"{\"version\": 1, \"version\": 2, \"width\": 80, \"height\": 9, \"height\": 24, \"env\": []}\n",
     "80x24 0 0  \nend", false},
    {HEAD, "end", true},
    {HEAD "[1, \"o\", \"x\"]\n[1, \"o\"", "1000 o x\nend", true},
    {HEAD "[2, \"o\", \"x\"]\n[1, \"o\", \"y\"]\n", "2000 o x\n2000 o y\nend", true},
    {HEAD "[1, \"o\"\n", "x.cast:2: it is not JSON", true},
    {HEAD "\n[1, \"o\", 5]\n", "x.cast:3: an event's data is not a string", true},
    {HEAD "[1, \"o\", \"x\"] y\n", "x.cast:2: it is not JSON", true},
    {HEAD "[1, \"o\", \"x]\n", "x.cast:2: it is not JSON", true},
    {HEAD "[1, \"o\", \"\\x\"]\n", "x.cast:2: it is not JSON", true},
    {HEAD "[1, \"o\", \"\\u12g4\"]\n", "x.cast:2: a string has a broken escape", true},
    {HEAD "[1, \"o\", \"\t\"]\n", "x.cast:2: a control character", true},
    {HEAD "[-1, \"o\", \"\"]\n", "x.cast:2: an event's time", true},
    {HEAD "[1e99, \"o\", \"\"]\n", "x.cast:2: an event's time", true},
    {HEAD "[., \"o\", \"\"]\n", "x.cast:2: it is not JSON", true},
    {HEAD "[\0331, \"o\", \"\"]\n", "x.cast:2: a control character", true},
    {HEAD "[1, \"o\", \"\\u12\"]\n", "x.cast:2: a string has a broken escape", true},
    {HEAD "[1, \"o\", \"\\", "end", true},
    {HEAD "[1, \"o\", \"\\\\u0000\\\"]\"]\n", "1000 o \\u0000\"]\nend", true},
    {HEAD "[1, \"o\", \"\\udc00\\ud800\\ud800\\udc00\"]\n",
     "1000 o \357\277\275\357\277\275\360\220\200\200\nend", true},
    {HEAD "[1, \"o\", [\"x\"]]\n", "x.cast:2: an event's data", true},
    {HEAD "[1, \"o\"]\n", "x.cast:2: not an event", true},
    {HEAD "[1, \"o\", \"x\", 1]\n", "x.cast:2: not an event", true},
    {HEAD "{\"a\": 1, \"b\": \"o\", \"c\": \"x\"}\n", "x.cast:2: not an event", true},
    {HEAD "7\n", "x.cast:2: not an event", true},
    {HEAD "[1, \"r\", \"80\"]\n", "x.cast:2: a new size", true},
    {HEAD "[1, \"r\", \"0x5\"]\n", "x.cast:2: a new size", true},
    {HEAD "[1, \"r\", \"80x24x\"]\n", "x.cast:2: a new size", true},
    {HEAD "[1, \"z\", {\"a\": [true, -0.5e-3]}]\n", "end", true},
};

Test(cast, says_what_is_wrong_and_where)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        for (size_t split = 1; split < 100; split += 7) {
            char *got = told(broken[i].file, strlen(broken[i].file), split);
            const char *rest = got;
            if (broken[i].after_head) {
                cr_assert(strncmp(got, head, strlen(head)) == 0, "row %zu: %s", i, got);
                rest += strlen(head);
            }
            cr_expect(strncmp(rest, broken[i].told, strlen(broken[i].told)) == 0, "row %zu: %s", i, got);
            free(got);
        }
    }
}

// Read to its end, whatever is said of it.
static void read_all(const char *bytes, size_t length)
{
    struct cast_event event = {.kind = CAST_MORE};
    struct cast_reader *reader = cast_reader_new("x");
    cast_reader_feed(reader, bytes, length);
    cast_reader_finish(reader);
    while (cast_reader_next(reader, &event) != CAST_END && event.kind != CAST_ERROR)
        cr_assert_neq(event.kind, CAST_MORE);
    cast_reader_free(reader);
}

Test(cast, no_byte_in_a_recording_does_harm)
{
    static const char bytes[] = "\0\"\\u[]{},:-0\n\t\177\377";
    char copy[sizeof recording];
    for (size_t at = 0; at < sizeof recording - 1; at++) {
        read_all(recording, at);
        for (size_t i = 0; i < sizeof bytes - 1; i++) {
            memcpy(copy, recording, sizeof copy);
            copy[at] = bytes[i];
            read_all(copy, sizeof copy - 1);
        }
    }
}

Test(cast, a_line_of_many_values_is_refused_before_it_costs_memory)
{
    static char line[1 << 20] = HEAD;
    size_t length = strlen(line);
    line[length++] = '[';
    while (length < sizeof line - 2) {
        line[length++] = '0';
        line[length++] = ',';
    }
    line[length++] = '\n';
    char *got = told(line, length, sizeof line);
    cr_expect_str_eq(got + strlen(head), "x.cast:2: it has too many values", "%s", got);
    free(got);
}

Test(cast, a_line_without_end_is_capped)
{
    static char block[1 << 20];
    struct cast_event event;
    memset(block, ' ', sizeof block);
    struct cast_reader *reader = cast_reader_new("/a/very/long/path/of/a/file.cast");
    int blocks = 0;
    while (cast_reader_next(reader, &event) == CAST_MORE) {
        cast_reader_feed(reader, block, sizeof block);
        cr_assert_lt(++blocks, 10);
    }
    cr_expect_str_eq(cast_reader_error(reader),
                     "/a/very/long/path/of/a/file.cast:1: the line is longer than 4 MiB");
    cr_expect_eq(blocks, 5);
    cast_reader_free(reader);
}

// Any bytes: what is written reads back as what was shown.
Test(cast, reads_back_what_it_wrote)
{
    unsigned random = 1;
    for (int round = 0; round < 200; round++) {
        static char bytes[600], shown[4096];
        struct cast_writer *writer = cast_writer_new(&plain);
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525u + 1013904223u;
            // Half of it ASCII, the rest pieces of UTF-8, whole and broken.
            bytes[i] = (char)((random >> 30) < 2 ? random >> 16 & 0x7f : random >> 16 & 0xff);
        }
        for (size_t at = 0; at < sizeof bytes;) {
            random = random * 1664525u + 1013904223u;
            size_t piece = random >> 28;
            if (piece > sizeof bytes - at)
                piece = sizeof bytes - at;
            cr_assert(cast_writer_output(writer, (int64_t)at, bytes + at, piece));
            at += piece;
        }
        cast_writer_finish(writer, 1000);
        // The same as one event.
        struct cast_writer *whole = cast_writer_new(&plain);
        cast_writer_output(whole, 0, bytes, sizeof bytes);
        cast_writer_finish(whole, 0);
        struct cast_writer *const both[] = {writer, whole};
        char *read[2] = {NULL, NULL};
        size_t lengths[2] = {0, 0};
        for (size_t i = 0; i < 2; i++) {
            struct cast_reader *reader = cast_reader_new("x");
            struct cast_event event;
            size_t length = 0, used = 0;
            char *file = cast_writer_take(both[i], &length);
            cast_reader_feed(reader, file, length);
            cast_reader_finish(reader);
            free(file);
            while (cast_reader_next(reader, &event) != CAST_END) {
                cr_assert_neq(event.kind, CAST_ERROR, "%s", cast_reader_error(reader));
                if (event.kind == CAST_OUTPUT) {
                    memcpy(shown + used, event.text, event.length);
                    used += event.length;
                }
            }
            read[i] = malloc(used);
            cr_assert_not_null(read[i]);
            memcpy(read[i], shown, used);
            lengths[i] = used;
            cast_reader_free(reader);
            cast_writer_free(both[i]);
        }
        cr_expect_eq(lengths[0], lengths[1]);
        cr_expect(lengths[0] == lengths[1] && memcmp(read[0], read[1], lengths[0]) == 0, "round %d", round);
        free(read[0]);
        free(read[1]);
    }
}

// --- when ---

Test(cast, pace)
{
    struct cast_pace pace;
    cast_pace_begin(&pace, 1, 0);
    cr_expect_eq(cast_pace_due(&pace, 500), 500);
    cr_expect_eq(cast_pace_due(&pace, 90500), 90500);
    cr_expect_eq(cast_pace_due(&pace, 100), 90500); // no way back
    cast_pace_begin(&pace, 2, 3000);
    cr_expect_eq(cast_pace_due(&pace, 1000), 500);
    cr_expect_eq(cast_pace_due(&pace, 61000), 2000);
    cast_pace_set_speed(&pace, 0.5);
    cr_expect_eq(cast_pace_due(&pace, 61010), 2020);
    // Rounding does not add up.
    cast_pace_begin(&pace, 3, 0);
    for (int64_t at = 1; at < 3000; at++)
        (void)cast_pace_due(&pace, at);
    cr_expect_eq(cast_pace_due(&pace, 3000), 1000);
    cast_pace_begin(&pace, NAN, 0);
    cr_expect_eq(cast_pace_due(&pace, 10), 10);
    cast_pace_begin(&pace, -5, 0);
    cr_expect_eq(cast_pace_due(&pace, 1), 100);
    cast_pace_begin(&pace, 1e99, 0);
    cr_expect_eq(cast_pace_due(&pace, 5000), 5);
}
