// SPDX-License-Identifier: Apache-2.0
//
// cli_terminal: put the operator's terminal into raw mode for `sbxdeck ssh`, which every exit undoes, and
// read the escapes that users of ssh know (~. ~^Z ~? ~~ at the start of a line).

#ifndef SBXDECK_VIEWS_CLI_CLI_TERMINAL_H
#define SBXDECK_VIEWS_CLI_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

// Puts standard input into raw mode. False when it is not a terminal. Signals that end or stop us put it back
// first.
bool cli_terminal_raw(void);
// As it was before cli_terminal_raw; fine when it never was.
void cli_terminal_restore(void);
// Before cli_terminal_raw, when a remote program draws on standard output: what it may have turned on
// there is turned off again when it can't do that itself any more.
void cli_terminal_lend(void);
// In place of cli_terminal_restore. in_order: it has ended by itself and left the screen as it wanted.
void cli_terminal_take_back(bool in_order);
// Stops this process group as Ctrl-Z in a shell does; returns when it goes on, raw again.
void cli_terminal_stop(void);
// Rows and columns of the terminal on standard input or output; 24 and 80 when there is none.
void cli_terminal_size(int *rows, int *cols);
// Columns of the terminal that standard output is, or what COLUMNS says; 0: no limit, as for a pipe.
int cli_terminal_columns(void);
// Prints text from column `used` of a line on, and ends the line. Words that have no room there begin a line
// of their own, indented. Without a limit it is one line.
void cli_terminal_wrap(int used, int indent, const char *text);

enum escape_action { ESCAPE_NONE, ESCAPE_CLOSE, ESCAPE_STOP, ESCAPE_HELP };

// Where we are in a line of typed input.
struct escape_filter {
    bool in_line; // something stands on the line already
    bool pending; // a ~ at its start was held back
};
enum { ESCAPE_SPARE = 1 };

// Takes typed bytes and gives what is to be sent into out (room for length + ESCAPE_SPARE). Stops at an
// escape: *used is how many bytes were taken, the caller comes again with the rest. Split at any byte.
enum escape_action cli_terminal_escape(struct escape_filter *filter, const char *bytes, size_t length,
                                       char *out, size_t *out_length, size_t *used);

#endif
