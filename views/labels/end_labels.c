// SPDX-License-Identifier: Apache-2.0
//
// view_ends: owns the glyph of each clock, and tells api/ends of the open sessions.

#include "views/labels/end_labels.h"

#include "views/labels/state_labels.h"
#include "views/session/session.h"

static bool is_open(void *ctx, const struct fleet_row *row)
{
    const struct app *app = ctx;
    return app->session_count > 0 && session_count_alive(app, row->sandbox.id) > 0;
}

struct ends_scope view_ends_scope(const struct app *app)
{
    return (struct ends_scope){.is_open = is_open, .ctx = (void *)app};
}

struct row_end view_ends_of_session(const struct app *app, const char *sandbox_id,
                                    const struct credential *credential)
{
    static const struct fleet_row gone = {.gone = true};
    const struct ends_scope scope = view_ends_scope(app);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), sandbox_id);
    return ends_of(row != NULL ? row : &gone, credential, app_now(app), &scope);
}

enum glyph view_ends_glyph(enum end_clock clock)
{
    return clock == END_SANDBOX ? GLYPH_MARK : GLYPH_NONE;
}

enum theme_role view_ends_role(enum credential_state state)
{
    enum theme_role role = view_word_credential(state).role;
    return role == ROLE_OK ? ROLE_TEXT : role;
}
