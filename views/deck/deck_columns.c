// SPDX-License-Identifier: Apache-2.0
//
// deck_columns: The table of columns, what rows are sorted by in each, and lists of columns as text.

#include "views/deck/deck_columns.h"

#include "api/base/nearest_word.h"

#include <stdio.h>
#include <string.h>

static void number(struct deck_key *key, bool there, int64_t value)
{
    key->there = there;
    key->number = value;
}

static void text(struct deck_key *key, const char *value)
{
    key->there = value[0] != '\0';
    key->text = value;
}

static void key_id(const struct deck_cell_facts *facts, struct deck_key *key)
{
    text(key, facts->row->sandbox.id);
}

static void key_label_name(const struct deck_cell_facts *facts, struct deck_key *key)
{
    text(key, facts->row->label != NULL ? facts->row->label->name : "");
}

static void key_label_note(const struct deck_cell_facts *facts, struct deck_key *key)
{
    text(key, facts->row->label != NULL ? facts->row->label->note : "");
}

static void key_sessions(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->sessions > 0, -(int64_t)facts->sessions); // the most first
}

static void key_state(const struct deck_cell_facts *facts, struct deck_key *key)
{
    const struct fleet_sandbox *sandbox = &facts->row->sandbox;
    number(key, !facts->row->gone && sandbox->state != SANDBOX_other, (int64_t)sandbox->state);
}

static void key_template_id(const struct deck_cell_facts *facts, struct deck_key *key)
{
    text(key, facts->row->sandbox.template_id);
}

static void key_pod(const struct deck_cell_facts *facts, struct deck_key *key)
{
    text(key, facts->row->sandbox.pod_id);
}

static void key_vcpu(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->sandbox.vcpu > 0, -facts->row->sandbox.vcpu);
}

static void key_memory(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->sandbox.memory_mib > 0, -facts->row->sandbox.memory_mib);
}

static void key_disk(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->sandbox.disk_mib > 0, -facts->row->sandbox.disk_mib);
}

static void key_network(const struct deck_cell_facts *facts, struct deck_key *key)
{
    text(key, facts->row->sandbox.network_mode);
}

static void key_created(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->sandbox.created_at > 0, facts->row->sandbox.created_at);
}

// The shortest time first, as a number of seconds is.
static void key_since(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->sandbox.state_change_time > 0, -facts->row->sandbox.state_change_time);
}

// The one told of last comes first.
static void key_fresh(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->fresh_ms > 0, -facts->row->fresh_ms);
}

static void key_age(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->sandbox.created_at > 0, -facts->row->sandbox.created_at);
}

static void key_timeout(const struct deck_cell_facts *facts, struct deck_key *key)
{
    int64_t at = deadline_timeout(facts->row);
    number(key, at > 0, at);
}

static void key_credential(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->row->credential_count > 0, (int64_t)credential_state(facts->best, facts->now));
}

static void key_end(const struct deck_cell_facts *facts, struct deck_key *key)
{
    number(key, facts->end.clock != DEADLINE_NONE, facts->end.at);
}

const struct deck_column_entry deck_column_table[DECK_COLUMN_COUNT] = {
#define X(id, name, header, least, likes, share, to, goes, when, by, fills, sorts)                           \
    [DECK_COLUMN_##id] = {.key = (name),                                                                     \
                          .column = {.title = (header),                                                      \
                                     .min = (least),                                                         \
                                     .ideal = (likes),                                                       \
                                     .weight = (share),                                                      \
                                     .align = TABLE_##to,                                                    \
                                     .drop = (goes)},                                                        \
                          .shown = DECK_SHOWN_##when,                                                        \
                          .sorted = (by),                                                                    \
                          .cell = deck_cell_##fills,                                                         \
                          .sort_key = key_##sorts},
    DECK_COLUMN_TABLE(X)
#undef X
};

const char *deck_column_sorted_text(enum deck_column column)
{
    return column < DECK_COLUMN_COUNT ? deck_column_table[column].sorted : "the server's order";
}

enum deck_column deck_column_order(enum deck_column column)
{
    if (column >= DECK_COLUMN_COUNT || deck_column_table[column].sorted[0] != '\0')
        return column;
    for (size_t i = 0; i < DECK_COLUMN_COUNT; i++)
        if (deck_column_table[i].sorted[0] != '\0' &&
            deck_column_table[i].sort_key == deck_column_table[column].sort_key)
            return (enum deck_column)i;
    return DECK_COLUMN_NONE;
}

enum deck_column deck_column_of_key(const char *key, size_t length)
{
    for (size_t i = 0; i < DECK_COLUMN_COUNT && length > 0; i++)
        if (strncmp(deck_column_table[i].key, key, length) == 0 && deck_column_table[i].key[length] == '\0')
            return (enum deck_column)i;
    return DECK_COLUMN_NONE;
}

// --- lists of columns ---

void deck_columns_default(struct deck_columns *out)
{
    out->count = 0;
    for (size_t i = 0; i < DECK_COLUMN_COUNT; i++)
        if (deck_column_table[i].shown == DECK_SHOWN_DEFAULT)
            out->kinds[out->count++] = (enum deck_column)i;
}

bool deck_columns_have(const struct deck_columns *columns, enum deck_column column)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->kinds[i] == column)
            return true;
    return false;
}

// Behind the last one that stands before it in the table, so that in the default order each has its place.
static void insert(struct deck_columns *columns, enum deck_column column)
{
    size_t at = columns->count;
    while (at > 0 && columns->kinds[at - 1] > column)
        at--;
    memmove(&columns->kinds[at + 1], &columns->kinds[at], (columns->count - at) * sizeof *columns->kinds);
    columns->kinds[at] = column;
    columns->count++;
}

void deck_columns_widen(const struct deck_columns *columns, struct deck_columns *out)
{
    *out = *columns;
    for (size_t i = 0; i < DECK_COLUMN_COUNT; i++)
        if (deck_column_table[i].shown == DECK_SHOWN_WIDE && !deck_columns_have(columns, (enum deck_column)i))
            insert(out, (enum deck_column)i);
}

static enum status no_such_column(const char *name, size_t length, struct failure *why)
{
    char word[64];
    (void)snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), name);
    struct nearest_word nearest = {.word = word};
    for (size_t i = 0; i < DECK_COLUMN_COUNT; i++)
        if (deck_column_table[i].key[0] != '\0')
            nearest_word_offer(&nearest, deck_column_table[i].key);
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%s' is not a column", word);
    if (nearest.best != NULL)
        return advise(why, why->status, "did you mean %s?", nearest.best);
    struct deck_columns all = {0};
    char names[DECK_COLUMNS_TEXT_CAP];
    for (size_t i = 0; i < DECK_COLUMN_COUNT; i++)
        if (deck_column_table[i].key[0] != '\0')
            all.kinds[all.count++] = (enum deck_column)i;
    return advise(why, why->status, "there are %s", deck_columns_text(&all, names, sizeof names));
}

void deck_columns_named(const struct deck_columns *columns, bool named, struct deck_columns *out)
{
    struct deck_columns all = *columns;
    out->count = 0;
    for (size_t i = 0; i < all.count; i++)
        if (named || all.kinds[i] != DECK_COLUMN_NAME)
            out->kinds[out->count++] = all.kinds[i];
}

enum status deck_columns_parse(const char *from, struct deck_columns *out, struct failure *why)
{
    static const char between[] = " \t,";
    struct deck_columns columns = {0};
    for (const char *at = from + strspn(from, between); *at != '\0';) {
        size_t length = strcspn(at, between);
        enum deck_column column = deck_column_of_key(at, length);
        if (column == DECK_COLUMN_NONE)
            return no_such_column(at, length, why);
        if (deck_columns_have(&columns, column))
            return fail(why, STATUS_BAD_ARGUMENT, "the column %s is there twice",
                        deck_column_table[column].key);
        columns.kinds[columns.count++] = column;
        at += length;
        at += strspn(at, between);
    }
    if (columns.count == 0)
        deck_columns_default(&columns);
    *out = columns;
    return STATUS_OK;
}

enum status deck_columns_check(const char *from, struct failure *why)
{
    struct deck_columns columns;
    return deck_columns_parse(from, &columns, why);
}

char *deck_columns_text(const struct deck_columns *columns, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < columns->count; i++) {
        int wrote = snprintf(out + used, cap - used, "%s%s", used > 0 ? " " : "",
                             deck_column_table[columns->kinds[i]].key);
        if (wrote < 0 || (size_t)wrote >= cap - used)
            break;
        used += (size_t)wrote;
    }
    return out;
}
