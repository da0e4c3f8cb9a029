// SPDX-License-Identifier: Apache-2.0
//
// alerts: each crossing once, on a clock that the test drives.

#include "api/expiry/alerts.h"
#include "api/leap0/leap0.h"
#include "tests/unit/api/expiry/lifetime_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fleet *fleet;
static struct alerts *alerts;
static const struct alert *told;

static void begin(void)
{
    fleet = fleet_new();
    alerts = alerts_new();
    cr_assert(fleet != NULL && alerts != NULL);
}

static void end(void)
{
    alerts_free(alerts);
    fleet_free(fleet);
}

TestSuite(alerts, .init = begin, .fini = end);

static void put(int64_t row, int64_t born, int64_t life, enum credential_verdict verdict)
{
    life_put(fleet, row, born, life, verdict);
}

static size_t look(int64_t at)
{
    return alerts_update(alerts, fleet, BORN + at, &told);
}

static void expect_one(int64_t at, enum alert_stage stage)
{
    cr_assert_eq(look(at), 1, "at %lld", (long long)at);
    cr_expect_eq(told[0].stage, stage, "at %lld", (long long)at);
    for (int again = 0; again < 3; again++)
        cr_expect_eq(look(at + again), 0, "told again at %lld", (long long)at);
}

Test(alerts, a_life_is_told_at_a_third_a_tenth_and_its_end)
{
    put(1, BORN, HOUR, VERDICT_VALID);
    cr_expect_eq(look(0), 0);
    cr_expect_eq(alerts_next(alerts), BORN + 40 * MINUTE);
    cr_expect_eq(look(40 * MINUTE - 1), 0);
    expect_one(40 * MINUTE, ALERT_expiring);
    cr_expect_eq(alerts_next(alerts), BORN + 54 * MINUTE);
    expect_one(54 * MINUTE, ALERT_critical);
    cr_expect_eq(told[0].remaining_ms, 6 * MINUTE);
    expect_one(60 * MINUTE, ALERT_expired);
    cr_expect_eq(told[0].remaining_ms, 0);
    cr_expect_eq(alerts_next(alerts), 0);
}

Test(alerts, the_last_third_is_critical_in_a_short_life)
{
    put(1, BORN, 90 * 1000, VERDICT_VALID);
    cr_expect_eq(look(0), 0);
    cr_expect_eq(look(MINUTE - 1), 0);
    expect_one(MINUTE, ALERT_critical);
}

Test(alerts, after_a_sleep_of_a_day_only_the_last_is_told)
{
    put(1, BORN, HOUR, VERDICT_VALID);
    cr_expect_eq(look(0), 0);
    expect_one(24 * HOUR, ALERT_expired);
}

Test(alerts, a_clock_that_goes_back_tells_nothing_again)
{
    put(1, BORN, HOUR, VERDICT_VALID);
    cr_expect_eq(look(0), 0);
    expect_one(54 * MINUTE, ALERT_critical);
    cr_expect_eq(look(-24 * HOUR), 0);
    cr_expect_eq(look(41 * MINUTE), 0);
    cr_expect_eq(look(55 * MINUTE), 0);
    expect_one(61 * MINUTE, ALERT_expired);
}

Test(alerts, a_new_end_is_a_new_life)
{
    put(1, BORN, HOUR, VERDICT_VALID);
    cr_expect_eq(look(0), 0);
    expect_one(54 * MINUTE, ALERT_critical);
    put(1, BORN + 55 * MINUTE, HOUR, VERDICT_VALID);
    cr_expect_eq(look(56 * MINUTE), 0);
    expect_one(55 * MINUTE + 40 * MINUTE, ALERT_expiring);
}

Test(alerts, what_was_over_before_anybody_looked_is_no_news_but_a_critical_one_is)
{
    put(1, BORN, HOUR, VERDICT_VALID);               // ended
    put(2, BORN + 50 * MINUTE, HOUR, VERDICT_VALID); // long
    put(3, BORN + 10 * MINUTE, HOUR, VERDICT_VALID); // critical
    put(4, BORN + 25 * MINUTE, HOUR, VERDICT_VALID); // a third
    put(5, BORN + 11 * MINUTE, HOUR, VERDICT_REVOKED);
    put(6, BORN + 11 * MINUTE, HOUR, VERDICT_INVALID);
    put(7, BORN + 11 * MINUTE, HOUR, VERDICT_UNKNOWN);
    cr_assert_eq(look(67 * MINUTE), 1);
    cr_expect_str_eq(told[0].credential.id, "ssh-3");
    cr_expect_eq(look(67 * MINUTE + 1), 0);
}

Test(alerts, one_that_is_not_verified_yet_ends_all_the_same)
{
    put(1, BORN, HOUR, VERDICT_UNVERIFIED);
    cr_expect_eq(look(0), 0);
    expect_one(54 * MINUTE, ALERT_critical);
    put(1, BORN, HOUR, VERDICT_VALID); // verified meanwhile: the same life
    cr_expect_eq(look(55 * MINUTE), 0);
}

// Nobody signs in there any more: its end is no news.
Test(alerts, of_a_sandbox_that_is_gone_nothing_is_told)
{
    const struct leap0_page none = {.count = 0};
    put(1, BORN, HOUR, VERDICT_VALID);
    put(2, BORN, HOUR, VERDICT_UNVERIFIED);
    cr_expect_eq(look(0), 0);
    cr_assert_eq(fleet_take_list(fleet, &none, 0), STATUS_OK);
    cr_expect_eq(look(40 * MINUTE), 0);
    cr_expect_eq(look(55 * MINUTE), 0);
    cr_expect_eq(look(2 * HOUR), 0);
    cr_expect_eq(alerts_next(alerts), 0);
}

Test(alerts, several_at_once_are_one_sentence_most_urgent_first)
{
    char text[ALERT_TEXT_CAP];
    for (int64_t row = 1; row <= 3; row++)
        put(row, BORN, HOUR, VERDICT_VALID);
    put(4, BORN - 30 * MINUTE, HOUR, VERDICT_VALID);
    cr_expect_eq(look(0), 0);
    cr_assert_eq(look(54 * MINUTE), 4);
    cr_expect_eq(told[0].stage, ALERT_expired);
    cr_expect_str_eq(alerts_text(told, 4, text), "1 credential has ended, 3 are critical");
    cr_expect_str_eq(alerts_text(told + 1, 3, text), "3 credentials are critical");
    cr_expect_str_eq(alerts_text(told + 1, 1, text), "ssh-1 of sbx-1 is critical: 6m left");
    cr_expect_str_eq(alerts_text(told, 1, text), "ssh-4 of sbx-4 has ended");
    cr_expect_str_eq(alerts_text(told, 0, text), "");
}

// By seconds over two hours and by any steps, the same is told.
Test(alerts, no_way_through_time_makes_a_difference)
{
    static const int64_t steps[] = {1000, 7000, MINUTE, 13 * MINUTE, 50 * MINUTE};
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        struct alerts *own = alerts_new();
        int stages[ALERT_STAGE_COUNT] = {0};
        put(1, BORN, HOUR, VERDICT_VALID);
        put(2, BORN + 20 * MINUTE, HOUR, VERDICT_VALID);
        for (int64_t at = 0; at <= 3 * HOUR; at += steps[s])
            for (size_t i = alerts_update(own, fleet, BORN + at, &told); i > 0; i--)
                stages[told[i - 1].stage]++;
        cr_expect_eq(stages[ALERT_expired], 2, "step %lld", (long long)steps[s]);
        cr_expect_leq(stages[ALERT_critical], 2);
        cr_expect_leq(stages[ALERT_expiring], 2);
        if (steps[s] <= MINUTE)
            cr_expect_eq(stages[ALERT_critical] + stages[ALERT_expiring], 4);
        alerts_free(own);
    }
}

Test(alerts, ten_thousand_are_each_told_once)
{
    struct credential *all = calloc(10000, sizeof *all);
    cr_assert_not_null(all);
    for (int i = 0; i < 10000; i++) {
        all[i] = (struct credential){
            .vault_row = i + 1, .verdict = VERDICT_VALID, .updated_at = BORN, .expires_at = BORN + HOUR + i};
        (void)snprintf(all[i].sandbox_id, sizeof all[i].sandbox_id, "sbx-%d", i / 4);
        (void)snprintf(all[i].id, sizeof all[i].id, "ssh-%d", i);
    }
    cr_assert_eq(fleet_take_credentials(fleet, all, 10000), STATUS_OK);
    free(all);
    cr_expect_eq(look(0), 0);
    cr_expect_eq(look(56 * MINUTE), 10000);
    cr_expect_eq(look(56 * MINUTE + 1), 0);
    cr_assert_eq(fleet_take_credentials(fleet, NULL, 0), STATUS_OK);
    cr_expect_eq(look(57 * MINUTE), 0);
    cr_expect_eq(alerts_next(alerts), 0);
}

// Two processes that look at different instants write the same, so that the log can keep it once.
Test(alerts, an_alert_is_the_same_event_whenever_it_is_looked_at)
{
    struct alert alert = {
        .stage = ALERT_critical,
        .credential = {.id = "ssh-1", .sandbox_id = "sbx-1", .expires_at = INT64_C(1775044800000)},
        .remaining_ms = 90000};
    struct event first, second;
    alert_event(&alert, &first);
    alert.remaining_ms = 80000;
    alert_event(&alert, &second);
    cr_expect_eq(first.kind, EVENT_ALERT);
    cr_expect_eq(first.outcome, STATUS_OK);
    cr_expect_str_eq(first.sandbox_id, "sbx-1");
    cr_expect_str_eq(first.id, "ssh-1");
    cr_expect_str_eq(first.message, "critical: ends at 2026-04-01T12:00:00Z");
    cr_expect_str_eq(second.message, first.message);
    alert.stage = ALERT_expired;
    alert_event(&alert, &second);
    cr_expect_eq(second.outcome, STATUS_NOT_VALID);
    cr_expect_str_eq(second.message, "expired: ended at 2026-04-01T12:00:00Z");
}

// --- the sandbox's own clock ---

static bool opened; // a session in all of them

static bool is_open(void *ctx, const struct fleet_row *row)
{
    (void)ctx;
    (void)row;
    return opened;
}

// A sandbox that was started at BORN and times out after that time.
static void put_box(const char *id, enum sandbox_state state, int64_t timeout)
{
    struct sandbox box = {
        .state = state, .launch_time = BORN, .timeout_at = timeout > 0 ? BORN + timeout : 0};
    (void)snprintf(box.id, sizeof box.id, "%s", id);
    cr_assert_eq(fleet_take_sandbox(fleet, &box, 0), STATUS_OK);
}

static void open_sessions(void)
{
    static const struct deadline_scope scope = {.is_open = is_open};
    alerts_set_scope(alerts, &scope);
    opened = true;
}

Test(alerts, a_time_out_is_told_like_an_end_where_a_session_is_open)
{
    char text[ALERT_TEXT_CAP];
    put_box("sbx-1", SANDBOX_running, HOUR);
    cr_expect_eq(look(59 * MINUTE), 0, "no session, no concern");
    open_sessions();
    cr_expect_eq(look(0), 0);
    cr_expect_eq(alerts_next(alerts), BORN + 40 * MINUTE);
    expect_one(40 * MINUTE, ALERT_expiring);
    expect_one(54 * MINUTE, ALERT_critical);
    cr_expect_eq(told[0].clock, DEADLINE_SANDBOX);
    cr_expect_str_eq(told[0].credential.sandbox_id, "sbx-1");
    cr_expect_str_eq(told[0].credential.id, "");
    cr_expect_eq(told[0].remaining_ms, 6 * MINUTE);
    cr_expect_str_eq(alerts_text(told, 1, text), "sandbox sbx-1 times out in 6m");
    expect_one(60 * MINUTE, ALERT_expired);
    cr_expect_str_eq(alerts_text(told, 1, text), "sandbox sbx-1 has reached its time-out");
    cr_expect_eq(alerts_next(alerts), 0);
}

Test(alerts, a_session_opened_late_is_told_at_once)
{
    put_box("sbx-1", SANDBOX_running, HOUR);
    put_box("sbx-2", SANDBOX_running, 0);
    put_box("sbx-3", SANDBOX_paused, HOUR);
    open_sessions();
    opened = false;
    cr_expect_eq(look(55 * MINUTE), 0);
    opened = true;
    expect_one(55 * MINUTE, ALERT_critical);
}

Test(alerts, a_time_out_that_is_rounded_otherwise_is_the_same_one)
{
    put_box("sbx-1", SANDBOX_running, HOUR);
    open_sessions();
    expect_one(55 * MINUTE, ALERT_critical);
    put_box("sbx-1", SANDBOX_running, HOUR + 1000);
    cr_expect_eq(look(55 * MINUTE), 0);
    put_box("sbx-1", SANDBOX_running, HOUR - 1000);
    cr_expect_eq(look(55 * MINUTE), 0);
    put_box("sbx-1", SANDBOX_running, 3 * HOUR); // woken: another life
    cr_expect_eq(look(56 * MINUTE), 0);
    expect_one(170 * MINUTE, ALERT_critical);
}

Test(alerts, both_clocks_at_once_are_told_by_name)
{
    char text[ALERT_TEXT_CAP];
    struct event event;
    put_box("sbx-1", SANDBOX_running, HOUR);
    put_box("sbx-2", SANDBOX_running, HOUR);
    put(1, BORN, HOUR, VERDICT_VALID);
    open_sessions();
    cr_expect_eq(look(0), 0);
    cr_assert_eq(look(54 * MINUTE), 3);
    cr_expect_str_eq(alerts_text(told, 3, text), "1 credential is critical, 2 sandboxes time out soon");
    for (size_t i = 0; i < 3; i++) {
        alert_event(&told[i], &event);
        cr_expect_eq(strstr(event.message, "the sandbox times out at 2026-04-01T13:00:00Z") != NULL,
                     told[i].clock == DEADLINE_SANDBOX, "%s", event.message);
    }
}
