// SPDX-License-Identifier: Apache-2.0
//
// net_state: owns the grammar of the kernel's messages and the judgement which change matters. A machine that
// runs containers has interfaces and addresses coming and going all day: only what a way out goes over
// counts, and what a connection stands on.

#include "api/net/net_state.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

// --- grammar ---

struct attributes {
    const unsigned char *data[16]; // by type; NULL: not there
    size_t length[16];
};

// The attributes of a message's rest. A broken one ends the list: what came before it holds.
static void read_attributes(const unsigned char *bytes, size_t length, struct attributes *out)
{
    memset(out, 0, sizeof *out);
    while (length >= sizeof(struct rtattr)) {
        struct rtattr head;
        memcpy(&head, bytes, sizeof head);
        if (head.rta_len < sizeof head || head.rta_len > length)
            return;
        unsigned type = head.rta_type & (unsigned)NLA_TYPE_MASK;
        if (type < sizeof out->data / sizeof out->data[0]) {
            out->data[type] = bytes + sizeof head;
            out->length[type] = head.rta_len - sizeof head;
        }
        size_t whole = RTA_ALIGN((size_t)head.rta_len);
        if (whole >= length)
            return;
        bytes += whole;
        length -= whole;
    }
}

static bool read_u32(const struct attributes *attributes, unsigned type, uint32_t *out)
{
    if (attributes->data[type] == NULL || attributes->length[type] != sizeof *out)
        return false;
    memcpy(out, attributes->data[type], sizeof *out);
    return true;
}

static bool read_address(const struct attributes *attributes, unsigned type, int family,
                         struct net_address *out)
{
    size_t wanted = family == AF_INET ? 4 : 16;
    if (attributes->data[type] == NULL || attributes->length[type] != wanted)
        return false;
    *out = (struct net_address){.family = family};
    memcpy(out->bytes, attributes->data[type], wanted);
    return true;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-_.:@", c) != NULL);
}

// --- what is taken in ---

static enum net_message take_link(struct net_state *state, const unsigned char *body, size_t length)
{
    struct ifinfomsg info;
    struct attributes attributes;
    if (length < sizeof info)
        return NET_MESSAGE_OTHER;
    memcpy(&info, body, sizeof info);
    if ((info.ifi_flags & IFF_LOOPBACK) != 0 || info.ifi_index <= 0)
        return NET_MESSAGE_OTHER;
    if (state == NULL)
        return NET_MESSAGE_NEWS;
    size_t at = 0;
    while (at < state->link_count && state->links[at].index != info.ifi_index)
        at++;
    if (at == NET_LINKS_MAX)
        return NET_MESSAGE_OTHER;
    if (at == state->link_count)
        state->link_count++;
    memset(&state->links[at], 0, sizeof state->links[at]);
    state->links[at].index = info.ifi_index;
    state->links[at].running = (info.ifi_flags & IFF_UP) != 0 && (info.ifi_flags & IFF_RUNNING) != 0;
    size_t head = NLMSG_ALIGN(sizeof info);
    read_attributes(body + (head < length ? head : length), head < length ? length - head : 0, &attributes);
    for (size_t i = 0; i < attributes.length[IFLA_IFNAME] && i + 1 < IF_NAMESIZE; i++) {
        char c = (char)attributes.data[IFLA_IFNAME][i];
        if (c == '\0')
            break;
        state->links[at].name[i] = '?';
        if (is_plain(c))
            state->links[at].name[i] = c;
    }
    return NET_MESSAGE_NEWS;
}

static enum net_message take_address(struct net_state *state, const unsigned char *body, size_t length)
{
    struct ifaddrmsg info;
    struct attributes attributes;
    struct net_address address;
    uint32_t flags = 0;
    if (length < sizeof info)
        return NET_MESSAGE_OTHER;
    memcpy(&info, body, sizeof info);
    if (info.ifa_family != AF_INET && info.ifa_family != AF_INET6)
        return NET_MESSAGE_OTHER;
    size_t head = NLMSG_ALIGN(sizeof info);
    read_attributes(body + (head < length ? head : length), head < length ? length - head : 0, &attributes);
    // Of a point-to-point link IFA_ADDRESS is the other end's.
    if (!read_address(&attributes, IFA_LOCAL, info.ifa_family, &address) &&
        !read_address(&attributes, IFA_ADDRESS, info.ifa_family, &address))
        return NET_MESSAGE_OTHER;
    if (!read_u32(&attributes, IFA_FLAGS, &flags))
        flags = info.ifa_flags;
    // One that is not known to be free yet is told of again.
    if ((flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0)
        return NET_MESSAGE_OTHER;
    if (state != NULL && !net_state_has(state, &address) && state->address_count < NET_ADDRESSES_MAX) {
        state->addresses[state->address_count].index = (int)info.ifa_index;
        state->addresses[state->address_count++].address = address;
    }
    return info.ifa_scope < RT_SCOPE_LINK ? NET_MESSAGE_NEWS : NET_MESSAGE_OTHER;
}

// A route with several next hops counts as one by its first.
static void read_hops(const struct attributes *attributes, int family, uint32_t *index,
                      struct net_address *gateway)
{
    struct rtnexthop hop;
    struct attributes inner;
    if (attributes->data[RTA_MULTIPATH] == NULL || attributes->length[RTA_MULTIPATH] < sizeof hop)
        return;
    memcpy(&hop, attributes->data[RTA_MULTIPATH], sizeof hop);
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > attributes->length[RTA_MULTIPATH])
        return;
    *index = (uint32_t)hop.rtnh_ifindex;
    read_attributes(attributes->data[RTA_MULTIPATH] + sizeof hop, hop.rtnh_len - sizeof hop, &inner);
    (void)read_address(&inner, RTA_GATEWAY, family, gateway);
}

static enum net_message take_route(struct net_state *state, const unsigned char *body, size_t length)
{
    struct rtmsg info;
    struct attributes attributes;
    uint32_t index = 0, table = 0;
    if (length < sizeof info)
        return NET_MESSAGE_OTHER;
    memcpy(&info, body, sizeof info);
    if ((info.rtm_family != AF_INET && info.rtm_family != AF_INET6) || info.rtm_dst_len != 0 ||
        info.rtm_type != RTN_UNICAST || (info.rtm_flags & (unsigned)RTM_F_CLONED) != 0)
        return NET_MESSAGE_OTHER;
    size_t head = NLMSG_ALIGN(sizeof info);
    read_attributes(body + (head < length ? head : length), head < length ? length - head : 0, &attributes);
    struct net_address gateway = {.family = info.rtm_family};
    (void)read_u32(&attributes, RTA_OIF, &index);
    (void)read_address(&attributes, RTA_GATEWAY, info.rtm_family, &gateway);
    if (index == 0)
        read_hops(&attributes, info.rtm_family, &index, &gateway);
    if (!read_u32(&attributes, RTA_TABLE, &table))
        table = info.rtm_table;
    if (index == 0 || index > INT32_MAX)
        return NET_MESSAGE_OTHER;
    if (state != NULL && state->route_count < NET_ROUTES_MAX) {
        state->routes[state->route_count].index = (int)index;
        state->routes[state->route_count].table = table;
        state->routes[state->route_count++].gateway = gateway;
    }
    return NET_MESSAGE_NEWS;
}

static enum net_message take_body(struct net_state *state, unsigned type, const unsigned char *body,
                                  size_t length)
{
    switch (type) {
    case RTM_NEWLINK:
        return take_link(state, body, length);
    case RTM_DELLINK:
        return take_link(NULL, body, length);
    case RTM_NEWADDR:
        return take_address(state, body, length);
    case RTM_DELADDR: // of any scope: a connection may stand on it
        return NET_MESSAGE_NEWS;
    case RTM_NEWROUTE:
        return take_route(state, body, length);
    case RTM_DELROUTE:
        return take_route(NULL, body, length);
    case NLMSG_DONE:
        return NET_MESSAGE_DONE;
    case NLMSG_ERROR:
        return NET_MESSAGE_ERROR;
    default:
        return NET_MESSAGE_OTHER;
    }
}

enum net_message net_state_take(struct net_state *state, const void *bytes, size_t length, size_t *used,
                                bool *interrupted)
{
    struct nlmsghdr head;
    *used = length;
    *interrupted = false;
    if (length < sizeof head)
        return NET_MESSAGE_BROKEN;
    memcpy(&head, bytes, sizeof head);
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > length)
        return NET_MESSAGE_BROKEN;
    size_t whole = NLMSG_ALIGN((size_t)head.nlmsg_len);
    *used = whole < length ? whole : length;
    *interrupted = (head.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    return take_body(state, head.nlmsg_type, (const unsigned char *)bytes + sizeof head,
                     head.nlmsg_len - sizeof head);
}

// --- addresses ---

bool net_address_is_same(const struct net_address *one, const struct net_address *other)
{
    return one->family == other->family && memcmp(one->bytes, other->bytes, sizeof one->bytes) == 0;
}

bool net_address_parse(const char *text, struct net_address *out)
{
    *out = (struct net_address){.family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET};
    return inet_pton(out->family, text, out->bytes) == 1;
}

static size_t find_address(const struct net_state *state, const struct net_address *address)
{
    size_t at = 0;
    while (at < state->address_count && !net_address_is_same(&state->addresses[at].address, address))
        at++;
    return at;
}

bool net_state_has(const struct net_state *state, const struct net_address *address)
{
    return find_address(state, address) < state->address_count;
}

// Only good within a link, or on this machine.
static bool is_local(const struct net_address *address)
{
    static const unsigned char six[16] = {[15] = 1};
    if (address->family == AF_INET)
        return address->bytes[0] == 127 || (address->bytes[0] == 169 && address->bytes[1] == 254);
    return memcmp(address->bytes, six, sizeof six) == 0 ||
           (address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80);
}

// --- ways out ---

static bool is_running(const struct net_state *state, int index)
{
    for (size_t i = 0; i < state->link_count; i++)
        if (state->links[i].index == index)
            return state->links[i].running;
    return false;
}

// A route over a link without a carrier leads nowhere.
static bool is_way(const struct net_state *state, size_t route)
{
    return is_running(state, state->routes[route].index);
}

static bool has_way(const struct net_state *state, const struct net_state *of, size_t route)
{
    for (size_t i = 0; i < state->route_count; i++)
        if (is_way(state, i) && state->routes[i].index == of->routes[route].index &&
            state->routes[i].table == of->routes[route].table &&
            net_address_is_same(&state->routes[i].gateway, &of->routes[route].gateway))
            return true;
    return false;
}

static bool goes_out(const struct net_state *state, int index)
{
    for (size_t i = 0; i < state->route_count; i++)
        if (state->routes[i].index == index && is_way(state, i))
            return true;
    return false;
}

static bool has_any_way(const struct net_state *state)
{
    for (size_t i = 0; i < state->route_count; i++)
        if (is_way(state, i))
            return true;
    return false;
}

// --- telling apart ---

static void set_interface(const struct net_state *state, int index, struct net_change *change)
{
    for (size_t i = 0; i < state->link_count; i++)
        if (state->links[i].index == index)
            (void)snprintf(change->interface, sizeof change->interface, "%s", state->links[i].name);
}

static void set_address(const struct net_address *address, struct net_change *change)
{
    (void)inet_ntop(address->family, address->bytes, change->address, sizeof change->address);
}

// The first that reaches out; family 0: of any.
static const struct net_address *address_of(const struct net_state *state, int index, int family)
{
    for (size_t i = 0; i < state->address_count; i++)
        if (state->addresses[i].index == index && !is_local(&state->addresses[i].address) &&
            (family == 0 || state->addresses[i].address.family == family))
            return &state->addresses[i].address;
    return NULL;
}

static bool compare_ways(const struct net_state *old, const struct net_state *now, struct net_change *change)
{
    for (size_t i = 0; i < now->route_count; i++) {
        if (!is_way(now, i) || has_way(old, now, i))
            continue;
        int index = now->routes[i].index;
        const struct net_address *address = address_of(now, index, now->routes[i].gateway.family);
        change->kind = NET_NEW_WAY;
        set_interface(now, index, change);
        if (address != NULL)
            set_address(address, change);
        return true;
    }
    for (size_t i = 0; i < old->route_count; i++) {
        if (!is_way(old, i) || has_way(now, old, i))
            continue;
        if (!has_any_way(now)) {
            change->kind = NET_NO_WAY;
            return true;
        }
        // What goes over the others from now on.
        for (size_t k = 0; k < now->route_count; k++) {
            if (!is_way(now, k))
                continue;
            const struct net_address *address = address_of(now, now->routes[k].index, 0);
            change->kind = NET_NEW_WAY;
            set_interface(now, now->routes[k].index, change);
            if (address != NULL)
                set_address(address, change);
            return true;
        }
    }
    return false;
}

static bool is_used(const struct net_address *address, const struct net_address *used, size_t used_count)
{
    for (size_t i = 0; i < used_count; i++)
        if (net_address_is_same(&used[i], address))
            return true;
    return false;
}

// An IPv6 host changes its address by itself from time to time: as long as there is another one from before,
// only the loss of one in use counts.
static bool keeps_another(const struct net_state *old, const struct net_state *now, int index)
{
    for (size_t i = 0; i < now->address_count; i++)
        if (now->addresses[i].index == index && now->addresses[i].address.family == AF_INET6 &&
            !is_local(&now->addresses[i].address) && net_state_has(old, &now->addresses[i].address))
            return true;
    return false;
}

static bool compare_lost(const struct net_state *old, const struct net_state *now,
                         const struct net_address *used, size_t used_count, struct net_change *change)
{
    for (size_t i = 0; i < old->address_count; i++) {
        const struct net_address *address = &old->addresses[i].address;
        int index = old->addresses[i].index;
        bool six = address->family == AF_INET6;
        if (net_state_has(now, address))
            continue;
        if (!is_used(address, used, used_count) &&
            (is_local(address) || !goes_out(old, index) || (six && keeps_another(old, now, index))))
            continue;
        change->kind = NET_LOST_ADDRESS;
        set_interface(old, index, change);
        set_address(address, change);
        return true;
    }
    return false;
}

static bool compare_gained(const struct net_state *old, const struct net_state *now,
                           struct net_change *change)
{
    for (size_t i = 0; i < now->address_count; i++) {
        const struct net_address *address = &now->addresses[i].address;
        int index = now->addresses[i].index;
        if (net_state_has(old, address) || is_local(address) || !goes_out(now, index) ||
            (address->family == AF_INET6 && keeps_another(old, now, index)))
            continue;
        change->kind = NET_NEW_ADDRESS;
        set_interface(now, index, change);
        set_address(address, change);
        return true;
    }
    return false;
}

struct net_change net_state_compare(const struct net_state *old, const struct net_state *now,
                                    const struct net_address *used, size_t used_count)
{
    struct net_change change = {.kind = NET_SAME};
    if (!compare_ways(old, now, &change) && !compare_gained(old, now, &change))
        (void)compare_lost(old, now, used, used_count, &change);
    return change;
}

char *net_change_text(const struct net_change *change, char out[NET_TEXT_CAP])
{
    const char *interface = change->interface[0] != '\0' ? change->interface : "an interface";
    out[0] = '\0';
    if (change->kind == NET_NO_WAY)
        (void)snprintf(out, NET_TEXT_CAP, "no route is left");
    else if (change->kind == NET_LOST_ADDRESS)
        (void)snprintf(out, NET_TEXT_CAP, "%s has lost %s", interface, change->address);
    else if (change->kind != NET_SAME && change->address[0] != '\0')
        (void)snprintf(out, NET_TEXT_CAP, "%s, address %s", interface, change->address);
    else if (change->kind != NET_SAME)
        (void)snprintf(out, NET_TEXT_CAP, "%s, no address yet", interface);
    return out;
}
