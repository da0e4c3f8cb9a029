// SPDX-License-Identifier: Apache-2.0
//
// The grammar of netlink by messages made here, whole, cut at every byte and with every length in them wrong;
// and the judgement of what counts as a change.

#include "api/net/net_state.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- messages ---

struct message {
    unsigned char bytes[256];
    size_t length;
};

static struct message message_of(unsigned short type, const void *body, size_t length)
{
    struct message message = {.length = NLMSG_LENGTH(length)};
    struct nlmsghdr head = {.nlmsg_type = type};
    memcpy(message.bytes, &head, sizeof head);
    memcpy(message.bytes + NLMSG_HDRLEN, body, length);
    return message;
}

static void add(struct message *message, unsigned short type, const void *data, size_t length)
{
    struct rtattr head = {.rta_type = type, .rta_len = (unsigned short)RTA_LENGTH(length)};
    message->length = NLMSG_ALIGN(message->length);
    memcpy(message->bytes + message->length, &head, sizeof head);
    memcpy(message->bytes + message->length + sizeof head, data, length);
    message->length += RTA_LENGTH(length);
}

static void finish(struct message *message)
{
    uint32_t length = (uint32_t)message->length;
    memcpy(message->bytes, &length, sizeof length);
}

static struct message link_of(int index, const char *name, unsigned flags)
{
    struct ifinfomsg info = {.ifi_index = index, .ifi_flags = flags};
    struct message message = message_of(RTM_NEWLINK, &info, sizeof info);
    add(&message, IFLA_IFNAME, name, strlen(name) + 1);
    finish(&message);
    return message;
}

static struct message address_of(unsigned index, const char *text, unsigned char flags)
{
    struct net_address address;
    cr_assert(net_address_parse(text, &address), "%s", text);
    struct ifaddrmsg info = {
        .ifa_family = (unsigned char)address.family, .ifa_index = index, .ifa_flags = flags};
    struct message message = message_of(RTM_NEWADDR, &info, sizeof info);
    add(&message, IFA_ADDRESS, address.bytes, address.family == AF_INET ? 4 : 16);
    finish(&message);
    return message;
}

static struct message route_of(unsigned index, const char *gateway, unsigned char bits)
{
    struct net_address address;
    cr_assert(net_address_parse(gateway, &address));
    struct rtmsg info = {.rtm_family = (unsigned char)address.family,
                         .rtm_dst_len = bits,
                         .rtm_type = RTN_UNICAST,
                         .rtm_table = RT_TABLE_MAIN};
    struct message message = message_of(RTM_NEWROUTE, &info, sizeof info);
    uint32_t oif = index;
    add(&message, RTA_OIF, &oif, sizeof oif);
    add(&message, RTA_GATEWAY, address.bytes, address.family == AF_INET ? 4 : 16);
    finish(&message);
    return message;
}

static enum net_message give(struct net_state *state, const struct message *message)
{
    size_t used = 0;
    bool interrupted = false;
    enum net_message what = net_state_take(state, message->bytes, message->length, &used, &interrupted);
    cr_expect_eq(used, message->length);
    cr_expect_not(interrupted);
    return what;
}

// --- a machine: lo is never told of; eth0 with a way out, docker0 without ---

enum { UP = IFF_UP | IFF_RUNNING };
static struct net_state old, now;

static void take_link(struct net_state *state, int index, const char *name, unsigned flags)
{
    struct message message = link_of(index, name, flags);
    (void)give(state, &message);
}

static void take_address(struct net_state *state, unsigned index, const char *text)
{
    struct message message = address_of(index, text, 0);
    (void)give(state, &message);
}

static void take_route(struct net_state *state, unsigned index, const char *gateway)
{
    struct message message = route_of(index, gateway, 0);
    cr_assert_eq(give(state, &message), NET_MESSAGE_NEWS);
}

static void machine(struct net_state *state)
{
    memset(state, 0, sizeof *state);
    take_link(state, 1, "lo", UP | IFF_LOOPBACK);
    take_link(state, 2, "eth0", UP);
    take_link(state, 3, "docker0", UP);
    take_address(state, 1, "127.0.0.1");
    take_address(state, 2, "192.0.2.7");
    take_address(state, 2, "2001:db8::7");
    take_address(state, 2, "fe80::7");
    take_address(state, 3, "172.17.0.1");
    take_route(state, 2, "192.0.2.1");
    take_route(state, 2, "fe80::1");
}

static void begin(void)
{
    machine(&old);
    machine(&now);
}

TestSuite(net_state, .init = begin);

static void expect_text(const char *expected, const char *used_address)
{
    char text[NET_TEXT_CAP];
    struct net_address used = {.family = 0};
    if (used_address != NULL)
        cr_assert(net_address_parse(used_address, &used));
    const struct net_change change = net_state_compare(&old, &now, &used, used_address != NULL ? 1 : 0);
    cr_expect_str_eq(net_change_text(&change, text), expected);
}

static void lose_address(const char *text)
{
    struct net_address address;
    cr_assert(net_address_parse(text, &address));
    for (size_t i = 0; i < now.address_count; i++)
        if (net_address_is_same(&now.addresses[i].address, &address))
            now.addresses[i] = now.addresses[--now.address_count];
}

Test(net_state, takes_in_what_there_is)
{
    struct net_address address;
    cr_expect_eq(now.link_count, 2, "loopback is none");
    cr_expect_str_eq(now.links[0].name, "eth0");
    cr_expect_eq(now.address_count, 5);
    cr_expect_eq(now.route_count, 2);
    cr_expect(net_address_parse("127.0.0.1", &address) && net_state_has(&now, &address));
    cr_expect(net_address_parse("192.0.2.8", &address) && !net_state_has(&now, &address));
    cr_expect_not(net_address_parse("192.0.2", &address));
    // Told again it is the same.
    take_link(&now, 2, "eth0", UP);
    take_address(&now, 2, "192.0.2.7");
    cr_expect(now.link_count == 2 && now.address_count == 5);
    expect_text("", NULL);
}

Test(net_state, what_does_not_reach_out_is_no_news)
{
    struct message message = route_of(3, "172.17.0.1", 16);
    cr_expect_eq(give(NULL, &message), NET_MESSAGE_OTHER, "not a way out");
    message = link_of(1, "lo", UP | IFF_LOOPBACK);
    cr_expect_eq(give(NULL, &message), NET_MESSAGE_OTHER);
    message = address_of(2, "2001:db8::8", IFA_F_TENTATIVE);
    cr_expect_eq(give(NULL, &message), NET_MESSAGE_OTHER, "not known to be free yet");
    message = message_of(NLMSG_DONE, "", 0);
    finish(&message);
    cr_expect_eq(give(NULL, &message), NET_MESSAGE_DONE);
    message = message_of(4242, "abcd", 4);
    finish(&message);
    cr_expect_eq(give(&now, &message), NET_MESSAGE_OTHER);
}

Test(net_state, containers_come_and_go_untold)
{
    take_link(&now, 9, "veth1234", UP);
    take_address(&now, 9, "172.18.0.1");
    take_address(&now, 9, "fe80::99");
    lose_address("172.17.0.1");
    expect_text("", NULL);
    expect_text("docker0 has lost 172.17.0.1", "172.17.0.1"); // but a connection may stand on it
}

Test(net_state, another_address_or_way_is_told)
{
    lose_address("192.0.2.7");
    expect_text("eth0 has lost 192.0.2.7", NULL);
    take_address(&now, 2, "192.0.2.99");
    expect_text("eth0, address 192.0.2.99", NULL);
    begin();
    now.route_count = 0;
    expect_text("no route is left", NULL);
    take_link(&now, 5, "wlan0", UP);
    take_route(&now, 5, "198.51.100.1");
    expect_text("wlan0, no address yet", NULL);
    take_address(&now, 5, "198.51.100.20");
    expect_text("wlan0, address 198.51.100.20", NULL);
    begin();
    now.route_count = 1; // by IPv6 no more
    expect_text("eth0, address 192.0.2.7", NULL);
}

Test(net_state, a_cable_pulled_out_leaves_no_way)
{
    take_link(&now, 2, "eth0", IFF_UP);
    expect_text("no route is left", NULL);
    struct net_state without = now;
    now = old;
    old = without;
    expect_text("eth0, address 192.0.2.7", NULL);
}

Test(net_state, ipv6_changes_its_addresses_by_itself)
{
    take_address(&now, 2, "2001:db8::8");
    expect_text("", NULL);
    old = now;
    lose_address("2001:db8::7");
    expect_text("", NULL);
    expect_text("eth0 has lost 2001:db8::7", "2001:db8::7");
    lose_address("2001:db8::8");
    take_address(&now, 2, "2001:db8:1::9");
    expect_text("eth0, address 2001:db8:1::9", NULL); // all new
}

Test(net_state, a_name_cannot_write_on_the_screen)
{
    take_link(&now, 5, "w\033[2J\n\302\233x", UP);
    take_route(&now, 5, "198.51.100.1");
    expect_text("w??2J???x, no address yet", NULL);
}

// --- hostile ---

static void give_copy(const unsigned char *bytes, size_t length)
{
    struct net_state *state = calloc(1, sizeof *state);
    unsigned char *copy = malloc(length + 1); // of that size, so that a read beyond is found
    cr_assert(state != NULL && copy != NULL);
    copy = realloc(copy, length > 0 ? length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, bytes, length);
    for (size_t at = 0; at < length;) {
        size_t used = 0;
        bool interrupted = false;
        enum net_message what = net_state_take(state, copy + at, length - at, &used, &interrupted);
        cr_assert(used > 0 && used <= length - at);
        if (what == NET_MESSAGE_BROKEN)
            break;
        at += used;
    }
    cr_expect(state->link_count <= 1 && state->address_count <= 1 && state->route_count <= 1);
    free(copy);
    free(state);
}

Test(net_state, cut_at_every_byte_and_with_every_byte_changed)
{
    struct message messages[] = {link_of(2, "eth0", UP), address_of(2, "192.0.2.7", 0),
                                 address_of(2, "2001:db8::7", 0), route_of(2, "192.0.2.1", 0)};
    static const unsigned char values[] = {0, 1, 3, 4, 5, 0x7f, 0x80, 0xff};
    for (size_t m = 0; m < sizeof messages / sizeof messages[0]; m++) {
        for (size_t length = 0; length <= messages[m].length; length++)
            give_copy(messages[m].bytes, length);
        for (size_t at = 0; at < messages[m].length; at++) {
            for (size_t v = 0; v < sizeof values; v++) {
                struct message changed = messages[m];
                changed.bytes[at] = values[v];
                give_copy(changed.bytes, changed.length);
            }
        }
    }
}

Test(net_state, noise_and_too_much_are_survived)
{
    unsigned seed = 7;
    for (int round = 0; round < 20000; round++) {
        struct message message = route_of(2, "192.0.2.1", 0);
        for (int i = 0; i < 4; i++)
            message.bytes[NLMSG_HDRLEN + (size_t)rand_r(&seed) % (message.length - NLMSG_HDRLEN)] =
                (unsigned char)rand_r(&seed);
        give_copy(message.bytes, message.length);
    }
    for (unsigned i = 0; i < 2000; i++) {
        char text[32], name[16];
        (void)snprintf(text, sizeof text, "10.%u.%u.1", i / 256, i % 256);
        (void)snprintf(name, sizeof name, "veth%u", i);
        take_address(&now, 2, text);
        take_route(&now, i + 1, text);
        struct message message = link_of((int)i + 10, name, UP);
        (void)give(&now, &message);
    }
    cr_expect(now.address_count == NET_ADDRESSES_MAX && now.route_count == NET_ROUTES_MAX &&
              now.link_count == NET_LINKS_MAX);
}
