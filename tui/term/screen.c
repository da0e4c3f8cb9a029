// SPDX-License-Identifier: Apache-2.0
//
// screen: set curses and the terminal up and down, and send frames.
//
// curses writes to its descriptor until everything is written: on a terminal that takes nothing (Ctrl-S, a
// stalled ssh) that would block the loop, on a non-blocking one it would spin. So its descriptor is a memfd,
// which takes everything at once, and the bytes go on from there by screen_output.
//
// newterm's signal handlers are removed again: they call curses from a signal and end the process.

#include "tui/term/screen.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/term/paint.h"
#include "tui/term/screen_modes.h"
#include "tui/term/screen_output.h"
#include "tui/term/screen_questions.h"
#include "tui/term/tty_guard.h"

#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

enum { END_PATIENCE_MS = 500, TITLE_COLUMNS = 128, MAPPED = 64 * 1024, ROWS_MAX = 1000 };

static struct {
    bool up;
    bool suspended;
    bool dirty;
    int input_fd;
    struct termios before, raw;
    FILE *memory; // what curses writes to
    char *mapped; // its first MAPPED bytes
    SCREEN *curses;
    int rows, cols;
    int cursor_shown; // -1: not known
    char title[TITLE_COLUMNS * 4 + 16];
    char error[256];
} screen = {.input_fd = -1};

static void pass_on(char *bytes, size_t length)
{
    paint_put(bytes, length, screen_output_put);
    explicit_bzero(bytes, length); // a password may have been shown
}

// More than is mapped: a frame of a large screen.
static void collect_large(int fd, size_t size)
{
    char *bytes = xmalloc(size);
    ssize_t got = pread(fd, bytes, size, 0);
    if (got > 0)
        pass_on(bytes, (size_t)got);
    free(bytes);
    explicit_bzero(screen.mapped, MAPPED);
    (void)!ftruncate(fd, MAPPED);
}

// What curses has written since the last time goes to the queue. The pages stay: to give them back and have
// new ones made for each key's echo would take as long as all the rest of it.
static void collect(void)
{
    int fd = fileno(screen.memory);
    fflush(screen.memory);
    off_t size = lseek(fd, 0, SEEK_CUR);
    if (size <= 0)
        return;
    if (size <= MAPPED)
        pass_on(screen.mapped, (size_t)size);
    else
        collect_large(fd, (size_t)size);
    lseek(fd, 0, SEEK_SET);
}

// --- set-up -----------------------------------------------------------------------

static const char *fail(const char *format, const char *value)
{
    snprintf(screen.error, sizeof screen.error, format, value);
    return screen.error;
}

static const char *check_terminal(const struct screen_options *options, const char *term)
{
    if (!isatty(options->input_fd) || !isatty(options->output_fd))
        return fail(
            "%s is not a terminal: run the console in one, or use a verb such as ls, which needs none",
            isatty(options->input_fd) ? "standard output" : "standard input");
    if (term == NULL || term[0] == '\0')
        return fail("TERM is %s: set it to your terminal's name, such as xterm-256color", "not set");
    int result = 0;
    char shown[64];
    display(term, strlen(term), shown, sizeof shown);
    if (setupterm(term, options->output_fd, &result) != OK)
        return fail("TERM is \"%s\", which is not known here: set it to a known one, such as xterm-256color",
                    shown);
    bool able = screen_modes_able();
    del_curterm(cur_term);
    if (!able)
        return fail("TERM is \"%s\", a terminal that can't move its cursor: use another terminal, or a verb "
                    "such as ls",
                    shown);
    return NULL;
}

static bool open_memory(void)
{
    int fd = memfd_create("screen", MFD_CLOEXEC);
    void *mapped = fd >= 0 && ftruncate(fd, MAPPED) == 0
                       ? mmap(NULL, MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                       : MAP_FAILED;
    screen.memory = mapped != MAP_FAILED ? fdopen(fd, "w+") : NULL;
    if (screen.memory != NULL) {
        screen.mapped = mapped;
        return true;
    }
    if (mapped != MAP_FAILED)
        munmap(mapped, MAPPED);
    if (fd >= 0)
        close(fd);
    return false;
}

static void close_memory(void)
{
    if (screen.memory == NULL)
        return;
    munmap(screen.mapped, MAPPED);
    fclose(screen.memory);
    screen.memory = NULL;
    screen.mapped = NULL;
}

static bool start_curses(const char *term)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    enum { SIGNALS = sizeof signals / sizeof signals[0] };
    struct sigaction kept[SIGNALS];
    if (!open_memory())
        return false;
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], NULL, &kept[i]);
    screen.curses = newterm(term, screen.memory, stdin);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &kept[i], NULL);
    if (screen.curses == NULL)
        return false;
    paint_end();   // until the theme has its colours
    typeahead(-1); // no looking at the keyboard while drawing
    nonl();
    leaveok(stdscr, FALSE);
    intrflush(stdscr, FALSE);
    return true;
}

static void read_size(int *rows, int *cols)
{
    struct winsize size = {0};
    if (ioctl(screen_output_fd(), TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
        size.ws_row = 24;
        size.ws_col = 80;
    }
    *rows = size.ws_row < ROWS_MAX ? size.ws_row : ROWS_MAX;
    *cols = size.ws_col < PAINT_COLS_MAX ? size.ws_col : PAINT_COLS_MAX;
}

static void take_size(void)
{
    read_size(&screen.rows, &screen.cols);
    resizeterm(screen.rows, screen.cols);
}

// For a death by a signal.
static void rebuild_restore(void)
{
    char text[SCREEN_MODES_MAX];
    tty_guard_text(screen_modes_leave(text, sizeof text, screen.rows));
}

static void guard(void)
{
    tty_guard_begin(&(struct tty_guard){
        .fd = screen.input_fd, .before = screen.before, .raw = screen.raw, .put = screen_output_last});
    rebuild_restore();
}

static void begin_pairs(void)
{
    paint_begin();
    screen_redraw();
}

static void drop_curses(void)
{
    if (screen.curses != NULL)
        delscreen(screen.curses);
    close_memory();
    screen.curses = NULL;
}

const char *screen_begin(const struct screen_options *options)
{
    const char *term = options->term != NULL ? options->term : getenv("TERM");
    if (screen.up)
        return fail("the screen is up %s", "already");
    const char *error = check_terminal(options, term);
    if (error != NULL)
        return error;
    if (tcgetattr(options->input_fd, &screen.before) != 0)
        return fail("can't read the terminal's modes: %s", strerror(errno));
    screen.input_fd = options->input_fd;
    screen.suspended = false;
    screen.cursor_shown = -1;
    screen.title[0] = '\0';
    screen_questions_begin();
    if (!screen_output_begin(options->output_fd))
        return fail("the terminal can't be written to: %s", strerror(errno));
    if (!start_curses(term)) {
        drop_curses();
        screen_output_end();
        return fail("curses doesn't start on TERM \"%s\": try TERM=xterm-256color", term);
    }
    screen.raw = screen.before;
    cfmakeraw(&screen.raw);
    read_size(&screen.rows, &screen.cols);
    screen_modes_begin(options->focus_events);
    guard();
    tcsetattr(screen.input_fd, TCSANOW, &screen.raw);
    take_size();
    screen.up = true;
    theme_use_pairs(&(const struct theme_pairs){begin_pairs, paint_fixed_pair});
    xalloc_set_restore(screen_end);
    refresh(); // curses switches to the alternate screen with the first thing it draws: nothing, here
    collect();
    char text[SCREEN_MODES_MAX];
    screen_output_puts(screen_modes_enter(text, sizeof text, false));
    screen_redraw();
    screen_flush();
    return NULL;
}

void screen_end(void)
{
    if (!screen.up)
        return;
    if (!screen.suspended) {
        char text[SCREEN_MODES_MAX];
        screen_output_puts(screen_modes_leave(text, sizeof text, screen.rows));
        screen_output_drain(END_PATIENCE_MS);
        screen_questions_discard(screen.input_fd);
        tcsetattr(screen.input_fd, TCSANOW, &screen.before);
    }
    tty_guard_end();
    xalloc_set_restore(NULL);
    endwin(); // into memory; curses wants it before delscreen
    drop_curses();
    screen_output_end();
    screen.up = screen.dirty = false;
}

void screen_suspend(void)
{
    if (!screen.up || screen.suspended)
        return;
    char text[SCREEN_MODES_MAX];
    screen_output_puts(screen_modes_leave(text, sizeof text, screen.rows));
    screen_output_drain(END_PATIENCE_MS);
    tcsetattr(screen.input_fd, TCSANOW, &screen.before);
    screen_output_lend(true);
    tty_guard_end();
    screen.suspended = true;
}

void screen_resume(void)
{
    if (!screen.up || !screen.suspended)
        return;
    screen.suspended = false;
    // The shell may have changed its modes meanwhile: these are the ones to go back to now.
    tcgetattr(screen.input_fd, &screen.before);
    guard();
    tcsetattr(screen.input_fd, TCSANOW, &screen.raw);
    screen_output_lend(false);
    char text[SCREEN_MODES_MAX];
    screen_output_puts(screen_modes_enter(text, sizeof text, true));
    screen.cursor_shown = -1;
    screen.title[0] = '\0';
    screen_resize();
    screen_redraw();
    screen_flush();
}

void screen_again(void)
{
    if (!screen.up || screen.suspended || tcgetpgrp(screen.input_fd) != getpgrp())
        return;
    tcsetattr(screen.input_fd, TCSANOW, &screen.raw);
    screen_redraw();
}

// --- size, frames -----------------------------------------------------------------

bool screen_resize(void)
{
    int rows = 0, cols = 0;
    if (!screen.up)
        return false;
    read_size(&rows, &cols);
    if (rows == screen.rows && cols == screen.cols) {
        // It may have been smaller in between, and have cut what it shows.
        screen_redraw();
        return false;
    }
    take_size();
    rebuild_restore();
    screen_redraw();
    return true;
}

int screen_rows(void)
{
    return screen.rows;
}

int screen_cols(void)
{
    return screen.cols;
}

bool screen_too_small(void)
{
    return screen.rows < SCREEN_MIN_ROWS || screen.cols < SCREEN_MIN_COLS;
}

// The longest of the texts that has room, or the last one as far as it goes.
static void put_longest(int y, const char *const *texts, enum theme_role role)
{
    while (texts[1] != NULL && text_width(texts[0]) > screen.cols)
        texts++;
    text_put_center(stdscr, y, 0, screen.cols, role, texts[0]);
}

void screen_draw_too_small(void)
{
    static const char *const larger[] = {"make me larger", "too small", "small", "", NULL};
    static const char *const needs[] = {"needs 20x5", "20x5!", "20x5", "?", NULL};
    static const char *const quits[] = {"q quits", "q", NULL};
    werase(stdscr);
    int y = screen.rows / 2;
    put_longest(y, needs, ROLE_TEXT);
    if (y > 0)
        put_longest(y - 1, larger, ROLE_WARN);
    if (y + 1 < screen.rows)
        put_longest(y + 1, quits, ROLE_DIM);
}

void screen_draw_small_question(void)
{
    static const char *const texts[] = {
        "Really quit? y or n", "Quit? y or n", "quit? y/n", "quit? y", "y/n", "?", NULL};
    werase(stdscr);
    put_longest(screen.rows / 2, texts, ROLE_WARN);
}

void screen_dirty(void)
{
    screen.dirty = true;
}

bool screen_is_dirty(void)
{
    return screen.dirty;
}

void screen_redraw(void)
{
    if (!screen.up)
        return;
    clearok(curscr, TRUE);
    paint_lost();
    if (!screen.suspended)
        rebuild_restore(); // what is known of the terminal may have changed
    screen.dirty = true;
}

bool screen_frame_begin(void)
{
    if (!screen.up || screen.suspended || screen_output_gone())
        return false;
    text_rest_at(-1, -1);
    screen_flush();
    return !screen_output_pending();
}

void screen_frame_end(int cursor_y, int cursor_x)
{
    if (!screen.up || screen.suspended)
        return;
    int y = cursor_y, x = cursor_x;
    bool shown = y >= 0 && y < screen.rows && x >= 0 && x < screen.cols;
    if (!shown)
        text_rest(&y, &x);
    if (wmove(stdscr, y, x) == ERR) // nowhere
        (void)wmove(stdscr, 0, 0);
    wnoutrefresh(stdscr);
    screen_output_puts(screen_modes_rich() ? SCREEN_SYNC_BEGIN : "");
    size_t waiting = screen_output_waiting();
    if (screen.cursor_shown != 0 && !shown)
        curs_set(0);
    doupdate();
    if (screen.cursor_shown != 1 && shown)
        curs_set(1);
    screen.cursor_shown = shown;
    collect();
    if (screen_output_waiting() == waiting) // nothing has changed
        screen_output_take_back(screen_modes_rich() ? strlen(SCREEN_SYNC_BEGIN) : 0);
    else
        screen_output_puts(screen_modes_rich() ? SCREEN_SYNC_END : "");
    screen.dirty = false;
    screen_flush();
}

// --- the terminal itself --------------------------------------------------------------

bool screen_write_raw(const void *bytes, size_t length)
{
    if (!screen.up || screen.suspended || screen_output_gone() || length > SCREEN_RAW_MAX ||
        screen_output_waiting() > SCREEN_RAW_MAX - length)
        return false;
    screen_output_put(bytes, length);
    screen_flush();
    return true;
}

void screen_set_title(const char *utf8)
{
    char clean[TITLE_COLUMNS * 4 + 1];
    char sequence[sizeof clean + 8];
    if (!screen_modes_rich())
        return;
    text_fit(utf8, TITLE_COLUMNS, false, clean, sizeof clean);
    if (strcmp(clean, screen.title) == 0)
        return;
    snprintf(screen.title, sizeof screen.title, "%s", clean);
    snprintf(sequence, sizeof sequence, "\033]2;%s\a", clean);
    screen_write_raw(sequence, strlen(sequence));
}

// Bytes that change a mode, so that there is something else to restore; "": none.
static void change_mode(const char *change)
{
    if (change[0] == '\0')
        return;
    rebuild_restore(); // before it is needed
    screen_write_raw(change, strlen(change));
}

void screen_set_mouse(enum screen_mouse mouse)
{
    change_mode(screen_modes_mouse((int)mouse));
}

void screen_set_cursor_shape(int decscusr)
{
    change_mode(screen_modes_shape(decscusr));
}

void screen_set_cursor_color(int rgb)
{
    change_mode(screen_modes_cursor_color(rgb));
}

void screen_ask_terminal(void)
{
    if (screen_modes_rich()) {
        const char *questions = screen_questions();
        screen_write_raw(questions, strlen(questions));
    }
}

bool screen_reply(const char *raw, size_t length)
{
    const char *change = NULL;
    if (!screen.up || !screen_modes_keys(raw, length, &change))
        return false;
    screen_questions_answered(raw, length);
    change_mode(change);
    return true;
}
