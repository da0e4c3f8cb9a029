// SPDX-License-Identifier: Apache-2.0
//
// http_probe: how far the way to a server goes is told, and a way that ends is named.

#include "api/http/http_probe.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOON_MS = 5000 };

Test(http_probe, a_refused_connection_is_named_and_no_later_step_has_a_time)
{
    struct http_probe probe;
    char url[64];
    int port = 0;
    int fd = loopback_listen(-1, &port); // taken, not listened on
    cr_assert_geq(fd, 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    http_probe(url, "", SOON_MS, &probe);
    cr_expect_eq(probe.why.status, STATUS_NO_CONNECTION, "%s", probe.why.message);
    cr_expect_eq(probe.connect_ms, -1);
    cr_expect_eq(probe.tls_ms, -1);
    cr_expect_eq(probe.answer_ms, -1);
    cr_expect_eq(probe.status, 0);
    cr_expect_not(probe.has_date);
    (void)close(fd);
}

Test(http_probe, a_url_that_would_send_in_clear_is_refused_before_anything_is_sent)
{
    struct http_probe probe;
    http_probe("http://example.com", "", SOON_MS, &probe);
    cr_expect_eq(probe.why.status, STATUS_BAD_ARGUMENT);
    cr_expect_eq(probe.name_ms, -1);
}

Test(http_probe, a_proxy_is_named_without_its_password)
{
    struct http_probe probe;
    char proxy[96];
    int port = 0;
    int fd = loopback_listen(-1, &port);
    cr_assert_geq(fd, 0);
    (void)snprintf(proxy, sizeof proxy, "http://me:hunter2@127.0.0.1:%d", port);
    (void)setenv("https_proxy", proxy, 1);
    (void)unsetenv("no_proxy");
    (void)unsetenv("NO_PROXY");
    http_probe("https://api.example", "", SOON_MS, &probe);
    cr_expect_neq(probe.why.status, STATUS_OK);
    cr_expect_not_null(strstr(probe.proxy, "127.0.0.1"), "%s", probe.proxy);
    cr_expect_null(strstr(probe.proxy, "hunter2"));
    cr_expect_null(strstr(probe.why.message, "hunter2"));
    (void)close(fd);
}
