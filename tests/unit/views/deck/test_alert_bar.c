// SPDX-License-Identifier: Apache-2.0
//
// alert_bar: as many alerts as fit, and how many more there are.

#include "tests/unit/views/paper.h"
#include "tui/base/text.h"
#include "views/deck/alert_bar.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#define HINT "! next  A dismiss"

static void begin(void)
{
    cr_assert(setlocale(LC_ALL, "C.UTF-8") != NULL);
}

TestSuite(alert_bar, .init = begin);

enum { MANY = 200 };
static struct alert alerts[MANY];
static struct text_pieces bar;
static int bar_rows;

static void fill(void)
{
    memset(alerts, 0, sizeof alerts);
    for (int i = 0; i < MANY; i++) {
        alerts[i].clock = i % 2 == 0 ? DEADLINE_CREDENTIAL : DEADLINE_SANDBOX;
        alerts[i].stage = i == 0 ? ALERT_critical : i == MANY - 1 ? ALERT_expired : ALERT_expiring;
        (void)snprintf(alerts[i].credential.sandbox_id, ID_CAP, "sbx-%d", 100 + i);
        alerts[i].credential.expires_at = PAPER_NOW + (92 + i) * PAPER_SECOND;
    }
    alerts[MANY - 1].credential.expires_at = PAPER_NOW - 180 * PAPER_SECOND;
}

static char text[4096];
static size_t length;

static void append(const char *piece)
{
    length += (size_t)snprintf(text + length, sizeof text - length, "%s", piece);
    cr_assert_lt(length, sizeof text);
}

// The lines as they would be drawn, '\n' after each; pieces must not touch.
static const char *drawn(size_t count, int rows, int cols)
{
    bar_rows = alert_bar_build(alerts, count, PAPER_NOW, rows, cols, HINT, &bar);
    text[0] = '\0';
    length = 0;
    for (int y = 0; y < bar_rows; y++) {
        int x = 0;
        for (size_t i = 0; i < bar.count; i++) {
            const struct text_piece *piece = &bar.pieces[i];
            if (piece->y != y)
                continue;
            cr_assert(piece->x > x || x == 0, "pieces touch at %d", piece->x);
            for (; x < piece->x; x++)
                append(" ");
            append(piece->text);
            x += text_width(piece->text);
        }
        cr_assert(x <= cols || bar.count <= 2, "%d of %d columns", x, cols);
        append("\n");
    }
    return text;
}

Test(alert_bar, as_many_as_there_is_room_for_and_how_many_more)
{
    fill();
    cr_expect_str_eq(drawn(0, 1, 80), "");
    cr_expect_str_eq(drawn(1, 1, 80),
                     " ▲ sbx-100 credential 1m32s                                   ! next  A dismiss\n");
    cr_expect_str_eq(drawn(2, 1, 80), " ▲ sbx-100 credential 1m32s    ◐ sbx-101 sandbox 1m33s      "
                                      "  ! next  A dismiss\n");
    cr_expect_str_eq(drawn(5, 1, 80),
                     " ▲ sbx-100 credential 1m32s    ◐ sbx-101 sandbox 1m33s    and 3 more\n");
    cr_expect_str_eq(drawn(5, 3, 80),
                     " ▲ sbx-100 credential 1m32s    ◐ sbx-101 sandbox 1m33s \n"
                     " ◐ sbx-102 credential 1m34s    ◐ sbx-103 sandbox 1m35s \n"
                     " ◐ sbx-104 credential 1m36s                                   ! next  A dismiss\n");
    cr_expect_str_eq(drawn(MANY, 1, 40), " ▲ sbx-100 credential 1m32s \n");
    cr_expect_eq(bar.pieces[0].role, ROLE_BAD);
    (void)drawn(2, 1, 80);
    cr_expect_eq(bar.pieces[1].role, ROLE_WARN);
}

Test(alert_bar, what_has_ended_says_since_when)
{
    fill();
    alerts[0] = alerts[MANY - 1];
    cr_expect(strstr(drawn(1, 1, 80), "○ sbx-299 sandbox timed out 3m ago") != NULL, "%s", drawn(1, 1, 80));
    alerts[0].clock = DEADLINE_CREDENTIAL;
    cr_expect(strstr(drawn(1, 1, 80), "○ sbx-299 credential ended 3m ago") != NULL, "%s", drawn(1, 1, 80));
}

Test(alert_bar, any_size_is_kept)
{
    fill();
    for (int cols = 0; cols <= 300; cols++)
        for (int rows = 0; rows <= ALERT_BAR_ROWS; rows++)
            for (size_t count = 0; count <= MANY; count += count < 8 ? 1 : 64) {
                (void)drawn(count, rows, cols);
                cr_assert(bar_rows <= rows && (bar_rows > 0) == (count > 0 && rows > 0 && cols > 2));
            }
    cr_expect_eq(alert_bar_most(5, 20), 0);
    cr_expect_eq(alert_bar_most(11, 80), 0);
    cr_expect_eq(alert_bar_most(24, 39), 0);
    cr_expect_eq(alert_bar_most(24, 80), 1);
    cr_expect_eq(alert_bar_most(50, 200), ALERT_BAR_ROWS);
}
