// SPDX-License-Identifier: Apache-2.0
//
// vt_screen: a terminal emulator without a screen of its own. A program's output goes in; rows of cells,
// damage, answers for the program and a few requests come out. It behaves as xterm does where the programs
// of a Unix system can tell.
//
// It is total: any bytes, split anywhere, at any size leave it sound, and everything a program can make it
// keep has a cap named here. It knows no curses, no clock and no loop: the caller feeds it, takes its
// answers and draws it (see vt_pane, vt_keys). Running out of memory ends the process (xalloc).

#ifndef SBXDECK_TUI_VT_VT_SCREEN_H
#define SBXDECK_TUI_VT_VT_SCREEN_H

#include "tui/base/cell_style.h"
#include "tui/base/default_colors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VT_ROWS_MAX = 500,
    VT_COLS_MAX = 1000,
    VT_HISTORY_DEFAULT = 10000, // lines kept above the screen
    VT_HISTORY_MAX = 100000,    // most that may be asked for
    VT_PARAMS_MAX = 32,         // parameters of a control sequence; those behind are ignored
    VT_PARAM_VALUE_MAX = 65535, // a larger one counts as this
    VT_STRING_MAX = 4096,       // bytes of an OSC or DCS string; longer ones are ignored
    VT_CLIPBOARD_MAX = 76800,   // decoded bytes of an OSC 52 write; longer ones are ignored
    VT_TEXT_MAX = 48,           // bytes of one cell's text with its combining marks, with NUL
    VT_TITLE_MAX = 256,         // bytes of a title, with NUL
    VT_TITLE_STACK_MAX = 10,    // titles saved by a program
    VT_KEY_STACK_MAX = 8,       // keyboard flags saved for each screen; the oldest goes
    VT_LINK_MAX = 2084,         // bytes of a link's target (OSC 8), with NUL; longer ones are no links
    VT_LINK_ID_MAX = 250,       // bytes of what a program names a link; longer ones are left out
    VT_LINKS_MAX = 8192,        // different links on the screens and in the history; more are plain text
    VT_LINK_BYTES_MAX = 900000, // bytes of all of them
    VT_REPLY_MAX = 8192,        // bytes of answers that wait to be taken; what is more is dropped
    VT_SYNC_HOLD_MS = 150       // how long a synchronized update should hold back drawing at most
};

struct vt;

struct vt_options {
    int history;                         // lines kept above the screen; 0: none, negative: VT_HISTORY_DEFAULT
    const struct default_colors *colors; // the caller's, for as long as the vt lives; NULL: xterm's
};

// Sizes are clamped to 1..VT_ROWS_MAX x 1..VT_COLS_MAX here and in vt_resize. options may be NULL.
struct vt *vt_new(int rows, int cols, const struct vt_options *options);
void vt_free(struct vt *vt); // NULL is fine

// Takes in output of the program.
void vt_write(struct vt *vt, const void *bytes, size_t length);
// The same for as much as takes a few milliseconds; returns how many bytes it took, at least one if there are
// any. A few bytes can cause much work (the whole screen, thousands of times): a caller with an event loop
// goes on with the rest in its next turn.
size_t vt_write_some(struct vt *vt, const void *bytes, size_t length);
// Lines of the main screen and of the history are rewrapped; the alternate screen is cut or filled up.
void vt_resize(struct vt *vt, int rows, int cols);
// Whether that is the size it was last given. vt_cols differs from it while a program has switched to 132
// columns (DECCOLM, after allowing it): then the caller shows the left part of the screen.
bool vt_fits(const struct vt *vt, int rows, int cols);
// The program that switched to 132 columns has ended: back to the size last given.
void vt_columns_end(struct vt *vt);
// As RIS does: everything but the size and the history is as after vt_new.
void vt_reset(struct vt *vt);

int vt_rows(const struct vt *vt);
int vt_cols(const struct vt *vt);

// Answers to queries of the program (cursor position, device attributes, ...). Copies up to cap bytes
// and forgets them; call until it returns 0, after each vt_write.
size_t vt_reply_take(struct vt *vt, char *out, size_t cap);

// --- what is shown -------------------------------------------------------------

struct vt_glyph {
    char text[VT_TEXT_MAX]; // UTF-8, ended by NUL: a character and its marks; "" where nothing was written
                            // and on the right half of a wide one. No control characters.
    uint8_t width;          // 1, 2, or 0 for the right half of a wide one (always after its left half)
    struct cell_style style;
};

// Replaces the style's colours that the program has set (OSC 4, 10, 11) by CELL_COLOR_RGB.
void vt_style_resolve(const struct vt *vt, struct cell_style *style);

// Row y from the top of the screen; -1 is the last line that scrolled away, down to -vt_history_rows. Fills
// glyphs[0..min(cap, vt_cols)) and returns that count; 0 when there is no such row.
int vt_row_read(const struct vt *vt, int y, struct vt_glyph *glyphs, int cap);
// The row as text, blanks for what was not written, trailing blanks cut; ended by NUL and cut at whole
// characters when cap is too small. Returns its length.
size_t vt_row_text(const struct vt *vt, int y, char *out, size_t cap);
// The row goes on in the next one: the text was broken by the right edge, not by a line end.
bool vt_row_wraps(const struct vt *vt, int y);
// Rows above the screen at the present width. Always 0 for the alternate screen.
int vt_history_rows(const struct vt *vt);
// Rows that have ever gone into the history; a view that is scrolled back moves by the difference to stay
// where it is. Not changed by rewrapping.
uint64_t vt_history_pushed(const struct vt *vt);
// A link of a style as "id;target", id what the program named it by, mostly nothing; NULL for 0. Cells whose
// links are the same belong together. The target is printable ASCII without blanks and begins with a scheme;
// anything else is no link. Valid until the next vt_write or vt_reset.
const char *vt_link(const struct vt *vt, uint16_t link);

// Rows that changed since vt_damage_clear. The cursor is no damage: compare it. A new vt is all damaged.
bool vt_damage_row(const struct vt *vt, int y);
void vt_damage_clear(struct vt *vt);
// Changes with whatever can be seen: rows, cursor, title, modes.
uint64_t vt_generation(const struct vt *vt);

struct vt_cursor {
    int y, x; // x < vt_cols, also when the next character will wrap
    bool visible;
    int shape;        // as in DECSCUSR: 0 default, 1 2 block, 3 4 underline, 5 6 bar; odd ones blink
    cell_color color; // CELL_COLOR_RGB by OSC 12, or CELL_COLOR_DEFAULT
};
struct vt_cursor vt_cursor(const struct vt *vt);

// --- what the program has asked for --------------------------------------------

enum vt_mouse {
    VT_MOUSE_OFF,
    VT_MOUSE_PRESS,  // 9: presses only
    VT_MOUSE_CLICK,  // 1000: presses and releases
    VT_MOUSE_DRAG,   // 1002: and motion with a button held
    VT_MOUSE_MOTION, // 1003: and all motion
};
enum vt_mouse_encoding {
    VT_MOUSE_X10,
    VT_MOUSE_UTF8 /* 1005 */,
    VT_MOUSE_SGR /* 1006 */,
    VT_MOUSE_URXVT /* 1015 */
};

struct vt_modes {
    bool alternate_screen;
    bool application_cursor;   // DECCKM
    bool application_keypad;   // DECKPAM
    bool backarrow_is_bs;      // DECBKM
    bool bracketed_paste;      // 2004
    bool focus_events;         // 1004
    bool synchronized;         // 2026: hold back drawing, for VT_SYNC_HOLD_MS at most
    bool alternate_scroll;     // 1007: the wheel sends arrows on the alternate screen
    bool clusters;             // 2027: columns are counted by grapheme clusters, else by code points
    bool newline;              // LNM: Enter sends CR LF
    bool reverse_screen;       // DECSCNM: shown with foreground and background exchanged
    bool meta_sends_escape;    // always true for now
    uint8_t modify_other_keys; // level of xterm's modifyOtherKeys, 0 to 3
    enum vt_mouse mouse;
    enum vt_mouse_encoding mouse_encoding;
};
struct vt_modes vt_modes(const struct vt *vt);

// Flags of kitty's keyboard protocol that the program has set on the current screen. Flags that are not
// implemented are never reported as set.
enum { VT_KEYS_DISAMBIGUATE = 1, VT_KEYS_ALL = VT_KEYS_DISAMBIGUATE };
uint8_t vt_key_flags(const struct vt *vt);

// Title by OSC 0 or 2, "" when none: valid UTF-8 without control, format or bidirectional characters. Valid
// until the next vt_write.
const char *vt_title(const struct vt *vt);
// Bells ever rung.
uint64_t vt_bells(const struct vt *vt);
// The decoded bytes of the last OSC 52 write that was not taken yet (not text: they may be anything), which
// the caller ends by free(); length in *length. NULL: there was none. Only strict base64 of 1 to
// VT_CLIPBOARD_MAX bytes counts. The emulator does nothing with it; reads of the clipboard are never
// answered.
char *vt_clipboard_take(struct vt *vt, size_t *length);

#endif
