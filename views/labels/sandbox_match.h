// SPDX-License-Identifier: Apache-2.0
//
// sandbox_match: How well a sandbox matches what was typed into a list that ranks: the filter's keys as in
// the filter (api/fleet/fleet_filter.h), all other words as fuzzy finders have them (tui/base/fuzzy.h). Pure.

#ifndef SBXDECK_VIEWS_LABELS_SANDBOX_MATCH_H
#define SBXDECK_VIEWS_LABELS_SANDBOX_MATCH_H

#include "api/fleet/fleet_filter.h"
#include "tui/base/fuzzy.h"

enum { SANDBOX_MATCH_WORDS = 32 };

struct sandbox_match {
    struct fleet_filter keys;
    char plain[FLEET_FILTER_TEXT_CAP]; // the other words
    struct {
        const char *text;
        size_t length;
        bool inverse;
    } words[SANDBOX_MATCH_WORDS]; // of plain
    size_t count;
    // Templates are shared by many rows: what came of the last ones.
    struct {
        const char *text;
        int scores[SANDBOX_MATCH_WORDS];
    } templates[16];
};

// It must not be moved afterwards.
void sandbox_match_begin(struct sandbox_match *match, const char *typed);
// FUZZY_NONE: it doesn't; else more is better. Without allocation; of one fleet whose texts stay.
int sandbox_match_score(struct sandbox_match *match, const struct fleet_row *row, int64_t server_now_ms);
// Nothing is asked for.
bool sandbox_match_is_empty(const struct sandbox_match *match);

#endif
