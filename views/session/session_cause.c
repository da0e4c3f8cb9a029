// SPDX-License-Identifier: Apache-2.0
//
// session_cause: Find out why a session ended, for its panel: the network, the credential, what the server
// says of a refused credential, or the sandbox's state. That it is paused, stopped or deleted says more than
// what the network does; it stays true while it is shown, since one that was being paused is paused a moment
// later.

#include "views/session/session_private.h"

#include <stdio.h>
#include <string.h>

enum { CLOCK_ERROR_MS = 2000 };

// --- what is known here -------------------------------------------------------------------

static void find_by_network(struct session *session)
{
    struct ssh_session_facts facts;
    if (!session_network_is_lost(session))
        return;
    ssh_session_facts(session->ssh, &facts);
    (void)snprintf(session->finding, sizeof session->finding,
                   "the network changed: this machine no longer has the address %s that the session used (%s "
                   "connects again)",
                   facts.local_address, command_key(COMMAND_session_again));
}

// A sandbox that disconnects a session gives no reason; a credential that no longer works is the likely one.
// The server's clock is known to a second or two only.
static void find_here(struct session *session)
{
    struct credential credential = session_credential(session);
    enum credential_state state = credential_state(&credential, app_now(session->app) + CLOCK_ERROR_MS);
    if (session->opened && !session_messages_is_calm(&session->end))
        find_by_network(session);
    bool ended = state == CREDENTIAL_expired || state == CREDENTIAL_invalid || state == CREDENTIAL_revoked;
    if (session->finding[0] == '\0' && session->opened && !session_messages_is_calm(&session->end) && ended)
        (void)snprintf(session->finding, sizeof session->finding,
                       "its credential is %s, which may be why (%s connects with a new one)",
                       credential_state_name(state), command_key(COMMAND_session_again));
}

// --- what its sandbox is in ---------------------------------------------------------------

static void find_by_state(struct session *session, const struct fleet_row *row)
{
    const char *again = command_key(COMMAND_session_again);
    enum sandbox_state state = row != NULL && !row->gone ? row->sandbox.state : SANDBOX_deleted;
    char *out = session->finding;
    size_t cap = sizeof session->finding;
    if (state == SANDBOX_paused || state == SANDBOX_stopped)
        (void)snprintf(out, cap, "the sandbox is %s (%s %s it and connects)", fleet_state_text(row), again,
                       state == SANDBOX_paused ? "wakes" : "starts");
    else if (state == SANDBOX_deleted || state == SANDBOX_deleting)
        (void)snprintf(out, cap, "the sandbox is %s (%s leads to the deck)",
                       state == SANDBOX_deleted ? "deleted" : "being deleted",
                       command_key(COMMAND_session_leave));
    else if (state != SANDBOX_running)
        (void)snprintf(out, cap, "the sandbox is %s (%s connects when it runs)", fleet_state_text(row),
                       again);
    else if (session->found_state)
        (void)snprintf(out, cap, "the sandbox runs again (%s connects)", again);
    session->found_state = session->found_state || state != SANDBOX_running;
}

void session_states_changed(struct app *app)
{
    for (struct session *session = session_first(app); session != NULL; session = session->next) {
        char before[sizeof session->finding];
        if (!session->ended || !session->found_state)
            continue;
        memcpy(before, session->finding, sizeof before);
        find_by_state(session, fleet_find(service_fleet(app->service), session->sandbox_id));
        if (strcmp(before, session->finding) != 0)
            app_dirty(app);
    }
}

static void on_detail(void *ctx, const struct failure *why)
{
    struct session *session = session_ref_take(ctx);
    // Without an answer of the server the finding from the network stays.
    if (session == NULL || !session->ended || (why->status != STATUS_OK && !failure_is_absence(why)))
        return;
    find_by_state(session, fleet_find(service_fleet(session->app->service), session->sandbox_id));
    app_dirty(session->app);
}

static void ask_state(struct session *session)
{
    const struct ssh_end *end = &session->end;
    bool by_choice = end->by_us || end->exited || end->status == STATUS_CANCELLED;
    if (by_choice || end->status == STATUS_HOST_KEY_CHANGED || end->status == STATUS_SIGN_IN_REFUSED)
        return;
    service_detail(session->app->service, session->sandbox_id, on_detail, session_ref_new(session));
}

// --- whether a refused credential is valid --------------------------------------------------

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct session *session = session_ref_take(ctx);
    const char *again = command_key(COMMAND_session_again);
    if (session == NULL)
        return;
    if (why->status != STATUS_OK)
        (void)snprintf(session->finding, sizeof session->finding,
                       "can't check whether the credential is still valid: %s", failure_text(why));
    else if (credential->verdict == VERDICT_VALID)
        (void)snprintf(
            session->finding, sizeof session->finding,
            "the server says the credential is valid: the sandbox may not know it yet (%s tries again)",
            again);
    else
        (void)snprintf(
            session->finding, sizeof session->finding,
            "the server says the credential is no longer valid (%s creates a new one and connects)", again);
    app_dirty(session->app);
}

static void ask_server(struct session *session)
{
    service_validate(session->app->service, session->sandbox_id, session->credential.id, on_validated,
                     session_ref_new(session));
}

void session_cause_find(struct session *session)
{
    find_here(session);
    if (session->end.status == STATUS_SIGN_IN_REFUSED)
        ask_server(session);
    else
        ask_state(session);
}
