// SPDX-License-Identifier: Apache-2.0
//
// bulk: decide which call comes next and keep the outcome of each. What may have taken effect is never done
// twice: an unknown outcome stays unknown, and the operator is shown the way out.

#include "views/bulk/bulk.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MS = 60 * 1000, SECOND_MS = 1000 };

struct bulk {
    enum bulk_verb verb;
    int parallel;
    struct bulk_item *items;
    size_t count, room;
    size_t next; // none before it waits
    struct bulk_counts counts;
    int64_t begun_at, ended_at; // 0: not yet
    int64_t paused_until;
    size_t before;  // over when this go began
    bool cancelled; // in this go
};

static const struct {
    const char *verb, *doing, *did, *noun;
} words[BULK_VERB_COUNT] = {
#define X(name, verb, doing, did, noun) {verb, doing, did, noun},
    BULK_VERB_TABLE(X)
#undef X
};

const char *bulk_verb(enum bulk_verb verb)
{
    return words[verb].verb;
}

const char *bulk_doing(enum bulk_verb verb)
{
    return words[verb].doing;
}

const char *bulk_did(enum bulk_verb verb)
{
    return words[verb].did;
}

bool bulk_is_of_sandboxes(enum bulk_verb verb)
{
    return strcmp(words[verb].noun, "sandbox") == 0;
}

char *bulk_counted(enum bulk_verb verb, size_t count, char out[BULK_COUNTED_CAP])
{
    const char *plural = count == 1 ? "" : bulk_is_of_sandboxes(verb) ? "es" : "s";
    (void)snprintf(out, BULK_COUNTED_CAP, "%zu %s%s", count, words[verb].noun, plural);
    return out;
}

bool bulk_may_still_work(const struct credential *credential, int64_t server_now_ms)
{
    enum credential_state state = credential_state(credential, server_now_ms);
    return credential->id[0] != '\0' && credential->busy == NULL && state != CREDENTIAL_none &&
           state != CREDENTIAL_expired && state != CREDENTIAL_invalid && state != CREDENTIAL_revoked;
}

bool bulk_is_out_of_reach(const struct credential *credential)
{
    return credential->id[0] == '\0' || credential->busy != NULL;
}

struct bulk *bulk_new(enum bulk_verb verb, int parallel)
{
    struct bulk *bulk = xcalloc(1, sizeof *bulk);
    bulk->verb = verb;
    bulk->parallel = parallel < 1 ? 1 : parallel > BULK_PARALLEL_MAX ? BULK_PARALLEL_MAX : parallel;
    return bulk;
}

void bulk_free(struct bulk *bulk)
{
    if (bulk == NULL)
        return;
    free(bulk->items);
    free(bulk);
}

enum bulk_verb bulk_kind(const struct bulk *bulk)
{
    return bulk->verb;
}

void bulk_add(struct bulk *bulk, const char *sandbox_id, const char *id)
{
    bulk_add_row(bulk, sandbox_id, id, 0);
}

void bulk_add_row(struct bulk *bulk, const char *sandbox_id, const char *id, int64_t vault_row)
{
    enum { FIRST = 64 };
    if (bulk->count == bulk->room) {
        bulk->room = bulk->room > 0 ? bulk->room * 2 : FIRST;
        bulk->items = xrealloc(bulk->items, bulk->room * sizeof *bulk->items);
    }
    struct bulk_item *item = &bulk->items[bulk->count++];
    memset(item, 0, sizeof *item);
    (void)snprintf(item->sandbox_id, sizeof item->sandbox_id, "%s", sandbox_id);
    (void)snprintf(item->id, sizeof item->id, "%s", id);
    item->row = vault_row;
    bulk->counts.total++;
    bulk->counts.waiting++;
    bulk->ended_at = 0;
}

size_t bulk_size(const struct bulk *bulk)
{
    return bulk->count;
}

const struct bulk_item *bulk_item(const struct bulk *bulk, size_t index)
{
    return &bulk->items[index];
}

static size_t *count_of(struct bulk *bulk, enum bulk_state state)
{
    struct bulk_counts *counts = &bulk->counts;
    size_t *const all[] = {&counts->waiting, &counts->running, &counts->done,
                           &counts->failed,  &counts->unknown, &counts->cancelled};
    return all[state];
}

static void turn(struct bulk *bulk, struct bulk_item *item, enum bulk_state state)
{
    --*count_of(bulk, item->state);
    ++*count_of(bulk, state);
    item->state = state;
}

bool bulk_take(struct bulk *bulk, int64_t now_ms, size_t *index)
{
    if (bulk->counts.waiting == 0 || bulk->counts.running >= (size_t)bulk->parallel ||
        now_ms < bulk->paused_until)
        return false;
    while (bulk->items[bulk->next].state != BULK_WAITING)
        bulk->next++;
    *index = bulk->next;
    if (bulk->begun_at == 0)
        bulk->begun_at = now_ms;
    turn(bulk, &bulk->items[bulk->next], BULK_RUNNING);
    return true;
}

static enum bulk_state state_after(const struct failure *why)
{
    if (why->status == STATUS_OK)
        return BULK_DONE;
    if (why->status == STATUS_RATE_LIMITED && !why->maybe_done)
        return BULK_WAITING;
    return why->maybe_done || why->status == STATUS_OUTCOME_UNKNOWN ? BULK_UNKNOWN : BULK_FAILED;
}

void bulk_end(struct bulk *bulk, size_t index, const struct failure *why, const char *result, int64_t now_ms)
{
    struct bulk_item *item = &bulk->items[index];
    enum bulk_state state = state_after(why);
    if (state == BULK_WAITING && bulk->cancelled)
        state = BULK_CANCELLED;
    turn(bulk, item, state);
    item->why = *why;
    (void)snprintf(item->result, sizeof item->result, "%s", result);
    if (state == BULK_WAITING) {
        int64_t until =
            now_ms + (why->retry_after_s > 0 ? (int64_t)why->retry_after_s * SECOND_MS : PAUSE_MS);
        bulk->paused_until = until > bulk->paused_until ? until : bulk->paused_until;
        bulk->next = index < bulk->next ? index : bulk->next;
    }
    if (bulk_is_over(bulk))
        bulk->ended_at = now_ms;
}

void bulk_name(struct bulk *bulk, size_t index, const char *id)
{
    (void)snprintf(bulk->items[index].id, sizeof bulk->items[index].id, "%s", id);
}

void bulk_cancel(struct bulk *bulk, int64_t now_ms)
{
    for (size_t i = bulk->next; i < bulk->count; i++)
        if (bulk->items[i].state == BULK_WAITING)
            turn(bulk, &bulk->items[i], BULK_CANCELLED);
    bulk->cancelled = true;
    if (bulk_is_over(bulk) && bulk->ended_at == 0)
        bulk->ended_at = now_ms;
}

size_t bulk_again(struct bulk *bulk, int64_t now_ms)
{
    size_t again = 0;
    for (size_t i = 0; i < bulk->count; i++) {
        struct bulk_item *item = &bulk->items[i];
        if (item->state != BULK_FAILED && item->state != BULK_CANCELLED)
            continue;
        turn(bulk, item, BULK_WAITING);
        again++;
    }
    if (again > 0) {
        bulk->next = 0;
        bulk->begun_at = now_ms;
        bulk->ended_at = 0;
        bulk->cancelled = false;
        bulk->before = bulk->counts.done + bulk->counts.unknown;
    }
    return again;
}

bool bulk_is_over(const struct bulk *bulk)
{
    return bulk->counts.waiting == 0 && bulk->counts.running == 0;
}

int64_t bulk_paused_ms(const struct bulk *bulk, int64_t now_ms)
{
    return bulk->counts.waiting > 0 && bulk->paused_until > now_ms ? bulk->paused_until - now_ms : 0;
}

int64_t bulk_elapsed_ms(const struct bulk *bulk, int64_t now_ms)
{
    if (bulk->begun_at == 0)
        return 0;
    return (bulk->ended_at > 0 ? bulk->ended_at : now_ms) - bulk->begun_at;
}

int64_t bulk_left_ms(const struct bulk *bulk, int64_t now_ms)
{
    const struct bulk_counts *counts = &bulk->counts;
    size_t left = counts->waiting + counts->running;
    size_t over = counts->done + counts->failed + counts->unknown - bulk->before;
    if (left == 0)
        return 0;
    if (over == 0)
        return -1;
    return bulk_elapsed_ms(bulk, now_ms) * (int64_t)left / (int64_t)over + bulk_paused_ms(bulk, now_ms);
}

void bulk_count(const struct bulk *bulk, struct bulk_counts *out)
{
    *out = bulk->counts;
}

bool bulk_is_undone(const struct bulk_item *item)
{
    return item->state == BULK_FAILED || item->state == BULK_UNKNOWN || item->state == BULK_CANCELLED;
}

char *bulk_troubled(const struct bulk *bulk, size_t most, char *out, size_t cap)
{
    const char *last = ""; // those of one sandbox stand together
    size_t count = 0, used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < bulk->count; i++) {
        const struct bulk_item *item = &bulk->items[i];
        if ((item->state != BULK_FAILED && item->state != BULK_UNKNOWN) ||
            strcmp(item->sandbox_id, last) == 0)
            continue;
        last = item->sandbox_id;
        if (count++ < most && used < cap)
            used += (size_t)snprintf(out + used, cap - used, "%s%s", used > 0 ? ", " : "", item->sandbox_id);
    }
    if (count > most && used < cap)
        (void)snprintf(out + used, cap - used, " and %zu more", count - most);
    return out;
}
