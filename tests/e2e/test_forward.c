// SPDX-License-Identifier: Apache-2.0
//
// sbxdeck forward: bytes both ways, many at once, what is cut and comes back, what a person did in the
// meantime, and what can't be listened on.

#include "tests/e2e/forward_fixture.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MB = 1000 * 1000 };

static struct fixture fixture;
static struct forward_echo echo;
static struct forward_run forward;
static char sandbox[64], port[32];

static void begin_with(const char *const options[])
{
    fixture_begin_first(&fixture, options, sandbox, sizeof sandbox);
    forward_echo_start(&echo);
    (void)snprintf(port, sizeof port, ":%d", echo.port);
}

static void begin(void)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", "--move-ms", "1500", NULL};
    begin_with(options);
}

static void begin_cut(void)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "2", "--cut-on-expiry", NULL};
    begin_with(options);
}

static void end(void)
{
    forward_echo_stop(&echo);
    fixture_end(&fixture);
}

static void open_one(void)
{
    const char *const ports[] = {port, NULL};
    forward_run_begin(&forward, &fixture, sandbox, ports);
}

static void close_it(void)
{
    cr_expect_eq(forward_run_end(&forward, SIGINT), 0);
    support_heard_free(&forward.heard);
}

// --- bytes --------------------------------------------------------------------------------

Test(forward, what_goes_in_comes_back_and_an_end_is_one_sides_only, .init = begin, .fini = end)
{
    open_one();
    int local = forward_run_port(&forward, 0);
    cr_expect(forward_exchange(local, 0));
    cr_expect(forward_exchange(local, 1));
    cr_expect(forward_exchange(local, 3 * MB));
    close_it();
}

Test(forward, fifty_connections_at_once, .init = begin, .fini = end)
{
    open_one();
    cr_expect_eq(forward_exchange_many(forward_run_port(&forward, 0), 50, 200000), 50);
    close_it();
}

Test(forward, more_than_it_takes_wait_and_none_is_lost, .init = begin, .fini = end)
{
    open_one();
    cr_expect_eq(forward_exchange_many(forward_run_port(&forward, 0), 300, 1000), 300);
    close_it();
}

// One that reads nothing holds up nobody, takes little memory, and gets all in the end.
Test(forward, a_hundred_megabytes_beside_one_that_stalls, .init = begin, .fini = end)
{
    static char bytes[64 * 1024];
    open_one();
    int local = forward_run_port(&forward, 0);
    int stalled = loopback_connect(local);
    size_t sent = 0, got = 0;
    cr_assert_geq(stalled, 0);
    // Until nothing moves any more.
    struct pollfd room = {.fd = stalled, .events = POLLOUT};
    while (poll(&room, 1, 1000) > 0) {
        ssize_t count = send(stalled, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        cr_assert_gt(count, 0);
        sent += (size_t)count;
    }
    cr_expect_geq(sent, 1 * MB);
    cr_expect(forward_exchange(local, 100 * MB));
#ifndef __SANITIZE_ADDRESS__ // which keeps what is freed
    cr_expect_lt(forward_memory_kb(forward.pid), 40 * 1000);
#endif
    cr_assert_eq(shutdown(stalled, SHUT_WR), 0);
    for (ssize_t count = 0; (count = recv(stalled, bytes, sizeof bytes, 0)) > 0;)
        got += (size_t)count;
    char tail[32];
    cr_expect_eq(got, sent + (size_t)snprintf(tail, sizeof tail, "<%zu>", sent));
    (void)close(stalled);
    close_it();
}

Test(forward, several_ports_each_by_its_own_way_of_writing, .init = begin, .fini = end)
{
    char two[64], three[64];
    (void)snprintf(two, sizeof two, "127.0.0.2:0:127.0.0.1:%d", echo.port);
    (void)snprintf(three, sizeof three, "localhost::%d", echo.port);
    const char *const ports[] = {port, two, three, NULL};
    forward_run_begin(&forward, &fixture, sandbox, ports);
    cr_expect(forward_run_has(&forward, "\"url\":\"http://127.0.0.2:"));
    cr_expect(forward_exchange(forward_run_port(&forward, 0), 1000));
    cr_expect(forward_exchange(forward_run_port(&forward, 2), 1000));
    close_it();
}

// --- what it says, and how it ends ----------------------------------------------------------

Test(forward, says_where_it_listens_and_is_in_the_log, .init = begin, .fini = end)
{
    char expected[160], out[SUPPORT_PATH_CAP + 32];
    struct support_heard heard = {0};
    const char *const argv[] = {fixture.program, "forward", sandbox, port, NULL};
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t pid = support_spawn(argv, fixture.environment, -1, ends[1], -1);
    cr_assert_gt(pid, 0);
    (void)close(ends[1]);
    (void)snprintf(expected, sizeof expected, " -> %s:%d\n", sandbox, echo.port);
    cr_expect(support_expect(ends[0], &heard, NULL, expected, SUPPORT_WAIT_MS));
    cr_expect_eq(strncmp(heard.text, "http://127.0.0.1:", 17), 0, "%s", heard.text);
    cr_expect(forward_exchange((int)strtol(heard.text + 17, NULL, 10), 5));
    (void)kill(pid, SIGTERM);
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 0);
    support_heard_free(&heard);
    (void)close(ends[0]);
    (void)snprintf(out, sizeof out, "1 connection, 8 bytes in, 5 bytes out");
    fixture_expect(&fixture, 0, out, NULL, "events", "--json", "--kind", "forward-ended", NULL);
    (void)snprintf(out, sizeof out, "to :%d", echo.port);
    fixture_expect(&fixture, 0, out, NULL, "events", "--json", "--kind", "forwarded", NULL);
}

static bool is_free(void *ctx)
{
    int fd = loopback_connect(*(int *)ctx);
    if (fd >= 0)
        (void)close(fd);
    return fd < 0;
}

Test(forward, ctrl_c_ends_it_and_its_connections, .init = begin, .fini = end)
{
    char byte = 0;
    open_one();
    int local = forward_run_port(&forward, 0);
    int fd = loopback_connect(local);
    cr_assert(loopback_send(fd, "x", 1));
    cr_assert_eq(recv(fd, &byte, 1, 0), 1);
    cr_expect_eq(forward_run_end(&forward, SIGINT), 0);
    cr_expect(forward_run_has(&forward, "\"type\":\"ended\""), "%s", forward.heard.text);
    cr_expect_leq(recv(fd, &byte, 1, 0), 0);
    cr_expect(support_wait_until(is_free, &local, SUPPORT_WAIT_MS));
    (void)close(fd);
    support_heard_free(&forward.heard);
}

// --- what can't be ------------------------------------------------------------------------

Test(forward, a_busy_port_is_named_and_nothing_is_made, .init = begin, .fini = end)
{
    char text[160], spec[64];
    int taken = 0;
    int listener = loopback_listen(1, &taken);
    (void)snprintf(spec, sizeof spec, "%d:80", taken);
    (void)snprintf(text, sizeof text, "port 127.0.0.1:%d is in use by another program (take another", taken);
    fixture_expect(&fixture, 5, "", text, "forward", sandbox, port, spec, NULL);
    fixture_expect(&fixture, 0, "[]", NULL, "access", "ls", sandbox, "--json", NULL);
    fixture_expect(&fixture, 0, "[]", NULL, "events", "--json", "--kind", "forwarded", NULL);
    (void)close(listener);
}

Test(forward, a_wrong_port_is_found_before_anything_is_asked)
{
    static const struct {
        const char *one, *two, *says;
    } wrong[] = {
        {"80800", NULL, "'80800': the last part is no port"},
        {"3000:db:", NULL, "'3000:db:': the last part"},
        {"::1:80", NULL, "'::1:80'"},
        {"3000:80", "3000:81", "'3000:80' and '3000:81' have the same local port"},
        {"--kind", NULL, "is not an option"},
    };
    fixture_begin(&fixture, NULL);
    fixture_point_at(&fixture, "http://127.0.0.1:1", "any");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        fixture_expect(&fixture, 2, "", wrong[i].says, "forward", "sbx-1", wrong[i].one, wrong[i].two, NULL);
    fixture_expect(&fixture, 2, "", "needs SANDBOX", "forward", "sbx-1", NULL);
    fixture_end(&fixture);
}

Test(forward, where_nothing_listens_only_that_connection_is_closed_and_it_is_said_once, .init = begin,
     .fini = end)
{
    int dead = 0;
    char nobody[32], byte = 0;
    int unused = loopback_listen(-1, &dead); // bound, and does not listen
    (void)snprintf(nobody, sizeof nobody, ":%d", dead);
    const char *const ports[] = {nobody, port, NULL};
    forward_run_begin(&forward, &fixture, sandbox, ports);
    for (int i = 0; i < 3; i++) {
        int fd = loopback_connect(forward_run_port(&forward, 0));
        cr_assert_geq(fd, 0);
        cr_expect_leq(recv(fd, &byte, 1, 0), 0);
        (void)close(fd);
    }
    forward_run_expect(&forward, "\"type\":\"refused\"");
    cr_expect(forward_exchange(forward_run_port(&forward, 1), 1000));
    cr_expect_eq(forward_run_end(&forward, SIGINT), 0);
    const char *first = strstr(forward.heard.text, "\"type\":\"refused\"");
    cr_expect_null(strstr(first + 1, "\"type\":\"refused\""), "%s", forward.heard.text);
    support_heard_free(&forward.heard);
    (void)close(unused);
}

Test(forward, of_a_stopped_sandbox_is_not_begun, .init = begin, .fini = end)
{
    fixture_expect(&fixture, 0, NULL, NULL, "stop", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "stopped");
    fixture_expect(&fixture, 5, "", "is stopped", "forward", sandbox, port, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "start", sandbox, NULL);
}

Test(forward, wakes_a_paused_sandbox_as_ssh_does, .init = begin, .fini = end)
{
    fixture_expect(&fixture, 0, NULL, NULL, "pause", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "paused");
    open_one();
    cr_expect(forward_exchange(forward_run_port(&forward, 0), 1000));
    close_it();
}

// --- cut, and back --------------------------------------------------------------------------

Test(forward, a_credential_that_ends_is_replaced_and_the_port_stays)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes",     "2",
                                   "--ttl",   "6",     "--cut-on-expiry", NULL};
    begin_with(options);
    open_one();
    int local = forward_run_port(&forward, 0);
    cr_expect(forward_exchange(local, 1000));
    for (int i = 0; i < 2; i++) {
        forward_run_expect(&forward, "\"type\":\"cut\"");
        forward_run_expect(&forward, "\"type\":\"connected\"");
        cr_expect(forward_exchange(local, 1000));
    }
    close_it();
    end();
}

// The new one is there, made by another process: it is used, and none is made beside it.
Test(forward, a_credential_replaced_under_it_is_taken, .init = begin_cut, .fini = end)
{
    char before[128];
    open_one();
    int local = forward_run_port(&forward, 0);
    fixture_password(&fixture, sandbox, before, sizeof before);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "regen", sandbox, NULL);
    char after[128];
    fixture_password(&fixture, sandbox, after, sizeof after);
    forward_run_expect(&forward, "\"type\":\"cut\"");
    forward_run_expect(&forward, "\"type\":\"connected\"");
    forward_wait_usable(local);
    char now[128];
    fixture_password(&fixture, sandbox, now, sizeof now);
    cr_expect_str_neq(before, after);
    cr_expect_str_eq(now, after);
    close_it();
}

// Waits for a connection and for its end: nothing came through.
static void expect_closed(int local)
{
    char byte = 0;
    int fd = loopback_connect(local);
    cr_assert_geq(fd, 0, "the port does not listen any more");
    cr_expect_leq(recv(fd, &byte, 1, 0), 0);
    (void)close(fd);
}

// What a person has put to rest stays so, however often somebody knocks.
static void rest_and_wake(const char *verb, const char *state, const char *says)
{
    open_one();
    int local = forward_run_port(&forward, 0);
    cr_expect(forward_exchange(local, 1000));
    fixture_expect(&fixture, 0, NULL, NULL, verb, sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, state);
    forward_run_expect(&forward, says);
    expect_closed(local);
    fixture_wait_state(&fixture, sandbox, state);
    fixture_expect(&fixture, 0, NULL, NULL, "start", sandbox, NULL);
    forward_run_expect(&forward, "\"type\":\"connected\"");
    cr_expect(forward_exchange(local, 1000));
    close_it();
}

Test(forward, a_sandbox_stopped_by_hand_is_not_started, .init = begin, .fini = end)
{
    rest_and_wake("stop", "stopped", "\"type\":\"waiting\"");
}

Test(forward, a_sandbox_paused_by_hand_is_not_woken, .init = begin, .fini = end)
{
    rest_and_wake("pause", "paused", "\"type\":\"waiting\"");
}

Test(forward, a_credential_revoked_by_hand_is_not_made_again, .init = begin_cut, .fini = end)
{
    open_one();
    int local = forward_run_port(&forward, 0);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "delete", sandbox, NULL);
    forward_run_expect(&forward, "\"type\":\"waiting\"");
    expect_closed(local);
    fixture_expect(&fixture, 0, "[]", NULL, "access", "ls", sandbox, "--json", NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    forward_run_expect(&forward, "\"type\":\"connected\"");
    cr_expect(forward_exchange(local, 1000));
    close_it();
}

Test(forward, ends_when_the_sandbox_is_deleted, .init = begin, .fini = end)
{
    open_one();
    fixture_expect(&fixture, 0, NULL, NULL, "sandbox", "delete", sandbox, "--yes", NULL);
    cr_expect(support_expect(forward.out, &forward.heard, NULL, NULL, SUPPORT_WAIT_MS));
    cr_expect_eq(support_wait_exit(forward.pid, SUPPORT_WAIT_MS), 4, "%s", forward.heard.text);
    cr_expect(forward_run_has(&forward, "is deleted"), "%s", forward.heard.text);
    (void)close(forward.out);
    support_heard_free(&forward.heard);
}

Test(forward, waits_for_a_sandbox_that_is_on_its_way, .init = begin, .fini = end)
{
    fixture_expect(&fixture, 0, NULL, NULL, "stop", sandbox, NULL);
    fixture_wait_state(&fixture, sandbox, "stopped");
    const char *const argv[] = {fixture.program, "start", sandbox, NULL};
    const char *const ports[] = {port, NULL};
    pid_t starting = support_spawn(argv, fixture.environment, -1, -1, -1);
    fixture_wait_state(&fixture, sandbox, "starting");
    forward_run_begin(&forward, &fixture, sandbox, ports);
    cr_expect(forward_exchange(forward_run_port(&forward, 0), 1000));
    close_it();
    cr_expect_eq(support_wait_exit(starting, SUPPORT_WAIT_MS), 0);
}
