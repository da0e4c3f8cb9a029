// SPDX-License-Identifier: Apache-2.0
//
// net_watch: owns the netlink socket and when it is asked. One list at a time is asked for: links, addresses,
// routes. A list that was changed while it was told, or that was cut short, is asked for again after the next
// quiet while. Only what the kernel itself has sent is looked at.

#include "api/net/net_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER_CAP = 64 * 1024, // the kernel makes none larger than 32 KiB
    READS_A_TURN = 16,
    USED_MAX = 64,
    HANDLES = 2
};

static const unsigned short lists[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE};
enum { LISTS = sizeof lists / sizeof lists[0] };

struct net_watch {
    const struct net_watch_events *events;
    void *ctx;
    int fd, settle_ms;
    uint32_t port; // of our socket: what answers us bears it, what others have caused does not
    uv_poll_t poll;
    uv_timer_t timer;
    int handles;
    bool freed;
    bool known;               // state is what there was
    bool asking;              // lists come in, into next
    bool again;               // what comes in is not whole, or old already
    size_t list;              // that comes in
    uint32_t sequence;        // of its question
    uint64_t news_at;         // loop time of the first news not looked at; 0 none
    struct net_state *state;  // as compared last
    struct net_state *coming; // being filled
    unsigned char buffer[BUFFER_CAP];
};

// --- asking ---

static void on_timer(uv_timer_t *timer);

// News is looked at when no more has come for a while, or after the longest wait.
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

static bool ask(struct net_watch *watch)
{
    struct {
        struct nlmsghdr head;
        struct rtgenmsg body;
    } question;
    memset(&question, 0, sizeof question);
    question.head.nlmsg_len = NLMSG_LENGTH(sizeof question.body);
    question.head.nlmsg_type = lists[watch->list];
    question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    question.head.nlmsg_seq = ++watch->sequence;
    question.body.rtgen_family = AF_UNSPEC;
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    return sendto(watch->fd, &question, question.head.nlmsg_len, MSG_DONTWAIT | MSG_NOSIGNAL,
                  (struct sockaddr *)&kernel, sizeof kernel) >= 0;
}

static void begin(struct net_watch *watch)
{
    memset(watch->coming, 0, sizeof *watch->coming);
    watch->news_at = 0;
    watch->list = 0;
    watch->again = false;
    watch->asking = ask(watch);
    if (!watch->asking)
        arm(watch); // the kernel has no room for the answer now
}

static void on_timer(uv_timer_t *timer)
{
    struct net_watch *watch = timer->data;
    // A list under way when its time comes was lost on the way: the numbers tell its rest apart.
    begin(watch);
}

// --- what comes ---

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

static void list_is_over(struct net_watch *watch, bool good)
{
    watch->asking = false;
    if (!good || watch->again) {
        arm(watch);
        return;
    }
    if (++watch->list < LISTS) {
        watch->asking = ask(watch);
        if (!watch->asking)
            arm(watch);
        return;
    }
    compare(watch);
}

static void take(struct net_watch *watch, const unsigned char *bytes, size_t length)
{
    for (size_t used = 0; length > 0 && !watch->freed; bytes += used, length -= used) {
        bool interrupted = false;
        struct nlmsghdr head = {.nlmsg_pid = 0};
        if (length >= sizeof head)
            memcpy(&head, bytes, sizeof head);
        bool answer = head.nlmsg_pid == watch->port && head.nlmsg_seq != 0;
        bool ours = answer && watch->asking && head.nlmsg_seq == watch->sequence;
        enum net_message message =
            net_state_take(ours ? watch->coming : NULL, bytes, length, &used, &interrupted);
        if (interrupted && ours)
            watch->again = true;
        if (ours && (message == NET_MESSAGE_DONE || message == NET_MESSAGE_ERROR))
            list_is_over(watch, message == NET_MESSAGE_DONE);
        else if (!answer && message == NET_MESSAGE_NEWS)
            arm(watch);
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct net_watch *watch = poll->data;
    (void)events;
    // That messages were lost is an error of the socket, at which libuv stops; reading takes it off.
    if (status < 0)
        (void)uv_poll_start(poll, UV_READABLE, on_readable);
    for (int i = 0; i < READS_A_TURN && !watch->freed; i++) {
        struct sockaddr_nl from = {.nl_pid = 0};
        socklen_t size = sizeof from;
        ssize_t length = recvfrom(watch->fd, watch->buffer, sizeof watch->buffer, MSG_DONTWAIT | MSG_TRUNC,
                                  (struct sockaddr *)&from, &size);
        if (length < 0 && errno == ENOBUFS) { // messages were lost
            watch->again = watch->asking;
            arm(watch);
            continue;
        }
        if (length < 0 && errno != EAGAIN && errno != EINTR)
            (void)uv_poll_stop(poll); // for good: the rest goes on without it
        if (length < 0)
            return;
        if (size != sizeof from || from.nl_family != AF_NETLINK || from.nl_pid != 0)
            continue;
        if ((size_t)length > sizeof watch->buffer) {
            watch->again = watch->asking;
            arm(watch);
            length = (ssize_t)sizeof watch->buffer;
        }
        take(watch, watch->buffer, (size_t)length);
    }
}

// --- beginning and ending ---

static int open_socket(uint32_t *port)
{
    struct sockaddr_nl here = {.nl_family = AF_NETLINK,
                               .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
                                            RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    socklen_t size = sizeof here;
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&here, sizeof here) < 0 ||
                    getsockname(fd, (struct sockaddr *)&here, &size) < 0)) {
        int error = errno;
        (void)close(fd);
        errno = error;
        fd = -1;
    }
    *port = here.nl_pid;
    return fd;
}

static void free_all(struct net_watch *watch)
{
    free(watch->state);
    free(watch->coming);
    free(watch);
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
    watch->state = calloc(1, sizeof *watch->state);
    watch->coming = calloc(1, sizeof *watch->coming);
    if (watch->state == NULL || watch->coming == NULL) {
        free_all(watch);
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    }
    watch->fd = open_socket(&watch->port);
    if (watch->fd < 0 || uv_poll_init(loop, &watch->poll, watch->fd) != 0) {
        (void)fail(why, STATUS_INTERNAL, "can't watch for network changes: %s", strerror(errno));
        if (watch->fd >= 0)
            (void)close(watch->fd);
        free_all(watch);
        return why->status;
    }
    (void)uv_timer_init(loop, &watch->timer);
    watch->poll.data = watch->timer.data = watch;
    watch->handles = HANDLES;
    (void)uv_poll_start(&watch->poll, UV_READABLE, on_readable);
    // What only watches keeps no loop alive.
    uv_unref((uv_handle_t *)&watch->poll);
    uv_unref((uv_handle_t *)&watch->timer);
    begin(watch);
    *out = watch;
    return STATUS_OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct net_watch *watch = handle->data;
    if (--watch->handles > 0)
        return;
    (void)close(watch->fd);
    free_all(watch);
}

void net_watch_free(struct net_watch *watch)
{
    if (watch == NULL || watch->freed)
        return;
    watch->freed = true;
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
