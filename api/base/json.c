// SPDX-License-Identifier: Apache-2.0
//
// json: Scan the text before cJSON parses it. cJSON itself would use forty bytes of memory for each byte of
// a hostile array, cut strings at \u0000 and refuse a whole answer for half a surrogate pair.

#include "api/base/json.h"

#include "api/base/time_util.h"
#include "api/base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct scan {
    const char *text;
    size_t length, at;
    char *mended; // a copy of text, once something in it had to be; else NULL
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

// The number of a \uXXXX that stands at `at`; -1: there is none.
static int escaped_unit(const struct scan *scan, size_t at)
{
    int unit = 0;
    if (scan->length - at < 6 || scan->text[at] != '\\' || scan->text[at + 1] != 'u')
        return -1;
    for (size_t i = at + 2; i < at + 6; i++) {
        int c = tolower((unsigned char)scan->text[i]);
        if (!isxdigit(c))
            return -1;
        unit = unit * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return unit;
}

// Steps over an escape. What cJSON can't hold becomes U+FFFD, which no field of ours takes for something
// else.
static bool scan_escape(struct scan *scan)
{
    int unit = escaped_unit(scan, scan->at);
    int next = unit >= 0 ? escaped_unit(scan, scan->at + 6) : -1;
    if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
        scan->at += 12;
        return true;
    }
    if (unit == 0 || (unit >= 0xd800 && unit < 0xe000)) {
        if (scan->mended == NULL) {
            scan->mended = malloc(scan->length + 1);
            if (scan->mended == NULL)
                return wrong(scan, STATUS_NO_MEMORY, "no memory for it");
            memcpy(scan->mended, scan->text, scan->length);
        }
        memcpy(scan->mended + scan->at, "\\ufffd", 6);
    }
    scan->at += unit >= 0 ? 6 : 2;
    return true;
}

// Steps over a string, whose opening quote is at scan->at.
static bool scan_string(struct scan *scan)
{
    scan->at++;
    while (scan->at < scan->length) {
        switch (scan->text[scan->at]) {
        case '"':
            scan->at++;
            return true;
        case '\0':
            return wrong(scan, STATUS_MALFORMED, "a NUL byte");
        case '\\':
            if (scan->at + 1 < scan->length && scan->text[scan->at + 1] == '\0')
                return wrong(scan, STATUS_MALFORMED, "a NUL byte");
            if (!scan_escape(scan))
                return false;
            break;
        default:
            scan->at++;
        }
    }
    return wrong(scan, STATUS_MALFORMED, "an unterminated string");
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

static enum status parse_scanned(const struct scan *scan, cJSON **out, struct failure *why)
{
    const char *text = scan->mended != NULL ? scan->mended : scan->text;
    const char *end = NULL, *whole = text + scan->length;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, scan->length, &end, 0);
    while (tree != NULL && end < whole && strchr(" \t\r\n", *end) != NULL)
        end++;
    if (tree == NULL || end != whole) {
        cJSON_Delete(tree);
        return fail(why, STATUS_MALFORMED, "the response is not JSON");
    }
    *out = tree;
    return STATUS_OK;
}

enum status json_parse(const char *text, size_t length, cJSON **out, struct failure *why)
{
    struct scan scan = {.text = text, .length = length};
    enum status status = STATUS_OK;
    *out = NULL;
    if (length > JSON_BYTES_MAX)
        return fail(why, STATUS_TOO_LARGE, "the response is larger than %d MiB", JSON_BYTES_MAX >> 20);
    if (scan_tokens(&scan))
        status = parse_scanned(&scan, out, why);
    else
        status = fail(why, scan.status, "the response is not valid JSON: %s", scan.fault);
    if (scan.mended != NULL)
        sodium_memzero(scan.mended, length); // it may hold a password
    free(scan.mended);
    return status;
}

// --- members ---

const cJSON *json_member(const cJSON *object, const char *name, bool *twice)
{
    const cJSON *found = NULL, *one = NULL;
    *twice = false;
    if (!cJSON_IsObject(object))
        return NULL;
    cJSON_ArrayForEach(one, object)
    {
        if (strcmp(one->string, name) != 0)
            continue;
        if (found != NULL) {
            *twice = true;
            return NULL;
        }
        found = one;
    }
    return cJSON_IsNull(found) ? NULL : found;
}

bool json_get_text(const cJSON *object, const char *name, char *out, size_t cap)
{
    bool twice = false;
    const cJSON *value = json_member(object, name, &twice);
    if (value == NULL)
        return !twice;
    if (!cJSON_IsString(value) || strlen(value->valuestring) >= cap || !utf8_is_clean(value->valuestring))
        return false;
    memcpy(out, value->valuestring, strlen(value->valuestring) + 1);
    return true;
}

bool json_get_int(const cJSON *object, const char *name, int64_t least, int64_t most, int64_t *out)
{
    bool twice = false;
    const cJSON *value = json_member(object, name, &twice);
    if (value == NULL)
        return !twice;
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= (double)least) ||
        !(value->valuedouble <= (double)most) || floor(value->valuedouble) != value->valuedouble ||
        value->valuedouble >= 0x1p63) // (double)INT64_MAX is one more than it
        return false;
    *out = (int64_t)value->valuedouble;
    return true;
}

bool json_get_bool(const cJSON *object, const char *name, bool *out)
{
    bool twice = false;
    const cJSON *value = json_member(object, name, &twice);
    if (value == NULL)
        return !twice;
    if (!cJSON_IsBool(value))
        return false;
    *out = cJSON_IsTrue(value);
    return true;
}

bool json_get_time(const cJSON *object, const char *name, int64_t *ms)
{
    bool twice = false;
    const cJSON *value = json_member(object, name, &twice);
    if (value == NULL || (cJSON_IsString(value) && value->valuestring[0] == '\0'))
        return !twice;
    if (cJSON_IsString(value))
        return time_parse(value->valuestring, ms);
    return cJSON_IsNumber(value) && time_of_unix(value->valuedouble, ms);
}
