// SPDX-License-Identifier: Apache-2.0
//
// label_commands: The operator's own name, note and pin of a sandbox. Nothing of it is sent to the server.
// What was typed and can't be kept comes back in the form, with the reason.

#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"
#include "views/labels/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- name and note ------------------------------------------------------------------------

struct labelling {
    struct app *app;
    enum label_part part;
    char sandbox_id[ID_CAP];
    char shown[FORM_VALUE_MAX]; // what it was when the form was opened
    char typed[FORM_VALUE_MAX];
    char trouble[FAILURE_LINE_CAP]; // why the last one was not kept; "" it is the first time
};

static const char *const part_names[] = {[LABEL_PART_NAME] = "name", [LABEL_PART_NOTE] = "note"};

static void ask(struct labelling *labelling);

static const char *part_of(const struct sandbox_label *label, enum label_part part)
{
    return part == LABEL_PART_NAME ? label->name : label->note;
}

static void tell(const struct labelling *labelling, const struct sandbox_label *before,
                 const struct sandbox_label *after)
{
    const char *is = part_of(after, labelling->part), *was = part_of(before, labelling->part);
    const char *what = part_names[labelling->part];
    if (strcmp(is, was) == 0)
        return;
    if (is[0] == '\0')
        app_toast(labelling->app, TOAST_INFO, "%s has no %s any more; it was %s", labelling->sandbox_id, what,
                  was);
    else
        app_toast(labelling->app, TOAST_INFO, "The %s of %s is %s%s%s", what, labelling->sandbox_id, is,
                  was[0] != '\0' ? "; it was " : "", was);
}

static void on_changed(void *ctx, const struct failure *why, const struct sandbox_label *before,
                       const struct sandbox_label *after)
{
    struct labelling *labelling = ctx;
    bool again = !labelling->app->quitting && why->status != STATUS_OK;
    if (again) {
        (void)failure_line(why, labelling->trouble);
        ask(labelling);
        return;
    }
    if (!labelling->app->quitting)
        tell(labelling, before, after);
    free(labelling);
}

static const char *name_rule(const char *value)
{
    return value[0] == '\0' || sandbox_label_check_name(value, NULL) == STATUS_OK
               ? NULL
               : "letters, digits, '-' and '_', 63 at most, and doesn't begin with sbx-";
}

static const char *note_rule(const char *value)
{
    return sandbox_label_check_note(value, NULL) == STATUS_OK ? NULL : "one line of text, 240 bytes at most";
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct labelling *labelling = context;
    struct label_change change = {.sets_name = labelling->part == LABEL_PART_NAME,
                                  .sets_note = labelling->part == LABEL_PART_NOTE};
    if (result != DIALOG_YES || labelling->app->quitting) {
        free(labelling);
        return;
    }
    (void)snprintf(labelling->typed, sizeof labelling->typed, "%s", form_value(dialog_form(dialog), 0));
    // Nothing was changed here: what another program has made of it meanwhile stays.
    if (strcmp(labelling->typed, labelling->shown) == 0) {
        free(labelling);
        return;
    }
    // The form has checked that they fit.
    if (change.sets_name)
        (void)snprintf(change.to.name, sizeof change.to.name, "%.*s", LABEL_NAME_CAP - 1, labelling->typed);
    else
        (void)snprintf(change.to.note, sizeof change.to.note, "%.*s", LABEL_NOTE_CAP - 1, labelling->typed);
    service_change_label(labelling->app->service, labelling->sandbox_id, &change, on_changed, labelling);
}

static void ask(struct labelling *labelling)
{
    const bool names = labelling->part == LABEL_PART_NAME;
    const struct form_field field = {
        .label = names ? "Name" : "Note",
        .kind = FORM_TEXT,
        .value = labelling->typed,
        .max = (names ? LABEL_NAME_CAP : LABEL_NOTE_CAP) - 1,
        .rule = names ? name_rule : note_rule,
        .hint = names ? "Works wherever a sandbox is named; empty takes it off" : "Empty takes it off",
    };
    char text[ACTION_TEXT_CAP];
    (void)snprintf(text, sizeof text, "%s%sOnly sbxdeck on this machine knows it.", labelling->trouble,
                   labelling->trouble[0] != '\0' ? "\n\n" : "");
    char title[ID_CAP + 32];
    (void)snprintf(title, sizeof title, "%s %s", names ? "Name" : "Note on", labelling->sandbox_id);
    app_ask(labelling->app,
            &(struct dialog_options){.title = title,
                                     .text = text,
                                     .level = labelling->trouble[0] != '\0' ? DIALOG_WARN : DIALOG_INFO,
                                     .yes = "Save",
                                     .focus = 1,
                                     .fields = &field,
                                     .field_count = 1},
            on_answer, labelling);
}

enum change action_label(struct app *app, int argument)
{
    const struct fleet_row *row = action_row(app);
    if (row == NULL)
        return CHANGED_NOTHING;
    action_tell_one(app, row->sandbox.id);
    struct labelling *labelling = xcalloc(1, sizeof *labelling);
    labelling->app = app;
    labelling->part = (enum label_part)argument;
    (void)snprintf(labelling->sandbox_id, sizeof labelling->sandbox_id, "%s", row->sandbox.id);
    if (row->label != NULL)
        (void)snprintf(labelling->typed, sizeof labelling->typed, "%s", part_of(row->label, labelling->part));
    memcpy(labelling->shown, labelling->typed, sizeof labelling->shown);
    ask(labelling);
    return CHANGED_NOTHING;
}

// --- pins ---------------------------------------------------------------------------------

// Those that are still to be pinned or unpinned, one after the other.
struct pinning {
    struct app *app;
    bool pins;
    size_t next, count;
    char (*ids)[ID_CAP];
};

static void pin_next(struct pinning *pinning);

static void on_pinned(void *ctx, const struct failure *why, const struct sandbox_label *before,
                      const struct sandbox_label *after)
{
    struct pinning *pinning = ctx;
    (void)before;
    (void)after;
    if (!pinning->app->quitting && why->status != STATUS_OK)
        app_toast_failure(pinning->app, pinning->pins ? "pin" : "unpin", why);
    if (pinning->app->quitting || why->status != STATUS_OK)
        pinning->count = 0;
    pinning->next++;
    pin_next(pinning);
}

static void pin_next(struct pinning *pinning)
{
    const struct label_change change = {.sets_pin = true, .to = {.pinned = pinning->pins}};
    char text[48];
    if (pinning->next < pinning->count) {
        service_change_label(pinning->app->service, pinning->ids[pinning->next], &change, on_pinned, pinning);
        return;
    }
    const char *done = pinning->pins ? "Pinned" : "Unpinned";
    if (pinning->count == 1)
        app_toast(pinning->app, TOAST_INFO, "%s %s", done, pinning->ids[0]);
    else if (pinning->count > 1)
        app_toast(pinning->app, TOAST_INFO, "%s %s", done,
                  phrase_count(pinning->count, "sandbox", "sandboxes", text, sizeof text));
    free(pinning->ids);
    free(pinning);
}

static void add(struct pinning *pinning, const struct fleet_row *row)
{
    struct failure ignored;
    if (fleet_row_check(row, &ignored) != STATUS_OK)
        return;
    pinning->pins = pinning->pins || row->label == NULL || !row->label->pinned;
    (void)snprintf(pinning->ids[pinning->count++], ID_CAP, "%s", row->sandbox.id);
}

enum change action_pin(struct app *app, int argument)
{
    const size_t marked = app->service != NULL ? deck_view_marked(app->deck) : 0;
    const struct fleet_row *row = marked == 0 ? action_row(app) : NULL;
    size_t hidden = 0;
    (void)argument;
    if (row == NULL && marked == 0)
        return CHANGED_NOTHING;
    const struct id_set *marks = marked > 0 ? deck_view_marks(app->deck, &hidden) : NULL;
    const size_t count = marks != NULL ? id_set_count(marks) : 0;
    struct pinning *pinning = xcalloc(1, sizeof *pinning);
    pinning->app = app;
    pinning->ids = xcalloc(count + 1, sizeof *pinning->ids);
    for (size_t i = 0; i < count; i++) {
        const struct fleet_row *one = fleet_find(service_fleet(app->service), id_set_at(marks, i));
        if (one != NULL)
            add(pinning, one);
    }
    if (row != NULL)
        add(pinning, row);
    pin_next(pinning);
    return CHANGED_NOTHING;
}
