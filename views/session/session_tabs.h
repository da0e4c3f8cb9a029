// SPDX-License-Identifier: Apache-2.0
//
// session_tabs: The sessions as tabs: the line that shows them, the list to pick from, and switching by
// number.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_TABS_H
#define SBXDECK_VIEWS_SESSION_SESSION_TABS_H

#include "views/app/app.h"

struct view *session_tabs_new(struct app *app); // the bar above the top view; app->bar
void session_tabs_say_none(struct app *app);    // that no session is open

// As the tab has it. Foreign text; valid until the next change of the fleet or of the name.
struct session;
const char *session_tab_name(const struct session *session);
int session_tab_number(const struct session *session);

#endif
