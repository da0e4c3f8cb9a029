// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter: Match a row with the words of a filter. Which states have a word in their names is found out
// when it is parsed, so that here only what differs from row to row is looked into.

#include "api/fleet/fleet_filter.h"

#include "api/base/utf8.h"
#include "api/fleet/deadline.h"

#include <stdint.h>
#include <string.h>
#include <wctype.h>

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

// The character that text begins with, in lower case, and its bytes; what is no UTF-8 is itself.
static wint_t small_character(const char *text, size_t *length)
{
    static const unsigned char firsts[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t bytes = utf8_length(text);
    wint_t codepoint = (unsigned char)text[0];
    *length = bytes > 0 ? bytes : 1;
    if (bytes < 1 || bytes > 4)
        return codepoint;
    codepoint &= firsts[bytes];
    for (size_t i = 1; i < bytes; i++)
        codepoint = codepoint << 6 | ((unsigned char)text[i] & 0x3f);
    return towlower(codepoint);
}

static bool begins_wide(const char *text, const char *word, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t here = 0, there = 0;
        if (*text == '\0' || small_character(word + at, &there) != small_character(text, &here))
            return false;
        at += there;
        text += here;
    }
    return true;
}

static bool has_wide(const char *text, const char *word, size_t length)
{
    size_t step = 0;
    const char *other = text; // most texts are of ASCII alone
    while ((signed char)*other > 0)
        other++;
    if (*other == '\0')
        return false;
    for (; *text != '\0'; text += step) {
        if (begins_wide(text, word, length))
            return true;
        (void)small_character(text, &step);
    }
    return false;
}

// word is in lower case already, as far as it is ASCII.
static bool has(const char *text, const char *word, size_t length)
{
    char first = word[0];
    for (; *text != '\0'; text++) {
        if (small(*text) != first)
            continue;
        size_t same = 1;
        while (same < length && small(text[same]) == word[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

static bool in_text(const struct fleet_filter *filter, const struct fleet_filter_value *value,
                    const char *text)
{
    if (value->any)
        return text[0] != '\0';
    const char *word = filter->text + value->at;
    return value->wide ? has_wide(text, word, value->length) : has(text, word, value->length);
}

static bool in_one_of(const struct fleet_filter *filter, const struct fleet_filter_term *term,
                      const char *text)
{
    for (size_t i = 0; i < term->count; i++)
        if (in_text(filter, &filter->values[term->first + i], text))
            return true;
    return false;
}

// Bits of the states that its credentials are in.
static unsigned credential_bits(const struct fleet_row *row, int64_t now)
{
    unsigned bits = row->credential_count == 0 ? 1U << CREDENTIAL_none : 0;
    for (size_t i = 0; i < row->credential_count; i++)
        bits |= 1U << credential_state(&row->credentials[i], now);
    return bits;
}

static bool state_is(const struct fleet_row *row, unsigned states, bool gone)
{
    return (states >> row->sandbox.state & 1) != 0 || (gone && row->gone);
}

static bool word_matches(const struct fleet_filter *filter, const struct fleet_filter_term *term,
                         const struct fleet_row *row, int64_t now)
{
    const struct fleet_filter_value *value = &filter->values[term->first];
    if (state_is(row, value->states, value->gone) || in_text(filter, value, row->sandbox.id) ||
        in_text(filter, value, row->sandbox.template_id))
        return true;
    if (row->label != NULL &&
        ((value->pinned && row->label->pinned) || in_text(filter, value, row->label->name) ||
         in_text(filter, value, row->label->note)))
        return true;
    if (row->sandbox.state == SANDBOX_other && in_text(filter, value, row->sandbox.state_name))
        return true;
    for (size_t i = 0; i < row->credential_count; i++)
        if (in_text(filter, value, row->credentials[i].id))
            return true;
    return value->credentials != 0 && (value->credentials & credential_bits(row, now)) != 0;
}

// --- times ---

// How long the row's time still is, or has been; below 0: there is none that runs.
static int64_t time_of(const struct fleet_row *row, enum fleet_filter_kind kind, int64_t now)
{
    int64_t expires = 0, timeout = 0;
    if (kind == FILTER_AGE)
        return row->sandbox.created_at > 0 ? now - row->sandbox.created_at : -1;
    if (kind != FILTER_TIMEOUT && row->credential_count > 0) {
        const struct credential *best = fleet_row_best(row, now);
        if (credential_is_usable(best, now))
            expires = best->expires_at;
    }
    if (kind != FILTER_EXPIRES)
        timeout = deadline_timeout(row);
    if (expires <= now || (timeout > now && timeout < expires))
        expires = timeout;
    return expires > now ? expires - now : -1;
}

static bool time_matches(const struct fleet_filter_term *term, const struct fleet_row *row, int64_t now)
{
    int64_t time = time_of(row, term->kind, now);
    return time >= 0 && (term->below ? time < term->span_ms : time > term->span_ms);
}

// --- all of it ---

static bool term_matches(const struct fleet_filter *filter, const struct fleet_filter_term *term,
                         const struct fleet_row *row, int64_t now)
{
    switch (term->kind) {
    case FILTER_WORD:
        return word_matches(filter, term, row, now);
    case FILTER_ID:
        return in_one_of(filter, term, row->sandbox.id);
    case FILTER_TEMPLATE:
        return in_one_of(filter, term, row->sandbox.template_id);
    case FILTER_STATE:
        return state_is(row, term->states, term->gone);
    case FILTER_CREDENTIAL:
        return (term->states & credential_bits(row, now)) != 0;
    case FILTER_AGE:
    case FILTER_ENDS:
    case FILTER_EXPIRES:
    case FILTER_TIMEOUT:
        return time_matches(term, row, now);
    case FILTER_NAME:
        return row->label != NULL && in_one_of(filter, term, row->label->name);
    case FILTER_NOTE:
        return row->label != NULL && in_one_of(filter, term, row->label->note);
    case FILTER_PINNED:
        return (row->label != NULL && row->label->pinned) ? term->pinned : term->unpinned;
    }
    return false;
}

bool fleet_filter_matches(const struct fleet_filter *filter, const struct fleet_row *row,
                          int64_t server_now_ms)
{
    for (size_t i = 0; i < filter->term_count; i++)
        if (term_matches(filter, &filter->terms[i], row, server_now_ms) == filter->terms[i].inverse)
            return false;
    return true;
}

bool fleet_filter_runs(const struct fleet_filter *filter)
{
    for (size_t i = 0; i < filter->term_count; i++) {
        const struct fleet_filter_term *term = &filter->terms[i];
        bool states = term->kind == FILTER_WORD && filter->values[term->first].credentials != 0;
        if (states || term->kind == FILTER_CREDENTIAL || term->kind >= FILTER_AGE)
            return true;
    }
    return false;
}

enum sandbox_state fleet_filter_state(const struct fleet_filter *filter)
{
    for (size_t i = 0; i < filter->term_count; i++) {
        const struct fleet_filter_term *term = &filter->terms[i];
        if (term->kind != FILTER_STATE || term->inverse || term->gone)
            continue;
        for (int state = 0; state < SANDBOX_other; state++)
            if (term->states == 1U << state)
                return (enum sandbox_state)state;
    }
    return SANDBOX_STATE_COUNT;
}
