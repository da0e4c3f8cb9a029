// SPDX-License-Identifier: Apache-2.0
//
// terminfo: descriptions of terminals that the system does not have, for tests.

#ifndef SBXDECK_TESTS_SUPPORT_TERMINFO_H
#define SBXDECK_TESTS_SUPPORT_TERMINFO_H

#include <stdbool.h>

// What a description has when its terminal can do all that the console can hand on: 24-bit colours, kinds
// and colours of underlines, overlines, links.
#define TERMINFO_MODERN                                                                                      \
    "Tc, Smulx=\\E[4:%p1%dm, Smol=\\E[53m, Rmol=\\E[55m, "                                                   \
    "Setulc=\\E[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%dm, "                                \
    "Hls=\\E]8;%p1%s;%p2%s\\E\\\\, "

// Compiles into the folder (what TERMINFO is to name) a description of that name: xterm-256color with these
// capabilities more. False, with the reason on stderr, when it can't be done.
bool terminfo_make(const char *folder, const char *name, const char *more);

#endif
