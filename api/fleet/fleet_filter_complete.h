// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter_complete: How the word at the cursor of a filter can go on: keys, the values that they have,
// the templates and names in the fleet, and saved filters after '@'. Pure.

#ifndef SBXDECK_API_FLEET_FLEET_FILTER_COMPLETE_H
#define SBXDECK_API_FLEET_FLEET_FILTER_COMPLETE_H

#include "api/fleet/fleet.h"

enum { FILTER_COMPLETIONS = 12, FILTER_COMPLETION_CAP = TEMPLATE_CAP };

struct fleet_filter_completion {
    char words[FILTER_COMPLETIONS][FILTER_COMPLETION_CAP]; // the best first
    size_t count;                                          // 0: nothing to offer
    size_t from; // in the text: a word takes the place of what stands from here to the cursor, and begins
                 // with it but for upper and lower case
};

// A list of names, in the order in which they are offered.
struct fleet_filter_names {
    const char *(*name)(void *ctx, size_t index); // NULL beyond the end
    void *ctx;
};

// fleet and saved may be NULL.
void fleet_filter_complete(const char *text, size_t cursor, const struct fleet *fleet,
                           const struct fleet_filter_names *saved, struct fleet_filter_completion *out);

#endif
