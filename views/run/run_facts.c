// SPDX-License-Identifier: Apache-2.0
//
// run_facts: What an own command is told in its environment: of the sandbox under the cursor or of the
// session in front, of its credential, and the ids of all that are marked. Never a secret.

#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"
#include "views/labels/state_labels.h"
#include "views/run/run_private.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_time(struct run_env *env, const char *name, int64_t at_ms)
{
    char text[40] = "";
    if (at_ms > 0)
        (void)time_format_rfc3339(at_ms, text, sizeof text);
    (void)run_env_set(env, name, text);
}

static void set_sandbox(const struct app *app, struct run_env *env, const struct fleet_row *row)
{
    (void)run_env_set(env, "SBXDECK_SANDBOX", row->sandbox.id);
    (void)run_env_set(env, "SBXDECK_NAME", row->label != NULL ? row->label->name : "");
    // Not SBXDECK_STATE, which is the state folder to an sbxdeck that the command runs.
    (void)run_env_set(env, "SBXDECK_SANDBOX_STATE", row->gone ? "deleted" : fleet_state_text(row));
    (void)run_env_set(env, "SBXDECK_TEMPLATE", row->sandbox.template_id);
    set_time(env, "SBXDECK_TIMEOUT_AT", row->sandbox.timeout_at);
    (void)app;
}

static void set_credential(const struct app *app, struct run_env *env, const struct credential *credential)
{
    struct ssh_target target = {.port = 0};
    struct failure ignored;
    char port[16] = "";
    if (credential != NULL && service_target(app->service, credential, &target, &ignored) == STATUS_OK)
        (void)snprintf(port, sizeof port, "%d", target.port);
    (void)run_env_set(env, "SBXDECK_HOST", target.host);
    (void)run_env_set(env, "SBXDECK_PORT", port);
    (void)run_env_set(env, "SBXDECK_USER", target.user);
    (void)run_env_set(env, "SBXDECK_CREDENTIAL", credential != NULL ? credential->id : "");
    (void)run_env_set(env, "SBXDECK_CREDENTIAL_STATE",
                      credential_state_name(credential_state(credential, app_now(app))));
    set_time(env, "SBXDECK_EXPIRES_AT", credential != NULL ? credential->expires_at : 0);
}

// The ids apart by blanks: none of them has one, and an id that is none is given to nobody. False: they are
// too many for a variable.
static bool set_marked(struct app *app, struct run_env *env, const char *alone, size_t *count)
{
    size_t hidden = 0, used = 0;
    const struct id_set *marks = deck_view_marks(app->deck, &hidden);
    const size_t marked = id_set_count(marks);
    *count = 0;
    if (marked == 0) {
        *count = alone[0] != '\0' ? 1 : 0;
        return run_env_set(env, "SBXDECK_SANDBOXES", alone);
    }
    char *all = xcalloc(marked, ID_CAP + 1);
    for (size_t i = 0; i < marked; i++) {
        const char *id = id_set_at(marks, i);
        if (id_is_valid(id))
            used += (size_t)sprintf(all + used, "%s%s", (*count)++ > 0 ? " " : "", id);
    }
    bool fits = run_env_set(env, "SBXDECK_SANDBOXES", all);
    free(all);
    return fits;
}

static void set_console(const struct app *app, struct run_env *env)
{
    (void)run_env_set(env, "TERM", "xterm-256color");
    (void)run_env_set(env, "SBXDECK_PROFILE",
                      app->config.profile[0] != '\0' ? app->config.profile : "default");
    if (app->config.read_only)
        (void)run_env_set(env, "SBXDECK_READ_ONLY", "yes");
}

static bool facts_of_session(struct app *app, struct run_env *env)
{
    struct session *session = session_on_top(app);
    if (session == NULL) {
        app_toast(app, TOAST_INFO, "No session is in front");
        return false;
    }
    const struct credential credential = session_credential(session);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session_sandbox(session));
    if (row != NULL)
        set_sandbox(app, env, row);
    else
        (void)run_env_set(env, "SBXDECK_SANDBOX", session_sandbox(session));
    set_credential(app, env, &credential);
    return run_env_set(env, "SBXDECK_SANDBOXES", session_sandbox(session));
}

bool run_facts(struct app *app, const struct own_command *command, struct run_env *env, size_t *sandboxes)
{
    struct failure why;
    set_console(app, env);
    *sandboxes = 1;
    if (command->scope == OWN_SESSION)
        return facts_of_session(app, env);
    const struct fleet_row *row = app->service != NULL ? deck_view_row(app->deck) : NULL;
    if (row != NULL && fleet_row_check(row, &why) != STATUS_OK)
        row = NULL; // an id that is none is given to nobody
    const struct credential *credential = row != NULL ? deck_view_credential(app->deck) : NULL;
    if (command->scope != OWN_DECK && row == NULL) {
        app_toast(app, TOAST_INFO, "%s: no sandbox is selected", command->name);
        return false;
    }
    if (command->scope == OWN_CREDENTIAL && credential == NULL) {
        app_toast(app, TOAST_INFO, "%s: no credential of %s is known here", command->name, row->sandbox.id);
        return false;
    }
    if (row != NULL) {
        set_sandbox(app, env, row);
        set_credential(app, env, credential);
    }
    if (set_marked(app, env, row != NULL ? row->sandbox.id : "", sandboxes))
        return true;
    app_toast(app, TOAST_WARN, "%s: %zu marked are more than its environment can hold", command->name,
              *sandboxes);
    return false;
}
