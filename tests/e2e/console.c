// SPDX-License-Identifier: Apache-2.0
//
// console: Run the program on a tests/support/pty, with conditions that fail the test.

#include "tests/e2e/console.h"

#include "tests/support/pty.h"
#include "tests/support/support.h"
#include "tui/vt/vt_screen.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { ENVIRONMENT_CAP = 32 };

struct console {
    struct pty *pty;
    struct termios before;
};

static bool is_given(const char *const extra[], const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
        if (strncmp(extra[i], name, length) == 0 && extra[i][length] == '=')
            return true;
    return false;
}

static void child_environment(const char *const extra[], const char *list[ENVIRONMENT_CAP])
{
    static char storage[4][512];
    static const char *const names[] = {"PATH", "HOME", "ASAN_OPTIONS", "LSAN_OPTIONS"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || is_given(extra, names[i]))
            continue;
        (void)snprintf(storage[i], sizeof storage[i], "%s=%s", names[i], value);
        list[count++] = storage[i];
    }
    if (!is_given(extra, "TERM"))
        list[count++] = "TERM=xterm-256color";
    list[count++] = "LANG=C.UTF-8";
    for (size_t i = 0; extra != NULL && extra[i] != NULL && count < ENVIRONMENT_CAP - 1; i++)
        list[count++] = extra[i];
    list[count] = NULL;
}

struct console *console_start(int rows, int cols, const char *const argv[], const char *const environment[])
{
    struct console *console = calloc(1, sizeof *console);
    const char *list[ENVIRONMENT_CAP];
    cr_assert_not_null(console);
    child_environment(environment, list);
    console->pty = pty_open(argv, list, rows, cols, PTY_LOG | PTY_BARE);
    cr_assert_not_null(console->pty, "%s does not start", argv[0]);
    cr_assert_eq(tcgetattr(pty_slave(console->pty), &console->before), 0);
    return console;
}

void console_free(struct console *console)
{
    if (console == NULL)
        return;
    pty_close(console->pty);
    free(console);
}

pid_t console_pid(const struct console *console)
{
    return pty_pid(console->pty);
}

void console_type_bytes(struct console *console, const void *bytes, size_t length)
{
    cr_assert(pty_type(console->pty, bytes, length), "the program takes no more keys");
}

void console_type(struct console *console, const char *bytes)
{
    console_type_bytes(console, bytes, strlen(bytes));
}

void console_type_until(struct console *console, const char *keys, const char *text)
{
    enum { AGAIN_MS = 1000 };
    int64_t deadline = support_now_ms() + CONSOLE_WAIT_MS;
    while (!console_shows(console, text)) {
        cr_assert_lt(support_now_ms(), deadline, "'%s' does not come. The screen:\n%s", text,
                     console_screen(console));
        console_type(console, keys);
        for (int64_t until = support_now_ms() + AGAIN_MS;
             support_now_ms() < until && !console_shows(console, text);)
            (void)pty_take(console->pty, 50);
    }
}

void console_resize(struct console *console, int rows, int cols)
{
    cr_assert(pty_resize(console->pty, rows, cols));
}

const char *console_line(struct console *console, int row)
{
    return pty_line(console->pty, row);
}

const char *console_screen(struct console *console)
{
    return pty_text(console->pty);
}

const struct vt *console_terminal(struct console *console)
{
    return pty_screen(console->pty);
}

bool console_shows(struct console *console, const char *text)
{
    return strstr(console_screen(console), text) != NULL;
}

static bool matches(struct console *console, const char *text, const regex_t *pattern)
{
    const char *screen = console_screen(console);
    return pattern != NULL ? regexec(pattern, screen, 0, NULL, 0) == 0 : strstr(screen, text) != NULL;
}

// The program has taken all keys and waits for something, or for nothing any more.
static bool rests(const struct console *console)
{
    char path[64], stat[512];
    int keys = 0;
    if (ioctl(pty_slave(console->pty), FIONREAD, &keys) == 0 && keys > 0)
        return false;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pty_pid(console->pty));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, stat, sizeof stat - 1) : 0;
    if (fd >= 0)
        (void)close(fd);
    stat[length > 0 ? length : 0] = '\0';
    const char *state = strrchr(stat, ')');
    return state == NULL || strncmp(state, ") R", 3) != 0;
}

// What is seen is no frame of which a part is still to come. One that never rests is taken as it is.
static void take_frame(struct console *console)
{
    enum { NEVER_RESTS_MS = 500 };
    int64_t until = support_now_ms() + NEVER_RESTS_MS;
    bool whole = false;
    while (!whole && support_now_ms() < until) {
        whole = rests(console);
        if (pty_take(console->pty, 1))
            whole = false;
    }
}

static bool are_seen(struct console *console, const char *text, const regex_t *pattern, bool wanted)
{
    if (matches(console, text, pattern) != wanted)
        return false;
    take_frame(console);
    return matches(console, text, pattern) == wanted;
}

static void wait_until(struct console *console, const char *text, const regex_t *pattern, bool wanted)
{
    int64_t deadline = support_now_ms() + CONSOLE_WAIT_MS;
    while (!are_seen(console, text, pattern, wanted)) {
        int64_t left = deadline - support_now_ms();
        bool over = left <= 0 || (pty_ended(console->pty) && matches(console, text, pattern) != wanted);
        cr_assert(!over, "%s '%s' %s. The screen:\n%s", wanted ? "waited for" : "waited for the end of", text,
                  pty_ended(console->pty) ? "but the program has ended" : "in vain", console_screen(console));
        (void)pty_take(console->pty, left < 100 ? (int)left : 100);
    }
}

void console_wait(struct console *console, const char *text)
{
    wait_until(console, text, NULL, true);
}

void console_wait_row(struct console *console, int row, const char *text)
{
    int64_t deadline = support_now_ms() + CONSOLE_WAIT_MS;
    while (!pty_shows(console->pty, row, text)) {
        cr_assert(support_now_ms() < deadline && !pty_ended(console->pty),
                  "waited for '%s' in row %d in vain. The screen:\n%s", text, row, console_screen(console));
        (void)pty_take(console->pty, 50);
    }
    take_frame(console);
}

void console_wait_gone(struct console *console, const char *text)
{
    wait_until(console, text, NULL, false);
}

void console_wait_match(struct console *console, const char *pattern)
{
    regex_t compiled;
    cr_assert_eq(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0, "%s", pattern);
    wait_until(console, pattern, &compiled, true);
    regfree(&compiled);
}

void console_wait_countdown(struct console *console, const char *beginning)
{
    char shown[8] = "";
    const char *at = strstr(console_screen(console), beginning);
    cr_assert_not_null(at, "%s", beginning);
    (void)snprintf(shown, sizeof shown, "%.6s", at);
    console_wait_gone(console, shown);
}

int console_wait_exit(struct console *console)
{
    int64_t deadline = support_now_ms() + CONSOLE_WAIT_MS;
    while (!pty_ended(console->pty)) {
        cr_assert_lt(support_now_ms(), deadline, "the program does not end. The screen:\n%s",
                     console_screen(console));
        (void)pty_take(console->pty, 50);
    }
    return pty_exit_code(console->pty);
}

bool console_terminal_is_whole(struct console *console)
{
    struct termios now;
    const struct vt *vt = pty_screen(console->pty);
    if (tcgetattr(pty_slave(console->pty), &now) != 0)
        return false;
    return now.c_lflag == console->before.c_lflag && now.c_iflag == console->before.c_iflag &&
           now.c_oflag == console->before.c_oflag && !vt_modes(vt).alternate_screen && vt_cursor(vt).visible;
}

void console_take(struct console *console)
{
    (void)pty_take(console->pty, 50);
}

char *console_clipboard(struct console *console)
{
    size_t length = 0;
    char *bytes = vt_clipboard_take(pty_screen(console->pty), &length);
    char *text = calloc(1, length + 1);
    cr_assert_not_null(text);
    if (bytes != NULL)
        memcpy(text, bytes, length);
    free(bytes);
    return text;
}

bool console_ever_wrote(const struct console *console, const char *text)
{
    return pty_wrote(console->pty, text);
}

void console_run(struct console *console, const char *command, const char *expected)
{
    console_type(console, command);
    console_type(console, KEY_ENTER);
    console_wait(console, expected);
}

// What is typed right after it may get to the shell before the size does: two ways, no order between them.
void console_resize_shell(struct console *console, int rows, int cols, const char *size)
{
    char command[128], expected[32];
    (void)snprintf(command, sizeof command, "clear; until stty size | grep '%s'; do sleep .01; done", size);
    (void)snprintf(expected, sizeof expected, "^%s *$", size);
    console_resize(console, rows, cols);
    console_type(console, command);
    console_type(console, KEY_ENTER);
    console_wait_match(console, expected);
}
