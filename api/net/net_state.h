// SPDX-License-Identifier: Apache-2.0
//
// net_state: Read this machine's addresses and the interfaces that lead out, and tell which change of them
// matters to a connection.

#ifndef SBXDECK_API_NET_NET_STATE_H
#define SBXDECK_API_NET_NET_STATE_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

enum { NET_ADDRESSES_MAX = 512 }; // more are left out

struct net_address {
    int family; // AF_INET or AF_INET6
    unsigned char bytes[16];
};

enum net_family { NET_IPV4, NET_IPV6, NET_FAMILIES };

struct net_state {
    struct {
        char interface[IF_NAMESIZE]; // its letters, digits and -_.:@
        struct net_address address;
    } addresses[NET_ADDRESSES_MAX];
    size_t address_count;
    char ways_out[NET_FAMILIES][IF_NAMESIZE];  // the interface that has the default route; "" none
    struct net_address gateways[NET_FAMILIES]; // of those; family 0: none
};

// Asks the kernel. Blocks, longer the more interfaces there are: not on the loop. False: it can't be had now.
bool net_state_read(struct net_state *out);

bool net_state_has(const struct net_state *state, const struct net_address *address);

enum net_kind {
    NET_SAME,
    NET_NEW_WAY,      // out over another interface or gateway, or over one again
    NET_NO_WAY,       // no route is left
    NET_NEW_ADDRESS,  // of an interface that leads out
    NET_LOST_ADDRESS, // one that is in use, or of an interface that led out
};
struct net_change {
    enum net_kind kind;
    char interface[IF_NAMESIZE];    // "" none
    char address[INET6_ADDRSTRLEN]; // the new one, or with LOST_ADDRESS the one that has gone; "" none
};
// How now differs from old: the most important change of several. used: addresses that connections run over.
// Interfaces that don't lead out count only with those; loopback and addresses within a link never do.
struct net_change net_state_compare(const struct net_state *old, const struct net_state *now,
                                    const struct net_address *used, size_t used_count);

enum { NET_TEXT_CAP = 128 };
// "wlan0, address 192.0.2.7", "no route is left", "eth0 has lost 192.0.2.7". Returns out.
char *net_change_text(const struct net_change *change, char out[NET_TEXT_CAP]);

// From text as people write it; false: it isn't an address.
bool net_address_parse(const char *text, struct net_address *out);
bool net_address_is_same(const struct net_address *one, const struct net_address *other);

#endif
