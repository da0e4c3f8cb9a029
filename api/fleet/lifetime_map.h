// SPDX-License-Identifier: Apache-2.0
//
// lifetime_map: Per-credential state kept between passes over the fleet. A credential is known by its sandbox
// and id; a new expiry is a new life. What a pass has not met is forgotten.

#ifndef SBXDECK_API_FLEET_LIFETIME_MAP_H
#define SBXDECK_API_FLEET_LIFETIME_MAP_H

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
void lifetime_map_free(struct lifetime_map *map);

// A pass: begin, add each, end.
void lifetime_map_begin(struct lifetime_map *map);
// The one that is there, or a new one, zeroed but for its key (*made). NULL: out of memory. Valid until the
// next add or end.
struct life *lifetime_map_add(struct lifetime_map *map, const char *sandbox_id, const char *id, bool *made);
// Forgets what this pass has not met; gone (may be NULL) is called for each before.
void lifetime_map_end(struct lifetime_map *map, void (*gone)(void *ctx, const struct life *life), void *ctx);
// Without a pass: NULL when it is not there.
struct life *lifetime_map_get(const struct lifetime_map *map, const char *sandbox_id, const char *id);
const struct life *lifetime_map_at(const struct lifetime_map *map, size_t index); // NULL beyond the end
size_t lifetime_map_count(const struct lifetime_map *map);

#endif
