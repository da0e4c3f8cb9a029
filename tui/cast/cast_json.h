// SPDX-License-Identifier: Apache-2.0
//
// cast_json: one line of JSON taken apart in place. For cast_reader.c.

#ifndef SBXDECK_TUI_CAST_JSON_H
#define SBXDECK_TUI_CAST_JSON_H

#include <stdbool.h>
#include <stddef.h>

enum { CAST_JSON_DEPTH_MAX = 32 };

// A place in the line. Each call takes what it names, with blanks before it, or leaves the reason in wrong
// and returns false.
struct cast_json {
    char *at, *end;
    const char *wrong; // a literal; NULL as long as nothing is
};

struct cast_json cast_json_of(char *line, size_t length);
bool cast_json_is(struct cast_json *json, char sign); // the next one is; nothing is taken
bool cast_json_take(struct cast_json *json, char sign);
bool cast_json_end(struct cast_json *json); // nothing but blanks is left
bool cast_json_number(struct cast_json *json, double *value);
// Decodes it where it stands: *text is within the line, not ended by NUL, and may hold NUL. Half a surrogate
// pair becomes U+FFFD.
bool cast_json_string(struct cast_json *json, char **text, size_t *length);
bool cast_json_skip(struct cast_json *json); // any value, CAST_JSON_DEPTH_MAX deep at most

#endif
