// SPDX-License-Identifier: Apache-2.0
//
// home: Find the operator's home folder as the shell and ssh do: HOME, or where that is not set (cron, a
// bare container) the account's.

#ifndef SBXDECK_API_HOME_H
#define SBXDECK_API_HOME_H

// An absolute path; NULL when there is none. Valid until the next call; for the main thread only.
const char *home_folder(void);

#endif
