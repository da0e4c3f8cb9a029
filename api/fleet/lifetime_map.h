// SPDX-License-Identifier: Apache-2.0
//
// life_table: what somebody remembers of each credential from one look at the fleet to the next. A credential
// is known by sandbox and id; a new end is a new life. What a pass over the fleet has not met is forgotten.

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

struct life_table;
struct life_table *life_table_new(void); // NULL: out of memory
void life_table_free(struct life_table *table);

// A pass: begin, find each, end.
void life_table_begin(struct life_table *table);
// Made, zeroed but for its key, when it is not there. NULL: out of memory. Valid until the next find or end.
struct life *life_table_find(struct life_table *table, const char *sandbox_id, const char *id, bool *made);
// Forgets what this pass has not met; gone (may be NULL) is told of each before.
void life_table_end(struct life_table *table, void (*gone)(void *ctx, const struct life *life), void *ctx);
// Without a pass: NULL when it is not there.
struct life *life_table_get(struct life_table *table, const char *sandbox_id, const char *id);
const struct life *life_table_at(const struct life_table *table, size_t index); // NULL beyond the end
size_t life_table_count(const struct life_table *table);

#endif
