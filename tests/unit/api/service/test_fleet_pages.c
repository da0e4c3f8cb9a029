// SPDX-License-Identifier: Apache-2.0
//
// fleet_round, fleet_look: a large fleet read page by page: all of it for who waits for it, and within the
// share of the quota for a console; what is watched first; what comes and goes meanwhile.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct service_fixture fixture, other;

static const char *const many[] = {"--sandboxes", "730",          "--fleet", "plain", "--move-ms",
                                   "0",           "--rate-limit", "100000",  NULL};

TestSuite(fleet_pages, .init = service_fixture_begin, .fini = service_fixture_end);

static void open_service(struct service_fixture *one, const char *name, int rate_limit, int share)
{
    one->rate_limit = rate_limit;
    one->background_share = share;
    service_fixture_open(one, name, DIALECT_AUTO);
}

static struct service_health health_of(const struct service_fixture *one)
{
    struct service_health health;
    service_health(one->service, &health);
    return health;
}

static bool is_complete(void *ctx)
{
    const struct service_fixture *one = ctx;
    return fleet_is_complete(service_fleet(one->service));
}

static bool is_first_there(void *ctx)
{
    const struct service_fixture *one = ctx;
    return fleet_count(service_fleet(one->service)) > 0;
}

Test(fleet_pages, who_waits_gets_all_of_it)
{
    service_fixture_emulate(many);
    open_service(&fixture, "vault", 1000, 1);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fleet_count(service_fleet(fixture.service)), 730);
    cr_expect(is_complete(&fixture));
    struct service_health health = health_of(&fixture);
    cr_expect_eq(health.total, 730);
    cr_expect_eq(health.requests_last_minute, 8);
    cr_expect_eq(health.background, 0);
    for (size_t i = 0; i < 730; i++)
        cr_assert_gt(fleet_row(service_fleet(fixture.service), i)->fresh_ms, 0);
    // In the server's order, although the pages come side by side.
    for (size_t i = 1; i < 730; i++)
        cr_assert_leq(fleet_row(service_fleet(fixture.service), i)->sandbox.created_at,
                      fleet_row(service_fleet(fixture.service), i - 1)->sandbox.created_at);
    service_fixture_close(&fixture);
}

Test(fleet_pages, a_console_has_a_first_page_and_then_the_rest)
{
    service_fixture_emulate(many);
    open_service(&fixture, "vault", 1000, 25);
    service_refresh(fixture.service, NULL, NULL);
    service_set_interval(fixture.service, 3600 * 1000);
    service_fixture_run_until(&fixture, is_first_there, &fixture);
    cr_expect_eq(fleet_count(service_fleet(fixture.service)), 40);
    cr_expect_not(is_complete(&fixture));
    cr_expect_eq(health_of(&fixture).total, 730);
    service_fixture_run_until(&fixture, is_complete, &fixture);
    cr_expect_eq(fleet_count(service_fleet(fixture.service)), 730);
    service_fixture_close(&fixture);
}

static bool has_used_its_share(void *ctx)
{
    return health_of(ctx).background >= 4;
}

Test(fleet_pages, the_share_is_kept_and_a_person_does_not_wait_for_it)
{
    service_fixture_emulate(many);
    open_service(&fixture, "vault", 20, 25); // five requests a minute, four of them for a sweep
    service_refresh(fixture.service, NULL, NULL);
    service_set_interval(fixture.service, 3600 * 1000);
    service_fixture_run_until(&fixture, has_used_its_share, &fixture);
    cr_expect_not(is_complete(&fixture));
    cr_expect_lt(fleet_count(service_fleet(fixture.service)), 730);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fleet_count(service_fleet(fixture.service)), 730);
    cr_expect_leq(health_of(&fixture).background, 5);
    service_fixture_close(&fixture);
}

static char gone[ID_CAP];

static bool is_without_it(void *ctx)
{
    const struct service_fixture *one = ctx;
    return fleet_find(service_fleet(one->service), gone) == NULL;
}

static bool is_watched_fresh(void *ctx)
{
    const struct service_fixture *one = ctx;
    const struct fleet_row *row = fleet_find(service_fleet(one->service), gone);
    return row != NULL && row->sandbox.state == SANDBOX_paused;
}

// The share lets no sweep through here: what is seen is seen by the look.
Test(fleet_pages, what_is_watched_is_seen_whatever_page_it_is_on)
{
    service_fixture_emulate(many);
    open_service(&fixture, "vault", 100000, 25);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    (void)snprintf(gone, sizeof gone, "%s", service_fixture_sandbox(&fixture, 500));
    const char *const ids[] = {gone, "sbx-nowhere"};
    service_watch(fixture.service, ids, 2);
    open_service(&other, "other", 1000, 25);
    cr_assert_eq(service_fixture_refresh(&other), STATUS_OK);
    service_set_interval(fixture.service, 100);
    cr_assert_eq(service_fixture_move(&other, gone, MOVE_PAUSE), STATUS_OK);
    service_fixture_run_until(&fixture, is_watched_fresh, &fixture);
    cr_assert_eq(service_fixture_move(&other, gone, MOVE_DELETE), STATUS_OK);
    service_fixture_run_until(&fixture, is_without_it, &fixture);
    service_watch(fixture.service, NULL, 0);
    service_fixture_close(&other);
    service_fixture_close(&fixture);
}

Test(fleet_pages, what_nobody_watches_is_swept)
{
    service_fixture_emulate(many);
    open_service(&fixture, "vault", 1000000, 25);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    (void)snprintf(gone, sizeof gone, "%s", service_fixture_sandbox(&fixture, 600));
    open_service(&other, "other", 1000, 25);
    cr_assert_eq(service_fixture_refresh(&other), STATUS_OK);
    service_set_interval(fixture.service, 100);
    cr_assert_eq(service_fixture_move(&other, gone, MOVE_DELETE), STATUS_OK);
    service_fixture_run_until(&fixture, is_without_it, &fixture);
    cr_expect_eq(fleet_count(service_fleet(fixture.service)), 729);
    service_fixture_close(&other);
    service_fixture_close(&fixture);
}

Test(fleet_pages, what_is_fresh_is_not_asked_for_again)
{
    service_fixture_emulate(many);
    open_service(&fixture, "vault", 1000, 25);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    const char *box = service_fixture_sandbox(&fixture, 3);
    cr_assert(service_is_fresh(fixture.service, box));
    cr_expect_not(service_is_fresh(fixture.service, "sbx-nowhere"));
    int before = health_of(&fixture).requests_last_minute;
    struct service_fixture_answer answer = {0};
    service_fresh(fixture.service, box, service_fixture_on_done, &answer);
    service_fixture_wait(&fixture, &answer);
    cr_expect_eq(answer.why.status, STATUS_OK);
    cr_expect_eq(health_of(&fixture).requests_last_minute, before);
    struct service_fixture_answer absent = {0};
    service_fresh(fixture.service, "sbx-nowhere", service_fixture_on_done, &absent);
    service_fixture_wait(&fixture, &absent);
    cr_expect_eq(absent.why.status, STATUS_NOT_FOUND);
    service_fixture_close(&fixture);
}
