// SPDX-License-Identifier: Apache-2.0
//
// form: fields take values and check them, and choices are stepped through.

#include "tests/unit/tui/canvas.h"
#include "tui/widget/form.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <string.h>

static const char *const choices[] = {"one", "two", "three", NULL};
static const struct form_field fields[] = {
    {.label = "Name", .kind = FORM_TEXT, .required = true, .hint = "Any name"},
    {.label = "Memory", .kind = FORM_NUMBER, .value = "512", .min = 128, .max = 4096},
    {.label = "Below", .kind = FORM_NUMBER, .value = "-3", .min = -10, .max = -1},
    {.label = "Kind", .kind = FORM_CHOICE, .choices = choices},
    {.label = "Secret", .kind = FORM_TEXT, .masked = true},
};
enum { NAME, MEMORY, BELOW, KIND, SECRET, FIELDS };

static bool press(struct form *form, uint32_t key)
{
    struct input_event event = canvas_key(key, 0);
    return form_input(form, &event);
}

static void type(struct form *form, const char *text)
{
    for (; *text != '\0'; text++)
        press(form, (unsigned char)*text);
}

Test(form, takes_values_and_checks_them)
{
    struct form *form = form_new(fields, FIELDS);
    cr_expect_eq(form_count(form), FIELDS);
    const char *error = form_check(form);
    cr_expect_not_null(strstr(error, "Name is empty"), "%s", error);
    cr_expect_eq(form_focus(form), NAME);
    type(form, "abc");
    cr_expect_str_eq(form_value(form, NAME), "abc");
    cr_expect_null(form_check(form));
    cr_expect_eq(form_number(form, MEMORY), 512);
    cr_expect_eq(form_number(form, BELOW), -3);

    form_set_focus(form, MEMORY);
    type(form, "x");
    error = form_refused(form);
    cr_expect_str_eq(error, "Memory takes 128 to 4096, not \"x\"");
    type(form, "-");
    cr_expect_not_null(form_refused(form));
    type(form, "9");
    cr_expect_null(form_refused(form), "it was taken");
    cr_expect_str_eq(form_value(form, MEMORY), "5129");
    error = form_check(form);
    cr_expect(strstr(error, "Memory") && strstr(error, "5129") && strstr(error, "128 to 4096"), "%s", error);
    type(form, "99999999999999999999999");
    cr_expect_not_null(form_check(form));
    cr_expect_eq(form_number(form, MEMORY), 0);
    for (int i = 0; i < 30; i++)
        press(form, INPUT_KEY_BACKSPACE);
    cr_expect_not_null(form_check(form), "an empty number passes");
    type(form, "1024");
    cr_expect_null(form_check(form));
    form_free(form);
    form_free(NULL);
}

Test(form, steps_through_choices)
{
    struct form *form = form_new(fields, FIELDS);
    form_set_focus(form, KIND);
    cr_expect_str_eq(form_value(form, KIND), "one");
    cr_expect(press(form, INPUT_KEY_LEFT));
    cr_expect_eq(form_choice(form, KIND), 2);
    cr_expect_str_eq(form_value(form, KIND), "three");
    press(form, INPUT_KEY_RIGHT);
    press(form, ' ');
    cr_expect_str_eq(form_value(form, KIND), "two");
    cr_expect_not(press(form, INPUT_KEY_DOWN));
    press(form, 't'); // the next that begins so
    cr_expect_str_eq(form_value(form, KIND), "three");
    press(form, 'T');
    cr_expect_str_eq(form_value(form, KIND), "two");
    press(form, 'o');
    cr_expect_str_eq(form_value(form, KIND), "one");
    cr_expect_null(form_refused(form));
    press(form, 'x');
    cr_expect_str_eq(form_value(form, KIND), "one");
    cr_expect_not_null(form_refused(form));
    form_set_focus(form, 99);
    cr_expect_eq(form_focus(form), FIELDS);
    cr_expect_not(press(form, 'x'));
    form_free(form);
}

Test(form, the_focused_field_is_in_sight)
{
    canvas_begin(24, 80, "xterm-256color");
    struct form *form = form_new(fields, FIELDS);
    form_set_focus(form, SECRET);
    type(form, "hunter2");
    for (int rows = 1; rows <= form_rows(form); rows++) {
        int y = -1, x = -1;
        werase(stdscr);
        cr_expect(form_draw(form, stdscr, 2, 1, rows, 40, &y, &x));
        cr_expect(y >= 2 && y < 2 + rows, "%d rows: at %d", rows, y);
        cr_expect_not_null(strstr(stdscr_line(y), "Secret"), "%d rows: %s", rows, stdscr_line(y));
        cr_expect_not(canvas_has("hunter"));
    }
    form_set_focus(form, NAME);
    int y = -1, x = -1;
    form_draw(form, stdscr, 0, 0, form_rows(form), form_width(form), &y, &x);
    cr_expect_eq(y, 0);
    cr_expect(canvas_has("Any name"));
    form_free(form);
    canvas_end();
}

Test(form, what_is_too_long_is_told_in_bytes_where_these_are_no_characters)
{
    const struct form_field field = {
        .label = "Note", .kind = FORM_TEXT, .value = "\xc3\xa9\xc3\xa9\xc3\xa9", .max = 4};
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    struct form *form = form_new(&field, 1);
    cr_expect_str_eq(form_check(form), "Note has 6 bytes: at most 4");
    form_free(form);
}

static const char *even_rule(const char *value)
{
    return strlen(value) % 2 == 0 ? NULL : "an even number of letters";
}

static const struct form_field rules[] = {
    {.label = "Time-out", .kind = FORM_DURATION, .value = "300", .min = 1, .max = 28800},
    {.label = "MiB", .kind = FORM_NUMBER, .value = "1024", .min = 512, .max = 8192, .step = 2},
    {.label = "Short", .kind = FORM_TEXT, .max = 4, .rule = even_rule},
};
enum { TIMEOUT, MIB, SHORT, RULES };

static void retype(struct form *form, size_t field, const char *text)
{
    form_set_focus(form, field);
    for (int i = 0; i < 40; i++)
        press(form, INPUT_KEY_BACKSPACE);
    type(form, text);
}

Test(form, says_which_field_takes_what)
{
    static const struct {
        size_t field;
        const char *typed, *error; // NULL: fine
        long number;
    } cases[] = {
        {TIMEOUT, "2h", NULL, 7200},
        {TIMEOUT, "1h30m", NULL, 5400},
        {TIMEOUT, "90", NULL, 90},
        {TIMEOUT, "9h", "Time-out is \"9h\": it takes 1s to 8h, such as 90s, 30m or 1h30m", 0},
        {TIMEOUT, "0", "Time-out is \"0\": it takes 1s to 8h, such as 90s, 30m or 1h30m", 0},
        {TIMEOUT, "hm", "Time-out is \"hm\": it takes 1s to 8h, such as 90s, 30m or 1h30m", 0},
        {TIMEOUT, "8h", NULL, 28800},
        {MIB, "1025", "MiB is \"1025\": it takes 512 to 8192 in steps of 2", 0},
        {MIB, "2048", NULL, 2048},
        {SHORT, "abcdef", "Short has 6 characters: at most 4", 0},
        {SHORT, "abc", "Short is \"abc\": it takes an even number of letters", 0},
        {SHORT, "abcd", NULL, 0},
    };
    struct form *form = form_new(rules, RULES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        retype(form, cases[i].field, cases[i].typed);
        cr_expect_null(form_refused(form));
        const char *error = form_check(form);
        cr_expect_eq(error == NULL, cases[i].error == NULL, "%s: %s", cases[i].typed, error);
        if (error != NULL && cases[i].error != NULL)
            cr_expect_str_eq(error, cases[i].error);
        else
            cr_expect_eq(form_number(form, cases[i].field), cases[i].number, "%s", cases[i].typed);
        cr_expect_str_eq(form_value(form, cases[i].field), cases[i].typed, "nothing typed is lost");
    }
    form_set_focus(form, TIMEOUT);
    press(form, 'x');
    cr_expect_str_eq(form_refused(form), "Time-out takes 1s to 8h, such as 90s, 30m or 1h30m, not \"x\"");
    cr_expect_str_eq(form_value(form, TIMEOUT), "8h");
    form_free(form);
}

Test(form, shows_what_a_number_without_a_unit_comes_to)
{
    canvas_begin(24, 80, "xterm-256color");
    struct form *form = form_new(rules, RULES);
    int y = 0, x = 0;
    form_draw(form, stdscr, 0, 0, RULES, 50, &y, &x);
    cr_expect_not_null(strstr(stdscr_line(0), "300"));
    cr_expect_not_null(strstr(stdscr_line(0), "= 5m"), "%s", stdscr_line(0));
    retype(form, TIMEOUT, "5m");
    form_draw(form, stdscr, 0, 0, RULES, 50, &y, &x);
    cr_expect_null(strstr(stdscr_line(0), "="), "%s", stdscr_line(0));
    form_free(form);
    canvas_end();
}
