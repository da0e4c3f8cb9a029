// SPDX-License-Identifier: Apache-2.0
//
// Tests what may be a name or a note, the labels of a fleet through its changes, and which sandbox a text
// means.

#include "api/fleet/fleet.h"
#include "api/leap0/leap0.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct fleet *fleet;
static struct failure why;

static void begin(void)
{
    fleet = fleet_new();
    cr_assert_not_null(fleet);
}

static void end(void)
{
    fleet_free(fleet);
}

TestSuite(sandbox_label, .init = begin, .fini = end);

static void take_boxes(const char *const *ids)
{
    struct sandbox boxes[8] = {{.state = SANDBOX_running}};
    size_t count = 0;
    for (; ids[count] != NULL; count++) {
        boxes[count].state = SANDBOX_running;
        (void)snprintf(boxes[count].id, sizeof boxes[count].id, "%s", ids[count]);
    }
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = count}, 0),
                 STATUS_OK);
}

static void name(const char *id, const char *text)
{
    struct sandbox_label label = {.name = ""};
    (void)snprintf(label.name, sizeof label.name, "%s", text);
    cr_assert_eq(fleet_set_label(fleet, id, &label), STATUS_OK);
}

Test(sandbox_label, a_name_is_what_can_stand_before_the_end_of_a_hosts_name)
{
    static const char *const good[] = {"a", "db-test", "DB_2", "7", "sbx", "a-"};
    static const char *const bad[] = {
        "",
        "-a",
        "_a",
        "a.b",
        "a b",
        "a/b",
        "../a",
        "a\n",
        "a\x1b[31m",
        "a\xc2\x9b",
        "\xff",
        ("a\xe2\x80\xae"
         "b"),
        "\xc3\xa4",
        "sbx-one",
        "SBX-one",
        "a=b",
        "$(x)",
        "a;b",
    };
    char longest[LABEL_NAME_CAP + 1];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_expect_eq(sandbox_label_check_name(good[i], &why), STATUS_OK, "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_eq(sandbox_label_check_name(bad[i], &why), STATUS_BAD_ARGUMENT, "%s", bad[i]);
    memset(longest, 'x', sizeof longest);
    longest[LABEL_NAME_CAP] = '\0';
    cr_expect_eq(sandbox_label_check_name(longest, &why), STATUS_BAD_ARGUMENT);
    cr_expect_not_null(strstr(why.message, "64 characters"), "%s", why.message);
    longest[LABEL_NAME_CAP - 1] = '\0';
    cr_expect_eq(sandbox_label_check_name(longest, &why), STATUS_OK);
}

Test(sandbox_label, a_note_is_one_line_of_text)
{
    char longest[LABEL_NOTE_CAP + 1];
    cr_expect_eq(sandbox_label_check_note("", &why), STATUS_OK);
    cr_expect_eq(sandbox_label_check_note("f\xc3\xbcr Anna: bis Montag", &why), STATUS_OK);
    cr_expect_eq(sandbox_label_check_note("two\nlines", &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(sandbox_label_check_note("\x1b]0;x\x07", &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(sandbox_label_check_note("\xff", &why), STATUS_BAD_ARGUMENT);
    memset(longest, 'x', sizeof longest);
    longest[LABEL_NOTE_CAP] = '\0';
    cr_expect_eq(sandbox_label_check_note(longest, &why), STATUS_BAD_ARGUMENT);
    longest[LABEL_NOTE_CAP - 1] = '\0';
    cr_expect_eq(sandbox_label_check_note(longest, &why), STATUS_OK);
}

Test(sandbox_label, a_label_comes_and_goes_with_its_sandbox_and_is_told_as_a_change)
{
    static const char *const both[] = {"sbx-a", "sbx-b", NULL}, *const one[] = {"sbx-b", NULL};
    name("sbx-a", "web"); // before any list
    cr_expect_str_eq(fleet_label(fleet, "sbx-a")->name, "web");
    take_boxes(both);
    cr_expect_str_eq(fleet_row_name(fleet_find(fleet, "sbx-a")), "web");
    cr_expect_null(fleet_find(fleet, "sbx-b")->label);
    cr_expect_str_eq(fleet_row_name(fleet_find(fleet, "sbx-b")), "sbx-b");
    uint64_t before = fleet_generation(fleet);
    name("sbx-a", "web");
    cr_expect_eq(fleet_generation(fleet), before, "the same again");
    name("sbx-a", "shop");
    cr_expect_neq(fleet_generation(fleet), before);
    cr_expect_str_eq(fleet_find(fleet, "sbx-a")->label->name, "shop");
    take_boxes(one);
    cr_expect_str_eq(fleet_label(fleet, "sbx-a")->name, "shop", "kept while no list names it");
    take_boxes(both);
    cr_expect_str_eq(fleet_find(fleet, "sbx-a")->label->name, "shop");
    name("sbx-a", "");
    cr_expect_null(fleet_find(fleet, "sbx-a")->label);
    cr_expect_eq(label_map_count(fleet_labels(fleet)), 0);
}

Test(sandbox_label, all_labels_are_taken_at_once)
{
    static const char *const both[] = {"sbx-a", "sbx-b", NULL};
    struct labelled_sandbox list[2] = {{.sandbox_id = "sbx-a", .label = {.name = "web", .pinned = true}},
                                       {.sandbox_id = "sbx-x", .label = {.note = "elsewhere"}}};
    take_boxes(both);
    name("sbx-b", "old");
    cr_assert_eq(fleet_take_labels(fleet, list, 2), STATUS_OK);
    cr_expect(fleet_find(fleet, "sbx-a")->label->pinned);
    cr_expect_null(fleet_find(fleet, "sbx-b")->label);
    cr_expect_str_eq(fleet_label(fleet, "sbx-x")->note, "elsewhere");
    uint64_t before = fleet_generation(fleet);
    cr_assert_eq(fleet_take_labels(fleet, list, 2), STATUS_OK);
    cr_expect_eq(fleet_generation(fleet), before);
    cr_assert_eq(fleet_take_labels(fleet, NULL, 0), STATUS_OK);
    cr_expect_null(fleet_find(fleet, "sbx-a")->label);
}

static void expect_means(const char *text, const char *id)
{
    const struct fleet_row *row = NULL;
    cr_expect_eq(fleet_resolve(fleet, text, &row, &why), STATUS_OK, "%s: %s", text, why.message);
    if (row != NULL)
        cr_expect_str_eq(row->sandbox.id, id, "%s", text);
}

Test(sandbox_label, a_text_means_an_id_then_a_name_then_a_beginning)
{
    static const char *const ids[] = {"web", "sbx-a", "sbx-b", "sbx-c", "db-9", NULL};
    const struct fleet_row *row = NULL;
    take_boxes(ids);
    name("sbx-a", "web"); // as when the sandbox `web` came later
    name("sbx-b", "db-test");
    name("sbx-c", "db");
    expect_means("web", "web");
    expect_means("db-test", "sbx-b");
    expect_means("DB-Test", "sbx-b");
    expect_means("db", "sbx-c");
    expect_means("db-t", "sbx-b");
    expect_means("db-9", "db-9");
    expect_means("sbx-a", "sbx-a");
    cr_expect_eq(fleet_resolve(fleet, "db-", &row, &why), STATUS_CONFLICT);
    cr_expect_not_null(strstr(why.message, "sbx-b (db-test), db-9"), "%s", why.message);
    cr_expect_eq(fleet_resolve(fleet, "d", &row, &why), STATUS_CONFLICT);
    cr_expect_not_null(strstr(why.message, "3 sandboxes"), "%s", why.message);
    cr_expect_eq(fleet_resolve(fleet, "sbx-", &row, &why), STATUS_CONFLICT);
    cr_expect_eq(fleet_resolve(fleet, "x", &row, &why), STATUS_NOT_FOUND);
    name("sbx-gone", "lost");
    cr_expect_eq(fleet_resolve(fleet, "lost", &row, &why), STATUS_NOT_FOUND);
    cr_expect_not_null(strstr(why.message, "sbx-gone"), "%s", why.message);
    name("sbx-a", "lost-2");
    cr_expect_eq(fleet_resolve(fleet, "lost", &row, &why), STATUS_NOT_FOUND, "it isn't how lost-2 begins");
    name("sbx-b", "Lost"); // it has taken the name over, and the other still has it here
    expect_means("lost", "sbx-b");
}

Test(sandbox_label, a_name_that_could_be_taken_for_another_sandbox_is_refused)
{
    static const char *const ids[] = {"web-1", "box-a", NULL};
    take_boxes(ids);
    name("box-a", "db");
    cr_expect_eq(fleet_name_check(fleet, "box-a", "web-1", &why), STATUS_CONFLICT);
    cr_expect_eq(fleet_name_check(fleet, "box-a", "WEB", &why), STATUS_CONFLICT);
    cr_expect_not_null(strstr(why.message, "web-1"), "%s", why.message);
    cr_expect_eq(fleet_name_check(fleet, "web-1", "DB", &why), STATUS_CONFLICT);
    cr_expect_not_null(strstr(why.message, "box-a"), "%s", why.message);
    cr_expect_eq(fleet_name_check(fleet, "box-a", "DB", &why), STATUS_OK, "its own");
    cr_expect_eq(fleet_name_check(fleet, "web-1", "web", &why), STATUS_OK, "its own id");
    cr_expect_eq(fleet_name_check(fleet, "web-1", "a b", &why), STATUS_BAD_ARGUMENT);
}
