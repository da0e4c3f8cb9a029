// SPDX-License-Identifier: Apache-2.0
//
// fleet_lookup: Answer questions about the rows: the sandbox that is meant by a prefix, a row's best
// credential, the counts of everything.

#include "api/fleet/fleet.h"

#include <stdio.h>
#include <string.h>

enum status fleet_resolve(const struct fleet *fleet, const char *prefix, const struct fleet_row **out,
                          struct failure *why)
{
    char some[256] = "";
    size_t matches = 0;
    size_t length = strlen(prefix);
    const struct fleet_row *found = fleet_find(fleet, prefix);
    for (size_t i = 0; found == NULL && length > 0 && i < fleet_count(fleet); i++) {
        const char *id = fleet_row(fleet, i)->sandbox.id;
        size_t used = strlen(some);
        if (strncmp(id, prefix, length) != 0)
            continue;
        *out = fleet_row(fleet, i);
        if (++matches <= 3)
            (void)snprintf(some + used, sizeof some - used, "%s%s", used > 0 ? ", " : "", id);
    }
    if (found != NULL)
        *out = found;
    if (found != NULL || matches == 1)
        return fleet_row_check(*out, why);
    if (matches == 0)
        return advise(why, fail(why, STATUS_NOT_FOUND, "no sandbox is named '%.80s'", prefix),
                      "sbxdeck ls lists them");
    return advise(why,
                  fail(why, STATUS_CONFLICT, "'%.80s' is ambiguous: %zu sandboxes match: %s%s", prefix,
                       matches, some, matches > 3 ? ", ..." : ""),
                  "type more of the id");
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
    out->left_out = fleet_listing(fleet)->left_out;
    out->incomplete = fleet_listing(fleet)->incomplete;
    count_unparsed(out, "", &fleet_listing(fleet)->unparsed);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!row->gone) {
            out->sandboxes++;
            out->by_state[row->sandbox.state]++;
            out->malformed_ids += row->sandbox.id_malformed ? 1 : 0;
            count_unparsed(out, row->sandbox.id, &row->sandbox.unparsed);
        }
        if (row->credential_count == 0)
            out->by_credential[CREDENTIAL_none]++;
        for (size_t c = 0; c < row->credential_count; c++) {
            const struct credential *one = &row->credentials[c];
            enum credential_state state = credential_state(one, server_now_ms);
            out->by_credential[state]++;
            count_unparsed(out, one->id, &one->unparsed);
        }
    }
}
