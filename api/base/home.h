// SPDX-License-Identifier: Apache-2.0
//
// home: Find the operator's folders as the shell and ssh do: HOME, or where that is not set (cron, a bare
// container) the account's home folder; and the XDG folders.

#ifndef SBXDECK_API_BASE_HOME_H
#define SBXDECK_API_BASE_HOME_H

#include <stdbool.h>
#include <stddef.h>

// For the main thread only.

// path into out, with the home folder in place of a leading "~" before "/" (if there is one). False: it does
// not fit.
bool home_expand(const char *path, char *out, size_t cap);
// Our folder in the one that the variable names ("XDG_STATE_HOME"), or else below the home folder
// (".local/state"). Returns its length, which does not fit when cap or more; -1: neither is an absolute path.
int home_xdg_folder(const char *variable, const char *below_home, char *out, size_t cap);

#endif
