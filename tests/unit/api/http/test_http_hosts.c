// SPDX-License-Identifier: Apache-2.0
//
// http: who is spoken to and who hears the key: hosts that are not there, that are slow to be reached, that
// do not speak TLS, that point elsewhere, and proxies.

#include "api/base/time_util.h"
#include "tests/support/loopback.h"
#include "tests/unit/api/http/http_fixture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct http_fixture fixture;
static struct http_fixture_answer answer;

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

// A port that is taken but not listened on refuses, and nobody else can come to listen there.
static int dead_port(int *port)
{
    int fd = loopback_listen(-1, port);
    cr_assert_geq(fd, 0);
    return fd;
}

Test(http_hosts, what_never_left_was_certainly_not_done)
{
    char url[64];
    int port = 0;
    int fd = dead_port(&port);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    const struct http_options options = {.base_url = url};
    http_fixture_begin_at(&fixture, NULL, 0, &options);
    fixture.hurry = true;
    http_fixture_post(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_NO_CONNECTION, "%s", answer.why.message);
    cr_expect_eq(answer.status, 0);
    cr_expect_not(answer.why.maybe_done);
    cr_expect_not_null(strstr(answer.why.message, url), "%s", answer.why.message);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_NO_CONNECTION);
    http_fixture_end(&fixture);
    (void)close(fd);
}

// A listener whose queue is full lets a connection wait without an answer.
Test(http_hosts, a_connection_that_does_not_come_about_meets_its_deadline)
{
    enum { SOON_MS = 120, FILLERS = 8 };
    char url[64];
    int fillers[FILLERS], port = 0;
    int fd = dead_port(&port);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    cr_assert_eq(listen(fd, 0), 0);
    for (int i = 0; i < FILLERS; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, sizeof address);
    }
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    const struct http_options options = {.base_url = url, .connect_timeout_ms = SOON_MS};
    http_fixture_begin_at(&fixture, NULL, 0, &options);
    int64_t from = time_monotonic_ms();
    http_fixture_post(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_TIMED_OUT, "%s", answer.why.message);
    cr_expect_not(answer.why.maybe_done, "nothing was sent");
    cr_expect_geq(time_monotonic_ms() - from, SOON_MS - 5);
    http_fixture_end(&fixture);
    for (int i = 0; i < FILLERS; i++)
        (void)close(fillers[i]);
    (void)close(fd);
}

Test(http_hosts, a_server_without_tls_never_hears_the_key)
{
    static const struct http_peer_answer answers[] = {{.bytes = ok, .end = HTTP_PEER_CLOSE, .at_once = true}};
    char url[64];
    http_fixture_begin(&fixture, answers, 1, 0);
    struct http *plain = fixture.http;
    struct failure why;
    struct secret *key = secret_new(HTTP_FIXTURE_KEY, strlen(HTTP_FIXTURE_KEY));
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d", http_peer_port(fixture.peer));
    const struct http_options options = {
        .base_url = url, .api_key = key, .connect_timeout_ms = 30000, .timeout_ms = 60000};
    cr_assert_eq(http_new(&fixture.loop, &options, &fixture.http, &why), STATUS_OK);
    http_fixture_post(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_TLS_FAILED, "%s", answer.why.message);
    cr_expect_not(answer.why.maybe_done);
    cr_expect_eq(http_peer_request(fixture.peer, 0)[0], '\x16', "a TLS greeting and nothing else");
    secret_free(key);
    http_free(plain);
    http_fixture_end(&fixture);
}

Test(http_hosts, a_redirect_is_not_followed)
{
    static const char *const kinds[] = {"301 Moved Permanently", "302 Found", "303 See Other",
                                        "307 Temporary Redirect", "308 Permanent Redirect"};
    static const struct http_peer_answer fine[] = {{.bytes = ok}};
    http_fixture_begin(&fixture, NULL, 0, 0);
    struct http_peer *other = http_peer_start(&fixture.loop, fine, 1);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char bytes[256];
        const struct http_peer_answer there[] = {{.bytes = bytes}};
        (void)snprintf(bytes, sizeof bytes,
                       "HTTP/1.1 %s\r\nLocation: %s/v1/sandboxes\r\nContent-Length: 0\r\n\r\n", kinds[i],
                       http_peer_url(other));
        http_peer_script(fixture.peer, there, 1);
        http_fixture_get(&fixture, &answer);
        cr_expect_eq(answer.why.status, STATUS_MALFORMED);
        cr_expect_not_null(strstr(answer.why.message, "redirect"), "%s", answer.why.message);
        http_fixture_post(&fixture, &answer);
        cr_expect_eq(answer.why.status, STATUS_MALFORMED);
        cr_expect_eq(http_peer_requests(fixture.peer), 2);
    }
    cr_expect_eq(http_peer_connections(other), 0, "the key went to another server");
    http_peer_stop(other);
    http_fixture_end(&fixture);
}

// What a careless server says in its errors is shown and kept; the key must not be.
Test(http_hosts, a_server_that_quotes_the_key_is_not_repeated)
{
    char bytes[1024];
    const struct http_peer_answer one[] = {{.bytes = bytes}};
    for (int before = 0; before < 520; before += 13) { // over the message's end too
        char body[800];
        (void)snprintf(body, sizeof body, "{\"message\":\"%0*d " HTTP_FIXTURE_KEY " is no key\"}", before, 0);
        (void)snprintf(bytes, sizeof bytes, "HTTP/1.1 401 No\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
                       body);
        http_fixture_begin(&fixture, one, 1, 0);
        http_fixture_get(&fixture, &answer);
        cr_expect_eq(answer.why.status, STATUS_KEY_REFUSED);
        cr_expect_null(strstr(answer.why.message, "l0_test_"), "%s", answer.why.message);
        http_fixture_end(&fixture);
    }
}

Test(http_hosts, loopback_is_reached_without_a_proxy)
{
    static const struct http_peer_answer answers[] = {{.bytes = ok}};
    cr_assert_eq(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    cr_assert_eq(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    http_fixture_end(&fixture);
}
