// SPDX-License-Identifier: Apache-2.0
//
// vault_labels: Read and write the table of labels. What is read is checked as if it were typed: other
// programs of this user can write the file.

#include "api/vault/vault_labels.h"

#include "api/base/utf8.h"
#include "api/vault/vault_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char reading[] = "reading the names", keeping[] = "keeping the name";

// A vault of an older form is one that can't be written just now: it has no labels.
static bool has_table(struct vault *vault)
{
    struct failure ignored;
    return vault->form >= VAULT_FORM_LABELS ||
           (vault_db_catch_up(vault, &ignored) == STATUS_OK && vault->form >= VAULT_FORM_LABELS);
}

static enum status check_table(struct vault *vault, struct failure *why)
{
    enum status status = vault->form >= VAULT_FORM_LABELS ? STATUS_OK : vault_db_catch_up(vault, why);
    if (status == STATUS_OK && vault->form < VAULT_FORM_LABELS)
        status = advise(
            why, fail(why, STATUS_STORE_FAILED, "%s: the vault %s can't be written", keeping, vault->path),
            "check its disk and permissions");
    return status;
}

// --- reading ---

static void read_label(sqlite3_stmt *row, int first, struct sandbox_label *out)
{
    memset(out, 0, sizeof *out);
    vault_sql_text(row, first, out->name, sizeof out->name);
    if (sandbox_label_check_name(out->name, NULL) != STATUS_OK)
        out->name[0] = '\0';
    vault_sql_text(row, first + 1, out->note, sizeof out->note);
    utf8_clean(out->note, true);
    out->pinned = sqlite3_column_int(row, first + 2) != 0;
}

static void read_item(struct vault *vault, sqlite3_stmt *row, void *item)
{
    struct vault_label *label = item;
    memset(label, 0, sizeof *label);
    vault_sql_text(row, 0, label->of.sandbox_id, sizeof label->of.sandbox_id);
    read_label(row, 1, &label->of.label);
    label->gone_at = sqlite3_column_int64(row, 4);
    label->seen_at = sqlite3_column_int64(row, 6);
    label->of_other_key = sqlite3_column_bytes(row, 5) != VAULT_MARK_BYTES ||
                          memcmp(sqlite3_column_blob(row, 5), vault->seal.mark, VAULT_MARK_BYTES) != 0;
}

enum status vault_labels(struct vault *vault, struct vault_label **list, size_t *count, struct failure *why)
{
    void *items = NULL;
    *list = NULL;
    *count = 0;
    if (!has_table(vault))
        return STATUS_OK;
    enum status status = vault_sql_list(
        vault,
        vault_sql(
            vault,
            "SELECT sandbox_id, name, note, pinned, gone_at, mark, seen_at FROM label WHERE base_url = ?"
            " ORDER BY sandbox_id",
            SQL_WITH(SQL_T(vault->base_url))),
        reading, "the names", sizeof **list, read_item, &items, count, why);
    *list = items;
    return status;
}

// Empty where there is none.
static enum status label_of(const struct vault *vault, const char *sandbox_id, struct sandbox_label *out,
                            struct failure *why)
{
    enum status status = STATUS_OK;
    sqlite3_stmt *statement =
        vault_sql(vault, "SELECT name, note, pinned FROM label WHERE base_url = ? AND sandbox_id = ?",
                  SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id)));
    int step = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    memset(out, 0, sizeof *out);
    if (step == SQLITE_ROW)
        read_label(statement, 0, out);
    else if (step != SQLITE_DONE)
        status = vault_db_failure(vault, reading, why);
    (void)sqlite3_finalize(statement);
    return status;
}

// The other sandbox that has the name; "" none. *gone: it is there no more.
static enum status find_named(const struct vault *vault, const char *name, const char *sandbox_id,
                              char other[ID_CAP], bool *gone, struct failure *why)
{
    enum status status = STATUS_OK;
    other[0] = '\0';
    *gone = false;
    if (name[0] == '\0')
        return STATUS_OK;
    // The index is of those that have a name, which the query must say to be answered by it.
    sqlite3_stmt *statement =
        vault_sql(vault,
                  "SELECT sandbox_id, gone_at FROM label WHERE base_url = ? AND name = ? AND name <> ''"
                  " AND sandbox_id <> ?",
                  SQL_WITH(SQL_T(vault->base_url), SQL_T(name), SQL_T(sandbox_id)));
    int step = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    if (step == SQLITE_ROW) {
        vault_sql_text(statement, 0, other, ID_CAP);
        *gone = sqlite3_column_int64(statement, 1) != 0;
    } else if (step != SQLITE_DONE) {
        status = vault_db_failure(vault, reading, why);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

// --- writing, in the transaction that is open ---

static enum status write_label(const struct vault *vault, const char *sandbox_id,
                               const struct sandbox_label *label, struct failure *why)
{
    if (sandbox_label_is_empty(label))
        return vault_sql_run(vault, keeping, why, "DELETE FROM label WHERE base_url = ? AND sandbox_id = ?",
                             SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id)));
    return vault_sql_run(
        vault, keeping, why,
        "INSERT INTO label (base_url, sandbox_id, name, note, pinned, mark, seen_at, gone_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0) ON CONFLICT (base_url, sandbox_id)"
        " DO UPDATE SET name = ?3, note = ?4, pinned = ?5",
        SQL_WITH(SQL_T(vault->base_url), SQL_T(sandbox_id), SQL_T(label->name), SQL_T(label->note),
                 SQL_N(label->pinned), SQL_B(vault->seal.mark, VAULT_MARK_BYTES)));
}

static enum status take_name_off(const struct vault *vault, const char *sandbox_id, struct failure *why)
{
    struct sandbox_label label;
    enum status status = label_of(vault, sandbox_id, &label, why);
    label.name[0] = '\0';
    return status == STATUS_OK ? write_label(vault, sandbox_id, &label, why) : status;
}

// Nobody else has the name then.
static enum status free_name(const struct vault *vault, const char *name, const char *sandbox_id, bool force,
                             struct failure *why)
{
    char other[ID_CAP];
    bool gone = false;
    enum status status = find_named(vault, name, sandbox_id, other, &gone, why);
    if (status != STATUS_OK || other[0] == '\0')
        return status;
    if (!gone && !force)
        return advise(why, fail(why, STATUS_CONFLICT, "'%s' is the name of %s already", name, other),
                      "choose another, or take it off: sbxdeck name %s ''", other);
    return take_name_off(vault, other, why);
}

// --- a change ---

static enum status change_inside(struct vault *vault, const char *sandbox_id,
                                 const struct label_change *change, struct sandbox_label *before,
                                 struct sandbox_label *after, struct failure *why)
{
    enum status status = label_of(vault, sandbox_id, before, why);
    *after = *before;
    if (change->sets_name)
        memcpy(after->name, change->to.name, sizeof after->name);
    if (change->sets_note)
        memcpy(after->note, change->to.note, sizeof after->note);
    if (change->sets_pin)
        after->pinned = change->to.pinned;
    if (status != STATUS_OK || sandbox_label_is_same(before, after))
        return status;
    status = free_name(vault, after->name, sandbox_id, false, why);
    return status == STATUS_OK ? write_label(vault, sandbox_id, after, why) : status;
}

enum status vault_label_change(struct vault *vault, const char *sandbox_id, const struct label_change *change,
                               struct sandbox_label *before, struct sandbox_label *after, struct failure *why)
{
    struct sandbox_label was = {.name = ""}, is = {.name = ""};
    enum status status = check_table(vault, why);
    if (status == STATUS_OK)
        status = vault_begin(vault, keeping, why);
    if (status != STATUS_OK)
        return status;
    status = vault_end(vault, change_inside(vault, sandbox_id, change, &was, &is, why), keeping, why);
    if (before != NULL)
        *before = was;
    if (after != NULL)
        *after = status == STATUS_OK ? is : was;
    return status;
}

// --- an import ---

// Why it can't be imported; OK: it can, and *differs where it is not there yet.
static enum status check_one(const struct vault *vault, const struct labelled_sandbox *one, bool *differs,
                             struct failure *why)
{
    struct sandbox_label now;
    char other[ID_CAP];
    bool gone = false;
    enum status status = label_of(vault, one->sandbox_id, &now, why);
    *differs = status == STATUS_OK && !sandbox_label_is_same(&now, &one->label);
    if (!*differs)
        return status;
    if (!sandbox_label_is_empty(&now))
        return fail(why, STATUS_CONFLICT, "%s has another name, note or pin here: %s", one->sandbox_id,
                    now.name[0] != '\0'   ? now.name
                    : now.note[0] != '\0' ? now.note
                                          : "pinned");
    status = find_named(vault, one->label.name, one->sandbox_id, other, &gone, why);
    if (status == STATUS_OK && other[0] != '\0' && !gone)
        return fail(why, STATUS_CONFLICT, "'%s' is to be the name of %s, and is that of %s", one->label.name,
                    one->sandbox_id, other);
    return status;
}

static enum status check_all(const struct vault *vault, const struct labelled_sandbox *list, size_t length,
                             struct failure *why)
{
    struct failure first = {.status = STATUS_OK}, mine;
    size_t clashes = 0;
    bool differs = false;
    for (size_t i = 0; i < length; i++) {
        enum status status = check_one(vault, &list[i], &differs, &mine);
        if (status != STATUS_OK && status != STATUS_CONFLICT) {
            *why = mine;
            return status;
        }
        if (status == STATUS_CONFLICT && clashes++ == 0)
            first = mine;
    }
    if (clashes == 0)
        return STATUS_OK;
    char more[64] = "";
    if (clashes > 1)
        (void)snprintf(more, sizeof more, "; and %zu more clash", clashes - 1);
    return advise(why, fail(why, STATUS_CONFLICT, "%s%s; nothing was imported", first.message, more),
                  "--force lets what is imported count");
}

// First all names go that are in the way, also those of the imported to each other.
static enum status write_all(const struct vault *vault, const struct labelled_sandbox *list, size_t length,
                             bool force, size_t *count, struct failure *why)
{
    enum status status = STATUS_OK;
    struct sandbox_label now;
    *count = 0;
    for (size_t i = 0; status == STATUS_OK && i < length; i++) {
        status = label_of(vault, list[i].sandbox_id, &now, why);
        *count += status == STATUS_OK && !sandbox_label_is_same(&now, &list[i].label);
    }
    for (size_t i = 0; status == STATUS_OK && i < length; i++)
        status = free_name(vault, list[i].label.name, list[i].sandbox_id, force, why);
    for (size_t i = 0; status == STATUS_OK && i < length; i++) {
        status = label_of(vault, list[i].sandbox_id, &now, why);
        if (status == STATUS_OK && !sandbox_label_is_same(&now, &list[i].label))
            status = write_label(vault, list[i].sandbox_id, &list[i].label, why);
    }
    return status;
}

enum status vault_labels_import(struct vault *vault, const struct labelled_sandbox *list, size_t length,
                                enum label_import how, size_t *count, struct failure *why)
{
    *count = 0;
    enum status status = check_table(vault, why);
    if (status == STATUS_OK)
        status = vault_begin(vault, keeping, why);
    if (status != STATUS_OK)
        return status;
    if (how == LABEL_IMPORT_STRICT)
        status = check_all(vault, list, length, why);
    if (status == STATUS_OK)
        status = write_all(vault, list, length, how == LABEL_IMPORT_FORCE, count, why);
    return vault_end(vault, status, keeping, why);
}

// --- sandboxes that go ---

static enum status sight(const struct vault *vault, const struct label_sighting *one, int64_t now_ms,
                         struct failure *why)
{
    static const char there[] =
        "UPDATE label SET gone_at = 0, mark = ?3, seen_at = ?4 WHERE base_url = ?1 AND sandbox_id = ?2";
    static const char gone[] = "UPDATE label SET gone_at = ?4 WHERE base_url = ?1 AND sandbox_id = ?2"
                               " AND gone_at = 0 AND mark = ?3";
    return vault_sql_run(vault, keeping, why, one->there ? there : gone,
                         SQL_WITH(SQL_T(vault->base_url), SQL_T(one->sandbox_id),
                                  SQL_B(vault->seal.mark, VAULT_MARK_BYTES), SQL_N(now_ms)));
}

enum status vault_labels_sighted(struct vault *vault, const struct label_sighting *list, size_t count,
                                 int64_t now_ms, struct failure *why)
{
    if (vault->read_only)
        return STATUS_OK; // nobody asked for it
    enum status status = check_table(vault, why);
    if (status == STATUS_OK)
        status = vault_begin(vault, keeping, why);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = sight(vault, &list[i], now_ms, why);
    if (status == STATUS_OK)
        status = vault_sql_run(vault, keeping, why,
                               "DELETE FROM label WHERE base_url = ? AND gone_at > 0 AND gone_at <= ?",
                               SQL_WITH(SQL_T(vault->base_url), SQL_N(now_ms - VAULT_LABEL_KEPT_MS)));
    return vault_end(vault, status, keeping, why);
}
