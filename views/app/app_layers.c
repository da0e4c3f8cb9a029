// SPDX-License-Identifier: Apache-2.0
//
// app_layers: what views and commands ask of app: another view, a dialog, the end.

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "tui/term/screen.h"
#include "views/app/app_private.h"
#include "views/app/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };

void app_dirty(struct app *app)
{
    app->internals->frame_wanted = true;
    screen_dirty();
}

void app_dirty_output(struct app *app, size_t length)
{
    app->internals->output += length;
    app_dirty(app);
}

void app_dirty_all(struct app *app)
{
    app->internals->draw_all = true;
    app_dirty(app);
}

// --- reporting ---------------------------------------------------------------------------

// The first sandbox that the text names.
static bool find_sandbox(const struct app *app, const char *text, char out[MESSAGE_ABOUT_CAP])
{
    static const char id_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const struct fleet *fleet = app_fleet(app);
    for (const char *at = text; fleet != NULL && *at != '\0';) {
        size_t length = strspn(at, id_chars);
        size_t whole = length;
        while (length > 0 && at[length - 1] == '.')
            length--;
        if (length > 0 && length < MESSAGE_ABOUT_CAP) {
            (void)snprintf(out, MESSAGE_ABOUT_CAP, "%.*s", (int)length, at);
            if (fleet_find(fleet, out) != NULL)
                return true;
        }
        at += whole > 0 ? whole : 1;
    }
    return false;
}

// what: what it is about where it names no sandbox.
static void keep(struct app *app, enum toast_level level, const char *what, const char *text)
{
    char about[MESSAGE_ABOUT_CAP];
    if (!find_sandbox(app, text, about))
        (void)snprintf(about, sizeof about, "%s", what);
    messages_add(app->messages, level, about, text, time_wall_ms());
}

static void report(struct app *app, enum toast_level level, const char *what, const char *many,
                   const char *text)
{
    if (app->quitting)
        return;
    keep(app, level, what, text);
    toasts_add(app->toasts, level, text, many, time_monotonic_ms());
    app_dirty(app);
}

void app_toast(struct app *app, enum toast_level level, const char *format, ...)
{
    char text[TOAST_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    report(app, level, "", NULL, text);
}

void app_toast_many(struct app *app, enum toast_level level, const char *many, const char *format, ...)
{
    char text[TOAST_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    report(app, level, "", many, text);
}

void app_message(struct app *app, enum toast_level level, const char *format, ...)
{
    char text[TOAST_TEXT_MAX];
    va_list arguments;
    if (app->quitting)
        return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    keep(app, level, "", text);
    app_dirty(app);
}

void app_toast_failure(struct app *app, const char *what, const struct failure *why)
{
    char line[FAILURE_LINE_CAP], text[TOAST_TEXT_MAX];
    if (why->status == STATUS_OK || why->status == STATUS_CANCELLED)
        return;
    (void)snprintf(text, sizeof text, "%s: %s", what, failure_line(why, line));
    report(app, TOAST_ERROR, what, NULL, text);
}

// --- views ---------------------------------------------------------------------------------

static void put_on_top(struct app *app, struct view *view)
{
    if (app->quitting || view == app->top)
        return;
    app->top = view;
    app->internals->draw_all = true;
    app_focus_changed(app);
}

void app_show(struct app *app, struct view *view)
{
    app->internals->below_count = 0;
    put_on_top(app, view);
}

// A view is in the pile once at most: opened again from above, it is gone back to.
void app_show_over(struct app *app, struct view *view)
{
    struct app_private *own = app->internals;
    size_t count = own->below_count;
    if (view == app->top)
        return;
    for (size_t i = 0; i < own->below_count && count == own->below_count; i++)
        if (own->below[i] == view)
            count = i;
    if (count == own->below_count && count < APP_BELOW)
        own->below[count++] = app->top;
    own->below_count = count;
    put_on_top(app, view);
}

void app_show_below(struct app *app)
{
    struct app_private *own = app->internals;
    put_on_top(app, own->below_count > 0 ? own->below[--own->below_count] : app->deck);
}

void app_forget(struct app *app, const struct view *view, struct view *instead)
{
    struct app_private *own = app->internals;
    for (size_t i = 0; i < own->below_count; i++)
        if (own->below[i] == view)
            own->below[i] = instead;
    if (app->top == view)
        put_on_top(app, instead);
}

void app_focus_changed(struct app *app)
{
    if (!app_focus(app)->methods->terminal) {
        screen_set_mouse(app->config.mouse ? SCREEN_MOUSE_BUTTONS : SCREEN_MOUSE_OFF);
        screen_set_cursor_shape(0);
        screen_set_cursor_color(-1);
        screen_set_title("sbxdeck");
    }
    app_dirty(app);
}

struct view *app_focus(const struct app *app)
{
    const struct view *top = app->top;
    return top != NULL && top->methods->focus != NULL ? top->methods->focus(top) : app->top;
}

bool app_shows(const struct app *app, const struct view *view)
{
    const struct view *top = app->top;
    return top == view || (top != NULL && top->methods->shows != NULL && top->methods->shows(top, view));
}

// --- keys that were typed for something else ------------------------------------------------

// What takes the keys now; only to be compared.
static const void *front(const struct app *app)
{
    const struct app_private *own = app->internals;
    if (own->dialog != NULL)
        return own->dialog;
    return own->palette != NULL ? (const void *)own->palette : app_focus(app);
}

static void hold(struct app *app, const void *what)
{
    app->internals->held = what;
    app->internals->held_since = time_monotonic_ms();
    app->internals->held_until = app->internals->held_since + APP_HOLD_MS;
}

void app_hold_keys(struct app *app, const struct view *view)
{
    if (view == NULL)
        app->internals->held = NULL;
    else if (front(app) == view && !app->quitting)
        hold(app, view);
}

void app_hold_keys_on(struct app *app, const struct view *view)
{
    int64_t since = app->internals->held_since;
    app_hold_keys(app, view);
    app->internals->held_since = since;
}

bool app_keys_are_held(const struct app *app)
{
    const struct app_private *own = app->internals;
    return own->held != NULL && own->held == front(app) && time_monotonic_ms() < own->held_until;
}

enum hint_layer app_typed_into(const struct app *app)
{
    const struct view *view = app_focus(app);
    const struct dialog *dialog = app->internals->dialog;
    if (dialog != NULL)
        return app_keys_are_held(app)      ? HINT_NONE
               : !dialog_asks(dialog)      ? HINT_PROGRESS
               : dialog_has_fields(dialog) ? HINT_FORM
               : dialog_is_yes_no(dialog)  ? HINT_YES_NO
                                           : HINT_DIALOG;
    if (app->internals->palette != NULL)
        return HINT_PALETTE;
    return view->methods->hint_layer != NULL ? view->methods->hint_layer(view) : HINT_LAYER_COUNT;
}

// --- layers -------------------------------------------------------------------------------

void app_put_dialog(struct app *app, struct dialog *dialog)
{
    struct app_private *own = app->internals;
    struct dialog *old = own->dialog;
    own->dialog = NULL;
    dialog_finish(old);
    if (app->quitting) {
        dialog_finish(dialog);
        return;
    }
    // The old one's answer may have opened one itself; the later question is the one that counts.
    old = own->dialog;
    own->dialog = dialog;
    dialog_opened_by(dialog, app->key, time_monotonic_ms());
    if (!own->in_event && dialog_asks(dialog))
        hold(app, dialog);
    dialog_finish(old);
    app_dirty(app);
}

bool app_close_dialog(struct app *app, struct dialog *dialog)
{
    struct app_private *own = app->internals;
    if (dialog == NULL || own->dialog != dialog)
        return false;
    own->dialog = NULL;
    app_hold_keys(app, app_focus(app));
    dialog_finish(dialog);
    app_dirty(app);
    return true;
}

void app_palette_open(struct app *app, struct palette *palette)
{
    struct app_private *own = app->internals;
    struct palette *old = own->palette;
    own->palette = NULL;
    palette_finish(old);
    own->palette = palette;
    app_dirty(app);
}

void app_run_command(struct app *app, enum command command)
{
    if (command < 0 || command >= COMMAND_COUNT || app->quitting)
        return;
    if (app->config.read_only && command_changes(command)) {
        app_toast(app, TOAST_INFO, "%s: not in read-only mode", command_table[command].name);
        return;
    }
    const struct handler *handler = &app->owner->handlers[command];
    enum change changed = handler->run(app, handler->argument);
    if (changed == CHANGED_ALL)
        app_dirty_all(app);
    else if (changed == CHANGED_VIEW)
        app_dirty(app);
}

enum change app_move(struct app *app, int where)
{
    static const struct {
        enum table_step step;
        long by;
    } moves[] = {
        [APP_UP] = {TABLE_ROWS, -1},        [APP_DOWN] = {TABLE_ROWS, 1},   [APP_PAGE_UP] = {TABLE_PAGES, -1},
        [APP_PAGE_DOWN] = {TABLE_PAGES, 1}, [APP_FIRST] = {TABLE_ENDS, -1}, [APP_LAST] = {TABLE_ENDS, 1},
    };
    struct view *view = app_focus(app);
    if (view->methods->go != NULL)
        view->methods->go(view, moves[where].step, moves[where].by);
    return CHANGED_NOTHING; // the view has marked it: the mouse moves it likewise
}

enum change app_leave_view(struct app *app, int argument)
{
    struct view *view = app->top;
    (void)argument;
    if (app->key != INPUT_KEY_ESC || view->methods->back == NULL || !view->methods->back(view))
        app_show_below(app);
    return CHANGED_VIEW;
}

enum change app_redraw(struct app *app, int argument)
{
    (void)app;
    (void)argument;
    screen_redraw();
    return CHANGED_ALL;
}

void app_quit(struct app *app, int exit_code)
{
    if (app->quitting)
        return;
    app->quitting = true;
    app->exit_code = exit_code;
    uv_stop(app->loop);
}

uv_timer_t *app_timer_new(const struct app *app, void *data)
{
    uv_timer_t *timer = xcalloc(1, sizeof *timer);
    (void)uv_timer_init(app->loop, timer);
    timer->data = data;
    return timer;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void app_timer_free(uv_timer_t **timer)
{
    if (*timer != NULL)
        uv_close((uv_handle_t *)*timer, on_timer_closed);
    *timer = NULL;
}

const struct fleet *app_fleet(const struct app *app)
{
    return app->service != NULL ? service_fleet(app->service) : NULL;
}

int64_t app_now(const struct app *app)
{
    return app->service != NULL ? service_now(app->service) : time_wall_ms();
}

int64_t app_now_shown(const struct app *app)
{
    int64_t now = app_now(app);
    return now - now % SECOND_MS;
}

int64_t app_next_change(const struct app *app, int64_t left_ms, int64_t now_ms)
{
    int64_t seconds = left_ms < HOUR_MS ? 0 : left_ms % MINUTE_MS / SECOND_MS;
    int64_t since = app_now(app) % SECOND_MS;
    return now_ms + (seconds + 1) * SECOND_MS - since + 1; // just behind it
}

void app_watch_add(struct app *app, struct app_watch *watch)
{
    app_watch_remove(app, watch);
    watch->next = app->internals->watches;
    app->internals->watches = watch;
}

void app_watch_notify(struct app *app)
{
    struct app_private *own = app->internals;
    for (struct app_watch *watch = own->watches; watch != NULL; watch = own->next_watch) {
        own->next_watch = watch->next; // what is removed meanwhile is stepped over
        watch->changed(watch->ctx);
    }
}

void app_watch_remove(struct app *app, struct app_watch *watch)
{
    if (app->internals->next_watch == watch)
        app->internals->next_watch = watch->next;
    for (struct app_watch **at = &app->internals->watches; *at != NULL; at = &(*at)->next) {
        if (*at != watch)
            continue;
        *at = watch->next;
        return;
    }
}
