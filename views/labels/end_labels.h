// SPDX-License-Identifier: Apache-2.0
//
// end_labels: how the console tells which clock ends first. The sandbox's has a glyph and a word of its own,
// so that nobody regenerates a credential against a time-out.

#ifndef SBXDECK_VIEWS_VIEW_ENDS_H
#define SBXDECK_VIEWS_VIEW_ENDS_H

#include "api/fleet/ends.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"

#include <stdint.h>

struct app;

// The sandboxes in which a session of this console is open. Good as long as the app.
struct ends_scope end_labels_scope(const struct app *app);

// What ends first for a session there with that credential; NONE: nothing that is known.
struct row_end end_labels_of_session(const struct app *app, const char *sandbox_id,
                                     const struct credential *credential);

// The mark before a countdown of that clock: NONE for a credential's, which is the usual one.
enum glyph end_labels_glyph(enum end_clock clock);
// What is as it should be is plain.
enum theme_role end_labels_role(enum credential_state state);

#endif
