// SPDX-License-Identifier: Apache-2.0
//
// session_status: What a session's status line says at each width. Pure: facts in, pieces of text out.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_STATUS_H
#define SBXDECK_VIEWS_SESSION_SESSION_STATUS_H

#include "api/fleet/credential.h"
#include "tui/base/theme.h"
#include "tui/widget/text_pieces.h"
#include "tui/widget/toast.h"
#include "views/command/commands.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum session_status_mode {
    SESSION_STATUS_CONNECTING,
    SESSION_STATUS_OPEN,
    SESSION_STATUS_PREFIX, // a command's key is awaited: the line lists them
    SESSION_STATUS_ENDED
};

struct session_status_facts {
    enum session_status_mode mode;
    const char *sandbox;
    enum credential_state credential;
    bool countdown;                      // remaining_ms is known
    int64_t remaining_ms;                // of the credential
    bool past_end;                       // see credential_is_past_end
    bool timeout;                        // timeout_ms is known
    int64_t timeout_ms;                  // until the sandbox's own time-out; may be below 0
    enum credential_state timeout_state; // how near that is, see deadline_timeout_state
    const char *title;                   // the program's, "" none; foreign text
    const char *notice;                  // a word of ours in the title's place; NULL none
    enum toast_level notice_level;
    size_t notices_more;   // that wait behind it
    const char *question;  // that waits, see questions.h; NULL none
    bool held;             // ENDED: no key counts yet, so none is shown
    bool host_key_changed; // ENDED: the command for that is shown too
    bool unfocused;        // keys go to the view beside it: none are shown
    bool alone;            // no other session is open
    bool deck_above;       // they go to the deck: its first ones are
    bool recorded;         // what is shown goes into a file
    size_t together;       // sessions that are typed into together with this one and itself; below 2: alone
};

// The line for so many columns: what does not fit whole goes, the least important first (title, hints, the
// clock that ends later, the credential's state, the name of the clock that ends first, the glyph); the
// sandbox's id is cut last.
void session_status_build(const struct session_status_facts *facts, int columns, struct text_pieces *out);

// How the line as a whole looks: by the credential, the time-out, whichever is worse, or the end.
enum theme_role session_status_role(const struct session_status_facts *facts);

#endif
