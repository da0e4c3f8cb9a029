// SPDX-License-Identifier: Apache-2.0
//
// fuzzy: how well a line matches what was typed, as fuzzy finders have it, and by which letters. Pure.

#ifndef SBXDECK_TUI_BASE_FUZZY_H
#define SBXDECK_TUI_BASE_FUZZY_H

#include <stddef.h>

// Each word of typed (apart by blanks, in any order) must be in text, as it is or as letters that follow one
// another in one of its words; a word after '!' must not be in it as it is. Upper and lower case of ASCII are
// the same. FUZZY_NONE: it does not match; else more is better: a word as it is before scattered letters, at
// the start of a word before its middle, close together before far apart, near the beginning before the end.
// "" matches all alike.
enum { FUZZY_NONE = -1 };
int fuzzy_score(const char *text, const char *typed);

// The letters of a text that were found, as byte offsets, in no order.
enum { FUZZY_PLACES = 128 };
struct fuzzy_places {
    size_t at[FUZZY_PLACES];
    size_t count;
};

// One word of that length, not 0, in a text of that size, blanks in which are as other letters. Adds to
// places (NULL: not asked for) where it is found. Quick enough for 100,000 texts within a frame.
int fuzzy_word_score(const char *text, size_t size, const char *word, size_t length,
                     struct fuzzy_places *places);
// As it is only, without scattered letters.
int fuzzy_whole_score(const char *text, size_t size, const char *word, size_t length,
                      struct fuzzy_places *places);
// Where the words of typed are in text, each by itself; of those after '!' and those that are not there
// nothing.
void fuzzy_find(const char *text, const char *typed, struct fuzzy_places *places);

#endif
