// SPDX-License-Identifier: Apache-2.0
//
// cli_guess: find the word that was meant by one that is mistyped.

#ifndef SBXDECK_VIEWS_CLI_CLI_GUESS_H
#define SBXDECK_VIEWS_CLI_CLI_GUESS_H

#include <stdbool.h>
#include <stddef.h>

enum { CLI_GUESS_CAP = 32 };

struct cli_guess {
    char word[CLI_GUESS_CAP]; // without leading hyphens and a value behind '='
    char best[CLI_GUESS_CAP]; // what to show for the nearest so far
    size_t distance;
};

void cli_guess_begin(struct cli_guess *guess, const char *word);
// candidate: what is compared; shown: what stands for it, copied.
void cli_guess_try(struct cli_guess *guess, const char *candidate, const char *shown);
// What was meant; NULL when nothing is near enough.
const char *cli_guess_end(const struct cli_guess *guess);

#endif
