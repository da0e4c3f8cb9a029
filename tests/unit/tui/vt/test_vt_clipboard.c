// SPDX-License-Identifier: Apache-2.0
//
// What a remote program may do with the clipboard: offer a text, and nothing else.

#include "tui/vt/vt_screen.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define LIT(text) (text), sizeof(text) - 1

static const struct {
    const char *bytes;
    const char *text; // NULL: nothing is offered
    size_t length;
} rows[] = {
    {"\033]52;c;aGVsbG8=\a", LIT("hello")},
    {"\033]52;c;aGVsbG8=\033\\", LIT("hello")},
    {"\033]52;;aGVsbG8h\a", LIT("hello!")},
    {"\033]52;pc0;aGVsbA==\a", LIT("hell")},
    {"\033]52;c;AP8K\a", LIT("\0\377\n")},
    {"\033]52;c;b25l\a\033]52;c;dHdv\a", LIT("two")}, // the last one
    {"\033]52;c;b25l\a\033]52;c;?\a", LIT("one")},    // a read takes nothing away
    {"\033]52;c;?\a", NULL, 0},
    {"\033]52;c;\a", NULL, 0},
    {"\033]52;c\a", NULL, 0},
    {"\033]52\a", NULL, 0},
    {"\033]52;c;SGVsbG8\a", LIT("Hello")}, // padding is missing
    {"\033]52;c;aGVsbA\a", LIT("hell")},
    {"\033]52;c;SGVs bG8=\a", LIT("Hello")}, // white space in it
    {"\033]52;c; SGVs\nbG8 = \033\\", LIT("Hello")},
    {"\033]52;c;aGVsbG9=\a", LIT("hello")}, // bits left over
    {"\033]52;c;aGVsb\a", NULL, 0},         // not even one byte of them
    {"\033]52;c; \a", NULL, 0},
    {"\033]52;c;aGVs====\a", NULL, 0},
    {"\033]52;c;a===\a", NULL, 0},
    {"\033]52;c;====\a", NULL, 0},
    {"\033]52;c;aG=sbG8=\a", NULL, 0},
    {"\033]52;c;aGVs;G8=\a", NULL, 0},
    {"\033]52;c;aGV-_G8=\a", NULL, 0},
    {"\033]52;c;aGVsbG8=", NULL, 0},        // not ended
    {"\033]52;c;aGVsbG8=\030x\a", NULL, 0}, // given up by CAN
    {"\033]52;c;aGVsbG8=\033[m", NULL, 0},  // by another sequence
};

static void check(size_t row, size_t split)
{
    char replies[64];
    size_t length = 0, bytes = strlen(rows[row].bytes);
    struct vt *vt = vt_new(2, 10, NULL);
    vt_write(vt, rows[row].bytes, split);
    vt_write(vt, rows[row].bytes + split, bytes - split);
    char *text = vt_clipboard_take(vt, &length);
    if (rows[row].text == NULL)
        cr_expect_null(text, "row %zu at %zu", row, split);
    else
        cr_expect(text != NULL && length == rows[row].length && memcmp(text, rows[row].text, length) == 0,
                  "row %zu at %zu", row, split);
    free(text);
    cr_expect_null(vt_clipboard_take(vt, &length));
    cr_expect_eq(vt_reply_take(vt, replies, sizeof replies), 0u);
    vt_free(vt);
}

Test(vt_clipboard, writes_are_offered_and_reads_never_answered)
{
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++)
        for (size_t split = 0; split <= strlen(rows[row].bytes); split++)
            check(row, split);
}

static char *offered(size_t groups, size_t *length)
{
    struct vt *vt = vt_new(2, 10, NULL);
    vt_write(vt, "\033]52;c;", 7);
    for (size_t i = 0; i < groups; i++)
        vt_write(vt, "QUJD", 4);
    vt_write(vt, "\a", 1);
    char *text = vt_clipboard_take(vt, length);
    vt_free(vt);
    return text;
}

Test(vt_clipboard, is_capped)
{
    size_t length = 0;
    char *text = offered(VT_CLIPBOARD_MAX / 3, &length);
    cr_assert_not_null(text);
    cr_expect_eq(length, (size_t)VT_CLIPBOARD_MAX);
    cr_expect(memcmp(text + length - 3, "ABC", 3) == 0);
    free(text);
    cr_expect_null(offered(VT_CLIPBOARD_MAX / 3 + 1, &length));
    cr_expect_null(offered(10 * VT_CLIPBOARD_MAX, &length));
}
