// SPDX-License-Identifier: Apache-2.0
//
// state_labels: the glyph, word and colour role of each state, the same in deck, details and session, so that
// colour never stands alone.

#ifndef SBXDECK_VIEWS_STATE_LABELS_H
#define SBXDECK_VIEWS_STATE_LABELS_H

#include "api/fleet/deadline.h"
#include "api/ssh/ssh_target.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "tui/widget/gauge.h"

#include <stddef.h>
#include <stdint.h>

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

// Why a move of that sandbox (NULL: it is not known any more) did not go well, with the key that helps in the
// state that it is in as the way out.
void state_label_move_failure(const struct failure *why, const struct fleet_row *row, struct failure *out);

// The host (and port) of a base URL, for the header and for messages. Returns out.
char *state_label_host(const char *base_url, char *out, size_t cap);
// The command that opens a shell there, made of checked parts only: what came from the network may hold more
// and is never handed on. Returns out.
char *state_label_ssh_command(const struct ssh_target *target, char *out, size_t cap);
// "ends in 1h", or that its expiry is not known or has passed. Returns out.
enum { STATE_LABEL_END_CAP = 32 };
char *state_label_end(const struct credential *credential, int64_t now_ms, char out[STATE_LABEL_END_CAP]);
// "1 session", "2 sessions". Returns out.
char *state_label_count(size_t count, const char *one, const char *many, char *out, size_t cap);

#endif
