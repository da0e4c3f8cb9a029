// SPDX-License-Identifier: Apache-2.0
//
// proxy_name: From the name that a tool was given to a sandbox. Pure.

#ifndef SBXDECK_VIEWS_SSH_PROXY_PROXY_NAME_H
#define SBXDECK_VIEWS_SSH_PROXY_PROXY_NAME_H

#include "api/config/config.h"
#include "api/fleet/fleet.h"

// What stands before ".leap0", which may be missing, in any case and with the dot of a full name behind it.
// BAD_ARGUMENT: nothing that can name a sandbox.
enum status proxy_name_parse(const char *text, char out[ID_CAP], struct failure *why);

// The profile in NAME.PROFILE.leap0, one of names; NULL: none is meant. name: what stands before it, as text
// has it.
const char *proxy_name_profile(const char *text, const char (*names)[PROFILE_CAP], size_t count,
                               char name[ID_CAP]);

// As fleet_resolve, in the server's list. Tools make names small: where nothing
// is named so, the only id that is, or begins, the same but for its case counts.
enum status proxy_name_resolve(const struct fleet *fleet, const char *name, const struct fleet_row **out,
                               struct failure *why);

#endif
