// SPDX-License-Identifier: Apache-2.0
//
// session: The life of a session: password, connection, terminal, end. Whatever answers later (the vault, the
// server, a dialog) refers to the session by its number, since it may have been closed meanwhile.

#include "views/session/session.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/pane/copy_mode.h"
#include "tui/term/term_colors.h"
#include "views/app/split_view.h"
#include "views/session/session_log.h"
#include "views/session/session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- the event log ------------------------------------------------------------------------

static struct session_log log_of(const struct session *session)
{
    return (struct session_log){.sandbox_id = session->sandbox_id,
                                .id = session->credential.id,
                                .number = session->number,
                                .begun_at = session->begun_at,
                                .opened_at = session->opened_at};
}

static void log_opened(const struct session *session)
{
    const struct session_log log = log_of(session);
    struct event event;
    session_log_opened(&log, &session->new_key, &event);
    service_log(session->app->service, &event);
}

static void log_ended(const struct session *session, const struct ssh_end *end)
{
    const struct session_log log = log_of(session);
    struct event event;
    if (session_log_ended(&log, end, &event))
        service_log(session->app->service, &event);
}

// --- events of the connection -------------------------------------------------------------

static void on_banner(void *ctx, const char *text, size_t length)
{
    session_banner_keep(ctx, text, length);
}

static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    struct session *session = ctx;
    session->stage = stage;
    if (report != NULL)
        session->new_key = *report;
    if (stage == SSH_STAGE_OPEN) {
        session->opened = true;
        session_banner_to_terminal(session);
        session_typeahead_send(session);
        session->opened_at = time_monotonic_ms();
        log_opened(session);
        if (session->no_channel != NULL) // the server lets several be: the next one is not far
            session_prepare_next(session);
        if (session->new_key.unkept[0] != '\0')
            app_toast(session->app, TOAST_WARN,
                      "Can't save the new host key of %s, trusted until sbxdeck quits: %s (%s %s)",
                      session->sandbox_id, session->new_key.unkept, session->new_key.seen_type,
                      session->new_key.seen);
        else if (session->new_key.host[0] != '\0')
            app_toast(session->app, TOAST_INFO, "Saved the new host key of %s: %s %s", session->sandbox_id,
                      session->new_key.seen_type, session->new_key.seen);
    }
    if (session_is_shown(session))
        app_dirty(session->app);
}

// The connection takes no further channel: nothing has happened yet that is worth a word. What was typed
// ahead stays for the shell that is to come.
static void share_refused(struct session *session)
{
    void (*no_channel)(struct app * app, struct session * session) = session->no_channel;
    session->no_channel = NULL;
    session->ended = session->seen = true;
    ssh_session_free(session->ssh);
    session->ssh = NULL;
    expiry_notice_end(session);
    no_channel(session->app, session);
}

static void settle_end(struct session *session)
{
    struct app *app = session->app;
    const struct ssh_end *end = &session->end;
    char reason[SESSION_REASON_CAP], many[SESSION_REASON_CAP + 32];
    session->ended = true;
    session->held_since = 0;
    session->prefix.active = false;
    session->pasting = false;
    session_paste_drop(session);
    session_typeahead_drop(session);
    session_record_end(session);
    session_cause_find(session);
    ssh_session_free(session->ssh);
    session->ssh = NULL;
    expiry_notice_end(session);
    session->seen = session_is_shown(session);
    if (session->copy == NULL)
        app_hold_keys(app, &session->view); // they were typed for the shell
    (void)session_messages_end(end, session->opened, reason, sizeof reason);
    if (session->seen) {
        app_message(app, session_messages_is_calm(end) ? TOAST_INFO : TOAST_WARN, "%s: %s",
                    session->sandbox_id, reason);
    } else {
        (void)snprintf(many, sizeof many, "sessions ended: %s", reason);
        app_toast_many(app, session_messages_is_calm(end) ? TOAST_INFO : TOAST_WARN, many, "%s: %s",
                       session->sandbox_id, reason);
    }
    app_dirty(app);
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    struct session *session = ctx;
    session->end = *end;
    if (end->no_channel && session->no_channel != NULL) {
        share_refused(session);
        return;
    }
    log_ended(session, end);
    session_output_end(session, settle_end);
}

static void end_early(struct session *session, const struct failure *why)
{
    struct ssh_end end = {.status = why->status, .stage = session->stage, .why = *why};
    on_ended(session, &end);
}

// --- opening ------------------------------------------------------------------------------

static const struct ssh_session_events ssh_events = {
    .stage = on_stage, .output = session_output, .banner = on_banner, .ended = on_ended};

static void open_connection(struct session *session, const struct secret *password)
{
    struct remote_env environment;
    struct app *app = session->app;
    struct failure why = {.status = STATUS_OK};
    const struct ssh_session_options options = session_ssh_options(session, password, &environment);
    if (ssh_session_open(app->loop, &options, &ssh_events, session, &session->ssh, &why) != STATUS_OK)
        end_early(session, &why);
}

static void on_password(void *ctx, const struct failure *why, struct secret *password)
{
    struct session *session = session_ref_take(ctx);
    if (session != NULL && !session->ended) {
        if (why->status == STATUS_OK)
            open_connection(session, password);
        else
            end_early(session, why);
    }
    secret_free(password);
}

static void begin_at(struct session *session, const struct credential *credential, enum ssh_stage stage)
{
    struct app *app = session->app;
    session->credential = *credential;
    session->credential.busy = NULL;
    session->told = credential_state(credential, app_now(app));
    session->stage = stage;
    session->begun_at = time_monotonic_ms();
    session->opened_at = 0;
    expiry_notice_begin(session);
    session_show(app, session);
}

static void begin(struct session *session, const struct credential *credential)
{
    struct app *app = session->app;
    struct failure why = {.status = STATUS_OK};
    session->no_channel = NULL;
    begin_at(session, credential, SSH_STAGE_RESOLVE);
    if (service_target(app->service, credential, &session->target, &why) != STATUS_OK) {
        end_early(session, &why);
        return;
    }
    service_password(app->service, credential->vault_row, on_password, session_ref_new(session));
}

static struct session *session_new(struct app *app, const char *sandbox_id)
{
    static uint64_t last_serial;
    struct session *session = xcalloc(1, sizeof *session);
    session->view.methods = &session_methods;
    session->app = app;
    session->close = session_close;
    session->serial = ++last_serial;
    session->paste_text = BYTEBUF(SESSION_PASTE_MAX);
    session->unread = BYTEBUF(SESSION_UNREAD_MAX);
    (void)snprintf(session->sandbox_id, sizeof session->sandbox_id, "%s", sandbox_id);
    session->vt = vt_new(session_vt_rows(app->rows), app->cols,
                         &(struct vt_options){app->config.scrollback, term_colors()});
    session_list_add(app, session);
    return session;
}

struct session *session_open(struct app *app, const char *sandbox_id, const struct credential *credential)
{
    struct session *session = session_new(app, sandbox_id);
    begin(session, credential);
    return session;
}

struct session *session_may_share(const struct app *app, const char *sandbox_id)
{
    struct session *found = NULL;
    for (struct session *session = session_first(app); session != NULL; session = session->next)
        if (session->ssh != NULL && strcmp(session->sandbox_id, sandbox_id) == 0 &&
            ssh_session_may_share(session->ssh) &&
            (found == NULL || session->shown_order > found->shown_order))
            found = session;
    return found;
}

// It is signed in as the carrier is.
static void begin_on(struct session *session, const struct session *carrier,
                     void (*no_channel)(struct app *app, struct session *session))
{
    struct remote_env environment;
    struct failure why = {.status = STATUS_OK};
    session->target = carrier->target;
    session->no_channel = no_channel;
    begin_at(session, &carrier->credential, SSH_STAGE_SHELL);
    const struct ssh_session_options options = session_ssh_options(session, NULL, &environment);
    if (ssh_session_open_beside(carrier->ssh, &options, &ssh_events, session, &session->ssh, &why) !=
        STATUS_OK)
        share_refused(session);
}

struct session *session_open_on(struct session *carrier,
                                void (*no_channel)(struct app *app, struct session *session))
{
    struct session *session = session_new(carrier->app, carrier->sandbox_id);
    begin_on(session, carrier, no_channel);
    return session;
}

static int rows_used(const struct vt *vt)
{
    char text[8];
    int used = vt_rows(vt);
    while (used > 0 && vt_row_text(vt, used - 1, text, sizeof text) == 0)
        used--;
    return used;
}

// The terminal as a new shell expects it, what it showed above it, with the reason of its end ("" none).
static void clear_terminal(struct vt *vt, const char *reason)
{
    static const char modes[] =
        "\033[?1049l\033[!p\033[?1;5;6;9;1000;1002;1003;1004;1005;1006;1015;2004;2026l"
        "\033[?7h\033>\033[r\033[0m\033(B\017";
    char bottom[24], line[SESSION_REASON_CAP + 32];
    vt_write(vt, modes, sizeof modes - 1);
    int used = rows_used(vt);
    if (reason[0] != '\0') {
        (void)snprintf(line, sizeof line, "\033[%d;1H%s[%s]", used > 0 ? used : 1, used > 0 ? "\r\n" : "",
                       reason);
        vt_write(vt, line, strlen(line));
        used = rows_used(vt);
    }
    (void)snprintf(bottom, sizeof bottom, "\033[%d;1H", vt_rows(vt));
    vt_write(vt, bottom, strlen(bottom));
    for (int i = 0; i < used; i++)
        vt_write(vt, "\n", 1);
    vt_write(vt, "\033[H", 3);
}

// As one that has not begun, what it showed in the scrollback.
static void renew(struct session *session)
{
    char reason[SESSION_REASON_CAP] = "", clean[SESSION_REASON_CAP] = "";
    if (session->opened)
        (void)session_messages_end(&session->end, true, reason, sizeof reason);
    (void)display(reason, strlen(reason), clean, sizeof clean);
    session_copy_end(session);
    // First as large as it will be: a terminal that grows takes lines back from the scrollback.
    vt_columns_end(session->vt);
    if (session->rows > 0)
        vt_resize(session->vt, session_vt_rows(session->rows), session->cols);
    clear_terminal(session->vt, clean);
    session->new_key = (struct host_key_report){.host = ""};
    session->end = (struct ssh_end){.status = STATUS_OK};
    session->opened = session->ended = false;
    session->finding[0] = '\0';
    session->found_state = false;
    session_banner_drop(session);
    session->notice_until = 0;
}

void session_reopen(struct session *session, const struct credential *credential)
{
    if (!session->ended)
        return;
    renew(session);
    begin(session, credential);
}

void session_reopen_on(struct session *session, struct session *carrier,
                       void (*no_channel)(struct app *app, struct session *session))
{
    if (!session->ended)
        return;
    renew(session);
    begin_on(session, carrier, no_channel);
}

// --- closing ------------------------------------------------------------------------------

static void destroy(struct session *session)
{
    bool logged = session->ended || session->output_over != NULL;
    session_output_drop(session);
    expiry_notice_end(session);
    if (!logged)
        log_ended(session, &(const struct ssh_end){.status = STATUS_CANCELLED, .by_us = true});
    ssh_session_free(session->ssh);
    session_paste_drop(session);
    session_typeahead_drop(session);
    session_banner_drop(session);
    session_record_end(session);
    session_clipboard_drop(session);
    copy_mode_free(session->copy);
    vt_free(session->vt);
    free(session);
}

void session_close(struct app *app, struct session *session)
{
    session_list_remove(app, session);
    split_forget(app, &session->view, app->deck);
    app_dirty_all(app); // there may be no line of tabs any more
    destroy(session);
    app_dirty(app);
}

void session_free_all(struct app *app)
{
    for (struct session *session = NULL; (session = session_first(app)) != NULL; destroy(session))
        session_list_remove(app, session);
}
