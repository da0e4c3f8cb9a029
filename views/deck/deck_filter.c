// SPDX-License-Identifier: Apache-2.0
//
// deck_filter: Type the deck's filter, with completion and history, and draw its line.

#include "api/base/utf8.h"
#include "api/config/console_state.h"
#include "tui/base/text.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view_private.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAME_LETTERS = 3, NAME_ROWS = 1000, COUNT_COLUMNS = 24, NOTE_CAP = 640 };

// --- completion ---------------------------------------------------------------------------

static const char *saved_name(void *ctx, size_t index)
{
    const struct saved_filters *saved = saved_filters_now();
    (void)ctx;
    return index < saved->count ? saved->list[index].name : NULL;
}

static void find_completions(struct deck_view *deck)
{
    const struct fleet_filter_names saved = {saved_name, NULL};
    fleet_filter_complete(deck->filter.text, deck->filter.cursor, app_fleet(deck->app), &saved,
                          &deck->filtered.completion);
}

// What the first of them adds; NULL: nothing.
static const char *ghost_of(const struct deck_view *deck)
{
    const struct fleet_filter_completion *completion = &deck->filtered.completion;
    if (!deck->filtering || completion->count == 0 || deck->filter.cursor < deck->filter.length)
        return NULL;
    return completion->words[0] + (deck->filter.cursor - completion->from);
}

// The text with the first of them in its place.
static bool complete(struct deck_view *deck)
{
    const struct fleet_filter_completion *completion = &deck->filtered.completion;
    char text[LINE_EDIT_MAX];
    if (completion->count == 0)
        return false;
    int cursor =
        snprintf(text, sizeof text, "%.*s%s", (int)completion->from, deck->filter.text, completion->words[0]);
    if (cursor < 0 || (size_t)cursor + deck->filter.length - deck->filter.cursor >= deck->filter.cap)
        return false;
    (void)snprintf(text + cursor, sizeof text - (size_t)cursor, "%s",
                   deck->filter.text + deck->filter.cursor);
    line_edit_set(&deck->filter, text);
    deck->filter.cursor = (size_t)cursor;
    return true;
}

// --- what is typed ------------------------------------------------------------------------

static bool begins_or_ends(const char *id, const char *typed, size_t length)
{
    const char *last = strrchr(id, '-'); // what tells "sbx-…" apart comes behind it
    size_t whole = strlen(id);
    return strncasecmp(id, typed, length) == 0 ||
           (last != NULL && strncasecmp(last + 1, typed, length) == 0) ||
           (whole >= length && strcasecmp(id + whole - length, typed) == 0);
}

static bool is_called(const struct fleet_row *row, const char *typed)
{
    return strcasecmp(row->sandbox.id, typed) == 0 ||
           (row->label != NULL && strcasecmp(row->label->name, typed) == 0);
}

// The row that is meant where several are shown; rows.count: none. It is the one whose id or name is what was
// typed, else the only one whose id begins or ends so: three characters are often in the middle of another,
// too. Letters that are in a template or a state are looked for there.
static size_t row_of_that_name(const struct deck_view *deck)
{
    const char *typed = deck->filter.text;
    size_t length = deck->filter.length, found = deck->rows.count, several = 0;
    bool elsewhere = length < NAME_LETTERS;
    for (size_t i = 0; i < deck->rows.count && deck->rows.count <= NAME_ROWS; i++) {
        const struct fleet_row *row = deck_rows_at(&deck->rows, i);
        if (row == NULL)
            continue;
        if (is_called(row, typed))
            return i;
        elsewhere = elsewhere || strcasestr(row->sandbox.template_id, typed) != NULL ||
                    strcasestr(row->sandbox.state_name, typed) != NULL;
        if (elsewhere || !begins_or_ends(row->sandbox.id, typed, length))
            continue;
        found = i;
        several++;
    }
    return !elsewhere && several == 1 ? found : deck->rows.count;
}

static void select_row(struct deck_view *deck, size_t row)
{
    deck->table.selected = row;
    deck_view_take_selection(deck);
}

// Where the filter hid what was selected before, and shows it again, that is selected again.
static void return_to_start(struct deck_view *deck)
{
    const char *start = deck->filtered.start;
    if (start[0] == '\0' || strcmp(deck->selected, start) == 0)
        return;
    size_t row = deck_rows_line(&deck->rows, start);
    if (row < deck->rows.count)
        select_row(deck, row);
}

static void filter_changed(struct deck_view *deck)
{
    deck->chosen = false;
    deck->stale = true;
    deck->shown = deck->shown && !deck->gone; // another one is looked for
    deck->gone = false;
    deck_view_sync(deck);
    return_to_start(deck);
    size_t named = deck->filtering && deck->filter.length > 0 ? row_of_that_name(deck) : deck->rows.count;
    if (named < deck->rows.count) // seen before Enter connects to it
        select_row(deck, named);
    if (deck->filtering)
        find_completions(deck);
    app_dirty(deck->app);
}

// --- history ---

static const char history_name[] = "filter_history"; // in what the console remembers

void deck_filter_remember_begin(struct deck_view *deck)
{
    const char *text = NULL;
    for (size_t i = 0; (text = console_state_at(deck_view_memory(deck), history_name, i)) != NULL; i++)
        if (utf8_is_clean(text))
            filter_history_add(&deck->filtered.history, text);
}

static void remember(struct deck_view *deck)
{
    const struct filter_history *history = &deck->filtered.history;
    struct console_state *lines = deck_view_memory(deck);
    const char *last = history->count > 0 ? history->texts[history->count - 1] : "";
    if (strcmp(last, deck->filter.text) == 0)
        return;
    filter_history_add(&deck->filtered.history, deck->filter.text);
    (void)console_state_set(lines, history_name, "");
    for (size_t i = 0; i < history->count; i++)
        (void)console_state_add(lines, history_name, history->texts[i]);
    deck_view_keep(deck);
}

void deck_filter_end(struct deck_view *deck, bool keep)
{
    deck->filtering = false;
    if (keep)
        remember(deck);
    else
        line_edit_set(&deck->filter, "");
    filter_history_leave(&deck->filtered.history);
    if (deck->chosen)
        deck->filtered.start[0] = '\0';
    filter_changed(deck);
    deck->filtered.start[0] = '\0';
}

void deck_view_set_filter(struct view *view, const char *text)
{
    struct deck_view *deck = deck_view_of(view);
    line_edit_begin(&deck->filter, DECK_FILTER_CAP, text);
    deck_filter_end(deck, text[0] != '\0');
}

void deck_view_choose(struct view *deck)
{
    deck_view_of(deck)->chosen = true;
}

// Enter would connect now, since one sandbox matches, or one was chosen; else it keeps the filter. With marks
// the filter is a way to more of them.
static bool filter_connects(const struct deck_view *deck)
{
    if (deck->filter.length == 0 || deck->rows.matching == 0 || deck_view_marked(&deck->view) > 0)
        return false;
    return deck->chosen || deck->rows.matching == 1 || row_of_that_name(deck) < deck->rows.count;
}

enum hint_layer deck_view_hint_layer(const struct view *view)
{
    const struct deck_view *deck = (const struct deck_view *)view;
    if (!deck->filtering)
        return HINT_LAYER_COUNT;
    if (ghost_of(deck) != NULL)
        return filter_connects(deck) ? HINT_FILTER_COMPLETE_CONNECT : HINT_FILTER_COMPLETE;
    return filter_connects(deck) ? HINT_FILTER_CONNECT : HINT_FILTER;
}

// Where it is clear which sandbox is meant, Enter does to it what Enter does in the deck.
static void filter_enter(struct deck_view *deck)
{
    deck_view_sync_whole(deck);
    bool connects = filter_connects(deck);
    size_t named = row_of_that_name(deck);
    if (connects && !deck->chosen && named < deck->rows.count)
        select_row(deck, named);
    deck->chosen = deck->chosen || connects; // it stays selected
    deck_filter_end(deck, true);
    if (connects)
        app_run_command(deck->app, COMMAND_connect);
}

static void choose_by(struct deck_view *deck, long by)
{
    deck->chosen = deck->rows.count > 0;
    deck_view_moved(deck, table_move(&deck->table, by));
    app_dirty(deck->app);
}

// In an empty line, and from there on, Up and Down go through what was used before; with Alt they do so
// always.
static bool history_input(struct deck_view *deck, const struct input_event *event)
{
    struct filter_history *history = &deck->filtered.history;
    bool up = event->key == INPUT_KEY_UP, alt = event->modifiers == INPUT_ALT;
    if (event->kind != INPUT_KEY || (!up && event->key != INPUT_KEY_DOWN) || (event->modifiers != 0 && !alt))
        return false;
    if (!alt && !filter_history_is_in(history) && (deck->filter.length > 0 || !up))
        return false;
    const char *text = filter_history_step(history, up ? 1 : -1, deck->filter.text);
    if (text == NULL)
        return alt || filter_history_is_in(history);
    line_edit_set(&deck->filter, text);
    filter_changed(deck);
    return true;
}

bool deck_filter_input(struct deck_view *deck, const struct input_event *event)
{
    if (history_input(deck, event))
        return true;
    enum filter_line_result result = filter_line_input(&deck->filter, event);
    switch (result) {
    case FILTER_LINE_CHANGED:
        filter_history_leave(&deck->filtered.history);
        filter_changed(deck);
        break;
    case FILTER_LINE_ENTER:
        filter_enter(deck);
        break;
    case FILTER_LINE_TAB:
        if (ghost_of(deck) != NULL && complete(deck))
            filter_changed(deck);
        else
            deck_filter_end(deck, true);
        break;
    case FILTER_LINE_CLEAR:
        deck_filter_end(deck, false);
        break;
    case FILTER_LINE_UP:
    case FILTER_LINE_DOWN:
        choose_by(deck, result == FILTER_LINE_UP ? -1 : 1);
        break;
    case FILTER_LINE_TAKEN:
        find_completions(deck); // the cursor may be elsewhere
        app_dirty(deck->app);
        break;
    case FILTER_LINE_IGNORED:
        return false;
    }
    return true;
}

enum change deck_filter(struct app *app, int argument)
{
    struct deck_view *deck = deck_view_of(app->deck);
    (void)argument;
    deck_view_sync(deck);
    if (!deck->filtering)
        (void)snprintf(deck->filtered.start, sizeof deck->filtered.start, "%s", deck->selected);
    deck->filtering = true;
    deck->chosen = false;
    find_completions(deck);
    if (!app_shows(app, app->deck) && app->top != app->timeline) // which shows it too
        app_show(app, app->deck);
    return CHANGED_VIEW;
}

// --- its line -----------------------------------------------------------------------------

// What is wrong; else what else the word can become.
static enum theme_role note_of(struct deck_view *deck, char *out, size_t cap)
{
    const struct deck_filter *filter = &deck->filtered;
    const struct fleet_filter_completion *completion = &filter->completion;
    size_t used = 0;
    struct failure why;
    out[0] = '\0';
    if (filter->status != STATUS_OK && !(filter->unfinished && deck->filtering)) {
        (void)snprintf(out, cap, "%s: %s", failure_text(&filter->why), failure_advice(&filter->why));
        return ROLE_WARN;
    }
    if (deck->rows.matching == 0 && fleet_filter_mistyped(filter->expanded, &why)) {
        (void)snprintf(out, cap, "%s: %s", failure_text(&why), failure_advice(&why));
        return ROLE_WARN;
    }
    if (ghost_of(deck) != NULL)
        for (size_t i = 1; i < completion->count && used < cap; i++)
            used += (size_t)snprintf(out + used, cap - used, "%s%s", i > 1 ? " " : "", completion->words[i]);
    return ROLE_DIM;
}

int deck_view_draw_filter(struct view *view, int y, int x, int cols)
{
    struct deck_view *deck = deck_view_of(view);
    char count[48], note[NOTE_CAP], clean[NOTE_CAP];
    (void)deck_filter_words(deck);
    enum theme_role role = note_of(deck, note, sizeof note);
    (void)snprintf(count, sizeof count, "%zu/%zu", deck->rows.matching, deck->rows.total);
    return filter_line_draw(
        &deck->filter, stdscr, y, x, cols,
        &(struct filter_line_look){.key = command_key(COMMAND_filter),
                                   .hint = "words in any order; !word excludes; "
                                           "key:value, as state:running",
                                   .count = count,
                                   .columns_for_count = COUNT_COLUMNS,
                                   .ghost = ghost_of(deck),
                                   .note = display(note, strlen(note), clean, sizeof clean),
                                   .note_role = role,
                                   .typing = deck->filtering});
}
