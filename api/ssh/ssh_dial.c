// SPDX-License-Identifier: Apache-2.0
//
// ssh_dial: Connect to a host by name, with curl.
//
// curl closes a connection that it was only to make as soon as the transfer is taken off its list; so closing
// is ours to do, and the socket that is connected by then is kept instead.

#include "api/ssh/ssh_dial.h"

#include "api/base/curl_loop.h"
#include "api/base/time_util.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DIAL_HOST_CAP = 256, DIAL_URL_CAP = DIAL_HOST_CAP + 32 };

struct ssh_dial {
    struct curl_loop *curl_loop;
    CURL *easy;
    char host[DIAL_HOST_CAP];
    int port, timeout_ms;
    int kept; // the connected socket, -1 until there is one
    bool reported_resolved, added;
    const struct ssh_dial_events *events;
    void *ctx;
};

static curl_socket_t socket_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct ssh_dial *dial = ctx;
    int on = 1;
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
    if (fd >= 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!dial->reported_resolved && dial->events != NULL)
        dial->events->resolved(dial->ctx);
    dial->reported_resolved = true;
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

static int socket_close(void *ctx, curl_socket_t fd)
{
    struct ssh_dial *dial = ctx;
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (dial->kept < 0 && getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
        dial->kept = fd;
    else
        (void)close(fd);
    return 0;
}

static void say_why(const struct ssh_dial *dial, CURLcode result, struct failure *why)
{
    long cause = 0;
    char within[TIME_SPAN_CAP];
    (void)curl_easy_getinfo(dial->easy, CURLINFO_OS_ERRNO, &cause);
    if (result == CURLE_COULDNT_RESOLVE_HOST)
        (void)fail(why, STATUS_SSH_FAILED, "can't resolve %s", dial->host);
    else if (result == CURLE_OPERATION_TIMEDOUT || cause == ETIMEDOUT)
        (void)fail(why, STATUS_TIMED_OUT, "%s port %d did not answer within %s", dial->host, dial->port,
                   time_format_span(dial->timeout_ms + 999, within));
    else if (cause == ECONNREFUSED)
        (void)fail(why, STATUS_SSH_FAILED, "%s port %d refused the connection", dial->host, dial->port);
    else if (cause != 0)
        (void)fail(why, STATUS_SSH_FAILED, "no connection to %s port %d: %s", dial->host, dial->port,
                   strerror((int)cause));
    else
        (void)fail(why, STATUS_SSH_FAILED, "no connection to %s port %d: %s", dial->host, dial->port,
                   curl_easy_strerror(result));
}

static void on_done(void *ctx, CURL *easy, CURLcode result)
{
    struct ssh_dial *dial = ctx;
    const struct ssh_dial_events *events = dial->events;
    struct failure why = {.status = STATUS_OK};
    int fd = dial->kept;
    (void)easy;
    dial->added = false;
    dial->events = NULL;
    if (result == CURLE_OK && fd >= 0) {
        dial->kept = -1;
        events->done(dial->ctx, fd, &why);
        return;
    }
    say_why(dial, result, &why);
    events->done(dial->ctx, -1, &why);
}

static bool set_up(struct ssh_dial *dial)
{
    char url[DIAL_URL_CAP];
    CURL *easy = dial->easy;
    bool is_ipv6 = strchr(dial->host, ':') != NULL;
    int name = (int)strcspn(dial->host, "%"); // a zone follows; in a URL its sign is escaped
    const char *zone = dial->host[name] == '%' ? dial->host + name + 1 : NULL;
    if (is_ipv6 && zone != NULL)
        (void)snprintf(url, sizeof url, "http://[%.*s%%25%s]:%d/", name, dial->host, zone, dial->port);
    else
        (void)snprintf(url, sizeof url, is_ipv6 ? "http://[%s]:%d/" : "http://%s:%d/", dial->host,
                       dial->port);
    return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           // else a slow name server freezes the loop when this is given up
           curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)dial->timeout_ms) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_open) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, dial) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, socket_close) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, dial) == CURLE_OK;
}

struct ssh_dial *ssh_dial_start(uv_loop_t *loop, const char *host, int port, int timeout_ms,
                                const struct ssh_dial_events *events, void *ctx)
{
    struct ssh_dial *dial = calloc(1, sizeof *dial);
    if (dial == NULL)
        return NULL;
    dial->kept = -1;
    dial->port = port;
    dial->timeout_ms = timeout_ms;
    dial->events = events;
    dial->ctx = ctx;
    (void)snprintf(dial->host, sizeof dial->host, "%s", host);
    dial->curl_loop = curl_loop_new(loop, on_done, dial);
    dial->easy = dial->curl_loop != NULL ? curl_easy_init() : NULL;
    if (dial->easy == NULL || !set_up(dial) || !curl_loop_add(dial->curl_loop, dial->easy)) {
        ssh_dial_free(dial);
        return NULL;
    }
    dial->added = true;
    return dial;
}

void ssh_dial_free(struct ssh_dial *dial)
{
    if (dial == NULL)
        return;
    dial->events = NULL;
    if (dial->added)
        curl_loop_remove(dial->curl_loop, dial->easy);
    curl_easy_cleanup(dial->easy);
    curl_loop_free(dial->curl_loop);
    if (dial->kept >= 0)
        (void)close(dial->kept);
    free(dial);
}
