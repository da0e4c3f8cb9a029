// SPDX-License-Identifier: Apache-2.0
//
// screen_output: owns the descriptor that is written to. The terminal is opened again, since O_NONBLOCK on
// descriptor 1 would be seen by every process that shares it; where it can't be (another user's terminal
// after su), the shared one is made non-blocking while the console has it and given back on every way out.

#include "tui/screen_output.h"

#include "tui/screen.h"
#include "tui/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
    int fd;
    int shared_flags; // of a descriptor that could not be opened again; -1: it was
    bool gone;
    char *queue;
    size_t head, tail, room;
} output = {.fd = -1, .shared_flags = -1};

bool screen_output_begin(int fd)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    output.gone = false;
    output.shared_flags = -1;
    output.fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (output.fd >= 0)
        return true;
    output.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (output.fd < 0)
        return false;
    output.shared_flags = fcntl(fd, F_GETFL);
    screen_output_lend(false);
    return true;
}

void screen_output_lend(bool lent)
{
    if (output.fd >= 0 && output.shared_flags >= 0)
        fcntl(output.fd, F_SETFL, lent ? output.shared_flags : output.shared_flags | O_NONBLOCK);
}

void screen_output_end(void)
{
    screen_output_lend(true);
    if (output.fd >= 0)
        close(output.fd);
    output.fd = -1;
    free(output.queue);
    output.queue = NULL;
    output.head = output.tail = output.room = 0;
}

void screen_output_last(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(output.fd, bytes, length);
        if (written <= 0 && errno != EINTR)
            break; // a terminal that takes nothing is not waited for
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    screen_output_lend(true);
}

void screen_output_put(const void *bytes, size_t length)
{
    if (output.head == output.tail)
        output.head = output.tail = 0;
    if (length > output.room - output.tail) {
        output.room = output.tail + length + 4096;
        output.queue = xrealloc(output.queue, output.room);
    }
    memcpy(output.queue + output.tail, bytes, length);
    output.tail += length;
}

void screen_output_puts(const char *text)
{
    screen_output_put(text, strlen(text));
}

size_t screen_output_waiting(void)
{
    return output.tail - output.head;
}

void screen_output_take_back(size_t length)
{
    output.tail -= length < screen_output_waiting() ? length : screen_output_waiting();
}

bool screen_output_gone(void)
{
    return output.gone;
}

bool screen_output_pending(void)
{
    return output.fd >= 0 && !output.gone && output.head < output.tail;
}

int screen_output_fd(void)
{
    return output.fd;
}

bool screen_flush(void)
{
    while (screen_output_pending()) {
        ssize_t written = write(output.fd, output.queue + output.head, screen_output_waiting());
        if (written > 0) {
            output.head += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            output.gone = written < 0 && errno != EAGAIN;
            break;
        }
    }
    return !output.gone;
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void screen_output_drain(int patience_ms)
{
    long until = now_ms() + patience_ms;
    while (screen_flush() && screen_output_pending()) {
        long left = until - now_ms();
        struct pollfd room = {.fd = output.fd, .events = POLLOUT};
        if (left <= 0 || (poll(&room, 1, (int)left) <= 0 && errno != EINTR))
            break;
    }
    output.head = output.tail = 0;
}
