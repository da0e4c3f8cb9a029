// SPDX-License-Identifier: Apache-2.0
//
// alerts: when to tell the operator that a credential is about to end, or has. Pure: fed with the fleet and
// the server's now, it tells each crossing of each life of a credential once, whatever the clock does. Of
// several crossings that lie between two looks (a sleep of a day) only the last is told.

#ifndef SBXDECK_API_ALERTS_H
#define SBXDECK_API_ALERTS_H

#include "api/event_log.h"
#include "api/fleet.h"

// In the order of urgency: stage, its word (in JSON, environment, config), what it says of one, of several.
#define ALERT_STAGE_TABLE(X)                                                                                 \
    X(none, "none", "", "")                                                                                  \
    X(expiring, "expiring", "has a third of its life left", "have a third of their life left")               \
    X(critical, "critical", "is critical", "are critical")                                                   \
    X(expired, "expired", "has ended", "have ended")

enum alert_stage {
#define X(name, word, one, several) ALERT_##name,
    ALERT_STAGE_TABLE(X)
#undef X
        ALERT_STAGE_COUNT
};
const char *alert_stage_name(enum alert_stage stage);

struct alert {
    enum alert_stage stage;
    struct credential credential; // as it was at the look
    int64_t remaining_ms;
};

struct alerts;
struct alerts *alerts_new(void); // NULL: out of memory
void alerts_free(struct alerts *alerts);

// The stage that a credential is in by its end, unverified ones too; none when it can't be told or is of no
// concern any more (deleted, replaced, refused).
enum alert_stage alert_stage_of(const struct credential *credential, int64_t server_now_ms);

// What has been crossed since the last look, most urgent first, each credential once. *list is of alerts,
// valid until the next look. A credential that is seen for the first time is told when it is critical
// already; what had a third left or had ended before anybody looked is not news.
size_t alerts_look(struct alerts *alerts, const struct fleet *fleet, int64_t server_now_ms,
                   const struct alert **list);
// The server's now at which the next crossing is, as of the last look; 0: none to come.
int64_t alerts_next(const struct alerts *alerts);

// For the event log: the same in every process that tells it, so that it is kept once.
void alert_event(const struct alert *alert, struct event *out);

enum { ALERT_TEXT_CAP = 256 };
// One: "ssh-1 of sbx-1 is critical: 2:00 left"; several: "3 credentials are critical, 1 has ended". Returns
// out; "" for none.
char *alerts_text(const struct alert *list, size_t count, char out[ALERT_TEXT_CAP]);

#endif
