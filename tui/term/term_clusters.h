// SPDX-License-Identifier: Apache-2.0
//
// term_clusters: how many columns the operator's terminal gives to characters of more than one code point.
// It is asked at the start by writing three of them and asking where the cursor is: terminals differ, and a
// row drawn for another kind is out of line. One that doesn't answer is taken for one that counts each code
// point, as xterm does.

#ifndef SBXDECK_TUI_TERM_TERM_CLUSTERS_H
#define SBXDECK_TUI_TERM_TERM_CLUSTERS_H

#include <stdbool.h>
#include <stddef.h>

// On the second line, which is left blank; for a terminal in UTF-8, before anything is drawn.
#define TERM_CLUSTERS_QUESTIONS                                                                              \
    "\0337\033[2;1H\342\235\244\357\270\217\033[6n"                                                          \
    "\033[2;1H\033[K\360\237\221\215\360\237\217\275\033[6n"                                                 \
    "\033[2;1H\033[K\360\237\221\251\342\200\215\360\237\222\273\033[6n"                                     \
    "\033[2;1H\033[K\0338"

void term_clusters_begin(void); // nothing is known; before the questions
// Takes an answer (an INPUT_REPLY's raw bytes). True: it was one, and what is shown is to be drawn again.
bool term_clusters_reply(const char *raw, size_t length);

bool term_selectors_widen(void); // U+FE0F makes a character of one column take two
bool term_tones_join(void);      // a tone of skin takes no columns behind its emoji
bool term_joiners_join(void);    // emoji joined by U+200D take those of one

#endif
