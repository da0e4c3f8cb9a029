// SPDX-License-Identifier: Apache-2.0
//
// cli_terminal: put the operator's terminal into raw mode for `sbxdeck ssh`. What is static here is so
// because a signal's handler has to find it.

#include "views/cli/cli_terminal.h"

#include "tui/base/text.h"
#include "tui/term/own_fd.h"
#include "tui/term/screen_modes.h"
#include "tui/term/tty_guard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct {
    struct termios before;
    bool is_raw;
    struct own_fd output; // the terminal on standard output that a remote program draws on
} terminal = {.output = {.fd = -1, .flags = -1}};

// What a remote program may have turned on: scroll margins, no wrapping, other cursor keys, a mouse, focus
// events, bracketed paste, the alternate screen, no cursor, colours, line drawing.
static const char remote_modes_off[] =
    "\033[?2026l\0337\033[r\0338\033[?7h\033[?1l\033>\033[?1000l\033[?1002l\033[?1003l\033[?1006l"
    "\033[?1004l\033[?2004l\033[?1047l\033[?25h\033[0m\033(B\017";

static void put(const char *bytes, size_t length)
{
    // One write: a terminal that takes nothing is not waited for.
    (void)!write(terminal.output.fd, bytes, length);
    own_fd_lend(&terminal.output, true);
}

bool cli_terminal_raw(void)
{
    if (!isatty(STDIN_FILENO) || (!terminal.is_raw && tcgetattr(STDIN_FILENO, &terminal.before) < 0))
        return false;
    struct tty_guard guard = {
        .fd = STDIN_FILENO, .before = terminal.before, .raw = terminal.before, .put = put};
    cfmakeraw(&guard.raw);
    tty_guard_begin(&guard);
    if (terminal.output.fd >= 0)
        tty_guard_text(remote_modes_off);
    terminal.is_raw = true;
    return tcsetattr(STDIN_FILENO, TCSANOW, &guard.raw) == 0;
}

void cli_terminal_lend(void)
{
    const char *name = getenv("TERM");
    if (isatty(STDOUT_FILENO) && name != NULL && screen_modes_rich_by_name(name, STDOUT_FILENO))
        (void)own_fd_open(&terminal.output, STDOUT_FILENO, O_WRONLY);
}

void cli_terminal_take_back(bool in_order)
{
    if (!in_order)
        tty_guard_restore(); // as for a signal
    cli_terminal_restore();
    own_fd_close(&terminal.output);
}

// Not with TCSADRAIN, which waits for a terminal that takes nothing.
void cli_terminal_restore(void)
{
    if (terminal.is_raw)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
    terminal.is_raw = false;
    tty_guard_end();
}

void cli_terminal_stop(void)
{
    cli_terminal_restore();
    (void)kill(0, SIGTSTP);
    (void)cli_terminal_raw();
}

void cli_terminal_size(int *rows, int *cols)
{
    struct winsize size = {0};
    *rows = 24;
    *cols = 80;
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return;
    if (size.ws_row > 0 && size.ws_col > 0) {
        *rows = size.ws_row;
        *cols = size.ws_col;
    }
}

enum { COLUMNS_MOST = 10000, COLUMNS_LEAST = 20 };

int cli_terminal_columns(void)
{
    const char *told = getenv("COLUMNS");
    struct winsize size = {0};
    long columns = told != NULL ? strtol(told, NULL, 10) : 0;
    if (columns <= 0 && isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    return columns > 0 && columns < COLUMNS_MOST ? (int)columns : 0;
}

void cli_terminal_wrap(int used, int indent, const char *text)
{
    int columns = cli_terminal_columns();
    const char *next = text;
    if (columns > 0 && columns < indent + COLUMNS_LEAST)
        columns = indent + COLUMNS_LEAST;
    if (columns == 0 || *text == '\0') {
        (void)printf("%s\n", text);
        return;
    }
    while (next != NULL && *next != '\0') {
        size_t length = text_wrap(next, columns > used ? columns - used : 1, &next);
        (void)printf("%.*s\n", (int)length, text);
        text = next;
        used = indent;
        if (next != NULL && *next != '\0')
            (void)printf("%*s", indent, "");
    }
}

enum escape_action cli_terminal_escape(struct escape_filter *filter, const char *bytes, size_t length,
                                       char *out, size_t *out_length, size_t *used)
{
    *out_length = 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (filter->pending) {
            filter->pending = false;
            *used = i + 1;
            if (c == '.')
                return ESCAPE_CLOSE;
            if (c == 0x1a)
                return ESCAPE_STOP;
            if (c == '?')
                return ESCAPE_HELP;
            out[(*out_length)++] = '~';
            filter->in_line = true;
            if (c == '~')
                continue;
        } else if (!filter->in_line && c == '~') {
            filter->pending = true;
            continue;
        }
        out[(*out_length)++] = c;
        filter->in_line = c != '\r' && c != '\n';
    }
    *used = length;
    return ESCAPE_NONE;
}
