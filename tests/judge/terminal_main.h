// SPDX-License-Identifier: Apache-2.0
//
// terminal_main: the judge's part for programs that judge terminals: they run in the console's own.

#ifndef SBXDECK_TESTS_JUDGE_TERMINAL_MAIN_H
#define SBXDECK_TESTS_JUDGE_TERMINAL_MAIN_H

// argv: what stands behind the word terminal: [COLSxROWS] PROGRAM [ARGUMENT]... The program's exit code,
// with its last screen on stdout; 2: usage, or it does not start.
int judge_terminal(int argc, char **argv);

#endif
