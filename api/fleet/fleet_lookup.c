// SPDX-License-Identifier: Apache-2.0
//
// fleet_lookup: Answer questions about the rows: the sandbox that is meant by a text, a row's best
// credential, the counts of everything.

#include "api/fleet/fleet_private.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

// --- which sandbox is meant ---

enum { SOME_MAX = 3 };

// What a beginning may mean.
struct meant {
    const struct fleet_row *row;
    size_t matches;
    char some[512]; // the first of them
};

const char *fleet_row_name(const struct fleet_row *row)
{
    return row->label != NULL && row->label->name[0] != '\0' ? row->label->name : row->sandbox.id;
}

const char *fleet_name_of(const struct fleet *fleet, const char *sandbox_id)
{
    const struct sandbox_label *label = fleet_label(fleet, sandbox_id);
    return label != NULL && label->name[0] != '\0' ? label->name : sandbox_id;
}

static bool has_name(const struct fleet_row *row)
{
    return row->label != NULL && row->label->name[0] != '\0';
}

static void note(struct meant *meant, const struct fleet_row *row)
{
    const size_t used = strlen(meant->some);
    meant->row = row;
    if (++meant->matches > SOME_MAX)
        return;
    (void)snprintf(meant->some + used, sizeof meant->some - used, "%s%s%s%s%s", used > 0 ? ", " : "",
                   row->sandbox.id, has_name(row) ? " (" : "", has_name(row) ? row->label->name : "",
                   has_name(row) ? ")" : "");
}

static void find_beginnings(const struct fleet *fleet, const char *text, struct meant *meant)
{
    const size_t length = strlen(text);
    for (size_t i = 0; length > 0 && i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (strncmp(row->sandbox.id, text, length) == 0 ||
            (has_name(row) && strncasecmp(row->label->name, text, length) == 0))
            note(meant, row);
    }
}

// A name may be on its way from one that is gone to another, so that two have it.
static const struct fleet_row *find_named(const struct fleet *fleet, const char *text)
{
    for (size_t i = 0; i < fleet_count(fleet); i++)
        if (has_name(fleet_row(fleet, i)) && strcasecmp(fleet_row(fleet, i)->label->name, text) == 0)
            return fleet_row(fleet, i);
    return NULL;
}

static enum status not_found(const struct fleet *fleet, const char *text, struct failure *why)
{
    const char *named = label_map_named(fleet_labels(fleet), text);
    if (named != NULL)
        return advise(
            why, fail(why, STATUS_NOT_FOUND, "'%s' is the name of %s, which is not in the list", text, named),
            "sbxdeck name %s '' takes the name off it", named);
    return advise(why, fail(why, STATUS_NOT_FOUND, "no sandbox is named '%.80s'", text),
                  "sbxdeck ls lists them");
}

enum status fleet_resolve(const struct fleet *fleet, const char *text, const struct fleet_row **out,
                          struct failure *why)
{
    struct meant meant = {.row = fleet_find(fleet, text)};
    const char *named = meant.row == NULL ? label_map_named(fleet_labels(fleet), text) : NULL;
    if (named != NULL) { // a whole name is no beginning of another's, also where its sandbox is gone
        meant.row = fleet_find(fleet, named);
        if (meant.row == NULL)
            meant.row = find_named(fleet, text);
        if (meant.row == NULL)
            return not_found(fleet, text, why);
    }
    if (meant.row == NULL)
        find_beginnings(fleet, text, &meant);
    if (meant.matches > 1)
        return advise(why,
                      fail(why, STATUS_CONFLICT, "'%.80s' is ambiguous: %zu sandboxes match: %s%s", text,
                           meant.matches, meant.some, meant.matches > SOME_MAX ? ", ..." : ""),
                      "type more of the id or the name");
    if (meant.row == NULL)
        return not_found(fleet, text, why);
    *out = meant.row;
    return fleet_row_check(meant.row, why);
}

enum status fleet_name_check(const struct fleet *fleet, const char *sandbox_id, const char *name,
                             struct failure *why)
{
    enum status status = sandbox_label_check_name(name, why);
    const char *named = status == STATUS_OK ? label_map_named(fleet_labels(fleet), name) : NULL;
    if (named != NULL && strcmp(named, sandbox_id) != 0)
        return advise(why, fail(why, STATUS_CONFLICT, "'%s' is the name of %s already", name, named),
                      "choose another, or take it off: sbxdeck name %s ''", named);
    for (size_t i = 0; status == STATUS_OK && i < fleet_count(fleet); i++) {
        const char *id = fleet_row(fleet, i)->sandbox.id;
        if (strncasecmp(id, name, strlen(name)) == 0 && strcmp(id, sandbox_id) != 0)
            status =
                advise(why, fail(why, STATUS_CONFLICT, "the id of the sandbox %s begins with '%s'", id, name),
                       "choose another name");
    }
    return status;
}

// --- rows ---

const char *fleet_state_text(const struct fleet_row *row)
{
    return row->sandbox.state_name[0] != '\0' ? row->sandbox.state_name : "unknown";
}

enum status fleet_row_check(const struct fleet_row *row, struct failure *why)
{
    if (!row->sandbox.id_malformed)
        return STATUS_OK;
    return fail(why, STATUS_MALFORMED, "the id of '%s' is malformed: sbxdeck can't use it", row->sandbox.id);
}

// How much a credential that is not usable says about its row.
static int rank(const struct credential *credential, int64_t now)
{
    static const int ranks[CREDENTIAL_STATE_COUNT] = {
        [CREDENTIAL_none] = 0,     [CREDENTIAL_unverified] = 6, [CREDENTIAL_valid] = 6,
        [CREDENTIAL_expiring] = 6, [CREDENTIAL_critical] = 6,   [CREDENTIAL_expired] = 3,
        [CREDENTIAL_invalid] = 4,  [CREDENTIAL_revoked] = 1,    [CREDENTIAL_unknown] = 5,
    };
    return ranks[credential_state(credential, now)];
}

const struct credential *fleet_row_best(const struct fleet_row *row, int64_t server_now_ms)
{
    const struct credential *best = NULL;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *one = &row->credentials[i];
        bool usable = credential_is_usable(one, server_now_ms);
        bool best_usable = best != NULL && credential_is_usable(best, server_now_ms);
        if (best == NULL || (usable && !best_usable) ||
            (usable && best_usable && one->expires_at > best->expires_at) ||
            (!usable && !best_usable && rank(one, server_now_ms) > rank(best, server_now_ms)))
            best = one;
    }
    return best;
}

static void count_unparsed(struct fleet_counts *counts, const char *id, const struct unparsed *unparsed)
{
    char text[sizeof counts->first_unparsed];
    if (unparsed->count == 0)
        return;
    if (counts->unparsed_objects++ == 0)
        (void)snprintf(counts->first_unparsed, sizeof counts->first_unparsed, "%.40s%s%.110s", id,
                       id[0] != '\0' ? ": " : "", unparsed_text(unparsed, text, sizeof text));
}

void fleet_count_all(const struct fleet *fleet, int64_t server_now_ms, struct fleet_counts *out)
{
    memset(out, 0, sizeof *out);
    out->left_out = fleet->listing.left_out;
    out->incomplete = fleet->listing.incomplete;
    count_unparsed(out, "", &fleet->listing.unparsed);
    out->sandboxes = fleet->listed;
    memcpy(out->by_state, fleet->counts.by_state, sizeof out->by_state);
    out->malformed_ids = fleet->counts.malformed_ids;
    if (fleet->counts.unparsed > 0) {
        const struct row *one = fleet->rows[fleet->counts.unparsed_slot];
        count_unparsed(out, one->id, one->face.sandbox.unparsed);
        out->unparsed_objects += fleet->counts.unparsed - 1;
    }
    // What follows from the clock is looked at anew, for the few that have one.
    size_t shown = 0, at = 0;
    const struct fleet_row *row = NULL;
    for (; (row = fleet_with_credentials(fleet, &at)) != NULL; shown++) {
        for (size_t c = 0; c < row->credential_count; c++) {
            const struct credential *one = &row->credentials[c];
            out->by_credential[credential_state(one, server_now_ms)]++;
            count_unparsed(out, one->id, &one->unparsed);
        }
    }
    out->by_credential[CREDENTIAL_none] = fleet->count - shown;
}
