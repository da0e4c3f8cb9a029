// SPDX-License-Identifier: Apache-2.0
//
// access_server: Answer one request a connection and close it, which HTTP allows and which keeps this small.

#include "tests/support/access_server.h"
#include "tests/support/loopback.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_CAP = 16384, BODY_CAP = 8192, TARGETS = 16, RANDOM_BYTES = 16 };

struct target {
    char sandbox[64], host[64], user[65], password[129];
    int port;
};

struct access_server {
    int listener;
    pthread_t thread;
    char url[64];
    struct target targets[TARGETS];
    int target_count;
    access_server_renewer renew; // NULL: a password stays
    void *renew_ctx;
    _Atomic(const struct access_server_replies *) replies; // NULL: its own
};

static void time_text(time_t when, char out[32])
{
    struct tm parts;
    (void)gmtime_r(&when, &parts);
    (void)strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static int access_body(const struct target *target, char *body)
{
    char now[32];
    char end[32];
    time_text(time(NULL), now);
    time_text(time(NULL) + 3600, end);
    return snprintf(
        body, BODY_CAP,
        "{\"id\":\"%s\",\"sandbox_id\":\"%s\",\"password\":\"%s\",\"expires_at\":\"%s\",\"created_at\":\"%"
        "s\","
        "\"updated_at\":\"%s\",\"ssh_command\":\"ssh -o StrictHostKeyChecking=accept-new -p %d %s@%s\"}",
        target->user, target->sandbox, target->password, end, now, now, target->port, target->user,
        target->host);
}

static size_t sandbox_body(const struct target *target, char *body, size_t cap)
{
    char now[32];
    time_text(time(NULL) - 60, now);
    return (size_t)snprintf(body, cap,
                            "{\"id\":\"%s\",\"template_id\":\"system/"
                            "debian:bookworm\",\"pod_id\":\"pod-1\",\"state\":\"running\","
                            "\"vcpu\":1,\"memory\":1024,\"disk\":4096,\"timeout\":28800,\"auto_pause\":false,"
                            "\"created_at\":\"%s\"}",
                            target->sandbox, now);
}

static void list_body(const struct access_server *server, char *body)
{
    size_t used = (size_t)snprintf(body, BODY_CAP, "{\"items\":[");
    for (int i = 0; i < server->target_count; i++) {
        used += (size_t)snprintf(body + used, BODY_CAP - used, "%s", i > 0 ? "," : "");
        used += sandbox_body(&server->targets[i], body + used, BODY_CAP - used);
    }
    (void)snprintf(body + used, BODY_CAP - used, "],\"total_items\":%d}", server->target_count);
}

// The one whose sandbox is in the request's path; NULL: none.
static struct target *target_of(struct access_server *server, const char *request)
{
    static const char before[] = "/v1/sandbox/";
    const char *at = strstr(request, before);
    for (int i = 0; at != NULL && i < server->target_count; i++) {
        size_t length = strlen(server->targets[i].sandbox);
        const char *id = at + strlen(before);
        if (strncmp(id, server->targets[i].sandbox, length) == 0 && (id[length] == '/' || id[length] == ' '))
            return &server->targets[i];
    }
    return NULL;
}

static bool renew(const struct access_server *server, struct target *target)
{
    uint8_t bytes[RANDOM_BYTES];
    char password[2 * RANDOM_BYTES + 1];
    if (server->renew == NULL)
        return true;
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(password + 2 * i, 3, "%02x", bytes[i]);
    if (!server->renew(server->renew_ctx, (int)(target - server->targets), password))
        return false;
    (void)snprintf(target->password, sizeof target->password, "%s", password);
    return true;
}

// The password is looked for as it is written: it has no character that JSON writes in another way.
static bool is_valid(const struct access_server *server, const struct target *target, const char *request)
{
    char quoted[sizeof target->password + 2];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", target->password);
    return server->renew == NULL || strstr(request, quoted) != NULL;
}

// What the test wants to be said; NULL: nothing.
static const struct access_server_reply *wanted(const struct access_server *server, const char *request)
{
    const struct access_server_replies *replies = server->replies;
    const struct access_server_reply *reply = NULL;
    if (replies == NULL)
        return NULL;
    if (strncmp(request, "GET /v1/sandboxes", 17) == 0)
        reply = &replies->list;
    else if (strncmp(request, "GET ", 4) == 0)
        reply = &replies->sandbox;
    else if (strncmp(request, "DELETE ", 7) == 0)
        reply = &replies->remove;
    else if (strstr(request, "/validate HTTP") != NULL)
        reply = &replies->validate;
    else if (strstr(request, "/regen HTTP") != NULL)
        reply = &replies->regenerate;
    else if (strstr(request, "/ssh/access HTTP") != NULL)
        reply = &replies->create;
    return reply != NULL && reply->status != NULL ? reply : NULL;
}

// The status of the answer; its body in body.
static const char *answer(struct access_server *server, const char *request, char *body)
{
    const struct access_server_reply *reply = wanted(server, request);
    struct target *target = target_of(server, request);
    body[0] = '\0';
    if (reply != NULL) {
        (void)snprintf(body, BODY_CAP, "%s", reply->body != NULL ? reply->body : "");
        return reply->status;
    }
    if (strncmp(request, "GET /v1/sandboxes", 17) == 0) {
        list_body(server, body);
        return "200 OK";
    }
    if (target != NULL && strncmp(request, "GET ", 4) == 0 && sandbox_body(target, body, BODY_CAP) > 0)
        return "200 OK";
    if (target != NULL && strncmp(request, "POST ", 5) == 0 && strstr(request, "/validate HTTP") != NULL) {
        (void)snprintf(body, BODY_CAP, "{\"valid\":%s,\"sandbox_id\":\"%s\"}",
                       is_valid(server, target, request) ? "true" : "false", target->sandbox);
        return "200 OK";
    }
    bool regenerates = strncmp(request, "POST ", 5) == 0 && strstr(request, "/regen HTTP") != NULL;
    bool creates = strncmp(request, "POST ", 5) == 0 && strstr(request, "/ssh/access HTTP") != NULL;
    if (target != NULL && (creates || (regenerates && server->renew != NULL))) {
        bool renewed = renew(server, target) && access_body(target, body) > 0;
        return !renewed ? "500 Internal Server Error" : creates ? "201 Created" : "200 OK";
    }
    if (strncmp(request, "DELETE ", 7) == 0)
        return "204 No Content";
    (void)snprintf(body, BODY_CAP, "{\"message\":\"not found\"}");
    return "404 Not Found";
}

// Whether the request's header, and as much body as it announces, are there.
static int is_whole(const char *request, size_t length)
{
    const char *end = strstr(request, "\r\n\r\n");
    if (end == NULL)
        return 0;
    const char *announced = strcasestr(request, "\r\nContent-Length:");
    size_t body = announced != NULL && announced < end ? strtoul(announced + 17, NULL, 10) : 0;
    return length >= (size_t)(end + 4 - request) + body;
}

static void serve_one(struct access_server *server, int fd)
{
    char request[REQUEST_CAP];
    char body[BODY_CAP];
    char head[256];
    char date[64];
    size_t length = 0;
    time_t now = time(NULL);
    struct tm parts;
    request[0] = '\0';
    while (!is_whole(request, length) && length < sizeof request - 1) {
        ssize_t count = recv(fd, request + length, sizeof request - 1 - length, 0);
        if (count <= 0)
            return;
        length += (size_t)count;
        request[length] = '\0';
    }
    const char *status = answer(server, request, body);
    (void)gmtime_r(&now, &parts);
    (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    int head_length =
        snprintf(head, sizeof head,
                 "HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                 "Connection: close\r\n\r\n",
                 status, date, strlen(body));
    if (loopback_send(fd, head, (size_t)head_length))
        (void)loopback_send(fd, body, strlen(body));
    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, request, sizeof request, 0) > 0)
        ;
}

static void *serve(void *data)
{
    struct access_server *server = data;
    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        serve_one(server, fd);
        (void)close(fd);
    }
}

bool access_server_add(struct access_server *server, const char *sandbox, const char *host, int port,
                       const char *user, const char *password)
{
    if (server->target_count == TARGETS)
        return false;
    struct target *target = &server->targets[server->target_count++];
    (void)snprintf(target->sandbox, sizeof target->sandbox, "%s", sandbox);
    (void)snprintf(target->host, sizeof target->host, "%s", host);
    (void)snprintf(target->user, sizeof target->user, "%s", user);
    (void)snprintf(target->password, sizeof target->password, "%s", password);
    target->port = port;
    return true;
}

struct access_server *access_server_start(const char *host, int port, const char *user, const char *password)
{
    int here = 0;
    struct access_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    (void)access_server_add(server, ACCESS_SERVER_SANDBOX, host, port, user, password);
    server->listener = loopback_listen(16, &here);
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", here);
    if (server->listener >= 0 && pthread_create(&server->thread, NULL, serve, server) == 0)
        return server;
    if (server->listener >= 0)
        (void)close(server->listener);
    free(server);
    return NULL;
}

void access_server_renews(struct access_server *server, access_server_renewer renew_account, void *ctx)
{
    server->renew = renew_account;
    server->renew_ctx = ctx;
}

void access_server_say(struct access_server *server, const struct access_server_replies *replies)
{
    server->replies = replies;
}

void access_server_stop(struct access_server *server)
{
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->listener);
    free(server);
}

const char *access_server_url(const struct access_server *server)
{
    return server->url;
}
