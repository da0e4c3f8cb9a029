// SPDX-License-Identifier: Apache-2.0
//
// screen: the terminal the console runs in: set up, restored on every way out, resized, and written to.
//
// Output never blocks the loop. curses draws into memory (its file is a memfd); screen_frame_end takes the
// bytes and writes as much as the terminal takes now to a non-blocking description of its own. What is left
// waits for screen_flush, and until it is gone no new frame is begun: a stalled terminal costs memory for one
// frame and gets the newest picture when it comes back.
//
// There is one screen in a process. All of it is for the loop's thread.

#ifndef SBXDECK_TUI_TERM_SCREEN_H
#define SBXDECK_TUI_TERM_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum { SCREEN_MIN_ROWS = 5, SCREEN_MIN_COLS = 20 };

struct screen_options {
    int input_fd;     // the terminal whose modes are set (raw, no echo); 0 in the console
    int output_fd;    // the terminal that is written to; 1 in the console
    const char *term; // terminfo name; NULL: TERM
    bool focus_events;
};

// Sets the terminal up: raw, alternate screen, bracketed paste, keys as terminfo's smkx says. setlocale is
// the caller's, before. NULL when it is up; else why not and what to do, one line without the program's name,
// valid until the next call; the terminal is then as before.
const char *screen_begin(const struct screen_options *options);

// Restores the terminal. Idempotent, also without a screen_begin. Waits half a second at most for a terminal
// that takes nothing.
void screen_end(void);

// Around the raise(SIGTSTP) of Ctrl-Z. After screen_resume everything is drawn again.
void screen_suspend(void);
void screen_resume(void);
// After a stop that can't be caught (SIGSTOP): the shell has changed the modes meanwhile. Sets them again,
// when the terminal is ours again, and redraws everything. Fine without such a stop.
void screen_again(void);

// Reads the terminal's size (after SIGWINCH). True when it has changed: draw everything. The next frame is
// sent whole in any case.
bool screen_resize(void);
int screen_rows(void);
int screen_cols(void);
bool screen_too_small(void); // below SCREEN_MIN_ROWS x SCREEN_MIN_COLS: ask for room, draw nothing else
void screen_draw_too_small(void);
void screen_draw_small_question(void); // whether to quit, in as many words as there is room for: y is yes

// The dirty flag: set it after changing something that is shown.
void screen_dirty(void);
bool screen_is_dirty(void);
// Curses forgets what it believes is shown; the next frame is sent whole (Ctrl-L, after foreign output).
void screen_redraw(void);

// One frame: begin, draw into stdscr (or subwindows of it), end. Begin is false while the last frame is not
// out yet: draw nothing and keep the dirty flag. End sends the difference and clears the flag. Whole frames
// stand between synchronized-output brackets (DEC 2026), which terminals that don't know them ignore.
// cursor_y < 0: no cursor is shown; it stands where text_rest_at said.
bool screen_frame_begin(void);
void screen_frame_end(int cursor_y, int cursor_x);

// Bytes for the terminal itself between frames (OSC 52, pass-through of a mode). Queued behind what waits;
// dropped, and false, when more than SCREEN_RAW_MAX would wait.
enum { SCREEN_RAW_MAX = 256 * 1024 };
bool screen_write_raw(const void *bytes, size_t length);
// OSC 2, cleaned (no control bytes, valid UTF-8, at most 128 columns). The title from before is put back at
// the end where the terminal has a title stack.
void screen_set_title(const char *utf8);
enum screen_mouse { SCREEN_MOUSE_OFF, SCREEN_MOUSE_BUTTONS /* 1002 */, SCREEN_MOUSE_ALL /* 1003 */ };
void screen_set_mouse(enum screen_mouse mouse); // reported as SGR (1006)
void screen_set_cursor_shape(int decscusr);     // 0 the terminal's own, 1..6 as in DECSCUSR
void screen_set_cursor_color(int rgb);          // 0xRRGGBB; negative: the terminal's own
// Queries the terminal: its colours (see term_colors, theme), and which keyboard protocol it has. The answers
// come as INPUT_REPLY, or never.
void screen_ask_terminal(void);
// Takes an answer about keyboard protocols: kitty's or modifyOtherKeys is then turned on until screen_end.
// False: the answer was about something else.
bool screen_reply(const char *raw, size_t length);

#endif
