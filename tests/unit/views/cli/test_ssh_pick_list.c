// SPDX-License-Identifier: Apache-2.0
//
// Which sandboxes can be picked, in what order, and where the selection is found again.

#include "api/leap0/leap0.h"
#include "tests/unit/views/paper.h"
#include "tui/base/text.h"
#include "views/cli/ssh_pick_list.h"

#include <criterion/criterion.h>
#include <string.h>

static struct fleet *fleet;
static struct ssh_pick_list list;

static void make(void)
{
    struct sandbox sandboxes[] = {
        paper_sandbox("sbx-stopped", SANDBOX_stopped), paper_sandbox("sbx-paused", SANDBOX_paused),
        paper_sandbox("sbx-one", SANDBOX_running),     paper_sandbox("sbx-going", SANDBOX_deleting),
        paper_sandbox("sbx-two", SANDBOX_running),
    };
    struct credential credentials[] = {
        paper_credential("sbx-two", "ssh-1", 1, 1800 * PAPER_SECOND),
        paper_credential("sbx-lost", "ssh-2", 2, 1800 * PAPER_SECOND), // in no list
    };
    fleet = fleet_new();
    cr_assert_not_null(fleet);
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = sandboxes, .count = 5}, 0),
                 STATUS_OK);
    cr_assert_eq(fleet_take_credentials(fleet, credentials, 2), STATUS_OK);
    memset(&list, 0, sizeof list);
}

static void drop(void)
{
    ssh_pick_list_free(&list);
    fleet_free(fleet);
}

TestSuite(ssh_pick_list, .init = make, .fini = drop);

// The ids that are offered, without "sbx-".
static const char *offered(const char *typed)
{
    static char text[256];
    text[0] = '\0';
    ssh_pick_list_build(&list, fleet, typed, PAPER_NOW);
    for (size_t i = 0; i < list.count; i++)
        (void)text_append(text, sizeof text, "%s%s", i > 0 ? " " : "",
                          fleet_row(fleet, list.order[i])->sandbox.id + strlen("sbx-"));
    return text;
}

Test(ssh_pick_list, running_ones_are_first_and_what_is_gone_is_not_there)
{
    cr_expect_str_eq(offered(""), "one two paused stopped");
    cr_expect_eq(list.total, 4);
    cr_expect_str_eq(offered("  "), "one two paused stopped");
}

Test(ssh_pick_list, what_is_typed_is_looked_for_in_all_that_is_shown)
{
    cr_expect_str_eq(offered("two"), "two one paused stopped"); // of the others a template has its letters
    cr_expect_str_eq(offered("PAUSED"), "paused");
    cr_expect_str_eq(offered("none running"), "one");
    cr_expect_str_eq(offered("!none"), "two");
    cr_expect_str_eq(offered("s2x"), "");
    cr_expect_eq(list.total, 4);
    cr_expect_str_eq(offered("stppd"), "stopped");
}

Test(ssh_pick_list, a_place_is_found_again)
{
    (void)offered("");
    cr_expect_eq(ssh_pick_list_place(&list, fleet, "sbx-paused"), 2);
    cr_expect_eq(ssh_pick_list_place(&list, fleet, "sbx-none"), 0);
    cr_expect_eq(ssh_pick_list_place(&list, fleet, ""), 0);
}
