// SPDX-License-Identifier: Apache-2.0
//
// term_colors: the colours of the operator's terminal, as far as it reports them. Asked once at the start
// (see screen_ask_terminal); a terminal that doesn't answer costs nothing.

#ifndef SBXDECK_TUI_TERM_TERM_COLORS_H
#define SBXDECK_TUI_TERM_TERM_COLORS_H

#include "tui/base/default_colors.h"

#include <stdbool.h>
#include <stddef.h>

// The questions: OSC 10, 11, 12 and 4.
#define TERM_COLORS_QUESTIONS                                                                                \
    "\033]10;?\a\033]11;?\a\033]12;?\a"                                                                      \
    "\033]4;0;?\a\033]4;1;?\a\033]4;2;?\a\033]4;3;?\a\033]4;4;?\a\033]4;5;?\a\033]4;6;?\a\033]4;7;?\a"       \
    "\033]4;8;?\a\033]4;9;?\a\033]4;10;?\a\033]4;11;?\a\033]4;12;?\a\033]4;13;?\a\033]4;14;?\a\033]4;15;?\a"

// Takes an answer (an INPUT_REPLY's raw bytes). False: it isn't about a colour.
bool term_colors_reply(const char *raw, size_t length);
// What is known; the text's and the background's are else those that the theme's scheme supposes. Static: it
// follows what comes later.
const struct default_colors *term_colors(void);

#endif
