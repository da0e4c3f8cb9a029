// SPDX-License-Identifier: Apache-2.0
//
// session_state: asks, when a session was cut off or could not be opened, what became of its sandbox: that it
// is paused, stopped or deleted says more than what the network does. It stays true while it is shown: a
// sandbox that was being paused is paused a moment later.

#include "tui/base/xalloc.h"
#include "views/session/session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asking {
    struct app *app;
    uint64_t serial;
};

static void find(struct session *session, const struct fleet_row *row)
{
    const char *again = command_key(COMMAND_session_again);
    enum sandbox_state state = row != NULL && !row->gone ? row->sandbox.state : SANDBOX_deleted;
    char *out = session->finding;
    size_t cap = sizeof session->finding;
    if (state == SANDBOX_paused || state == SANDBOX_stopped)
        (void)snprintf(out, cap, "the sandbox is %s (%s %s it and connects)",
                       sandbox_state_text(&row->sandbox), again,
                       state == SANDBOX_paused ? "wakes" : "starts");
    else if (state == SANDBOX_deleted || state == SANDBOX_deleting)
        (void)snprintf(out, cap, "the sandbox is %s (%s leads to the deck)",
                       state == SANDBOX_deleted ? "deleted" : "being deleted",
                       command_key(COMMAND_session_leave));
    else if (state != SANDBOX_running)
        (void)snprintf(out, cap, "the sandbox is %s (%s connects when it runs)",
                       sandbox_state_text(&row->sandbox), again);
    else if (session->found_state)
        (void)snprintf(out, cap, "the sandbox runs again (%s connects)", again);
    session->found_state = session->found_state || state != SANDBOX_running;
}

void session_states_changed(struct app *app)
{
    for (size_t i = 0; i < app->session_count; i++) {
        struct session *session = app->sessions[i];
        char before[sizeof session->finding];
        if (!session->ended || !session->found_state)
            continue;
        memcpy(before, session->finding, sizeof before);
        find(session, fleet_find(service_fleet(app->service), session->sandbox_id));
        if (strcmp(before, session->finding) != 0)
            app_dirty(app);
    }
}

static void on_detail(void *ctx, const struct failure *why)
{
    struct asking *asking = ctx;
    struct app *app = asking->app;
    struct session *session = app->quitting ? NULL : session_of_serial(app, asking->serial);
    free(asking);
    // Nothing is known when the server can't be asked; what the network says stands then.
    if (session == NULL || !session->ended || (why->status != STATUS_OK && !failure_is_absence(why)))
        return;
    find(session, fleet_find(service_fleet(app->service), session->sandbox_id));
    app_dirty(app);
}

void session_ask_state(struct session *session)
{
    const struct ssh_end *end = &session->end;
    bool by_choice = end->by_us || end->exited || end->status == STATUS_CANCELLED;
    if (by_choice || end->status == STATUS_HOST_KEY_CHANGED || end->status == STATUS_SIGN_IN_REFUSED)
        return;
    struct asking *asking = xcalloc(1, sizeof *asking);
    *asking = (struct asking){session->app, session->serial};
    service_detail(session->app->service, session->sandbox_id, on_detail, asking);
}
