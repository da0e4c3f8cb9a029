// SPDX-License-Identifier: Apache-2.0
//
// event_log: what was done and what became of it, in the vault's file: kept by every process that shares it.
// No secret has a place here. The calls block on the disk: a worker thread makes them (keeper_log does that).

#ifndef SBXDECK_API_EVENT_LOG_H
#define SBXDECK_API_EVENT_LOG_H

#include "api/vault.h"

enum { EVENT_LOG_KEPT = 100000, EVENT_MESSAGE_CAP = 512 };

#define EVENT_KINDS(X)                                                                                       \
    X(CREATED, "created")                                                                                    \
    X(VALIDATED, "validated")                                                                                \
    X(REGENERATED, "regenerated")                                                                            \
    X(DELETED, "deleted")                                                                                    \
    X(FORGOTTEN, "forgotten")                                                                                \
    X(IMPORTED, "imported")                                                                                  \
    X(RENEWED, "renewed")                                                                                    \
    X(CONNECTED, "connected")                                                                                \
    X(DISCONNECTED, "disconnected")                                                                          \
    X(ALERT, "alert")                                                                                        \
    X(FAILURE, "failure")

enum event_kind {
#define X(name, text) EVENT_##name,
    EVENT_KINDS(X)
#undef X
        EVENT_KIND_COUNT
};

struct event {
    int64_t number;  // given by the log, growing; not read by event_log_append
    int64_t at;      // the server's clock, ms
    int64_t wall_at; // this machine's clock, ms
    enum event_kind kind;
    char sandbox_id[ID_CAP], id[ID_CAP]; // "": none
    int session;                         // 0: none
    enum status outcome;
    int64_t duration_ms;             // -1: not known
    char message[EVENT_MESSAGE_CAP]; // one line, never a secret; may be empty
};

const char *event_kind_name(enum event_kind kind); // static; never NULL
bool event_kind_parse(const char *name, enum event_kind *out);

// On disk when it returns OK. The oldest beyond EVENT_LOG_KEPT go.
enum status event_log_append(struct vault *vault, const struct event *event, struct failure *why);
// The newest `most` of this base URL at or after since_ms (server's clock), oldest first. *list is the
// caller's (free()).
enum status event_log_list(struct vault *vault, int64_t since_ms, size_t most, struct event **list,
                           size_t *count, struct failure *why);

#endif
