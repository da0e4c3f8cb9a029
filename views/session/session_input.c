// SPDX-License-Identifier: Apache-2.0
//
// session_input: Encode keys for the remote program and queue them. One key, the prefix, is the console's; a
// session that has ended takes three keys and has no program. A paste that would run commands by itself is
// confirmed first.

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/pane/paste_guard.h"
#include "tui/term/keymap.h"
#include "tui/widget/dialog.h"
#include "views/command/own_commands.h"
#include "views/command/prefix.h"
#include "views/session/session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- pastes -------------------------------------------------------------------------------

enum { PIECE = INPUT_PASTE_PIECE_MAX, PREVIEW = 60 };

void session_paste_drop(struct session *session)
{
    bytebuf_free(&session->paste_text);
    session->paste_kept = false;
}

static void send_piece(struct session *session, const char *bytes, size_t length)
{
    char out[PIECE + 4];
    while (length > 0) {
        size_t part = length < PIECE ? length : PIECE;
        session_write(session, out, vt_paste_piece(&session->paste, bytes, part, out));
        bytes += part;
        length -= part;
    }
    explicit_bzero(out, sizeof out);
}

// To all that are typed into together with this one, each as its program wants it. The text is clean already.
static void send_whole(const struct session *typed, const struct paste_guard *guard)
{
    const struct app *app = typed->app;
    char mark[VT_KEY_MAX];
    for (struct session *session = session_first(app); session != NULL; session = session->next) {
        if (!session_is_typed_with(session, typed))
            continue;
        session_write(session, mark, vt_paste_begin(&session->paste, session->vt, mark));
        session_write(session, guard->text, guard->length);
        session_write(session, mark, vt_paste_end(&session->paste, mark));
    }
}

static bool all_want_brackets(const struct session *typed)
{
    const struct app *app = typed->app;
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        if (session_is_typed_with(session, typed) && !vt_modes(session->vt).bracketed_paste)
            return false;
    return true;
}

struct paste_question {
    struct app *app;
    uint64_t serial;
    struct paste_guard guard;
};

static void on_paste_answer(void *context, struct dialog *dialog, int result)
{
    struct paste_question *question = context;
    struct session *session = session_of_serial(question->app, question->serial);
    (void)dialog;
    if (result == 1 && session != NULL && !question->app->quitting)
        send_whole(session, &question->guard);
    paste_guard_end(&question->guard);
    free(question);
}

// Takes the guard.
static void ask_paste(struct session *session, const struct paste_guard *guard)
{
    char first[PREVIEW * 4 + 1], words[512];
    struct paste_question *question = xmalloc(sizeof *question);
    size_t line = strcspn(guard->text, "\r");
    *question = (struct paste_question){.app = session->app, .serial = session->serial, .guard = *guard};
    (void)display(guard->text, line < PREVIEW ? line : PREVIEW, first, sizeof first);
    (void)snprintf(words, sizeof words,
                   "The text has %zu line end%s. The program doesn't use bracketed paste, so each acts as "
                   "Enter.\n\nIt begins: %s",
                   guard->lines, guard->lines == 1 ? "" : "s", first);
    const struct dialog_options options = {
        .title = "Paste several lines?",
        .text = words,
        .level = DIALOG_WARN,
        .yes = "Paste",
    };
    app_ask(session->app, &options, on_paste_answer, question);
}

static void paste_whole(struct session *session)
{
    struct paste_guard guard;
    paste_guard_check(&guard, session->paste_text.data, session->paste_text.length,
                      all_want_brackets(session));
    session_paste_drop(session);
    if (guard.ask) {
        ask_paste(session, &guard);
        return;
    }
    send_whole(session, &guard);
    paste_guard_end(&guard);
}

static void paste_begin(struct session *session)
{
    char mark[VT_KEY_MAX];
    session_paste_drop(session);
    session->pasting = true;
    session->paste_kept = session->synced || !session->opened || !vt_modes(session->vt).bracketed_paste;
    if (!session->paste_kept)
        session_write(session, mark, vt_paste_begin(&session->paste, session->vt, mark));
}

static void keep_piece(struct session *session, const char *bytes, size_t length)
{
    enum status status = bytebuf_add(&session->paste_text, bytes, length);
    if (status == STATUS_OK)
        return;
    session_paste_drop(session);
    session->pasting = false;
    session_notice(session, "the paste is larger than %d KiB: nothing was sent", SESSION_PASTE_MAX / 1024);
}

static void paste_piece(struct session *session, const char *bytes, size_t length)
{
    if (!session->pasting)
        return;
    if (session->paste_kept)
        keep_piece(session, bytes, length);
    else
        send_piece(session, bytes, length);
}

static void paste_end(struct session *session)
{
    char mark[VT_KEY_MAX];
    if (!session->pasting)
        return;
    session->pasting = false;
    if (!session->paste_kept)
        session_write(session, mark, vt_paste_end(&session->paste, mark));
    else if (session->paste_text.length > 0 && !session->opened)
        session_typeahead_paste(session, session->paste_text.data, session->paste_text.length);
    else if (session->paste_text.length > 0)
        paste_whole(session);
    session_paste_drop(session);
}

// --- keys ---------------------------------------------------------------------------------

// What the operator's terminal writes for a key in its own modes says nothing in the program's: those are
// encoded anew. A character is what it is.
static bool is_sequence(const struct input_event *event)
{
    return event->raw_length > 1 && event->raw[0] == '\033' &&
           (event->raw[1] == '[' || event->raw[1] == 'O') &&
           (event->raw_length > 2 || event->key >= INPUT_KEY_NAMED);
}

// The keypad's keys of a terminal in its application mode, for a program that has asked for that too: as
// digits they could not be told from the keys above the letters.
static bool is_keypad_key(const struct session *session, const struct input_event *event)
{
    return vt_modes(session->vt).application_keypad && event->raw_length == 3 && event->raw[0] == '\033' &&
           event->raw[1] == 'O' && event->modifiers == 0 &&
           (event->key < INPUT_KEY_NAMED || event->key == INPUT_KEY_ENTER);
}

static void write_text(struct session *session, const char *bytes, size_t length)
{
    session_write(session, bytes, length);
}

static void send_key(struct session *session, const struct input_event *event)
{
    void (*send)(struct session *, const char *, size_t) =
        session->opened ? write_text : session_typeahead_keep;
    char bytes[VT_KEY_MAX];
    bool same = event->kind == INPUT_UNKNOWN || is_keypad_key(session, event) ||
                (event->key < INPUT_KEY_NAMED && !is_sequence(event) &&
                 (event->modifiers == 0 || !vt_keys_are_exact(session->vt)));
    if (same)
        send(session, event->raw, event->raw_length);
    else
        send(session, bytes, vt_event_encode(session->vt, event, 0, 0, bytes));
    explicit_bzero(bytes, sizeof bytes);
}

static void forward(struct session *session, const struct input_event *event)
{
    const struct app *app = session->app;
    char bytes[VT_KEY_MAX];
    switch (event->kind) {
    case INPUT_PASTE_BEGIN:
        paste_begin(session);
        return;
    case INPUT_PASTE:
        paste_piece(session, event->raw, event->raw_length);
        return;
    case INPUT_PASTE_END:
        paste_end(session);
        return;
    case INPUT_KEY:
    case INPUT_UNKNOWN:
        for (struct session *one = session_first(app); one != NULL; one = one->next)
            if (session_is_typed_with(one, session))
                send_key(one, event);
        return;
    case INPUT_MOUSE:
    case INPUT_FOCUS_IN:
    case INPUT_FOCUS_OUT:
    case INPUT_REPLY:
        break;
    }
    session_write(session, bytes, vt_event_encode(session->vt, event, session->y, session->x, bytes));
    explicit_bzero(bytes, sizeof bytes);
}

static void tell_unknown(struct session *session, const struct input_event *event)
{
    char name[KEYMAP_NAME_MAX];
    keymap_format(keymap_key_of(event), name);
    session_notice(session, "no command on %s %s (%s %s lists them)", command_key(COMMAND_session_prefix),
                   name, command_key(COMMAND_session_prefix), command_key(COMMAND_session_help));
}

// Who types on has not seen that it ended: the Enter behind it is no answer either.
static void pass_ended(struct session *session, const struct input_event *event)
{
    enum command command = prefix_ended_command(event);
    bool typed = event->kind == INPUT_KEY || event->kind == INPUT_PASTE;
    if (command == COMMAND_NONE && typed)
        app_hold_keys_on(session->app, &session->view);
    app_run_command(session->app, command); // may end it
}

static void pass(struct session *session, const struct input_event *event)
{
    struct app *app = session->app;
    if (session->ended) {
        pass_ended(session, event);
        return;
    }
    if (!session->opened && input_event_is_cancel(event)) {
        app_toast(app, TOAST_INFO, "Connecting to %s was cancelled", session->sandbox_id);
        session->close(app, session);
        return;
    }
    if (session->pasting && event->kind != INPUT_PASTE && event->kind != INPUT_PASTE_END)
        paste_end(session); // a dialog took its end
    forward(session, event);
}

enum change session_send_prefix(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    char bytes[VT_KEY_MAX];
    struct keymap_key key = prefix_key();
    (void)argument;
    if (session != NULL)
        session_write(session, bytes, vt_key_encode(session->vt, key.key, key.modifiers, bytes));
    return CHANGED_NOTHING;
}

bool session_input(struct view *view, const struct input_event *event)
{
    struct session *session = (struct session *)view;
    struct app *app = session->app;
    enum command command = COMMAND_NONE;
    bool ours = session->prefix.active || prefix_is(event);
    if (!ours && session_copy_input(session, event))
        return true;
    switch (prefix_take(&session->prefix, event, &command)) {
    case PREFIX_PASS:
        pass(session, event);
        return true;
    case PREFIX_BEGUN:
        session->notice_until = 0;
        session_prepare_next(session); // the key that follows may ask for it
        break;
    case PREFIX_COMMAND:
        app_dirty(app);
        app->key = event->key;
        app_run_command(app, command); // may end the session
        app->key = 0;
        return true;
    case PREFIX_UNKNOWN: {
        const struct own_command *own = own_command_of(SCOPE_SESSION, keymap_key_of(event));
        if (own != NULL)
            app->owner->run_own(app, own->name);
        else
            tell_unknown(session, event);
        break;
    }
    case PREFIX_LEFT:
    case PREFIX_TAKEN:
        break;
    }
    app_dirty(app);
    return true;
}
