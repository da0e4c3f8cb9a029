// SPDX-License-Identifier: Apache-2.0
//
// nearest_word: Count the edits between two words (Damerau-Levenshtein). One mistake in five letters is a
// slip; more is another word.

#include "api/base/nearest_word.h"

#include <stdint.h>
#include <string.h>

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

size_t nearest_word_distance(const char *typed, const char *meant)
{
    size_t cost[NEAREST_WORD_CAP][NEAREST_WORD_CAP] = {{0}};
    size_t rows = strlen(typed), columns = strlen(meant);
    if (rows >= NEAREST_WORD_CAP || columns >= NEAREST_WORD_CAP)
        return SIZE_MAX;
    for (size_t row = 0; row <= rows; row++) {
        for (size_t column = 0; column <= columns; column++) {
            size_t *here = &cost[row][column];
            *here = row + column;
            if (row == 0 || column == 0)
                continue;
            size_t other = typed[row - 1] != meant[column - 1];
            *here = least(least(cost[row - 1][column], cost[row][column - 1]) + 1,
                          cost[row - 1][column - 1] + other);
            if (row > 1 && column > 1 && typed[row - 1] == meant[column - 2] &&
                typed[row - 2] == meant[column - 1])
                *here = least(*here, cost[row - 2][column - 2] + 1);
        }
    }
    return cost[rows][columns];
}

void nearest_word_offer(struct nearest_word *nearest, const char *candidate)
{
    size_t length = strlen(nearest->word);
    if (length < 2 || length >= NEAREST_WORD_CAP || strlen(candidate) >= NEAREST_WORD_CAP)
        return;
    size_t away =
        strncmp(candidate, nearest->word, length) == 0 ? 1 : nearest_word_distance(nearest->word, candidate);
    if (away > 1 + length / 5 || (nearest->best != NULL && away >= nearest->distance))
        return;
    nearest->best = candidate;
    nearest->distance = away;
}
