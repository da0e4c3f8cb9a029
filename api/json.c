// SPDX-License-Identifier: Apache-2.0
//
// json: owns the scan before cJSON. cJSON itself would use forty bytes of memory a byte of input for hostile
// arrays, cut strings at \u0000 and let a later duplicate of a name hide an earlier one.

#include "api/json.h"

#include "api/server_time.h"
#include "api/utf8.h"

#include <math.h>
#include <string.h>

struct scan {
    const char *text;
    size_t length, at;
    size_t values;
    int depth;
    const char *fault; // what is wrong; static
    enum status status;
};

static bool wrong(struct scan *scan, enum status status, const char *fault)
{
    if (scan->fault == NULL) {
        scan->fault = fault;
        scan->status = status;
    }
    return false;
}

// Steps over a string, whose opening quote is at scan->at. NUL, written as itself or as \u0000, is refused.
static bool scan_string(struct scan *scan)
{
    for (scan->at++; scan->at < scan->length; scan->at++) {
        char byte = scan->text[scan->at];
        if (byte == '"') {
            scan->at++;
            return true;
        }
        if ((unsigned char)byte < 0x20)
            return wrong(scan, STATUS_MALFORMED, "a control character in a string");
        if (byte != '\\')
            continue;
        if (scan->length - scan->at >= 6 && memcmp(scan->text + scan->at, "\\u0000", 6) == 0)
            return wrong(scan, STATUS_MALFORMED, "a string with \\u0000");
        scan->at++;
    }
    return wrong(scan, STATUS_MALFORMED, "a string without end");
}

// One pass over the tokens. The grammar is cJSON's to judge; here only sizes count.
static bool scan_tokens(struct scan *scan)
{
    while (scan->at < scan->length) {
        switch (scan->text[scan->at]) {
        case '"':
            if (!scan_string(scan))
                return false;
            continue;
        case '[':
        case '{':
            if (++scan->depth > JSON_DEPTH_MAX)
                return wrong(scan, STATUS_TOO_LARGE, "nested too deep");
            break;
        case ']':
        case '}':
            scan->depth--;
            break;
        case ',':
            if (++scan->values > JSON_VALUES_MAX)
                return wrong(scan, STATUS_TOO_LARGE, "too many values");
            break;
        case '\0':
            return wrong(scan, STATUS_MALFORMED, "a NUL byte");
        default:
            break;
        }
        scan->at++;
    }
    return true;
}

static bool names_are_single(const cJSON *object)
{
    size_t count = 0;
    for (const cJSON *member = object->child; member != NULL; member = member->next, count++) {
        if (count == JSON_NAMES_MAX)
            return false;
        for (const cJSON *other = object->child; other != member; other = other->next)
            if (strcmp(other->string, member->string) == 0)
                return false;
    }
    return true;
}

// Depth is bounded by the scan.
static bool no_duplicates(const cJSON *value)
{
    if (cJSON_IsObject(value) && !names_are_single(value))
        return false;
    for (const cJSON *child = value->child; child != NULL; child = child->next)
        if ((cJSON_IsObject(child) || cJSON_IsArray(child)) && !no_duplicates(child))
            return false;
    return true;
}

enum status json_parse(const char *text, size_t length, cJSON **out, struct failure *why)
{
    struct scan scan = {.text = text, .length = length};
    const char *end = NULL;
    *out = NULL;
    if (length > JSON_BYTES_MAX)
        return fail(why, STATUS_TOO_LARGE, "the answer has more than %d MiB", JSON_BYTES_MAX >> 20);
    if (!scan_tokens(&scan))
        return fail(why, scan.status, "the answer is not usable JSON: %s", scan.fault);
    cJSON *tree = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    while (tree != NULL && end < text + length && strchr(" \t\r\n", *end) != NULL)
        end++;
    if (tree == NULL || end != text + length) {
        cJSON_Delete(tree);
        return fail(why, STATUS_MALFORMED, "the answer is not JSON");
    }
    if (!no_duplicates(tree)) {
        cJSON_Delete(tree);
        return fail(why, STATUS_MALFORMED, "the answer is not usable JSON: a name stands twice");
    }
    *out = tree;
    return STATUS_OK;
}

// --- members ---

static bool is_clean(const char *text)
{
    while (*text != '\0') {
        size_t length = utf8_length(text);
        if (length == 0 || utf8_is_control(text))
            return false;
        text += length;
    }
    return true;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNull(value) ? NULL : value;
}

bool json_get_text(const cJSON *object, const char *name, char *out, size_t cap)
{
    const cJSON *value = member(object, name);
    if (value == NULL)
        return true;
    if (!cJSON_IsString(value) || strlen(value->valuestring) >= cap || !is_clean(value->valuestring))
        return false;
    memcpy(out, value->valuestring, strlen(value->valuestring) + 1);
    return true;
}

bool json_get_int(const cJSON *object, const char *name, int64_t least, int64_t most, int64_t *out)
{
    const cJSON *value = member(object, name);
    if (value == NULL)
        return true;
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= (double)least) ||
        !(value->valuedouble <= (double)most) || floor(value->valuedouble) != value->valuedouble ||
        value->valuedouble >= 0x1p63) // (double)INT64_MAX is one more than it
        return false;
    *out = (int64_t)value->valuedouble;
    return true;
}

bool json_get_bool(const cJSON *object, const char *name, bool *out)
{
    const cJSON *value = member(object, name);
    if (value == NULL)
        return true;
    if (!cJSON_IsBool(value))
        return false;
    *out = cJSON_IsTrue(value);
    return true;
}

bool json_get_time(const cJSON *object, const char *name, int64_t *ms)
{
    const cJSON *value = member(object, name);
    if (value == NULL || (cJSON_IsString(value) && value->valuestring[0] == '\0'))
        return true;
    if (cJSON_IsString(value))
        return time_parse_rfc3339(value->valuestring, ms);
    // Seconds; anything a date can be. Nonsense is the caller's to judge.
    if (!cJSON_IsNumber(value) || !(fabs(value->valuedouble) < 1e12))
        return false;
    *ms = (int64_t)(value->valuedouble * 1000.0);
    return true;
}
