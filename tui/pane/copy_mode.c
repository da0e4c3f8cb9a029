// SPDX-License-Identifier: Apache-2.0
//
// copy_mode: create and resize copy mode, dispatch its events, and run its search prompt. The terminal goes
// on underneath: nothing is frozen or copied, places are kept by line numbers instead.

#include "tui/pane/copy_mode_private.h"

#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

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

// Brings everything inside what there is now: first in each public call.
static void sync_with_vt(struct copy_mode *copy)
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

// --- a new size ----------------------------------------------------------------------

// A place that rewrapping does not change: how many lines below the one the program's cursor is in, and
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
    sync_with_vt(copy);
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
    sync_with_vt(copy);
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
    } else if (input_event_is_cancel(event) || (key && event->key == INPUT_KEY_BACKSPACE && empty)) {
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
    sync_with_vt(copy);
    switch (event->kind) {
    case INPUT_MOUSE:
        copy_mouse(copy, event, y0, x0, now_ms, verdict);
        break;
    case INPUT_KEY:
        copy->clicks = 0;
        if (copy->prompt != '\0')
            prompt_input(copy, event, verdict);
        else if (copy->entry == COPY_FULL)
            copy_full_key(copy, event, verdict);
        else
            copy_brief_key(copy, event, verdict);
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
    sync_with_vt(copy);
    copy_search_work(copy, verdict);
}

// --- what is shown ---------------------------------------------------------------------

int copy_mode_scrolled(struct copy_mode *copy)
{
    sync_with_vt(copy);
    return (int)((int64_t)vt_history_pushed(copy->vt) - copy->top);
}

const struct vt_pane_overlay *copy_mode_overlay(struct copy_mode *copy)
{
    sync_with_vt(copy);
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
    sync_with_vt(copy);
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
