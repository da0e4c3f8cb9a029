// SPDX-License-Identifier: Apache-2.0
//
// alert_queue: The alerts that stand now: credentials that have a third of their lifetime left or less, or
// that expired during this run, and likewise the time-outs of sandboxes with an open session. One leaves
// when its cause has gone (renewed, deleted, paused) or when the operator dismisses it, and comes back only
// with the next stage. Pure: fed with the fleet and the server's now.

#ifndef SBXDECK_API_EXPIRY_ALERT_QUEUE_H
#define SBXDECK_API_EXPIRY_ALERT_QUEUE_H

#include "api/expiry/alerts.h"

struct alert_queue;
struct alert_queue *alert_queue_new(void); // NULL: out of memory
void alert_queue_free(struct alert_queue *queue);
void alert_queue_set_scope(struct alert_queue *queue,
                           const struct deadline_scope *scope); // as alerts_set_scope

// The soonest end first; behind those what has ended, the latest first. Returns how many. *list is the
// queue's, valid until the next call with it.
size_t alert_queue_update(struct alert_queue *queue, const struct fleet *fleet, int64_t server_now_ms,
                          const struct alert **list);
// As of the last update.
size_t alert_queue_list(const struct alert_queue *queue, const struct alert **list);
// Takes one out, by sandbox and id (as in struct alert); false: it is not there.
bool alert_queue_dismiss(struct alert_queue *queue, const struct credential *credential);
// All that the last update has found.
void alert_queue_dismiss_all(struct alert_queue *queue);

#endif
