// SPDX-License-Identifier: Apache-2.0
//
// life_limit: From when on what is left of a life counts as little: a part of that life, a time, or whichever
// is more, as an operator writes it: "33%", "1/3", "2m", "10% 2m".

#ifndef SBXDECK_API_BASE_LIFE_LIMIT_H
#define SBXDECK_API_BASE_LIFE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct life_limit {
    int part, of; // part / of; of 0: no part
    int64_t ms;   // 0: no time
};

enum { LIFE_LIMIT_CAP = 48 };
// In either order, a comma or "or" between them or nothing. False (and *out untouched): neither, none of
// them, more than the whole life or more than 30 days.
bool life_limit_parse(const char *text, struct life_limit *out);
// What is left of a life that long when the limit is reached.
int64_t life_limit_left(const struct life_limit *limit, int64_t life_ms);
// As it is parsed. Returns out.
char *life_limit_format(const struct life_limit *limit, char out[LIFE_LIMIT_CAP]);
bool life_limit_equal(const struct life_limit *a, const struct life_limit *b);

#endif
