// SPDX-License-Identifier: Apache-2.0
//
// session_log: A session's entries in the event log, for the console and for `sbxdeck ssh`.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_LOG_H
#define SBXDECK_VIEWS_SESSION_SESSION_LOG_H

#include "api/ssh/ssh_session.h"
#include "api/vault/event_log.h"

struct session_log {
    const char *sandbox_id, *id;
    int number;                  // of the tab, from 0; -1: none
    int64_t begun_at, opened_at; // monotonic ms; opened_at 0: there was no shell
};

// There is a shell. new_key: kept with this connection, host "" none; NULL the same.
void session_log_opened(const struct session_log *session, const struct host_key_report *new_key,
                        struct event *out);
// It is over. False: nothing to log (given up here before there was a shell).
bool session_log_ended(const struct session_log *session, const struct ssh_end *end, struct event *out);

#endif
