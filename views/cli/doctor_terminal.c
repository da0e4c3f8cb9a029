// SPDX-License-Identifier: Apache-2.0
//
// doctor_terminal: Look at the terminal: what TERM says, colours, characters, size, the way to its clipboard.

#include "tui/term/clipboard.h"
#include "views/cli/doctor.h"

#include <curses.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

enum { ROWS_LEAST = 24, COLUMNS_LEAST = 80, TRUE_COLOR = 1 << 24 };

// The verbs need none.
static enum doctor_level without(void)
{
    bool any = isatty(STDIN_FILENO) != 0 || isatty(STDOUT_FILENO) != 0 || isatty(STDERR_FILENO) != 0;
    return any ? DOCTOR_FAIL : DOCTOR_WARN;
}

static void say_term(struct doctor_line *line)
{
    const char *name = getenv("TERM");
    const char *more = getenv("COLORTERM");
    int error = 0;
    if (name == NULL || name[0] == '\0') {
        doctor_say(line, without(), "TERM is not set");
        doctor_advise(line, "set TERM to your terminal's name, such as xterm-256color");
        return;
    }
    if (setupterm(NULL, STDERR_FILENO, &error) != OK) {
        doctor_say(line, without(), "TERM=%.60s is not known here", name);
        doctor_advise(line, "install its terminfo (ncurses-term), or set TERM=xterm-256color");
        return;
    }
    int colors = tigetnum("colors");
    bool direct = more != NULL && (strcmp(more, "truecolor") == 0 || strcmp(more, "24bit") == 0);
    if (tigetstr("cup") == NULL || tigetstr("cup") == (char *)-1) {
        doctor_say(line, without(), "TERM=%.60s can't place the cursor", name);
        doctor_advise(line, "use another terminal for the console; the verbs work");
    } else if (direct || colors >= TRUE_COLOR) {
        doctor_say(line, DOCTOR_OK, "TERM=%.60s, 24-bit colours", name);
    } else {
        doctor_say(line, DOCTOR_OK, "TERM=%.60s, %d colours", name, colors > 0 ? colors : 0);
    }
    (void)del_curterm(cur_term);
}

static void say_characters(struct doctor_line *line)
{
    const char *set = nl_langinfo(CODESET);
    if (strcmp(set, "UTF-8") == 0) {
        doctor_say(line, DOCTOR_OK, "UTF-8");
        return;
    }
    doctor_say(line, DOCTOR_WARN, "%.30s instead of UTF-8: marks are shown as letters", set);
    doctor_advise(line, "set LANG=C.UTF-8");
}

static void say_size(struct doctor_line *line)
{
    struct winsize size;
    bool known = false;
    for (int fd = STDERR_FILENO; fd >= 0 && !known; fd--)
        known = isatty(fd) != 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
    if (!known) {
        doctor_say(line, DOCTOR_OK, "not a terminal here");
        return;
    }
    bool small = size.ws_row < ROWS_LEAST || size.ws_col < COLUMNS_LEAST;
    doctor_say(line, DOCTOR_OK, "%u x %u%s", size.ws_col, size.ws_row,
               small ? ", which is narrow: some columns are left out" : "");
}

static void say_clipboard(struct doctor_line *line, const char *setting)
{
    static const char *const routes[] = {
        [CLIPBOARD_BY_OSC52] = "OSC 52",
        [CLIPBOARD_BY_TMUX] = "tmux",
        [CLIPBOARD_BY_PASSTHROUGH] = "tmux with allow-passthrough",
        [CLIPBOARD_BY_SCREEN] = "screen with OSC 52",
        [CLIPBOARD_BY_ALL] = "OSC 52, also in tmux or screen",
    };
    enum clipboard_route route = clipboard_route_for(setting[0] != '\0' ? setting : "auto", getenv("TMUX"),
                                                     getenv("STY"), getenv("TERM"));
    doctor_say(line, DOCTOR_OK, "clipboard by %s", routes[route]);
}

void doctor_terminal(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "terminal");
    say_term(line);
    say_characters(line);
    say_size(line);
    say_clipboard(line, doctor->config.clipboard);
}
