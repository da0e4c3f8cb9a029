// SPDX-License-Identifier: Apache-2.0
//
// paste_guard: which pastes are confirmed first, and that none breaks out of its brackets.

#include "tui/pane/paste_guard.h"
#include "tui/vt/vt_keys.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *bytes, *text;
    size_t lines, dropped;
} rows[] = {
    {"ls -l", "ls -l", 0, 0},
    {"", "", 0, 0},
    {"one\ntwo\n", "one\rtwo\r", 2, 0},
    {"one\r\ntwo\r\n", "one\rtwo\r", 2, 0},
    {"one\rtwo", "one\rtwo", 1, 0},
    {"a\n\r\nb", "a\r\rb", 2, 0},
    {"a\tb", "a\tb", 0, 0},
    {"a\033[201~rm -rf /\n", "arm -rf /\r", 1, 6},
    {"\033[200~a\033[201~", "a", 0, 12},
    {"a\302\233201~b", "ab", 0, 6},          // C1 as UTF-8
    {"a\233201~b", "ab", 0, 5},              // as a byte
    {"\033[20\033[201~1~x", "[201~x", 0, 7}, // what is left of it has no ESC
    {"a\033b\003c\004d\177e\bf", "abcdef", 0, 5},
    {"a\302\205b\302\235c", "abc", 0, 4},
    {"\303\244\344\275\240\360\237\230\200", "\303\244\344\275\240\360\237\230\200", 0, 0},
    {"a\377b\344\275", "ab", 0, 3},
    {"\344\033[201~\275\240", "", 0, 9}, // no character is made by what was taken out
    {"\r\033[201~\n", "\r\r", 2, 6},
};

Test(paste_guard, texts)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int bracketed = 0; bracketed < 2; bracketed++) {
            struct paste_guard guard;
            paste_guard_check(&guard, rows[i].bytes, strlen(rows[i].bytes), bracketed != 0);
            cr_expect_str_eq(guard.text, rows[i].text, "row %zu: %s", i, guard.text);
            cr_expect_eq(guard.length, strlen(rows[i].text));
            cr_expect_eq(guard.lines, rows[i].lines, "row %zu: %zu lines", i, guard.lines);
            cr_expect_eq(guard.dropped, rows[i].dropped, "row %zu: %zu dropped", i, guard.dropped);
            cr_expect_eq(guard.ask, rows[i].lines > 0 && bracketed == 0, "row %zu", i);
            // Cleaning it once more on the way to the program changes nothing.
            char again[64];
            struct vt_paste paste = {.bracketed = false};
            size_t length = vt_paste_piece(&paste, guard.text, guard.length, again);
            cr_expect(length == guard.length && memcmp(again, guard.text, length) == 0, "row %zu", i);
            paste_guard_end(&guard);
            cr_expect_null(guard.text);
            paste_guard_end(&guard);
        }
    }
}

// NUL is a byte like others.
Test(paste_guard, nul_is_dropped)
{
    struct paste_guard guard;
    paste_guard_check(&guard, "a\0b\n", 4, false);
    cr_expect_str_eq(guard.text, "ab\r");
    cr_expect(guard.ask && guard.dropped == 1);
    paste_guard_end(&guard);
}

// Nothing in any paste is an ESC, a C1 character or the end of a paste.
Test(paste_guard, nothing_breaks_out)
{
    static const char *const pieces[] = {"\033", "[", "201~", "200~", "\302",
                                         "\233", "x", "\r",   "\n",   "\344"};
    unsigned random = 3;
    for (int round = 0; round < 3000; round++) {
        char bytes[128] = "";
        size_t length = 0;
        for (int i = 0; i < 16; i++) {
            random = random * 1664525u + 1013904223u;
            const char *piece = pieces[(random >> 20) % (sizeof pieces / sizeof pieces[0])];
            memcpy(bytes + length, piece, strlen(piece));
            length += strlen(piece);
        }
        struct paste_guard guard;
        paste_guard_check(&guard, bytes, length, true);
        for (size_t i = 0; i < guard.length; i++) {
            unsigned char byte = (unsigned char)guard.text[i];
            cr_assert(byte >= 0x20 || byte == '\r');
            cr_assert(byte != 0x7f);
            cr_assert(byte != 0xc2 || (unsigned char)guard.text[i + 1] >= 0xa0);
        }
        paste_guard_end(&guard);
    }
}
