// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/tui/canvas.h"
#include "tui/toast.h"

#include <criterion/criterion.h>
#include <string.h>

Test(toast, comes_and_goes)
{
    struct toasts *toasts = toasts_new();
    cr_expect_eq(toasts_next_ms(toasts), -1);
    cr_expect_not(toasts_expire(toasts, 1000));
    toasts_add(toasts, TOAST_ERROR, "error", 1000);
    toasts_add(toasts, TOAST_INFO, "info", 1000);
    cr_expect_eq(toasts_next_ms(toasts), 5000);
    cr_expect_not(toasts_expire(toasts, 4999));
    cr_expect(toasts_expire(toasts, 5000));
    cr_expect_eq(toasts_count(toasts), 1);
    cr_expect_eq(toasts_next_ms(toasts), 13000);
    toasts_add(toasts, TOAST_ERROR, "error", 9000); // the same: renewed, not doubled
    cr_expect_eq(toasts_count(toasts), 1);
    cr_expect_eq(toasts_next_ms(toasts), 21000);
    for (int i = 0; i < 9; i++)
        toasts_add(toasts, TOAST_WARN, &"123456789"[i], 9000);
    cr_expect_eq(toasts_count(toasts), TOASTS_SHOWN);
    cr_expect(toasts_dismiss(toasts));
    cr_expect_not(toasts_dismiss(toasts));
    toasts_free(toasts);
}

Test(toast, the_selected_line_is_never_covered)
{
    static const int sizes[][2] = {{24, 80}, {50, 200}, {5, 20}, {1, 1}};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int rows = sizes[s][0], cols = sizes[s][1];
        canvas_begin(rows, cols, "xterm-256color");
        struct toasts *toasts = toasts_new();
        toasts_add(toasts, TOAST_INFO, "first\033 message of some length for a narrow screen", 0);
        toasts_add(toasts, TOAST_WARN, "second", 0);
        toasts_add(toasts, TOAST_ERROR, "third", 0);
        for (int keep = -1; keep < rows; keep++) {
            werase(stdscr);
            int used = toasts_draw(toasts, stdscr, 0, 0, rows, cols, keep);
            cr_expect_eq(used, rows - (keep >= 0) < 3 ? rows - (keep >= 0) : 3);
            cr_expect(keep < 0 || canvas_line(keep)[0] == '\0', "line %d is covered: %s", keep,
                      canvas_line(keep));
            cr_expect(cols < 20 || canvas_has("third"));
        }
        toasts_free(toasts);
        canvas_end();
    }
}

Test(toast, a_long_text_is_told_whole_where_there_are_lines)
{
    static const char text[] = "regenerate credential ssh-bb961077616ff86f of sbx-abc123: "
                               "api.leap0.dev did not answer (check the network)";
    canvas_begin(24, 80, "xterm-256color");
    struct toasts *toasts = toasts_new();
    toasts_add(toasts, TOAST_ERROR, text, 0);
    cr_expect_eq(toasts_draw(toasts, stdscr, 0, 0, 24, 80, -1), 2);
    cr_expect_eq(canvas_find("(check the network)"), 23);
    cr_expect_eq(canvas_find("regenerate credential"), 22);
    werase(stdscr);
    cr_expect_eq(toasts_draw(toasts, stdscr, 0, 0, 5, 80, -1), 1);
    cr_expect(!canvas_has("(check the network)"));
    toasts_free(toasts);
    canvas_end();
}
