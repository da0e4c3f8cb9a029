// SPDX-License-Identifier: Apache-2.0
//
// vault_merge: Puts a reading of the vault into the fleet. Others write the vault too, and what this run
// knows of a credential, or is doing with it, is newer than what stands on the disk.

#include "api/service/credential_service_private.h"

#include <stdlib.h>
#include <string.h>

enum { FRESH_MS = 60 * 1000 }; // a verdict of another run counts for so long

// What another run has found valid counts while it is fresh; what this run knows stays known.
static enum credential_verdict verdict_of(const struct credential_service *service,
                                          const struct credential *read)
{
    const struct credential *known = service_by_row(service, read->sandbox_id, read->vault_row);
    if (read->verdict != VERDICT_VALID)
        return read->verdict;
    // Or what the server has said meanwhile is not on the disk yet: the list was read before.
    if (known != NULL && known->updated_at == read->updated_at && strcmp(known->id, read->id) == 0 &&
        (known->verdict == VERDICT_VALID || known->validated_at > read->validated_at))
        return known->verdict;
    // One from the future was written by a clock that can't be believed.
    int64_t age = service_now(service) - read->validated_at;
    return age > -FRESH_MS && age < FRESH_MS ? VERDICT_VALID : VERDICT_UNVERIFIED;
}

// Past its end, and of a sandbox that the server no longer lists: of no use to anybody.
static bool is_spent(const struct credential_service *service, const struct credential *read)
{
    const struct fleet_row *row = fleet_find(service->fleet, read->sandbox_id);
    return read->expires_at > 0 && read->expires_at <= service_now(service) &&
           fleet_is_complete(service->fleet) && (row == NULL || row->gone);
}

void service_take_vault(struct credential_service *service, const struct credential *list, size_t count)
{
    size_t used = 0;
    struct credential *all = calloc(count + service_unsaved_count(service) + 1, sizeof *all);
    if (all == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct operation *op = service_operation_on(service, list[i].vault_row);
        // What is in memory is newer than what the disk has there, and an intent of our own is not unknown
        // while its call is under way.
        if ((op != NULL && op->is_intent) || service_unsaved_of(service, list[i].vault_row) != NULL ||
            is_spent(service, &list[i]))
            continue;
        all[used] = list[i];
        // Nor is a credential that was marked before a regenerate.
        all[used].verdict =
            op != NULL && list[i].verdict == VERDICT_UNKNOWN ? op->before : verdict_of(service, &list[i]);
        used++;
    }
    for (const struct operation *save = service->unsaved; save != NULL; save = save->next) {
        const struct credential *known =
            service_by_row(service, save->save.commit.access.sandbox_id, save->row);
        if (known != NULL)
            all[used++] = *known;
    }
    (void)fleet_take_credentials(service->fleet, all, used);
    free(all);
    service_changed(service);
}

void service_take_labels(struct credential_service *service, struct vault_label **labels, size_t count)
{
    struct labelled_sandbox *list = calloc(count + 1, sizeof *list);
    if (list == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        list[i] = (*labels)[i].of;
    (void)fleet_take_labels(service->fleet, list, count);
    free(list);
    free(service->labels);
    service->labels = *labels;
    service->label_count = count;
    *labels = NULL;
    service_changed(service);
}
