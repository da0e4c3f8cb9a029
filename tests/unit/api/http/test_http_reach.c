// SPDX-License-Identifier: Apache-2.0
//
// Real TLS servers (openssl s_server) with certificates made here, whose authority is trusted, not trusted or
// elsewhere; and proxies that are not there or refuse.

#include "api/http/http_reach.h"
#include "tests/support/support.h"
#include "tests/unit/api/http/http_fixture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SUPPORT_PATH_CAP], authority[SUPPORT_PATH_CAP + 16];
static struct http_fixture fixture;
static struct http_fixture_answer answer;

static const struct http_peer_answer nothing[] = {{.bytes = NULL}};

static void run(const char *command)
{
    const char *const argv[] = {"sh", "-c", command, NULL};
    struct support_result result;
    cr_assert(support_run(argv, NULL, NULL, 60000, &result));
    cr_assert_eq(result.exit_code, 0, "%s: %s", command, result.err);
    support_result_free(&result);
}

static void begin(void)
{
    static const char *const variables[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR",
                                            "https_proxy",    "HTTPS_PROXY",   "all_proxy",
                                            "ALL_PROXY",      "no_proxy",      "NO_PROXY"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        (void)unsetenv(variables[i]);
    cr_assert(support_folder_make(folder));
    (void)snprintf(authority, sizeof authority, "%s/ca.pem", folder);
}

static void end(void)
{
    cr_expect(support_folder_remove(folder));
}

TestSuite(http_reach, .init = begin, .fini = end, .timeout = 120);

// --- TLS ---

struct tls_server {
    pid_t pid;
    int out;
    char url[64];
};

// An authority, and a certificate of it for that name, which is valid for so many days from today.
static void make_certificates(const char *name, int days)
{
    char command[4 * SUPPORT_PATH_CAP];
    (void)snprintf(
        command, sizeof command,
        "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 "
        "-subj '/CN=An authority' -keyout ca.key -out ca.pem 2>/dev/null && "
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=%s' "
        "-addext 'subjectAltName=DNS:%s' -keyout key.pem -out request.pem 2>/dev/null && "
        "openssl x509 -req -in request.pem -copy_extensions copy -CA ca.pem -CAkey ca.key -days %d "
        "-out cert.pem 2>/dev/null && mkdir -p v1 && "
        "printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\n{}' >v1/x",
        folder, name, name, days);
    run(command);
}

static void start(struct tls_server *server)
{
    char command[2 * SUPPORT_PATH_CAP];
    int pair[2];
    struct support_heard heard = {.text = NULL};
    (void)snprintf(
        command, sizeof command,
        "cd %s && exec openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem -HTTP 2>&1", folder);
    const char *const argv[] = {"sh", "-c", command, NULL};
    cr_assert_eq(pipe2(pair, O_CLOEXEC), 0);
    server->pid = support_spawn(argv, NULL, -1, pair[1], -1);
    cr_assert_gt(server->pid, 0);
    (void)close(pair[1]);
    server->out = pair[0];
    size_t from = 0;
    cr_assert(support_expect(server->out, &heard, &from, "ACCEPT 127.0.0.1:", SUPPORT_WAIT_MS));
    cr_assert(support_expect(server->out, &heard, &from, "\n", SUPPORT_WAIT_MS));
    const char *port = strstr(heard.text, "127.0.0.1:");
    (void)snprintf(server->url, sizeof server->url, "https://localhost:%d", atoi(port + 10));
    support_heard_free(&heard);
}

static void stop(struct tls_server *server)
{
    (void)kill(server->pid, SIGKILL);
    (void)support_wait_exit(server->pid, SUPPORT_WAIT_MS);
    (void)close(server->out);
}

static void ask(const char *url, const char *ca_file)
{
    const struct http_options options = {.base_url = url, .ca_file = ca_file};
    http_fixture_begin_at(&fixture, nothing, 1, &options);
    const struct http_request request = {.method = "POST", .path = "/v1/x", .changes = true};
    const struct http_request get = {.method = "GET", .path = "/v1/x"};
    http_fixture_send(&fixture, ca_file != NULL && ca_file[0] == '\0' ? &request : &get, &answer);
    http_fixture_wait(&fixture, &answer);
    http_fixture_end(&fixture);
}

static void expect_trusted(const char *how)
{
    cr_expect_eq(answer.why.status, STATUS_OK, "%s: %s", how, answer.why.message);
    cr_expect_str_eq(answer.body, "{}", "%s", how);
}

static void expect_refused(const char *told, const char *advice)
{
    cr_expect_eq(answer.why.status, STATUS_TLS_FAILED, "%s: %s", told, answer.why.message);
    cr_expect_not_null(strstr(answer.why.message, told), "%s", answer.why.message);
    cr_expect_not_null(strstr(failure_advice(&answer.why), advice), "%s", failure_advice(&answer.why));
    cr_expect_null(strstr(answer.why.message, "SSH"), "%s", answer.why.message);
    cr_expect_not(answer.why.maybe_done);
}

Test(http_reach, an_authority_of_ones_own_is_believed_where_it_is_named)
{
    static const char *const files[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    char hashed[SUPPORT_PATH_CAP + 16], command[6 * SUPPORT_PATH_CAP];
    struct tls_server server;
    make_certificates("localhost", 5);
    start(&server);
    ask(server.url, NULL);
    expect_refused("authority is not trusted here", "ca_file or SSL_CERT_FILE");
    ask(server.url, authority);
    expect_trusted("ca_file");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)setenv(files[i], authority, 1);
        ask(server.url, NULL);
        expect_trusted(files[i]);
        ask(server.url, "/etc/ssl/certs/ca-certificates.crt"); // the setting goes first
        expect_refused("authority is not trusted here", "ca_file");
        (void)setenv(files[i], "", 1); // as good as not set
        ask(server.url, NULL);
        expect_refused("authority is not trusted here", "ca_file");
        (void)unsetenv(files[i]);
    }
    (void)snprintf(hashed, sizeof hashed, "%s/authorities", folder);
    (void)snprintf(command, sizeof command, "mkdir %s && cp %s %s/ && openssl rehash %s", hashed, authority,
                   hashed, hashed);
    run(command);
    (void)setenv("SSL_CERT_DIR", hashed, 1);
    ask(server.url, NULL);
    expect_trusted("SSL_CERT_DIR");
    (void)unsetenv("SSL_CERT_DIR");
    ask(server.url, "/nowhere/ca.pem");
    expect_refused("the CA file /nowhere/ca.pem can't be read", "check ca_file");
    stop(&server);
}

Test(http_reach, a_certificate_for_another_host_is_told_from_one_of_an_unknown_authority)
{
    struct tls_server server;
    make_certificates("other.example", 5);
    start(&server);
    ask(server.url, authority);
    expect_refused("is for another host name", "LEAP0_BASE_URL");
    ask(server.url, NULL);
    expect_refused("authority is not trusted here", "ca_file");
    stop(&server);
}

Test(http_reach, a_certificate_that_has_ended_is_named_so)
{
    struct tls_server server;
    make_certificates("localhost", -1);
    start(&server);
    ask(server.url, authority);
    expect_refused("the certificate has ended", "clock");
    stop(&server);
}

// --- proxies ---

Test(http_reach, the_proxy_is_the_one_that_the_environment_names)
{
    static const struct {
        const char *variable, *value, *no_proxy, *url, *name; // NULL: none
    } cases[] = {
        {"HTTPS_PROXY", "http://user:secret@proxy.example:3128", NULL, "https://a.example",
         "http://proxy.example:3128"},
        {"https_proxy", "proxy.example:3128", NULL, "https://a.example", "http://proxy.example:3128"},
        {"ALL_PROXY", "socks5h://me:secret@10.0.0.1", NULL, "https://a.example", "socks5h://10.0.0.1:1080"},
        {"HTTPS_PROXY", "http://[::1]:9", NULL, "https://a.example", "http://[::1]:9"},
        {"HTTPS_PROXY", "http://p:9", "*", "https://a.example", NULL},
        {"HTTPS_PROXY", "http://p:9", "b.example, .A.example", "https://x.a.example", NULL},
        {"HTTPS_PROXY", "http://p:9", "example,a", "https://a.example:8443/v1", NULL},
        {"HTTPS_PROXY", "http://p:9", "xample,a", "https://a.example", "http://p:9"},
        {"HTTPS_PROXY", "http://p:9", NULL, "http://127.0.0.1:80", NULL},
        {"HTTPS_PROXY", "", NULL, "https://a.example", NULL},
        {"http_proxy", "http://p:9", NULL, "https://a.example", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[PROXY_NAME_CAP] = "";
        (void)setenv(cases[i].variable, cases[i].value, 1);
        if (cases[i].no_proxy != NULL)
            (void)setenv("NO_PROXY", cases[i].no_proxy, 1);
        cr_expect_eq(http_reach_proxy(cases[i].url, name), cases[i].name != NULL, "case %zu: %s", i, name);
        if (cases[i].name != NULL)
            cr_expect_str_eq(name, cases[i].name);
        (void)unsetenv(cases[i].variable);
        (void)unsetenv("NO_PROXY");
    }
}

Test(http_reach, a_dead_proxy_is_named_without_its_password)
{
    static const char *const hosts[] = {"127.0.0.1:1", "no-such-host.invalid:3128"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char proxy[128];
        (void)snprintf(proxy, sizeof proxy, "http://me:hidden@%s", hosts[i]);
        (void)setenv("HTTPS_PROXY", proxy, 1);
        ask("https://api.leap0.example", "");
        cr_expect(answer.why.status == STATUS_NO_CONNECTION || answer.why.status == STATUS_NO_NAME);
        cr_expect_not_null(strstr(answer.why.message, "by the proxy http://"), "%s", answer.why.message);
        cr_expect_not_null(strstr(answer.why.message, hosts[i]), "%s", answer.why.message);
        cr_expect_null(strstr(answer.why.message, "hidden"), "%s", answer.why.message);
        cr_expect_not_null(strstr(failure_advice(&answer.why), "HTTPS_PROXY"));
        cr_expect_not(answer.why.maybe_done);
    }
}

// What a proxy refuses has not reached the server: it is no unknown outcome.
Test(http_reach, a_proxy_that_refuses_is_named_with_its_answer)
{
    static const struct http_peer_answer refuses[] = {
        {.bytes = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
         .end = HTTP_PEER_CLOSE}};
    const struct http_options options = {.base_url = "https://api.leap0.example"};
    char proxy[128], told[128];
    http_fixture_begin_at(&fixture, refuses, 1, &options);
    (void)snprintf(proxy, sizeof proxy, "http://me:hidden@127.0.0.1:%d", http_peer_port(fixture.peer));
    (void)setenv("HTTPS_PROXY", proxy, 1);
    http_fixture_post(&fixture, &answer);
    (void)snprintf(told, sizeof told, "the proxy http://127.0.0.1:%d answered 407",
                   http_peer_port(fixture.peer));
    cr_expect_eq(answer.why.status, STATUS_NO_CONNECTION);
    cr_expect_str_eq(answer.why.message, told);
    cr_expect_not(answer.why.maybe_done);
    http_fixture_end(&fixture);
}
