// SPDX-License-Identifier: Apache-2.0
//
// app: the loop, the screen and its layers, the service, and the interface of a view. One thread, one libuv
// loop, nothing on it blocks. Views never call curses' refresh: they call app_dirty, and app draws at most 60
// frames a second, at once after a key. What is shown is built by the owner (views/console).

#ifndef SBXDECK_VIEWS_APP_APP_H
#define SBXDECK_VIEWS_APP_APP_H

#include "api/config/config.h"
#include "api/service/credential_service.h"
#include "tui/term/input.h"
#include "tui/widget/table.h"
#include "tui/widget/toast.h"
#include "views/app/handler.h"
#include "views/command/command_state.h"
#include "views/command/commands.h"

#include <uv.h>

struct dialog;
struct palette;
struct view;
// Of the console's other wings; app does not look into them.
struct alert_queue;
struct auto_renew;
struct bulk_run;
struct forwards;
struct net_watch;
struct runs;

// One screen or layer. Implementations embed it as their first member. What may be NULL says so.
struct view_methods {
    const char *name;
    // The scope whose commands count now (a session's may change when it ends).
    enum scope (*scope)(const struct view *view);
    // Draws into the rectangle, whole or what changed since the last draw (all: everything, after a resize or
    // when something lay above). Leaves the hardware cursor where it wants it and says so by returning true.
    bool (*draw)(struct view *view, int y, int x, int rows, int cols, bool all);
    // An event, before the commands' keys are looked up. True: taken, go no further. May be NULL, but not a
    // bar's.
    bool (*input)(struct view *view, const struct input_event *event);
    // Moves in its list, as table_go does, and marks itself dirty where that changed something. NULL: it has
    // no list.
    void (*go)(struct view *view, enum table_step step, long by);
    // Gives up what Esc gives up before it leaves the view. False: there is nothing. May be NULL.
    bool (*back)(struct view *view);
    // The next monotonic instant (ms) at which the view wants to be drawn by itself; 0: none. May be NULL.
    int64_t (*next_tick)(const struct view *view, int64_t now_ms);
    // What the operator types into now, as the hint bar knows it; HINT_LAYER_COUNT: nothing. May be NULL.
    enum hint_layer (*hint_layer)(const struct view *view);
    // What stands before the keys in the hint bar, "" nothing. May be NULL.
    void (*foot)(const struct view *view, char *out, size_t cap);
    // The keys go to it from now on, as a half of a split. May be NULL.
    void (*focused)(struct view *view);
    // Only of a split: the half that the keys go to; whether a view is one of its halves and on the screen.
    struct view *(*focus)(const struct view *view);
    bool (*shows)(const struct view *view, const struct view *half);
    // Only of a bar above the top view: the lines that it takes now; the instant of next_tick has come.
    int (*rows)(const struct view *view);
    void (*tick)(struct view *view, int64_t now_ms);
    bool hint_bar; // app draws its hint bar (last line) below it; a session has its own status line
    bool tab_bar;  // the line of sessions stands above it, when there are several
    bool terminal; // a program has it: it sets mouse, cursor and title, and takes the prefix key itself
    void (*free)(struct view *view); // may be NULL
};
struct view {
    const struct view_methods *methods;
};

// Whoever builds the console, and what app asks it for. Implementations embed it as their first member.
struct app_owner {
    // Loop, screen and service are there: builds the views and the jobs beside them, sets app->top.
    void (*begin)(struct app *app);
    void (*hang_up)(struct app *app);   // the end begins, the deck is shown alone: sessions close
    void (*end_jobs)(struct app *app);  // the operator has the terminal back; the service is still there
    void (*end_views)(struct app *app); // the service is gone; the loop is drained afterwards
    // Something would be lost by quitting: sessions, a bulk operation, credentials not on disk.
    bool (*quit_asks)(const struct app *app);
    const struct handler *handlers;                     // by enum command
    void (*run_own)(struct app *app, const char *name); // a command of the operator's own
    // What commands can act on now.
    void (*facts)(const struct app *app, struct command_facts *out);
};

struct app {
    uv_loop_t *loop;
    struct app_owner *owner;
    struct config config;
    struct credential_service *service; // NULL when there is no API key: key_failure says why
    struct failure key_failure;
    struct view *top;   // the view that is shown: the deck, the help, a session's or a split
    struct view *split; // see split_view.h; NULL none
    struct view *bar;   // lines above the top view: the sessions' tabs
    struct toasts *toasts;
    struct messages *messages; // what went by; see messages.h
    int rows, cols;
    uint32_t key; // that the command which runs now was called by (see input.h); 0: by its name
    bool quitting;
    bool one_profile;               // it can't be changed
    char next_profile[PROFILE_CAP]; // that the console goes on with after this run ("default" none); "" it
                                    // ends
    int exit_code;
    struct app_private *internals;

    // What the console consists of; each is its own wing's. It stands here because a command's handler is
    // given an app and nothing else, and because wings below the console find each other's views by it.
    struct view *deck;               // always there; shown where nothing else is left
    struct view *log, *timeline;     // always there
    struct view *help;               // always there
    struct view *forward_list;       // always there
    struct view *columns;            // always there
    struct view *message_list;       // always there
    struct view *wall;               // NULL: this is the deck
    struct bulk_run *bulk;           // NULL: none was begun
    struct forwards *forwards;       // NULL: no service
    struct alert_queue *alert_queue; // NULL: no service
    struct auto_renew *auto_renew;   // NULL: no service
    struct runs *runs;               // NULL: no own command was run
    struct net_watch *network;       // NULL: it can't be watched here
};

// Is called at each change of the fleet, for what waits for one (a sandbox to be running). The struct is the
// caller's, must live until it is removed and may be removed (and freed) from inside its call.
struct app_watch {
    void (*changed)(void *ctx);
    void *ctx;
    struct app_watch *next; // app's
};
void app_watch_add(struct app *app, struct app_watch *watch);
void app_watch_remove(struct app *app, struct app_watch *watch); // fine when it is not there

// Is called when a changed settings file has been taken over: app->config and the keys are the new ones.
// text: for the sections; it is gone after the call. As with app_watch.
struct config_text;
struct app_settings_watch {
    void (*changed)(void *ctx, const struct config_text *text);
    void *ctx;
    struct app_settings_watch *next; // app's
};
void app_settings_watch_add(struct app *app, struct app_settings_watch *watch);
void app_settings_watch_remove(struct app *app, struct app_settings_watch *watch);

struct app_options {
    const struct config *config;
    const struct secret *api_key;      // NULL: the deck says what to do
    const struct failure *key_failure; // why there is none; may be NULL
    const char *notice;                // a toast at the start; NULL none
    char *next_profile;                // [PROFILE_CAP], filled at the end as app's; NULL: it can't be changed
};

// Runs the console until it is quit; the terminal is as before when it returns. The exit code. Errors before
// the screen is up (no terminal, TERM unknown) go to stderr.
int app_run(const struct app_options *options, struct app_owner *owner);

void app_dirty(struct app *app);                       // something shown has changed
void app_dirty_output(struct app *app, size_t length); // the same, by so many bytes of a program's output
void app_dirty_all(struct app *app);                   // what is drawn where has changed
void app_show(struct app *app, struct view *view);     // becomes the top view; the one below is not freed
// The same, to come back from it: app_show_below shows what was there.
void app_show_over(struct app *app, struct view *view);
void app_show_below(struct app *app);
struct view *app_focus(const struct app *app); // the view that keys go to: the top one, or half of a split
bool app_shows(const struct app *app, const struct view *view); // it is on the screen, whole or as a half
void app_focus_changed(struct app *app);                        // keys go to another view of the top one
// Takes it; closes one that is open, which answers "cancelled". One that comes by itself, while the operator
// works in something else, waits in the line of questions instead.
void app_open_dialog(struct app *app, struct dialog *dialog);
// The same, in any case: it takes the place of one of the caller's that was in front.
void app_put_dialog(struct app *app, struct dialog *dialog);
// dialog_new and app_open_dialog.
struct dialog_options;
void app_ask(struct app *app, const struct dialog_options *options,
             void (*done)(void *context, struct dialog *dialog, int result), void *context);
// Closes that one, which answers "cancelled"; what comes to the front takes no key that was typed for it.
// False: it is not open (NULL is fine).
bool app_close_dialog(struct app *app, struct dialog *dialog);
// Keys that were meant for what was in front before answer nothing: what has come there by itself (a dialog
// does so by app_open_dialog, a view says it) takes none for half a second, nor while typing goes on.
// view NULL: what is in front takes keys again.
void app_hold_keys(struct app *app, const struct view *view);
// The same, as it was held before: typing goes on.
void app_hold_keys_on(struct app *app, const struct view *view);
bool app_keys_are_held(const struct app *app); // of what is in front now
void app_toast(struct app *app, enum toast_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// One of a kind: those reported with the same many are joined to "<number> <many>".
void app_toast_many(struct app *app, enum toast_level level, const char *many, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
// Only into the history: what is shown elsewhere, or was said a moment ago.
void app_message(struct app *app, enum toast_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void app_toast_failure(struct app *app, const char *what,
                       const struct failure *why);               // "what: why (what to do)"
void app_palette_open(struct app *app, struct palette *palette); // takes it; one that is open is cancelled
void app_run_command(struct app *app, enum command command);
// The command that a key runs in that scope; COMMAND_NONE: none.
enum command app_command_of(const struct app *app, enum scope scope, const struct input_event *event);
// Handlers of app's own commands.
command_handler app_move; // enum app_move
enum app_move { APP_UP, APP_DOWN, APP_PAGE_UP, APP_PAGE_DOWN, APP_FIRST, APP_LAST };
command_handler app_leave_view; // to the one below
command_handler app_redraw;
command_handler app_settings_reload;
command_handler app_suspend;
void app_quit(struct app *app, int exit_code); // without asking
// A timer on the loop for one owner, its data. Freed when the loop has closed it; it does not fire any more
// by then.
uv_timer_t *app_timer_new(const struct app *app, void *data);
void app_timer_free(uv_timer_t **timer);              // NULL then; fine when it is already
const struct fleet *app_fleet(const struct app *app); // NULL: no service
int64_t app_now(const struct app *app);               // the server's now, ms (service's clock)
// The same at its last whole second: what is shown counts by it, so that all countdowns change together and
// one tick a second draws them all.
int64_t app_now_shown(const struct app *app);
// The monotonic instant (ms) from which on something shown that has left_ms (by app_now_shown) reads
// otherwise: by the second below an hour, by the minute above.
int64_t app_next_change(const struct app *app, int64_t left_ms, int64_t now_ms);

#endif
