// SPDX-License-Identifier: Apache-2.0
//
// cast_reader: owns the lines of a recording while they are read. Only one line is kept at a time.

#include "tui/cast/cast_reader.h"

#include "tui/base/xalloc.h"
#include "tui/cast/cast_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096 };

struct cast_reader {
    char *name;
    char *bytes;
    size_t from, length, room; // bytes[from..length) are not read yet
    size_t looked;             // of those, without a line end
    int line;
    bool finished, has_header, cut, failed;
    int64_t last_ms;
    struct cast_header header;
    char error[CAST_ERROR_MAX];
};

struct cast_reader *cast_reader_new(const char *name)
{
    struct cast_reader *reader = xcalloc(1, sizeof *reader);
    reader->name = xstrdup(name);
    reader->room = FIRST_ROOM;
    reader->bytes = xmalloc(reader->room);
    return reader;
}

void cast_reader_free(struct cast_reader *reader)
{
    if (reader == NULL)
        return;
    free(reader->name);
    free(reader->bytes);
    free(reader);
}

void cast_reader_feed(struct cast_reader *reader, const void *bytes, size_t length)
{
    if (length == 0 || reader->failed)
        return;
    if (reader->from > 0) {
        memmove(reader->bytes, reader->bytes + reader->from, reader->length - reader->from);
        reader->length -= reader->from;
        reader->from = 0;
    }
    if (reader->length + length > reader->room) {
        reader->room = 2 * (reader->length + length);
        reader->bytes = xrealloc(reader->bytes, reader->room);
    }
    memcpy(reader->bytes + reader->length, bytes, length);
    reader->length += length;
}

void cast_reader_finish(struct cast_reader *reader)
{
    reader->finished = true;
}

const struct cast_header *cast_reader_header(const struct cast_reader *reader)
{
    return &reader->header;
}

const char *cast_reader_error(const struct cast_reader *reader)
{
    return reader->error;
}

bool cast_reader_was_cut(const struct cast_reader *reader)
{
    return reader->cut;
}

static enum cast_kind fail(struct cast_reader *reader, const char *wrong)
{
    // A long path is cut at its beginning: its end says more.
    size_t length = strlen(reader->name), most = CAST_ERROR_MAX / 2;
    const char *name = length > most ? reader->name + length - most : reader->name;
    (void)snprintf(reader->error, sizeof reader->error, "%s:%d: %s", name, reader->line, wrong);
    reader->failed = true;
    return CAST_ERROR;
}

// --- the header ---

static bool is_name(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

static bool take_text(struct cast_json *json, char *out, size_t cap)
{
    char *text = NULL;
    size_t length = 0;
    if (!cast_json_is(json, '"'))
        return cast_json_skip(json); // null, as some write it
    if (!cast_json_string(json, &text, &length))
        return false;
    if (length >= cap)
        length = cap - 1;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

static bool take_env(struct cast_json *json, struct cast_header *header)
{
    char *name = NULL;
    size_t length = 0;
    if (!cast_json_is(json, '{'))
        return cast_json_skip(json);
    json->at++;
    if (cast_json_is(json, '}'))
        return cast_json_take(json, '}');
    do {
        if (!cast_json_string(json, &name, &length) || !cast_json_take(json, ':'))
            return false;
        bool term = is_name(name, length, "TERM");
        if (!(term ? take_text(json, header->term, sizeof header->term) : cast_json_skip(json)))
            return false;
    } while (cast_json_is(json, ',') && cast_json_take(json, ','));
    return cast_json_take(json, '}');
}

struct numbers {
    double version, width, height, timestamp, idle;
};

static bool take_value(struct cast_json *json, const char *name, size_t length, struct cast_header *header,
                       struct numbers *numbers)
{
    struct {
        const char *name;
        double *value;
    } known[] = {{"version", &numbers->version},
                 {"width", &numbers->width},
                 {"height", &numbers->height},
                 {"timestamp", &numbers->timestamp},
                 {"idle_time_limit", &numbers->idle}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (is_name(name, length, known[i].name))
            return cast_json_is(json, 'n') ? cast_json_skip(json) : cast_json_number(json, known[i].value);
    if (is_name(name, length, "title"))
        return take_text(json, header->title, sizeof header->title);
    if (is_name(name, length, "env"))
        return take_env(json, header);
    return cast_json_skip(json);
}

static const char *check(struct cast_header *header, const struct numbers *numbers)
{
    // NOLINTBEGIN(clang-analyzer-core.UndefinedBinaryOperatorResult)
    if (numbers->version != 2)
        return "not asciicast version 2; convert it with asciinema (asciinema convert -f asciicast-v2)";
    if (!(numbers->width >= 1 && numbers->width <= CAST_SIZE_MAX && numbers->height >= 1 &&
          numbers->height <= CAST_SIZE_MAX))
        return "width and height are missing or not from 1 to 10000";
    // NOLINTEND(clang-analyzer-core.UndefinedBinaryOperatorResult)
    header->width = (int)numbers->width;
    header->height = (int)numbers->height;
    if (numbers->timestamp > 0 && numbers->timestamp < 1e15)
        header->timestamp = (int64_t)numbers->timestamp;
    if (numbers->idle > 0 && numbers->idle <= CAST_TIME_MAX_S)
        header->idle_limit_ms = (int64_t)(numbers->idle * 1000 + 0.5);
    return NULL;
}

static enum cast_kind read_header(struct cast_reader *reader, struct cast_json *json)
{
    struct numbers numbers = {0};
    char *name = NULL;
    size_t length = 0;
    if (!cast_json_take(json, '{'))
        return fail(reader, "not a recording: the first line is not a JSON object");
    bool more = !cast_json_is(json, '}');
    while (more) {
        if (!cast_json_string(json, &name, &length) || !cast_json_take(json, ':') ||
            !take_value(json, name, length, &reader->header, &numbers))
            return fail(reader, json->wrong);
        more = cast_json_is(json, ',') && cast_json_take(json, ',');
    }
    if (!cast_json_take(json, '}') || !cast_json_end(json))
        return fail(reader, json->wrong);
    const char *wrong = check(&reader->header, &numbers);
    if (wrong != NULL)
        return fail(reader, wrong);
    reader->has_header = true;
    return CAST_HEADER;
}

// --- events ---

// "COLSxROWS"
static bool parse_size(const char *text, size_t length, int *width, int *height)
{
    int values[2] = {0, 0}, which = 0, digits = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == 'x' && which == 0 && digits > 0) {
            which = 1;
            digits = 0;
        } else if (text[i] >= '0' && text[i] <= '9' && digits < 6) {
            values[which] = values[which] * 10 + (text[i] - '0');
            digits++;
        } else {
            return false;
        }
    }
    *width = values[0];
    *height = values[1];
    return which == 1 && digits > 0 && *width >= 1 && *width <= CAST_SIZE_MAX && *height >= 1 &&
           *height <= CAST_SIZE_MAX;
}

// CAST_MORE: it is of a kind that is not played.
static enum cast_kind read_event(struct cast_reader *reader, struct cast_json *json, struct cast_event *event)
{
    double seconds = 0;
    char *code = NULL, *text = NULL;
    size_t code_length = 0, length = 0;
    if (!cast_json_take(json, '[') || !cast_json_number(json, &seconds) || !cast_json_take(json, ',') ||
        !cast_json_string(json, &code, &code_length) || !cast_json_take(json, ','))
        return fail(reader, json->wrong);
    bool output = is_name(code, code_length, "o"), size = is_name(code, code_length, "r");
    bool taken = output || size ? cast_json_string(json, &text, &length) : cast_json_skip(json);
    if (!taken || !cast_json_take(json, ']') || !cast_json_end(json))
        return fail(reader, json->wrong);
    if (!(seconds >= 0 && seconds <= CAST_TIME_MAX_S))
        return fail(reader, "an event's time is not from 0 to 1000000000 seconds");
    int64_t at_ms = (int64_t)(seconds * 1000 + 0.5);
    if (at_ms > reader->last_ms)
        reader->last_ms = at_ms;
    *event = (struct cast_event){.at_ms = reader->last_ms, .text = text, .length = length};
    if (size && !parse_size(text, length, &event->width, &event->height))
        return fail(reader, "a new size is not of the form 80x24");
    return output ? CAST_OUTPUT : size ? CAST_RESIZE : CAST_MORE;
}

// --- lines ---

static bool is_empty(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

static enum cast_kind read_line(struct cast_reader *reader, char *line, size_t length,
                                struct cast_event *event)
{
    struct cast_json json = cast_json_of(line, length);
    reader->line++;
    if (is_empty(line, length))
        return CAST_MORE;
    return reader->has_header ? read_event(reader, &json, event) : read_header(reader, &json);
}

// The file's last line has no end: it is whole, or the recording was broken off within it.
static enum cast_kind read_rest(struct cast_reader *reader, struct cast_event *event)
{
    char *line = reader->bytes + reader->from;
    size_t length = reader->length - reader->from;
    bool had_header = reader->has_header;
    reader->from = reader->length;
    reader->looked = 0;
    if (length == 0 && had_header)
        return CAST_END;
    if (length == 0) {
        reader->line++;
        return fail(reader, "not a recording: it has no first line");
    }
    enum cast_kind kind = read_line(reader, line, length, event);
    if (kind == CAST_ERROR && had_header) {
        reader->failed = false;
        reader->error[0] = '\0';
        reader->cut = true;
        return CAST_END;
    }
    return kind == CAST_MORE ? read_rest(reader, event) : kind;
}

enum cast_kind cast_reader_next(struct cast_reader *reader, struct cast_event *event)
{
    enum cast_kind kind = CAST_MORE;
    *event = (struct cast_event){.kind = CAST_ERROR, .at_ms = reader->last_ms};
    if (reader->failed)
        return CAST_ERROR;
    while (kind == CAST_MORE) {
        size_t waiting = reader->length - reader->from;
        char *line = reader->bytes + reader->from;
        char *end =
            waiting > reader->looked ? memchr(line + reader->looked, '\n', waiting - reader->looked) : NULL;
        size_t length = end != NULL ? (size_t)(end - line) : waiting;
        reader->looked = end != NULL ? 0 : waiting;
        if (length > CAST_LINE_MAX) {
            reader->line++;
            kind = fail(reader, "the line is longer than 4 MiB");
        } else if (end != NULL) {
            reader->from += length + 1;
            kind = read_line(reader, line, length, event);
        } else if (reader->finished) {
            kind = read_rest(reader, event);
        } else {
            break;
        }
    }
    event->kind = kind;
    if (kind == CAST_END || kind == CAST_HEADER)
        event->at_ms = reader->last_ms;
    return kind;
}

// --- when ---

static double sound_speed(double speed)
{
    if (isnan(speed))
        return 1;
    return speed < CAST_SPEED_MIN ? CAST_SPEED_MIN : speed > CAST_SPEED_MAX ? CAST_SPEED_MAX : speed;
}

void cast_pace_begin(struct cast_pace *pace, double speed, int64_t idle_limit_ms)
{
    *pace = (struct cast_pace){.speed = sound_speed(speed), .idle_limit_ms = idle_limit_ms};
}

int64_t cast_pace_due(struct cast_pace *pace, int64_t at_ms)
{
    int64_t gap = at_ms > pace->last_ms ? at_ms - pace->last_ms : 0;
    if (pace->idle_limit_ms > 0 && gap > pace->idle_limit_ms)
        gap = pace->idle_limit_ms;
    if (at_ms > pace->last_ms)
        pace->last_ms = at_ms;
    pace->due_ms += (double)gap / pace->speed;
    return (int64_t)(pace->due_ms + 0.5);
}

void cast_pace_set_speed(struct cast_pace *pace, double speed)
{
    pace->speed = sound_speed(speed);
}
