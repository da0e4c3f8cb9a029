// SPDX-License-Identifier: Apache-2.0
//
// fleet_round, fleet_look: a server whose total is wrong, or one of whose pages fails: it costs few requests,
// and what has come is listed as what it is.

#include "tests/unit/api/http/http_peer.h"
#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 100, ANSWERS = 12, ANSWER_CAP = 8192, FEW = 24 };

static struct service_fixture fixture;
static struct http_peer *peer;
static char bytes[ANSWERS][ANSWER_CAP];
static struct http_peer_answer answers[ANSWERS];

static void end(void)
{
    cr_expect(support_folder_remove(service_fixture_top));
}

TestSuite(fleet_lies, .init = service_fixture_begin, .fini = end, .timeout = 120);

// The n-th answer has so many sandboxes and says that there are total of them (-1: doesn't say).
static void reply(size_t n, int first, int count, int total)
{
    char body[ANSWER_CAP - 100] = "{\"items\":[";
    size_t used = strlen(body);
    for (int i = first; i < first + count; i++)
        used += (size_t)snprintf(body + used, sizeof body - used,
                                 "%s{\"id\":\"sbx-%d\",\"state\":\"running\"}", i > first ? "," : "", i);
    if (total >= 0)
        (void)snprintf(body + used, sizeof body - used, "],\"total_items\":%d}", total);
    else
        (void)snprintf(body + used, sizeof body - used, "]}");
    (void)snprintf(bytes[n], ANSWER_CAP, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
                   body);
    answers[n] = (struct http_peer_answer){.bytes = bytes[n]};
}

static void open_service(size_t count)
{
    struct config config = {.refresh_s = 5, .timeout_s = 20, .connect_timeout_s = 5};
    struct failure why = {.status = STATUS_OK};
    struct secret *key = secret_new("l0-test", 7);
    memset(&fixture, 0, sizeof fixture);
    cr_assert_eq(uv_loop_init(&fixture.loop), 0);
    peer = http_peer_start(&fixture.loop, answers, count);
    (void)snprintf(config.base_url, sizeof config.base_url, "%s", http_peer_url(peer));
    (void)snprintf(config.state_folder, sizeof config.state_folder, "%s/vault", service_fixture_top);
    cr_assert_eq(service_new(&fixture.loop, &config, key, NULL, NULL, &fixture.service, &why), STATUS_OK);
    secret_free(key);
}

static void close_service(void)
{
    http_peer_stop(peer);
    service_fixture_close(&fixture);
}

static const struct fleet *fleet(void)
{
    return service_fleet(fixture.service);
}

Test(fleet_lies, a_total_far_too_large_costs_few_requests_and_is_told)
{
    reply(0, 0, 10, 100000);
    reply(1, 0, 0, 100000);
    open_service(2);
    cr_expect_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fleet_count(fleet()), 10);
    cr_expect(fleet_listing(fleet())->incomplete);
    cr_expect_leq(http_peer_requests(peer), FEW, "%zu", http_peer_requests(peer));
    close_service();
}

Test(fleet_lies, one_page_again_and_again_costs_few_requests_and_is_told)
{
    reply(0, 0, PAGE, 100000);
    open_service(1);
    cr_expect_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fleet_count(fleet()), PAGE);
    cr_expect(fleet_listing(fleet())->incomplete);
    cr_expect_leq(http_peer_requests(peer), FEW, "%zu", http_peer_requests(peer));
    close_service();
}

static bool is_told(void *ctx)
{
    (void)ctx;
    return fleet_listing(fleet())->incomplete;
}

// A console's sweep too, where nobody waits for it.
Test(fleet_lies, a_sweep_ends_where_the_list_does)
{
    for (int full = 0; full < 2; full++) {
        reply(0, 0, full ? PAGE : 10, 100000);
        reply(1, 0, full ? PAGE : 0, 100000);
        open_service(2);
        service_refresh(fixture.service, NULL, NULL);
        service_set_interval(fixture.service, 3600 * 1000);
        service_fixture_run_until(&fixture, is_told, NULL);
        cr_expect_leq(http_peer_requests(peer), FEW, "%zu", http_peer_requests(peer));
        close_service();
    }
}

static bool is_complete(void *ctx)
{
    (void)ctx;
    return fleet_is_complete(fleet());
}

// No part of the list is taken for all of it.
Test(fleet_lies, a_total_smaller_than_what_has_come_is_as_good_as_absent)
{
    static const int totals[] = {5, 150};
    for (size_t i = 0; i < 2; i++) {
        reply(0, 0, PAGE, totals[i]);
        reply(1, PAGE, PAGE, totals[i]);
        reply(2, 2 * PAGE, 50, totals[i]);
        open_service(3);
        cr_expect_eq(service_fixture_refresh(&fixture), STATUS_OK, "%s", fixture.answer.why.message);
        cr_expect_eq(fleet_count(fleet()), 250);
        cr_expect(is_complete(NULL));
        close_service();
    }
    reply(0, 0, 40, 5); // the first page of a console
    reply(1, 0, PAGE, 5);
    reply(2, PAGE, PAGE, 5);
    reply(3, 2 * PAGE, 50, 5);
    open_service(4);
    service_refresh(fixture.service, NULL, NULL);
    service_set_interval(fixture.service, 3600 * 1000);
    service_fixture_run_until(&fixture, is_complete, NULL);
    cr_expect_eq(fleet_count(fleet()), 250);
    close_service();
}

static void fail_from(size_t n)
{
    for (; n < ANSWERS; n++)
        answers[n] = (struct http_peer_answer){.bytes = "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"};
}

static bool has_given_up(void *ctx)
{
    (void)ctx;
    return http_peer_requests(peer) == 6; // two good ones, the third page, and three times the second
}

// The pages behind it are read all the same, and the next sweep begins at the first page again.
Test(fleet_lies, a_page_that_fails_again_and_again_does_not_stop_the_sweep)
{
    fail_from(0);
    reply(0, 0, 40, 300);
    reply(1, 0, PAGE, 300);
    reply(3, 2 * PAGE, PAGE, 300); // the third page; the second one fails, and is tried twice more
    reply(6, 0, PAGE, 300);        // the server answers, so that it is tried again
    reply(10, 0, 0, 300);          // behind the last page there is nothing
    open_service(ANSWERS);
    service_refresh(fixture.service, NULL, NULL);
    service_set_interval(fixture.service, 3600 * 1000);
    service_fixture_run_until(&fixture, has_given_up, NULL);
    service_refresh(fixture.service, NULL, NULL);
    service_fixture_run_until(&fixture, is_told, NULL);
    cr_expect_not(is_complete(NULL));
    cr_expect_eq(fleet_count(fleet()), 200);
    close_service();
}
