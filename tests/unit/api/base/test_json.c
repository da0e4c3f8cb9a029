// SPDX-License-Identifier: Apache-2.0
//
// json: what is taken, what is refused before it costs anything, and members read strictly.

#include "api/base/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct failure why;

// From memory of exactly that size, so that a reader past its end is caught.
static enum status parse_bytes(const char *text, size_t length, cJSON **tree)
{
    char *exact = malloc(length > 0 ? length : 1);
    cr_assert_not_null(exact);
    memcpy(exact, text, length);
    enum status status = json_parse(exact, length, tree, &why);
    free(exact);
    cr_assert_eq(*tree != NULL, status == STATUS_OK);
    if (status != STATUS_OK) {
        cr_assert_eq(why.status, status);
        cr_assert_neq(why.message[0], '\0');
    }
    return status;
}

static enum status parse(const char *text)
{
    cJSON *tree = NULL;
    enum status status = parse_bytes(text, strlen(text), &tree);
    cJSON_Delete(tree);
    return status;
}

Test(json, one_value_with_blanks_around_is_taken)
{
    static const char *const good[] = {
        "{}",
        "[]",
        "null",
        "true",
        "-1.5e3",
        "\"text\"",
        " \t\r\n{\"a\":[1,2,{\"b\":null}]} \n",
        "{\"a\":\"]}[{,\\\"\\\\\"}",
        "{\"\\u00e9\":\"\\ud83d\\ude00\"}",
        "{\"message\":\"\\\\u0000 in words\"}",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_expect_eq(parse(good[i]), STATUS_OK, "%s: %s", good[i], why.message);
}

Test(json, anything_else_is_malformed)
{
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "}",
        "[1,2",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "nul",
        "truefalse",
        "{} {}",
        "{}x",
        "{},",
        "[1 2]",
        "\"open",
        "\"\\",
        "\"bad \\x escape\"",
        "<html><body>502 Bad Gateway</body></html>",
        "}{",
        "]]]]",
        "{\"a\":1]",
        "\xef\xbb\xbf",
        "--1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_eq(parse(bad[i]), STATUS_MALFORMED, "'%s'", bad[i]);
}

Test(json, a_nul_byte_is_refused_wherever_it_stands)
{
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"{\"id\":\"sbx-a\0evil\"}", 19},
        {"{}\0", 3},
        {"\0{}", 3},
        {"\"\\\0\"", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *tree = NULL;
        cr_expect_eq(parse_bytes(cases[i].text, cases[i].length, &tree), STATUS_MALFORMED, "case %zu", i);
        cJSON_Delete(tree);
    }
}

static const char whole[] =
    "{\"items\":[{\"id\":\"sbx-a\",\"n\":-12.5e+2,\"t\":true,\"e\":\"\\u00e9\\n\\\"\"}],"
    "\"total_items\":1}";

// No beginning of a document is taken for a document.
Test(json, a_text_cut_at_any_byte_is_malformed)
{
    cJSON *tree = NULL;
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        cr_expect_eq(parse_bytes(whole, length, &tree), STATUS_MALFORMED, "%zu bytes", length);
        cJSON_Delete(tree);
    }
    cr_expect_eq(parse_bytes(whole, sizeof whole - 1, &tree), STATUS_OK);
    cJSON_Delete(tree);
}

// Whatever byte stands anywhere, the reader stays within its bounds and gives one of its own results.
Test(json, any_byte_at_any_place_is_survived)
{
    char text[sizeof whole];
    for (size_t at = 0; at < sizeof whole - 1; at++) {
        for (int byte = 0; byte < 256; byte++) {
            cJSON *tree = NULL;
            memcpy(text, whole, sizeof whole);
            text[at] = (char)byte;
            enum status status = parse_bytes(text, sizeof whole - 1, &tree);
            cr_assert(status == STATUS_OK || status == STATUS_MALFORMED, "%02x at %zu", (unsigned)byte, at);
            cJSON_Delete(tree);
        }
    }
}

static char *nested(int depth, const char *open, const char *close)
{
    size_t one = strlen(open);
    size_t two = strlen(close);
    char *text = malloc((size_t)depth * (one + two) + 2);
    char *at = text;
    cr_assert_not_null(text);
    for (int i = 0; i < depth; i++, at += one)
        memcpy(at, open, one);
    *at++ = '1';
    for (int i = 0; i < depth; i++, at += two)
        memcpy(at, close, two);
    *at = '\0';
    return text;
}

Test(json, depth_has_a_cap)
{
    static const struct {
        int depth;
        enum status status;
    } cases[] = {{1, STATUS_OK},
                 {JSON_DEPTH_MAX, STATUS_OK},
                 {JSON_DEPTH_MAX + 1, STATUS_TOO_LARGE},
                 {100000, STATUS_TOO_LARGE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *arrays = nested(cases[i].depth, "[", "]");
        char *objects = nested(cases[i].depth, "{\"a\":", "}");
        cr_expect_eq(parse(arrays), cases[i].status, "%d deep", cases[i].depth);
        cr_expect_eq(parse(objects), cases[i].status, "%d deep", cases[i].depth);
        free(arrays);
        free(objects);
    }
    // Closing first does not buy depth.
    char *deep = nested(JSON_DEPTH_MAX + 1, "[", "");
    char *text = malloc(strlen(deep) + 101);
    cr_assert_not_null(text);
    memset(text, ']', 100);
    memcpy(text + 100, deep, strlen(deep) + 1);
    cr_expect_neq(parse(text), STATUS_OK);
    free(text);
    free(deep);
}

static char *numbers(size_t count)
{
    char *text = malloc(2 * count + 2);
    cr_assert_not_null(text);
    text[0] = '[';
    for (size_t i = 0; i < count; i++) {
        text[1 + 2 * i] = '0';
        text[2 + 2 * i] = i + 1 < count ? ',' : ']';
    }
    text[1 + 2 * count] = '\0';
    return text;
}

Test(json, the_number_of_values_has_a_cap)
{
    char *many = numbers(JSON_VALUES_MAX);
    char *too_many = numbers(JSON_VALUES_MAX + 2);
    cr_expect_eq(parse(many), STATUS_OK);
    cr_expect_eq(parse(too_many), STATUS_TOO_LARGE);
    free(many);
    free(too_many);
}

Test(json, the_length_has_a_cap)
{
    size_t length = JSON_BYTES_MAX + 1;
    char *text = malloc(length + 1);
    cJSON *tree = NULL;
    cr_assert_not_null(text);
    memset(text, ' ', length);
    memcpy(text, "[1]", 3);
    text[length] = '\0';
    cr_expect_eq(json_parse(text, length - 1, &tree, &why), STATUS_OK);
    cJSON_Delete(tree);
    cr_expect_eq(json_parse(text, length, &tree, &why), STATUS_TOO_LARGE);
    cr_expect_null(tree);
    cr_expect_eq(json_parse(text, length, &tree, NULL), STATUS_TOO_LARGE);
    free(text);
}

// What cJSON can't hold in a string costs that string and nothing else, and is never taken for a shorter one.
Test(json, strings_that_cannot_be_held_are_mended)
{
    static const struct {
        const char *json, *value;
    } cases[] = {
        {"{\"v\":\"sbx-a\\u0000evil\"}", "sbx-a\xef\xbf\xbd"
                                         "evil"},
        {"{\"v\":\"\\ud83d alone\"}", "\xef\xbf\xbd alone"},
        {"{\"v\":\"alone \\uDE00\"}", "alone \xef\xbf\xbd"},
        {"{\"v\":\"\\ud83d\\ud83d\\ude00\"}", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
        {"{\"v\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80"},
        {"{\"v\":\"\\\\u0000 in words\"}", "\\u0000 in words"},
        {"{\"v\":\"a\nb\"}", "a\nb"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *tree = NULL;
        cr_assert_eq(parse_bytes(cases[i].json, strlen(cases[i].json), &tree), STATUS_OK, "%s: %s",
                     cases[i].json, why.message);
        cr_expect_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(tree, "v")), cases[i].value, "%s",
                         cases[i].json);
        cJSON_Delete(tree);
    }
}

Test(json, a_name_that_stands_twice_is_no_value_and_costs_no_other)
{
    static const char *const twice[] = {"{\"a\":1,\"a\":2,\"b\":3}", "{\"a\":null,\"b\":3,\"a\":1}",
                                        "{\"b\":3,\"a\":1,\"\\u0061\":1}"};
    for (size_t i = 0; i < sizeof twice / sizeof twice[0]; i++) {
        cJSON *tree = NULL;
        int64_t a = 0, b = 0;
        cr_assert_eq(parse_bytes(twice[i], strlen(twice[i]), &tree), STATUS_OK, "%s", twice[i]);
        cr_expect_not(json_get_int(tree, "a", 0, 9, &a), "%s", twice[i]);
        cr_expect_eq(a, 0);
        cr_expect(json_get_int(tree, "b", 0, 9, &b));
        cr_expect_eq(b, 3);
        cJSON_Delete(tree);
    }
    cr_expect_eq(parse("{\"a\":{\"a\":{\"a\":1}},\"A\":2}"), STATUS_OK, "%s", why.message);
}

// --- members ---

static cJSON *object(const char *text)
{
    cJSON *tree = NULL;
    cr_assert_eq(json_parse(text, strlen(text), &tree, &why), STATUS_OK, "%s: %s", text, why.message);
    return tree;
}

Test(json_get, absent_and_null_leave_the_value_as_it_is)
{
    cJSON *tree = object("{\"null\":null}");
    static const char *const names[] = {"null", "absent", "NULL"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[8] = "kept";
        int64_t number = 42;
        int64_t ms = 43;
        bool truth = true;
        cr_expect(json_get_text(tree, names[i], text, sizeof text));
        cr_expect(json_get_int(tree, names[i], 0, 1, &number));
        cr_expect(json_get_bool(tree, names[i], &truth));
        cr_expect(json_get_time(tree, names[i], &ms));
        cr_expect_str_eq(text, "kept");
        cr_expect_eq(number, 42);
        cr_expect_eq(ms, 43);
        cr_expect(truth);
    }
    cJSON_Delete(tree);
}

Test(json_get, texts)
{
    static const struct {
        const char *json;
        bool taken;
    } cases[] = {
        {"{\"v\":\"1234567\"}", true},
        {"{\"v\":\"\"}", true},
        {"{\"v\":\"\xc3\xa9\xe2\x82\xac\"}", true},
        {"{\"v\":\"12345678\"}", false}, // no room for the NUL
        {"{\"v\":\"a\\nb\"}", false},
        {"{\"v\":\"\\u001b[2J\"}", false},
        {"{\"v\":\"a\\u007f\"}", false},
        {"{\"v\":\"\\u009b2J\"}", false}, // CSI in its eight-bit form
        {"{\"v\":\"\xc2\x85\"}", false},
        {"{\"v\":\"a\xff\"}", false},
        {"{\"v\":\"\xed\xa0\x80\"}", false},
        {"{\"v\":\"\xc3\"}", false},
        {"{\"v\":7}", false},
        {"{\"v\":true}", false},
        {"{\"v\":[\"a\"]}", false},
        {"{\"v\":{}}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *tree = object(cases[i].json);
        char *out = malloc(8);
        cr_assert_not_null(out);
        (void)snprintf(out, 8, "kept");
        cr_expect_eq(json_get_text(tree, "v", out, 8), cases[i].taken, "%s", cases[i].json);
        cr_expect_str_eq(out, cases[i].taken ? cJSON_GetObjectItem(tree, "v")->valuestring : "kept");
        free(out);
        cJSON_Delete(tree);
    }
}

Test(json_get, whole_numbers)
{
    static const struct {
        const char *json;
        int64_t least, most, value;
        bool taken;
    } cases[] = {
        {"{\"v\":5}", 0, 10, 5, true},
        {"{\"v\":0}", 0, 10, 0, true},
        {"{\"v\":10}", 0, 10, 10, true},
        {"{\"v\":1e1}", 0, 10, 10, true},
        {"{\"v\":11}", 0, 10, 0, false},
        {"{\"v\":-1}", 0, 10, 0, false},
        {"{\"v\":-1}", -1, 10, -1, true},
        {"{\"v\":1.5}", 0, 10, 0, false},
        {"{\"v\":1e999}", 0, INT64_MAX, 0, false},
        {"{\"v\":-1e999}", INT64_MIN, INT64_MAX, 0, false},
        {"{\"v\":9223372036854775808}", INT64_MIN, INT64_MAX, 0, false},
        {"{\"v\":9007199254740992}", INT64_MIN, INT64_MAX, 9007199254740992, true},
        {"{\"v\":\"5\"}", 0, 10, 0, false},
        {"{\"v\":true}", 0, 10, 0, false},
        {"{\"v\":[5]}", 0, 10, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *tree = object(cases[i].json);
        int64_t out = 77;
        bool taken = json_get_int(tree, "v", cases[i].least, cases[i].most, &out);
        cr_expect_eq(taken, cases[i].taken, "%s", cases[i].json);
        cr_expect_eq(out, cases[i].taken ? cases[i].value : 77, "%s: %lld", cases[i].json, (long long)out);
        cJSON_Delete(tree);
    }
}

Test(json_get, truths)
{
    static const char *const wrong[] = {"{\"v\":1}", "{\"v\":0}", "{\"v\":\"true\"}", "{\"v\":[]}"};
    bool out = false;
    cJSON *tree = object("{\"yes\":true,\"no\":false}");
    cr_expect(json_get_bool(tree, "yes", &out));
    cr_expect(out);
    cr_expect(json_get_bool(tree, "no", &out));
    cr_expect_not(out);
    cJSON_Delete(tree);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        tree = object(wrong[i]);
        cr_expect_not(json_get_bool(tree, "v", &out), "%s", wrong[i]);
        cJSON_Delete(tree);
    }
}

Test(json_get, times)
{
    static const struct {
        const char *json;
        int64_t ms;
        bool taken;
    } cases[] = {
        {"{\"v\":\"2026-04-01T12:00:00.25Z\"}", 1775044800250, true},
        {"{\"v\":1775044800}", 1775044800000, true},
        {"{\"v\":1775044800.5}", 1775044800500, true},
        {"{\"v\":-5}", -5000, true},
        {"{\"v\":\"\"}", 77, true}, // as good as absent
        {"{\"v\":\"soon\"}", 77, false},
        {"{\"v\":\"1775044800\"}", 1775044800000, true},
        {"{\"v\":\"1775044800250\"}", 1775044800250, true},
        {"{\"v\":1775044800250}", 1775044800250, true},
        {"{\"v\":\"2026-04-01 12:00:00\"}", 1775044800000, true},
        {"{\"v\":1e300}", 77, false},
        {"{\"v\":1,\"v\":1}", 77, false},
        {"{\"v\":-1e300}", 77, false},
        {"{\"v\":1e999}", 77, false},
        {"{\"v\":true}", 77, false},
        {"{\"v\":{}}", 77, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *tree = object(cases[i].json);
        int64_t out = 77;
        cr_expect_eq(json_get_time(tree, "v", &out), cases[i].taken, "%s", cases[i].json);
        cr_expect_eq(out, cases[i].ms, "%s: %lld", cases[i].json, (long long)out);
        cJSON_Delete(tree);
    }
}
