// SPDX-License-Identifier: Apache-2.0
//
// vt_csi: control sequences, as a table from the final byte with its prefix and intermediate to a function.

#include "tui/vt/vt_screen_private.h"

#include <stdlib.h>
#include <string.h>

// --- the cursor ---

static void cursor_up(struct vt *vt)
{
    int least = vt->y >= vt->top ? vt->top : 0;
    int y = vt->y - vt_param(vt, 0, 1);
    vt_move(vt, y < least ? least : y, vt->x);
}

static void cursor_down(struct vt *vt)
{
    int most = vt->y <= vt->bottom ? vt->bottom : vt->rows - 1;
    int y = vt->y + vt_param(vt, 0, 1);
    vt_move(vt, y > most ? most : y, vt->x);
}

static void cursor_right(struct vt *vt)
{
    int most = vt->x <= vt->right ? vt->right : vt->cols - 1;
    int x = vt->x + vt_param(vt, 0, 1);
    vt_move(vt, vt->y, x > most ? most : x);
}

static void cursor_left(struct vt *vt)
{
    vt_back(vt, vt_param(vt, 0, 1));
}

static void next_line(struct vt *vt)
{
    cursor_down(vt);
    vt->x = vt_line_start(vt);
}

static void previous_line(struct vt *vt)
{
    cursor_up(vt);
    vt->x = vt_line_start(vt);
}

// The cursor's place as sequences count it: from the margins with origin mode.
static int row_of(const struct vt *vt)
{
    return vt->y - (vt->origin ? vt->top : 0);
}

static int column_of(const struct vt *vt)
{
    return vt->x - (vt->origin ? vt->left : 0);
}

static void to_column(struct vt *vt)
{
    vt_move_origin(vt, row_of(vt), vt_param(vt, 0, 1) - 1);
}

static void to_row(struct vt *vt)
{
    vt_move_origin(vt, vt_param(vt, 0, 1) - 1, column_of(vt));
}

static void down_rows(struct vt *vt)
{
    vt_move_origin(vt, row_of(vt) + vt_param(vt, 0, 1), column_of(vt));
}

static void right_columns(struct vt *vt)
{
    vt_move_origin(vt, row_of(vt), column_of(vt) + vt_param(vt, 0, 1));
}

static void to_place(struct vt *vt)
{
    vt_move_origin(vt, vt_param(vt, 0, 1) - 1, vt_param(vt, 1, 1) - 1);
}

static void forward_tabs(struct vt *vt)
{
    for (int i = vt_param(vt, 0, 1); i > 0 && vt->x < vt->cols - 1; i--)
        vt_control(vt, '\t');
}

static void back_tabs(struct vt *vt)
{
    for (int i = vt_param(vt, 0, 1); i > 0 && vt->x > 0; i--) {
        do
            vt->x--;
        while (vt->x > 0 && vt->tabs[vt->x] == 0);
    }
    vt->pending_wrap = false;
}

static void clear_tabs(struct vt *vt)
{
    int which = vt_param(vt, 0, 0);
    if (which == 0)
        vt->tabs[vt->x] = 0;
    else if (which == 3)
        memset(vt->tabs, 0, sizeof vt->tabs);
}

static void set_tabs(struct vt *vt)
{
    if (vt_param(vt, 0, 0) == 5)
        vt_default_tabs(vt);
}

// --- erasing, inserting, deleting ---

// Whether protected cells stay: by SPA for all that erases, by DECSCA for what erases selectively.
static bool keeps(const struct vt *vt)
{
    return vt->protection == VT_PROTECTS_ISO || (vt->protection == VT_PROTECTS_DEC && vt->prefix == '?');
}

static void erase_display(struct vt *vt)
{
    bool keep = keeps(vt);
    int which = vt_param(vt, 0, 0);
    int first = which == 0 ? vt->y + 1 : 0, last = which == 1 ? vt->y - 1 : vt->rows - 1;
    if (which == 3) {
        vt_history_clear(&vt->history);
        return;
    }
    if (which > 2)
        return;
    if (which == 0)
        vt_erase(vt, vt->y, vt->x, vt->cols - 1, keep);
    else if (which == 1)
        vt_erase(vt, vt->y, 0, vt->x, keep);
    for (int y = first; y <= last; y++)
        vt_erase(vt, y, 0, vt->cols - 1, keep);
    vt->pending_wrap = false;
}

static void erase_line(struct vt *vt)
{
    bool keep = keeps(vt);
    int which = vt_param(vt, 0, 0);
    if (which > 2)
        return;
    vt_erase(vt, vt->y, which == 0 ? vt->x : 0, which == 1 ? vt->x : vt->cols - 1, keep);
    vt->pending_wrap = false;
}

static void erase_cells(struct vt *vt)
{
    int count = vt_param(vt, 0, 1);
    int last = count > vt->cols - vt->x ? vt->cols - 1 : vt->x + count - 1;
    vt_erase(vt, vt->y, vt->x, last, keeps(vt));
    vt->pending_wrap = false;
}

static void insert_lines(struct vt *vt)
{
    if (!vt_inside_margins(vt))
        return;
    vt_scroll_down(vt, vt->y, vt->bottom, vt_param(vt, 0, 1));
    vt_move(vt, vt->y, vt->left);
}

// Lines deleted from the top of the screen are gone, not scrolled away: nothing goes into the history.
static void delete_lines(struct vt *vt)
{
    if (!vt_inside_margins(vt))
        return;
    size_t limit = vt->history.limit;
    uint64_t pushed = vt->history.pushed;
    vt->history.limit = 0;
    vt_scroll_up(vt, vt->y, vt->bottom, vt_param(vt, 0, 1));
    vt->history.limit = limit;
    vt->history.pushed = pushed;
    vt_move(vt, vt->y, vt->left);
}

static void insert_characters(struct vt *vt)
{
    vt_shift_here(vt, vt_param(vt, 0, 1), false);
    vt->pending_wrap = false;
}

static void delete_characters(struct vt *vt)
{
    vt_shift_here(vt, vt_param(vt, 0, 1), true);
    vt->pending_wrap = false;
}

static void scroll_up(struct vt *vt)
{
    vt_scroll_up(vt, vt->top, vt->bottom, vt_param(vt, 0, 1));
}

static void scroll_down(struct vt *vt)
{
    vt_scroll_down(vt, vt->top, vt->bottom, vt_param(vt, 0, 1));
}

// Five parameters, and 0: highlight tracking, which is not here.
static void scroll_down_or_track(struct vt *vt)
{
    if (vt->param_count == 0 || (vt->param_count == 1 && vt->params[0] > 0))
        scroll_down(vt);
}

static void repeat(struct vt *vt)
{
    vt_repeat(vt, vt_param(vt, 0, 1));
}

// --- margins ---

static void set_rows(struct vt *vt)
{
    int top = vt_param(vt, 0, 1) - 1, bottom = vt_param(vt, 1, vt->rows) - 1;
    if (bottom >= vt->rows)
        bottom = vt->rows - 1;
    if (top >= bottom)
        return;
    vt->top = top;
    vt->bottom = bottom;
    vt_move_origin(vt, 0, 0);
}

static void set_columns_or_save(struct vt *vt)
{
    if (!vt->margins_lr) {
        vt_save_cursor(vt);
        return;
    }
    int left = vt_param(vt, 0, 1) - 1, right = vt_param(vt, 1, vt->cols) - 1;
    if (right >= vt->cols)
        right = vt->cols - 1;
    if (left >= right)
        return;
    vt->left = left;
    vt->right = right;
    vt_move_origin(vt, 0, 0);
}

// --- the window ---

static void window(struct vt *vt)
{
    int what = vt_param(vt, 0, 0);
    if (what == 18)
        vt_reply(vt, "\033[8;%d;%dt", vt->rows, vt->cols);
    else if (what == 19) // as large as it can be: it always is
        vt_reply(vt, "\033[9;%d;%dt", vt->rows, vt->cols);
    else if (what == 22 && vt_param(vt, 1, 0) != 1 && vt->title_count < VT_TITLE_STACK_MAX)
        vt->title_stack[vt->title_count++] = strdup(vt->title);
    else if (what == 23 && vt_param(vt, 1, 0) != 1 && vt->title_count > 0) {
        char *title = vt->title_stack[--vt->title_count];
        if (title != NULL)
            memcpy(vt->title, title, strlen(title) + 1);
        free(title);
    }
}

// --- the rest ---

static void set_modes(struct vt *vt)
{
    vt_set_modes(vt, true);
}

static void reset_modes(struct vt *vt)
{
    vt_set_modes(vt, false);
}

static void cursor_shape(struct vt *vt)
{
    int shape = vt_param(vt, 0, 0);
    if (shape > 6)
        return;
    vt->cursor_shape = shape;
    vt->cursor_blinks = shape % 2 != 0;
}

static void protect(struct vt *vt)
{
    vt_protect(vt, VT_PROTECTS_DEC, vt_param(vt, 0, 0) == 1);
}

// The level of the terminal, with a soft reset; from the second on also whether answers begin with C1
// controls.
static void set_level(struct vt *vt)
{
    int level = vt_param(vt, 0, 0) - 60;
    if (level < 1 || level > VT_LEVEL_MAX + 1)
        return;
    vt_soft_reset(vt);
    vt->level = level < VT_LEVEL_MAX ? level : VT_LEVEL_MAX;
    vt->eight_bit = level > 1 && vt_param(vt, 1, 0) != 1;
}

static const struct {
    char prefix, intermediate, final;
    void (*run)(struct vt *vt);
} sequences[] = {
    {'\0', '\0', '@', insert_characters},
    {'\0', ' ', '@', vt_columns_scroll_left},
    {'\0', '\0', 'A', cursor_up},
    {'\0', ' ', 'A', vt_columns_scroll_right},
    {'\0', '\0', 'B', cursor_down},
    {'\0', '\0', 'C', cursor_right},
    {'\0', '\0', 'D', cursor_left},
    {'\0', '\0', 'E', next_line},
    {'\0', '\0', 'F', previous_line},
    {'\0', '\0', 'G', to_column},
    {'\0', '\0', 'H', to_place},
    {'\0', '\0', 'I', forward_tabs},
    {'\0', '\0', 'J', erase_display},
    {'?', '\0', 'J', erase_display},
    {'\0', '\0', 'K', erase_line},
    {'?', '\0', 'K', erase_line},
    {'\0', '\0', 'L', insert_lines},
    {'\0', '\0', 'M', delete_lines},
    {'\0', '\0', 'P', delete_characters},
    {'\0', '\0', 'S', scroll_up},
    {'\0', '\0', 'T', scroll_down_or_track},
    {'?', '\0', 'W', set_tabs},
    {'\0', '\0', 'X', erase_cells},
    {'\0', '\0', 'Z', back_tabs},
    {'\0', '\0', '^', scroll_down},
    {'\0', '\0', '`', to_column},
    {'\0', '\0', 'a', right_columns},
    {'\0', '\0', 'b', repeat},
    {'\0', '\0', 'c', vt_report_device},
    {'>', '\0', 'c', vt_report_device},
    {'=', '\0', 'c', vt_report_device},
    {'\0', '\0', 'd', to_row},
    {'\0', '\0', 'e', down_rows},
    {'\0', '\0', 'f', to_place},
    {'\0', '\0', 'g', clear_tabs},
    {'\0', '\0', 'h', set_modes},
    {'?', '\0', 'h', set_modes},
    {'\0', '\0', 'l', reset_modes},
    {'?', '\0', 'l', reset_modes},
    {'\0', '\0', 'm', vt_sgr},
    {'>', '\0', 'm', vt_modify_keys},
    {'?', '\0', 'm', vt_modify_keys_tell},
    {'\0', '\0', 'n', vt_report_status},
    {'>', '\0', 'n', vt_modify_keys_off},
    {'?', '\0', 'n', vt_report_status},
    {'\0', '$', 'p', vt_report_mode},
    {'?', '$', 'p', vt_report_mode},
    {'\0', '!', 'p', vt_soft_reset},
    {'\0', '"', 'p', set_level},
    {'\0', ' ', 'q', cursor_shape},
    {'\0', '"', 'q', protect},
    {'>', '\0', 'q', vt_report_version},
    {'\0', '\0', 'r', set_rows},
    {'\0', '$', 'r', vt_rectangle_change},
    {'?', '\0', 'r', vt_restore_modes},
    {'\0', '\0', 's', set_columns_or_save},
    {'?', '\0', 's', vt_save_modes},
    {'\0', '\0', 't', window},
    {'\0', '$', 't', vt_rectangle_reverse},
    {'\0', '\0', 'u', vt_restore_cursor},
    {'<', '\0', 'u', vt_key_flags_pop},
    {'=', '\0', 'u', vt_key_flags_set},
    {'>', '\0', 'u', vt_key_flags_push},
    {'?', '\0', 'u', vt_key_flags_tell},
    {'\0', '$', 'v', vt_rectangle_copy},
    {'\0', '$', 'x', vt_rectangle_fill},
    {'\0', '*', 'x', vt_rectangle_extent},
    {'\0', '*', 'y', vt_rectangle_checksum},
    {'\0', '$', 'z', vt_rectangle_erase},
    {'\0', '$', '{', vt_rectangle_erase_unprotected},
    {'\0', '\'', '}', vt_columns_insert},
    {'\0', '\'', '~', vt_columns_delete},
};

enum { SEQUENCE_COUNT = sizeof sequences / sizeof sequences[0] };

// Where the sequences with that final byte begin; the table is in their order.
static size_t first_of(unsigned char final)
{
    static unsigned char firsts[128];
    static bool ready;
    if (!ready) {
        for (size_t i = SEQUENCE_COUNT; i > 0; i--)
            firsts[(unsigned char)sequences[i - 1].final] = (unsigned char)i;
        ready = true;
    }
    return firsts[final] != 0 ? firsts[final] - 1u : SEQUENCE_COUNT;
}

void vt_csi_dispatch(struct vt *vt, unsigned char final)
{
    if (final != 'b')
        vt->last_printed = 0;
    if (vt->sub != 0 && final != 'm')
        return; // colons belong to colours and underlines alone
    for (size_t i = first_of(final); i < SEQUENCE_COUNT && sequences[i].final == (char) final; i++) {
        if (sequences[i].prefix == vt->prefix && sequences[i].intermediate == vt->intermediate) {
            sequences[i].run(vt);
            return;
        }
    }
}
