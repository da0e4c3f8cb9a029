// SPDX-License-Identifier: Apache-2.0
//
// screen_questions: what the operator's terminal is asked at the start, and what happens to answers that
// come after the end. For screen.c.

#ifndef SBXDECK_TUI_TERM_SCREEN_QUESTIONS_H
#define SBXDECK_TUI_TERM_SCREEN_QUESTIONS_H

#include <stddef.h>

void screen_questions_begin(void); // nothing was asked
// All of them, to be written now. Static.
const char *screen_questions(void);
// An answer on keys or on who the terminal is.
void screen_questions_answered(const char *raw, size_t length);
// At the end: takes answers that may be on their way off the terminal, for a tenth of a second at most, and
// only right after they were asked for.
void screen_questions_discard(int fd);

#endif
