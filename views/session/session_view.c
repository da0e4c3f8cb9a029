// SPDX-License-Identifier: Apache-2.0
//
// session_view: Draw a session: the terminal and the status line, and set the modes of the operator's
// terminal that the program chooses while it is in front (mouse, cursor, title).

#include "api/base/time_util.h"
#include "api/fleet/deadline.h"
#include "tui/base/text.h"
#include "tui/pane/copy_mode.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/screen.h"
#include "views/app/notices.h"
#include "views/app/split_view.h"
#include "views/session/session_private.h"
#include "views/session/session_status.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>

enum { NOTICE_CAP = TOAST_TEXT_MAX + 16 };

static enum scope session_scope(const struct view *view)
{
    return ((const struct session *)view)->ended ? SCOPE_ENDED : SCOPE_SESSION;
}

// --- the status line ----------------------------------------------------------------------

static enum session_status_mode mode_of(const struct session *session)
{
    if (session->prefix.active || split_prefix_is_active(session->app))
        return SESSION_STATUS_PREFIX;
    if (session->ended)
        return SESSION_STATUS_ENDED;
    return session->opened ? SESSION_STATUS_OPEN : SESSION_STATUS_CONNECTING;
}

// The answer to the last key goes first.
static void fill_notice(const struct session *session, struct session_status_facts *facts,
                        char notice[NOTICE_CAP])
{
    struct toast_line line;
    if (time_monotonic_ms() < session->notice_until) {
        facts->notice = session->notice;
    } else if (facts->mode != SESSION_STATUS_PREFIX && facts->question == NULL &&
               notices_in(session->app, &session->view, &line)) {
        (void)snprintf(notice, NOTICE_CAP, "%s %s", glyph(toast_glyph(line.level)), line.text);
        facts->notice = notice;
        facts->notice_level = line.level;
        facts->notices_more = line.more;
    }
}

static void fill_facts(const struct session *session, const struct credential *credential,
                       struct session_status_facts *facts, char notice[NOTICE_CAP])
{
    const struct app *app = session->app;
    int64_t now = app_now_shown(app);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session->sandbox_id);
    // Beside another session only the line of the one with the focus shows it: its key works there.
    const struct session *front = session_on_top(app);
    const struct question *question =
        front == session || front == NULL ? question_first(app, app_focus(app)) : NULL;
    *facts = (struct session_status_facts){
        .mode = mode_of(session),
        .sandbox = fleet_name_of(service_fleet(app->service), session->sandbox_id),
        .credential = credential_state(credential, now),
        .countdown = credential->expires_at > 0,
        .remaining_ms = credential_remaining(credential, now),
        .past_end = credential_is_past_end(credential, now),
        .timeout = row != NULL && deadline_timeout(row) > 0,
        .timeout_ms = row != NULL ? deadline_timeout(row) - now : 0,
        .timeout_state = row != NULL ? deadline_timeout_state(row, now) : CREDENTIAL_none,
        .title = vt_title(session->vt),
        .question = question != NULL ? question->text : NULL,
        .held = app_keys_are_held(app),
        .host_key_changed = session->end.status == STATUS_HOST_KEY_CHANGED,
        .unfocused = app_focus(app) != &session->view,
        .deck_above = app_focus(app) == app->deck,
        .recorded = session_is_recorded(session),
        .alone = session_count(app) < 2,
        .together = session->synced ? session_sync_count(app) : 0,
    };
    fill_notice(session, facts, notice);
}

// Most frames are of a program's output: a line that stands there already is not drawn again.
static void draw_status(struct session *session, int y, int x, int cols, bool all)
{
    struct session_status_facts facts;
    struct text_pieces line;
    struct credential credential = session_credential(session);
    char notice[NOTICE_CAP];
    fill_facts(session, &credential, &facts, notice);
    session_status_build(&facts, cols, &line);
    uint64_t digest = text_pieces_digest(&line);
    if (digest != session->status_drawn || all)
        text_pieces_draw(stdscr, y, x, 1, cols, &line);
    session->status_drawn = digest;
}

// --- the terminal -------------------------------------------------------------------------

static void fit(struct session *session, int rows, int cols)
{
    if (vt_fits(session->vt, rows, cols))
        return;
    // The last picture of a program that took the whole screen would be cut for good: it is clipped instead.
    if (session->ended && vt_modes(session->vt).alternate_screen)
        return;
    if (session->copy != NULL)
        copy_mode_resize(session->copy, rows, cols);
    else
        vt_resize(session->vt, rows, cols);
    session_record_resize(session);
    if (session->ssh != NULL && !session->ended)
        ssh_session_resize(session->ssh, rows, vt_cols(session->vt));
}

static void set_modes(const struct session *session, int cursor_shape, cell_color cursor_color)
{
    static const enum screen_mouse mouse[] = {
        [VT_MOUSE_OFF] = SCREEN_MOUSE_BUTTONS,   [VT_MOUSE_PRESS] = SCREEN_MOUSE_BUTTONS,
        [VT_MOUSE_CLICK] = SCREEN_MOUSE_BUTTONS, [VT_MOUSE_DRAG] = SCREEN_MOUSE_BUTTONS,
        [VT_MOUSE_MOTION] = SCREEN_MOUSE_ALL,
    };
    const char *title = vt_title(session->vt);
    bool ours = session->ended || session->copy != NULL;
    // Without a program that wants it the mouse scrolls and selects here.
    enum screen_mouse wanted = ours ? SCREEN_MOUSE_BUTTONS : mouse[vt_modes(session->vt).mouse];
    screen_set_mouse(session->app->config.mouse ? wanted : SCREEN_MOUSE_OFF);
    screen_set_cursor_shape(session->ended ? 0 : cursor_shape);
    screen_set_cursor_color(
        session->ended || cursor_color == CELL_COLOR_DEFAULT ? -1 : (int)CELL_COLOR_VALUE(cursor_color));
    screen_set_title(title[0] != '\0' && !session->ended
                         ? title
                         : fleet_name_of(service_fleet(session->app->service), session->sandbox_id));
}

static bool is_held(const struct session *session)
{
    return session->held_since != 0 && time_monotonic_ms() - session->held_since < VT_SYNC_HOLD_MS;
}

static bool session_draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct session *session = (struct session *)view;
    int vt_rows_now = session_vt_rows(rows);
    bool focused = app_focus(session->app) == view;
    bool panel = !session->opened;
    int band = panel ? 0 : session_band_rows(session, vt_rows_now, cols);
    struct vt_pane_cursor cursor = {.visible = false};
    if (session->y != y || session->x != x || session->rows != rows || session->cols != cols)
        session->status_drawn = 0;
    session->y = y;
    session->x = x;
    session->rows = rows;
    session->cols = cols;
    if (session->ended)
        session->seen = true;
    fit(session, vt_rows_now - band, cols);
    all = all || panel || session->panel_was_drawn || session->ended || session->copy_was_drawn;
    session_copy_work(session);
    session->copy_was_drawn = session->copy != NULL;
    if (session->copy != NULL) {
        int scrolled = copy_mode_scrolled(session->copy);
        session->cursor = vt_pane_draw_over(stdscr, session->vt, y, x, vt_rows_now - band, cols, scrolled,
                                            VT_PANE_ALL, copy_mode_overlay(session->copy));
        if (focused)
            set_modes(session, 0, CELL_COLOR_DEFAULT);
    } else if (all || !is_held(session)) {
        unsigned flags = (all ? VT_PANE_ALL : 0U) | (session->ended ? VT_PANE_DIM : 0U);
        cursor = vt_pane_draw(stdscr, session->vt, y, x, vt_rows_now - band, cols, 0, flags);
        if (focused)
            set_modes(session, cursor.shape, cursor.color);
        session->cursor = cursor;
    }
    if (panel)
        session_panel_draw(session, y, x, vt_rows_now, cols);
    else if (band > 0)
        session_band_draw(session, y + vt_rows_now - band, x, band, cols);
    session->panel_was_drawn = panel;
    if (session->copy != NULL && !session->prefix.active) {
        session->status_drawn = 0;
        if (session_copy_draw_status(session, y + rows - 1, x, cols))
            return true;
    } else {
        draw_status(session, y + rows - 1, x, cols, all);
    }
    if (!session->cursor.visible || panel || (session->ended && session->copy == NULL))
        return false;
    (void)wmove(stdscr, session->cursor.y, session->cursor.x);
    return true;
}

// --- time ---------------------------------------------------------------------------------

static void sooner(int64_t *next, int64_t candidate)
{
    if (*next == 0 || candidate < *next)
        *next = candidate;
}

// The countdown's next second; the end of a notice; the end of the program's patience with a held picture.
static int64_t session_next_tick(const struct view *view, int64_t now_ms)
{
    const struct session *session = (const struct session *)view;
    const struct app *app = session->app;
    struct credential credential = session_credential(session);
    int64_t server_now = app_now_shown(app), next = 0;
    int64_t left = credential_remaining(&credential, server_now);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session->sandbox_id);
    if (session_copy_is_working(session))
        return now_ms + 1;
    if (session->ended)
        return 0;
    if (left > 0)
        sooner(&next, app_next_change(app, left, now_ms));
    if (row != NULL && row->sandbox.timeout_at > server_now)
        sooner(&next, app_next_change(app, row->sandbox.timeout_at - server_now, now_ms));
    if (session->notice_until > now_ms)
        sooner(&next, session->notice_until);
    if (session->held_since != 0 && session->held_since + VT_SYNC_HOLD_MS > now_ms)
        sooner(&next, session->held_since + VT_SYNC_HOLD_MS);
    return next;
}

static void session_focused(struct view *view)
{
    session_seen((struct session *)view);
}

const struct view_methods session_methods = {
    .name = "session",
    .scope = session_scope,
    .draw = session_draw,
    .input = session_input,
    .next_tick = session_next_tick,
    .focused = session_focused,
    .tab_bar = true,
    .terminal = true,
};
