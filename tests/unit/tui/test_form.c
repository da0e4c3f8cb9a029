// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/tui/canvas.h"
#include "tui/form.h"

#include <criterion/criterion.h>
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
    type(form, "x-9");
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
    cr_expect_not(press(form, 'x'));
    cr_expect_not(press(form, INPUT_KEY_DOWN));
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
        cr_expect_not_null(strstr(canvas_line(y), "Secret"), "%d rows: %s", rows, canvas_line(y));
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
