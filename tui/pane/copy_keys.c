// SPDX-License-Identifier: Apache-2.0
//
// copy_keys: the keys of copy mode, with their help and hints, in one table.

#include "tui/pane/copy_mode_private.h"

#include <string.h>

enum { COUNT_MAX = 9999 };

static void do_move(struct copy_mode *copy, int movement, struct copy_verdict *verdict)
{
    copy_move(copy, (enum copy_movement)movement, copy->count);
    if (movement == COPY_MOVE_PAGE_DOWN || movement == COPY_MOVE_ROLL_DOWN || movement == COPY_MOVE_NEWEST)
        copy_end_at_bottom(copy, verdict);
}

static void do_select(struct copy_mode *copy, int selection, struct copy_verdict *verdict)
{
    (void)verdict;
    copy_select(copy, (enum copy_selection)selection);
}

// As in tmux: Space starts a new selection at the cursor.
static void do_begin(struct copy_mode *copy, int unused, struct copy_verdict *verdict)
{
    (void)unused;
    (void)verdict;
    copy->selection = COPY_NONE;
    copy_select(copy, COPY_CHARACTERS);
}

static void do_other_end(struct copy_mode *copy, int unused, struct copy_verdict *verdict)
{
    (void)unused;
    (void)verdict;
    if (copy->selection == COPY_NONE)
        return;
    struct copy_pos cursor = copy->cursor;
    copy->cursor = copy->anchor;
    copy->anchor = cursor;
    copy->wanted_col = copy->cursor.col;
    copy_show_cursor(copy);
}

static void do_prompt(struct copy_mode *copy, int mark, struct copy_verdict *verdict)
{
    (void)verdict;
    copy->prompt = (char)mark;
    memcpy(copy->before, copy->search.text, sizeof copy->before);
    line_edit_begin(&copy->edit, COPY_PATTERN_MAX, NULL);
}

static void do_next(struct copy_mode *copy, int other_way, struct copy_verdict *verdict)
{
    copy_search_next(copy, copy->search.backward != (other_way != 0), verdict);
}

static void do_copy(struct copy_mode *copy, int unused, struct copy_verdict *verdict)
{
    (void)unused;
    if (copy_take(copy, verdict))
        verdict->result = COPY_LEFT;
}

static void do_leave(struct copy_mode *copy, int unused, struct copy_verdict *verdict)
{
    (void)copy;
    (void)unused;
    verdict->result = COPY_LEFT;
}

// Esc gives up one thing at a time: a selection first.
static void do_escape(struct copy_mode *copy, int unused, struct copy_verdict *verdict)
{
    if (copy->selection == COPY_NONE)
        do_leave(copy, unused, verdict);
    copy->selection = COPY_NONE;
}

// What one or more keys do. Deeds with the same help stand one after the other and are one line of it.
struct deed {
    void (*run)(struct copy_mode *, int argument, struct copy_verdict *);
    int argument;
    struct keymap_key keys[3]; // the rest are of no key
    const char *help;
    const char *hint; // of the hints; NULL: none
};

static const struct deed deeds[] = {
    {do_move, COPY_MOVE_LEFT, {{'h', 0}, {INPUT_KEY_LEFT, 0}, {INPUT_KEY_BACKSPACE, 0}}, "Go left", NULL},
    {do_move, COPY_MOVE_RIGHT, {{'l', 0}, {INPUT_KEY_RIGHT, 0}}, "Go right", NULL},
    {do_move, COPY_MOVE_UP, {{'k', 0}, {INPUT_KEY_UP, 0}}, "Go up", NULL},
    {do_move, COPY_MOVE_DOWN, {{'j', 0}, {INPUT_KEY_DOWN, 0}}, "Go down", NULL},
    {do_move, COPY_MOVE_WORD, {{'w', 0}}, "Go to the next word", NULL},
    {do_move, COPY_MOVE_BIG_WORD, {{'W', 0}}, "Go to the next word", NULL},
    {do_move, COPY_MOVE_WORD_BACK, {{'b', 0}}, "Go to the previous word", NULL},
    {do_move, COPY_MOVE_BIG_WORD_BACK, {{'B', 0}}, "Go to the previous word", NULL},
    {do_move, COPY_MOVE_WORD_END, {{'e', 0}}, "Go to the end of a word", NULL},
    {do_move, COPY_MOVE_BIG_WORD_END, {{'E', 0}}, "Go to the end of a word", NULL},
    {do_move, COPY_MOVE_LINE_START, {{'0', 0}, {INPUT_KEY_HOME, 0}}, "Go to the start of the line", NULL},
    {do_move, COPY_MOVE_LINE_FIRST, {{'^', 0}}, "Go to the start of the line", NULL},
    {do_move, COPY_MOVE_LINE_END, {{'$', 0}, {INPUT_KEY_END, 0}}, "Go to the end of the line", NULL},
    {do_move, COPY_MOVE_OLDEST, {{'g', 0}}, "Go to the oldest line", NULL},
    {do_move, COPY_MOVE_NEWEST, {{'G', 0}}, "Go to the newest line", NULL},
    {do_move, COPY_MOVE_VIEW_TOP, {{'H', 0}}, "Go to the top, middle or bottom of the screen", NULL},
    {do_move, COPY_MOVE_VIEW_MIDDLE, {{'M', 0}}, "Go to the top, middle or bottom of the screen", NULL},
    {do_move, COPY_MOVE_VIEW_BOTTOM, {{'L', 0}}, "Go to the top, middle or bottom of the screen", NULL},
    {do_move, COPY_MOVE_PAGE_UP, {{'b', INPUT_CTRL}, {INPUT_KEY_PAGE_UP, 0}}, "Go up by a page", NULL},
    {do_move, COPY_MOVE_PAGE_DOWN, {{'f', INPUT_CTRL}, {INPUT_KEY_PAGE_DOWN, 0}}, "Go down by a page", NULL},
    {do_move, COPY_MOVE_HALF_UP, {{'u', INPUT_CTRL}}, "Go up by half a page", NULL},
    {do_move, COPY_MOVE_HALF_DOWN, {{'d', INPUT_CTRL}}, "Go down by half a page", NULL},
    {do_move, COPY_MOVE_ROLL_UP, {{'y', INPUT_CTRL}}, "Scroll up by a line", NULL},
    {do_move, COPY_MOVE_ROLL_DOWN, {{'e', INPUT_CTRL}}, "Scroll down by a line", NULL},
    {do_prompt, '/', {{'/', 0}}, "Search forward", "search"},
    {do_prompt, '?', {{'?', 0}}, "Search backward", NULL},
    {do_next, 0, {{'n', 0}}, "Go to the next match", NULL},
    {do_next, 1, {{'N', 0}}, "Go to the previous match", NULL},
    {do_select, COPY_CHARACTERS, {{'v', 0}}, "Select characters", "select"},
    {do_begin, 0, {{' ', 0}}, "Start a selection here", NULL},
    {do_select, COPY_LINES, {{'V', 0}}, "Select lines", NULL},
    {do_select, COPY_BLOCK, {{'v', INPUT_CTRL}}, "Select a block", NULL},
    {do_other_end, 0, {{'o', 0}}, "Go to the other end of the selection", NULL},
    {do_copy, 0, {{'y', 0}, {INPUT_KEY_ENTER, 0}}, "Copy the selection and leave", "copy"},
    {do_escape, 0, {{INPUT_KEY_ESC, 0}}, "Clear the selection, or leave", NULL},
    {do_leave, 0, {{'q', 0}, {'c', INPUT_CTRL}}, "Leave copy mode", "leave"},
};

// What a brief copy mode takes: the keys that terminals scroll by.
static const struct deed brief_deeds[] = {
    {do_move, COPY_MOVE_PAGE_UP, {{INPUT_KEY_PAGE_UP, INPUT_SHIFT}}, NULL, NULL},
    {do_move, COPY_MOVE_PAGE_DOWN, {{INPUT_KEY_PAGE_DOWN, INPUT_SHIFT}}, NULL, NULL},
    {do_move, COPY_MOVE_ROLL_UP, {{INPUT_KEY_UP, INPUT_SHIFT}}, NULL, NULL},
    {do_move, COPY_MOVE_ROLL_DOWN, {{INPUT_KEY_DOWN, INPUT_SHIFT}}, NULL, NULL},
    {do_move, COPY_MOVE_OLDEST, {{INPUT_KEY_HOME, INPUT_SHIFT}}, NULL, NULL},
    {do_move, COPY_MOVE_NEWEST, {{INPUT_KEY_END, INPUT_SHIFT}}, NULL, NULL},
};
enum { DEEDS = sizeof deeds / sizeof deeds[0], BRIEF_DEEDS = sizeof brief_deeds / sizeof brief_deeds[0] };
enum { DEED_KEYS = sizeof deeds[0].keys / sizeof deeds[0].keys[0] };

char *copy_mode_hints(char *out, size_t cap)
{
    static const char *const hints[] = {"select", "copy", "search", "leave"};
    char key[KEYMAP_NAME_MAX];
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        for (size_t deed = 0; deed < DEEDS && used < cap; deed++) {
            if (deeds[deed].hint == NULL || strcmp(deeds[deed].hint, hints[i]) != 0)
                continue;
            keymap_format(deeds[deed].keys[0], key);
            used += (size_t)snprintf(out + used, cap - used, "%s%s %s", used > 0 ? "  " : "", key, hints[i]);
        }
    return out;
}

const char *copy_mode_help(size_t index, struct keymap_key *keys, size_t cap, size_t *count)
{
    size_t first = 0;
    for (; first < DEEDS; first++)
        if ((first == 0 || strcmp(deeds[first].help, deeds[first - 1].help) != 0) && index-- == 0)
            break;
    *count = 0;
    for (size_t i = first; i < DEEDS && strcmp(deeds[i].help, deeds[first].help) == 0; i++)
        for (size_t k = 0; k < DEED_KEYS && deeds[i].keys[k].key != 0 && *count < cap; k++)
            keys[(*count)++] = deeds[i].keys[k];
    return first < DEEDS ? deeds[first].help : NULL;
}

static const struct deed *find(const struct deed *table, size_t count, const struct input_event *event,
                               unsigned modifiers)
{
    const struct keymap_key key = {event->key, modifiers};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < DEED_KEYS; k++)
            if (keymap_key_equal(table[i].keys[k], key))
                return &table[i];
    return NULL;
}

// Digits before a movement: how often. A 0 alone is a movement.
static bool take_count(struct copy_mode *copy, const struct input_event *event)
{
    if (event->modifiers != 0 || event->key < '0' || event->key > '9' ||
        (event->key == '0' && copy->count == 0))
        return false;
    copy->count = copy->count * 10 + (int)(event->key - '0');
    if (copy->count > COUNT_MAX)
        copy->count = COUNT_MAX;
    return true;
}

void copy_full_key(struct copy_mode *copy, const struct input_event *event, struct copy_verdict *verdict)
{
    if (take_count(copy, event))
        return;
    const struct deed *deed = find(deeds, DEEDS, event, event->modifiers);
    if (deed == NULL) // those of terminals too, and named keys whatever is held
        deed = find(brief_deeds, BRIEF_DEEDS, event, event->modifiers);
    if (deed == NULL && event->key >= INPUT_KEY_NAMED)
        deed = find(deeds, DEEDS, event, 0);
    if (deed != NULL)
        deed->run(copy, deed->argument, verdict);
    copy->count = 0;
}

void copy_brief_key(struct copy_mode *copy, const struct input_event *event, struct copy_verdict *verdict)
{
    const struct deed *deed = find(brief_deeds, BRIEF_DEEDS, event, event->modifiers);
    if (deed != NULL)
        deed->run(copy, deed->argument, verdict);
    else
        verdict->result = COPY_PASSED;
}
