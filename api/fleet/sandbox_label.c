// SPDX-License-Identifier: Apache-2.0
//
// sandbox_label: Say what may be a name or a note, and keep the labels of all sandboxes. Each has memory of
// its own, so that rows can point to it while others come and go.

#include "api/fleet/sandbox_label.h"

#include "api/base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char id_beginning[] = "sbx-";

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool sandbox_label_is_empty(const struct sandbox_label *label)
{
    return label->name[0] == '\0' && label->note[0] == '\0' && !label->pinned;
}

bool sandbox_label_is_same(const struct sandbox_label *a, const struct sandbox_label *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->note, b->note) == 0 && a->pinned == b->pinned;
}

enum status sandbox_label_check_name(const char *name, struct failure *why)
{
    const size_t length = strlen(name);
    bool good = length > 0 && is_letter_or_digit(name[0]);
    for (size_t i = 0; good && i < length; i++)
        good = is_letter_or_digit(name[i]) || name[i] == '-' || name[i] == '_';
    if (length >= LABEL_NAME_CAP)
        return advise(
            why, fail(why, STATUS_BAD_ARGUMENT, "the name '%.40s...' is %zu characters long", name, length),
            "a name has at most %d", LABEL_NAME_CAP - 1);
    if (!good)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "'%s' can't be a name", name),
                      "a name has letters, digits, - and _, and begins with a letter or a digit");
    if (strncasecmp(name, id_beginning, sizeof id_beginning - 1) == 0)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "the name '%s' begins as ids do", name),
                      "choose one that does not begin with %s", id_beginning);
    return STATUS_OK;
}

enum status sandbox_label_check_note(const char *note, struct failure *why)
{
    const size_t length = strlen(note);
    if (length >= LABEL_NOTE_CAP)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "the note is %zu bytes long", length),
                      "a note has at most %d", LABEL_NOTE_CAP - 1);
    if (!utf8_is_clean(note))
        return advise(
            why,
            fail(why, STATUS_BAD_ARGUMENT, "the note '%.40s' has control characters or is not UTF-8", note),
            "a note is one line of text");
    return STATUS_OK;
}

// --- the labels of all ---

struct entry {
    char sandbox_id[ID_CAP];
    struct sandbox_label *label;
};

void label_map_begin(struct label_map *labels)
{
    labels->map = ID_MAP(struct entry, sandbox_id);
}

void label_map_end(struct label_map *labels)
{
    for (size_t i = 0; i < labels->map.count; i++)
        free(((struct entry *)id_map_at(&labels->map, i))->label);
    id_map_free(&labels->map);
}

const struct sandbox_label *label_map_find(const struct label_map *labels, const char *sandbox_id)
{
    const struct entry *entry = labels->map.count > 0 ? id_map_find(&labels->map, sandbox_id) : NULL;
    return entry != NULL ? entry->label : NULL;
}

const char *label_map_named(const struct label_map *labels, const char *name)
{
    for (size_t i = 0; name[0] != '\0' && i < labels->map.count; i++) {
        const struct entry *entry = id_map_at(&labels->map, i);
        if (strcasecmp(entry->label->name, name) == 0)
            return entry->sandbox_id;
    }
    return NULL;
}

static enum status put(struct label_map *labels, const char *sandbox_id, const struct sandbox_label *label)
{
    bool made = false;
    struct sandbox_label *copy = malloc(sizeof *copy);
    struct entry *entry = copy != NULL ? id_map_add(&labels->map, sandbox_id, &made) : NULL;
    if (entry == NULL) {
        free(copy);
        return STATUS_NO_MEMORY;
    }
    free(entry->label);
    *copy = *label;
    entry->label = copy;
    return STATUS_OK;
}

enum status label_map_set(struct label_map *labels, const char *sandbox_id, const struct sandbox_label *label,
                          bool *changed)
{
    struct entry *entry = id_map_find(&labels->map, sandbox_id);
    bool drop = label == NULL || sandbox_label_is_empty(label);
    *changed = entry != NULL ? drop || !sandbox_label_is_same(entry->label, label) : !drop;
    if (!*changed)
        return STATUS_OK;
    if (!drop)
        return put(labels, sandbox_id, label);
    free(entry->label);
    entry->label = NULL;
    id_map_remove(&labels->map, entry);
    return STATUS_OK;
}

static bool is_same(const struct label_map *labels, const struct labelled_sandbox *list, size_t count)
{
    bool same = labels->map.count == count;
    for (size_t i = 0; same && i < count; i++) {
        const struct sandbox_label *label = label_map_find(labels, list[i].sandbox_id);
        same = label != NULL && sandbox_label_is_same(label, &list[i].label);
    }
    return same;
}

enum status label_map_take(struct label_map *labels, const struct labelled_sandbox *list, size_t count,
                           bool *changed)
{
    struct label_map taken;
    enum status status = STATUS_OK;
    *changed = !is_same(labels, list, count);
    if (!*changed)
        return STATUS_OK;
    label_map_begin(&taken);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        if (!sandbox_label_is_empty(&list[i].label))
            status = put(&taken, list[i].sandbox_id, &list[i].label);
    label_map_end(status == STATUS_OK ? labels : &taken);
    if (status == STATUS_OK)
        *labels = taken;
    return status;
}

int label_map_longest_name(const struct label_map *labels)
{
    const char *sandbox_id = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < labels->map.count; i++) {
        const struct sandbox_label *label = label_map_at(labels, i, &sandbox_id);
        size_t length = label != NULL ? strlen(label->name) : 0;
        longest = length > longest ? length : longest;
    }
    return (int)longest;
}

size_t label_map_count(const struct label_map *labels)
{
    return labels->map.count;
}

const struct sandbox_label *label_map_at(const struct label_map *labels, size_t index,
                                         const char **sandbox_id)
{
    const struct entry *entry = id_map_at(&labels->map, index);
    if (entry == NULL)
        return NULL;
    *sandbox_id = entry->sandbox_id;
    return entry->label;
}
