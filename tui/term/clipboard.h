// SPDX-License-Identifier: Apache-2.0
//
// clipboard: the bytes that put a text into the clipboard of the operator's terminal (OSC 52). Reading it
// back is not offered.

#ifndef SBXDECK_TUI_TERM_CLIPBOARD_H
#define SBXDECK_TUI_TERM_CLIPBOARD_H

#include <stdbool.h>
#include <stddef.h>

// Bytes of text that can be copied. Many terminals take no OSC 52 of more than 100,000 bytes (base64).
enum { CLIPBOARD_TEXT_MAX = 74000 };

// What must be put around for the terminal to see it.
enum clipboard_wrap { CLIPBOARD_PLAIN, CLIPBOARD_TMUX, CLIPBOARD_SCREEN };
enum clipboard_wrap clipboard_wrap_for(const char *tmux,
                                       const char *term); // values of TMUX and TERM, or NULL

// How a text gets to the terminal.
enum clipboard_route {
    CLIPBOARD_BY_OSC52,
    CLIPBOARD_BY_TMUX,        // tmux is given it; where that fails the plain sequence
    CLIPBOARD_BY_PASSTHROUGH, // wrapped for a tmux with allow-passthrough
    CLIPBOARD_BY_SCREEN,      // wrapped for GNU screen
    CLIPBOARD_BY_ALL          // TERM says screen and nothing says which: it may be a tmux behind an ssh
};
// setting: "auto", "osc52" or "passthrough"; the others are the values of these variables, or NULL.
enum clipboard_route clipboard_route_for(const char *setting, const char *tmux, const char *sty,
                                         const char *term);

// The sequence, ended by NUL, which the caller ends by free() (wipe it first when the text is a secret);
// *out_length is its length. NULL when the text is longer than CLIPBOARD_TEXT_MAX or empty.
char *clipboard_sequence(const char *text, size_t length, enum clipboard_wrap wrap, size_t *out_length);

#endif
