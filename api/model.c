// SPDX-License-Identifier: Apache-2.0
//
// model: owns the reading of the API's two objects. A field that is there must be right; what is absent is
// told by an empty value.

#include "api/model.h"

#include "api/json.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

// What stands beyond these is no time-out of a sandbox.
static const int64_t YEAR_2020_MS = 1577836800000, YEAR_2100_MS = 4102444800000;
enum { PORT_MAX = 65535, PASSWORD_MAX = 1024 };
static const int64_t NUMBER_MAX = 1LL << 40;

bool id_is_valid(const char *id)
{
    size_t length = strlen(id);
    if (length == 0 || length >= ID_CAP || id[0] == '.' || id[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)id[i]) && id[i] != '.' && id[i] != '_' && id[i] != '-')
            return false;
    return true;
}

// FNV-1a; its low bits alone are poor, so the high ones are folded in.
size_t id_hash(const char *id)
{
    uint64_t hash = 14695981039346656037u;
    for (; *id != '\0'; id++)
        hash = (hash ^ (unsigned char)*id) * 1099511628211u;
    return (size_t)(hash ^ hash >> 29);
}

enum sandbox_state sandbox_state_of(const char *name)
{
    static const char *const names[] = {
#define X(name) #name,
        SANDBOX_STATE_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return (enum sandbox_state)i;
    return SANDBOX_other;
}

static enum status bad_field(struct failure *why, const char *object, const char *field)
{
    return fail(why, STATUS_MALFORMED, "the answer's %s has a %s that can't be right", object, field);
}

// Zero and nonsense mean "not told".
static void sane_time(int64_t *ms)
{
    if (*ms < YEAR_2020_MS || *ms > YEAR_2100_MS)
        *ms = 0;
}

static const char *read_sandbox_times(const cJSON *json, struct sandbox *sandbox)
{
    const struct {
        const char *name;
        int64_t *ms;
    } times[] = {{"created_at", &sandbox->created_at},
                 {"launch_time", &sandbox->launch_time},
                 {"state_change_time", &sandbox->state_change_time},
                 {"timeout_at", &sandbox->timeout_at}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (!json_get_time(json, times[i].name, times[i].ms))
            return times[i].name;
        sane_time(times[i].ms);
    }
    return NULL;
}

// The fields of a full sandbox. vcpu tells whether it is one.
static const char *read_details(const cJSON *json, struct sandbox *sandbox)
{
    int64_t vcpu = 0;
    const cJSON *policy = cJSON_GetObjectItemCaseSensitive(json, "network_policy");
    if (!json_get_int(json, "vcpu", 0, 1024, &vcpu))
        return "vcpu";
    if (!json_get_int(json, "memory", 0, NUMBER_MAX, &sandbox->memory_mib))
        return "memory";
    if (!json_get_int(json, "disk", 0, NUMBER_MAX, &sandbox->disk_mib))
        return "disk";
    if (!json_get_int(json, "timeout", 0, NUMBER_MAX, &sandbox->timeout_s))
        return "timeout";
    if (!json_get_bool(json, "auto_pause", &sandbox->auto_pause))
        return "auto_pause";
    // Its shape is not documented well: a word, or an object with a mode. Anything else is left out.
    if (cJSON_IsObject(policy))
        (void)json_get_text(policy, "mode", sandbox->network_mode, sizeof sandbox->network_mode);
    else if (cJSON_IsString(policy))
        (void)json_get_text(json, "network_policy", sandbox->network_mode, sizeof sandbox->network_mode);
    sandbox->vcpu = (int)vcpu;
    sandbox->detailed = vcpu > 0;
    return NULL;
}

enum status sandbox_from_json(const struct cJSON *json, struct sandbox *out, struct failure *why)
{
    struct sandbox sandbox;
    memset(&sandbox, 0, sizeof sandbox);
    if (!cJSON_IsObject(json))
        return fail(why, STATUS_MALFORMED, "the answer is not a sandbox");
    if (!json_get_text(json, "id", sandbox.id, sizeof sandbox.id) || !id_is_valid(sandbox.id))
        return bad_field(why, "sandbox", "id");
    if (!json_get_text(json, "template_id", sandbox.template_id, sizeof sandbox.template_id))
        return bad_field(why, sandbox.id, "template_id");
    if (!json_get_text(json, "pod_id", sandbox.pod_id, sizeof sandbox.pod_id))
        return bad_field(why, sandbox.id, "pod_id");
    if (!json_get_text(json, "state", sandbox.state_name, sizeof sandbox.state_name))
        return bad_field(why, sandbox.id, "state");
    const char *field = read_sandbox_times(json, &sandbox);
    if (field == NULL)
        field = read_details(json, &sandbox);
    if (field != NULL)
        return bad_field(why, sandbox.id, field);
    sandbox.state = sandbox_state_of(sandbox.state_name);
    *out = sandbox;
    return STATUS_OK;
}

static const char *read_access(const cJSON *json, struct access *access)
{
    int64_t port = 0;
    if (!json_get_text(json, "id", access->id, sizeof access->id) || !id_is_valid(access->id))
        return "id";
    if (!json_get_text(json, "sandbox_id", access->sandbox_id, sizeof access->sandbox_id) ||
        (access->sandbox_id[0] != '\0' && !id_is_valid(access->sandbox_id)))
        return "sandbox_id";
    if (!json_get_time(json, "expires_at", &access->expires_at) || access->expires_at < 0)
        return "expires_at";
    if (!json_get_time(json, "created_at", &access->created_at))
        return "created_at";
    if (!json_get_time(json, "updated_at", &access->updated_at))
        return "updated_at";
    if (!json_get_text(json, "ssh_command", access->ssh_command, sizeof access->ssh_command))
        return "ssh_command";
    if (!json_get_text(json, "host", access->host, sizeof access->host))
        return "host";
    if (!json_get_int(json, "port", 0, PORT_MAX, &port))
        return "port";
    if (!json_get_text(json, "username", access->username, sizeof access->username))
        return "username";
    access->port = (int)port;
    return NULL;
}

enum status access_from_json(const struct cJSON *json, struct access *out, struct failure *why)
{
    struct access access;
    char password[PASSWORD_MAX + 1] = "";
    memset(&access, 0, sizeof access);
    if (!cJSON_IsObject(json))
        return fail(why, STATUS_MALFORMED, "the answer is not an access object");
    const char *field = read_access(json, &access);
    if (field == NULL && !json_get_text(json, "password", password, sizeof password))
        field = "password";
    if (field != NULL) {
        sodium_memzero(password, sizeof password);
        return bad_field(why, "access object", field);
    }
    if (password[0] != '\0') {
        access.password = secret_new(password, strlen(password));
        sodium_memzero(password, sizeof password);
        if (access.password == NULL)
            return fail(why, STATUS_NO_MEMORY, "no locked memory for a password");
    }
    *out = access;
    return STATUS_OK;
}

void access_clear(struct access *access)
{
    secret_free(access->password);
    memset(access, 0, sizeof *access);
}
