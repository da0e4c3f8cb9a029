// SPDX-License-Identifier: Apache-2.0
//
// dialog: what its keys, letters and clicks answer, and that it is seen at every size.

#include "tests/unit/tui/canvas.h"
#include "tui/base/text.h"
#include "tui/widget/dialog.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YES = 1, NO = DIALOG_CANCELLED, NOTHING = 77 };

static int answer = NOTHING, answers;
static char value[64];

static void done(void *context, struct dialog *dialog, int result)
{
    cr_expect_eq(context, &answer);
    answer = result;
    answers++;
    if (dialog_form(dialog) != NULL)
        snprintf(value, sizeof value, "%s/%ld/%zu", form_value(dialog_form(dialog), 0),
                 form_number(dialog_form(dialog), 1), form_choice(dialog_form(dialog), 2));
}

static const struct dialog_options deletion = {
    .title = "Delete the credential?",
    .text = "ssh-0123456789abcdef of sbx-1 stops working at once. Open sessions of it may end.",
    .level = DIALOG_DANGER,
    .buttons = {{"Cancel", 'c', NO}, {"Delete", 'd', YES}},
    .button_count = 2,
};

static struct dialog *begin(const struct dialog_options *options)
{
    answer = NOTHING;
    answers = 0;
    return dialog_new(options, done, &answer);
}

// Keys until it answers. True: it did.
static bool press(struct dialog *dialog, uint32_t key, unsigned modifiers)
{
    struct input_event event = canvas_key(key, modifiers);
    return dialog_input(dialog, &event);
}

static const struct {
    uint32_t keys[4];
    int answer; // NOTHING: none yet
} presses[] = {
    {{INPUT_KEY_ENTER}, NO}, // the focus is on the harmless one
    {{INPUT_KEY_ESC}, NO},
    {{' '}, NO},
    {{'c'}, NO},
    {{'d'}, YES},
    {{'D'}, YES},
    {{INPUT_KEY_TAB, INPUT_KEY_ENTER}, YES},
    {{INPUT_KEY_RIGHT, INPUT_KEY_ENTER}, YES},
    {{INPUT_KEY_LEFT, INPUT_KEY_ENTER}, YES},
    {{'l', INPUT_KEY_ENTER}, YES},
    {{INPUT_KEY_TAB, INPUT_KEY_TAB, INPUT_KEY_ENTER}, NO},
    {{'x', INPUT_KEY_F1, INPUT_KEY_TAB}, NOTHING},
};

Test(dialog, answers)
{
    for (size_t i = 0; i < sizeof presses / sizeof presses[0]; i++) {
        struct dialog *dialog = begin(&deletion);
        bool answered = false;
        for (size_t k = 0; k < 4 && presses[i].keys[k] != 0; k++) {
            cr_expect_not(answered);
            answered = press(dialog, presses[i].keys[k], 0);
        }
        cr_expect_eq(answered, presses[i].answer != NOTHING, "row %zu", i);
        cr_expect_eq(answers, 0, "told before dialog_finish");
        dialog_finish(dialog);
        cr_expect_eq(answers, 1);
        cr_expect_eq(answer, answered ? presses[i].answer : NO, "row %zu", i);
    }
    struct dialog *dialog = begin(&deletion);
    cr_expect(press(dialog, 'c', INPUT_CTRL));
    dialog_finish(dialog);
    cr_expect_eq(answer, NO);
    dialog_finish(NULL);
}

// Labels, and the letters that press them in that order; a letter of none does nothing.
static const struct {
    const char *labels[3];
    int results[3];
    const char *letters;
} lettered[] = {
    {{"Cancel", "Delete"}, {NO, YES}, "cd"},
    {{"Cancel", "Create"}, {NO, YES}, "cr"}, // the plain letter is the harmless one's
    {{"Create", "Cancel"}, {YES, NO}, "rc"},
    {{"Cancel", "Regenerate", "Forget"}, {NO, YES, 2}, "crf"},
    {{"Cancel", "Delete"}, {NO, YES}, "ny"},
    {{"Not now", "Renew"}, {NO, YES}, "nr"},
    {{"Yes", "No"}, {YES, NO}, "YN"},
};

Test(dialog, with_one_word_for_yes_its_buttons_are_cancel_and_that)
{
    const struct dialog_options options = {.title = "Create it?", .yes = "Create"};
    struct dialog *dialog = begin(&options);
    cr_expect(dialog_is_yes_no(dialog));
    cr_expect(press(dialog, 'c', 0), "Cancel's");
    dialog_finish(dialog);
    cr_expect_eq(answer, NO);
    dialog = begin(&options);
    cr_expect(press(dialog, 'r', 0), "the first letter that is left for Create");
    dialog_finish(dialog);
    cr_expect_eq(answer, DIALOG_YES);
}

Test(dialog, the_first_letter_of_a_button_presses_it_and_so_do_y_and_n)
{
    for (size_t i = 0; i < sizeof lettered / sizeof *lettered; i++) {
        struct dialog_options options = deletion;
        options.button_count = 0;
        for (size_t k = 0; k < 3 && lettered[i].labels[k] != NULL; k++)
            options.buttons[options.button_count++] =
                (struct dialog_button){.label = lettered[i].labels[k], .result = lettered[i].results[k]};
        for (size_t k = 0; k < options.button_count; k++) {
            struct dialog *dialog = begin(&options);
            cr_expect(press(dialog, (unsigned char)lettered[i].letters[k], 0), "row %zu, button %zu", i, k);
            dialog_finish(dialog);
            cr_expect_eq(answer, lettered[i].results[k], "row %zu, button %zu", i, k);
        }
        struct dialog *dialog = begin(&options);
        cr_expect_not(press(dialog, 'x', 0));
        cr_expect(options.button_count == 2 || !press(dialog, 'y', 0),
                  "y where it is no question of yes and no");
        dialog_finish(dialog);
    }
}

Test(dialog, the_key_that_opened_it_does_not_answer_when_it_is_held_down)
{
    struct dialog *dialog = begin(&deletion);
    const struct input_event d = canvas_key('d', 0), c = canvas_key('c', 0),
                             tab = canvas_key(INPUT_KEY_TAB, 0);
    int64_t now = 5000;
    dialog_opened_by(dialog, 'd', now);
    for (int i = 0; i < 100; i++) {
        now += 30;
        cr_expect(dialog_is_repeat(dialog, &d, now), "press %d", i);
    }
    cr_expect_not(dialog_is_repeat(dialog, &c, now));
    cr_expect_not(dialog_is_repeat(dialog, &tab, now));
    now += DIALOG_REPEAT_MS;
    cr_expect_not(dialog_is_repeat(dialog, &d, now));
    dialog_finish(dialog);
    // What is typed into a field is no answer.
    struct dialog_options options = deletion;
    options.confirm_word = "dd";
    dialog = begin(&options);
    dialog_opened_by(dialog, 'd', now);
    cr_expect_not(dialog_is_repeat(dialog, &d, now + 1));
    dialog_finish(dialog);
}

static char passed[64];

static void on_typed(void *context, const struct input_event *event)
{
    cr_expect_eq(context, &answer);
    size_t used = strlen(passed);
    passed[used] = event->key == INPUT_KEY_ENTER ? '\n' : event->key < 128 ? (char)event->key : '?';
    passed[used + 1] = '\0';
}

// It is no question: what is typed is for what comes after it.
Test(dialog, one_that_shows_progress_is_answered_by_escape_only)
{
    struct dialog_options options = {.title = "Connect",
                                     .text = "sbx-1: making a credential",
                                     .buttons = {{"Cancel", 'c', NO}},
                                     .button_count = 1,
                                     .typed = on_typed};
    static const uint32_t keys[] = {'c', 'd', ' ', 'n', 'y', INPUT_KEY_ENTER, INPUT_KEY_TAB};
    struct dialog *dialog = begin(&options);
    cr_expect_not(dialog_asks(dialog));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        cr_expect_not(press(dialog, keys[i], 0), "key %zu", i);
    cr_expect_str_eq(passed, "cd ny\n?");
    cr_expect(press(dialog, INPUT_KEY_ESC, 0));
    dialog_finish(dialog);
    cr_expect_eq(answer, NO);
    dialog = begin(&options);
    cr_expect(press(dialog, 'c', INPUT_CTRL));
    dialog_finish(dialog);
}

Test(dialog, while_it_takes_no_key_no_button_is_the_one_that_enter_presses)
{
    int y = 0, x = 0;
    canvas_begin(24, 80, "xterm-256color");
    struct dialog *dialog = begin(&deletion);
    dialog_set_waiting(dialog, true);
    (void)dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect(canvas_has("[ Cancel ]  [ Delete ]"));
    dialog_set_waiting(dialog, false);
    (void)dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect(canvas_has("[>Cancel<]  [ Delete ]"));
    dialog_finish(dialog);
    canvas_end();
}

static bool click(struct dialog *dialog, const char *on)
{
    int line = stdscr_find(on);
    cr_assert_geq(line, 0, "%s", on);
    const char *text = stdscr_line(line);
    char before[512];
    (void)snprintf(before, sizeof before, "%.*s", (int)(strstr(text, on) - text), text);
    const struct input_event event = {
        .kind = INPUT_MOUSE,
        .mouse = {
            .y = line, .x = text_width(before), .button = INPUT_BUTTON_LEFT, .action = INPUT_MOUSE_PRESS}};
    return dialog_input(dialog, &event);
}

Test(dialog, a_click_presses_a_button_or_goes_to_a_field)
{
    static const struct form_field fields[] = {{.label = "Template", .kind = FORM_TEXT},
                                               {.label = "Memory", .kind = FORM_TEXT}};
    int y = 0, x = 0;
    canvas_begin(24, 80, "xterm-256color");
    struct dialog *dialog = begin(&deletion);
    (void)dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x);
    dialog_set_waiting(dialog, true);
    cr_expect_not(click(dialog, "Delete ]"), "it takes nothing yet");
    dialog_set_waiting(dialog, false);
    cr_expect(click(dialog, "Delete ]"));
    dialog_finish(dialog);
    cr_expect_eq(answer, YES);

    struct dialog_options options = deletion;
    options.fields = fields;
    options.field_count = 2;
    dialog = begin(&options);
    (void)dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect_not(click(dialog, "Memory"));
    cr_expect_not(press(dialog, '7', 0));
    cr_expect_str_eq(form_value(dialog_form(dialog), 0), "");
    cr_expect_str_eq(form_value(dialog_form(dialog), 1), "7");
    cr_expect(click(dialog, "Cancel ]"));
    dialog_finish(dialog);
    cr_expect_eq(answer, NO);
    canvas_end();
}

Test(dialog, the_letter_is_underlined_in_every_scheme)
{
    static const char *const terms[] = {"xterm-256color", "xterm-mono", "vt100"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        canvas_begin(24, 80, terms[i]);
        struct dialog_options options = deletion;
        options.buttons[0].hotkey = options.buttons[1].hotkey = 0;
        struct dialog *dialog = begin(&options);
        int y = 0, x = 0;
        dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x);
        int line = stdscr_find("Cancel");
        cr_assert_geq(line, 0);
        static const char *const labels[] = {"Cancel", "Delete"};
        for (size_t k = 0; k < 2; k++) {
            char before[256];
            const char *text = stdscr_line(line), *label = strstr(text, labels[k]);
            cr_assert_not_null(label);
            (void)snprintf(before, sizeof before, "%.*s", (int)(label - text), text);
            cr_expect_neq(canvas_attributes(line, text_width(before)) & A_UNDERLINE, 0, "%s: %s", terms[i],
                          labels[k]);
            cr_expect_eq(canvas_attributes(line, text_width(before) + 1) & A_UNDERLINE, 0);
        }
        dialog_finish(dialog);
        canvas_end();
    }
}

Test(dialog, a_typed_confirmation_wants_the_word)
{
    struct dialog_options options = deletion;
    options.confirm_word = "sbx-1d";
    struct dialog *dialog = begin(&options);
    cr_expect_null(dialog_form(dialog));
    cr_expect_not(press(dialog, INPUT_KEY_ENTER, 0)); // empty
    canvas_begin(24, 80, "xterm-256color");
    int y = 0, x = 0;
    dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect(canvas_has("Doesn't match"));
    canvas_end();
    cr_expect_not(press(dialog, 'd', 0)); // typed, no hotkey
    cr_expect_not(press(dialog, INPUT_KEY_ENTER, 0));
    press(dialog, 'u', INPUT_CTRL);
    for (const char *at = "sbx-1d"; *at != '\0'; at++)
        cr_expect_not(press(dialog, (uint32_t)*at, 0));
    cr_expect(press(dialog, INPUT_KEY_ENTER, 0));
    dialog_finish(dialog);
    cr_expect_eq(answer, YES);

    dialog = begin(&options);
    press(dialog, INPUT_KEY_TAB, 0); // to Cancel
    cr_expect(press(dialog, INPUT_KEY_ENTER, 0));
    dialog_finish(dialog);
    cr_expect_eq(answer, NO);

    dialog = begin(&options);
    press(dialog, INPUT_KEY_TAB, 0);
    press(dialog, INPUT_KEY_TAB, 0); // to Delete, without the word
    cr_expect_not(press(dialog, INPUT_KEY_ENTER, 0));
    dialog_finish(dialog);
    cr_expect_eq(answer, NO);
}

static const char *const choices[] = {"stop", "pause", "delete", NULL};
static const struct form_field fields[] = {
    {.label = "Template", .kind = FORM_TEXT, .value = "base", .required = true, .hint = "A template's name"},
    {.label = "vCPU", .kind = FORM_NUMBER, .value = "2", .min = 1, .max = 8},
    {.label = "At the end", .kind = FORM_CHOICE, .choices = choices, .value = "pause"},
};
static const struct dialog_options creation = {
    .title = "Create a sandbox",
    .buttons = {{"Create", 0, YES}, {"Cancel", 0, NO}},
    .button_count = 2,
    .fields = fields,
    .field_count = 3,
};

Test(dialog, fields_are_filled_in_and_checked)
{
    struct dialog *dialog = begin(&creation);
    press(dialog, 'x', 0);
    press(dialog, INPUT_KEY_ENTER, 0); // on to the number
    press(dialog, 'q', 0);             // no digit
    press(dialog, '0', 0);
    press(dialog, INPUT_KEY_TAB, 0);
    press(dialog, INPUT_KEY_RIGHT, 0);
    cr_expect_not(press(dialog, INPUT_KEY_ENTER, 0)); // 20 is too many: back to the number
    cr_expect_eq(form_focus(dialog_form(dialog)), 1);
    press(dialog, INPUT_KEY_BACKSPACE, 0);
    press(dialog, INPUT_KEY_TAB, 0);
    cr_expect(press(dialog, INPUT_KEY_ENTER, 0));
    dialog_finish(dialog);
    cr_expect_eq(answer, YES);
    cr_expect_str_eq(value, "basex/2/2");

    dialog = begin(&creation);
    press(dialog, 'u', INPUT_CTRL);
    press(dialog, INPUT_KEY_UP, 0); // round to the last button, Cancel
    cr_expect(press(dialog, INPUT_KEY_ENTER, 0));
    dialog_finish(dialog);
    cr_expect_eq(answer, NO);
}

static const int sizes[][2] = {{24, 80}, {50, 200}, {5, 20}, {6, 23}, {7, 24}, {3, 12}, {1, 1}};

Test(dialog, is_seen_on_every_size)
{
    struct dialog_options confirm = deletion;
    confirm.confirm_word = "sbx-1";
    const struct dialog_options *all[] = {&deletion, &confirm, &creation};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int rows = sizes[s][0], cols = sizes[s][1];
        canvas_begin(rows, cols, "xterm-256color");
        for (size_t i = 0; i < 3; i++) {
            struct dialog *dialog = begin(all[i]);
            int y = -1, x = -1;
            werase(stdscr);
            bool cursor = dialog_draw(dialog, stdscr, 0, 0, rows, cols, &y, &x);
            if (rows >= 5 && cols >= 20) {
                cr_expect(canvas_has(i == 2 ? "Create" : "Delete"), "no title on %dx%d", rows, cols);
                cr_expect(canvas_has("Cancel"), "no button on %dx%d", rows, cols);
                cr_expect_eq(cursor, i > 0, "%dx%d", rows, cols);
                cr_expect(!cursor || (y >= 0 && y < rows && x >= 0 && x < cols));
            }
            // The focus is seen as it goes round
            for (int k = 0; k < 6 && rows >= 5 && cols >= 20; k++) {
                press(dialog, INPUT_KEY_TAB, 0);
                werase(stdscr);
                cursor = dialog_draw(dialog, stdscr, 0, 0, rows, cols, &y, &x);
                cr_expect(cursor || canvas_has("[>") || canvas_has("\342\206\220"), "%dx%d step %d: no focus",
                          rows, cols, k);
            }
            dialog_finish(dialog);
        }
        canvas_end();
    }
}

Test(dialog, long_text_scrolls_and_is_clean)
{
    canvas_begin(8, 30, "xterm-256color");
    struct dialog_options options = deletion;
    options.text = "first\033[2J\nzwei\ndrei\nvier\nfuenf\nsechs\nsieben\nacht\nlast line";
    struct dialog *dialog = begin(&options);
    int y = 0, x = 0;
    dialog_draw(dialog, stdscr, 0, 0, 8, 30, &y, &x);
    cr_expect(canvas_has("first\357\277\275[2J"));
    cr_expect_not(canvas_has("last line"));
    for (int i = 0; i < 9 && !canvas_has("last line"); i++) {
        press(dialog, INPUT_KEY_PAGE_DOWN, 0);
        dialog_draw(dialog, stdscr, 0, 0, 8, 30, &y, &x);
    }
    cr_expect(canvas_has("last line"));
    cr_expect(canvas_has("Cancel"));
    dialog_set_text(dialog, "other");
    dialog_draw(dialog, stdscr, 0, 0, 8, 30, &y, &x);
    cr_expect(canvas_has("other"));
    dialog_finish(dialog);
    canvas_end();
}

Test(dialog, the_error_of_a_field_is_shown)
{
    canvas_begin(24, 80, "xterm-256color");
    struct dialog *dialog = begin(&creation);
    int y = 0, x = 0;
    press(dialog, INPUT_KEY_TAB, 0);
    press(dialog, '9', 0);
    press(dialog, INPUT_KEY_TAB, 0);
    press(dialog, INPUT_KEY_ENTER, 0);
    cr_expect(dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x));
    cr_expect(canvas_has("vCPU is \"29\": it takes 1 to 8"));
    press(dialog, INPUT_KEY_BACKSPACE, 0);
    werase(stdscr);
    dialog_draw(dialog, stdscr, 0, 0, 24, 80, &y, &x);
    cr_expect_not(canvas_has("it takes"));
    dialog_finish(dialog);
    canvas_end();
}
