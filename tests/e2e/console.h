// SPDX-License-Identifier: Apache-2.0
//
// console: the program as an operator has it: running in a terminal of its own (a PTY), its screen read by
// the project's terminal emulator, its keys typed. Everything waits for a condition with a deadline; a test
// fails with the screen in its message.

#ifndef SBXDECK_TESTS_E2E_CONSOLE_H
#define SBXDECK_TESTS_E2E_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct console;
struct vt;

enum { CONSOLE_WAIT_MS = 30000 };

// Starts argv in a PTY of that size. environment: "NAME=value" pairs over a clean base (PATH, HOME, TERM,
// LANG), NULL-ended. Fails the test when it can't.
struct console *console_start(int rows, int cols, const char *const argv[], const char *const environment[]);
// Ends the program if it still runs (SIGKILL) and frees all.
void console_free(struct console *console);

// Sends bytes as typed. Keys by name: see KEY_ below.
void console_type(struct console *console, const char *bytes);
void console_type_bytes(struct console *console, const void *bytes, size_t length); // with NUL too
// Types a command and Enter, and waits until the screen shows the text.
void console_run(struct console *console, const char *command, const char *expected);
// Types keys that may not count yet, again and again as a person would, until the screen shows the text.
void console_type_until(struct console *console, const char *keys, const char *text);
void console_resize(struct console *console, int rows, int cols);
// The same with a shell in it: on a clear screen, when the shell's own terminal has that size, such as "23
// 90".
void console_resize_shell(struct console *console, int rows, int cols, const char *size);
pid_t console_pid(const struct console *console);

// The screen as text, lines ended by '\n', trailing blanks cut. Valid until the next call on the console.
const char *console_screen(struct console *console);
const char *console_line(struct console *console, int row);
bool console_shows(struct console *console, const char *text);
// The operator's terminal, for how cells look. Of the console.
const struct vt *console_terminal(struct console *console);

// Take in output until the screen shows the text (or no longer does, or matches an extended regular
// expression); the test fails with the screen when it does not in CONSOLE_WAIT_MS.
void console_wait(struct console *console, const char *text);
void console_wait_row(struct console *console, int row, const char *text); // in that row, from 0
void console_wait_gone(struct console *console, const char *text);
void console_wait_match(struct console *console, const char *pattern);
// Until the time that is shown and begins so ("24m") is another one.
void console_wait_countdown(struct console *console, const char *beginning);
// Until the program ends; its exit code, or 128 + the signal.
int console_wait_exit(struct console *console);
// The terminal's own settings are as they were at the start: echo and line mode, main screen, cursor shown.
bool console_terminal_is_whole(struct console *console);
// What it put into the terminal's clipboard since the last time it was asked, the newest; "" nothing. The
// caller frees it.
char *console_clipboard(struct console *console);
void console_take(struct console *console); // what there is, after waiting a moment for something to come
// Everything that the program wrote, for searching secrets.
bool console_ever_wrote(const struct console *console, const char *text);

#define KEY_ENTER  "\r"
#define KEY_ESC    "\033"
#define KEY_UP     "\033[A"
#define KEY_DOWN   "\033[B"
#define KEY_RIGHT  "\033[C"
#define KEY_TAB    "\t"
#define KEY_PREFIX "\035"
#define KEY_CTRL_C "\003"
#define KEY_CTRL_D "\004"
#define KEY_CTRL_R "\022"
#define KEY_CTRL_U "\025"
#define KEY_CTRL_Z "\032"

#endif
