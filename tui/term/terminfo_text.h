// SPDX-License-Identifier: Apache-2.0
//
// terminfo_text: a string of the terminal's description, for the files that read it past curses.

#ifndef SBXDECK_TUI_TERM_TERMINFO_TEXT_H
#define SBXDECK_TUI_TERM_TERMINFO_TEXT_H

#include <curses.h>
#include <term.h>

// "" when the terminal that is set up has no such string. Owned by terminfo.
static inline const char *terminfo_text(const char *name)
{
    const char *value = tigetstr(name);
    return value == NULL || value == (char *)-1 ? "" : value;
}

#endif
