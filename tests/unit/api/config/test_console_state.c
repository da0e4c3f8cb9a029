// SPDX-License-Identifier: Apache-2.0
//
// What the console remembers: lines are read whatever else is in the file, and written as they were.

#include "api/config/console_state.h"

#include <criterion/criterion.h>
#include <string.h>

static struct console_state *state;

static void begin(void)
{
    state = console_state_new();
    cr_assert_not_null(state);
}

static void end(void)
{
    console_state_free(state);
}

TestSuite(console_state, .init = begin, .fini = end);

static void read_text(const char *text)
{
    console_state_read(state, text, strlen(text));
}

Test(console_state, lines_come_back)
{
    struct bytebuf bytes = BYTEBUF(4096);
    cr_expect(console_state_set(state, "sort", "id down"));
    cr_expect_not(console_state_set(state, "sort", "id down"), "it is the same");
    cr_expect(console_state_add(state, "folded", "a = b"));
    cr_expect(console_state_add(state, "folded", "c"));
    cr_assert_eq(console_state_write(state, &bytes), STATUS_OK);
    console_state_free(state);
    begin();
    console_state_read(state, bytes.data, bytes.length);
    cr_expect_str_eq(console_state_get(state, "sort"), "id down");
    cr_expect_str_eq(console_state_at(state, "folded", 0), "a = b");
    cr_expect_str_eq(console_state_at(state, "folded", 1), "c");
    cr_expect_null(console_state_at(state, "folded", 2));
    cr_expect(console_state_set(state, "folded", ""));
    cr_expect_null(console_state_get(state, "folded"));
    bytebuf_free(&bytes);
}

Test(console_state, what_is_damaged_costs_nothing_else)
{
    static const char hostile[] =
        "a = 1\n\n=\n= x\nA = 2\nb\nc = \x1b[0m\nd=4\n# e = 5\nname with blanks = 6\nf = \ng = 7\nh = 8";
    read_text(hostile);
    cr_expect_str_eq(console_state_get(state, "a"), "1");
    cr_expect_str_eq(console_state_get(state, "d"), "4");
    cr_expect_str_eq(console_state_get(state, "g"), "7");
    for (const char *const *name = (const char *const[]){"b", "c", "e", "f", "h", "A", "", NULL};
         *name != NULL; name++)
        cr_expect_null(console_state_get(state, *name), "%s", *name);
    // A value too long, and more lines than are kept.
    char line[CONSOLE_STATE_VALUE_CAP + 16] = "long = ";
    memset(line + 7, 'x', CONSOLE_STATE_VALUE_CAP);
    line[7 + CONSOLE_STATE_VALUE_CAP] = '\n';
    console_state_read(state, line, 8 + CONSOLE_STATE_VALUE_CAP);
    cr_expect_null(console_state_get(state, "long"));
    for (int i = 0; i < 2 * CONSOLE_STATE_LINES; i++)
        read_text("many = 1\n");
    cr_expect_not(console_state_add(state, "one_more", "1"));
}

Test(console_state, a_file_that_is_not_there_or_no_file_is_none)
{
    console_state_load(state, "/nowhere/at/all");
    console_state_load(state, "/");
    console_state_load(state, "/dev/null");
    cr_expect_null(console_state_get(state, "sort"));
}

Test(console_state, what_cannot_be_kept_is_left_out)
{
    (void)console_state_set(state, "sort", "two\nlines");
    cr_expect_null(console_state_get(state, "sort"));
    cr_expect_not(console_state_add(state, "Sort", "id"));
    cr_expect_not(console_state_add(state, "sort", " id"));
}

// --- several consoles ---

static bool is_list(const char *name)
{
    return strcmp(name, "list") == 0;
}

static void expect_merged(const char *base, const char *ours, const char *theirs, const char *merged)
{
    const char *const texts[] = {base, ours, theirs};
    struct console_state *states[3] = {NULL}, *out = console_state_new();
    struct bytebuf bytes = BYTEBUF(4096);
    for (size_t i = 0; i < 3; i++) {
        states[i] = console_state_new();
        cr_assert_not_null(states[i]);
        console_state_read(states[i], texts[i], strlen(texts[i]));
    }
    console_state_merge(out, states[0], states[1], states[2], is_list);
    cr_assert_eq(console_state_write(out, &bytes), STATUS_OK);
    cr_assert_eq(bytebuf_add(&bytes, "", 1), STATUS_OK);
    cr_expect_str_eq(strchr(bytes.data, '\n') + 1, merged, "%s | %s | %s", base, ours, theirs);
    for (size_t i = 0; i < 3; i++)
        console_state_free(states[i]);
    console_state_free(out);
    bytebuf_free(&bytes);
}

Test(console_state, what_another_console_remembers_stays)
{
    static const struct {
        const char *base, *ours, *theirs, *merged;
    } cases[] = {
        {"", "sort = age\n", "", "sort = age\n"},
        {"", "", "sort = age\n", "sort = age\n"},
        {"sort = id\n", "sort = id\n", "sort = age\nwide = yes\n", "sort = age\nwide = yes\n"},
        {"sort = id\n", "sort = name\n", "sort = age\nwide = yes\n", "wide = yes\nsort = name\n"},
        {"sort = id\n", "", "sort = age\nwide = yes\n", "wide = yes\n"},
        {"sort = id\n", "sort = id\n", "wide = yes\n", "wide = yes\n"},
        // The file was removed: what is here counts.
        {"sort = id\n", "sort = id\nwide = yes\n", "", "sort = id\nwide = yes\n"},
        {"list = a\n", "list = a\nlist = b\n", "list = a\nlist = c\n", "list = c\nlist = a\nlist = b\n"},
        {"list = a\nlist = b\n", "list = b\n", "list = a\nlist = b\nlist = c\n", "list = c\nlist = b\n"},
        {"list = a\nlist = b\n", "list = a\nlist = b\nlist = d\n", "list = b\n", "list = b\nlist = d\n"},
        {"list = a\n", "list = a\n", "list = c\n", "list = c\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_merged(cases[i].base, cases[i].ours, cases[i].theirs, cases[i].merged);
}
