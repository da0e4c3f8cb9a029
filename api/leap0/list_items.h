// SPDX-License-Identifier: Apache-2.0
//
// list_items: Find the items of a list in its bytes, so that one whose bytes are what they were need not be
// parsed again. Pure; what it finds is only believed as far as the parser agrees.

#ifndef SBXDECK_API_LEAP0_LIST_ITEMS_H
#define SBXDECK_API_LEAP0_LIST_ITEMS_H

#include "api/leap0/leap0.h"

enum { LIST_ITEMS_MAX = 1000 }; // of one page; one with more is parsed whole

struct list_item {
    size_t start, length; // in the text
    uint64_t hash;        // of its bytes; never 0
    bool known;
    char id[ID_CAP]; // as its bytes seem to say; "" when they don't
};

struct list_items {
    struct list_item *list;
    size_t count, known; // how many of them are known
};

// Of {"items": [...], ...}. False: not of that form, or out of memory; *out is then empty.
bool list_items_find(const char *text, size_t length, struct list_items *out);
void list_items_free(struct list_items *items);

// The text with a 0 in place of each known item. The caller's; NULL: out of memory.
char *list_items_cut(const char *text, size_t length, const struct list_items *items, size_t *cut_length);

#endif
