// SPDX-License-Identifier: Apache-2.0
//
// form: owns the fields' values while they are filled in. Every field is a line editor; a choice is one whose
// text is not typed but stepped through.

#include "tui/form.h"

#include "tui/line_edit.h"
#include "tui/text.h"
#include "tui/xalloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_COLUMNS = 34 }; // of a field: a template's name is read whole

_Static_assert((int)FORM_VALUE_MAX <= (int)LINE_EDIT_MAX, "a value fits a line editor");

struct field {
    struct form_field given;
    struct line_edit edit;
    size_t choice;
};

struct form {
    struct field fields[FORM_FIELDS_MAX];
    size_t count;
    size_t focus;
    char error[160];
};

static size_t choices_of(const struct form_field *field)
{
    size_t count = 0;
    while (field->choices != NULL && field->choices[count] != NULL)
        count++;
    return count;
}

static void choose(struct field *field, size_t choice)
{
    field->choice = choice;
    if (choice < choices_of(&field->given))
        line_edit_set(&field->edit, field->given.choices[choice]);
}

struct form *form_new(const struct form_field *fields, size_t count)
{
    struct form *form = xcalloc(1, sizeof *form);
    form->count = count < FORM_FIELDS_MAX ? count : FORM_FIELDS_MAX;
    for (size_t i = 0; i < form->count; i++) {
        struct field *field = &form->fields[i];
        field->given = fields[i];
        line_edit_begin(&field->edit, FORM_VALUE_MAX,
                        field->given.kind == FORM_CHOICE ? NULL : fields[i].value);
        field->edit.masked = fields[i].masked;
        size_t choice = 0;
        for (size_t c = 0; c < choices_of(&fields[i]) && fields[i].value != NULL; c++)
            if (strcmp(fields[i].choices[c], fields[i].value) == 0)
                choice = c;
        if (fields[i].kind == FORM_CHOICE)
            choose(field, choice);
        field->given.value = NULL; // was the caller's
    }
    return form;
}

void form_free(struct form *form)
{
    if (form == NULL)
        return;
    explicit_bzero(form, sizeof *form);
    free(form);
}

size_t form_count(const struct form *form)
{
    return form->count;
}

const char *form_value(const struct form *form, size_t field)
{
    return field < form->count ? form->fields[field].edit.text : "";
}

// False: not a whole number that a long holds.
static bool number_of(const char *text, long *number)
{
    char *end = NULL;
    errno = 0;
    *number = strtol(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

long form_number(const struct form *form, size_t field)
{
    long number = 0;
    return number_of(form_value(form, field), &number) ? number : 0;
}

size_t form_choice(const struct form *form, size_t field)
{
    return field < form->count ? form->fields[field].choice : 0;
}

size_t form_focus(const struct form *form)
{
    return form->focus;
}

void form_set_focus(struct form *form, size_t field)
{
    form->focus = field < form->count ? field : form->count;
}

static bool choice_input(struct field *field, const struct input_event *event)
{
    size_t count = choices_of(&field->given);
    if (event->kind != INPUT_KEY || event->modifiers != 0 || count == 0)
        return false;
    if (event->key == INPUT_KEY_LEFT)
        choose(field, (field->choice + count - 1) % count);
    else if (event->key == INPUT_KEY_RIGHT || event->key == ' ')
        choose(field, (field->choice + 1) % count);
    else
        return false;
    return true;
}

bool form_input(struct form *form, const struct input_event *event)
{
    if (form->focus >= form->count)
        return false;
    struct field *field = &form->fields[form->focus];
    if (field->given.kind == FORM_CHOICE)
        return choice_input(field, event);
    // Letters are no part of a number; a minus only where one may be below zero.
    if (field->given.kind == FORM_NUMBER && input_is_text(event) && (event->key < '0' || event->key > '9') &&
        !(event->key == '-' && field->given.min < 0))
        return true;
    return line_edit_input(&field->edit, event) != LINE_EDIT_IGNORED;
}

const char *form_check(struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *given = &form->fields[i].given;
        const char *text = form->fields[i].edit.text;
        long number = 0;
        form->error[0] = '\0';
        if (given->kind == FORM_TEXT && given->required && text[0] == '\0')
            snprintf(form->error, sizeof form->error, "%s is empty: type one", given->label);
        else if (given->kind == FORM_NUMBER &&
                 (!number_of(text, &number) || number < given->min || number > given->max))
            snprintf(form->error, sizeof form->error, "%s is \"%.32s\": it takes %ld to %ld", given->label,
                     text, given->min, given->max);
        if (form->error[0] != '\0') {
            form->focus = i;
            return form->error;
        }
    }
    return NULL;
}

static bool has_hints(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        if (form->fields[i].given.hint != NULL)
            return true;
    return false;
}

static int label_width(const struct form *form)
{
    int widest = 0;
    for (size_t i = 0; i < form->count; i++) {
        int width = text_width(form->fields[i].given.label);
        widest = width > widest ? width : widest;
    }
    return widest;
}

int form_rows(const struct form *form)
{
    return (int)form->count + (has_hints(form) ? 1 : 0);
}

int form_width(const struct form *form)
{
    int width = label_width(form) + 2 + VALUE_COLUMNS;
    for (size_t i = 0; i < form->count; i++) {
        int hint = form->fields[i].given.hint != NULL ? text_width(form->fields[i].given.hint) : 0;
        width = hint > width ? hint : width;
    }
    return width;
}

static void draw_choice(const struct field *field, WINDOW *window, int y, int x, int columns, bool focused)
{
    text_fill(window, y, x, 1, columns, ROLE_INPUT);
    text_putf(window, y, x, columns, focused ? ROLE_BUTTON_FOCUS : ROLE_INPUT, "%s %s %s", glyph(GLYPH_LEFT),
              field->edit.text, glyph(GLYPH_RIGHT));
}

bool form_draw(struct form *form, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
               int *cursor_x)
{
    bool cursor = false;
    int hint = has_hints(form) && rows > (int)form->count ? 1 : 0;
    int fields = rows - hint;
    if (fields <= 0 || columns <= 0)
        return false;
    size_t first = 0;
    size_t in_sight = form->focus < form->count ? form->focus : form->count - 1;
    if (form->count > 0 && in_sight >= (size_t)fields)
        first = in_sight - (size_t)fields + 1;
    int label = label_width(form);
    if (label > columns / 2)
        label = columns / 2;
    for (size_t i = first; i < form->count && (int)(i - first) < fields; i++) {
        struct field *field = &form->fields[i];
        bool focused = i == form->focus;
        int line = y + (int)(i - first), at = x + label + 2, width = columns - label - 2;
        text_put(window, line, x, label, focused ? ROLE_TITLE : ROLE_DIM, field->given.label);
        if (field->given.kind == FORM_CHOICE) {
            draw_choice(field, window, line, at, width, focused);
            continue;
        }
        int column = line_edit_draw(&field->edit, window, line, at, width, ROLE_INPUT);
        if (focused) {
            cursor = true;
            *cursor_y = line;
            *cursor_x = column;
        }
    }
    if (hint && form->focus < form->count && form->fields[form->focus].given.hint != NULL)
        text_put(window, y + fields, x, columns, ROLE_DIM, form->fields[form->focus].given.hint);
    return cursor;
}
