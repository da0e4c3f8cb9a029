// SPDX-License-Identifier: Apache-2.0
//
// lifetime_map: what somebody remembers of each credential from one look at the fleet to the next. A
// credential is known by sandbox and id; a new end is a new life. What a pass over the fleet has not met is
// forgotten.

#ifndef SBXDECK_API_LIFE_TABLE_H
#define SBXDECK_API_LIFE_TABLE_H

#include "api/leap0/model.h"

enum { LIFE_KEY_CAP = 2 * ID_CAP };

struct life {
    char key[LIFE_KEY_CAP]; // "sandbox id"
    uint64_t pass;
    int64_t expires_at; // of the life that the rest is about
    int stage, tries;   // the owner's; zero at first
    int64_t at;         // the owner's
};

struct lifetime_map;
struct lifetime_map *lifetime_map_new(void); // NULL: out of memory
void lifetime_map_free(struct lifetime_map *table);

// A pass: begin, find each, end.
void lifetime_map_begin(struct lifetime_map *table);
// Made, zeroed but for its key, when it is not there. NULL: out of memory. Valid until the next find or end.
struct life *lifetime_map_find(struct lifetime_map *table, const char *sandbox_id, const char *id,
                               bool *made);
// Forgets what this pass has not met; gone (may be NULL) is told of each before.
void lifetime_map_end(struct lifetime_map *table, void (*gone)(void *ctx, const struct life *life),
                      void *ctx);
// Without a pass: NULL when it is not there.
struct life *lifetime_map_get(struct lifetime_map *table, const char *sandbox_id, const char *id);
const struct life *lifetime_map_at(const struct lifetime_map *table, size_t index); // NULL beyond the end
size_t lifetime_map_count(const struct lifetime_map *table);

#endif
