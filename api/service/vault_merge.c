// SPDX-License-Identifier: Apache-2.0
//
// vault_merge: owns what a reading of the vault means for the fleet: others write it too, and what this run
// knows of a credential, or is doing with it, is newer than what stands on the disk.

#include "api/service/credential_service_private.h"

#include <stdlib.h>
#include <string.h>

// What another run has found valid counts while it is fresh; what this run knows stays known.
static enum credential_verdict verdict_of(struct credential_service *service, const struct credential *read)
{
    const struct fleet_row *row = fleet_find(service->fleet, read->sandbox_id);
    if (read->verdict != VERDICT_VALID)
        return read->verdict;
    for (size_t i = 0; row != NULL && i < row->credential_count; i++) {
        const struct credential *known = &row->credentials[i];
        if (known->vault_row != read->vault_row || known->updated_at != read->updated_at ||
            strcmp(known->id, read->id) != 0)
            continue;
        // Or what the server has said meanwhile is not on the disk yet: the list was read before.
        if (known->verdict == VERDICT_VALID || known->validated_at > read->validated_at)
            return known->verdict;
    }
    // One from the future was written by a clock that can't be believed.
    int64_t age = service_now(service) - read->validated_at;
    return age > -SERVICE_FRESH_MS && age < SERVICE_FRESH_MS ? VERDICT_VALID : VERDICT_UNVERIFIED;
}

// Past its end, and of a sandbox that the server no longer lists: of no use to anybody.
static bool is_spent(const struct credential_service *service, const struct credential *read)
{
    const struct fleet_row *row = fleet_find(service->fleet, read->sandbox_id);
    return read->expires_at > 0 && read->expires_at <= service_now(service) &&
           fleet_is_loaded(service->fleet) && (row == NULL || row->gone);
}

const struct service_op *service_op_on(const struct credential_service *service, int64_t row)
{
    for (const struct service_op *op = service->ops; op != NULL; op = op->next)
        if (op->row == row)
            return op;
    return NULL;
}

void service_take_vault(struct credential_service *service, const struct credential *list, size_t count)
{
    size_t more = 0, used = 0;
    for (const struct service_unsaved *one = service->unsaved; one != NULL; one = one->next)
        more++;
    struct credential *all = calloc(count + more + 1, sizeof *all);
    if (all == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct service_op *op = service_op_on(service, list[i].vault_row);
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
    for (const struct service_unsaved *one = service->unsaved; one != NULL; one = one->next) {
        const struct fleet_row *row = fleet_find(service->fleet, one->access.sandbox_id);
        for (size_t i = 0; row != NULL && i < row->credential_count; i++)
            if (row->credentials[i].vault_row == one->row)
                all[used++] = row->credentials[i];
    }
    (void)fleet_take_credentials(service->fleet, all, used);
    free(all);
    service_changed(service);
}
