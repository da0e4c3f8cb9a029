// SPDX-License-Identifier: Apache-2.0
//
// pty: Run a program in a pseudo-terminal of its own, and read its screen. What the program writes goes into
// the project's terminal emulator, what that has to answer goes back. The one driver under the unit tests of
// the emulator, the end-to-end tests and the bench: they add what they wait for and how they fail.
//
// Needs tui/vt; a program that links this file links tui too.

#ifndef SBXDECK_TESTS_SUPPORT_PTY_H
#define SBXDECK_TESTS_SUPPORT_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vt;
struct pty;

enum { PTY_LOG_CAP = 8 * 1024 * 1024, PTY_LINE_CAP = 8192, PTY_ANY_ROW = -1 };

enum pty_option {
    PTY_RAW = 1,  // no screen is kept: only the last output can be searched, as bytes
    PTY_LOG = 2,  // the first PTY_LOG_CAP bytes of output are kept, to be searched at the end
    PTY_BARE = 4, // the environment is what is given and nothing else; without: added to this process's own
};

// Starts argv (looked for in PATH when without a slash) as the leader of a session of its own. environment:
// "NAME=value" pairs, NULL-ended; NULL: none. NULL, with the reason on stderr, when it can't be started.
struct pty *pty_open(const char *const argv[], const char *const environment[], int rows, int cols,
                     unsigned options);
// Kills what still runs of its process group and frees all. NULL is fine.
void pty_close(struct pty *pty);

pid_t pty_pid(const struct pty *pty);
// The screen, of the pty; NULL with PTY_RAW.
struct vt *pty_screen(struct pty *pty);
// This side and the program's side of the terminal; both of the pty. The program's side stays open after its
// end, so that its settings can be read.
int pty_master(const struct pty *pty);
int pty_slave(const struct pty *pty);

// All of it, waiting for room where needed; false when the program takes no more for SUPPORT_WAIT_MS.
bool pty_type(struct pty *pty, const void *bytes, size_t length);
bool pty_resize(struct pty *pty, int rows, int cols);
// Takes in what there is, waiting at most wait_ms for something to come. False when nothing came.
bool pty_take(struct pty *pty, int wait_ms);
// Whether the program has ended; all that it wrote has been taken in then.
bool pty_ended(struct pty *pty);
// Its exit code, or 128 + the signal, once it has ended; -1 before.
int pty_exit_code(struct pty *pty);

// The row from 0 as text, trailing blanks cut. Valid until the next call.
const char *pty_line(struct pty *pty, int row);
// All rows, each ended by '\n'. Valid until the next call.
const char *pty_text(struct pty *pty);
// Whether that row (PTY_ANY_ROW: one of them) has the text. With PTY_RAW: whether it was in the output since
// the last pty_forget, also across two reads.
bool pty_shows(struct pty *pty, int row, const char *text);
void pty_forget(struct pty *pty);
// Whether the log has it.
bool pty_wrote(const struct pty *pty, const char *text);

#endif
