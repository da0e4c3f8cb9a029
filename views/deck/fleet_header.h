// SPDX-License-Identifier: Apache-2.0
//
// header: the first lines of the deck: the organisation at a glance. Built as parts that each stand whole or
// not at all, so that a narrow screen shows less and never half a number.

#ifndef SBXDECK_VIEWS_HEADER_H
#define SBXDECK_VIEWS_HEADER_H

#include "api/fleet/ends.h"
#include "api/service/credential_service.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEADER_LINES = 3,
    HEADER_PARTS = 6 + SANDBOX_STATE_COUNT + CREDENTIAL_STATE_COUNT,
    HEADER_PART_CAP = 160
};
enum { HEADER_CLOCK_MS = 5000 }; // an offset of more than this is shown

struct header_facts {
    const char *host;
    const struct fleet_counts *counts;   // NULL: no list yet
    const struct service_health *health; // NULL: no service
    struct row_end soonest;              // of all; NONE: nothing is about to end
    const char *soonest_id;              // its sandbox
    int64_t server_now_ms;
    int64_t monotonic_ms;
    int64_t wall_ms; // ours
    size_t sessions;
};

struct header_part {
    char text[HEADER_PART_CAP];
    char brief[HEADER_PART_CAP]; // instead where there is less room; "" : leave the part out
    enum glyph glyph;
    enum theme_role role;
    int drop;   // 0: never left out; else the highest goes first
    bool right; // flush with the right
};

struct header_line {
    struct header_part parts[HEADER_PARTS];
    size_t count;
};

// 1, 2 or 3 lines for a screen of that height.
int header_rows(int screen_rows);
// Fills lines[0..rows).
void header_build(const struct header_facts *facts, int rows, struct header_line lines[HEADER_LINES]);

// How each part is shown on that many columns.
enum header_form { HEADER_GONE, HEADER_BRIEF, HEADER_WHOLE };
void header_fit(const struct header_line *line, int columns, enum header_form forms[HEADER_PARTS]);

void header_draw(WINDOW *window, int y, int x, int columns, const struct header_facts *facts, int rows);

#endif
