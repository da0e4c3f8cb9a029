// SPDX-License-Identifier: Apache-2.0
//
// end_labels: owns the glyph of each clock, and tells api/ends of the open sessions.

#include "views/labels/end_labels.h"

#include "views/labels/state_labels.h"
#include "views/session/session.h"

static bool is_open(void *ctx, const struct fleet_row *row)
{
    const struct app *app = ctx;
    return app->session_count > 0 && session_count_alive(app, row->sandbox.id) > 0;
}

struct ends_scope end_labels_scope(const struct app *app)
{
    return (struct ends_scope){.is_open = is_open, .ctx = (void *)app};
}

struct row_end end_labels_of_session(const struct app *app, const char *sandbox_id,
                                     const struct credential *credential)
{
    static const struct fleet_row gone = {.gone = true};
    const struct ends_scope scope = end_labels_scope(app);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), sandbox_id);
    return ends_of(row != NULL ? row : &gone, credential, app_now(app), &scope);
}

enum glyph end_labels_glyph(enum end_clock clock)
{
    return clock == END_SANDBOX ? GLYPH_MARK : GLYPH_NONE;
}

enum theme_role end_labels_role(enum credential_state state)
{
    enum theme_role role = state_label_credential(state).role;
    return role == ROLE_OK ? ROLE_TEXT : role;
}
