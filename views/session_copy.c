// SPDX-License-Identifier: Apache-2.0
//
// session_copy: owns looking back through a session and what is copied from it, by the operator (copy mode)
// or by the program (OSC 52). The mouse is the program's when it asks for it; else it scrolls and selects
// here. Drags with Shift never get here: the operator's terminal keeps them for itself.

#include "api/server_time.h"
#include "tui/copy_mode.h"
#include "tui/dialog.h"
#include "tui/text.h"
#include "tui/xalloc.h"
#include "views/actions.h"
#include "views/app_private.h"
#include "views/session_private.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HINT_GAP = 2 };

static const char keys[] = "v select  y copy  / search  q leave";

static void redraw(struct session *session)
{
    session->copy_was_drawn = true; // everything once more, without the marks
    app_dirty(session->app);
}

void session_copy_end(struct session *session)
{
    copy_mode_free(session->copy);
    session->copy = NULL;
    redraw(session);
}

// --- the clipboard ------------------------------------------------------------------------

static void give(struct session *session, const char *text, size_t length, const char *whose)
{
    if (!action_copy_text(session->app, text, length))
        session_notice(session, "%zu bytes are more than a terminal's clipboard takes: nothing was copied",
                       length);
    else
        session_notice(session, "%s%zu bytes given to the terminal's clipboard", whose, length);
}

struct question {
    struct app *app;
    uint64_t serial;
};

static void on_clipboard_answer(void *context, struct dialog *dialog, int result)
{
    struct question *question = context;
    struct session *session =
        question->app->quitting ? NULL : session_of_serial(question->app, question->serial);
    free(question);
    (void)dialog;
    if (session == NULL)
        return;
    session->clipboard_asking = false;
    session->clipboard_allowed = result == 1;
    session->clipboard_refused = result != 1;
    if (session->clipboard_allowed && session->clipboard != NULL)
        give(session, session->clipboard, session->clipboard_length, "the program's ");
    session_clipboard_drop(session);
}

void session_clipboard_drop(struct session *session)
{
    if (session->clipboard != NULL)
        explicit_bzero(session->clipboard, session->clipboard_length);
    free(session->clipboard);
    session->clipboard = NULL;
    session->clipboard_length = 0;
}

static void ask(struct session *session)
{
    char text[512];
    struct question *question = xcalloc(1, sizeof *question);
    *question = (struct question){session->app, session->serial};
    (void)snprintf(
        text, sizeof text,
        "A program in %s wants to put %zu bytes into the clipboard of your terminal. What you paste "
        "next would be its text.\n\nThe answer counts for this session.",
        session->sandbox_id, session->clipboard_length);
    const struct dialog_options options = {
        .title = "Let the program write into the clipboard?",
        .text = text,
        .level = DIALOG_WARN,
        .buttons = {{.label = "Refuse", .hotkey = 'r', .result = DIALOG_CANCELLED},
                    {.label = "Allow", .result = 1}},
        .button_count = 2,
    };
    session->clipboard_asking = true;
    app_open_dialog(session->app, dialog_new(&options, on_clipboard_answer, question));
}

void session_clipboard_output(struct session *session)
{
    size_t length = 0;
    char *text = vt_clipboard_take(session->vt, &length);
    if (text == NULL)
        return;
    session_clipboard_drop(session);
    session->clipboard = text;
    session->clipboard_length = length;
    if (session->clipboard_asking)
        return; // the newest one counts when the answer comes
    if (session->clipboard_allowed) {
        give(session, text, length, "the program's ");
    } else if (!session->clipboard_refused && session_on_top(session->app) == session &&
               session->app->dialog == NULL) {
        ask(session);
        return;
    } else {
        session_notice(session, "a clipboard write was refused");
    }
    session_clipboard_drop(session);
}

// --- copy mode ----------------------------------------------------------------------------

static void begin(struct session *session, enum copy_entry entry)
{
    if (session->copy == NULL)
        session->copy = copy_mode_new(session->vt, entry);
    else if (entry == COPY_FULL)
        copy_mode_keep(session->copy);
    app_dirty(session->app);
}

void command_session_scroll(struct app *app)
{
    struct session *session = session_on_top(app);
    if (session != NULL && (session->opened || session->ended))
        begin(session, COPY_FULL);
}

static bool is_wheel(const struct input_event *event)
{
    return event->mouse.button == INPUT_WHEEL_UP || event->mouse.button == INPUT_WHEEL_DOWN;
}

// Events that begin to look back by themselves.
static bool begins(const struct session *session, const struct input_event *event)
{
    struct vt_modes modes = vt_modes(session->vt);
    if (event->kind == INPUT_KEY)
        return event->key == INPUT_KEY_PAGE_UP && (event->modifiers & INPUT_SHIFT) != 0 &&
               !(modes.alternate_screen && !session->ended);
    if (event->kind != INPUT_MOUSE || (modes.mouse != VT_MOUSE_OFF && !session->ended))
        return false;
    if (is_wheel(event)) // a program with the screen to itself has its own way of scrolling
        return event->mouse.button == INPUT_WHEEL_UP && (!modes.alternate_screen || session->ended);
    return event->mouse.button == INPUT_BUTTON_LEFT && event->mouse.action == INPUT_MOUSE_PRESS;
}

bool session_copy_input(struct session *session, const struct input_event *event)
{
    struct copy_verdict verdict;
    if (event->kind != INPUT_KEY && event->kind != INPUT_MOUSE && event->kind != INPUT_PASTE &&
        event->kind != INPUT_PASTE_BEGIN && event->kind != INPUT_PASTE_END)
        return false;
    if (session->copy == NULL) {
        if (!(session->opened || session->ended) || !begins(session, event))
            return false;
        begin(session, COPY_BRIEF);
    }
    copy_mode_input(session->copy, event, session->y, session->x, time_monotonic_ms(), &verdict);
    if (verdict.notice[0] != '\0')
        session_notice(session, "%s", verdict.notice);
    if (verdict.text != NULL)
        give(session, verdict.text, verdict.text_length, "");
    free(verdict.text);
    if (verdict.result != COPY_STAYS)
        session_copy_end(session);
    app_dirty(session->app);
    return verdict.result != COPY_PASSED;
}

bool session_is_looking_back(const struct session *session)
{
    return session->copy != NULL && !copy_mode_is_brief(session->copy);
}

bool session_copy_is_working(const struct session *session)
{
    return session->copy != NULL && copy_mode_status(session->copy).searching;
}

void session_copy_work(struct session *session)
{
    struct copy_verdict verdict;
    if (!session_copy_is_working(session))
        return;
    copy_mode_work(session->copy, &verdict);
    if (verdict.notice[0] != '\0')
        session_notice(session, "%s", verdict.notice);
    free(verdict.text);
}

// --- its status line ----------------------------------------------------------------------

static void tell_place(const struct copy_status *status, char *out, size_t cap)
{
    int used = snprintf(out, cap, "%d of %d back", status->scrolled, status->history);
    if (status->selection != COPY_NONE && used > 0 && (size_t)used < cap)
        used += snprintf(out + used, cap - (size_t)used, "  %d line%s selected", status->selected_lines,
                         status->selected_lines == 1 ? "" : "s");
    if (status->pattern[0] == '\0' || used < 0 || (size_t)used >= cap)
        return;
    const char *more = status->hits_more ? "+" : "";
    if (status->hit > 0)
        (void)snprintf(out + used, cap - (size_t)used, "  hit %d of %d%s", status->hit, status->hits, more);
    else
        (void)snprintf(out + used, cap - (size_t)used, "  %d%s hit%s%s", status->hits, more,
                       status->hits == 1 ? "" : "s", status->searching ? "…" : "");
}

bool session_copy_draw_status(struct session *session, int y, int x, int cols)
{
    struct copy_status status = copy_mode_status(session->copy);
    char place[160];
    int end = x + cols;
    text_fill(stdscr, y, x, 1, cols, ROLE_SESSION_STATUS);
    if (status.edit != NULL) {
        const char prompt[] = {status.prompt, '\0'};
        int at = x + text_put(stdscr, y, x, cols, ROLE_INPUT, prompt);
        (void)wmove(stdscr, y, line_edit_draw(status.edit, stdscr, y, at, end - at, ROLE_INPUT));
        return true;
    }
    struct theme_style strong = theme_style(ROLE_SESSION_STATUS);
    strong.attributes |= A_BOLD;
    x += text_put_style(stdscr, y, x, end - x, strong, " COPY ") + 1;
    bool told = time_monotonic_ms() < session->notice_until;
    tell_place(&status, place, sizeof place);
    x += text_put(stdscr, y, x, end - x, ROLE_SESSION_STATUS, told ? session->notice : place);
    if (x + HINT_GAP + text_width(keys) < end)
        (void)text_put(stdscr, y, end - 1 - text_width(keys), text_width(keys), ROLE_SESSION_STATUS, keys);
    return false;
}
