// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/tui/canvas.h"
#include "tui/palette.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct palette_entry entries[] = {
    {3, "connect", "Enter", "Open a shell"},
    {7, "credential new", "n", "Make a credential"},
    {8, "credential delete", "x", "Delete the credential"},
    {9, "sandbox delete", "D", "Delete the selected sandbox"},
    {4, "quit", "q", ""},
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

static int chosen, calls;

static void done(void *context, int id)
{
    (void)context;
    chosen = id;
    calls++;
}

static bool press(struct palette *palette, uint32_t key)
{
    struct input_event event = canvas_key(key, 0);
    return palette_input(palette, &event);
}

static const struct {
    const char *typed;
    int id;
} picks[] = {
    {"", 3},          {"con", 3}, {"quit", 4},    {"cn", 7},    {"crn", 7},          {"CD", 8},
    {"sd", 9},        {"del", 9}, {"sandbox", 9}, {"shell", 3}, {"credential d", 8}, {"zzz", PALETTE_NONE},
    {"sandbox d", 9},
};

Test(palette, the_best_match_is_first)
{
    for (size_t i = 0; i < sizeof picks / sizeof picks[0]; i++) {
        struct palette *palette = palette_new("Commands", entries, ENTRIES, done, NULL);
        calls = 0;
        for (const char *at = picks[i].typed; *at != '\0'; at++)
            cr_expect_not(press(palette, (unsigned char)*at));
        bool answered = press(palette, INPUT_KEY_ENTER);
        cr_expect_eq(answered, picks[i].id != PALETTE_NONE);
        cr_expect_eq(calls, 0);
        palette_finish(palette);
        cr_expect_eq(calls, 1);
        cr_expect_eq(chosen, picks[i].id, "\"%s\" picks %d", picks[i].typed, chosen);
    }
}

Test(palette, moves_and_leaves)
{
    struct palette *palette = palette_new(NULL, entries, ENTRIES, done, NULL);
    press(palette, INPUT_KEY_DOWN);
    press(palette, INPUT_KEY_DOWN);
    press(palette, INPUT_KEY_UP);
    cr_expect(press(palette, INPUT_KEY_ENTER));
    palette_finish(palette);
    cr_expect_eq(chosen, 7);
    palette = palette_new("", entries, ENTRIES, done, NULL);
    cr_expect(press(palette, INPUT_KEY_ESC));
    palette_finish(palette);
    cr_expect_eq(chosen, PALETTE_NONE);
    palette_finish(NULL);
}

Test(palette, scores)
{
    cr_expect_lt(palette_score("x", "connect"), 0);
    cr_expect_lt(palette_score("tc", "connect"), 0 + palette_score("ct", "connect"));
    cr_expect_gt(palette_score("con", "connect"), palette_score("cnt", "connect"));
    cr_expect_gt(palette_score("con", "connect"), palette_score("con", "xconnect"));
    cr_expect_gt(palette_score("cn", "credential new"), palette_score("cn", "connect"));
    cr_expect_eq(palette_score("CON", "connect"), palette_score("con", "Connect"));
}

Test(palette, is_seen_on_every_size)
{
    static const int sizes[][2] = {{24, 80}, {50, 200}, {5, 20}, {2, 8}, {1, 1}};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int rows = sizes[s][0], cols = sizes[s][1], y = -1, x = -1;
        canvas_begin(rows, cols, "xterm-256color");
        struct palette *palette = palette_new("Commands", entries, ENTRIES, done, NULL);
        press(palette, 'q');
        palette_draw(palette, stdscr, 0, 0, rows, cols, &y, &x);
        cr_expect(rows < 5 || canvas_has("quit"), "%dx%d", rows, cols);
        cr_expect(rows < 5 || (y >= 0 && y < rows && x >= 0 && x < cols));
        press(palette, 'q');
        press(palette, 'q');
        werase(stdscr);
        palette_draw(palette, stdscr, 0, 0, rows, cols, &y, &x);
        cr_expect(rows < 24 || canvas_has("Nothing matches"));
        palette_finish(palette);
        canvas_end();
    }
}
