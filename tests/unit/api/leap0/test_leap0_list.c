// SPDX-License-Identifier: Apache-2.0
//
// leap0_list: the list of sandboxes, through pages that change while they are read.

#include "tests/unit/api/leap0/leap0_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct leap0_fixture fixture;

static void begin(void)
{
    leap0_fixture_begin(&fixture, DIALECT_AUTO);
}

static void end(void)
{
    leap0_fixture_end(&fixture);
}

TestSuite(leap0_list, .init = begin, .fini = end);

static char *listed(const char *const *ids, int total)
{
    static char text[32768];
    size_t used = (size_t)snprintf(text, sizeof text, "{\"items\":[");
    for (size_t i = 0; ids[i] != NULL; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s{\"id\":\"%s\",\"state\":\"running\"}",
                                 i > 0 ? "," : "", ids[i]);
    (void)snprintf(text + used, sizeof text - used, "],\"total_items\":%d}", total);
    return strdup(text);
}

static enum status list(const struct leap0_query *query)
{
    return leap0_fixture_wait(&fixture, leap0_sandboxes(fixture.client, query, leap0_fixture_on_page,
                                                        leap0_fixture_asked(&fixture)));
}

static void expect_listed(const char *const *ids)
{
    size_t count = 0;
    for (; ids[count] != NULL; count++)
        if (count < fixture.answer.count)
            cr_expect_str_eq(fixture.answer.listed[count].id, ids[count]);
    cr_expect_eq(fixture.answer.count, count, "%zu instead of %zu", fixture.answer.count, count);
}

Test(leap0_list, a_list_of_one_page)
{
    static const char *const ids[] = {"sbx-c", "sbx-a", "sbx-b", NULL};
    char *body = listed(ids, 3);
    leap0_fixture_reply(&fixture, "200 OK", body);
    cr_expect_eq(list(NULL), STATUS_OK, "%s", fixture.answer.why.message);
    leap0_fixture_expect_request(&fixture, 0, "GET /v1/sandboxes?page=1&page-size=100", NULL);
    leap0_fixture_expect_requests(&fixture, 1);
    expect_listed(ids);
    cr_expect_eq(fixture.answer.total, 3);
    cr_expect_eq(fixture.answer.malformed, 0);
    free(body);
}

Test(leap0_list, no_sandboxes_at_all)
{
    static const char *const none[] = {"{\"items\":[],\"total_items\":0}",
                                       "{\"items\":null,\"total_items\":0}", "{\"items\":[]}"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        leap0_fixture_reply(&fixture, "200 OK", none[i]);
        cr_expect_eq(list(NULL), STATUS_OK, "%s: %s", none[i], fixture.answer.why.message);
        cr_expect_eq(fixture.answer.count, 0);
        leap0_fixture_expect_requests(&fixture, 1);
    }
}

Test(leap0_list, state_and_sort_go_into_the_query)
{
    static const struct leap0_query queries[] = {
        {.state = "running", .page_size = 7},
        {.sort = "created_at", .ascending = true, .page = 3, .page_size = 100},
        {.state = "stopped", .sort = "state", .page_size = 1000},
    };
    static const char *const lines[] = {
        "GET /v1/sandboxes?page=1&page-size=7&state=running",
        "GET /v1/sandboxes?page=3&page-size=100&sort=created_at&order-by=asc",
        "GET /v1/sandboxes?page=1&page-size=100&state=stopped&sort=state&order-by=desc",
    };
    for (size_t i = 0; i < 3; i++) {
        leap0_fixture_reply(&fixture, "200 OK", "{\"items\":[],\"total_items\":0}");
        cr_expect_eq(list(&queries[i]), STATUS_OK);
        leap0_fixture_expect_request(&fixture, 0, lines[i], NULL);
    }
    static const struct leap0_query wrong[] = {{.state = "a&page=2"},
                                               {.sort = "created at"},
                                               {.state = "a%26"},
                                               {.state = "a_state_of_a_name_far_too_long"}};
    size_t before = http_peer_connections(fixture.peer);
    leap0_fixture_reply(&fixture, "200 OK", "{\"items\":[],\"total_items\":0}");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_expect_eq(list(&wrong[i]), STATUS_BAD_ARGUMENT, "case %zu", i);
    leap0_fixture_expect_requests(&fixture, 0);
    cr_expect_eq(http_peer_connections(fixture.peer), before);
}

static const struct leap0_query by_two = {.page_size = 2};

// The peer answers page after page with these ids, each list NULL-ended.
static void list_by_two(const char *const pages[][3], const int *totals, size_t count)
{
    struct leap0_fixture_reply replies[LEAP0_FIXTURE_REPLIES];
    char *bodies[LEAP0_FIXTURE_REPLIES];
    for (size_t i = 0; i < count; i++) {
        bodies[i] = listed(pages[i], totals[i]);
        replies[i] = (struct leap0_fixture_reply){"200 OK", bodies[i]};
    }
    leap0_fixture_script(&fixture, replies, count, 0, 0);
    cr_expect_eq(list(&by_two), STATUS_OK, "%s", fixture.answer.why.message);
    leap0_fixture_expect_requests(&fixture, count);
    for (size_t i = 0; i < count; i++)
        free(bodies[i]);
}

Test(leap0_list, pages_are_read_until_all_are_there)
{
    static const char *const pages[][3] = {{"a", "b", NULL}, {"c", "d", NULL}, {"e", NULL}};
    static const char *const all[] = {"a", "b", "c", "d", "e", NULL};
    static const int totals[] = {5, 5, 5};
    list_by_two(pages, totals, 3);
    expect_listed(all);
    leap0_fixture_expect_request(&fixture, 2, "GET /v1/sandboxes?page=3&page-size=2", NULL);
}

Test(leap0_list, an_item_seen_on_two_pages_is_one)
{
    // A new sandbox came first while the pages were read and shifted "b" onto the second.
    static const char *const pages[][3] = {{"a", "b", NULL},   {"b", "c", NULL}, {"d", NULL},
                                           {"new", "a", NULL}, {"b", "c", NULL}, {"d", NULL}};
    static const char *const all[] = {"a", "b", "c", "d", "new", NULL};
    static const int totals[] = {4, 5, 5, 5, 5, 5};
    list_by_two(pages, totals, 4);
    expect_listed(all);
}

Test(leap0_list, pages_shorter_than_asked_for_are_read_on_while_the_total_says_so)
{
    static const char *const pages[][3] = {{"a", NULL}, {"b", NULL}, {"c", "d", NULL}};
    static const char *const all[] = {"a", "b", "c", "d", NULL};
    static const int totals[] = {4, 4, 4};
    list_by_two(pages, totals, 3);
    expect_listed(all);
    cr_expect_not(fixture.answer.incomplete);
}

Test(leap0_list, a_page_that_brings_nothing_new_ends_the_list_and_it_may_be_incomplete)
{
    static const char *const pages[][3] = {
        {"a", "b", NULL}, {"a", "b", NULL}, {"a", "b", NULL}, {"a", "b", NULL}};
    static const int totals[] = {3, 3, 3, 3};
    static const char *const all[] = {"a", "b", NULL};
    list_by_two(pages, totals, 4);
    expect_listed(all);
    cr_expect(fixture.answer.incomplete);
}

Test(leap0_list, a_total_that_is_none_is_as_good_as_absent)
{
    static const struct {
        const char *total, *told;
        size_t requests;
    } cases[] = {{"", "", 2},
                 {",\"total_items\":null", "", 2},
                 {",\"total_items\":-5", "total_items not understood: -5", 2},
                 {",\"total_items\":1.5", "total_items not understood: 1.5", 2},
                 {",\"total_items\":1000000000000000", "total_items not understood: 1e+15", 2},
                 {",\"total_items\":\"many\"", "total_items not understood: \"many\"", 2},
                 {",\"total_items\":1,\"total_items\":2", "total_items not understood: it is there twice", 2},
                 {",\"total_items\":1", "", 2}, // there are more than that
                 {",\"total_items\":0", "", 2},
                 {",\"total_items\":\"2\"", "", 1}};
    static const char *const all[] = {"a", "b", NULL};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char first[160], told[160];
        (void)snprintf(first, sizeof first, "{\"items\":[{\"id\":\"a\"},{\"id\":\"b\"}]%s}", cases[i].total);
        const struct leap0_fixture_reply replies[] = {{"200 OK", first}, {"200 OK", "{\"items\":[]}"}};
        leap0_fixture_script(&fixture, replies, 2, 0, 0);
        cr_expect_eq(list(&by_two), STATUS_OK, "%s", fixture.answer.why.message);
        expect_listed(all);
        leap0_fixture_expect_requests(&fixture, cases[i].requests);
        cr_expect_str_eq(unparsed_text(&fixture.answer.unparsed, told, sizeof told), cases[i].told);
        cr_expect_not(fixture.answer.incomplete, "%s", cases[i].total);
        // The same page again and again tells of no end.
        leap0_fixture_reply(&fixture, "200 OK", first);
        cr_expect_eq(list(&by_two), STATUS_OK);
        leap0_fixture_expect_requests(&fixture, cases[i].requests);
        cr_expect_eq(fixture.answer.incomplete, cases[i].requests == 2, "%s", cases[i].total);
    }
}

Test(leap0_list, an_item_that_slipped_through_is_found_by_reading_again)
{
    // "a" went while the pages were read, and "c" moved onto the page that was read already.
    static const char *const pages[][3] = {
        {"a", "b", NULL}, {"d", NULL}, {NULL}, {"b", "c", NULL}, {"d", NULL}};
    static const int totals[] = {4, 4, 4, 4, 4};
    static const char *const all[] = {"a", "b", "d", "c", NULL};
    list_by_two(pages, totals, 4);
    expect_listed(all);
}

Test(leap0_list, a_total_that_is_never_reached_ends_all_the_same)
{
    static const char *const pages[][3] = {{"a", "b", NULL}, {NULL}, {"a", "b", NULL}, {NULL}};
    static const int totals[] = {9, 9, 9, 9};
    static const char *const all[] = {"a", "b", NULL};
    list_by_two(pages, totals, 4);
    expect_listed(all);
    cr_expect_eq(fixture.answer.total, 9);
    cr_expect(fixture.answer.incomplete);
}

Test(leap0_list, only_items_without_an_id_are_left_out_and_they_are_counted)
{
    static const char *const all[] = {"sbx-a", "a:b", "sbx-x", "sbx-z", NULL};
    leap0_fixture_reply(&fixture, "200 OK",
                        "{\"items\":[{\"id\":\"sbx-a\"},7,null,{\"id\":\"a:b\"},{\"state\":\"running\"},"
                        "{\"id\":\"sbx-x\",\"state\":\"\\u001b[2J\"},{\"id\":\"sbx-z\"}],\"total_items\":7}");
    cr_expect_eq(list(NULL), STATUS_OK, "%s", fixture.answer.why.message);
    expect_listed(all);
    cr_expect_eq(fixture.answer.malformed, 3);
    cr_expect(fixture.answer.listed[1].id_malformed);
    cr_expect_eq(fixture.answer.listed[2].unparsed.count, 1);
    leap0_fixture_expect_requests(&fixture, 1);
}

Test(leap0_list, what_is_no_list_is_malformed)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{}",
        "null",
        "<html>",
        "{\"items\":{}}",
        "{\"items\":\"none\",\"total_items\":0}",
        "{\"items\":[",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        leap0_fixture_reply(&fixture, "200 OK", bodies[i]);
        cr_expect_eq(list(NULL), STATUS_MALFORMED, "%s", bodies[i]);
        leap0_fixture_expect_requests(&fixture, 1);
    }
}

Test(leap0_list, one_failing_page_fails_the_list)
{
    static const char *const ids[] = {"a", "b", NULL};
    char *body = listed(ids, 4);
    const struct leap0_fixture_reply replies[] = {{"200 OK", body},
                                                  {"401 Unauthorized", "{\"message\":\"no\"}"}};
    leap0_fixture_script(&fixture, replies, 2, 0, 0);
    cr_expect_eq(list(&by_two), STATUS_KEY_REFUSED);
    cr_expect_not(fixture.answer.has);
    free(body);
}

// More than the first table of ids holds; and some of them twice.
Test(leap0_list, a_long_list_is_joined_by_id)
{
    char *ids[101] = {NULL};
    struct leap0_fixture_reply replies[3];
    char *bodies[3];
    for (int page = 0; page < 3; page++) {
        for (int i = 0; i < 100; i++) {
            int number = page * 90 + i; // ten of each page are on the one before too
            free(ids[i]);
            cr_assert_gt(asprintf(&ids[i], "sbx-%04d", number), 0);
        }
        bodies[page] = listed((const char *const *)ids, 280);
        replies[page] = (struct leap0_fixture_reply){"200 OK", bodies[page]};
    }
    leap0_fixture_script(&fixture, replies, 3, 0, 0);
    cr_expect_eq(list(NULL), STATUS_OK, "%s", fixture.answer.why.message);
    cr_expect_eq(fixture.answer.count, 280);
    for (int i = 0; i < 280; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "sbx-%04d", i);
        cr_assert_str_eq(fixture.answer.listed[i].id, id);
    }
    for (int i = 0; i < 100; i++)
        free(ids[i]);
    for (int page = 0; page < 3; page++)
        free(bodies[page]);
}

Test(leap0_list, a_list_split_at_any_byte)
{
    static const char *const ids[] = {"sbx-a", "sbx-b", NULL};
    char *body = listed(ids, 2);
    const struct leap0_fixture_reply reply = {"200 OK", body};
    size_t length = strlen(body) + strlen("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
    for (size_t split = 1; split < length; split++) {
        leap0_fixture_script(&fixture, &reply, 1, split, 0);
        cr_assert_eq(list(NULL), STATUS_OK, "%zu: %s", split, fixture.answer.why.message);
        expect_listed(ids);
    }
    leap0_fixture_script(&fixture, &reply, 1, 1, 1);
    cr_expect_eq(list(NULL), STATUS_OK);
    expect_listed(ids);
    free(body);
}

// --- what has not changed is not parsed again ---

// What the last page gave, and what is known of it.
static struct {
    char ids[8][ID_CAP];
    uint64_t hashes[8];
    size_t count;   // known from before
    char order[64]; // of the page: parsed ids, known ones with a '='
    size_t total;
    enum status status;
    bool done;
} last;

static bool is_known(void *ctx, const char *id, uint64_t hash)
{
    (void)ctx;
    for (size_t i = 0; i < last.count; i++)
        if (strcmp(last.ids[i], id) == 0 && last.hashes[i] == hash)
            return true;
    return false;
}

static void on_known_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    size_t known = 0, used = 0;
    (void)ctx;
    last.done = true;
    last.status = why->status;
    last.order[0] = '\0';
    if (page == NULL)
        return;
    last.total = page->total;
    for (size_t i = 0; i <= page->count; i++) {
        for (; known < page->known_count && page->known[known].before == i; known++)
            used +=
                (size_t)snprintf(last.order + used, sizeof last.order - used, "=%s ", page->known[known].id);
        if (i == page->count)
            break;
        used += (size_t)snprintf(last.order + used, sizeof last.order - used, "%s ", page->sandboxes[i].id);
        if (page->hashes == NULL)
            continue; // no plain list
        (void)snprintf(last.ids[last.count], sizeof last.ids[0], "%s", page->sandboxes[i].id);
        last.hashes[last.count++] = page->hashes[i];
    }
    cr_expect_eq(known, page->known_count);
}

static const char *ask_known_in_pieces(const char *body, size_t split, size_t piece)
{
    static const struct leap0_query query = {.page = 1, .is_known = is_known};
    const struct leap0_fixture_reply reply = {"200 OK", body};
    leap0_fixture_script(&fixture, &reply, 1, split, piece);
    last.done = false;
    cr_assert_not_null(leap0_sandboxes(fixture.client, &query, on_known_page, NULL));
    while (!last.done)
        (void)uv_run(&fixture.loop, UV_RUN_ONCE);
    return last.order;
}

static const char *ask_known(const char *body)
{
    return ask_known_in_pieces(body, 0, 0);
}

Test(leap0_list, items_whose_bytes_are_known_are_named_only)
{
    last.count = 0;
    cr_expect_str_eq(
        ask_known("{\"items\":[{\"id\":\"a\",\"state\":\"running\"},{\"id\":\"b\"}],\"total_items\":2}"),
        "a b ");
    cr_expect_str_eq(
        ask_known("{\"items\":[{\"id\":\"a\",\"state\":\"running\"},{\"id\":\"b\"}],\"total_items\":2}"),
        "=a =b ");
    cr_expect_eq(last.total, 2);
    cr_expect_str_eq(ask_known("{\"total_items\":3,\"items\":[ {\"id\":\"b\"} , "
                               "{\"id\":\"c\"},{\"id\":\"a\",\"state\":\"paused\"} ]}"),
                     "=b c a ", "one new, one altered");
    cr_expect_eq(last.total, 3);
    cr_expect_str_eq(ask_known("{\"items\":[{\"id\":\"b\"}]}"), "=b ");
    cr_expect_eq(last.total, 1, "no total was given");
}

Test(leap0_list, the_rest_of_a_list_with_known_items_is_judged_as_ever)
{
    last.count = 0;
    (void)ask_known("{\"items\":[{\"id\":\"a\"},{\"id\":\"b\",\"x\":[1,2]}],\"total_items\":2}");
    cr_assert_eq(last.count, 2);
    static const char *const broken[] = {
        "{\"items\":[{\"id\":\"a\"},{\"id\":\"b\"],\"total_items\":2}",
        "{\"items\":[{\"id\":\"a\"},{\"id\":\"b\",\"x\":[1,2]}],\"total_items\":2",
        "{\"items\":[{\"id\":\"a\"}{\"id\":\"b\",\"x\":[1,2]}]}",
        "{\"items\":[{\"id\":\"a\"},],\"total_items\":tru}"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        (void)ask_known(broken[i]);
        cr_expect_eq(last.status, STATUS_MALFORMED, "%s", broken[i]);
    }
    // Nested too deep beside a known item.
    char deep[256];
    size_t used = (size_t)snprintf(deep, sizeof deep, "{\"items\":[{\"id\":\"a\"}],\"x\":");
    memset(deep + used, '[', 40);
    memset(deep + used + 40, ']', 40);
    (void)snprintf(deep + used + 80, sizeof deep - used - 80, "}");
    (void)ask_known(deep);
    cr_expect_eq(last.status, STATUS_TOO_LARGE);
    // Names that occur twice, or are written with escapes, are the parser's to choose from.
    cr_expect_str_eq(ask_known("{\"\\u0069tems\":[{\"id\":\"z\"}],\"items\":[{\"id\":\"a\"}]}"), "z ");
    last.count = 1;
    cr_expect_str_eq(ask_known("{\"items\":[{\"id\":\"a\"},{\"id\":\"c\"}],\"items\":[{\"id\":\"a\"}]}"),
                     "a c ");
    // An odd side field costs no item, and an item without an id is only left out.
    last.count = 1;
    cr_expect_str_eq(
        ask_known("{\"items\":[{\"id\":\"a\"},{\"x\":1},{\"id\":\"d\",\"vcpu\":\"two\"}],\"total_items\":3}"),
        "=a d ");
}

Test(leap0_list, known_items_are_found_however_the_answer_is_cut_into_pieces)
{
    static const char body[] =
        "{\"items\":[{\"id\":\"a\",\"s\":\"x\\\"]\"},{\"id\":\"b\"}],\"total_items\":2}";
    last.count = 0;
    cr_assert_str_eq(ask_known(body), "a b ");
    for (size_t split = 1; split < sizeof body + 40; split++) // the head too
        cr_expect_str_eq(ask_known_in_pieces(body, split, 0), "=a =b ", "split at %zu", split);
    cr_expect_str_eq(ask_known_in_pieces(body, 0, 1), "=a =b ");
}
