// SPDX-License-Identifier: Apache-2.0
//
// http_alter: The tables of what is altered in a field and in a body. A field's new value is written as raw
// JSON, so that it may also be what no JSON library would write.

#include "tests/judge/http_alter.h"

#include "tests/judge/http_wire.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const call_names[CALL_COUNT] = {"list",  "get",  "create", "validate", "regen",  "delete",
                                                   "start", "stop", "pause",  "new",      "remove", "other"};

const char *call_name(enum call call)
{
    return call_names[call];
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strcspn(text, "?"), end_length = strlen(end);
    return length >= end_length && strncmp(text + length - end_length, end, end_length) == 0;
}

enum call call_of(const char *method, const char *path)
{
    static const struct {
        const char *method, *end;
        enum call call;
    } table[] = {{"GET", "/v1/sandboxes", CALL_LIST},  {"POST", "/ssh/access", CALL_CREATE},
                 {"POST", "/validate", CALL_VALIDATE}, {"POST", "/regen", CALL_REGEN},
                 {"POST", "/start", CALL_START},       {"POST", "/stop", CALL_STOP},
                 {"POST", "/pause", CALL_PAUSE},       {"POST", "/v1/sandbox", CALL_NEW},
                 {"POST", "/v1/sandbox/", CALL_NEW}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(method, table[i].method) == 0 && ends_with(path, table[i].end))
            return table[i].call;
    if (strcmp(method, "DELETE") == 0)
        return strstr(path, "/ssh/") != NULL ? CALL_DELETE : CALL_REMOVE;
    return strcmp(method, "GET") == 0 ? CALL_GET : CALL_OTHER;
}

uint64_t alter_random(uint64_t seed, uint64_t n)
{
    uint64_t value = (seed + 1) * 0x9e3779b97f4a7c15ULL + n * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
    return value ^ value >> 31;
}

// --- fields ---

static const char *const list_fields[] = {"items",
                                          "total_items",
                                          "items.0",
                                          "items.0.id",
                                          "items.0.template_id",
                                          "items.0.pod_id",
                                          "items.0.state",
                                          "items.0.launch_time",
                                          "items.0.state_change_time",
                                          "items.0.timeout_at",
                                          "items.0.created_at",
                                          NULL};
// The last four are not in every answer: they are put there.
static const char *const access_fields[] = {"id",         "sandbox_id", "password",    "expires_at",
                                            "created_at", "updated_at", "ssh_command", "host",
                                            "port",       "username",   "hostname",    NULL};
static const char *const validate_fields[] = {"valid", "sandbox_id", NULL};
static const char *const sandbox_fields[] = {"id",         "template_id",    "mounts",     "vcpu",
                                             "memory",     "disk",           "timeout",    "state",
                                             "auto_pause", "network_policy", "created_at", NULL};
static const char *const no_fields[] = {NULL};

static const char *const *fields_of(enum call call)
{
    switch (call) {
    case CALL_LIST:
        return list_fields;
    case CALL_CREATE:
    case CALL_REGEN:
        return access_fields;
    case CALL_VALIDATE:
        return validate_fields;
    case CALL_START:
    case CALL_STOP:
    case CALL_PAUSE:
    case CALL_NEW:
    case CALL_GET:
        return sandbox_fields;
    default:
        return no_fields;
    }
}

size_t alter_field_count(enum call call)
{
    size_t count = 0;
    for (const char *const *field = fields_of(call); field[count] != NULL;)
        count++;
    return count;
}

const char *alter_field(const struct alteration *alteration)
{
    return alteration != NULL && alteration->level == LEVEL_FIELD
               ? fields_of(alteration->call)[alteration->field]
               : NULL;
}

enum how {
    HOW_RAW, // the value is this text
    HOW_REMOVED,
    HOW_IN_ARRAY,
    HOW_IN_OBJECT,
    HOW_TWICE, // first right, then this text
    HOW_TWICE_OTHER,
    HOW_CASE, // the name begins with a capital
    HOW_TEXT, // what it is, as text
    HOW_BLANK_BEHIND,
    HOW_LONG, // a text of so many bytes (in raw)
    HOW_DIGITS,
    HOW_NESTED, // so many arrays
};

// sound false: no JSON any more, or so that the whole may be refused.
static const struct {
    const char *name;
    enum how how;
    const char *raw;
    bool sound;
} kinds[] = {
    {"removed", HOW_REMOVED, NULL, true},
    {"null", HOW_RAW, "null", true},
    {"true", HOW_RAW, "true", true},
    {"false", HOW_RAW, "false", true},
    {"0", HOW_RAW, "0", true},
    {"1", HOW_RAW, "1", true},
    {"-1", HOW_RAW, "-1", true},
    {"-5.5", HOW_RAW, "-5.5", true},
    {"1e300", HOW_RAW, "1e300", true},
    {"-1e300", HOW_RAW, "-1e300", true},
    {"1e999", HOW_RAW, "1e999", true},
    {"5e-324", HOW_RAW, "5e-324", true},
    {"2^53+1", HOW_RAW, "9007199254740993", true},
    {"2^63", HOW_RAW, "9223372036854775808", true},
    {"40 digits", HOW_RAW, "1234567890123456789012345678901234567890", true},
    {"empty", HOW_RAW, "\"\"", true},
    {"a blank", HOW_RAW, "\" \"", true},
    {"newlines", HOW_RAW, "\"a\\n\\r\\nb\\tc\"", true},
    {"10 KB", HOW_LONG, "10240", true},
    {"513 bytes", HOW_LONG, "513", true},
    {"65 bytes", HOW_LONG, "65", true},
    {"1 MB", HOW_LONG, "1048576", true},
    {"300 digits", HOW_DIGITS, "300", true},
    {"broken UTF-8", HOW_RAW, "\"a\xff\xfe\xc3(z\"", true},
    {"overlong UTF-8", HOW_RAW, "\"\xc0\xaf\xe0\x80\xaf\xed\xa0\x80\"", true},
    {"escaped controls", HOW_RAW, "\"\\u0001\\u001b]0;judge\\u0007\\u001b[31mred\\u007f\\u009b1m\"", true},
    {"raw controls", HOW_RAW, "\"\x01\x1b]0;judge\x07\x1b[31mred\"", false},
    {"C1 controls", HOW_RAW,
     "\"\xc2\x9b"
     "31mred\xc2\x9d"
     "0;judge\xc2\x9c\"",
     true},
    {"U+202E", HOW_RAW,
     "\"a\xe2\x80\xae"
     "dcba\xe2\x81\xa6x\xe2\x80\x8bz\"",
     true},
    {"U+202E escaped", HOW_RAW, "\"a\\u202edcba\\u2066x\\u200bz\"", true},
    {"NUL inside", HOW_RAW, "\"a\\u0000b\"", true},
    {"half a surrogate", HOW_RAW, "\"a\\ud800b\"", true},
    {"wide and combining", HOW_RAW,
     "\"\xe6\xbc\xa2\xe5\xad\x97\xf0\x9f\xa6\x80"
     "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\"",
     true},
    {"an empty array", HOW_RAW, "[]", true},
    {"an empty object", HOW_RAW, "{}", true},
    {"an object", HOW_RAW, "{\"a\":{\"b\":[1,2,{\"c\":null}]}}", true},
    {"itself in an array", HOW_IN_ARRAY, NULL, true},
    {"itself in an object", HOW_IN_OBJECT, NULL, true},
    {"20 deep", HOW_NESTED, "20", true},
    {"3000 deep", HOW_NESTED, "3000", false},
    {"twice", HOW_TWICE, "\"other\"", false},
    {"twice, the other first", HOW_TWICE_OTHER, "\"other\"", false},
    {"a capital", HOW_CASE, NULL, true},
    {"as text", HOW_TEXT, NULL, true},
    {"a blank behind", HOW_BLANK_BEHIND, NULL, true},
    {"NaN", HOW_RAW, "NaN", false},
    {"a path", HOW_RAW, "\"../../../etc/passwd\"", true},
    {"an option", HOW_RAW, "\"-oProxyCommand=touch /tmp/x\"", true},
    {"a shell's", HOW_RAW, "\"$(id); `id` | id & %s%n\"", true},
    {"no zone", HOW_RAW, "\"2026-11-29T03:40:30\"", true},
    {"year 1", HOW_RAW, "\"0001-01-01T00:00:00Z\"", true},
    {"year 9999", HOW_RAW, "\"9999-12-31T23:59:59.999999999Z\"", true},
    {"no such date", HOW_RAW, "\"2026-13-45T99:99:99Z\"", true},
    {"ms", HOW_RAW, "1795947974000", true},
    {"digits", HOW_RAW, "\"1795947974\"", true},
};

size_t alter_field_kinds(void)
{
    return sizeof kinds / sizeof kinds[0];
}

static cJSON *raw_of(size_t kind)
{
    size_t count = kinds[kind].raw != NULL ? strtoul(kinds[kind].raw, NULL, 10) : 0;
    if (kinds[kind].how == HOW_RAW || kinds[kind].how == HOW_TWICE || kinds[kind].how == HOW_TWICE_OTHER)
        return cJSON_CreateRaw(kinds[kind].raw);
    char *text = malloc(2 * count + 3);
    if (text == NULL)
        return NULL;
    if (kinds[kind].how == HOW_NESTED) {
        memset(text, '[', count);
        memset(text + count, ']', count);
        text[2 * count] = '\0';
    } else {
        memset(text, kinds[kind].how == HOW_DIGITS ? '7' : 'A', count + 2);
        text[0] = text[count + 1] = '"';
        text[count + 2] = '\0';
    }
    cJSON *raw = cJSON_CreateRaw(text);
    free(text);
    return raw;
}

// Takes the old one over; it may be NULL.
static cJSON *changed(size_t kind, cJSON *old)
{
    cJSON *out = NULL;
    char *text = NULL;
    switch (kinds[kind].how) {
    case HOW_IN_ARRAY:
    case HOW_IN_OBJECT:
        out = kinds[kind].how == HOW_IN_ARRAY ? cJSON_CreateArray() : cJSON_CreateObject();
        if (old != NULL && kinds[kind].how == HOW_IN_ARRAY)
            (void)cJSON_AddItemToArray(out, old);
        else if (old != NULL)
            (void)cJSON_AddItemToObject(out, "value", old);
        return out;
    case HOW_CASE:
        return old != NULL ? old : cJSON_CreateString("x");
    case HOW_TEXT:
        text = old != NULL ? cJSON_PrintUnformatted(old) : NULL;
        out = cJSON_CreateString(text != NULL ? text : "null");
        cJSON_free(text);
        break;
    case HOW_BLANK_BEHIND:
        text = calloc(1, 4096);
        (void)snprintf(text, 4096, " %.4000s ", old != NULL && cJSON_IsString(old) ? old->valuestring : "x");
        out = cJSON_CreateString(text);
        free(text);
        break;
    default:
        out = raw_of(kind);
        break;
    }
    cJSON_Delete(old);
    return out;
}

static void alter_member(cJSON *object, const char *name, size_t kind)
{
    char other[64];
    cJSON *copy = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(object, name), true);
    cJSON *old = cJSON_DetachItemFromObjectCaseSensitive(object, name);
    if (kinds[kind].how == HOW_REMOVED) {
        cJSON_Delete(old);
        cJSON_Delete(copy);
        return;
    }
    (void)snprintf(other, sizeof other, "%s", name);
    if (kinds[kind].how == HOW_CASE)
        other[0] = (char)(other[0] - 32);
    if (kinds[kind].how == HOW_TWICE && copy != NULL)
        (void)cJSON_AddItemToObject(object, name, copy);
    (void)cJSON_AddItemToObject(object, other, changed(kind, old));
    if (kinds[kind].how == HOW_TWICE_OTHER && copy != NULL)
        (void)cJSON_AddItemToObject(object, name, copy);
    else if (kinds[kind].how != HOW_TWICE)
        cJSON_Delete(copy);
}

static void alter_item(cJSON *array, size_t kind)
{
    cJSON *old = cJSON_DetachItemFromArray(array, 0);
    if (kinds[kind].how == HOW_REMOVED)
        cJSON_Delete(old);
    else
        (void)cJSON_InsertItemInArray(array, 0, changed(kind, old));
}

static bool alter_in_body(const struct alteration *alteration, struct wire *wire)
{
    const char *field = fields_of(alteration->call)[alteration->field];
    cJSON *tree = cJSON_ParseWithLength(wire->body, wire->length);
    cJSON *items = cJSON_GetObjectItemCaseSensitive(tree, "items");
    if (strcmp(field, "items.0") == 0)
        alter_item(items, alteration->kind);
    else if (strncmp(field, "items.0.", 8) == 0)
        alter_member(cJSON_GetArrayItem(items, 0), field + 8, alteration->kind);
    else if (cJSON_IsObject(tree))
        alter_member(tree, field, alteration->kind);
    char *text = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    if (text == NULL)
        return false;
    free(wire->body);
    wire->body = text;
    wire->length = strlen(text);
    wire->sound = kinds[alteration->kind].sound;
    return true;
}

// --- the body ---

// What stands before and after it; NULL before: it is left out. many: how often the part after is there.
static const struct {
    const char *name, *before, *after;
    size_t many;
    bool sound;
} bodies[] = {
    {"empty", NULL, "", 1, false},
    {"a blank", NULL, " ", 1, false},
    {"null", NULL, "null", 1, false},
    {"[]", NULL, "[]", 1, false},
    {"{}", NULL, "{}", 1, false},
    {"a text", NULL, "\"ok\"", 1, false},
    {"a number", NULL, "0", 1, false},
    {"true", NULL, "true", 1, false},
    {"in an array", "[", "]", 1, false},
    {"in an object", "{\"data\":", "}", 1, false},
    {"junk behind", "", "x", 1, false},
    {"a byte order mark", "\xef\xbb\xbf", "", 1, false},
    {"blanks around", "\r\n\t  ", "\r\n\t  ", 1, true},
    {"5 MB of blanks behind", "", "          ", 524288, true},
    {"11 MB of blanks behind", "", "          ", 1153434, false},
    {"a comment behind", "", "// ok", 1, false},
    {"HTML", NULL, "<!DOCTYPE html><html><body><h1>502 Bad Gateway\x1b[31m</h1></body></html>", 1, false},
    {"100,000 arrays", NULL, "[", 100000, false},
    {"a million zeros", "[0", ",0", 1000000, false},
    {"half a megabyte of nothing", NULL, "\x01\x02\xff\x7f", 131072, false},
    {"half of it", "", NULL, 1, false},
    {"single quotes", NULL, "{'id':'x','password':'y','items':[]}", 1, false},
    {"XML", NULL, "<?xml version=\"1.0\"?><error><code>500</code></error>", 1, false},
    {"another message", NULL,
     "{\"message\":\"a\\u001b[31m\\u202eb\\nc\",\"errors\":[{\"field\":7,\"error\":{}}]}", 1, false},
};

size_t alter_body_kinds(void)
{
    return sizeof bodies / sizeof bodies[0];
}

static bool alter_body(const struct alteration *alteration, struct wire *wire)
{
    size_t kind = alteration->kind;
    const char *before = bodies[kind].before, *after = bodies[kind].after;
    if (after == NULL) {
        wire->length /= 2;
        wire->sound = false;
        return true;
    }
    size_t kept = before != NULL ? wire->length : 0, head = before != NULL ? strlen(before) : 0;
    size_t piece = strlen(after);
    char *text = malloc(head + kept + piece * bodies[kind].many + 1);
    if (text == NULL)
        return false;
    memcpy(text, before != NULL ? before : "", head);
    memcpy(text + head, wire->body, kept);
    for (size_t i = 0; i < bodies[kind].many; i++)
        memcpy(text + head + kept + i * piece, after, piece);
    free(wire->body);
    wire->body = text;
    wire->length = head + kept + piece * bodies[kind].many;
    text[wire->length] = '\0';
    wire->sound = bodies[kind].sound;
    return true;
}

// --- the whole ---

void alter_name(const struct alteration *alteration, char *out, size_t cap)
{
    const char *call = call_names[alteration->call];
    if (alteration->level == LEVEL_FIELD)
        (void)snprintf(out, cap, "%s: %s = %s", call, fields_of(alteration->call)[alteration->field],
                       kinds[alteration->kind].name);
    else if (alteration->level == LEVEL_BODY)
        (void)snprintf(out, cap, "%s: the body %s", call, bodies[alteration->kind].name);
    else if (alteration->level == LEVEL_STATUS)
        (void)snprintf(out, cap, "%s: status %zu, %s", call, alteration->kind, wire_status_body(alteration));
    else if (alteration->level == LEVEL_HTTP)
        (void)snprintf(out, cap, "%s: %s", call, wire_name(alteration));
    else
        (void)snprintf(out, cap, "nothing altered");
}

bool alter_apply(const struct alteration *alteration, struct wire *wire)
{
    wire->whole = wire->sound = true;
    // An answer without a body has none of its fields.
    if (alteration != NULL && alteration->level == LEVEL_FIELD && wire->status / 100 == 2 &&
        wire->length > 0 && !alter_in_body(alteration, wire))
        return false;
    if (alteration != NULL && alteration->level == LEVEL_BODY && !alter_body(alteration, wire))
        return false;
    return wire_make(alteration, wire);
}

void wire_free(struct wire *wire)
{
    free(wire->body);
    free(wire->bytes);
    memset(wire, 0, sizeof *wire);
}
