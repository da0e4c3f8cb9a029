// SPDX-License-Identifier: Apache-2.0
//
// fuzzy: Score each word by itself: where it stands as it is, else the shortest stretch that has its letters.

#include "tui/base/fuzzy.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
    WHOLE = 2000,       // as it is
    WORD_START = 500,   // at the start of a word
    SCATTERED = 1000,   // its letters alone
    FOR_A_GAP = 8,      // less for each letter between
    LETTER_START = 100, // more for each letter that starts a word
    LETTERS = 64,       // of a word that count for the score
    PLACE_COUNTS = 200, // less by its place, at most so much
    SCORE_MIN = 1       // of a word that matches
};

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (small(c) >= 'a' && small(c) <= 'z');
}

static bool is_start(const char *text, size_t at)
{
    return at == 0 || !is_alnum(text[at - 1]);
}

static int less_by_place(int score, size_t at)
{
    int less = at < PLACE_COUNTS ? (int)at : PLACE_COUNTS;
    return score > less + SCORE_MIN ? score - less : SCORE_MIN;
}

static void add_place(struct fuzzy_places *places, size_t at)
{
    if (places != NULL && places->count < FUZZY_PLACES)
        places->at[places->count++] = at;
}

static bool is_there(const char *text, const char *word, size_t length)
{
    size_t same = 0;
    while (same < length && small(text[same]) == small(word[same]))
        same++;
    return same == length;
}

// The best place where the word stands as it is.
int fuzzy_whole_score(const char *text, size_t size, const char *word, size_t length,
                      struct fuzzy_places *places)
{
    int best = FUZZY_NONE;
    size_t best_place = 0;
    for (size_t place = 0; place + length <= size; place++) {
        if (small(text[place]) != small(word[0]) || !is_there(text + place, word, length))
            continue;
        bool start = is_start(text, place), ends = place + length == size || !is_alnum(text[place + length]);
        int score = WHOLE + (start ? WORD_START + (ends ? WORD_START : 0) : 0);
        score = less_by_place(score, place);
        best_place = score > best ? place : best_place;
        best = score > best ? score : best;
        if (start)
            break; // a later one is no better
    }
    for (size_t i = 0; best != FUZZY_NONE && i < length; i++)
        add_place(places, best_place + i);
    return best;
}

static int scattered_worth(const char *text, const size_t *at, size_t length)
{
    size_t count = length < LETTERS ? length : LETTERS;
    int gaps = (int)(at[count - 1] - at[0] - (count - 1));
    int score = SCATTERED - FOR_A_GAP * gaps + (is_start(text, at[0]) ? PLACE_COUNTS : 0);
    for (size_t i = 0; i < count; i++)
        score += is_start(text, at[i]) ? LETTER_START : 0;
    return less_by_place(score < WHOLE ? score : WHOLE - 1, at[0]);
}

// The shortest stretch: from where all letters have come back to the nearest first letter.
static bool find_shortest(const char *text, size_t size, const char *word, size_t length, size_t at[LETTERS])
{
    size_t found = 0, end = 0;
    for (; end < size && found < length; end++)
        if (small(text[end]) == small(word[found]))
            found++;
    if (found < length)
        return false;
    for (size_t start = end; found > 0;) {
        start--;
        if (small(text[start]) != small(word[found - 1]))
            continue;
        found--;
        if (found < LETTERS)
            at[found] = start;
    }
    return true;
}

// By words: where a run of letters breaks, the start of a word is better than the next such letter.
static bool find_by_starts(const char *text, size_t size, const char *word, size_t length, size_t at[LETTERS])
{
    size_t next = 0;
    for (size_t i = 0; i < length; i++) {
        size_t place = next;
        if (i == 0 || place >= size || small(text[place]) != small(word[i])) {
            while (place < size && !(small(text[place]) == small(word[i]) && is_start(text, place)))
                place++;
            if (place >= size)
                for (place = next; place < size && small(text[place]) != small(word[i]); place++)
                    ;
        }
        if (place >= size)
            return false;
        if (i < LETTERS)
            at[i] = place;
        next = place + 1;
    }
    return true;
}

// What most texts fail.
static bool has_letters(const char *text, size_t size, const char *word, size_t length)
{
    size_t found = 0;
    for (size_t i = 0; i < size && found < length; i++)
        found += small(text[i]) == small(word[found]) ? 1 : 0;
    return found == length;
}

static int scattered_score(const char *text, size_t size, const char *word, size_t length,
                           struct fuzzy_places *places)
{
    if (length == 0 || !has_letters(text, size, word, length))
        return FUZZY_NONE;
    size_t shortest[LETTERS] = {0}, starts[LETTERS] = {0};
    if (!find_shortest(text, size, word, length, shortest))
        return FUZZY_NONE;
    int best = scattered_worth(text, shortest, length);
    bool by_starts = find_by_starts(text, size, word, length, starts);
    int other = by_starts ? scattered_worth(text, starts, length) : FUZZY_NONE;
    for (size_t i = 0; i < length && i < LETTERS; i++)
        add_place(places, other > best ? starts[i] : shortest[i]);
    return other > best ? other : best;
}

int fuzzy_word_score(const char *text, size_t size, const char *word, size_t length,
                     struct fuzzy_places *places)
{
    int whole = fuzzy_whole_score(text, size, word, length, places);
    return whole != FUZZY_NONE ? whole : scattered_score(text, size, word, length, places);
}

// In one of the text's words; the places are of the best.
static int best_in_words(const char *text, const char *word, size_t length, struct fuzzy_places *places)
{
    int best = FUZZY_NONE;
    size_t best_at = 0, best_size = 0;
    for (size_t at = strspn(text, " "); text[at] != '\0'; at += strspn(text + at, " ")) {
        size_t size = strcspn(text + at, " ");
        int score = scattered_score(text + at, size, word, length, NULL);
        score = score == FUZZY_NONE ? score : less_by_place(score, at);
        if (score > best) {
            best = score;
            best_at = at;
            best_size = size;
        }
        at += size;
    }
    size_t before = places != NULL ? places->count : 0;
    if (best != FUZZY_NONE && places != NULL)
        (void)scattered_score(text + best_at, best_size, word, length, places);
    for (size_t i = before; places != NULL && i < places->count; i++)
        places->at[i] += best_at;
    return best;
}

static int word_score(const char *text, size_t size, const char *word, size_t length,
                      struct fuzzy_places *places)
{
    if (word[0] == '!' && length > 1)
        return fuzzy_whole_score(text, size, word + 1, length - 1, NULL) == FUZZY_NONE ? 0 : FUZZY_NONE;
    if (word[0] == '!') // still being typed
        return 0;
    int whole = fuzzy_whole_score(text, size, word, length, places);
    return whole != FUZZY_NONE ? whole : best_in_words(text, word, length, places);
}

int fuzzy_score(const char *text, const char *typed)
{
    int sum = 0;
    size_t size = strlen(text);
    for (const char *at = typed + strspn(typed, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        int score = word_score(text, size, at, length, NULL);
        if (score == FUZZY_NONE)
            return FUZZY_NONE;
        sum += score;
        at += length;
    }
    return sum;
}

void fuzzy_find(const char *text, const char *typed, struct fuzzy_places *places)
{
    size_t size = strlen(text);
    places->count = 0;
    for (const char *at = typed + strspn(typed, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        (void)word_score(text, size, at, length, places);
        at += length;
    }
}
