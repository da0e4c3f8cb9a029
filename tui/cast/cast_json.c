// SPDX-License-Identifier: Apache-2.0
//
// cast_json: owns the grammar of JSON as far as recordings need it: strictly, without allocating, with a cap
// on depth. The libc's strtod follows the locale, so numbers are read here too.

#include "tui/cast/cast_json.h"

#include "tui/base/text_decode.h"

#include <string.h>

struct cast_json cast_json_of(char *line, size_t length)
{
    return (struct cast_json){line, line + length, NULL};
}

static bool fail(struct cast_json *json, const char *wrong)
{
    if (json->wrong == NULL)
        json->wrong = wrong;
    return false;
}

static void blanks(struct cast_json *json)
{
    while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\r'))
        json->at++;
}

bool cast_json_is(struct cast_json *json, char sign)
{
    blanks(json);
    return json->at < json->end && *json->at == sign;
}

bool cast_json_take(struct cast_json *json, char sign)
{
    static const struct {
        char sign;
        const char *wrong;
    } missing[] = {{'{', "a { is missing"},     {'}', "a } is missing"}, {'[', "a [ is missing"},
                   {']', "a ] is missing"},     {':', "a : is missing"}, {',', "a , is missing"},
                   {'"', "a string is missing"}};
    if (cast_json_is(json, sign)) {
        json->at++;
        return true;
    }
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++)
        if (missing[i].sign == sign)
            return fail(json, missing[i].wrong);
    return fail(json, "a sign is missing");
}

bool cast_json_end(struct cast_json *json)
{
    blanks(json);
    return json->at == json->end || fail(json, "unexpected text after the end");
}

// --- numbers ---

// Digits into *value, scaled by ten each; how many there were.
static int digits(struct cast_json *json, double *value)
{
    int count = 0;
    for (; json->at < json->end && *json->at >= '0' && *json->at <= '9'; json->at++, count++)
        *value = *value * 10 + (*json->at - '0');
    return count;
}

static bool exponent(struct cast_json *json, int *power)
{
    double value = 0;
    bool negative = false;
    json->at++;
    if (json->at < json->end && (*json->at == '+' || *json->at == '-'))
        negative = *json->at++ == '-';
    if (digits(json, &value) == 0)
        return fail(json, "a number has no exponent");
    if (value > 400)
        value = 400;
    *power += negative ? -(int)value : (int)value;
    return true;
}

bool cast_json_number(struct cast_json *json, double *value)
{
    int power = 0;
    blanks(json);
    bool negative = json->at < json->end && *json->at == '-';
    if (negative)
        json->at++;
    *value = 0;
    bool zero = json->at < json->end && *json->at == '0';
    int whole = digits(json, value);
    if (whole == 0)
        return fail(json, "a number is missing");
    if (zero && whole > 1)
        return fail(json, "a number begins with 0");
    if (json->at < json->end && *json->at == '.') {
        json->at++;
        power = -digits(json, value);
        if (power == 0)
            return fail(json, "a number ends with a point");
    }
    if (json->at < json->end && (*json->at == 'e' || *json->at == 'E') && !exponent(json, &power))
        return false;
    for (; power > 0 && *value < 1e300; power--)
        *value *= 10;
    for (; power < 0 && *value > 0; power++)
        *value /= 10;
    if (negative)
        *value = -*value;
    return true;
}

// --- strings ---

// Four hexadecimal digits at the place; -1: they are none.
static int hex4(const struct cast_json *json)
{
    int value = 0;
    if (json->end - json->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        static const char signs[] = "0123456789abcdef";
        char byte = json->at[i];
        const char *sign = strchr(signs, byte >= 'A' && byte <= 'F' ? byte + ('a' - 'A') : byte);
        if (byte == '\0' || sign == NULL)
            return -1;
        value = value * 16 + (int)(sign - signs);
    }
    return value;
}

// After \u. Two that are a surrogate pair are one character.
static bool unicode(struct cast_json *json, char **out)
{
    int first = hex4(json);
    if (first < 0)
        return fail(json, "\\u is not followed by four hexadecimal digits");
    json->at += 4;
    uint32_t codepoint = (uint32_t)first;
    if (first >= 0xd800 && first < 0xdc00 && json->end - json->at >= 6 && json->at[0] == '\\' &&
        json->at[1] == 'u') {
        struct cast_json next = {json->at + 2, json->end, NULL};
        int second = hex4(&next);
        if (second >= 0xdc00 && second < 0xe000) {
            codepoint = 0x10000 + ((uint32_t)first - 0xd800) * 0x400 + ((uint32_t)second - 0xdc00);
            json->at += 6;
        }
    }
    if (codepoint >= 0xd800 && codepoint < 0xe000)
        codepoint = 0xfffd;
    *out += text_encode(codepoint, *out);
    return true;
}

static bool escape(struct cast_json *json, char **out)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    if (json->at == json->end)
        return fail(json, "a string has no end");
    char letter = *json->at++;
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
    if (letter == 'u')
        return unicode(json, out);
    if (found == NULL)
        return fail(json, "an unknown escape in a string");
    *(*out)++ = bytes[found - letters];
    return true;
}

bool cast_json_string(struct cast_json *json, char **text, size_t *length)
{
    if (!cast_json_take(json, '"'))
        return false;
    char *out = json->at; // never ahead of what is read: an escape is longer than what it stands for
    *text = out;
    while (json->at < json->end) {
        char byte = *json->at++;
        if (byte == '"') {
            *length = (size_t)(out - *text);
            return true;
        }
        if ((unsigned char)byte < 0x20)
            return fail(json, "a control character in a string");
        if (byte != '\\')
            *out++ = byte;
        else if (!escape(json, &out))
            return false;
    }
    return fail(json, "a string has no end");
}

// --- values that are not asked for ---

static bool skip_word(struct cast_json *json)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(json->end - json->at) >= length && memcmp(json->at, words[i], length) == 0) {
            json->at += length;
            return true;
        }
    }
    return fail(json, "a value is missing");
}

static bool skip_plain(struct cast_json *json)
{
    char *text = NULL;
    size_t length = 0;
    double value = 0;
    blanks(json);
    if (cast_json_is(json, '"'))
        return cast_json_string(json, &text, &length);
    if (json->at < json->end && (*json->at == '-' || (*json->at >= '0' && *json->at <= '9')))
        return cast_json_number(json, &value);
    return skip_word(json);
}

// Without recursion: the depth is a row of brackets.
bool cast_json_skip(struct cast_json *json)
{
    char open[CAST_JSON_DEPTH_MAX];
    int depth = 0;
    char *name = NULL;
    size_t length = 0;
    for (;;) {
        bool object = cast_json_is(json, '{'), begun = object || cast_json_is(json, '[');
        if (begun) {
            if (depth == CAST_JSON_DEPTH_MAX)
                return fail(json, "values are nested too deep");
            json->at++;
            open[depth++] = object ? '}' : ']';
        } else if (!skip_plain(json)) {
            return false;
        }
        // Ends of what is complete; an empty one is at once.
        while (depth > 0 && cast_json_is(json, open[depth - 1])) {
            json->at++;
            depth--;
            begun = false;
        }
        if (depth == 0)
            return true;
        if (!begun && !cast_json_take(json, ','))
            return false;
        if (open[depth - 1] == '}' && (!cast_json_string(json, &name, &length) || !cast_json_take(json, ':')))
            return false;
    }
}
