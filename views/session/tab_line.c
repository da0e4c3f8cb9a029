// SPDX-License-Identifier: Apache-2.0
//
// tab_line: Fit the tabs to a width. A number is always whole, since it is a key.

#include "views/session/tab_line.h"

#include "tui/base/text.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_COLUMNS = 24, NAME_MIN_COLUMNS = 6, ARROW = 2 };

static const char *const mark_texts[] = {
#define X(name, text, word) text,
    TAB_MARK_TABLE(X)
#undef X
};
static const char *const mark_words[] = {
#define X(name, text, word) word,
    TAB_MARK_TABLE(X)
#undef X
};

const char *tab_mark_word(enum tab_mark_bit bit)
{
    return (size_t)bit < TAB_MARKS ? mark_words[bit] : "";
}

// --- names --------------------------------------------------------------------------------

static size_t common(const char *one, const char *other)
{
    size_t length = 0;
    while (one[length] != '\0' && one[length] == other[length])
        length++;
    return length;
}

void tab_line_tell_apart(struct tab_facts *tabs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tabs[i].apart = 0;
        for (size_t k = 0; k < count; k++) {
            size_t length = common(tabs[i].name, tabs[k].name);
            if (strcmp(tabs[i].name, tabs[k].name) != 0 && length > tabs[i].apart)
                tabs[i].apart = length;
        }
    }
}

// A character is a column in it, as in every id.
static bool is_plain(const char *name)
{
    for (; *name != '\0'; name++)
        if (*name < ' ' || *name > '~')
            return false;
    return true;
}

char *tab_line_name(const struct tab_facts *tab, int columns, char *out, size_t cap)
{
    size_t length = strlen(tab->name), room = columns > 1 ? (size_t)columns - 1 : 0;
    if (room == 0 || length <= room + 1 || 2 * tab->apart < room || !is_plain(tab->name)) {
        (void)text_fit(tab->name, columns, false, out, cap);
        return out;
    }
    // The end, when it differs there; else the part from where it does.
    size_t start = tab->apart >= length - room ? length - room : tab->apart;
    char rest[TAB_TEXT_CAP];
    (void)text_fit(tab->name + start, (int)room, false, rest, sizeof rest);
    (void)snprintf(out, cap, "%s%s", glyph(GLYPH_ELLIPSIS), rest);
    return out;
}

// --- the line -----------------------------------------------------------------------------

static int write_tab(const struct tab_facts *tab, int name_columns, char out[TAB_TEXT_CAP])
{
    char name[TAB_TEXT_CAP - 32], marks[TAB_MARKS + 1] = "";
    size_t length = 0;
    for (int bit = 0; bit < TAB_MARKS; bit++)
        if ((tab->marks & (1U << bit)) != 0)
            marks[length++] = mark_texts[bit][0];
    marks[length] = '\0';
    (void)tab_line_name(tab, name_columns, name, sizeof name);
    (void)snprintf(out, TAB_TEXT_CAP, " %d %s%s%s ", tab->number, name, length > 0 ? " " : "", marks);
    return text_width(out);
}

static int width_of(const struct tab_facts *tabs, size_t first, size_t count, int name_columns)
{
    char text[TAB_TEXT_CAP];
    int width = 0;
    for (size_t i = first; i < count; i++)
        width += write_tab(&tabs[i], name_columns, text);
    return width;
}

static enum theme_role role_of(const struct tab_facts *tab)
{
    if (tab->active)
        return ROLE_TAB_CURRENT;
    if ((tab->marks & (TAB_BELL | TAB_EXPIRING)) != 0)
        return ROLE_SESSION_STATUS_WARN;
    return ROLE_SESSION_STATUS;
}

static void add(struct text_pieces *out, size_t tab, int x, const char *text, enum theme_role role,
                bool strong)
{
    struct text_piece *piece = text_pieces_add(out, 0, x, role, "%s", text);
    piece->strong = strong;
    piece->tag = tab;
}

void tab_line_build(const struct tab_facts *tabs, size_t count, int columns, struct text_pieces *out)
{
    size_t first = 0, active = 0;
    int names = NAME_MAX_COLUMNS, x = 0;
    char text[TAB_TEXT_CAP], arrow[8];
    text_pieces_clear(out, ROLE_SESSION_STATUS);
    if (count > TAB_LINE_MAX)
        count = TAB_LINE_MAX;
    for (size_t i = 0; i < count; i++)
        if (tabs[i].shown)
            active = i;
    for (size_t i = 0; i < count; i++)
        if (tabs[i].active)
            active = i;
    while (names > NAME_MIN_COLUMNS && width_of(tabs, 0, count, names) > columns)
        names--;
    while (first < active &&
           width_of(tabs, first, active + 1, names) + (first > 0 ? ARROW : 0) + ARROW > columns)
        first++;
    if (first > 0 && columns >= ARROW) {
        (void)snprintf(arrow, sizeof arrow, "%s ", glyph(GLYPH_LEFT));
        add(out, count, x, arrow, ROLE_SESSION_STATUS, true);
        x += ARROW;
    }
    for (size_t i = first; i < count; i++) {
        int width = write_tab(&tabs[i], names, text);
        int room = columns - x - (i + 1 < count ? ARROW : 0);
        if (width > room && i > first) {
            (void)snprintf(arrow, sizeof arrow, " %s", glyph(GLYPH_RIGHT));
            if (columns - x >= ARROW)
                add(out, count, columns - ARROW, arrow, ROLE_SESSION_STATUS, true);
            break;
        }
        add(out, i, x, text, role_of(&tabs[i]), tabs[i].active);
        x += width;
    }
}

size_t tab_line_at(const struct text_pieces *line, size_t count, int x)
{
    for (size_t i = 0; i < line->count; i++)
        if (x >= line->pieces[i].x && x < line->pieces[i].x + text_width(line->pieces[i].text))
            return line->pieces[i].tag;
    return count;
}
