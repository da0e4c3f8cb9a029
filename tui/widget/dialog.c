// SPDX-License-Identifier: Apache-2.0
//
// dialog: the state and the keys of a dialog, which answers once.

#include "tui/widget/dialog.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/widget/dialog_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t lower(uint32_t key)
{
    return key >= 'A' && key <= 'Z' ? key | 0x20 : key;
}

static bool is_letter(uint32_t key)
{
    return (key | 0x20) >= 'a' && (key | 0x20) <= 'z';
}

static bool has_hotkey(const struct dialog *dialog, uint32_t key)
{
    for (size_t i = 0; i < dialog->button_count; i++)
        if (dialog->buttons[i].hotkey != 0 && lower(dialog->buttons[i].hotkey) == lower(key))
            return true;
    return false;
}

static void give_letter(const struct dialog *dialog, struct dialog_button *button)
{
    for (const char *at = button->label; *at != '\0' && button->hotkey == 0; at++)
        if (is_letter((unsigned char)*at) && !has_hotkey(dialog, (unsigned char)*at))
            button->hotkey = lower((unsigned char)*at);
}

// Those that cancel choose first: where two labels begin alike, the plain letter does no harm.
static void give_letters(struct dialog *dialog)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < dialog->button_count; i++)
            if ((dialog->buttons[i].result == DIALOG_CANCELLED) == (pass == 0))
                give_letter(dialog, &dialog->buttons[i]);
}

struct dialog *dialog_new(const struct dialog_options *options, dialog_done *done, void *context)
{
    struct dialog *dialog = xcalloc(1, sizeof *dialog);
    dialog->title = xstrdup(options->title != NULL ? options->title : "");
    dialog->level = options->level;
    const struct dialog_button two[] = {{.label = "Cancel", .result = DIALOG_CANCELLED},
                                        {.label = options->yes, .result = DIALOG_YES}};
    const struct dialog_button *buttons = options->yes != NULL ? two : options->buttons;
    size_t count = options->yes != NULL ? 2 : options->button_count;
    dialog->button_count = count < DIALOG_BUTTONS_MAX ? count : (size_t)DIALOG_BUTTONS_MAX;
    for (size_t i = 0; i < dialog->button_count; i++) {
        dialog->buttons[i] = buttons[i];
        dialog->buttons[i].label = xstrdup(buttons[i].label);
    }
    give_letters(dialog);
    dialog->focus = options->focus < dialog->button_count ? options->focus : 0;
    dialog->result = DIALOG_CANCELLED;
    dialog->typed = options->typed;
    dialog->done = done;
    dialog->context = context;
    if (options->confirm_word != NULL) {
        // What is to be typed is shown there too: on a small screen the text may not be seen to its end.
        bool is_short = strlen(options->confirm_word) <= CONFIRM_SHORT;
        (void)snprintf(dialog->confirm_label, sizeof dialog->confirm_label, "%s%s",
                       is_short ? "Type " : "Confirm", is_short ? options->confirm_word : "");
        struct form_field field = {.label = dialog->confirm_label, .kind = FORM_TEXT};
        dialog->confirm_word = xstrdup(options->confirm_word);
        dialog->form = form_new(&field, 1);
    } else if (options->field_count > 0) {
        dialog->form = form_new(options->fields, options->field_count);
    }
    dialog_set_text(dialog, options->text);
    return dialog;
}

void dialog_finish(struct dialog *dialog)
{
    if (dialog == NULL)
        return;
    if (dialog->done != NULL)
        dialog->done(dialog->context, dialog, dialog->result);
    for (size_t i = 0; i < dialog->button_count; i++)
        free((char *)dialog->buttons[i].label);
    form_free(dialog->form);
    free(dialog->confirm_word);
    free(dialog->title);
    free(dialog->text);
    free(dialog);
}

const struct form *dialog_form(const struct dialog *dialog)
{
    return dialog->confirm_word == NULL ? dialog->form : NULL;
}

const char *dialog_title(const struct dialog *dialog)
{
    return dialog->title;
}

bool dialog_asks(const struct dialog *dialog)
{
    return dialog->typed == NULL;
}

bool dialog_has_fields(const struct dialog *dialog)
{
    return dialog->form != NULL;
}

// Cleaned here, line by line, since the wrapping wants clean text.
void dialog_set_text(struct dialog *dialog, const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    size_t cap = length * 4 + 8; // a bad byte becomes a replacement of three
    char *clean = xmalloc(cap);
    size_t size = 0;
    for (size_t at = 0; at < length;) {
        size_t line = strcspn(text + at, "\n");
        display(text + at, line, clean + size, cap - size);
        size += strlen(clean + size);
        at += line;
        if (at < length && text[at] == '\n') {
            clean[size++] = '\n';
            at++;
        }
    }
    clean[size] = '\0';
    free(dialog->text);
    dialog->text = clean;
    dialog->scroll = 0;
}

void dialog_set_waiting(struct dialog *dialog, bool waiting)
{
    dialog->waiting = waiting;
}

bool dialog_button_ready(const struct dialog *dialog, size_t button)
{
    return dialog->confirm_word == NULL || dialog->buttons[button].result == DIALOG_CANCELLED ||
           strcmp(form_value(dialog->form, 0), dialog->confirm_word) == 0;
}

static bool in_form(const struct dialog *dialog)
{
    return dialog->form != NULL && form_focus(dialog->form) < form_count(dialog->form);
}

// True: answered.
static bool press(struct dialog *dialog, size_t button)
{
    dialog->error = NULL;
    dialog->focus = button;
    if (button >= dialog->button_count)
        return false;
    if (!dialog_button_ready(dialog, button)) {
        dialog->error = "Doesn't match: type the word named above";
        form_set_focus(dialog->form, 0);
        return false;
    }
    if (dialog->buttons[button].result != DIALOG_CANCELLED && dialog->form != NULL)
        dialog->error = form_check(dialog->form);
    if (dialog->error != NULL)
        return false;
    dialog->result = dialog->buttons[button].result;
    return true;
}

// The focus goes round: fields first, then buttons.
static void step(struct dialog *dialog, int by)
{
    size_t fields = dialog->form != NULL ? form_count(dialog->form) : 0;
    size_t stops = fields + dialog->button_count;
    size_t at = in_form(dialog) ? form_focus(dialog->form) : fields + dialog->focus;
    if (stops == 0)
        return;
    at = (at + stops + (size_t)(by < 0 ? stops - 1 : 1)) % stops;
    if (dialog->form != NULL)
        form_set_focus(dialog->form, at);
    if (at >= fields)
        dialog->focus = at - fields;
}

// Enter in a field goes on to the next; in the last it presses the first button that does not cancel. In a
// typed confirmation it does so only once the word is right: a reflex must not delete.
static bool enter_in_field(struct dialog *dialog)
{
    if (form_focus(dialog->form) + 1 < form_count(dialog->form)) {
        step(dialog, 1);
        return false;
    }
    for (size_t i = 0; i < dialog->button_count; i++)
        if (dialog->buttons[i].result != DIALOG_CANCELLED)
            return press(dialog, i);
    return false;
}

static bool scroll_text(struct dialog *dialog, const struct input_event *event)
{
    int by = event->key == INPUT_KEY_PAGE_DOWN ? 1 : event->key == INPUT_KEY_PAGE_UP ? -1 : 0;
    int page = dialog->text_rows > 1 ? dialog->text_rows - 1 : 1;
    if (by == 0)
        return false;
    dialog->scroll += by * page;
    if (dialog->scroll > dialog->text_lines - dialog->text_rows)
        dialog->scroll = dialog->text_lines - dialog->text_rows;
    if (dialog->scroll < 0)
        dialog->scroll = 0;
    return true;
}

bool dialog_is_yes_no(const struct dialog *dialog)
{
    return dialog->button_count == 2 &&
           (dialog->buttons[0].result == DIALOG_CANCELLED) != (dialog->buttons[1].result == DIALOG_CANCELLED);
}

// The button that y or n means; button_count: none.
static size_t yes_or_no(const struct dialog *dialog, uint32_t key)
{
    bool yes = lower(key) == 'y';
    if ((!yes && lower(key) != 'n') || !dialog_is_yes_no(dialog))
        return dialog->button_count;
    return (dialog->buttons[0].result == DIALOG_CANCELLED) == yes ? 1 : 0;
}

// The button that the letter presses; button_count: none.
static size_t button_of(const struct dialog *dialog, const struct input_event *event)
{
    if (!input_event_is_text(event))
        return dialog->button_count;
    for (size_t i = 0; i < dialog->button_count; i++)
        if (dialog->buttons[i].hotkey != 0 && lower(dialog->buttons[i].hotkey) == lower(event->key))
            return i;
    return yes_or_no(dialog, event->key);
}

void dialog_opened_by(struct dialog *dialog, uint32_t key, int64_t now_ms)
{
    dialog->opener = key;
    dialog->opener_at = now_ms;
}

bool dialog_is_repeat(struct dialog *dialog, const struct input_event *event, int64_t now_ms)
{
    if (dialog->opener == 0 || event->kind != INPUT_KEY || event->key != dialog->opener || in_form(dialog) ||
        button_of(dialog, event) == dialog->button_count)
        return false;
    bool soon = now_ms - dialog->opener_at < DIALOG_REPEAT_MS;
    dialog->opener_at = now_ms;
    return soon;
}

static int step_of(const struct input_event *event, bool typing)
{
    static const struct {
        uint32_t key;
        unsigned modifiers;
        int by;
        bool typing_too;
    } steps[] = {
        {INPUT_KEY_TAB, 0, 1, true},
        {INPUT_KEY_TAB, INPUT_SHIFT, -1, true},
        {INPUT_KEY_DOWN, 0, 1, true},
        {INPUT_KEY_UP, 0, -1, true},
        {INPUT_KEY_RIGHT, 0, 1, false},
        {INPUT_KEY_LEFT, 0, -1, false},
        {'l', 0, 1, false},
        {'h', 0, -1, false},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i].key == event->key && steps[i].modifiers == event->modifiers &&
            (!typing || steps[i].typing_too))
            return steps[i].by;
    return 0;
}

// A click presses a button or puts the cursor into a field.
static bool mouse(struct dialog *dialog, const struct input_event *event)
{
    int y = event->mouse.y, x = event->mouse.x;
    if (event->mouse.action != INPUT_MOUSE_PRESS || event->mouse.button != INPUT_BUTTON_LEFT ||
        dialog->waiting || !dialog_asks(dialog))
        return false;
    for (size_t i = 0; i < dialog->button_count; i++) {
        const struct dialog_place *place = &dialog->places[i];
        if (y == place->y && x >= place->x && x < place->x + place->width) {
            if (dialog->form != NULL)
                form_set_focus(dialog->form, form_count(dialog->form));
            return press(dialog, i);
        }
    }
    const struct dialog_place *form = &dialog->form_place;
    if (dialog->form != NULL && x >= form->x && x < form->x + form->width)
        form_focus_line(dialog->form, y - form->y);
    return false;
}

bool dialog_input(struct dialog *dialog, const struct input_event *event)
{
    bool typing = in_form(dialog);
    if (event->kind == INPUT_MOUSE)
        return mouse(dialog, event);
    if (event->kind == INPUT_KEY) {
        if (input_event_is_cancel(event)) {
            dialog->result = DIALOG_CANCELLED;
            return true;
        }
        if (event->key == INPUT_KEY_ENTER && dialog_asks(dialog))
            return typing ? enter_in_field(dialog) : press(dialog, dialog->focus);
    }
    if (!dialog_asks(dialog)) {
        dialog->typed(dialog->context, event);
        return false;
    }
    if (typing && form_input(dialog->form, event)) {
        dialog->error = form_refused(dialog->form);
        return false;
    }
    if (event->kind != INPUT_KEY)
        return false;
    if (!typing && event->key == ' ' && event->modifiers == 0)
        return press(dialog, dialog->focus);
    size_t button = typing ? dialog->button_count : button_of(dialog, event);
    if (button < dialog->button_count)
        return press(dialog, button);
    int by = step_of(event, typing);
    if (by != 0)
        step(dialog, by);
    else
        scroll_text(dialog, event);
    return false;
}
