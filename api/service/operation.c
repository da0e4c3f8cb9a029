// SPDX-License-Identifier: Apache-2.0
//
// operation: Begins and ends operations: each calls back once, is logged, and freed. What differs by kind is
// in a table.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- telling, by what the callback takes ---

static void tell_done(struct operation *op, const struct failure *why)
{
    op->cb.done(op->ctx, why);
}

static void tell_credential(struct operation *op, const struct failure *why)
{
    op->cb.credential(op->ctx, why, why->status == STATUS_OK && op->has_credential ? &op->credential : NULL);
}

static void tell_sandbox(struct operation *op, const struct failure *why)
{
    op->cb.sandbox(op->ctx, why, why->status == STATUS_OK ? op->sandbox : NULL);
}

static void tell_secret(struct operation *op, const struct failure *why)
{
    struct secret *password = NULL;
    if (why->status == STATUS_OK) {
        password = op->secret; // the callback's to free
        op->secret = NULL;
    }
    op->cb.secret(op->ctx, why, password);
}

static void tell_events(struct operation *op, const struct failure *why)
{
    struct event *list = NULL;
    size_t count = 0;
    if (why->status == STATUS_OK) {
        list = op->events.list; // the callback's to free
        count = op->events.count;
        op->events.list = NULL;
    }
    op->cb.events(op->ctx, why, list, count);
}

static void tell_rekeyed(struct operation *op, const struct failure *why)
{
    const struct vault_rekeyed none = {0};
    op->cb.rekeyed(op->ctx, why, why->status == STATUS_OK ? &op->rekeyed : &none);
}

static void tell_label(struct operation *op, const struct failure *why)
{
    bool good = why->status == STATUS_OK;
    op->cb.label(op->ctx, why, good ? &op->label.before : NULL, good ? &op->label.after : NULL);
}

static void tell_labels(struct operation *op, const struct failure *why)
{
    op->cb.labels(op->ctx, why, why->status == STATUS_OK ? op->labels.changed : 0);
}

// --- freeing what is the kind's own ---

static void clear_read(struct vault_reading *reading)
{
    free(reading->list);
    free(reading->labels);
}

static void clear_choice(struct choice *choice)
{
    vault_candidates_clear(&choice->candidates);
    clear_read(&choice->reading);
}

static void clear_issue(struct operation *op)
{
    access_clear(&op->issue.commit.access);
    clear_choice(&op->issue.choice);
}

static void clear_validate(struct operation *op)
{
    clear_choice(&op->validate.choice);
}

static void clear_import(struct operation *op)
{
    access_clear(&op->import.access);
}

static void clear_events(struct operation *op)
{
    free(op->events.list);
}

static void clear_save(struct operation *op)
{
    access_clear(&op->save.commit.access);
}

static void clear_reading(struct operation *op)
{
    clear_read(&op->reading);
}

static void clear_labels(struct operation *op)
{
    free(op->labels.list);
    free(op->labels.labels);
}

static void clear_sight(struct operation *op)
{
    free(op->sight.list);
    free(op->sight.labels);
}

// --- the kinds ---

enum { NOT_LOGGED = EVENT_KIND_COUNT };

static const struct kind {
    const char *verb; // shown as busy; NULL: it is not shown
    int event;        // that logs its outcome, or NOT_LOGGED
    bool ends;        // the credential that it works on, or the sandbox with it
    void (*tell)(struct operation *op,
                 const struct failure *why); // makes its callback; NULL: the service's own
    void (*clear)(struct operation *op);     // frees the fields of its kind; NULL: nothing to free
} kinds[OPERATION_KIND_COUNT] = {
    [OPERATION_CREATE] = {"creating", EVENT_CREATED, false, tell_credential, clear_issue},
    [OPERATION_REGENERATE] = {"regenerating", EVENT_REGENERATED, true, tell_credential, clear_issue},
    [OPERATION_RENEW] = {"renewing", EVENT_RENEWED, true, tell_credential, clear_issue},
    [OPERATION_VALIDATE] = {"validating", EVENT_VALIDATED, false, tell_credential, clear_validate},
    [OPERATION_DELETE] = {"deleting", EVENT_DELETED, true, tell_done, NULL},
    [OPERATION_IMPORT] = {"importing", EVENT_IMPORTED, false, tell_credential, clear_import},
    [OPERATION_FORGET] = {"forgetting", EVENT_FORGOTTEN, true, tell_done, NULL},
    [OPERATION_PASSWORD] = {NULL, NOT_LOGGED, false, tell_secret, NULL},
    [OPERATION_DETAIL] = {NULL, NOT_LOGGED, false, tell_done, NULL},
    [OPERATION_MOVE] = {NULL, NOT_LOGGED, false, tell_done, NULL}, // its verb is the move's
    [OPERATION_NEW_SANDBOX] = {NULL, NOT_LOGGED, false, tell_sandbox, NULL},
    [OPERATION_REFRESH] = {NULL, NOT_LOGGED, false, tell_done, NULL},
    [OPERATION_VALIDATE_ALL] = {NULL, NOT_LOGGED, false, tell_done, NULL},
    [OPERATION_EVENTS] = {NULL, NOT_LOGGED, false, tell_events, clear_events},
    [OPERATION_REKEY] = {NULL, NOT_LOGGED, false, tell_rekeyed, NULL},
    [OPERATION_READ] = {NULL, NOT_LOGGED, false, tell_done, clear_reading},
    [OPERATION_MAY_CONNECT] = {NULL, NOT_LOGGED, false, tell_done, NULL},
    [OPERATION_LABEL] = {NULL, NOT_LOGGED, false, tell_label, NULL},
    [OPERATION_LABELS_IMPORT] = {NULL, NOT_LOGGED, false, tell_labels, clear_labels},
    [OPERATION_SAVE] = {NULL, NOT_LOGGED, false, NULL, clear_save},
    [OPERATION_CHANGE_ROW] = {NULL, NOT_LOGGED, false, NULL, NULL},
    [OPERATION_READ_VAULT] = {NULL, NOT_LOGGED, false, NULL, clear_reading},
    [OPERATION_PRUNE] = {NULL, NOT_LOGGED, false, NULL, NULL},
    [OPERATION_SIGHT] = {NULL, NOT_LOGGED, false, NULL, clear_sight},
    [OPERATION_VAULT] = {NULL, NOT_LOGGED, false, NULL, NULL},
};

static const char *verb_of(const struct operation *op)
{
    static const char *const moves[] = {[MOVE_PAUSE] = "pausing",
                                        [MOVE_STOP] = "stopping",
                                        [MOVE_START] = "starting",
                                        [MOVE_DELETE] = "deleting",
                                        [MOVE_WAKE] = "waking"};
    return op->kind == OPERATION_MOVE ? moves[op->move.move] : kinds[op->kind].verb;
}

static bool is_own(const struct operation *op)
{
    return kinds[op->kind].tell == NULL;
}

// Nobody waits for it.
static bool is_quiet(const struct operation *op)
{
    return is_own(op) || (op->kind == OPERATION_VALIDATE && op->validate.quiet);
}

bool operation_is_issue(const struct operation *op)
{
    return op->kind == OPERATION_CREATE || op->kind == OPERATION_REGENERATE || op->kind == OPERATION_RENEW;
}

bool service_verb_ends(const char *verb)
{
    for (size_t i = 0; verb != NULL && i < OPERATION_KIND_COUNT; i++)
        if (kinds[i].ends && strcmp(verb, kinds[i].verb) == 0)
            return true;
    return false;
}

// --- beginning ---

static void put_in(struct operation *op, struct operation **list)
{
    op->next = *list;
    op->link = list;
    if (op->next != NULL)
        op->next->link = &op->next;
    *list = op;
}

static void take_out(struct operation *op)
{
    if (op->link == NULL)
        return;
    *op->link = op->next;
    if (op->next != NULL)
        op->next->link = op->link;
    op->link = NULL;
}

void operation_move(struct operation *op, struct operation **list)
{
    take_out(op);
    if (list != NULL)
        put_in(op, list);
}

static struct operation *make(struct credential_service *service, enum operation_kind kind)
{
    struct operation *op = calloc(1, sizeof *op);
    if (op == NULL)
        abort();
    op->service = service;
    op->kind = kind;
    op->begun_at = time_monotonic_ms();
    return op;
}

struct operation *operation_new(struct credential_service *service, enum operation_kind kind,
                                const char *sandbox_id, const char *id, void *ctx)
{
    struct operation *op = make(service, kind);
    op->ctx = ctx;
    (void)snprintf(op->sandbox_id, sizeof op->sandbox_id, "%s", sandbox_id);
    (void)snprintf(op->id, sizeof op->id, "%s", id != NULL ? id : "");
    put_in(op, &service->operations);
    return op;
}

struct operation *operation_new_own(struct credential_service *service, enum operation_kind kind, int64_t row)
{
    struct operation *op = make(service, kind);
    op->row = row;
    return op;
}

void operation_begin(struct operation *op, const struct credential *credential)
{
    struct fleet *fleet = op->service->fleet;
    if (credential != NULL) {
        op->row = credential->vault_row;
        op->before = credential->verdict;
        fleet_set_credential_busy(fleet, op->row, verb_of(op));
    } else {
        fleet_set_busy(fleet, op->sandbox_id, verb_of(op));
    }
    service_changed(op->service);
}

bool operation_is_blocked(struct operation *op, const struct credential *credential)
{
    const struct fleet_row *row = fleet_find(op->service->fleet, op->sandbox_id);
    const char *verb = row != NULL ? row->busy : NULL;
    struct failure why;
    if (credential != NULL && credential->busy != NULL)
        verb = credential->busy;
    if (verb == NULL)
        return false;
    op->refused = true;
    (void)advise(&why, fail(&why, STATUS_CONFLICT, "%s: already %s", op->sandbox_id, verb), "wait for it");
    operation_refuse(op, &why);
    return true;
}

bool operation_is_read_only(struct operation *op)
{
    struct failure why;
    if (!op->service->read_only)
        return false;
    op->refused = true;
    bool named = op->kind != OPERATION_MOVE && op->sandbox_id[0] != '\0'; // who moves it names it too
    (void)fail(&why, STATUS_READ_ONLY, "%s%sno %s in read-only mode", named ? op->sandbox_id : "",
               named ? ": " : "", verb_of(op) != NULL ? verb_of(op) : "new sandbox");
    operation_refuse(op, &why);
    return true;
}

// --- its line in the log ---

// A sandbox takes its credentials with it: its end is logged as theirs, without an id.
static int event_of(const struct operation *op)
{
    bool deletes = op->kind == OPERATION_MOVE && op->move.move == MOVE_DELETE;
    return deletes ? (int)EVENT_DELETED : kinds[op->kind].event;
}

static void log_end(const struct operation *op, const struct failure *why)
{
    const struct credential *credential = op->has_credential ? &op->credential : NULL;
    bool same = credential == NULL || (credential->verdict == VERDICT_VALID && op->before == VERDICT_VALID);
    if (event_of(op) == NOT_LOGGED || op->refused || op->not_a_tools || (is_quiet(op) && same) ||
        (op->service->closing && why->status == STATUS_CANCELLED))
        return;
    struct event event = {.kind = (enum event_kind)event_of(op),
                          .outcome = why->status,
                          .duration_ms = time_monotonic_ms() - op->begun_at};
    (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "%s", op->sandbox_id);
    (void)snprintf(event.id, sizeof event.id, "%s", credential != NULL ? credential->id : op->id);
    if (why->status != STATUS_OK) {
        (void)snprintf(event.message, sizeof event.message, "%s", failure_text(why));
        if (operation_is_issue(op))
            secret_hide(op->issue.commit.access.password, event.message);
    } else if (op->kind == OPERATION_VALIDATE) {
        if (credential != NULL && credential->verdict == VERDICT_INVALID) {
            event.outcome = STATUS_NOT_VALID;
            (void)snprintf(event.message, sizeof event.message, "the server says it is not valid");
        }
    } else if (credential != NULL) {
        (void)unparsed_text(&credential->unparsed, event.message, sizeof event.message);
    }
    service_log(op->service, &event);
}

// --- its steps ---

static enum status run_step(void *ctx, struct vault *vault)
{
    struct operation *op = ctx;
    return op->run(op, vault);
}

static void after_step(void *ctx)
{
    struct operation *op = ctx;
    if (op->run != NULL)
        service_note_vault(op->service, &op->why, is_quiet(op));
    if (op->after != NULL)
        op->after(op);
    else
        operation_end(op, &op->why);
}

void operation_queue(struct operation *op, operation_run *run, operation_after *after)
{
    op->run = run;
    op->after = after;
    op->step = (struct vault_step){
        .run = run != NULL ? run_step : NULL, .after = after_step, .ctx = op, .why = &op->why};
    vault_worker_queue(op->service, &op->step);
}

// --- ending ---

static void give_up_marks(struct operation *op)
{
    struct credential_service *service = op->service;
    const char *verb = verb_of(op);
    if (verb == NULL || op->refused)
        return;
    const struct fleet_row *row = fleet_find(service->fleet, op->sandbox_id);
    if (row != NULL && row->busy == verb)
        fleet_set_busy(service->fleet, op->sandbox_id, NULL);
    if (op->row != 0)
        fleet_set_credential_busy(service->fleet, op->row, NULL);
    service_changed(service);
}

static enum status run_give_room(struct operation *op, struct vault *vault)
{
    (void)op;
    vault_reserve_give(vault);
    return STATUS_OK;
}

void operation_tell(struct operation *op, const struct failure *why)
{
    // Noted before it is called: the callback may end the service, and nothing is reported twice.
    bool told = op->told || is_own(op) || op->cb.done == NULL;
    op->told = true;
    if (!told)
        kinds[op->kind].tell(op, why);
}

void operation_end(struct operation *op, const struct failure *why)
{
    take_out(op);
    give_up_marks(op);
    if (operation_is_issue(op) && op->issue.commit.has_room)
        operation_queue(operation_new_own(op->service, OPERATION_VAULT, 0), run_give_room, NULL);
    log_end(op, why); // before the callback: it may end the program
    operation_tell(op, why);
    if (kinds[op->kind].clear != NULL)
        kinds[op->kind].clear(op);
    secret_free(op->secret);
    free(op);
}

void operation_end_with(struct operation *op, const struct failure *why, const struct credential *credential)
{
    op->credential = *credential;
    op->has_credential = true;
    operation_end(op, why);
}

void operation_refuse(struct operation *op, const struct failure *why)
{
    op->why = *why;
    operation_queue(op, NULL, NULL);
}
