// SPDX-License-Identifier: Apache-2.0
//
// status: every result has its words and its exit code, and a failure's message is one clean line.

#include "api/base/status.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct failure why;

Test(status, every_result_has_words_of_its_own)
{
    for (int i = 0; i < STATUS_COUNT; i++) {
        enum status status = (enum status)i;
        cr_expect_neq(status_text(status)[0], '\0', "%s has no text", status_name(status));
        cr_expect_not_null(status_advice(status));
        for (int other = 0; other < i; other++) {
            cr_expect_str_neq(status_name(status), status_name((enum status)other));
            cr_expect_str_neq(status_text(status), status_text((enum status)other));
        }
    }
    cr_expect_str_eq(status_name(STATUS_NOT_FOUND), "NOT_FOUND");
    cr_expect_str_eq(status_name(STATUS_OUTCOME_UNKNOWN), "OUTCOME_UNKNOWN");
}

Test(status, exit_codes_are_those_promised)
{
    static const struct {
        enum status status;
        int code;
    } promised[] = {
        {STATUS_OK, 0},
        {STATUS_BAD_ARGUMENT, 2},
        {STATUS_KEY_MISSING, 3},
        {STATUS_KEY_REFUSED, 3},
        {STATUS_FORBIDDEN, 3},
        {STATUS_NOT_FOUND, 4},
        {STATUS_CONFLICT, 5},
        {STATUS_RATE_LIMITED, 6},
        {STATUS_NO_NAME, 7},
        {STATUS_NO_CONNECTION, 7},
        {STATUS_TLS_FAILED, 7},
        {STATUS_TIMED_OUT, 7},
        {STATUS_OUTCOME_UNKNOWN, 7},
        {STATUS_NO_CREDENTIAL, 8},
        {STATUS_NOT_VALID, 8},
        {STATUS_SSH_FAILED, 255},
        {STATUS_HOST_KEY_CHANGED, 255},
        {STATUS_SIGN_IN_REFUSED, 255},
    };
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
        cr_expect_eq(status_exit_code(promised[i].status), promised[i].code, "%s",
                     status_name(promised[i].status));
    for (int i = 1; i < STATUS_COUNT; i++)
        cr_expect_neq(status_exit_code((enum status)i), 0, "%s would look like success",
                      status_name((enum status)i));
}

Test(status, a_value_out_of_range_is_an_internal_fault)
{
    static const int strange[] = {-1, STATUS_COUNT, STATUS_COUNT + 1, 1 << 30};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        enum status status = (enum status)strange[i];
        cr_expect_str_eq(status_name(status), "INTERNAL");
        cr_expect_str_eq(status_text(status), status_text(STATUS_INTERNAL));
        cr_expect_str_eq(status_advice(status), status_advice(STATUS_INTERNAL));
        cr_expect_eq(status_exit_code(status), 1);
    }
}

Test(status, a_failure_brings_its_own_way_out_or_the_tables)
{
    why = (struct failure){.status = STATUS_NOT_FOUND};
    char line[FAILURE_LINE_CAP];
    cr_expect_str_eq(failure_advice(&why), status_advice(STATUS_NOT_FOUND));
    cr_expect_eq(advise(&why, fail(&why, STATUS_CONFLICT, "a (b)"), "ask\x1b %s", "c"), STATUS_CONFLICT);
    cr_expect_str_eq(failure_text(&why), "a (b)");
    cr_expect_str_eq(failure_advice(&why), "ask  c");
    cr_expect_str_eq(failure_line(&why, line), "a (b) (ask  c)");
    (void)fail(&why, STATUS_SSH_FAILED, "lost");
    cr_expect_str_eq(failure_advice(&why), "", "the one of before is gone");
    cr_expect_str_eq(failure_line(&why, line), "lost");
    cr_expect_eq(advise(NULL, STATUS_TIMED_OUT, "x"), STATUS_TIMED_OUT);
    (void)advise(&why, STATUS_SSH_FAILED, "%0190d\xc3\xa9", 0);
    cr_expect_eq(strlen(why.advice), 190, "half a character was kept");
}

Test(status, failing_fills_the_whole_and_returns_the_status)
{
    memset(&why, 0x55, sizeof why);
    cr_expect_eq(fail(&why, STATUS_CONFLICT, "%s is %d", "sbx-a", 7), STATUS_CONFLICT);
    cr_expect_eq(why.status, STATUS_CONFLICT);
    cr_expect_eq(why.http_status, 0);
    cr_expect_eq(why.retry_after_s, 0);
    cr_expect_not(why.maybe_done);
    cr_expect_str_eq(why.message, "sbx-a is 7");
    cr_expect_str_eq(failure_text(&why), "sbx-a is 7");
    cr_expect_eq(fail(NULL, STATUS_NO_MEMORY, "%s", "nobody asks"), STATUS_NO_MEMORY);
    (void)fail(&why, STATUS_TIMED_OUT, "%s", "");
    cr_expect_str_eq(failure_text(&why), status_text(STATUS_TIMED_OUT));
}

Test(status, the_old_message_may_go_into_the_new_one)
{
    (void)fail(&why, STATUS_NO_CONNECTION, "first");
    (void)fail(&why, STATUS_NO_CONNECTION, "%s, then second", why.message);
    cr_expect_str_eq(why.message, "first, then second");
}

Test(status, control_characters_become_spaces)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"a\tb\r\nc", "a b  c"},
        {"\033[2Jgone\007", " [2Jgone "},
        {"del\177ete", "del ete"},
        {"c1 \xc2\x9b"
         "2J and \xc2\x80.",
         "c1  2J and  ."}, // CSI in its eight-bit form
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\xa0",
         "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\xa0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)fail(&why, STATUS_REJECTED, "%s", cases[i].text);
        cr_expect_str_eq(why.message, cases[i].shown);
    }
}

Test(status, what_is_not_utf_8_becomes_question_marks)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"a\xff"
         "b",
         "a?b"},
        {"\x80\xbf", "??"},
        {"\xc3", "?"},
        {"\xc3(", "?("},
        {"\xe2\x82", "??"},
        {"\xc0\xaf", "??"},           // '/' in two bytes
        {"\xe0\x80\xaf", "???"},      // and in three
        {"\xed\xa0\x80", "???"},      // half a surrogate pair
        {"\xf4\x90\x80\x80", "????"}, // above U+10FFFF
        {"\xf0\x9f\x98\x80\xff", "\xf0\x9f\x98\x80?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)fail(&why, STATUS_REJECTED, "%s", cases[i].text);
        cr_expect_str_eq(why.message, cases[i].shown, "case %zu: '%s'", i, why.message);
    }
}

// Whatever of a character does not fit is left out, at every place where the end can fall.
Test(status, a_long_message_is_cut_at_a_characters_start)
{
    static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    char text[sizeof why.message + 64];
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        size_t wide = strlen(characters[i]);
        for (size_t before = 0; before < 8; before++) {
            size_t used = before;
            memset(text, '.', before);
            while (used + wide < sizeof text) {
                memcpy(text + used, characters[i], wide);
                used += wide;
            }
            text[used] = '\0';
            (void)fail(&why, STATUS_REJECTED, "%s", text);
            size_t fitting = before + (sizeof why.message - 1 - before) / wide * wide;
            cr_expect_eq(strlen(why.message), fitting, "%zu bytes wide after %zu: %zu", wide, before,
                         strlen(why.message));
            cr_expect_eq(memcmp(why.message, text, fitting), 0);
        }
    }
}

Test(status, only_the_api_itself_says_that_something_is_not_there)
{
    static const struct {
        long http_status;
        bool from_api, absent;
    } cases[] = {{404, true, true},  {410, true, true},  {404, false, false},
                 {405, true, false}, {500, true, false}, {0, false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct failure failure = {
            .status = STATUS_NOT_FOUND, .http_status = cases[i].http_status, .from_api = cases[i].from_api};
        cr_expect_eq(failure_is_absence(&failure), cases[i].absent, "case %zu", i);
    }
}
