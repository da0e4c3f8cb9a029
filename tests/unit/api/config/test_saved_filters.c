// SPDX-License-Identifier: Apache-2.0
//
// saved_filters: read from the settings' lines, checked, and put where they are named.

#include "api/config/saved_filters.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct saved_filters saved;
static struct failure why;

static enum status take(const char *file)
{
    struct config_text *text = NULL;
    cr_assert_eq(config_text_parse("config", file, strlen(file), &text, &why), STATUS_OK);
    enum status status = saved_filters_take(&saved, text, &why);
    config_text_free(text);
    return status;
}

Test(saved_filters, are_lines_of_their_section)
{
    cr_assert_eq(
        take("refresh = 9\n[filters]\nprod = state:running tpl:'my prod'\nsoon = ends<10m\nSOON = ends<5m\n"),
        STATUS_OK);
    cr_assert_eq(saved.count, 2);
    cr_expect_str_eq(saved.list[0].words, "state:running tpl:'my prod'");
    cr_expect_str_eq(saved_filters_find(&saved, "Soon")->words, "ends<5m");
    cr_expect_null(saved_filters_find(&saved, "so"));
}

Test(saved_filters, a_line_that_is_wrong_is_named)
{
    static const char *const lines[] = {"prod = state:runing", "my name = a", "a = @b",           "a = !@b",
                                        "a = 'open",           "a = age>",    "a = !sate:paused", "a = \xff"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char file[128];
        (void)snprintf(file, sizeof file, "[filters]\nok = a\n%s\n", lines[i]);
        cr_expect_eq(take(file), STATUS_BAD_ARGUMENT, "%s", lines[i]);
        cr_expect_not_null(strstr(why.message, "config:3"), "%s: %s", lines[i], why.message);
        cr_expect_eq(saved.count, 1);
    }
}

Test(saved_filters, stand_where_they_are_named)
{
    static const struct {
        const char *text, *expanded;
        enum status status;
        bool unfinished;
    } cases[] = {
        {"", "", STATUS_OK, false},
        {"a b", "a b", STATUS_OK, false},
        {"@prod", "state:running", STATUS_OK, false},
        {"a @PROD !b", "a state:running !b", STATUS_OK, false},
        {"@prod @soon", "state:running ends<10m", STATUS_OK, false},
        {"a@prod", "a@prod", STATUS_OK, false},
        {"'@prod'", "'@prod'", STATUS_OK, false},
        {"@", "", STATUS_BAD_ARGUMENT, true},
        {"@pr", "", STATUS_BAD_ARGUMENT, true},
        {"@pr b", " b", STATUS_BAD_ARGUMENT, false},
        {"@prud", "", STATUS_BAD_ARGUMENT, false},
        {"!@prod", "", STATUS_BAD_ARGUMENT, false},
    };
    cr_assert_eq(take("[filters]\nprod = state:running\nsoon = ends<10m\n"), STATUS_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[FLEET_FILTER_TEXT_CAP];
        bool unfinished = false;
        cr_expect_eq(saved_filters_expand(&saved, cases[i].text, out, sizeof out, &unfinished, &why),
                     cases[i].status, "%s", cases[i].text);
        cr_expect_str_eq(out, cases[i].expanded, "%s", cases[i].text);
        cr_expect_eq(unfinished, cases[i].unfinished, "%s", cases[i].text);
    }
    char out[FLEET_FILTER_TEXT_CAP], small[16];
    bool unfinished = false;
    (void)saved_filters_expand(&saved, "@prud", out, sizeof out, &unfinished, &why);
    cr_expect_not_null(strstr(failure_advice(&why), "did you mean @prod?"), "%s", failure_advice(&why));
    cr_expect_eq(saved_filters_expand(&saved, "abcdef @prod", small, sizeof small, &unfinished, &why),
                 STATUS_TOO_LARGE);
    cr_expect_str_eq(small, "abcdef ");
}

Test(saved_filters, of_the_process_can_be_set_and_forgotten)
{
    static const char file[] = "[filters]\na = x\nb = state:running\n";
    struct config_text *text = NULL;
    struct fleet_filter filter;
    cr_assert_eq(config_text_parse("config", file, strlen(file), &text, &why), STATUS_OK);
    unsigned before = saved_filters_version();
    cr_assert_eq(saved_filters_of_text(text, &why), STATUS_OK);
    config_text_free(text);
    cr_expect_neq(saved_filters_version(), before);
    cr_expect_eq(saved_filters_parse("@b", &filter, &why), STATUS_OK);
    cr_expect_eq(fleet_filter_state(&filter), SANDBOX_running);
    cr_expect(saved_filters_set("b", "state:paused"));
    cr_expect_eq(saved_filters_parse("@b", &filter, &why), STATUS_OK);
    cr_expect_eq(fleet_filter_state(&filter), SANDBOX_paused);
    cr_expect(saved_filters_set("a", NULL));
    cr_assert_eq(saved_filters_now()->count, 1);
    cr_expect_str_eq(saved_filters_now()->list[0].name, "b");
    cr_expect_eq(saved_filters_parse("@a", &filter, &why), STATUS_BAD_ARGUMENT);
    for (int i = 0; i < SAVED_FILTERS_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "f%d", i);
        cr_expect_eq(saved_filters_set(name, "x"), i + 1 < SAVED_FILTERS_MAX);
    }
}
