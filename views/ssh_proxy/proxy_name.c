// SPDX-License-Identifier: Apache-2.0
//
// proxy_name: Read the name that a tool was given, and find what it names.

#include "views/ssh_proxy/proxy_name.h"

#include "api/tools/local_keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

// Its length without ".leap0".
static size_t length_without_end(const char *text)
{
    static const char end[] = LOCAL_NAME_END;
    const size_t end_length = sizeof end - 1;
    size_t length = strlen(text);
    if (length > 1 && text[length - 1] == '.')
        length--;
    if (length > end_length && strncasecmp(text + length - end_length, end, end_length) == 0)
        length -= end_length;
    return length;
}

const char *proxy_name_profile(const char *text, const char (*names)[PROFILE_CAP], size_t count,
                               char name[ID_CAP])
{
    const size_t length = length_without_end(text);
    for (size_t i = 0; i < count; i++) {
        const size_t own = strlen(names[i]);
        if (length < own + 2 || length - own > ID_CAP || text[length - own - 1] != '.' ||
            strncasecmp(text + length - own, names[i], own) != 0)
            continue;
        (void)snprintf(name, ID_CAP, "%.*s", (int)(length - own - 1), text);
        return names[i];
    }
    return NULL;
}

enum status proxy_name_parse(const char *text, char out[ID_CAP], struct failure *why)
{
    const size_t length = length_without_end(text);
    if (length < ID_CAP) {
        (void)snprintf(out, ID_CAP, "%.*s", (int)length, text);
        if (id_is_valid(out))
            return STATUS_OK;
    }
    return advise(
        why, fail(why, STATUS_BAD_ARGUMENT, "'%.80s' can't be the name of a sandbox", text),
        "sbxdeck ls lists them; the name is an id or a name of yours, or how it begins, and " LOCAL_NAME_END);
}

// The only id that is the same but for its case; NULL: none, or several.
static const struct fleet_row *whole_of_any_case(const struct fleet *fleet, const char *name)
{
    const struct fleet_row *only = NULL;
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (strcasecmp(row->sandbox.id, name) != 0)
            continue;
        if (only != NULL)
            return NULL;
        only = row;
    }
    return only;
}

// The only id that begins so but for its case; NULL: none, or several.
static const struct fleet_row *prefix_of_any_case(const struct fleet *fleet, const char *name)
{
    const struct fleet_row *only = NULL;
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (strncasecmp(row->sandbox.id, name, strlen(name)) != 0)
            continue;
        if (only != NULL)
            return NULL;
        only = row;
    }
    return only;
}

enum status proxy_name_resolve(const struct fleet *fleet, const char *name, const struct fleet_row **out,
                               struct failure *why)
{
    enum status status = fleet_resolve(fleet, name, out, why);
    if (status != STATUS_NOT_FOUND || label_map_named(fleet_labels(fleet), name) != NULL)
        return status;
    const struct fleet_row *row = whole_of_any_case(fleet, name);
    if (row == NULL)
        row = prefix_of_any_case(fleet, name);
    if (row == NULL)
        return status;
    *out = row;
    return fleet_row_check(row, why);
}
