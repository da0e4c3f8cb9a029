// SPDX-License-Identifier: Apache-2.0
//
// split_view: two views on the screen at once: the deck above a session, or two sessions side by side. Keys
// go to the one with the focus. There is one split at most: app->split.

#ifndef SBXDECK_VIEWS_APP_SPLIT_VIEW_H
#define SBXDECK_VIEWS_APP_SPLIT_VIEW_H

#include "views/app/app.h"

#include <stdbool.h>

enum split_kind { SPLIT_STACKED /* first above second */, SPLIT_BESIDE /* first left of second */ };

// Shows both, in place of an earlier split. The views stay their owners'.
void split_open(struct app *app, enum split_kind kind, struct view *first, struct view *second,
                const struct view *focus);
// Ends it; when it was in front, the one with the focus is shown alone. Fine without one.
void split_close(struct app *app);
// Brings a view to the front: the half that it is, in place of the one below the deck, or alone.
void split_show(struct app *app, struct view *view);
// A view is going away: the split that it is in ends, with the other one in its place; else `instead` is
// where it was, on top or below.
void split_forget(struct app *app, const struct view *view, struct view *instead);

bool split_is_in_front(const struct app *app);                  // there is one, and it is shown
enum split_kind split_kind(const struct app *app);              // only with a split
bool split_has(const struct app *app, const struct view *view); // it is one of the two
struct view *split_half(const struct app *app, int half);       // 0 the first, 1 the second
struct view *split_other(const struct app *app);                // the one without the focus
void split_focus(struct app *app, const struct view *view);     // one of the two
void split_zoom(struct app *app);                               // the focused one alone, and back
// The prefix was pressed while the keys go to a half that is no session.
bool split_prefix_is_active(const struct app *app);
// Whether the one with the focus has that whole screen: it is zoomed, or there is no room for two.
bool split_is_alone(const struct app *app, int rows, int cols);
void split_free(struct app *app); // at the end

#endif
