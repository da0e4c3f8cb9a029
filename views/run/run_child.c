// SPDX-License-Identifier: Apache-2.0
//
// run_child: Start, feed and end the command. The shell that libuv starts in a session of its own opens the
// terminal by its name, by which it becomes the session's.

#include "views/run/run_child.h"

#include "api/base/bytebuf.h"
#include "tui/base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { READ_CAP = 16 * 1024, INPUT_MAX = 64 * 1024, KILL_MS = 2000, NEXT_TURN_MS = 1, HANDLES = 4 };
enum { LAST_MAX = 256 * 1024 }; // of output that is taken after the command has ended

struct run_child {
    uv_process_t process;
    uv_poll_t poll;
    uv_timer_t timer, killer; // for output that was left; for the kill
    int handles;              // open
    int master, held;         // the terminal's ends; -1: closed
    size_t last;              // bytes taken after the end
    bool polls, reads_over, exited, ending, told, freed;
    int64_t code;
    int signal;
    struct bytebuf input; // not written yet
    char left[READ_CAP];  // output that was not taken yet
    size_t left_length;
    struct run_child_events events;
    void *ctx;
};

// $1 the terminal, $2 the command.
static char opener[] = "exec 0<>\"$1\" 1>&0 2>&0 && exec /bin/sh -c \"$2\"";

// --- ending -------------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle)
{
    struct run_child *child = handle->data;
    if (--child->handles > 0)
        return;
    bytebuf_free(&child->input);
    free(child);
}

static void stop_reading(struct run_child *child)
{
    if (child->polls)
        (void)uv_poll_stop(&child->poll);
    child->polls = false;
    child->reads_over = true;
}

static void tell_end(struct run_child *child)
{
    if (child->told || child->freed || !child->exited || !child->reads_over || child->left_length > 0)
        return;
    child->told = true;
    child->events.ended(child->ctx, child->code, child->signal);
}

static void poll_on(struct run_child *child);

// --- output -------------------------------------------------------------------------------

static void on_left(uv_timer_t *timer);

// False: something is left, and no more is read until it is taken.
static bool give(struct run_child *child)
{
    size_t taken = child->events.output(child->ctx, child->left, child->left_length);
    child->left_length -= taken;
    memmove(child->left, child->left + taken, child->left_length);
    if (child->left_length == 0)
        return true;
    (void)uv_timer_start(&child->timer, on_left, NEXT_TURN_MS, 0);
    return false;
}

static void read_some(struct run_child *child)
{
    ssize_t got = read(child->master, child->left, sizeof child->left);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (child->exited) // all that it wrote is here; who it left behind is not waited for
            stop_reading(child);
        return;
    }
    if (got <= 0) {
        stop_reading(child);
        return;
    }
    child->left_length = (size_t)got;
    child->last += child->exited ? (size_t)got : 0;
    if (child->last > LAST_MAX) // of who it left behind
        stop_reading(child);
    if (!give(child) && child->polls) {
        (void)uv_poll_stop(&child->poll);
        child->polls = false;
    }
}

// Once the command has ended no more wakes us: what is there is read.
static void go_on(struct run_child *child)
{
    while (child->exited && !child->reads_over && child->left_length == 0)
        read_some(child);
    if (!child->reads_over && child->left_length == 0)
        poll_on(child);
    tell_end(child);
}

static void on_left(uv_timer_t *timer)
{
    struct run_child *child = timer->data;
    if (!child->freed && give(child))
        go_on(child);
}

// --- input --------------------------------------------------------------------------------

static void write_some(struct run_child *child)
{
    while (child->input.length > 0) {
        ssize_t put = write(child->master, child->input.data, child->input.length);
        if (put <= 0 && errno != EINTR)
            break;
        if (put > 0)
            bytebuf_drop(&child->input, (size_t)put);
    }
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct run_child *child = poll->data;
    if (status < 0)
        stop_reading(child);
    if (child->polls && (events & UV_WRITABLE) != 0)
        write_some(child);
    if (child->polls && (events & (UV_READABLE | UV_DISCONNECT)) != 0)
        read_some(child);
    if (child->polls)
        poll_on(child);
    else
        tell_end(child);
}

static void poll_on(struct run_child *child)
{
    int events = UV_READABLE | (child->input.length > 0 ? UV_WRITABLE : 0);
    child->polls = !child->reads_over && uv_poll_start(&child->poll, events, on_ready) == 0;
    if (!child->polls)
        child->reads_over = true;
}

void run_child_write(struct run_child *child, const char *bytes, size_t length)
{
    if (child->reads_over || child->exited)
        return;
    if (bytebuf_add(&child->input, bytes, length) != STATUS_OK)
        return; // nobody reads that much
    write_some(child);
    if (child->polls)
        poll_on(child);
}

// --- the process --------------------------------------------------------------------------

static void on_exit_of(uv_process_t *process, int64_t code, int signal)
{
    struct run_child *child = process->data;
    child->exited = true;
    child->code = code;
    child->signal = signal;
    if (child->freed)
        return;
    (void)uv_timer_stop(&child->killer);
    go_on(child);
}

static int open_terminal(char name[64], int rows, int cols)
{
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, name, 64) == 0 &&
        ioctl(master, TIOCSWINSZ, &size) == 0)
        return master;
    int error = errno;
    if (master >= 0)
        (void)close(master);
    errno = error;
    return -1;
}

static int spawn(uv_loop_t *loop, struct run_child *child, char *name, char *command, char **environment)
{
    char shell[] = "/bin/sh", flag[] = "-c";
    char *arguments[] = {shell, flag, opener, shell, name, command, NULL};
    uv_stdio_container_t stdio[] = {{.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_IGNORE}};
    const uv_process_options_t options = {.exit_cb = on_exit_of,
                                          .file = shell,
                                          .args = arguments,
                                          .env = environment,
                                          .flags = UV_PROCESS_DETACHED, // a session of its own
                                          .stdio_count = 3,
                                          .stdio = stdio};
    (void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC); // nothing of ours is for a child
    return uv_spawn(loop, &child->process, &options);
}

struct run_child *run_child_new(uv_loop_t *loop, const char *command, char **environment, int rows, int cols,
                                const struct run_child_events *events, void *ctx, int *error)
{
    char name[64];
    int master = open_terminal(name, rows, cols);
    *error = errno;
    if (master < 0)
        return NULL;
    struct run_child *child = xcalloc(1, sizeof *child);
    char *copy = xstrdup(command);
    *child = (struct run_child){.master = master, .events = *events, .ctx = ctx, .handles = HANDLES};
    child->input = BYTEBUF(INPUT_MAX);
    // Held open while the shell has not opened it yet: a terminal that nobody has open reads as ended.
    child->held = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    (void)uv_timer_init(loop, &child->timer);
    (void)uv_timer_init(loop, &child->killer);
    (void)uv_poll_init(loop, &child->poll, master);
    int failed = spawn(loop, child, name, copy, environment);
    free(copy);
    child->process.data = child->poll.data = child->timer.data = child->killer.data = child;
    if (failed != 0) {
        *error = -failed;
        child->exited = true;
        run_child_free(child);
        return NULL;
    }
    poll_on(child);
    return child;
}

void run_child_resize(struct run_child *child, int rows, int cols)
{
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    if (child->master >= 0)
        (void)ioctl(child->master, TIOCSWINSZ, &size);
}

static void hang_up(const struct run_child *child)
{
    (void)kill(-child->process.pid, SIGHUP);
    (void)kill(-child->process.pid, SIGCONT); // a stopped one hears it then
}

static void on_kill(uv_timer_t *timer)
{
    const struct run_child *child = timer->data;
    if (!child->exited)
        (void)kill(-child->process.pid, SIGKILL);
}

void run_child_end(struct run_child *child)
{
    if (child->exited)
        return;
    hang_up(child);
    if (!child->ending)
        (void)uv_timer_start(&child->killer, on_kill, KILL_MS, 0);
    child->ending = true;
}

void run_child_free(struct run_child *child)
{
    if (child == NULL || child->freed)
        return;
    child->freed = true;
    stop_reading(child);
    if (!child->exited)
        hang_up(child);
    uv_close((uv_handle_t *)&child->process, on_closed);
    uv_close((uv_handle_t *)&child->poll, on_closed);
    uv_close((uv_handle_t *)&child->timer, on_closed);
    uv_close((uv_handle_t *)&child->killer, on_closed);
    (void)close(child->master); // the terminal hangs up what is left on it
    if (child->held >= 0)
        (void)close(child->held);
    child->master = child->held = -1;
}
