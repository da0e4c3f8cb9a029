// SPDX-License-Identifier: Apache-2.0
//
// cli_guess: find the word that was meant by one that is mistyped: the one with the fewest letters to change,
// where a beginning counts as one.

#include "views/cli/cli_guess.h"

#include "api/base/nearest_word.h"

#include <stdio.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void cli_guess_begin(struct cli_guess *guess, const char *word)
{
    word += strspn(word, "-");
    size_t length = strcspn(word, "=");
    *guess = (struct cli_guess){.distance = CLI_GUESS_CAP};
    if (length < sizeof guess->word)
        (void)snprintf(guess->word, sizeof guess->word, "%.*s", (int)length, word);
}

void cli_guess_try(struct cli_guess *guess, const char *candidate, const char *shown)
{
    size_t length = strlen(guess->word);
    if (length == 0 || strlen(candidate) >= CLI_GUESS_CAP)
        return;
    bool begins = length > 1 && strncmp(candidate, guess->word, length) == 0;
    size_t here = nearest_word_distance(guess->word, candidate);
    here = begins ? least(here, 1) : here;
    if (here >= guess->distance)
        return;
    guess->distance = here;
    (void)snprintf(guess->best, sizeof guess->best, "%s", shown);
}

const char *cli_guess_end(const struct cli_guess *guess)
{
    return guess->distance <= 1 + strlen(guess->word) / 5 ? guess->best : NULL;
}
