// SPDX-License-Identifier: Apache-2.0
//
// deck_view_memory: Take over what was remembered, and write it when it changes. One write is under way at a
// time; what changes meanwhile is written after it. The memory outlives the deck until its last write is
// done.

#include "api/config/console_state.h"
#include "tui/base/xalloc.h"
#include "views/deck/deck_view_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct deck_memory {
    struct app *app;
    struct console_state *lines;
    char path[PATH_CAP + 32];
    uv_work_t work;
    struct bytebuf bytes; // that are being written
    struct bytebuf base;  // as it was last read or written here: what differs is this console's doing
    int error;
    bool writing, again, ended, told;
    struct app_settings_watch watch;
    char setting[sizeof((struct config *)NULL)->columns]; // that the deck's columns are from
};

static void take_order(struct deck_view *deck, const char *value)
{
    size_t length = strcspn(value, " ");
    enum deck_column by = deck_column_of_key(value, length);
    if (by == DECK_COLUMN_NONE || deck_column_order(by) != by)
        return;
    deck->order = (struct deck_order){.by = by, .down = strcmp(value + length, " down") == 0};
}

static void take_folds(struct deck_view *deck, const struct console_state *lines)
{
    char name[CONSOLE_STATE_NAME_CAP];
    for (size_t by = 0; by < DECK_GROUPING_COUNT; by++) {
        (void)snprintf(name, sizeof name, "folded_%s", deck_grouping_name((enum deck_grouping)by));
        const char *value = NULL;
        for (size_t i = 0; (value = console_state_at(lines, name, i)) != NULL; i++)
            deck_groups_fold(&deck->rows.groups, (enum deck_grouping)by, value, true);
    }
}

static const char *value_of(const struct console_state *lines, const char *name)
{
    const char *value = console_state_get(lines, name);
    return value != NULL ? value : "";
}

// The settings have changed while it runs: other columns there take the place of those of the menu.
static void on_settings(void *ctx, const struct config_text *text)
{
    struct deck_view *deck = ctx;
    struct deck_memory *memory = deck->memory;
    (void)text;
    if (strcmp(memory->setting, deck->app->config.columns) == 0)
        return;
    (void)snprintf(memory->setting, sizeof memory->setting, "%s", deck->app->config.columns);
    (void)deck_columns_parse(memory->setting, &deck->columns, NULL);
    deck->columns_chosen = false;
    deck_view_keep(deck);
    app_dirty(deck->app);
}

void deck_view_memory_begin(struct deck_view *deck)
{
    struct deck_memory *memory = xcalloc(1, sizeof *memory);
    memory->app = deck->app;
    memory->lines = console_state_new();
    if (memory->lines == NULL)
        xalloc_fatal();
    deck->memory = memory;
    memory->watch = (struct app_settings_watch){.changed = on_settings, .ctx = deck};
    app_settings_watch_add(deck->app, &memory->watch);
    (void)snprintf(memory->setting, sizeof memory->setting, "%s", deck->app->config.columns);
    (void)deck_columns_parse(deck->app->config.columns, &deck->columns, NULL);
    if (deck->app->config.state_folder[0] != '\0') {
        (void)snprintf(memory->path, sizeof memory->path, "%s/console.state", deck->app->config.state_folder);
        console_state_load(memory->lines, memory->path);
    }
    memory->base = BYTEBUF(2 * CONSOLE_STATE_FILE_MAX);
    if (console_state_write(memory->lines, &memory->base) != STATUS_OK)
        xalloc_fatal();
    take_order(deck, value_of(memory->lines, "sort"));
    take_folds(deck, memory->lines);
    deck->wide = strcmp(value_of(memory->lines, "wide"), "yes") == 0;
    enum deck_grouping by = deck_grouping_of(value_of(memory->lines, "group"));
    deck_groups_by(&deck->rows.groups, by < DECK_GROUPING_COUNT ? by : DECK_GROUPING_NONE);
    // What was chosen in the menu counts as long as the setting is the one that it was chosen over.
    deck->columns_chosen =
        console_state_get(memory->lines, "columns") != NULL &&
        strcmp(value_of(memory->lines, "columns_over"), deck->app->config.columns) == 0 &&
        deck_columns_parse(value_of(memory->lines, "columns"), &deck->columns, NULL) == STATUS_OK;
}

static void free_memory(struct deck_memory *memory)
{
    console_state_free(memory->lines);
    bytebuf_free(&memory->bytes);
    bytebuf_free(&memory->base);
    free(memory);
}

void deck_view_memory_end(struct deck_view *deck)
{
    app_settings_watch_remove(deck->app, &deck->memory->watch);
    deck->memory->ended = true;
    if (!deck->memory->writing)
        free_memory(deck->memory);
    deck->memory = NULL;
}

struct console_state *deck_view_memory(struct deck_view *deck)
{
    return deck->memory->lines;
}

// Each filter that was used and each group that is folded counts by itself.
static bool is_list(const char *name)
{
    return strcmp(name, "filter_history") == 0 || strncmp(name, "folded_", strlen("folded_")) == 0;
}

static void write_it(uv_work_t *work)
{
    struct deck_memory *memory = work->data;
    memory->error = console_state_save_changes(memory->path, &memory->base, &memory->bytes, is_list);
}

static void begin_write(struct deck_memory *memory);

static void on_written(uv_work_t *work, int status)
{
    struct deck_memory *memory = work->data;
    memory->writing = false;
    if (memory->error == 0 && status == 0) {
        bytebuf_free(&memory->base);
        memory->base = memory->bytes;
        memory->bytes = BYTEBUF(2 * CONSOLE_STATE_FILE_MAX);
    }
    if (memory->error != 0 && status == 0 && !memory->told && !memory->ended) {
        memory->told = true; // it is no loss that needs more than a word, once
        app_toast(memory->app, TOAST_WARN, "The order and columns are not remembered: %s: %s", memory->path,
                  strerror(memory->error));
    }
    if (memory->again)
        begin_write(memory);
    else if (memory->ended)
        free_memory(memory);
}

static void begin_write(struct deck_memory *memory)
{
    memory->again = false;
    bytebuf_free(&memory->bytes);
    memory->bytes = BYTEBUF(2 * CONSOLE_STATE_FILE_MAX);
    if (console_state_write(memory->lines, &memory->bytes) != STATUS_OK)
        return;
    memory->work.data = memory;
    memory->writing = uv_queue_work(memory->app->loop, &memory->work, write_it, on_written) == 0;
}

static void put_order(struct deck_view *deck, struct console_state *lines)
{
    char text[64] = "";
    if (deck->order.by < DECK_COLUMN_COUNT)
        (void)snprintf(text, sizeof text, "%s%s", deck_column_table[deck->order.by].key,
                       deck->order.down ? " down" : "");
    (void)console_state_set(lines, "sort", text);
}

static void put_folds(struct deck_view *deck, struct console_state *lines)
{
    char name[CONSOLE_STATE_NAME_CAP];
    for (size_t by = 0; by < DECK_GROUPING_COUNT; by++) {
        const struct deck_folds *folds = &deck->rows.groups.folds[by];
        (void)snprintf(name, sizeof name, "folded_%s", deck_grouping_name((enum deck_grouping)by));
        (void)console_state_set(lines, name, "");
        for (size_t i = 0; i < folds->count; i++)
            (void)console_state_add(lines, name, folds->names[i]);
    }
}

void deck_view_keep(struct deck_view *deck)
{
    struct deck_memory *memory = deck->memory;
    char text[DECK_COLUMNS_TEXT_CAP] = "";
    put_order(deck, memory->lines);
    put_folds(deck, memory->lines);
    (void)console_state_set(memory->lines, "wide", deck->wide ? "yes" : "");
    (void)console_state_set(
        memory->lines, "group",
        deck->rows.groups.by != DECK_GROUPING_NONE ? deck_grouping_name(deck->rows.groups.by) : "");
    if (deck->columns_chosen)
        (void)deck_columns_text(&deck->columns, text, sizeof text);
    (void)console_state_set(memory->lines, "columns", text);
    (void)console_state_set(memory->lines, "columns_over",
                            deck->columns_chosen ? deck->app->config.columns : "");
    if (memory->path[0] == '\0')
        return;
    memory->again = true;
    if (!memory->writing)
        begin_write(memory);
}
