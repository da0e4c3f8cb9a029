// SPDX-License-Identifier: Apache-2.0
//
// What a command wrote is harmless on a terminal, and whole in JSON.

#include "views/exec/exec_text.h"
#include "views/output/json_output.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static void begin(void)
{
    (void)setlocale(LC_ALL, "C.UTF-8");
}

TestSuite(exec_text, .init = begin);

static void expect_shown(const char *bytes, size_t length, const char *expected)
{
    size_t shown_length = 0;
    char *shown = exec_text_shown(bytes, length, &shown_length);
    cr_expect_str_eq(shown, expected);
    cr_expect_eq(shown_length, strlen(expected));
    free(shown);
}

#define SHOWN(bytes, expected) expect_shown(bytes, sizeof(bytes) - 1, expected)

Test(exec_text, lines_end_and_tabs_are_blanks)
{
    SHOWN("", "");
    SHOWN("a", "a\n");
    SHOWN("a\n\nb\r\n", "a\n\nb\n");
    SHOWN("\tx\n1234567\tx\n12345678\tx\n", "        x\n1234567 x\n12345678        x\n");
    SHOWN("\xc3\xa4\tx", "\xc3\xa4       x\n");
}

Test(exec_text, what_could_act_on_a_terminal_is_shown_as_harmless)
{
    static const char bytes[] = "a\0b\033]52;c;eA==\a\xff\xe2\x80\xae!\n";
    size_t length = 0;
    char *shown = exec_text_shown(bytes, sizeof bytes - 1, &length);
    for (size_t i = 0; i + 1 < length; i++)
        cr_expect((unsigned char)shown[i] >= ' ' && shown[i] != 0x7f, "%zu", i);
    cr_expect_null(strstr(shown, "\xe2\x80\xae"));
    cr_expect_not_null(strchr(shown, '!')); // and what is behind a NUL too
    free(shown);
}

Test(exec_text, json_has_the_bytes_where_text_can_not_have_them)
{
    static const char bytes[] = "a\0b\xff\n";
    struct exec_result result = {.outcome = EXEC_EXITED, .exit_status = 7, .begun_at = 1, .ended_at = 43};
    size_t room = EXEC_TOTAL_CAP;
    exec_output_begin(&result.out);
    exec_output_begin(&result.err);
    exec_output_add(&result.out, bytes, sizeof bytes - 1, &room);
    exec_output_add(&result.err, "plain\n", 6, &room);
    cJSON *object = cJSON_CreateObject();
    cr_assert(exec_text_json(&result, object));
    char *text = json_output_text(object, false);
    cr_expect_str_eq(text, "{\"outcome\":\"exited\",\"exit_code\":7,\"signal\":null,\"error\":null,"
                           "\"duration_ms\":42,\"stdout\":\"a\xef\xbf\xbd"
                           "b\\ufffd\\n\","
                           "\"stdout_base64\":\"YQBi/wo=\",\"stderr\":\"plain\\n\"}");
    json_output_free(text);
    exec_output_free(&result.out, &room);
    exec_output_free(&result.err, &room);
}
