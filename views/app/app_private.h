// SPDX-License-Identifier: Apache-2.0
//
// app_private: what the files of views/app share.

#ifndef SBXDECK_VIEWS_APP_APP_PRIVATE_H
#define SBXDECK_VIEWS_APP_APP_PRIVATE_H

#include "tui/term/input.h"
#include "tui/term/keymap.h"
#include "tui/widget/dialog.h"
#include "tui/widget/palette.h"
#include "views/app/app.h"

#include <uv.h>

enum {
    APP_FRAME_MS = 16,           // 60 frames a second at most
    APP_FRAME_SHARE = 16,        // of the time is for drawing, at most, ...
    APP_FRAME_SLOW_MS = 40,      // ... as long as that gives 25 frames a second
    APP_KEY_MS = 100,            // so long after a key frames are not held back, ...
    APP_FLOOD = 512,             // ... unless so many bytes came at once: more is on its way, and ...
    APP_FLOOD_MS = 1,            // ... that is waited for so long
    APP_READ_CAP = 4096,         // bytes taken from the terminal at once
    APP_HOLD_MS = 500,           // what comes to the front by itself takes no key so long
    APP_DRAIN_MS = 3000,         // how long the end may wait for hang-ups and writes to the vault
    APP_BELOW = 8,               // views that lie below the top one, more than there are
    APP_SIGNALS = 7,             // see app_signals.c
    APP_TROUBLE_AGAIN_MS = 60000 // the same trouble is reported again after this
};

// What is shown of the service's state at once when it changes; the rest waits for the next tick.
struct app_seen {
    uint64_t generation; // of the fleet
    enum status last, vault;
    enum dialect dialect;
    bool loaded;
};

struct app_private {
    uv_loop_t loop;
    struct input *input;
    struct keymap *keymap;
    struct dialog *dialog;         // above everything; NULL none
    struct palette *palette;       // above everything but a dialog; NULL none
    struct view *below[APP_BELOW]; // what the view on top was opened over, and so on; each once
    size_t below_count;
    struct app_watch *watches, *next_watch; // next: to be called
    struct question *questions;             // that wait; see questions.h
    struct app_settings *settings;          // see app_settings.c

    int input_fd;    // a description of our own of the terminal on 0, so that its flags are ours alone
    int input_flags; // of fd 0 as found, where it could not be opened anew; -1 else
    int input_error; // an errno: why the terminal can't be read; 0 it can
    uv_poll_t input_poll;
    uv_poll_t output_poll; // watches for room only while output waits
    uv_timer_t esc_timer;
    uv_prepare_t prepare; // before the loop waits: draws what is wanted, or sets the frame's timer
    uv_timer_t frame_timer;
    uv_timer_t tick_timer;
    uv_timer_t drain_timer;
    uv_signal_t signals[APP_SIGNALS];
    bool handles; // the above are of the loop and want closing
    bool output_watched;

    bool frame_wanted;  // something has changed since the last frame was drawn or its timer was set
    bool draw_all;      // the next frame is drawn whole
    bool overlaid;      // something lay above the view in the last frame
    size_t output;      // bytes of a program's output since the last frame, or since it was put off
    int64_t put_off_at; // monotonic ms when the next frame was put off first; 0 it is not
    bool in_event;      // an event of the operator's is being acted on
    const void *held;   // the dialog or view that takes no key until held_until (monotonic ms); NULL none
    int64_t held_since, held_until;
    int64_t key_at;   // monotonic ms of the last key: for a while after it no frame is held back
    bool small_asks;  // whether to quit, on a screen that is too small for a dialog
    int64_t frame_at; // monotonic ms of the last frame
    int frame_gap_ms; // from it to the next one, at least
    bool restored;    // the terminal is as before

    struct app_seen seen; // at the last report of the service that asked for a frame
    enum status trouble;  // reported last; OK: none
    int64_t trouble_at;   // monotonic ms
};

// app_frame.c
void app_frame_begin(struct app *app); // from now on frames are drawn when they are wanted
void app_frame(struct app *app);       // draws if something changed and the terminal takes it
void app_frame_resized(struct app *app);

// app_input.c
bool app_input_begin(struct app *app); // false: the terminal can't be read
void app_input_end(struct app *app);

// app_signals.c
void app_signals_begin(struct app *app);
void app_signals_end(struct app *app);

// app_loop.c
void app_bind_keys(struct app *app); // as they are set now

// app_settings.c
void app_settings_begin(struct app *app);
void app_settings_end(struct app *app);  // before the loop is drained
void app_settings_free(struct app *app); // after all views

// app_layers.c
enum hint_layer app_typed_into(const struct app *app); // see view_methods; of what has the keys
// Where that view was, on top or below, is the other one.
void app_forget(struct app *app, const struct view *view, struct view *instead);
void app_watch_notify(struct app *app); // the fleet has changed

#endif
