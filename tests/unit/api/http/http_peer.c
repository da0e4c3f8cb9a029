// SPDX-License-Identifier: Apache-2.0
//
// http_peer: Answer on loopback, byte by byte as the test wants. An idle handle turns the loop while pieces
// are to be sent: one piece in every second turn, with a turn between in which the client reads.

#include "tests/unit/api/http/http_peer.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST_CAP = 128 * 1024, REQUESTS_MAX = 2048, TURNS = 2 };

struct connection {
    uv_tcp_t tcp;
    struct http_peer *peer;
    struct connection *next;
    char *request;
    size_t length;
    const struct http_peer_answer *answer; // being said; NULL: none
    size_t said, size;
    int turn;
    bool closing;
};

struct http_peer {
    uv_tcp_t listener;
    uv_idle_t idle;
    int handles; // not closed yet
    bool stopping;
    struct connection *connections;
    const struct http_peer_answer *answers;
    size_t answer_count;
    char *requests[REQUESTS_MAX];
    size_t request_count, connection_count, byte_count;
    char url[64];
    int port;
};

static void on_handle_closed(struct http_peer *peer)
{
    if (--peer->handles > 0)
        return;
    http_peer_script(peer, NULL, 0);
    free(peer);
}

static void on_connection_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    struct http_peer *peer = connection->peer;
    struct connection **link = &peer->connections;
    while (*link != connection)
        link = &(*link)->next;
    *link = connection->next;
    free(connection->request);
    free(connection);
    on_handle_closed(peer);
}

static void end_connection(struct connection *connection, bool reset)
{
    if (connection->closing)
        return;
    connection->closing = true;
    connection->answer = NULL;
    if (!reset || uv_tcp_close_reset(&connection->tcp, on_connection_closed) != 0)
        uv_close((uv_handle_t *)&connection->tcp, on_connection_closed);
}

// --- saying ---

static void on_idle(uv_idle_t *idle);

static void say_piece(struct connection *connection)
{
    const struct http_peer_answer *answer = connection->answer;
    size_t left = connection->size - connection->said;
    size_t piece = connection->said == 0 && answer->split > 0 ? answer->split : answer->piece;
    size_t length = piece == 0 || piece > left ? left : piece;
    uv_buf_t buffer = uv_buf_init((char *)(size_t)(answer->bytes + connection->said), (unsigned)length);
    int count = length > 0 ? uv_try_write((uv_stream_t *)&connection->tcp, &buffer, 1) : 0;
    if (count < 0 && count != UV_EAGAIN) { // the client has hung up
        end_connection(connection, false);
        return;
    }
    connection->said += count > 0 ? (size_t)count : 0;
    if (connection->said < connection->size)
        return;
    if (answer->end == HTTP_PEER_REPEAT) {
        connection->said -= answer->piece > 0 ? answer->piece : connection->size;
        return;
    }
    connection->answer = NULL;
    if (answer->end != HTTP_PEER_KEEP)
        end_connection(connection, answer->end == HTTP_PEER_RESET);
}

static void on_idle(uv_idle_t *idle)
{
    struct http_peer *peer = idle->data;
    bool more = false;
    for (struct connection *at = peer->connections; at != NULL; at = at->next) {
        if (at->answer != NULL && ++at->turn % TURNS == 0)
            say_piece(at);
        more = more || at->answer != NULL;
    }
    if (!more)
        (void)uv_idle_stop(idle);
}

// --- hearing ---

// How long the whole request is; 0: it is not there yet.
static size_t request_size(const char *request, size_t length)
{
    const char *end = strstr(request, "\r\n\r\n");
    if (end == NULL)
        return 0;
    const char *announced = strcasestr(request, "\r\nContent-Length:");
    size_t body = announced != NULL && announced < end ? strtoul(announced + 17, NULL, 10) : 0;
    size_t whole = (size_t)(end + 4 - request) + body;
    return length >= whole ? whole : 0;
}

// What the next request is answered by; NULL: nothing.
static const struct http_peer_answer *next_answer(const struct http_peer *peer)
{
    if (peer->answer_count == 0)
        return NULL;
    size_t last = peer->answer_count - 1;
    return &peer->answers[peer->request_count < last ? peer->request_count : last];
}

static void begin_answer(struct connection *connection, size_t whole)
{
    struct http_peer *peer = connection->peer;
    const struct http_peer_answer *answer = next_answer(peer);
    cr_assert_lt(peer->request_count, REQUESTS_MAX);
    peer->requests[peer->request_count++] = strndup(connection->request, whole);
    memmove(connection->request, connection->request + whole, connection->length + 1 - whole);
    connection->length -= whole;
    if (answer == NULL)
        return;
    connection->answer = answer;
    connection->said = 0;
    connection->turn = TURNS - 1;
    connection->size = connection->answer->length;
    if (connection->size == 0 && connection->answer->bytes != NULL)
        connection->size = strlen(connection->answer->bytes);
    (void)uv_idle_start(&peer->idle, on_idle);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
    struct connection *connection = handle->data;
    (void)wanted;
    *buffer = uv_buf_init(connection->request + connection->length,
                          (unsigned)(REQUEST_CAP - 1 - connection->length));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct connection *connection = stream->data;
    (void)buffer;
    if (count < 0) {
        end_connection(connection, false);
        return;
    }
    connection->length += (size_t)count;
    connection->peer->byte_count += (size_t)count;
    connection->request[connection->length] = '\0';
    const struct http_peer_answer *answer = next_answer(connection->peer);
    size_t whole = answer != NULL && answer->at_once ? connection->length
                                                     : request_size(connection->request, connection->length);
    if (whole > 0)
        begin_answer(connection, whole);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct http_peer *peer = listener->data;
    struct connection *connection = calloc(1, sizeof *connection);
    cr_assert(status == 0 && connection != NULL);
    connection->request = calloc(1, REQUEST_CAP);
    connection->peer = peer;
    cr_assert_not_null(connection->request);
    cr_assert_eq(uv_tcp_init(listener->loop, &connection->tcp), 0);
    connection->tcp.data = connection;
    connection->next = peer->connections;
    peer->connections = connection;
    peer->handles++;
    peer->connection_count++;
    cr_assert_eq(uv_accept(listener, (uv_stream_t *)&connection->tcp), 0);
    (void)uv_tcp_nodelay(&connection->tcp, 1);
    cr_assert_eq(uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read), 0);
}

// --- the whole ---

struct http_peer *http_peer_start(uv_loop_t *loop, const struct http_peer_answer *answers, size_t count)
{
    struct http_peer *peer = calloc(1, sizeof *peer);
    struct sockaddr_in address;
    int size = sizeof address;
    cr_assert_not_null(peer);
    cr_assert_eq(uv_tcp_init(loop, &peer->listener), 0);
    cr_assert_eq(uv_idle_init(loop, &peer->idle), 0);
    peer->listener.data = peer->idle.data = peer;
    peer->handles = 2;
    peer->answers = answers;
    peer->answer_count = count;
    cr_assert_eq(uv_ip4_addr("127.0.0.1", 0, &address), 0);
    cr_assert_eq(uv_tcp_bind(&peer->listener, (const struct sockaddr *)&address, 0), 0);
    cr_assert_eq(uv_listen((uv_stream_t *)&peer->listener, 256, on_connection), 0);
    cr_assert_eq(uv_tcp_getsockname(&peer->listener, (struct sockaddr *)&address, &size), 0);
    peer->port = ntohs(address.sin_port);
    (void)snprintf(peer->url, sizeof peer->url, "http://127.0.0.1:%d", peer->port);
    return peer;
}

void http_peer_script(struct http_peer *peer, const struct http_peer_answer *answers, size_t count)
{
    for (size_t i = 0; i < peer->request_count; i++)
        free(peer->requests[i]);
    peer->request_count = 0;
    peer->answers = answers;
    peer->answer_count = count;
}

static void on_closed(uv_handle_t *handle)
{
    on_handle_closed(handle->data);
}

void http_peer_hang_up(struct http_peer *peer)
{
    for (struct connection *at = peer->connections; at != NULL; at = at->next)
        end_connection(at, false);
}

void http_peer_stop(struct http_peer *peer)
{
    if (peer == NULL || peer->stopping)
        return;
    peer->stopping = true;
    http_peer_hang_up(peer);
    uv_close((uv_handle_t *)&peer->idle, on_closed);
    uv_close((uv_handle_t *)&peer->listener, on_closed);
}

const char *http_peer_url(const struct http_peer *peer)
{
    return peer->url;
}

int http_peer_port(const struct http_peer *peer)
{
    return peer->port;
}

size_t http_peer_requests(const struct http_peer *peer)
{
    return peer->request_count;
}

size_t http_peer_connections(const struct http_peer *peer)
{
    return peer->connection_count;
}

size_t http_peer_bytes(const struct http_peer *peer)
{
    return peer->byte_count;
}

const char *http_peer_request(const struct http_peer *peer, size_t number)
{
    cr_assert_lt(number, peer->request_count, "request %zu of %zu", number, peer->request_count);
    return peer->requests[number];
}
