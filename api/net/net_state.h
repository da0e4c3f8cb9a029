// SPDX-License-Identifier: Apache-2.0
//
// net_state: what this machine's network is, as far as a connection cares: interfaces, addresses and ways out
// (default routes). Pure: fed with the kernel's netlink messages, it tells two of them apart. Any bytes are
// fine; what is not whole or not understood is passed over.

#ifndef SBXDECK_API_NET_STATE_H
#define SBXDECK_API_NET_STATE_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// More are not looked at; the kernel tells of the oldest first.
enum { NET_LINKS_MAX = 512, NET_ADDRESSES_MAX = 512, NET_ROUTES_MAX = 64 };

struct net_address {
    int family; // AF_INET or AF_INET6
    unsigned char bytes[16];
};

struct net_state {
    struct {
        int index;
        char name[IF_NAMESIZE]; // letters, digits and -_.:@ of it
        bool running;           // up, and there is a carrier
    } links[NET_LINKS_MAX];
    size_t link_count;
    struct {
        int index;
        struct net_address address;
    } addresses[NET_ADDRESSES_MAX];
    size_t address_count;
    struct {
        int index;
        uint32_t table;
        struct net_address gateway; // family of the route; all 0 without one
    } routes[NET_ROUTES_MAX];
    size_t route_count;
};

// What one message was about.
enum net_message {
    NET_MESSAGE_OTHER, // nothing that counts here
    NET_MESSAGE_NEWS,  // a link, an address that reaches out, a way out
    NET_MESSAGE_DONE,  // the end of a list
    NET_MESSAGE_ERROR, // the list was refused
    NET_MESSAGE_BROKEN // the rest can't be told apart
};
// Looks at the message at the start of the bytes. *used: its length with padding. With a state, one that adds
// something is taken into it; those that take something away only tell that there is news. interrupted:
// the list has changed while it was told.
enum net_message net_state_take(struct net_state *state, const void *bytes, size_t length, size_t *used,
                                bool *interrupted);

bool net_state_has(const struct net_state *state, const struct net_address *address);

enum net_kind {
    NET_SAME,
    NET_NEW_WAY,      // another interface or gateway, or the first one again
    NET_NO_WAY,       // no route is left
    NET_NEW_ADDRESS,  // where there is a way out
    NET_LOST_ADDRESS, // one that is in use, or of an interface with a way out
};
struct net_change {
    enum net_kind kind;
    char interface[IF_NAMESIZE];    // "" none
    char address[INET6_ADDRSTRLEN]; // the new one, or with LOST_ADDRESS the one that has gone; "" none
};
// What has become of the old one, the most important change of several. used: addresses that connections run
// over. Interfaces without a way out count only with those; loopback and addresses within a link never do.
struct net_change net_state_compare(const struct net_state *old, const struct net_state *now,
                                    const struct net_address *used, size_t used_count);

enum { NET_TEXT_CAP = 128 };
// "wlan0, address 192.0.2.7", "no route is left", "eth0 has lost 192.0.2.7". Returns out.
char *net_change_text(const struct net_change *change, char out[NET_TEXT_CAP]);

// As text is written for people; false: it is none.
bool net_address_parse(const char *text, struct net_address *out);
bool net_address_is_same(const struct net_address *one, const struct net_address *other);

#endif
