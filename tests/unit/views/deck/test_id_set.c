// SPDX-License-Identifier: Apache-2.0
//
// id_set: the set of marked sandboxes.

#include "api/fleet/fleet.h"
#include "api/leap0/leap0.h"
#include "views/deck/id_set.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(id_set, hold_any_number_by_id)
{
    struct id_set marks = {0};
    char id[ID_CAP];
    cr_expect_not(id_set_has(&marks, "sbx-1"));
    id_set_set(&marks, "sbx-1", false);
    id_set_set(&marks, "", true);
    cr_expect_eq(id_set_count(&marks), 0);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(id, sizeof id, "sbx-%d", i);
        id_set_set(&marks, id, true);
        id_set_set(&marks, id, true);
    }
    cr_expect_eq(id_set_count(&marks), 1000);
    for (int i = 0; i < 1000; i += 3) {
        (void)snprintf(id, sizeof id, "sbx-%d", i);
        id_set_set(&marks, id, false);
    }
    for (int i = 0; i < 1001; i++) {
        (void)snprintf(id, sizeof id, "sbx-%d", i);
        cr_expect_eq(id_set_has(&marks, id), i < 1000 && i % 3 != 0, "%s", id);
    }
    id_set_clear(&marks);
    cr_expect_eq(id_set_count(&marks), 0);
}

Test(id_set, go_with_their_sandboxes)
{
    struct id_set marks = {0}, others = {0};
    struct sandbox boxes[2] = {{.state = SANDBOX_running}, {.state = SANDBOX_running}};
    struct fleet *fleet = fleet_new();
    (void)snprintf(boxes[0].id, sizeof boxes[0].id, "sbx-1");
    (void)snprintf(boxes[1].id, sizeof boxes[1].id, "sbx-2");
    cr_assert_eq(fleet_take_list(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = 2}, 0),
                 STATUS_OK);
    id_set_set(&marks, "sbx-1", true);
    id_set_set(&marks, "sbx-2", true);
    id_set_set(&marks, "sbx-3", true);
    id_set_keep(&marks, fleet);
    cr_expect(id_set_count(&marks) == 2 && !id_set_has(&marks, "sbx-3"));
    id_set_set(&others, "sbx-2", true);
    id_set_remove(&marks, &others);
    cr_expect(id_set_count(&marks) == 1 && id_set_has(&marks, "sbx-1"));
    id_set_clear(&marks);
    id_set_clear(&others);
    fleet_free(fleet);
}
