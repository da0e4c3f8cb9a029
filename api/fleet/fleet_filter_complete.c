// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter_complete: Find out what the word at the cursor is so far, and collect what begins with it.

#include "api/fleet/fleet_filter_complete.h"

#include "api/fleet/fleet_filter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct completing {
    const char *typed; // what is there of the piece, up to the cursor
    size_t length;
    struct fleet_filter_completion *out;
};

// A word with one of these needs quotes, which would have to stand before what was typed.
static bool needs_quotes(const char *word)
{
    return strpbrk(word, " ,\"'\t") != NULL;
}

static void offer(struct completing *completing, const char *word, const char *after)
{
    struct fleet_filter_completion *out = completing->out;
    size_t length = strlen(word) + strlen(after);
    if (out->count == FILTER_COMPLETIONS || length >= FILTER_COMPLETION_CAP || needs_quotes(word) ||
        length <= completing->length || strncasecmp(word, completing->typed, completing->length) != 0)
        return;
    for (size_t i = 0; i < out->count; i++)
        if (strcasecmp(out->words[i], word) == 0)
            return;
    (void)snprintf(out->words[out->count++], FILTER_COMPLETION_CAP, "%s%s", word, after);
}

static void offer_keys(struct completing *completing)
{
    const struct fleet_filter_key *key = NULL;
    for (size_t i = 0; completing->length > 0 && (key = fleet_filter_key(i)) != NULL; i++)
        offer(completing, key->name, (const char[]){key->after, '\0'});
}

static void offer_saved(struct completing *completing, const struct fleet_filter_names *saved)
{
    char word[FILTER_COMPLETION_CAP];
    const char *name = NULL;
    for (size_t i = 0; saved != NULL && (name = saved->name(saved->ctx, i)) != NULL; i++) {
        (void)snprintf(word, sizeof word, "@%s", name);
        offer(completing, word, "");
    }
}

static void offer_values(struct completing *completing, enum fleet_filter_kind kind,
                         const struct fleet *fleet)
{
    const char *value = NULL;
    for (size_t i = 0; (value = fleet_filter_key_value(kind, i)) != NULL; i++)
        offer(completing, value, "");
    if (fleet == NULL || (kind != FILTER_TEMPLATE && kind != FILTER_NAME))
        return;
    for (size_t i = 0; i < fleet_count(fleet) && completing->out->count < FILTER_COMPLETIONS; i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (kind == FILTER_TEMPLATE)
            offer(completing, row->sandbox.template_id, "");
        else if (row->label != NULL)
            offer(completing, row->label->name, "");
    }
}

// Where the word that ends at the cursor begins; *quoted: inside of quotes.
static size_t word_begin(const char *text, size_t cursor, bool *quoted)
{
    size_t begin = 0;
    char quote = '\0';
    for (size_t at = 0; at < cursor; at++) {
        if (quote != '\0' ? text[at] == quote : text[at] == '"' || text[at] == '\'')
            quote = quote != '\0' ? '\0' : text[at];
        else if (quote == '\0' && (text[at] == ' ' || text[at] == '\t'))
            begin = at + 1;
    }
    *quoted = quote != '\0';
    return begin;
}

static const struct fleet_filter_key *key_of(const char *word, size_t length)
{
    const struct fleet_filter_key *key = NULL;
    for (size_t i = 0; (key = fleet_filter_key(i)) != NULL; i++) {
        const char *const names[] = {key->name, key->also};
        for (size_t k = 0; k < 2; k++)
            if (length > 0 && strlen(names[k]) == length && strncasecmp(names[k], word, length) == 0)
                return key;
    }
    return NULL;
}

void fleet_filter_complete(const char *text, size_t cursor, const struct fleet *fleet,
                           const struct fleet_filter_names *saved, struct fleet_filter_completion *out)
{
    bool quoted = false;
    size_t begin = word_begin(text, cursor, &quoted);
    out->count = 0;
    out->from = cursor;
    // In the middle of a word there is nothing to add.
    if (quoted || (text[cursor] != '\0' && text[cursor] != ' ' && text[cursor] != '\t'))
        return;
    begin += begin < cursor && text[begin] == '!' ? 1 : 0;
    size_t length = strcspn(text + begin, ":<>\"' \t");
    struct completing completing = {text + begin, cursor - begin, out};
    out->from = begin;
    if (begin < cursor && text[begin] == '@') {
        offer_saved(&completing, saved);
        return;
    }
    if (begin + length >= cursor) {
        offer_keys(&completing);
        return;
    }
    const struct fleet_filter_key *key = key_of(text + begin, length);
    if (key == NULL || text[begin + length] != ':')
        return;
    for (size_t at = begin + length; at < cursor; at++)
        if (text[at] == ':' ? at == begin + length : text[at] == ',')
            out->from = at + 1;
    completing.typed = text + out->from;
    completing.length = cursor - out->from;
    offer_values(&completing, key->kind, fleet);
}
