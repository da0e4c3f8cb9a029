// SPDX-License-Identifier: Apache-2.0
//
// cli_json: make the JSON objects that verbs print. Times are RFC 3339 as in the API, but timeout_at, which
// the API gives in Unix seconds.

#include "views/cli/cli_json.h"

#include "views/output/json_output.h"

static void add_password(cJSON *object, const char *password)
{
    if (password != NULL)
        (void)cJSON_AddItemToObject(object, "password", cJSON_CreateStringReference(password));
}

void cli_json_add_end(cJSON *object, const struct credential *credential, int64_t now_ms)
{
    json_output_add_time(object, "expires_at", credential->expires_at);
    json_output_add_number(object, "remaining_seconds", credential->expires_at > 0,
                           credential_remaining(credential, now_ms) / 1000);
}

void cli_json_add_timeout(cJSON *object, int64_t timeout_at, int64_t now_ms)
{
    json_output_add_number(object, "timeout_remaining_seconds", timeout_at > 0,
                           timeout_at > now_ms ? (timeout_at - now_ms) / 1000 : 0);
}

void cli_json_add_label(cJSON *object, const struct sandbox_label *label)
{
    json_output_add_text(object, "name", label != NULL ? label->name : NULL);
    json_output_add_text(object, "note", label != NULL ? label->note : NULL);
    (void)cJSON_AddBoolToObject(object, "pinned", label != NULL && label->pinned);
}

cJSON *cli_json_credential(const struct credential *credential, const char *password, int64_t now_ms)
{
    cJSON *object = cJSON_CreateObject();
    json_output_add_text(object, "id", credential->id);
    (void)cJSON_AddStringToObject(object, "state",
                                  credential_state_name(credential_state(credential, now_ms)));
    cli_json_add_end(object, credential, now_ms);
    if (credential->sealed_elsewhere) // said where it is so; else nobody has to look for it
        (void)cJSON_AddBoolToObject(object, "sealed_with_another_key", true);
    if (credential->damaged)
        (void)cJSON_AddBoolToObject(object, "damaged", true);
    add_password(object, password);
    return object;
}

cJSON *cli_json_access(const struct credential *credential, const char *password, const char *ssh_command)
{
    cJSON *object = cJSON_CreateObject();
    json_output_add_text(object, "id", credential->id);
    (void)cJSON_AddStringToObject(object, "sandbox_id", credential->sandbox_id);
    add_password(object, password);
    json_output_add_time(object, "expires_at", credential->expires_at);
    json_output_add_time(object, "created_at", credential->created_at);
    json_output_add_time(object, "updated_at", credential->updated_at);
    json_output_add_text(object, "ssh_command", ssh_command);
    return object;
}

cJSON *cli_json_sandbox(const struct fleet_sandbox *sandbox, cJSON *access)
{
    cJSON *object = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(object, "id", sandbox->id);
    if (sandbox->id_malformed) // said where it is so: it only stands for the server's
        (void)cJSON_AddBoolToObject(object, "id_not_understood", true);
    json_output_add_text(object, "state", sandbox->state_name);
    json_output_add_text(object, "template_id", sandbox->template_id);
    json_output_add_time(object, "created_at", sandbox->created_at);
    json_output_add_number(object, "timeout_at", sandbox->timeout_at > 0, sandbox->timeout_at / 1000);
    if (!cJSON_AddItemToObject(object, "access", access))
        cJSON_Delete(access);
    return object;
}

cJSON *cli_json_new_sandbox(const struct sandbox *sandbox)
{
    cJSON *object = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(object, "id", sandbox->id);
    json_output_add_text(object, "state", sandbox->state_name);
    json_output_add_text(object, "template_id", sandbox->template_id);
    json_output_add_time(object, "created_at", sandbox->created_at);
    json_output_add_number(object, "vcpu", sandbox->vcpu > 0, sandbox->vcpu);
    json_output_add_number(object, "memory", sandbox->memory_mib > 0, sandbox->memory_mib);
    json_output_add_number(object, "disk", sandbox->disk_mib > 0, sandbox->disk_mib);
    json_output_add_number(object, "timeout", sandbox->timeout_s > 0, sandbox->timeout_s);
    (void)cJSON_AddBoolToObject(object, "auto_pause", sandbox->auto_pause);
    return object;
}

cJSON *cli_json_event(const char *type, int64_t now_ms)
{
    cJSON *object = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(object, "type", type);
    json_output_add_time(object, "at", now_ms);
    return object;
}
