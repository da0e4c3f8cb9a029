// SPDX-License-Identifier: Apache-2.0
//
// vt_screen_private: what the files of the terminal emulator share: the cell, the grid, the parser's state.
// Functions here keep the invariants: the cursor is inside the screen, margins are ordered and inside, every
// right half of a wide character has its left one.

#ifndef SBXDECK_TUI_VT_VT_SCREEN_PRIVATE_H
#define SBXDECK_TUI_VT_VT_SCREEN_PRIVATE_H

#include "tui/vt/vt_screen.h"

// Eight bytes: most memory is cells, and writing text is writing them.
struct vt_cell {
    uint32_t ch;    // 0: nothing written; a code point; or VT_CLUSTER | index of a text in the pool
    uint16_t style; // index in the pool
    uint16_t flags;
};
enum { VT_CLUSTER = 0x40000000, VT_CELL_WIDE = 1, VT_CELL_TAIL = 2 /* right half */ };

struct vt_line {
    struct vt_cell *cells; // vt->cols of them
    bool wraps;            // goes on in the next line
    bool damaged;
    uint16_t written; // cells from here on are plain blanks
};

// --- vt_pool: styles and clusters, each kept once ---

struct vt_cluster {
    char text[VT_TEXT_MAX];
};
struct vt_pair {
    uint32_t first, mark, ch; // first 0: none
};
enum { VT_PAIRS = 256 };
struct vt_pool {
    struct cell_style *styles; // 0 is the plain one
    size_t style_count, style_capacity;
    uint16_t *style_slots; // hash → index + 1
    size_t style_slot_count;
    struct vt_cluster *clusters;
    size_t cluster_count, cluster_capacity;
    uint32_t *cluster_slots;
    size_t cluster_slot_count;
    struct vt_pair pairs[VT_PAIRS];
    int resting;      // requests until throwing out is tried again
    bool crowded;     // most styles were in use: the history has to do with fewer
    int cluster_rest; // as resting, of clusters
    bool bare;        // most clusters were in use: the history has to do without
};
void vt_pool_begin(struct vt_pool *pool);
void vt_pool_end(struct vt_pool *pool);
// The index of the style; when the pool is full what is no longer used is dropped first.
uint16_t vt_style_index(struct vt *vt, const struct cell_style *style);
// A cell's ch for that text; 0xfffd when there is no room for one more.
uint32_t vt_cluster_ch(struct vt *vt, const char *text);
// The same for a character and a mark: remembered, for text that is full of them.
uint32_t vt_cluster_of_two(struct vt *vt, uint32_t first, uint32_t mark);
// The cell's text as UTF-8, ended by NUL.
void vt_cell_text(const struct vt *vt, uint32_t ch, char out[VT_TEXT_MAX]);

// Drops all styles and clusters that no cell names any more. Looks at every cell.
void vt_pool_collect(struct vt *vt);

// --- vt_links: links, each kept once ---

struct vt_links {
    char **all;      // "id;target" by number - 1; NULL: that number is free
    uint16_t *slots; // hash → number
    int count, next;
    size_t bytes;
    int resting; // requests until throwing out is tried again
};
void vt_links_end(struct vt_links *links);
void vt_take_link(struct vt *vt, const char *rest); // of OSC 8: "parameters;target"

// --- vt_history: lines that scrolled away, packed ---

struct vt_chunk;
struct vt_packed {
    const unsigned char *bytes; // in a chunk
    uint32_t length;
    uint16_t cells;
    bool wraps;
};
struct vt_history {
    struct vt_packed *ring;
    size_t capacity, first, count, limit;
    uint64_t pushed;
    struct vt_chunk *oldest, *newest, *spare;
};
int vt_cells_used(const struct vt_cell *cells, int count); // without the plain blanks at the end
void vt_history_begin(struct vt_history *history, int limit);
void vt_history_end(struct vt_history *history);
void vt_history_clear(struct vt_history *history);
void vt_history_push(struct vt_history *history, const struct vt_cell *cells, int count, bool wraps);
// Line i from the oldest: fills cells[0..count), blanks after its end; false: no such line.
bool vt_history_read(const struct vt_history *history, size_t i, struct vt_cell *cells, int count,
                     bool *wraps);
// Removes the newest line. False: the history is empty. *used: its cells.
bool vt_history_pop(struct vt_history *history, struct vt_cell *cells, int count, bool *wraps, int *used);
void vt_history_limit(struct vt_history *history, size_t limit);   // what is more goes, the oldest first
int vt_history_length(const struct vt_history *history, size_t i); // cells of line i

// --- the terminal ---

struct vt_saved {
    int y, x;
    struct cell_style style;
    uint8_t charsets[4];
    int shift_gl;
    bool origin, pending_wrap;
};

enum { VT_SLIDE = 64 };
struct vt_screen {
    struct vt_line *store; // vt->rows + VT_SLIDE of them
    struct vt_line *lines; // vt->rows of these: the whole screen scrolls by moving on to the next one
    // Lines damaged by scrolling, besides those that say so themselves: none when the first is after the
    // last.
    int scrolled_first, scrolled_last;
    struct vt_saved saved;
    uint8_t key_flags, key_stack[VT_KEY_STACK_MAX]; // of kitty's keyboard protocol
    int key_count;
};

// Level 4 of the VT's, with selective erase (6), side margins and scrolling (21), colours (22) and rectangles
// (28).
#define VT_ATTRIBUTES "\033[?64;6;21;22;28c"
enum { VT_LEVEL_MAX = 4 };

// Who protects: nobody, DECSCA (against selective erasing alone), or SPA (against all erasing).
enum vt_protection { VT_PROTECTS_NOT, VT_PROTECTS_DEC, VT_PROTECTS_ISO };

enum { VT_SAVED_MODES = 48, VT_KEPT_MODES = 16, VT_DYNAMIC_COLORS = 10, VT_SET_COLORS = 261 };

enum vt_state {
    VT_GROUND,
    VT_ESCAPE,
    VT_ESCAPE_INTERMEDIATE,
    VT_CSI,
    VT_CSI_IGNORE,
    VT_OSC,
    VT_DCS_HEAD,
    VT_DCS,
    VT_STRING_IGNORE
};

// Of kept, where another file asks.
enum { VT_KEPT_KEYBOARD = 0 };

// What vt_write_some may do: screens and more for what is drawn in earnest, a few milliseconds of a flood.
enum {
    VT_WORK_MAX = 4000000,
    VT_WORK_LOOK = 3 /* at a cell with its style */,
    VT_WORK_STYLE = 32 /* a search */
};

struct vt {
    int rows, cols;
    int given_rows, given_cols; // by the owner; cols is another with columns_132
    struct vt_screen main, alternate, *screen;
    struct vt_pool pool;
    struct vt_history history;

    int y, x;
    bool pending_wrap; // the next character goes to the next line
    struct cell_style style;
    uint16_t style_index, erase_index; // of style; of its background alone
    int top, bottom, left, right;      // margins, inclusive
    bool origin, autowrap, insert, margins_lr, reverse_wrap, cursor_visible, cursor_blinks, tab_wraps;
    bool columns_allowed, columns_132;
    bool kept[VT_KEPT_MODES]; // modes that do nothing here but are reported as they were set
    int level;                // 1..VT_LEVEL_MAX
    bool eight_bit;           // answers begin with C1 controls
    int extent;               // of changes of looks: 2: the rectangle, else the text from corner to corner
    enum vt_protection protection;
    int cursor_shape;
    struct vt_modes modes;
    uint8_t charsets[4];
    int shift_gl, single_shift; // -1: none
    unsigned char tabs[VT_COLS_MAX];
    uint32_t last_printed; // for REP

    enum vt_state state;
    bool string_escape; // an ESC was seen in a string: ST, or its end
    int params[VT_PARAMS_MAX + 1];
    uint32_t sub; // bit i: params[i] was given after a colon
    int param_count;
    char prefix, intermediate, intermediate2;
    char *string; // OSC and DCS
    size_t string_length, string_capacity;
    bool string_over, string_by_bell; // ended by BEL, not ST
    unsigned char cut[4];             // a character of UTF-8 that is not whole yet
    size_t cut_length;

    char replies[VT_REPLY_MAX];
    size_t reply_length;
    char title[VT_TITLE_MAX];
    char *title_stack[VT_TITLE_STACK_MAX];
    int title_count;
    struct vt_links links;
    const struct default_colors *default_colors;
    bool colors_set; // any of these:
    cell_color dynamic_colors[VT_DYNAMIC_COLORS];
    cell_color *palette; // VT_SET_COLORS of them; NULL: none was set
    uint64_t bells, generation;
    char *clipboard;
    size_t clipboard_length;
    bool saved_flags[VT_SAVED_MODES]; // by XTSAVE, as the tables of vt_modes are ordered
    enum vt_mouse saved_mouse;
    enum vt_mouse_encoding saved_encoding;

    size_t work; // done since vt_write_some was called, about a nanosecond each
};

static inline int vt_clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

// The cursor is between the side margins, and within all four of them.
static inline bool vt_between_sides(const struct vt *vt)
{
    return vt->x >= vt->left && vt->x <= vt->right;
}

static inline bool vt_inside_margins(const struct vt *vt)
{
    return vt->y >= vt->top && vt->y <= vt->bottom && vt_between_sides(vt);
}

// Where a line begins for the cursor: at the left margin, or at the edge when it is before the margin.
static inline int vt_line_start(const struct vt *vt)
{
    return vt->x >= vt->left ? vt->left : 0;
}

// Parameter i of a control sequence. 0 and absent: the fallback.
static inline int vt_param(const struct vt *vt, int i, int fallback)
{
    return i < vt->param_count && vt->params[i] > 0 ? vt->params[i] : fallback;
}

// --- vt_reply ---
// Queues an answer, whole or not at all; with eight_bit by C1 controls.
void vt_reply(struct vt *vt, const char *format, ...) __attribute__((format(printf, 2, 3)));

// --- vt_grid ---
struct vt_line *vt_line_at(const struct vt *vt, int y);
void vt_lines_new(struct vt_screen *screen, int rows, int cols);
void vt_lines_free(struct vt_screen *screen, int rows);
void vt_touch(struct vt *vt, int y);             // any of its cells may have changed
void vt_touch_to(struct vt *vt, int y, int end); // none from end on has
void vt_touch_all(struct vt *vt);
void vt_erase(struct vt *vt, int y, int x0, int x1, bool keep); // keep: protected cells stay
void vt_blank_all(struct vt *vt, struct vt_screen *screen);
void vt_margins_off(struct vt *vt); // they are the edges
void vt_scroll_up(struct vt *vt, int top, int bottom, int count);
void vt_scroll_down(struct vt *vt, int top, int bottom, int count);
// Moves the cells from x, which is between the side margins, to the right one: to the left, which deletes
// count of them, or to the right, which inserts as many blanks.
void vt_shift(struct vt *vt, int y, int x, int count, bool left);
void vt_shift_here(struct vt *vt, int count, bool left); // at the cursor, when it is between the side margins
void vt_split_wide(struct vt *vt, int y, int x);         // no wide character across the border before x
void vt_index(struct vt *vt);
void vt_reverse_index(struct vt *vt);

// --- vt_cursor ---
void vt_move(struct vt *vt, int y, int x); // clamped to the screen
void vt_move_origin(struct vt *vt, int y, int x);
void vt_back(struct vt *vt, int count); // to the left, to the line above where that is asked for
void vt_save_cursor(struct vt *vt);
void vt_restore_cursor(struct vt *vt);
void vt_use_screen(struct vt *vt, bool alternate);
void vt_protect(struct vt *vt, enum vt_protection by, bool on); // what is printed from now on

// --- vt_resize ---
enum { VT_COLUMNS_OWN = 132 };
// DECCOLM: the width that is the program's own, or the owner's again.
void vt_columns_own(struct vt *vt, bool on);

// --- vt_columns: insert and delete columns, scroll to the side ---
void vt_columns_scroll_left(struct vt *vt);
void vt_columns_scroll_right(struct vt *vt);
void vt_columns_insert(struct vt *vt);
void vt_columns_delete(struct vt *vt);
void vt_columns_back(struct vt *vt);
void vt_columns_forward(struct vt *vt);

// --- vt_rectangle: with the parameters of their sequences ---
void vt_rectangle_copy(struct vt *vt);              // DECCRA
void vt_rectangle_fill(struct vt *vt);              // DECFRA
void vt_rectangle_erase(struct vt *vt);             // DECERA
void vt_rectangle_erase_unprotected(struct vt *vt); // DECSERA
void vt_rectangle_extent(struct vt *vt);            // DECSACE
void vt_rectangle_change(struct vt *vt);            // DECCARA
void vt_rectangle_reverse(struct vt *vt);           // DECRARA
void vt_rectangle_checksum(struct vt *vt);          // DECRQCRA

// --- vt_report ---
void vt_report_device(struct vt *vt);                     // DA
void vt_report_version(struct vt *vt);                    // XTVERSION
void vt_report_status(struct vt *vt);                     // DSR
void vt_report_setting(struct vt *vt, const char *which); // DECRQSS

// --- vt_print ---
void vt_print(struct vt *vt, uint32_t codepoint);
// Takes text as long as it is whole characters; returns how many bytes that were. Controls and what is cut
// off or broken are not for it.
size_t vt_print_run(struct vt *vt, const unsigned char *bytes, size_t length);
void vt_repeat(struct vt *vt, int count);
void vt_wrap(struct vt *vt); // to the next line, as the next character would

// --- vt_sgr ---
void vt_sgr(struct vt *vt);
size_t vt_sgr_text(const struct vt *vt, char *out, size_t cap); // what SGR would make this style
void vt_style_changed(struct vt *vt);

// --- vt_modes ---
void vt_set_modes(struct vt *vt, bool on);
void vt_report_mode(struct vt *vt);
void vt_save_modes(struct vt *vt); // XTSAVE
void vt_restore_modes(struct vt *vt);
void vt_default_kept(struct vt *vt);
void vt_forget_modes(struct vt *vt); // what XTRESTORE gives when nothing was saved

// --- vt_keyboard ---
void vt_keyboard_reset(struct vt *vt);
void vt_key_flags_push(struct vt *vt);
void vt_key_flags_pop(struct vt *vt);
void vt_key_flags_set(struct vt *vt);
void vt_key_flags_tell(struct vt *vt);
void vt_modify_keys(struct vt *vt);
void vt_modify_keys_off(struct vt *vt);
void vt_modify_keys_tell(struct vt *vt);

// --- vt_palette ---
bool vt_colors_osc(struct vt *vt, int osc, const char *rest); // false: it is not of colours
void vt_colors_reset(struct vt *vt);

// --- vt_capabilities ---
// Answers for the names in hexadecimal of a XTGETTCAP.
void vt_report_capabilities(struct vt *vt, const char *names);

// --- what the parser runs: vt_escape, above it vt_csi, and vt_string ---
void vt_control(struct vt *vt, unsigned char byte);
void vt_escape_dispatch(struct vt *vt, unsigned char final);
void vt_default_tabs(struct vt *vt);
void vt_soft_reset(struct vt *vt);
void vt_csi_dispatch(struct vt *vt, unsigned char final);
void vt_osc_dispatch(struct vt *vt);
void vt_dcs_dispatch(struct vt *vt);

#endif
