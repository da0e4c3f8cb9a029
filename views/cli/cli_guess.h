// SPDX-License-Identifier: Apache-2.0
//
// cli_guess: which of some words was meant by one that is none of them.

#ifndef SBXDECK_VIEWS_CLI_GUESS_H
#define SBXDECK_VIEWS_CLI_GUESS_H

#include <stdbool.h>
#include <stddef.h>

struct cli_guess {
    char word[32];    // without leading hyphens and a value behind '='
    const char *best; // what to show for the nearest so far
    size_t distance;
};

void cli_guess_begin(struct cli_guess *guess, const char *word);
// candidate: what is compared; shown: what stands for it, kept as a pointer.
void cli_guess_try(struct cli_guess *guess, const char *candidate, const char *shown);
// What was meant; NULL when nothing is near enough.
const char *cli_guess_end(const struct cli_guess *guess);

#endif
