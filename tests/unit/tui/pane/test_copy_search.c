// SPDX-License-Identifier: Apache-2.0
//
// copy_search: hits are found, marked and kept up with output, also in a large history.

#include "tests/unit/tui/pane/copy_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void begin(void)
{
    copying_begin(5, 20, 2000);
}

TestSuite(copy_search, .init = begin, .fini = copying_end);

static const struct {
    const char *screen, *keys, *here;
    int hit, hits;
} rows[] = {
    {"foo bar\r\nbar foo", "g/bar\r", "bar", 1, 2},
    {"foo bar\r\nbar foo", "g/bar\rn", "bar foo", 2, 2},
    {"foo bar\r\nbar foo", "g/bar\rnn", "bar", 1, 2},
    {"foo bar\r\nbar foo", "g/bar\rN", "bar foo", 2, 2},
    {"foo bar\r\nbar foo", "G$?foo\r", "foo", 2, 2},
    {"foo bar\r\nbar foo", "G$?foo\rn", "foo bar", 1, 2},
    {"foo bar\r\nbar foo", "G$?foo\rnN", "foo", 2, 2},
    {"foo bar\r\nbar foo", "g/bar\r/\r", "bar foo", 2, 2},
    {"foo bar\r\nbar foo", "g/ba\177\177foo\r", "foo", 2, 2},
    {"Foo FOO foo", "g/foo\r", "FOO foo", 2, 3},
    {"Foo FOO foo", "G$/Foo\r", "Foo FOO foo", 1, 1},
    {"\303\204rger \303\244rger", "g/\303\244rger\r", "\303\244rger", 2, 2},
    {"12345678901234567890 over the edge", "g/0 over\r", "0", 1, 1},
    {"1234567890123456789\344\275\240\345\245\275", "g/9\344\275\240\r", "9", 1, 1},
    {"e\314\201a ea", "g/e\r", "ea", 2, 2},
    {"x e\314\201a", "g/e\314\201\r", "e\314\201a", 1, 1},
    {"aaaa", "g/aa\r", "aaa", 2, 3},
    {"one  \r\ntwo", "g/e \r", "one", 0, 0},
    {"a.c abc", "G0/a.c\r", "a.c abc", 1, 1}, // plain text
};

Test(copy_search, finds)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copying_end();
        begin();
        copying_write(rows[i].screen);
        copying_enter(COPY_FULL);
        copying_keys(rows[i].keys);
        struct copy_status status = copy_mode_status(copying_mode);
        cr_expect_str_eq(copying_here(), rows[i].here, "row %zu: '%s'", i, copying_here());
        cr_expect(status.hit == rows[i].hit && status.hits == rows[i].hits, "row %zu: %d of %d", i,
                  status.hit, status.hits);
        cr_expect_not(status.searching);
    }
}

Test(copy_search, says_when_it_goes_round_and_when_there_is_nothing)
{
    copying_lines(1, 30);
    copying_enter(COPY_FULL);
    copying_keys("g/line 30\r");
    cr_expect_str_eq(copying_verdict.notice, "");
    copying_keys("n");
    cr_expect(strstr(copying_verdict.notice, "oldest") != NULL, "%s", copying_verdict.notice);
    copying_keys("N");
    cr_expect(strstr(copying_verdict.notice, "newest") != NULL, "%s", copying_verdict.notice);
    copying_keys("/no such\033");
    copying_keys("/nix\r");
    cr_expect_str_eq(copying_verdict.notice, "Not found: nix");
    copying_enter(COPY_FULL);
    copying_keys("n");
    cr_expect(strstr(copying_verdict.notice, "No search yet") != NULL);
}

Test(copy_search, the_prompt_is_a_line_edit)
{
    copying_enter(COPY_FULL);
    copying_keys("?abc\033[200~pasted\033[201~");
    struct copy_status status = copy_mode_status(copying_mode);
    cr_expect_eq(status.prompt, '?');
    cr_assert_not_null(status.edit);
    cr_expect_str_eq(status.edit->text, "abcpasted");
    copying_keys("\003");
    cr_expect_eq(copy_mode_status(copying_mode).prompt, '\0');
}

Test(copy_search, what_is_typed_is_marked_at_once)
{
    copying_write("foo bar baz");
    copying_enter(COPY_FULL);
    copying_keys("0/foo\r");
    copying_keys("/b");
    cr_expect_str_eq(copying_marks(0), "....h...h");
    copying_keys("az");
    cr_expect_str_eq(copying_marks(0), "........hhh");
    cr_expect_eq(copy_mode_status(copying_mode).hits, 1);
    cr_expect_str_eq(copying_here(), "foo bar baz");
    copying_keys("\033");
    cr_expect_str_eq(copy_mode_status(copying_mode).pattern, "foo");
    cr_expect_str_eq(copying_marks(0), "HHH");
    copying_keys("?ba\177\177\r");
    cr_expect_str_eq(copy_mode_status(copying_mode).pattern, "foo");
}

Test(copy_search, marks_all_hits_in_view)
{
    copying_write("foo Foo\r\n123456789012345678foo\r\nfo");
    copying_enter(COPY_FULL);
    copying_keys("g/foo\r");
    cr_expect_str_eq(copying_marks(0), "hhh.HHH");
    cr_expect_str_eq(copying_marks(1), "..................hh");
    cr_expect_str_eq(copying_marks(2), "h");
    cr_expect_str_eq(copying_marks(3), "");
}

// A hit that begins above the view.
Test(copy_search, marks_what_reaches_into_the_view)
{
    copying_write("123456789012345678foo\r\n");
    copying_lines(1, 10);
    copying_enter(COPY_FULL);
    copying_keys("g/foo\r\005");
    cr_expect_str_eq(copying_marks(0), "h", "%s", copying_marks(0));
}

Test(copy_search, keeps_up_with_output_and_with_what_is_thrown_out)
{
    copying_lines(1, 1000);
    copying_enter(COPY_FULL);
    copying_keys("?line 100\r");
    cr_expect_eq(copy_mode_status(copying_mode).hits, 2); // 100 and 1000
    for (int i = 1001; i < 1010; i++) {
        copying_lines(i, i);
        cr_expect(copy_mode_status(copying_mode).searching);
        copy_mode_work(copying_mode, &copying_verdict);
        cr_expect_eq(copy_mode_status(copying_mode).hits, 2 + i - 1000);
    }
    copying_lines(1010, 2500); // throws 100 out
    do
        copy_mode_work(copying_mode, &copying_verdict);
    while (copying_verdict.more);
    struct copy_status status = copy_mode_status(copying_mode);
    cr_expect_eq(status.hits, 10, "%d", status.hits);
    copying_lines(2501, 4100);
    copying_keys("n");
    status = copy_mode_status(copying_mode);
    cr_expect_eq(status.hits, 0, "%d", status.hits);
    cr_expect(strncmp(copying_verdict.notice, "Not found", 9) == 0, "%s", copying_verdict.notice);
    copying_write("\033[3J");
    copying_keys("n");
    cr_expect_eq(copy_mode_status(copying_mode).hits, 0);
}

Test(copy_search, a_new_size_searches_anew)
{
    copying_write("123456789012345678foo\r\n");
    copying_lines(1, 30);
    copying_enter(COPY_FULL);
    copying_keys("g/foo\r");
    copy_mode_resize(copying_mode, 4, 12);
    copying_keys("n");
    struct copy_status status = copy_mode_status(copying_mode);
    cr_expect(status.hit == 1 && status.hits == 1, "%d of %d", status.hit, status.hits);
    cr_expect_str_eq(copying_here(), "foo");
}

Test(copy_search, more_hits_than_are_counted)
{
    copying_end();
    copying_begin(5, 100, 2000);
    char line[100];
    memset(line, 'a', sizeof line);
    memcpy(line + 90, "\r\n", 3);
    for (int i = 0; i < 1500; i++)
        copying_write(line);
    copying_enter(COPY_FULL);
    copying_keys("?a\r");
    struct copy_status status = copy_mode_status(copying_mode);
    cr_expect(status.hits_more && status.hits > COPY_HITS_MAX - 1000 && status.hits < COPY_HITS_MAX + 2000,
              "%d", status.hits);
    cr_expect_eq(status.hit, status.hits);
    for (int i = 0; i < 300; i++)
        copying_write(line);
    do
        copy_mode_work(copying_mode, &copying_verdict);
    while (copying_verdict.more);
    status = copy_mode_status(copying_mode);
    cr_expect(status.hits_more && status.hits < COPY_HITS_MAX + 2000, "%d", status.hits);
}

// The size of one slice: a large history needs several, and each is a small part of the whole.
Test(copy_search, a_large_history_is_searched_in_slices)
{
    copying_end();
    copying_begin(50, 200, 20000);
    char line[256];
    for (int i = 0; i < 20000; i++) {
        (void)snprintf(line, sizeof line, "%05d %0150d needle\r\n", i, i);
        copying_write(line);
    }
    copying_enter(COPY_FULL);
    copying_keys("?x\033"); // nothing yet
    copying_keys("?");
    static const struct input_event letter = {.kind = INPUT_KEY, .key = 'z', .raw = "z", .raw_length = 1};
    static const struct input_event enter = {
        .kind = INPUT_KEY, .key = INPUT_KEY_ENTER, .raw = "\r", .raw_length = 1};
    copy_mode_input(copying_mode, &letter, 0, 0, 0, &copying_verdict);
    copy_mode_input(copying_mode, &enter, 0, 0, 0, &copying_verdict);
    int slices = 1;
    for (; copying_verdict.more; slices++) {
        cr_expect_str_eq(copying_verdict.notice, "");
        copy_mode_work(copying_mode, &copying_verdict);
    }
    cr_expect(slices >= 8 && slices < 40, "%d", slices);
    cr_expect_str_eq(copying_verdict.notice, "Not found: z");
}
