// SPDX-License-Identifier: Apache-2.0
//
// The banner of a server as it is shown: its lines, and nothing that a terminal would follow.

#include "views/session/session_banner.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <string.h>

static char out[SESSION_BANNER_TEXT_CAP];

static const char *clean(const char *text)
{
    (void)setlocale(LC_ALL, "C.UTF-8");
    size_t length = session_banner_clean(text, strlen(text), out, sizeof out);
    cr_expect_eq(length, strlen(out));
    return out;
}

Test(session_banner, keeps_lines_whatever_ends_them)
{
    cr_expect_str_eq(clean("one\r\ntwo\n\nthree"), "one\ntwo\n\nthree\n");
    cr_expect_str_eq(clean("a\tb"), "a b\n");
    cr_expect_str_eq(clean("\n\none\n\r\n\n"), "\n\none\n", "no blank lines at its end");
    cr_expect_str_empty(clean(""));
    cr_expect_str_empty(clean("\n\r\n"));
}

Test(session_banner, holds_nothing_that_a_terminal_follows)
{
    char all[256];
    for (int i = 0; i < 255; i++)
        all[i] = (char)(i + 1);
    all[255] = '\0';
    (void)clean(all);
    for (const char *at = out; *at != '\0'; at++)
        cr_expect(*at == '\n' || ((unsigned char)*at >= ' ' && *at != 0x7f), "%d", *at);
    cr_expect_null(strstr(clean("\xc2\x9b"
                                "2J"),
                          "\xc2\x9b"),
                   "a CSI of one character");
}

Test(session_banner, is_capped)
{
    static char much[100000];
    memset(much, 'x', sizeof much - 1);
    cr_expect_lt(strlen(clean(much)), SESSION_BANNER_TEXT_CAP);
    for (size_t i = 1; i < sizeof much - 1; i += 2)
        much[i] = '\n';
    size_t lines = 0;
    for (const char *at = clean(much); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    cr_expect_eq(lines, SESSION_BANNER_LINES);
    for (size_t cap = 1; cap < 40; cap++) {
        size_t length = session_banner_clean("\033\033\nabc\n", 7, out, cap);
        cr_expect_lt(length, cap);
        cr_expect_eq(length, strlen(out));
    }
}
