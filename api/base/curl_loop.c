// SPDX-License-Identifier: Apache-2.0
//
// curl_loop: Watch curl's sockets and its timer with libuv handles. What is watched is a duplicate of
// curl's socket: libuv aborts the program when a descriptor is closed while it is watched, and curl closes
// its own when it likes. Memory is freed when the last handle has closed.

#include "api/base/curl_loop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_MS = 20 }; // at a socket for which there is no descriptor to watch

struct watched {
    union {
        uv_handle_t handle;
        uv_poll_t poll;
        uv_timer_t timer; // where duplicate is -1
    };
    struct curl_loop *owner;
    curl_socket_t socket;
    int duplicate;
    int events; // that curl waits for
    struct watched *next, **link;
};

struct curl_loop {
    uv_loop_t *loop;
    uv_timer_t timer;
    CURLM *multi;
    curl_loop_done *done;
    void *ctx;
    struct watched *watched;
    bool closing;
};

// Tells of what is over. A callback may free the curl_loop: its memory lives until the loop's next turn.
static void collect(struct curl_loop *curl_loop)
{
    CURLMsg *message = NULL;
    int left = 0;
    while (!curl_loop->closing && (message = curl_multi_info_read(curl_loop->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        (void)curl_multi_remove_handle(curl_loop->multi, easy);
        curl_loop->done(curl_loop->ctx, easy, result);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct curl_loop *curl_loop = timer->data;
    int running = 0;
    (void)curl_multi_socket_action(curl_loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(curl_loop);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watched *watched = poll->data;
    struct curl_loop *curl_loop = watched->owner;
    int flags = 0, running = 0;
    if (status < 0) {
        // libuv has stopped watching a socket in error; curl is to look at it, and goes on watching unless it
        // says otherwise.
        flags = CURL_CSELECT_ERR | CURL_CSELECT_IN | CURL_CSELECT_OUT;
        (void)uv_poll_start(poll, watched->events, on_ready);
    }
    if ((events & UV_READABLE) != 0)
        flags |= CURL_CSELECT_IN;
    if ((events & UV_WRITABLE) != 0)
        flags |= CURL_CSELECT_OUT;
    (void)curl_multi_socket_action(curl_loop->multi, watched->socket, flags, &running);
    collect(curl_loop);
}

// curl finds out by itself what there is.
static void on_look(uv_timer_t *timer)
{
    struct watched *watched = timer->data;
    struct curl_loop *curl_loop = watched->owner;
    int running = 0;
    (void)curl_multi_socket_action(curl_loop->multi, watched->socket, 0, &running);
    collect(curl_loop);
}

static void watched_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void unwatch(struct watched *watched)
{
    *watched->link = watched->next;
    if (watched->next != NULL)
        watched->next->link = watched->link;
    if (watched->duplicate >= 0)
        (void)uv_poll_stop(&watched->poll);
    uv_close(&watched->handle, watched_closed);
    if (watched->duplicate >= 0)
        (void)close(watched->duplicate);
}

// Once it is told that a socket can't be watched, curl does nothing any more, for any of them.
static bool handle_begin(struct watched *watched, uv_loop_t *loop)
{
    watched->duplicate = fcntl(watched->socket, F_DUPFD_CLOEXEC, 0);
    if (watched->duplicate >= 0 && uv_poll_init_socket(loop, &watched->poll, watched->duplicate) == 0)
        return true;
    if (watched->duplicate >= 0)
        (void)close(watched->duplicate);
    watched->duplicate = -1;
    return uv_timer_init(loop, &watched->timer) == 0 &&
           uv_timer_start(&watched->timer, on_look, LOOK_MS, LOOK_MS) == 0;
}

static struct watched *watch(struct curl_loop *curl_loop, curl_socket_t socket)
{
    struct watched *watched = calloc(1, sizeof *watched);
    if (watched == NULL)
        return NULL;
    watched->socket = socket;
    watched->owner = curl_loop;
    if (!handle_begin(watched, curl_loop->loop)) {
        free(watched);
        return NULL;
    }
    watched->handle.data = watched;
    watched->next = curl_loop->watched;
    watched->link = &curl_loop->watched;
    if (watched->next != NULL)
        watched->next->link = &watched->next;
    curl_loop->watched = watched;
    return watched;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *ctx, void *of_socket)
{
    struct curl_loop *curl_loop = ctx;
    struct watched *watched = of_socket;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watched != NULL)
            unwatch(watched);
        (void)curl_multi_assign(curl_loop->multi, socket, NULL);
        return 0;
    }
    if (watched == NULL) {
        watched = watch(curl_loop, socket);
        if (watched == NULL)
            return -1;
        (void)curl_multi_assign(curl_loop->multi, socket, watched);
    }
    int events =
        ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) | ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    watched->events = events;
    if (watched->duplicate < 0)
        return 0;
    return uv_poll_start(&watched->poll, events, on_ready) < 0 ? -1 : 0;
}

static int on_timeout_wanted(CURLM *multi, long timeout_ms, void *ctx)
{
    struct curl_loop *curl_loop = ctx;
    (void)multi;
    if (timeout_ms < 0)
        (void)uv_timer_stop(&curl_loop->timer);
    else
        (void)uv_timer_start(&curl_loop->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

static bool started;

static void start_curl(void)
{
    started = curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK;
}

bool curl_loop_prepare(void)
{
    static uv_once_t once = UV_ONCE_INIT;
    uv_once(&once, start_curl);
    return started;
}

struct curl_loop *curl_loop_new(uv_loop_t *loop, curl_loop_done *done, void *ctx)
{
    if (!curl_loop_prepare())
        return NULL;
    struct curl_loop *curl_loop = calloc(1, sizeof *curl_loop);
    CURLM *multi = curl_multi_init();
    if (curl_loop == NULL || multi == NULL || uv_timer_init(loop, &curl_loop->timer) < 0) {
        (void)curl_multi_cleanup(multi);
        free(curl_loop);
        return NULL;
    }
    curl_loop->loop = loop;
    curl_loop->timer.data = curl_loop;
    curl_loop->multi = multi;
    curl_loop->done = done;
    curl_loop->ctx = ctx;
    (void)curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, curl_loop);
    (void)curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
    (void)curl_multi_setopt(multi, CURLMOPT_TIMERDATA, curl_loop);
    return curl_loop;
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void curl_loop_free(struct curl_loop *curl_loop)
{
    if (curl_loop == NULL || curl_loop->closing)
        return;
    curl_loop->closing = true;
    (void)curl_multi_cleanup(curl_loop->multi); // closes what is idle, by on_socket too
    while (curl_loop->watched != NULL)
        unwatch(curl_loop->watched);
    (void)uv_timer_stop(&curl_loop->timer);
    uv_close((uv_handle_t *)&curl_loop->timer, timer_closed);
}

bool curl_loop_add(struct curl_loop *curl_loop, CURL *easy)
{
    return curl_multi_add_handle(curl_loop->multi, easy) == CURLM_OK;
}

void curl_loop_remove(struct curl_loop *curl_loop, CURL *easy)
{
    (void)curl_multi_remove_handle(curl_loop->multi, easy);
}
