// SPDX-License-Identifier: Apache-2.0
//
// alert_queue: owns what was dismissed, by life and stage: a credential that was made anew is another life.
// What had ended before anybody looked is history, and no alert.

#include "api/expiry/alert_queue.h"

#include "api/fleet/lifetime_map.h"

#include <stdlib.h>
#include <string.h>

struct alert_queue {
    struct lifetime_map *lives; // stage: dismissed up to; tries: 1 when it was seen before its end
    struct alert *list;
    size_t count, capacity;
    struct deadline_scope scope;
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
    free(queue->list);
    free(queue);
}

void alert_queue_set_scope(struct alert_queue *queue, const struct deadline_scope *scope)
{
    queue->scope = *scope;
}

static void add(struct alert_queue *queue, const struct alert *alert)
{
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity > 0 ? queue->capacity * 2 : 16;
        struct alert *list = reallocarray(queue->list, capacity, sizeof *list);
        if (list == NULL)
            return;
        queue->list = list;
        queue->capacity = capacity;
    }
    queue->list[queue->count++] = *alert;
}

static void take(struct alert_queue *queue, const struct alert *alert, int64_t now)
{
    bool made = false;
    const struct credential *of = &alert->credential;
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
    if (of->expires_at > now)
        life->tries = 1;
    if ((int)alert->stage > life->stage && (alert->stage != ALERT_expired || life->tries > 0))
        add(queue, alert);
}

static void look_at(struct alert_queue *queue, const struct credential *credential, int64_t now)
{
    if (credential->id[0] == '\0' || credential->expires_at <= 0)
        return;
    const struct alert alert = {.stage = alert_stage_of(credential, now),
                                .clock = DEADLINE_CREDENTIAL,
                                .credential = *credential,
                                .remaining_ms = credential_remaining(credential, now)};
    take(queue, &alert, now);
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
    queue->count = 0;
    lifetime_map_begin(queue->lives);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        for (size_t c = 0; !row->gone && c < row->credential_count; c++)
            look_at(queue, &row->credentials[c], server_now_ms);
        struct alert alert;
        if (alert_of_timeout(row, server_now_ms, &queue->scope, &alert))
            take(queue, &alert, server_now_ms);
    }
    lifetime_map_end(queue->lives, NULL, NULL);
    if (queue->count > 1)
        qsort(queue->list, queue->count, sizeof *queue->list, by_end);
    return alert_queue_list(queue, list);
}

size_t alert_queue_list(const struct alert_queue *queue, const struct alert **list)
{
    *list = queue->list;
    return queue->count;
}

static void dismiss_at(struct alert_queue *queue, size_t at)
{
    const struct alert *alert = &queue->list[at];
    struct life *life = lifetime_map_get(queue->lives, alert->credential.sandbox_id, alert->credential.id);
    if (life != NULL)
        life->stage = (int)alert->stage;
    queue->count--;
    memmove(queue->list + at, queue->list + at + 1, (queue->count - at) * sizeof *queue->list);
}

bool alert_queue_dismiss(struct alert_queue *queue, const struct credential *credential)
{
    for (size_t i = 0; i < queue->count; i++) {
        const struct credential *one = &queue->list[i].credential;
        if (strcmp(one->sandbox_id, credential->sandbox_id) != 0 || strcmp(one->id, credential->id) != 0)
            continue;
        dismiss_at(queue, i);
        return true;
    }
    return false;
}

void alert_queue_dismiss_all(struct alert_queue *queue)
{
    while (queue->count > 0)
        dismiss_at(queue, queue->count - 1);
}
