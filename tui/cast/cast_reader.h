// SPDX-License-Identifier: Apache-2.0
//
// cast_reader: reads a recording in the format asciicast v2, line by line, and says when each event is due.
// The file may come from anyone: size, depth and number of values are capped, and keys and events that are
// not known are passed over. What it holds is for a terminal emulator, never for the operator's terminal as
// it is.

#ifndef SBXDECK_TUI_CAST_CAST_READER_H
#define SBXDECK_TUI_CAST_CAST_READER_H

#include "tui/cast/cast.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CAST_LINE_MAX = 4 * 1024 * 1024, // bytes of a line; a longer one is an error
    CAST_SIZE_MAX = 10000,           // columns or rows that are admitted
    CAST_ERROR_MAX = 256,            // bytes of a message, with NUL
    CAST_TIME_MAX_S = 1000000000     // seconds of an event's time that are admitted
};

enum cast_kind {
    CAST_MORE,   // feed more bytes, or say that there are no more
    CAST_HEADER, // the first event: see cast_reader_header
    CAST_OUTPUT, // text of the program
    CAST_RESIZE, // width and height
    CAST_END,    // all read
    CAST_ERROR   // see cast_reader_error; so is every event after it
};

struct cast_event {
    enum cast_kind kind;
    int64_t at_ms;    // since the beginning; never before the event before it
    const char *text; // CAST_OUTPUT: valid until the next call on the reader; ended by NUL and without one
    size_t length;
    int width, height; // CAST_RESIZE
};

struct cast_reader;
// name: of the file, for messages.
struct cast_reader *cast_reader_new(const char *name);
void cast_reader_free(struct cast_reader *reader); // NULL is fine

// Bytes of the file in pieces of any split. Call cast_reader_next until it says CAST_MORE before the next.
void cast_reader_feed(struct cast_reader *reader, const void *bytes, size_t length);
void cast_reader_finish(struct cast_reader *reader); // there are no more

enum cast_kind cast_reader_next(struct cast_reader *reader, struct cast_event *event);

// Valid after CAST_HEADER.
const struct cast_header *cast_reader_header(const struct cast_reader *reader);
// "name:line: what is wrong"; "" as long as nothing is. Not cleaned: it names the file and may quote it.
const char *cast_reader_error(const struct cast_reader *reader);

// --- when -----------------------------------------------------------------------------

#define CAST_SPEED_MIN 0.01
#define CAST_SPEED_MAX 1000.0

// The pace of a play. It knows no clock.
struct cast_pace {
    double speed;          // 2: twice as fast
    int64_t idle_limit_ms; // most that a pause lasts, before speed; 0: as it was
    int64_t last_ms;       // of the recording
    double due_ms;         // of the play
};
// speed is clamped to CAST_SPEED_MIN..CAST_SPEED_MAX (NaN counts as 1).
void cast_pace_begin(struct cast_pace *pace, double speed, int64_t idle_limit_ms);
// The next event, by its at_ms: milliseconds after the beginning of the play when it is due.
int64_t cast_pace_due(struct cast_pace *pace, int64_t at_ms);
// From here on with another speed.
void cast_pace_set_speed(struct cast_pace *pace, double speed);

#endif
