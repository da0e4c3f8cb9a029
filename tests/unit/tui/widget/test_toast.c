// SPDX-License-Identifier: Apache-2.0
//
// toast: which notice is shown, and for how long.

#include "tui/widget/toast.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *line_at(struct toasts *toasts, int64_t now)
{
    static struct toast_line line;
    return toasts_line(toasts, now, &line) ? line.text : "";
}

Test(toast, an_info_goes_after_four_seconds)
{
    struct toasts *toasts = toasts_new();
    cr_expect_eq(toasts_next_ms(toasts, 0), -1);
    toasts_add(toasts, TOAST_INFO, "made\033 it", NULL, 1000);
    cr_expect_null(strchr(line_at(toasts, 1000), '\033'));
    cr_expect_eq(toasts_next_ms(toasts, 1000), 5000);
    cr_expect_not(toasts_expire(toasts, 4999));
    cr_expect(toasts_expire(toasts, 5000));
    cr_expect_str_empty(line_at(toasts, 5000));
    toasts_free(toasts);
}

Test(toast, a_warning_lives_from_when_it_is_first_shown)
{
    struct toasts *toasts = toasts_new();
    toasts_add(toasts, TOAST_WARN, "careful", NULL, 1000);
    cr_expect_not(toasts_expire(toasts, 90000), "nobody has seen it yet");
    cr_expect_str_eq(line_at(toasts, 90000), "careful");
    cr_expect_str_eq(line_at(toasts, 96999), "careful");
    cr_expect_str_empty(line_at(toasts, 97000));
    toasts_free(toasts);
}

Test(toast, the_gravest_holds_the_line_for_a_while_and_then_the_newest_has_it)
{
    struct toasts *toasts = toasts_new();
    struct toast_line line;
    toasts_add(toasts, TOAST_ERROR, "error", NULL, 0);
    toasts_add(toasts, TOAST_WARN, "warning", NULL, 0);
    toasts_add(toasts, TOAST_INFO, "answer", NULL, 1000);
    cr_assert(toasts_line(toasts, 1000, &line));
    cr_expect_str_eq(line.text, "error");
    cr_expect_eq(line.level, TOAST_ERROR);
    cr_expect_eq(line.more, 2u);
    cr_expect_eq(toasts_next_ms(toasts, 1000), 5000, "it has held its time");
    cr_expect_str_eq(line_at(toasts, 5000), "warning");
    cr_expect_str_eq(line_at(toasts, 8000), "answer");
    cr_expect_str_eq(line_at(toasts, 12000), "error", "it goes on where the newer one is over");
    cr_expect_str_empty(line_at(toasts, 13000));
    toasts_add(toasts, TOAST_WARN, "warning", NULL, 20000);
    toasts_add(toasts, TOAST_INFO, "answer", NULL, 20000);
    cr_expect_str_eq(line_at(toasts, 20000), "warning");
    toasts_add(toasts, TOAST_WARN, "warning", NULL, 22000);
    cr_expect_str_eq(line_at(toasts, 23000), "answer", "one that comes again does not hold it again");
    cr_expect_str_eq(line_at(toasts, 24500), "warning (2 times)");
    toasts_add(toasts, TOAST_INFO, "older", NULL, 24500);
    toasts_add(toasts, TOAST_INFO, "newer", NULL, 24500);
    cr_expect_str_eq(line_at(toasts, 24500), "newer", "an answer is there at once");
    cr_expect_eq(toasts_next_ms(toasts, 24500), 26000);
    cr_expect_str_eq(line_at(toasts, 26000), "older", "and each has its turn");
    toasts_free(toasts);
}

Test(toast, one_that_a_graver_one_cuts_short_has_its_turn_after_it)
{
    struct toasts *toasts = toasts_new();
    toasts_add(toasts, TOAST_WARN, "warning", NULL, 0);
    cr_expect_str_eq(line_at(toasts, 0), "warning");
    for (int i = 1; i <= 12; i++) { // it comes again and again
        toasts_add(toasts, TOAST_ERROR, "error", NULL, i * 1000 - 990);
        cr_expect_eq(strncmp(line_at(toasts, i * 1000 - 990), i < 5 || i > 7 ? "error" : "warning", 5), 0,
                     "%d: %s", i, line_at(toasts, i * 1000 - 990));
    }
    toasts_free(toasts);
}

Test(toast, those_of_a_kind_are_one_with_a_number)
{
    struct toasts *toasts = toasts_new();
    struct toast_line line;
    for (int i = 1; i <= 12; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "sbx-%d: connection lost", i);
        toasts_add(toasts, TOAST_WARN, text, "sessions ended: connection lost", 0);
        cr_assert(toasts_line(toasts, 0, &line));
        cr_expect_eq(line.more, 0u);
        if (i == 1)
            cr_expect_str_eq(line.text, "sbx-1: connection lost");
    }
    cr_expect_str_eq(line.text, "12 sessions ended: connection lost");
    toasts_add(toasts, TOAST_INFO, "the same", NULL, 0);
    toasts_add(toasts, TOAST_INFO, "the same", NULL, 1000);
    cr_expect_str_eq(line_at(toasts, 3000), "the same (2 times)");
    cr_assert(toasts_line(toasts, 3000, &line));
    cr_expect_eq(line.more, 1u);
    toasts_free(toasts);
}

Test(toast, too_many_drop_the_least_grave)
{
    struct toasts *toasts = toasts_new();
    toasts_add(toasts, TOAST_ERROR, "error", NULL, 0);
    for (int i = 0; i < 200; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "info %d", i);
        toasts_add(toasts, TOAST_INFO, text, NULL, 0);
    }
    struct toast_line line;
    cr_assert(toasts_line(toasts, 0, &line));
    cr_expect_eq(line.more + 1, (size_t)TOASTS_WAITING);
    cr_expect_str_eq(line.text, "error");
    cr_expect(toasts_dismiss(toasts));
    cr_expect_not(toasts_dismiss(toasts));
    toasts_free(toasts);
}
