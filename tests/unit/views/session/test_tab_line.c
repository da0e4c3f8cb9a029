// SPDX-License-Identifier: Apache-2.0
//
// tab_line at every width: numbers stay whole, the active tab is always there, nothing overlaps.

#include "tui/base/text.h"
#include "views/session/tab_line.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static void utf8(void)
{
    (void)setlocale(LC_ALL, "C.UTF-8");
}

TestSuite(tab_line, .init = utf8);

static const struct tab_facts three[] = {
    {.number = 0, .name = "sbx-1d6ed6db5c"},
    {.number = 1, .name = "build", .active = true, .marks = TAB_SYNC | TAB_RECORDING},
    {.number = 5, .name = "sbx-adc1f66765", .marks = TAB_BELL | TAB_ACTIVITY},
};

static void written(const struct text_pieces *line, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < line->count; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s", line->pieces[i].text);
}

Test(tab_line, all_fit_with_numbers_names_and_marks)
{
    struct text_pieces line;
    char text[512];
    tab_line_build(three, 3, 100, &line);
    written(&line, text, sizeof text);
    cr_expect_str_eq(text, " 0 sbx-1d6ed6db5c  1 build >R  5 sbx-adc1f66765 !# ");
    cr_expect(line.pieces[1].strong);
    cr_expect_eq(line.pieces[1].role, ROLE_TAB_CURRENT);
    cr_expect_eq(line.pieces[2].role, ROLE_SESSION_STATUS_WARN);
    cr_expect_eq(tab_line_at(&line, 3, 0), 0u);
    cr_expect_eq(tab_line_at(&line, 3, line.pieces[1].x), 1u);
    cr_expect_eq(tab_line_at(&line, 3, line.pieces[2].x + text_width(line.pieces[2].text)), 3u,
                 "beside them");
}

Test(tab_line, names_give_way_before_tabs)
{
    struct text_pieces line;
    char text[512];
    tab_line_build(three, 3, 40, &line);
    written(&line, text, sizeof text);
    cr_expect_eq(line.count, 3u);
    cr_expect_not_null(strstr(text, " 0 sbx-"));
    cr_expect_not_null(strstr(text, " 5 sbx-"));
    cr_expect_not_null(strstr(text, "!#"));
    cr_expect_leq(text_width(text), 40);
}

static bool shows(const struct text_pieces *line, size_t tab)
{
    for (size_t i = 0; i < line->count; i++)
        if (line->pieces[i].tag == tab)
            return true;
    return false;
}

Test(tab_line, the_active_one_is_there_at_every_width_and_nothing_overlaps)
{
    enum { TABS = 12, NARROW = 20 };
    struct tab_facts tabs[TABS];
    for (size_t active = 0; active < TABS; active++) {
        for (size_t i = 0; i < TABS; i++)
            tabs[i] = (struct tab_facts){.number = (int)i, .name = "sbx-0123456789", .active = i == active};
        for (int columns = NARROW; columns <= 300; columns++) {
            struct text_pieces line;
            int end = 0;
            tab_line_build(tabs, TABS, columns, &line);
            cr_assert(shows(&line, active), "tab %zu in %d columns", active, columns);
            for (size_t i = 0; i < line.count; i++) {
                cr_assert_geq(line.pieces[i].x, end);
                end = line.pieces[i].x + text_width(line.pieces[i].text);
            }
            cr_assert_leq(end, columns, "tab %zu in %d columns", active, columns);
            bool all = line.count == TABS && !shows(&line, TABS);
            cr_assert(all || shows(&line, TABS), "arrows tell that there is more");
        }
    }
}

Test(tab_line, a_foreign_name_is_cleaned)
{
    const struct tab_facts tab = {.number = 3,
                                  .name = "a\033]0;x\007\xff"
                                          "b"};
    struct text_pieces line;
    tab_line_build(&tab, 1, 80, &line);
    cr_assert_eq(line.count, 1u);
    for (const char *at = line.pieces[0].text; *at != '\0'; at++)
        cr_expect((unsigned char)*at >= ' ' && *at != 0x7f);
}

// The names in the line at that width, each between its number and a blank.
static void names_of(const struct text_pieces *line, char names[][TAB_TEXT_CAP])
{
    for (size_t i = 0; i < line->count; i++)
        if (sscanf(line->pieces[i].text, " %*d %s", names[i]) != 1)
            names[i][0] = '\0';
}

Test(tab_line, ids_that_begin_alike_are_told_apart_at_every_width_that_shows_them_all)
{
    enum { TABS = 12 };
    char ids[TABS][40];
    struct tab_facts tabs[TABS];
    for (int i = 0; i < TABS; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "sbx-production-eu-west-0000%02d", i);
        tabs[i] = (struct tab_facts){.number = i, .name = ids[i], .active = i == 0};
    }
    tab_line_tell_apart(tabs, TABS);
    for (int columns = 20; columns <= 400; columns++) {
        struct text_pieces line;
        char names[TAB_LINE_MAX][TAB_TEXT_CAP] = {{0}};
        tab_line_build(tabs, TABS, columns, &line);
        names_of(&line, names);
        for (size_t i = 0; i < line.count; i++)
            for (size_t k = 0; k < i; k++)
                cr_assert(line.pieces[i].tag == TABS || line.pieces[k].tag == TABS ||
                              strcmp(names[i], names[k]) != 0,
                          "%d columns: %s twice", columns, names[i]);
    }
}

Test(tab_line, what_differs_in_the_middle_is_shown)
{
    char out[TAB_TEXT_CAP];
    struct tab_facts tabs[] = {{.name = "web-a-prod-eu"}, {.name = "web-b-prod-eu"}, {.name = "build"}};
    tab_line_tell_apart(tabs, 3);
    cr_expect_str_eq(tab_line_name(&tabs[0], 13, out, sizeof out), "web-a-prod-eu");
    cr_expect_str_eq(tab_line_name(&tabs[0], 6, out, sizeof out), "…a-pr…");
    cr_expect_str_eq(tab_line_name(&tabs[1], 6, out, sizeof out), "…b-pr…");
    cr_expect_str_eq(tab_line_name(&tabs[2], 4, out, sizeof out), "bui…");
    for (int columns = 1; columns < 20; columns++)
        cr_expect_leq(text_width(tab_line_name(&tabs[1], columns, out, sizeof out)), columns);
}

Test(tab_line, without_an_active_tab_the_one_on_the_screen_is_in_sight)
{
    enum { TABS = 12 };
    struct tab_facts tabs[TABS];
    struct text_pieces line;
    for (size_t i = 0; i < TABS; i++)
        tabs[i] = (struct tab_facts){.number = (int)i, .name = "sbx-0123456789", .shown = i == TABS - 1};
    tab_line_build(tabs, TABS, 40, &line);
    cr_expect(shows(&line, TABS - 1));
}
