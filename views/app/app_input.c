// SPDX-License-Identifier: Apache-2.0
//
// app_input: read the terminal and give each event to whoever takes it first: the palette or dialog in front,
// the view, the table of commands. The terminal is read through a description of our own: O_NONBLOCK on the
// one we were given would stay with the shell that started us.

#include "api/base/time_util.h"
#include "tui/base/theme.h"
#include "tui/term/screen.h"
#include "tui/term/term_clusters.h"
#include "tui/term/term_colors.h"
#include "views/app/app_private.h"
#include "views/command/own_commands.h"
#include "views/command/prefix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void arm_esc(struct app *app);

static void on_esc(uv_timer_t *timer)
{
    struct app *app = timer->data;
    input_timeout(app->internals->input);
    arm_esc(app);
    app_frame(app);
}

static void arm_esc(struct app *app)
{
    int wait = input_timeout_ms(app->internals->input);
    if (wait < 0 || app->quitting) {
        (void)uv_timer_stop(&app->internals->esc_timer);
        return;
    }
    uv_update_time(app->loop);
    (void)uv_timer_start(&app->internals->esc_timer, on_esc, (uint64_t)wait, 0);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct app *app = poll->data;
    char bytes[APP_READ_CAP];
    (void)events;
    ssize_t got = status < 0 ? 0 : read(app->internals->input_fd, bytes, sizeof bytes);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) { // the terminal is gone, or can't be read
        if (got < 0 && errno != EIO)
            app->internals->input_error = errno;
        app_quit(app, 128 + SIGHUP);
        return;
    }
    bool dirty = screen_is_dirty();
    input_feed(app->internals->input, bytes, (size_t)got);
    explicit_bzero(bytes, sizeof bytes); // a typed password may have gone through
    if (app->quitting)
        return;
    arm_esc(app);
    if (!dirty)         // what was so before is due at its own time
        app_frame(app); // at once after a key, when it changed something
}

// True when it was one that the front layer takes. A layer that has answered is gone before it tells, so that
// its answer may open the next one.
static bool layer_input(struct app *app, const struct input_event *event)
{
    struct app_private *own = app->internals;
    if (own->dialog != NULL) {
        if (dialog_is_repeat(own->dialog, event, time_monotonic_ms()))
            return true;
        if (dialog_input(own->dialog, event)) {
            struct dialog *dialog = own->dialog;
            own->dialog = NULL;
            dialog_finish(dialog);
        }
        app_dirty(app);
        return true;
    }
    if (own->palette != NULL) {
        if (palette_input(own->palette, event)) {
            struct palette *palette = own->palette;
            own->palette = NULL;
            palette_finish(palette);
        }
        app_dirty(app);
        return true;
    }
    return false;
}

static enum command lookup(const struct app *app, enum scope scope, struct keymap_key key)
{
    int command = keymap_lookup(app->internals->keymap, (int)scope, key);
    return command >= 0 ? (enum command)command : COMMAND_NONE;
}

enum command app_command_of(const struct app *app, enum scope scope, const struct input_event *event)
{
    return lookup(app, scope, keymap_key_of(event));
}

static enum command command_of(const struct app *app, struct keymap_key key)
{
    enum command command = lookup(app, app->top->methods->scope(app->top), key);
    return command != COMMAND_NONE ? command : lookup(app, SCOPE_GLOBAL, key);
}

static void run_key(struct app *app, const struct input_event *event)
{
    struct keymap_key key = keymap_key_of(event);
    const struct keymap_key exact = {event->exact_key, event->exact_modifiers};
    enum command command = event->exact_key != 0 ? command_of(app, exact) : COMMAND_NONE;
    if (command == COMMAND_NONE)
        command = command_of(app, key);
    const struct own_command *own =
        command == COMMAND_NONE ? own_command_of(app->top->methods->scope(app->top), key) : NULL;
    app->key = key.key;
    if (own != NULL)
        app->owner->run_own(app, own->name);
    else
        app_run_command(app, command);
    app->key = 0;
}

// Nothing of the views is shown: no key may do what nobody sees; but out one may. What is asked then has room
// on any screen, and leaves what is open as it is.
static void too_small_key(struct app *app, const struct input_event *event)
{
    struct app_private *own = app->internals;
    if (event->kind != INPUT_KEY)
        return;
    enum command command = app_command_of(app, SCOPE_GLOBAL, event);
    bool quits = command == COMMAND_quit_now || app_command_of(app, SCOPE_DECK, event) == COMMAND_quit;
    if (own->small_asks) {
        if (event->modifiers == 0 && (event->key == 'y' || event->key == 'Y'))
            app_quit(app, 0);
        own->small_asks = false;
    } else if (quits && app->owner->quit_asks(app)) {
        own->small_asks = true;
    } else if (quits) {
        app_quit(app, 0);
    } else if (command == COMMAND_suspend || command == COMMAND_redraw) {
        app_run_command(app, command);
    }
    app_dirty(app);
}

// True: it was meant for what was in front before. Who goes on typing is not heard; the keys that would
// answer do not lengthen the wait, for they are also pressed by who waits for it.
static bool is_held(struct app *app, const struct input_event *event)
{
    bool answers = event->kind == INPUT_KEY && (event->key == INPUT_KEY_ENTER || event->key == INPUT_KEY_ESC);
    bool typed = event->kind == INPUT_KEY || event->kind == INPUT_UNKNOWN || event->kind == INPUT_PASTE ||
                 event->kind == INPUT_PASTE_BEGIN || event->kind == INPUT_PASTE_END;
    if (!typed || !app_keys_are_held(app))
        return false;
    // Nobody types the prefix into a text: after the first half second it leads out of an ended session at
    // once.
    if (prefix_is(event) && app->internals->held == app_focus(app) &&
        time_monotonic_ms() - app->internals->held_since >= APP_HOLD_MS) {
        app->internals->held = NULL;
        return false;
    }
    if (!answers)
        app->internals->held_until = time_monotonic_ms() + APP_HOLD_MS;
    return true;
}

static void take_event(struct app *app, const struct input_event *event)
{
    app->internals->key_at = time_monotonic_ms();
    if (screen_too_small()) {
        too_small_key(app, event);
        return;
    }
    if (is_held(app, event))
        return;
    if (layer_input(app, event))
        return;
    if (app->bar != NULL && app->bar->methods->input(app->bar, event))
        return;
    if (app->top->methods->input != NULL && app->top->methods->input(app->top, event))
        return;
    if (event->kind == INPUT_KEY)
        run_key(app, event);
}

static void on_event(void *context, const struct input_event *event)
{
    struct app *app = context;
    if (app->quitting)
        return;
    if (event->kind == INPUT_REPLY) {
        if (!screen_reply(event->raw, event->raw_length))
            (void)term_colors_reply(event->raw, event->raw_length);
        if (theme_background_reply(event->raw, event->raw_length) ||
            term_clusters_reply(event->raw, event->raw_length)) {
            app->internals->draw_all = true;
            app_dirty(app);
        }
        return;
    }
    app->internals->in_event = true;
    take_event(app, event);
    app->internals->in_event = false;
}

bool app_input_begin(struct app *app)
{
    struct app_private *own = app->internals;
    own->input_fd = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own->input_fd < 0) {
        own->input_flags = fcntl(STDIN_FILENO, F_GETFL);
        own->input_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    }
    own->input_error = own->input_fd < 0 ? errno : 0;
    if (own->input_flags >= 0 && (own->input_flags & O_ACCMODE) == O_WRONLY)
        own->input_error = EBADF; // which a poll would report with the first key only
    if (own->input_error != 0)
        return false;
    own->input = input_new(on_event, app);
    own->input_error = -uv_poll_init(app->loop, &own->input_poll, own->input_fd);
    if (own->input_error != 0)
        return false;
    own->input_poll.data = app;
    own->input_error = -uv_poll_start(&own->input_poll, UV_READABLE, on_readable);
    return own->input_error == 0;
}

void app_input_end(struct app *app)
{
    struct app_private *own = app->internals;
    if (own->input != NULL && own->input_poll.data != NULL)
        uv_close((uv_handle_t *)&own->input_poll, NULL);
    if (own->input_flags >= 0)
        (void)fcntl(STDIN_FILENO, F_SETFL, own->input_flags);
    if (own->input_fd >= 0)
        (void)close(own->input_fd);
    own->input_fd = -1;
    input_free(own->input);
    own->input = NULL;
}
