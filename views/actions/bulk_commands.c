// SPDX-License-Identifier: Apache-2.0
//
// bulk_commands: Work out what a command means for all marked sandboxes: which sandboxes or credentials it
// applies to, which are left out and why, and the one question before it.

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/actions/actions.h"
#include "views/actions/bulk_view.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"
#include "views/labels/state_labels.h"
#include "views/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is asked about; ids, since the fleet may change before the answer.
struct many {
    struct app *app;
    struct bulk *bulk;
    size_t sandboxes, left_out;
    size_t unknown;  // of those left out: a create was lost there
    size_t second;   // that have a live one already, and get another
    size_t paused;   // to be woken
    size_t lives;    // to be forgotten, that may go on working
    size_t sessions; // open here, that may be cut off
    size_t tools;    // connected there, which will be cut off
    bool all;        // all made here, not those marked
};

static bool one_each(const struct app *app)
{
    struct service_health health;
    service_health(app->service, &health);
    return health.dialect != DIALECT_CREDENTIAL;
}

static void add_credential(struct many *many, const struct credential *credential)
{
    bulk_add(many->bulk, credential->sandbox_id, credential->id);
    many->sessions += session_uses(many->app, credential->vault_row);
}

static bool is_known(const struct credential *credential)
{
    return credential->id[0] != '\0' && credential->busy == NULL;
}

static bool add_create(struct many *many, const struct fleet_row *row)
{
    int64_t now = app_now(many->app);
    if (row->gone || row->busy != NULL)
        return false;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        if (credential->id[0] == '\0') { // another one could leave one behind that nobody knows
            many->unknown++;
            return false;
        }
        if (credential_is_usable(credential, now) && one_each(many->app))
            return false;
    }
    const struct credential *best = fleet_row_best(row, now);
    many->second += best != NULL && credential_is_usable(best, now) ? 1 : 0;
    bulk_add(many->bulk, row->sandbox.id, "");
    return true;
}

static bool add_validate(struct many *many, const struct fleet_row *row)
{
    bool any = false;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        if (!is_known(credential) || !credential->has_password || credential->sealed_elsewhere)
            continue;
        bulk_add(many->bulk, row->sandbox.id, credential->id);
        any = true;
    }
    return any;
}

static bool add_regenerate(struct many *many, const struct fleet_row *row)
{
    const struct credential *best = fleet_row_best(row, app_now(many->app));
    if (row->gone || best == NULL || !is_known(best) || row->busy != NULL)
        return false;
    add_credential(many, best);
    return true;
}

static bool add_delete(struct many *many, const struct fleet_row *row)
{
    bool any = false;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        if (!is_known(credential) || credential_state(credential, app_now(many->app)) == CREDENTIAL_revoked)
            continue;
        add_credential(many, credential);
        any = true;
    }
    return any;
}

static bool add_forget(struct many *many, const struct fleet_row *row)
{
    bool any = false;
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        if (credential->busy != NULL)
            continue;
        bulk_add_row(many->bulk, row->sandbox.id, credential->id, credential->vault_row);
        many->lives += bulk_may_still_work(credential, app_now(many->app)) ? 1 : 0;
        any = true;
    }
    return any;
}

static bool is_movable(const struct fleet_row *row)
{
    struct failure ignored;
    return !row->gone && row->busy == NULL && fleet_row_check(row, &ignored) == STATUS_OK;
}

static bool add_start(struct many *many, const struct fleet_row *row)
{
    enum sandbox_state state = row->sandbox.state;
    if (!is_movable(row) || (state != SANDBOX_stopped && state != SANDBOX_paused && state != SANDBOX_other))
        return false;
    many->paused += state == SANDBOX_paused ? 1 : 0;
    bulk_add(many->bulk, row->sandbox.id, "");
    return true;
}

static void add_open_there(struct many *many, const struct fleet_row *row)
{
    size_t tools = 0;
    (void)service_tools(many->app->service, row->sandbox.id, &tools);
    many->sessions += session_count_alive(many->app, row->sandbox.id);
    many->tools += tools;
}

static bool add_running(struct many *many, const struct fleet_row *row)
{
    enum sandbox_state state = row->sandbox.state;
    if (!is_movable(row) || (state != SANDBOX_running && state != SANDBOX_other))
        return false;
    add_open_there(many, row);
    bulk_add(many->bulk, row->sandbox.id, "");
    return true;
}

static bool add_remove(struct many *many, const struct fleet_row *row)
{
    if (!is_movable(row) || row->sandbox.state == SANDBOX_deleting || row->sandbox.state == SANDBOX_deleted)
        return false;
    add_open_there(many, row);
    bulk_add(many->bulk, row->sandbox.id, "");
    return true;
}

#define NO_CREDENTIAL "it has no suitable credential here", "they have no suitable credential here"

static const struct {
    action_one *one; // where none is marked
    bool (*add)(struct many *, const struct fleet_row *);
    const char *button; // NULL: it is done without a question, since it changes nothing
    enum dialog_level level;
    bool forward;              // nothing is lost: the focus is on the button
    const char *why_one, *why; // some are left out
} kinds[BULK_VERB_COUNT] = {
    [BULK_CREATE] = {action_create_one, add_create, "Create", DIALOG_INFO, true,
                     "it has a usable one, or is busy or gone", "they have usable ones, or are busy or gone"},
    [BULK_VALIDATE] = {action_validate_one, add_validate, NULL, DIALOG_INFO, true, NO_CREDENTIAL},
    [BULK_REGENERATE] = {action_regenerate_one, add_regenerate, "Regenerate", DIALOG_WARN, false,
                         NO_CREDENTIAL},
    [BULK_DELETE] = {action_delete_one, add_delete, "Delete", DIALOG_DANGER, false, NO_CREDENTIAL},
    [BULK_FORGET] = {action_forget_one, add_forget, "Forget", DIALOG_WARN, false, NO_CREDENTIAL},
    [BULK_START] = {action_start_one, add_start, "Start", DIALOG_INFO, true,
                    "it is neither stopped nor paused, or is busy",
                    "they are neither stopped nor paused, or are busy"},
    [BULK_STOP] = {action_stop_one, add_running, "Stop", DIALOG_WARN, false, "it is not running, or is busy",
                   "they are not running, or are busy"},
    [BULK_PAUSE] = {action_pause_one, add_running, "Pause", DIALOG_WARN, false,
                    "it is not running, or is busy", "they are not running, or are busy"},
    [BULK_REMOVE] = {action_remove_one, add_remove, "Delete", DIALOG_DANGER, false,
                     "it is busy, or gone already", "they are busy, or gone already"},
    [BULK_EXEC] = {NULL, NULL, NULL, DIALOG_INFO, true, NULL, NULL}, // see exec_commands
};

static void begin(struct many *many)
{
    bulk_view_begin(many->app, many->bulk);
    free(many);
}

static void give_up(struct many *many)
{
    bulk_free(many->bulk);
    free(many);
}

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct many *many = context;
    (void)dialog;
    if (many->app->quitting || result != 1)
        give_up(many);
    else
        begin(many);
}

// --- the question -------------------------------------------------------------------------

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

// "\n\nsbx-a, sbx-b and 3 more"
static void add_names(const struct many *many, char text[ACTION_TEXT_CAP])
{
    enum { NAMED = 4 };
    size_t count = bulk_size(many->bulk);
    for (size_t i = 0; i < count && i < NAMED; i++)
        (void)text_append(text, ACTION_TEXT_CAP, "%s%s", i == 0 ? "\n\n" : ", ",
                          fleet_name_of(app_fleet(many->app), bulk_item(many->bulk, i)->sandbox_id));
    if (count > NAMED)
        (void)text_append(text, ACTION_TEXT_CAP, " and %zu more", count - NAMED);
}

static void describe_sandboxes(const struct many *many, char text[ACTION_TEXT_CAP])
{
    enum bulk_verb verb = bulk_kind(many->bulk);
    char counted[BULK_COUNTED_CAP], open[OPEN_THERE_CAP];
    bool one = bulk_size(many->bulk) == 1;
    (void)bulk_counted(verb, bulk_size(many->bulk), counted);
    if (verb == BULK_START && many->paused == bulk_size(many->bulk))
        (void)text_append(text, ACTION_TEXT_CAP, "Wakes %s, paused now.", counted);
    else if (verb == BULK_START && many->paused > 0)
        (void)text_append(text, ACTION_TEXT_CAP, "Starts %s; %zu of them %s paused and %s woken.", counted,
                          many->paused, many->paused == 1 ? "is" : "are", many->paused == 1 ? "is" : "are");
    else if (verb == BULK_START)
        (void)text_append(text, ACTION_TEXT_CAP, "Starts %s.", counted);
    else if (verb == BULK_STOP)
        (void)text_append(text, ACTION_TEXT_CAP, "Stops %s. %s", counted,
                          one ? "Its programs end; its disk is kept."
                              : "Their programs end; their disks are kept.");
    else if (verb == BULK_PAUSE)
        (void)text_append(text, ACTION_TEXT_CAP, "Pauses %s. %s", counted,
                          one ? "Its memory and disk are kept." : "Their memory and disks are kept.");
    else
        (void)text_append(text, ACTION_TEXT_CAP,
                          "Deletes %s with %s and all credentials. This can't be undone.", counted,
                          one ? "its disk" : "their disks");
    add_names(many, text);
    if (many->sessions > 0 || many->tools > 0)
        (void)text_append(text, ACTION_TEXT_CAP, "\n\n%s will be disconnected.",
                          action_open_there(many->sessions, many->tools, open, sizeof open));
}

static void describe_credentials(const struct many *many, char text[ACTION_TEXT_CAP])
{
    enum bulk_verb verb = bulk_kind(many->bulk);
    size_t count = bulk_size(many->bulk);
    if (verb == BULK_CREATE)
        (void)text_append(text, ACTION_TEXT_CAP, "Creates %zu credential%s, one for each sandbox.", count,
                          plural(count));
    else if (verb == BULK_REGENERATE)
        (void)text_append(
            text, ACTION_TEXT_CAP,
            "Replaces %zu credential%s, the best of each sandbox, with new ones.\n\nThe old passwords "
            "stop working.",
            count, plural(count));
    else if (verb == BULK_FORGET)
        (void)text_append(
            text, ACTION_TEXT_CAP,
            "Removes %zu credential%s of %zu sandbox%s from this machine. The server is not told.", count,
            plural(count), many->sandboxes, many->sandboxes == 1 ? "" : "es");
    else
        (void)text_append(
            text, ACTION_TEXT_CAP,
            "Deletes %zu credential%s of %zu sandbox%s, on the server and here.\n\nTheir passwords stop "
            "working.",
            count, plural(count), many->sandboxes, many->sandboxes == 1 ? "" : "es");
    if (many->second > 0)
        (void)text_append(text, ACTION_TEXT_CAP,
                          "\n\n%zu of them already %s one that works and %s another: both work then.",
                          many->second, many->second == 1 ? "has" : "have",
                          many->second == 1 ? "gets" : "get");
    if (many->lives > 0)
        (void)text_append(text, ACTION_TEXT_CAP,
                          "\n\n%zu of them may keep working for whoever has the password.", many->lives);
    if (many->sessions > 0)
        (void)text_append(text, ACTION_TEXT_CAP, "\n\n%zu session%s open here %s with them.", many->sessions,
                          plural(many->sessions), many->sessions == 1 ? "is" : "are");
}

static void describe(const struct many *many, size_t hidden, char text[ACTION_TEXT_CAP])
{
    enum bulk_verb verb = bulk_kind(many->bulk);
    text[0] = '\0';
    if (bulk_is_of_sandboxes(verb))
        describe_sandboxes(many, text);
    else
        describe_credentials(many, text);
    if (hidden > 0)
        (void)text_append(text, ACTION_TEXT_CAP, "\n\n%zu of the marked %s not shown %s.", hidden,
                          hidden == 1 ? "is" : "are",
                          deck_view_filter(many->app->deck)[0] != '\0' ? "by the filter" : "here");
    if (many->left_out > 0 && many->all)
        (void)text_append(
            text, ACTION_TEXT_CAP,
            "\n\n%zu %s left out: busy, or their create was never answered. They may keep working.",
            many->left_out, many->left_out == 1 ? "is" : "are");
    else if (many->left_out > 0)
        (void)text_append(text, ACTION_TEXT_CAP, "\n\n%zu marked %s left out: %s.", many->left_out,
                          many->left_out == 1 ? "is" : "are",
                          many->left_out == 1 ? kinds[verb].why_one : kinds[verb].why);
    if (many->unknown > 0)
        (void)text_append(text, ACTION_TEXT_CAP, " For %zu the outcome of a create is unknown (%s, %s).",
                          many->unknown, command_key(COMMAND_regenerate), command_key(COMMAND_forget));
}

static void ask(struct many *many, size_t hidden)
{
    char text[ACTION_TEXT_CAP], title[96], word[24], counted[BULK_COUNTED_CAP];
    enum bulk_verb verb = bulk_kind(many->bulk);
    size_t count = bulk_size(many->bulk);
    bool danger = kinds[verb].level == DIALOG_DANGER;
    describe(many, hidden, text);
    (void)snprintf(title, sizeof title, "%c%s %s?", bulk_verb(verb)[0] - 'a' + 'A', bulk_verb(verb) + 1,
                   bulk_counted(verb, count, counted));
    (void)snprintf(word, sizeof word, "%zu", count);
    if (danger)
        (void)text_append(text, ACTION_TEXT_CAP, "\n\nType %s to continue.", word);
    const struct dialog_options options = {
        .title = title,
        .text = text,
        .level = kinds[verb].level,
        .yes = kinds[verb].button,
        .focus = kinds[verb].forward ? 1 : 0,
        .confirm_word = danger ? word : NULL,
    };
    app_ask(many->app, &options, on_answer, many);
}

static struct many *many_new(struct app *app, enum bulk_verb verb)
{
    struct many *many = xcalloc(1, sizeof *many);
    many->app = app;
    many->bulk = bulk_new(verb, app->config.parallel);
    return many;
}

static bool is_free(struct app *app)
{
    char line[96];
    if (!bulk_view_busy(app))
        return true;
    app_toast(app, TOAST_WARN, "Still %s (%s shows it)", bulk_view_line(app, line, sizeof line),
              command_key(COMMAND_bulk));
    return false;
}

static void tell_nothing(struct app *app, enum bulk_verb verb, size_t marked)
{
    app_toast(app, TOAST_WARN, "Nothing to %s: %zu marked, %s", bulk_verb(verb), marked,
              marked == 1 ? kinds[verb].why_one : kinds[verb].why);
}

// Asked before. False: none is marked.
static bool run_many(struct app *app, enum bulk_verb verb)
{
    size_t hidden = 0;
    if (app->service == NULL || deck_view_marked(app->deck) == 0)
        return false;
    if (!is_free(app))
        return true;
    const struct id_set *marks = deck_view_marks(app->deck, &hidden);
    const struct fleet *fleet = service_fleet(app->service);
    struct many *many = many_new(app, verb);
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!id_set_has(marks, row->sandbox.id))
            continue;
        bool added = kinds[verb].add(many, row);
        many->sandboxes += added ? 1 : 0;
        many->left_out += added ? 0 : 1;
    }
    if (bulk_size(many->bulk) == 0) {
        tell_nothing(app, verb, id_set_count(marks));
        give_up(many);
    } else if (kinds[verb].button == NULL) {
        begin(many);
    } else {
        ask(many, hidden);
    }
    return true;
}

enum change action_verb(struct app *app, int verb)
{
    const struct fleet_row *row = run_many(app, (enum bulk_verb)verb) ? NULL : action_row(app);
    if (row != NULL)
        kinds[verb].one(app, row);
    return CHANGED_NOTHING;
}

// --- all that were made here ----------------------------------------------------------------

enum change action_revoke_all(struct app *app, int argument)
{
    (void)argument;
    if (app->service == NULL) {
        app_toast_failure(app, "API key", &app->key_failure);
        return CHANGED_NOTHING;
    }
    if (!is_free(app))
        return CHANGED_NOTHING;
    const struct fleet *fleet = service_fleet(app->service);
    struct many *many = many_new(app, BULK_DELETE);
    many->all = true;
    for (size_t i = 0; i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        bool any = false;
        for (size_t k = 0; k < row->credential_count; k++) {
            many->left_out += bulk_is_out_of_reach(&row->credentials[k]) ? 1 : 0;
            if (!bulk_may_still_work(&row->credentials[k], app_now(app)))
                continue;
            add_credential(many, &row->credentials[k]);
            any = true;
        }
        many->sandboxes += any ? 1 : 0;
    }
    if (bulk_size(many->bulk) == 0) {
        app_toast(app, many->left_out > 0 ? TOAST_WARN : TOAST_INFO,
                  many->left_out > 0 ? "Nothing to revoke: %zu are busy or unknown"
                                     : "No credential made here can still work",
                  many->left_out);
        give_up(many);
        return CHANGED_NOTHING;
    }
    ask(many, 0);
    return CHANGED_NOTHING;
}
