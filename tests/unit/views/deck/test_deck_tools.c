// SPDX-License-Identifier: Apache-2.0
//
// deck_tools: the mark takes only what room there is; the text has each version once, and is cut between
// them.

#include "tui/base/text.h"
#include "views/deck/deck_tools.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 40 };

static struct table_cell mark(size_t count, enum glyph before, const char *text)
{
    struct table_cell cell = {.fraction = -1, .role = ROLE_ACCENT, .glyph = before};
    (void)snprintf(cell.text, sizeof cell.text, "%s", text);
    deck_tools_mark(count, &cell);
    return cell;
}

Test(deck_tools, mark_takes_what_room_the_others_leave)
{
    cr_expect_str_eq(mark(0, GLYPH_NONE, "").text, "");
    cr_expect_str_eq(mark(1, GLYPH_NONE, "").text, glyph(GLYPH_TOOL));
    cr_expect_eq(mark(1, GLYPH_NONE, "").role, ROLE_DIM);
    char wanted[16];
    (void)snprintf(wanted, sizeof wanted, "%s3", glyph(GLYPH_TOOL));
    cr_expect_str_eq(mark(3, GLYPH_NONE, "").text, wanted);
    (void)snprintf(wanted, sizeof wanted, "%s+", glyph(GLYPH_TOOL));
    cr_expect_str_eq(mark(10, GLYPH_NONE, "").text, wanted);
    // Beside one session, or one forward.
    (void)snprintf(wanted, sizeof wanted, "%s%s", glyph(GLYPH_SESSION), glyph(GLYPH_TOOL));
    cr_expect_str_eq(mark(3, GLYPH_SESSION, "").text, wanted);
    cr_expect_eq(mark(3, GLYPH_SESSION, "").role, ROLE_ACCENT);
    cr_expect_eq(mark(3, GLYPH_SESSION, "").glyph, GLYPH_NONE);
    (void)snprintf(wanted, sizeof wanted, "%s%s", glyph(GLYPH_FORWARD), glyph(GLYPH_TOOL));
    cr_expect_str_eq(mark(3, GLYPH_NONE, glyph(GLYPH_FORWARD)).text, wanted);
    // Beside several sessions there is none.
    (void)snprintf(wanted, sizeof wanted, "%s2", glyph(GLYPH_SESSION));
    cr_expect_str_eq(mark(3, GLYPH_NONE, wanted).text, wanted);
}

static struct connected_tool tool(const char *version)
{
    struct connected_tool one = {.sandbox_id = "sbx-a"};
    (void)snprintf(one.version, sizeof one.version, "%s", version);
    return one;
}

Test(deck_tools, text_has_each_version_once)
{
    char text[200];
    const struct connected_tool list[] = {tool("OpenSSH_9.2p1"), tool("paramiko_3.0"), tool("OpenSSH_9.2p1"),
                                          tool("")};
    cr_expect_str_eq(deck_tools_text(list, 1, text, sizeof text), "1 tool connected, OpenSSH_9.2p1");
    cr_expect_str_eq(deck_tools_text(list, 4, text, sizeof text),
                     "4 tools connected, OpenSSH_9.2p1 (2), paramiko_3.0");
    cr_expect_str_eq(deck_tools_text(&list[3], 1, text, sizeof text), "1 tool connected");
}

Test(deck_tools, text_is_cut_between_versions)
{
    struct connected_tool list[MANY];
    char version[24];
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(version, sizeof version, "client_%zu", i);
        list[i] = tool(version);
    }
    for (size_t cap = 32; cap < 800; cap++) {
        char text[800], *shown = deck_tools_text(list, MANY, text, cap);
        cr_assert_lt(strlen(shown), cap);
        cr_expect_eq(strncmp(shown, "40 tools connected", 18), 0, "%s", shown);
        const char *last = strrchr(shown, ' ');
        cr_expect(strcmp(last, " …") == 0 || strncmp(last, " client_", 8) == 0 ||
                      strcmp(last, " connected") == 0,
                  "cap %zu: %s", cap, shown);
    }
}
