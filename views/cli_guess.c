// SPDX-License-Identifier: Apache-2.0
//
// cli_guess: counts what has to be typed otherwise: a letter more, less, another one, or two that changed
// places. A beginning counts as one.

#include "views/cli_guess.h"

#include <stdio.h>
#include <string.h>

enum { WORD_CAP = sizeof((struct cli_guess *)0)->word };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, const char *b)
{
    size_t rows[WORD_CAP + 1][WORD_CAP + 1] = {{0}};
    size_t height = strlen(a), width = strlen(b);
    for (size_t y = 0; y <= height; y++) {
        for (size_t x = 0; x <= width; x++) {
            size_t *cell = &rows[y][x];
            if (y == 0 || x == 0) {
                *cell = y + x;
                continue;
            }
            *cell = least(rows[y - 1][x], rows[y][x - 1]) + 1;
            *cell = least(*cell, rows[y - 1][x - 1] + (a[y - 1] != b[x - 1] ? 1 : 0));
            if (y > 1 && x > 1 && a[y - 1] == b[x - 2] && a[y - 2] == b[x - 1])
                *cell = least(*cell, rows[y - 2][x - 2] + 1);
        }
    }
    return rows[height][width];
}

void cli_guess_begin(struct cli_guess *guess, const char *word)
{
    word += strspn(word, "-");
    size_t length = strcspn(word, "=");
    *guess = (struct cli_guess){.distance = WORD_CAP};
    if (length < sizeof guess->word)
        (void)snprintf(guess->word, sizeof guess->word, "%.*s", (int)length, word);
}

void cli_guess_try(struct cli_guess *guess, const char *candidate, const char *shown)
{
    size_t length = strlen(guess->word);
    if (length == 0 || strlen(candidate) >= WORD_CAP)
        return;
    bool begins = length > 1 && strncmp(candidate, guess->word, length) == 0;
    size_t here = distance(guess->word, candidate);
    here = begins ? least(here, 1) : here;
    if (here >= guess->distance)
        return;
    guess->distance = here;
    guess->best = shown;
}

const char *cli_guess_end(const struct cli_guess *guess)
{
    return guess->distance <= 1 + strlen(guess->word) / 5 ? guess->best : NULL;
}
