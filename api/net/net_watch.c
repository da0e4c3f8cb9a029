// SPDX-License-Identifier: Apache-2.0
//
// net_watch: Wait for the kernel's messages on links, addresses and routes, then read the network in a
// thread.
//
// What the messages say is not looked at.

#include "api/net/net_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READS_A_TURN = 16, USED_MAX = 64, HANDLES = 2 };

struct net_watch {
    const struct net_watch_events *events;
    void *ctx;
    int fd, settle_ms;
    uv_poll_t poll;
    uv_timer_t timer;
    uv_work_t work; // reads into coming
    int holds;      // handles that are not closed yet, and the work while it runs
    bool freed;
    bool known; // state is what there was
    bool reading, whole;
    uint64_t news_at;        // loop time of the first news not read yet; 0 none
    struct net_state *state; // as compared last
    struct net_state *coming;
};

static void on_timer(uv_timer_t *timer);

// News is read when no more has come for a while, or after the longest wait.
static void arm(struct net_watch *watch)
{
    uv_update_time(watch->poll.loop);
    uint64_t now = uv_now(watch->poll.loop);
    uint64_t wait = (uint64_t)watch->settle_ms;
    if (watch->news_at == 0)
        watch->news_at = now > 0 ? now : 1;
    uint64_t latest = watch->news_at + (uint64_t)watch->settle_ms * NET_WATCH_LATEST_MS / NET_WATCH_SETTLE_MS;
    if (now + wait > latest)
        wait = latest > now ? latest - now : 0;
    (void)uv_timer_start(&watch->timer, on_timer, wait, 0);
}

static void release(struct net_watch *watch)
{
    if (--watch->holds > 0)
        return;
    if (watch->fd >= 0)
        (void)close(watch->fd);
    free(watch->state);
    free(watch->coming);
    free(watch);
}

// --- reading ---

static void read_state(uv_work_t *work)
{
    struct net_watch *watch = work->data;
    watch->whole = net_state_read(watch->coming);
}

static void compare(struct net_watch *watch)
{
    struct net_address used[USED_MAX];
    struct net_state *old = watch->state;
    bool first = !watch->known;
    watch->state = watch->coming;
    watch->coming = old;
    watch->known = true;
    if (first)
        return;
    size_t count = watch->events->used != NULL ? watch->events->used(watch->ctx, used, USED_MAX) : 0;
    const struct net_change change = net_state_compare(old, watch->state, used, count);
    if (change.kind != NET_SAME)
        watch->events->changed(watch->ctx, &change);
}

static void on_read(uv_work_t *work, int status)
{
    struct net_watch *watch = work->data;
    watch->reading = false;
    if (!watch->freed && (status != 0 || !watch->whole || watch->news_at != 0))
        arm(watch);
    if (!watch->freed && status == 0 && watch->whole)
        compare(watch); // the watch may be ended from inside
    release(watch);
}

static void begin(struct net_watch *watch)
{
    watch->news_at = 0;
    watch->reading = uv_queue_work(watch->poll.loop, &watch->work, read_state, on_read) == 0;
    if (watch->reading)
        watch->holds++;
    else
        arm(watch);
}

static void on_timer(uv_timer_t *timer)
{
    struct net_watch *watch = timer->data;
    if (!watch->reading) // else on_read sees that there is news
        begin(watch);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct net_watch *watch = poll->data;
    char message[4096]; // what is longer is cut
    bool news = false;
    (void)events;
    // That messages were lost is an error of the socket, at which libuv stops; reading clears it.
    if (status < 0)
        (void)uv_poll_start(poll, UV_READABLE, on_readable);
    for (int i = 0; i < READS_A_TURN; i++) {
        ssize_t length = recv(watch->fd, message, sizeof message, MSG_DONTWAIT);
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        news = true;
        if (length >= 0 || errno == ENOBUFS)
            continue;
        (void)uv_poll_stop(poll); // for good: the rest goes on without it
        break;
    }
    if (news)
        arm(watch);
}

// --- beginning and ending ---

static int open_socket(void)
{
    struct sockaddr_nl here = {.nl_family = AF_NETLINK,
                               .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
                                            RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&here, sizeof here) < 0) {
        int error = errno;
        (void)close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

enum status net_watch_new(uv_loop_t *loop, int settle_ms, const struct net_watch_events *events, void *ctx,
                          struct net_watch **out, struct failure *why)
{
    *out = NULL;
    struct net_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    watch->events = events;
    watch->ctx = ctx;
    watch->settle_ms = settle_ms > 0 ? settle_ms : NET_WATCH_SETTLE_MS;
    watch->holds = HANDLES;
    watch->fd = -1;
    watch->state = calloc(1, sizeof *watch->state);
    watch->coming = calloc(1, sizeof *watch->coming);
    if (watch->state == NULL || watch->coming == NULL)
        (void)fail(why, STATUS_NO_MEMORY, "%s", "");
    else if ((watch->fd = open_socket()) < 0 || uv_poll_init(loop, &watch->poll, watch->fd) != 0)
        (void)fail(why, STATUS_INTERNAL, "can't watch for network changes: %s", strerror(errno));
    else
        *out = watch;
    if (*out == NULL) {
        watch->holds = 1;
        release(watch);
        return why->status;
    }
    (void)uv_timer_init(loop, &watch->timer);
    watch->poll.data = watch->timer.data = watch->work.data = watch;
    (void)uv_poll_start(&watch->poll, UV_READABLE, on_readable);
    // What only watches keeps no loop alive.
    uv_unref((uv_handle_t *)&watch->poll);
    uv_unref((uv_handle_t *)&watch->timer);
    begin(watch);
    return STATUS_OK;
}

static void on_closed(uv_handle_t *handle)
{
    release(handle->data);
}

void net_watch_free(struct net_watch *watch)
{
    if (watch == NULL || watch->freed)
        return;
    watch->freed = true;
    if (watch->reading)
        (void)uv_cancel((uv_req_t *)&watch->work); // on_read comes in any case
    uv_close((uv_handle_t *)&watch->poll, on_closed);
    uv_close((uv_handle_t *)&watch->timer, on_closed);
}

bool net_watch_is_ready(const struct net_watch *watch)
{
    return watch->known;
}

bool net_watch_has(const struct net_watch *watch, const struct net_address *address)
{
    return !watch->known || net_state_has(watch->state, address);
}
