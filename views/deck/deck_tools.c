// SPDX-License-Identifier: Apache-2.0
//
// deck_tools: What the deck shows of the tools that are connected to a sandbox.

#include "views/deck/deck_tools.h"

#include "tui/base/text.h"
#include "views/labels/phrases.h"

#include <stdio.h>
#include <string.h>

enum { MARK_CAP = 24 };

void deck_tools_mark(size_t count, struct table_cell *cell)
{
    char before[MARK_CAP] = "", number[2] = "";
    if (count == 0 || (cell->glyph != GLYPH_NONE && cell->text[0] != '\0') || text_width(cell->text) > 1)
        return;
    (void)snprintf(before, sizeof before, "%s%.8s", glyph(cell->glyph), cell->text);
    if (before[0] == '\0') {
        cell->role = ROLE_DIM;
        if (count > 1)
            number[0] = count > 9 ? '+' : (char)('0' + count);
    }
    cell->glyph = GLYPH_NONE;
    (void)snprintf(cell->text, sizeof cell->text, "%s%s%s", before, glyph(GLYPH_TOOL), number);
}

// How many have that one's version; 0: an earlier one has said so already.
static size_t of_version(const struct connected_tool *list, size_t count, size_t which)
{
    size_t same = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].version, list[which].version) != 0)
            continue;
        if (i < which)
            return 0;
        same++;
    }
    return same;
}

char *deck_tools_text(const struct connected_tool *list, size_t count, char *out, size_t cap)
{
    char number[48], one[TOOL_VERSION_CAP + 32];
    (void)snprintf(out, cap, "%s connected", phrase_count(count, "tool", "tools", number, sizeof number));
    for (size_t i = 0; i < count; i++) {
        size_t same = of_version(list, count, i), used = strlen(out);
        if (same == 0 || list[i].version[0] == '\0')
            continue;
        if (same > 1)
            (void)snprintf(one, sizeof one, ", %s (%zu)", list[i].version, same);
        else
            (void)snprintf(one, sizeof one, ", %s", list[i].version);
        if (used + strlen(one) + sizeof ", …" > cap) {
            (void)snprintf(out + used, cap - used, ", …");
            return out;
        }
        (void)snprintf(out + used, cap - used, "%s", one);
    }
    return out;
}
