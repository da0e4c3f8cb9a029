// SPDX-License-Identifier: Apache-2.0
//
// recording: A recording of a session on its way to a file (asciicast v2). All disk access is on a worker;
// what it has not written yet waits in memory, capped.

#ifndef SBXDECK_VIEWS_SESSION_RECORDING_H
#define SBXDECK_VIEWS_SESSION_RECORDING_H

#include "tui/cast/cast.h"
#include "views/app/app.h"

#include <stddef.h>
#include <stdint.h>

struct recording;

// A new file "<state_folder>/recordings/<name>-<date and time>.cast", mode 0600; an old one is never written
// over. An error is shown by a toast and ends the recording. name: checked parts only, no '/'.
struct recording *recording_begin(struct app *app, const char *name, const struct cast_header *header);
void recording_output(struct recording *recording, const void *bytes, size_t length);
void recording_resize(struct recording *recording, int rows, int cols);
// Finishes the file and shows where it is; frees the recording when the disk has it all. NULL is fine.
void recording_end(struct recording *recording);

bool recording_is_over(const struct recording *recording); // it takes nothing any more: end it

#endif
