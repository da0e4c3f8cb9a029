// SPDX-License-Identifier: Apache-2.0
//
// connect: Lead from Enter on a sandbox to a session: look at the sandbox, look at the credential, do or ask
// what is next, look again. Each look is at the fleet as it is then (connect_plan decides), so that nothing
// is done to a sandbox or credential that has changed meanwhile.

#include "views/connect/connect.h"

#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "views/connect/connect_private.h"
#include "views/labels/phrases.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGN_IN_MS = 3000 };

static void advance(struct connect *flow);

// --- life ---------------------------------------------------------------------------------

void connect_release(struct connect *flow)
{
    if (--flow->holders > 0)
        return;
    app_watch_remove(flow->app, &flow->watch);
    connect_typeahead_drop(&flow->ahead);
    free(flow);
}

// Also lets go of the dialog.
static void end_flow(struct connect *flow)
{
    flow->over = true;
    app_watch_remove(flow->app, &flow->watch);
    connect_close_dialog(flow);
}

static bool is_over(const struct connect *flow)
{
    return flow->over || flow->app->quitting;
}

static void on_changed(void *ctx)
{
    struct connect *flow = ctx;
    flow->holders++;
    if (!is_over(flow) && !flow->calling && (flow->dialog == NULL || flow->waits))
        advance(flow);
    connect_release(flow);
}

static void fail_flow(struct connect *flow, const char *doing, const struct failure *why)
{
    char what[ID_CAP + 32];
    (void)snprintf(what, sizeof what, "%s %s", doing, flow->sandbox_id);
    end_flow(flow);
    app_toast_failure(flow->app, what, why);
}

static void fail_move(struct connect *flow, enum sandbox_move move, const struct failure *why)
{
    const struct fleet_row *row = fleet_find(service_fleet(flow->app->service), flow->sandbox_id);
    struct failure told;
    phrase_move_failure(why, row, &told);
    fail_flow(flow, sandbox_move_name(move), &told);
}

static void open_session(struct connect *flow, const struct credential *credential)
{
    const struct credential chosen = *credential;
    struct app *app = flow->app;
    end_flow(flow);
    service_person_connects(app->service, flow->sandbox_id);
    app_hold_keys(app, NULL); // what is typed is for the shell
    struct session *ended = session_of_serial(app, flow->again);
    if (ended != NULL && !session_is_alive(ended)) {
        session_reopen(ended, &chosen);
        connect_typeahead_give(&flow->ahead, ended);
        return;
    }
    struct session *left = session_of_serial(app, flow->beside);
    struct session *session = session_open(app, flow->sandbox_id, &chosen);
    connect_typeahead_give(&flow->ahead, session);
    if (left != NULL)
        session_put_beside(left, session);
}

// --- calls --------------------------------------------------------------------------------

static void tell_made(const struct connect *flow, const struct credential *credential)
{
    char end[PHRASE_END_CAP], sandbox[PHRASE_SANDBOX_CAP];
    app_toast(flow->app, TOAST_INFO, "Created a credential for %s, %s",
              phrase_sandbox(app_fleet(flow->app), flow->sandbox_id, sandbox),
              phrase_end(credential, app_now(flow->app), end));
}

// The outcome of a create is shown also when the flow is over by then.
static void tell_outcome(const struct connect *flow, const char *doing, const struct failure *why,
                         const struct credential *credential)
{
    char what[ID_CAP + 32];
    if (flow->app->quitting)
        return;
    (void)snprintf(what, sizeof what, "%s %s", doing, flow->sandbox_id);
    if (why->status == STATUS_OK)
        tell_made(flow, credential);
    else
        app_toast_failure(flow->app, what, why);
}

static void create(struct connect *flow);

static void on_regenerated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct connect *flow = ctx;
    flow->calling = false;
    if (!is_over(flow) && why->status != STATUS_OK && failure_is_absence(why)) {
        create(flow); // the server has dropped it: there is nothing left to replace
    } else {
        tell_outcome(flow, "regenerate the credential of", why, credential);
        if (!is_over(flow) && why->status == STATUS_OK)
            open_session(flow, credential);
        else
            end_flow(flow);
    }
    connect_release(flow);
}

static void regenerate(struct connect *flow, const char *id)
{
    flow->calling = true;
    flow->holders++;
    connect_show_progress(flow, "replacing the credential");
    service_regenerate(flow->app->service, flow->sandbox_id, id, on_regenerated, flow);
}

// A sandbox has one credential, or it is not known yet that it may have several.
static bool has_one_only(const struct app *app)
{
    struct service_health health;
    service_health(app->service, &health);
    return health.dialect != DIALECT_CREDENTIAL;
}

static void on_created(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct connect *flow = ctx;
    bool taken = why->status == STATUS_CONFLICT && why->http_status != 0;
    flow->calling = false;
    if (!is_over(flow) && taken && has_one_only(flow->app)) {
        connect_ask(flow, CONNECT_CREATE, NULL, why);
    } else {
        tell_outcome(flow, "create a credential for", why, credential);
        if (!is_over(flow) && why->status == STATUS_OK)
            open_session(flow, credential);
        else
            end_flow(flow);
    }
    connect_release(flow);
}

static void create(struct connect *flow)
{
    flow->calling = true;
    flow->holders++;
    connect_show_progress(flow, "creating a credential");
    service_create(flow->app->service, flow->sandbox_id, on_created, flow);
}

static void on_started(void *ctx, const struct failure *why)
{
    struct connect *flow = ctx;
    if (!is_over(flow)) {
        if (why->status == STATUS_OK)
            advance(flow);
        else
            fail_move(flow, MOVE_START, why);
    }
    connect_release(flow);
}

static void start(struct connect *flow)
{
    flow->starting = true;
    flow->holders++;
    connect_show_progress(flow, "starting");
    service_move(flow->app->service, flow->sandbox_id, MOVE_START, on_started, flow);
}

static void on_woken(void *ctx, const struct failure *why)
{
    struct connect *flow = ctx;
    const struct fleet_row *row = fleet_find(service_fleet(flow->app->service), flow->sandbox_id);
    flow->starting = false;
    if (!is_over(flow)) {
        // A server that does not know the call may wake it at the connection.
        bool still_paused = row != NULL && !row->gone && row->sandbox.state == SANDBOX_paused;
        flow->agreed = why->status == STATUS_OK || (why->status == STATUS_NOT_FOUND && still_paused);
        if (flow->agreed)
            advance(flow);
        else
            fail_move(flow, MOVE_WAKE, why);
    }
    connect_release(flow);
}

static void wake(struct connect *flow)
{
    flow->starting = true;
    flow->holders++;
    connect_show_progress(flow, "waking");
    service_move(flow->app->service, flow->sandbox_id, MOVE_WAKE, on_woken, flow);
}

static void on_forgotten(void *ctx, const struct failure *why)
{
    struct connect *flow = ctx;
    flow->calling = false;
    if (!is_over(flow)) {
        if (why->status != STATUS_OK)
            fail_flow(flow, "forget the credential of", why);
        else
            advance(flow);
    }
    connect_release(flow);
}

static void forget(struct connect *flow)
{
    flow->calling = true;
    flow->holders++;
    service_forget(flow->app->service, flow->row, on_forgotten, flow);
}

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct connect *flow = ctx;
    (void)credential; // it is in the fleet
    flow->calling = false;
    if (!is_over(flow)) {
        if (why->status != STATUS_OK)
            fail_flow(flow, "validate the credential of", why);
        else
            advance(flow);
    }
    connect_release(flow);
}

static void validate(struct connect *flow, const char *id)
{
    flow->calling = true;
    flow->validated = true;
    flow->holders++;
    connect_show_progress(flow, "validating");
    service_validate(flow->app->service, flow->sandbox_id, id, on_validated, flow);
}

// --- answers ------------------------------------------------------------------------------

static void say_yes(struct connect *flow)
{
    switch (flow->asked) {
    case CONNECT_ASK_START:
        start(flow);
        break;
    case CONNECT_ASK_WAKE:
        wake(flow);
        break;
    case CONNECT_ASK_STATE:
        flow->agreed = true;
        advance(flow);
        break;
    case CONNECT_CREATE: // made by someone else: whichever there is
        regenerate(flow, NULL);
        break;
    default:
        regenerate(flow, flow->id);
        break;
    }
}

void connect_answered(struct connect *flow, int result)
{
    if (result == CONNECT_ANSWER_YES && !is_over(flow))
        say_yes(flow);
    else if (result == CONNECT_ANSWER_FORGET && !is_over(flow))
        forget(flow);
    else
        end_flow(flow); // a call under way shows its outcome anyway
}

// --- the look -----------------------------------------------------------------------------

// A credential is looked at as it will be when it is used: one that ends on the way is as good as ended, and
// the server's clock is known to a second or two only.
static int64_t at_sign_in(const struct connect *flow)
{
    return app_now(flow->app) + SIGN_IN_MS;
}

static const struct credential *choose(const struct connect *flow, const struct fleet_row *row)
{
    int64_t now = at_sign_in(flow);
    const struct credential *best = fleet_row_best(row, now);
    const struct credential *asked = NULL;
    for (size_t i = 0; i < row->credential_count; i++)
        if (flow->asked_id[0] != '\0' && strcmp(row->credentials[i].id, flow->asked_id) == 0)
            asked = &row->credentials[i];
    // One that works is never replaced for the sake of one that does not.
    if (asked == NULL ||
        (!credential_is_usable(asked, now) && best != NULL && credential_is_usable(best, now)))
        return best;
    return asked;
}

// In read-only mode the way ends where something would have to be changed. state: of the sandbox; NULL: it is
// the credential that lacks.
static bool is_refused(struct connect *flow, enum connect_step step, const char *state)
{
    struct failure why;
    if (!flow->app->config.read_only || !connect_step_changes(step))
        return false;
    if (state != NULL)
        (void)fail(&why, STATUS_READ_ONLY, "it is %s, and nothing is changed in read-only mode", state);
    else
        (void)fail(&why, STATUS_READ_ONLY,
                   "no credential here works, and none is made or replaced in read-only mode");
    fail_flow(flow, "connect to", &why);
    return true;
}

static void look_at_credential(struct connect *flow, const struct fleet_row *row)
{
    const struct credential *found = choose(flow, row);
    int64_t now = at_sign_in(flow);
    const struct connect_credential_facts facts = {
        .state = credential_state(found, now),
        .usable = found != NULL && credential_is_usable(found, now),
        .askable = found != NULL && found->has_password && !found->sealed_elsewhere && !flow->validated &&
                   credential_state(found, app_now(flow->app)) == CREDENTIAL_expired,
        .in_use = found != NULL && session_uses(flow->app, found->vault_row) > 0,
        .busy = found != NULL && found->busy != NULL,
    };
    enum connect_step step = connect_plan_credential(&facts);
    struct credential credential = {.vault_row = 0}; // a copy: what follows may change the fleet
    if (found != NULL)
        credential = *found;
    if (is_refused(flow, step, NULL))
        return;
    switch (step) {
    case CONNECT_WAIT:
        connect_show_progress(flow, credential.busy != NULL ? credential.busy : "waiting");
        break;
    case CONNECT_USE:
        open_session(flow, &credential);
        break;
    case CONNECT_CREATE:
        create(flow);
        break;
    case CONNECT_VALIDATE:
        validate(flow, credential.id);
        break;
    case CONNECT_REGENERATE:
        regenerate(flow, credential.id);
        break;
    default:
        connect_ask(flow, step, found != NULL ? &credential : NULL, NULL);
        break;
    }
}

static void say_gone(struct connect *flow, const struct fleet_row *row)
{
    struct app *app = flow->app;
    end_flow(flow);
    if (row != NULL && !row->gone)
        app_toast(app, TOAST_WARN, "%s is %s: nothing to connect to", flow->sandbox_id,
                  fleet_state_text(row));
    else
        app_toast(app, TOAST_WARN, "%s is gone from the server's list (%s refreshes)", flow->sandbox_id,
                  command_key(COMMAND_refresh));
}

static void after_state(struct connect *flow)
{
    if (!is_over(flow))
        advance(flow);
    connect_release(flow);
}

static void advance(struct connect *flow)
{
    const struct fleet_row *row = fleet_find(service_fleet(flow->app->service), flow->sandbox_id);
    if (row == NULL) {
        say_gone(flow, NULL);
        return;
    }
    if (!row->gone && connect_asks_state(flow, after_state)) {
        connect_show_progress(flow, "asking for its state");
        return;
    }
    if (row->sandbox.state != SANDBOX_stopped && row->sandbox.state != SANDBOX_paused && row->busy == NULL)
        flow->starting = false;
    const struct connect_sandbox_facts facts = {
        .state = row->sandbox.state,
        .gone = row->gone,
        .agreed = flow->agreed,
        .starting = flow->starting,
        .busy = row->busy != NULL,
    };
    enum connect_step step = connect_plan_sandbox(&facts);
    if (is_refused(flow, step, fleet_state_text(row)))
        return;
    switch (step) {
    case CONNECT_GO:
        look_at_credential(flow, row);
        break;
    case CONNECT_WAIT:
        connect_show_progress(flow, row->busy != NULL ? row->busy
                                    : flow->starting  ? "starting"
                                                      : fleet_state_text(row));
        break;
    case CONNECT_SAY_GONE:
        say_gone(flow, row);
        break;
    default:
        connect_ask(flow, step, NULL, NULL);
        break;
    }
}

static void start_flow(struct app *app, const struct connect *wanted)
{
    if (app->service == NULL) {
        app_toast_failure(app, "API key", &app->key_failure);
        return;
    }
    struct connect *flow = xcalloc(1, sizeof *flow);
    *flow = *wanted;
    flow->app = app;
    flow->holders = 1;
    flow->watch = (struct app_watch){.changed = on_changed, .ctx = flow};
    app_watch_add(app, &flow->watch);
    advance(flow);
    connect_release(flow);
}

static struct connect flow_to(const char *sandbox_id, const char *credential_id)
{
    struct connect flow = {.over = false};
    (void)snprintf(flow.sandbox_id, sizeof flow.sandbox_id, "%s", sandbox_id);
    (void)snprintf(flow.asked_id, sizeof flow.asked_id, "%s", credential_id != NULL ? credential_id : "");
    return flow;
}

void connect_begin(struct app *app, const char *sandbox_id, const char *credential_id)
{
    struct session *open = session_find(app, sandbox_id);
    struct connect flow = flow_to(sandbox_id, credential_id);
    // An end that nobody has seen yet is shown first: its reason and its last screen would be lost.
    if (open != NULL && (session_is_alive(open) || session_is_unseen(open))) {
        session_show(app, open);
        return;
    }
    flow.again = open != NULL ? session_serial(open) : 0;
    start_flow(app, &flow);
}

static void again(struct app *app, const struct session *session)
{
    struct connect flow = flow_to(session_sandbox(session), session_credential_id(session));
    flow.again = session_serial(session);
    start_flow(app, &flow);
}

// The server opens no further channel on the connection that is there: one of its own, in the same tab.
static void on_no_channel(struct app *app, struct session *session)
{
    again(app, session);
}

void connect_again(struct app *app, struct session *session)
{
    struct session *carrier = session_may_share(app, session_sandbox(session));
    const struct credential credential = session_credential(session);
    // With one that does not work any more a new one is what is asked for, and offered in its line.
    if (carrier == NULL || session_is_alive(session) || !credential_is_usable(&credential, app_now(app))) {
        again(app, session);
        return;
    }
    service_person_connects(app->service, session_sandbox(session));
    app_hold_keys(app, NULL); // what is typed is for the shell
    session_reopen_on(session, carrier, on_no_channel);
}

void connect_another(struct app *app, const char *sandbox_id, const char *credential_id, uint64_t beside)
{
    struct session *carrier = session_may_share(app, sandbox_id);
    if (carrier != NULL) { // it is signed in: no credential is looked at
        struct session *left = session_of_serial(app, beside);
        service_person_connects(app->service, sandbox_id);
        app_hold_keys(app, NULL);
        struct session *session = session_open_on(carrier, on_no_channel);
        if (left != NULL)
            session_put_beside(left, session);
        return;
    }
    struct connect flow = flow_to(sandbox_id, credential_id);
    flow.beside = beside;
    start_flow(app, &flow);
}
