// SPDX-License-Identifier: Apache-2.0
//
// fuzzy: Score each word by itself: where it stands as it is, else the shortest stretch that has its letters.

#include "tui/base/fuzzy.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
    WORD_CAP = 128,
    WHOLE = 2000,       // as it is
    WORD_START = 500,   // at the start of a word
    SCATTERED = 1000,   // its letters alone
    FOR_A_GAP = 8,      // less for each letter between
    PLACE_COUNTS = 200, // less by its place, at most so much
    SCORE_MIN = 1       // of a word that matches
};

static char small(char c)
{
    return (char)tolower((unsigned char)c);
}

static bool is_start(const char *text, size_t at)
{
    return at == 0 || isalnum((unsigned char)text[at - 1]) == 0;
}

static int less_by_place(int score, size_t at)
{
    int less = at < PLACE_COUNTS ? (int)at : PLACE_COUNTS;
    return score > less + SCORE_MIN ? score - less : SCORE_MIN;
}

// The best place where the word stands as it is.
static int whole_score(const char *text, const char *word, size_t length)
{
    int best = FUZZY_NONE;
    for (const char *at = text; (at = strcasestr(at, word)) != NULL; at++) {
        size_t place = (size_t)(at - text);
        bool ends = isalnum((unsigned char)at[length]) == 0;
        int score = WHOLE + (is_start(text, place) ? WORD_START + (ends ? WORD_START : 0) : 0);
        score = less_by_place(score, place);
        best = score > best ? score : best;
        if (is_start(text, place))
            break; // a later one is no better
    }
    return best;
}

// In one word of text, which stands at that place: from where all letters have come back to the nearest
// first letter.
static int scattered_in(const char *text, size_t at, size_t stop, const char *word, size_t length)
{
    size_t found = 0, end = at;
    for (; end < stop && found < length; end++)
        if (small(text[end]) == small(word[found]))
            found++;
    if (found < length)
        return FUZZY_NONE;
    size_t start = end;
    for (found = length; found > 0;) {
        start--;
        if (small(text[start]) == small(word[found - 1]))
            found--;
    }
    int gaps = (int)(end - start - length);
    int score = SCATTERED - FOR_A_GAP * gaps + (is_start(text, start) ? PLACE_COUNTS : 0);
    return less_by_place(score, start);
}

static int scattered_score(const char *text, const char *word, size_t length)
{
    int best = FUZZY_NONE;
    for (size_t at = strspn(text, " "); text[at] != '\0'; at += strspn(text + at, " ")) {
        size_t stop = at + strcspn(text + at, " ");
        int score = scattered_in(text, at, stop, word, length);
        best = score > best ? score : best;
        at = stop;
    }
    return best;
}

static int word_score(const char *text, const char *word)
{
    size_t length = strlen(word);
    if (word[0] == '!' && length > 1)
        return strcasestr(text, word + 1) == NULL ? 0 : FUZZY_NONE;
    if (strcmp(word, "!") == 0) // still being typed
        return 0;
    int whole = whole_score(text, word, length);
    return whole != FUZZY_NONE ? whole : scattered_score(text, word, length);
}

int fuzzy_score(const char *text, const char *typed)
{
    int sum = 0;
    for (const char *at = typed + strspn(typed, " "); *at != '\0'; at += strspn(at, " ")) {
        char word[WORD_CAP];
        size_t length = strcspn(at, " ");
        size_t kept = length < sizeof word ? length : sizeof word - 1;
        memcpy(word, at, kept);
        word[kept] = '\0';
        int score = word_score(text, word);
        if (score == FUZZY_NONE)
            return FUZZY_NONE;
        sum += score;
        at += length;
    }
    return sum;
}
