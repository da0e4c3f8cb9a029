// SPDX-License-Identifier: Apache-2.0
//
// alert_queue: what is in it, in which order, and how it empties, on a clock that the test drives.

#include "api/expiry/alert_queue.h"
#include "tests/unit/api/expiry/lifetime_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct fleet *fleet;
static struct alert_queue *queue;

static void begin(void)
{
    fleet = fleet_new();
    queue = alert_queue_new();
    cr_assert(fleet != NULL && queue != NULL);
}

static void end(void)
{
    alert_queue_free(queue);
    fleet_free(fleet);
}

TestSuite(alert_queue, .init = begin, .fini = end);

// The queue as "1:critical 2:expiring".
static const char *shown(int64_t at)
{
    static char text[512];
    const struct alert *list = NULL;
    size_t used = 0, count = alert_queue_update(queue, fleet, BORN + at, &list);
    text[0] = '\0';
    for (size_t i = 0; i < count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s:%s", i > 0 ? " " : "",
                                 list[i].credential.id + strlen("ssh-"), alert_stage_name(list[i].stage));
    return text;
}

static void dismiss(int64_t row, bool there)
{
    struct credential credential = {.expires_at = 0};
    (void)snprintf(credential.sandbox_id, sizeof credential.sandbox_id, "sbx-%lld", (long long)row);
    (void)snprintf(credential.id, sizeof credential.id, "ssh-%lld", (long long)row);
    cr_expect_eq(alert_queue_dismiss(queue, &credential), there);
}

Test(alert_queue, the_soonest_end_comes_first_and_what_has_ended_last)
{
    life_put(fleet, 1, BORN, HOUR, VERDICT_VALID);
    life_put(fleet, 2, BORN, HOUR + MINUTE, VERDICT_VALID);
    life_put(fleet, 3, BORN, 8 * HOUR, VERDICT_VALID);
    life_put(fleet, 4, BORN, 50 * MINUTE, VERDICT_UNVERIFIED);
    cr_expect_str_eq(shown(0), "");
    cr_expect_str_eq(shown(41 * MINUTE), "4:expiring 1:expiring 2:expiring");
    cr_expect_str_eq(shown(41 * MINUTE), "4:expiring 1:expiring 2:expiring", "it stays");
    cr_expect_str_eq(shown(55 * MINUTE), "1:critical 2:critical 4:expired");
    cr_expect_str_eq(shown(60 * MINUTE), "2:critical 1:expired 4:expired");
    cr_expect_str_eq(shown(6 * HOUR), "3:expiring 2:expired 1:expired 4:expired");
}

Test(alert_queue, what_is_dismissed_comes_back_with_the_next_stage_only)
{
    life_put(fleet, 1, BORN, HOUR, VERDICT_VALID);
    life_put(fleet, 2, BORN, HOUR + MINUTE, VERDICT_VALID);
    cr_expect_str_eq(shown(45 * MINUTE), "1:expiring 2:expiring");
    dismiss(1, true);
    dismiss(1, false);
    dismiss(9, false);
    const struct alert *list = NULL;
    cr_expect_eq(alert_queue_list(queue, &list), 1);
    cr_expect_str_eq(shown(46 * MINUTE), "2:expiring");
    cr_expect_str_eq(shown(54 * MINUTE), "1:critical 2:expiring");
    alert_queue_dismiss_all(queue);
    cr_expect_eq(alert_queue_list(queue, &list), 0);
    cr_expect_str_eq(shown(54 * MINUTE + 1), "");
    // A clock that goes back brings nothing back.
    cr_expect_str_eq(shown(50 * MINUTE), "");
    cr_expect_str_eq(shown(2 * HOUR), "2:expired 1:expired");
    alert_queue_dismiss_all(queue);
    cr_expect_str_eq(shown(3 * HOUR), "");
}

Test(alert_queue, it_empties_when_the_cause_is_gone)
{
    life_put(fleet, 1, BORN, HOUR, VERDICT_VALID);
    life_put(fleet, 2, BORN, HOUR, VERDICT_VALID);
    cr_expect_str_eq(shown(59 * MINUTE), "1:critical 2:critical");
    life_put(fleet, 1, BORN + 59 * MINUTE, HOUR, VERDICT_VALID); // renewed
    life_put(fleet, 2, BORN, HOUR, VERDICT_INVALID);             // refused
    cr_expect_str_eq(shown(59 * MINUTE + 1), "");
    cr_expect_str_eq(shown(59 * MINUTE + 45 * MINUTE), "1:expiring", "the new life has its own");
}

Test(alert_queue, what_had_ended_before_is_history)
{
    life_put(fleet, 1, BORN, HOUR, VERDICT_VALID);
    life_put(fleet, 2, BORN, 3 * HOUR, VERDICT_VALID);
    cr_expect_str_eq(shown(2 * HOUR), "2:expiring");
    cr_expect_str_eq(shown(3 * HOUR), "2:expired");
}

static bool is_open(void *ctx, const struct fleet_row *row)
{
    (void)row;
    return *(const bool *)ctx;
}

// Two sessions in one sandbox.
static const char *open_at(void *ctx, size_t index)
{
    (void)ctx;
    return index < 2 ? "sbx-1" : NULL;
}

Test(alert_queue, a_sandbox_in_which_a_session_is_open_stands_beside_its_credential)
{
    static bool opened = true;
    const struct deadline_scope scope = {.is_open = is_open, .open_at = open_at, .ctx = &opened};
    struct sandbox box = {
        .id = "sbx-1", .state = SANDBOX_running, .launch_time = BORN, .timeout_at = BORN + 58 * MINUTE};
    const struct alert *list = NULL;
    cr_assert_eq(fleet_take_sandbox(fleet, &box, 0), STATUS_OK);
    life_put(fleet, 1, BORN, HOUR, VERDICT_VALID);
    alert_queue_set_scope(queue, &scope);
    cr_assert_eq(alert_queue_update(queue, fleet, BORN + 55 * MINUTE, &list), 2);
    cr_expect_eq(list[0].clock, DEADLINE_SANDBOX);
    cr_expect_eq(list[1].clock, DEADLINE_CREDENTIAL);
    // Each is dismissed by itself.
    const struct credential sandbox = list[0].credential;
    cr_expect(alert_queue_dismiss(queue, &sandbox));
    cr_assert_eq(alert_queue_update(queue, fleet, BORN + 55 * MINUTE, &list), 1);
    cr_expect_eq(list[0].clock, DEADLINE_CREDENTIAL);
    cr_assert_eq(alert_queue_update(queue, fleet, BORN + 59 * MINUTE, &list), 2, "its next stage");
    cr_expect_eq(list[1].clock, DEADLINE_SANDBOX);
    box.state = SANDBOX_paused; // its cause is gone
    cr_assert_eq(fleet_take_sandbox(fleet, &box, 0), STATUS_OK);
    cr_expect_eq(alert_queue_update(queue, fleet, BORN + 59 * MINUTE, &list), 1);
    box.state = SANDBOX_running;
    cr_assert_eq(fleet_take_sandbox(fleet, &box, 0), STATUS_OK);
    opened = false;
    cr_expect_eq(alert_queue_update(queue, fleet, BORN + 57 * MINUTE, &list), 1);
}
