// SPDX-License-Identifier: Apache-2.0
//
// network: React to a change of this machine's network: show it, refresh from the server, and probe the open
// sessions. It never connects or signs in by itself.

#ifndef SBXDECK_VIEWS_BACKGROUND_NETWORK_H
#define SBXDECK_VIEWS_BACKGROUND_NETWORK_H

struct app;

// For an app with a service. Where the network can't be watched everything else goes on.
void network_begin(struct app *app);
void network_end(struct app *app); // twice is fine; before the loop is drained

#endif
