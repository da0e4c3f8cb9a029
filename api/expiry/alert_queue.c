// SPDX-License-Identifier: Apache-2.0
//
// alert_queue: Remember what was dismissed, by lifetime and stage: a regenerated credential starts a new
// one. What had expired before the first update is no alert.

#include "api/expiry/alert_queue.h"

#include "api/fleet/lifetime_map.h"

#include <stdlib.h>
#include <string.h>

struct alert_queue {
    struct lifetime_map *lives; // stage: dismissed up to; tries: 1 when it was seen before its end
    struct alert_list list;
    struct deadline_scope scope;
    int64_t now;
};

struct alert_queue *alert_queue_new(void)
{
    struct alert_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return NULL;
    queue->lives = lifetime_map_new();
    if (queue->lives != NULL)
        return queue;
    free(queue);
    return NULL;
}

void alert_queue_free(struct alert_queue *queue)
{
    if (queue == NULL)
        return;
    lifetime_map_free(queue->lives);
    free(queue->list.items);
    free(queue);
}

void alert_queue_set_scope(struct alert_queue *queue, const struct deadline_scope *scope)
{
    queue->scope = *scope;
}

static void take(void *ctx, const struct fleet_row *row, const struct alert *alert, int64_t next)
{
    struct alert_queue *queue = ctx;
    bool made = false;
    const struct credential *of = &alert->credential;
    (void)next;
    if (row->gone)
        return;
    struct life *life = lifetime_map_add(queue->lives, of->sandbox_id, of->id, &made);
    if (life == NULL)
        return;
    int64_t moved = of->expires_at - life->expires_at;
    int64_t most = alert->clock == DEADLINE_SANDBOX ? ALERT_SAME_END_MS : 1;
    if (made || moved >= most || moved <= -most) {
        life->stage = ALERT_none;
        life->tries = 0;
    }
    life->expires_at = of->expires_at;
    if (of->expires_at > queue->now)
        life->tries = 1;
    if ((int)alert->stage > life->stage && (alert->stage != ALERT_expired || life->tries > 0))
        alert_list_add(&queue->list, alert);
}

static int by_end(const void *left, const void *right)
{
    const struct alert *one = left, *other = right;
    bool over = one->stage == ALERT_expired;
    int64_t first = one->credential.expires_at, second = other->credential.expires_at;
    if (over != (other->stage == ALERT_expired))
        return over ? 1 : -1;
    if (first != second)
        return (first < second) != over ? -1 : 1;
    int sandboxes = strcmp(one->credential.sandbox_id, other->credential.sandbox_id);
    return sandboxes != 0 ? sandboxes : strcmp(one->credential.id, other->credential.id);
}

size_t alert_queue_update(struct alert_queue *queue, const struct fleet *fleet, int64_t server_now_ms,
                          const struct alert **list)
{
    queue->list.count = 0;
    queue->now = server_now_ms;
    lifetime_map_begin(queue->lives);
    alerts_visit(fleet, server_now_ms, &queue->scope, take, queue);
    lifetime_map_end(queue->lives, NULL, NULL);
    if (queue->list.count > 1)
        qsort(queue->list.items, queue->list.count, sizeof *queue->list.items, by_end);
    return alert_queue_list(queue, list);
}

size_t alert_queue_list(const struct alert_queue *queue, const struct alert **list)
{
    *list = queue->list.items;
    return queue->list.count;
}

static void dismiss_at(struct alert_queue *queue, size_t at)
{
    const struct alert *alert = &queue->list.items[at];
    struct life *life = lifetime_map_get(queue->lives, alert->credential.sandbox_id, alert->credential.id);
    if (life != NULL)
        life->stage = (int)alert->stage;
    queue->list.count--;
    memmove(queue->list.items + at, queue->list.items + at + 1,
            (queue->list.count - at) * sizeof *queue->list.items);
}

bool alert_queue_dismiss(struct alert_queue *queue, const struct credential *credential)
{
    for (size_t i = 0; i < queue->list.count; i++) {
        const struct credential *one = &queue->list.items[i].credential;
        if (strcmp(one->sandbox_id, credential->sandbox_id) != 0 || strcmp(one->id, credential->id) != 0)
            continue;
        dismiss_at(queue, i);
        return true;
    }
    return false;
}

void alert_queue_dismiss_all(struct alert_queue *queue)
{
    while (queue->list.count > 0)
        dismiss_at(queue, queue->list.count - 1);
}
