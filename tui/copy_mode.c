// SPDX-License-Identifier: Apache-2.0
//
// copy_mode: owns the life of copy mode, its keys and what it marks for drawing. The terminal goes on
// underneath: nothing is frozen or copied, places are kept by the numbers of lines instead.

#include "tui/copy_private.h"

#include "tui/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT_MAX = 9999 };

struct copy_mode *copy_mode_new(struct vt *vt, enum copy_entry entry)
{
    struct copy_mode *copy = xcalloc(1, sizeof *copy);
    copy->vt = vt;
    copy->entry = entry;
    copy->alternate = vt_modes(vt).alternate_screen;
    copy->rows = vt_rows(vt);
    copy->cols = vt_cols(vt);
    copy->row.glyphs = xcalloc(VT_COLS_MAX, sizeof *copy->row.glyphs);
    copy->top = (int64_t)vt_history_pushed(vt);
    copy->cursor = (struct copy_pos){copy->top + vt_cursor(vt).y, vt_cursor(vt).x};
    copy->wanted_col = copy->cursor.col;
    copy->anchor = copy->cursor;
    return copy;
}

void copy_mode_free(struct copy_mode *copy)
{
    if (copy == NULL)
        return;
    copy_search_end(copy);
    line_edit_wipe(&copy->edit);
    free(copy->row.glyphs);
    free(copy->marks);
    free(copy);
}

void copy_mode_keep(struct copy_mode *copy)
{
    copy->entry = COPY_FULL;
}

bool copy_mode_is_brief(const struct copy_mode *copy)
{
    return copy->entry == COPY_BRIEF;
}

void copy_notice(struct copy_verdict *verdict, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vsnprintf(verdict->notice, sizeof verdict->notice, format, list);
    va_end(list);
}

// --- keeping up with the terminal ---------------------------------------------------

static void bring_inside(const struct copy_mode *copy, struct copy_pos *at)
{
    if (at->line < copy_oldest(copy))
        *at = (struct copy_pos){copy_oldest(copy), 0};
    if (at->line > copy_newest(copy))
        at->line = copy_newest(copy);
    if (at->col >= copy->cols)
        at->col = copy->cols - 1;
}

void copy_sync(struct copy_mode *copy)
{
    bool alternate = vt_modes(copy->vt).alternate_screen;
    bool resized = copy->rows != vt_rows(copy->vt) || copy->cols != vt_cols(copy->vt);
    copy->rows = vt_rows(copy->vt);
    copy->cols = vt_cols(copy->vt);
    if (alternate != copy->alternate || resized) {
        // Other text stands there now.
        copy->alternate = alternate;
        copy->selection = COPY_NONE;
        copy->dragging = false;
        copy->row.valid = false;
        copy_search_reset(copy);
    }
    bring_inside(copy, &copy->cursor);
    bring_inside(copy, &copy->anchor);
    if (copy->top < copy_oldest(copy))
        copy->top = copy_oldest(copy);
    if (copy->top > copy_newest(copy) - copy->rows + 1)
        copy->top = copy_newest(copy) - copy->rows + 1;
    copy_show_cursor(copy);
}

void copy_end_at_bottom(const struct copy_mode *copy, struct copy_verdict *verdict)
{
    bool bottom = copy->top == copy_newest(copy) - copy->rows + 1;
    if (copy->entry == COPY_BRIEF && bottom && copy->selection == COPY_NONE)
        verdict->result = COPY_LEFT;
}

// --- a new size ----------------------------------------------------------------------

// A place that wrapping anew does not change: how many lines below the one the program's cursor is in, and
// how many columns into it.
struct anchor {
    int64_t lines, columns;
};

static int used_of(struct copy_mode *copy, int64_t line)
{
    const struct copy_row *row = copy_row(copy, line);
    return row != NULL ? row->used : 0;
}

static int64_t base_line(const struct copy_mode *copy)
{
    return copy_line_first(copy, (int64_t)vt_history_pushed(copy->vt) + vt_cursor(copy->vt).y);
}

static struct anchor anchor_of(struct copy_mode *copy, struct copy_pos at)
{
    struct anchor anchor = {0, at.col};
    int64_t base = base_line(copy), first = copy_line_first(copy, at.line);
    for (int64_t line = first; line < at.line; line++)
        anchor.columns += used_of(copy, line);
    for (int64_t line = first; line < base; line = copy_line_last(copy, line) + 1)
        anchor.lines--;
    for (int64_t line = base; line < first; line = copy_line_last(copy, line) + 1)
        anchor.lines++;
    return anchor;
}

static struct copy_pos place_of(struct copy_mode *copy, struct anchor anchor)
{
    int64_t line = base_line(copy);
    for (; anchor.lines < 0 && line > copy_oldest(copy); anchor.lines++)
        line = copy_line_first(copy, line - 1);
    if (anchor.lines < 0)
        return (struct copy_pos){copy_oldest(copy), 0};
    for (; anchor.lines > 0 && line < copy_newest(copy); anchor.lines--)
        line = copy_line_last(copy, line) + 1;
    for (int used = used_of(copy, line); copy_wraps(copy, line) && anchor.columns >= used;
         used = used_of(copy, line)) {
        anchor.columns -= used;
        line++;
    }
    return (struct copy_pos){line, (int)(anchor.columns < copy->cols ? anchor.columns : copy->cols - 1)};
}

void copy_mode_resize(struct copy_mode *copy, int rows, int cols)
{
    copy_sync(copy);
    struct copy_pos *const places[] = {&copy->cursor, &copy->anchor};
    struct anchor anchors[2], top = anchor_of(copy, (struct copy_pos){copy->top, 0});
    bool bottom = copy_mode_scrolled(copy) == 0;
    for (size_t i = 0; i < 2; i++)
        anchors[i] = anchor_of(copy, *places[i]);
    vt_resize(copy->vt, rows, cols);
    copy->rows = vt_rows(copy->vt);
    copy->cols = vt_cols(copy->vt);
    copy->row.valid = false;
    // The alternate screen is cut, not wrapped.
    for (size_t i = 0; i < 2 && !copy->alternate; i++)
        *places[i] = place_of(copy, anchors[i]);
    if (!copy->alternate)
        copy->top = bottom ? (int64_t)vt_history_pushed(copy->vt) : place_of(copy, top).line;
    copy->wanted_col = copy->cursor.col;
    copy_search_reset(copy);
    copy_sync(copy);
}

// --- keys ------------------------------------------------------------------------------

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

static void full_key(struct copy_mode *copy, const struct input_event *event, struct copy_verdict *verdict)
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

static void brief_key(struct copy_mode *copy, const struct input_event *event, struct copy_verdict *verdict)
{
    const struct binding *binding =
        find(brief_bindings, sizeof brief_bindings / sizeof brief_bindings[0], event, event->modifiers);
    if (binding != NULL)
        binding->run(copy, binding->argument, verdict);
    else
        verdict->result = COPY_PASSED;
}

// --- the prompt ------------------------------------------------------------------------

static void end_prompt(struct copy_mode *copy, const char *pattern)
{
    copy->prompt = '\0';
    if (strcmp(pattern, copy->search.text) != 0)
        copy_search_set(copy, pattern);
}

static void search_typed(struct copy_mode *copy, struct copy_verdict *verdict)
{
    bool backward = copy->prompt == '?';
    // Nothing typed: the last pattern once more.
    end_prompt(copy, copy->edit.length > 0 ? copy->edit.text : copy->before);
    copy->search.backward = backward;
    copy_search_next(copy, backward, verdict);
}

// What is typed so far is marked and counted at once; the cursor goes with Enter.
static void prompt_input(struct copy_mode *copy, const struct input_event *event,
                         struct copy_verdict *verdict)
{
    bool key = event->kind == INPUT_KEY;
    bool empty = copy->edit.length == 0;
    if (key && event->key == INPUT_KEY_ENTER) {
        search_typed(copy, verdict);
    } else if (key && (event->key == INPUT_KEY_ESC || (event->key == 'c' && event->modifiers == INPUT_CTRL) ||
                       (event->key == INPUT_KEY_BACKSPACE && empty))) {
        end_prompt(copy, copy->before);
    } else if (line_edit_input(&copy->edit, event) == LINE_EDIT_CHANGED) {
        copy_search_set(copy, copy->edit.text);
        copy_search_work(copy, verdict);
    }
}

// --- events ----------------------------------------------------------------------------

void copy_mode_input(struct copy_mode *copy, const struct input_event *event, int y0, int x0, int64_t now_ms,
                     struct copy_verdict *verdict)
{
    *verdict = (struct copy_verdict){.result = COPY_STAYS};
    copy_sync(copy);
    switch (event->kind) {
    case INPUT_MOUSE:
        copy_mouse(copy, event, y0, x0, now_ms, verdict);
        break;
    case INPUT_KEY:
        copy->clicks = 0;
        if (copy->prompt != '\0')
            prompt_input(copy, event, verdict);
        else if (copy->entry == COPY_FULL)
            full_key(copy, event, verdict);
        else
            brief_key(copy, event, verdict);
        break;
    case INPUT_PASTE_BEGIN:
    case INPUT_PASTE:
    case INPUT_PASTE_END:
        if (copy->prompt != '\0')
            prompt_input(copy, event, verdict);
        else if (copy->entry == COPY_BRIEF)
            verdict->result = COPY_PASSED;
        break;
    case INPUT_FOCUS_IN:
    case INPUT_FOCUS_OUT:
    case INPUT_REPLY:
    case INPUT_UNKNOWN:
        break;
    }
}

void copy_mode_work(struct copy_mode *copy, struct copy_verdict *verdict)
{
    *verdict = (struct copy_verdict){.result = COPY_STAYS};
    copy_sync(copy);
    copy_search_work(copy, verdict);
}

void copy_mode_scroll(struct copy_mode *copy, int rows)
{
    copy_sync(copy);
    copy_scroll_by(copy, rows);
}

// --- what is shown ---------------------------------------------------------------------

int copy_mode_scrolled(struct copy_mode *copy)
{
    copy_sync(copy);
    return (int)((int64_t)vt_history_pushed(copy->vt) - copy->top);
}

const struct vt_pane_overlay *copy_mode_overlay(struct copy_mode *copy)
{
    copy_sync(copy);
    size_t size = (size_t)copy->rows * (size_t)copy->cols;
    if (size > copy->marks_size) {
        free(copy->marks);
        copy->marks = xmalloc(size);
        copy->marks_size = size;
    }
    memset(copy->marks, 0, size);
    copy_mark_hits(copy);
    copy_mark_selection(copy);
    copy->overlay = (struct vt_pane_overlay){
        .marks = copy->marks,
        .rows = copy->rows,
        .cols = copy->cols,
        .cursor = copy->entry == COPY_FULL,
        .cursor_y = (int)(copy->cursor.line - copy->top),
        .cursor_x = copy->cursor.col,
    };
    return &copy->overlay;
}

struct copy_status copy_mode_status(struct copy_mode *copy)
{
    struct copy_range range;
    copy_sync(copy);
    struct copy_status status = {
        .scrolled = copy_mode_scrolled(copy),
        .history = vt_history_rows(copy->vt),
        .selection = copy->selection,
        .prompt = copy->prompt,
        .edit = copy->prompt != '\0' ? &copy->edit : NULL,
    };
    if (copy_range(copy, &range))
        status.selected_lines = (int)(range.last.line - range.first.line + 1);
    copy_search_status(copy, &status);
    return status;
}
