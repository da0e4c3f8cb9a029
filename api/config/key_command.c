// SPDX-License-Identifier: Apache-2.0
//
// key_command: What it prints is read until its first line is whole; it is over when the command has ended,
// not when its output has: a daemon that it started may keep that open. What is given up is killed with all
// that it started, such as a gpg that asks on the terminal, and the terminal is put back as it was.

#include "api/config/key_command.h"

#include "api/base/process_tree.h"
#include "api/base/time_util.h"
#include "api/config/key_text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
    LINE_MAX_KEY = SECRET_MAX + 64, // with blanks around it
    READ_AT_ONCE = 512,
    READS_A_TURN = 64, // then the time is looked at: some print without end
    LOOK_MS = 20       // where the kernel can't tell of its end
};

static const char setting[] = "api_key_command";

struct running {
    pid_t pid;
    int output; // -1: at its end
    int end;    // readable when it has ended; -1: the kernel doesn't tell
    bool ended;
    int status;    // of waitpid
    int64_t until; // monotonic ms
    size_t length;
    bool whole;   // the first line is
    int terminal; // -1: none, or not ours to set
    struct termios modes;
    char line[LINE_MAX_KEY];
};

static enum status failed(struct failure *why, const char *format, const char *text)
    __attribute__((format(printf, 2, 0)));
static enum status failed(struct failure *why, const char *format, const char *text)
{
    char message[256];
    (void)snprintf(message, sizeof message, format, text);
    return advise(why, fail(why, STATUS_KEY_REFUSED, "%s %s", setting, message),
                  "run it by hand to see why, or set LEAP0_API_KEY");
}

// --- starting -----------------------------------------------------------------------------

// Nothing of ours is for a child.
static void close_all_on_exec(void)
{
    if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    long most = sysconf(_SC_OPEN_MAX); // a kernel before 5.11
    for (int fd = STDERR_FILENO + 1; fd < most; fd++)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int spawn(const struct key_command *run, int output, pid_t *pid)
{
    char shell[] = "/bin/sh", flag[] = "-c";
    char *arguments[] = {shell, flag, run->command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, ours;
    (void)sigemptyset(&none);
    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGPIPE);
    (void)sigaddset(&ours, SIGXFSZ);
    (void)sigaddset(&ours, SIGINT); // a proxy leaves these two to its tool; whoever is asked may give up
    (void)sigaddset(&ours, SIGQUIT);
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    int error = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &ours);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    close_all_on_exec();
    if (error == 0)
        error = posix_spawn(pid, shell, &files, &attributes, arguments, run->environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&files);
    return error;
}

static enum status start(const struct key_command *run, struct running *running, struct failure *why)
{
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failed(why, "could not be run: %s", strerror(errno));
    int error = spawn(run, ends[1], &running->pid);
    (void)close(ends[1]);
    running->output = ends[0];
    if (error != 0)
        return failed(why, "could not be run: %s", strerror(error));
    (void)fcntl(running->output, F_SETFL, O_NONBLOCK);
    running->end = (int)syscall(SYS_pidfd_open, running->pid, 0);
    return STATUS_OK;
}

// --- the terminal -------------------------------------------------------------------------

// It may ask there, and hide what is typed.
static void terminal_keep(struct running *running)
{
    running->terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (running->terminal < 0 || tcgetattr(running->terminal, &running->modes) == 0)
        return;
    (void)close(running->terminal);
    running->terminal = -1;
}

// failed: it had no time to put it back itself. Only in the foreground: else it is another's by now.
static void terminal_end(struct running *running, bool failed)
{
    if (running->terminal < 0)
        return;
    if (failed && tcgetpgrp(running->terminal) == getpgrp())
        (void)tcsetattr(running->terminal, TCSANOW, &running->modes);
    (void)close(running->terminal);
}

// --- its output ---------------------------------------------------------------------------

// The rest after the first line is read as well: a command that can't write it would fail.
static void take(struct running *running, const char *bytes, size_t length)
{
    const char *stop = memchr(bytes, '\n', length);
    size_t wanted = stop != NULL ? (size_t)(stop - bytes) : length;
    if (running->whole)
        return;
    if (wanted > sizeof running->line - running->length)
        wanted = sizeof running->line - running->length; // which is too long for a key
    memcpy(running->line + running->length, bytes, wanted);
    running->length += wanted;
    running->whole = stop != NULL;
}

static void read_output(struct running *running)
{
    char bytes[READ_AT_ONCE];
    ssize_t count = 1;
    for (int i = 0; i < READS_A_TURN && running->output >= 0 && count > 0; i++) {
        count = read(running->output, bytes, sizeof bytes);
        if (count > 0)
            take(running, bytes, (size_t)count);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
            (void)close(running->output);
            running->output = -1;
        }
    }
    explicit_bzero(bytes, sizeof bytes);
}

static void look_for_end(struct running *running)
{
    pid_t pid = waitpid(running->pid, &running->status, WNOHANG);
    if (pid < 0 && errno == ECHILD) // whoever started us has children's ends ignored: there is no exit code
        running->status = 0;
    running->ended = pid == running->pid || (pid < 0 && errno == ECHILD);
}

// Until it has ended. STATUS_OK, TIMED_OUT, CANCELLED.
static enum status wait_for(const struct key_command *run, struct running *running)
{
    while (!running->ended) {
        struct pollfd ready[] = {{.fd = running->output, .events = POLLIN},
                                 {.fd = running->end, .events = POLLIN},
                                 {.fd = run->cancel_fd, .events = POLLIN}};
        int64_t left = running->until - time_monotonic_ms();
        if (left <= 0)
            return STATUS_TIMED_OUT;
        if (running->end < 0 && left > LOOK_MS)
            left = LOOK_MS;
        (void)poll(ready, sizeof ready / sizeof ready[0], (int)left);
        if (ready[2].revents != 0)
            return STATUS_CANCELLED;
        read_output(running);
        look_for_end(running);
    }
    read_output(running);
    return STATUS_OK;
}

static enum status judge(const struct running *running, struct secret **key, struct failure *why)
{
    char text[48];
    if (WIFSIGNALED(running->status)) {
        (void)snprintf(text, sizeof text, "%d (%.30s)", WTERMSIG(running->status),
                       strsignal(WTERMSIG(running->status)));
        return failed(why, "was killed by signal %s", text);
    }
    if (WEXITSTATUS(running->status) != 0) {
        (void)snprintf(text, sizeof text, "%d", WEXITSTATUS(running->status));
        return failed(why, "exited with code %s", text);
    }
    if (running->length == sizeof running->line)
        return advise(why,
                      fail(why, STATUS_KEY_REFUSED, "the first line of %s is longer than any key", setting),
                      "run it by hand to see what it prints");
    enum status status =
        key_from_text("the first line of api_key_command", running->line, running->length, key, why);
    return key_misread(status, "run it by hand to see what it prints", why);
}

enum status key_command_run(const struct key_command *run, struct secret **key, struct failure *why)
{
    struct running running = {.pid = -1, .output = -1, .end = -1, .terminal = -1};
    char text[32];
    *key = NULL;
    running.until = time_monotonic_ms() + run->timeout_ms;
    terminal_keep(&running);
    enum status status = start(run, &running, why);
    if (status == STATUS_OK) {
        status = wait_for(run, &running);
        if (!running.ended) {
            process_tree_kill(running.pid);
            (void)waitpid(running.pid, NULL, 0);
        }
        (void)snprintf(text, sizeof text, "%g", run->timeout_ms / 1000.0);
        if (status == STATUS_TIMED_OUT)
            status = failed(why, "took longer than %s s and was killed", text);
        else if (status == STATUS_CANCELLED)
            status = fail(why, status, "%s was given up", setting);
        else
            status = judge(&running, key, why);
    }
    terminal_end(&running, status != STATUS_OK);
    if (running.output >= 0)
        (void)close(running.output);
    if (running.end >= 0)
        (void)close(running.end);
    sodium_memzero(running.line, sizeof running.line);
    return status;
}
