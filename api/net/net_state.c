// SPDX-License-Identifier: Apache-2.0
//
// net_state: Read this machine's addresses and ways out, and tell which change of them matters.
//
// A machine that runs containers has interfaces and addresses coming and going all day: only those that lead
// out count, and those that a connection uses.

#include "api/net/net_state.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TENTATIVE_MAX = 64 };

// --- reading ---

static bool address_from(const struct sockaddr *from, struct net_address *out)
{
    if (from == NULL || (from->sa_family != AF_INET && from->sa_family != AF_INET6))
        return false;
    *out = (struct net_address){.family = from->sa_family};
    if (from->sa_family == AF_INET)
        memcpy(out->bytes, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    else
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    return true;
}

static bool is_one_of(const struct net_address *address, const struct net_address *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (net_address_is_same(&list[i], address))
            return true;
    return false;
}

// IPv6 addresses that may turn out to be somebody else's; the kernel sends news when they are ours. Returns
// how many.
static size_t find_tentative(struct net_address out[TENTATIVE_MAX])
{
    enum { DIGITS = 32 };
    char line[128];
    size_t count = 0;
    FILE *file = fopen("/proc/net/if_inet6", "re");
    while (file != NULL && count < TENTATIVE_MAX && fgets(line, sizeof line, file) != NULL) {
        unsigned long flags = 0;
        if (strlen(line) <= DIGITS)
            continue;
        char *at = line + DIGITS;
        for (int i = 0; i < 4; i++) // index, length of the prefix, scope, flags
            flags = strtoul(at, &at, 16);
        if ((flags & IFA_F_TENTATIVE) == 0 || (flags & IFA_F_OPTIMISTIC) != 0)
            continue;
        out[count] = (struct net_address){.family = AF_INET6};
        for (size_t i = 0; i < DIGITS / 2; i++) {
            const char digits[3] = {line[2 * i], line[2 * i + 1], '\0'};
            out[count].bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
        }
        count++;
    }
    if (file != NULL)
        (void)fclose(file);
    return count;
}

static void copy_name(const char *name, char out[IF_NAMESIZE])
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@";
    (void)snprintf(out, IF_NAMESIZE, "%s", name);
    for (char *at = out; *at != '\0'; at++)
        if (strchr(plain, *at) == NULL)
            *at = '?';
}

// The address from which this machine would send to one far away: a datagram socket that is connected sends
// nothing, but has its route looked up.
static bool source_towards(const struct sockaddr *far, socklen_t length, struct net_address *out)
{
    struct sockaddr_storage here = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof here;
    int fd = socket(far->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found = fd >= 0 && connect(fd, far, length) == 0 &&
                 getsockname(fd, (struct sockaddr *)&here, &size) == 0 &&
                 address_from((struct sockaddr *)&here, out);
    if (fd >= 0)
        (void)close(fd);
    return found;
}

// A route over a link without a carrier leads nowhere, and the kernel gives it all the same.
static void find_way_out(const struct ifaddrs *list, const struct net_address *source, char out[IF_NAMESIZE])
{
    struct net_address address;
    for (const struct ifaddrs *at = list; at != NULL; at = at->ifa_next)
        if ((at->ifa_flags & IFF_UP) != 0 && (at->ifa_flags & IFF_RUNNING) != 0 &&
            (at->ifa_flags & IFF_LOOPBACK) == 0 && address_from(at->ifa_addr, &address) &&
            net_address_is_same(&address, source))
            copy_name(at->ifa_name, out);
}

// Takes the gateway out of the kernel's answer about a route.
static void take_gateway(const unsigned char *answer, size_t length, struct net_address *out)
{
    struct nlmsghdr head = {.nlmsg_type = NLMSG_ERROR};
    struct rtattr attribute;
    size_t address = out->family == AF_INET ? 4 : 16;
    bool found = false;
    if (length >= sizeof head)
        memcpy(&head, answer, sizeof head);
    for (size_t at = NLMSG_LENGTH(sizeof(struct rtmsg));
         at + sizeof attribute <= length && head.nlmsg_type == RTM_NEWROUTE;
         at += RTA_ALIGN((size_t)attribute.rta_len)) {
        memcpy(&attribute, answer + at, sizeof attribute);
        if (attribute.rta_len < sizeof attribute || attribute.rta_len > length - at)
            break;
        if (attribute.rta_type == RTA_GATEWAY && attribute.rta_len - sizeof attribute == address) {
            memcpy(out->bytes, answer + at + sizeof attribute, address);
            found = true;
        }
    }
    if (!found)
        out->family = AF_UNSPEC;
}

// The gateway on the way to one far away: another one can be another network, though the interface and its
// address are the same.
static void find_gateway(int family, const void *far, struct net_address *out)
{
    size_t length = family == AF_INET ? 4 : 16;
    struct {
        struct nlmsghdr head;
        struct rtmsg route;
        struct rtattr attribute;
        unsigned char far[16];
    } question = {.head = {.nlmsg_len = (uint32_t)(NLMSG_LENGTH(sizeof(struct rtmsg)) + RTA_LENGTH(length)),
                           .nlmsg_type = RTM_GETROUTE,
                           .nlmsg_flags = NLM_F_REQUEST},
                  .route = {.rtm_family = (unsigned char)family, .rtm_dst_len = (unsigned char)(8 * length)},
                  .attribute = {.rta_len = (unsigned short)RTA_LENGTH(length), .rta_type = RTA_DST}};
    unsigned char answer[2048];
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    memcpy(question.far, far, length);
    // The kernel has answered when send returns.
    ssize_t got = fd >= 0 && send(fd, &question, question.head.nlmsg_len, 0) >= 0
                      ? recv(fd, answer, sizeof answer, MSG_DONTWAIT)
                      : -1;
    *out = (struct net_address){.family = family};
    take_gateway(answer, got > 0 ? (size_t)got : 0, out);
    if (fd >= 0)
        (void)close(fd);
}

bool net_state_read(struct net_state *out)
{
    // Two root servers of the DNS: as far away as anything is.
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(53)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
    struct net_address source;
    struct ifaddrs *list = NULL;
    memset(out, 0, sizeof *out);
    if (getifaddrs(&list) != 0)
        return false;
    struct net_address tentative[TENTATIVE_MAX];
    size_t tentative_count = find_tentative(tentative);
    for (const struct ifaddrs *at = list; at != NULL && out->address_count < NET_ADDRESSES_MAX;
         at = at->ifa_next)
        if (address_from(at->ifa_addr, &out->addresses[out->address_count].address) &&
            !is_one_of(&out->addresses[out->address_count].address, tentative, tentative_count))
            copy_name(at->ifa_name, out->addresses[out->address_count++].interface);
    (void)inet_pton(AF_INET, "198.41.0.4", &four.sin_addr);
    (void)inet_pton(AF_INET6, "2001:503:ba3e::2:30", &six.sin6_addr);
    if (source_towards((struct sockaddr *)&four, sizeof four, &source))
        find_way_out(list, &source, out->ways_out[NET_IPV4]);
    if (source_towards((struct sockaddr *)&six, sizeof six, &source))
        find_way_out(list, &source, out->ways_out[NET_IPV6]);
    if (out->ways_out[NET_IPV4][0] != '\0')
        find_gateway(AF_INET, &four.sin_addr, &out->gateways[NET_IPV4]);
    if (out->ways_out[NET_IPV6][0] != '\0')
        find_gateway(AF_INET6, &six.sin6_addr, &out->gateways[NET_IPV6]);
    freeifaddrs(list);
    return true;
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

bool net_state_has(const struct net_state *state, const struct net_address *address)
{
    for (size_t i = 0; i < state->address_count; i++)
        if (net_address_is_same(&state->addresses[i].address, address))
            return true;
    return false;
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

// --- comparing ---

static bool leads_out(const struct net_state *state, const char *interface)
{
    return strcmp(state->ways_out[NET_IPV4], interface) == 0 ||
           strcmp(state->ways_out[NET_IPV6], interface) == 0;
}

static struct net_change change_of(enum net_kind kind, const char *interface,
                                   const struct net_address *address)
{
    struct net_change change = {.kind = kind};
    (void)snprintf(change.interface, sizeof change.interface, "%s", interface);
    if (address != NULL)
        (void)inet_ntop(address->family, address->bytes, change.address, sizeof change.address);
    return change;
}

// With the first address of the interface that reaches out by that family.
static struct net_change new_way(const struct net_state *state, enum net_family family)
{
    const char *interface = state->ways_out[family];
    for (size_t i = 0; i < state->address_count; i++)
        if (strcmp(state->addresses[i].interface, interface) == 0 &&
            state->addresses[i].address.family == (family == NET_IPV4 ? AF_INET : AF_INET6) &&
            !is_local(&state->addresses[i].address))
            return change_of(NET_NEW_WAY, interface, &state->addresses[i].address);
    return change_of(NET_NEW_WAY, interface, NULL);
}

static struct net_change compare_ways(const struct net_state *old, const struct net_state *now)
{
    bool lost = false;
    for (enum net_family family = NET_IPV4; family < NET_FAMILIES; family++) {
        if (strcmp(old->ways_out[family], now->ways_out[family]) == 0 &&
            net_address_is_same(&old->gateways[family], &now->gateways[family]))
            continue;
        if (now->ways_out[family][0] != '\0')
            return new_way(now, family);
        lost = true;
    }
    if (!lost)
        return (struct net_change){.kind = NET_SAME};
    // Over the other family from now on.
    for (enum net_family family = NET_IPV4; family < NET_FAMILIES; family++)
        if (now->ways_out[family][0] != '\0')
            return new_way(now, family);
    return change_of(NET_NO_WAY, "", NULL);
}

// An IPv6 host changes its address by itself from time to time: as long as there is another one from before,
// only the loss of one in use counts.
static bool keeps_another(const struct net_state *old, const struct net_state *now, const char *interface)
{
    for (size_t i = 0; i < now->address_count; i++)
        if (strcmp(now->addresses[i].interface, interface) == 0 &&
            now->addresses[i].address.family == AF_INET6 && !is_local(&now->addresses[i].address) &&
            net_state_has(old, &now->addresses[i].address))
            return true;
    return false;
}

// The first address of one that the other has not, of those that count; kind: what that is.
static struct net_change compare_addresses(const struct net_state *one, const struct net_state *other,
                                           const struct net_address *used, size_t used_count,
                                           enum net_kind kind)
{
    const struct net_state *old = kind == NET_LOST_ADDRESS ? one : other;
    const struct net_state *now = kind == NET_LOST_ADDRESS ? other : one;
    for (size_t i = 0; i < one->address_count; i++) {
        const struct net_address *address = &one->addresses[i].address;
        const char *interface = one->addresses[i].interface;
        if (net_state_has(other, address))
            continue;
        if (is_one_of(address, used, used_count) ||
            (!is_local(address) && leads_out(one, interface) &&
             (address->family != AF_INET6 || !keeps_another(old, now, interface))))
            return change_of(kind, interface, address);
    }
    return (struct net_change){.kind = NET_SAME};
}

struct net_change net_state_compare(const struct net_state *old, const struct net_state *now,
                                    const struct net_address *used, size_t used_count)
{
    struct net_change change = compare_ways(old, now);
    if (change.kind == NET_SAME)
        change = compare_addresses(now, old, NULL, 0, NET_NEW_ADDRESS);
    if (change.kind == NET_SAME)
        change = compare_addresses(old, now, used, used_count, NET_LOST_ADDRESS);
    return change;
}

char *net_change_text(const struct net_change *change, char out[NET_TEXT_CAP])
{
    out[0] = '\0';
    if (change->kind == NET_NO_WAY)
        (void)snprintf(out, NET_TEXT_CAP, "no route is left");
    else if (change->kind == NET_LOST_ADDRESS)
        (void)snprintf(out, NET_TEXT_CAP, "%s has lost %s", change->interface, change->address);
    else if (change->kind != NET_SAME && change->address[0] != '\0')
        (void)snprintf(out, NET_TEXT_CAP, "%s, address %s", change->interface, change->address);
    else if (change->kind != NET_SAME)
        (void)snprintf(out, NET_TEXT_CAP, "%s, no address yet", change->interface);
    return out;
}
