// SPDX-License-Identifier: Apache-2.0
//
// proxy_name: From the name that a tool was given to a sandbox. Pure.

#ifndef SBXDECK_VIEWS_SSH_PROXY_PROXY_NAME_H
#define SBXDECK_VIEWS_SSH_PROXY_PROXY_NAME_H

#include "api/fleet/fleet.h"

// What stands before ".leap0", which may be missing, in any case and with the dot of a full name behind it.
// BAD_ARGUMENT: nothing that can name a sandbox.
enum status proxy_name_parse(const char *text, char out[ID_CAP], struct failure *why);

// The sandbox with that whole id, whose credentials the vault has; NULL: none, or it can't be told apart.
// Tools make names small: where no id is the same, one that is but for its case counts.
const struct fleet_row *proxy_name_whole(const struct fleet *fleet, const char *name);
// By id or unambiguous prefix, as fleet_resolve, or the same but for its case.
enum status proxy_name_resolve(const struct fleet *fleet, const char *name, const struct fleet_row **out,
                               struct failure *why);

#endif
