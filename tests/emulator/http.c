// SPDX-License-Identifier: Apache-2.0
//
// http: Check every request (Host, size, rate limit, key) and answer it. A thread a connection, so that one
// that waits (--latency) holds up no other.

#include "tests/emulator/http.h"

#include "tests/emulator/routes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BODY_MAX = 10 * 1024 * 1024, KEY_CAP = sizeof((struct options *)0)->api_key, IDLE_S = 60 };

struct http_server {
    struct MHD_Daemon *daemon;
    struct store *store;
    struct options options;
    int port;
    pthread_mutex_t lock;
    pthread_cond_t stop; // on the monotonic clock
    bool stopping;
};

struct upload {
    char *bytes;
    size_t length;
    bool too_large;
};

// --- what a request must have ---

// Only names of this very server: a page on the web that has its name point at loopback gets nothing.
static bool is_our_host(const struct http_server *server, const char *host)
{
    const char *const names[] = {server->options.host, "localhost", "127.0.0.1"};
    char expected[96];
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(expected, sizeof expected, "%s:%d", names[i], server->port);
        if (strcasecmp(host, expected) == 0)
            return true;
    }
    return false;
}

static bool has_key(const struct http_server *server, struct MHD_Connection *connection)
{
    char given[KEY_CAP];
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "leap0-authorization");
    if (value == NULL)
        value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "authorization");
    if (value == NULL)
        return false;
    if (strncasecmp(value, "Bearer ", 7) == 0)
        value += 7;
    if (strlen(value) >= sizeof given)
        return false;
    memset(given, 0, sizeof given);
    (void)snprintf(given, sizeof given, "%s", value);
    return sodium_memcmp(given, server->options.api_key, sizeof given) == 0;
}

// What a request's callbacks are given.
struct asking {
    struct http_server *server;
    struct MHD_Connection *connection;
};

static const char *query_value(const void *ctx, const char *name)
{
    const struct asking *asking = ctx;
    return MHD_lookup_connection_value(asking->connection, MHD_GET_ARGUMENT_KIND, name);
}

// False: the server stops, and nothing more is to be answered.
static bool wait_ms(struct http_server *server, int ms)
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
    (void)pthread_mutex_lock(&server->lock);
    while (!server->stopping && result == 0)
        result = pthread_cond_timedwait(&server->stop, &server->lock, &until);
    bool stopping = server->stopping;
    (void)pthread_mutex_unlock(&server->lock);
    return !stopping;
}

static bool request_waits(const void *ctx, int ms)
{
    return wait_ms(((const struct asking *)ctx)->server, ms);
}

static void decide(struct http_server *server, struct MHD_Connection *connection, const char *method,
                   const char *path, const struct upload *upload, struct answer *answer)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "host");
    const struct asking asking = {server, connection};
    const struct request request = {
        .method = method,
        .path = path,
        .body = upload->bytes,
        .body_length = upload->length,
        .query = query_value,
        .wait_ms = request_waits,
        .ctx = &asking,
    };
    bool about_requests = strncmp(path, "/emulator/", 10) == 0;
    int wait = about_requests ? 0 : store_rate(server->store);
    if (!is_our_host(server, host)) {
        routes_error(answer, 421, "this server is not known by that name");
    } else if (upload->too_large) {
        routes_error(answer, 413, "the body has more than 10 MiB");
    } else if (wait > 0) {
        routes_error(answer, 429, "rate limit exceeded");
        answer->retry_after_s = wait;
        requests_count(store_requests(server->store), "refused");
    } else if (!has_key(server, connection)) {
        routes_error(answer, 401, "invalid API key");
    } else if (!about_requests || !routes_tell_requests(server->store, &request, answer)) {
        routes_answer(server->store, &server->options, &request, answer);
    }
}

static int hex_digit(char c)
{
    const char *const digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

// Percent signs and what they stand for, but %00: what comes after an end would be unseen by who compares.
static size_t unescape(void *ctx, struct MHD_Connection *connection, char *text)
{
    char *out = text;
    (void)ctx;
    (void)connection;
    for (const char *at = text; *at != '\0'; at++) {
        int high = *at == '%' ? hex_digit(at[1]) : -1;
        int low = high >= 0 ? hex_digit(at[2]) : -1;
        if (low >= 0 && high + low > 0) {
            *out++ = (char)(high * 16 + low);
            at += 2;
        } else {
            *out++ = *at;
        }
    }
    *out = '\0';
    return (size_t)(out - text);
}

// --- answering ---

static void add_date(const struct http_server *server, struct MHD_Response *response)
{
    char text[64];
    struct tm parts;
    time_t seconds = (time_t)(store_now(server->store) / 1000);
    (void)gmtime_r(&seconds, &parts);
    (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    (void)MHD_add_response_header(response, "Date", text);
}

static enum MHD_Result send_answer(const struct http_server *server, struct MHD_Connection *connection,
                                   struct answer *answer)
{
    if (answer->status == 0)
        return MHD_NO; // closes the connection
    size_t length = answer->body != NULL ? strlen(answer->body) : 0;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, answer->body, MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        return MHD_NO;
    add_date(server, response);
    if (length > 0)
        (void)MHD_add_response_header(response, "Content-Type", "application/json");
    if (answer->retry_after_s > 0) {
        char text[16];
        (void)snprintf(text, sizeof text, "%d", answer->retry_after_s);
        (void)MHD_add_response_header(response, "Retry-After", text);
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static void take_upload(struct upload *upload, const char *bytes, size_t length)
{
    char *grown =
        upload->length + length <= BODY_MAX ? realloc(upload->bytes, upload->length + length + 1) : NULL;
    if (grown == NULL) {
        upload->too_large = true;
        return;
    }
    upload->bytes = grown;
    memcpy(grown + upload->length, bytes, length);
    upload->length += length;
    grown[upload->length] = '\0';
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **state)
{
    struct http_server *server = ctx;
    struct upload *upload = *state;
    struct answer answer = {0};
    (void)version;
    if (upload == NULL) {
        *state = calloc(1, sizeof *upload);
        return *state != NULL ? MHD_YES : MHD_NO;
    }
    if (*size > 0) {
        take_upload(upload, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (server->options.latency_ms > 0 && !wait_ms(server, server->options.latency_ms))
        return MHD_NO;
    decide(server, connection, method, url, upload, &answer);
    return send_answer(server, connection, &answer);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct upload *upload = *state;
    (void)ctx;
    (void)connection;
    (void)code;
    if (upload == NULL)
        return;
    if (upload->bytes != NULL)
        sodium_memzero(upload->bytes, upload->length);
    free(upload->bytes);
    free(upload);
    *state = NULL;
}

// --- listening ---

static int listen_on(const struct options *options, int *port, char *err, size_t cap)
{
    struct sockaddr_storage address;
    struct sockaddr_in *four = (struct sockaddr_in *)&address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
    bool is_six = options->host[0] == '[';
    socklen_t length = is_six ? sizeof *six : sizeof *four;
    int yes = 1;
    memset(&address, 0, sizeof address);
    if (is_six) {
        six->sin6_family = AF_INET6;
        six->sin6_addr = in6addr_loopback;
        six->sin6_port = htons((uint16_t)options->port);
    } else {
        four->sin_family = AF_INET;
        (void)inet_pton(AF_INET, options->host, &four->sin_addr);
        four->sin_port = htons((uint16_t)options->port);
    }
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 256) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
        (void)snprintf(err, cap, "%s:%d: %s", options->host, options->port, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    *port = ntohs(is_six ? six->sin6_port : four->sin_port);
    return fd;
}

static void free_server(struct http_server *server)
{
    (void)pthread_cond_destroy(&server->stop);
    (void)pthread_mutex_destroy(&server->lock);
    sodium_memzero(&server->options, sizeof server->options);
    free(server);
}

struct http_server *http_server_start(struct store *store, const struct options *options, char *err,
                                      size_t cap)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->store = store;
    server->options = *options;
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&server->stop, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)pthread_mutex_init(&server->lock, NULL);
    int fd = listen_on(options, &server->port, err, cap);
    if (fd >= 0)
        server->daemon = MHD_start_daemon(
            MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
                MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ITC,
            0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED,
            on_completed, NULL, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_LIMIT,
            1000u, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_END);
    if (server->daemon != NULL)
        return server;
    if (fd >= 0) {
        (void)snprintf(err, cap, "the HTTP server does not start");
        (void)close(fd);
    }
    free_server(server);
    return NULL;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

void http_server_stop(struct http_server *server)
{
    if (server == NULL)
        return;
    (void)pthread_mutex_lock(&server->lock);
    server->stopping = true;
    (void)pthread_cond_broadcast(&server->stop);
    (void)pthread_mutex_unlock(&server->lock);
    MHD_stop_daemon(server->daemon); // waits for its threads
    free_server(server);
}
