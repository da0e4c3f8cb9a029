// SPDX-License-Identifier: Apache-2.0
//
// json: Parse JSON from the network into a cJSON tree, and read members out of it. What cJSON would accept
// but we do not (depth, number of values, NUL) is found before cJSON sees it. A member that nobody reads
// must not cost the rest: strings that cJSON can't hold are repaired, and names may occur twice.

#ifndef SBXDECK_API_BASE_JSON_H
#define SBXDECK_API_BASE_JSON_H

#include "api/base/status.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_BYTES_MAX = 10 * 1024 * 1024,
    JSON_DEPTH_MAX = 32,
    JSON_VALUES_MAX = 200000, // a page of 100 sandboxes has about 2,000
};

// The whole text must be one JSON value. \u0000 and half a surrogate pair become U+FFFD. *out is the caller's
// (cJSON_Delete). MALFORMED or TOO_LARGE with why; *out is then NULL.
enum status json_parse(const char *text, size_t length, cJSON **out, struct failure *why);

// The member of that name; NULL when it is absent or null, and *twice then says whether it occurs more
// than once: which one counts can't be known.
const cJSON *json_member(const cJSON *object, const char *name, bool *twice);

// Members of an object, strict about what is there: absent and null are fine (returns true and leaves *out as
// it is), another type, a name that occurs twice, a text that does not fit, is no UTF-8 or has control
// characters, a number that is no whole number or out of range are false.
bool json_get_text(const cJSON *object, const char *name, char *out, size_t cap);
bool json_get_int(const cJSON *object, const char *name, int64_t least, int64_t most, int64_t *out);
bool json_get_bool(const cJSON *object, const char *name, bool *out);
// A text that time_parse reads, or Unix seconds or milliseconds as a number → milliseconds.
bool json_get_time(const cJSON *object, const char *name, int64_t *ms);

#endif
