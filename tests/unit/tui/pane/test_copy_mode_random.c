// SPDX-License-Identifier: Apache-2.0
//
// Copy mode under any keys, output and sizes: places stay inside, and what is selected stays what it was when
// lines are wrapped anew. Seeded, so that each run is the same.

#include "tests/unit/tui/pane/copy_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned seed;

static unsigned next(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static const char *const outputs[] = {
    "word ",
    "a",
    "\r\n",
    "\r\n\r\n",
    "\344\275\240\345\245\275",
    "e\314\201",
    "a long text that is broken by the edge of nearly every terminal there is in here ",
    "\t",
    "\033[H",
    "\033[K",
    "\033[2J",
    "\033[3J",
    "\033[41m",
    "\033[m",
    "\033[5;5H",
    "\033M",
    "\033[?1049h",
    "\033[?1049l",
    "\033[L",
    "\033[2M",
    "\033c",
    "\033[2;4r",
    "\033[r",
    "x\r\ny\r\nz\r\n",
};
static const char *const keys[] = {
    "h",
    "j",
    "k",
    "l",
    "w",
    "b",
    "e",
    "W",
    "B",
    "E",
    "0",
    "^",
    "$",
    "g",
    "G",
    "H",
    "M",
    "L",
    "\025",
    "\004",
    "\002",
    "\006",
    "\031",
    "\005",
    "v",
    "V",
    "\026",
    " ",
    "o",
    "/a\r",
    "?o\r",
    "/\r",
    "n",
    "N",
    "3",
    "12",
    "/zz\r",
    "/\344\275\240\r",
    "/broken by\r",
    "y",
    "\033[A",
    "\033[5~",
    "\033[6~",
    "\033[H",
    "\033[F",
};

static void hold(void)
{
    int scrolled = copy_mode_scrolled(copying_mode);
    const struct vt_pane_overlay *overlay = copy_mode_overlay(copying_mode);
    cr_assert(overlay->rows == vt_rows(copying_vt) && overlay->cols == vt_cols(copying_vt));
    cr_assert(overlay->cursor_y >= 0 && overlay->cursor_y < overlay->rows);
    cr_assert(overlay->cursor_x >= 0 && overlay->cursor_x < overlay->cols);
    cr_assert(scrolled >= 0 && scrolled <= vt_history_rows(copying_vt));
    struct copy_status status = copy_mode_status(copying_mode);
    cr_assert(status.hit <= status.hits);
    cr_assert(status.selection == COPY_NONE || status.selected_lines >= 1);
}

static void step(void)
{
    switch (next(8)) {
    case 0:
        copy_mode_resize(copying_mode, 1 + (int)next(12), 1 + (int)next(40));
        break;
    case 1:
    case 2:
        copying_write(outputs[next(sizeof outputs / sizeof outputs[0])]);
        break;
    case 3:
        copying_mouse((enum input_mouse_action)next(3),
                      next(4) == 0 ? INPUT_WHEEL_UP + next(2) : INPUT_BUTTON_LEFT, (int)next(14) - 1,
                      (int)next(42) - 1, (int64_t)next(2000));
        break;
    case 4:
        if (next(40) == 0) // behind its back
            vt_resize(copying_vt, 1 + (int)next(12), 1 + (int)next(40));
        break;
    default:
        copying_keys(keys[next(sizeof keys / sizeof keys[0])]);
        break;
    }
}

Test(copy_mode_random, stays_sound, .fini = copying_end)
{
    for (unsigned round = 0; round < 60; round++) {
        seed = round;
        copying_end();
        copying_begin(1 + (int)next(10), 1 + (int)next(40), (int)next(60));
        copying_enter(COPY_FULL);
        for (int i = 0; i < 300; i++) {
            step();
            if (copying_mode == NULL)
                copying_enter(next(4) == 0 ? COPY_BRIEF : COPY_FULL);
            hold();
        }
    }
}

static char *selected(unsigned round, bool resized)
{
    static const char *const moves[] = {"k", "\025", "b", "w", "j"};
    seed = round;
    copying_end();
    copying_begin(2 + (int)next(10), 2 + (int)next(40), 20000);
    for (int i = 0; i < 60; i++)
        copying_write(outputs[next(7)]);
    copying_write("end");
    copying_enter(COPY_FULL);
    for (int i = 0; i < 12; i++)
        copying_keys(moves[next(5)]);
    copying_keys(round % 2 == 0 ? "V" : "v");
    for (int i = 0; i < 6; i++)
        copying_keys(moves[next(5)]);
    for (int i = 0; i < 5 && resized; i++) {
        copy_mode_resize(copying_mode, 2 + (int)next(10), 2 + (int)next(40));
        hold();
    }
    copying_keys("y");
    return strdup(copying_verdict.text != NULL ? copying_verdict.text : "");
}

Test(copy_mode_random, what_is_selected_stays_when_lines_are_wrapped_anew, .fini = copying_end)
{
    int texts = 0;
    for (unsigned round = 0; round < 300; round++) {
        char *before = selected(round, false), *after = selected(round, true);
        cr_expect_str_eq(after, before, "round %u: '%s' became '%s'", round, before, after);
        texts += strlen(before) > 10;
        free(before);
        free(after);
    }
    cr_expect_gt(texts, 100); // it was about something
}
