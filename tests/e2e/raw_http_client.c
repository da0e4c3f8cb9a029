// SPDX-License-Identifier: Apache-2.0
//
// raw_http_client: Send each request on a connection of its own, which the answer ends.

#include "tests/e2e/raw_http_client.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_CAP = 4096, READ_CHUNK = 16384 };

// "http://127.0.0.1:8080" → its host with port.
static const char *authority_of(const struct support_emulator *emulator)
{
    return emulator->base_url + strlen("http://");
}

// The other side may have heard enough, and what it says is read all the same.
int ask_bytes(const struct support_emulator *emulator, const char *bytes, size_t length)
{
    int fd = loopback_connect((int)strtol(strrchr(emulator->base_url, ':') + 1, NULL, 10));
    cr_assert_geq(fd, 0);
    (void)loopback_send(fd, bytes, length);
    return fd;
}

int ask_send(const struct support_emulator *emulator, const struct ask *ask)
{
    char head[HEAD_CAP];
    const char *host = ask->host != NULL ? ask->host : authority_of(emulator);
    const char *key = ask->key != NULL ? ask->key : emulator->api_key;
    size_t length = ask->body != NULL ? strlen(ask->body) : 0;
    int used = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s%s%s%s",
                        ask->method, ask->path, host, key[0] != '\0' ? "authorization: " : "", key,
                        key[0] != '\0' ? "\r\n" : "", ask->header != NULL ? ask->header : "");
    if (ask->body != NULL)
        used += snprintf(head + used, sizeof head - (size_t)used, "Content-Length: %zu\r\n", length);
    used += snprintf(head + used, sizeof head - (size_t)used, "\r\n");
    cr_assert_lt(used, HEAD_CAP);
    int fd = ask_bytes(emulator, head, (size_t)used);
    (void)loopback_send(fd, ask->body, length);
    return fd;
}

void ask_receive(int fd, struct reply *reply)
{
    size_t used = 0;
    memset(reply, 0, sizeof *reply);
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        char *grown = realloc(reply->text, used + READ_CHUNK + 1);
        cr_assert_not_null(grown);
        reply->text = grown;
        cr_assert_eq(poll(&ready, 1, SUPPORT_WAIT_MS), 1, "no answer");
        ssize_t count = recv(fd, reply->text + used, READ_CHUNK, 0);
        if (count <= 0)
            break;
        used += (size_t)count;
    }
    (void)close(fd);
    reply->text[used] = '\0';
    char *end = strstr(reply->text, "\r\n\r\n");
    if (end == NULL)
        return;
    reply->body = end + 4;
    reply->status = (int)strtol(reply->text + strcspn(reply->text, " \r"), NULL, 10);
    if (reply->body[0] == '\0')
        return;
    reply->json = cJSON_Parse(reply->body);
}

void ask(const struct support_emulator *emulator, const struct ask *ask, struct reply *reply)
{
    ask_receive(ask_send(emulator, ask), reply);
}

void reply_free(struct reply *reply)
{
    free(reply->text);
    cJSON_Delete(reply->json);
    memset(reply, 0, sizeof *reply);
}

bool reply_header(const struct reply *reply, const char *name, char *value, size_t cap)
{
    char line[80];
    (void)snprintf(line, sizeof line, "\r\n%s: ", name);
    const char *at = strcasestr(reply->text, line);
    if (at == NULL || at >= reply->body)
        return false;
    at += strlen(line);
    (void)snprintf(value, cap, "%.*s", (int)strcspn(at, "\r"), at);
    return true;
}

cJSON *ask_for(const struct support_emulator *emulator, int status, const char *method, const char *path,
               const char *body)
{
    const struct ask wanted = {.method = method, .path = path, .body = body};
    struct reply reply;
    ask(emulator, &wanted, &reply);
    cr_assert_eq(reply.status, status, "%s %s: %s", method, path, reply.text);
    cJSON *json = reply.json;
    reply.json = NULL;
    reply_free(&reply);
    return json;
}

const char *ask_text(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    cr_assert_not_null(text, "no text '%s'", name);
    return text;
}

double ask_number(const cJSON *object, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);
    cr_assert(cJSON_IsNumber(number), "no number '%s'", name);
    return number->valuedouble;
}

void ask_failing(const struct support_emulator *emulator, int status, const char *message, const char *method,
                 const char *path, const char *body)
{
    cJSON *json = ask_for(emulator, status, method, path, body);
    const char *told = ask_text(json, "message");
    cr_expect_neq(told[0], '\0');
    if (message != NULL)
        cr_expect_str_eq(told, message, "%s %s: %s", method, path, told);
    cJSON_Delete(json);
}

const cJSON *ask_items(const cJSON *page)
{
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(page, "items");
    cr_assert(cJSON_IsArray(items));
    return items;
}
