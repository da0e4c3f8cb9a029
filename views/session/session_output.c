// SPDX-License-Identifier: Apache-2.0
//
// session_output: Feed the server's output into the terminal. What takes more time than a turn of the loop
// has is taken in parts, and no more is read until it is done: keys come between.

#include "views/session/session_private.h"

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "tui/term/screen.h"

#include <stdlib.h>
#include <string.h>

enum { NEXT_TURN_MS = 1 };

static void ring(struct session *session)
{
    int64_t now = time_monotonic_ms();
    uint64_t bells = vt_bells(session->vt);
    if (bells == session->bells)
        return;
    session->bells = bells;
    if (session_is_shown(session)) {
        if (now - session->bell_at >= SESSION_BELL_MS)
            (void)screen_write_raw("\a", 1);
        session->bell_at = now;
    } else if (!session->bell_told) {
        session->bell_told = true;
        app_toast(session->app, TOAST_INFO, "The bell rang in %s", session->sandbox_id);
    }
}

// The program has changed the number of columns: it is notified as of a new window size.
static void own_width(struct session *session)
{
    session_record_resize(session);
    ssh_session_resize(session->ssh, vt_rows(session->vt), vt_cols(session->vt));
}

// As much as a turn of the loop allows; returns how much that was.
static size_t take(struct session *session, const char *bytes, size_t length)
{
    char reply[VT_REPLY_MAX];
    bool was_held = session->held_since != 0;
    int cols = vt_cols(session->vt);
    length = vt_write_some(session->vt, bytes, length);
    session_record_output(session, bytes, length);
    if (cols != vt_cols(session->vt))
        own_width(session);
    session_tabs_output(session);
    session_clipboard_output(session);
    for (size_t count = vt_reply_take(session->vt, reply, sizeof reply); count > 0;
         count = vt_reply_take(session->vt, reply, sizeof reply))
        session_write(session, reply, count);
    ring(session);
    bool held = vt_modes(session->vt).synchronized;
    if (held && !was_held)
        session->held_since = time_monotonic_ms();
    else if (!held)
        session->held_since = 0;
    // While the program holds the picture back nothing new is to be seen: the first call only sets the timer.
    if (session_is_shown(session) && !(held && was_held))
        app_dirty_output(session->app, length);
    return length;
}

// --- what has to wait ---------------------------------------------------------------------

static void on_turn(uv_timer_t *timer)
{
    struct session *session = timer->data;
    bytebuf_drop(&session->unread, take(session, session->unread.data, session->unread.length));
    if (session->unread.length > 0) {
        (void)uv_timer_start(timer, on_turn, NEXT_TURN_MS, 0);
        return;
    }
    if (session->output_over != NULL)
        session_output_end(session, session->output_over);
    else if (session->ssh != NULL)
        ssh_session_hold(session->ssh, false);
}

static void keep(struct session *session, const char *bytes, size_t length)
{
    if (bytebuf_add(&session->unread, bytes, length) != STATUS_OK)
        xalloc_fatal();
}

void session_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct session *session = ctx;
    (void)is_stderr; // a terminal shows both
    bool waits = session->unread.length > 0;
    size_t taken = waits ? 0 : take(session, bytes, length);
    if (taken == length)
        return;
    keep(session, bytes + taken, length - taken);
    if (waits)
        return;
    if (session->unread_timer == NULL)
        session->unread_timer = app_timer_new(session->app, session);
    ssh_session_hold(session->ssh, true); // no more comes than is on its way
    (void)uv_timer_start(session->unread_timer, on_turn, NEXT_TURN_MS, 0);
}

void session_output_drop(struct session *session)
{
    app_timer_free(&session->unread_timer);
    bytebuf_free(&session->unread);
    session->output_over = NULL;
}

// A window of output may wait, which a server can make slow to take.
void session_output_end(struct session *session, void (*over)(struct session *session))
{
    if (session->unread.length > 0) {
        session->output_over = over;
        return;
    }
    session_output_drop(session);
    over(session);
}
