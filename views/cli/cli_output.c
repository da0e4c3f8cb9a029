// SPDX-License-Identifier: Apache-2.0
//
// cli_output: write stdout and stderr on the loop. One queue for both, so that a file behind both has them in
// order.

#include "views/cli/cli_output.h"

#include "api/base/file_util.h"
#include "tui/term/own_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENDS = 2 };

struct piece {
    struct piece *next;
    struct end *end;
    size_t length, done;
    char bytes[];
};

struct end {
    struct cli_output *output;
    int fd;
    struct own_fd own; // when it is polled
    uv_poll_t poll;
    bool polled, closed;
    int error;
};

struct cli_output {
    uv_loop_t *loop;
    cli_output_cb *changed;
    void *ctx;
    struct end ends[ENDS];
    struct piece *first, *last;
    size_t waiting;
    uv_work_t work;
    struct piece *at_work; // still the first of the queue, or dropped
    int work_error;
    bool dropped, freed;
    bool watches; // the reader of standard output
};

static void pump(struct cli_output *output);

// --- the queue ----------------------------------------------------------------------------

static void piece_free(struct piece *piece)
{
    explicit_bzero(piece->bytes, piece->length); // a password may have been shown
    free(piece);
}

static void pop(struct cli_output *output)
{
    struct piece *piece = output->first;
    output->first = piece->next;
    if (output->first == NULL)
        output->last = NULL;
    output->waiting -= piece->length - piece->done;
    piece_free(piece);
}

static void free_if_over(struct cli_output *output)
{
    bool over = output->freed && output->at_work == NULL;
    for (size_t i = 0; i < ENDS; i++)
        over = over && output->ends[i].closed;
    if (over)
        free(output);
}

// --- a file, on a worker ------------------------------------------------------------------

static void write_piece(uv_work_t *work)
{
    struct cli_output *output = work->data;
    const struct piece *piece = output->at_work;
    if (!file_write_all(piece->end->fd, piece->bytes, piece->length))
        output->work_error = errno;
}

static void on_written(uv_work_t *work, int status)
{
    struct cli_output *output = work->data;
    struct piece *piece = output->at_work;
    (void)status;
    output->at_work = NULL;
    piece->end->error = output->work_error;
    if (output->dropped) {
        piece_free(piece);
    } else {
        pop(output);
    }
    output->dropped = false;
    if (output->freed) {
        free_if_over(output);
        return;
    }
    pump(output);
    output->changed(output->ctx);
}

static void write_file(struct cli_output *output)
{
    output->at_work = output->first;
    output->work_error = 0;
    output->work.data = output;
    if (uv_queue_work(output->loop, &output->work, write_piece, on_written) != 0) {
        output->at_work = NULL;
        output->first->end->error = ENOMEM;
    }
}

// --- what can be polled -------------------------------------------------------------------

static void on_ready(uv_poll_t *handle, int status, int events)
{
    struct end *end = handle->data;
    struct cli_output *output = end->output;
    struct pollfd reader = {.fd = end->own.fd, .events = 0};
    (void)status; // it is asked for here
    (void)uv_poll_stop(handle);
    if (poll(&reader, 1, 0) == 1 && (reader.revents & (POLLERR | POLLHUP)) != 0)
        end->error = EPIPE;
    else if ((events & UV_DISCONNECT) != 0)
        output->watches = false; // of a socket whose other side only writes no more
    pump(output);
    output->changed(output->ctx);
}

// False: it takes no more for now.
static bool write_now(struct cli_output *output)
{
    struct piece *piece = output->first;
    struct end *end = piece->end;
    ssize_t count = write(end->own.fd, piece->bytes + piece->done, piece->length - piece->done);
    if (count >= 0) {
        piece->done += (size_t)count;
        output->waiting -= (size_t)count;
    } else if (errno == EAGAIN) {
        if (uv_poll_start(&end->poll, UV_WRITABLE, on_ready) == 0)
            return false;
        end->error = EIO;
    } else if (errno != EINTR) {
        end->error = errno;
    }
    return true;
}

// While nothing is to be written.
static void watch_reader(struct cli_output *output)
{
    struct end *end = &output->ends[0];
    if (output->watches && end->polled && end->error == 0)
        (void)uv_poll_start(&end->poll, UV_DISCONNECT, on_ready);
}

// ------------------------------------------------------------------------------------------

static void pump(struct cli_output *output)
{
    while (output->at_work == NULL && output->first != NULL) {
        const struct piece *piece = output->first;
        if (piece->end->error != 0 || piece->done == piece->length)
            pop(output);
        else if (!piece->end->polled)
            write_file(output);
        else if (!write_now(output))
            return;
    }
    if (output->first == NULL)
        watch_reader(output);
}

static void open_end(struct cli_output *output, struct end *end, int fd)
{
    *end = (struct end){.output = output, .fd = fd, .own = OWN_FD_NONE};
    bool seekable = uv_guess_handle(fd) == UV_FILE && lseek(fd, 0, SEEK_CUR) >= 0;
    end->polled = !seekable && own_fd_open(&end->own, fd, O_WRONLY) &&
                  uv_poll_init(output->loop, &end->poll, end->own.fd) == 0;
    end->poll.data = end;
    end->closed = !end->polled;
    if (!end->polled)
        own_fd_close(&end->own);
}

struct cli_output *cli_output_new(uv_loop_t *loop, cli_output_cb *changed, void *ctx)
{
    struct cli_output *output = calloc(1, sizeof *output);
    if (output == NULL)
        return NULL;
    *output = (struct cli_output){.loop = loop, .changed = changed, .ctx = ctx};
    open_end(output, &output->ends[0], STDOUT_FILENO);
    open_end(output, &output->ends[1], STDERR_FILENO);
    return output;
}

bool cli_output_put(struct cli_output *output, int fd, const void *bytes, size_t length)
{
    struct piece *piece = malloc(sizeof *piece + length);
    if (piece == NULL)
        return false;
    *piece = (struct piece){.end = &output->ends[fd == STDERR_FILENO ? 1 : 0], .length = length};
    memcpy(piece->bytes, bytes, length);
    if (output->last != NULL)
        output->last->next = piece;
    else
        output->first = piece;
    output->last = piece;
    output->waiting += length;
    if (output->first == piece)
        pump(output);
    return true;
}

size_t cli_output_waiting(const struct cli_output *output)
{
    return output->waiting;
}

bool cli_output_moves(const struct cli_output *output)
{
    return output->at_work != NULL || (output->first != NULL && !output->first->end->polled);
}

void cli_output_watch_reader(struct cli_output *output)
{
    output->watches = true;
    pump(output);
}

int cli_output_error(const struct cli_output *output)
{
    return output->ends[0].error;
}

void cli_output_drop(struct cli_output *output)
{
    if (output->at_work != NULL && !output->dropped) {
        struct piece *piece = output->first;
        output->first = piece->next;
        output->dropped = true;
    }
    while (output->first != NULL) {
        struct piece *piece = output->first;
        output->first = piece->next;
        piece_free(piece);
    }
    output->last = NULL;
    output->waiting = 0;
    for (size_t i = 0; i < ENDS; i++)
        if (output->ends[i].polled && !output->ends[i].closed)
            (void)uv_poll_stop(&output->ends[i].poll);
}

static void on_closed(uv_handle_t *handle)
{
    struct end *end = handle->data;
    end->closed = true;
    free_if_over(end->output);
}

void cli_output_free(struct cli_output *output)
{
    if (output == NULL)
        return;
    cli_output_drop(output);
    output->freed = true;
    output->watches = false;
    for (size_t i = ENDS; i-- > 0;) { // backwards: where one is behind both, the first knows how it was
        if (!output->ends[i].polled)
            continue;
        uv_close((uv_handle_t *)&output->ends[i].poll, on_closed);
        own_fd_close(&output->ends[i].own);
    }
    free_if_over(output);
}
