// SPDX-License-Identifier: Apache-2.0
//
// sbxdeck forward against a real OpenSSH server: bytes, and a connection that the server loses.

#include "tests/e2e/forward_fixture.h"
#include "tests/support/access_server.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fixture fixture;
static struct sshd sshd;
static struct access_server *server;
static struct forward_echo echo;
static struct forward_run forward;

static void begin(void)
{
    char port[32];
    const char *const ports[] = {port, NULL};
    if (sshd_missing() != NULL)
        SKIP_TEST("%s", sshd_missing());
    fixture_begin_without(&fixture);
    cr_assert(sshd_start(&sshd, NULL));
    server = access_server_start(SSHD_HOST, sshd.port, SSHD_USER, SSHD_PASSWORD);
    cr_assert_not_null(server);
    fixture_point_at(&fixture, access_server_url(server), "any-key");
    forward_echo_start(&echo);
    // By address: a bare machine without /etc/hosts knows no localhost.
    (void)snprintf(port, sizeof port, ":127.0.0.1:%d", echo.port);
    forward_run_begin(&forward, &fixture, ACCESS_SERVER_SANDBOX, ports);
}

static void end(void)
{
    if (server == NULL)
        return;
    cr_expect_eq(forward_run_end(&forward, SIGTERM), 0, "%s", forward.heard.text);
    cr_expect(!forward_run_has(&forward, SSHD_PASSWORD));
    support_heard_free(&forward.heard);
    forward_echo_stop(&echo);
    fixture_end(&fixture);
    access_server_stop(server);
    sshd_stop(&sshd);
}

// The processes of a connection have the user in their title; the server itself has not.
static void lose_connection(pid_t pid, void *ctx)
{
    char path[64];
    size_t length = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    char *title = support_file_read(path, &length);
    if (title != NULL && strstr(title, SSHD_USER) != NULL) {
        (void)kill(pid, SIGKILL);
        ++*(int *)ctx;
    }
    free(title);
}

Test(forward_openssh, fifty_connections_and_a_long_one, .init = begin, .fini = end)
{
    int local = forward_run_port(&forward, 0);
    cr_expect_eq(forward_exchange_many(local, 50, 100000), 50);
    cr_expect(forward_exchange(local, 20 * 1000 * 1000));
}

Test(forward_openssh, a_lost_connection_is_made_again, .init = begin, .fini = end)
{
    int local = forward_run_port(&forward, 0), lost = 0;
    cr_expect(forward_exchange(local, 1000));
    support_descendants(sshd.pid, lose_connection, &lost);
    cr_assert_gt(lost, 0);
    forward_run_expect(&forward, "\"type\":\"cut\"");
    forward_run_expect(&forward, "\"type\":\"connected\"");
    cr_expect_eq(forward_run_port(&forward, 0), local);
    cr_expect(forward_exchange(local, 1000));
}
