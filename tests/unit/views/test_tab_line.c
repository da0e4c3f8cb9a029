// SPDX-License-Identifier: Apache-2.0
//
// tab_line at every width: numbers stay whole, the active tab is always there, nothing overlaps.

#include "tui/text.h"
#include "views/tab_line.h"

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

static void written(const struct tab_line *line, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < line->count; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s", line->pieces[i].text);
}

Test(tab_line, all_fit_with_numbers_names_and_marks)
{
    struct tab_line line;
    char text[512];
    tab_line_build(three, 3, 100, &line);
    written(&line, text, sizeof text);
    cr_expect_str_eq(text, " 0 sbx-1d6ed6db5c  1 build >R  5 sbx-adc1f66765 !# ");
    cr_expect(line.pieces[1].strong);
    cr_expect_eq(line.pieces[1].role, ROLE_BUTTON_FOCUS);
    cr_expect_eq(line.pieces[2].role, ROLE_SESSION_STATUS_WARN);
    cr_expect_eq(tab_line_at(&line, 3, 0), 0u);
    cr_expect_eq(tab_line_at(&line, 3, line.pieces[1].x), 1u);
    cr_expect_eq(tab_line_at(&line, 3, line.pieces[2].x + line.pieces[2].width), 3u, "beside them");
}

Test(tab_line, names_give_way_before_tabs)
{
    struct tab_line line;
    char text[512];
    tab_line_build(three, 3, 40, &line);
    written(&line, text, sizeof text);
    cr_expect_eq(line.count, 3u);
    cr_expect_not_null(strstr(text, " 0 sbx-"));
    cr_expect_not_null(strstr(text, " 5 sbx-"));
    cr_expect_not_null(strstr(text, "!#"));
    cr_expect_leq(text_width(text), 40);
}

static bool shows(const struct tab_line *line, size_t tab)
{
    for (size_t i = 0; i < line->count; i++)
        if (line->pieces[i].tab == tab)
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
            struct tab_line line;
            int end = 0;
            tab_line_build(tabs, TABS, columns, &line);
            cr_assert(shows(&line, active), "tab %zu in %d columns", active, columns);
            for (size_t i = 0; i < line.count; i++) {
                cr_assert_geq(line.pieces[i].x, end);
                end = line.pieces[i].x + line.pieces[i].width;
                cr_assert_eq(line.pieces[i].width, text_width(line.pieces[i].text));
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
    struct tab_line line;
    tab_line_build(&tab, 1, 80, &line);
    cr_assert_eq(line.count, 1u);
    for (const char *at = line.pieces[0].text; *at != '\0'; at++)
        cr_expect((unsigned char)*at >= ' ' && *at != 0x7f);
}
