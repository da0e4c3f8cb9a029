// SPDX-License-Identifier: Apache-2.0
//
// relay_pump: Move bytes between the tool's two descriptors and a socket pair, whose other end is libssh's.
//
// OpenSSH gives a ProxyCommand two pipes, and libssh wants one socket. Nothing waits in here: what does not
// go stays in the pipe, in the pair or in libssh. Only the tool's descriptors are watched; libssh's end is
// read and written in the same turn, so the pumps add none.

#include "api/relay/relay_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// A descriptor that its owner closes while libuv watches it makes libuv abort: a duplicate is watched.
struct relay_watch {
    uv_poll_t poll;
    struct relay *relay; // NULL: over
    int fd, events;
};

// --- watching ---

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct relay_watch *watch = poll->data;
    (void)events;
    if (watch->relay == NULL)
        return;
    if (status < 0) // libuv has stopped to watch it; reading or writing tells what is wrong
        watch->events = 0;
    watch->relay->turn(watch->relay);
}

static void watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct relay_watch *watch_new(struct relay *relay, int fd)
{
    struct relay_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    watch->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (watch->fd < 0 || uv_poll_init(relay->loop, &watch->poll, watch->fd) < 0) {
        if (watch->fd >= 0)
            (void)close(watch->fd);
        free(watch);
        return NULL;
    }
    watch->relay = relay;
    watch->poll.data = watch;
    return watch;
}

static void watch_free(struct relay_watch *watch)
{
    if (watch == NULL)
        return;
    (void)uv_poll_stop(&watch->poll);
    watch->relay = NULL;
    (void)close(watch->fd);
    uv_close((uv_handle_t *)&watch->poll, watch_closed);
}

static void watch_for(struct relay_watch *watch, int events)
{
    if (watch == NULL || watch->events == events)
        return;
    watch->events = events;
    if (events == 0)
        (void)uv_poll_stop(&watch->poll);
    else
        (void)uv_poll_start(&watch->poll, events, on_ready);
}

static uint64_t out_waiting(const struct relay *relay)
{
    return relay->counter.out_bytes - relay->passed_out;
}

// What libssh holds that the pair did not take, as far as that can be told: whole messages with what wraps
// them.
static bool has_backlog(const struct relay *relay)
{
    enum { WRAPPING = 64 };
    uint64_t made = relay->messages.out_bytes + relay->messages.out_packets * WRAPPING;
    return made > relay->passed_out + RELAY_BACKLOG_CAP;
}

void relay_pump_watch(struct relay *relay)
{
    bool reads = !relay->in_ended && (relay->stage == RELAY_GONE || !has_backlog(relay));
    watch_for(relay->in_watch, reads ? UV_READABLE : 0);
    watch_for(relay->out_watch, relay->out_ended || out_waiting(relay) == 0 ? 0 : UV_WRITABLE);
}

// --- opening ---

static enum status descriptor_check(int fd, const char *name, bool *splices, struct failure *why)
{
    struct stat info;
    if (isatty(fd) != 0)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "%s is a terminal, not an SSH client", name),
                      "this is for ssh's ProxyCommand: run sbxdeck setup ssh, then ssh NAME.leap0");
    if (fstat(fd, &info) != 0)
        return fail(why, STATUS_BAD_ARGUMENT, "%s is closed", name);
    if (!S_ISFIFO(info.st_mode) && !S_ISSOCK(info.st_mode))
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "%s is neither a pipe nor a socket", name),
                      "this is for ssh's ProxyCommand: run sbxdeck setup ssh, then ssh NAME.leap0");
    *splices = S_ISFIFO(info.st_mode);
    return STATUS_OK;
}

static int set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return flags;
}

enum status relay_pump_open(struct relay *relay, int in_fd, int out_fd, int *local, struct failure *why)
{
    int ends[2];
    int size = RELAY_SOCKET;
    enum status status = descriptor_check(in_fd, "standard input", &relay->in_splices, why);
    if (status == STATUS_OK)
        status = descriptor_check(out_fd, "standard output", &relay->out_splices, why);
    if (status != STATUS_OK)
        return status;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(why, STATUS_INTERNAL, "no socket pair: %s", strerror(errno));
    relay->pair = ends[0];
    *local = ends[1];
    for (int i = 0; i < 2; i++)
        (void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    relay->in_fd = in_fd;
    relay->out_fd = out_fd;
    relay->in_flags = set_nonblocking(in_fd);
    relay->out_flags = set_nonblocking(out_fd);
    if (relay->in_splices)
        (void)fcntl(in_fd, F_SETPIPE_SZ, RELAY_PIPE);
    if (relay->out_splices)
        (void)fcntl(out_fd, F_SETPIPE_SZ, RELAY_PIPE);
    if (!relay->in_splices || !relay->out_splices)
        relay->copy = malloc(RELAY_COPY);
    relay->in_watch = watch_new(relay, in_fd);
    relay->out_watch = watch_new(relay, out_fd);
    if (relay->in_watch == NULL || relay->out_watch == NULL ||
        (relay->copy == NULL && !(relay->in_splices && relay->out_splices)))
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    return STATUS_OK;
}

void relay_pump_close(struct relay *relay)
{
    watch_free(relay->in_watch);
    watch_free(relay->out_watch);
    relay->in_watch = NULL;
    relay->out_watch = NULL;
    if (relay->pair >= 0)
        (void)close(relay->pair);
    relay->pair = -1;
    // As they were: others may have the same pipe.
    if (relay->out_fd >= 0 && relay->out_flags >= 0)
        (void)fcntl(relay->out_fd, F_SETFL, relay->out_flags);
    if (relay->in_fd >= 0 && relay->in_flags >= 0)
        (void)fcntl(relay->in_fd, F_SETFL, relay->in_flags);
    relay->in_fd = relay->out_fd = -1;
}

// --- moving ---

enum moved { MOVED_NONE = 0, MOVED_END = -1, MOVED_BROKEN = -2 };

static ssize_t moved(ssize_t count)
{
    if (count > 0)
        return count;
    if (count == 0)
        return MOVED_END;
    return errno == EAGAIN || errno == EINTR || errno == EWOULDBLOCK ? MOVED_NONE : MOVED_BROKEN;
}

// Of sockets: looks, writes what goes, and takes so much away.
static ssize_t copy(int from, int to, char *memory)
{
    ssize_t count = recv(from, memory, RELAY_COPY, MSG_PEEK | MSG_DONTWAIT);
    if (count <= 0)
        return moved(count);
    ssize_t sent = send(to, memory, (size_t)count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0)
        return sent == 0 ? MOVED_NONE : moved(sent);
    (void)recv(from, memory, (size_t)sent, MSG_DONTWAIT);
    return sent;
}

bool relay_pump_in(struct relay *relay)
{
    ssize_t count = 0;
    if (relay->in_ended || has_backlog(relay))
        return false;
    if (relay->in_splices)
        count = moved(
            splice(relay->in_fd, NULL, relay->pair, NULL, RELAY_SPLICE, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
    else
        count = copy(relay->in_fd, relay->pair, relay->copy);
    if (count > 0) {
        relay->passed_in += (uint64_t)count;
        return true;
    }
    if (count != MOVED_NONE)
        relay->in_ended = true;
    return count != MOVED_NONE;
}

bool relay_pump_out(struct relay *relay)
{
    ssize_t count = 0;
    bool did = false;
    while (!relay->out_ended && out_waiting(relay) > 0) {
        if (relay->out_splices)
            count = moved(splice(relay->pair, NULL, relay->out_fd, NULL, RELAY_SPLICE,
                                 SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
        else
            count = copy(relay->pair, relay->out_fd, relay->copy);
        if (count == MOVED_NONE)
            break;
        did = true;
        if (count > 0)
            relay->passed_out += (uint64_t)count;
        else
            relay->out_ended = true; // the tool does not listen any more
    }
    return did;
}

bool relay_pump_is_empty(const struct relay *relay)
{
    return relay->out_ended || out_waiting(relay) == 0;
}

bool relay_pump_is_deserted(struct relay *relay)
{
    char bytes[4096];
    ssize_t count = 1;
    while (!relay->in_ended && !relay->out_ended && count > 0) {
        count = moved(read(relay->in_fd, bytes, sizeof bytes));
        if (count < 0)
            relay->in_ended = true;
    }
    return relay->in_ended || relay->out_ended;
}

static bool has_more(const struct relay *relay)
{
    return relay->ssh != NULL && (ssh_get_status(relay->ssh) & SSH_WRITE_PENDING) != 0;
}

void relay_pump_flush(struct relay *relay)
{
    if (relay->depth > 0) // the turn does it
        return;
    (void)relay_pump_out(relay);
    if (has_more(relay))
        relay_kick(relay);
    relay_pump_watch(relay);
}

void relay_pump_drop(int local)
{
    (void)close(local);
}
