// SPDX-License-Identifier: Apache-2.0
//
// forward_log: Word a forward's entries in the event log: where from and to, and at its end what went
// through.

#include "api/forward/forward_log.h"

#include "api/base/time_util.h"

#include <inttypes.h>
#include <stdio.h>

void forward_log_event(const struct forward_port *port, enum event_kind kind, const char *sandbox_id,
                       const char *id, struct event *out)
{
    struct forward_port_facts facts;
    char local[FORWARD_URL_CAP], remote[FORWARD_REMOTE_CAP];
    forward_port_facts(port, &facts);
    *out = (struct event){.kind = kind, .duration_ms = -1};
    (void)snprintf(out->sandbox_id, sizeof out->sandbox_id, "%s", sandbox_id);
    (void)snprintf(out->id, sizeof out->id, "%s", id);
    (void)forward_spec_local(&facts.spec, local);
    (void)forward_spec_remote(&facts.spec, remote);
    if (kind == EVENT_FORWARDED) {
        (void)snprintf(out->message, sizeof out->message, "%s to %s", local, remote);
        return;
    }
    out->duration_ms = time_monotonic_ms() - facts.since;
    (void)snprintf(out->message, sizeof out->message,
                   "%s to %s: %" PRIu64 " connection%s, %" PRIu64 " bytes in, %" PRIu64 " bytes out", local,
                   remote, facts.opened, facts.opened == 1 ? "" : "s", facts.bytes_in, facts.bytes_out);
}
