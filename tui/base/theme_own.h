// SPDX-License-Identifier: Apache-2.0
//
// theme_own: colours as an operator writes them: "red", "bright-blue on 236", "#ff8800 bold",
// "default underline".

#ifndef SBXDECK_TUI_BASE_THEME_OWN_H
#define SBXDECK_TUI_BASE_THEME_OWN_H

#include "tui/base/theme.h"

enum { THEME_OWN_WHY_CAP = 160 };

// [foreground] [on] [background] [attributes], apart by blanks. A colour is a name of the terminal's 16
// (black red green yellow blue magenta cyan white, each also with bright-), 0 to 255, #rgb, #rrggbb, a name
// of X11's, or default (the terminal's own); attributes are bold dim italic underline reverse plain. What
// isn't said is the scheme's. False: why says which word is wrong; *out is unchanged.
bool theme_own_parse(const char *text, struct theme_own *out, char why[THEME_OWN_WHY_CAP]);

// By name; ROLE_COUNT: none.
enum theme_role theme_role_find(const char *name);
const char *theme_role_name(enum theme_role role);
const char *theme_role_text(enum theme_role role); // what it is of

#endif
