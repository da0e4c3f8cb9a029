// SPDX-License-Identifier: Apache-2.0
//
// legend: what each state and mark means, in one line each, for the help and the man page.

#ifndef SBXDECK_VIEWS_LABELS_LEGEND_H
#define SBXDECK_VIEWS_LABELS_LEGEND_H

#include "views/labels/state_labels.h"

#include <stddef.h>

const char *legend_title(size_t group); // NULL: beyond the end
// Fills *label and returns what it means; NULL: beyond the group's end. Static text.
const char *legend_entry(size_t group, size_t index, struct state_label *label);

#endif
