// SPDX-License-Identifier: Apache-2.0
//
// cast_reader: parse a recording line by line, one line in memory at a time.

#include "tui/cast/cast_reader.h"

#include "tui/base/xalloc.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A header has some twenty values, an event three.
enum { FIRST_ROOM = 4096, CAST_DEPTH_MAX = 32, CAST_VALUES_MAX = 10000 };

struct cast_reader {
    char *name;
    char *bytes;
    size_t from, length, room; // bytes[from..length) are not read yet
    size_t looked;             // of those, without a line end
    int line;
    bool finished, has_header, failed;
    int64_t last_ms;
    cJSON *json; // of the line read last
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

static void drop_json(struct cast_reader *reader)
{
    cJSON_Delete(reader->json);
    reader->json = NULL;
}

void cast_reader_free(struct cast_reader *reader)
{
    if (reader == NULL)
        return;
    drop_json(reader);
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

static enum cast_kind fail(struct cast_reader *reader, const char *wrong)
{
    // A long path is cut at its beginning: its end says more.
    size_t length = strlen(reader->name), most = CAST_ERROR_MAX / 2;
    const char *name = length > most ? reader->name + length - most : reader->name;
    (void)snprintf(reader->error, sizeof reader->error, "%s:%d: %s", name, reader->line, wrong);
    reader->failed = true;
    return CAST_ERROR;
}

static bool is_empty(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

// --- JSON ---

static const char not_a_recording[] = "not a recording: the first line is not a JSON object";

// The number of \uXXXX at text; -1: it is none.
static int escaped_unit(const char *text, size_t length)
{
    int unit = 0;
    if (length < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    for (size_t i = 2; i < 6; i++) {
        int sign = tolower((unsigned char)text[i]);
        if (!isxdigit(sign))
            return -1;
        unit = unit * 16 + (sign <= '9' ? sign - '0' : sign - 'a' + 10);
    }
    return unit;
}

// Steps over an escape; 0: it is none. What cJSON can't hold is replaced in place: half a surrogate pair by
// U+FFFD, NUL by DEL, which a terminal passes over as well.
static size_t step_over_escape(char *text, size_t length)
{
    int unit = escaped_unit(text, length), next = unit >= 0 ? escaped_unit(text + 6, length - 6) : -1;
    if (length < 2 || (text[1] == 'u' && unit < 0))
        return 0;
    if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000)
        return 12;
    if (unit == 0)
        memcpy(text, "\\u007f", 6);
    else if (unit >= 0xd800 && unit < 0xe000)
        memcpy(text, "\\ufffd", 6);
    return unit >= 0 ? 6 : 2;
}

// Finds what cJSON would take and we don't: control characters, and what costs much memory.
static const char *scan(char *line, size_t length)
{
    size_t depth = 0, values = 0, size = 1;
    bool in_string = false;
    for (size_t at = 0; at < length; at += size) {
        char byte = line[at];
        size = 1;
        if ((unsigned char)byte < 0x20 && (in_string || (byte != '\t' && byte != '\r')))
            return "a control character stands in it as it is";
        if (byte == '"')
            in_string = !in_string;
        else if (in_string && byte == '\\' && (size = step_over_escape(line + at, length - at)) == 0)
            return "a string has a broken escape";
        else if (!in_string && (byte == '[' || byte == '{') && ++depth > CAST_DEPTH_MAX)
            return "values are nested too deep";
        else if (!in_string && (byte == ']' || byte == '}') && depth > 0)
            depth--;
        else if (!in_string && byte == ',' && ++values > CAST_VALUES_MAX)
            return "it has too many values";
    }
    return NULL;
}

// The line's value into reader->json; else what is wrong.
static const char *parse(struct cast_reader *reader, char *line, size_t length)
{
    const char *end = NULL, *wrong = scan(line, length);
    if (wrong != NULL)
        return wrong;
    reader->json = cJSON_ParseWithLengthOpts(line, length, &end, false);
    if (reader->json != NULL && is_empty(end, (size_t)(line + length - end)))
        return NULL;
    return reader->has_header ? "it is not JSON" : not_a_recording;
}

// --- the header ---

// The last member of that name, as other readers of recordings take it; NULL: there is none.
static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *found = NULL, *one = NULL;
    if (!cJSON_IsObject(object))
        return NULL;
    cJSON_ArrayForEach(one, object)
    {
        if (strcmp(one->string, name) == 0)
            found = one;
    }
    return found;
}

static void take_text(const cJSON *value, char *out, size_t cap)
{
    if (cJSON_IsString(value)) // some write null
        (void)snprintf(out, cap, "%s", value->valuestring);
}

static const char *take_header(const cJSON *json, struct cast_header *header)
{
    double version = 0, width = 0, height = 0, timestamp = 0, idle = 0;
    const struct {
        const char *name;
        double *value;
    } numbers[] = {{"version", &version},
                   {"width", &width},
                   {"height", &height},
                   {"timestamp", &timestamp},
                   {"idle_time_limit", &idle}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const cJSON *value = member(json, numbers[i].name);
        if (cJSON_IsNumber(value))
            *numbers[i].value = value->valuedouble;
    }
    if (version != 2)
        return "not asciicast version 2; convert it with asciinema (asciinema convert -f asciicast-v2)";
    if (!(width >= 1 && width <= CAST_SIZE_MAX && height >= 1 && height <= CAST_SIZE_MAX))
        return "width and height are missing or not from 1 to 10000";
    header->width = (int)width;
    header->height = (int)height;
    if (timestamp > 0 && timestamp < 1e15)
        header->timestamp = (int64_t)timestamp;
    if (idle > 0 && idle <= CAST_TIME_MAX_S)
        header->idle_limit_ms = (int64_t)(idle * 1000 + 0.5);
    take_text(member(json, "title"), header->title, sizeof header->title);
    const cJSON *env = member(json, "env");
    take_text(member(env, "TERM"), header->term, sizeof header->term);
    return NULL;
}

static enum cast_kind read_header(struct cast_reader *reader)
{
    if (!cJSON_IsObject(reader->json))
        return fail(reader, not_a_recording);
    const char *wrong = take_header(reader->json, &reader->header);
    if (wrong != NULL)
        return fail(reader, wrong);
    reader->has_header = true;
    return CAST_HEADER;
}

// --- events ---

// "COLSxROWS"
static bool parse_size(const char *text, int *width, int *height)
{
    int values[2] = {0, 0}, which = 0, digits = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
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
static enum cast_kind read_event(struct cast_reader *reader, struct cast_event *event)
{
    const cJSON *time = cJSON_GetArrayItem(reader->json, 0), *code = cJSON_GetArrayItem(reader->json, 1),
                *data = cJSON_GetArrayItem(reader->json, 2);
    if (cJSON_GetArraySize(reader->json) != 3 || !cJSON_IsArray(reader->json) || !cJSON_IsNumber(time) ||
        !cJSON_IsString(code))
        return fail(reader, "not an event: a time, a code and its data");
    bool output = strcmp(code->valuestring, "o") == 0, size = strcmp(code->valuestring, "r") == 0;
    if ((output || size) && !cJSON_IsString(data))
        return fail(reader, "an event's data is not a string");
    if (!(time->valuedouble >= 0 && time->valuedouble <= CAST_TIME_MAX_S))
        return fail(reader, "an event's time is not from 0 to 1000000000 seconds");
    int64_t at_ms = (int64_t)(time->valuedouble * 1000 + 0.5);
    if (at_ms > reader->last_ms)
        reader->last_ms = at_ms;
    *event = (struct cast_event){.at_ms = reader->last_ms};
    if (output) {
        event->text = data->valuestring;
        event->length = strlen(data->valuestring);
    }
    if (size && !parse_size(data->valuestring, &event->width, &event->height))
        return fail(reader, "a new size is not of the form 80x24");
    return output ? CAST_OUTPUT : size ? CAST_RESIZE : CAST_MORE;
}

// --- lines ---

static enum cast_kind read_line(struct cast_reader *reader, char *line, size_t length,
                                struct cast_event *event)
{
    reader->line++;
    if (is_empty(line, length))
        return CAST_MORE;
    drop_json(reader);
    const char *wrong = parse(reader, line, length);
    if (wrong != NULL)
        return fail(reader, wrong);
    return reader->has_header ? read_event(reader, event) : read_header(reader);
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
