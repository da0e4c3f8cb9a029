// SPDX-License-Identifier: Apache-2.0
//
// home: which folders are meant, with and without the variables.

#include "api/base/home.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char out[64];

static void begin(void)
{
    cr_assert_eq(setenv("HOME", "/home/me", 1), 0);
    cr_assert_eq(unsetenv("XDG_STATE_HOME"), 0);
}

TestSuite(home, .init = begin);

Test(home, a_leading_tilde_is_expanded_and_no_other)
{
    static const char *const paths[][2] = {{"~/a", "/home/me/a"}, {"~/", "/home/me/"}, {"~", "~"},
                                           {"~you/a", "~you/a"},  {"/~/a", "/~/a"},    {"", ""}};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        cr_expect(home_expand(paths[i][0], out, sizeof out));
        cr_expect_str_eq(out, paths[i][1]);
    }
    cr_expect(home_expand("~/123", out, 13));
    cr_expect_not(home_expand("~/1234", out, 13));
}

Test(home, a_variable_that_is_an_absolute_path_comes_first)
{
    cr_expect_eq(home_xdg_folder("XDG_STATE_HOME", ".local/state", out, sizeof out), 29);
    cr_expect_str_eq(out, "/home/me/.local/state/sbxdeck");
    cr_assert_eq(setenv("XDG_STATE_HOME", "/state", 1), 0);
    cr_expect_eq(home_xdg_folder("XDG_STATE_HOME", ".local/state", out, sizeof out), 14);
    cr_expect_str_eq(out, "/state/sbxdeck");
    cr_expect_eq(home_xdg_folder("XDG_STATE_HOME", ".local/state", out, 14), 14);
    cr_assert_eq(setenv("XDG_STATE_HOME", "state", 1), 0);
    cr_expect_eq(home_xdg_folder("XDG_STATE_HOME", ".local/state", out, sizeof out), 29);
}

Test(home, without_a_home_it_is_the_accounts)
{
    cr_assert_eq(setenv("HOME", "me", 1), 0);
    cr_assert(home_expand("~/a", out, sizeof out));
    cr_expect(out[0] == '/' && strcmp(out + strlen(out) - 2, "/a") == 0, "%s", out);
}
