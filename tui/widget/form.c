// SPDX-License-Identifier: Apache-2.0
//
// form: the fields of a form and their checks. Every field is a line editor; a choice is one whose text is
// stepped through instead of typed.

#include "tui/widget/form.h"

#include "tui/base/duration.h"
#include "tui/base/text.h"
#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"
#include "tui/widget/line_edit.h"

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
    size_t first, in_sight; // fields at the last draw
    char error[224];
    bool refused; // error is of the last event
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

static bool value_of(const struct field *field, long *number)
{
    const char *text = field->edit.text;
    return field->given.kind == FORM_DURATION ? duration_parse(text, number) : number_of(text, number);
}

long form_number(const struct form *form, size_t field)
{
    long number = 0;
    return field < form->count && value_of(&form->fields[field], &number) ? number : 0;
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

void form_focus_line(struct form *form, int line)
{
    if (line >= 0 && (size_t)line < form->in_sight && form->first + (size_t)line < form->count)
        form->focus = form->first + (size_t)line;
}

// What a field takes: "a number from 1 to 8".
static char *rule_of(const struct form_field *given, char *out, size_t cap)
{
    char least[DURATION_CAP], most[DURATION_CAP];
    if (given->kind == FORM_DURATION)
        (void)snprintf(out, cap, "%s to %s, such as 90s, 30m or 1h30m", duration_format(given->min, least),
                       duration_format(given->max, most));
    else if (given->step > 1)
        (void)snprintf(out, cap, "%ld to %ld in steps of %ld", given->min, given->max, given->step);
    else if (given->kind == FORM_NUMBER)
        (void)snprintf(out, cap, "%ld to %ld", given->min, given->max);
    else
        (void)snprintf(out, cap, "one of its choices (%s %s)", glyph(GLYPH_LEFT), glyph(GLYPH_RIGHT));
    return out;
}

static void refuse(struct form *form, const struct form_field *given, const struct input_event *event)
{
    char rule[96], typed[8] = "";
    (void)text_encode(event->key, typed);
    (void)snprintf(form->error, sizeof form->error, "%s takes %s, not \"%s\"", given->label,
                   rule_of(given, rule, sizeof rule), typed);
    form->refused = true;
}

static bool choose_by_letter(struct field *field, uint32_t key)
{
    size_t count = choices_of(&field->given);
    for (size_t i = 1; i <= count; i++) {
        size_t at = (field->choice + i) % count;
        if (key < 0x80 && ((unsigned char)field->given.choices[at][0] | 0x20) == (key | 0x20)) {
            choose(field, at);
            return true;
        }
    }
    return false;
}

static bool choice_input(struct form *form, struct field *field, const struct input_event *event)
{
    size_t count = choices_of(&field->given);
    if (event->kind != INPUT_KEY || event->modifiers != 0 || count == 0)
        return false;
    if (event->key == INPUT_KEY_LEFT)
        choose(field, (field->choice + count - 1) % count);
    else if (event->key == INPUT_KEY_RIGHT || event->key == ' ')
        choose(field, (field->choice + 1) % count);
    else if (!input_event_is_text(event))
        return false;
    else if (!choose_by_letter(field, event->key))
        refuse(form, &field->given, event);
    return true;
}

// Letters are no part of a number; a minus only where one may be below zero.
static bool takes(const struct form_field *given, uint32_t key)
{
    if (given->kind == FORM_DURATION)
        return duration_has(key);
    return given->kind != FORM_NUMBER || (key >= '0' && key <= '9') || (key == '-' && given->min < 0);
}

bool form_input(struct form *form, const struct input_event *event)
{
    form->refused = false;
    if (form->focus >= form->count)
        return false;
    struct field *field = &form->fields[form->focus];
    if (field->given.kind == FORM_CHOICE)
        return choice_input(form, field, event);
    if (input_event_is_text(event) && !takes(&field->given, event->key)) {
        refuse(form, &field->given, event);
        return true;
    }
    return line_edit_input(&field->edit, event) != LINE_EDIT_IGNORED;
}

const char *form_refused(const struct form *form)
{
    return form->refused ? form->error : NULL;
}

// Then a byte is a character.
static bool is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

// False: error says what is wrong.
static bool is_fine(const struct field *field, char *error, size_t cap)
{
    const struct form_field *given = &field->given;
    const char *text = field->edit.text, *rule = NULL;
    char takes_what[96];
    long number = 0;
    bool counted = given->kind == FORM_NUMBER || given->kind == FORM_DURATION;
    if (given->kind == FORM_TEXT && given->required && text[0] == '\0')
        (void)snprintf(error, cap, "%s is empty: type one", given->label);
    else if (given->kind == FORM_TEXT && given->max > 0 && field->edit.length > (size_t)given->max)
        (void)snprintf(error, cap, "%s has %zu %s: at most %ld", given->label, field->edit.length,
                       is_ascii(text) ? "characters" : "bytes", given->max);
    else if (given->kind == FORM_TEXT && given->rule != NULL && (rule = given->rule(text)) != NULL)
        (void)snprintf(error, cap, "%s is \"%.32s\": it takes %s", given->label, text, rule);
    else if (counted && (!value_of(field, &number) || number < given->min || number > given->max ||
                         (given->step > 1 && number % given->step != 0)))
        (void)snprintf(error, cap, "%s is \"%.32s\": it takes %s", given->label, text,
                       rule_of(given, takes_what, sizeof takes_what));
    else
        return true;
    return false;
}

const char *form_check(struct form *form)
{
    form->refused = false;
    for (size_t i = 0; i < form->count; i++) {
        if (is_fine(&form->fields[i], form->error, sizeof form->error))
            continue;
        form->focus = i;
        return form->error;
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

// What a number without a unit comes to: "= 5m". "" where that is what was typed.
static const char *meaning_of(const struct field *field, char *out, size_t cap)
{
    char span[DURATION_CAP];
    long seconds = 0;
    out[0] = '\0';
    if (field->given.kind == FORM_DURATION && value_of(field, &seconds) &&
        strcmp(duration_format(seconds, span), field->edit.text) != 0)
        (void)snprintf(out, cap, " = %s", span);
    return out;
}

static int draw_value(struct field *field, WINDOW *window, int y, int x, int columns)
{
    char meaning[DURATION_CAP + 4];
    int wide = text_width(meaning_of(field, meaning, sizeof meaning));
    if (wide + 4 > columns)
        wide = 0;
    int cursor = line_edit_draw(&field->edit, window, y, x, columns - wide, ROLE_INPUT);
    if (wide > 0)
        text_put(window, y, x + columns - wide, wide, ROLE_DIM, meaning);
    return cursor;
}

bool form_draw(struct form *form, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
               int *cursor_x)
{
    bool cursor = false;
    int hint = has_hints(form) && rows > (int)form->count ? 1 : 0;
    int fields = rows - hint;
    form->in_sight = 0;
    if (fields <= 0 || columns <= 0)
        return false;
    size_t first = 0;
    size_t in_sight = form->focus < form->count ? form->focus : form->count - 1;
    if (form->count > 0 && in_sight >= (size_t)fields)
        first = in_sight - (size_t)fields + 1;
    form->first = first;
    form->in_sight = (size_t)fields;
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
        int column = draw_value(field, window, line, at, width);
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
