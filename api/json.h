// SPDX-License-Identifier: Apache-2.0
//
// json: JSON from the network into a cJSON tree, and members out of it. What cJSON would take but we do not
// is found before it is asked: depth, number of values, duplicate names, NUL in strings.

#ifndef SBXDECK_API_JSON_H
#define SBXDECK_API_JSON_H

#include "api/status.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_BYTES_MAX = 10 * 1024 * 1024,
    JSON_DEPTH_MAX = 32,
    JSON_VALUES_MAX = 200000, // a page of 100 sandboxes has about 2,000
    JSON_NAMES_MAX = 256,     // members of one object
};

// The whole text must be one JSON value. *out is the caller's (cJSON_Delete). MALFORMED or TOO_LARGE with
// why; *out is then NULL.
enum status json_parse(const char *text, size_t length, cJSON **out, struct failure *why);

// Members of an object, strict about what is there: absent and null are fine (returns true and leaves *out as
// it is), another type, a text that does not fit, is no UTF-8 or has control characters, a number that is no
// whole number or out of range are false.
bool json_get_text(const cJSON *object, const char *name, char *out, size_t cap);
bool json_get_int(const cJSON *object, const char *name, int64_t least, int64_t most, int64_t *out);
bool json_get_bool(const cJSON *object, const char *name, bool *out);
// RFC 3339 text, or Unix seconds as a number → milliseconds.
bool json_get_time(const cJSON *object, const char *name, int64_t *ms);

#endif
