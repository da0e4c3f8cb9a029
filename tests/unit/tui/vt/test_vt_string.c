// SPDX-License-Identifier: Apache-2.0
//
// What comes in strings: titles and their stack, directories, links, the clipboard, settings asked for. All
// of it hostile until shown otherwise.

#include "tests/support/terminal_cells.h"
#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define E   "\033"
#define C   "\033["
#define ST  "\033\\"
#define BEL "\007"

struct text_row {
    const char *what, *bytes, *wanted;
};

static void check_texts(const struct text_row *rows, size_t count, const char *(*text)(const struct vt *vt))
{
    for (size_t i = 0; i < count; i++)
        for (size_t split = 0; split <= strlen(rows[i].bytes); split++) {
            struct vt *vt = vt_new(2, 20, NULL);
            vt_write(vt, rows[i].bytes, split);
            vt_rows_put(vt, rows[i].bytes + split);
            cr_assert_str_eq(text(vt), rows[i].wanted, "%s split at %zu: '%s'", rows[i].what, split,
                             text(vt));
            cr_assert_str_eq(vt_rows_replies(vt), "", "%s", rows[i].what);
            vt_free(vt);
        }
}

Test(vt_string, titles)
{
    static const struct text_row rows[] = {
        {"by 0", E "]0;top" BEL, "top"},
        {"by 2", E "]2;top" BEL, "top"},
        {"by 1 is the icon's", E "]2;top" BEL E "]1;icon" BEL, "top"},
        {"ended by ST", E "]2;top" ST, "top"},
        {"with semicolons", E "]2;a;b;c" BEL, "a;b;c"},
        {"in UTF-8", E "]2;gr\303\274n \344\275\240" BEL, "gr\303\274n \344\275\240"},
        {"empty", E "]2;top" BEL E "]2;" BEL, ""},
        {"without a number", E "]2;top" BEL E "];x" BEL, "top"},
        {"without a semicolon", E "]2;top" BEL E "]2" BEL, "top"},
        {"another number", E "]2;top" BEL E "]20;x" BEL E "]999999;x" BEL, "top"},
        {"control characters go", E "]2;a\001b\tc\nd\177e" BEL, "abcde"},
        {"C1 controls go", E "]2;a\302\233b\302\235c" BEL, "abc"},
        {"turning text around goes", E "]2;a\342\200\256b\342\201\246c\342\200\217d" BEL, "abcd"},
        {"what is not UTF-8 goes", E "]2;a\377b\342\202" BEL, "ab"},
        {"cancelled", E "]2;top" BEL E "]2;x\030", "top"},
        {"given up", E "]2;top" BEL E "]2;x" C "m", "top"},
        {"stacked", E "]2;one" BEL C "22t" E "]2;two" BEL C "23t", "one"},
        {"stacked twice", E "]2;one" BEL C "22;2t" E "]2;two" BEL C "22;0t" E "]2;three" BEL C "23t" C "23t",
         "one"},
        {"an empty stack", E "]2;one" BEL C "23t", "one"},
        {"the icon's is not ours", E "]2;one" BEL C "22;1t" E "]2;two" BEL C "23;1t", "two"},
        {"reset", E "]2;one" BEL E "c", ""},
    };
    check_texts(rows, sizeof rows / sizeof rows[0], vt_title);
}

Test(vt_string, titles_have_caps)
{
    static char bytes[VT_STRING_MAX * 2];
    struct vt *vt = vt_new(2, 20, NULL);
    memset(bytes, 'a', sizeof bytes);
    memcpy(bytes, E "]2;", 4);
    bytes[1000] = '\007';
    vt_write(vt, bytes, 1001);
    cr_expect_eq(strlen(vt_title(vt)), VT_TITLE_MAX - 1);
    // Cut at a whole character.
    for (size_t i = 4; i + 1 < 1000; i += 2)
        memcpy(bytes + i, "\303\274", 2);
    vt_write(vt, bytes, 1001);
    cr_expect_eq(strlen(vt_title(vt)), VT_TITLE_MAX - 2);
    // Longer than a string may be: nothing comes of it, and what follows is text again.
    vt_rows_put(vt, E "]2;kept" BEL);
    bytes[1000] = 'a';
    bytes[sizeof bytes - 1] = '\007';
    vt_write(vt, bytes, sizeof bytes);
    cr_expect_str_eq(vt_title(vt), "kept");
    vt_rows_put(vt, "text");
    char row[64];
    (void)vt_row_text(vt, 0, row, sizeof row);
    cr_expect_str_eq(row, "text");
    // The stack.
    for (int i = 0; i < 3 * VT_TITLE_STACK_MAX; i++) {
        const char title[] = {'\033', ']', '2', ';', (char)('A' + i), '\007', '\0'};
        vt_rows_put(vt, title);
        vt_rows_put(vt, C "22t");
    }
    for (int i = 0; i < 3 * VT_TITLE_STACK_MAX; i++)
        vt_rows_put(vt, C "23t");
    cr_expect_str_eq(vt_title(vt), "A", "%s", vt_title(vt));
    vt_free(vt);
}

static const char *target_at(const struct vt *vt, int x)
{
    struct vt_glyph glyph;
    cr_assert(cell_read(vt, 0, x, &glyph));
    const char *target = cell_link(vt, glyph.style.link);
    return target != NULL ? target : "";
}

Test(vt_string, links)
{
    static const char bytes[] = "a" E "]8;;http://x/1" ST "b" C "1mc" C "md" E "]8;;" ST "e" E
                                "]8;id=7;http://x/2" BEL "f" E "]8;;" BEL E "]8;http" BEL "g" E
                                "]8;;http://x/1" ST "h" E "c" E "]8;;http://y\001/\342\200\256" ST "i";
    for (size_t split = 0; split < sizeof bytes; split++) {
        struct vt *vt = vt_new(1, 20, NULL);
        const char *reset = strstr(bytes, E "c");
        size_t before = (size_t)(reset - bytes);
        vt_write(vt, bytes, split < before ? split : before);
        if (split < before)
            vt_write(vt, bytes + split, before - split);
        static const char *const targets[] = {"", "http://x/1", "http://x/1", "http://x/1",
                                              "", "http://x/2", "",           "http://x/1"};
        for (int x = 0; x < 8; x++)
            cr_assert_str_eq(target_at(vt, x), targets[x], "%zu: %d: %s", split, x, target_at(vt, x));
        vt_rows_put(vt, reset);
        cr_assert_str_eq(target_at(vt, 0), "");
        cr_assert_null(cell_link(vt, 0));
        vt_free(vt);
    }
}

static void put_link(struct vt *vt, int number, const char *after)
{
    char bytes[64];
    (void)snprintf(bytes, sizeof bytes, E "]8;;http://x/%d" ST "\r%c%s", number, 'a' + number % 26, after);
    vt_rows_put(vt, bytes);
}

Test(vt_string, links_that_no_cell_has_any_more_make_room_for_others)
{
    char target[64];
    struct vt *vt = vt_new(1, 20, NULL);
    for (int i = 0; i < 5 * VT_LINKS_MAX; i++) {
        put_link(vt, i, "");
        (void)snprintf(target, sizeof target, "http://x/%d", i);
        cr_assert_str_eq(target_at(vt, 0), target, "%d", i);
    }
    vt_free(vt);
}

Test(vt_string, links_that_are_seen_are_kept_and_what_is_more_is_plain_text)
{
    const struct vt_options options = {.history = VT_HISTORY_MAX};
    struct vt *vt = vt_new(1, 20, &options);
    for (int i = 0; i < VT_LINKS_MAX + 10; i++)
        put_link(vt, i, "\n");
    struct vt_glyph glyph;
    cr_assert(cell_read(vt, -vt_history_rows(vt), 0, &glyph));
    cr_expect_str_eq(cell_link(vt, glyph.style.link), "http://x/0");
    cr_assert(cell_read(vt, -1, 0, &glyph));
    cr_expect_eq(glyph.style.link, 0);
    vt_free(vt);
}

Test(vt_string, links_are_named_apart)
{
    static const struct {
        const char *bytes, *named;
    } rows[] = {
        {"]8;;http://x/1", ";http://x/1"},
        {"]8;id=a;http://x/1", "a;http://x/1"},
        {"]8;x=1:id=b=:y=2;mailto:a;b", "b=;mailto:a;b"},
        {"]8;id=;http://x/1", ";http://x/1"},
        {"]8;id=\303\244;http://x/1", ";http://x/1"},
        {"]8;id=a;", NULL},
        {"]8;id=a;x", NULL},
        {"]8;id=a;:x", NULL},
        {"]8;id=a;1x:y", NULL},
        {"]8;id=a;http://x/ y", NULL},
        {"]8;id=a;http://x/\303\244", NULL},
        {"]8;id=a;h_p://x", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[128];
        struct vt_glyph glyph;
        struct vt *vt = vt_new(1, 20, NULL);
        (void)snprintf(bytes, sizeof bytes, E "]8;;before:" ST E "%s" ST "a", rows[i].bytes);
        vt_rows_put(vt, bytes);
        cr_assert(cell_read(vt, 0, 0, &glyph));
        const char *named = vt_link(vt, glyph.style.link);
        cr_expect((named == NULL) == (rows[i].named == NULL), "%s: %s", rows[i].bytes, named);
        if (named != NULL && rows[i].named != NULL)
            cr_expect_str_eq(named, rows[i].named);
        vt_free(vt);
    }
}

Test(vt_string, links_that_are_too_long_are_none)
{
    static char bytes[VT_STRING_MAX];
    for (int length = VT_LINK_MAX - 2; length <= VT_LINK_MAX + 1; length++) {
        struct vt_glyph glyph;
        struct vt *vt = vt_new(1, 20, NULL);
        (void)snprintf(bytes, sizeof bytes, E "]8;;x:%0*d" ST "a", length - 2, 0);
        vt_rows_put(vt, bytes);
        cr_assert(cell_read(vt, 0, 0, &glyph));
        cr_expect_eq(glyph.style.link != 0, length < VT_LINK_MAX, "%d", length);
        vt_free(vt);
    }
}

struct clip_row {
    const char *bytes, *wanted; // wanted NULL: nothing
};

Test(vt_string, clipboard)
{
    static const struct clip_row rows[] = {
        {E "]52;c;aGVsbG8=" BEL, "hello"},
        {E "]52;c;aGVsbG8=" ST, "hello"},
        {E "]52;;aGVsbG8" BEL, "hello"},
        {E "]52;pc;aGVsbG8gdw==" BEL, "hello w"},
        {E "]52;c;b25l" BEL E "]52;c;dHdv" BEL, "two"},
        {E "]52;c;" BEL, NULL},
        {E "]52;c;?" BEL, NULL},
        {E "]52;;?" ST, NULL},
        {E "]52;c;a*b" BEL, NULL},
        {E "]52;c" BEL, NULL},
        {E "]52;c;aGVsbG8=\030", NULL},
        {E "P52;c;aGVsbG8=" ST, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t split = 0; split <= strlen(rows[i].bytes); split++) {
            size_t length = 0;
            struct vt *vt = vt_new(1, 8, NULL);
            vt_write(vt, rows[i].bytes, split);
            vt_rows_put(vt, rows[i].bytes + split);
            char *text = vt_clipboard_take(vt, &length);
            cr_assert_eq(text != NULL, rows[i].wanted != NULL, "row %zu", i);
            if (text != NULL)
                cr_assert(length == strlen(rows[i].wanted) && memcmp(text, rows[i].wanted, length) == 0,
                          "row %zu: %.*s", i, (int)length, text);
            cr_assert_str_eq(vt_rows_replies(vt), "", "row %zu", i);
            cr_assert_null(vt_clipboard_take(vt, &length));
            free(text);
            vt_free(vt);
        }
}

Test(vt_string, clipboard_has_a_cap)
{
    static char bytes[VT_CLIPBOARD_MAX / 3 * 4 + 4096];
    size_t length = 0, most = VT_CLIPBOARD_MAX / 3 * 4;
    struct vt *vt = vt_new(1, 8, NULL);
    memset(bytes, 'Q', sizeof bytes);
    memcpy(bytes, E "]52;c;", 7);
    bytes[7 + most] = '\007';
    vt_write(vt, bytes, 7 + most + 1);
    char *text = vt_clipboard_take(vt, &length);
    cr_assert_not_null(text);
    cr_expect_eq(length, VT_CLIPBOARD_MAX);
    free(text);
    bytes[7 + most] = 'Q';
    bytes[sizeof bytes - 1] = '\007';
    vt_write(vt, bytes, sizeof bytes);
    cr_expect_null(vt_clipboard_take(vt, &length));
    vt_free(vt);
}

#define ASK(what) E "P$q" what ST
static const struct vt_row_sample setting_samples[] = {
    {"margins", 5, 8, C "2;4r" ASK("r"), "||||", 0, 0, E "P1$r2;4r" ST},
    {"side margins", 5, 8, C "?69h" C "3;6s" ASK("s"), "||||", 0, 0, E "P1$r3;6s" ST},
    {"style", 5, 8, C "1;4:3;31;48:5:99m" ASK("m"), "||||", 0, 0, E "P1$r0;1;4:3;31;48:5:99m" ST},
    {"cursor", 5, 8, C "5 q" ASK(" q"), "||||", 0, 0, E "P1$r5 q" ST},
    {"protection", 5, 8, C "1\"q" ASK("\"q"), "||||", 0, 0, E "P1$r1\"q" ST},
    {"level", 5, 8, ASK("\"p"), "||||", 0, 0, E "P1$r64;1\"p" ST},
    {"unknown", 5, 8, ASK("z") ASK("") ASK("mm"), "||||", 0, 0, E "P0$r" ST E "P0$r" ST E "P0$r" ST},
    {"nothing comes back of what was sent", 5, 8, ASK("echo hi\r") E "P$qm\runame\r" ST, "||||", 0, 0,
     E "P0$r" ST E "P0$r" ST},
    {"cancelled", 5, 8, E "P$qm\030x", "x||||", 0, 1, NULL},
};

Test(vt_string, settings)
{
    VT_ROWS_CHECK(setting_samples);
}

#define CAP(hex) E "P+q" hex ST
static const struct vt_row_sample capability_samples[] = {
    {"colours", 1, 8, CAP("436f"), "", 0, 0, E "P1+r436f=323536" ST},
    {"by the long name", 1, 8, CAP("636F6C6f7273"), "", 0, 0, E "P1+r636F6C6f7273=323536" ST},
    {"the name", 1, 8, CAP("544e"), "", 0, 0, E "P1+r544e=787465726D2D323536636F6C6F72" ST},
    {"24 bit", 1, 8, CAP("524742"), "", 0, 0, E "P1+r524742=38" ST},
    {"without a value", 1, 8, CAP("5463"), "", 0, 0, E "P1+r5463" ST},
    {"keys", 1, 8, CAP("6b75;6b63756231"), "", 0, 0, E "P1+r6b75=1B5B41;6b63756231=1B5B44" ST},
    {"keys as they are now", 1, 8, C "?1h" CAP("6b75"), "", 0, 0, E "P1+r6b75=1B4F41" ST},
    {"function keys", 1, 8, CAP("6b31;6b663133;6b663633"), "", 0, 0,
     E "P1+r6b31=1B4F50;6b663133=1B5B313B3250;6b663633=1B5B313B3452" ST},
    {"with modifiers", 1, 8, CAP("6b444e35;2334"), "", 0, 0,
     E "P1+r6b444e35=1B5B313B3542;2334=1B5B313B3244" ST},
    {"up to the first that is not known", 1, 8, CAP("436f;7a7a;6b75"), "", 0, 0, E "P1+r436f=323536" ST},
    {"not known", 1, 8, CAP("7a7a;436f") CAP("6b30") CAP("6b663634") CAP("6b444e39"), "", 0, 0,
     E "P0+r" ST E "P0+r" ST E "P0+r" ST E "P0+r" ST},
    {"no name", 1, 8, CAP("") CAP("4") CAP("zz") CAP("00") CAP("6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b"), "", 0,
     0, E "P0+r" ST E "P0+r" ST E "P0+r" ST E "P0+r" ST E "P0+r" ST},
};

Test(vt_string, capabilities)
{
    VT_ROWS_CHECK(capability_samples);
}

Test(vt_string, answers_have_a_cap)
{
    enum { MANY = 500 };
    static const char begin[] = E "P+q", name[] = "536574756c63;", end[] = ST;
    static char bytes[sizeof begin + MANY * sizeof name + sizeof end];
    struct vt *vt = vt_new(1, 8, NULL);
    char *at = stpcpy(bytes, begin);
    for (int i = 0; i < MANY; i++)
        at = stpcpy(at, name);
    (void)stpcpy(at, end);
    for (int i = 0; i < 20; i++)
        vt_rows_put(vt, i % 2 == 0 ? bytes : E "P+q536574756c63" ST);
    cr_expect_leq(strlen(vt_rows_replies(vt)), VT_REPLY_MAX);
    vt_free(vt);
}
