// SPDX-License-Identifier: Apache-2.0
//
// screen_output: queue bytes for the terminal and write them without blocking. What has been written is
// wiped: a password may have been shown.

#include "tui/term/screen_output.h"

#include "tui/base/xalloc.h"
#include "tui/term/own_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
    struct own_fd own;
    bool gone;
    char *queue;
    size_t head, tail, room;
} output = {.own = {.fd = -1, .flags = -1}};

bool screen_output_begin(int fd)
{
    output.gone = false;
    return own_fd_open(&output.own, fd, O_WRONLY);
}

void screen_output_lend(bool lent)
{
    own_fd_lend(&output.own, lent);
}

// What waits is let go of.
static void drop(void)
{
    if (output.queue != NULL)
        explicit_bzero(output.queue + output.head, output.tail - output.head);
    output.head = output.tail = 0;
}

void screen_output_end(void)
{
    own_fd_close(&output.own);
    drop();
    free(output.queue);
    output.queue = NULL;
    output.room = 0;
}

void screen_output_last(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(output.own.fd, bytes, length);
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
        // Not by realloc, which may leave the old bytes behind.
        size_t room = output.tail + length + 4096;
        char *queue = xmalloc(room);
        if (output.queue != NULL) {
            memcpy(queue, output.queue, output.tail);
            explicit_bzero(output.queue, output.tail);
        }
        free(output.queue);
        output.queue = queue;
        output.room = room;
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
    return output.own.fd >= 0 && !output.gone && output.head < output.tail;
}

int screen_output_fd(void)
{
    return output.own.fd;
}

bool screen_flush(void)
{
    while (screen_output_pending()) {
        ssize_t written = write(output.own.fd, output.queue + output.head, screen_output_waiting());
        if (written > 0) {
            explicit_bzero(output.queue + output.head, (size_t)written);
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
        struct pollfd room = {.fd = output.own.fd, .events = POLLOUT};
        if (left <= 0 || (poll(&room, 1, (int)left) <= 0 && errno != EINTR))
            break;
    }
    drop();
}
