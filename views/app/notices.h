// SPDX-License-Identifier: Apache-2.0
//
// notices: what the console says by itself, on one line at the lower end of the screen, which is never a line
// that somebody works in: the hint bar, or the status line of the session in front. See messages.h for those
// that have gone by.

#ifndef SBXDECK_VIEWS_APP_NOTICES_H
#define SBXDECK_VIEWS_APP_NOTICES_H

#include "views/app/app.h"

#include <stdbool.h>

// What is to be shown now in the status line of that terminal; false: nothing, or elsewhere. While it draws.
bool notices_in(const struct app *app, const struct view *terminal, struct toast_line *out);

// Which keys may stand behind a notice: none while something else takes the keys.
enum notice_keys { NOTICE_NO_KEYS, NOTICE_MORE, NOTICE_HELP };

// In the hint bar, where before ("" none) comes first. Returns the columns that are used up; 0: there is none
// now, and nothing was drawn.
int notices_draw_bar(const struct app *app, int y, int x, int cols, const char *before,
                     enum notice_keys keys);

#endif
