// SPDX-License-Identifier: Apache-2.0
//
// lookout: looks at the fleet when it has changed and at the next crossing, which is waited for to the whole
// second so that the tick of the countdowns and this one are the same wake-up. A session tells of its own
// credential itself; bell, notification and command are for all.

#include "views/lookout.h"

#include "api/alert_command.h"
#include "api/server_time.h"
#include "tui/notify.h"
#include "tui/xalloc.h"
#include "views/app.h"
#include "views/session.h"

#include <stdlib.h>

enum { SECOND_MS = 1000, FAR_MS = 24 * 3600 * 1000 };

struct lookout {
    struct app *app;
    struct app_watch watch;
    uv_timer_t *timer; // closed after us
    struct alerts *alerts;
    struct alert_commands *commands; // NULL: none are wanted
    bool dropped;                    // it was said that too many wait
};

// --- telling ---

static void toast(struct lookout *lookout, const struct alert *list, size_t count)
{
    struct app *app = lookout->app;
    struct alert *ours = xcalloc(count, sizeof *ours);
    size_t used = 0;
    char text[ALERT_TEXT_CAP];
    for (size_t i = 0; i < count; i++)
        if (!session_uses(app, list[i].credential.vault_row))
            ours[used++] = list[i];
    if (used > 0)
        app_toast(app, ours[0].stage >= ALERT_critical ? TOAST_WARN : TOAST_INFO, "%s",
                  alerts_text(ours, used, text));
    free(ours);
}

static void ring(struct lookout *lookout, const struct alert *list, size_t count)
{
    struct app *app = lookout->app;
    char text[ALERT_TEXT_CAP], bytes[NOTIFY_CAP];
    if (app->config.bell)
        app_raw_output(app, "\a", 1);
    if (!app->config.notify)
        return;
    size_t length = notify_sequence("sbxdeck", alerts_text(list, count, text),
                                    clipboard_wrap_for(getenv("TMUX"), getenv("TERM")), bytes);
    app_raw_output(app, bytes, length);
}

static void run_commands(struct lookout *lookout, const struct alert *list, size_t count)
{
    for (size_t i = 0; lookout->commands != NULL && i < count; i++) {
        if (alert_commands_run(lookout->commands, &list[i])) {
            lookout->dropped = false;
        } else if (!lookout->dropped) {
            lookout->dropped = true;
            app_toast(lookout->app, TOAST_WARN,
                      "alert_command: more than %d wait for their turn, the rest is not run",
                      ALERT_COMMANDS_WAITING);
        }
    }
}

static void on_command_trouble(void *ctx, const struct failure *why)
{
    struct lookout *lookout = ctx;
    if (!lookout->app->quitting)
        app_toast(lookout->app, TOAST_WARN, "alert_command: %s", failure_text(why));
}

// --- looking ---

static void look(struct lookout *lookout);

static void on_timer(uv_timer_t *timer)
{
    if (timer->data != NULL)
        look(timer->data);
}

static void arm(struct lookout *lookout)
{
    int64_t now = app_now(lookout->app);
    int64_t next = alerts_next(lookout->alerts);
    (void)uv_timer_stop(lookout->timer);
    if (next <= 0)
        return;
    int64_t whole = next % SECOND_MS == 0 ? next : next - next % SECOND_MS + SECOND_MS;
    int64_t wait = whole > now ? whole - now + 1 : 1;
    uv_update_time(lookout->app->loop);
    (void)uv_timer_start(lookout->timer, on_timer, (uint64_t)(wait < FAR_MS ? wait : FAR_MS), 0);
}

static void look(struct lookout *lookout)
{
    struct app *app = lookout->app;
    const struct alert *list = NULL;
    if (app->quitting)
        return;
    size_t count = alerts_look(lookout->alerts, keeper_fleet(app->keeper), app_now(app), &list);
    if (count > 0) {
        toast(lookout, list, count);
        ring(lookout, list, count);
        run_commands(lookout, list, count);
        app_dirty(app);
    }
    arm(lookout);
}

static void on_changed(void *ctx)
{
    look(ctx);
}

// --- beginning and ending ---

struct lookout *lookout_begin(struct app *app)
{
    if (app->keeper == NULL)
        return NULL;
    struct lookout *lookout = xcalloc(1, sizeof *lookout);
    lookout->app = app;
    lookout->alerts = alerts_new();
    if (lookout->alerts == NULL)
        abort();
    if (app->config.alert_command[0] != '\0')
        lookout->commands =
            alert_commands_new(app->loop, app->config.alert_command, on_command_trouble, lookout);
    lookout->timer = xcalloc(1, sizeof *lookout->timer);
    (void)uv_timer_init(app->loop, lookout->timer);
    lookout->timer->data = lookout;
    lookout->watch = (struct app_watch){.changed = on_changed, .ctx = lookout};
    app_watch_add(app, &lookout->watch);
    return lookout;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

void lookout_end(struct lookout *lookout)
{
    if (lookout == NULL)
        return;
    app_watch_remove(lookout->app, &lookout->watch);
    lookout->timer->data = NULL;
    uv_close((uv_handle_t *)lookout->timer, on_closed);
    alert_commands_free(lookout->commands);
    alerts_free(lookout->alerts);
    free(lookout);
}
