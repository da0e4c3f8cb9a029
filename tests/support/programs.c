// SPDX-License-Identifier: Apache-2.0
//
// programs: Run programs, to their end or in a PTY. Children get a group of their own, so that a deadline can
// end them with all that they have started.

#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

enum { CHUNK = 65536, CANNOT_RUN = 127 };

static void child_run(const char *const argv[], const char *const environment[])
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    // What this process ignores (nohup's HUP, INT and QUIT of a job in the background) a child would ignore
    // too.
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    for (size_t i = 0; environment != NULL && environment[i] != NULL; i++)
        (void)putenv((char *)environment[i]);
    (void)execvp(argv[0], (char *const *)argv);
    (void)dprintf(STDERR_FILENO, "support: %s: %s\n", argv[0], strerror(errno));
    _exit(CANNOT_RUN);
}

static void put_at(int fd, int place)
{
    int from = fd >= 0 ? fd : open("/dev/null", O_RDWR);
    if (from == place)
        (void)fcntl(place, F_SETFD, 0);
    else
        (void)dup2(from, place);
}

pid_t support_spawn(const char *const argv[], const char *const environment[], int in, int out, int err)
{
    pid_t pid = fork();
    if (pid < 0)
        (void)fprintf(stderr, "support: no process for %s: %s\n", argv[0], strerror(errno));
    if (pid != 0)
        return pid;
    (void)setsid();
    put_at(in, STDIN_FILENO);
    put_at(out, STDOUT_FILENO);
    put_at(err, STDERR_FILENO);
    child_run(argv, environment);
    _exit(CANNOT_RUN);
}

pid_t support_pty_spawn(const char *const argv[], const char *const environment[], bool bare, int rows,
                        int cols, int *master, int *slave)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    int own = -1;
    if (openpty(master, &own, NULL, NULL, &size) != 0) {
        (void)fprintf(stderr, "support: no PTY for %s: %s\n", argv[0], strerror(errno));
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(*master);
        (void)login_tty(own);
        if (bare)
            (void)clearenv();
        child_run(argv, environment);
    }
    (void)fcntl(*master, F_SETFD, FD_CLOEXEC);
    (void)fcntl(own, F_SETFD, FD_CLOEXEC);
    (void)fcntl(*master, F_SETFL, O_NONBLOCK);
    if (slave != NULL)
        *slave = own;
    else
        (void)close(own);
    if (pid < 0)
        (void)fprintf(stderr, "support: no process for %s: %s\n", argv[0], strerror(errno));
    return pid;
}

void support_heard_free(struct support_heard *heard)
{
    free(heard->text);
    memset(heard, 0, sizeof *heard);
}

// Reads once. False when nothing was there.
static bool hear(int fd, struct support_heard *heard)
{
    if (heard->length + CHUNK + 1 > heard->capacity) {
        size_t capacity = heard->capacity * 2 + CHUNK + 1;
        char *more = heard->length < SUPPORT_OUTPUT_CAP ? realloc(heard->text, capacity) : NULL;
        if (more == NULL) {
            heard->ended = true;
            return false;
        }
        heard->text = more;
        heard->capacity = capacity;
    }
    ssize_t count = read(fd, heard->text + heard->length, CHUNK);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (count <= 0)
        heard->ended = true;
    else
        heard->length += (size_t)count;
    heard->text[heard->length] = '\0';
    return count > 0;
}

static bool occurs(const struct support_heard *heard, size_t *from, const char *text)
{
    size_t start = from != NULL ? *from : 0;
    if (text == NULL || heard->text == NULL || start > heard->length)
        return false;
    const char *at = memmem(heard->text + start, heard->length - start, text, strlen(text));
    if (at != NULL && from != NULL)
        *from = (size_t)(at - heard->text) + strlen(text);
    return at != NULL;
}

bool support_expect(int fd, struct support_heard *heard, size_t *from, const char *text, int timeout_ms)
{
    int64_t deadline = support_now_ms() + timeout_ms;
    while (!occurs(heard, from, text)) {
        int64_t left = deadline - support_now_ms();
        if (heard->ended && text == NULL)
            return true;
        if (heard->ended || left <= 0) {
            (void)fprintf(stderr, "support: '%s' did not come (%s); heard:\n%s\n",
                          text != NULL ? text : "the end", heard->ended ? "it ended" : "time is over",
                          heard->text != NULL ? heard->text : "");
            return false;
        }
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, (int)left) > 0)
            (void)hear(fd, heard);
    }
    return true;
}

bool support_type(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
            continue;
        }
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (poll(&ready, 1, SUPPORT_WAIT_MS) <= 0)
            return false;
    }
    return true;
}

// One program that is run: its three ends here.
struct run {
    int in, out, err;
    const char *input;
    size_t input_left;
    struct support_heard heard_out, heard_err;
};

static void run_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void run_feed(struct run *run)
{
    if (run->in < 0)
        return;
    if (run->input_left > 0) {
        ssize_t count = write(run->in, run->input, run->input_left);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count < 0)
            run->input_left = 0;
        else {
            run->input += count;
            run->input_left -= (size_t)count;
        }
    }
    if (run->input_left == 0)
        run_close(&run->in);
}

// Until both outputs have ended. False at the deadline.
static bool run_pump(struct run *run, int64_t deadline)
{
    while (run->out >= 0 || run->err >= 0) {
        struct pollfd ready[3] = {
            {.fd = run->out, .events = POLLIN},
            {.fd = run->err, .events = POLLIN},
            {.fd = run->in, .events = POLLOUT},
        };
        int64_t left = deadline - support_now_ms();
        if (left <= 0)
            return false;
        if (poll(ready, 3, (int)left) <= 0)
            continue;
        if (ready[0].revents != 0)
            (void)hear(run->out, &run->heard_out);
        if (ready[1].revents != 0)
            (void)hear(run->err, &run->heard_err);
        if (ready[2].revents != 0)
            run_feed(run);
        if (run->heard_out.ended)
            run_close(&run->out);
        if (run->heard_err.ended)
            run_close(&run->err);
    }
    return true;
}

// Ends of three pipes; ours are non-blocking, none is inherited but by what is put in place for the child.
static bool make_pipes(int in[2], int out[2], int err[2])
{
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        return false;
    return fcntl(in[1], F_SETFL, O_NONBLOCK) == 0 && fcntl(out[0], F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(err[0], F_SETFL, O_NONBLOCK) == 0;
}

bool support_run(const char *const argv[], const char *const environment[], const char *input, int timeout_ms,
                 struct support_result *result)
{
    int in[2];
    int out[2];
    int err[2];
    int64_t deadline = support_now_ms() + timeout_ms;
    struct run run = {.input = input, .input_left = input != NULL ? strlen(input) : 0};
    memset(result, 0, sizeof *result);
    result->exit_code = -1;
    (void)signal(SIGPIPE, SIG_IGN);
    if (!make_pipes(in, out, err))
        return false;
    pid_t pid = support_spawn(argv, environment, in[0], out[1], err[1]);
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(err[1]);
    run.in = in[1];
    run.out = out[0];
    run.err = err[0];
    run_feed(&run);
    bool ok = pid > 0 && run_pump(&run, deadline);
    if (pid > 0) {
        int64_t left = deadline - support_now_ms();
        result->exit_code = ok ? support_wait_exit(pid, left > 0 ? (int)left : 0) : -1;
        if (result->exit_code < 0) {
            ok = false;
            (void)kill(-pid, SIGKILL);
            (void)waitpid(pid, NULL, 0);
        }
    }
    run_close(&run.in);
    run_close(&run.out);
    run_close(&run.err);
    result->out = run.heard_out.text != NULL ? run.heard_out.text : strdup("");
    result->out_length = run.heard_out.length;
    result->err = run.heard_err.text != NULL ? run.heard_err.text : strdup("");
    result->err_length = run.heard_err.length;
    return ok;
}

void support_result_free(struct support_result *result)
{
    free(result->out);
    free(result->err);
    memset(result, 0, sizeof *result);
}
