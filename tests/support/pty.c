// SPDX-License-Identifier: Apache-2.0
//
// pty: Run a program in a pseudo-terminal and read its screen. The emulator of tui/ is the reader: its own
// tests judge it against other terminals, so that a fault in it does not hide one in the program.

#include "tests/support/pty.h"

#include "tests/support/support.h"
#include "tui/vt/vt_screen.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 65536, TAIL = 256, REPLY_CAP = 256, TEXT_CAP = 256 * 1024 };

struct pty {
    pid_t pid;
    int master, slave;
    struct vt *vt; // NULL: raw
    bool ended;
    int code;
    // What came last, after the end of what came before it, so that a text is found across two reads.
    char bytes[TAIL + CHUNK];
    size_t fresh;
    char *log; // NULL: none
    size_t log_length;
    char line[PTY_LINE_CAP];
    char text[TEXT_CAP];
};

struct pty *pty_open(const char *const argv[], const char *const environment[], int rows, int cols,
                     unsigned options)
{
    struct pty *pty = calloc(1, sizeof *pty);
    if (pty == NULL)
        return NULL;
    pty->master = pty->slave = -1;
    pty->log = (options & PTY_LOG) != 0 ? malloc(PTY_LOG_CAP) : NULL;
    pty->vt = (options & PTY_RAW) == 0 ? vt_new(rows, cols, NULL) : NULL;
    pty->pid = support_pty_spawn(argv, environment, (options & PTY_BARE) != 0, rows, cols, &pty->master,
                                 &pty->slave);
    if (pty->pid > 0 && (pty->vt != NULL || (options & PTY_RAW) != 0) &&
        (pty->log != NULL || (options & PTY_LOG) == 0))
        return pty;
    pty_close(pty);
    return NULL;
}

void pty_close(struct pty *pty)
{
    if (pty == NULL)
        return;
    if (pty->pid > 0 && !pty_ended(pty)) {
        (void)kill(-pty->pid, SIGKILL);
        (void)kill(pty->pid, SIGKILL);
        (void)waitpid(pty->pid, NULL, 0);
    }
    if (pty->master >= 0)
        (void)close(pty->master);
    if (pty->slave >= 0)
        (void)close(pty->slave);
    vt_free(pty->vt);
    free(pty->log);
    free(pty);
}

pid_t pty_pid(const struct pty *pty)
{
    return pty->pid;
}

struct vt *pty_screen(struct pty *pty)
{
    return pty->vt;
}

int pty_master(const struct pty *pty)
{
    return pty->master;
}

int pty_slave(const struct pty *pty)
{
    return pty->slave;
}

bool pty_type(struct pty *pty, const void *bytes, size_t length)
{
    return support_type(pty->master, bytes, length);
}

bool pty_resize(struct pty *pty, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    if (pty->vt != NULL)
        vt_resize(pty->vt, rows, cols);
    return ioctl(pty->master, TIOCSWINSZ, &size) == 0;
}

static void log_add(struct pty *pty, const char *bytes, size_t length)
{
    if (pty->log == NULL)
        return;
    size_t room = PTY_LOG_CAP - pty->log_length;
    size_t keep = length < room ? length : room;
    memcpy(pty->log + pty->log_length, bytes, keep);
    pty->log_length += keep;
}

bool pty_take(struct pty *pty, int wait_ms)
{
    char reply[REPLY_CAP];
    struct pollfd ready = {.fd = pty->master, .events = POLLIN};
    if (poll(&ready, 1, wait_ms) <= 0)
        return false;
    size_t keep = pty->fresh < TAIL ? pty->fresh : TAIL;
    memmove(pty->bytes, pty->bytes + pty->fresh - keep, keep);
    pty->fresh = keep;
    ssize_t count = read(pty->master, pty->bytes + keep, CHUNK);
    if (count <= 0)
        return false;
    pty->fresh += (size_t)count;
    log_add(pty, pty->bytes + keep, (size_t)count);
    if (pty->vt == NULL)
        return true;
    vt_write(pty->vt, pty->bytes + keep, (size_t)count);
    for (size_t length = vt_reply_take(pty->vt, reply, sizeof reply); length > 0;
         length = vt_reply_take(pty->vt, reply, sizeof reply))
        if (!pty_type(pty, reply, length))
            break;
    return true;
}

// What was written to one side comes out at the other when the kernel gets to it: so a mark is sent after it,
// which the emulator passes over, and waited for.
static void take_rest(struct pty *pty)
{
    static const char mark[] = "\033_the-end-of-it\033\\";
    const size_t length = sizeof mark - 1;
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    struct pollfd room = {.fd = pty->slave, .events = POLLOUT};
    while (poll(&room, 1, 0) <= 0 && support_now_ms() < deadline)
        (void)pty_take(pty, 10);
    if (write(pty->slave, mark, length) != (ssize_t)length)
        return;
    while (memmem(pty->bytes, pty->fresh, mark, length) == NULL && support_now_ms() < deadline)
        (void)pty_take(pty, 10);
}

bool pty_ended(struct pty *pty)
{
    int status = 0;
    if (pty->ended || waitpid(pty->pid, &status, WNOHANG) != pty->pid)
        return pty->ended;
    pty->ended = true;
    pty->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    take_rest(pty);
    return true;
}

int pty_exit_code(struct pty *pty)
{
    return pty_ended(pty) ? pty->code : -1;
}

const char *pty_line(struct pty *pty, int row)
{
    size_t length = vt_row_text(pty->vt, row, pty->line, sizeof pty->line);
    while (length > 0 && pty->line[length - 1] == ' ')
        length--;
    pty->line[length] = '\0';
    return pty->line;
}

const char *pty_text(struct pty *pty)
{
    size_t used = 0;
    for (int row = 0; row < vt_rows(pty->vt) && used < TEXT_CAP - PTY_LINE_CAP; row++) {
        int count = snprintf(pty->text + used, TEXT_CAP - used, "%s\n", pty_line(pty, row));
        used += count > 0 ? (size_t)count : 0;
    }
    pty->text[used] = '\0';
    return pty->text;
}

bool pty_shows(struct pty *pty, int row, const char *text)
{
    if (pty->vt == NULL)
        return memmem(pty->bytes, pty->fresh, text, strlen(text)) != NULL;
    for (int y = 0; y < vt_rows(pty->vt); y++) {
        if (row != PTY_ANY_ROW && row != y)
            continue;
        (void)vt_row_text(pty->vt, y, pty->line, sizeof pty->line);
        if (strstr(pty->line, text) != NULL)
            return true;
    }
    return false;
}

void pty_forget(struct pty *pty)
{
    pty->fresh = 0;
}

bool pty_wrote(const struct pty *pty, const char *text)
{
    return pty->log != NULL && memmem(pty->log, pty->log_length, text, strlen(text)) != NULL;
}
