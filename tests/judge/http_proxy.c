// SPDX-License-Identifier: Apache-2.0
//
// http_proxy: Pass requests on and alter their answers, in a thread for each connection, one request after
// the other.

#include "tests/judge/http_proxy.h"
#include "tests/support/loopback.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, REQUEST_CAP = 65536, ANSWER_CHUNK = 65536 };

struct proxy {
    int listener;
    char url[64];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;           // on the monotonic clock
    int connections[CONNECTIONS_MAX]; // -1: free
    size_t open;
    bool ending; // of the turn
    const struct support_emulator *emulator;
    const struct alteration *alteration;
    struct exchange log[PROXY_LOG_MAX];
    size_t count;
};

struct connection {
    struct proxy *proxy;
    int fd;
    size_t place;
};

// --- the emulator ---

static int connect_to(const struct support_emulator *emulator)
{
    return loopback_connect((int)strtol(strrchr(emulator->base_url, ':') + 1, NULL, 10));
}

static char *read_all(int fd)
{
    char *text = NULL;
    size_t length = 0, cap = 0;
    for (;;) {
        if (cap - length < ANSWER_CHUNK) {
            char *grown = realloc(text, cap + 2 * ANSWER_CHUNK);
            if (grown == NULL)
                break;
            text = grown;
            cap += 2 * ANSWER_CHUNK;
        }
        ssize_t count = recv(fd, text + length, cap - length - 1, 0);
        if (count <= 0)
            break;
        length += (size_t)count;
    }
    if (text != NULL)
        text[length] = '\0';
    return text;
}

// key NULL: the emulator's own.
static int ask(const struct support_emulator *emulator, const char *method, const char *path, const char *key,
               const char *body, char **answer)
{
    char head[2048];
    *answer = NULL;
    int fd = connect_to(emulator);
    if (fd < 0)
        return 0;
    (void)snprintf(
        head, sizeof head,
        "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nauthorization: %s\r\nContent-Length: %zu\r\n\r\n",
        method, path, emulator->base_url + strlen("http://"), key != NULL ? key : emulator->api_key,
        body != NULL ? strlen(body) : 0);
    bool sent =
        loopback_send(fd, head, strlen(head)) && (body == NULL || loopback_send(fd, body, strlen(body)));
    char *text = sent ? read_all(fd) : NULL;
    (void)close(fd);
    char *end = text != NULL ? strstr(text, "\r\n\r\n") : NULL;
    int status = end != NULL ? (int)strtol(text + strcspn(text, " "), NULL, 10) : 0;
    if (end != NULL)
        *answer = strdup(end + 4);
    free(text);
    return status;
}

int proxy_ask(const struct support_emulator *emulator, const char *method, const char *path, const char *body,
              char **answer)
{
    return ask(emulator, method, path, NULL, body, answer);
}

// --- one request ---

// False: the turn ends.
static bool wait_ms(struct proxy *proxy, int ms)
{
    struct timespec until;
    int result = 0;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&proxy->lock);
    while (!proxy->ending && result == 0)
        result = pthread_cond_timedwait(&proxy->changed, &proxy->lock, &until);
    bool ending = proxy->ending;
    (void)pthread_mutex_unlock(&proxy->lock);
    return !ending;
}

// A whole request into the buffer, NUL-ended; *body points at its body. False: the connection has ended.
static bool read_request(int fd, char *buffer, char **body)
{
    size_t length = 0, wanted = 0;
    *body = NULL;
    while (*body == NULL || length < wanted) {
        ssize_t count = length < REQUEST_CAP - 1 ? recv(fd, buffer + length, REQUEST_CAP - 1 - length, 0) : 0;
        if (count <= 0)
            return false;
        length += (size_t)count;
        buffer[length] = '\0';
        char *end = *body == NULL ? strstr(buffer, "\r\n\r\n") : NULL;
        if (end == NULL)
            continue;
        const char *told = strcasestr(buffer, "\r\ncontent-length:");
        *body = end + 4;
        wanted = (size_t)(*body - buffer) + (told != NULL && told < end ? strtoul(told + 17, NULL, 10) : 0);
    }
    return true;
}

static void key_of(const char *request, char *key, size_t cap)
{
    const char *at = strcasestr(request, "\r\nauthorization:");
    key[0] = '\0';
    if (at == NULL)
        return;
    at += strlen("\r\nauthorization:");
    at += strspn(at, " ");
    (void)snprintf(key, cap, "%.*s", (int)strcspn(at, "\r"), at);
}

static struct exchange *new_exchange(struct proxy *proxy, const char *request, struct alteration *alteration)
{
    struct exchange *exchange = NULL;
    (void)pthread_mutex_lock(&proxy->lock);
    if (proxy->count < PROXY_LOG_MAX && !proxy->ending) {
        exchange = &proxy->log[proxy->count++];
        memset(exchange, 0, sizeof *exchange);
        (void)sscanf(request, "%7s %255s", exchange->method, exchange->path);
        exchange->call = call_of(exchange->method, exchange->path);
        exchange->altered = proxy->alteration != NULL && proxy->alteration->level != LEVEL_NONE &&
                            proxy->alteration->call == exchange->call;
        if (exchange->altered)
            *alteration = *proxy->alteration;
        (void)pthread_cond_broadcast(&proxy->changed);
    }
    (void)pthread_mutex_unlock(&proxy->lock);
    return exchange;
}

static bool deliver(struct proxy *proxy, int fd, const struct wire *wire)
{
    if (wire->delay_ms > 0 && !wait_ms(proxy, wire->delay_ms))
        return false;
    if (wire->trickle_ms == 0)
        return loopback_send(fd, wire->bytes, wire->size);
    for (size_t i = 0; i < wire->size; i++)
        if ((i > 0 && !wait_ms(proxy, wire->trickle_ms)) || !loopback_send(fd, wire->bytes + i, 1))
            return false;
    return true;
}

static void end_by_reset(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// True: the connection goes on.
static bool answer_one(struct proxy *proxy, int fd, char *request, const char *body)
{
    char key[256];
    struct alteration alteration = {.level = LEVEL_NONE};
    struct exchange *exchange = new_exchange(proxy, request, &alteration);
    if (exchange == NULL)
        return false;
    const struct alteration *used = exchange->altered ? &alteration : NULL;
    key_of(request, key, sizeof key);
    struct wire wire = {.status = 200};
    if (alter_passes(used)) {
        exchange->passed = true;
        exchange->status = ask(proxy->emulator, exchange->method, exchange->path, key, body, &exchange->body);
        wire.status = exchange->status;
    }
    wire.body = strdup(exchange->body != NULL ? exchange->body : "");
    wire.length = wire.body != NULL ? strlen(wire.body) : 0;
    bool made = wire.body != NULL && alter_apply(used, &wire);
    bool sent = made && deliver(proxy, fd, &wire);
    if (wire.reset)
        end_by_reset(fd);
    free(wire.bytes);
    wire.bytes = NULL;
    (void)pthread_mutex_lock(&proxy->lock);
    exchange->sent = sent;
    exchange->wire = wire;
    (void)pthread_mutex_unlock(&proxy->lock);
    // What is not right as HTTP can't be followed by another answer.
    return sent && (used == NULL || (used->level != LEVEL_HTTP && used->level != LEVEL_STATUS));
}

static void *serve(void *ctx)
{
    struct connection *connection = ctx;
    struct proxy *proxy = connection->proxy;
    char *request = malloc(REQUEST_CAP), *body = NULL;
    while (request != NULL && read_request(connection->fd, request, &body) &&
           answer_one(proxy, connection->fd, request, body))
        ;
    free(request);
    (void)pthread_mutex_lock(&proxy->lock);
    (void)close(connection->fd);
    proxy->connections[connection->place] = -1;
    proxy->open--;
    (void)pthread_cond_broadcast(&proxy->changed);
    (void)pthread_mutex_unlock(&proxy->lock);
    free(connection);
    return NULL;
}

// --- connections ---

static void take(struct proxy *proxy, int fd)
{
    pthread_t thread;
    int yes = 1;
    size_t place = 0;
    struct connection *connection = calloc(1, sizeof *connection);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)pthread_mutex_lock(&proxy->lock);
    while (place < CONNECTIONS_MAX && proxy->connections[place] >= 0)
        place++;
    bool taken = connection != NULL && place < CONNECTIONS_MAX && !proxy->ending;
    if (taken) {
        *connection = (struct connection){proxy, fd, place};
        taken = pthread_create(&thread, NULL, serve, connection) == 0;
    }
    if (taken) {
        (void)pthread_detach(thread);
        proxy->connections[place] = fd;
        proxy->open++;
    } else {
        (void)close(fd);
        free(connection);
    }
    (void)pthread_mutex_unlock(&proxy->lock);
}

static void *listen_on(void *ctx)
{
    struct proxy *proxy = ctx;
    int fd;
    while ((fd = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        take(proxy, fd);
    return NULL;
}

// --- turns ---

void proxy_rest(struct proxy *proxy)
{
    (void)pthread_mutex_lock(&proxy->lock);
    proxy->ending = true;
    (void)pthread_cond_broadcast(&proxy->changed);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (proxy->connections[i] >= 0)
            (void)shutdown(proxy->connections[i], SHUT_RDWR);
    while (proxy->open > 0)
        (void)pthread_cond_wait(&proxy->changed, &proxy->lock);
    (void)pthread_mutex_unlock(&proxy->lock);
}

void proxy_turn(struct proxy *proxy, const struct support_emulator *emulator,
                const struct alteration *alteration)
{
    proxy_rest(proxy);
    (void)pthread_mutex_lock(&proxy->lock);
    for (size_t i = 0; i < proxy->count; i++) {
        free(proxy->log[i].body);
        wire_free(&proxy->log[i].wire);
    }
    proxy->count = 0;
    proxy->emulator = emulator;
    proxy->alteration = alteration;
    proxy->ending = false;
    (void)pthread_mutex_unlock(&proxy->lock);
}

size_t proxy_count(struct proxy *proxy, enum call call)
{
    size_t count = 0;
    (void)pthread_mutex_lock(&proxy->lock);
    for (size_t i = 0; i < proxy->count; i++)
        count += proxy->log[i].call == call ? 1 : 0;
    (void)pthread_mutex_unlock(&proxy->lock);
    return count;
}

const struct exchange *proxy_log(const struct proxy *proxy, size_t *count)
{
    *count = proxy->count;
    return proxy->log;
}

const struct exchange *proxy_last(const struct proxy *proxy, enum call call)
{
    for (size_t i = proxy->count; i > 0; i--)
        if (proxy->log[i - 1].call == call)
            return &proxy->log[i - 1];
    return NULL;
}

// --- the whole ---

struct proxy *proxy_new(void)
{
    int port = 0;
    pthread_condattr_t monotonic;
    struct proxy *proxy = calloc(1, sizeof *proxy);
    if (proxy == NULL)
        return NULL;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        proxy->connections[i] = -1;
    proxy->ending = true;
    (void)pthread_mutex_init(&proxy->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&proxy->changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    proxy->listener = loopback_listen(CONNECTIONS_MAX, &port);
    (void)snprintf(proxy->url, sizeof proxy->url, "http://127.0.0.1:%d", port);
    if (proxy->listener >= 0 && pthread_create(&proxy->thread, NULL, listen_on, proxy) == 0)
        return proxy;
    perror("judge: no place to listen");
    free(proxy);
    return NULL;
}

void proxy_free(struct proxy *proxy)
{
    if (proxy == NULL)
        return;
    proxy_turn(proxy, NULL, NULL);
    proxy_rest(proxy);
    (void)shutdown(proxy->listener, SHUT_RDWR);
    (void)pthread_join(proxy->thread, NULL);
    (void)close(proxy->listener);
    (void)pthread_cond_destroy(&proxy->changed);
    (void)pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}

const char *proxy_url(const struct proxy *proxy)
{
    return proxy->url;
}
