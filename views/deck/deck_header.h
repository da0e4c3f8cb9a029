// SPDX-License-Identifier: Apache-2.0
//
// deck_header: The deck's first lines: the whole fleet in numbers. Built as parts that each stand whole or
// not at all, so that a narrow screen shows less and never half a number.

#ifndef SBXDECK_VIEWS_DECK_DECK_HEADER_H
#define SBXDECK_VIEWS_DECK_DECK_HEADER_H

#include "api/fleet/deadline.h"
#include "api/service/credential_service.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DECK_HEADER_LINES = 3,
    DECK_HEADER_PARTS = 8 + SANDBOX_STATE_COUNT + CREDENTIAL_STATE_COUNT,
    DECK_HEADER_PART_CAP = 160
};
enum { DECK_HEADER_CLOCK_MS = 5000 }; // an offset of more than this is shown

struct deck_header_facts {
    const char *host;
    const char *profile;                 // its name; NULL or "": none
    enum theme_role profile_role;        // its colour
    bool read_only;                      // nothing that changes anything is sent
    const struct fleet_counts *counts;   // NULL: no list yet
    const struct service_health *health; // NULL: no service
    struct deadline soonest;             // of all; NONE: nothing is about to end
    const char *soonest_id;              // its sandbox
    int64_t server_now_ms;
    int64_t monotonic_ms;
    int64_t wall_ms; // ours
    size_t sessions;
    size_t unread_errors; // among the messages
    int64_t
        oldest_ms; // monotonic: when the server last told of the row that it told of least lately; 0: of none
    int64_t refresh_ms; // the interval
};

struct deck_header_part {
    char text[DECK_HEADER_PART_CAP];
    char brief[DECK_HEADER_PART_CAP]; // instead where there is less room; "" : leave the part out
    enum glyph glyph;
    enum theme_role role;
    int drop;   // 0: never left out; else the highest goes first
    bool right; // flush with the right
};

struct deck_header_line {
    struct deck_header_part parts[DECK_HEADER_PARTS];
    size_t count;
};

// 1, 2 or 3 lines for a screen of that height.
int deck_header_rows(int screen_rows);
// Fills lines[0..rows).
void deck_header_build(const struct deck_header_facts *facts, int rows,
                       struct deck_header_line lines[DECK_HEADER_LINES]);

// How each part is shown on that many columns.
enum deck_header_form { DECK_HEADER_GONE, DECK_HEADER_BRIEF, DECK_HEADER_WHOLE };
void deck_header_fit(const struct deck_header_line *line, int columns,
                     enum deck_header_form forms[DECK_HEADER_PARTS]);

void deck_header_draw(WINDOW *window, int y, int x, int columns, const struct deck_header_facts *facts,
                      int rows);

#endif
