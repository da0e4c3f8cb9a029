// SPDX-License-Identifier: Apache-2.0
//
// routes_new: Create a sandbox. Every field is checked by the service's description.

#include "tests/emulator/json_out.h"
#include "tests/emulator/routes_private.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOMAINS_MAX = 50, CIDRS_MAX = 10, TRANSFORMS_MAX = 20, MOUNTS_MAX = 8, DISK_MIB = 10240 };

static const cJSON *field_of(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool is_text(const cJSON *value)
{
    return cJSON_IsString(value) && value->valuestring[0] != '\0';
}

static int number(struct exchange *exchange, const char *name, int fallback, int least, int most)
{
    const cJSON *value = field_of(exchange->body, name);
    if (value == NULL)
        return fallback;
    if (!cJSON_IsNumber(value) || value->valuedouble < least || value->valuedouble > most ||
        floor(value->valuedouble) != value->valuedouble) {
        char text[64];
        (void)snprintf(text, sizeof text, "must be a whole number from %d to %d", least, most);
        routes_add_error(exchange, name, text);
        return fallback;
    }
    return (int)value->valuedouble;
}

static bool all_texts(const cJSON *values)
{
    const cJSON *value = NULL;
    cJSON_ArrayForEach(value, values)
    {
        if (!cJSON_IsString(value))
            return false;
    }
    return true;
}

// --- the network policy ---

static bool is_cidr(const char *text)
{
    unsigned char address[16];
    char copy[64];
    char *end = NULL;
    const char *slash = strchr(text, '/');
    if (slash == NULL || (size_t)(slash - text) >= sizeof copy || slash[1] < '0' || slash[1] > '9')
        return false;
    (void)snprintf(copy, sizeof copy, "%.*s", (int)(slash - text), text);
    long bits = strtol(slash + 1, &end, 10);
    if (*end != '\0')
        return false;
    return (inet_pton(AF_INET, copy, address) == 1 && bits <= 32) ||
           (inet_pton(AF_INET6, copy, address) == 1 && bits <= 128);
}

// An array of at most so many, or not there.
static bool is_list(const cJSON *list, int most)
{
    return list == NULL || (cJSON_IsArray(list) && cJSON_GetArraySize(list) <= most);
}

static bool are_cidrs(const cJSON *list)
{
    const cJSON *value = NULL;
    cJSON_ArrayForEach(value, list)
    {
        if (!cJSON_IsString(value) || !is_cidr(value->valuestring))
            return false;
    }
    return true;
}

static bool are_transforms(const cJSON *list)
{
    const cJSON *rule = NULL;
    cJSON_ArrayForEach(rule, list)
    {
        const cJSON *added = field_of(rule, "inject_headers"), *taken = field_of(rule, "strip_headers");
        if (!cJSON_IsObject(rule) || !is_text(field_of(rule, "domain")) ||
            (added != NULL && (!cJSON_IsObject(added) || !all_texts(added))) ||
            (taken != NULL && (!cJSON_IsArray(taken) || !all_texts(taken))))
            return false;
    }
    return true;
}

// NULL: none, or refused.
static char *network_policy(struct exchange *exchange)
{
    const cJSON *policy = field_of(exchange->body, "network_policy");
    const cJSON *mode = field_of(policy, "mode");
    const cJSON *domains = field_of(policy, "allow_domains"), *cidrs = field_of(policy, "allow_cidrs");
    const cJSON *transforms = field_of(policy, "transforms");
    if (policy == NULL || cJSON_IsNull(policy))
        return NULL;
    if (!cJSON_IsObject(policy))
        routes_add_error(exchange, "network_policy", "must be an object");
    else if (!cJSON_IsString(mode) ||
             (strcmp(mode->valuestring, "allow-all") != 0 && strcmp(mode->valuestring, "deny-all") != 0 &&
              strcmp(mode->valuestring, "custom") != 0))
        routes_add_error(exchange, "network_policy.mode", "must be allow-all, deny-all or custom");
    else if (!is_list(domains, DOMAINS_MAX) || !all_texts(domains))
        routes_add_error(exchange, "network_policy.allow_domains", "must be at most 50 names");
    else if (!is_list(cidrs, CIDRS_MAX) || !are_cidrs(cidrs))
        routes_add_error(exchange, "network_policy.allow_cidrs", "must be at most 10 ranges");
    else if (!is_list(transforms, TRANSFORMS_MAX) || !are_transforms(transforms))
        routes_add_error(exchange, "network_policy.transforms",
                         "must be at most 20 rules, each for a domain");
    else
        return cJSON_PrintUnformatted(policy);
    return NULL;
}

// --- mounts and the environment ---

static bool is_mount(const cJSON *mount)
{
    const cJSON *type = field_of(mount, "type"), *path = field_of(mount, "mount_path");
    const cJSON *prefix = field_of(mount, "prefix"), *read_only = field_of(mount, "read_only");
    const cJSON *key = field_of(mount, "access_key_id"), *secret = field_of(mount, "secret_access_key");
    return cJSON_IsString(type) && strcmp(type->valuestring, "object-storage") == 0 &&
           is_text(field_of(mount, "bucket")) && is_text(field_of(mount, "endpoint")) && is_text(path) &&
           path->valuestring[0] == '/' &&
           (prefix == NULL ||
            (is_text(prefix) && prefix->valuestring[strlen(prefix->valuestring) - 1] == '/')) &&
           (read_only == NULL || cJSON_IsBool(read_only)) && (key == NULL || cJSON_IsString(key)) &&
           (secret == NULL || cJSON_IsString(secret));
}

// As they are told: with an id, without what opens the bucket.
static cJSON *mount_told(const cJSON *mount, int which)
{
    static const char *const told[] = {"type", "bucket", "mount_path", "prefix", "read_only"};
    char id[32];
    cJSON *tree = cJSON_CreateObject();
    (void)snprintf(id, sizeof id, "mnt-%d", which + 1);
    (void)cJSON_AddStringToObject(tree, "id", id);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        const cJSON *value = field_of(mount, told[i]);
        if (value != NULL)
            (void)cJSON_AddItemToObject(tree, told[i], cJSON_Duplicate(value, true));
    }
    return tree;
}

// NULL: none, or refused.
static char *mounts(struct exchange *exchange)
{
    const cJSON *list = field_of(exchange->body, "mounts"), *mount = NULL;
    bool right = is_list(list, MOUNTS_MAX);
    cJSON *told = cJSON_CreateArray();
    char *text = NULL;
    int which = 0;
    cJSON_ArrayForEach(mount, list)
    {
        right = right && is_mount(mount);
        if (right)
            (void)cJSON_AddItemToArray(told, mount_told(mount, which++));
    }
    if (!right)
        routes_add_error(exchange, "mounts",
                         "must be at most 8, each with type, bucket, mount_path and endpoint");
    else if (list != NULL)
        text = cJSON_PrintUnformatted(told);
    cJSON_Delete(told);
    return text;
}

// --- the whole ---

void routes_new(struct exchange *exchange)
{
    struct store_sandbox wanted, made;
    const cJSON *name = field_of(exchange->body, "template_name");
    const cJSON *pause = field_of(exchange->body, "auto_pause");
    const cJSON *environment = field_of(exchange->body, "env_vars");
    memset(&wanted, 0, sizeof wanted);
    if (!is_text(name) || strlen(name->valuestring) >= sizeof wanted.template_name)
        routes_add_error(exchange, "template_name", "must have 1 to 64 characters");
    else
        (void)snprintf(wanted.template_name, sizeof wanted.template_name, "%s", name->valuestring);
    wanted.vcpu = number(exchange, "vcpu", 1, 1, 8);
    wanted.memory_mib = number(exchange, "memory", 1024, 512, 8192);
    wanted.timeout_s = number(exchange, "timeout", 300, 1, 28800);
    wanted.disk_mib = DISK_MIB;
    if (wanted.memory_mib % 2 != 0)
        routes_add_error(exchange, "memory", "must be even");
    if (pause != NULL && !cJSON_IsBool(pause))
        routes_add_error(exchange, "auto_pause", "must be true or false");
    wanted.auto_pause = cJSON_IsTrue(pause);
    if (environment != NULL && (!cJSON_IsObject(environment) || !all_texts(environment)))
        routes_add_error(exchange, "env_vars", "must be an object of texts");
    wanted.network_policy = network_policy(exchange);
    wanted.mounts = mounts(exchange);
    if (routes_refused(exchange)) {
        free((char *)wanted.network_policy);
        free((char *)wanted.mounts);
    } else if (!routes_failed(exchange, store_make(exchange->store, &wanted, &made), "")) {
        routes_give(exchange, 201, json_out_sandbox(&made));
    }
}
