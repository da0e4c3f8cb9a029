// SPDX-License-Identifier: Apache-2.0
//
// state_labels: the glyph, word and colour role of each state, the same in deck, details and session, so that
// colour never stands alone.

#ifndef SBXDECK_VIEWS_LABELS_STATE_LABELS_H
#define SBXDECK_VIEWS_LABELS_STATE_LABELS_H

#include "api/fleet/deadline.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "tui/widget/gauge.h"

struct state_label {
    enum glyph glyph;
    enum theme_role role;
    const char *text; // static, except for a sandbox's state of a foreign name: then name itself
};

// name: as the server writes it, shown for a state that this version does not know.
struct state_label state_label_sandbox(enum sandbox_state state, const char *name);
struct state_label state_label_credential(enum credential_state state);
// The stage of the bar and of the countdown beside it.
enum gauge_stage state_label_stage(enum credential_state state);

// The role of a countdown: what is as it should be is plain.
enum theme_role state_label_role(enum credential_state state);
// The mark before a countdown of that clock: NONE for a credential's, which is the usual one. The sandbox's
// is marked, so that nobody regenerates a credential against a time-out.
enum glyph state_label_clock(enum deadline_clock clock);

#endif
