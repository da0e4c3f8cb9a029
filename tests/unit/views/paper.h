// SPDX-License-Identifier: Apache-2.0
//
// paper: a curses screen of any size that goes nowhere, and a fleet made by hand, for tests of what is drawn.

#ifndef SBXDECK_TESTS_UNIT_VIEWS_PAPER_H
#define SBXDECK_TESTS_UNIT_VIEWS_PAPER_H

#include "api/fleet/fleet.h"
#include "tests/support/stdscr.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAPER_NOW    INT64_C(1775044800000) // 2026-04-01T12:00:00Z
#define PAPER_SECOND INT64_C(1000)

void paper_begin(int rows, int cols); // C.UTF-8; stdscr is it
void paper_end(void);

struct sandbox paper_sandbox(const char *id, enum sandbox_state state);
// The same as a row has it; id is not copied.
struct fleet_sandbox paper_row_sandbox(const char *id, enum sandbox_state state);
// Ends left_ms after PAPER_NOW, of a life of an hour. row: its vault row.
struct credential paper_credential(const char *sandbox_id, const char *id, int64_t row, int64_t left_ms);

#endif
