// SPDX-License-Identifier: Apache-2.0
//
// Outcomes in words, as exit codes and as failures, and equal ones folded.

#include "views/exec/exec_result.h"

#include <criterion/criterion.h>
#include <string.h>

static struct exec_result result_of(enum exec_outcome outcome, int status, const char *out, const char *err)
{
    size_t room = EXEC_TOTAL_CAP;
    struct exec_result result = {.outcome = outcome, .exit_status = status, .started = true};
    exec_output_begin(&result.out);
    exec_output_begin(&result.err);
    exec_output_add(&result.out, out, strlen(out), &room);
    exec_output_add(&result.err, err, strlen(err), &room);
    exec_output_end(&result.out);
    exec_output_end(&result.err);
    return result;
}

static void drop(struct exec_result *results, size_t count)
{
    size_t room = 0;
    for (size_t i = 0; i < count; i++) {
        exec_output_free(&results[i].out, &room);
        exec_output_free(&results[i].err, &room);
    }
}

Test(exec_result, each_outcome_has_its_words_and_its_code)
{
    struct failure lost, absent;
    (void)fail(&lost, STATUS_SSH_FAILED, "the connection was lost");
    (void)fail(&absent, STATUS_NO_CONNECTION, "no connection");
    const struct {
        struct exec_result result;
        const char *text;
        int code;
        enum status status;
        bool maybe_done;
    } cases[] = {
        {{.outcome = EXEC_EXITED, .started = true}, "exit 0", 0, STATUS_OK, false},
        {{.outcome = EXEC_EXITED, .started = true, .exit_status = 3}, "exit 3", 3, STATUS_SSH_FAILED, false},
        {{.outcome = EXEC_KILLED, .started = true, .exit_signal = "KILL"},
         "killed by signal KILL",
         137,
         STATUS_SSH_FAILED,
         false},
        {{.outcome = EXEC_KILLED, .started = true, .exit_signal = "ODD"},
         "killed by signal ODD",
         255,
         STATUS_SSH_FAILED,
         false},
        {{.outcome = EXEC_TIMED_OUT, .started = true, .limit_ms = 5000},
         "timed out after 5s; it may still run",
         124,
         STATUS_OUTCOME_UNKNOWN,
         true},
        {{.outcome = EXEC_TIMED_OUT, .started = true, .over = true, .limit_ms = 5000},
         "timed out after 5s",
         124,
         STATUS_SSH_FAILED,
         false},
        {{.outcome = EXEC_TIMED_OUT, .limit_ms = 90000},
         "timed out after 1m30s before it began",
         124,
         STATUS_SSH_FAILED,
         false},
        {{.outcome = EXEC_FAILED, .why = absent}, "failed: no connection", 255, STATUS_NO_CONNECTION, false},
        {{.outcome = EXEC_UNKNOWN, .started = true, .why = lost},
         "unknown: the connection was lost",
         255,
         STATUS_OUTCOME_UNKNOWN,
         true},
        {{.outcome = EXEC_INTERRUPTED, .started = true},
         "interrupted; it may still run",
         255,
         STATUS_OUTCOME_UNKNOWN,
         true},
        {{.outcome = EXEC_NOT_STARTED}, "not started", 255, STATUS_SSH_FAILED, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        struct failure why;
        cr_expect_str_eq(exec_result_text(&cases[i].result, text, sizeof text), cases[i].text);
        cr_expect_eq(exec_result_exit_code(&cases[i].result), cases[i].code, "%s", text);
        cr_expect_eq(exec_result_failure(&cases[i].result, &why), cases[i].status, "%s", text);
        cr_expect_eq(why.maybe_done, cases[i].maybe_done, "%s", text);
        cr_expect_eq(exec_result_is_good(&cases[i].result), i == 0, "%s", text);
    }
}

// The members of each group, as letters, groups apart by a blank.
static const char *folded(const struct exec_result *results, size_t count)
{
    static char text[64];
    struct exec_groups groups;
    size_t used = 0;
    exec_fold(results, count, &groups);
    for (size_t g = 0; g < groups.count; g++) {
        for (size_t i = groups.starts[g]; i < groups.starts[g + 1]; i++)
            text[used++] = (char)('a' + groups.order[i]);
        text[used++] = ' ';
    }
    text[used > 0 ? used - 1 : 0] = '\0';
    exec_groups_free(&groups);
    return text;
}

Test(exec_result, equal_outputs_and_outcomes_are_folded_in_the_order_of_the_first)
{
    struct exec_result results[] = {
        result_of(EXEC_EXITED, 0, "z\n", ""),  result_of(EXEC_EXITED, 1, "z\n", ""),
        result_of(EXEC_EXITED, 0, "a\n", ""),  result_of(EXEC_EXITED, 0, "z\n", ""),
        result_of(EXEC_EXITED, 0, "z\n", "e"), result_of(EXEC_EXITED, 0, "a\n", ""),
        result_of(EXEC_EXITED, 0, "", "z\n"),  result_of(EXEC_TIMED_OUT, 0, "z\n", ""),
        result_of(EXEC_EXITED, 0, "z\n", ""),
    };
    cr_expect_str_eq(folded(results, 9), "adi b cf e g h");
    cr_expect_str_eq(folded(results, 1), "a");
    cr_expect_str_eq(folded(results, 0), "");
    drop(results, 9);
}

Test(exec_result, reasons_are_folded_where_they_are_the_same)
{
    struct exec_result results[] = {result_of(EXEC_FAILED, 0, "", ""), result_of(EXEC_FAILED, 0, "", ""),
                                    result_of(EXEC_FAILED, 0, "", "")};
    (void)fail(&results[0].why, STATUS_NO_CONNECTION, "no connection");
    (void)fail(&results[1].why, STATUS_SIGN_IN_REFUSED, "refused");
    (void)fail(&results[2].why, STATUS_NO_CONNECTION, "no connection");
    cr_expect_str_eq(folded(results, 3), "ac b");
    drop(results, 3);
}
