// SPDX-License-Identifier: Apache-2.0
//
// bytebuf: holds what was added, however it was cut into pieces, and never more than its cap.

#include "api/base/bytebuf.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { CAP = 5000 };

static struct bytebuf buffer;
static char bytes[CAP + 1];

static void begin(void)
{
    buffer = BYTEBUF(CAP);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 + i / 256);
}

static void end(void)
{
    bytebuf_free(&buffer);
}

TestSuite(bytebuf, .init = begin, .fini = end);

Test(bytebuf, is_an_empty_text_at_first)
{
    cr_expect_str_eq(bytebuf_text(&buffer), "");
    bytebuf_clear(&buffer);
    bytebuf_drop(&buffer, 3);
    cr_expect_null(buffer.data);
    cr_expect_eq(bytebuf_add(&buffer, NULL, 0), STATUS_OK);
    cr_expect_str_eq(buffer.data, "");
}

Test(bytebuf, holds_what_came_in_two_parts_cut_anywhere)
{
    for (size_t cut = 0; cut <= CAP; cut += cut < 600 ? 1 : 97) {
        cr_assert_eq(bytebuf_add(&buffer, bytes, cut), STATUS_OK);
        cr_assert_eq(bytebuf_add(&buffer, bytes + cut, CAP - cut), STATUS_OK);
        cr_assert(buffer.length == CAP && memcmp(buffer.data, bytes, CAP) == 0 && buffer.data[CAP] == '\0');
        if (cut % 2 == 0)
            bytebuf_free(&buffer);
        else
            bytebuf_clear(&buffer);
    }
}

Test(bytebuf, takes_nothing_beyond_its_cap)
{
    cr_expect_eq(bytebuf_add(&buffer, bytes, CAP + 1), STATUS_TOO_LARGE);
    cr_expect_eq(bytebuf_add(&buffer, bytes, (size_t)-1), STATUS_TOO_LARGE);
    cr_expect_eq(bytebuf_add(&buffer, bytes, CAP), STATUS_OK);
    cr_expect_eq(bytebuf_add_text(&buffer, "x"), STATUS_TOO_LARGE);
    cr_expect_eq(bytebuf_print(&buffer, "%d", 7), STATUS_TOO_LARGE);
    cr_expect_eq(bytebuf_add_text(&buffer, ""), STATUS_OK);
    cr_expect(buffer.length == CAP && memcmp(buffer.data, bytes, CAP) == 0);
}

Test(bytebuf, prints_behind_what_is_there)
{
    cr_assert_eq(bytebuf_add_text(&buffer, "a"), STATUS_OK);
    cr_assert_eq(bytebuf_print(&buffer, "%s-%d", "b", 12), STATUS_OK);
    cr_expect_str_eq(buffer.data, "ab-12");
    for (int i = 0; i < 200; i++)
        cr_assert_eq(bytebuf_print(&buffer, "%010d", i), STATUS_OK);
    cr_expect_eq(buffer.length, 5 + 2000);
    cr_expect_str_eq(buffer.data + buffer.length - 10, "0000000199");
}

// As a queue: what goes in at the end comes out at the front.
Test(bytebuf, gives_from_the_front_what_was_added_at_the_end)
{
    size_t in = 0, out = 0;
    srandom(3);
    while (out < CAP) {
        size_t more = (size_t)random() % 300, less = (size_t)random() % 300;
        more = more < CAP - in ? more : CAP - in;
        cr_assert_eq(bytebuf_add(&buffer, bytes + in, more), STATUS_OK);
        in += more;
        cr_assert_eq(buffer.length, in - out);
        cr_assert(memcmp(bytebuf_text(&buffer), bytes + out, in - out) == 0);
        less = less < in - out ? less : in - out;
        bytebuf_drop(&buffer, less);
        out += less;
    }
    cr_expect_eq(buffer.length, 0);
}
