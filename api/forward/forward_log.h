// SPDX-License-Identifier: Apache-2.0
//
// forward_log: A forward's entries in the event log.

#ifndef SBXDECK_API_FORWARD_FORWARD_LOG_H
#define SBXDECK_API_FORWARD_FORWARD_LOG_H

#include "api/forward/forward.h"
#include "api/vault/event_log.h"

// It listens from now on, or is over (kind EVENT_FORWARDED, EVENT_FORWARD_ENDED). id: the credential's, ""
// none yet.
void forward_log_event(const struct forward_port *port, enum event_kind kind, const char *sandbox_id,
                       const char *id, struct event *out);

#endif
