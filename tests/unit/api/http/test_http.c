// SPDX-License-Identifier: Apache-2.0
//
// http: what goes over the wire, and what is made of what comes back, whole, in pieces, cut short, too much,
// or not HTTP at all. The peer is real sockets on loopback.

#include "api/base/time_util.h"
#include "api/http/http_answer.h"
#include "tests/unit/api/http/http_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct http_fixture fixture;
static struct http_fixture_answer answer;

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
                         "Date: Wed, 01 Apr 2026 12:00:00 GMT\r\n\r\n{\"ok\": true}";
static const char ok_body[] = "{\"ok\": true}";

static void expect_ok(const char *what, size_t number)
{
    cr_assert_eq(answer.why.status, STATUS_OK, "%s %zu: %s", what, number, answer.why.message);
    cr_assert_eq(answer.status, 200);
    cr_assert_str_eq(answer.body, ok_body, "%s %zu: %s", what, number, answer.body);
}

// --- what is sent ---

static void expect_line(const char *request, const char *line)
{
    char whole[256];
    (void)snprintf(whole, sizeof whole, "\r\n%s\r\n", line);
    cr_expect_not_null(strcasestr(request, whole), "no '%s' in:\n%s", line, request);
}

Test(http, a_get_as_it_goes_over_the_wire)
{
    static const struct http_peer_answer answers[] = {{.bytes = ok}};
    char host[64];
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_get(&fixture, &answer);
    expect_ok("get", 0);
    const char *request = http_peer_request(fixture.peer, 0);
    (void)snprintf(host, sizeof host, "Host: 127.0.0.1:%d", http_peer_port(fixture.peer));
    cr_expect_eq(strncmp(request, "GET /v1/sandboxes?page=1 HTTP/1.1\r\n", 35), 0, "%s", request);
    expect_line(request, host);
    expect_line(request, "authorization: Bearer " HTTP_FIXTURE_KEY);
    expect_line(request, "Leap0-Source: sbxdeck");
    expect_line(request, "User-Agent: sbxdeck/" SBXDECK_VERSION);
    expect_line(request, "Accept: application/json");
    cr_expect_null(strcasestr(request, "\r\nleap0-authorization:"));
    cr_expect_null(strcasestr(request, "\r\nAccept-Encoding:"), "nothing compressed is wanted");
    cr_expect_null(strcasestr(request, "\r\nContent-"), "a GET has no body");
    http_fixture_end(&fixture);
}

Test(http, a_post_as_it_goes_over_the_wire)
{
    static const struct http_peer_answer answers[] = {{.bytes = ok}};
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_post(&fixture, &answer);
    const char *request = http_peer_request(fixture.peer, 0);
    cr_expect_eq(strncmp(request, "POST /v1/sandbox/ HTTP/1.1\r\n", 28), 0, "%s", request);
    expect_line(request, "Content-Type: application/json");
    expect_line(request, "Content-Length: 10");
    cr_expect_null(strcasestr(request, "\r\nExpect:"));
    cr_expect_not_null(strstr(request, "\r\n\r\n{\"vcpu\":1}"));
    const struct http_request empty = {.method = "POST", .path = "/v1/sandbox/sbx-a/pause", .changes = true};
    http_fixture_send(&fixture, &empty, &answer);
    http_fixture_wait(&fixture, &answer);
    expect_line(http_peer_request(fixture.peer, 1), "Content-Length: 0");
    const struct http_request gone = {.method = "DELETE", .path = "/v1/sandbox/sbx-a/", .changes = true};
    http_fixture_send(&fixture, &gone, &answer);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(strncmp(http_peer_request(fixture.peer, 2), "DELETE /v1/sandbox/sbx-a/ HTTP/1.1\r\n", 36),
                 0);
    http_fixture_end(&fixture);
}

Test(http, the_key_in_the_header_of_a_proxys_choice)
{
    static const struct http_peer_answer answers[] = {{.bytes = ok}};
    const struct http_options options = {.leap0_header = true};
    http_fixture_begin_at(&fixture, answers, 1, &options);
    http_fixture_get(&fixture, &answer);
    expect_line(http_peer_request(fixture.peer, 0), "leap0-authorization: Bearer " HTTP_FIXTURE_KEY);
    cr_expect_null(strcasestr(http_peer_request(fixture.peer, 0), "\r\nauthorization:"));
    http_fixture_end(&fixture);
}

// curl would take "/../" away; what an id may hold is decided elsewhere, but nothing is rewritten here.
Test(http, a_path_goes_as_it_is_and_after_the_base_urls_own)
{
    static const struct http_peer_answer answers[] = {{.bytes = ok}};
    const struct http_request request = {.method = "GET", .path = "/v1/a/../b%2f"};
    http_fixture_begin(&fixture, answers, 1, 0);
    http_fixture_send(&fixture, &request, &answer);
    http_fixture_wait(&fixture, &answer);
    cr_expect_eq(strncmp(http_peer_request(fixture.peer, 0), "GET /v1/a/../b%2f HTTP/1.1\r\n", 28), 0);

    struct http *first = fixture.http;
    char url[128];
    struct failure why;
    struct secret *key = secret_new(HTTP_FIXTURE_KEY, strlen(HTTP_FIXTURE_KEY));
    (void)snprintf(url, sizeof url, "%s/api//", http_peer_url(fixture.peer));
    const struct http_options options = {
        .base_url = url, .api_key = key, .connect_timeout_ms = 9000, .timeout_ms = 9000};
    cr_assert_eq(http_new(&fixture.loop, &options, &fixture.http, &why), STATUS_OK);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(strncmp(http_peer_request(fixture.peer, 1), "GET /api/v1/sandboxes?page=1 HTTP/1.1\r\n", 39),
                 0);
    secret_free(key);
    http_free(first);
    http_fixture_end(&fixture);
}

// --- pieces ---

static const char chunked[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "5;name=x\r\n{\"ok\"\r\n7\r\n: true}\r\n0\r\nTrailer: x\r\n\r\n";
static const char until_end[] = "HTTP/1.0 200 OK\r\n\r\n{\"ok\": true}";
static const char informed[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                               "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"ok\": true}";

static void split_everywhere(const char *bytes, enum http_peer_end end)
{
    size_t length = strlen(bytes);
    struct http_peer_answer one = {.bytes = bytes, .end = end};
    http_fixture_begin(&fixture, &one, 1, 0);
    for (one.split = 1; one.split < length; one.split++) {
        http_fixture_get(&fixture, &answer);
        expect_ok("split at", one.split);
    }
    one.split = one.piece = 1; // and each byte for itself
    http_fixture_post(&fixture, &answer);
    expect_ok("in pieces of", one.piece);
    http_fixture_end(&fixture);
}

Test(http, an_answer_split_at_any_byte)
{
    split_everywhere(ok, HTTP_PEER_KEEP);
}

Test(http, a_chunked_answer_split_at_any_byte)
{
    split_everywhere(chunked, HTTP_PEER_KEEP);
}

Test(http, an_answer_that_ends_with_the_connection_split_at_any_byte)
{
    split_everywhere(until_end, HTTP_PEER_CLOSE);
}

Test(http, an_answer_after_provisional_ones_split_at_any_byte)
{
    split_everywhere(informed, HTTP_PEER_KEEP);
}

// --- cut short ---

static void cut_everywhere(const char *bytes, enum http_peer_end end)
{
    size_t length = strlen(bytes);
    struct http_peer_answer one = {.bytes = bytes, .end = end};
    http_fixture_begin(&fixture, &one, 1, 0);
    for (size_t cut = 0; cut < length; cut++) {
        one.length = cut;
        one.bytes = cut > 0 ? bytes : NULL;
        http_peer_script(fixture.peer, &one, 1);
        http_fixture_post(&fixture, &answer);
        cr_assert_neq(answer.why.status, STATUS_OK, "cut at %zu", cut);
        cr_assert_eq(answer.status, 0, "cut at %zu: %ld", cut, answer.status);
        cr_assert(answer.why.maybe_done, "cut at %zu: it may have been done", cut);
        cr_assert_eq(http_peer_requests(fixture.peer), 1, "cut at %zu: sent %zu times", cut,
                     http_peer_requests(fixture.peer));
    }
    http_fixture_end(&fixture);
}

Test(http, a_create_whose_answer_is_cut_at_any_byte_is_sent_once_and_may_be_done)
{
    cut_everywhere(ok, HTTP_PEER_CLOSE);
}

Test(http, a_chunked_answer_cut_at_any_byte_is_lost)
{
    cut_everywhere(
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n",
        HTTP_PEER_CLOSE);
}

Test(http, a_connection_reset_in_the_answer_is_a_lost_answer)
{
    cut_everywhere("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", HTTP_PEER_RESET);
}

// --- too late ---

static const struct {
    const char *what;
    struct http_peer_answer answer;
} stalled[] = {
    {"no answer", {.end = HTTP_PEER_KEEP}},
    {"half a header", {.bytes = "HTTP/1.1 200 OK\r\nContent-", .end = HTTP_PEER_KEEP}},
    {"no body", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n", .end = HTTP_PEER_KEEP}},
    {"half a body", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"ok", .end = HTTP_PEER_KEEP}},
    {"no end of chunks",
     {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", .end = HTTP_PEER_KEEP}},
    {"a header without end",
     {.bytes = "HTTP/1.1 200 OK\r\nX: yyyyyyyy", .split = 20, .piece = 1, .end = HTTP_PEER_REPEAT}},
};

Test(http, a_server_that_stalls_meets_the_deadline)
{
    enum { SOON_MS = 60 };
    for (size_t i = 0; i < sizeof stalled / sizeof stalled[0]; i++) {
        http_fixture_begin(&fixture, &stalled[i].answer, 1, SOON_MS);
        int64_t from = time_monotonic_ms();
        http_fixture_post(&fixture, &answer);
        cr_expect_geq(time_monotonic_ms() - from, SOON_MS - 5, "%s: too early", stalled[i].what);
        cr_expect_eq(answer.why.status, STATUS_TIMED_OUT, "%s: %s", stalled[i].what, answer.why.message);
        http_fixture_turn(&fixture, 2);
        cr_expect(answer.why.maybe_done || http_peer_bytes(fixture.peer) == 0, "%s: it may have been done",
                  stalled[i].what);
        http_fixture_get(&fixture, &answer);
        cr_expect_eq(answer.why.status, STATUS_TIMED_OUT, "%s: %s", stalled[i].what, answer.why.message);
        cr_expect_not(answer.why.maybe_done, "a GET changes nothing");
        http_fixture_end(&fixture);
    }
}

// --- too much ---

static char *body_of(size_t length, const char *head_form, size_t *total)
{
    char *bytes = malloc(length + 256);
    cr_assert_not_null(bytes);
    size_t head = (size_t)snprintf(bytes, 256, head_form, length);
    memset(bytes + head, 'x', length);
    *total = head + length;
    return bytes;
}

static void expect_too_large(const char *what)
{
    cr_expect_eq(answer.why.status, STATUS_TOO_LARGE, "%s: %s", what, answer.why.message);
    cr_expect(answer.why.maybe_done, "%s: it may have been done", what);
    cr_expect_eq(answer.length, 0, "%s", what);
}

Test(http, a_body_may_have_ten_mebibytes_and_no_byte_more)
{
    static const char announced[] = "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n";
    static const char silent[] = "HTTP/1.0 200 OK\r\nX-Length: %zu\r\n\r\n";
    size_t total = 0;
    char *bytes = body_of(HTTP_BODY_MAX, announced, &total);
    struct http_peer_answer one = {.bytes = bytes, .length = total, .end = HTTP_PEER_CLOSE};
    http_fixture_begin(&fixture, &one, 1, 0);
    http_fixture_post(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK, "%s", answer.why.message);
    cr_expect_eq(answer.length, HTTP_BODY_MAX);
    free(bytes);
    one.bytes = bytes = body_of(HTTP_BODY_MAX + 1, announced, &total);
    one.length = total;
    http_fixture_post(&fixture, &answer);
    expect_too_large("announced");
    cr_expect_not_null(strstr(answer.why.message, "10 MiB"), "%s", answer.why.message);
    free(bytes);
    one.bytes = bytes = body_of(HTTP_BODY_MAX + 1, silent, &total);
    one.length = total;
    http_fixture_post(&fixture, &answer);
    expect_too_large("not announced");
    http_fixture_end(&fixture);
    free(bytes);
}

Test(http, headers_have_a_cap)
{
    static const struct {
        const char *what, *line;
        size_t times;
    } kinds[] = {
        {"many lines", "X-Header: 0123456789012345678901234567890123456789\r\n", 4000},
        {"one long line", "0123456789012345678901234567890123456789", 6000},
        {"many provisional answers", "HTTP/1.1 100 Continue\r\nX: 012345678901234567890123456789\r\n\r\n",
         4000},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].line);
        char *bytes = malloc(length * kinds[i].times + 128);
        cr_assert_not_null(bytes);
        size_t used = i == 2 ? 0 : (size_t)sprintf(bytes, "HTTP/1.1 200 OK\r\n%s", i == 1 ? "X: " : "");
        for (size_t n = 0; n < kinds[i].times; n++, used += length)
            memcpy(bytes + used, kinds[i].line, length);
        used += (size_t)sprintf(bytes + used, "\r\nContent-Length: 0\r\n\r\n");
        const struct http_peer_answer one = {.bytes = bytes, .length = used, .end = HTTP_PEER_CLOSE};
        http_fixture_begin(&fixture, &one, 1, 0);
        http_fixture_post(&fixture, &answer);
        expect_too_large(kinds[i].what);
        http_fixture_end(&fixture);
        free(bytes);
    }
}

// An answer that has no end takes neither memory without end nor time beyond the deadline.
Test(http, a_body_without_end_is_given_up)
{
    static char endless[65536];
    static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";
    memset(endless, '[', sizeof endless);
    memcpy(endless, head, sizeof head - 1);
    const struct http_peer_answer one = {.bytes = endless,
                                         .length = sizeof endless,
                                         .split = sizeof endless / 2,
                                         .piece = sizeof endless / 2,
                                         .end = HTTP_PEER_REPEAT};
    http_fixture_begin(&fixture, &one, 1, 0);
    http_fixture_post(&fixture, &answer);
    expect_too_large("endless");
    http_fixture_end(&fixture);
}

// --- not what was meant ---

Test(http, what_is_no_http_is_a_failure)
{
    static const char *const strange[] = {
        "SSH-2.0-OpenSSH_9.2p1\r\n",
        "{\"ok\": true}",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x15\x03\x01\x00\x02\x02\x28",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n",
        "220 mail.example.com ESMTP\r\n",
        "\r\n\r\n\r\n",
    };
    struct http_peer_answer one = {.end = HTTP_PEER_CLOSE};
    http_fixture_begin(&fixture, &one, 1, 0);
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        one.bytes = strange[i];
        http_peer_script(fixture.peer, &one, 1);
        http_fixture_post(&fixture, &answer);
        cr_expect_neq(answer.why.status, STATUS_OK, "case %zu: %ld", i, answer.status);
        cr_expect(answer.why.maybe_done, "case %zu", i);
        cr_expect_eq(http_peer_requests(fixture.peer), 1, "case %zu", i);
    }
    http_fixture_end(&fixture);
}

// curl inflates a megabyte into a gigabyte when it is let; nothing was asked for compressed, so it stays.
Test(http, a_compressed_body_is_not_inflated)
{
    static const struct http_peer_answer one[] = {
        {.bytes = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08!"}};
    http_fixture_begin(&fixture, one, 1, 0);
    http_fixture_get(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_str_eq(answer.body, "\x1f\x8b\x08!");
    http_fixture_end(&fixture);
}

// Whatever byte is changed, the call ends once, and the client goes on to work.
Test(http, any_byte_of_an_answer_may_be_wrong)
{
    static const unsigned char bytes[] = {0x00, '\r', '\n', ' ', '9', ':', 0xff};
    static const struct http_peer_answer good[] = {{.bytes = ok}};
    char text[sizeof ok];
    struct http_peer_answer one = {.bytes = text, .length = sizeof ok - 1, .end = HTTP_PEER_CLOSE};
    http_fixture_begin(&fixture, &one, 1, 0);
    for (size_t at = 0; at < sizeof ok - 1; at++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            memcpy(text, ok, sizeof ok);
            text[at] = (char)bytes[i];
            http_peer_script(fixture.peer, &one, 1);
            http_fixture_post(&fixture, &answer);
            cr_assert_eq(http_peer_requests(fixture.peer), 1, "%02x at %zu", bytes[i], at);
        }
    }
    http_peer_script(fixture.peer, good, 1);
    http_fixture_get(&fixture, &answer);
    expect_ok("after all that", 0);
    http_fixture_end(&fixture);
}
