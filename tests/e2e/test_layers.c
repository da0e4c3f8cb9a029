// SPDX-License-Identifier: Apache-2.0
//
// What lies over what: every layer over every base leads back to it, the keys and the mouse go to what is on
// top, and every size of the screen is stood, down to one character.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char sandbox[64];

static void press(struct console *console, int button, int row, int column)
{
    char bytes[64];
    (void)snprintf(bytes, sizeof bytes, "\033[<%d;%d;%dM", button, column + 1, row + 1);
    console_type(console, bytes);
    if (button >= 64)
        return;
    (void)snprintf(bytes, sizeof bytes, "\033[<%d;%d;%dm", button, column + 1, row + 1);
    console_type(console, bytes);
}

static int line_with(struct console *console, int rows, const char *text)
{
    for (int y = 0; y < rows; y++)
        if (strstr(console_line(console, y), text) != NULL)
            return y;
    cr_assert_fail("no line has '%s':\n%s", text, console_screen(console));
    return -1;
}

// Two sessions that are told apart, the second in front, the first in sight with it when wanted.
static struct console *two_sessions(struct fixture *fixture, int rows, int cols)
{
    struct console *console = fixture_shell(fixture, NULL, rows, cols, sandbox, sizeof sandbox);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_wait(console, " 1/");
    console_type(console, KEY_ESC); // the filter that it was found by
    console_wait_gone(console, " 1/");
    console_type(console, KEY_PREFIX);
    fixture_second_shell(console);
    return console;
}

static void leave(struct fixture *fixture, struct console *console)
{
    console_type(console, KEY_CTRL_C);
    console_wait(console, "Quit?");
    console_type(console, KEY_TAB KEY_ENTER);
    fixture_wait_quit(console);
    fixture_end(fixture);
}

// The last line shows the keys of what is in front, also where a session's line stands else.
Test(layers, the_keys_of_a_question_and_a_list_are_shown_before_a_session_too)
{
    struct fixture fixture;
    struct console *console = two_sessions(&fixture, 24, 80);
    console_type(console, KEY_PREFIX "w");
    console_wait_row(console, 23, "Enter go to");
    console_wait(console, "State");
    console_type(console, KEY_ESC);
    console_wait_row(console, 23, "Ctrl-]");
    console_type(console, KEY_PREFIX ",");
    console_wait_row(console, 23, "Esc cancel");
    console_type(console, KEY_ESC);
    console_wait_row(console, 23, "Ctrl-]");
    // In the deck above a session help and the way back to it both have their place.
    console_type(console, KEY_PREFIX "-" KEY_PREFIX "o");
    console_wait_row(console, 23, "? help, Ctrl-] o session");
    console_resize(console, 24, 50);
    console_wait_row(console, 23, "? help, Ctrl-] o");
    leave(&fixture, console);
}

// Where letters are typed, a notice offers no key that would only be typed.
Test(layers, a_notice_offers_no_key_while_words_are_typed)
{
    struct fixture fixture;
    fixture_begin(&fixture, NULL);
    struct console *console = fixture_console(&fixture, 24, 80, "SANDBOX");
    console_type(console, "n");
    console_wait_row(console, 23, "Created");
    console_wait_row(console, 23, "? help");
    console_type(console, "/");
    console_wait(console, "words in any order");
    console_wait_gone(console, "? help");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "words in any order");
    fixture_quit(console);
    fixture_end(&fixture);
}

// --- layers over bases --------------------------------------------------------------------

struct base {
    const char *keys;     // from a session in front, with another one
    const char *shown[3]; // what tells that it is in front
    const char *prefix;   // before a key of the console
};
static const struct base bases[] = {
    {KEY_PREFIX "d", {"SANDBOX", "6 sandboxes"}, ""},
    {"", {"in two", "59m"}, KEY_PREFIX},
    {KEY_PREFIX "-", {"SANDBOX", "in two"}, KEY_PREFIX},
    {KEY_PREFIX "-" KEY_PREFIX "d", {"SANDBOX", "in two"}, ""},
    {KEY_PREFIX "|", {"in one", "in two", "│"}, KEY_PREFIX},
};

static void expect_base(struct console *console, const struct base *base)
{
    for (size_t i = 0; i < 3 && base->shown[i] != NULL; i++)
        console_wait(console, base->shown[i]);
}

static void over(struct console *console, const struct base *base, const char *keys, const char *shown)
{
    console_type(console, base->prefix);
    console_type(console, keys);
    console_wait(console, shown);
    console_resize(console, 20, 70);
    console_wait_row(console, 19, " ");
    console_wait(console, shown);
    console_resize(console, 30, 120);
    console_wait_row(console, 29, " "); // drawn to its end
    console_wait(console, shown);
    console_type(console, KEY_ESC);
    console_wait_gone(console, shown);
    expect_base(console, base);
}

static void all_over(size_t which)
{
    const struct base *base = &bases[which];
    struct fixture fixture;
    struct console *console = two_sessions(&fixture, 30, 120);
    console_type(console, base->keys);
    expect_base(console, base);
    over(console, base, "?", "Esc close");
    over(console, base, ":", "Commands");
    over(console, base, ":log\r", "Event log");
    if (base->prefix[0] != '\0') {
        over(console, base, "w", "Sessions");
        over(console, base, ",", "Name this session");
    } else {
        over(console, base, "w", "Sessions");
        over(console, base, "N", "New sandbox");
        over(console, base, "t", "Timeline");
        over(console, base, "L", "Event log");
        // One over the other, and back by the same steps.
        console_type(console, "t");
        console_wait(console, "Timeline");
        console_type(console, "L");
        console_wait(console, "Event log");
        console_type(console, "?");
        console_wait(console, "In the event log");
        console_type(console, KEY_ESC);
        console_wait(console, "Event log");
        console_type(console, KEY_ESC);
        console_wait(console, "Timeline");
        console_type(console, KEY_ESC);
        expect_base(console, base);
    }
    if (base->prefix[0] != '\0')
        console_run(console, "echo there-$((3 * 4))", "there-12");
    if (base->prefix[0] != '\0')
        console_type(console, KEY_PREFIX "d");
    leave(&fixture, console);
}

Test(layers, over_the_deck_lead_back_to_it)
{
    all_over(0);
}

Test(layers, over_a_session_lead_back_to_it)
{
    all_over(1);
}

Test(layers, over_a_session_below_the_deck_lead_back_to_both)
{
    all_over(2);
}

Test(layers, over_the_deck_above_a_session_lead_back_to_both)
{
    all_over(3);
}

Test(layers, over_two_sessions_lead_back_to_both)
{
    all_over(4);
}

// --- the deck's half ----------------------------------------------------------------------

Test(layers, details_that_were_open_leave_the_list_in_the_half_and_the_tabs_stay_whole)
{
    struct fixture fixture;
    struct console *console = two_sessions(&fixture, 24, 80);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, "d");
    console_wait(console, "template");
    console_type(console, KEY_PREFIX);
    console_wait(console, "in two");
    console_type(console, KEY_PREFIX "-");
    console_wait(console, "SANDBOX");
    console_wait_match(console, "^ 0 sbx-[^ ]+ .* 1 sbx-");
    console_wait_gone(console, "template");
    console_wait(console, "in two");
    // There they are opened and closed by the same key, and the whole deck has them still.
    console_type(console, KEY_PREFIX "dd");
    console_wait(console, "template");
    console_type(console, "d");
    console_wait_gone(console, "template");
    console_type(console, KEY_PREFIX "d");
    console_wait_gone(console, "in two");
    console_wait(console, "template");
    leave(&fixture, console);
}

Test(layers, the_prefix_is_one_in_the_decks_half_too)
{
    struct fixture fixture;
    struct console *console = two_sessions(&fixture, 30, 100);
    console_type(console, KEY_PREFIX "-" KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    console_type(console, KEY_PREFIX "z");
    console_wait_gone(console, "in two");
    console_wait(console, "? help"); // alone it has its keys
    console_type(console, KEY_PREFIX "z");
    console_wait(console, "in two");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "goes to the session");
    console_type(console, KEY_PREFIX "0");
    console_wait(console, "in one");
    console_run(console, "echo zero-$((3 * 4))", "zero-12");
    console_type(console, KEY_PREFIX "o" KEY_PREFIX "o");
    console_run(console, "echo again-$((3 * 5))", "again-15");
    console_type(console, KEY_PREFIX "o" KEY_PREFIX "-");
    console_wait_gone(console, "SANDBOX");
    console_run(console, "echo alone-$((3 * 6))", "alone-18");
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    leave(&fixture, console);
}

// --- the mouse ----------------------------------------------------------------------------

Test(layers, the_wheel_turns_what_is_under_it_and_a_press_goes_to_what_it_hits)
{
    enum { ROWS = 30, COLS = 100 };
    struct fixture fixture;
    struct console *console = two_sessions(&fixture, ROWS, COLS);
    console_run(console, "seq 100; echo end-$((1 + 1))", "end-2");
    console_type(console, KEY_PREFIX "-");
    console_wait(console, "SANDBOX");
    int list = line_with(console, ROWS, "SANDBOX") + 1;
    char second[16];
    (void)snprintf(second, sizeof second, "%.14s", console_line(console, list + 1) + 1);
    // The keys are the session's: the wheel over the list moves in it, and they stay there.
    press(console, 65, list, 5);
    console_run(console, "echo keys-$((2 + 2))", "keys-4");
    // A press there takes them along, and selects what is under it.
    press(console, 0, list, 5);
    press(console, 0, list + 1, 5);
    console_type(console, "d");
    console_wait_match(console, "^ sbx-.*credential");
    const char *title = console_line(console, line_with(console, ROWS, "known here"));
    cr_expect_not_null(strstr(title, second), "%s is not the one selected:\n%s", second,
                       console_screen(console));
    console_type(console, "d");
    console_wait(console, "SANDBOX");
    // The wheel over the session looks back in it while the keys are the deck's.
    press(console, 64, ROWS - 5, 5);
    console_wait_gone(console, "keys-4");
    console_type(console, "/" KEY_ESC);
    press(console, 0, ROWS - 5, 5);
    console_type(console, KEY_ESC "q");
    console_run(console, "echo back-$((2 + 3))", "back-5");
    console_type(console, KEY_PREFIX "d");
    leave(&fixture, console);
}

Test(layers, a_click_on_what_is_covered_does_nothing)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "30", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    struct console *console = fixture_console(&fixture, 24, 80, "sbx-");
    int list = line_with(console, 24, "SANDBOX") + 1;
    char first[16];
    (void)snprintf(first, sizeof first, "%.14s", console_line(console, list) + 1);
    static const char *const layers[][2] = {{":", "Commands"}, {"N", "New sandbox"}, {"?", "Esc close"}};
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        console_type(console, layers[i][0]);
        console_wait(console, layers[i][1]);
        for (int y = 0; y < 24; y++)
            press(console, 65, y, 2);
        press(console, 0, list + 3, 2);
        console_type(console, KEY_ESC);
        console_wait_gone(console, layers[i][1]);
    }
    console_wait(console, "SANDBOX");
    console_type(console, "d");
    console_wait(console, "template");
    cr_expect(console_shows(console, first), "%s is not selected any more:\n%s", first,
              console_screen(console));
    fixture_leave(&fixture, console);
}

// --- sizes --------------------------------------------------------------------------------

Test(layers, the_smallest_screens_can_be_quit_from)
{
    static const char *const keys[] = {"q", KEY_CTRL_C};
    static const int sizes[][2] = {{1, 1}, {2, 10}};
    struct fixture fixture;
    fixture_begin(&fixture, NULL);
    for (int i = 0; i < 4; i++) {
        struct console *console = fixture_console(&fixture, 24, 80, "SANDBOX");
        console_resize(console, sizes[i / 2][0], sizes[i / 2][1]);
        console_wait_gone(console, "SANDBOX");
        console_type(console, keys[i % 2]);
        cr_expect_eq(console_wait_exit(console), 0);
        console_free(console);
    }
    fixture_end(&fixture);
}

Test(layers, on_the_smallest_screens_open_sessions_are_asked_about)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 80, sandbox, sizeof sandbox);
    console_resize(console, 2, 10);
    console_wait(console, "20x5");
    console_type(console, "q");
    console_wait(console, "quit? y/n");
    console_type(console, "n");
    console_wait(console, "20x5");
    console_type(console, KEY_CTRL_C);
    console_wait(console, "quit? y/n");
    console_resize(console, 24, 80); // with room it is the whole question
    console_wait(console, "[>Cancel<]");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Quit?");
    console_run(console, "echo still-$((1 + 1))", "still-2");
    console_resize(console, 1, 1);
    console_wait(console, "?"); // it needs more room
    console_type(console, KEY_CTRL_C "n" KEY_CTRL_C "y");
    fixture_wait_quit(console);
    fixture_end(&fixture);
}

Test(layers, every_size_is_stood_with_each_of_them_open)
{
    static const struct {
        const char *keys, *shown;
    } layers[] = {
        {"?", "Esc close"}, {":", "Commands"}, {"N", "New sandbox"}, {"t", "Timeline"}, {"L", "Event log"},
        {"w", "Sessions"},  {"D", "Delete"},   {"/zz", "0/6"},       {"d", "template"},
    };
    static const int sizes[][2] = {{5, 20},  {5, 300},  {6, 21},  {7, 33},   {8, 40},   {9, 60},
                                   {12, 40}, {14, 119}, {24, 80}, {33, 120}, {50, 200}, {100, 300}};
    static const int small[][2] = {{4, 19}, {1, 40}, {2, 10}, {100, 19}, {3, 300}};
    struct fixture fixture;
    struct console *console = two_sessions(&fixture, 24, 80);
    console_type(console, KEY_PREFIX "d");
    console_wait(console, "SANDBOX");
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        console_type(console, layers[i].keys);
        console_wait(console, layers[i].shown);
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            console_resize(console, 1, 1);
            console_wait(console, "?");
            console_resize(console, small[k % 5][0], small[k % 5][1]);
            console_wait(console, "20x5");
            console_resize(console, sizes[k][0], sizes[k][1]);
            console_wait_gone(console, "20x5");
        }
        console_resize(console, 24, 80);
        console_wait(console, layers[i].shown);
        console_type(console, KEY_ESC);
        console_wait_gone(console, layers[i].shown);
        console_wait(console, "SANDBOX");
    }
    leave(&fixture, console);
}

Test(layers, every_size_is_stood_by_sessions_and_halves)
{
    static const struct {
        const char *keys, *shown, *gone; // what has come and gone when the keys have been taken
    } ways[] = {
        {"", "", "SANDBOX"},
        {KEY_PREFIX "-", "SANDBOX", "20x5"},
        {KEY_PREFIX "d", "help, Ctrl-] o", "20x5"},
        {KEY_PREFIX "o" KEY_PREFIX "-", "", "SANDBOX"},
        {KEY_PREFIX "|", "│", "SANDBOX"},
        {KEY_PREFIX "z", "", "│"},
    };
    static const int sizes[][2] = {{5, 20}, {6, 300}, {8, 25}, {12, 40}, {24, 80}, {50, 200}, {100, 300}};
    struct fixture fixture;
    struct console *console = two_sessions(&fixture, 24, 80);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        console_type(console, ways[i].keys);
        console_wait(console, ways[i].shown); // keys on a screen that is too small do nothing
        console_wait_gone(console, ways[i].gone);
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            console_resize(console, 1, 1);
            console_wait(console, "?");
            console_resize(console, 2, 10);
            console_wait(console, "20x5");
            console_resize(console, sizes[k][0], sizes[k][1]);
            console_wait_match(console, "59m|1h00m"); // at any size how long one may stay is told
        }
    }
    console_resize(console, 24, 100);
    console_run(console, "echo here-$((2 * 8))", "here-16");
    console_type(console, KEY_PREFIX "d");
    leave(&fixture, console);
}
