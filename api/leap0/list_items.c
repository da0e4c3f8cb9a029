// SPDX-License-Identifier: Apache-2.0
//
// list_items: Step over JSON values without judging them: the parser does that with all but the known items,
// whose very bytes it has judged before.

#include "api/leap0/list_items.h"

#include "api/base/hash_index.h"

#include <stdlib.h>
#include <string.h>

struct walk {
    const char *at, *end;
};

static void skip_blanks(struct walk *walk)
{
    while (walk->at < walk->end && strchr(" \t\r\n", *walk->at) != NULL && *walk->at != '\0')
        walk->at++;
}

static bool take(struct walk *walk, char c)
{
    skip_blanks(walk);
    if (walk->at == walk->end || *walk->at != c)
        return false;
    walk->at++;
    return true;
}

// Over a string, whose opening quote comes next.
static bool skip_string(struct walk *walk)
{
    for (walk->at++; walk->at < walk->end; walk->at++) {
        if (*walk->at == '"') {
            walk->at++;
            return true;
        }
        if (*walk->at == '\\' && ++walk->at == walk->end)
            return false;
    }
    return false;
}

// Over an array or an object, whose bracket comes next.
static bool skip_nested(struct walk *walk)
{
    size_t depth = 0;
    while (walk->at < walk->end) {
        const char c = *walk->at;
        if (c == '"') {
            if (!skip_string(walk))
                return false;
            continue;
        }
        walk->at++;
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return true;
    }
    return false;
}

static bool skip_value(struct walk *walk)
{
    const char *start = walk->at;
    if (walk->at == walk->end)
        return false;
    if (*walk->at == '"')
        return skip_string(walk);
    if (*walk->at == '{' || *walk->at == '[')
        return skip_nested(walk);
    while (walk->at < walk->end && strchr(",]} \t\r\n", *walk->at) == NULL)
        walk->at++;
    return walk->at > start;
}

// The next member of an object: its name as it is written, quotes and all, and where its value begins.
static bool next_member(struct walk *walk, const char **name, size_t *length)
{
    skip_blanks(walk);
    *name = walk->at;
    if (walk->at == walk->end || *walk->at != '"' || !skip_string(walk))
        return false;
    *length = (size_t)(walk->at - *name);
    if (!take(walk, ':'))
        return false;
    skip_blanks(walk);
    return true;
}

static bool is_named(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

// Of an item as the server writes it the id comes first.
static void find_id(const char *text, struct list_item *item)
{
    struct walk walk = {text + item->start, text + item->start + item->length};
    const char *name = NULL;
    size_t length = 0;
    if (!take(&walk, '{'))
        return;
    while (next_member(&walk, &name, &length)) {
        const char *value = walk.at;
        if (!skip_value(&walk))
            return;
        const size_t size = (size_t)(walk.at - value);
        if (is_named(name, length, "\"id\"")) {
            if (*value != '"' || size < 3 || size - 2 >= ID_CAP || memchr(value, '\\', size) != NULL)
                return;
            memcpy(item->id, value + 1, size - 2);
            item->id[size - 2] = '\0';
            return;
        }
        if (!take(&walk, ','))
            return;
    }
}

static bool add_item(struct list_items *out, size_t start, size_t length, const char *text)
{
    if (out->count == LIST_ITEMS_MAX)
        return false;
    if ((out->count & (out->count - 1)) == 0) { // a power of two: all room is taken
        struct list_item *grown =
            reallocarray(out->list, out->count > 0 ? 2 * out->count : 1, sizeof *out->list);
        if (grown == NULL)
            return false;
        out->list = grown;
    }
    struct list_item *item = &out->list[out->count++];
    *item = (struct list_item){.start = start, .length = length, .hash = keyed_hash(text + start, length)};
    if (item->hash == 0)
        item->hash = 1;
    find_id(text, item);
    return true;
}

static bool find_items(const char *text, struct walk *walk, struct list_items *out)
{
    if (!take(walk, '['))
        return false;
    if (take(walk, ']'))
        return true;
    do {
        skip_blanks(walk);
        const char *start = walk->at;
        if (!skip_value(walk) || !add_item(out, (size_t)(start - text), (size_t)(walk->at - start), text))
            return false;
    } while (take(walk, ','));
    return take(walk, ']');
}

static bool find_list(const char *text, size_t length, struct list_items *out)
{
    struct walk walk = {text, text + length};
    const char *name = NULL;
    size_t name_length = 0;
    bool found = false;
    if (!take(&walk, '{'))
        return false;
    do {
        if (!next_member(&walk, &name, &name_length))
            return false;
        const bool is_list = is_named(name, name_length, "\"items\"");
        if (is_list && found)
            return false; // twice
        if (is_list ? !find_items(text, &walk, out) : !skip_value(&walk))
            return false;
        found = found || is_list;
    } while (take(&walk, ','));
    return found;
}

bool list_items_find(const char *text, size_t length, struct list_items *out)
{
    *out = (struct list_items){0};
    if (find_list(text, length, out))
        return true;
    list_items_free(out);
    return false;
}

void list_items_free(struct list_items *items)
{
    free(items->list);
    *items = (struct list_items){0};
}

char *list_items_cut(const char *text, size_t length, const struct list_items *items, size_t *cut_length)
{
    char *cut = malloc(length + 1); // an item has at least one byte, as the 0 has
    size_t from = 0, used = 0;
    if (cut == NULL)
        return NULL;
    for (size_t i = 0; i < items->count; i++) {
        const struct list_item *item = &items->list[i];
        if (!item->known)
            continue;
        memcpy(cut + used, text + from, item->start - from);
        used += item->start - from;
        cut[used++] = '0';
        from = item->start + item->length;
    }
    memcpy(cut + used, text + from, length - from);
    used += length - from;
    cut[used] = '\0';
    *cut_length = used;
    return cut;
}
