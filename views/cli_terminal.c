// SPDX-License-Identifier: Apache-2.0
//
// cli_terminal: see the header. The saved settings are static because a signal handler has to find them.

#include "views/cli_terminal.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static volatile sig_atomic_t is_raw;

static void restore_and_die(int number)
{
    if (is_raw)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

bool terminal_raw(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    if (!isatty(STDIN_FILENO) || (!is_raw && tcgetattr(STDIN_FILENO, &saved) < 0))
        return false;
    struct sigaction action = {.sa_handler = restore_and_die};
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
        (void)sigaction(fatal[i], &action, NULL);
    struct termios raw = saved;
    cfmakeraw(&raw);
    is_raw = 1;
    return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

void terminal_restore(void)
{
    if (is_raw)
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
    is_raw = 0;
}

void terminal_stop(void)
{
    terminal_restore();
    (void)kill(0, SIGTSTP);
    (void)terminal_raw();
}

void terminal_size(int *rows, int *cols)
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

enum escape_action escape_feed(struct escape_filter *filter, const char *bytes, size_t length, char *out,
                               size_t *out_length, size_t *used)
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
