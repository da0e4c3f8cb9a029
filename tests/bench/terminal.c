// SPDX-License-Identifier: Apache-2.0
//
// terminal: a program in a PTY of 200x50, and the one who looks at it. Its output is read as fast as it
// comes. A screen is looked at only when nothing more waits to be read, as a terminal paints.

#include "tests/bench/bench.h"
#include "tests/support/support.h"
#include "tui/vt_screen.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 65536, TAIL = 256, LINE = 4096 };

struct terminal {
    pid_t pid;
    int fd;
    struct vt *vt; // NULL: raw
    // Raw: the last bytes before those of the next read, so that a text is found across two.
    char bytes[TAIL + CHUNK];
    size_t kept;
    size_t fresh; // kept and then as many bytes as came last
};

struct terminal *terminal_start(const char *const argv[], const char *const environment[], bool raw)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    if (terminal == NULL)
        bench_die("no memory");
    terminal->pid = support_pty_spawn(argv, environment, BENCH_ROWS, BENCH_COLS, &terminal->fd);
    if (terminal->pid < 0)
        bench_die("%s does not start", argv[0]);
    if (!raw)
        terminal->vt = vt_new(BENCH_ROWS, BENCH_COLS, NULL);
    return terminal;
}

void terminal_end(struct terminal *terminal)
{
    if (terminal == NULL)
        return;
    (void)kill(terminal->pid, SIGKILL);
    (void)waitpid(terminal->pid, NULL, 0);
    (void)close(terminal->fd);
    vt_free(terminal->vt);
    free(terminal);
}

pid_t terminal_pid(const struct terminal *terminal)
{
    return terminal->pid;
}

void terminal_type(struct terminal *terminal, const char *keys)
{
    terminal->kept = 0;
    terminal->fresh = 0;
    if (!support_type(terminal->fd, keys, strlen(keys)))
        bench_die("the program takes no keys");
}

// False when nothing came in that time.
static bool take(struct terminal *terminal, int wait_ms)
{
    struct pollfd ready = {.fd = terminal->fd, .events = POLLIN};
    if (poll(&ready, 1, wait_ms) <= 0)
        return false;
    size_t keep = terminal->fresh < TAIL ? terminal->fresh : TAIL;
    memmove(terminal->bytes, terminal->bytes + terminal->fresh - keep, keep);
    ssize_t count = read(terminal->fd, terminal->bytes + keep, CHUNK);
    if (count <= 0)
        bench_die("the program has ended too early");
    terminal->kept = keep;
    terminal->fresh = keep + (size_t)count;
    if (terminal->vt != NULL) {
        char reply[256];
        vt_write(terminal->vt, terminal->bytes + keep, (size_t)count);
        size_t length = vt_reply_take(terminal->vt, reply, sizeof reply);
        if (length > 0)
            (void)support_type(terminal->fd, reply, length);
    }
    return true;
}

static bool shows(const struct terminal *terminal, const char *text)
{
    char line[LINE];
    if (terminal->vt == NULL)
        return memmem(terminal->bytes, terminal->fresh, text, strlen(text)) != NULL;
    for (int row = 0; row < BENCH_ROWS; row++) {
        (void)vt_row_text(terminal->vt, row, line, sizeof line);
        if (strstr(line, text) != NULL)
            return true;
    }
    return false;
}

static void screen_to_stderr(const struct terminal *terminal)
{
    char line[LINE];
    for (int row = 0; terminal->vt != NULL && row < BENCH_ROWS; row++) {
        size_t length = vt_row_text(terminal->vt, row, line, sizeof line - 1);
        line[length] = '\n';
        if (length > 0)
            (void)!write(STDERR_FILENO, line, length + 1);
    }
}

static double wait_for(struct terminal *terminal, const char *text, bool wanted)
{
    double end = bench_now() + BENCH_WAIT_MS / 1000.0;
    while (bench_now() < end) {
        // A raw stream is looked at after each read, a screen when it is still.
        bool more = terminal->vt != NULL && take(terminal, 0);
        if (more)
            continue;
        if (shows(terminal, text) == wanted)
            return bench_now();
        (void)take(terminal, 100);
    }
    screen_to_stderr(terminal);
    bench_die("waited in vain for %s'%s'", wanted ? "" : "the end of ", text);
}

double terminal_wait(struct terminal *terminal, const char *text)
{
    return wait_for(terminal, text, true);
}

void terminal_wait_gone(struct terminal *terminal, const char *text)
{
    (void)wait_for(terminal, text, false);
}

void terminal_read_for(struct terminal *terminal, double seconds)
{
    double end = bench_now() + seconds;
    while (bench_now() < end)
        (void)take(terminal, (int)((end - bench_now()) * 1000) + 1);
}
