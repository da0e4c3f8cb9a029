// SPDX-License-Identifier: Apache-2.0
//
// label_calls: Change the operator's names, notes and pins in the vault and then in the fleet, and tell the
// vault which of their sandboxes have gone. Nothing of it is sent.

#include "api/service/credential_service_private.h"

#include "api/base/time_util.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// --- one ---

static enum status run_change(struct operation *op, struct vault *vault)
{
    return vault_label_change(vault, op->sandbox_id, &op->label.change, &op->label.before, &op->label.after,
                              &op->why);
}

static void after_change(struct operation *op)
{
    struct credential_service *service = op->service;
    if (op->why.status == STATUS_OK && !service->closing) {
        (void)fleet_set_label(service->fleet, op->sandbox_id, &op->label.after);
        service_changed(service);
        if (op->label.change.sets_name)
            service_reload(service); // it may have been taken off a sandbox that is gone
    }
    operation_end(op, &op->why);
}

static enum status check(const struct fleet *fleet, const char *sandbox_id, const struct label_change *change,
                         struct failure *why)
{
    enum status status = STATUS_OK;
    if (!id_is_valid(sandbox_id))
        return fail(why, STATUS_MALFORMED, "the id of '%s' is malformed: sbxdeck can't use it", sandbox_id);
    // That another has the name the vault knows better.
    if (change->sets_name && change->to.name[0] != '\0') {
        status = fleet_name_check(fleet, sandbox_id, change->to.name, why);
        if (status == STATUS_CONFLICT && label_map_named(fleet_labels(fleet), change->to.name) != NULL)
            status = STATUS_OK;
    }
    if (status == STATUS_OK && change->sets_note)
        status = sandbox_label_check_note(change->to.note, why);
    return status;
}

void service_change_label(struct credential_service *service, const char *sandbox_id,
                          const struct label_change *change, service_label_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_LABEL, sandbox_id, NULL, ctx);
    struct failure why;
    op->cb.label = cb;
    op->label.change = *change;
    if (check(service->fleet, sandbox_id, change, &why) != STATUS_OK)
        operation_refuse(op, &why);
    else
        operation_queue(op, run_change, after_change);
}

enum status service_check_new_name(const struct credential_service *service, const char *name,
                                   struct failure *why)
{
    enum status status = fleet_name_check(service->fleet, "", name, why);
    // Of one that is gone it is free.
    for (size_t i = 0; status == STATUS_CONFLICT && i < service->label_count; i++)
        if (service->labels[i].gone_at != 0 && strcasecmp(service->labels[i].of.label.name, name) == 0)
            return STATUS_OK;
    return status;
}

// --- many ---

static enum status run_import(struct operation *op, struct vault *vault)
{
    enum status status = vault_labels_import(vault, op->labels.list, op->labels.count, op->labels.how,
                                             &op->labels.changed, &op->why);
    return status == STATUS_OK ? vault_labels(vault, &op->labels.labels, &op->labels.label_count, &op->why)
                               : status;
}

static void after_import(struct operation *op)
{
    if (op->why.status == STATUS_OK && !op->service->closing)
        service_take_labels(op->service, &op->labels.labels, op->labels.label_count);
    operation_end(op, &op->why);
}

static enum status check_all(const struct labelled_sandbox *list, size_t count, struct failure *why)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        if (!id_is_valid(list[i].sandbox_id))
            status = fail(why, STATUS_BAD_ARGUMENT, "'%s' can't be the id of a sandbox", list[i].sandbox_id);
        if (status == STATUS_OK && list[i].label.name[0] != '\0')
            status = sandbox_label_check_name(list[i].label.name, why);
        if (status == STATUS_OK)
            status = sandbox_label_check_note(list[i].label.note, why);
    }
    return status;
}

void service_import_labels(struct credential_service *service, const struct labelled_sandbox *list,
                           size_t count, enum label_import how, service_labels_cb *cb, void *ctx)
{
    struct operation *op = operation_new(service, OPERATION_LABELS_IMPORT, "", NULL, ctx);
    struct failure why = {.status = STATUS_NO_MEMORY};
    op->cb.labels = cb;
    op->labels.how = how;
    op->labels.count = count;
    op->labels.list = calloc(count + 1, sizeof *list);
    if (op->labels.list == NULL || check_all(list, count, &why) != STATUS_OK) {
        operation_refuse(op, &why);
        return;
    }
    if (count > 0)
        memcpy(op->labels.list, list, count * sizeof *list);
    operation_queue(op, run_import, after_import);
}

// --- sandboxes that go ---

static enum status run_sight(struct operation *op, struct vault *vault)
{
    enum status status =
        vault_labels_sighted(vault, op->sight.list, op->sight.count, time_wall_ms(), &op->why);
    return status == STATUS_OK ? vault_labels(vault, &op->sight.labels, &op->sight.label_count, &op->why)
                               : status;
}

static void after_sight(struct operation *op)
{
    op->service->sighting = false;
    if (op->why.status == STATUS_OK && !op->service->closing)
        service_take_labels(op->service, &op->sight.labels, op->sight.label_count);
    operation_end(op, &op->why);
}

// An API key keeps what it sees, so that another organisation's lists say nothing of it; one that replaces it
// takes over after a while. Programs with different keys don't take it from each other by turns.
enum { SEEN_MS = 12 * 3600 * 1000, SEEN_BY_OTHER_MS = 24 * 3600 * 1000 };

// Whether a list has told something of it that the vault does not know yet, or it has been gone for long.
static bool is_news(const struct credential_service *service, const struct vault_label *label, bool *there)
{
    const struct fleet_row *row = fleet_find(service->fleet, label->of.sandbox_id);
    const int64_t now = time_wall_ms(),
                  unseen = now > label->seen_at ? now - label->seen_at : label->seen_at - now;
    *there = row != NULL && !row->gone && row->sandbox.state != SANDBOX_deleted;
    if (*there)
        return label->gone_at != 0 || unseen >= (label->of_other_key ? SEEN_BY_OTHER_MS : SEEN_MS);
    if (label->of_other_key)
        return false;
    return label->gone_at == 0 || now - label->gone_at >= VAULT_LABEL_KEPT_MS;
}

void service_sight_labels(struct credential_service *service)
{
    const struct fleet_listing *listing = fleet_listing(service->fleet);
    struct label_sighting *list = NULL;
    size_t used = 0;
    bool there = false;
    if (service->closing || service->sighting || service->label_count == 0 ||
        service->last.status != STATUS_OK || service->vault_failure.status != STATUS_OK ||
        !fleet_is_complete(service->fleet) || listing->incomplete || listing->left_out > 0)
        return;
    for (size_t i = 0; i < service->label_count; i++) {
        if (!is_news(service, &service->labels[i], &there))
            continue;
        if (list == NULL && (list = calloc(service->label_count, sizeof *list)) == NULL)
            return;
        memcpy(list[used].sandbox_id, service->labels[i].of.sandbox_id, sizeof list[used].sandbox_id);
        list[used++].there = there;
    }
    if (used == 0)
        return;
    struct operation *op = operation_new_own(service, OPERATION_SIGHT, 0);
    service->sighting = true;
    op->sight.list = list;
    op->sight.count = used;
    operation_queue(op, run_sight, after_sight);
}
