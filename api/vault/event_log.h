// SPDX-License-Identifier: Apache-2.0
//
// event_log: Records what was done and what came of it, in the vault's file, for all processes that share it.
// No secret has a place here. The calls block on the disk: a worker thread makes them (service_log does
// that).

#ifndef SBXDECK_API_VAULT_EVENT_LOG_H
#define SBXDECK_API_VAULT_EVENT_LOG_H

#include "api/fleet/sandbox_label.h"
#include "api/vault/vault.h"

enum { EVENT_LOG_KEPT = 100000, EVENT_MESSAGE_CAP = 512, EVENT_TEXT_CAP = 128, EVENT_OUTCOME_CAP = 32 };

// name, as it is kept and given to scripts, and the verb that it is told by when it did not go well ("create
// failed"); "": it is told by its name then too.
#define EVENT_KINDS(X)                                                                                       \
    X(CREATED, "created", "create")                                                                          \
    X(VALIDATED, "validated", "validate")                                                                    \
    X(REGENERATED, "regenerated", "regenerate")                                                              \
    X(DELETED, "deleted", "delete")                                                                          \
    X(FORGOTTEN, "forgotten", "forget")                                                                      \
    X(PRUNED, "pruned", "prune")                                                                             \
    X(IMPORTED, "imported", "import")                                                                        \
    X(RENEWED, "renewed", "renew")                                                                           \
    X(CONNECTED, "connected", "connect")                                                                     \
    X(DISCONNECTED, "disconnected", "")                                                                      \
    X(FORWARDED, "forwarded", "forward")                                                                     \
    X(FORWARD_ENDED, "forward-ended", "")                                                                    \
    X(ALERT, "alert", "")                                                                                    \
    X(FAILURE, "failure", "")                                                                                \
    X(RECOVERED, "recovered", "")

enum event_kind {
#define X(name, text, verb) EVENT_##name,
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
    char name[LABEL_NAME_CAP]; // the operator's name of the sandbox then; "": none, or what the vault has now
    int session;               // the number of its tab, plus 1; 0: none
    enum status outcome;
    int64_t duration_ms;             // -1: not known
    char message[EVENT_MESSAGE_CAP]; // one line, never a secret; may be empty
};

const char *event_kind_name(enum event_kind kind); // static; never NULL
// What happened, in words: "created", "create failed", "create unknown". A validate that found it not valid
// has not failed. Static; never NULL.
const char *event_title(enum event_kind kind, enum status outcome);
bool event_kind_parse(const char *name, enum event_kind *out);

// All of them or none, in one transaction, on disk when it returns OK. The oldest beyond EVENT_LOG_KEPT go.
// An alert is kept once, whoever writes it: its message names what it is about and the end that it tells of.
// Control characters become blanks.
enum status event_log_append(struct vault *vault, const struct event *events, size_t count,
                             struct failure *why);

// Which events are wanted; all of it zero: the newest of this base URL.
struct event_query {
    int64_t since_ms;        // at this or after, by the server's clock or by ours; 0: from the first
    int64_t before;          // of a smaller number; 0: from the newest
    unsigned kinds;          // 1U << kind, added up; 0: all
    char sandbox_id[ID_CAP]; // or how it begins, or its name, now or then; "" all
    // Words that are all somewhere in kind, sandbox, name, id, outcome's word or message, in any order, and
    // of !word that are not; ASCII letters alike.
    char text[EVENT_TEXT_CAP];
    size_t most;
};
// The newest first. *list is the caller's (free()).
enum status event_log_query(struct vault *vault, const struct event_query *query, struct event **list,
                            size_t *count, struct failure *why);
// The outcome's name in small letters: "ok", "not found". Returns out.
char *event_outcome_word(enum status outcome, char out[EVENT_OUTCOME_CAP]);

#endif
