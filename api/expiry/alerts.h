// SPDX-License-Identifier: Apache-2.0
//
// alerts: Find out when to alert the operator that a credential is about to expire, or has, or that a
// sandbox with an open session is about to time out. Pure: fed with the fleet and the server's now, it
// reports each crossing of each lifetime once, whatever the clock does. Of several crossings between two
// updates (a sleep of a day) only the last is reported.

#ifndef SBXDECK_API_EXPIRY_ALERTS_H
#define SBXDECK_API_EXPIRY_ALERTS_H

#include "api/fleet/deadline.h"
#include "api/vault/event_log.h"

// In the order of urgency: stage, its word (in JSON, environment, config), what it says of one credential and
// of several, of one sandbox and of several.
#define ALERT_STAGE_TABLE(X)                                                                                 \
    X(none, "none", "", "", "", "")                                                                          \
    X(expiring, "expiring", "has a third of its life left", "have a third of their life left",               \
      "has a third of its time left", "have a third of their time left")                                     \
    X(critical, "critical", "is critical", "are critical", "times out soon", "time out soon")                \
    X(expired, "expired", "has ended", "have ended", "has reached its time-out",                             \
      "have reached their time-out")

enum alert_stage {
#define X(name, word, one, several, sandbox, sandboxes) ALERT_##name,
    ALERT_STAGE_TABLE(X)
#undef X
        ALERT_STAGE_COUNT
};
const char *alert_stage_name(enum alert_stage stage);

struct alert {
    enum alert_stage stage;
    enum deadline_clock clock;
    // As it was at the update. Of the clock of a sandbox: its id and, as expires_at, its time-out; the rest
    // is empty, the id and the vault's row too.
    struct credential credential;
    char name[LABEL_NAME_CAP]; // of the sandbox, the operator's; "" none
    int64_t remaining_ms;
};

struct alerts;
struct alerts *alerts_new(void); // NULL: out of memory
void alerts_free(struct alerts *alerts);

// The time-outs of the sandboxes that are open in that scope count too. *scope is copied; its ctx must live
// as long as the alerts.
void alerts_set_scope(struct alerts *alerts, const struct deadline_scope *scope);
// A time-out that moves by less than this is the same one: servers round.
enum { ALERT_SAME_END_MS = 10000 };

// Calls visit with the alert that each credential with an expiry comes to now, and each sandbox of the scope
// with a time-out: stage none where it is not near or of no concern any more (deleted, replaced, refused).
// next: the server's now at which the stage changes; 0: it will not.
typedef void alert_visit(void *ctx, const struct fleet_row *row, const struct alert *alert, int64_t next);
void alerts_visit(const struct fleet *fleet, int64_t server_now_ms, const struct deadline_scope *scope,
                  alert_visit *visit, void *ctx);

// All zero: empty; items is ended by free(). Out of memory, an alert is left out.
struct alert_list {
    struct alert *items;
    size_t count, room;
};
void alert_list_add(struct alert_list *list, const struct alert *alert);

// What has been crossed since the last update, most urgent first, each credential and each sandbox once.
// *list is of alerts, valid until the next update. One that is seen for the first time is reported when it is
// critical already; what had a third left or had ended before the first update is not news.
size_t alerts_update(struct alerts *alerts, const struct fleet *fleet, int64_t server_now_ms,
                     const struct alert **list);
// The server's now at which the next crossing is, as of the last update; 0: none to come.
int64_t alerts_next(const struct alerts *alerts);

// For the event log: the same in every process that reports it, so that it is kept once.
void alert_event(const struct alert *alert, struct event *out);

enum { ALERT_TEXT_CAP = 256 };
// One: "ssh-1 of sbx-1 (web) is critical: 2m left", "sandbox sbx-1 times out in 2m"; several: "1 credential
// has ended, 3 are critical, 2 sandboxes time out soon". Returns out; "" for none.
char *alerts_text(const struct alert *list, size_t count, char out[ALERT_TEXT_CAP]);

#endif
