// SPDX-License-Identifier: Apache-2.0
//
// alert_notifier: Check the fleet for credentials that end soon when it has changed and at the next
// threshold. That is waited for to the whole second, so that it shares its wake-up with the countdowns. A
// session shows notices about its own credential; bell, notification and command are for all.

#include "views/background/alert_notifier.h"

#include "api/base/time_util.h"
#include "api/expiry/alert_command.h"
#include "api/expiry/alert_queue.h"
#include "api/expiry/revalidation.h"
#include "tui/base/xalloc.h"
#include "tui/term/notify.h"
#include "tui/term/screen.h"
#include "views/app/app.h"
#include "views/session/session.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SECOND_MS = 1000, FAR_MS = 24 * 3600 * 1000 };

// What a call of the service comes back to; it may outlive the alert_notifier.
struct alert_notifier_link {
    struct alert_notifier *alert_notifier; // NULL: it has gone
};

struct alert_notifier {
    struct app *app;
    struct app_watch watch;
    struct app_settings_watch settings;
    uv_timer_t *timer;
    struct alerts *alerts;
    struct alert_commands *commands; // NULL: none are wanted
    char command[CONFIG_LINE_MAX];   // that they are of
    struct revalidation revalidation;
    struct alert_notifier_link *asking; // NULL: no round is under way
    bool asked_first;
    bool dropped; // the warning that too many wait was shown
};

// --- telling ---

// What helps against a time-out, which the server lets nobody put off.
static void toast_timeout(const struct alert_notifier *alert_notifier, const struct alert *alert)
{
    struct app *app = alert_notifier->app;
    const struct fleet_row *row = fleet_find(service_fleet(app->service), alert->credential.sandbox_id);
    bool pauses = row != NULL && row->sandbox.detailed && row->sandbox.auto_pause;
    enum toast_level level = alert->stage >= ALERT_critical ? TOAST_WARN : TOAST_INFO;
    char text[ALERT_TEXT_CAP];
    (void)alerts_text(alert, 1, text);
    if (alert->stage == ALERT_expired)
        app_toast(app, level, "%s: its sessions may be cut off", text);
    else if (pauses)
        app_toast(app, level, "%s, then it is paused: memory and disk are kept", text);
    else
        app_toast(app, level, "%s; %s in the deck pauses it first: memory and disk are kept", text,
                  command_key(COMMAND_sandbox_pause));
}

// A session shows notices about its own credential, but not about its sandbox.
static void toast(struct alert_notifier *alert_notifier, const struct alert *list, size_t count)
{
    struct app *app = alert_notifier->app;
    struct alert *ours = xcalloc(count, sizeof *ours);
    size_t used = 0;
    char text[ALERT_TEXT_CAP];
    for (size_t i = 0; i < count; i++)
        if (list[i].clock == DEADLINE_SANDBOX || !session_uses(app, list[i].credential.vault_row))
            ours[used++] = list[i];
    for (size_t i = 0; (used != 1 || count > 1) && i < count; i++) // a toast names one of several at most
        app_message(app, list[i].stage >= ALERT_critical ? TOAST_WARN : TOAST_INFO, "%s",
                    alerts_text(&list[i], 1, text));
    if (used == 1 && ours[0].clock == DEADLINE_SANDBOX)
        toast_timeout(alert_notifier, &ours[0]);
    else if (used > 0)
        app_toast(app, ours[0].stage >= ALERT_critical ? TOAST_WARN : TOAST_INFO, "%s",
                  alerts_text(ours, used, text));
    free(ours);
}

static void ring(struct alert_notifier *alert_notifier, const struct alert *list, size_t count)
{
    struct app *app = alert_notifier->app;
    char text[ALERT_TEXT_CAP], bytes[NOTIFY_CAP];
    if (app->config.bell)
        (void)screen_write_raw("\a", 1);
    if (!app->config.notify)
        return;
    size_t length = notify_sequence("sbxdeck", alerts_text(list, count, text),
                                    clipboard_wrap_for(getenv("TMUX"), getenv("TERM")), bytes);
    (void)screen_write_raw(bytes, length);
}

static void keep(struct alert_notifier *alert_notifier, const struct alert *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct event event;
        alert_event(&list[i], &event);
        service_log(alert_notifier->app->service, &event);
    }
}

static void run_commands(struct alert_notifier *alert_notifier, const struct alert *list, size_t count)
{
    for (size_t i = 0; alert_notifier->commands != NULL && i < count; i++) {
        if (alert_commands_run(alert_notifier->commands, &list[i])) {
            alert_notifier->dropped = false;
        } else if (!alert_notifier->dropped) {
            alert_notifier->dropped = true;
            app_toast(alert_notifier->app, TOAST_WARN,
                      "alert_command: more than %d are waiting; the rest is not run", ALERT_COMMANDS_WAITING);
        }
    }
}

static void on_command_trouble(void *ctx, const struct failure *why)
{
    struct alert_notifier *alert_notifier = ctx;
    if (!alert_notifier->app->quitting)
        app_toast(alert_notifier->app, TOAST_WARN, "alert_command: %s", failure_text(why));
}

// --- looking ---

static void look(struct alert_notifier *alert_notifier);

static void on_timer(uv_timer_t *timer)
{
    look(timer->data);
}

static void arm(struct alert_notifier *alert_notifier)
{
    int64_t now = app_now(alert_notifier->app);
    int64_t next = alerts_next(alert_notifier->alerts);
    (void)uv_timer_stop(alert_notifier->timer);
    if (next <= 0)
        return;
    int64_t whole = next % SECOND_MS == 0 ? next : next - next % SECOND_MS + SECOND_MS;
    int64_t wait = whole > now ? whole - now + 1 : 1;
    uv_update_time(alert_notifier->app->loop);
    (void)uv_timer_start(alert_notifier->timer, on_timer, (uint64_t)(wait < FAR_MS ? wait : FAR_MS), 0);
}

static void look(struct alert_notifier *alert_notifier)
{
    struct app *app = alert_notifier->app;
    const struct alert *list = NULL;
    if (app->quitting)
        return;
    size_t count = alerts_update(alert_notifier->alerts, service_fleet(app->service), app_now(app), &list);
    const struct alert *queued = NULL; // what is not shown now must be seen before its end all the same
    (void)alert_queue_update(app->alert_queue, service_fleet(app->service), app_now(app), &queued);
    if (count > 0) {
        toast(alert_notifier, list, count);
        ring(alert_notifier, list, count);
        run_commands(alert_notifier, list, count);
        keep(alert_notifier, list, count);
        app_dirty(app);
    }
    arm(alert_notifier);
}

// --- asking again ---

static struct revalidation_clocks clocks_now(const struct app *app)
{
    struct timespec awake = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &awake);
    return (struct revalidation_clocks){.awake = awake.tv_sec * INT64_C(1000) + awake.tv_nsec / 1000000,
                                        .running = time_monotonic_ms(),
                                        .wall = time_wall_ms(),
                                        .server = app_now(app)};
}

static void on_rechecked(void *ctx, const struct failure *why, size_t asked, size_t refused)
{
    struct alert_notifier_link *link = ctx;
    struct alert_notifier *alert_notifier = link->alert_notifier;
    (void)asked;
    free(link);
    if (alert_notifier == NULL)
        return;
    alert_notifier->asking = NULL;
    const struct revalidation_clocks now = clocks_now(alert_notifier->app);
    revalidation_done(&alert_notifier->revalidation, &now, why->status == STATUS_OK);
    if (refused > 0)
        app_toast(alert_notifier->app, TOAST_WARN,
                  refused == 1 ? "%zu credential is no longer valid, the server says"
                               : "%zu credentials are no longer valid, the server says",
                  refused);
}

static void on_first_sweep(void *ctx, const struct failure *why)
{
    on_rechecked(ctx, why, 0, 0);
}

// All that is not verified is asked about when the first list has come; then a few at a time.
static void ask_first(struct alert_notifier *alert_notifier, const struct revalidation_clocks *now)
{
    alert_notifier->asked_first = true;
    alert_notifier->asking = xcalloc(1, sizeof *alert_notifier->asking);
    alert_notifier->asking->alert_notifier = alert_notifier;
    revalidation_began(&alert_notifier->revalidation, now, 1);
    service_validate_all(alert_notifier->app->service, on_first_sweep, alert_notifier->asking);
}

static void ask_again(struct alert_notifier *alert_notifier)
{
    struct app *app = alert_notifier->app;
    char span_text[16];
    int64_t span = 0;
    if (app->quitting || !fleet_is_loaded(service_fleet(app->service)))
        return;
    const struct revalidation_clocks now = clocks_now(app);
    enum revalidation_news news = revalidation_check(&alert_notifier->revalidation, &now, &span);
    if (news == REVALIDATION_SLEPT) {
        size_t lost = 0;
        size_t sessions = session_network_probe(app, &lost);
        service_network_changed(app->service);
        app_toast(app, TOAST_INFO, "Slept for %s, refreshing%s", time_format_span(span, span_text),
                  sessions > 0 ? "; sessions may be cut off" : "");
    }
    if (news == REVALIDATION_CLOCK_SET)
        app_toast(app, TOAST_INFO, "The clock changed by %s, refreshing", time_format_span(span, span_text));
    if (!alert_notifier->asked_first)
        ask_first(alert_notifier, &now);
    int64_t before = revalidation_due(&alert_notifier->revalidation, &now);
    if (before <= 0)
        return;
    struct alert_notifier_link *link = xcalloc(1, sizeof *link);
    link->alert_notifier = alert_notifier;
    size_t asked = service_revalidation(app->service, before, REVALIDATION_AT_A_TIME, on_rechecked, link);
    revalidation_began(&alert_notifier->revalidation, &now, asked);
    if (asked == 0)
        free(link);
    else
        alert_notifier->asking = link;
}

static void on_changed(void *ctx)
{
    look(ctx);
    ask_again(ctx);
}

// --- beginning and ending ---

// One that has changed; what runs for the old one ends.
static void use_command(struct alert_notifier *alert_notifier)
{
    struct app *app = alert_notifier->app;
    if (strcmp(alert_notifier->command, app->config.alert_command) == 0)
        return;
    alert_commands_free(alert_notifier->commands);
    alert_notifier->commands = NULL;
    (void)snprintf(alert_notifier->command, sizeof alert_notifier->command, "%s", app->config.alert_command);
    if (app->config.alert_command[0] != '\0')
        alert_notifier->commands =
            alert_commands_new(app->loop, app->config.alert_command, 0, on_command_trouble, alert_notifier);
}

static void on_settings(void *ctx, const struct config_text *text)
{
    struct alert_notifier *alert_notifier = ctx;
    (void)text;
    alert_notifier->revalidation.interval_ms =
        (int64_t)alert_notifier->app->config.revalidation_s * SECOND_MS;
    use_command(alert_notifier);
}

struct alert_notifier *alert_notifier_begin(struct app *app)
{
    if (app->service == NULL)
        return NULL;
    struct alert_notifier *alert_notifier = xcalloc(1, sizeof *alert_notifier);
    alert_notifier->app = app;
    alert_notifier->revalidation.interval_ms = (int64_t)app->config.revalidation_s * SECOND_MS;
    alert_notifier->alerts = alerts_new();
    app->alert_queue = alert_queue_new();
    if (alert_notifier->alerts == NULL || app->alert_queue == NULL)
        abort();
    const struct deadline_scope scope = session_ends_scope(app);
    alerts_set_scope(alert_notifier->alerts, &scope);
    alert_queue_set_scope(app->alert_queue, &scope);
    use_command(alert_notifier);
    alert_notifier->settings = (struct app_settings_watch){.changed = on_settings, .ctx = alert_notifier};
    app_settings_watch_add(app, &alert_notifier->settings);
    alert_notifier->timer = app_timer_new(app, alert_notifier);
    alert_notifier->watch = (struct app_watch){.changed = on_changed, .ctx = alert_notifier};
    app_watch_add(app, &alert_notifier->watch);
    return alert_notifier;
}

void alert_notifier_end(struct alert_notifier *alert_notifier)
{
    if (alert_notifier == NULL)
        return;
    app_watch_remove(alert_notifier->app, &alert_notifier->watch);
    app_settings_watch_remove(alert_notifier->app, &alert_notifier->settings);
    if (alert_notifier->asking != NULL)
        alert_notifier->asking->alert_notifier = NULL;
    app_timer_free(&alert_notifier->timer);
    alert_commands_free(alert_notifier->commands);
    alerts_free(alert_notifier->alerts);
    alert_queue_free(alert_notifier->app->alert_queue);
    alert_notifier->app->alert_queue = NULL;
    free(alert_notifier);
}
