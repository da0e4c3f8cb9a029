// SPDX-License-Identifier: Apache-2.0
//
// tools_watch: Knows which tools are connected to sandboxes, in all processes: looked at with each reading of
// the vault, with each refresh, and when one comes or goes, which the vault's folder tells of.

#include "api/service/credential_service_private.h"

#include <stdlib.h>
#include <string.h>

void service_run_tools(struct operation *op)
{
    // That it can't be read is no failure of the vault, and nobody's who waits for it.
    struct failure why = {.status = STATUS_OK};
    struct tools_reading *reading = &op->connected;
    reading->done =
        tool_registry_list(op->service->folder, &reading->list, &reading->count, &why) == STATUS_OK;
}

static bool is_same(const struct tools_reading *one, const struct tools_reading *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++)
        same = one->list[i].pid == other->list[i].pid && one->list[i].since_ms == other->list[i].since_ms &&
               strcmp(one->list[i].sandbox_id, other->list[i].sandbox_id) == 0;
    return same;
}

void service_after_tools(struct operation *op)
{
    struct credential_service *service = op->service;
    struct tools_reading *reading = &op->connected;
    if (reading->done && !is_same(reading, &service->connected)) {
        free(service->connected.list);
        service->connected = *reading;
        reading->list = NULL;
        service_changed(service);
    }
    free(reading->list);
    *reading = (struct tools_reading){.list = NULL};
}

static enum status run(struct operation *op, struct vault *vault)
{
    (void)vault;
    service_run_tools(op);
    return STATUS_OK;
}

static void after(struct operation *op)
{
    struct credential_service *service = op->service;
    bool again = service->tools_again;
    if (op->why.status == STATUS_OK)
        service_after_tools(op);
    service->tools_asked = service->tools_again = false;
    operation_end(op, &service_fine);
    if (again)
        service_look_for_tools(service);
}

void service_look_for_tools(struct credential_service *service)
{
    if (service->closing)
        return;
    // Many may come at once: what they change is then seen by one look more.
    service->tools_again = service->tools_asked;
    if (service->tools_asked)
        return;
    service->tools_asked = true;
    operation_queue(operation_new_own(service, OPERATION_VAULT, 0), run, after);
}

const struct connected_tool *service_tools(const struct credential_service *service, const char *sandbox_id,
                                           size_t *count)
{
    const struct tools_reading *all = &service->connected;
    size_t first = 0;
    while (first < all->count && strcmp(all->list[first].sandbox_id, sandbox_id) != 0)
        first++;
    *count = 0;
    while (first + *count < all->count && strcmp(all->list[first + *count].sandbox_id, sandbox_id) == 0)
        ++*count;
    return *count > 0 ? &all->list[first] : NULL;
}
