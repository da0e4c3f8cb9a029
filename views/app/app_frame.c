// SPDX-License-Identifier: Apache-2.0
//
// app_frame: decide when to draw, and draw. A change asks for a frame; it comes at once for a while after a
// key, else when the last one is 16 ms old, or older when drawing it took long: in a flood of output the time
// is for the flood. What changes by itself (a countdown, a toast) is waited for by one timer that is set to
// the next visible change, so that a quiet deck wakes up once a second.

#include "api/base/time_util.h"
#include "tui/term/screen.h"
#include "tui/term/screen_output.h"
#include "views/app/app_private.h"
#include "views/app/notices.h"
#include "views/app/questions.h"
#include "views/app/split_view.h"
#include "views/command/hint_bar.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>

static void on_frame(uv_timer_t *timer);

static bool is_after_key(const struct app *app, int64_t now)
{
    return now - app->internals->key_at < APP_KEY_MS;
}

// What a key brings about may come after much that was on its way, the prompt after Ctrl-C: it is not to wait
// for pictures of what came before. False: a frame is due now.
static bool is_put_off(struct app *app)
{
    struct app_private *own = app->internals;
    int64_t now = time_monotonic_ms();
    if (own->output < APP_FLOOD || !is_after_key(app, now))
        return false;
    int64_t since = own->put_off_at != 0 ? own->put_off_at : now;
    int64_t wait = own->frame_at + own->frame_gap_ms - now;
    if (wait > since + APP_FLOOD_MS - now)
        wait = since + APP_FLOOD_MS - now;
    own->put_off_at = since;
    if (wait <= 0)
        return false;
    own->output = 0;
    (void)uv_timer_start(&own->frame_timer, on_frame, (uint64_t)wait, 0);
    return true;
}

static void on_frame(uv_timer_t *timer)
{
    if (!is_put_off(timer->data))
        app_frame(timer->data);
}

static void on_room(uv_poll_t *poll, int status, int events)
{
    struct app *app = poll->data;
    (void)events;
    if (status < 0 || !screen_flush()) {
        app_quit(app, 128 + SIGHUP);
        return;
    }
    if (screen_output_pending())
        return;
    (void)uv_poll_stop(poll);
    app->internals->output_watched = false;
    app->internals->frame_wanted = true;
}

static void watch_output(struct app *app)
{
    struct app_private *own = app->internals;
    if (own->output_watched || !screen_output_pending())
        return;
    own->output_watched = uv_poll_start(&own->output_poll, UV_WRITABLE, on_room) == 0;
}

// The loop is about to wait, and what came in has been looked at.
static void on_prepare(uv_prepare_t *prepare)
{
    struct app *app = prepare->data;
    struct app_private *own = app->internals;
    int64_t now = time_monotonic_ms();
    if (app->quitting)
        return;
    if (own->frame_wanted && !own->output_watched) {
        own->frame_wanted = false;
        if (is_after_key(app, now)) {
            on_frame(&own->frame_timer);
        } else if (!uv_is_active((uv_handle_t *)&own->frame_timer)) {
            int64_t wait = own->frame_at + own->frame_gap_ms - now;
            uv_update_time(app->loop);
            (void)uv_timer_start(&own->frame_timer, on_frame, wait > 0 ? (uint64_t)wait : 0, 0);
        }
    }
    watch_output(app);
}

void app_frame_begin(struct app *app)
{
    uv_prepare_t *prepare = &app->internals->prepare;
    (void)uv_prepare_init(app->loop, prepare);
    (void)uv_prepare_start(prepare, on_prepare);
    prepare->data = app;
}

static void on_tick(uv_timer_t *timer)
{
    struct app *app = timer->data;
    (void)toasts_expire(app->toasts, time_monotonic_ms());
    if (app->bar != NULL)
        app->bar->methods->tick(app->bar, time_monotonic_ms());
    app_dirty(app);
}

static void arm_tick(struct app *app)
{
    enum { VIEWS = 2 };
    struct app_private *own = app->internals;
    const struct view *const views[VIEWS] = {app->top, app->bar};
    int64_t now = time_monotonic_ms();
    int64_t next = toasts_next_ms(app->toasts, now);
    for (size_t i = 0; i < VIEWS; i++) {
        bool ticks = views[i] != NULL && views[i]->methods->next_tick != NULL;
        int64_t of_view = ticks ? views[i]->methods->next_tick(views[i], now) : 0;
        if (of_view > 0 && (next < 0 || of_view < next))
            next = of_view;
    }
    if (app_keys_are_held(app) && (next < 0 || own->held_until < next))
        next = own->held_until; // what is in front says so from then on
    if (next < 0) {
        (void)uv_timer_stop(&own->tick_timer);
        return;
    }
    uv_update_time(app->loop);
    (void)uv_timer_start(&own->tick_timer, on_tick, next > now ? (uint64_t)(next - now) : 1, 0);
}

void app_frame_resized(struct app *app)
{
    (void)screen_resize();
    if (app->internals->small_asks && !screen_too_small()) { // there is room for the whole question
        app->internals->small_asks = false;
        app->internals->in_event = true; // the operator has asked for it
        app_run_command(app, COMMAND_quit_now);
        app->internals->in_event = false;
    }
    app->rows = screen_rows();
    app->cols = screen_cols();
    app->internals->draw_all = true;
    app_dirty(app);
}

// The layers above the view; true when one of them has the cursor.
static bool draw_layers(struct app *app, int *cursor_y, int *cursor_x)
{
    struct app_private *own = app->internals;
    bool cursor = false;
    own->overlaid = false;
    if (own->palette != NULL) {
        palette_draw(own->palette, stdscr, 0, 0, app->rows, app->cols, cursor_y, cursor_x);
        own->overlaid = cursor = true;
    }
    if (own->dialog != NULL) {
        dialog_set_waiting(own->dialog, app_keys_are_held(app));
        cursor = dialog_draw(own->dialog, stdscr, 0, 0, app->rows, app->cols, cursor_y, cursor_x);
        own->overlaid = true;
    }
    return cursor;
}

// What stands before the keys: a question that waits, and what the view says there.
static const char *notice_of(const struct app *app, const struct view *view, char *out, size_t cap)
{
    char foot[QUESTION_TEXT_CAP] = "";
    const struct question *question = question_first(app, NULL);
    if (view->methods->foot != NULL)
        view->methods->foot(view, foot, sizeof foot);
    if (question != NULL && view->methods->scope(view) != SCOPE_WALL)
        (void)snprintf(out, cap, "%s answers: %s%s%s", command_key(COMMAND_answer), question->text,
                       foot[0] != '\0' ? "  " : "", foot);
    else
        (void)snprintf(out, cap, "%s", foot);
    return out;
}

// The keys that count now: of what is in front. A notice takes their place for a while.
static void draw_hints(struct app *app, int y)
{
    char notice[2 * QUESTION_TEXT_CAP + 32];
    struct command_facts facts;
    const struct view *view = app_focus(app);
    enum scope scope = view->methods->scope(view);
    enum hint_layer layer = app_typed_into(app);
    app->owner->facts(app, &facts);
    if (split_prefix_is_active(app)) {
        hint_bar_draw(stdscr, y, 0, app->cols, SCOPE_SESSION, &facts, "");
        return;
    }
    const char *before = notice_of(app, view, notice, sizeof notice);
    if (layer < HINT_LAYER_COUNT) {
        int used = notices_draw_bar(app, y, 0, app->cols, before, NOTICE_NO_KEYS);
        const char *verb = app->internals->palette != NULL ? palette_verb(app->internals->palette) : "";
        hint_bar_draw_layer(stdscr, y, used, app->cols - used, layer, verb);
        return;
    }
    enum notice_keys keys = scope == SCOPE_HELP || scope == SCOPE_WALL ? NOTICE_MORE : NOTICE_HELP;
    if (notices_draw_bar(app, y, 0, app->cols, before, keys) == 0)
        hint_bar_draw(stdscr, y, 0, app->cols, scope, &facts, before);
}

// The deck as the half of a split that has the whole screen keeps its keys.
static bool has_hint_bar(const struct app *app, int rows)
{
    return app_focus(app)->methods->hint_bar && app->rows > 1 &&
           (!split_is_in_front(app) || split_is_alone(app, rows, app->cols));
}

static void draw(struct app *app)
{
    struct app_private *own = app->internals;
    struct view *view = app->top;
    bool all = own->draw_all || own->overlaid;
    int above = app->bar != NULL ? app->bar->methods->rows(app->bar) : 0;
    bool hints = has_hint_bar(app, app->rows - above);
    int rows = app->rows - above - (hints ? 1 : 0);
    int y = -1, x = -1;

    if (above > 0)
        (void)app->bar->methods->draw(app->bar, 0, 0, above, app->cols, all);
    bool cursor = view->methods->draw(view, above, 0, rows, app->cols, all);
    if (cursor)
        getyx(stdscr, y, x);
    // Before a session, too, the keys of a question are those that count.
    if (hints || ((own->dialog != NULL || own->palette != NULL) && app->rows > 1))
        draw_hints(app, app->rows - 1);
    int layer_y = -1, layer_x = -1;
    bool layer_cursor = draw_layers(app, &layer_y, &layer_x);
    // A question takes the cursor from the view below, also when it shows none itself.
    if (layer_cursor) {
        y = layer_y;
        x = layer_x;
    } else if (own->dialog != NULL || own->palette != NULL) {
        y = -1;
    }
    screen_frame_end(y, x);
}

// Until the next frame, after one that took so many nanoseconds.
static int gap_after(uint64_t took)
{
    uint64_t gap = took * APP_FRAME_SHARE / 1000000;
    return gap < APP_FRAME_MS ? APP_FRAME_MS : gap > APP_FRAME_SLOW_MS ? APP_FRAME_SLOW_MS : (int)gap;
}

void app_frame(struct app *app)
{
    struct app_private *own = app->internals;
    uint64_t begun = uv_hrtime();
    own->frame_wanted = false;
    (void)uv_timer_stop(&own->frame_timer);
    if (app->quitting || !screen_is_dirty() || own->restored)
        return;
    if (!screen_frame_begin()) // the terminal is behind: the newest picture goes out when it takes more
        return;
    if (screen_too_small()) {
        if (own->small_asks)
            screen_draw_small_question();
        else
            screen_draw_too_small();
        screen_frame_end(-1, -1);
        own->overlaid = true;
    } else {
        draw(app);
    }
    own->draw_all = false;
    own->output = 0;
    own->put_off_at = 0;
    own->frame_at = time_monotonic_ms();
    own->frame_gap_ms = gap_after(uv_hrtime() - begun);
    arm_tick(app);
}
