// SPDX-License-Identifier: Apache-2.0
//
// verb_watch: `watch`: print all that is, then a line for each change of a state and for each alert, at once.
// It waits for the service's events and for the next instant at which a state changes by itself; a server
// that is away is reported once and asked again until it is back.

#include "api/base/time_util.h"
#include "api/expiry/alerts.h"
#include "api/expiry/revalidation.h"
#include "api/fleet/lifetime_map.h"
#include "tui/base/text.h"
#include "views/cli/cli_job.h"
#include "views/cli/cli_json.h"
#include "views/cli/verbs.h"
#include "views/output/json_output.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SECOND_MS = 1000, FAR_MS = 24 * 3600 * 1000, WAITING_MOST = 1024 * 1024 };

struct watch {
    struct cli_job *job;
    struct lifetime_map *sandboxes, *credentials; // stage: the state printed last, + 1
    struct alerts *alerts;
    struct revalidation revalidation;
    uv_timer_t timer;
    struct cli_signals stops;
    enum status trouble; // printed last; OK: none
    int64_t next;        // the server's now at which a state changes by itself; 0 none
    bool asked_first, behind;
};

// --- lines ---

static int64_t now_here(const struct watch *watch)
{
    return service_now(watch->job->service);
}

static cJSON *event(const struct watch *watch, const char *type, const char *sandbox_id, const char *id)
{
    cJSON *tree = cli_json_event(type, now_here(watch));
    (void)cJSON_AddStringToObject(tree, "sandbox_id", sandbox_id);
    const struct sandbox_label *label = fleet_label(service_fleet(watch->job->service), sandbox_id);
    if (label != NULL && label->name[0] != '\0')
        (void)cJSON_AddStringToObject(tree, "name", label->name);
    if (id != NULL)
        json_output_add_text(tree, "id", id);
    return tree;
}

static void text_line(struct watch *watch, const char *text)
{
    char at[40] = "", shown[1024];
    (void)time_format_rfc3339(now_here(watch) / SECOND_MS * SECOND_MS, at, sizeof at);
    (void)display(text, strlen(text), shown, sizeof shown);
    char line[sizeof at + sizeof shown + 2];
    (void)snprintf(line, sizeof line, "%s  %s", at, shown);
    cli_line(watch->job, line);
}

// Takes the tree.
static void json_line(struct watch *watch, cJSON *tree)
{
    char *text = json_output_text(tree, false);
    if (text != NULL)
        cli_line(watch->job, text);
    json_output_free(text);
}

// What stands behind a state: how long it lasts at most. Returns out.
static char *span_text(const struct watch *watch, const struct credential *credential, int64_t timeout_at,
                       char *out, size_t cap)
{
    char left[TIME_SPAN_CAP];
    int64_t now = now_here(watch);
    out[0] = '\0';
    if (credential != NULL && credential_remaining(credential, now) > 0)
        (void)snprintf(out, cap, ", %s left", time_format_span(credential_remaining(credential, now), left));
    else if (timeout_at > now)
        (void)snprintf(out, cap, ", times out in %s", time_format_span(timeout_at - now, left));
    return out;
}

// id NULL: a sandbox. credential NULL: nothing is known of its end. timeout_at: of a sandbox, 0 none.
static void tell_state(struct watch *watch, const char *sandbox_id, const char *id, const char *state,
                       const struct credential *credential, int64_t timeout_at)
{
    char text[6 * ID_CAP], span[64];
    const char *called = fleet_name_of(service_fleet(watch->job->service), sandbox_id);
    const bool named = called != sandbox_id;
    if (watch->job->arguments.json) {
        cJSON *tree = event(watch, id != NULL ? "credential" : "sandbox", sandbox_id, id);
        (void)cJSON_AddStringToObject(tree, "state", state);
        if (credential != NULL)
            cli_json_add_end(tree, credential, now_here(watch));
        if (id == NULL)
            cli_json_add_timeout(tree, timeout_at, now_here(watch));
        json_line(watch, tree);
    } else {
        (void)snprintf(text, sizeof text, "%s%s%s%s%s%s: %s%s", id != NULL ? id : "",
                       id != NULL ? " of " : "", sandbox_id, named ? " (" : "", named ? called : "",
                       named ? ")" : "", state, span_text(watch, credential, timeout_at, span, sizeof span));
        text_line(watch, text);
    }
}

static void tell_alert(struct watch *watch, const struct alert *alert)
{
    char text[ALERT_TEXT_CAP];
    struct event kept;
    alert_event(alert, &kept);
    service_log(watch->job->service, &kept);
    if (watch->job->arguments.json) {
        cJSON *tree = event(watch, "alert", alert->credential.sandbox_id, alert->credential.id);
        (void)cJSON_AddStringToObject(tree, "alert", alert_stage_name(alert->stage));
        (void)cJSON_AddStringToObject(tree, "clock", deadline_clock_name(alert->clock));
        cli_json_add_end(tree, &alert->credential, now_here(watch));
        json_line(watch, tree);
    } else {
        text_line(watch, alerts_text(alert, 1, text));
    }
}

static void tell_trouble(struct watch *watch, const struct failure *why)
{
    if (why->status == watch->trouble || why->status == STATUS_CANCELLED)
        return;
    watch->trouble = why->status;
    if (watch->job->arguments.json) {
        cJSON *tree = cli_json_event(why->status == STATUS_OK ? "connected" : "trouble", now_here(watch));
        if (why->status != STATUS_OK)
            (void)cJSON_AddStringToObject(tree, "error", failure_text(why));
        json_line(watch, tree);
    } else {
        text_line(watch, why->status == STATUS_OK ? "the server answers again" : failure_text(why));
    }
}

// --- what has changed ---

static bool is_change(struct lifetime_map *table, const char *sandbox_id, const char *id, int state,
                      int64_t expires_at)
{
    bool made = false;
    struct life *life = lifetime_map_add(table, sandbox_id, id, &made);
    if (life == NULL || (life->stage == state + 1 && life->expires_at == expires_at))
        return false;
    life->stage = state + 1;
    life->expires_at = expires_at;
    return true;
}

static void look_at_credential(struct watch *watch, const struct credential *credential, int64_t now)
{
    char key[ID_CAP];
    enum credential_state state = credential_state(credential, now);
    int64_t next = credential_next_change(credential, now);
    if (credential->id[0] != '\0')
        (void)snprintf(key, sizeof key, "%s", credential->id);
    else
        (void)snprintf(key, sizeof key, "?%lld", (long long)credential->vault_row);
    if (next > now && (watch->next == 0 || next < watch->next))
        watch->next = next;
    if (is_change(watch->credentials, credential->sandbox_id, key, (int)state, credential->expires_at))
        tell_state(watch, credential->sandbox_id, credential->id, credential_state_name(state), credential,
                   0);
}

static void tell_gone(struct watch *watch, const struct life *life, bool is_credential)
{
    char sandbox_id[ID_CAP];
    const char *blank = strchr(life->key, ' ');
    const char *id = blank[1] == '?' ? "" : blank + 1;
    (void)snprintf(sandbox_id, sizeof sandbox_id, "%.*s", (int)(blank - life->key), life->key);
    tell_state(watch, sandbox_id, is_credential ? id : NULL, "gone", NULL, 0);
}

static void on_credential_gone(void *ctx, const struct life *life)
{
    tell_gone(ctx, life, true);
}

static void on_sandbox_gone(void *ctx, const struct life *life)
{
    tell_gone(ctx, life, false);
}

static void look_at_fleet(struct watch *watch, int64_t now)
{
    const struct fleet *fleet = service_fleet(watch->job->service);
    watch->next = 0;
    lifetime_map_begin(watch->sandboxes);
    lifetime_map_begin(watch->credentials);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!row->gone && is_change(watch->sandboxes, row->sandbox.id, "", (int)row->sandbox.state, 0))
            tell_state(watch, row->sandbox.id, NULL, fleet_state_text(row), NULL, deadline_timeout(row));
    }
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        for (size_t c = 0; c < row->credential_count; c++)
            look_at_credential(watch, &row->credentials[c], now);
    }
    lifetime_map_end(watch->credentials, on_credential_gone, watch);
    lifetime_map_end(watch->sandboxes, on_sandbox_gone, watch);
}

// --- asking again, as the console does ---

static struct revalidation_clocks clocks_now(const struct watch *watch)
{
    struct timespec awake = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &awake);
    return (struct revalidation_clocks){.awake = awake.tv_sec * INT64_C(1000) + awake.tv_nsec / 1000000,
                                        .running = time_monotonic_ms(),
                                        .wall = time_wall_ms(),
                                        .server = now_here(watch)};
}

static void on_rechecked(void *ctx, const struct failure *why, size_t asked, size_t refused)
{
    struct watch *watch = ctx;
    (void)asked;
    (void)refused;
    if (watch->job->finished)
        return;
    const struct revalidation_clocks now = clocks_now(watch);
    revalidation_done(&watch->revalidation, &now, why->status == STATUS_OK);
}

static void on_first_sweep(void *ctx, const struct failure *why)
{
    on_rechecked(ctx, why, 0, 0);
}

static void ask_again(struct watch *watch)
{
    int64_t span = 0;
    const struct revalidation_clocks now = clocks_now(watch);
    (void)revalidation_check(&watch->revalidation, &now, &span);
    if (!watch->asked_first) {
        watch->asked_first = true;
        revalidation_began(&watch->revalidation, &now, 1);
        service_validate_all(watch->job->service, on_first_sweep, watch);
        return;
    }
    int64_t before = revalidation_due(&watch->revalidation, &now);
    if (before > 0)
        revalidation_began(
            &watch->revalidation, &now,
            service_revalidation(watch->job->service, before, REVALIDATION_AT_A_TIME, on_rechecked, watch));
}

// --- the loop ---

static void look(struct watch *watch);

static void on_timer(uv_timer_t *timer)
{
    look(timer->data);
}

static void arm(struct watch *watch, int64_t now)
{
    int64_t next = alerts_next(watch->alerts);
    if (watch->next > 0 && (next == 0 || watch->next < next))
        next = watch->next;
    (void)uv_timer_stop(&watch->timer);
    if (next == 0)
        return;
    int64_t wait = next > now ? next - now + 1 : 1;
    uv_update_time(watch->job->loop);
    (void)uv_timer_start(&watch->timer, on_timer, (uint64_t)(wait < FAR_MS ? wait : FAR_MS), 0);
}

static void look(struct watch *watch)
{
    const struct alert *list = NULL;
    if (watch->job->finished)
        return;
    // A reader that is slow gets what is so when it goes on, and not all that was so in between.
    watch->behind = cli_output_waiting(watch->job->output) > WAITING_MOST;
    if (watch->behind)
        return;
    int64_t now = now_here(watch);
    look_at_fleet(watch, now);
    size_t count = alerts_update(watch->alerts, service_fleet(watch->job->service), now, &list);
    for (size_t i = 0; i < count; i++)
        tell_alert(watch, &list[i]);
    if (watch->job->finished)
        return;
    arm(watch, now);
    ask_again(watch);
}

static void on_changed(struct cli_job *job)
{
    struct service_health health;
    service_health(job->service, &health);
    if (health.vault.status == STATUS_OK)
        tell_trouble(job->state, &health.last);
    look(job->state);
}

static void on_written(struct cli_job *job)
{
    struct watch *watch = job->state;
    if (watch->behind && cli_output_waiting(job->output) == 0)
        look(watch);
}

static void on_trouble(struct cli_job *job, const struct failure *why)
{
    tell_trouble(job->state, why);
}

static void on_stop(void *ctx, int number)
{
    struct watch *watch = ctx;
    (void)number;
    cli_finish(watch->job, 0); // to be stopped is its way to end
}

static void on_ended(struct cli_job *job)
{
    struct watch *watch = job->state;
    uv_close((uv_handle_t *)&watch->timer, NULL);
    cli_signals_end(&watch->stops);
    lifetime_map_free(watch->sandboxes);
    lifetime_map_free(watch->credentials);
    alerts_free(watch->alerts);
}

// Sessions of other programs are not seen from here: a credential that still runs stands for them.
static bool is_in_use(void *ctx, const struct fleet_row *row)
{
    const struct watch *watch = ctx;
    return credential_is_usable(fleet_row_best(row, now_here(watch)), now_here(watch));
}

// They have a credential, and are known by that.
static const char *none_more(void *ctx, size_t index)
{
    (void)ctx;
    (void)index;
    return NULL;
}

void verb_watch(struct cli_job *job)
{
    struct watch *watch = cli_job_state(job, sizeof *watch);
    const struct failure why = {.status = STATUS_NO_MEMORY};
    if (watch == NULL)
        return;
    const struct deadline_scope scope = {.is_open = is_in_use, .open_at = none_more, .ctx = watch};
    watch->job = job;
    watch->revalidation.interval_ms = (int64_t)job->config.revalidation_s * SECOND_MS;
    (void)uv_timer_init(job->loop, &watch->timer);
    watch->timer.data = watch;
    cli_signals_begin(&watch->stops, job->loop, false, on_stop, watch);
    job->ended = on_ended;
    watch->sandboxes = lifetime_map_new();
    watch->credentials = lifetime_map_new();
    watch->alerts = alerts_new();
    if (watch->sandboxes == NULL || watch->credentials == NULL || watch->alerts == NULL) {
        cli_fail(job, &why);
        return;
    }
    alerts_set_scope(watch->alerts, &scope);
    job->changed = on_changed;
    job->written = on_written;
    job->trouble = on_trouble;
    service_set_interval(job->service, job->config.refresh_s * SECOND_MS);
    look(watch);
}
