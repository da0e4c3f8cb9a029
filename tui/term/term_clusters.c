// SPDX-License-Identifier: Apache-2.0
//
// term_clusters: read the cursor positions that the terminal reports after the test characters.

#include "tui/term/term_clusters.h"

enum { SELECTOR, TONE, JOINER, QUESTIONS, TWO_COLUMNS = 3 };

static struct {
    int answered;
    bool two_columns[QUESTIONS];
} clusters;

void term_clusters_begin(void)
{
    clusters.answered = 0;
    for (int i = 0; i < QUESTIONS; i++)
        clusters.two_columns[i] = false;
}

// "ESC [ 2 ; column R"
bool term_clusters_reply(const char *raw, size_t length)
{
    if (length != 6 || raw[0] != '\033' || raw[1] != '[' || raw[2] != '2' || raw[3] != ';' || raw[5] != 'R' ||
        clusters.answered >= QUESTIONS)
        return false;
    clusters.two_columns[clusters.answered++] = raw[4] == '0' + TWO_COLUMNS;
    return true;
}

bool term_selectors_widen(void)
{
    return clusters.two_columns[SELECTOR];
}

bool term_tones_join(void)
{
    return clusters.two_columns[TONE];
}

bool term_joiners_join(void)
{
    return clusters.two_columns[JOINER];
}
