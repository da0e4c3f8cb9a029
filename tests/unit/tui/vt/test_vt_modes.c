// SPDX-License-Identifier: Apache-2.0
//
// Modes: wrapping and inserting, the two screens, what is set for keys and mouse, and how it is all reported.

#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <string.h>

#define E "\033"
#define C "\033["

static const struct vt_row_sample wrap_samples[] = {
    {"at the edge", 3, 4, "abcdef", "abcd|ef|", 1, 2, NULL},
    {"waits for one more", 3, 4, "abcd", "abcd||", 0, 3, NULL},
    {"not after a carriage return", 3, 4, "abcd\rX", "Xbcd||", 0, 1, NULL},
    {"off: the last cell is written over", 3, 4, C "?7labcdef", "abcf||", 0, 3, NULL},
    {"off, and on again where one would wait", 3, 4, C "?7labcd" C "?7hx", "abcd|x|", 1, 1, NULL},
    {"off while one waits", 3, 4, "abcd" C "?7lx", "abcx||", 0, 3, NULL},
    {"off: a wide one has no place at the edge", 3, 4, C "?7labc\344\275\240", "abc||", 0, 3, NULL},
    {"off: a wide one that fits", 3, 4, C "?7lab\344\275\240x", "ab x||", 0, 3, NULL},
    {"scrolls", 2, 4, "abcdefghi", "efgh|i", 1, 1, NULL},
    {"erasing keeps the place", 2, 4, "abcd" C "Ke", "abce|", 0, 3, NULL},
    {"a tab leaves it waiting", 2, 4, "abcd\te", "abcd|e", 1, 1, NULL},
    {"a tab goes to the next line when that is asked for", 2, 10, C "?41habcdefghij\tx",
     "abcdefghij|        x", 1, 9, NULL},
    {"a tab does when no text would", 2, 10, C "?41h" C "?7labcdefghij\tx", "abcdefghix|", 0, 9, NULL},
    {"backward", 3, 4, C "?45h" C "2;1H\bx", "   x||", 0, 3, NULL},
    {"backward: not without it", 3, 4, C "2;1H\bx", "|x|", 1, 1, NULL},
    {"backward needs forward", 3, 4, C "?45h" C "?7l" C "2;1H\bx", "|x|", 1, 1, NULL},
    {"backward, from a waiting wrap", 3, 4, C "?45habcd\bx", "abcx||", 0, 3, NULL},
    {"backward, at the first line", 3, 4, C "?45hab\b\b\b\bx", "ab||  x", 2, 3, NULL},
    {"backward, into a region", 4, 4, C "?45h" C "2;3r" C "4;1H\bx", "||   x|", 2, 3, NULL},
    {"backward, at the region's first line", 4, 4, C "?45h" C "2;3r" C "2;1H\bx", "||   x|", 2, 3, NULL},
    {"backward, between side margins", 4, 8, C "?45h" C "?69h" C "3;6s" C "2;3H\bx", "     x|||", 0, 5, NULL},
    {"backward, left of side margins", 4, 8, C "?45h" C "?69h" C "3;6s" C "2;1H\bx", "     x|||", 0, 5, NULL},
    {"backward by much, at the first line", 3, 4, C "?45h" C "9Dx", "||   x", 2, 3, NULL},
    {"backward by much", 3, 4, C "?45h" C "3;2H" C "7Dx", "  x||", 0, 3, NULL},
    {"backward by left", 3, 4, C "?45h" C "2;2H" C "3Dx", "  x||", 0, 3, NULL},
};

Test(vt_modes, wrapping)
{
    VT_ROWS_CHECK(wrap_samples);
}

static const struct vt_row_sample insert_samples[] = {
    {"insert", 2, 6, "abc\r" C "4hxy" C "4lz", "xyzbc|", 0, 3, NULL},
    {"insert pushes over the edge", 2, 4, "abcd\r" C "4hx", "xabc|", 0, 1, NULL},
    {"insert and wrap", 2, 4, C "4habcdef", "abcd|ef", 1, 2, NULL},
    {"insert a wide one", 2, 6, "abcd\r" C "4h\344\275\240", "\344\275\240abcd|", 0, 2, NULL},
    {"insert before a wide one at the edge", 2, 4, "ab\344\275\240\r" C "4hx", "xab|", 0, 1, NULL},
    {"insert keeps marks", 2, 6, "abc\r" C "4he\314\201",
     "e\314\201"
     "abc|",
     0, 1, NULL},
    {"line feed is a new line", 3, 6, C "20hab\ncd\ve", "ab|cd|e", 2, 1, NULL},
    {"line feed is a line feed", 3, 6, C "20h" C "20lab\ncd", "ab|  cd|", 1, 4, NULL},
    {"several at once", 2, 6, "abc\r" C "4;20hx\ny", "xabc|y", 1, 1, NULL},
    {"columns are the window's affair", 3, 6, "abc" C "?3hx" C "?3ly", "abcxy||", 0, 5, NULL},
    {"columns when allowed: cleared", 3, 6, "abc" C "?40h" C "?3lx", "x||", 0, 1, NULL},
};

Test(vt_modes, inserting_and_line_ends)
{
    VT_ROWS_CHECK(insert_samples);
}

static const struct vt_row_sample screen_samples[] = {
    {"47", 2, 6, "ab" C "?47hcd" C "?47le", "ab  e|", 0, 5, NULL},
    {"47 keeps what it had", 2, 6, "ab" C "?47hcd" C "?47le" C "?47hf", "  cd f|", 0, 6 - 1, NULL},
    {"1047", 2, 6, "ab" C "?1047hcd" C "?1047le", "ab  e|", 0, 5, NULL},
    {"1047 is cleared when left", 2, 6, "ab" C "?1047hcd" C "?1047le" C "?1047hf", "     f|", 0, 5, NULL},
    {"1048", 2, 6, "ab" C "?1048h" C "2;4Hx" C "?1048lc", "abc|   x", 0, 3, NULL},
    {"1049", 2, 6, "ab" C "?1049h" C "2Hcd" C "?1049le", "abe|", 0, 3, NULL},
    {"1049 shows an empty one", 2, 6, "ab" C "?1049hcd" C "?1049l" C "?1049hx", "  x|", 0, 3, NULL},
    {"1049 twice", 2, 6, "ab" C "?1049hcd" C "?1049hef", "    ef|", 0, 5, NULL},
    {"1049 left twice", 2, 6, "ab" C "?1049hcd" C "?1049l" C "?1049le", "abe|", 0, 3, NULL},
    {"1049 left without having been there", 2, 6, C "2;3Hab" C "?1049le", "e|  ab", 0, 1, NULL},
    {"style comes back", 2, 6, "ab" C "?1049h" C "1m" C "?1049l" E "P$qm" E "\\", "ab|", 0, 2,
     E "P1$r0m" E "\\"},
    {"1049 takes a waiting wrap away", 3, 4, "abcd" C "?1049hx", "   x||", 0, 3, NULL},
    {"a waiting wrap waits on", 3, 4, "abcd" C "?47hx", "|x|", 1, 1, NULL},
    {"margins are both screens'", 3, 6, C "2;3r" C "?47h" C "3Ha\nb", "|a| b", 2, 2, NULL},
    {"nothing scrolls into it", 2, 6, "a\r\nb\r\nc" C "?1049h" C "2H\n\n", "|", 1, 0, NULL},
};

Test(vt_modes, two_screens)
{
    VT_ROWS_CHECK(screen_samples);
}

#define ASK(number)         C "?" number "$p"
#define TOLD(number, state) C "?" number ";" state "$y"
static const struct vt_row_sample report_samples[] = {
    {"as it begins", 1, 4, ASK("1") ASK("6") ASK("7") ASK("25") ASK("69") ASK("1000") ASK("1006"), "", 0, 0,
     TOLD("1", "2") TOLD("6", "2") TOLD("7", "1") TOLD("25", "1") TOLD("69", "2") TOLD("1000", "2")
         TOLD("1006", "2")},
    {"what is set", 1, 4,
     C "?1;6;1002;1006;2004;1004;2026;69;66h" ASK("1") ASK("6") ASK("1000") ASK("1002") ASK("1006")
         ASK("2004") ASK("1004") ASK("2026") ASK("69") ASK("66"),
     "", 0, 0,
     TOLD("1", "1") TOLD("6", "1") TOLD("1000", "2") TOLD("1002", "1") TOLD("1006", "1") TOLD("2004", "1")
         TOLD("1004", "1") TOLD("2026", "1") TOLD("69", "1") TOLD("66", "1")},
    {"what is reset", 1, 4, C "?7;25l" ASK("7") ASK("25"), "", 0, 0, TOLD("7", "2") TOLD("25", "2")},
    {"the screens", 1, 4, C "?1049h" ASK("47") ASK("1047") ASK("1049"), "", 0, 0,
     TOLD("47", "1") TOLD("1047", "1") TOLD("1049", "1")},
    {"the keypad by its escape", 1, 4, E "=" ASK("66") E ">" ASK("66"), "", 0, 0,
     TOLD("66", "1") TOLD("66", "2")},
    {"ANSI ones", 1, 4, C "4h" C "4$p" C "20$p" C "99$p", "", 0, 0, C "4;1$y" C "20;2$y" C "99;0$y"},
    {"modes that are kept and do nothing", 1, 4,
     ASK("4") ASK("18") ASK("19") ASK("42") ASK("44") C "?4;18;19;42;44h" ASK("4") ASK("18") ASK("19")
         ASK("42") ASK("44") C "?4;18l" ASK("4") ASK("18"),
     "", 0, 0,
     TOLD("4", "2") TOLD("18", "2") TOLD("19", "2") TOLD("42", "2") TOLD("44", "2") TOLD("4", "1")
         TOLD("18", "1") TOLD("19", "1") TOLD("42", "1") TOLD("44", "1") TOLD("4", "2") TOLD("18", "2")},
    {"what is always so", 1, 4, ASK("8") ASK("60") ASK("1048"), "", 0, 0,
     TOLD("8", "4") TOLD("60", "4") TOLD("1048", "1")},
    {"columns", 1, 4, C "?3h" ASK("3") C "?40;3h" ASK("3") ASK("40") C "?3l" ASK("3"), "", 0, 0,
     TOLD("3", "2") TOLD("3", "1") TOLD("40", "1") TOLD("3", "2")},
    {"the blinking cursor", 1, 4,
     ASK("12") C "1 q" ASK("12") C "2 q" ASK("12") C "?12h" ASK("12") C "?12l" ASK("12"), "", 0, 0,
     TOLD("12", "2") TOLD("12", "1") TOLD("12", "2") TOLD("12", "1") TOLD("12", "2")},
    {"keys and echo", 1, 4,
     C "2$p" C "12$p" C "2h" C "12l" C "2$p" C "12$p" C "!p" C "2$p" C "12$p" E "c" C "12$p", "", 0, 0,
     C "2;2$y" C "12;1$y" C "2;1$y" C "12;2$y" C "2;2$y" C "12;2$y" C "12;1$y"},
    {"ANSI ones that no terminal has", 1, 4,
     C "1$p" C "5$p" C "7$p" C "10$p" C "11$p" C "13$p" C "14$p" C "15$p" C "16$p" C "17$p" C "18$p" C "19$p",
     "", 0, 0,
     C "1;4$y" C "5;4$y" C "7;4$y" C "10;4$y" C "11;4$y" C "13;4$y" C "14;4$y" C "15;4$y" C "16;4$y" C
       "17;4$y" C "18;4$y" C "19;4$y"},
    {"what is not known", 1, 4, ASK("9999") C "?$p", "", 0, 0, TOLD("9999", "0") TOLD("0", "0")},
    {"saved and restored", 1, 4,
     C "?1;2004h" C "?1;7;2004s" C "?1;7;2004l" C "?1;7;2004r" ASK("1") ASK("7") ASK("2004"), "", 0, 0,
     TOLD("1", "1") TOLD("7", "1") TOLD("2004", "1")},
    {"mouse saved and restored", 1, 4,
     C "?1002;1006h" C "?1002;1006s" C "?1002;1006l" C "?1002;1006r" ASK("1002") ASK("1006"), "", 0, 0,
     TOLD("1002", "1") TOLD("1006", "1")},
    {"after a reset", 1, 4,
     C "?1;5;6;45;66;67;69;1002;1004;1006;2004;2026h" C "?7;25l" E "c" ASK("1") ASK("5") ASK("7") ASK("25")
         ASK("45") ASK("1002") ASK("2004"),
     "", 0, 0,
     TOLD("1", "2") TOLD("5", "2") TOLD("7", "1") TOLD("25", "1") TOLD("45", "2") TOLD("1002", "2")
         TOLD("2004", "2")},
    {"after a soft reset", 1, 4,
     C "?1;5;6;66;69;1002;2004h" C "?25l" C "4h" C "!p" ASK("1") ASK("5") ASK("6") ASK("25") ASK("66")
         ASK("69") ASK("1002") ASK("2004") C "4$p",
     "", 0, 0,
     TOLD("1", "2") TOLD("5", "1") TOLD("6", "2") TOLD("25", "1") TOLD("66", "2") TOLD("69", "2")
         TOLD("1002", "1") TOLD("2004", "1") C "4;2$y"},
};

Test(vt_modes, reports)
{
    VT_ROWS_CHECK(report_samples);
}

struct mouse_row {
    const char *bytes;
    enum vt_mouse mouse;
    enum vt_mouse_encoding encoding;
};

Test(vt_modes, mouse)
{
    static const struct mouse_row rows[] = {
        {"", VT_MOUSE_OFF, VT_MOUSE_X10},
        {C "?9h", VT_MOUSE_PRESS, VT_MOUSE_X10},
        {C "?1000h", VT_MOUSE_CLICK, VT_MOUSE_X10},
        {C "?1002h", VT_MOUSE_DRAG, VT_MOUSE_X10},
        {C "?1003h", VT_MOUSE_MOTION, VT_MOUSE_X10},
        {C "?1000;1006h", VT_MOUSE_CLICK, VT_MOUSE_SGR},
        {C "?1006;1000h" C "?1006l", VT_MOUSE_CLICK, VT_MOUSE_X10},
        {C "?1000;1005h", VT_MOUSE_CLICK, VT_MOUSE_UTF8},
        {C "?1000;1015h", VT_MOUSE_CLICK, VT_MOUSE_URXVT},
        {C "?1000h" C "?1002h", VT_MOUSE_DRAG, VT_MOUSE_X10},
        {C "?1003h" C "?1000h", VT_MOUSE_CLICK, VT_MOUSE_X10},
        {C "?1000h" C "?1000l", VT_MOUSE_OFF, VT_MOUSE_X10},
        {C "?1000;1002;1003h" C "?1003;1002;1000l", VT_MOUSE_OFF, VT_MOUSE_X10},
        {C "?1003;1006h" E "c", VT_MOUSE_OFF, VT_MOUSE_X10},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t split = 0; split <= strlen(rows[i].bytes); split++) {
            struct vt *vt = vt_new(2, 4, NULL);
            vt_write(vt, rows[i].bytes, split);
            vt_rows_put(vt, rows[i].bytes + split);
            cr_assert(vt_modes(vt).mouse == rows[i].mouse && vt_modes(vt).mouse_encoding == rows[i].encoding,
                      "row %zu split at %zu: %d %d", i, split, vt_modes(vt).mouse,
                      vt_modes(vt).mouse_encoding);
            vt_free(vt);
        }
}

struct shape_row {
    const char *bytes;
    int shape;
    bool visible;
};

Test(vt_modes, cursor_shapes)
{
    static const struct shape_row rows[] = {
        {"", 0, true},
        {C " q", 0, true},
        {C "0 q", 0, true},
        {C "1 q", 1, true},
        {C "2 q", 2, true},
        {C "3 q", 3, true},
        {C "4 q", 4, true},
        {C "5 q", 5, true},
        {C "6 q", 6, true},
        {C "4 q" C "7 q", 4, true},
        {C "4 q" C "0 q", 0, true},
        {C "?25l", 0, false},
        {C "?25l" C "?25h", 0, true},
        {C "5 q" C "?25l" E "c", 0, true},
        {C "?25l" C "!p", 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vt *vt = vt_new(2, 4, NULL);
        vt_rows_put(vt, rows[i].bytes);
        struct vt_cursor cursor = vt_cursor(vt);
        cr_expect(cursor.shape == rows[i].shape && cursor.visible == rows[i].visible, "row %zu: %d %d", i,
                  cursor.shape, cursor.visible);
        vt_free(vt);
    }
}

// Each flag a program can ask for: set, reset, and back after RIS.
struct flag_row {
    const char *set, *reset;
    size_t offset;
    bool before;
};
#define FLAG(member) offsetof(struct vt_modes, member)

static bool flag(const struct vt *vt, size_t offset)
{
    struct vt_modes modes = vt_modes(vt);
    return *(const bool *)(const void *)((const char *)&modes + offset);
}

Test(vt_modes, flags)
{
    static const struct flag_row rows[] = {
        {C "?1h", C "?1l", FLAG(application_cursor), false},
        {C "?5h", C "?5l", FLAG(reverse_screen), false},
        {E "=", E ">", FLAG(application_keypad), false},
        {C "?66h", C "?66l", FLAG(application_keypad), false},
        {C "?67h", C "?67l", FLAG(backarrow_is_bs), false},
        {C "?1004h", C "?1004l", FLAG(focus_events), false},
        {C "?1007h", C "?1007l", FLAG(alternate_scroll), true},
        {C "?1049h", C "?1049l", FLAG(alternate_screen), false},
        {C "?2004h", C "?2004l", FLAG(bracketed_paste), false},
        {C "?2026h", C "?2026l", FLAG(synchronized), false},
        {C "20h", C "20l", FLAG(newline), false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vt *vt = vt_new(2, 4, NULL);
        cr_expect_eq(flag(vt, rows[i].offset), rows[i].before, "row %zu", i);
        vt_rows_put(vt, rows[i].set);
        cr_expect(flag(vt, rows[i].offset), "row %zu", i);
        vt_rows_put(vt, rows[i].reset);
        cr_expect_not(flag(vt, rows[i].offset), "row %zu", i);
        vt_rows_put(vt, rows[i].before ? rows[i].reset : rows[i].set);
        vt_rows_put(vt, E "c");
        cr_expect_eq(flag(vt, rows[i].offset), rows[i].before, "row %zu after a reset", i);
        vt_free(vt);
    }
}
