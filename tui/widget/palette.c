// SPDX-License-Identifier: Apache-2.0
//
// palette: filter and rank the entries by what is typed. They are scored again at each key: there are about a
// hundred commands, and as many sandboxes as an organisation has.

#include "tui/widget/palette.h"

#include "tui/base/fuzzy.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/widget/line_edit.h"
#include "tui/widget/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    PALETTE_TYPED_MAX = 128,
    WIDTH_MAX = 90,
    ROWS_MAX = 16,
    FITTED_ROWS = 64,
    WORD_MAX = 64,
    NAME_MAX_COLUMNS = 34,
    HELP_MIN = 12,
    HELP_IDEAL = 30
};

struct entry {
    struct palette_entry shown;
    int score;
    size_t order;
};

struct palette {
    char *title;
    struct entry *entries; // those that match are at the front, the best first
    size_t count;
    struct line_edit edit;
    struct table table;
    struct table_column columns[3];
    struct palette_words words;
    bool without_keys;        // no column of them: none of what matches has any
    int table_y, left, right; // where it was drawn last
    palette_done *done;
    void *context;
    const struct palette_source *source; // NULL: entries are its own
    const struct palette_source *more;   // behind these; NULL: none
    void *more_context;
    size_t own; // that match
    int chosen;
};

static void entry_at(const struct palette *palette, size_t row, struct palette_entry *out)
{
    *out = (struct palette_entry){.name = "", .keys = "", .help = ""};
    if (palette->source != NULL)
        palette->source->entry(palette->context, row, out);
    else if (row >= palette->own)
        palette->more->entry(palette->more_context, row - palette->own, out);
    else
        *out = palette->entries[row].shown;
}

static bool word_start(const char *name, size_t at)
{
    return at == 0 || !isalnum((unsigned char)name[at - 1]);
}

// What a word is worth where it is found. Parts of ten, so that no sum of lesser ones makes up for it.
enum {
    WORTH_WHOLE = 110,
    WORTH_NAME = 100,
    WORTH_ALSO = 90,
    WORTH_BEGIN = 80,
    WORTH_NAME_WORD = 70,
    WORTH_ALSO_WORD = 60,
    WORTH_NAME_PART = 40,
    WORTH_HELP_WORD = 20,
    WORTH_HELP_PART = 10
};

// Where the word stands in a text: a whole word of it, its beginning, a word's beginning, anywhere.
struct found {
    bool whole, first, begins, part;
};

static struct found find(const char *text, const char *word)
{
    struct found found = {false};
    size_t length = strlen(word);
    for (const char *at = text; (at = strcasestr(at, word)) != NULL; at++) {
        bool start = word_start(text, (size_t)(at - text));
        found.part = true;
        found.begins |= start;
        found.first |= at == text;
        found.whole |= start && !isalnum((unsigned char)at[length]);
    }
    return found;
}

static int word_score(const struct palette_entry *entry, const char *word)
{
    struct found name = find(entry->name, word);
    struct found also = find(entry->also != NULL ? entry->also : "", word);
    if (strcasecmp(entry->name, word) == 0)
        return WORTH_WHOLE;
    if (name.whole || also.whole)
        return name.whole ? WORTH_NAME : WORTH_ALSO;
    if (name.begins)
        return name.first ? WORTH_BEGIN : WORTH_NAME_WORD;
    if (also.begins || name.part)
        return also.begins ? WORTH_ALSO_WORD : WORTH_NAME_PART;
    struct found help = find(entry->help != NULL ? entry->help : "", word);
    return help.begins ? WORTH_HELP_WORD : help.part ? WORTH_HELP_PART : -1;
}

int palette_score(const char *typed, const struct palette_entry *entry)
{
    int sum = 0, words = 0;
    for (const char *at = typed + strspn(typed, " "); *at != '\0'; at += strspn(at, " ")) {
        char word[WORD_MAX];
        size_t length = strcspn(at, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)(length < WORD_MAX ? length : WORD_MAX - 1), at);
        int score = word_score(entry, word);
        if (score < 0)
            return -1;
        sum += score;
        words++;
        at += length;
    }
    return words > 0 ? sum / words : 0;
}

// Letters that follow one another in the name; blanks that are typed don't count.
static int letters_score(const char *typed, const char *name)
{
    char letters[PALETTE_TYPED_MAX];
    size_t count = 0;
    for (; *typed != '\0' && count < sizeof letters; typed++)
        if (*typed != ' ')
            letters[count++] = *typed;
    return count > 0 ? fuzzy_word_score(name, strlen(name), letters, count, NULL) : 0;
}

static int compare(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    if ((left->shown.why == NULL) != (right->shown.why == NULL))
        return left->shown.why == NULL ? -1 : 1;
    if (left->shown.used != right->shown.used)
        return left->shown.used > right->shown.used ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static size_t score_all(struct palette *palette, bool letters)
{
    const char *typed = palette->edit.text;
    size_t matching = 0;
    for (size_t i = 0; i < palette->count; i++) {
        struct entry *entry = &palette->entries[i];
        if (typed[0] == '\0')
            entry->score = entry->shown.hidden ? -1 : 0;
        else
            entry->score =
                letters ? letters_score(typed, entry->shown.name) : palette_score(typed, &entry->shown);
        matching += entry->score >= 0;
    }
    return matching;
}

static void narrow(struct palette *palette)
{
    if (palette->source != NULL) {
        palette->table.rows = palette->source->search(palette->context, palette->edit.text);
        palette->table.selected = palette->table.top = 0;
        return;
    }
    bool asks = palette->more != NULL && palette->edit.text[0] != '\0';
    size_t more = asks ? palette->more->search(palette->more_context, palette->edit.text) : 0;
    palette->own = score_all(palette, false);
    if (palette->own + more == 0)
        palette->own = score_all(palette, true);
    qsort(palette->entries, palette->count, sizeof *palette->entries, compare);
    palette->table.rows = palette->own + more;
    palette->table.selected = palette->table.top = 0;
}

static void fill(void *context, size_t row, size_t column, struct table_cell *cell)
{
    const struct palette *palette = context;
    struct palette_entry entry;
    entry_at(palette, row, &entry);
    const char *texts[] = {entry.name, entry.keys, entry.why != NULL ? entry.why : entry.help};
    column += column > 0 && palette->without_keys ? 1 : 0;
    static const enum theme_role roles[] = {ROLE_TEXT, ROLE_KEY_HINT, ROLE_DIM};
    snprintf(cell->text, sizeof cell->text, "%s", texts[column]);
    cell->role = entry.why != NULL ? ROLE_DIM : roles[column];
}

static int widest(int width, const char *text)
{
    int wide = text_width(text);
    return wide > width ? wide : width;
}

// As wide as what matches wants: first the names have their room, then the keys, and help what is left. Where
// there are no keys to show, their room is help's.
static void fit_columns(struct palette *palette, int inside)
{
    const struct palette_words *words = &palette->words;
    int name = text_width(words->name), keys = 0;
    // Of a long list those near the best: it would take too long, and few are looked at.
    for (size_t i = 0; i < palette->table.rows && (i < palette->own || i < FITTED_ROWS); i++) {
        struct palette_entry entry;
        entry_at(palette, i, &entry);
        name = widest(name, entry.name);
        keys = widest(keys, entry.keys);
    }
    int cap = inside > NAME_MAX_COLUMNS ? NAME_MAX_COLUMNS : inside;
    name = name < cap ? name : cap;
    struct table_column *column = palette->columns;
    palette->without_keys = keys == 0;
    *column++ = (struct table_column){words->name, name, name, 0, TABLE_LEFT, 0};
    if (keys > 0) {
        keys = widest(keys, words->keys);
        *column++ = (struct table_column){words->keys, keys, keys, 0, TABLE_LEFT, 1};
    }
    *column++ = (struct table_column){words->help, HELP_MIN, HELP_IDEAL, 1, TABLE_LEFT, 2};
    palette->table.column_count = (size_t)(column - palette->columns);
}

struct palette *palette_new(const char *title, const struct palette_entry *entries, size_t count,
                            palette_done *done, void *context)
{
    struct palette *palette = xcalloc(1, sizeof *palette);
    palette->title = xstrdup(title != NULL ? title : "");
    palette->entries = xcalloc(count, sizeof *palette->entries);
    palette->count = count;
    for (size_t i = 0; i < count; i++) {
        struct palette_entry *shown = &palette->entries[i].shown;
        *shown = entries[i];
        shown->name = xstrdup(entries[i].name);
        shown->keys = xstrdup(entries[i].keys != NULL ? entries[i].keys : "");
        shown->help = xstrdup(entries[i].help != NULL ? entries[i].help : "");
        shown->also = xstrdup(entries[i].also != NULL ? entries[i].also : "");
        shown->why = entries[i].why != NULL ? xstrdup(entries[i].why) : NULL;
        palette->entries[i].order = i;
    }
    palette->done = done;
    palette->context = context;
    palette->chosen = PALETTE_NONE;
    palette_set_words(palette, &(struct palette_words){"Name", "Key", "", "run"});
    palette->table = (struct table){
        .columns = palette->columns, .fill = fill, .context = palette, .empty = "Nothing matches"};
    line_edit_begin(&palette->edit, PALETTE_TYPED_MAX, NULL);
    narrow(palette);
    return palette;
}

struct palette *palette_new_of(const char *title, const struct palette_source *source, palette_done *done,
                               void *context)
{
    struct palette *palette = palette_new(title, NULL, 0, done, context);
    palette->source = source;
    narrow(palette);
    return palette;
}

void palette_set_more(struct palette *palette, const struct palette_source *source, void *context)
{
    palette->more = source;
    palette->more_context = context;
}

void palette_set_words(struct palette *palette, const struct palette_words *words)
{
    palette->words = *words;
}

const char *palette_verb(const struct palette *palette)
{
    return palette->words.verb;
}

void palette_select(struct palette *palette, int id)
{
    for (size_t i = 0; i < palette->own; i++)
        if (palette->entries[i].shown.id == id)
            palette->table.selected = i;
}

void palette_finish(struct palette *palette)
{
    if (palette == NULL)
        return;
    if (palette->done != NULL)
        palette->done(palette->context, palette->chosen);
    for (size_t i = 0; i < palette->count; i++) {
        free((char *)palette->entries[i].shown.name);
        free((char *)palette->entries[i].shown.keys);
        free((char *)palette->entries[i].shown.help);
        free((char *)palette->entries[i].shown.also);
        free((char *)palette->entries[i].shown.why);
    }
    free(palette->entries);
    free(palette->title);
    free(palette);
}

static int id_of(const struct palette *palette, size_t row)
{
    if (palette->source != NULL)
        return (int)row;
    return row < palette->own ? palette->entries[row].shown.id : PALETTE_MORE + (int)(row - palette->own);
}

static bool move_selection(struct palette *palette, const struct input_event *event)
{
    struct table *table = &palette->table;
    bool ctrl = event->modifiers == INPUT_CTRL;
    if ((event->key == INPUT_KEY_UP && event->modifiers == 0) || (ctrl && event->key == 'p'))
        table_move(table, -1);
    else if ((event->key == INPUT_KEY_DOWN && event->modifiers == 0) || (ctrl && event->key == 'n'))
        table_move(table, 1);
    else if (event->key == INPUT_KEY_PAGE_UP)
        table_page(table, -1);
    else if (event->key == INPUT_KEY_PAGE_DOWN)
        table_page(table, 1);
    else
        return false;
    return true;
}

// The wheel moves the selection; a press selects, and on what is selected it chooses.
static bool mouse(struct palette *palette, const struct input_event *event)
{
    struct table *table = &palette->table;
    size_t row = 0;
    if (event->mouse.action != INPUT_MOUSE_PRESS)
        return false;
    if (event->mouse.button == INPUT_WHEEL_UP || event->mouse.button == INPUT_WHEEL_DOWN)
        table_move(table, event->mouse.button == INPUT_WHEEL_UP ? -1 : 1);
    else if (event->mouse.button == INPUT_BUTTON_LEFT && event->mouse.x >= palette->left &&
             event->mouse.x < palette->right && table->rows > 0 &&
             table_row_at(table, palette->table_y, event->mouse.y, &row)) {
        bool again = row == table->selected;
        table->selected = row;
        if (again)
            palette->chosen = id_of(palette, row);
        return again;
    }
    return false;
}

bool palette_input(struct palette *palette, const struct input_event *event)
{
    if (event->kind == INPUT_MOUSE)
        return mouse(palette, event);
    if (event->kind == INPUT_KEY) {
        if (input_event_is_cancel(event))
            return true;
        if (event->key == INPUT_KEY_ENTER && palette->table.rows > 0) {
            palette->chosen = id_of(palette, palette->table.selected);
            return true;
        }
        if (move_selection(palette, event))
            return false;
    }
    if (line_edit_input(&palette->edit, event) == LINE_EDIT_CHANGED)
        narrow(palette);
    return false;
}

// The letters of a text that were found, over it where it is drawn. Of ASCII alone: its columns are its
// bytes.
static void stand_out(const struct palette *palette, WINDOW *window, int y, int x, int width,
                      const char *text, bool selected)
{
    struct fuzzy_places places;
    struct theme_style style = selected ? theme_on_selected(ROLE_ACCENT) : theme_style(ROLE_ACCENT);
    int cut = text_width(text) > width ? 1 : 0;
    for (const char *at = text; *at != '\0'; at++)
        if ((signed char)*at < ' ')
            return;
    fuzzy_find(text, palette->edit.text, &places);
    for (size_t i = 0; i < places.count; i++)
        if (places.at[i] < (size_t)(width > cut ? width - cut : 0))
            (void)text_put_style(window, y, x + (int)places.at[i], 1, style,
                                 (const char[]){text[places.at[i]], '\0'});
}

static void draw_found(const struct palette *palette, WINDOW *window, int y, int x)
{
    const struct table *table = &palette->table;
    size_t help = table->column_count - 1;
    int at = x;
    for (size_t i = 0; i < help; i++)
        at += table->widths[i] > 0 ? table->widths[i] + table->gap : 0;
    for (size_t i = 0; i < table->page && table->top + i < table->rows; i++) {
        struct palette_entry entry;
        size_t row = table->top + i;
        int line = y + table->header + (int)i;
        entry_at(palette, row, &entry);
        if (entry.why != NULL)
            continue;
        stand_out(palette, window, line, x, table->widths[0], entry.name, row == table->selected);
        if (palette->source != NULL)
            stand_out(palette, window, line, at, table->widths[help], entry.help, row == table->selected);
    }
}

void palette_draw(struct palette *palette, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
                  int *cursor_x)
{
    int width = columns < WIDTH_MAX ? columns : WIDTH_MAX;
    int height = rows - 1 < ROWS_MAX ? rows : ROWS_MAX;
    int left = x + (columns - width) / 2, top = rows > height + 2 ? y + 1 : y;
    bool framed = width >= 20 && height >= 5;
    int inset = framed ? 2 : 0;
    if (framed)
        text_box(window, top, left, height, width, ROLE_BORDER, ROLE_DIALOG, palette->title);
    else
        text_fill(window, top, left, height, width, ROLE_DIALOG);
    int line = top + (framed ? 1 : 0), inside = width - 2 * inset;
    text_put(window, line, left + inset, inside, ROLE_KEY_HINT, glyph(GLYPH_POINTER));
    *cursor_y = line;
    *cursor_x = line_edit_draw(&palette->edit, window, line, left + inset + 2, inside - 2, ROLE_INPUT);
    palette->table_y = line + 1;
    palette->left = left + inset;
    palette->right = palette->left + inside;
    fit_columns(palette, inside);
    table_draw(&palette->table, window, line + 1, left + inset, height - (framed ? 3 : 1), inside);
    if (palette->edit.length > 0)
        draw_found(palette, window, line + 1, left + inset);
}
