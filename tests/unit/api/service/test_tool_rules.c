// SPDX-License-Identifier: Apache-2.0
//
// Tests that a tool undoes nothing that a person did, is allowed again by the contrary, and makes no more
// credentials than the setting says.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(tool_rules, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

// Two runs on one vault: a person's and a tool's.
static struct service_fixture person, tool;
static char box[ID_CAP];

static void begin(int credentials, bool start)
{
    static const char *const none[] = {NULL};
    service_fixture_start(&person, none, DIALECT_CREDENTIAL, box);
    tool.tools_credentials = credentials;
    tool.tools_start = start;
    tool.tools_wake = true;
    service_fixture_load(&tool, "vault", DIALECT_CREDENTIAL);
    service_act_for_tools(tool.service);
}

static void finish(void)
{
    service_fixture_close(&tool);
    service_fixture_close(&person);
}

static void expect_refused(enum status status, enum status expected, const char *words)
{
    cr_expect_eq(status, expected, "%s: %s", status_name(status), tool.answer.why.message);
    cr_expect_not_null(strstr(tool.answer.why.message, words), "%s", tool.answer.why.message);
    cr_expect_eq(tool.answer.why.http_status, 0, "nothing is sent");
}

Test(tool_rules, what_was_revoked_by_hand_is_made_again_by_a_person_only)
{
    struct credential made;
    begin(10, false);
    service_fixture_made(&person, box, &made);
    cr_assert_eq(service_fixture_delete(&person, box, made.id), STATUS_OK);
    expect_refused(service_fixture_create(&tool, box), STATUS_CONFLICT, "deleted by hand");
    cr_expect_eq(service_fixture_on_disk(&tool, box, NULL), 0, "no intent stays");
    service_fixture_made(&person, box, &made);
    cr_expect_eq(service_fixture_create(&tool, box), STATUS_OK, "%s", tool.answer.why.message);
    cr_expect_eq(service_fixture_regenerate(&tool, box, tool.answer.credential.id), STATUS_OK);
    finish();
}

Test(tool_rules, a_persons_connection_allows_all_again)
{
    struct credential made;
    begin(10, false);
    service_fixture_made(&person, box, &made);
    cr_assert_eq(service_fixture_delete(&person, box, made.id), STATUS_OK);
    service_person_connects(person.service, box);
    cr_expect_eq(service_fixture_refresh(&person), STATUS_OK); // behind it
    cr_expect_eq(service_fixture_create(&tool, box), STATUS_OK, "%s", tool.answer.why.message);
    finish();
}

Test(tool_rules, what_a_tool_deletes_or_an_auto_renewal_brings_is_no_persons_wish)
{
    struct credential made, second;
    begin(10, false);
    service_fixture_made(&person, box, &made);
    service_fixture_made(&person, box, &second);
    cr_assert_eq(service_fixture_delete(&person, box, made.id), STATUS_OK);
    struct service_fixture_answer renewed = {0};
    service_renew(person.service, box, second.id, service_fixture_on_credential, &renewed);
    service_fixture_wait(&person, &renewed);
    cr_assert_eq(renewed.why.status, STATUS_OK, "%s", renewed.why.message);
    expect_refused(service_fixture_create(&tool, box), STATUS_CONFLICT, "deleted by hand");
    finish();
}

// As a person's delete or regenerate leaves it until its answer comes.
static void begin_other_call(const struct credential *credential)
{
    struct vault *vault = service_fixture_vault(&person);
    cr_assert_eq(vault_set_verdict(vault, credential->vault_row, NULL, VERDICT_UNKNOWN, 0, NULL), STATUS_OK);
    vault_close(vault);
}

Test(tool_rules, what_another_program_is_about_to_replace_or_delete_is_left_to_it)
{
    struct credential made, on_disk;
    struct service_fixture_answer renewed = {0};
    begin(10, false);
    service_fixture_made(&tool, box, &made);
    begin_other_call(&made);
    expect_refused(service_fixture_regenerate(&tool, box, made.id), STATUS_OUTCOME_UNKNOWN,
                   "another program is replacing or deleting");
    cr_expect_not(tool.answer.why.maybe_done);
    service_fixture_made(&person, box, &made);
    begin_other_call(&made);
    service_renew(person.service, box, made.id, service_fixture_on_credential, &renewed);
    service_fixture_wait(&person, &renewed);
    cr_expect_eq(renewed.why.status, STATUS_CONFLICT, "%s", renewed.why.message);
    cr_expect_eq(renewed.why.http_status, 0, "nothing is sent");
    (void)service_fixture_on_disk(&person, box, &on_disk);
    cr_expect_eq(on_disk.verdict, VERDICT_UNKNOWN);
    cr_expect_eq(service_fixture_regenerate(&person, box, made.id), STATUS_OK, "a person may");
    finish();
}

static enum sandbox_state wanted;

static bool is_there(void *ctx)
{
    const struct service_fixture *fixture = ctx;
    const struct fleet_row *row = fleet_find(service_fleet(fixture->service), box);
    return row != NULL && row->sandbox.state == wanted;
}

// A move that has come to its end.
static void move(struct service_fixture *fixture, enum sandbox_move move, enum sandbox_state state)
{
    cr_assert_eq(service_fixture_move(fixture, box, move), STATUS_OK, "%s", fixture->answer.why.message);
    wanted = state;
    service_set_interval(fixture->service, 1000);
    service_fixture_run_until(fixture, is_there, fixture);
    service_set_interval(fixture->service, 0);
}

static enum status may_connect(void)
{
    struct service_fixture_answer answer = {0};
    service_may_connect(tool.service, box, service_fixture_on_done, &answer);
    service_fixture_wait(&tool, &answer);
    return answer.why.status;
}

Test(tool_rules, what_was_stopped_or_paused_by_hand_stays_so)
{
    begin(10, true);
    cr_expect_eq(may_connect(), STATUS_OK);
    move(&person, MOVE_PAUSE, SANDBOX_paused);
    cr_expect_eq(may_connect(), STATUS_CONFLICT);
    expect_refused(service_fixture_move(&tool, box, MOVE_WAKE), STATUS_CONFLICT, "paused by hand");
    move(&person, MOVE_WAKE, SANDBOX_running);
    cr_expect_eq(may_connect(), STATUS_OK);
    move(&tool, MOVE_PAUSE, SANDBOX_paused);
    move(&tool, MOVE_WAKE, SANDBOX_running);
    move(&person, MOVE_STOP, SANDBOX_stopped);
    expect_refused(service_fixture_move(&tool, box, MOVE_START), STATUS_CONFLICT, "stopped by hand");
    move(&person, MOVE_START, SANDBOX_running);
    finish();
}

Test(tool_rules, the_settings_count)
{
    begin(10, false);
    move(&tool, MOVE_STOP, SANDBOX_stopped);
    expect_refused(service_fixture_move(&tool, box, MOVE_START), STATUS_CONFLICT, "is stopped");
    cr_expect_not_null(strstr(failure_advice(&tool.answer.why), "tools_start = yes"));
    finish();
}

Test(tool_rules, a_stop_that_fails_for_certain_is_not_noted)
{
    begin(10, true);
    cr_assert_eq(service_fixture_move(&person, "sbx-nobody", MOVE_STOP), STATUS_NOT_FOUND);
    cr_expect_eq(service_fixture_refresh(&person), STATUS_OK); // behind what was queued
    (void)service_fixture_move(&tool, "sbx-nobody", MOVE_START);
    cr_expect_null(strstr(tool.answer.why.message, "by hand"), "%s", tool.answer.why.message);
    finish();
}

Test(tool_rules, the_limit_is_named_with_its_setting_and_kept_across_runs)
{
    begin(2, false);
    cr_expect_eq(service_fixture_create(&tool, box), STATUS_OK);
    service_fixture_close(&tool);
    tool.tools_credentials = 2;
    service_fixture_load(&tool, "vault", DIALECT_CREDENTIAL);
    service_act_for_tools(tool.service);
    cr_expect_eq(service_fixture_create(&tool, box), STATUS_OK);
    expect_refused(service_fixture_create(&tool, box), STATUS_RATE_LIMITED, "tools_credentials = 2");
    cr_expect(tool.answer.why.retry_after_s > 0 && tool.answer.why.retry_after_s <= 60);
    cr_expect_eq(service_fixture_create(&tool, service_fixture_sandbox(&tool, 1)), STATUS_OK,
                 "another sandbox");
    cr_expect_eq(service_fixture_create(&person, box), STATUS_OK, "a person may");
    finish();
}

Test(tool_rules, the_vault_is_read_without_the_server)
{
    struct credential made;
    begin(2, false);
    service_fixture_made(&person, box, &made);
    service_fixture_close(&tool);
    service_fixture_open(&tool, "vault", DIALECT_CREDENTIAL);
    struct service_fixture_answer read = {0};
    service_read(tool.service, service_fixture_on_done, &read);
    service_fixture_wait(&tool, &read);
    cr_assert_eq(read.why.status, STATUS_OK);
    cr_assert_eq(service_fixture_count(&tool, box), 1);
    cr_expect_str_eq(service_fixture_credential(&tool, box, 0)->id, made.id);
    struct service_health health;
    service_health(tool.service, &health);
    cr_expect_eq(health.requests_last_minute, 0);
    finish();
}
