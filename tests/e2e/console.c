// SPDX-License-Identifier: Apache-2.0
//
// console: see the header. The terminal emulator under test elsewhere is the reader here: its own tests judge
// it against other terminals, so that a fault in it does not hide one in the program.

#include "tests/e2e/console.h"

#include "tui/vt_screen.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

enum { SCREEN_CAP = 256 * 1024, LINE_CAP = 8192, WROTE_CAP = 8 * 1024 * 1024, ENVIRONMENT_CAP = 32 };

struct console {
    pid_t pid;
    int fd;
    int keep; // the PTY's other side, so that its settings can be read after the end
    struct vt *vt;
    struct termios before;
    bool ended;
    int status;
    char screen[SCREEN_CAP];
    char line[LINE_CAP];
    char *wrote;
    size_t wrote_length;
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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
    list[count++] = "TERM=xterm-256color";
    list[count++] = "LANG=C.UTF-8";
    for (size_t i = 0; extra != NULL && extra[i] != NULL && count < ENVIRONMENT_CAP - 1; i++)
        list[count++] = extra[i];
    list[count] = NULL;
}

struct console *console_start(int rows, int cols, const char *const argv[], const char *const environment[])
{
    struct console *console = calloc(1, sizeof *console);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    const char *list[ENVIRONMENT_CAP];
    int master = -1;

    cr_assert_not_null(console);
    console->wrote = malloc(WROTE_CAP);
    cr_assert_not_null(console->wrote);
    console->vt = vt_new(rows, cols, NULL);
    cr_assert_not_null(console->vt);
    child_environment(environment, list);
    cr_assert_eq(openpty(&master, &console->keep, NULL, NULL, &size), 0, "no PTY: %s", strerror(errno));
    cr_assert_eq(tcgetattr(console->keep, &console->before), 0);
    console->pid = fork();
    cr_assert_geq(console->pid, 0);
    if (console->pid == 0) {
        (void)close(master);
        (void)login_tty(console->keep);
        (void)execvpe(argv[0], (char *const *)argv, (char *const *)list);
        _exit(127);
    }
    console->fd = master;
    (void)fcntl(master, F_SETFD, FD_CLOEXEC);
    (void)fcntl(console->keep, F_SETFD, FD_CLOEXEC);
    (void)fcntl(master, F_SETFL, O_NONBLOCK);
    return console;
}

void console_free(struct console *console)
{
    if (console == NULL)
        return;
    if (!console->ended) {
        (void)kill(console->pid, SIGKILL);
        (void)waitpid(console->pid, NULL, 0);
    }
    (void)close(console->fd);
    (void)close(console->keep);
    vt_free(console->vt);
    free(console->wrote);
    free(console);
}

pid_t console_pid(const struct console *console)
{
    return console->pid;
}

static void send_all(struct console *console, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(console->fd, bytes, length);
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
            continue;
        }
        cr_assert(count < 0 && (errno == EAGAIN || errno == EINTR), "typing: %s", strerror(errno));
        struct pollfd ready = {.fd = console->fd, .events = POLLOUT};
        cr_assert_gt(poll(&ready, 1, CONSOLE_WAIT_MS), 0, "the program takes no more keys");
    }
}

void console_type(struct console *console, const char *bytes)
{
    send_all(console, bytes, strlen(bytes));
}

void console_type_bytes(struct console *console, const void *bytes, size_t length)
{
    send_all(console, bytes, length);
}

void console_resize(struct console *console, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    vt_resize(console->vt, rows, cols);
    cr_assert_eq(ioctl(console->fd, TIOCSWINSZ, &size), 0);
}

// Takes in what there is, waiting at most wait_ms for something to come. False when nothing came.
static bool take_output(struct console *console, int wait_ms)
{
    static char bytes[65536];
    char reply[256];
    struct pollfd ready = {.fd = console->fd, .events = POLLIN};
    if (poll(&ready, 1, wait_ms) <= 0)
        return false;
    ssize_t count = read(console->fd, bytes, sizeof bytes);
    if (count <= 0)
        return false;
    size_t keep = (size_t)count;
    if (console->wrote_length + keep > WROTE_CAP)
        keep = WROTE_CAP - console->wrote_length;
    memcpy(console->wrote + console->wrote_length, bytes, keep);
    console->wrote_length += keep;
    vt_write(console->vt, bytes, (size_t)count);
    size_t length = vt_reply_take(console->vt, reply, sizeof reply);
    if (length > 0)
        send_all(console, reply, length);
    return true;
}

const char *console_line(struct console *console, int row)
{
    size_t length = vt_row_text(console->vt, row, console->line, sizeof console->line);
    while (length > 0 && console->line[length - 1] == ' ')
        length--;
    console->line[length] = '\0';
    return console->line;
}

const char *console_screen(struct console *console)
{
    size_t used = 0;
    for (int row = 0; row < vt_rows(console->vt) && used < SCREEN_CAP - LINE_CAP; row++) {
        int count = snprintf(console->screen + used, SCREEN_CAP - used, "%s\n", console_line(console, row));
        used += count > 0 ? (size_t)count : 0;
    }
    console->screen[used] = '\0';
    return console->screen;
}

bool console_shows(struct console *console, const char *text)
{
    return strstr(console_screen(console), text) != NULL;
}

static bool check_ended(struct console *console)
{
    if (!console->ended && waitpid(console->pid, &console->status, WNOHANG) == console->pid)
        console->ended = true;
    return console->ended;
}

static bool matches(struct console *console, const char *text, const regex_t *pattern)
{
    const char *screen = console_screen(console);
    return pattern != NULL ? regexec(pattern, screen, 0, NULL, 0) == 0 : strstr(screen, text) != NULL;
}

static void wait_until(struct console *console, const char *text, const regex_t *pattern, bool wanted)
{
    int64_t deadline = now_ms() + CONSOLE_WAIT_MS;
    while (matches(console, text, pattern) != wanted) {
        int64_t left = deadline - now_ms();
        bool over = left <= 0 || (check_ended(console) && !take_output(console, 0));
        cr_assert(!over, "%s '%s' %s. The screen:\n%s", wanted ? "waited for" : "waited for the end of", text,
                  console->ended ? "but the program has ended" : "in vain", console_screen(console));
        (void)take_output(console, left < 100 ? (int)left : 100);
    }
}

void console_wait(struct console *console, const char *text)
{
    wait_until(console, text, NULL, true);
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

int console_wait_exit(struct console *console)
{
    int64_t deadline = now_ms() + CONSOLE_WAIT_MS;
    while (!check_ended(console)) {
        cr_assert_lt(now_ms(), deadline, "the program does not end. The screen:\n%s",
                     console_screen(console));
        (void)take_output(console, 50);
    }
    while (take_output(console, 0))
        ;
    return WIFSIGNALED(console->status) ? 128 + WTERMSIG(console->status) : WEXITSTATUS(console->status);
}

bool console_terminal_is_whole(struct console *console)
{
    struct termios now;
    if (tcgetattr(console->keep, &now) != 0)
        return false;
    return now.c_lflag == console->before.c_lflag && now.c_iflag == console->before.c_iflag &&
           now.c_oflag == console->before.c_oflag && !vt_modes(console->vt).alternate_screen &&
           vt_cursor(console->vt).visible;
}

bool console_ever_wrote(const struct console *console, const char *text)
{
    return memmem(console->wrote, console->wrote_length, text, strlen(text)) != NULL;
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
