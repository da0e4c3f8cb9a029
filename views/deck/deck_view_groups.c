// SPDX-License-Identifier: Apache-2.0
//
// deck_view_groups: The deck's groups: their headers, and the commands that group, fold and unfold.

#include "tui/base/text.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view_private.h"
#include "views/labels/state_labels.h"

#include <stdio.h>
#include <string.h>

static void draw_header(const struct deck_view *deck, const struct deck_group *group, int y, bool selected)
{
    const struct deck_rect *at = &deck->places.table;
    char clean[TEMPLATE_CAP * 2], text[TEMPLATE_CAP * 2 + 64], worst[64] = "";
    int margin = deck->table.margin,
        room = at->cols - 2 * margin - (deck->rows.count > deck->table.page ? 1 : 0);
    const struct state_label label = state_label_credential(group->worst);
    (void)snprintf(text, sizeof text, "%s %s  %zu", glyph(group->folded ? GLYPH_FOLDED : GLYPH_UNFOLDED),
                   display(group->name, strlen(group->name), clean, sizeof clean), group->count);
    if (group->worst != CREDENTIAL_none)
        (void)snprintf(worst, sizeof worst, "%s %s", glyph(label.glyph), label.text);
    text_fill(stdscr, y, at->x, 1, at->cols - (deck->rows.count > deck->table.page ? 1 : 0),
              selected ? ROLE_SELECTED : ROLE_TEXT);
    int width = text_width(text);
    (void)text_put_style(stdscr, y, at->x + margin, room,
                         selected ? theme_on_selected(ROLE_TITLE) : theme_style(ROLE_TITLE), text);
    if (worst[0] != '\0' && width + 2 + text_width(worst) <= room)
        (void)text_put_style(stdscr, y, at->x + margin + width + 2, room - width - 2,
                             selected ? theme_on_selected(label.role) : theme_style(label.role), worst);
}

// Over the lines that the table left blank for them.
void deck_view_groups_draw(const struct deck_view *deck)
{
    const struct deck_rect *at = &deck->places.table;
    size_t row = 0;
    for (int line = at->y; line < at->y + at->rows; line++) {
        if (!table_row_at(&deck->table, at->y, line, &row))
            continue;
        const struct deck_group *group = deck_rows_header(&deck->rows, row);
        if (group != NULL)
            draw_header(deck, group, line, row == deck->table.selected);
    }
}

static void changed(struct deck_view *deck)
{
    deck->stale = true;
    deck_view_sync_whole(deck);
    deck_view_keep(deck);
    app_dirty(deck->app);
}

static void fold(struct deck_view *deck, const struct deck_group *group, bool folded)
{
    char name[TEMPLATE_CAP];
    if (group->folded == folded)
        return;
    (void)snprintf(name, sizeof name, "%s", group->name);
    deck_groups_fold(&deck->rows.groups, deck->rows.groups.by, name, folded);
    deck->rows.folds++;
    changed(deck);
}

bool deck_view_unfold(struct deck_view *deck, const char *sandbox_id)
{
    const struct deck_group *group = deck_rows_group_of(&deck->rows, sandbox_id);
    if (group == NULL || !group->folded || !deck_rows_match(&deck->rows, sandbox_id))
        return false;
    fold(deck, group, false);
    return true;
}

bool deck_view_toggle_group(struct deck_view *deck)
{
    deck_view_sync(deck);
    const struct deck_group *group = deck_rows_header(&deck->rows, deck->table.selected);
    if (group != NULL)
        fold(deck, group, !group->folded);
    return group != NULL;
}

// Left on a sandbox folds its group, and on an unfolded header too; Right unfolds: as in a tree of files.
enum change deck_fold(struct app *app, int what)
{
    struct deck_view *deck = deck_view_of(app->deck);
    deck_view_sync(deck);
    const struct deck_group *group = deck_rows_group(&deck->rows, deck->table.selected);
    if (deck->rows.groups.by == DECK_GROUPING_NONE) {
        if (what == DECK_FOLD_TOGGLE || what == DECK_FOLD_ALL)
            app_toast(app, TOAST_INFO, "There are no groups (%s groups the rows)",
                      command_key(COMMAND_groups));
        return CHANGED_NOTHING;
    }
    if (group == NULL)
        return CHANGED_NOTHING;
    if (what == DECK_FOLD_ALL) {
        bool any = false;
        struct deck_groups *groups = &deck->rows.groups;
        for (size_t i = 0; i < groups->list.count; i++)
            any = any || !deck_groups_at(groups, i)->folded;
        for (size_t i = 0; i < groups->list.count; i++)
            deck_groups_fold(groups, groups->by, deck_groups_at(groups, i)->name, any);
        deck->rows.folds++;
        changed(deck);
    } else {
        fold(deck, group, what == DECK_FOLD_TOGGLE ? !group->folded : what == DECK_FOLD_CLOSE);
    }
    return CHANGED_VIEW;
}

enum change deck_group(struct app *app, int by)
{
    struct deck_view *deck = deck_view_of(app->deck);
    enum deck_grouping next = (enum deck_grouping)((deck->rows.groups.by + 1) % DECK_GROUPING_COUNT);
    deck_view_sync(deck);
    deck_groups_by(&deck->rows.groups, by >= 0 ? (enum deck_grouping)by : next);
    changed(deck);
    if (deck->rows.groups.by == DECK_GROUPING_NONE)
        app_toast(app, TOAST_INFO, "No groups");
    else
        app_toast(app, TOAST_INFO, "Grouped by %s", deck_grouping_name(deck->rows.groups.by));
    return CHANGED_VIEW;
}
