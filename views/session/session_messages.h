// SPDX-License-Identifier: Apache-2.0
//
// session_messages: What happened to a session, as sentences for the operator. Pure.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_MESSAGES_H
#define SBXDECK_VIEWS_SESSION_SESSION_MESSAGES_H

#include "api/ssh/ssh_session.h"

#include <stdbool.h>
#include <stddef.h>

enum { SESSION_REASON_CAP = 1024, SESSION_REASON_TEXT_CAP = 2048 };

// The reason in one sentence without a full stop: "the shell ended with 0", "the connection was lost: …".
// opened: there was a shell. May hold foreign text: display() is the drawer's. Returns out.
char *session_messages_end(const struct ssh_end *end, bool opened, char *out, size_t cap);
// What to do about it, "" when there is nothing to say; may have several lines. Returns out.
char *session_messages_advice(const struct ssh_end *end, bool opened, const char *sandbox, char *out,
                              size_t cap);
// The heading over both: "Ended", "Connection lost", "Not connected", "The host key has changed".
const char *session_messages_title(const struct ssh_end *end, bool opened);
// An end that nobody needs to act on: the program ended, or we closed it.
bool session_messages_is_calm(const struct ssh_end *end);

// The steps of connecting as they are shown, each with the stages of ssh_session it stands for.
struct session_step {
    const char *label;
    enum ssh_stage first, last;
};
enum { SESSION_STEPS = 5 };
extern const struct session_step session_steps[SESSION_STEPS];

enum session_step_mark { SESSION_STEP_DONE, SESSION_STEP_NOW, SESSION_STEP_FAILED, SESSION_STEP_TO_COME };
// stage: how far it has come; failed: it ended there.
enum session_step_mark session_messages_step(size_t step, enum ssh_stage stage, bool failed);

#endif
