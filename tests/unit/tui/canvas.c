// SPDX-License-Identifier: Apache-2.0
//
// canvas: Set up the real screen on the pseudo-terminal of a test.

#include "tests/unit/tui/canvas.h"

#include "tests/support/support.h"
#include "tui/base/theme.h"
#include "tui/term/paint_private.h"
#include "tui/term/screen.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int master = -1, slave = -1;

void canvas_resize(int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    cr_assert_eq(ioctl(master, TIOCSWINSZ, &size), 0);
}

void canvas_begin(int rows, int cols, const char *term)
{
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    cr_assert_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    fcntl(master, F_SETFL, O_NONBLOCK);
    canvas_resize(rows, cols);
    struct screen_options options = {
        .input_fd = slave, .output_fd = slave, .term = term, .focus_events = true};
    const char *error = screen_begin(&options);
    cr_assert_null(error, "%s", error);
    theme_begin(THEME_AUTO);
}

void canvas_end(void)
{
    screen_end();
    close(slave);
    close(master);
    master = slave = -1;
}

int canvas_master(void)
{
    return master;
}

int canvas_slave(void)
{
    return slave;
}

bool canvas_has(const char *text)
{
    return stdscr_find(text) >= 0;
}

static void look(int y, int x, attr_t *attributes, short *pair)
{
    cchar_t found;
    wchar_t text[CCHARW_MAX + 1];
    memset(&found, 0, sizeof found);
    cr_assert_eq(mvwin_wch(stdscr, y, x, &found), OK);
    getcchar(&found, text, attributes, pair, NULL);
}

attr_t canvas_attributes(int y, int x)
{
    attr_t attributes = 0;
    short pair = 0;
    look(y, x, &attributes, &pair);
    return attributes & ~(attr_t)A_COLOR;
}

short canvas_pair(int y, int x)
{
    attr_t attributes = 0;
    short pair = 0;
    look(y, x, &attributes, &pair);
    return pair;
}

void canvas_colours(int y, int x, int *foreground, int *background)
{
    cchar_t cell;
    wchar_t text[CCHARW_MAX + 1];
    attr_t attributes = 0;
    short pair = 0;
    int wide = 0;
    cr_assert_eq(mvwin_wch(stdscr, y, x, &cell), OK);
    getcchar(&cell, text, &attributes, &pair, &wide);
    struct paint paint = paint_of_pair(wide);
    *foreground = paint.fg == CELL_COLOR_DEFAULT ? -1 : (int)CELL_COLOR_VALUE(paint.fg);
    *background = paint.bg == CELL_COLOR_DEFAULT ? -1 : (int)CELL_COLOR_VALUE(paint.bg);
}

// What is written to one side of a PTY comes out at the other when the kernel gets to it. So a mark is sent
// after it, where there is room, and waited for.
size_t canvas_output(char *out, size_t cap)
{
    static const char mark[] = "\033_canvas-mark\033\\";
    char chunk[4096], tail[2 * sizeof mark + sizeof chunk];
    struct pollfd room = {.fd = slave, .events = POLLOUT}, ready = {.fd = master, .events = POLLIN};
    size_t size = 0, kept = 0;
    bool marked = poll(&room, 1, 0) > 0 && write(slave, mark, sizeof mark - 1) == (ssize_t)sizeof mark - 1;
    // Without a mark the line is full: what there is is taken, and the next call sees the rest.
    while (poll(&ready, 1, marked ? SUPPORT_WAIT_MS : 0) > 0) {
        ssize_t got = read(master, chunk, sizeof chunk);
        if (got <= 0)
            break;
        memcpy(tail + kept, chunk, (size_t)got);
        kept += (size_t)got;
        const char *end = memmem(tail, kept, mark, sizeof mark - 1);
        size_t whole = end != NULL ? (size_t)(end - tail) : kept > sizeof mark ? kept - sizeof mark : 0;
        size_t take = whole < cap - 1 - size ? whole : cap - 1 - size;
        memcpy(out + size, tail, take);
        size += take;
        if (end != NULL)
            break;
        memmove(tail, tail + whole, kept - whole);
        kept -= whole;
    }
    if (!marked) {
        size_t take = kept < cap - 1 - size ? kept : cap - 1 - size;
        memcpy(out + size, tail, take);
        size += take;
    }
    out[size] = '\0';
    return size;
}

struct input_event canvas_key(uint32_t key, unsigned modifiers)
{
    return (struct input_event){.kind = INPUT_KEY, .key = key, .modifiers = modifiers, .raw = ""};
}
