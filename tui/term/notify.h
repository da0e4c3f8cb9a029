// SPDX-License-Identifier: Apache-2.0
//
// notify: the bytes that ask the operator's terminal for a desktop notification: OSC 9 and OSC 777, of which
// a terminal takes the one it knows.

#ifndef SBXDECK_TUI_TERM_NOTIFY_H
#define SBXDECK_TUI_TERM_NOTIFY_H

#include "tui/term/clipboard.h"

enum { NOTIFY_TEXT_MAX = 180, NOTIFY_CAP = 1024 };

// Foreign text is fine: it goes through display(), and what separates fields in the sequence is replaced. A
// longer text is cut. Returns the length; out is NUL-ended.
size_t notify_sequence(const char *title, const char *text, enum clipboard_wrap wrap, char out[NOTIFY_CAP]);

#endif
