// SPDX-License-Identifier: Apache-2.0
//
// palette: the best match is first, and every size shows it.

#include "tests/unit/tui/canvas.h"
#include "tui/widget/palette.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct palette_entry entries[] = {
    {.id = 3, .name = "connect", .keys = "Enter", .help = "Open a shell", .also = "ssh open"},
    {.id = 7, .name = "credential new", .keys = "n", .help = "Make a credential", .also = "create"},
    {.id = 8, .name = "credential delete", .keys = "x", .help = "Delete the credential", .also = "rm"},
    {.id = 9, .name = "sandbox delete", .keys = "D", .help = "Delete the selected sandbox", .also = "rm"},
    {.id = 4, .name = "quit", .keys = "q", .help = "", .also = "exit"},
    {.id = 5, .name = "renewal fleet", .keys = "", .help = "Renew all credentials"},
    {.id = 6, .name = "credential regenerate", .keys = "r", .help = "Replace it", .also = "renew"},
    {.id = 10, .name = "connect sbx-7aa", .keys = "", .help = "running", .also = "ssh", .hidden = true},
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
    {"", 3},           {"con", 3},         {"quit", 4},         {"cn", 7},
    {"crn", 7},        {"CD", 8},          {"sd", 9},           {"del", 8}, // the first of equals
    {"sandbox", 9},    {"shell", 3},       {"credential d", 8}, {"zzz", PALETTE_NONE},
    {"sandbox d", 9},  {"delete sand", 9}, {"sand delete", 9},  {"  delete   sand ", 9},
    {"rm sandbox", 9}, {"rm", 8},          {"ssh", 3},          {"create", 7},
    {"exit", 4},       {"renew", 6}, // the whole of another name before the beginning of a name
    {"all renew", 5},  {"7aa", 10},        {"ssh 7a", 10},      {"connect", 3},
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

Test(palette, names_and_headers_are_whole_where_help_is_cut)
{
    static const struct palette_entry own[] = {
        {.id = 1, .name = "credential regenerate", .keys = "", .help = "Replace it by a new one"},
        {.id = 2, .name = "credential validate", .keys = "", .help = "Ask whether it is valid"},
    };
    int y = 0, x = 0;
    canvas_begin(12, 40, "xterm-256color");
    struct palette *palette = palette_new("Sessions", own, 2, done, NULL);
    cr_expect_str_eq(palette_verb(palette), "run");
    palette_set_words(palette, &(struct palette_words){"Session", "", "State", "go to"});
    cr_expect_str_eq(palette_verb(palette), "go to");
    palette_draw(palette, stdscr, 0, 0, 12, 40, &y, &x);
    cr_expect(canvas_has("credential regenerate"));
    cr_expect(canvas_has("Session"));
    cr_expect_not(canvas_has("Key"));
    palette_finish(palette);
    canvas_end();
}

static int score(const char *typed, const char *name, const char *also, const char *help)
{
    const struct palette_entry entry = {.name = name, .also = also, .help = help};
    return palette_score(typed, &entry);
}

Test(palette, scores)
{
    // Each is better than the next.
    const int scores[] = {score("stop", "sandbox stop", "", ""), score("stop", "halt", "stop", ""),
                          score("stop", "stopping it", "", ""),  score("stop", "the stopping", "", ""),
                          score("stop", "halt", "stopping", ""), score("stop", "nonstop", "", ""),
                          score("stop", "halt", "", "it stops"), score("stop", "halt", "", "unstopped")};
    for (size_t i = 1; i < sizeof scores / sizeof *scores; i++)
        cr_expect_gt(scores[i - 1], scores[i], "%zu", i);
    cr_expect_geq(scores[7], 0);
    cr_expect_lt(score("x", "connect", NULL, NULL), 0);
    cr_expect_lt(score("connect x", "connect", "", ""), 0);
    cr_expect_eq(score("CON", "connect", "", ""), score("con", "Connect", "", ""));
}

Test(palette, what_was_used_last_is_first_and_what_cant_be_done_is_behind)
{
    struct palette_entry own[ENTRIES];
    memcpy(own, entries, sizeof own);
    own[3].used = 2;                       // sandbox delete
    own[2].used = 1;                       // credential delete
    own[0].why = "no sandbox is selected"; // connect
    struct palette *palette = palette_new("Commands", own, ENTRIES, done, NULL);
    press(palette, INPUT_KEY_ENTER);
    palette_finish(palette);
    cr_expect_eq(chosen, 9);
    palette = palette_new("Commands", own, ENTRIES, done, NULL);
    for (const char *at = "delete"; *at != '\0'; at++)
        press(palette, (unsigned char)*at);
    press(palette, INPUT_KEY_DOWN);
    press(palette, INPUT_KEY_ENTER);
    palette_finish(palette);
    cr_expect_eq(chosen, 8);
    // It is still what Enter runs when it is what was typed.
    palette = palette_new("Commands", own, ENTRIES, done, NULL);
    for (const char *at = "open"; *at != '\0'; at++)
        press(palette, (unsigned char)*at);
    canvas_begin(24, 80, "xterm-256color");
    int y = 0, x = 0;
    palette_draw(palette, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect(canvas_has("no sandbox is selected"));
    cr_expect_not(canvas_has("Open a shell"));
    canvas_end();
    press(palette, INPUT_KEY_ENTER);
    palette_finish(palette);
    cr_expect_eq(chosen, 3);
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

static bool mouse(struct palette *palette, enum input_mouse_button button, int y, int x)
{
    const struct input_event event = {
        .kind = INPUT_MOUSE, .mouse = {.action = INPUT_MOUSE_PRESS, .button = button, .y = y, .x = x}};
    return palette_input(palette, &event);
}

Test(palette, the_wheel_moves_and_a_second_press_on_a_row_chooses_it)
{
    int cursor_y = 0, cursor_x = 0;
    canvas_begin(24, 80, "xterm-256color");
    struct palette *palette = palette_new("Commands", entries, ENTRIES, done, NULL);
    palette_draw(palette, stdscr, 0, 0, 24, 80, &cursor_y, &cursor_x);
    int quit = stdscr_find("quit");
    cr_assert_gt(quit, 0);
    cr_expect_not(mouse(palette, INPUT_WHEEL_DOWN, quit, 10));
    cr_expect_not(mouse(palette, INPUT_BUTTON_LEFT, 23, 10), "below all");
    cr_expect_not(mouse(palette, INPUT_BUTTON_LEFT, quit, 10), "selects");
    cr_expect(mouse(palette, INPUT_BUTTON_LEFT, quit, 10), "chooses");
    palette_finish(palette);
    cr_expect_eq(chosen, 4);
    canvas_end();
}

Test(palette, begins_on_the_one_that_is_told)
{
    struct palette *palette = palette_new("Commands", entries, ENTRIES, done, NULL);
    palette_select(palette, 9);
    cr_expect(press(palette, INPUT_KEY_ENTER));
    palette_finish(palette);
    cr_expect_eq(chosen, 9);
}

Test(palette, without_keys_the_texts_have_their_room)
{
    static const struct palette_entry notices[] = {
        {.id = 0, .name = "info 0s ago", .keys = "", .help = "Copied the password of a credential to tmux"},
        {.id = 1, .name = "warning 59m ago", .keys = "", .help = "The end"},
    };
    int y = 0, x = 0;
    canvas_begin(24, 80, "xterm-256color");
    struct palette *palette = palette_new("Notices", notices, 2, done, NULL);
    palette_draw(palette, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect(canvas_has("info 0s ago      Copied the password of a credential to tmux"));
    cr_expect(canvas_has("warning 59m ago  The end"));
    cr_expect_not(canvas_has("Key"));
    palette_finish(palette);
    canvas_end();
}

// A list that its owner finds: numbers that have what is typed in them.
static size_t numbers[1000], numbers_found;

static size_t search_numbers(void *context, const char *typed)
{
    char text[16];
    (void)context;
    numbers_found = 0;
    for (size_t i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "%zu", i);
        if (strstr(text, typed) != NULL)
            numbers[numbers_found++] = i;
    }
    return numbers_found;
}

static void number_entry(void *context, size_t place, struct palette_entry *out)
{
    static char text[16];
    (void)context;
    (void)snprintf(text, sizeof text, "number %zu", numbers[place]);
    out->name = text;
    out->help = "found";
}

static const struct palette_source number_source = {search_numbers, number_entry};

Test(palette, shows_what_its_owner_finds)
{
    struct palette *palette = palette_new_of("Numbers", &number_source, done, NULL);
    canvas_begin(24, 80, "xterm-256color");
    int y = 0, x = 0;
    press(palette, '7');
    press(palette, '5');
    press(palette, INPUT_KEY_DOWN);
    palette_draw(palette, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect(canvas_has("number 175"));
    cr_expect_not(canvas_has("number 176"));
    canvas_end();
    cr_expect(press(palette, INPUT_KEY_ENTER));
    palette_finish(palette);
    cr_expect_eq(chosen, 1);
    cr_expect_eq(numbers[1], 175);
}

Test(palette, shows_what_is_found_behind_its_own_once_something_is_typed)
{
    static const struct palette_entry own[] = {{.id = 4, .name = "seven", .also = "77"}};
    struct palette *palette = palette_new("Commands", own, 1, done, NULL);
    palette_set_more(palette, &number_source, NULL);
    press(palette, INPUT_KEY_DOWN);
    canvas_begin(24, 80, "xterm-256color");
    int y = 0, x = 0;
    palette_draw(palette, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect_not(canvas_has("number"));
    press(palette, '7');
    press(palette, '7');
    palette_draw(palette, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect(canvas_has("seven"));
    cr_expect(canvas_has("number 77 "));
    canvas_end();
    press(palette, INPUT_KEY_DOWN);
    cr_expect(press(palette, INPUT_KEY_ENTER));
    palette_finish(palette);
    cr_expect_eq(chosen, PALETTE_MORE);
    cr_expect_eq(numbers[0], 77);
}
