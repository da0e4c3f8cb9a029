// SPDX-License-Identifier: Apache-2.0
//
// detail_view: The pane beside or below the deck's table: every field of the selected sandbox and every
// credential known here. Built as lines first (pure), then drawn.

#ifndef SBXDECK_VIEWS_DECK_DETAIL_VIEW_H
#define SBXDECK_VIEWS_DECK_DETAIL_VIEW_H

#include "api/fleet/fleet.h"
#include "api/tools/tool_registry.h"
#include "tui/base/text.h"
#include "tui/widget/gauge.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DETAIL_TEXT_CAP = 640, DETAIL_LABEL_CAP = 24 };

struct deck_forwards;

struct detail_facts {
    const struct fleet_row *row;
    int64_t server_now_ms;
    size_t credential;       // the selected one's place in row->credentials
    const char *password;    // of the selected one while it is revealed; NULL: masked
    int reveal_left_s;       // seconds that it stays
    const char *ssh_command; // of the selected one, made from what was understood; NULL: it was not
    const char *renewal;     // how the selected one is renewed by itself; NULL: it is not
    size_t sessions;         // alive in the sandbox
    const struct deck_forwards *forwards; // into it; NULL: none
    const struct connected_tool *tools;   // to it; NULL: none
    size_t tool_count;
};

// The screen line, from the top of the pane, on which the password stands; -1 none.
int detail_password_line(const struct detail_facts *facts, int rows, int columns);

// Draws from line `top` on into the rectangle; facts->row may be NULL (nothing is selected). Returns the
// number of screen lines that all of it takes.
int detail_draw(WINDOW *window, int y, int x, int rows, int columns, const struct detail_facts *facts,
                int top);

#endif
