// SPDX-License-Identifier: Apache-2.0
//
// forward: Local ports into a real sshd: what waits for the connection, what is cut and comes back, what is
// refused; and that nothing stays on the loop.

#include "api/forward/forward.h"
#include "tests/support/loopback.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PULSE_MS = 20, CLIENTS = 50, TEXT_SIZE = 100000 };

static struct {
    uv_loop_t loop;
    uv_timer_t pulse;
    struct forward *forward;
    struct forward_port *port;
    struct secret *password;
    struct ssh_target target;
    struct sshd sshd;
    char folder[SUPPORT_PATH_CAP], known_hosts[SUPPORT_PATH_CAP + 16];
    bool answers; // `wanted` is answered by a sign-in; else by a wait
    bool free_when_connected;
    int wanted, again, connected, cuts, waits, refused, new_keys;
} run;

static void on_wanted(void *ctx, bool again)
{
    struct failure why;
    (void)ctx;
    run.wanted++;
    run.again += again ? 1 : 0;
    if (run.answers) {
        forward_sign_in(run.forward, &run.target, run.password);
        return;
    }
    (void)fail(&why, STATUS_CONFLICT, "not now");
    forward_wait(run.forward, &why);
}

static void on_changed(void *ctx)
{
    struct forward_facts facts;
    (void)ctx;
    forward_facts(run.forward, &facts);
    run.connected += facts.state == FORWARD_CONNECTED ? 1 : 0;
    run.cuts += facts.state == FORWARD_CUT ? 1 : 0;
    run.waits += facts.state == FORWARD_WAITING ? 1 : 0;
    if (run.free_when_connected && facts.state == FORWARD_CONNECTED) {
        forward_free(run.forward);
        run.forward = NULL;
    }
}

static void on_new_key(void *ctx, const struct host_key_report *report)
{
    (void)ctx;
    (void)report;
    run.new_keys++;
}

static void on_refused(void *ctx, const struct forward_port *port, const struct failure *why)
{
    (void)ctx;
    cr_expect_eq(port, run.port);
    cr_expect_neq(why->status, STATUS_OK);
    run.refused++;
}

static void on_pulse(uv_timer_t *timer)
{
    (void)timer;
}

static void aim(void)
{
    (void)snprintf(run.target.host, sizeof run.target.host, "%s", SSHD_HOST);
    (void)snprintf(run.target.user, sizeof run.target.user, "%s", SSHD_USER);
    run.target.port = run.sshd.port;
}

static void begin(void)
{
    static const struct forward_events events = {
        .wanted = on_wanted, .changed = on_changed, .new_key = on_new_key, .refused = on_refused};
    const char *missing = sshd_missing();
    struct failure why = {.status = STATUS_OK};
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    memset(&run, 0, sizeof run);
    cr_assert_eq(secret_init(), 0);
    cr_assert(sshd_start(&run.sshd, NULL));
    cr_assert(support_folder_make(run.folder));
    (void)snprintf(run.known_hosts, sizeof run.known_hosts, "%s/known_hosts", run.folder);
    run.password = secret_new(SSHD_PASSWORD, strlen(SSHD_PASSWORD));
    aim();
    run.answers = true;
    cr_assert_eq(uv_loop_init(&run.loop), 0);
    cr_assert_eq(uv_timer_init(&run.loop, &run.pulse), 0);
    cr_assert_eq(uv_timer_start(&run.pulse, on_pulse, PULSE_MS, PULSE_MS), 0);
    const struct forward_options options = {.known_hosts = run.known_hosts};
    cr_assert_eq(forward_new(&run.loop, &options, &events, &run, &run.forward, &why), STATUS_OK);
}

static void end(void)
{
    if (run.password == NULL)
        return;
    forward_free(run.forward);
    uv_close((uv_handle_t *)&run.pulse, NULL);
    int64_t until = support_now_ms() + SUPPORT_WAIT_MS;
    while (uv_run(&run.loop, UV_RUN_ONCE) != 0 && support_now_ms() < until)
        ;
    cr_expect_eq(uv_loop_close(&run.loop), 0, "something stays on the loop");
    secret_free(run.password);
    sshd_stop(&run.sshd);
    (void)support_folder_remove(run.folder);
}

static bool run_until(bool (*ready)(void))
{
    int64_t until = support_now_ms() + SUPPORT_WAIT_MS;
    while (!ready() && support_now_ms() < until)
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    return ready();
}

static void listen_to(int remote_port)
{
    struct forward_spec spec = {.address = "127.0.0.1", .host = "127.0.0.1", .port = remote_port};
    struct failure why = {.status = STATUS_OK};
    cr_assert_eq(forward_listen(run.forward, &spec, &run.port, &why), STATUS_OK, "%s", failure_text(&why));
}

static int local_port(void)
{
    struct forward_port_facts facts;
    forward_port_facts(run.port, &facts);
    return facts.spec.local_port;
}

static bool is_connected(void)
{
    return run.connected > 0;
}

static bool is_connected_again(void)
{
    return run.connected > 1;
}

static bool has_waited(void)
{
    return run.waits > 0;
}

static bool is_cut(void)
{
    return run.cuts > 0;
}

// --- a server and its clients, on threads -----------------------------------------------------

static void *serve_one(void *ctx)
{
    int fd = *(int *)ctx;
    char bytes[4096];
    ssize_t count = 0;
    free(ctx);
    while ((count = recv(fd, bytes, sizeof bytes, 0)) > 0)
        (void)loopback_send(fd, bytes, (size_t)count);
    (void)loopback_send(fd, "end", 3);
    (void)close(fd);
    return NULL;
}

static void *serve(void *ctx)
{
    int listener = *(int *)ctx, fd = -1;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        pthread_t thread;
        int *of_thread = malloc(sizeof *of_thread);
        *of_thread = fd;
        if (pthread_create(&thread, NULL, serve_one, of_thread) == 0)
            (void)pthread_detach(thread);
        else
            free(of_thread);
    }
    return NULL;
}

static int start_echo(void)
{
    static int listener;
    pthread_t thread;
    int port = 0;
    listener = loopback_listen(CLIENTS, &port);
    cr_assert_eq(pthread_create(&thread, NULL, serve, &listener), 0);
    (void)pthread_detach(thread);
    return port;
}

static struct client {
    pthread_t thread;
    int port;
    size_t got;
    bool over;
} clients[CLIENTS];
static size_t client_count;

static void *be_client(void *ctx)
{
    static const char text[TEXT_SIZE];
    struct client *client = ctx;
    char bytes[4096];
    ssize_t count = 0;
    int fd = loopback_connect(client->port);
    if (fd >= 0 && loopback_send(fd, text, sizeof text) && shutdown(fd, SHUT_WR) == 0)
        while ((count = recv(fd, bytes, sizeof bytes, 0)) > 0)
            client->got += (size_t)count;
    if (fd >= 0)
        (void)close(fd);
    __atomic_store_n(&client->over, true, __ATOMIC_RELEASE);
    return NULL;
}

static void start_clients(size_t count)
{
    for (client_count = 0; client_count < count; client_count++) {
        clients[client_count] = (struct client){.port = local_port()};
        cr_assert_eq(pthread_create(&clients[client_count].thread, NULL, be_client, &clients[client_count]),
                     0);
    }
}

static bool clients_are_over(void)
{
    for (size_t i = 0; i < client_count; i++)
        if (!__atomic_load_n(&clients[i].over, __ATOMIC_ACQUIRE))
            return false;
    return true;
}

static void expect_clients(size_t got)
{
    cr_assert(run_until(clients_are_over));
    for (size_t i = 0; i < client_count; i++) {
        (void)pthread_join(clients[i].thread, NULL);
        cr_expect_eq(clients[i].got, got, "%zu: %zu", i, clients[i].got);
    }
}

// --- tests ------------------------------------------------------------------------------------

Test(forward_link, many_go_through_a_real_sshd_with_their_halves_closed, .init = begin, .fini = end)
{
    struct forward_facts facts;
    listen_to(start_echo());
    forward_begin(run.forward);
    cr_assert(run_until(is_connected));
    cr_expect_eq(run.new_keys, 1);
    start_clients(CLIENTS);
    expect_clients(TEXT_SIZE + 3);
    forward_facts(run.forward, &facts);
    cr_expect_eq(facts.opened, CLIENTS);
    cr_expect_eq(facts.bytes_out, (uint64_t)CLIENTS * TEXT_SIZE);
    cr_expect_eq(facts.bytes_in, (uint64_t)CLIENTS * (TEXT_SIZE + 3));
}

// Those that come before the connection is there wait for it.
Test(forward_link, who_comes_early_is_let_through, .init = begin, .fini = end)
{
    run.answers = false;
    listen_to(start_echo());
    forward_begin(run.forward);
    cr_assert(run_until(has_waited));
    start_clients(3);
    run.answers = true;
    forward_again(run.forward);
    expect_clients(TEXT_SIZE + 3);
    cr_expect_eq(run.again, 0);
}

Test(forward_link, a_server_that_dies_is_found_again_and_the_port_stays, .init = begin, .fini = end)
{
    listen_to(start_echo());
    forward_begin(run.forward);
    cr_assert(run_until(is_connected));
    int before = local_port();
    sshd_stop(&run.sshd);
    cr_assert(run_until(is_cut));
    memset(&run.sshd, 0, sizeof run.sshd);
    cr_assert(sshd_start(&run.sshd, NULL));
    aim();
    forward_again(run.forward);
    cr_assert(run_until(is_connected_again));
    cr_expect_gt(run.again, 0);
    cr_expect_eq(local_port(), before);
    start_clients(2);
    expect_clients(TEXT_SIZE + 3);
}

Test(forward_link, a_changed_host_key_waits_for_somebody, .init = begin, .fini = end)
{
    struct forward_facts facts;
    listen_to(start_echo());
    forward_begin(run.forward);
    cr_assert(run_until(is_connected));
    cr_assert(sshd_rekey(&run.sshd, "ed25519"));
    forward_rest(run.forward);
    forward_begin(run.forward);
    cr_assert(run_until(has_waited));
    forward_facts(run.forward, &facts);
    cr_expect_eq(facts.end.status, STATUS_HOST_KEY_CHANGED);
    cr_expect_eq(run.connected, 1);
}

Test(forward_link, a_wrong_password_is_tried_again_later_and_not_at_once, .init = begin, .fini = end)
{
    struct forward_facts facts;
    secret_free(run.password);
    run.password = secret_new("wrong", 5);
    forward_begin(run.forward);
    cr_assert(run_until(is_cut));
    forward_facts(run.forward, &facts);
    cr_expect_eq(facts.end.status, STATUS_SIGN_IN_REFUSED);
    cr_expect_geq(facts.retry_at - facts.since, 700);
    cr_expect_eq(run.wanted, 1);
}

Test(forward_link, nobody_there_is_said_once_and_closes_only_that_one, .init = begin, .fini = end)
{
    int dead = 0;
    int unused = loopback_listen(-1, &dead);
    listen_to(dead);
    forward_begin(run.forward);
    cr_assert(run_until(is_connected));
    start_clients(5);
    expect_clients(0);
    struct forward_port_facts facts;
    forward_port_facts(run.port, &facts);
    cr_expect_eq(facts.refused, 5);
    cr_expect_eq(run.refused, 1);
    listen_to(start_echo());
    start_clients(1);
    expect_clients(TEXT_SIZE + 3);
    (void)close(unused);
}

Test(forward_link, it_may_be_freed_in_the_midst_of_things, .init = begin, .fini = end)
{
    listen_to(start_echo());
    forward_begin(run.forward);
    cr_assert(run_until(is_connected));
    start_clients(10);
    for (int i = 0; i < 5; i++)
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    forward_free(run.forward);
    run.forward = NULL;
    cr_assert(run_until(clients_are_over));
    for (size_t i = 0; i < client_count; i++)
        (void)pthread_join(clients[i].thread, NULL);
}

Test(forward_link, it_may_be_freed_from_inside_its_event, .init = begin, .fini = end)
{
    listen_to(start_echo());
    run.free_when_connected = true;
    forward_begin(run.forward);
    cr_assert(run_until(is_connected));
}

Test(forward_link, a_busy_port_and_a_foreign_address_are_named)
{
    uv_loop_t loop;
    static const struct forward_events events = {.wanted = on_wanted, .changed = on_changed};
    const struct forward_options options = {.known_hosts = "/nowhere"};
    struct forward_spec spec = {.address = "127.0.0.1", .host = "localhost", .port = 80};
    struct forward_port *port = NULL;
    struct failure why = {.status = STATUS_OK};
    char expected[64];
    int listener = loopback_listen(1, &spec.local_port);
    cr_assert_eq(uv_loop_init(&loop), 0);
    cr_assert_eq(forward_new(&loop, &options, &events, NULL, &run.forward, &why), STATUS_OK);
    cr_expect_eq(forward_listen(run.forward, &spec, &port, &why), STATUS_CONFLICT);
    (void)snprintf(expected, sizeof expected, "127.0.0.1:%d", spec.local_port);
    cr_expect(strstr(failure_text(&why), expected) != NULL, "%s", failure_text(&why));
    cr_expect(strstr(failure_advice(&why), ":80") != NULL, "%s", failure_advice(&why));
    (void)snprintf(spec.address, sizeof spec.address, "192.0.2.77");
    cr_expect_eq(forward_listen(run.forward, &spec, &port, &why), STATUS_BAD_ARGUMENT);
    cr_expect(strstr(failure_text(&why), "192.0.2.77") != NULL, "%s", failure_text(&why));
    cr_expect_eq(forward_port_count(run.forward), 0);
    forward_free(run.forward);
    while (uv_run(&loop, UV_RUN_DEFAULT) != 0)
        ;
    cr_expect_eq(uv_loop_close(&loop), 0);
    (void)close(listener);
}
