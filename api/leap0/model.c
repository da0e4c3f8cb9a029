// SPDX-License-Identifier: Apache-2.0
//
// model: Read the API's two objects from JSON. Only what must be right decides whether there is an object.

#include "api/leap0/model.h"

#include "api/base/json.h"
#include "api/base/utf8.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

// What stands beyond these is no time-out of a sandbox.
static const int64_t YEAR_2020_MS = 1577836800000, YEAR_2100_MS = 4102444800000;
enum { PORT_MAX = 65535, PASSWORD_MAX = 1024, VCPU_MAX = 1024 };
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

static enum sandbox_state state_of(const char *name)
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
    return fail(why, STATUS_MALFORMED, "the response's %s has %s %s that can't be right", object,
                strchr("aeio", field[0]) != NULL ? "an" : "a", field);
}

// --- fields that may be unknown ---

void unparsed_add(struct unparsed *unparsed, const char *name, const char *value)
{
    if (unparsed->count++ > 0)
        return;
    (void)utf8_copy(name, unparsed->name, sizeof unparsed->name);
    (void)utf8_copy(value, unparsed->value, sizeof unparsed->value);
}

void unparsed_add_text(struct unparsed *unparsed, const char *name, const char *text)
{
    char part[UNPARSED_VALUE_CAP - 2], quoted[UNPARSED_VALUE_CAP];
    (void)utf8_copy(text, part, sizeof part);
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", part);
    unparsed_add(unparsed, name, quoted);
}

char *unparsed_text(const struct unparsed *unparsed, char *out, size_t cap)
{
    out[0] = '\0';
    if (unparsed->count == 1)
        (void)snprintf(out, cap, "%s not understood: %s", unparsed->name, unparsed->value);
    else if (unparsed->count > 1)
        (void)snprintf(out, cap, "%s not understood: %s, and %u more field%s", unparsed->name,
                       unparsed->value, unparsed->count - 1, unparsed->count > 2 ? "s" : "");
    return out;
}

// An object on its way: fields are taken out of json, and what is not understood is put into unparsed.
struct reading {
    const cJSON *json;
    struct unparsed *unparsed;
    const struct secret *const *password; // not to be quoted; NULL: there can be none
    bool camel;                           // names also as JavaScript writes them
};

// The name under which the field stands in the object.
static const char *spelling(const struct reading *reading, const char *name, char camel[UNPARSED_NAME_CAP])
{
    size_t used = 0;
    if (!reading->camel || cJSON_GetObjectItemCaseSensitive(reading->json, name) != NULL)
        return name;
    for (const char *at = name; *at != '\0' && used + 1 < UNPARSED_NAME_CAP; at++)
        if (*at != '_')
            camel[used++] = (char)(at > name && at[-1] == '_' ? toupper((unsigned char)*at) : *at);
    camel[used] = '\0';
    return cJSON_GetObjectItemCaseSensitive(reading->json, camel) != NULL ? camel : name;
}

static bool has_password(const struct reading *reading, const char *text)
{
    const struct secret *password = reading->password != NULL ? *reading->password : NULL;
    return password != NULL && secret_length(password) >= SECRET_HIDE_MIN &&
           strstr(text, secret_text(password)) != NULL;
}

static void note_unparsed(const struct reading *reading, const char *name)
{
    char number[UNPARSED_VALUE_CAP];
    const char *text = "an object";
    bool twice = false;
    const cJSON *value = json_member(reading->json, name, &twice);
    const char *string = cJSON_GetStringValue(value);
    if (string != NULL && !has_password(reading, string)) {
        unparsed_add_text(reading->unparsed, name, string);
        return;
    }
    if (twice) {
        text = "it is there twice";
    } else if (string != NULL) {
        text = "(it contains the password)";
    } else if (cJSON_IsNumber(value)) {
        (void)snprintf(number, sizeof number, "%.15g", value->valuedouble);
        text = number;
    } else if (cJSON_IsBool(value)) {
        text = cJSON_IsTrue(value) ? "true" : "false";
    } else if (cJSON_IsArray(value)) {
        text = "an array";
    }
    unparsed_add(reading->unparsed, name, text);
}

// Too long: cut, or unknown where a part would be wrong.
static void take_text(const struct reading *reading, const char *field, char *out, size_t cap, bool may_cut)
{
    char camel[UNPARSED_NAME_CAP];
    const char *name = spelling(reading, field, camel);
    bool twice = false;
    const cJSON *value = json_member(reading->json, name, &twice);
    if (value == NULL && !twice)
        return;
    const char *text = cJSON_GetStringValue(value);
    if (may_cut && text != NULL && utf8_is_clean(text))
        (void)utf8_copy(text, out, cap);
    else if (!json_get_text(reading->json, name, out, cap))
        note_unparsed(reading, name);
}

static int64_t take_int(const struct reading *reading, const char *name, int64_t most)
{
    int64_t value = 0;
    if (!json_get_int(reading->json, name, 0, most, &value))
        note_unparsed(reading, name);
    return value;
}

// Before 2020 and after 2100 nothing happens to a sandbox. Many servers write "none" as the year 1 or as
// 1970 (or -1): that is only unparsed where it must be given.
static int64_t take_time(const struct reading *reading, const char *field, bool must_be_given)
{
    char camel[UNPARSED_NAME_CAP];
    const char *name = spelling(reading, field, camel);
    int64_t ms = INT64_MIN;
    if (!json_get_time(reading->json, name, &ms))
        note_unparsed(reading, name);
    else if (ms >= YEAR_2020_MS && ms <= YEAR_2100_MS)
        return ms;
    else if (ms > 0 || (must_be_given && ms != INT64_MIN))
        note_unparsed(reading, name);
    return 0;
}

// --- a sandbox ---

// What stands for an id that is none. It is the server's text where that can be shown whole; else a hash of
// all of it tells apart what looks the same. '~' is in no valid id.
static void stand_in(const char *text, bool is_text, char out[ID_CAP])
{
    enum { HASH_SHOWN = 8, ROOM = ID_CAP - 2 * HASH_SHOWN - 1 };
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char shown[ROOM];
    bool whole = utf8_copy(text, out, ID_CAP) && strpbrk(text, " ~") == NULL;
    if (whole && is_text)
        return;
    (void)utf8_copy(text, shown, sizeof shown);
    for (char *at = shown; *at != '\0'; at++)
        if (*at == ' ')
            *at = '_';
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)text, strlen(text), NULL, 0);
    size_t used = (size_t)snprintf(out, ID_CAP, "%s~", shown);
    (void)sodium_bin2hex(out + used, ID_CAP - used, hash, HASH_SHOWN);
}

static enum status read_id(const cJSON *json, struct sandbox *sandbox, struct failure *why)
{
    char number[32];
    bool twice = false;
    const cJSON *value = json_member(json, "id", &twice);
    const char *text = cJSON_GetStringValue(value);
    if (cJSON_IsNumber(value)) {
        (void)snprintf(number, sizeof number, "%.17g", value->valuedouble);
        text = number;
    }
    if (text == NULL || text[0] == '\0')
        return bad_field(why, "sandbox", "id");
    sandbox->id_malformed = text == number || !id_is_valid(text);
    if (sandbox->id_malformed)
        stand_in(text, text != number, sandbox->id);
    else
        (void)snprintf(sandbox->id, sizeof sandbox->id, "%s", text);
    return STATUS_OK;
}

// The fields of a full sandbox: any of them shows that it is one.
static void read_details(const struct reading *reading, struct sandbox *sandbox)
{
    const cJSON *policy = cJSON_GetObjectItemCaseSensitive(reading->json, "network_policy");
    sandbox->vcpu = (int)take_int(reading, "vcpu", VCPU_MAX);
    sandbox->memory_mib = take_int(reading, "memory", NUMBER_MAX);
    sandbox->disk_mib = take_int(reading, "disk", NUMBER_MAX);
    sandbox->timeout_s = take_int(reading, "timeout", NUMBER_MAX);
    if (!json_get_bool(reading->json, "auto_pause", &sandbox->auto_pause))
        note_unparsed(reading, "auto_pause");
    // Its shape is not documented well: a word, or an object with a mode. Anything else is left out.
    if (cJSON_IsObject(policy))
        (void)json_get_text(policy, "mode", sandbox->network_mode, sizeof sandbox->network_mode);
    else if (cJSON_IsString(policy))
        (void)json_get_text(reading->json, "network_policy", sandbox->network_mode,
                            sizeof sandbox->network_mode);
    sandbox->detailed =
        sandbox->vcpu > 0 || sandbox->memory_mib > 0 || sandbox->disk_mib > 0 || sandbox->timeout_s > 0;
}

enum status sandbox_from_json(const struct cJSON *json, struct sandbox *out, struct failure *why)
{
    struct sandbox sandbox;
    const struct reading reading = {.json = json, .unparsed = &sandbox.unparsed};
    memset(&sandbox, 0, sizeof sandbox);
    if (!cJSON_IsObject(json))
        return fail(why, STATUS_MALFORMED, "the response is not a sandbox");
    enum status status = read_id(json, &sandbox, why);
    if (status != STATUS_OK)
        return status;
    take_text(&reading, "template_id", sandbox.template_id, sizeof sandbox.template_id, true);
    take_text(&reading, "pod_id", sandbox.pod_id, sizeof sandbox.pod_id, true);
    take_text(&reading, "state", sandbox.state_name, sizeof sandbox.state_name, true);
    sandbox.created_at = take_time(&reading, "created_at", false);
    sandbox.launch_time = take_time(&reading, "launch_time", false);
    sandbox.state_change_time = take_time(&reading, "state_change_time", false);
    sandbox.timeout_at = take_time(&reading, "timeout_at", false);
    read_details(&reading, &sandbox);
    sandbox.state = state_of(sandbox.state_name);
    *out = sandbox;
    return STATUS_OK;
}

const char *sandbox_state_text(const struct sandbox *sandbox)
{
    return sandbox->state_name[0] != '\0' ? sandbox->state_name : "unknown";
}

// --- an access ---

// Of another sandbox than ours it is of no use; which one it is follows from the call when that is not a
// text.
static bool read_sandbox_id(const struct reading *reading, struct access *access)
{
    char camel[UNPARSED_NAME_CAP];
    const char *name = spelling(reading, "sandbox_id", camel);
    bool twice = false;
    const cJSON *value = json_member(reading->json, name, &twice);
    if (cJSON_IsString(value))
        return json_get_text(reading->json, name, access->sandbox_id, sizeof access->sandbox_id) &&
               (access->sandbox_id[0] == '\0' || id_is_valid(access->sandbox_id));
    if (value != NULL || twice)
        note_unparsed(reading, name);
    return true;
}

static enum status read_password(const cJSON *json, struct access *access, struct failure *why)
{
    char password[PASSWORD_MAX + 1] = "";
    enum status status = STATUS_OK;
    // What JSON can't hold has become U+FFFD: that opens nothing.
    if (!json_get_text(json, "password", password, sizeof password) ||
        strstr(password, "\xef\xbf\xbd") != NULL) {
        status = bad_field(why, "access object", "password");
    } else if (password[0] != '\0') {
        access->password = secret_new(password, strlen(password));
        if (access->password == NULL)
            status = fail(why, STATUS_NO_MEMORY, "can't lock memory for a password");
    }
    sodium_memzero(password, sizeof password);
    return status;
}

enum status access_from_json(const struct cJSON *json, struct access *out, struct failure *why)
{
    struct access access;
    const struct reading reading = {.json = json,
                                    .unparsed = &access.unparsed,
                                    .password = (const struct secret *const *)&access.password,
                                    .camel = true};
    memset(&access, 0, sizeof access);
    if (!cJSON_IsObject(json))
        return fail(why, STATUS_MALFORMED, "the response is not an access object");
    if (!json_get_text(json, "id", access.id, sizeof access.id) || !id_is_valid(access.id))
        return bad_field(why, "access object", "id");
    if (!read_sandbox_id(&reading, &access))
        return bad_field(why, "access object", "sandbox_id");
    enum status status = read_password(json, &access, why);
    if (status != STATUS_OK)
        return status;
    access.expires_at = take_time(&reading, "expires_at", true);
    access.created_at = take_time(&reading, "created_at", false);
    access.updated_at = take_time(&reading, "updated_at", false);
    take_text(&reading, "ssh_command", access.ssh_command, sizeof access.ssh_command, false);
    take_text(&reading, cJSON_GetObjectItemCaseSensitive(json, "host") != NULL ? "host" : "hostname",
              access.host, sizeof access.host, false);
    access.port = (int)take_int(&reading, "port", PORT_MAX);
    take_text(&reading, "username", access.username, sizeof access.username, false);
    *out = access;
    return STATUS_OK;
}

void access_clear(struct access *access)
{
    secret_free(access->password);
    memset(access, 0, sizeof *access);
}
