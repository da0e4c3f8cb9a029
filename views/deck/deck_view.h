// SPDX-License-Identifier: Apache-2.0
//
// deck_view: The deck: header, table of sandboxes, details of the selected one, filter line. The selection
// is a sandbox, not a line: it stays on it when the list changes.

#ifndef SBXDECK_VIEWS_DECK_DECK_VIEW_H
#define SBXDECK_VIEWS_DECK_DECK_VIEW_H

#include "api/base/secret.h"
#include "api/expiry/renewal.h"
#include "api/fleet/deadline.h"
#include "views/command/commands.h"

#include <stdbool.h>
#include <stdint.h>

struct app;
struct view;
struct deck_forwards;

// What the deck shows and others know; handed in by whoever builds it.
struct deck_facts {
    size_t (*sessions)(const struct app *app, const char *sandbox_id); // alive there; NULL: in all
    // The sandbox of the alive session with that number; NULL beyond the last. NULL: nobody knows.
    const char *(*session_sandbox)(const struct app *app, size_t index);
    struct deadline_scope (*ends)(const struct app *app); // where they are; good as long as app
    enum renewal_scope (*renewal)(const struct app *app, const char *sandbox_id, const char *id);
    bool (*renewal_is_held)(const struct app *app); // nothing is renewed now
    // The bulk operation under way ("regenerating 14/40"); "" none. Returns out.
    char *(*bulk)(const struct app *app, char *out, size_t cap);
    // False: nothing is.
    bool (*forwards)(const struct app *app, const char *sandbox_id, struct deck_forwards *out);
};

// facts must live as long. Ended by its methods' free, with the loop running on.
struct view *deck_view_new(struct app *app, const struct deck_facts *facts);
void deck_view_changed(struct view *deck); // the fleet or what is known of the wire has changed

// The selected sandbox and credential; NULL: none. Valid until the loop's next turn.
const struct fleet_row *deck_view_row(const struct view *deck);
const struct credential *deck_view_credential(const struct view *deck);
void deck_view_select(struct view *deck, const char *sandbox_id); // also one that is not in the list yet
// The same; a filter that hides it is cleared.
void deck_view_find(struct view *deck, const char *sandbox_id);
void deck_view_select_credential(struct view *deck, int64_t vault_row);

// Takes the password and shows it for the configured time, if the credential is still the selected one.
void deck_view_reveal(struct view *deck, int64_t vault_row, struct secret *password);
// Shows the details if they are not, scrolled to the password.
void deck_view_show_details(struct view *deck);
bool deck_view_is_revealed(const struct view *deck);
void deck_view_hide(struct view *deck);

// What commands can act on: sandboxes, the selected one, its credential, the marks.
struct command_facts;
void deck_view_command_facts(const struct view *deck, struct command_facts *out);

// The marked sandboxes; what a range covers is then marked for good. *hidden: how many the filter does not
// show. Of the deck, until its next change.
struct id_set;
const struct id_set *deck_view_marks(struct view *deck, size_t *hidden);
size_t deck_view_marked(const struct view *deck); // how many there are, with the range
bool deck_view_is_marked(const struct view *deck, const char *sandbox_id);
// Only those are marked from now on; takes them.
void deck_view_mark_only(struct view *deck, struct id_set *marks);
// Gives up the range; without one all marks. False: there was nothing to give up.
bool deck_view_unmark(struct view *deck);

// The organisation at a glance, in so many lines (see deck_header_rows).
void deck_view_draw_header(const struct view *deck, int y, int x, int rows, int cols);
const char *deck_view_filter(const struct view *deck); // "" none
const char *
deck_view_filter_expanded(const struct view *deck); // with the words of saved filters in their place
void deck_view_set_filter(struct view *deck, const char *text); // kept, as if it was typed; "" clears it
bool deck_view_filter_is_wrong(const struct view *deck,
                               struct failure *why); // a word of it counts for nothing
// Methods of a view that shows the deck's rows (see view_methods): what is typed, what is under way, the
// marks.
enum hint_layer deck_view_hint_layer(const struct view *deck);
void deck_view_foot(const struct view *deck, char *out, size_t cap);
// The line that the filter is typed in; the column of the cursor.
int deck_view_draw_filter(struct view *deck, int y, int x, int cols);
bool deck_view_is_filtering(const struct view *deck); // the filter is being typed
void deck_view_choose(struct view *deck);             // while the filter is typed the operator went to a row

#endif
