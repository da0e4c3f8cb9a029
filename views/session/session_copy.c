// SPDX-License-Identifier: Apache-2.0
//
// session_copy: Copy mode in a session, and the clipboard: what the operator copies, and what the program
// asks to (OSC 52). The mouse is the program's when it asks for it; else it scrolls and selects here. Drags
// with Shift never get here: the operator's terminal keeps them for itself.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/pane/copy_mode.h"
#include "tui/widget/dialog.h"
#include "views/app/clipboard_copy.h"
#include "views/labels/phrases.h"
#include "views/session/session_private.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HINT_GAP = 2, PREVIEW = 60 };

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

// In the status line of that session, if it is still there.
static void show_copied(struct app *app, uint64_t serial, const char *text)
{
    struct session *session = session_of_serial(app, serial);
    if (session != NULL)
        session_notice(session, "%s", text);
}

static void copy(const struct session *session, const char *text, size_t length, const char *what)
{
    const struct clipboard_reply reply = {show_copied, session->serial};
    clipboard_copy(session->app, text, length, what, &reply);
}

static void copy_bytes(const struct session *session, const char *text, size_t length, const char *whose)
{
    char what[64];
    (void)snprintf(what, sizeof what, "%s%zu bytes", whose, length);
    copy(session, text, length, what);
}

// Its status line names the sandbox already.
enum change session_copy_id(struct app *app, int argument)
{
    const struct session *session = session_on_top(app);
    (void)argument;
    if (session != NULL)
        copy(session, session->sandbox_id, strlen(session->sandbox_id), "the id");
    return CHANGED_NOTHING;
}

enum change session_copy_command(struct app *app, int argument)
{
    const struct session *session = session_on_top(app);
    char text[COMMAND_CAP + 64];
    (void)argument;
    if (session == NULL || session->target.port == 0)
        return CHANGED_NOTHING;
    (void)phrase_ssh_command(&session->target, text, sizeof text);
    copy(session, text, strlen(text), "the ssh command");
    return CHANGED_NOTHING;
}

enum { REFUSE = 1, ALLOW };

static void wait_for_answer(struct session *session);

static void on_clipboard_answer(void *context, struct dialog *dialog, int result)
{
    struct session *session = session_ref_take(context);
    (void)dialog;
    if (session == NULL)
        return;
    if (result == DIALOG_CANCELLED) { // no answer: it goes on waiting
        wait_for_answer(session);
        return;
    }
    session->clipboard_allowed = result == ALLOW;
    session->clipboard_refused = result == REFUSE;
    if (session->clipboard_allowed && session->clipboard != NULL)
        copy_bytes(session, session->clipboard, session->clipboard_length, "the program's ");
    session_clipboard_drop(session);
}

void session_clipboard_drop(struct session *session)
{
    question_drop(session->app, &session->clipboard_question);
    if (session->clipboard != NULL)
        explicit_bzero(session->clipboard, session->clipboard_length);
    free(session->clipboard);
    session->clipboard = NULL;
    session->clipboard_length = 0;
}

static void ask(void *context)
{
    struct session *session = context;
    char text[512], preview[4 * PREVIEW + 1];
    size_t line = 0;
    if (session->clipboard == NULL)
        return;
    while (line < session->clipboard_length && session->clipboard[line] != '\n')
        line++;
    (void)display(session->clipboard, line < PREVIEW ? line : PREVIEW, preview, sizeof preview);
    (void)snprintf(text, sizeof text,
                   "A program in %s wants to write %zu bytes to your clipboard. Your next paste "
                   "would be its text.\n\nIt begins: %s\n\nThe answer counts for this session.",
                   session->sandbox_id, session->clipboard_length, preview);
    const struct dialog_options options = {
        .title = "Let the program write to the clipboard?",
        .text = text,
        .level = DIALOG_WARN,
        .buttons = {{.label = "Refuse", .result = REFUSE}, {.label = "Allow", .result = ALLOW}},
        .button_count = 2,
    };
    app_ask(session->app, &options, on_clipboard_answer, session_ref_new(session));
}

static void wait_for_answer(struct session *session)
{
    struct question *question = &session->clipboard_question;
    if (session->clipboard == NULL)
        return;
    (void)snprintf(question->text, sizeof question->text, "Let the program copy %zu bytes?",
                   session->clipboard_length);
    question->view = &session->view;
    question->ask = ask;
    question->context = session;
    question_add(session->app, question);
}

void session_clipboard_output(struct session *session)
{
    size_t length = 0;
    char *text = vt_clipboard_take(session->vt, &length);
    if (text == NULL)
        return;
    bool asked = session->clipboard != NULL; // the newest one counts when the answer comes
    if (asked)
        explicit_bzero(session->clipboard, session->clipboard_length);
    free(session->clipboard);
    session->clipboard = text;
    session->clipboard_length = length;
    if (session->clipboard_allowed) {
        copy_bytes(session, text, length, "the program's ");
        session_clipboard_drop(session);
    } else if (session->clipboard_refused) {
        session_notice(session, "a program's copy was refused");
        session_clipboard_drop(session);
    } else if (!asked || session->clipboard_question.waits) {
        wait_for_answer(session);
    }
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

enum change session_scroll(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    (void)argument;
    if (session != NULL && (session->opened || session->ended))
        begin(session, COPY_FULL);
    return CHANGED_NOTHING;
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
        copy_bytes(session, verdict.text, verdict.text_length, "");
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
    const char *more = status->hits_more ? "+" : "";
    (void)snprintf(out, cap, "%d of %d back", status->scrolled, status->history);
    if (status->selection != COPY_NONE)
        (void)text_append(out, cap, "  %d line%s selected", status->selected_lines,
                          status->selected_lines == 1 ? "" : "s");
    if (status->pattern[0] == '\0')
        return;
    if (status->hit > 0)
        (void)text_append(out, cap, "  match %d of %d%s", status->hit, status->hits, more);
    else
        (void)text_append(out, cap, "  %d%s hit%s%s", status->hits, more, status->hits == 1 ? "" : "s",
                          status->searching ? "…" : "");
}

// What can be done, or how the question that waits is answered; the longest that fits.
static const char *hints_for(const struct session *session, int columns, char *out, size_t cap)
{
    char keys[128];
    const char *prefix = command_key(COMMAND_session_prefix);
    (void)copy_mode_hints(keys, sizeof keys);
    if (question_first(session->app, &session->view) != NULL)
        (void)snprintf(out, cap, "%s %s answers a question", prefix, command_key(COMMAND_session_answer));
    else
        (void)snprintf(out, cap, "%s  %s %s keys", keys, prefix, command_key(COMMAND_session_help));
    if (text_width(out) > columns)
        (void)snprintf(out, cap, "%s", keys);
    if (text_width(out) > columns)
        out[0] = '\0';
    return out;
}

bool session_copy_draw_status(struct session *session, int y, int x, int cols)
{
    struct copy_status status = copy_mode_status(session->copy);
    char place[160], hints[160];
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
    int width = text_width(hints_for(session, end - 1 - HINT_GAP - x, hints, sizeof hints));
    (void)text_put(stdscr, y, end - 1 - width, width, ROLE_SESSION_STATUS, hints);
    return false;
}
