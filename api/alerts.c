// SPDX-License-Identifier: Apache-2.0
//
// alerts: owns what was told of each life. A stage that was told is never told again, also when the estimate
// of the server's clock goes back over the crossing.

#include "api/alerts.h"

#include "api/life_table.h"
#include "api/server_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct alerts {
    struct life_table *told; // stage: the furthest so far
    struct alert *list;
    size_t count, capacity;
    int64_t next;
};

struct alerts *alerts_new(void)
{
    struct alerts *alerts = calloc(1, sizeof *alerts);
    if (alerts == NULL)
        return NULL;
    alerts->told = life_table_new();
    if (alerts->told == NULL) {
        free(alerts);
        return NULL;
    }
    return alerts;
}

void alerts_free(struct alerts *alerts)
{
    if (alerts == NULL)
        return;
    life_table_free(alerts->told);
    free(alerts->list);
    free(alerts);
}

static const struct {
    const char *word, *one, *several;
} stages[ALERT_STAGE_COUNT] = {
#define X(name, word, one, several) {word, one, several},
    ALERT_STAGE_TABLE(X)
#undef X
};

const char *alert_stage_name(enum alert_stage stage)
{
    return stage < ALERT_STAGE_COUNT ? stages[stage].word : "none";
}

// What has not been asked about in this run ends when it ends all the same.
static struct credential as_verified(const struct credential *credential)
{
    struct credential copy = *credential;
    if (copy.verdict == VERDICT_UNVERIFIED)
        copy.verdict = VERDICT_VALID;
    return copy;
}

enum alert_stage alert_stage_of(const struct credential *credential, int64_t server_now_ms)
{
    const struct credential copy = as_verified(credential);
    if (copy.expires_at <= 0 || copy.verdict != VERDICT_VALID)
        return ALERT_none;
    switch (credential_state(&copy, server_now_ms)) {
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

static void add(struct alerts *alerts, const struct credential *credential, enum alert_stage stage,
                int64_t now)
{
    if (alerts->count == alerts->capacity) {
        size_t capacity = alerts->capacity > 0 ? alerts->capacity * 2 : 16;
        struct alert *list = reallocarray(alerts->list, capacity, sizeof *list);
        if (list == NULL)
            return;
        alerts->list = list;
        alerts->capacity = capacity;
    }
    alerts->list[alerts->count++] = (struct alert){
        .stage = stage, .credential = *credential, .remaining_ms = credential_remaining(credential, now)};
}

static void look_at(struct alerts *alerts, const struct credential *credential, int64_t now)
{
    bool made = false;
    enum alert_stage stage = alert_stage_of(credential, now);
    if (credential->id[0] == '\0' || credential->expires_at <= 0)
        return;
    struct life *life = life_table_find(alerts->told, credential->sandbox_id, credential->id, &made);
    if (life == NULL)
        return;
    if (life->expires_at != credential->expires_at) {
        life->expires_at = credential->expires_at;
        life->stage = made && stage != ALERT_critical ? (int)stage : ALERT_none;
    }
    if ((int)stage > life->stage) {
        life->stage = (int)stage;
        add(alerts, credential, stage, now);
    }
    if (stage == ALERT_expired)
        return;
    const struct credential copy = as_verified(credential);
    int64_t next = credential_next_change(&copy, now);
    if (next > now && (alerts->next == 0 || next < alerts->next))
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

size_t alerts_look(struct alerts *alerts, const struct fleet *fleet, int64_t server_now_ms,
                   const struct alert **list)
{
    alerts->count = 0;
    alerts->next = 0;
    life_table_begin(alerts->told);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        for (size_t c = 0; c < row->credential_count; c++)
            look_at(alerts, &row->credentials[c], server_now_ms);
    }
    life_table_end(alerts->told, NULL, NULL);
    if (alerts->count > 1)
        qsort(alerts->list, alerts->count, sizeof *alerts->list, by_urgency);
    *list = alerts->list;
    return alerts->count;
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
    (void)snprintf(out->message, sizeof out->message, "%s: %s %s", alert_stage_name(alert->stage),
                   ended ? "ended at" : "ends at", at);
}

static void text_of_one(const struct alert *alert, char out[ALERT_TEXT_CAP])
{
    char left[16];
    (void)time_format_remaining(alert->remaining_ms, left);
    (void)snprintf(out, ALERT_TEXT_CAP, "%s of %s %s%s%s%s", alert->credential.id,
                   alert->credential.sandbox_id, stages[alert->stage].one,
                   alert->stage == ALERT_expired ? "" : ": ", alert->stage == ALERT_expired ? "" : left,
                   alert->stage == ALERT_expired ? "" : " left");
}

char *alerts_text(const struct alert *list, size_t count, char out[ALERT_TEXT_CAP])
{
    size_t used = 0;
    out[0] = '\0';
    if (count == 1)
        text_of_one(&list[0], out);
    if (count <= 1)
        return out;
    for (int stage = ALERT_STAGE_COUNT - 1; stage > ALERT_none; stage--) {
        size_t of_stage = 0;
        for (size_t i = 0; i < count; i++)
            of_stage += (int)list[i].stage == stage;
        if (of_stage == 0)
            continue;
        const char *noun = of_stage == 1 ? " credential" : " credentials";
        int more = snprintf(out + used, ALERT_TEXT_CAP - used, "%s%zu%s %s", used > 0 ? ", " : "", of_stage,
                            used > 0 ? "" : noun, of_stage == 1 ? stages[stage].one : stages[stage].several);
        used += more > 0 && (size_t)more < ALERT_TEXT_CAP - used ? (size_t)more : 0;
    }
    return out;
}
