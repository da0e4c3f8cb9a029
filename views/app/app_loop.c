// SPDX-License-Identifier: Apache-2.0
//
// app_loop: begin and end the loop, the screen and the service, and run the loop in between. At the end the
// sessions are hung up first, then the operator has the terminal back, and only then the loop is drained:
// nobody waits in front of a dead screen for what the network or the disk still wants.

#include "api/base/time_util.h"
#include "tui/base/theme.h"
#include "tui/base/xalloc.h"
#include "tui/term/screen.h"
#include "tui/term/screen_output.h"
#include "views/app/app_private.h"
#include "views/app/messages.h"
#include "views/app/questions.h"
#include "views/app/split_view.h"
#include "views/labels/phrases.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, TIMERS = 4, HANDLES = 5 };

void app_bind_keys(struct app *app)
{
    keymap_free(app->internals->keymap);
    app->internals->keymap = keymap_new();
    for (int scope = 0; scope < SCOPE_COUNT; scope++)
        for (int i = 0; i < COMMAND_COUNT; i++)
            if (command_counts((enum command)i, (enum scope)scope))
                (void)keymap_bind(app->internals->keymap, scope, command_key_names((enum command)i), i);
}

// Whether what the service reports is worth a frame of its own. A list that is the same again only moves the
// time it is of, and that may wait for the tick of the countdowns.
static bool is_news(struct app *app, const struct service_health *health)
{
    const struct fleet *fleet = service_fleet(app->service);
    struct app_seen *seen = &app->internals->seen;
    const struct app_seen now = {.generation = fleet_generation(fleet),
                                 .last = health->last.status,
                                 .vault = health->vault.status,
                                 .dialect = health->dialect,
                                 .loaded = fleet_is_loaded(fleet)};
    bool same = now.generation == seen->generation && now.last == seen->last && now.vault == seen->vault &&
                now.dialect == seen->dialect && now.loaded == seen->loaded && now.last == STATUS_OK;
    *seen = now;
    const uv_timer_t *tick = &app->internals->tick_timer;
    return !same || !app->internals->handles || !uv_is_active((const uv_handle_t *)tick) ||
           uv_timer_get_due_in(tick) > SECOND_MS;
}

static void on_changed(void *ctx)
{
    struct app *app = ctx;
    struct app_private *own = app->internals;
    if (app->quitting)
        return;
    struct service_health health;
    service_health(app->service, &health);
    if (health.last.status == STATUS_OK && health.vault.status == STATUS_OK)
        own->trouble = STATUS_OK;
    app_watch_notify(app);
    if (is_news(app, &health))
        app_dirty(app);
}

// What the service does by itself: reading the fleet, and the vault.
static void trouble_of(const struct app *app, const struct failure *why, char *out, size_t cap)
{
    char host[URL_CAP];
    if (why->status >= STATUS_STORE_FAILED)
        (void)snprintf(out, cap, "vault");
    else
        (void)snprintf(out, cap, "listing the sandboxes of %s",
                       phrase_host(app->config.base_url, host, sizeof host));
}

// The header says what is wrong for as long as it is; a notice says so once when it begins.
static void on_trouble(void *ctx, const struct failure *why)
{
    struct app *app = ctx;
    struct app_private *own = app->internals;
    int64_t now = time_monotonic_ms();
    if (app->quitting || why->status == STATUS_CANCELLED)
        return;
    bool again = why->status == own->trouble && now - own->trouble_at < APP_TROUBLE_AGAIN_MS;
    char what[URL_CAP + 32], line[FAILURE_LINE_CAP];
    own->trouble = why->status;
    trouble_of(app, why, what, sizeof what);
    if (!again)
        own->trouble_at = now;
    // The deck itself says why it has no list yet.
    if (!again && (fleet_is_loaded(service_fleet(app->service)) || why->status >= STATUS_STORE_FAILED))
        app_toast_failure(app, what, why);
    else
        app_message(app, TOAST_WARN, "%s: %s", what, failure_line(why, line));
    app_dirty(app);
}

static void open_service(struct app *app, const struct app_options *options)
{
    static const struct service_events events = {.changed = on_changed, .trouble = on_trouble};
    if (options->api_key == NULL) {
        if (options->key_failure != NULL)
            app->key_failure = *options->key_failure;
        if (app->key_failure.status == STATUS_OK)
            (void)fail(&app->key_failure, STATUS_KEY_MISSING, "%s", status_text(STATUS_KEY_MISSING));
        return;
    }
    if (service_new(app->loop, &app->config, options->api_key, &events, app, &app->service,
                    &app->key_failure) != STATUS_OK) {
        app->service = NULL;
        return;
    }
    service_refresh(app->service, NULL, NULL);
    service_set_interval(app->service, app->config.refresh_s * SECOND_MS);
}

static void open_screen(struct app *app)
{
    enum theme_scheme scheme = THEME_AUTO;
    (void)theme_parse(app->config.scheme, &scheme);
    theme_begin(scheme);
    screen_ask_terminal();
    if (app->config.mouse)
        screen_set_mouse(SCREEN_MOUSE_BUTTONS);
    app->rows = screen_rows();
    app->cols = screen_cols();
}

static void init_handles(struct app *app)
{
    struct app_private *own = app->internals;
    uv_timer_t *timers[TIMERS] = {&own->esc_timer, &own->frame_timer, &own->tick_timer, &own->drain_timer};
    for (size_t i = 0; i < TIMERS; i++) {
        (void)uv_timer_init(app->loop, timers[i]);
        timers[i]->data = app;
    }
    (void)uv_poll_init(app->loop, &own->output_poll, screen_output_fd());
    own->output_poll.data = app;
    app_frame_begin(app);
    own->handles = true;
}

static void close_handles(struct app *app)
{
    struct app_private *own = app->internals;
    uv_handle_t *handles[HANDLES] = {
        // drain_timer is closed last, by drain
        (uv_handle_t *)&own->esc_timer,  (uv_handle_t *)&own->prepare,     (uv_handle_t *)&own->frame_timer,
        (uv_handle_t *)&own->tick_timer, (uv_handle_t *)&own->output_poll,
    };
    for (size_t i = 0; own->handles && i < HANDLES; i++)
        uv_close(handles[i], NULL);
}

static void on_drain_over(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

// Lets hang-ups go out and writes to the vault end. Whatever has not ended by then is left to the kernel.
static bool drain(struct app *app)
{
    struct app_private *own = app->internals;
    uv_timer_start(&own->drain_timer, on_drain_over, APP_DRAIN_MS, 0);
    uv_unref((uv_handle_t *)&own->drain_timer);
    (void)uv_run(app->loop, UV_RUN_DEFAULT);
    uv_ref((uv_handle_t *)&own->drain_timer);
    uv_close((uv_handle_t *)&own->drain_timer, NULL);
    (void)uv_run(app->loop, UV_RUN_NOWAIT);
    return uv_loop_close(app->loop) == 0;
}

// Everything in its order; afterwards only the exit code is left of app.
static void end(struct app *app)
{
    struct app_private *own = app->internals;
    app->quitting = true;
    dialog_finish(own->dialog);
    own->dialog = NULL;
    questions_end(app);
    palette_finish(own->palette);
    own->palette = NULL;
    app->top = app->deck;
    split_free(app);
    app->owner->hang_up(app);
    close_handles(app);
    app_input_end(app);
    screen_end();
    own->restored = true;
    app_signals_end(app);
    app_settings_end(app);
    app->owner->end_jobs(app);
    service_free(app->service);
    app->top = NULL;
    app->owner->end_views(app);
    app_settings_free(app);
    bool clean = drain(app);
    toasts_free(app->toasts);
    messages_free(app->messages);
    keymap_free(own->keymap);
    if (clean) // else something on the loop may still point here
        free(own);
}

static const char *begin(struct app *app)
{
    struct app_private *own = xcalloc(1, sizeof *own);
    app->internals = own;
    own->input_fd = -1;
    own->input_flags = -1;
    if (uv_loop_init(&own->loop) != 0) {
        free(own);
        return "no event loop (too many open files?)";
    }
    app->loop = &own->loop;
    app_signals_begin(app); // before curses, which then leaves these signals alone
    const char *trouble = screen_begin(&(struct screen_options){
        .input_fd = STDIN_FILENO, .output_fd = STDOUT_FILENO, .term = NULL, .focus_events = true});
    if (trouble == NULL)
        return NULL;
    app_signals_end(app);
    (void)uv_run(app->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(app->loop);
    free(own);
    return trouble;
}

int app_run(const struct app_options *options, struct app_owner *owner)
{
    struct app *app = xcalloc(1, sizeof *app);
    app->owner = owner;
    app->config = *options->config;
    app->one_profile = options->next_profile == NULL;
    const char *trouble = begin(app);
    if (trouble != NULL) {
        (void)fprintf(stderr, "sbxdeck: screen: %s\n", trouble);
        free(app);
        return 1;
    }
    init_handles(app);
    open_screen(app);
    app->toasts = toasts_new();
    app->messages = messages_new();
    app_bind_keys(app);
    app_settings_begin(app);
    open_service(app, options);
    owner->begin(app);
    if (options->notice != NULL)
        app_toast(app, TOAST_INFO, "%s", options->notice);
    screen_set_title("sbxdeck");
    app->internals->draw_all = true;
    app_dirty(app);
    if (!app_input_begin(app))
        app_quit(app, 1);
    while (!app->quitting)
        (void)uv_run(app->loop, UV_RUN_DEFAULT);
    int code = app->exit_code;
    if (options->next_profile != NULL)
        (void)snprintf(options->next_profile, PROFILE_CAP, "%s", app->next_profile);
    int error = app->internals->input_error;
    end(app);
    if (error != 0) {
        (void)fprintf(stderr,
                      "sbxdeck: screen: the terminal can't be read: %s (run it in a terminal of yours)\n",
                      strerror(error));
        code = 1;
    }
    free(app);
    return code;
}
