// SPDX-License-Identifier: Apache-2.0
//
// json_out: Write the API's objects as JSON.

#include "tests/emulator/json_out.h"

#include <stdio.h>
#include <time.h>

enum { SSH_PORT = 22 };

static void add_time(cJSON *tree, const char *name, int64_t ms)
{
    char text[40], whole[40];
    struct tm parts;
    time_t seconds = (time_t)(ms / 1000);
    if (gmtime_r(&seconds, &parts) == NULL)
        return;
    (void)strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(text, sizeof text, "%.24s.%03dZ", whole, (int)(ms % 1000));
    (void)cJSON_AddStringToObject(tree, name, text);
}

cJSON *json_out_listed(const struct store_sandbox *sandbox)
{
    char pod[32];
    cJSON *tree = cJSON_CreateObject();
    (void)snprintf(pod, sizeof pod, "pod-%zu", sandbox->index % 7 + 1);
    (void)cJSON_AddStringToObject(tree, "id", sandbox->id);
    (void)cJSON_AddStringToObject(tree, "template_id", sandbox->template_name);
    (void)cJSON_AddStringToObject(tree, "pod_id", sandbox->state == STORE_STARTING ? "" : pod);
    (void)cJSON_AddStringToObject(tree, "state", store_state_name(sandbox->state));
    if (sandbox->launched_at > 0)
        add_time(tree, "launch_time", sandbox->launched_at);
    add_time(tree, "state_change_time", sandbox->changed_at);
    if (sandbox->timeout_at > 0)
        (void)cJSON_AddNumberToObject(tree, "timeout_at", (double)(sandbox->timeout_at / 1000));
    add_time(tree, "created_at", sandbox->created_at);
    return tree;
}

cJSON *json_out_sandbox(const struct store_sandbox *sandbox)
{
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, "id", sandbox->id);
    (void)cJSON_AddStringToObject(tree, "template_id", sandbox->template_name);
    (void)cJSON_AddItemToObject(tree, "mounts",
                                sandbox->mounts != NULL ? cJSON_Parse(sandbox->mounts) : cJSON_CreateArray());
    (void)cJSON_AddNumberToObject(tree, "vcpu", sandbox->vcpu);
    (void)cJSON_AddNumberToObject(tree, "memory", sandbox->memory_mib);
    (void)cJSON_AddNumberToObject(tree, "disk", sandbox->disk_mib);
    (void)cJSON_AddNumberToObject(tree, "timeout", sandbox->timeout_s);
    (void)cJSON_AddStringToObject(tree, "state", store_state_name(sandbox->state));
    (void)cJSON_AddBoolToObject(tree, "auto_pause", sandbox->auto_pause);
    if (sandbox->network_policy != NULL)
        (void)cJSON_AddItemToObject(tree, "network_policy", cJSON_Parse(sandbox->network_policy));
    add_time(tree, "created_at", sandbox->created_at);
    return tree;
}

cJSON *json_out_access(const struct store *store, const struct store_sandbox *sandbox,
                       const struct store_credential *credential)
{
    char address[16], command[256], port[32] = "";
    cJSON *tree = cJSON_CreateObject();
    store_address(sandbox->index, address);
    if (store_ssh_port(store) != SSH_PORT)
        (void)snprintf(port, sizeof port, "-p %d ", store_ssh_port(store));
    (void)snprintf(command, sizeof command, "ssh -o StrictHostKeyChecking=accept-new %s%s@%s", port,
                   credential->id, address);
    (void)cJSON_AddStringToObject(tree, "id", credential->id);
    (void)cJSON_AddStringToObject(tree, "sandbox_id", sandbox->id);
    (void)cJSON_AddStringToObject(tree, "password", credential->password);
    add_time(tree, "expires_at", credential->expires_at);
    add_time(tree, "created_at", credential->created_at);
    add_time(tree, "updated_at", credential->updated_at);
    (void)cJSON_AddStringToObject(tree, "ssh_command", command);
    return tree;
}
