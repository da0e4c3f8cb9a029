// SPDX-License-Identifier: Apache-2.0
//
// nearest_word: Find the word that a mistyped one was probably meant to be.

#ifndef SBXDECK_API_BASE_NEAREST_WORD_H
#define SBXDECK_API_BASE_NEAREST_WORD_H

#include <stddef.h>

enum { NEAREST_WORD_CAP = 32 }; // of a word that is compared; longer ones are near to nothing

struct nearest_word {
    const char *word; // the caller's
    const char *best; // NULL: none is near enough so far
    size_t distance;
};

// A letter more, less or another, and two that changed places, count as one each.
size_t nearest_word_distance(const char *typed, const char *meant); // SIZE_MAX: one is too long
// Begin with {.word = what was typed}, then offer each candidate, which must live on. The beginning of one is
// as near as one mistake.
void nearest_word_offer(struct nearest_word *nearest, const char *candidate);

#endif
