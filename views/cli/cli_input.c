// SPDX-License-Identifier: Apache-2.0
//
// cli_input: read stdin on the loop. epoll refuses what is always ready (files, /dev/zero); that decides. A
// file is read at its own place, which is shared by the programs that were given the same descriptor.

#include "views/cli/cli_input.h"

#include "tui/term/own_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct cli_input {
    uv_loop_t *loop;
    cli_input_cb *got;
    void *ctx;
    int fd;
    struct own_fd own; // when it is polled
    uv_poll_t poll;
    uv_fs_t read;
    bool polled, going, ended, freed;
    bool reading;        // on the worker
    bool giving;         // inside the callback
    bool kept;           // a worker's result waits for cli_input_go
    ssize_t kept_result; // bytes, or a negative errno
    char bytes[CLI_INPUT_SLICE];
};

static void read_next(struct cli_input *input);

// result: as of read, or a negative errno. May free it.
static void give(struct cli_input *input, ssize_t result)
{
    input->ended = result <= 0;
    if (input->ended && input->polled)
        (void)uv_poll_stop(&input->poll);
    input->giving = true;
    input->got(input->ctx, input->bytes, result > 0 ? (size_t)result : 0, result < 0 ? (int)-result : 0);
    input->giving = false;
    if (!input->freed)
        read_next(input);
    else if (!input->polled)
        free(input);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct cli_input *input = poll->data;
    (void)events;
    // An error that the poll reports is reported by the read too.
    ssize_t length = read(input->own.fd, input->bytes, sizeof input->bytes);
    if (length < 0 && (errno == EAGAIN || errno == EINTR) && status == 0)
        return;
    give(input, length < 0 ? -errno : length);
}

static void on_read(uv_fs_t *request)
{
    struct cli_input *input = request->data;
    ssize_t result = request->result;
    uv_fs_req_cleanup(request);
    input->reading = false;
    if (input->freed) {
        free(input);
        return;
    }
    input->kept = !input->going;
    input->kept_result = result;
    if (!input->kept)
        give(input, result);
}

static void read_next(struct cli_input *input)
{
    uv_buf_t buffer = uv_buf_init(input->bytes, sizeof input->bytes);
    if (input->polled || input->reading || input->giving || input->kept || !input->going || input->ended)
        return;
    input->read.data = input;
    int error = uv_fs_read(input->loop, &input->read, input->fd, &buffer, 1, -1, on_read);
    input->reading = error == 0;
    if (error != 0)
        give(input, error);
}

struct cli_input *cli_input_new(uv_loop_t *loop, int fd, cli_input_cb *got, void *ctx)
{
    struct cli_input *input = calloc(1, sizeof *input);
    if (input == NULL)
        return NULL;
    *input = (struct cli_input){.loop = loop, .got = got, .ctx = ctx, .fd = fd};
    if (uv_guess_handle(fd) == UV_FILE && lseek(fd, 0, SEEK_CUR) >= 0) {
        input->own = OWN_FD_NONE; // no need to ask
        return input;
    }
    input->polled =
        own_fd_open(&input->own, fd, O_RDONLY) && uv_poll_init(loop, &input->poll, input->own.fd) == 0;
    input->poll.data = input;
    if (!input->polled)
        own_fd_close(&input->own);
    return input;
}

void cli_input_go(struct cli_input *input)
{
    input->going = true;
    if (input->ended)
        return;
    if (input->polled) {
        (void)uv_poll_start(&input->poll, UV_READABLE, on_ready);
        return;
    }
    if (!input->kept) {
        read_next(input);
    } else if (!input->giving) {
        input->kept = false;
        give(input, input->kept_result);
    }
}

void cli_input_stop(struct cli_input *input)
{
    input->going = false;
    if (input->polled)
        (void)uv_poll_stop(&input->poll);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void cli_input_free(struct cli_input *input)
{
    if (input == NULL)
        return;
    input->freed = true;
    if (input->polled) {
        uv_close((uv_handle_t *)&input->poll, on_closed);
        own_fd_close(&input->own);
    } else if (!input->reading && !input->giving) {
        free(input);
    }
}
