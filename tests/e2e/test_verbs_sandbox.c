// SPDX-License-Identifier: Apache-2.0
//
// Creating and deleting sandboxes without a screen.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t sandboxes(struct fixture *fixture)
{
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    size_t count = (size_t)cJSON_GetArraySize(list);
    cJSON_Delete(list);
    return count;
}

Test(verbs_sandbox, create_sends_what_was_asked_for_and_prints_what_came)
{
    struct fixture fixture;
    char id[64];
    fixture_begin(&fixture, NULL);
    cJSON *made = fixture_json(&fixture, 0, "sandbox", "create", "--json", "--vcpu=2", "--memory=2048",
                               "--timeout=1h30m", "--template=system/desktop:v0.1.0", NULL);
    (void)snprintf(id, sizeof id, "%s", json_text(made, "id"));
    cr_expect_eq(json_number(made, "vcpu"), 2);
    cr_expect_eq(json_number(made, "memory"), 2048);
    cr_expect_eq(json_number(made, "timeout"), 5400);
    cr_expect_str_eq(json_text(made, "template_id"), "system/desktop:v0.1.0");
    cr_expect_not(json_true(made, "auto_pause"));
    cJSON_Delete(made);
    fixture_wait_state(&fixture, id, "running");
    fixture_expect(&fixture, 0, "in it\n", NULL, "ssh", id, "echo", "in it", NULL);

    made = fixture_json(&fixture, 0, "sandbox", "create", "--json", "--auto-pause", "--env", "A=b=c",
                        "--env=HOME", NULL);
    cr_expect_eq(json_number(made, "vcpu"), 1);
    cr_expect_eq(json_number(made, "memory"), 1024);
    cr_expect_eq(json_number(made, "timeout"), 300);
    cr_expect(json_true(made, "auto_pause"));
    cJSON_Delete(made);
    fixture_expect(&fixture, 0, "shell     sbxdeck ssh sbx-", NULL, "sandbox", "create", NULL);
    fixture_end(&fixture);
}

Test(verbs_sandbox, a_lost_answer_to_a_create_is_unknown_and_nothing_is_sent_again)
{
    const char *const options[] = {"--drop-answer-to", "new:1", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    size_t before = sandboxes(&fixture);
    fixture_expect(&fixture, 7, NULL, "outcome unknown, a sandbox may have been created", "sandbox", "create",
                   NULL);
    cr_expect_eq(sandboxes(&fixture), before + 1, "one was made, and one only");
    fixture_end(&fixture);
}

Test(verbs_sandbox, a_limit_is_said_with_the_servers_words)
{
    const char *const options[] = {"--fail", "new:409:1", "--fail", "new:503:1", NULL};
    struct fixture fixture;
    fixture_begin(&fixture, options);
    size_t before = sandboxes(&fixture);
    fixture_expect(&fixture, 5, NULL, "sbxdeck: sandbox create: ", "sandbox", "create", NULL);
    fixture_expect(&fixture, 1, NULL, "sbxdeck: sandbox create: ", "sandbox", "create", NULL);
    cr_expect_eq(sandboxes(&fixture), before, "tried again by itself");
    fixture_end(&fixture);
}

Test(verbs_sandbox, delete_asks_for_the_id_and_deletes)
{
    const char *const options[] = {"--move-ms", "0", NULL};
    struct fixture fixture;
    char id[64], line[80];
    int master = -1;
    fixture_begin_first(&fixture, options, id, sizeof id);
    size_t before = sandboxes(&fixture);
    fixture_expect(&fixture, 2, NULL, "add --yes to do it", "sandbox", "delete", id, NULL);
    cr_expect_eq(sandboxes(&fixture), before);

    static const char *const answers[] = {"yes", NULL};
    for (size_t i = 0; i < 2; i++) {
        const char *const argv[] = {fixture.program, "sandbox", "delete", id, NULL};
        struct support_heard heard = {.text = NULL};
        size_t from = 0;
        pid_t pid = support_pty_spawn(argv, fixture.environment, false, 24, 80, &master, NULL);
        cr_assert_gt(pid, 0);
        cr_assert(support_expect(master, &heard, &from, "to continue: ", SUPPORT_WAIT_MS));
        int length = snprintf(line, sizeof line, "%s\r", answers[i] != NULL ? answers[i] : id);
        cr_assert(support_type(master, line, (size_t)length));
        cr_assert(support_expect(master, &heard, &from,
                                 answers[i] != NULL ? "nothing was deleted" : ": delet", SUPPORT_WAIT_MS));
        cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), answers[i] != NULL ? 1 : 0);
        support_heard_free(&heard);
        (void)close(master);
    }
    cr_expect_eq(sandboxes(&fixture), before - 1);
    fixture_expect(&fixture, 4, NULL, "no sandbox is named", "sandbox", "delete", id, "--yes", NULL);
    fixture_end(&fixture);
}

Test(verbs_sandbox, delete_yes_json)
{
    const char *const options[] = {"--move-ms", "0", NULL};
    struct fixture fixture;
    char id[64];
    fixture_begin_first(&fixture, options, id, sizeof id);
    cJSON *gone = fixture_json(&fixture, 0, "sandbox", "delete", id, "--yes", "--json", NULL);
    cr_expect_str_eq(json_text(gone, "id"), id);
    cr_expect_eq(strncmp(json_text(gone, "state"), "delet", 5), 0, "%s", json_text(gone, "state"));
    cJSON_Delete(gone);
    cJSON *events = fixture_json(&fixture, 0, "events", id, "--kind", "deleted", "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(events), 1); // its credentials went with it
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(events, 0), "outcome"), "OK");
    cJSON_Delete(events);
    fixture_end(&fixture);
}

// Its credential is nobody's access any more, in whatever lists it.
Test(verbs_sandbox, with_a_deleted_sandbox_its_credential_is_invalid)
{
    const char *const options[] = {"--move-ms", "0", NULL};
    struct fixture fixture;
    char id[64];
    fixture_begin_first(&fixture, options, id, sizeof id);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", id, NULL);
    struct console *console = fixture_console(&fixture, 24, 100, "1 valid");
    fixture_expect(&fixture, 0, "delet", NULL, "sandbox", "delete", id, "--yes", NULL);
    console_wait(console, "1 invalid");
    fixture_quit(console);
    cJSON *list = fixture_json(&fixture, 0, "access", "ls", id, "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), 1);
    cr_expect_str_eq(json_text(cJSON_GetArrayItem(list, 0), "state"), "invalid");
    cr_expect_eq(json_number(cJSON_GetArrayItem(list, 0), "remaining_seconds"), 0);
    cJSON_Delete(list);
    fixture_expect(&fixture, 8, ": invalid", NULL, "access", "validate", id, NULL);
    fixture_end(&fixture);
}

// The console has a whole list, in which that sandbox isn't yet.
Test(verbs_sandbox, one_that_another_program_has_just_made_is_not_called_gone)
{
    struct fixture fixture;
    fixture_begin(&fixture, NULL);
    fixture_settings(&fixture, "refresh = 5\n");
    struct console *console = fixture_console(&fixture, 24, 100, "0 credentials");
    cJSON *made = fixture_json(&fixture, 0, "sandbox", "create", "--json", NULL);
    // The clocks are known to two seconds.
    cJSON *access = NULL;
    for (int i = 0; i < 2; i++) {
        cJSON_Delete(access);
        access = fixture_json(&fixture, 0, "access", i == 0 ? "create" : "regen", json_text(made, "id"),
                              "--json", NULL);
    }
    console_wait(console, json_text(made, "id"));
    console_wait(console, "1 valid");
    cr_expect_not(console_ever_wrote(console, "1 invalid"));
    cJSON_Delete(access);
    cJSON_Delete(made);
    fixture_quit(console);
    fixture_end(&fixture);
}

Test(verbs_sandbox, a_delete_that_failed_is_in_the_log)
{
    const char *const options[] = {"--fail", "remove:500:1", NULL};
    struct fixture fixture;
    char id[64];
    fixture_begin_first(&fixture, options, id, sizeof id);
    fixture_expect(&fixture, 7, NULL, "outcome unknown", "sandbox", "delete", id, "--yes", NULL);
    fixture_expect(&fixture, 0, "delete unknown", NULL, "events", id, NULL);
    fixture_end(&fixture);
}
