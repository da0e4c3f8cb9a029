// SPDX-License-Identifier: Apache-2.0
//
// alerts: Remember the furthest stage reported for each lifetime. It is never reported again, even when the
// estimate of the server's clock goes back over the crossing.

#include "api/expiry/alerts.h"

#include "api/base/time_util.h"
#include "api/fleet/lifetime_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct alerts {
    struct lifetime_map *reported; // stage: the furthest so far
    struct alert_list list;
    struct deadline_scope scope;
    int64_t now, next;
};

struct alerts *alerts_new(void)
{
    struct alerts *alerts = calloc(1, sizeof *alerts);
    if (alerts == NULL)
        return NULL;
    alerts->reported = lifetime_map_new();
    if (alerts->reported == NULL) {
        free(alerts);
        return NULL;
    }
    return alerts;
}

void alerts_free(struct alerts *alerts)
{
    if (alerts == NULL)
        return;
    lifetime_map_free(alerts->reported);
    free(alerts->list.items);
    free(alerts);
}

void alerts_set_scope(struct alerts *alerts, const struct deadline_scope *scope)
{
    alerts->scope = *scope;
}

static const struct {
    const char *word;
    const char *texts[DEADLINE_CLOCK_COUNT][2]; // of one, of several
} stages[ALERT_STAGE_COUNT] = {
#define X(name, word, one, several, sandbox, sandboxes)                                                      \
    {word, {[DEADLINE_CREDENTIAL] = {one, several}, [DEADLINE_SANDBOX] = {sandbox, sandboxes}}},
    ALERT_STAGE_TABLE(X)
#undef X
};

const char *alert_stage_name(enum alert_stage stage)
{
    return stage < ALERT_STAGE_COUNT ? stages[stage].word : "none";
}

// "A third" is true of the default alone.
static const char *text_of(enum alert_stage stage, enum deadline_clock clock, bool several)
{
    static const char *const by_settings[DEADLINE_CLOCK_COUNT][2] = {
        [DEADLINE_CREDENTIAL] = {"is expiring", "are expiring"},
        [DEADLINE_SANDBOX] = {"is nearing its time-out", "are nearing their time-out"}};
    return stage == ALERT_expiring && !life_limits_are_default() ? by_settings[clock][several]
                                                                 : stages[stage].texts[clock][several];
}

// What has not been asked about in this run ends when it ends all the same.
static struct credential as_verified(const struct credential *credential)
{
    struct credential copy = *credential;
    if (copy.verdict == VERDICT_UNVERIFIED)
        copy.verdict = VERDICT_VALID;
    return copy;
}

static enum alert_stage stage_of(enum credential_state state)
{
    switch (state) {
    case CREDENTIAL_expiring:
        return ALERT_expiring;
    case CREDENTIAL_critical:
        return ALERT_critical;
    case CREDENTIAL_expired:
        return ALERT_expired;
    default:
        return ALERT_none;
    }
}

// --- alerts as of now ---

void alert_list_add(struct alert_list *list, const struct alert *alert)
{
    if (list->count == list->room) {
        size_t room = list->room > 0 ? list->room * 2 : 16;
        struct alert *items = reallocarray(list->items, room, sizeof *items);
        if (items == NULL)
            return;
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = *alert;
}

static void take_name(const struct fleet_row *row, struct alert *alert)
{
    if (row->label != NULL)
        memcpy(alert->name, row->label->name, sizeof alert->name);
}

static void visit_credential(const struct fleet_row *row, const struct credential *credential, int64_t now,
                             alert_visit *visit, void *ctx)
{
    struct alert alert = {.clock = DEADLINE_CREDENTIAL,
                          .credential = *credential,
                          .remaining_ms = credential_remaining(credential, now)};
    const struct credential copy = as_verified(credential);
    take_name(row, &alert);
    if (credential->id[0] == '\0' || credential->expires_at <= 0)
        return;
    if (copy.verdict == VERDICT_VALID)
        alert.stage = stage_of(credential_state(&copy, now));
    visit(ctx, row, &alert, credential_next_change(&copy, now));
}

static void visit_timeout(const struct fleet_row *row, int64_t now, alert_visit *visit, void *ctx)
{
    struct alert alert = {.stage = stage_of(deadline_timeout_state(row, now)),
                          .clock = DEADLINE_SANDBOX,
                          .credential.expires_at = deadline_timeout(row)};
    (void)snprintf(alert.credential.sandbox_id, sizeof alert.credential.sandbox_id, "%s", row->sandbox.id);
    alert.remaining_ms = credential_remaining(&alert.credential, now);
    take_name(row, &alert);
    visit(ctx, row, &alert, deadline_timeout_next(row, now));
}

void alerts_visit(const struct fleet *fleet, int64_t server_now_ms, const struct deadline_scope *scope,
                  alert_visit *visit, void *ctx)
{
    const struct fleet_row *row = NULL;
    for (size_t at = 0; (row = deadline_next_row(fleet, scope, &at)) != NULL;) {
        for (size_t c = 0; c < row->credential_count; c++)
            visit_credential(row, &row->credentials[c], server_now_ms, visit, ctx);
        if (deadline_timeout(row) > 0 && deadline_is_open(scope, row))
            visit_timeout(row, server_now_ms, visit, ctx);
    }
}

// --- crossings ---

static bool is_same_end(int64_t one, int64_t other, enum deadline_clock clock)
{
    int64_t apart = one > other ? one - other : other - one;
    return apart == 0 || (clock == DEADLINE_SANDBOX && one != 0 && apart < ALERT_SAME_END_MS);
}

static void take(void *ctx, const struct fleet_row *row, const struct alert *alert, int64_t next)
{
    struct alerts *alerts = ctx;
    bool made = false;
    const struct credential *of = &alert->credential;
    struct life *life = lifetime_map_add(alerts->reported, of->sandbox_id, of->id, &made);
    (void)row;
    if (life == NULL)
        return;
    if (!is_same_end(life->expires_at, of->expires_at, alert->clock))
        life->stage = made && alert->stage != ALERT_critical ? (int)alert->stage : ALERT_none;
    life->expires_at = of->expires_at;
    if ((int)alert->stage > life->stage) {
        life->stage = (int)alert->stage;
        alert_list_add(&alerts->list, alert);
    }
    if (alert->stage != ALERT_expired && next > alerts->now && (alerts->next == 0 || next < alerts->next))
        alerts->next = next;
}

// The soonest end comes first within a stage.
static int by_urgency(const void *left, const void *right)
{
    const struct alert *one = left, *other = right;
    if (one->stage != other->stage)
        return one->stage > other->stage ? -1 : 1;
    if (one->credential.expires_at != other->credential.expires_at)
        return one->credential.expires_at < other->credential.expires_at ? -1 : 1;
    return strcmp(one->credential.id, other->credential.id);
}

size_t alerts_update(struct alerts *alerts, const struct fleet *fleet, int64_t server_now_ms,
                     const struct alert **list)
{
    alerts->list.count = 0;
    alerts->now = server_now_ms;
    alerts->next = 0;
    lifetime_map_begin(alerts->reported);
    alerts_visit(fleet, server_now_ms, &alerts->scope, take, alerts);
    lifetime_map_end(alerts->reported, NULL, NULL);
    if (alerts->list.count > 1)
        qsort(alerts->list.items, alerts->list.count, sizeof *alerts->list.items, by_urgency);
    *list = alerts->list.items;
    return alerts->list.count;
}

int64_t alerts_next(const struct alerts *alerts)
{
    return alerts->next;
}

void alert_event(const struct alert *alert, struct event *out)
{
    char at[40] = "";
    bool ended = alert->stage == ALERT_expired;
    const struct credential *credential = &alert->credential;
    *out = (struct event){
        .kind = EVENT_ALERT, .outcome = ended ? STATUS_NOT_VALID : STATUS_OK, .duration_ms = -1};
    (void)snprintf(out->sandbox_id, sizeof out->sandbox_id, "%s", credential->sandbox_id);
    (void)snprintf(out->id, sizeof out->id, "%s", credential->id);
    (void)time_format_rfc3339(credential->expires_at, at, sizeof at);
    if (alert->clock == DEADLINE_SANDBOX)
        (void)snprintf(out->message, sizeof out->message, "%s: the sandbox %s %s",
                       alert_stage_name(alert->stage), ended ? "reached its time-out at" : "times out at",
                       at);
    else
        (void)snprintf(out->message, sizeof out->message, "%s: %s %s", alert_stage_name(alert->stage),
                       ended ? "ended at" : "ends at", at);
}

static void text_of_one(const struct alert *alert, char out[ALERT_TEXT_CAP])
{
    char left[TIME_SPAN_CAP];
    const struct credential *of = &alert->credential;
    bool over = alert->stage == ALERT_expired;
    char called[ID_CAP + LABEL_NAME_CAP + 4];
    const bool named = alert->name[0] != '\0';
    (void)snprintf(called, sizeof called, "%s%s%s%s", of->sandbox_id, named ? " (" : "", alert->name,
                   named ? ")" : "");
    (void)time_format_span(alert->remaining_ms, left);
    if (alert->clock == DEADLINE_SANDBOX && over)
        (void)snprintf(out, ALERT_TEXT_CAP, "sandbox %s has reached its time-out", called);
    else if (alert->clock == DEADLINE_SANDBOX)
        (void)snprintf(out, ALERT_TEXT_CAP, "sandbox %s times out in %s", called, left);
    else
        (void)snprintf(out, ALERT_TEXT_CAP, "%s of %s %s%s%s%s", of->id, called,
                       text_of(alert->stage, DEADLINE_CREDENTIAL, 0), over ? "" : ": ", over ? "" : left,
                       over ? "" : " left");
}

char *alerts_text(const struct alert *list, size_t count, char out[ALERT_TEXT_CAP])
{
    static const char *const nouns[DEADLINE_CLOCK_COUNT][2] = {
        [DEADLINE_CREDENTIAL] = {" credential", " credentials"},
        [DEADLINE_SANDBOX] = {" sandbox", " sandboxes"}};
    size_t used = 0;
    out[0] = '\0';
    if (count == 1)
        text_of_one(&list[0], out);
    if (count <= 1)
        return out;
    for (int clock = DEADLINE_CREDENTIAL; clock < DEADLINE_CLOCK_COUNT; clock++) {
        bool named = false;
        for (int stage = ALERT_STAGE_COUNT - 1; stage > ALERT_none; stage--) {
            size_t number = 0;
            for (size_t i = 0; i < count; i++)
                number += (int)list[i].stage == stage && (int)list[i].clock == clock;
            if (number == 0)
                continue;
            int more = snprintf(out + used, ALERT_TEXT_CAP - used, "%s%zu%s %s", used > 0 ? ", " : "", number,
                                named ? "" : nouns[clock][number > 1], text_of(stage, clock, number > 1));
            used += more > 0 && (size_t)more < ALERT_TEXT_CAP - used ? (size_t)more : 0;
            named = true;
        }
    }
    return out;
}
