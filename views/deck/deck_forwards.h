// SPDX-License-Identifier: Apache-2.0
//
// deck_forwards: What the deck shows of ports that are forwarded into a sandbox.

#ifndef SBXDECK_VIEWS_DECK_DECK_FORWARDS_H
#define SBXDECK_VIEWS_DECK_DECK_FORWARDS_H

#include <stdbool.h>
#include <stddef.h>

enum { DECK_FORWARDS_CAP = 320 };

struct deck_forwards {
    size_t count;                 // ports that listen
    bool connected;               // they can be used now
    char text[DECK_FORWARDS_CAP]; // what goes where
};

#endif
