// SPDX-License-Identifier: Apache-2.0
//
// The watcher on the real kernel, in a network of the test's own. Where that may not be made (or has no
// interfaces to make) the test is skipped and says so.

#include "api/net/net_watch.h"
#include "tests/support/skip.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uv_loop_t loop;
static uv_timer_t alive; // the watcher keeps no loop going by itself
static struct net_watch *watch;
static int changes;
static struct net_change last;
static struct net_address used;

static void run(const char *command)
{
    cr_assert_eq(system(command), 0, "%s", command); // NOLINT(cert-env33-c): a test's own words
}

// A pair of interfaces, and the carrier that each gives the other.
static void begin(void)
{
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        SKIP_TEST("no network namespace may be made here");
    if (system("command -v ip >/dev/null && ip link set lo up && " // NOLINT(cert-env33-c)
               "ip link add net0 type veth peer name net1 2>/dev/null") != 0)
        SKIP_TEST("no interfaces can be made here (ip, veth)");
    run("ip link set net0 up && ip link set net1 up");
    cr_assert_eq(uv_loop_init(&loop), 0);
    changes = 0;
    used.family = 0;
}

static void on_changed(void *ctx, const struct net_change *change)
{
    (void)ctx;
    changes++;
    last = *change;
}

static size_t tell_used(void *ctx, struct net_address *out, size_t cap)
{
    (void)ctx;
    cr_assert_gt(cap, 0);
    out[0] = used;
    return used.family != 0 ? 1 : 0;
}

static bool is_known(void *ctx)
{
    (void)ctx;
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    return net_watch_is_ready(watch);
}

static bool is_told(void *ctx)
{
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    return changes >= *(int *)ctx;
}

static void on_alive(uv_timer_t *timer)
{
    (void)timer;
}

static void start(void)
{
    static const struct net_watch_events events = {.changed = on_changed, .used = tell_used};
    struct failure why = {.status = STATUS_OK};
    cr_assert_eq(net_watch_new(&loop, 50, &events, NULL, &watch, &why), STATUS_OK, "%s", why.message);
    (void)uv_timer_init(&loop, &alive);
    (void)uv_timer_start(&alive, on_alive, SUPPORT_WAIT_MS, SUPPORT_WAIT_MS);
    cr_assert(support_wait_until(is_known, NULL, SUPPORT_WAIT_MS));
}

static void end(void)
{
    net_watch_free(watch);
    if (alive.loop != NULL)
        uv_close((uv_handle_t *)&alive, NULL);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect_eq(uv_loop_close(&loop), 0, "something stays on the loop");
}

static void expect_told(int count, const char *expected)
{
    char text[NET_TEXT_CAP];
    cr_assert(support_wait_until(is_told, &count, SUPPORT_WAIT_MS), "not told: %s", expected);
    cr_expect_str_eq(net_change_text(&last, text), expected);
    cr_expect_eq(changes, count);
}

static bool has_address(void *ctx)
{
    struct net_address address;
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    return net_address_parse(ctx, &address) && net_watch_has(watch, &address);
}

TestSuite(net_watch, .init = begin);

Test(net_watch, tells_of_another_address_and_way_once_each)
{
    struct net_address address;
    start();
    run("ip addr add 192.0.2.7/24 dev net0 && ip route add default via 192.0.2.1");
    expect_told(1, "net0, address 192.0.2.7");
    cr_expect(net_address_parse("192.0.2.7", &address) && net_watch_has(watch, &address));
    run("ip addr add 192.0.2.8/24 dev net0");
    expect_told(2, "net0, address 192.0.2.8");
    run("ip addr del 192.0.2.8/24 dev net0");
    expect_told(3, "net0 has lost 192.0.2.8");
    cr_expect(net_address_parse("192.0.2.8", &address) && !net_watch_has(watch, &address));
    run("ip link set net1 down"); // net0 has no carrier then
    expect_told(4, "no route is left");
    run("ip link set net1 up");
    expect_told(5, "net0, address 192.0.2.7");
    end();
}

Test(net_watch, another_gateway_is_told_though_interface_and_address_stay)
{
    run("ip addr add 192.0.2.7/24 dev net0 && ip route add default via 192.0.2.1 && "
        "ip -6 addr add 2001:db8::7/64 dev net0 nodad && ip -6 route add default via 2001:db8::1");
    start();
    run("ip route replace default via 192.0.2.2");
    expect_told(1, "net0, address 192.0.2.7");
    run("ip -6 route replace default via 2001:db8::2");
    expect_told(2, "net0, address 2001:db8::7");
    end();
}

Test(net_watch, an_address_that_is_not_known_to_be_free_yet_is_not_told)
{
    run("ip -6 addr add 2001:db8::7/64 dev net0 nodad && ip -6 route add default via 2001:db8::1 && "
        "ip addr add 192.0.2.7/24 dev net0 && ip route add default via 192.0.2.1");
    start();
    run("ip -6 addr del 2001:db8::7/64 dev net0 && ip -6 addr add 2001:db8::8/64 dev net0");
    run("ip -6 route replace default via 2001:db8::1");
    cr_assert(support_wait_until(has_address, (void *)"2001:db8::8", SUPPORT_WAIT_MS));
    run("test -z \"$(ip -6 addr show dev net0 tentative scope global)\"");
    end();
}

Test(net_watch, what_others_do_without_a_way_out_is_not_told)
{
    run("ip addr add 192.0.2.7/24 dev net0 && ip route add default via 192.0.2.1");
    start();
    run("ip link add c0 type veth peer name c1 && ip addr add 172.17.0.1/16 dev c0 && ip link set c0 up");
    run("ip link del c0");
    run("ip addr add 127.0.0.9/8 dev lo");
    // What comes back within a moment was never away; the last is told, and nothing before it was.
    run("ip addr del 192.0.2.7/24 dev net0; ip addr add 192.0.2.7/24 dev net0; "
        "ip route add default via 192.0.2.1");
    run("ip addr add 192.0.2.9/24 dev net0");
    expect_told(1, "net0, address 192.0.2.9");
    // One that a connection stands on counts wherever it is.
    cr_assert(net_address_parse("127.0.0.9", &used));
    run("ip addr del 127.0.0.9/8 dev lo");
    expect_told(2, "lo has lost 127.0.0.9");
    end();
}

Test(net_watch, a_name_cannot_write_on_the_screen)
{
    start();
    run("n=\"$(printf 'w\\033[2J\\302\\233x')\" && ip link set net0 down && ip link set net0 name \"$n\" && "
        "ip link set \"$n\" up && ip addr add 192.0.2.7/24 dev \"$n\" && ip route add default via 192.0.2.1");
    expect_told(1, "w??2J??x, address 192.0.2.7");
    end();
}

Test(net_watch, a_flood_of_messages_loses_nothing)
{
    start();
    run("for i in $(seq 1 300); do echo link add v$i type veth peer name w$i; done > /tmp/net_watch.$$; "
        "ip -batch /tmp/net_watch.$$; rm /tmp/net_watch.$$"); // the loop stands still meanwhile
    run("ip addr add 192.0.2.7/24 dev net0 && ip route add default via 192.0.2.1");
    expect_told(1, "net0, address 192.0.2.7");
    end();
}

Test(net_watch, may_be_ended_at_any_time)
{
    static const struct net_watch_events events = {.changed = on_changed};
    struct failure why = {.status = STATUS_OK};
    cr_assert_eq(net_watch_new(&loop, 0, &events, NULL, &watch, &why), STATUS_OK);
    net_watch_free(watch);
    net_watch_free(NULL);
    cr_assert_eq(net_watch_new(&loop, 0, &events, NULL, &watch, &why), STATUS_OK);
    (void)uv_run(&loop, UV_RUN_DEFAULT); // it keeps no loop alive
    end();
}
