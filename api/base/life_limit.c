// SPDX-License-Identifier: Apache-2.0
//
// life_limit: A part is kept as it was written, so that a third is a third.

#include "api/base/life_limit.h"

#include "api/base/time_util.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { WORD_CAP = 24, DIGITS_MAX = 4, MOST_DAYS = 30 };

static const int64_t most_ms = (int64_t)MOST_DAYS * 24 * 3600 * 1000;

// Digits at *text, 1 or more. False: none or too many.
static bool take_number(const char **text, int *number)
{
    size_t digits = strspn(*text, "0123456789");
    *number = 0;
    for (size_t i = 0; i < digits && digits <= DIGITS_MAX; i++)
        *number = *number * 10 + ((*text)[i] - '0');
    *text += digits;
    return digits > 0 && digits <= DIGITS_MAX && *number > 0;
}

// "33%" or "1/3".
static bool take_part(const char *word, struct life_limit *out)
{
    int part = 0, of = 100;
    if (!take_number(&word, &part))
        return false;
    if (*word == '/') {
        word++;
        if (!take_number(&word, &of))
            return false;
    } else if (*word++ != '%') {
        return false;
    }
    if (*word != '\0' || part > of)
        return false;
    out->part = part;
    out->of = of;
    return true;
}

static bool take_word(const char *word, struct life_limit *out)
{
    int64_t ms = 0;
    if (out->of == 0 && take_part(word, out))
        return true;
    if (out->ms != 0 || !time_parse_span(word, &ms) || ms <= 0 || ms > most_ms)
        return false;
    out->ms = ms;
    return true;
}

bool life_limit_parse(const char *text, struct life_limit *out)
{
    struct life_limit limit = {.of = 0};
    for (const char *at = text + strspn(text, " \t,"); *at != '\0'; at += strspn(at, " \t,")) {
        char word[WORD_CAP];
        size_t length = strcspn(at, " \t,");
        if (length >= sizeof word)
            return false;
        memcpy(word, at, length);
        word[length] = '\0';
        at += length;
        bool between = (limit.of != 0 || limit.ms != 0) && strcmp(word, "or") == 0;
        if (!between && !take_word(word, &limit))
            return false;
    }
    if (limit.of == 0 && limit.ms == 0)
        return false;
    *out = limit;
    return true;
}

int64_t life_limit_left(const struct life_limit *limit, int64_t life_ms)
{
    int64_t left = 0;
    if (limit->of > 0) // no product of two large ones
        left = life_ms / limit->of * limit->part + life_ms % limit->of * limit->part / limit->of;
    return left > limit->ms ? left : limit->ms;
}

char *life_limit_format(const struct life_limit *limit, char out[LIFE_LIMIT_CAP])
{
    char part[16] = "", span[TIME_SPAN_CAP] = "";
    if (limit->of == 100)
        (void)snprintf(part, sizeof part, "%d%%", limit->part);
    else if (limit->of > 0)
        (void)snprintf(part, sizeof part, "%d/%d", limit->part, limit->of);
    if (limit->ms > 0)
        (void)time_format_span(limit->ms, span);
    (void)snprintf(out, LIFE_LIMIT_CAP, "%s%s%s", part, part[0] != '\0' && span[0] != '\0' ? " " : "", span);
    return out;
}

bool life_limit_equal(const struct life_limit *a, const struct life_limit *b)
{
    return a->part == b->part && a->of == b->of && a->ms == b->ms;
}
