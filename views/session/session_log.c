// SPDX-License-Identifier: Apache-2.0
//
// session_log: Word a session's entries in the event log. The server's own words are left out when it
// disconnects: it knows the password and may repeat it.

#include "views/session/session_log.h"

#include "api/base/time_util.h"
#include "views/session/session_messages.h"

#include <stdio.h>
#include <string.h>

static struct event event_of(const struct session_log *session, enum event_kind kind, int64_t since)
{
    struct event event = {.kind = kind, .session = session->number + 1, .duration_ms = -1};
    if (since > 0)
        event.duration_ms = time_monotonic_ms() - since;
    (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "%s", session->sandbox_id);
    (void)snprintf(event.id, sizeof event.id, "%s", session->id);
    return event;
}

void session_log_opened(const struct session_log *session, const struct host_key_report *new_key,
                        struct event *out)
{
    *out = event_of(session, EVENT_CONNECTED, session->begun_at);
    if (new_key != NULL && new_key->host[0] != '\0')
        (void)snprintf(out->message, sizeof out->message, "a new host key %s: %s %s",
                       new_key->unkept[0] == '\0' ? "was saved" : "could not be saved", new_key->seen_type,
                       new_key->seen);
}

bool session_log_ended(const struct session_log *session, const struct ssh_end *end, struct event *out)
{
    char words[SESSION_REASON_CAP];
    bool opened = session->opened_at > 0;
    if (!opened && session_messages_is_calm(end))
        return false;
    *out = event_of(session, opened ? EVENT_DISCONNECTED : EVENT_FAILURE,
                    opened ? session->opened_at : session->begun_at);
    out->outcome = session_messages_is_calm(end) ? STATUS_OK : end->status;
    struct ssh_end told = *end;
    if (end->quoted) // foreign words are for the screen
        (void)fail(&told.why, end->status, "the sandbox hung up or broke the protocol");
    (void)session_messages_end(&told, opened, words, sizeof words);
    if (end->status == STATUS_HOST_KEY_CHANGED) {
        size_t used = strlen(words);
        (void)snprintf(words + used, sizeof words - used, " (known: %s, shown: %s)", end->host_key.known,
                       end->host_key.seen);
    }
    (void)snprintf(out->message, sizeof out->message, "%.*s", (int)sizeof out->message - 1, words);
    return true;
}
