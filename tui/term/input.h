// SPDX-License-Identifier: Apache-2.0
//
// input: bytes of the operator's terminal → events. Total: any bytes in any pieces. Every event carries the
// bytes it was made of, and the raw bytes of all events in order are exactly the bytes that were fed, so that
// a session can pass on what the terminal sent, unchanged.
//
// It knows no loop and no clock: the caller feeds what it read and, while input_timeout_ms is not negative,
// calls input_timeout when that time has passed without bytes (a lone Esc is Esc only then).

#ifndef SBXDECK_TUI_TERM_INPUT_H
#define SBXDECK_TUI_TERM_INPUT_H

#include "tui/base/input_event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    INPUT_ESC_MS = 25,        // how long an Esc may be the start of a sequence
    INPUT_STRING_MS = 500,    // how long an unended OSC/DCS answer may take
    INPUT_SEQUENCE_MAX = 256, // longest CSI sequence; a longer one comes as INPUT_UNKNOWN pieces
    INPUT_STRING_MAX = 4096   // longest OSC/DCS/APC answer, likewise
};

typedef void input_callback(void *context, const struct input_event *event);

struct input;
// The callback must not feed or free this input. The caller ends it by input_free.
struct input *input_new(input_callback *callback, void *context);
void input_free(struct input *input); // NULL is fine

void input_feed(struct input *input, const void *bytes, size_t length);
int input_timeout_ms(const struct input *input); // -1: nothing waits for time
void input_timeout(struct input *input);         // that time has passed: what waits becomes events

#endif
