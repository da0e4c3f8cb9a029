// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter: Which sandboxes are meant by words, as they are typed into the deck's filter and given to
// `sbxdeck exec`. Pure.

#ifndef SBXDECK_API_FLEET_FLEET_FILTER_H
#define SBXDECK_API_FLEET_FLEET_FILTER_H

#include "api/fleet/fleet.h"

// Every word of filter must be in the sandbox's id, template, state, or in the id or state of one of its
// credentials; a word after '!' must be in none. Words are apart by blanks; upper and lower case are the
// same. "" admits all.
bool fleet_filter_matches(const struct fleet_row *row, const char *filter, int64_t server_now_ms);

#endif
