// SPDX-License-Identifier: Apache-2.0
//
// What is kept of a command's output, in whatever pieces it comes, and what it has in common with another's.

#include "views/exec/exec_output.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct exec_output output_of(const char *text, size_t length, size_t piece)
{
    struct exec_output output;
    size_t room = EXEC_TOTAL_CAP;
    exec_output_begin(&output);
    for (size_t at = 0; at < length; at += piece)
        exec_output_add(&output, text + at, length - at < piece ? length - at : piece, &room);
    exec_output_end(&output);
    return output;
}

static void drop(struct exec_output *output)
{
    size_t room = 0;
    exec_output_free(output, &room);
}

Test(exec_output, comes_in_any_pieces_and_is_the_same)
{
    static const char text[] = "one\r\n\ttwo \xc3\xa4\n\nlast line";
    struct exec_output whole = output_of(text, sizeof text - 1, sizeof text);
    cr_expect_str_eq(whole.last, "last line");
    for (size_t piece = 1; piece < sizeof text; piece++) {
        struct exec_output cut = output_of(text, sizeof text - 1, piece);
        cr_expect(exec_output_equal(&whole, &cut), "in pieces of %zu", piece);
        cr_expect_str_eq(cut.last, whole.last);
        cr_expect_eq(cut.kept.length, sizeof text - 1);
        cr_expect_eq(memcmp(bytebuf_text(&cut.kept), text, sizeof text - 1), 0);
        drop(&cut);
    }
    drop(&whole);
}

Test(exec_output, the_last_line_is_the_last_that_says_something)
{
    static const struct {
        const char *text, *last;
    } cases[] = {
        {"", ""},       {"\n\n", ""},        {"a\nb\n", "b"}, {"a\n \t \n", "a"}, {"done\r\n", "done"},
        {"\r\r\n", ""}, {"no end", "no end"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct exec_output output = output_of(cases[i].text, strlen(cases[i].text), 1);
        cr_expect_str_eq(output.last, cases[i].last, "%zu", i);
        drop(&output);
    }
}

Test(exec_output, beyond_the_cap_it_is_counted_and_still_told_apart)
{
    enum { MORE = 1000 };
    size_t length = EXEC_OUTPUT_CAP + MORE;
    char *text = malloc(length);
    cr_assert_not_null(text);
    memset(text, 'x', length);
    struct exec_output one = output_of(text, length, 16384);
    text[length - 1] = 'y';
    struct exec_output other = output_of(text, length, 16384);
    cr_expect_eq(one.kept.length, EXEC_OUTPUT_CAP);
    cr_expect_eq(exec_output_lost(&one), MORE);
    cr_expect_not(exec_output_equal(&one, &other));
    drop(&one);
    drop(&other);
    free(text);
}

Test(exec_output, all_together_keep_no_more_than_there_is_room_for)
{
    struct exec_output one, other;
    size_t room = 10;
    exec_output_begin(&one);
    exec_output_begin(&other);
    exec_output_add(&one, "123456", 6, &room);
    exec_output_add(&other, "abcdef", 6, &room);
    cr_expect_eq(room, 0);
    cr_expect_str_eq(bytebuf_text(&other.kept), "abcd");
    exec_output_free(&one, &room);
    cr_expect_eq(room, 6);
    exec_output_add(&other, "gh", 2, &room); // a hole would pass for what was written
    cr_expect_str_eq(bytebuf_text(&other.kept), "abcd");
    cr_expect_eq(exec_output_lost(&other), 4);
    exec_output_free(&other, &room);
    cr_expect_eq(room, 10);
}

Test(exec_output, text_is_utf8_without_nul)
{
    static const struct {
        const char *bytes;
        size_t length;
        bool text;
    } cases[] = {
        {"", 0, true}, {"a\tb\n", 4, true}, {"\xc3\xa4", 2, true}, {"a\0b", 3, false}, {"\xff", 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct exec_output output = output_of(cases[i].bytes, cases[i].length, 8);
        cr_expect_eq(exec_output_is_text(&output), cases[i].text, "%zu", i);
        drop(&output);
    }
}
