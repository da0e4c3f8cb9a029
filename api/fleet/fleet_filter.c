// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter: Look for each word of a filter in what is known of a sandbox.

#include "api/fleet/fleet_filter.h"

#include <string.h>

enum { WORD_CAP = 128 };

static bool word_matches(const struct fleet_row *row, const char *word, int64_t now)
{
    if (strcasestr(row->sandbox.id, word) != NULL || strcasestr(row->sandbox.template_id, word) != NULL ||
        strcasestr(row->sandbox.state_name, word) != NULL)
        return true;
    if (row->gone && strcasestr("gone", word) != NULL)
        return true;
    if (row->credential_count == 0)
        return strcasestr(credential_state_name(CREDENTIAL_none), word) != NULL;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        if (strcasestr(credential->id, word) != NULL ||
            strcasestr(credential_state_name(credential_state(credential, now)), word) != NULL)
            return true;
    }
    return false;
}

bool fleet_filter_matches(const struct fleet_row *row, const char *filter, int64_t server_now_ms)
{
    for (const char *at = filter + strspn(filter, " "); *at != '\0'; at += strspn(at, " ")) {
        char word[WORD_CAP];
        size_t length = strcspn(at, " ");
        size_t kept = length < sizeof word ? length : sizeof word - 1;
        memcpy(word, at, kept);
        word[kept] = '\0';
        // "!" alone is a word that is still being typed.
        bool inverse = word[0] == '!';
        if (strcmp(word, "!") != 0 && word_matches(row, word + inverse, server_now_ms) == inverse)
            return false;
        at += length;
    }
    return true;
}
