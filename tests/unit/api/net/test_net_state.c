// SPDX-License-Identifier: Apache-2.0
//
// Which change of the network counts, and how it is named.

#include "api/net/net_state.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

// --- a machine: eth0 leads out, docker0 does not ---

static struct net_state old, now;

static struct net_address address_of(const char *text)
{
    struct net_address address;
    cr_assert(net_address_parse(text, &address), "%s", text);
    return address;
}

static void gain(struct net_state *state, const char *interface, const char *text)
{
    (void)snprintf(state->addresses[state->address_count].interface, IF_NAMESIZE, "%s", interface);
    state->addresses[state->address_count++].address = address_of(text);
}

static void lose(const char *text)
{
    const struct net_address address = address_of(text);
    for (size_t i = 0; i < now.address_count; i++)
        if (net_address_is_same(&now.addresses[i].address, &address))
            now.addresses[i] = now.addresses[--now.address_count];
}

static void lead_out(const char *four, const char *six)
{
    (void)snprintf(now.ways_out[NET_IPV4], IF_NAMESIZE, "%s", four);
    (void)snprintf(now.ways_out[NET_IPV6], IF_NAMESIZE, "%s", six);
}

static void begin(void)
{
    memset(&now, 0, sizeof now);
    gain(&now, "lo", "127.0.0.1");
    gain(&now, "eth0", "192.0.2.7");
    gain(&now, "eth0", "2001:db8::7");
    gain(&now, "eth0", "fe80::7");
    gain(&now, "docker0", "172.17.0.1");
    lead_out("eth0", "eth0");
    old = now;
}

TestSuite(net_state, .init = begin);

static void expect_text(const char *expected, const char *used_address)
{
    char text[NET_TEXT_CAP];
    struct net_address used = {.family = 0};
    if (used_address != NULL)
        used = address_of(used_address);
    const struct net_change change = net_state_compare(&old, &now, &used, used_address != NULL ? 1 : 0);
    cr_expect_str_eq(net_change_text(&change, text), expected);
}

Test(net_state, reads_what_this_machine_has)
{
    struct net_state *state = calloc(1, sizeof *state);
    struct net_address address;
    cr_assert(state != NULL && net_state_read(state));
    cr_expect(net_address_parse("192.0.2.255", &address) && !net_state_has(state, &address));
    cr_expect_not(net_address_parse("192.0.2", &address));
    for (size_t i = 0; i < state->address_count; i++) {
        cr_expect(state->addresses[i].interface[0] != '\0');
        cr_expect(net_state_has(state, &state->addresses[i].address));
    }
    free(state);
}

Test(net_state, containers_come_and_go_untold)
{
    gain(&now, "veth1234", "172.18.0.1");
    gain(&now, "veth1234", "fe80::99");
    lose("172.17.0.1");
    expect_text("", NULL);
    expect_text("docker0 has lost 172.17.0.1", "172.17.0.1"); // but a connection may use it
}

Test(net_state, another_address_or_way_is_told)
{
    lose("192.0.2.7");
    expect_text("eth0 has lost 192.0.2.7", NULL);
    gain(&now, "eth0", "192.0.2.99");
    expect_text("eth0, address 192.0.2.99", NULL);
    begin();
    lead_out("", "");
    expect_text("no route is left", NULL);
    lead_out("wlan0", "");
    expect_text("wlan0, no address yet", NULL);
    gain(&now, "wlan0", "198.51.100.20");
    expect_text("wlan0, address 198.51.100.20", NULL);
    begin();
    lead_out("eth0", ""); // by IPv6 no more
    expect_text("eth0, address 192.0.2.7", NULL);
}

Test(net_state, a_way_that_is_back_is_told)
{
    const struct net_state with = now;
    lead_out("", "");
    expect_text("no route is left", NULL);
    old = now;
    now = with;
    expect_text("eth0, address 192.0.2.7", NULL);
}

Test(net_state, ipv6_changes_its_addresses_by_itself)
{
    gain(&now, "eth0", "2001:db8::8");
    expect_text("", NULL);
    old = now;
    lose("2001:db8::7");
    expect_text("", NULL);
    expect_text("eth0 has lost 2001:db8::7", "2001:db8::7");
    lose("2001:db8::8");
    gain(&now, "eth0", "2001:db8:1::9");
    expect_text("eth0, address 2001:db8:1::9", NULL); // all new
}
