// SPDX-License-Identifier: Apache-2.0
//
// copy_keys: which key does what in copy mode, and what the help says of it.

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

// As in tmux: Space begins anew where the cursor is.
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

struct binding {
    uint32_t key;
    unsigned modifiers;
    void (*run)(struct copy_mode *, int, struct copy_verdict *);
    int argument;
};

static const struct binding bindings[] = {
    {'h', 0, do_move, COPY_MOVE_LEFT},
    {INPUT_KEY_LEFT, 0, do_move, COPY_MOVE_LEFT},
    {INPUT_KEY_BACKSPACE, 0, do_move, COPY_MOVE_LEFT},
    {'l', 0, do_move, COPY_MOVE_RIGHT},
    {INPUT_KEY_RIGHT, 0, do_move, COPY_MOVE_RIGHT},
    {'k', 0, do_move, COPY_MOVE_UP},
    {INPUT_KEY_UP, 0, do_move, COPY_MOVE_UP},
    {'j', 0, do_move, COPY_MOVE_DOWN},
    {INPUT_KEY_DOWN, 0, do_move, COPY_MOVE_DOWN},
    {'w', 0, do_move, COPY_MOVE_WORD},
    {'b', 0, do_move, COPY_MOVE_WORD_BACK},
    {'e', 0, do_move, COPY_MOVE_WORD_END},
    {'W', 0, do_move, COPY_MOVE_BIG_WORD},
    {'B', 0, do_move, COPY_MOVE_BIG_WORD_BACK},
    {'E', 0, do_move, COPY_MOVE_BIG_WORD_END},
    {'0', 0, do_move, COPY_MOVE_LINE_START},
    {INPUT_KEY_HOME, 0, do_move, COPY_MOVE_LINE_START},
    {'^', 0, do_move, COPY_MOVE_LINE_FIRST},
    {'$', 0, do_move, COPY_MOVE_LINE_END},
    {INPUT_KEY_END, 0, do_move, COPY_MOVE_LINE_END},
    {'g', 0, do_move, COPY_MOVE_OLDEST},
    {'G', 0, do_move, COPY_MOVE_NEWEST},
    {'H', 0, do_move, COPY_MOVE_VIEW_TOP},
    {'M', 0, do_move, COPY_MOVE_VIEW_MIDDLE},
    {'L', 0, do_move, COPY_MOVE_VIEW_BOTTOM},
    {'u', INPUT_CTRL, do_move, COPY_MOVE_HALF_UP},
    {'d', INPUT_CTRL, do_move, COPY_MOVE_HALF_DOWN},
    {'b', INPUT_CTRL, do_move, COPY_MOVE_PAGE_UP},
    {INPUT_KEY_PAGE_UP, 0, do_move, COPY_MOVE_PAGE_UP},
    {'f', INPUT_CTRL, do_move, COPY_MOVE_PAGE_DOWN},
    {INPUT_KEY_PAGE_DOWN, 0, do_move, COPY_MOVE_PAGE_DOWN},
    {'y', INPUT_CTRL, do_move, COPY_MOVE_ROLL_UP},
    {'e', INPUT_CTRL, do_move, COPY_MOVE_ROLL_DOWN},
    {'v', 0, do_select, COPY_CHARACTERS},
    {' ', 0, do_begin, 0},
    {'V', 0, do_select, COPY_LINES},
    {'v', INPUT_CTRL, do_select, COPY_BLOCK},
    {'o', 0, do_other_end, 0},
    {'/', 0, do_prompt, '/'},
    {'?', 0, do_prompt, '?'},
    {'n', 0, do_next, 0},
    {'N', 0, do_next, 1},
    {'y', 0, do_copy, 0},
    {INPUT_KEY_ENTER, 0, do_copy, 0},
    {'q', 0, do_leave, 0},
    {'c', INPUT_CTRL, do_leave, 0},
    {INPUT_KEY_ESC, 0, do_escape, 0},
};

// What a brief copy mode takes: the keys that terminals scroll by.
static const struct binding brief_bindings[] = {
    {INPUT_KEY_PAGE_UP, INPUT_SHIFT, do_move, COPY_MOVE_PAGE_UP},
    {INPUT_KEY_PAGE_DOWN, INPUT_SHIFT, do_move, COPY_MOVE_PAGE_DOWN},
    {INPUT_KEY_UP, INPUT_SHIFT, do_move, COPY_MOVE_ROLL_UP},
    {INPUT_KEY_DOWN, INPUT_SHIFT, do_move, COPY_MOVE_ROLL_DOWN},
    {INPUT_KEY_HOME, INPUT_SHIFT, do_move, COPY_MOVE_OLDEST},
    {INPUT_KEY_END, INPUT_SHIFT, do_move, COPY_MOVE_NEWEST},
};

// One line of the help for all that have the same text.
static const struct {
    void (*run)(struct copy_mode *, int, struct copy_verdict *);
    int argument;
    const char *help;
} deeds[] = {
    {do_move, COPY_MOVE_LEFT, "Go left"},
    {do_move, COPY_MOVE_RIGHT, "Go right"},
    {do_move, COPY_MOVE_UP, "Go up"},
    {do_move, COPY_MOVE_DOWN, "Go down"},
    {do_move, COPY_MOVE_WORD, "Go to the next word"},
    {do_move, COPY_MOVE_BIG_WORD, "Go to the next word"},
    {do_move, COPY_MOVE_WORD_BACK, "Go to the previous word"},
    {do_move, COPY_MOVE_BIG_WORD_BACK, "Go to the previous word"},
    {do_move, COPY_MOVE_WORD_END, "Go to the end of a word"},
    {do_move, COPY_MOVE_BIG_WORD_END, "Go to the end of a word"},
    {do_move, COPY_MOVE_LINE_START, "Go to the start of the line"},
    {do_move, COPY_MOVE_LINE_FIRST, "Go to the start of the line"},
    {do_move, COPY_MOVE_LINE_END, "Go to the end of the line"},
    {do_move, COPY_MOVE_OLDEST, "Go to the oldest line"},
    {do_move, COPY_MOVE_NEWEST, "Go to the newest line"},
    {do_move, COPY_MOVE_VIEW_TOP, "Go to the top, middle or bottom of the screen"},
    {do_move, COPY_MOVE_VIEW_MIDDLE, "Go to the top, middle or bottom of the screen"},
    {do_move, COPY_MOVE_VIEW_BOTTOM, "Go to the top, middle or bottom of the screen"},
    {do_move, COPY_MOVE_PAGE_UP, "Go up by a page"},
    {do_move, COPY_MOVE_PAGE_DOWN, "Go down by a page"},
    {do_move, COPY_MOVE_HALF_UP, "Go up by half a page"},
    {do_move, COPY_MOVE_HALF_DOWN, "Go down by half a page"},
    {do_move, COPY_MOVE_ROLL_UP, "Scroll up by a line"},
    {do_move, COPY_MOVE_ROLL_DOWN, "Scroll down by a line"},
    {do_prompt, '/', "Search forward"},
    {do_prompt, '?', "Search backward"},
    {do_next, 0, "Go to the next match"},
    {do_next, 1, "Go to the previous match"},
    {do_select, COPY_CHARACTERS, "Select characters"},
    {do_begin, 0, "Start a selection here"},
    {do_select, COPY_LINES, "Select lines"},
    {do_select, COPY_BLOCK, "Select a block"},
    {do_other_end, 0, "Go to the other end of the selection"},
    {do_copy, 0, "Copy the selection and leave"},
    {do_escape, 0, "Clear the selection, or leave"},
    {do_leave, 0, "Leave copy mode"},
};
enum { DEEDS = sizeof deeds / sizeof deeds[0], BINDINGS = sizeof bindings / sizeof bindings[0] };

size_t copy_key_count(void)
{
    return BINDINGS;
}

static size_t add_keys(size_t deed, struct keymap_key *keys, size_t cap, size_t count)
{
    for (size_t i = 0; i < BINDINGS && count < cap; i++)
        if (bindings[i].run == deeds[deed].run && bindings[i].argument == deeds[deed].argument)
            keys[count++] = (struct keymap_key){bindings[i].key, bindings[i].modifiers};
    return count;
}

static const struct binding *first_of(void (*run)(struct copy_mode *, int, struct copy_verdict *),
                                      int argument)
{
    for (size_t i = 0; i < BINDINGS; i++)
        if (bindings[i].run == run && bindings[i].argument == argument)
            return &bindings[i];
    return NULL;
}

char *copy_mode_hints(char *out, size_t cap)
{
    static const struct {
        void (*run)(struct copy_mode *, int, struct copy_verdict *);
        int argument;
        const char *word;
    } hints[] = {{do_select, COPY_CHARACTERS, "select"},
                 {do_copy, 0, "copy"},
                 {do_prompt, '/', "search"},
                 {do_leave, 0, "leave"}};
    char key[KEYMAP_NAME_MAX];
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        const struct binding *binding = first_of(hints[i].run, hints[i].argument);
        if (binding == NULL || used >= cap)
            continue;
        keymap_format((struct keymap_key){binding->key, binding->modifiers}, key);
        used += (size_t)snprintf(out + used, cap - used, "%s%s %s", used > 0 ? "  " : "", key, hints[i].word);
    }
    return out;
}

const char *copy_mode_help(size_t index, struct keymap_key *keys, size_t cap, size_t *count)
{
    size_t line = 0;
    for (size_t i = 0; i < DEEDS; i++) {
        if (i > 0 && strcmp(deeds[i].help, deeds[i - 1].help) == 0)
            continue;
        if (line++ < index)
            continue;
        *count = 0;
        for (size_t k = i; k < DEEDS && strcmp(deeds[k].help, deeds[i].help) == 0; k++)
            *count = add_keys(k, keys, cap, *count);
        return deeds[i].help;
    }
    return NULL;
}

static const struct binding *find(const struct binding *table, size_t count, const struct input_event *event,
                                  unsigned modifiers)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].key == event->key && table[i].modifiers == modifiers)
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
    size_t count = sizeof bindings / sizeof bindings[0];
    if (take_count(copy, event))
        return;
    const struct binding *binding = find(bindings, count, event, event->modifiers);
    if (binding == NULL) // those of terminals too, and named keys whatever is held
        binding =
            find(brief_bindings, sizeof brief_bindings / sizeof brief_bindings[0], event, event->modifiers);
    if (binding == NULL && event->key >= INPUT_KEY_NAMED)
        binding = find(bindings, count, event, 0);
    if (binding != NULL)
        binding->run(copy, binding->argument, verdict);
    copy->count = 0;
}

void copy_brief_key(struct copy_mode *copy, const struct input_event *event, struct copy_verdict *verdict)
{
    const struct binding *binding =
        find(brief_bindings, sizeof brief_bindings / sizeof brief_bindings[0], event, event->modifiers);
    if (binding != NULL)
        binding->run(copy, binding->argument, verdict);
    else
        verdict->result = COPY_PASSED;
}
