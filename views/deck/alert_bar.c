// SPDX-License-Identifier: Apache-2.0
//
// alert_bar: Fit the alerts into their lines, and the commands on them.

#include "views/deck/alert_bar.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/app/app.h"
#include "views/deck/deck_commands.h"
#include "views/deck/deck_view.h"
#include "views/labels/state_labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARGIN = 1,
    GAP = 3,
    ROWS_LEAST = 12, // below, the table needs every line
    COLS_LEAST = 40,
    ROWS_FOR_SEVERAL = 40,
    MORE_CAP = 48,
    TEXT_CAP = 160
};

int alert_bar_most(int rows, int cols)
{
    if (rows < ROWS_LEAST || cols < COLS_LEAST)
        return 0;
    return rows >= ROWS_FOR_SEVERAL ? ALERT_BAR_ROWS : 1;
}

// --- building ---

static enum theme_role describe(const struct alert *alert, int64_t now, char out[TEXT_CAP])
{
    static const enum credential_state states[ALERT_STAGE_COUNT] = {
        [ALERT_none] = CREDENTIAL_valid,
        [ALERT_expiring] = CREDENTIAL_expiring,
        [ALERT_critical] = CREDENTIAL_critical,
        [ALERT_expired] = CREDENTIAL_expired,
    };
    struct state_label word = state_label_credential(states[alert->stage]);
    int64_t left = alert->credential.expires_at - now;
    const char *called = alert->name[0] != '\0' ? alert->name : alert->credential.sandbox_id;
    char span[TIME_SPAN_CAP];
    if (left > 0) // as wide as the widest, so that what follows does not jump
        (void)snprintf(out, TEXT_CAP, "%s %s %s %-6s", glyph(word.glyph), called,
                       deadline_clock_name(alert->clock), time_format_remaining(left, span));
    else
        (void)snprintf(
            out, TEXT_CAP, "%s %s %s %s %s ago", glyph(word.glyph), called, deadline_clock_name(alert->clock),
            alert->clock == DEADLINE_SANDBOX ? "timed out" : "ended", time_format_age(-left, span));
    return word.role;
}

// The place of a text of that width after what is there: on this line, or at the start of the next.
static bool place(int width, int rows, int end, int *y, int *x)
{
    int gap = *x > MARGIN ? GAP : 0;
    if (*x + gap + width <= end) {
        *x += gap;
        return true;
    }
    if (*y + 1 >= rows || MARGIN + width > end)
        return false;
    ++*y;
    *x = MARGIN;
    return true;
}

// Whether "and N more" finds a place behind one that ends there.
static bool leaves_room(int y, int x, int rows, int end, size_t more)
{
    char text[MORE_CAP];
    if (more == 0)
        return true;
    (void)snprintf(text, sizeof text, "and %zu more", more);
    return place(text_width(text), rows, end, &y, &x);
}

int alert_bar_build(const struct alert *list, size_t count, int64_t server_now_ms, int rows, int cols,
                    const char *hint, struct text_pieces *out)
{
    char text[TEXT_CAP], cut[TEXT_CAP];
    int y = 0, x = MARGIN, end = cols - MARGIN;
    size_t shown = 0;
    text_pieces_clear(out, ROLE_TEXT);
    if (count == 0 || rows <= 0 || cols <= 2 * MARGIN)
        return 0;
    for (; shown < count && out->count + 2 < TEXT_PIECES_MAX; shown++) {
        enum theme_role role = describe(&list[shown], server_now_ms, text);
        int width = text_width(text), at_y = y, at_x = x;
        bool fits = place(width, rows, end, &at_y, &at_x) &&
                    leaves_room(at_y, at_x + width, rows, end, count - shown - 1);
        if (!fits && shown > 0)
            break;
        if (!fits) // the first always, cut if it must be
            width = text_fit(text, end - at_x, false, cut, sizeof cut);
        (void)text_pieces_add(out, at_y, at_x, role, "%s", fits ? text : cut);
        y = at_y;
        x = at_x + width;
    }
    if (shown < count) {
        (void)snprintf(text, sizeof text, "and %zu more", count - shown);
        if (place(text_width(text), rows, end, &y, &x)) {
            (void)text_pieces_add(out, y, x, ROLE_DIM, "%s", text);
            x += text_width(text);
        }
    }
    if (x + GAP + text_width(hint) <= end)
        (void)text_pieces_add(out, y, end - text_width(hint), ROLE_DIM, "%s", hint);
    return y + 1;
}

int alert_bar_take(const struct app *app, int rows, int cols, const char *hint, struct text_pieces *out)
{
    const struct alert *list = NULL;
    text_pieces_clear(out, ROLE_TEXT);
    if (app->alert_queue == NULL || app->service == NULL)
        return 0;
    size_t count = alert_queue_update(app->alert_queue, service_fleet(app->service), app_now(app), &list);
    return alert_bar_build(list, count, app_now_shown(app), alert_bar_most(rows, cols), cols, hint, out);
}

// --- commands ---

static size_t queue_of(struct app *app, const struct alert **list)
{
    size_t count = app->alert_queue != NULL ? alert_queue_list(app->alert_queue, list) : 0;
    if (count == 0)
        app_toast(app, TOAST_INFO, "No alert is waiting");
    return count;
}

// The place of the selected credential in the queue, or of what is of its sandbox; count: none.
static size_t selected(const struct app *app, const struct alert *list, size_t count)
{
    const struct credential *credential = deck_view_credential(app->deck);
    const struct fleet_row *row = deck_view_row(app->deck);
    size_t found = count;
    for (size_t i = 0; row != NULL && i < count; i++) {
        if (strcmp(list[i].credential.sandbox_id, row->sandbox.id) != 0)
            continue;
        if (credential != NULL && list[i].credential.vault_row == credential->vault_row)
            return i;
        found = found == count ? i : found;
    }
    return found;
}

static bool is_same_place(const struct alert *one, const struct alert *other)
{
    return strcmp(one->credential.sandbox_id, other->credential.sandbox_id) == 0 &&
           (one->clock == DEADLINE_SANDBOX || other->clock == DEADLINE_SANDBOX);
}

enum change alert_bar_select_next(struct app *app, int argument)
{
    (void)argument;
    const struct alert *list = NULL;
    size_t count = queue_of(app, &list);
    if (count == 0)
        return CHANGED_NOTHING;
    size_t at = selected(app, list, count);
    const struct alert *next = &list[at + 1 < count ? at + 1 : 0];
    // The clock of a sandbox has no place of its own in the deck: that it is selected is enough.
    for (size_t i = 1; at < count && i < count && is_same_place(&list[at], next); i++)
        next = &list[(at + 1 + i) % count];
    deck_view_find(app->deck, next->credential.sandbox_id);
    deck_view_select_credential(app->deck, next->credential.vault_row);
    return CHANGED_VIEW;
}

// Those of the marked sandboxes. The list is another one after each that goes.
static void dismiss_marked(struct app *app, const struct alert *list, size_t count)
{
    struct credential *those = xcalloc(count, sizeof *those);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (deck_view_is_marked(app->deck, list[i].credential.sandbox_id))
            those[found++] = list[i].credential;
    for (size_t i = 0; i < found; i++)
        (void)alert_queue_dismiss(app->alert_queue, &those[i]);
    free(those);
    app_toast(app, TOAST_INFO, "%zu alert%s of %zu marked dismissed", found, found == 1 ? "" : "s",
              deck_view_marked(app->deck));
}

static void dismiss_one(struct app *app, const struct alert *list, size_t count)
{
    size_t at = selected(app, list, count);
    const struct alert alert = list[at < count ? at : 0];
    (void)alert_queue_dismiss(app->alert_queue, &alert.credential);
    char text[ALERT_TEXT_CAP];
    app_toast(app, TOAST_INFO, "Alert dismissed: %s%s", alerts_text(&alert, 1, text),
              alert.stage == ALERT_expired ? "" : " (you are alerted again at its next stage)");
}

enum change alert_bar_dismiss(struct app *app, int all)
{
    const struct alert *list = NULL;
    size_t count = queue_of(app, &list);
    if (count == 0)
        return CHANGED_NOTHING;
    if (all != 0) {
        alert_queue_dismiss_all(app->alert_queue);
        app_toast(app, TOAST_INFO, count == 1 ? "%zu alert dismissed" : "%zu alerts dismissed", count);
    } else if (deck_view_marked(app->deck) > 0) {
        dismiss_marked(app, list, count);
    } else {
        dismiss_one(app, list, count);
    }
    return CHANGED_VIEW;
}
