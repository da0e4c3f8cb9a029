// SPDX-License-Identifier: Apache-2.0
//
// tty_guard: restore the terminal on every death that can be caught. Whoever changes a terminal's modes
// registers the old ones here; a signal whose default action would end the process then puts them back first
// and ends it as it would have.
//
// There is one terminal in a process. All but tty_guard_restore are for the main thread, outside of
// handlers.

#ifndef SBXDECK_TUI_TERM_TTY_GUARD_H
#define SBXDECK_TUI_TERM_TTY_GUARD_H

#include <stddef.h>
#include <termios.h>

enum { TTY_GUARD_TEXT_MAX = 768 };

struct tty_guard {
    int fd; // whose modes were changed; stays open until tty_guard_end
    struct termios before, raw;
    // Writes the text of tty_guard_text. Async-signal-safe, and waits for nothing. NULL: no text.
    void (*put)(const char *bytes, size_t length);
};

// Before the modes are changed. Signals that are already handled or ignored are left alone. Where
// SIGTSTP and SIGCONT are free, they are taken too: the modes are as before while the process is stopped.
// Again, with other modes, is fine.
void tty_guard_begin(const struct tty_guard *terminal);
// What is written at the end, besides the modes: at most TTY_GUARD_TEXT_MAX bytes with the NUL, copied.
void tty_guard_text(const char *text);
// The terminal has been restored, or another process has it: nothing is restored any more.
void tty_guard_end(void);
// For a handler of the caller's own: once after a tty_guard_begin, else nothing.
void tty_guard_restore(void);

#endif
