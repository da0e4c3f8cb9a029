// SPDX-License-Identifier: Apache-2.0
//
// A changed network under the real console, in a network of the test's own: the emulator is on its loopback.
// Where none may be made the test is skipped and says so.

#include "tests/e2e/fixture.h"
#include "tests/support/skip.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>

static void run(const char *command)
{
    cr_assert_eq(system(command), 0, "%s", command); // NOLINT(cert-env33-c): a test's own words
}

static void begin(void)
{
    if (unshare(CLONE_NEWNET) != 0)
        SKIP_TEST("no network namespace may be made here");
    if (system("command -v ip >/dev/null && ip link set lo up && " // NOLINT(cert-env33-c)
               "ip link add net0 type veth peer name net1 2>/dev/null") != 0)
        SKIP_TEST("no interfaces can be made here (ip, veth)");
    run("ip link set net0 up && ip link set net1 up");
}

TestSuite(network, .init = begin);

Test(network, a_new_way_out_is_told_in_the_deck_and_in_a_session_and_nothing_is_cut)
{
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    run("ip addr add 192.0.2.7/24 dev net0 && ip route add default via 192.0.2.1");
    console_wait(console, "Network changed");
    console_wait(console, "may be cut");
    console_type(console, "echo alive-$((6*7))\r");
    console_wait(console, "alive-42");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    run("ip addr del 192.0.2.7/24 dev net0");
    console_wait(console, "no route is left");
    run("ip addr add 192.0.2.8/24 dev net0 && ip route add default via 192.0.2.1");
    console_wait(console, "refreshing: net0, address 192.0.2.8");
    fixture_leave(&fixture, console);
}

Test(network, a_session_whose_address_is_gone_ends_and_says_why_and_stays_ended)
{
    struct fixture fixture;
    char sandbox[64];
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    run("ip addr del 127.0.0.1/8 dev lo");
    console_wait(console, "1 of 1 open sessions used");
    console_wait(console, "no longer has the address 127.0.0.1");
    run("ip addr add 127.0.0.1/8 dev lo");
    console_wait(console, "Enter reconnect"); // and not by itself
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    fixture_leave_shell(&fixture, console);
}
