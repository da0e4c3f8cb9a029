// SPDX-License-Identifier: Apache-2.0
//
// sandbox_label: The operator's own name, note and pin of a sandbox. They are local: the server is never told
// of them. The labels of all sandboxes are kept in a map that the fleet's rows point into.

#ifndef SBXDECK_API_FLEET_SANDBOX_LABEL_H
#define SBXDECK_API_FLEET_SANDBOX_LABEL_H

#include "api/base/id_map.h"
#include "api/leap0/model.h"

enum { LABEL_NAME_CAP = 64, LABEL_NOTE_CAP = 241 };

struct sandbox_label {
    char name[LABEL_NAME_CAP]; // "": none. Upper and lower case are the same, as in a host's name
    char note[LABEL_NOTE_CAP]; // one line of UTF-8; "": none
    bool pinned;
};

// The label of one sandbox, which the list need not name.
struct labelled_sandbox {
    char sandbox_id[ID_CAP];
    struct sandbox_label label;
};

// Nothing is said by it: there is no need to keep it.
bool sandbox_label_is_empty(const struct sandbox_label *label);
bool sandbox_label_is_same(const struct sandbox_label *a, const struct sandbox_label *b);

// BAD_ARGUMENT, with why, for what can't be a name: 1 to 63 letters, digits, '-' and '_', a letter or a digit
// first, so that NAME.leap0 is a host's name, and not as ids begin ("sbx-"). Whether it is another's is not
// looked at: fleet_name_check and the vault do that.
enum status sandbox_label_check_name(const char *name, struct failure *why);
// BAD_ARGUMENT for a note that is too long, not UTF-8 or has control characters. "" is fine.
enum status sandbox_label_check_note(const char *note, struct failure *why);

// --- the labels of all ---

// A pointer to a label is valid until that sandbox's label is set or taken again.
struct label_map {
    struct id_map map;
};
void label_map_begin(struct label_map *labels);
void label_map_end(struct label_map *labels);
// NULL: none.
const struct sandbox_label *label_map_find(const struct label_map *labels, const char *sandbox_id);
// The sandbox of that name, of any case, or NULL.
const char *label_map_named(const struct label_map *labels, const char *name);
// label NULL or empty: none from now on. *changed: it was another before.
enum status label_map_set(struct label_map *labels, const char *sandbox_id, const struct sandbox_label *label,
                          bool *changed);
// These are all labels there are. NO_MEMORY leaves them as they were. *changed: not as before.
enum status label_map_take(struct label_map *labels, const struct labelled_sandbox *list, size_t count,
                           bool *changed);
int label_map_longest_name(const struct label_map *labels); // in characters; 0: none has one
// The count, and each of them: its sandbox and label. NULL beyond the end.
size_t label_map_count(const struct label_map *labels);
const struct sandbox_label *label_map_at(const struct label_map *labels, size_t index,
                                         const char **sandbox_id);

#endif
