// SPDX-License-Identifier: Apache-2.0
//
// forwards: The console's forwards: what is open, by sandbox, and what was stopped and may be begun again.

#ifndef SBXDECK_VIEWS_FORWARD_FORWARDS_H
#define SBXDECK_VIEWS_FORWARD_FORWARDS_H

#include "api/forward/sandbox_forward.h"
#include "api/net/net_state.h"
#include "views/deck/deck_forwards.h"

#include <stdbool.h>
#include <stddef.h>

struct app;

// One forward, listening or stopped. Of the list; its number is its own for the whole run.
struct forward_entry;

void forwards_begin(struct app *app); // nothing without a service
void forwards_end(struct app *app);   // with the service still there; fine when it never began

// Listens, and connects where nothing of that sandbox is connected yet. One that was stopped and is the same
// is begun again. On failure nothing has changed.
enum status forwards_open(struct app *app, const char *sandbox_id, const struct forward_spec *spec,
                          struct failure *why);
void forwards_stop(struct app *app, struct forward_entry *entry); // it stays in the list
enum status forwards_start(struct app *app, struct forward_entry *entry, struct failure *why);
void forwards_drop(struct app *app, struct forward_entry *entry);          // a stopped one leaves the list
void forwards_connect(struct app *app, const struct forward_entry *entry); // now, where it is cut or waits
void forwards_network_changed(const struct app *app);
size_t forwards_network_used(const struct app *app, struct net_address *out, size_t cap);

size_t forwards_count(const struct app *app); // in the list, stopped ones too
// How many listen. sandbox_id NULL: of all.
size_t forwards_open_count(const struct app *app, const char *sandbox_id);
struct forward_entry *forwards_at(const struct app *app, size_t index); // in the order of their beginning
// Of a sandbox, for the deck. False: none listens there.
bool forwards_of_sandbox(const struct app *app, const char *sandbox_id, struct deck_forwards *out);

struct forward_entry_facts {
    const char *sandbox_id;
    bool stopped;
    struct forward_port_facts port;    // stopped: as it was then
    struct sandbox_forward_facts link; // where it isn't stopped
};
void forward_entry_facts(const struct forward_entry *entry, struct forward_entry_facts *out);

#endif
